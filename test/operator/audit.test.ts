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

  test('an answer names the operation of each mutation that is through, beside data', async () => {
    const world = await open()
    const id = await world.company('Named', { domainId: await world.brand('named.example.net') })
    const document = `mutation ($id: ID!, $o: [CompanyOverrideInput!]!) {
      first: setCompanyOverrides(companyId: $id, overrides: $o) { id }
      stale: updateCompany(id: $id, expectedVersion: 1, input: { name: "Late" }) { id } }`
    // Interpreted, then compiled.
    for (const override of ['SHOW', 'HIDE', 'INHERIT']) {
      const { extensions, errors } = await world.ask(document, { variables: { id, o: [{ key: 'page', override }] } })
      assert.deepEqual(
        errors.map(({ path }) => path),
        [['stale']]
      )
      assert.deepEqual(Object.keys(extensions?.operations), ['first'])
      const { auditLog } = await world.data(
        'query ($id: ID!) { auditLog(operation: $id) { nodes { target after } } }',
        {
          variables: { id: extensions?.operations.first }
        }
      )
      assert.equal(auditLog.nodes.length, 1)
      assert.equal(auditLog.nodes[0].target, id)
    }
    assert.equal((await world.ask('{ __typename }')).extensions, undefined)
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

forEachWorld('operators undo a whole operation', open => {
  const undo = 'mutation ($id: ID!) { revertOperation(operation: $id) { companyId ok code message operation } }'
  const hide = `mutation ($ids: [ID!]!) { bulkSetCompanyOverrides(companyIds: $ids, overrides: [{ key: "page", override: HIDE }]) {
    companyId ok operation } }`
  const log = `query ($id: ID) { auditLog(operation: $id, first: 500) {
    nodes { action target operation operationEntries } } }`
  interface Line {
    readonly companyId: string
    readonly ok: boolean
    readonly code: string | null
    readonly operation: string | null
  }

  test('an entry says whether whoever asks may undo it, and all of its operation', async () => {
    const world = await open()
    const domain = await world.brand('one.example.net', ['page'])
    const id = await world.company('A')
    await show(world, id, 'page')
    const entries = async (role: 'ADMIN' | 'SUPPORT' | 'AUDITOR') => {
      const { auditLog } = await world.data('{ auditLog { nodes { action undoable operationUndoable } } }', { role })
      return auditLog.nodes
        .map((each: Record<string, unknown>) => `${each.action} ${each.undoable} ${each.operationUndoable}`)
        .join(', ')
    }
    assert.equal(
      await entries('ADMIN'),
      'setCompanyOverrides true true, createCompany false false, createPortalDomain false false'
    )
    await world.data(
      'mutation ($id: ID!, $f: [DomainFeatureInput!]!) { setDomainFeatures(domainId: $id, features: $f) { id } }',
      {
        variables: { id: domain, f: [{ key: 'page', enabled: false }] }
      }
    )
    assert.match(await entries('ADMIN'), /^setDomainFeatures true false, /)
    assert.match(await entries('SUPPORT'), /^setDomainFeatures false false, setCompanyOverrides true true, /)
    assert.doesNotMatch(await entries('AUDITOR'), /true/)
  })

  test('620 companies: one call undoes them, one entry each, and one call undoes that', async () => {
    const world = await open()
    const domain = await world.brand('one.example.net', ['page'])
    const ids = [...(await world.companies(400, domain)), ...(await world.companies(220, null))]
    const [first, second] = ids as [string, string]
    await show(world, second, 'page', 'HIDE')
    const { bulkSetCompanyOverrides: hidden } = await world.data(hide, { variables: { ids: [...ids, 'nobody'] } })
    const operations = new Set(hidden.map((line: Line) => line.operation))
    assert.equal(operations.size, 2)
    const operation = hidden[0].operation
    // What was like this already was not written, and what is not there neither.
    assert.deepEqual(
      hidden.filter((line: Line) => line.operation === null).map((line: Line) => line.companyId),
      [second, 'nobody']
    )
    await show(world, first, 'page', 'SHOW')
    const { revertOperation: undone } = await world.data(undo, { variables: { id: operation } })
    assert.deepEqual(
      undone.map((line: Line) => [line.companyId, line.ok, line.code]).sort(),
      ids
        .filter(id => id !== second)
        .map(id => (id === first ? [id, false, 'CONFLICT'] : [id, true, null]))
        .sort()
    )
    assert.deepEqual(await overrides(world, first), ['page SHOW'])
    assert.deepEqual(await overrides(world, second), ['page HIDE'])
    for (const id of [ids[2]!, ids[499]!, ids[500]!, ids[619]!]) assert.deepEqual(await overrides(world, id), [])
    const again = undone.find((line: Line) => line.ok).operation
    assert.notEqual(again, operation)
    assert.equal(undone.find((line: Line) => !line.ok).operation, null)
    const { auditLog } = await world.data(log, { variables: { id: again } })
    assert.deepEqual(
      new Set(auditLog.nodes.map((node: object) => JSON.stringify({ ...node, target: '' }))),
      new Set([JSON.stringify({ action: 'revertChange', target: '', operation: again, operationEntries: 618 })])
    )
    assert.equal(new Set(auditLog.nodes.map((node: { target: string }) => node.target)).size, 500)
    const { revertOperation: back } = await world.data(undo, { variables: { id: again } })
    assert.ok(back.length === 618 && back.every((line: Line) => line.ok))
    assert.deepEqual(await overrides(world, ids[619]!), ['page HIDE'])
    // The first one is undone by now; each of its companies has something later.
    const { revertOperation: late } = await world.data(undo, { variables: { id: operation } })
    assert.ok(late.every((line: Line) => line.code === 'CONFLICT' && line.operation === null))
  })

  test('moves are put back; what changed no companies is refused by its name, what nobody knows is not found', async () => {
    const world = await open()
    const one = await world.brand('one.example.net')
    const two = await world.brand('two.example.net')
    const ids = [
      await world.company('A', { domainId: one }),
      await world.company('B'),
      await world.company('C', { domainId: two })
    ]
    const { bulkAssignDomain: moved } = await world.data(
      'mutation ($ids: [ID!]!, $d: ID) { bulkAssignDomain(companyIds: $ids, domainId: $d) { companyId ok operation } }',
      { variables: { ids, d: two } }
    )
    assert.deepEqual(
      moved.map((line: Line) => line.operation !== null),
      [true, true, false]
    )
    const operation = moved[0].operation
    const support = await world.ask(undo, { variables: { id: operation }, role: 'SUPPORT' })
    assert.deepEqual(
      support.errors.map(({ extensions }) => [extensions.code, extensions.reason]),
      [['FORBIDDEN', 'ROLE']]
    )
    const { revertOperation: undone } = await world.data(undo, { variables: { id: operation } })
    assert.deepEqual(
      undone.map((line: Line) => [line.companyId, line.ok]),
      [
        [ids[0], true],
        [ids[1], true]
      ]
    )
    const homes = await Promise.all(
      ids.map(
        async id =>
          (await world.data('query ($id: ID!) { company(id: $id) { domainId } }', { variables: { id } })).company
            .domainId
      )
    )
    assert.deepEqual(homes, [one, null, two])

    await world.data(
      'mutation ($d: ID!) { setDomainFeatures(domainId: $d, features: [{ key: "page", enabled: true }]) { id } }',
      {
        variables: { d: one }
      }
    )
    await world.data(
      'mutation ($c: ID!) { createContact(input: { companyId: $c, name: "N", email: "n@example.net" }) { id } }',
      { variables: { c: ids[0] } }
    )
    for (const [action, target] of [
      ['setDomainFeatures', one],
      ['createCompany', ids[0]!]
    ] as const) {
      const { auditLog } = await world.data(
        'query ($a: String, $t: String) { auditLog(action: $a, target: $t) { nodes { operation operationEntries } } }',
        { variables: { a: action, t: target } }
      )
      assert.equal(auditLog.nodes[0].operationEntries, 1)
      const { errors } = await world.ask(undo, { variables: { id: auditLog.nodes[0].operation } })
      assert.deepEqual(
        errors.map(({ extensions }) => extensions.code),
        ['PRECONDITION_FAILED']
      )
      assert.match(errors[0]!.message, new RegExp(action))
    }
    assert.deepEqual(await world.codes(undo, { variables: { id: 'nothing-of-this' } }), ['NOT_FOUND'])
    assert.deepEqual(await world.codes(undo, { variables: { id: 'no id!' } }), ['NOT_FOUND'])
  })

  test('support undoes operations that wrote overrides', async () => {
    const world = await open()
    await world.brand('one.example.net')
    const ids = [await world.company('A'), await world.company('B')]
    const { bulkSetCompanyOverrides: hidden } = await world.data(hide, { variables: { ids }, role: 'SUPPORT' })
    const { revertOperation: undone } = await world.data(undo, {
      variables: { id: hidden[0].operation },
      role: 'SUPPORT'
    })
    assert.ok(undone.length === 2 && undone.every((line: Line) => line.ok))
    assert.deepEqual(await overrides(world, ids[0]!), [])
  })

  test('two roots of one document are two operations', async () => {
    const world = await open()
    await world.brand('one.example.net')
    const ids = [await world.company('A'), await world.company('B')]
    const root = 'bulkSetCompanyOverrides(companyIds: $ids, overrides: [{ key: "page", override: HIDE }]) { operation }'
    const { one, two } = await world.data(
      `mutation ($ids: [ID!]!) { one: ${root} two: ${root.replace('page', 'calls')} }`,
      { variables: { ids } }
    )
    assert.equal(new Set([...one, ...two].map((line: Line) => line.operation)).size, 2)
    await world.data(undo, { variables: { id: one[0].operation } })
    assert.deepEqual(await overrides(world, ids[0]!), ['calls HIDE'])
  })
})
