import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Company } from '../../core/ports.ts'
import { createAccessTemplateStore } from '../../db/access-template-store.ts'
import { createOverrideCleanUp } from '../../db/override-clean-up.ts'
import { forEachDatabase } from '../support/databases.ts'
import { testActor } from '../support/portal.ts'
import { manyCompanies, type ScaleWorld, startScaleWorld } from './scale-world.ts'

const list = `query ($reason: IdleReason, $domain: ID, $kept: Boolean, $first: Int, $after: String) {
  overrideHygiene(reason: $reason, domainId: $domain, includeKept: $kept, first: $first, after: $after) {
    totalCount companyCount counts { reason overrides kept } pageInfo { endCursor hasNextPage }
    nodes { companyId name reason text override { key override setBy } keptBy { id name } } } }`
const clean = `mutation ($reason: IdleReason!, $domain: ID, $items: [IdleOverrideInput!], $count: Int, $kept: Boolean) {
  cleanUpOverrides(reason: $reason, domainId: $domain, items: $items, expectedCount: $count, includeKept: $kept) {
    removed companies remaining operation } }`
const revert = 'mutation ($id: ID!) { revertChange(auditId: $id) { action } }'

const past = { validUntil: 1_000 }
const set = (world: ScaleWorld, id: string, key: string, override: 'SHOW' | 'HIDE', validity: object = {}) =>
  world.portal.installation.stores.companies.setOverrides(id, [{ key, override, ...validity }], testActor)

/** Everything the companies see on every brand, in one text. */
const answers = async (world: ScaleWorld, ids: readonly string[]): Promise<string> => {
  const { access, mirror } = world.portal.installation
  const at = await mirror.refresh()
  return ids
    .flatMap(id => access.domains().map(domain => access.accessOf(id, at, domain.id).features().join(' ')))
    .join('\n')
}

forEachDatabase('override hygiene', open => {
  test('lists idle overrides by reason, counts them and cleans them up without changing an answer', async () => {
    const world = await startScaleWorld(open, ['page', 'page.edit'])
    const { portal } = world
    const { id: a } = await portal.company('A')
    const { id: b } = await portal.company('B', { userType: 'CARRIER' })
    const { id: c } = await portal.company('C', { domain: null })
    const { id: closed } = await portal.company('Closed', { status: 'INACTIVE' })
    await set(world, a, 'page', 'SHOW') // as the brand says
    await set(world, a, 'calls', 'SHOW', past)
    await set(world, a, 'recorder', 'SHOW') // its add-on is missing, which passes: not idle
    await set(world, b, 'page.edit', 'HIDE') // not for carriers, and their gate is closed
    await set(world, b, 'page', 'HIDE') // the gate is closed
    await set(world, c, 'page', 'SHOW') // as every brand says
    await set(world, c, 'calls', 'SHOW') // has an effect
    await set(world, closed, 'calls', 'SHOW')
    await portal.database.transaction(trx =>
      trx.raw(
        `INSERT INTO company_override (company_id, key, override, set_by, set_at) VALUES (?, 'gone.key', 'SHOW', 'x', 0)`,
        [a]
      )
    )
    await set(world, a, 'news', 'HIDE') // has an effect; and brings the row above to the process
    const { overrideHygiene: all } = await world.data(list, { role: 'AUDITOR' })
    assert.deepEqual(
      all.nodes.map((node: { name: string; reason: string; override: { key: string } }) => [
        node.name,
        node.override.key,
        node.reason
      ]),
      [
        ['A', 'page', 'EQUAL_TO_DEFAULT'],
        ['A', 'calls', 'EXPIRED'],
        ['A', 'gone.key', 'UNKNOWN_KEY'],
        ['B', 'page', 'NO_EFFECT'],
        ['B', 'page.edit', 'NO_EFFECT'],
        ['C', 'page', 'EQUAL_TO_DEFAULT'],
        ['Closed', 'calls', 'ON_CLOSED_COMPANY']
      ]
    )
    assert.match(all.nodes[3].text, /carrier-gate is hidden/)
    assert.match(all.nodes[4].text, /not for a CARRIER/)
    assert.deepEqual(
      all.counts.map((each: { reason: string; overrides: number }) => `${each.reason} ${each.overrides}`),
      ['ON_CLOSED_COMPANY 1', 'UNKNOWN_KEY 1', 'EXPIRED 1', 'EQUAL_TO_DEFAULT 2', 'NO_EFFECT 2']
    )
    const paged: unknown[] = []
    for (let after: string | null = null; ; ) {
      const { overrideHygiene: page } = await world.data(list, { variables: { first: 2, after } })
      paged.push(...page.nodes)
      after = page.pageInfo.endCursor
      if (!page.pageInfo.hasNextPage) break
    }
    assert.deepEqual(paged, all.nodes)
    const { overrideHygiene: elsewhere } = await world.data(list, { variables: { domain: portal.world.globex.id } })
    assert.equal(elsewhere.totalCount, 0)

    const companies = [a, b, c, closed]
    const before = await answers(world, companies)
    const stale = await world.refused(clean, { variables: { reason: 'EQUAL_TO_DEFAULT', count: 3 } })
    assert.deepEqual([stale.code, stale.count], ['CONFLICT', 2])
    assert.equal((await world.refused(clean, { variables: { reason: 'EXPIRED' } })).code, 'BAD_USER_INPUT')
    assert.equal(
      (await world.refused(clean, { variables: { reason: 'EXPIRED', count: 1 }, role: 'AUDITOR' })).code,
      'FORBIDDEN'
    )
    const entries = (await world.audit(a)).length
    const { cleanUpOverrides: done } = await world.data(clean, {
      variables: { reason: 'EQUAL_TO_DEFAULT', count: 2 },
      role: 'SUPPORT'
    })
    const { operation, ...counts } = done
    assert.deepEqual(counts, { removed: 2, companies: 2, remaining: 0 })
    const undoAll = 'mutation ($id: ID!) { revertOperation(operation: $id) { ok operation } }'
    const { revertOperation: undone } = await world.data(undoAll, { variables: { id: operation }, role: 'SUPPORT' })
    assert.deepEqual(
      undone.map((each: { ok: boolean }) => each.ok),
      [true, true]
    )
    assert.equal((await world.data(list, { variables: { reason: 'EQUAL_TO_DEFAULT' } })).overrideHygiene.totalCount, 2)
    await world.data(undoAll, { variables: { id: undone[0].operation } })
    assert.equal((await world.audit(a)).length, entries + 3)
    assert.deepEqual(
      (await world.audit(a)).slice(-3).map(({ action }) => action),
      ['cleanUpOverrides', 'revertChange', 'revertChange']
    )

    const busy = await world.refused(clean, {
      variables: {
        reason: 'NO_EFFECT',
        items: [
          { companyId: b, key: 'page' },
          { companyId: a, key: 'news' }
        ]
      }
    })
    assert.deepEqual([busy.code, busy.companyId, busy.key], ['CONFLICT', a, 'news'])
    assert.deepEqual(await world.overrides(b), ['page HIDE', 'page.edit HIDE'])
    const { cleanUpOverrides: one } = await world.data(clean, {
      variables: { reason: 'NO_EFFECT', items: [{ companyId: b, key: 'page' }] }
    })
    assert.deepEqual({ ...one, operation: '' }, { removed: 1, companies: 1, remaining: 1, operation: '' })
    for (const reason of ['NO_EFFECT', 'EXPIRED', 'UNKNOWN_KEY'])
      await world.data(clean, { variables: { reason, count: 1 } })
    assert.deepEqual(await world.overrides(a), ['news HIDE', 'recorder SHOW'])
    assert.equal(await answers(world, companies), before)

    // Undone like any other change; of closed companies the overrides go only when asked for.
    await world.data(revert, { variables: { id: (await world.audit(b)).at(-1)!.id } })
    assert.deepEqual(await world.overrides(b), ['page.edit HIDE'])
    assert.deepEqual(await world.overrides(closed), ['calls SHOW'])
    await world.data(clean, { variables: { reason: 'ON_CLOSED_COMPANY', count: 1 } })
    assert.deepEqual(await world.overrides(closed), [])
  })

  test('what was decided on older access removes nothing, also where another brand would count', async () => {
    const { portal } = await startScaleWorld(open, ['page'])
    const { access, mirror, stores } = portal.installation
    const cleanUp = createOverrideCleanUp(portal.database)
    for (const domain of [portal.world.acme, null]) {
      const { id } = await portal.company('A', { domain })
      await portal.override({ id } as Company, 'page', 'SHOW')
      await mirror.refresh()
      const decidedOn = new Map(access.revisions)
      const brand = domain ?? portal.world.globex
      await stores.brands.setFeatures(brand.id, [{ key: 'page', enabled: false }], testActor)
      assert.equal(await cleanUp.remove(new Map([[id, ['page']]]), decidedOn, testActor, false), null)
      assert.equal((await stores.companies.get(id))!.overrides.length, 1)
      await mirror.refresh()
      const done = await cleanUp.remove(new Map([[id, ['page']]]), access.revisions, testActor, false)
      assert.deepEqual(done, { removed: 1, companies: 1 })
    }
  })

  test('what a template keeps is counted by itself and stays, unless it is asked for', async () => {
    const world = await startScaleWorld(open, ['page', 'page.edit', 'calls'])
    const { portal } = world
    const ids: string[] = []
    for (const name of ['A', 'B', 'C', 'D']) ids.push((await portal.company(name)).id)
    const [a, b, c, d] = ids as [string, string, string, string]
    await set(world, b, 'page', 'SHOW') // by hand, and the template says the same: it would be missing there, too
    await set(world, d, 'page', 'SHOW') // by hand, and no template is applied
    const template = async (name: string, lines: string, companyIds: readonly string[]): Promise<string> => {
      const { createAccessTemplate: made } = await world.data(
        `mutation ($name: String!) { createAccessTemplate(input: { name: $name, overrides: [${lines}] }) { id } }`,
        { variables: { name } }
      )
      await world.data(
        'mutation ($id: ID!, $companies: [ID!]) { applyAccessTemplate(id: $id, companyIds: $companies) { ok } }',
        { variables: { id: made.id, companies: companyIds } }
      )
      return made.id
    }
    const pages = await template('Pages', '{ key: "page", override: SHOW }, { key: "calls", override: SHOW }', [
      a,
      b,
      c
    ])
    const more = await template('More', '{ key: "page", override: HIDE }', [c])
    await set(world, c, 'page.edit', 'SHOW') // idle, and no template's
    // What the template gave up stays in its hands until it is reapplied: it keeps that no longer.
    await world.data(
      'mutation ($id: ID!) { updateAccessTemplate(id: $id, change: { overrides: [{ key: "page", override: SHOW }] }) { id } }',
      { variables: { id: pages } }
    )
    const drifted = async (): Promise<number> =>
      (await world.data('query ($id: ID!) { accessTemplate(id: $id) { driftedCount } }', { variables: { id: pages } }))
        .accessTemplate.driftedCount
    const namesOf = (
      nodes: readonly { name: string; override: { key: string }; keptBy: readonly { id: string }[] }[]
    ) => nodes.map(({ name, override, keptBy }) => [name, override.key, ...keptBy.map(({ id }) => id)].join(' '))
    const reason = 'EQUAL_TO_DEFAULT'

    const { overrideHygiene: free } = await world.data(list, { variables: { reason } })
    assert.deepEqual(namesOf(free.nodes), ['A calls', 'B calls', 'C page.edit', 'C calls', 'D page'])
    assert.deepEqual([free.totalCount, free.companyCount], [5, 4])
    const count = { reason, overrides: 5, kept: 3 }
    assert.deepEqual(
      free.counts.find((each: { reason: string }) => each.reason === reason),
      count
    )
    const { overrideHygiene: all } = await world.data(list, { variables: { reason, kept: true } })
    assert.deepEqual(namesOf(all.nodes), [
      `A page ${pages}`,
      'A calls',
      `B page ${pages}`,
      'B calls',
      `C page ${pages} ${more}`,
      'C page.edit',
      'C calls',
      'D page'
    ])
    assert.deepEqual(
      all.nodes[4].keptBy.map((each: { name: string }) => each.name),
      ['Pages', 'More']
    )
    assert.deepEqual([all.totalCount, all.companyCount], [8, 4])
    assert.deepEqual(
      all.counts.find((each: { reason: string }) => each.reason === reason),
      { ...count, overrides: 8 }
    )
    for (const kept of [false, true]) {
      const paged: unknown[] = []
      for (let after: string | null = null; ; ) {
        const { overrideHygiene: page } = await world.data(list, { variables: { reason, kept, first: 2, after } })
        paged.push(...page.nodes)
        after = page.pageInfo.endCursor
        if (!page.pageInfo.hasNextPage) break
      }
      assert.deepEqual(paged, (kept ? all : free).nodes)
    }

    // Neither by number nor by name does anything go that was not asked for.
    assert.equal((await world.refused(clean, { variables: { reason, count: 8 } })).count, 5)
    const items = [
      { companyId: a, key: 'calls' },
      { companyId: a, key: 'page' }
    ]
    const named = await world.refused(clean, { variables: { reason, items } })
    assert.deepEqual([named.code, named.companyId, named.key], ['CONFLICT', a, 'page'])
    assert.match(named.message as string, /"Pages" keeps/)
    assert.deepEqual(await world.overrides(a), ['calls SHOW', 'page SHOW'])

    const { cleanUpOverrides: done } = await world.data(clean, { variables: { reason, count: 5 } })
    assert.deepEqual({ ...done, operation: '' }, { removed: 5, companies: 4, remaining: 0, operation: '' })
    assert.deepEqual(
      [await world.overrides(a), await world.overrides(b), await world.overrides(c), await world.overrides(d)],
      [['page SHOW'], ['page SHOW'], ['page SHOW'], []]
    )
    assert.equal(await drifted(), 0)

    // Asked for, they go; the companies differ from then on, and a reapply brings back what was the template's.
    const kept = { reason, kept: true }
    assert.equal((await world.refused(clean, { variables: { ...kept, count: 2 } })).count, 3)
    const { cleanUpOverrides: one } = await world.data(clean, { variables: { ...kept, items: items.slice(1) } })
    assert.deepEqual({ ...one, operation: '' }, { removed: 1, companies: 1, remaining: 2, operation: '' })
    await world.data(clean, { variables: { ...kept, count: 2 } })
    assert.equal(await drifted(), 3)
    await world.data('mutation ($id: ID!) { reapplyAccessTemplate(id: $id) { ok } }', { variables: { id: pages } })
    assert.deepEqual(await world.overrides(b), ['page SHOW'])
  })

  test('a template that comes between the decision and the removal keeps what is its', async () => {
    const { portal } = await startScaleWorld(open, ['page', 'calls'])
    const { access, mirror, stores } = portal.installation
    const templates = createAccessTemplateStore(portal.database, access.catalogue)
    const cleanUp = createOverrideCleanUp(portal.database)
    const { id } = await portal.company('A')
    for (const key of ['page', 'calls']) await portal.override({ id } as Company, key, 'SHOW')
    const line = { key: 'page', override: 'SHOW' as const, reason: null }
    const made = await templates.create({ name: 'Pages', description: null, overrides: [line] }, testActor)
    await templates.apply(made.id, { companyIds: [id] }, testActor)
    await mirror.refresh()
    const keys = new Map([[id, ['page', 'calls']]])
    assert.deepEqual(await cleanUp.remove(keys, access.revisions, testActor, false), { removed: 1, companies: 1 })
    const left = async (): Promise<readonly string[]> =>
      (await stores.companies.get(id))!.overrides.map(each => each.key)
    assert.deepEqual(await left(), ['page'])
    await mirror.refresh()
    const only = new Map([[id, ['page']]])
    assert.deepEqual(await cleanUp.remove(only, access.revisions, testActor, false), { removed: 0, companies: 0 })
    assert.deepEqual(await cleanUp.remove(only, access.revisions, testActor, true), { removed: 1, companies: 1 })
    assert.deepEqual(await left(), [])
  })

  test('620 companies in chunks, while somebody else makes the rest of the overrides count', async () => {
    const world = await startScaleWorld(open, ['page'])
    const { portal } = world
    const { stores } = portal.installation
    const ids = await manyCompanies(world, 620)
    await stores.companies.bulkSetOverrides(ids, [{ key: 'page', override: 'SHOW' }], testActor)
    // After the first chunk the brand says otherwise: what is left by then is no longer idle and must stay.
    const { database } = portal
    const { transaction } = database
    let changed = false
    Object.assign(database, {
      transaction: async (work: Parameters<typeof transaction>[0]) => {
        const done = await transaction(work)
        if (!changed && (await stores.audit.list({ first: 1, action: 'cleanUpOverrides' })).nodes.length > 0) {
          changed = true
          await stores.brands.setFeatures(portal.world.acme.id, [{ key: 'page', enabled: false }], testActor)
        }
        return done
      }
    })
    const { cleanUpOverrides: done } = await world
      .data(clean, { variables: { reason: 'EQUAL_TO_DEFAULT', count: 620 } })
      .finally(() => Object.assign(database, { transaction }))
    assert.deepEqual({ ...done, operation: '' }, { removed: 500, companies: 500, remaining: 0, operation: '' })
    const left = await portal.database.transaction(trx => trx('company_override').whereIn('company_id', ids))
    assert.equal(done.removed + left.length, 620)
    const entries = (await stores.audit.list({ first: 500, action: 'setDomainFeatures' })).nodes
    const removals: { readonly at: number; readonly id: string }[] = []
    for (let after: string | null = null; ; ) {
      const page = await stores.audit.list({ first: 500, after, action: 'cleanUpOverrides' })
      removals.push(...page.nodes)
      after = page.endCursor
      if (!page.hasNextPage) break
    }
    assert.equal(removals.length, done.removed)
    // In the order of the log, no removal comes after the brand's change.
    const order = (await portal.database.transaction(trx =>
      trx('audit_entry').whereIn('action', ['cleanUpOverrides', 'setDomainFeatures']).orderBy('seq').pluck('action')
    )) as string[]
    assert.equal(order.at(-1), 'setDomainFeatures')
    assert.equal(entries.length, 1)
  })
})
