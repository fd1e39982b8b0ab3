import assert from 'node:assert/strict'
import { test } from 'node:test'
import { accessTo, companyOf, smallPlugins } from '../test/support/access-fixture.ts'
import { AccessSet } from './access-set.ts'
import { setBit } from './bits.ts'
import { Catalogue } from './catalogue.ts'

const set = accessTo().accessOf('ann', 0)

test('it knows features and columns by key and by bit', () => {
  const catalogue = Catalogue.of(smallPlugins)
  for (const { key, bit } of [...catalogue.features, ...catalogue.columns]) assert.equal(set.has(key), set.hasBit(bit))
  assert.equal(set.has('did'), true)
  assert.equal(set.has('did.edit'), false)
  assert.equal(set.has('toString'), false)
  assert.equal(set.hasBit(9_999), false)
  assert.equal(set.userType, 'CUSTOMER')
  assert.equal(set.domainId, 'red')
})

test('keyFor: equal texts for equal values of the bits asked, and only for those', () => {
  const catalogue = Catalogue.of(smallPlugins)
  const mask = (...keys: readonly string[]) => {
    const words = new Uint32Array(catalogue.words)
    for (const key of keys) setBit(words, catalogue.bit(key)!)
    return words
  }
  const other = accessTo({ companies: [companyOf('ann', { overrides: [{ key: 'did', override: 'HIDE' }] })] }).accessOf(
    'ann',
    0
  )
  assert.equal(set.keyFor(mask('calls')), other.keyFor(mask('calls')))
  assert.notEqual(set.keyFor(mask('calls', 'did')), other.keyFor(mask('calls', 'did')))
  assert.equal(set.keyFor(mask()), '')
})

test('after a failed look-up nothing is granted and every restriction is in force', () => {
  const failed = AccessSet.afterFailure(Catalogue.of(smallPlugins), 'red', 'CUSTOMER')
  assert.deepEqual(failed.features(), ['did.lock'])
  assert.deepEqual(failed.columns('CALLS'), [])
})
