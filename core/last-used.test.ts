import assert from 'node:assert/strict'
import { test } from 'node:test'
import { LastUsed } from './last-used.ts'

test('it drops what was not used for longest', () => {
  const kept = new LastUsed<string, number>(2)
  kept.set('a', 1)
  kept.set('b', 2)
  assert.equal(kept.get('a'), 1)
  kept.set('c', 3)
  assert.equal(kept.get('b'), undefined)
  assert.equal(kept.get('a'), 1)
  assert.equal(kept.get('c'), 3)
  assert.equal(kept.size, 2)
})
