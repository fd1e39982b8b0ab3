import assert from 'node:assert/strict'
import { test } from 'node:test'
import { accessTo, companyOf, withCode } from '../test/support/access-fixture.ts'
import type { AccessChange } from './access-index.ts'

const companies = [
  companyOf('a'),
  companyOf('b', { domainId: null }),
  companyOf('c', { domainId: 'blue' }),
  companyOf('k', { userType: 'CARRIER' })
]
const access = accessTo({ companies })
const preview = (change: AccessChange, first = 9) => access.preview(change, { at: 0, first })

test('a brand: keys and columns come and go', () => {
  const { nodes, ...rest } = preview({
    domainId: 'red',
    features: [
      { key: 'calls', enabled: false },
      { key: 'did.edit', enabled: true }
    ]
  })
  assert.deepEqual(nodes, [
    { companyId: 'a', gains: ['did.edit'], loses: ['calls', 'CALLS.start', 'CALLS.charge'] },
    { companyId: 'b', gains: ['did.edit'], loses: ['calls', 'CALLS.start', 'CALLS.charge'] },
    { companyId: 'k', gains: [], loses: ['calls', 'CALLS.start'] }
  ])
  assert.deepEqual(rest, { companiesChecked: 3, companiesChanged: 3, endCursor: 'k', hasNextPage: false, warnings: [] })
})

test('a list of columns', () => {
  const columns = [{ report: 'CALLS', userType: 'CUSTOMER' as const, columns: ['charge'] }]
  assert.deepEqual(preview({ domainId: 'red', columns }).nodes, [
    { companyId: 'a', gains: [], loses: ['CALLS.start'] },
    { companyId: 'b', gains: [], loses: ['CALLS.start'] }
  ])
})

test('a move, and overrides', () => {
  const moved = preview({
    companyIds: ['a', 'c'],
    assignDomainId: 'blue',
    overrides: [{ key: 'did', override: 'SHOW' }]
  })
  assert.deepEqual(moved.nodes, [
    { companyId: 'a', gains: [], loses: ['calls', 'CALLS.start', 'CALLS.charge'] },
    { companyId: 'c', gains: ['did'], loses: [] }
  ])
  assert.equal(moved.companiesChecked, 2)
})

test('another default brand, and a brand that goes', () => {
  const defaults = preview({ defaultDomainId: 'blue' })
  assert.deepEqual(defaults.nodes, [
    { companyId: 'b', gains: [], loses: ['did', 'calls', 'CALLS.start', 'CALLS.charge'] }
  ])
  assert.equal(defaults.companiesChecked, 1)
  assert.equal(preview({ defaultDomainId: 'red' }).companiesChecked, 0, 'it is the default already')
  const gone = preview({ removeDomainId: 'blue', reassignTo: 'red' })
  assert.deepEqual(gone.nodes, [{ companyId: 'c', gains: ['did', 'calls', 'CALLS.start', 'CALLS.charge'], loses: [] }])
  assert.equal(gone.companiesChecked, 1)
  const named = preview({ removeDomainId: 'blue', reassignTo: 'red', companyIds: ['c'], assignDomainId: null })
  assert.deepEqual(named.nodes, gone.nodes, 'to no brand is to the default one')
})

const warnings = (change: AccessChange) => preview(change).warnings
const overriding = (key: string, companyIds: readonly string[], more: object = {}): AccessChange => ({
  companyIds,
  overrides: [{ key, override: 'SHOW', ...more }]
})

test('it warns of what will have no effect', () => {
  assert.deepEqual(warnings(overriding('did.edit', ['c'])), [
    "did.edit: the company's SHOW has no effect while did is hidden (1 company)"
  ])
  assert.deepEqual(warnings(overriding('did.edit', ['a', 'k'])), [
    "did.edit: the key is not applicable to a CARRIER; the company's SHOW has no effect (1 company)"
  ])
  assert.deepEqual(warnings(overriding('status.public', ['a', 'c'])), [
    'status.public: notApplicable, only the brand decides a public key (2 companies)'
  ])
  assert.deepEqual(warnings(overriding('recording', ['a'])), [
    'recording: the add-on recorder is not present (1 company)'
  ])
  assert.deepEqual(warnings(overriding('did', ['c'], { validFrom: Date.UTC(2027, 0) })), [
    'did: SHOW counts only from 2027-01-01T00:00:00.000Z (1 company)'
  ])
  assert.deepEqual(warnings(overriding('did', ['c'], { validUntil: 0 })), [
    'did: no effect, SHOW counts only until 1970-01-01T00:00:00.000Z (1 company)'
  ])
  assert.deepEqual(warnings(overriding('did', ['a'])), [])
  assert.deepEqual(warnings({ domainId: 'blue', features: [{ key: 'did.edit', enabled: true }] }), [
    'did.edit: no effect while did is hidden'
  ])
  assert.deepEqual(warnings({ domainId: 'red', features: [{ key: 'recording', enabled: true }] }), [
    'recording: no effect while its plugin or add-on is switched off'
  ])
})

test('bad changes are refused', () => {
  const bad: readonly (readonly [AccessChange, string])[] = [
    [{ features: [{ key: 'did', enabled: true }] }, 'BAD_USER_INPUT'],
    [{ overrides: [{ key: 'did', override: 'SHOW' }] }, 'BAD_USER_INPUT'],
    [{ domainId: 'red', features: [{ key: 'x', enabled: true }] }, 'BAD_USER_INPUT'],
    [{ domainId: 'x', features: [] }, 'NOT_FOUND'],
    [{ companyIds: ['x'] }, 'NOT_FOUND'],
    [{ companyIds: ['a'], assignDomainId: 'x' }, 'NOT_FOUND'],
    [{ defaultDomainId: 'x' }, 'NOT_FOUND'],
    [{ removeDomainId: 'x' }, 'NOT_FOUND'],
    [{ removeDomainId: 'blue', reassignTo: 'x' }, 'NOT_FOUND'],
    [{ removeDomainId: 'red', reassignTo: 'blue' }, 'PRECONDITION_FAILED'],
    [{ removeDomainId: 'blue' }, 'PRECONDITION_FAILED'],
    [{ removeDomainId: 'blue', reassignTo: 'blue' }, 'BAD_USER_INPUT'],
    [{ domainId: 'red', columns: [{ report: 'X', userType: 'CUSTOMER', columns: [] }] }, 'BAD_USER_INPUT'],
    [{ domainId: 'red', columns: [{ report: 'CALLS', userType: 'CUSTOMER', columns: ['cost'] }] }, 'BAD_USER_INPUT']
  ]
  for (const [change, code] of bad) assert.throws(() => preview(change), withCode(code), JSON.stringify(change))
})
