import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createAccessTemplateStore } from '../../db/access-template-store.ts'
import { forEachDatabase } from '../support/databases.ts'
import { testActor } from '../support/portal.ts'
import { manyCompanies, type ScaleWorld, startScaleWorld } from './scale-world.ts'

const create = `mutation ($input: AccessTemplateInput!) { createAccessTemplate(input: $input) {
  id name description version companyCount driftedCount overrides { key override reason validFrom validUntil } } }`
const results = 'companyId ok code message changed operation conflicts { key override templateId templateName differs }'
const apply = `mutation ($id: ID!, $ids: [ID!], $domain: ID) { applyAccessTemplate(id: $id, companyIds: $ids, domainId: $domain) { ${results} } }`
const reapply = `mutation ($id: ID!, $ids: [ID!]) { reapplyAccessTemplate(id: $id, companyIds: $ids) { ${results} } }`
const lift = `mutation ($id: ID!, $ids: [ID!]) { liftAccessTemplate(id: $id, companyIds: $ids) { ${results} } }`
const update = `mutation ($id: ID!, $change: AccessTemplateChange!, $v: Int) { updateAccessTemplate(id: $id, change: $change, expectedVersion: $v) {
  version name description overrides { key override } driftedCount } }`
const read = `query ($id: ID!) { accessTemplate(id: $id) { version companyCount driftedCount
  companies { totalCount nodes { companyId name appliedBy differences { key kind } } } } }`
const revert = 'mutation ($id: ID!) { revertChange(auditId: $id) { action } }'
const undoAll = 'mutation ($id: ID!) { revertOperation(operation: $id) { companyId ok code operation } }'
const set = `mutation ($id: ID!, $o: [CompanyOverrideInput!]!) { setCompanyOverrides(companyId: $id, overrides: $o) { id } }`

const show = (key: string) => ({ key, override: 'SHOW' })
const hide = (key: string) => ({ key, override: 'HIDE' })

const template = async (world: ScaleWorld, name: string, ...overrides: readonly object[]): Promise<string> =>
  (await world.data(create, { variables: { input: { name, overrides } } })).createAccessTemplate.id

const drift = async (world: ScaleWorld, id: string): Promise<Record<string, readonly string[]>> => {
  const { accessTemplate } = await world.data(read, { variables: { id } })
  const nodes: readonly { name: string; differences: readonly { key: string; kind: string }[] }[] =
    accessTemplate.companies.nodes
  assert.equal(accessTemplate.companyCount, accessTemplate.companies.totalCount)
  assert.equal(accessTemplate.driftedCount, nodes.filter(node => node.differences.length > 0).length)
  return Object.fromEntries(
    nodes.map(node => [node.name, node.differences.map(({ key, kind }) => `${key} ${kind}`).sort()])
  )
}

/** Who may see `calls` by what this process knows. */
const mirrored = async (world: ScaleWorld, ids: readonly string[]): Promise<readonly boolean[]> => {
  const { access, mirror } = world.portal.installation
  const at = await mirror.refresh()
  return ids.map(id => access.can(id, 'calls', at))
}

forEachDatabase('access templates', open => {
  test('are applied, brought up to date and lifted; each write leaves one entry a company it changed', async () => {
    const world = await startScaleWorld(open)
    const { id: a } = await world.portal.company('A')
    const { id: b } = await world.portal.company('B', { domain: null })
    const { createAccessTemplate: made } = await world.data(create, {
      variables: {
        input: {
          name: ' Wholesale ',
          description: 'For resellers',
          overrides: [
            { ...hide('page'), reason: 'not sold' },
            { ...show('news'), validUntil: '2040-01-01T00:00:00Z' }
          ]
        }
      }
    })
    assert.deepEqual(made, {
      id: made.id,
      name: 'Wholesale',
      description: 'For resellers',
      version: 1,
      companyCount: 0,
      driftedCount: 0,
      overrides: [
        { key: 'page', override: 'HIDE', reason: 'not sold', validFrom: null, validUntil: null },
        { key: 'news', override: 'SHOW', reason: null, validFrom: null, validUntil: '2040-01-01T00:00:00.000Z' }
      ]
    })
    const { applyAccessTemplate: applied } = await world.data(apply, {
      variables: { id: made.id, ids: [a, 'nobody', b, 'no id!'] },
      role: 'SUPPORT'
    })
    assert.deepEqual(
      applied.map((each: { companyId: string; ok: boolean; code: string | null; changed: boolean }) => [
        each.companyId,
        each.ok,
        each.code,
        each.changed
      ]),
      [
        [a, true, null, true],
        ['nobody', false, 'NOT_FOUND', false],
        [b, true, null, true],
        ['no id!', false, 'NOT_FOUND', false]
      ]
    )
    assert.deepEqual(await world.overrides(a), ['news SHOW', 'page HIDE'])
    const access = await world.data(
      'query ($id: ID!) { effectiveAccess(companyId: $id) { features { key effective } } }',
      {
        variables: { id: a }
      }
    )
    assert.equal(access.effectiveAccess.features.find((each: { key: string }) => each.key === 'page').effective, false)

    // Nothing to do leaves nothing behind.
    const { version } = (await world.portal.installation.stores.companies.get(a))!
    const again = await world.data(apply, { variables: { id: made.id, ids: [a] } })
    assert.equal(again.applyAccessTemplate[0].changed, false)
    assert.equal((await world.portal.installation.stores.companies.get(a))!.version, version)
    assert.deepEqual(
      (await world.audit(a)).map(entry => entry.action),
      ['createCompany', 'applyAccessTemplate']
    )

    const changed = await world.data(update, {
      variables: { id: made.id, change: { overrides: [show('page'), show('calls')] }, v: 1 }
    })
    assert.equal(changed.updateAccessTemplate.version, 2)
    assert.equal(changed.updateAccessTemplate.description, 'For resellers')
    assert.equal(changed.updateAccessTemplate.driftedCount, 2)
    assert.deepEqual(await world.overrides(a), ['news SHOW', 'page HIDE'], 'updating a template touches nobody')
    assert.deepEqual((await drift(world, made.id)).A, ['calls MISSING', 'news EXTRA', 'page OUTDATED'])
    // What was previewed was another version of it.
    for (const document of [apply, reapply, lift]) {
      const stale = document
        .replace('($id: ID!', '($v: Int, $id: ID!')
        .replace('(id: $id', '(expectedVersion: $v, id: $id')
      assert.equal((await world.refused(stale, { variables: { id: made.id, ids: [a], v: 1 } })).code, 'CONFLICT')
    }
    assert.deepEqual(await world.overrides(a), ['news SHOW', 'page HIDE'])
    const current = reapply.replace('(id: $id', '(expectedVersion: 2, id: $id')
    await world.data(current, { variables: { id: made.id } })
    assert.deepEqual(await drift(world, made.id), { A: [], B: [] })
    assert.deepEqual(await world.overrides(b), ['calls SHOW', 'page SHOW'])

    // Another reason is no drift, but it comes with the next time.
    const because = { overrides: [{ ...show('page'), reason: 'sold again' }, show('calls')] }
    await world.data(update, { variables: { id: made.id, change: because, v: 2 } })
    assert.deepEqual(await drift(world, made.id), { A: [], B: [] })
    await world.data(reapply, { variables: { id: made.id } })
    const reasons = (await world.portal.installation.stores.companies.get(a))!.overrides.map(each => each.reason)
    assert.deepEqual(reasons.toSorted(), [null, 'sold again'].toSorted())

    assert.equal(
      (await world.refused('mutation ($id: ID!) { deleteAccessTemplate(id: $id) }', { variables: { id: made.id } }))
        .reason,
      'TEMPLATE_APPLIED'
    )
    await world.data(lift, { variables: { id: made.id, ids: [a] } })
    assert.deepEqual(await world.overrides(a), [])
    assert.deepEqual(await world.overrides(b), ['calls SHOW', 'page SHOW'])
    const notApplied = await world.data(lift, { variables: { id: made.id, ids: [a] } })
    assert.equal(notApplied.liftAccessTemplate[0].code, 'PRECONDITION_FAILED')
    await world.data(lift, { variables: { id: made.id } })
    await world.data('mutation ($id: ID!) { deleteAccessTemplate(id: $id, expectedVersion: 3) }', {
      variables: { id: made.id }
    })
    assert.equal((await world.refused(read, { variables: { id: made.id } })).code, 'NOT_FOUND')
    assert.deepEqual(
      (await world.audit(made.id)).map(entry => [
        entry.action,
        Object.keys(entry.before ?? {}),
        Object.keys(entry.after ?? {})
      ]),
      [
        ['createAccessTemplate', [], ['name', 'description', 'overrides']],
        ['updateAccessTemplate', ['overrides'], ['overrides']],
        ['updateAccessTemplate', ['overrides'], ['overrides']],
        ['deleteAccessTemplate', ['name', 'description', 'overrides'], []]
      ]
    )
  })

  test('leave alone what is in other hands, and name it', async () => {
    const world = await startScaleWorld(open)
    const { id: a } = await world.portal.company('A')
    const { id: b } = await world.portal.company('B')
    await world.data(set, { variables: { id: a, o: [show('page'), hide('calls')] } })
    const one = await template(world, 'One', hide('page'), hide('calls'), show('news'))
    const two = await template(world, 'Two', show('news'), show('calls'))
    const { applyAccessTemplate: first } = await world.data(apply, { variables: { id: one, ids: [a, b] } })
    assert.deepEqual(first[0].conflicts, [
      { key: 'calls', override: 'HIDE', templateId: null, templateName: null, differs: false },
      { key: 'page', override: 'SHOW', templateId: null, templateName: null, differs: true }
    ])
    assert.deepEqual(first[1].conflicts, [])
    assert.deepEqual(await world.overrides(a), ['calls HIDE', 'news SHOW', 'page SHOW'])
    const { applyAccessTemplate: second } = await world.data(apply, { variables: { id: two, ids: [a, b] } })
    assert.deepEqual(second[1].conflicts, [
      { key: 'calls', override: 'HIDE', templateId: one, templateName: 'One', differs: true },
      { key: 'news', override: 'SHOW', templateId: one, templateName: 'One', differs: false }
    ])
    assert.deepEqual(await drift(world, one), { A: ['page MANUAL'], B: [] })
    assert.deepEqual(await drift(world, two), { A: ['calls MANUAL'], B: ['calls OTHER_TEMPLATE'] })

    // Lifting takes what is in its hands only.
    await world.data(lift, { variables: { id: one } })
    assert.deepEqual(await world.overrides(a), ['calls HIDE', 'page SHOW'])
    assert.deepEqual(await drift(world, two), {
      A: ['calls MANUAL', 'news MISSING'],
      B: ['calls MISSING', 'news MISSING']
    })
    await world.data(reapply, { variables: { id: two, ids: [b] } })
    assert.deepEqual(await world.overrides(b), ['calls SHOW', 'news SHOW'])

    // A later change by hand takes an override out of the template's hands, and it stays when the template goes.
    const held = 'query ($id: ID!) { company(id: $id) { overrides { key templateId } } }'
    await world.data(set, { variables: { id: b, o: [hide('news')] } })
    assert.deepEqual((await world.data(held, { variables: { id: b } })).company.overrides, [
      { key: 'news', templateId: null },
      { key: 'calls', templateId: two }
    ])
    await world.data(lift, { variables: { id: two } })
    assert.deepEqual(await world.overrides(b), ['news HIDE'])
  })

  test('what they do is undone like any other change', async () => {
    const world = await startScaleWorld(open)
    const { id: a } = await world.portal.company('A')
    const one = await template(world, 'One', hide('page'), show('news'))
    await world.data(apply, { variables: { id: one, ids: [a] } })
    const undo = async (role: 'ADMIN' | 'SUPPORT' = 'ADMIN') =>
      world.data(revert, { variables: { id: (await world.audit(a)).at(-1)!.id }, role })

    await undo('SUPPORT')
    assert.deepEqual([await world.overrides(a), await drift(world, one)], [[], {}])
    await undo()
    assert.deepEqual([await world.overrides(a), await drift(world, one)], [['news SHOW', 'page HIDE'], { A: [] }])

    // A change by hand and its undo: back in the template's hands, as long as it is applied.
    await world.data(set, { variables: { id: a, o: [{ key: 'page', override: 'INHERIT' }] } })
    assert.deepEqual(await drift(world, one), { A: ['page MISSING'] })
    await undo()
    await world.data(lift, { variables: { id: one, ids: [a] } })
    assert.deepEqual(await world.overrides(a), [])
    await undo()
    assert.deepEqual([await world.overrides(a), await drift(world, one)], [['news SHOW', 'page HIDE'], { A: [] }])

    // Taken away by hand while it was applied, brought back when it no longer is: in nobody's hands.
    const { id: c } = await world.portal.company('C')
    await world.data(apply, { variables: { id: one, ids: [c] } })
    await world.data(set, { variables: { id: c, o: [{ key: 'page', override: 'INHERIT' }] } })
    const byHand = (await world.audit(c)).at(-1)!
    await world.data(lift, { variables: { id: one, ids: [c] } })
    await world.data(revert, { variables: { id: byHand.id } })
    const [back, ...more] = (await world.portal.installation.stores.companies.get(c))!.overrides
    assert.deepEqual([back?.key, back?.templateId, more], ['page', undefined, []])

    // Undoing the first of two writes leaves what the second wrote, in nobody's hands.
    const { id: b } = await world.portal.company('B')
    const two = await template(world, 'Two', show('calls'))
    await world.data(apply, { variables: { id: two, ids: [b] } })
    const [, applied] = await world.audit(b)
    await world.data(update, { variables: { id: two, change: { overrides: [show('calls'), hide('news')] } } })
    await world.data(reapply, { variables: { id: two } })
    await world.data(revert, { variables: { id: applied!.id } })
    assert.deepEqual([await world.overrides(b), await drift(world, two)], [['news HIDE'], {}])
    const { company } = await world.data('query ($id: ID!) { company(id: $id) { overrides { templateId } } }', {
      variables: { id: b }
    })
    assert.deepEqual(company.overrides, [{ templateId: null }])

    // What belonged to a template that is gone cannot come back as its own.
    await world.data(lift, { variables: { id: one } })
    const lifted = (await world.audit(a)).at(-1)!
    await world.data('mutation ($id: ID!) { deleteAccessTemplate(id: $id) }', { variables: { id: one } })
    assert.equal((await world.refused(revert, { variables: { id: lifted.id } })).code, 'CONFLICT')
    assert.deepEqual(await world.overrides(a), [])
  })

  test('a preview says what would change and what stands in the way, and changes nothing', async () => {
    const world = await startScaleWorld(open)
    const { id: a } = await world.portal.company('A')
    const { id: b } = await world.portal.company('B')
    await world.portal.company('Elsewhere', { domain: world.portal.world.globex })
    await world.data(set, { variables: { id: a, o: [show('page')] } })
    const one = await template(world, 'One', hide('page'))
    const { previewAccessTemplate: preview } = await world.data(
      `query ($id: ID!, $domain: ID) { previewAccessTemplate(id: $id, domainId: $domain) {
        results { ${results} }
        access { companiesChecked companiesChanged differences { nodes { companyId name gains loses } } } } }`,
      { variables: { id: one, domain: world.portal.world.acme.id }, role: 'AUDITOR' }
    )
    assert.deepEqual(
      preview.results.map((each: { companyId: string; conflicts: readonly unknown[] }) => [
        each.companyId,
        each.conflicts.length
      ]),
      [
        [a, 1],
        [b, 0]
      ]
    )
    assert.deepEqual(preview.access, {
      companiesChecked: 2,
      companiesChanged: 1,
      differences: { nodes: [{ companyId: b, name: 'B', gains: [], loses: ['page'] }] }
    })
    assert.deepEqual(await world.overrides(b), [])
    const { applyAccessTemplate: applied } = await world.data(apply, {
      variables: { id: one, domain: world.portal.world.acme.id }
    })
    assert.deepEqual(
      applied,
      preview.results.map((each: object) => ({ ...each, changed: true, operation: applied[0].operation }))
    )
    assert.deepEqual(await world.overrides(b), ['page HIDE'])
  })

  test('620 companies come in chunks, pages and counts; other companies keep what they have', async () => {
    const world = await startScaleWorld(open, ['page'])
    const { stores } = world.portal.installation
    const ids = await manyCompanies(world, 620)
    // Every third has one of the keys by hand: each company is written with keys of its own.
    await stores.companies.bulkSetOverrides(
      ids.filter((_, n) => n % 3 === 0),
      [{ key: 'calls', override: 'HIDE' }],
      { operator: { actor: 'staff:t', name: 'T', role: 'ADMIN', ip: '::1' } }
    )
    const one = await template(world, 'One', show('page'), show('calls'))
    const { applyAccessTemplate: applied } = await world.data(apply, { variables: { id: one, ids } })
    assert.equal(applied.filter((each: { ok: boolean; changed: boolean }) => each.ok && each.changed).length, 620)
    assert.equal(applied.filter((each: { conflicts: readonly unknown[] }) => each.conflicts.length === 1).length, 207)
    assert.deepEqual(
      await mirrored(world, ids),
      ids.map((_, n) => n % 3 !== 0),
      'every one of them counts at once'
    )
    const page = `query ($id: ID!, $drifted: Boolean, $after: String) { accessTemplate(id: $id) { driftedCount
      companies(drifted: $drifted, first: 150, after: $after) { totalCount nodes { companyId } pageInfo { endCursor hasNextPage } } } }`
    const drifted: string[] = []
    for (let after: string | null = null; ; ) {
      const { accessTemplate } = await world.data(page, { variables: { id: one, drifted: true, after } })
      assert.equal(accessTemplate.companies.totalCount, 207)
      assert.equal(accessTemplate.driftedCount, 207)
      drifted.push(...accessTemplate.companies.nodes.map((node: { companyId: string }) => node.companyId))
      after = accessTemplate.companies.pageInfo.endCursor
      if (!accessTemplate.companies.pageInfo.hasNextPage) break
    }
    assert.deepEqual(
      drifted,
      ids.filter((_, n) => n % 3 === 0)
    )
    const { accessTemplate } = await world.data(page, { variables: { id: one, drifted: false } })
    assert.equal(accessTemplate.companies.totalCount, 413)
    assert.deepEqual(await world.overrides(ids[0]!), ['calls HIDE', 'page SHOW'])
    assert.deepEqual(await world.overrides(ids[1]!), ['calls SHOW', 'page SHOW'])
    const { liftAccessTemplate: lifted } = await world.data(lift, { variables: { id: one } })
    assert.deepEqual(await world.overrides(ids[0]!), ['calls HIDE'])
    assert.deepEqual(await world.overrides(ids[1]!), [])

    // One undo brings it back to all of them, but to the one that somebody has written since; another takes it away again.
    await world.data(set, { variables: { id: ids[1], o: [hide('page')] } })
    const { revertOperation: undone } = await world.data(undoAll, {
      variables: { id: lifted[0].operation },
      role: 'SUPPORT'
    })
    assert.equal(undone.length, 620)
    assert.deepEqual(
      undone.filter((each: { ok: boolean }) => !each.ok),
      [{ companyId: ids[1], ok: false, code: 'CONFLICT', operation: null }]
    )
    assert.deepEqual(await world.overrides(ids[1]!), ['page HIDE'])
    assert.deepEqual(await world.overrides(ids[619]!), ['calls SHOW', 'page SHOW'])
    const again = await world.data(read, { variables: { id: one } })
    assert.equal(again.accessTemplate.companyCount, 619)
    assert.deepEqual(
      (await mirrored(world, ids))
        .map((can, n) => [n, can])
        .filter(([n, can]) => can !== (Number(n) % 3 !== 0 && n !== 1)),
      [],
      'every one of them counts at once'
    )
    const entries = await stores.audit.entriesOf(undone[0].operation)
    assert.equal(new Set(entries.map(({ target }) => target)).size, 619)
    assert.equal(entries.length, 619)
    const { revertOperation: away } = await world.data(undoAll, { variables: { id: undone[0].operation } })
    assert.ok(away.length === 619 && away.every((each: { ok: boolean }) => each.ok))
    assert.deepEqual(await world.overrides(ids[619]!), [])
    assert.equal((await world.data(read, { variables: { id: one } })).accessTemplate.companyCount, 0)
  })

  test('changed while it is applied, a template stops: nobody gets one half of each', async () => {
    const world = await startScaleWorld(open)
    const ids = await manyCompanies(world, 520)
    const one = await template(world, 'One', show('page'))
    const { database, installation } = world.portal
    const templates = createAccessTemplateStore(database, installation.catalogue)
    const { transaction } = database
    let change: Promise<unknown> | undefined
    Object.assign(database, {
      transaction: async (work: Parameters<typeof transaction>[0]) => {
        const done = await transaction(work)
        // After the first chunk; what this itself writes changes nothing more.
        if (change === undefined && (await templates.get(one))?.companyCount === 500) {
          const overrides = [{ key: 'calls', override: 'HIDE' as const, reason: null }]
          change = templates.update(one, { overrides }, testActor)
          await change
        }
        return done
      }
    })
    const answer = await world
      .data(apply, { variables: { id: one, ids } })
      .finally(() => Object.assign(database, { transaction }))
    assert.ok(change)
    assert.deepEqual(
      answer.applyAccessTemplate.map((each: { code: string | null }) => each.code),
      ids.map((_, n) => (n < 500 ? null : 'CONFLICT'))
    )
    assert.deepEqual(await world.overrides(ids[499]!), ['page SHOW'])
    assert.deepEqual(await world.overrides(ids[500]!), [])
  })

  test('bad input and stale versions are refused by name; roles hold', async () => {
    const world = await startScaleWorld(open)
    const one = await template(world, 'One', show('page'))
    const refusedInput = async (input: object) => (await world.refused(create, { variables: { input } })).fields
    assert.ok('input.overrides' in ((await refusedInput({ name: 'x', overrides: [] })) as object))
    assert.ok(
      'input.overrides.0.override' in
        ((await refusedInput({ name: 'x', overrides: [{ key: 'page', override: 'INHERIT' }] })) as object)
    )
    assert.ok('input.overrides.0.key' in ((await refusedInput({ name: 'x', overrides: [show('pge')] })) as object))
    assert.ok('input.name' in ((await refusedInput({ name: '  ', overrides: [show('page')] })) as object))
    assert.equal(
      (await world.refused(create, { variables: { input: { name: 'ONE', overrides: [show('page')] } } })).code,
      'CONFLICT'
    )
    const stale = await world.refused(update, { variables: { id: one, change: { name: 'Two' }, v: 7 } })
    assert.equal(stale.code, 'CONFLICT')
    const same = await world.data(update, {
      variables: { id: one, change: { name: 'One', overrides: [show('page')] }, v: 1 }
    })
    assert.equal(same.updateAccessTemplate.version, 1)
    assert.equal((await world.audit(one)).length, 1)
    for (const target of [{}, { ids: ['x'], domain: world.portal.world.acme.id }])
      assert.equal((await world.refused(apply, { variables: { id: one, ...target } })).code, 'BAD_USER_INPUT')
    assert.equal((await world.refused(apply, { variables: { id: 'nothing', ids: ['x'] } })).code, 'NOT_FOUND')
    assert.equal((await world.refused(apply, { variables: { id: one, domain: 'nowhere' } })).code, 'NOT_FOUND')
    assert.equal(
      (await world.refused(create, { variables: { input: { name: 'x', overrides: [show('page')] } }, role: 'SUPPORT' }))
        .code,
      'FORBIDDEN'
    )
    assert.equal((await world.refused(apply, { variables: { id: one, ids: [] }, role: 'AUDITOR' })).code, 'FORBIDDEN')
    const { accessTemplates } = await world.data('{ accessTemplates(search: "on") { totalCount nodes { name } } }')
    assert.deepEqual(accessTemplates, { totalCount: 1, nodes: [{ name: 'One' }] })
  })
})
