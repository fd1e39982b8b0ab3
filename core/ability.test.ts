import assert from 'node:assert/strict'
import { test } from 'node:test'
import { accessTo, companyOf, smallPlugins, withCode } from '../test/support/access-fixture.ts'
import { Abilities } from './ability.ts'
import { Catalogue } from './catalogue.ts'
import { ConfigurationError } from './errors.ts'
import type { GuardRule } from './plugin-api.ts'

const catalogue = Catalogue.of(smallPlugins)
const viewer = { companyId: 'ann', contactId: 'c1', domainId: 'red' }
const access = accessTo().accessOf('ann', 0)

const rules: GuardRule[] = [
  { effect: 'cannot', action: 'update', subject: 'Did', fields: ['destination'], when: ['did.lock'], reason: 'LOCKED' },
  {
    effect: 'can',
    action: ['read', 'update'],
    subject: 'Did',
    when: ['did'],
    where: { companyId: 'viewer.companyId' }
  },
  { effect: 'can', action: 'count', subject: 'Did' }
]
const abilities = new Abilities(catalogue, rules)
const own = { companyId: 'ann' }
const refuses = (work: () => void, reason?: string) => assert.throws(work, withCode('FORBIDDEN', reason))

test('rows are compared with the viewer who asks, not with the one it was built for', () => {
  abilities.authorize(access, viewer, 'update', 'Did', own)
  refuses(() => abilities.authorize(access, { ...viewer, companyId: 'bob' }, 'update', 'Did', own))
  abilities.authorize(access, { ...viewer, companyId: 'bob' }, 'update', 'Did', { companyId: 'bob' })
})

test('what no rule allows is refused', () => {
  refuses(() => abilities.authorize(access, viewer, 'delete', 'Did', own))
  refuses(() => abilities.authorize(access, viewer, 'read', 'Card', own))
  const without = accessTo({ companies: [companyOf('ann', { overrides: [{ key: 'did', override: 'HIDE' }] })] })
  refuses(() => abilities.authorize(without.accessOf('ann', 0), viewer, 'read', 'Did', own))
})

test('a conditional rule grants nothing without a row', () => {
  refuses(() => abilities.authorize(access, viewer, 'read', 'Did'), 'ROW_REQUIRED')
  abilities.authorize(access, viewer, 'count', 'Did')
})

test('a conditional cannot forbids without a row', () => {
  const strict = new Abilities(catalogue, [
    { effect: 'can', action: 'read', subject: 'Did' },
    { effect: 'cannot', action: 'read', subject: 'Did', where: { owner: 'viewer.contactId' }, reason: 'OWN' }
  ])
  refuses(() => strict.authorize(access, viewer, 'read', 'Did'), 'OWN')
  strict.authorize(access, viewer, 'read', 'Did', { owner: 'c2' })
  refuses(() => strict.authorize(access, viewer, 'read', 'Did', { owner: 'c1' }), 'OWN')
})

const locked = accessTo({ companies: [companyOf('ann', { overrides: [{ key: 'did.lock', override: 'SHOW' }] })] })

test('a cannot on a field holds when no field is asked, in whatever order the rules stand', () => {
  const set = locked.accessOf('ann', 0)
  abilities.authorize(set, viewer, 'update', 'Did', own, 'enabled')
  refuses(() => abilities.authorize(set, viewer, 'update', 'Did', own, 'destination'), 'LOCKED')
  refuses(() => abilities.authorize(set, viewer, 'update', 'Did', own), 'LOCKED')
  abilities.authorize(set, viewer, 'read', 'Did', own)
})

test('a can on some fields does not suffice when no field is asked', () => {
  const partly = new Abilities(catalogue, [{ effect: 'can', action: 'update', subject: 'Did', fields: ['tags'] }])
  partly.authorize(access, viewer, 'update', 'Did', own, 'tags')
  refuses(() => partly.authorize(access, viewer, 'update', 'Did', own, ''))
  refuses(() => partly.authorize(access, viewer, 'update', 'Did', own, 'number'))
  refuses(() => partly.authorize(access, viewer, 'update', 'Did', own))
})

test('the mask holds the bits that rules mention, and nothing else', () => {
  const bits = catalogue.features.filter(({ bit }) => (abilities.mask[0]! & (1 << bit)) !== 0)
  assert.deepEqual(
    bits.map(({ key }) => key),
    ['did', 'did.lock']
  )
})

test('rules that cannot work are refused at boot', () => {
  const refusal = (rule: Partial<GuardRule>, message: RegExp) =>
    assert.throws(
      () => new Abilities(catalogue, [{ effect: 'can', action: 'read', subject: 'Did', ...rule }]),
      (error: Error) => error instanceof ConfigurationError && message.test(error.message)
    )
  refusal({ fields: [] }, /"can read Did" has an empty list of fields/)
  refusal({ when: ['gone'] }, /unknown feature "gone"/)
  refusal({ unless: ['gone'] }, /unknown feature "gone"/)
})
