import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Company } from '../../core/ports.ts'
import { createOverrideCleanUp } from '../../db/override-clean-up.ts'
import { forEachDatabase } from '../support/databases.ts'
import { testActor } from '../support/portal.ts'
import { manyCompanies, type ScaleWorld, startScaleWorld } from './scale-world.ts'

const list = `query ($reason: IdleReason, $domain: ID, $first: Int, $after: String) {
  overrideHygiene(reason: $reason, domainId: $domain, first: $first, after: $after) {
    totalCount companyCount counts { reason overrides } pageInfo { endCursor hasNextPage }
    nodes { companyId name reason text override { key override setBy } } } }`
const clean = `mutation ($reason: IdleReason!, $domain: ID, $items: [IdleOverrideInput!], $count: Int) {
  cleanUpOverrides(reason: $reason, domainId: $domain, items: $items, expectedCount: $count) { removed companies remaining operation } }`
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
      assert.equal(await cleanUp.remove(new Map([[id, ['page']]]), decidedOn, testActor), null)
      assert.equal((await stores.companies.get(id))!.overrides.length, 1)
      await mirror.refresh()
      assert.equal(await cleanUp.remove(new Map([[id, ['page']]]), access.revisions, testActor), 1)
    }
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
