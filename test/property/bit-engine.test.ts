import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { companyStatuses, type FeatureDefinition, type ParentMode, userTypes } from '../../core/feature.ts'
import type { CompanyAccess, OverrideAccess } from '../../core/ports.ts'
import { allCases, cases, engineOf, entriesOf, naively, situationOf, type World, worlds } from './worlds.ts'

/** Compares everything that every company sees, and counts the companies. */
const compare = (world: World): number => {
  const access = engineOf(world)
  const entries = entriesOf(world)
  let compared = 0
  for (const company of world.companies)
    for (const domainId of new Set([company.domainId, world.domains[0]!.id])) {
      const set = access.accessOf(company.id, world.at, domainId)
      const situation = situationOf(world, company, domainId)
      for (const entry of entries) {
        const expected = naively(situation, entry)
        if (set.has(entry) !== expected || access.can(company.id, entry, world.at, domainId) !== expected)
          assert.fail(
            `${entry} of ${company.id} on ${domainId}: the model says ${expected}, the set ${set.has(entry)}, ` +
              `the check ${access.can(company.id, entry, world.at, domainId)}`
          )
      }
      compared++
    }
  return compared
}

test(`bit_engine_equals_naive_model: the whole access of ${cases} companies in random worlds`, t => {
  const perWorld = 10
  let compared = 0
  fc.assert(
    fc.property(worlds({ min: perWorld, max: perWorld }), world => {
      compared += compare(world)
    }),
    { numRuns: Math.ceil(cases / perWorld) }
  )
  assert.ok(compared >= cases)
  t.diagnostic(`${compared} whole access sets compared, 0 differences`)
})

const modes: readonly ParentMode[] = ['HARD', 'ANY', 'SOFT', 'MOOT']

/** Two roots, a child of both, and a grandchild; the last may be a restriction, the first the carriers' gate. */
const family = (child: ParentMode, grandchild: ParentMode, last: 'PAGE' | 'RESTRICTION', first: 'PAGE' | 'GATE') => {
  const base = { title: 'T', group: 'G', userTypes }
  const features: FeatureDefinition[] = [
    { ...base, key: 'one', kind: first, ...(first === 'GATE' ? { userTypes: ['CARRIER'] as const } : {}) },
    { ...base, key: 'two', kind: 'PAGE', whilePending: true },
    { ...base, key: 'child', kind: 'ABILITY', parents: ['one', 'two'], parentMode: child, whilePending: true },
    { ...base, key: 'grandchild', kind: last, parents: ['child'], parentMode: grandchild, userTypes: ['CUSTOMER'] }
  ]
  return [{ name: 'p', features }]
}

const each = <T>(values: readonly T[], times: number): T[][] =>
  times === 0 ? [[]] : each(values, times - 1).flatMap(list => values.map(value => [...list, value]))

test(`bit_engine_equals_naive_model: ${allCases ? 'every case' : 'a fifth of all cases'} of four features`, t => {
  const keys = ['one', 'two', 'child', 'grandchild']
  const companies: CompanyAccess[] = each(['SHOW', 'HIDE', null] as const, 4).flatMap(choice =>
    companyStatuses.flatMap(status =>
      userTypes.map(userType => ({
        id: `${choice.join()} ${status} ${userType}`,
        userType,
        status,
        domainId: 'brand',
        overrides: choice.flatMap((override, index): OverrideAccess[] =>
          override === null ? [] : [{ key: keys[index]!, override }]
        )
      }))
    )
  )
  // In the short form each brand meets a fifth of the companies, the next brand the next fifth.
  const shares = allCases ? 1 : 5
  let brands = 0
  let compared = 0
  for (const first of ['PAGE', 'GATE'] as const)
    for (const last of ['PAGE', 'RESTRICTION'] as const)
      for (const child of modes)
        for (const grandchild of last === 'RESTRICTION' ? (['SOFT', 'MOOT'] as const) : modes)
          for (const values of each([true, false], 4)) {
            const share = brands++ % shares
            compared += compare({
              plugins: family(child, grandchild, last, first),
              platform: { disabledPlugins: [], entitlements: [] },
              domains: [
                {
                  id: 'brand',
                  isDefault: true,
                  columns: [],
                  features: keys.map((key, index) => ({ key, enabled: values[index]! }))
                }
              ],
              companies: companies.filter((_, index) => index % shares === share),
              at: 0
            })
          }
  assert.equal(compared, (2 * (4 * 4 + 4 * 2) * 16 * companies.length) / shares)
  t.diagnostic(`${compared} cases`)
})
