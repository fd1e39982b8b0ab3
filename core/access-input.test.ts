import assert from 'node:assert/strict'
import { test } from 'node:test'
import { smallPlugins, withCode } from '../test/support/access-fixture.ts'
import { checkDomainColumns, checkDomainFeatures, checkOverrideChanges } from './access-input.ts'
import { Catalogue } from './catalogue.ts'
import type { OverrideChange } from './ports.ts'

const catalogue = Catalogue.of(smallPlugins)
const refused = withCode('BAD_USER_INPUT')

test('overrides', () => {
  const check =
    (...changes: readonly OverrideChange[]) =>
    () =>
      checkOverrideChanges(catalogue, changes)
  check({ key: 'did', override: 'SHOW', validFrom: 1, validUntil: 2 }, { key: 'calls', override: 'INHERIT' })()
  assert.throws(check({ key: 'x', override: 'SHOW' }), refused)
  assert.throws(check({ key: 'CALLS.start', override: 'SHOW' }), refused)
  assert.throws(check({ key: 'did', override: 'SHOW' }, { key: 'did', override: 'HIDE' }), refused)
  assert.throws(check({ key: 'did', override: 'ODD' as never }), refused)
  assert.throws(check({ key: 'did', override: 'SHOW', validFrom: 2, validUntil: 2 }), refused)
  assert.throws(check({ key: 'did', override: 'SHOW', validFrom: Number.NaN }), refused)
})

test('a brand: features and columns', () => {
  const list =
    (columns: readonly string[], report = 'CALLS') =>
    () =>
      checkDomainColumns(catalogue, { report, userType: 'CUSTOMER', columns })
  checkDomainFeatures(catalogue, [{ key: 'did' }])
  assert.throws(() => checkDomainFeatures(catalogue, [{ key: 'x' }]), refused)
  assert.throws(() => checkDomainFeatures(catalogue, [{ key: 'did' }, { key: 'did' }]), refused)
  list(['charge', 'start'])()
  list([])()
  assert.throws(list(['cost']), refused)
  assert.throws(list(['start', 'start']), refused)
  assert.throws(list([], 'X'), refused)
})
