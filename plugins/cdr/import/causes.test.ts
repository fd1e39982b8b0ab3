import assert from 'node:assert/strict'
import { test } from 'node:test'
import { callFileBytes } from '../../../test/support/call-records.ts'
import { causeByName, causeByNumber, endOf, q850Causes } from './causes.ts'

interface Known {
  readonly fields: { readonly code: number; readonly enumeration: string }
}
const known = JSON.parse(callFileBytes('cdrstats-hangup_cause.json').toString()) as readonly Known[]

test('all 64 causes of the list are known by name and by number', () => {
  assert.equal(known.length, 64)
  for (const { fields } of known) {
    const name = fields.enumeration.trim()
    if (fields.code > 127) {
      assert.equal(causeByName(name).q850, null, name)
      continue
    }
    assert.ok(q850Causes.has(fields.code), `${fields.code}`)
    if (name !== '') assert.equal(causeByName(name).q850, fields.code, name)
  }
})

test("a number above 127 is a switch's own, and no Q.850 cause", () => {
  assert.equal(causeByNumber(604).q850, null)
  assert.equal(causeByNumber(126).q850, 126)
})

test('a cause that nobody knows is no reason to lose a call', () =>
  assert.deepEqual(endOf(causeByName('SOMETHING_NEW'), false), {
    sipCode: null,
    q850Cause: null,
    releaseReason: 'UNKNOWN'
  }))

test('an answered call ended with 200, whatever its cause', () => {
  assert.deepEqual(endOf(causeByName('USER_BUSY'), true), { sipCode: 200, q850Cause: 17, releaseReason: 'UNKNOWN' })
  assert.equal(endOf(causeByName('ALLOTTED_TIMEOUT'), true).releaseReason, 'LIFETIME_TIMEOUT')
})
