import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parse } from 'csv-parse/sync'
import { forEachDatabase } from '../support/databases.ts'
import { consoleHost, testActor } from '../support/portal.ts'
import { type ScaleWorld, startScaleWorld } from './scale-world.ts'

const history = `query ($id: ID!, $first: Int, $after: String) { accessHistory(companyId: $id, first: $first, after: $after) {
  pageInfo { endCursor hasNextPage } nodes { id at actor action about target reason changes { field before after reason } } } }`
const setFeature = `mutation ($id: ID!, $key: String!, $on: Boolean!) {
  setDomainFeatures(domainId: $id, features: [{ key: $key, enabled: $on }]) { id } }`
const move = 'mutation ($id: ID!, $domain: ID) { assignCompanyDomain(companyId: $id, domainId: $domain) { id } }'

const exportHistory = 'mutation ($id: ID!) { exportAccessHistory(companyId: $id) { url } }'

const fileOf = async (world: ScaleWorld, id: string): Promise<readonly Readonly<Record<string, string>>[]> => {
  const { exportAccessHistory: file } = await world.data(exportHistory, { variables: { id }, role: 'AUDITOR' })
  const { text } = await world.portal.request(consoleHost, file.url, { apiKey: world.keys.AUDITOR })
  return parse(text, { columns: true })
}

interface Entry {
  readonly id: string
  readonly action: string
  readonly about: string
  readonly changes: readonly { field: string; before: string | null; after: string | null; reason: string | null }[]
}

/** Every entry, oldest first, read page by page. */
const all = async (world: ScaleWorld, id: string, first = 3): Promise<readonly Entry[]> => {
  const found: Entry[] = []
  for (let after: string | null = null; ; ) {
    const { accessHistory: page } = await world.data(history, { variables: { id, first, after }, role: 'AUDITOR' })
    found.push(...page.nodes)
    after = page.pageInfo.endCursor
    if (!page.pageInfo.hasNextPage) return found.toReversed()
  }
}

const lines = (entries: readonly Entry[]): readonly string[] =>
  entries.flatMap(({ about, changes }) =>
    changes.map(({ field, before, after }) => `${about} ${field}: ${before} → ${after}`)
  )

forEachDatabase('access history', open => {
  test('tells everything that changed one company’s access, where it was at home at the time', async () => {
    const world = await startScaleWorld(open)
    const { acme, globex } = world.portal.world
    const { people, stores } = world.portal.installation
    await world.data(setFeature, { variables: { id: acme.id, key: 'news', on: false } }) // before it was there
    const company = await world.portal.company('A')
    const { id } = company
    await world.data(setFeature, { variables: { id: acme.id, key: 'calls', on: false } })
    await world.data(setFeature, { variables: { id: globex.id, key: 'calls', on: false } }) // not its brand yet
    await stores.brands.setColumns(acme.id, { report: 'CDR', userType: 'CUSTOMER', columns: ['charge'] }, testActor)
    await stores.brands.setColumns(acme.id, { report: 'CDR', userType: 'CARRIER', columns: ['cost'] }, testActor) // not its kind
    await world.data(
      `mutation ($id: ID!) { setCompanyOverrides(companyId: $id, overrides: [
        { key: "page", override: HIDE, reason: "unpaid", validUntil: "2040-01-01T00:00:00Z" }]) { id } }`,
      { variables: { id } }
    )
    await people.contacts.create({ companyId: id, name: 'P', email: 'p@x.example', passwordHash: null }, testActor) // no access write
    await world.data(move, { variables: { id, domain: globex.id } })
    await world.data(setFeature, { variables: { id: acme.id, key: 'page', on: false } }) // no longer its brand
    await world.data(setFeature, { variables: { id: globex.id, key: 'news', on: false } })
    await stores.platform.setPlugin('calls', false, testActor)
    await world.data(move, { variables: { id, domain: null } })
    await world.data(setFeature, { variables: { id: globex.id, key: 'page', on: false } })
    await world.data(setFeature, { variables: { id: acme.id, key: 'page', on: true } }) // acme is the default brand
    const plugin = (await stores.audit.list({ first: 1, action: 'setPluginEnabled' })).nodes[0]!
    await stores.audit.revert(plugin.id, testActor)

    const asked = `{ accessHistory(companyId: "${id}", first: 100) { nodes { action undoable } } }`
    const { accessHistory } = await world.data(asked, { role: 'SUPPORT' })
    const isOfOverrides = ({ action }: { readonly action: string }): boolean => action === 'setCompanyOverrides'
    for (const node of accessHistory.nodes) assert.equal(node.undoable, isOfOverrides(node), node.action)

    const entries = await all(world, id)
    assert.deepEqual(lines(entries), [
      'COMPANY domain: null → acme.localhost',
      'COMPANY status: null → ACTIVE',
      'BRAND feature:calls: on → off',
      'BRAND columns:CDR:CUSTOMER: null → charge',
      'COMPANY override:page: null → HIDE until 2040-01-01T00:00:00.000Z',
      'COMPANY domain: acme.localhost → globex.localhost',
      'BRAND feature:news: null → off',
      'PLATFORM plugin:calls: on → off',
      'COMPANY domain: globex.localhost → null',
      'BRAND feature:page: off → on',
      'PLATFORM plugin:calls: off → on'
    ])
    assert.equal(entries.flatMap(entry => entry.changes).find(each => each.field === 'override:page')!.reason, 'unpaid')
    assert.deepEqual(await all(world, id, 500), entries)
    // The file says the same, one row a change, newest first, and who it was.
    const rows = await fileOf(world, id)
    assert.deepEqual(
      rows.map(row => `${row.About} ${row.Field}: ${row.Before || null} → ${row.After || null}`),
      lines(entries.toReversed().map(entry => ({ ...entry })))
    )
    const [hidden] = rows.filter(row => row.Field === 'override:page')
    assert.deepEqual([hidden!.Reason, hidden!['Actor name'], hidden!['Portal domain']], ['unpaid', 'test', ''])
    const [ofBrand] = rows.filter(row => row.Field === 'feature:page')
    assert.deepEqual([ofBrand!.Target!.replace(/^'/, ''), ofBrand!['Portal domain']], [acme.id, 'acme.localhost'])
    assert.equal((await world.refused(exportHistory, { variables: { id: 'nobody' } })).code, 'NOT_FOUND')
    assert.equal((await world.refused(exportHistory, { variables: { id }, role: 'INGEST' })).code, 'FORBIDDEN')
    // What it names can be undone from there.
    const brandEntry = entries.find(each => each.about === 'BRAND')!
    await world.data('mutation ($id: ID!) { revertChange(auditId: $id) { id } }', { variables: { id: brandEntry.id } })
    assert.equal((await world.refused(history, { variables: { id: 'nobody' } })).code, 'NOT_FOUND')
  })

  test('a brand that is gone keeps its name there', async () => {
    const world = await startScaleWorld(open)
    const { acme, globex } = world.portal.world
    const { id } = await world.portal.company('=A', { domain: globex })
    await world.data(setFeature, { variables: { id: globex.id, key: 'page', on: false } })
    const { portalDomain } = await world.data(`{ portalDomain(id: "${globex.id}") { version } }`)
    await world.data(
      `mutation { deletePortalDomain(id: "${globex.id}", expectedVersion: ${portalDomain.version}, reassignTo: "${acme.id}") { id } }`
    )
    const told = [
      'domain: globex.localhost → acme.localhost',
      'feature:page: on → off',
      'domain: null → globex.localhost'
    ]
    const rows = (await fileOf(world, id)).filter(row => row.Field !== 'status')
    assert.deepEqual(
      rows.map(row => `${row.Field}: ${row.Before || null} → ${row.After || null}`),
      told
    )
    assert.equal(rows[1]!['Portal domain'], 'globex.localhost')
    const [log] = (await world.data(`{ auditLog(companyId: "${id}", first: 2) { nodes { action after } } }`)).auditLog
      .nodes
    assert.deepEqual([log.action, JSON.parse(log.after)], ['exportAccessHistory', { companyId: id, rows: 4 }])
  })

  test('the default brand changes hands while a company has no home', async () => {
    const world = await startScaleWorld(open)
    const { acme, globex } = world.portal.world
    const { id } = await world.portal.company('A', { domain: null })
    await world.portal.installation.stores.brands.setDefault(globex.id, testActor)
    await world.data(setFeature, { variables: { id: acme.id, key: 'page', on: false } })
    await world.data(setFeature, { variables: { id: globex.id, key: 'page', on: false } })
    assert.deepEqual(lines((await all(world, id)).filter(entry => entry.action === 'setDomainFeatures')), [
      'BRAND feature:page: on → off'
    ])
    assert.ok((await all(world, id)).some(entry => entry.changes.some(change => change.field === 'default')))
    // Taken back: from then on the first one counts again.
    const { audit } = world.portal.installation.stores
    const [handed] = (await audit.list({ first: 1, action: 'setDefaultPortalDomain', target: globex.id })).nodes
    await audit.revert(handed!.id, testActor)
    await world.data(setFeature, { variables: { id: globex.id, key: 'news', on: false } })
    await world.data(setFeature, { variables: { id: acme.id, key: 'news', on: false } })
    const news = (await all(world, id)).filter(entry => entry.changes.some(({ field }) => field === 'feature:news'))
    assert.equal(news.length, 1)
    assert.equal((await audit.get(news[0]!.id))?.target, acme.id)
  })
})

forEachDatabase('the audit log as a list and as a file', open => {
  const document = `query ($action: String, $company: ID, $domain: ID, $operation: ID, $from: String, $to: String, $first: Int, $after: String) {
    auditLog(action: $action, companyId: $company, domainId: $domain, operation: $operation, from: $from, to: $to, first: $first, after: $after) {
      nodes { id at action target companyId domainId operation ip } pageInfo { endCursor hasNextPage } } }`
  const exported = 'mutation ($filter: AuditFilterInput) { exportAuditLog(filter: $filter) { id name url bytes } }'

  test('filters narrow exactly, alone and together', async () => {
    const world = await startScaleWorld(open)
    const { acme } = world.portal.world
    const a = await world.portal.company('A')
    await world.portal.override(a, 'page', 'HIDE')
    await world.portal.override(await world.portal.company('B', { domain: null }), 'page', 'HIDE')
    await world.data(
      `mutation ($id: ID!) { bulkSetCompanyOverrides(companyIds: [$id], overrides: [{ key: "news", override: HIDE }]) { ok } }`,
      { variables: { id: a.id } }
    )
    const { auditLog: whole } = await world.data(document, { variables: { first: 500 } })
    const nodes: readonly {
      id: string
      at: string
      action: string
      companyId: string | null
      domainId: string | null
      operation: string | null
    }[] = whole.nodes
    // An unbounded filter sees the exports below as well.
    const isOld = (id: string): boolean => nodes.some(node => node.id === id)
    const middle = nodes[Math.floor(nodes.length / 2)]!.at
    const filters: readonly Record<string, string>[] = [
      { action: 'setCompanyOverrides' },
      { company: a.id },
      { domain: acme.id },
      { operation: nodes[0]!.operation! },
      { operation: nodes[0]!.operation!, company: a.id },
      { from: middle },
      { to: middle },
      { company: a.id, action: 'setCompanyOverrides', from: '2020-01-01T00:00:00Z', to: '2999-01-01T00:00:00Z' },
      { company: 'nobody' }
    ]
    for (const filter of filters) {
      const { action, company, domain, operation, from, to } = filter
      const expected = nodes.filter(
        node =>
          (action === undefined || node.action === action) &&
          (company === undefined || node.companyId === company) &&
          (domain === undefined || node.domainId === domain) &&
          (operation === undefined || node.operation === operation) &&
          (from === undefined || node.at >= from) &&
          (to === undefined || node.at < to)
      )
      const found: string[] = []
      for (let after: string | null = null; ; ) {
        const { auditLog: page } = await world.data(document, { variables: { ...filter, first: 2, after } })
        found.push(...page.nodes.map((node: { id: string }) => node.id).filter(isOld))
        after = page.pageInfo.endCursor
        if (!page.pageInfo.hasNextPage) break
      }
      assert.deepEqual(
        found,
        expected.map(node => node.id),
        JSON.stringify(filter)
      )
      const { company: companyId, domain: domainId, ...rest } = filter
      const { exportAuditLog: file } = await world.data(exported, {
        variables: { filter: { ...rest, ...(companyId ? { companyId } : {}), ...(domainId ? { domainId } : {}) } }
      })
      const { text } = await world.portal.request(consoleHost, file.url, { apiKey: world.keys.ADMIN })
      const rows: Record<string, string>[] = parse(text, { columns: true })
      const own = rows.map(row => row.Entry!).filter(isOld)
      assert.deepEqual(
        own,
        expected.map(node => node.id),
        JSON.stringify(filter)
      )
    }
    for (const variables of [{ from: 'yesterday' }, { from: middle, to: middle }])
      assert.equal((await world.refused(document, { variables })).code, 'BAD_USER_INPUT')
  })

  test('the file is safe for spreadsheets, belongs to its maker, and its making is logged once', async () => {
    const world = await startScaleWorld(open)
    const { id } = await world.portal.company('=cmd()|evil')
    await world.data(
      `mutation ($id: ID!) { setDomainFeatures(domainId: $id, features: [{ key: "page", enabled: false }], reason: "=HYPERLINK(\\"x\\")") { id } }`,
      { variables: { id: world.portal.world.acme.id } }
    )
    const { exportAuditLog: file } = await world.data(exported, { role: 'AUDITOR' })
    assert.match(file.name, /^audit-log-\d{4}-\d\d-\d\d\.csv$/)
    const own = await world.portal.request(consoleHost, file.url, { apiKey: world.keys.AUDITOR })
    assert.equal(own.status, 200)
    assert.equal((await world.portal.request(consoleHost, file.url, { apiKey: world.keys.SUPPORT })).status, 404)
    const rows: Record<string, string>[] = parse(own.text, { columns: true })
    assert.equal(rows[0]!.Reason, `'=HYPERLINK("x")`)
    // An id may begin with a dash, which the file keeps from being a formula.
    assert.equal(rows.find(row => row.Target?.replace(/^'/, '') === id)!.Company, id)
    for (const row of rows) {
      assert.match(row['Time (UTC)']!, /^\d{4}-\d\d-\d\dT[\d:.]+Z$/)
      for (const [title, cell] of Object.entries(row))
        assert.doesNotMatch(
          cell,
          ['Entry', 'Company', 'Portal domain', 'Operation'].includes(title) ? /^[=+@]/ : /^[=+@-]/
        )
    }
    const log = await world.audit(file.id)
    assert.deepEqual(
      log.map(entry => [entry.action, entry.after.rows]),
      [
        ['exportAuditLog', rows.length],
        ['downloadFile', undefined]
      ]
    )
    assert.equal((await world.refused(exported, { role: 'INGEST' })).code, 'FORBIDDEN')
  })
})
