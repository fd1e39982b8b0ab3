import assert from 'node:assert/strict'
import { test } from 'node:test'
import { accessTo, companyOf, domainOf } from '../test/support/access-fixture.ts'
import type { CompanyAccess, OverrideAccess, PlatformAccess } from './ports.ts'

const explained = (
  key: string,
  on: readonly string[],
  override: OverrideAccess['override'] | null = null,
  company: Partial<CompanyAccess> = {},
  platform: Partial<PlatformAccess> = {}
) => {
  const overrides = override === null ? [] : [{ key, override }]
  const { text, steps, effective, decidedBy } = accessTo({
    platform: { disabledPlugins: [], entitlements: [], ...platform },
    domains: [domainOf('red', on)],
    companies: [companyOf('ann', { overrides, ...company })]
  }).explain('ann', key, 0)
  assert.equal(steps.at(-1)!.layer, decidedBy)
  return { text, effective, trail: steps.map(step => `${step.layer}=${step.value}`).join(' ') }
}

test('the registry, the brand or the company decides', () => {
  assert.deepEqual(explained('did', []), {
    effective: false,
    trail: 'platform=on user-type=admitted registry=off',
    text: 'Hidden: neither brand nor company says anything, and the key is off by itself.'
  })
  assert.deepEqual(explained('did', ['did']), {
    effective: true,
    trail: 'platform=on user-type=admitted registry=off domain=on',
    text: 'Visible: the brand has it on.'
  })
  assert.deepEqual(explained('did', ['did'], 'HIDE'), {
    effective: false,
    trail: 'platform=on user-type=admitted registry=off domain=on company=HIDE',
    text: "Hidden: the company's own override says HIDE."
  })
  assert.equal(
    explained('did', [], 'SHOW').trail,
    'platform=on user-type=admitted registry=off domain=inherit company=SHOW'
  )
})

test('the platform says no', () => {
  assert.deepEqual(explained('did', ['did'], 'SHOW', {}, { disabledPlugins: ['numbers'] }), {
    effective: false,
    trail: 'platform=off',
    text: 'Hidden: the plugin numbers is switched off.'
  })
  assert.equal(explained('recording', []).text, 'Hidden: the add-on recorder is not present.')
})

test('the user type says no', () => {
  const carrier = { userType: 'CARRIER' as const }
  assert.deepEqual(explained('did.edit', ['did', 'gate'], 'SHOW', carrier), {
    effective: false,
    trail: 'platform=on user-type=notApplicable',
    text: "Hidden: the key is not applicable to a CARRIER; the company's SHOW has no effect."
  })
  assert.deepEqual(explained('did', ['did'], null, carrier), {
    effective: false,
    trail: 'platform=on user-type=barred',
    text: 'Hidden: gate is hidden, which admits every CARRIER.'
  })
})

test('a hidden parent says no, and that a SHOW has no effect', () => {
  assert.deepEqual(explained('did.edit', [], 'SHOW'), {
    effective: false,
    trail: 'platform=on user-type=admitted registry=off domain=inherit company=SHOW parent=hidden',
    text: "Hidden: the company's SHOW has no effect while did is hidden."
  })
  assert.equal(explained('did.edit', ['did.edit']).text, 'Hidden: did is hidden.')
  assert.equal(explained('servers', ['servers']).text, 'Hidden: did, calls are hidden.')
  assert.equal(explained('servers', ['servers', 'calls']).text, 'Visible: the brand has it on.')
})

test('the state of the company says no', () => {
  assert.deepEqual(explained('did', ['did'], null, { status: 'PENDING' }), {
    effective: false,
    trail: 'platform=on user-type=admitted registry=off domain=on status=PENDING',
    text: "Hidden: the company's state is PENDING."
  })
})

test('nothing lifts a restriction', () => {
  const { text, trail } = explained(
    'did.lock',
    [],
    'SHOW',
    { status: 'INACTIVE', userType: 'CARRIER' },
    { disabledPlugins: ['numbers'] }
  )
  assert.equal(text, "In force: the company's own override says SHOW.")
  assert.equal(trail, 'platform=off user-type=notApplicable registry=off domain=inherit company=SHOW')
  assert.equal(
    explained('did.lock', []).text,
    'Not in force: neither brand nor company says anything, and the key is off by itself.'
  )
})

test('a PUBLIC key: the company has no say', () => {
  assert.deepEqual(explained('status.public', ['status', 'status.public'], 'HIDE'), {
    effective: true,
    trail: 'platform=on registry=off domain=on',
    text: "Visible: the brand has it on; the company's override is notApplicable."
  })
  assert.equal(explained('status.public', ['status.public']).text, 'Hidden: status is off on the brand.')
})

test('an override outside its validity is named', () => {
  const overrides = [{ key: 'did', override: 'HIDE' as const, validFrom: 5 }]
  const access = accessTo({ companies: [companyOf('ann', { overrides })] })
  assert.equal(
    access.explain('ann', 'did', 4).text,
    "Visible: the brand has it on; the company's override is outside its validity."
  )
  assert.equal(access.explain('ann', 'did', 5).effective, false)
})

test('columns have a trail, too', () => {
  assert.equal(explained('CALLS.start', ['calls']).text, 'Visible: it is in the default set.')
  assert.equal(explained('CALLS.cost', ['calls']).text, 'Hidden: the column is not offered to a CUSTOMER.')
  assert.equal(explained('CALLS.server', ['calls']).text, 'Hidden: it is not in the default set.')
  assert.equal(explained('CALLS.start', []).text, 'Hidden: calls is hidden.')
})
