import assert from 'node:assert/strict'
import { test } from 'node:test'
import { forEachWorld, type World } from './world.ts'

const revert = 'mutation ($id: ID!) { revertChange(auditId: $id) { id action actor target } }'
const latest = async (world: World, target: string): Promise<{ id: string; action: string }> =>
  (
    await world.data('query ($target: String!) { auditLog(target: $target, first: 1) { nodes { id action } } }', {
      variables: { target }
    })
  ).auditLog.nodes[0]
const show = (world: World, id: string, key: string, override = 'SHOW', actor = 'staff:admin') =>
  world.data(
    'mutation ($id: ID!, $o: [CompanyOverrideInput!]!) { setCompanyOverrides(companyId: $id, overrides: $o) { id } }',
    { variables: { id, o: [{ key, override }] }, actor }
  )
const overrides = async (world: World, id: string): Promise<readonly string[]> =>
  (
    await world.data('query ($id: ID!) { company(id: $id) { overrides { key override } } }', { variables: { id } })
  ).company.overrides
    .map((each: { key: string; override: string }) => `${each.key} ${each.override}`)
    .sort()

forEachWorld('operators read the audit log and undo', open => {
  test('auditLog tells who did what to what, newest first, by target and actor, in pages', async () => {
    const world = await open()
    const domain = await world.brand('one.example.net')
    const a = await world.company('A', { domainId: domain })
    const b = await world.company('B', { domainId: domain })
    await show(world, a, 'page', 'SHOW', 'staff:ann')
    await show(world, a, 'page', 'HIDE', 'key:bot')
    await show(world, b, 'page', 'SHOW', 'staff:ann')
    const document = `query ($target: String, $actor: String, $first: Int, $after: String) {
      auditLog(target: $target, actor: $actor, first: $first, after: $after) {
        nodes { id at actor action target before after reason } pageInfo { endCursor hasNextPage } } }`
    const { auditLog } = await world.data(document, { variables: { target: a } })
    assert.deepEqual(
      auditLog.nodes.map((entry: { actor: string; action: string; target: string }) => [
        entry.actor,
        entry.action,
        entry.target
      ]),
      [
        ['key:bot', 'setCompanyOverrides', a],
        ['staff:ann', 'setCompanyOverrides', a],
        ['staff:admin', 'createCompany', a]
      ]
    )
    assert.match(auditLog.nodes[0].at, /Z$/)
    assert.match(auditLog.nodes[0].before, /SHOW/)
    assert.match(auditLog.nodes[0].after, /HIDE/)
    const { auditLog: byActor } = await world.data(document, { variables: { actor: 'staff:ann' } })
    assert.deepEqual(
      byActor.nodes.map((entry: { target: string }) => entry.target),
      [b, a]
    )
    const { auditLog: both } = await world.data(document, { variables: { actor: 'staff:ann', target: b } })
    assert.equal(both.nodes.length, 1)

    const all: string[] = []
    for (let after: string | null = null; ; ) {
      const { auditLog: page } = await world.data(document, { variables: { first: 2, after } })
      all.push(...page.nodes.map((entry: { id: string }) => entry.id))
      after = page.pageInfo.endCursor
      if (!page.pageInfo.hasNextPage) break
    }
    assert.equal(all.length, 6)
    assert.equal(new Set(all).size, 6)
  })

  test('revertChange restores what was before, and can be undone itself', async () => {
    const world = await open()
    const domain = await world.brand('one.example.net', ['page'])
    const id = await world.company('Acme', { domainId: domain })
    await show(world, id, 'page', 'HIDE')
    await show(world, id, 'calls')
    const entry = await latest(world, id)
    const { revertChange } = await world.data(revert, { variables: { id: entry.id } })
    assert.equal(revertChange.action, 'revertChange')
    assert.equal(revertChange.target, id)
    assert.deepEqual(await overrides(world, id), ['page HIDE'])
    await world.data(revert, { variables: { id: revertChange.id } })
    assert.deepEqual(await overrides(world, id), ['calls SHOW', 'page HIDE'])

    const set =
      'mutation ($id: ID!, $on: Boolean!) { setDomainFeatures(domainId: $id, features: [{ key: "calls", enabled: $on }]) { features } }'
    await world.data(set, { variables: { id: domain, on: true } })
    await world.data(revert, { variables: { id: (await latest(world, domain)).id } })
    const { portalDomain } = await world.data('query ($id: ID!) { portalDomain(id: $id) { features } }', {
      variables: { id: domain }
    })
    assert.deepEqual(portalDomain.features, ['page', 'news'])
  })

  test('undoing a move brings the company back, and access follows at once', async () => {
    const world = await open()
    const one = await world.brand('one.example.net', ['page'])
    const two = await world.brand('two.example.net')
    const id = await world.company('Acme', { domainId: one })
    await world.data('mutation ($id: ID!, $d: ID) { assignCompanyDomain(companyId: $id, domainId: $d) { id } }', {
      variables: { id, d: two }
    })
    await world.data(revert, { variables: { id: (await latest(world, id)).id } })
    const { company, effectiveAccess } = await world.data(
      'query ($id: ID!) { company(id: $id) { domainId } effectiveAccess(companyId: $id) { domainId features { effective } } }',
      { variables: { id } }
    )
    assert.equal(company.domainId, one)
    assert.equal(effectiveAccess.domainId, one)
    assert.equal(effectiveAccess.features[1].effective, true)
  })

  test('CONFLICT when something later touched the same key; another key is no matter', async () => {
    const world = await open()
    await world.brand('one.example.net')
    const id = await world.company('Acme')
    await show(world, id, 'page')
    const first = await latest(world, id)
    await show(world, id, 'calls')
    const second = await latest(world, id)
    await show(world, id, 'page', 'HIDE')
    assert.deepEqual(await world.codes(revert, { variables: { id: first.id } }), ['CONFLICT'])
    assert.deepEqual(await overrides(world, id), ['calls SHOW', 'page HIDE'])
    await world.data(revert, { variables: { id: second.id } })
    assert.deepEqual(await overrides(world, id), ['page HIDE'])
    assert.deepEqual(await world.codes(revert, { variables: { id: 'nothing-of-this' } }), ['NOT_FOUND'])
  })

  test('a creation cannot be undone', async () => {
    const world = await open()
    await world.brand('one.example.net')
    const id = await world.company('Acme')
    assert.deepEqual(await world.codes(revert, { variables: { id: (await latest(world, id)).id } }), [
      'PRECONDITION_FAILED'
    ])
  })

  test('support undoes writes of overrides and nothing else', async () => {
    const world = await open()
    const domain = await world.brand('one.example.net')
    const id = await world.company('Acme')
    await world.data(
      'mutation ($id: ID!) { setDomainFeatures(domainId: $id, features: [{ key: "page", enabled: true }]) { id } }',
      {
        variables: { id: domain }
      }
    )
    await show(world, id, 'page')
    const refused = await world.ask(revert, { variables: { id: (await latest(world, domain)).id }, role: 'SUPPORT' })
    assert.deepEqual(
      refused.errors.map(error => error.extensions.code),
      ['FORBIDDEN']
    )
    await world.data(revert, { variables: { id: (await latest(world, id)).id }, role: 'SUPPORT' })
    assert.deepEqual(await overrides(world, id), [])
    await world.data(
      'mutation ($id: ID!) { bulkSetCompanyOverrides(companyIds: [$id], overrides: [{ key: "page", override: SHOW }]) { ok } }',
      { variables: { id } }
    )
    await world.data(revert, { variables: { id: (await latest(world, id)).id }, role: 'SUPPORT' })
    assert.deepEqual(await overrides(world, id), [])
  })
})
