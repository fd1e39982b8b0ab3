import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { Abilities } from '../../core/ability.ts'
import type { Access } from '../../core/access.ts'
import { checkOverrideChanges } from '../../core/access-input.ts'
import { AccessSet } from '../../core/access-set.ts'
import { Catalogue } from '../../core/catalogue.ts'
import type { PortalError } from '../../core/errors.ts'
import { userTypes } from '../../core/feature.ts'
import { createMemoryStores } from '../../core/memory-store.ts'
import type { GuardRule } from '../../core/plugin-api.ts'
import type { Actor, CompanyAccess, DomainAccess } from '../../core/ports.ts'
import type { NaiveFeature } from './naive-model.ts'
import {
  brandOf,
  columnSetsOf,
  engineOf,
  entriesOf,
  featuresOf,
  keyOf,
  naively,
  runs,
  situationOf,
  type World,
  withBrandValue,
  withOverrides,
  worlds
} from './worlds.ts'

// Each promise of the decision is a property that bears its name.

const actor: Actor = { operator: { actor: 'staff:1', name: 'S', role: 'ADMIN', ip: '::1' } }

/** A world and one of its features, seen by its first company. */
const scene = worlds().chain(world =>
  fc.nat(featuresOf(world).length - 1).map(index => ({ world, feature: featuresOf(world)[index]! }))
)

const first = (world: World): CompanyAccess => world.companies[0]!
const sees = (world: World, key: string): boolean => engineOf(world).can(first(world).id, key, world.at)
const everything = (access: Access, world: World): string[] => {
  const entries = entriesOf(world)
  return world.companies.map(({ id }) => entries.map(entry => Number(access.can(id, entry, world.at))).join(''))
}
const clear = (world: World, key: string): World => withOverrides(world, key)
const show = (world: World, key: string): World => withOverrides(world, key, { key, override: 'SHOW' })
const hide = (world: World, key: string): World => withOverrides(world, key, { key, override: 'HIDE' })

const promise = (name: string, check: (world: World, feature: NaiveFeature) => void): void => {
  test(name, () => {
    fc.assert(
      fc.property(scene, ({ world, feature }) => check(world, feature)),
      runs
    )
  })
}

promise('default_deny', world => {
  const silent: World = {
    ...world,
    plugins: world.plugins.map(plugin => ({
      ...plugin,
      features: plugin.features?.map(feature => ({ ...feature, default: false }))
    })),
    domains: world.domains.map(domain => ({ ...domain, features: [] })),
    companies: world.companies.map(company => ({ ...company, overrides: [] }))
  }
  const access = engineOf(silent)
  for (const company of silent.companies) {
    assert.deepEqual(access.accessOf(company.id, world.at).features(), [])
    assert.equal(access.can(company.id, 'no-such-key', world.at), false)
  }
  assert.equal(access.can('nobody', keyOf(0), world.at), false)
})

promise('hide_beats_default', (world, { key, kind }) => {
  fc.pre(kind !== 'PUBLIC')
  assert.equal(sees(hide(withBrandValue(world, key, true), key), key), false)
})

promise('show_beats_default', (world, { key, kind }) => {
  fc.pre(kind !== 'PUBLIC')
  const shown = sees(show(withBrandValue(world, key, false), key), key)
  assert.equal(shown, sees(clear(withBrandValue(world, key, true), key), key))
  if (kind === 'RESTRICTION') assert.equal(shown, true)
})

promise('show_never_breaks_a_gate', (world, { key, kind, plugin, ...feature }) => {
  fc.pre(kind !== 'RESTRICTION')
  const shown = show(world, key)
  const switchedOff = { ...shown, platform: { ...shown.platform, disabledPlugins: [plugin] } }
  assert.equal(sees(switchedOff, key), false)
  if (feature.entitlement) {
    const unpaid = { ...shown, platform: { disabledPlugins: [], entitlements: [] } }
    assert.equal(sees(unpaid, key), false)
  }
  if (kind === 'PUBLIC') return
  const { userType } = first(world)
  if (!feature.userTypes.includes(userType)) assert.equal(sees(shown, key), false)
  for (const gate of featuresOf(world))
    if (gate.kind === 'GATE' && gate.userTypes.includes(userType) && gate.key !== key && kind !== 'GATE')
      assert.equal(sees(hide(shown, gate.key), key), false)
  const inactive = { ...shown, companies: [{ ...first(shown), status: 'INACTIVE' as const }] }
  assert.equal(sees(inactive, key), false)
})

promise('show_and_hide_together_are_refused', (world, { key, kind }) => {
  const catalogue = Catalogue.of(world.plugins)
  const both = [
    { key, override: 'SHOW' as const },
    { key, override: 'HIDE' as const }
  ]
  assert.throws(
    () => checkOverrideChanges(catalogue, both),
    (error: PortalError) => error.code === 'BAD_USER_INPUT'
  )
  // Old data that holds both is read in the safe way.
  if (kind !== 'PUBLIC') assert.equal(sees(withOverrides(world, key, ...both), key), false)
})

test('show_and_hide_together_are_refused: whole, so that nothing is half written', async () => {
  await fc.assert(
    fc.asyncProperty(scene, fc.boolean(), async ({ world, feature }, bulk) => {
      const stores = createMemoryStores({ catalogue: Catalogue.of(world.plugins) })
      const company = await stores.companies.create(
        { name: 'A', userType: 'CUSTOMER', currency: 'EUR', domainId: null, status: 'ACTIVE', accountCodes: [] },
        actor
      )
      const other = featuresOf(world).find(each => each.key !== feature.key)!
      const changes = [
        { key: other.key, override: 'SHOW' as const },
        { key: feature.key, override: 'SHOW' as const },
        { key: feature.key, override: 'HIDE' as const }
      ]
      const refused = bulk
        ? stores.companies.bulkSetOverrides([company.id], changes, actor)
        : stores.companies.setOverrides(company.id, changes, actor)
      await assert.rejects(refused, (error: PortalError) => error.code === 'BAD_USER_INPUT')
      assert.deepEqual(await stores.companies.get(company.id), company)
    }),
    runs
  )
})

promise('hidden_parent_hides_hard_children', (world, { key, kind, parents, parentMode }) => {
  fc.pre(parentMode === 'HARD' && kind !== 'PUBLIC')
  for (const parent of parents!) {
    const parentFeature = featuresOf(world).find(each => each.key === parent)!
    if (parentFeature.kind === 'PUBLIC') continue
    assert.equal(sees(hide(show(world, key), parent), key), false)
    assert.equal(sees(show(hide(world, parent), key), parent), false, 'and the child never turns its parent on')
  }
})

promise('any_parent_suffices', (world, { key, kind, parents, parentMode }) => {
  fc.pre(parentMode === 'ANY' && kind !== 'PUBLIC')
  const access = engineOf(show(world, key))
  const [company] = world.companies as [CompanyAccess]
  const { effective, decidedBy } = access.explain(company.id, key, world.at)
  const shown = parents!.filter(parent => access.can(company.id, parent, world.at))
  if (shown.length === 0) assert.equal(effective, false)
  else assert.notEqual(decidedBy, 'parent')
})

promise('restrictions_hold_when_their_parent_is_hidden', (world, { key, kind, parents, plugin }) => {
  fc.pre(kind === 'RESTRICTION')
  let barred = show(world, key)
  for (const parent of parents ?? []) barred = hide(barred, parent)
  for (const status of ['ACTIVE', 'PENDING', 'INACTIVE'] as const)
    for (const userType of userTypes) {
      const companies = [{ ...first(barred), status, userType }]
      const platform = { disabledPlugins: [plugin], entitlements: [] }
      assert.equal(sees({ ...barred, companies, platform }, key), true)
    }
})

promise('lookup_failure_grants_nothing_and_restricts_everything', world => {
  const failed = AccessSet.afterFailure(Catalogue.of(world.plugins), 'd0', 'CUSTOMER')
  for (const { key, kind } of featuresOf(world)) assert.equal(failed.has(key), kind === 'RESTRICTION')
  for (const { report } of columnSetsOf(world)) assert.deepEqual(failed.columns(report), [])
})

promise('order_and_duplicates_do_not_matter', world => {
  const twice = <T>(list: readonly T[]): T[] => [...list, ...list].reverse()
  const shuffled: World = {
    ...world,
    platform: {
      disabledPlugins: twice(world.platform.disabledPlugins),
      entitlements: twice(world.platform.entitlements)
    },
    plugins: world.plugins.map(plugin => ({ ...plugin, features: plugin.features?.toReversed() })).reverse(),
    domains: world.domains.map(domain => ({ ...domain, features: twice(domain.features) })).reverse(),
    companies: twice(world.companies).map(company => ({ ...company, overrides: twice(company.overrides) }))
  }
  const [before, after] = [engineOf(world), engineOf(shuffled)]
  assert.deepEqual(everything(after, world), everything(before, world))
  for (const { report } of columnSetsOf(world))
    for (const { id } of world.companies)
      assert.deepEqual(after.accessOf(id, world.at).columns(report), before.accessOf(id, world.at).columns(report))
})

/** Keys whose value may hang on `key`'s. */
const dependants = (world: World, key: string): ReadonlySet<string> => {
  const found = new Set([key])
  const features = featuresOf(world)
  for (let grew = true; grew; ) {
    const size = found.size
    for (const each of features)
      if (each.parents?.some(parent => found.has(parent)) || features.find(f => f.key === key)!.kind === 'GATE')
        found.add(each.key)
    grew = found.size > size
  }
  for (const set of columnSetsOf(world))
    for (const column of set.columns)
      if (found.has(set.feature) || (column.requiresFeature !== undefined && found.has(column.requiresFeature)))
        found.add(`${set.report}.${column.name}`)
  return found
}

promise('unrelated_override_changes_nothing', (world, { key }) => {
  const touched = dependants(world, key)
  const [shown, hidden, before] = [engineOf(show(world, key)), engineOf(hide(world, key)), engineOf(clear(world, key))]
  for (const entry of entriesOf(world))
    if (!touched.has(entry))
      for (const access of [shown, hidden])
        assert.equal(access.can('company-0', entry, world.at), before.can('company-0', entry, world.at), entry)
  for (const { id } of world.companies.slice(1))
    assert.equal(shown.cells(id, world.at), before.cells(id, world.at), 'and no other company feels it')
})

test('inherit_equals_absent · clearing_an_override_restores_the_previous_result', async () => {
  await fc.assert(
    fc.asyncProperty(scene, async ({ world, feature: { key } }) => {
      const catalogue = Catalogue.of(world.plugins)
      const stores = createMemoryStores({ catalogue })
      const brand = await stores.brands.create({ fqdn: 'a.test', brandName: 'A', currencies: [], features: [] }, actor)
      await stores.brands.setFeatures(brand.id, brandOf(world, first(world)).features, actor)
      const { userType, status, overrides } = first(world)
      const { id } = await stores.companies.create(
        { name: 'A', userType, currency: 'EUR', domainId: brand.id, status, accountCodes: [] },
        actor
      )
      const others = overrides.filter(override => override.key !== key)
      await stores.companies.setOverrides(id, others, actor)
      const access = engineOf(world)
      const cells = async (): Promise<string> => {
        access.replace(await stores.source.load())
        return access.cells(id, world.at)
      }
      const before = await cells()
      await stores.companies.setOverrides(id, [{ key, override: 'INHERIT' }], actor)
      assert.equal(await cells(), before, 'inherit_equals_absent')
      await stores.companies.setOverrides(id, [{ key, override: 'HIDE' }], actor)
      await stores.companies.setOverrides(id, [{ key, override: 'SHOW', validFrom: world.at }], actor)
      await stores.companies.setOverrides(id, [{ key, override: 'INHERIT' }], actor)
      assert.equal(await cells(), before, 'clearing_an_override_restores_the_previous_result')
    }),
    runs
  )
})

promise('expired_override_equals_absent', (world, { key }) => {
  const before = everything(engineOf(clear(world, key)), world)
  for (const override of ['SHOW', 'HIDE'] as const) {
    const over = withOverrides(world, key, { key, override, validFrom: null, validUntil: world.at })
    const notYet = withOverrides(world, key, { key, override, validFrom: world.at + 1 })
    const inForce = withOverrides(world, key, { key, override, validFrom: world.at, validUntil: world.at + 1 })
    assert.deepEqual(everything(engineOf(over), world), before)
    assert.deepEqual(everything(engineOf(notYet), world), before)
    assert.deepEqual(
      everything(engineOf(inForce), world),
      everything(engineOf(withOverrides(world, key, { key, override })), world)
    )
  }
})

promise('answers hold until the next boundary, and the revision moves when one passes', world => {
  const access = engineOf(world)
  for (const { id } of world.companies) {
    const { nextBoundary } = access.accessOf(id, world.at)
    for (let at = world.at; at < world.at + 12; at++) {
      const same = access.cells(id, at) === access.cells(id, world.at)
      if (nextBoundary === null || at < nextBoundary) {
        assert.ok(same)
        assert.equal(access.revisionOf(id, at), access.revisionOf(id, world.at))
      } else assert.notEqual(access.revisionOf(id, at), access.revisionOf(id, world.at))
    }
  }
})

promise('disabled_report_means_no_columns', world => {
  const access = engineOf(world)
  for (const { id } of world.companies)
    for (const { report, feature, columns } of columnSetsOf(world)) {
      const set = access.accessOf(id, world.at)
      if (set.has(feature)) continue
      assert.deepEqual(set.columns(report), [])
      for (const { name } of columns) assert.equal(set.has(`${report}.${name}`), false)
    }
})

promise('columns_stay_within_audience_and_domain_list', world => {
  const access = engineOf(world)
  for (const company of world.companies)
    for (const { report, columns } of columnSetsOf(world)) {
      const shown = access.accessOf(company.id, world.at).columns(report)
      const { userType } = company
      for (const name of shown) assert.ok(columns.find(column => column.name === name)!.audience.includes(userType))
      const list = brandOf(world, company).columns.find(each => each.report === report && each.userType === userType)
      const allowed = list?.columns.length
        ? list.columns
        : columns.filter(column => column.default).map(({ name }) => name)
      assert.deepEqual(
        shown,
        allowed.filter(name => shown.includes(name)),
        'in the order of the brand'
      )
    }
})

const layers = ['platform', 'user-type', 'registry', 'domain', 'company', 'parent', 'status']
/** What a trail's last step alone says about the result. */
const lastWord: Readonly<Record<string, boolean>> = { on: true, SHOW: true }

promise('last_explanation_step_explains_the_result', (world, { key }) => {
  const access = engineOf(world)
  for (const { id } of world.companies)
    for (const entry of entriesOf(world)) {
      const { effective, steps, text, decidedBy } = access.explain(id, entry, world.at)
      const last = steps.at(-1)!
      assert.equal(effective, access.can(id, entry, world.at), entry)
      assert.equal(lastWord[last.value] ?? false, effective, `${entry}: ${text}`)
      assert.equal(decidedBy, last.layer)
      assert.deepEqual(
        steps.filter(step => step.decided),
        [last]
      )
      const order = steps.map(step => layers.indexOf(step.layer))
      assert.deepEqual(
        order,
        [...new Set(order)].toSorted((a, b) => a - b),
        'each layer once, in order'
      )
      assert.match(text, /^(Visible|Hidden|In force|Not in force): .+\.$/)
    }
  const { decidedBy, effective } = engineOf(show(world, key)).explain('company-0', key, world.at)
  if (effective && featuresOf(world).find(each => each.key === key)!.kind !== 'PUBLIC')
    assert.equal(decidedBy, 'company')
})

const rulesFor = (world: World): fc.Arbitrary<GuardRule[]> =>
  fc.array(
    fc
      .record({
        effect: fc.constantFrom('can' as const, 'can' as const, 'cannot' as const),
        action: fc.constantFrom('read', 'update', ['read', 'update'], 'manage'),
        fields: fc.constantFrom(undefined, undefined, ['a'], ['a', 'b']),
        when: fc.subarray(entriesOf(world), { maxLength: 2 }),
        unless: fc.subarray(entriesOf(world), { maxLength: 1 }),
        userTypes: fc.constantFrom(undefined, undefined, ['CUSTOMER' as const]),
        where: fc.constantFrom(undefined, { owner: 'viewer.companyId' as const })
      })
      .map(rule => ({ ...rule, subject: 'Thing' }) as GuardRule),
    { maxLength: 5 }
  )

test('ability_agrees_with_effective_access', () => {
  const setting = worlds().chain(world =>
    fc.record({
      world: fc.constant(world),
      rules: rulesFor(world),
      action: fc.constantFrom('read', 'update'),
      field: fc.constantFrom(undefined, 'a', 'b', 'c'),
      row: fc.constantFrom(undefined, 'own', 'foreign')
    })
  )
  fc.assert(
    fc.property(setting, ({ world, rules, action, field, row }) => {
      const abilities = new Abilities(Catalogue.of(world.plugins), rules)
      const reversed = new Abilities(Catalogue.of(world.plugins), [...rules, ...rules].reverse())
      const access = engineOf(world)
      // All companies ask the same object, so that a rule set kept for one is used for the next.
      for (const company of world.companies) {
        const situation = situationOf(world, company)
        const viewer = { companyId: company.id, contactId: 'c', domainId: 'd' }
        const object = row === undefined ? undefined : { owner: row === 'own' ? company.id : 'somebody' }
        const speaking = rules.filter(
          rule =>
            [rule.action].flat().some(each => each === action || each === 'manage') &&
            (rule.userTypes?.includes(company.userType) ?? true) &&
            (rule.when ?? []).every(key => naively(situation, key)) &&
            !(rule.unless ?? []).some(key => naively(situation, key))
        )
        const matches = (rule: GuardRule): boolean => rule.where === undefined || row === 'own'
        const forbidden = speaking.some(
          rule =>
            rule.effect === 'cannot' &&
            (row === undefined || matches(rule)) &&
            (field === undefined || (rule.fields?.includes(field) ?? true))
        )
        const granted = speaking.some(
          rule =>
            rule.effect === 'can' &&
            matches(rule) &&
            (rule.fields === undefined || (field !== undefined && rule.fields.includes(field)))
        )
        for (const each of [abilities, reversed]) {
          const ask = () =>
            each.authorize(access.accessOf(company.id, world.at), viewer, action, 'Thing', object, field)
          if (granted && !forbidden) ask()
          else assert.throws(ask, (error: PortalError) => error.code === 'FORBIDDEN')
        }
      }
    }),
    runs
  )
})

/** All pages of 2, joined. */
const allPages = <Node>(
  ask: (after: string | null) => { nodes: readonly Node[]; endCursor: string | null; hasNextPage: boolean }
): Node[] => {
  const nodes: Node[] = []
  for (let after: string | null = null; ; ) {
    const page = ask(after)
    nodes.push(...page.nodes)
    if (!page.hasNextPage) return nodes
    after = page.endCursor
  }
}

test('companies_with_feature_agrees_with_effective_access', () => {
  fc.assert(
    fc.property(worlds({ min: 1, max: 8 }), world => {
      const access = engineOf(world)
      const brands = [null, ...world.domains.map(domain => domain.id)]
      for (const key of entriesOf(world).slice(-9))
        for (const effective of [true, false])
          for (const domainId of brands) {
            const expected = world.companies
              .filter(company => domainId === null || brandOf(world, company).id === domainId)
              .filter(company => naively(situationOf(world, company), key) === effective)
            const question = { key, effective, domainId, at: world.at, first: 2 }
            const nodes = allPages(after => access.companiesWith({ ...question, after }))
            assert.deepEqual(
              nodes,
              expected.map(({ id, domainId: home }) => {
                const { decidedBy } = access.explain(id, key, world.at)
                return { companyId: id, domainId: home, effective, decidedBy }
              })
            )
            assert.equal(access.companiesWith(question).totalCount, expected.length)
          }
    }),
    runs
  )
})

test('the grid agrees with effective access', () => {
  fc.assert(
    fc.property(worlds({ min: 1, max: 8 }), fc.nat(3), (world, offset) => {
      const access = engineOf(world)
      const feature = featuresOf(world).at(-1)!.key
      const bare = engineOf({ ...world, companies: world.companies.map(each => ({ ...each, overrides: [] })) })
      const plain = (cells: string) => cells.toLowerCase()
      for (const userType of [null, 'CARRIER'] as const)
        for (const overridden of [null, true, false])
          for (const differsFromDomain of [null, true, false]) {
            const expected = world.companies.filter(
              ({ id, userType: type, overrides }) =>
                (userType === null || type === userType) &&
                (overridden === null || overrides.length > 0 === overridden) &&
                (differsFromDomain === null ||
                  (plain(access.cells(id, world.at)) !== plain(bare.cells(id, world.at))) === differsFromDomain) &&
                access.can(id, feature, world.at)
            )
            const question = { at: world.at, userType, overridden, differsFromDomain, feature, offset, first: 3 }
            const { rows, totalCount } = access.grid(question)
            assert.equal(totalCount, expected.length)
            assert.deepEqual(
              rows.map(({ companyId, cells }) => [companyId, cells]),
              expected.slice(offset, offset + 3).map(({ id }) => [id, access.cells(id, world.at)])
            )
          }
    }),
    runs
  )
})

test('cells show what is effective, in upper case where the own SHOW decided', () => {
  fc.assert(
    fc.property(worlds(), world => {
      const access = engineOf(world)
      for (const { id } of world.companies)
        assert.equal(
          access.cells(id, world.at),
          access
            .states(id, world.at)
            .map(({ effective, decidedBy }) => (effective ? (decidedBy === 'company' ? 'V' : 'v') : '-'))
            .join('')
        )
    }),
    runs
  )
})

test('preview_equals_what_happens', () => {
  const setting = worlds({ min: 1, max: 8 }).chain(world => {
    const keys = featuresOf(world).map(({ key }) => key)
    const sets = columnSetsOf(world)
    const columns = sets.map(set => {
      const names = set.columns.filter(each => each.audience.includes('CUSTOMER')).map(each => each.name)
      return fc
        .shuffledSubarray(names)
        .map(chosen => ({ report: set.report, userType: 'CUSTOMER' as const, columns: chosen }))
    })
    return fc.record({
      world: fc.constant(world),
      domainId: fc.constantFrom(null, ...world.domains.map(domain => domain.id)),
      features: fc
        .subarray(keys, { maxLength: Math.min(3, keys.length) })
        .chain(chosen => fc.tuple(...chosen.map(key => fc.boolean().map(enabled => ({ key, enabled }))))),
      columns: fc.boolean().chain(touched => fc.tuple(...(touched ? columns : []))),
      companyIds: fc.subarray(world.companies.map(company => company.id)),
      overrides: fc
        .subarray(keys, { maxLength: Math.min(3, keys.length) })
        .chain(chosen =>
          fc.tuple(
            ...chosen.map(key =>
              fc.constantFrom('SHOW' as const, 'HIDE' as const, 'INHERIT' as const).map(override => ({ key, override }))
            )
          )
        ),
      assignDomainId: fc.constantFrom(undefined, undefined, null, ...world.domains.map(domain => domain.id)),
      defaultDomainId: fc.constantFrom(null, null, ...world.domains.map(domain => domain.id)),
      removeDomainId: fc.constantFrom(null, null, ...world.domains.map(domain => domain.id)),
      reassignTo: fc.constantFrom(null, ...world.domains.map(domain => domain.id))
    })
  })
  fc.assert(
    fc.property(setting, ({ world, domainId, ...change }) => {
      const brandChange = domainId === null ? {} : { domainId, features: change.features, columns: change.columns }
      const { companyIds, overrides, assignDomainId, defaultDomainId } = change
      const oldDefault = world.domains.find(domain => domain.isDefault)!.id
      const newDefault = defaultDomainId ?? oldDefault
      const isRemoval =
        change.removeDomainId !== null &&
        ![newDefault, assignDomainId, change.reassignTo].includes(change.removeDomainId) &&
        (change.reassignTo !== null || world.companies.every(company => company.domainId !== change.removeDomainId))
      const { removeDomainId, reassignTo } = isRemoval ? change : { removeDomainId: null, reassignTo: null }
      const access = engineOf(world)
      const before = world.companies.map(({ id }) => access.cells(id, world.at))
      const ask = (after: string | null) =>
        access.preview(
          { ...brandChange, companyIds, overrides, assignDomainId, defaultDomainId, removeDomainId, reassignTo },
          { at: world.at, first: 2, after }
        )

      const later = engineOf({
        ...world,
        domains: world.domains.flatMap((before): readonly DomainAccess[] => {
          const domain = { ...before, isDefault: before.id === newDefault }
          if (domain.id === removeDomainId) return []
          if (domain.id !== domainId) return [domain]
          const touched = (key: string) => change.features.some(each => each.key === key)
          const replaced = (list: { report: string; userType: string }) =>
            change.columns.some(each => each.report === list.report && each.userType === list.userType)
          return [
            {
              ...domain,
              features: [...domain.features.filter(each => !touched(each.key)), ...change.features],
              columns: [...domain.columns.filter(list => !replaced(list)), ...change.columns]
            }
          ]
        }),
        companies: world.companies.map(before => {
          const isHomeless = before.domainId !== null && before.domainId === removeDomainId
          const company = isHomeless ? { ...before, domainId: reassignTo } : before
          if (!companyIds.includes(company.id)) return company
          const kept = company.overrides.filter(each => !overrides.some(({ key }) => key === each.key))
          const added = overrides.flatMap(({ key, override }) => (override === 'INHERIT' ? [] : [{ key, override }]))
          return {
            ...company,
            domainId: assignDomainId === undefined ? company.domainId : assignDomainId,
            overrides: [...kept, ...added]
          }
        })
      })
      const expected = world.companies.flatMap(({ id }) => {
        const moved = entriesOf(world).filter(key => access.can(id, key, world.at) !== later.can(id, key, world.at))
        const gains = moved.filter(key => later.can(id, key, world.at)).toSorted()
        const loses = moved.filter(key => !later.can(id, key, world.at)).toSorted()
        return moved.length === 0 ? [] : [{ companyId: id, gains, loses }]
      })
      const nodes = allPages(ask).map(({ companyId, gains, loses }) => ({
        companyId,
        gains: gains.toSorted(),
        loses: loses.toSorted()
      }))
      assert.deepEqual(nodes, expected)
      assert.equal(ask(null).companiesChanged, expected.length)
      const touchesBrand = domainId !== null && (change.features.length > 0 || change.columns.length > 0)
      const reached = world.companies.filter(
        company =>
          companyIds.includes(company.id) ||
          (touchesBrand && brandOf(world, company).id === domainId) ||
          (company.domainId === null ? newDefault !== oldDefault : company.domainId === removeDomainId)
      )
      assert.equal(ask(null).companiesChecked, reached.length)
      assert.deepEqual(
        world.companies.map(({ id }) => access.cells(id, world.at)),
        before,
        'a preview changes nothing'
      )
    }),
    runs
  )
})
