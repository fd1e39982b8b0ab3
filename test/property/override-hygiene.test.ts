import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { Access } from '../../core/access.ts'
import { type IdleOverride, idleReasons } from '../../core/override-hygiene.ts'
import type { CompanyAccess, OverrideAccess } from '../../core/ports.ts'
import { length } from '../support/length.ts'
import { brandOf, engineOf, entriesOf, featuresOf, naively, situationOf, type World, worlds } from './worlds.ts'

// What is called idle, against the naive model: an idle override makes no difference anywhere it could, and every other one does.

/** Brands a company's contacts may sign in on. */
const reached = (world: World, company: CompanyAccess): readonly string[] =>
  company.domainId === null ? world.domains.map(({ id }) => id) : [company.domainId]

/** Now, and every later instant at which something of the company starts or ends. */
const instants = (world: World, company: CompanyAccess): readonly number[] => {
  const boundaries = company.overrides.flatMap(({ validFrom, validUntil }) => [validFrom ?? null, validUntil ?? null])
  return [world.at, ...boundaries.filter((each): each is number => each !== null && each > world.at)]
}

/** As if nothing that is meant to pass stood in the way. */
const open = (world: World): World => ({
  ...world,
  platform: { disabledPlugins: [], entitlements: ['addon'] },
  companies: world.companies.map(company => ({ ...company, status: 'ACTIVE' }))
})

const without = (company: CompanyAccess, keys: ReadonlySet<string>): CompanyAccess => ({
  ...company,
  overrides: company.overrides.filter(({ key }) => !keys.has(key))
})

/** Compares the answers at the instants of the company as it is, so that a removed boundary is looked at too. */
const differ = (world: World, company: CompanyAccess, keys: ReadonlySet<string>): boolean => {
  const entries = entriesOf(world)
  return reached(world, company).some(domainId => {
    const before = situationOf(world, company, domainId)
    const after = situationOf(world, without(company, keys), domainId)
    return instants(world, company).some(at =>
      entries.some(entry => naively({ ...before, at }, entry) !== naively({ ...after, at }, entry))
    )
  })
}

const idleOf = (access: Access, companyId: string, at: number): readonly IdleOverride[] =>
  access.idleOverrides([companyId], at).get(companyId) ?? []

const noPause = async (): Promise<void> => {}

const runs = { numRuns: length(100, 40_000) }

test('an override is idle exactly when its removal changes no answer, now or later', () => {
  let idle = 0
  let busy = 0
  fc.assert(
    fc.property(worlds({ min: 1, max: 3 }), world => {
      const access = engineOf(world)
      const opened = open(world)
      for (const [index, company] of world.companies.entries()) {
        const found = new Map(idleOf(access, company.id, world.at).map(({ key, reason }) => [key, reason]))
        for (const { key } of company.overrides) {
          const reason = found.get(key)
          if (company.status === 'INACTIVE') {
            assert.equal(reason, 'ON_CLOSED_COMPANY')
            continue
          }
          const alone = new Set([key])
          assert.equal(reason === undefined, differ(opened, opened.companies[index]!, alone), `${company.id} ${key}`)
          if (reason === undefined) busy++
          else {
            idle++
            assert.equal(differ(world, company, alone), false, `${company.id} ${key} is not idle as things stand`)
          }
        }
        if (company.status === 'INACTIVE') continue
        assert.equal(differ(world, company, new Set(found.keys())), false, 'all of them at once')
        assert.equal(differ(opened, opened.companies[index]!, new Set(found.keys())), false, 'all at once, all open')
      }
    }),
    runs
  )
  assert.ok(idle > 50 && busy > 50, `${idle} idle, ${busy} not`)
})

test('the reason given is the first that is true', () => {
  const saysSame = (world: World, company: CompanyAccess, override: OverrideAccess, domainId: string): boolean => {
    const feature = featuresOf(world).find(each => each.key === override.key)!
    const value = brandOf(world, company, domainId).features.find(each => each.key === override.key)?.enabled
    return (value ?? feature.default ?? false) === (override.override === 'SHOW')
  }
  fc.assert(
    fc.property(worlds({ min: 1, max: 3 }), world => {
      const access = engineOf(world)
      for (const company of world.companies)
        for (const { key, reason } of idleOf(access, company.id, world.at)) {
          if (company.status === 'INACTIVE') continue
          const override = company.overrides.find(each => each.key === key)!
          const isPublic = featuresOf(world).find(each => each.key === key)!.kind === 'PUBLIC'
          const same = reached(world, company).every(id => saysSame(world, company, override, id))
          const expired = override.validUntil != null && override.validUntil <= world.at
          const expected = expired ? 'EXPIRED' : same && !isPublic ? 'EQUAL_TO_DEFAULT' : 'NO_EFFECT'
          assert.equal(reason, expected)
        }
    }),
    runs
  )
})

test('counts, pages and the list by company agree', async () => {
  await fc.assert(
    fc.asyncProperty(worlds({ min: 3, max: 8 }), fc.integer({ min: 1, max: 5 }), async (world, first) => {
      const access = engineOf(world)
      const all = world.companies.flatMap(({ id }) =>
        idleOf(access, id, world.at).map(({ key, reason }) => `${id} ${key} ${reason}`)
      )
      const paged: string[] = []
      for (let after: string | null = null; ; ) {
        const page = await access.overrideHygiene({ at: world.at, first, after }, noPause)
        paged.push(...page.nodes.map(({ companyId, key, reason }) => `${companyId} ${key} ${reason}`))
        assert.equal(page.totalCount, all.length)
        assert.ok(page.nodes.every(({ text }) => text.length > 0))
        after = page.endCursor
        if (!page.hasNextPage) break
      }
      assert.deepEqual(paged, all)
      const { counts } = await access.overrideHygiene({ at: world.at, first: 1 }, noPause)
      for (const [reason, count] of Object.entries(counts)) {
        const own = all.filter(each => each.endsWith(` ${reason}`))
        assert.equal(own.length, count)
        const question = { at: world.at, reason: reason as keyof typeof counts }
        const companies = [...new Set(own.map(each => each.split(' ')[0]!))]
        assert.deepEqual(await access.companiesWithIdle(question, 1_000, noPause), companies)
        assert.deepEqual(await access.companiesWithIdle(question, 1, noPause), companies.slice(0, 1))
        assert.equal((await access.overrideHygiene({ ...question, first: 1 }, noPause)).companyCount, companies.length)
        assert.equal((await access.overrideHygiene({ ...question, first: 1 }, noPause)).totalCount, own.length)
      }
    }),
    { numRuns: length(60, 10_000) }
  )
})

test('what is kept is counted by itself, and listed only where it is asked for', async () => {
  let some = 0
  const question = fc.record({
    first: fc.integer({ min: 0, max: 5 }),
    reason: fc.constantFrom(null, ...idleReasons),
    includeKept: fc.boolean(),
    // Which of a company's idle overrides are kept, by place.
    stays: fc.array(fc.boolean(), { minLength: 1, maxLength: 5 })
  })
  await fc.assert(
    fc.asyncProperty(worlds({ min: 3, max: 8 }), question, async (world, { first, reason, includeKept, stays }) => {
      const access = engineOf(world)
      const { at } = world
      const all = world.companies.flatMap(({ id }) =>
        idleOf(access, id, at).map((idle, place) => ({ ...idle, id, isKept: stays[place % stays.length]! }))
      )
      const kept = new Map(
        world.companies.map(({ id }) => [
          id,
          new Set(all.filter(each => each.id === id && each.isKept).map(({ key }) => key))
        ])
      )
      const listed = all.filter(each => includeKept || !each.isKept)
      const asked = listed.filter(each => reason === null || each.reason === reason)
      const filter = { at, reason, kept, includeKept }
      const paged: string[] = []
      let page = await access.overrideHygiene({ ...filter, first: 0 }, noPause)
      assert.equal(page.totalCount, asked.length)
      assert.equal(page.companyCount, new Set(asked.map(({ id }) => id)).size)
      for (const each of idleReasons) {
        assert.equal(page.counts[each], listed.filter(idle => idle.reason === each).length)
        assert.equal(page.keptCounts[each], all.filter(idle => idle.isKept && idle.reason === each).length)
      }
      for (let after: string | null = null; first > 0; ) {
        page = await access.overrideHygiene({ ...filter, first, after }, noPause)
        paged.push(...page.nodes.map(({ companyId, key }) => `${companyId} ${key}`))
        after = page.endCursor
        if (!page.hasNextPage) break
      }
      if (first > 0)
        assert.deepEqual(
          paged,
          asked.map(({ id, key }) => `${id} ${key}`)
        )
      const companies = [...new Set(asked.map(({ id }) => id))]
      assert.deepEqual(await access.companiesWithIdle(filter, 1_000, noPause), companies)
      const among = new Set(all.slice(0, 2).map(({ key }) => key))
      assert.deepEqual(await access.companiesWithIdle({ ...filter, among }, 1_000, noPause), [
        ...new Set(asked.filter(({ key }) => among.has(key)).map(({ id }) => id))
      ])
      if (asked.length < all.length) some++
    }),
    { numRuns: length(60, 10_000) }
  )
  assert.ok(some > 10, `${some} worlds with fewer listed than there are`)
})

test('keys that no plugin knows are told apart, and change nothing', () => {
  fc.assert(
    fc.property(worlds({ min: 1, max: 1 }), world => {
      const [company] = world.companies as [CompanyAccess]
      const strange: OverrideAccess[] = [
        { key: 'gone.b', override: 'SHOW', validUntil: 0 },
        { key: 'gone.a', override: 'HIDE' }
      ]
      const more = { ...world, companies: [{ ...company, overrides: [...strange, ...company.overrides] }] }
      const before = idleOf(engineOf(world), company.id, world.at)
      const reason = company.status === 'INACTIVE' ? 'ON_CLOSED_COMPANY' : 'UNKNOWN_KEY'
      assert.deepEqual(idleOf(engineOf(more), company.id, world.at), [
        ...before,
        { key: 'gone.a', reason },
        { key: 'gone.b', reason }
      ])
    }),
    { numRuns: length(40, 2_000) }
  )
})
