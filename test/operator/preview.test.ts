import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { forEachWorld, type World } from './world.ts'

const preview = `query ($change: AccessChangeInput!, $first: Int, $after: String) { previewAccessChange(change: $change) {
  companiesChecked companiesChanged warnings
  differences(first: $first, after: $after) { nodes { companyId name gains loses } pageInfo { endCursor hasNextPage } } } }`

interface Change {
  readonly domainId?: string
  readonly features?: readonly { readonly key: string; readonly enabled: boolean }[]
  readonly columns?: readonly {
    readonly report: string
    readonly userType: string
    readonly columns: readonly string[]
  }[]
  readonly companyIds?: readonly string[]
  readonly overrides?: readonly { readonly key: string; readonly override: string }[]
  readonly assignDomainId?: string | null
  readonly defaultDomainId?: string
  readonly removeDomainId?: string
  readonly reassignTo?: string
}
interface Difference {
  readonly companyId: string
  readonly name: string
  readonly gains: readonly string[]
  readonly loses: readonly string[]
}

/** What every company sees: keys and REPORT.column. */
const visible = async (world: World, ids: readonly string[]): Promise<ReadonlyMap<string, readonly string[]>> => {
  const seen = new Map<string, readonly string[]>()
  for (const id of ids) {
    const { effectiveAccess } = await world.data(
      'query ($id: ID!) { effectiveAccess(companyId: $id) { features { key effective } columns { report columns } } }',
      { variables: { id } }
    )
    seen.set(id, [
      ...effectiveAccess.features
        .filter((state: { effective: boolean }) => state.effective)
        .map((state: { key: string }) => state.key),
      ...effectiveAccess.columns.flatMap(({ report, columns }: { report: string; columns: readonly string[] }) =>
        columns.map(column => `${report}.${column}`)
      )
    ])
  }
  return seen
}

/** Carries the change out by the mutations it stands for. */
const carryOut = async (world: World, change: Change): Promise<void> => {
  if (change.features !== undefined) {
    await world.data(
      'mutation ($id: ID!, $features: [DomainFeatureInput!]!) { setDomainFeatures(domainId: $id, features: $features) { id } }',
      { variables: { id: change.domainId, features: change.features } }
    )
  }
  for (const { report, userType, columns } of change.columns ?? []) {
    await world.data(
      `mutation ($id: ID!, $report: Report!, $type: UserType!, $columns: [String!]!) {
        setDomainColumns(domainId: $id, report: $report, userType: $type, columns: $columns) { id } }`,
      { variables: { id: change.domainId, report, type: userType, columns } }
    )
  }
  if (change.overrides !== undefined) {
    await world.data(
      'mutation ($ids: [ID!]!, $o: [CompanyOverrideInput!]!) { bulkSetCompanyOverrides(companyIds: $ids, overrides: $o) { ok } }',
      { variables: { ids: change.companyIds, o: change.overrides } }
    )
  }
  if (change.assignDomainId !== undefined) {
    await world.data('mutation ($ids: [ID!]!, $d: ID) { bulkAssignDomain(companyIds: $ids, domainId: $d) { ok } }', {
      variables: { ids: change.companyIds, d: change.assignDomainId }
    })
  }
  const versionOf = async (id: string): Promise<number> =>
    (await world.data('query ($id: ID!) { portalDomain(id: $id) { version } }', { variables: { id } })).portalDomain
      .version
  if (change.defaultDomainId !== undefined) {
    await world.data('mutation ($id: ID!, $v: Int!) { setDefaultPortalDomain(id: $id, expectedVersion: $v) { id } }', {
      variables: { id: change.defaultDomainId, v: await versionOf(change.defaultDomainId) }
    })
  }
  if (change.removeDomainId !== undefined) {
    await world.data(
      'mutation ($id: ID!, $v: Int!, $to: ID) { deletePortalDomain(id: $id, expectedVersion: $v, reassignTo: $to) { id } }',
      { variables: { id: change.removeDomainId, v: await versionOf(change.removeDomainId), to: change.reassignTo } }
    )
  }
}

/** Previews the change, carries it out, and compares what was told with what happened to each company, one by one. */
const checkPreview = async (world: World, companies: readonly string[], change: Change) => {
  const before = await visible(world, companies)
  const { previewAccessChange } = await world.data(preview, { variables: { change, first: 500 } })
  const told = new Map<string, Difference>(
    previewAccessChange.differences.nodes.map((node: Difference) => [node.companyId, node])
  )
  assert.deepEqual(await visible(world, companies), before, 'a preview changes nothing')
  await carryOut(world, change)
  const after = await visible(world, companies)
  let changed = 0
  for (const id of companies) {
    const [was, is] = [before.get(id) ?? [], after.get(id) ?? []]
    const gains = is.filter(key => !was.includes(key)).sort()
    const loses = was.filter(key => !is.includes(key)).sort()
    if (gains.length + loses.length > 0) changed++
    assert.deepEqual([...(told.get(id)?.gains ?? [])].sort(), gains)
    assert.deepEqual([...(told.get(id)?.loses ?? [])].sort(), loses)
  }
  assert.equal(previewAccessChange.companiesChanged, changed)
  assert.equal(told.size, changed)
  return { checked: previewAccessChange.companiesChecked as number, changed }
}

const populate = async (world: World) => {
  const domains = [
    await world.brand('one.example.net', ['page', 'page.edit', 'carrier-gate']),
    await world.brand('two.example.net', ['calls', 'calls.sound'])
  ]
  const companies: string[] = []
  for (let index = 0; index < 8; index++) {
    companies.push(
      await world.company(`Company ${index}`, {
        domainId: [domains[0], domains[1], null][index % 3],
        userType: index % 4 === 3 ? 'CARRIER' : 'CUSTOMER',
        status: index === 5 ? 'PENDING' : 'ACTIVE'
      })
    )
  }
  return { domains, companies }
}

forEachWorld('operators preview a change', open => {
  test('preview_equals_what_happens', async () => {
    const world = await open()
    const { domains, companies } = await populate(world)
    const keys = world.catalogue.features.map(feature => feature.key)
    const columnsFor = (userType: 'CUSTOMER' | 'CARRIER') =>
      world.catalogue.columns.filter(column => column.audience.includes(userType)).map(column => column.name)
    const columnList = (userType: 'CUSTOMER' | 'CARRIER') =>
      fc.record({
        report: fc.constant('CDR'),
        userType: fc.constant(userType),
        columns: fc.shuffledSubarray(columnsFor(userType))
      })
    const byKey = <T extends object>(value: fc.Arbitrary<T>) =>
      fc
        .uniqueArray(fc.constantFrom(...keys), { minLength: 1, maxLength: 4 })
        .chain(chosen => fc.tuple(...chosen.map(key => value.map(rest => ({ key, ...rest })))))
    const brandChange = fc.record(
      {
        domainId: fc.constantFrom(...domains),
        features: byKey(fc.record({ enabled: fc.boolean() })),
        columns: fc.oneof(
          columnList('CUSTOMER').map(list => [list]),
          columnList('CARRIER').map(list => [list])
        )
      },
      { requiredKeys: ['domainId'] }
    )
    const companyChange = fc.record(
      {
        companyIds: fc.subarray(companies, { minLength: 1 }),
        overrides: byKey(fc.record({ override: fc.constantFrom('SHOW', 'HIDE', 'INHERIT') })),
        assignDomainId: fc.constantFrom(...domains, null)
      },
      { requiredKeys: ['companyIds'] }
    )
    const change: fc.Arbitrary<Change> = fc.oneof(
      brandChange,
      companyChange,
      fc.tuple(brandChange, companyChange).map(([brand, company]) => ({ ...brand, ...company }))
    )
    await fc.assert(
      fc.asyncProperty(change, async change => void (await checkPreview(world, companies, change))),
      { numRuns: 25, endOnFailure: true }
    )
  })

  test('another default brand and the removal of a brand are told as they happen', async () => {
    const world = await open()
    const { domains, companies } = await populate(world)
    const [one, two] = domains as [string, string]
    await carryOut(world, { companyIds: [companies[1]!], overrides: [{ key: 'calls', override: 'HIDE' }] })
    await carryOut(world, { companyIds: [companies[4]!], overrides: [{ key: 'page', override: 'SHOW' }] })
    await carryOut(world, {
      domainId: two,
      columns: [{ report: 'CDR', userType: 'CUSTOMER', columns: ['charge'] }]
    })
    // Companies 2 and 5, which waits for its approval and sees nothing, are at home nowhere; on the second brand 1, 4 and 7.
    assert.deepEqual(await checkPreview(world, companies, { defaultDomainId: two }), { checked: 2, changed: 1 })
    assert.equal((await checkPreview(world, companies, { defaultDomainId: one })).checked, 2)
    const gone = await checkPreview(world, companies, { removeDomainId: two, reassignTo: one })
    assert.equal(gone.checked, 3)
    assert.ok(gone.changed > 0)
    const empty = await world.brand('empty.example.net', ['calls'])
    assert.deepEqual(await checkPreview(world, companies, { removeDomainId: empty }), { checked: 0, changed: 0 })
  })

  test('a preview leaves no trace', async () => {
    const world = await open()
    const { domains, companies } = await populate(world)
    const state = () =>
      world.data(
        'query ($id: ID!) { auditLog(first: 1) { nodes { id } } effectiveAccess(companyId: $id) { revision } }',
        {
          variables: { id: companies[0] }
        }
      )
    const before = await state()
    await world.data(preview, {
      variables: {
        change: {
          domainId: domains[0],
          features: [{ key: 'calls', enabled: true }],
          companyIds: companies,
          overrides: [{ key: 'page', override: 'HIDE' }],
          assignDomainId: null
        }
      }
    })
    assert.deepEqual(await state(), before)
  })

  test('differences come in pages with names, and the counts are whole on each', async () => {
    const world = await open()
    const { companies } = await populate(world)
    const change = { companyIds: companies, overrides: [{ key: 'news', override: 'HIDE' }] }
    const seen: Difference[] = []
    for (let after: string | null = null; ; ) {
      const { previewAccessChange } = await world.data(preview, { variables: { change, first: 3, after } })
      assert.equal(previewAccessChange.companiesChecked, 8)
      seen.push(...previewAccessChange.differences.nodes)
      after = previewAccessChange.differences.pageInfo.endCursor
      if (!previewAccessChange.differences.pageInfo.hasNextPage) {
        assert.equal(previewAccessChange.companiesChanged, seen.length)
        break
      }
    }
    assert.ok(seen.length > 3)
    assert.equal(new Set(seen.map(node => node.companyId)).size, seen.length)
    for (const node of seen) {
      assert.equal(node.name, `Company ${companies.indexOf(node.companyId)}`)
      assert.deepEqual([node.gains, node.loses], [[], ['news']])
    }
    const { previewAccessChange: counts } = await world.data(
      'query ($change: AccessChangeInput!) { previewAccessChange(change: $change) { companiesChanged } }',
      { variables: { change } }
    )
    assert.equal(counts.companiesChanged, seen.length)
  })

  test('one walk over the companies answers the counts and the page, compiled or not', async () => {
    const world = await open()
    const { companies } = await populate(world)
    const { access } = world.services
    let walks = 0
    const original = access.preview.bind(access)
    access.preview = (change, page) => {
      walks++
      return original(change, page)
    }
    const change = { companyIds: companies, overrides: [{ key: 'news', override: 'HIDE' }] }
    for (let repeat = 1; repeat <= 5; repeat++) {
      await world.data(preview, { variables: { change, first: 3 } })
      assert.equal(walks, repeat)
    }
  })

  test('warns of what will have no effect', async () => {
    const world = await open()
    const { companies, domains } = await populate(world)
    const warnings = async (change: Change): Promise<string> =>
      (await world.data(preview, { variables: { change } })).previewAccessChange.warnings.join('\n')
    assert.match(
      await warnings({ companyIds: [companies[1]!], overrides: [{ key: 'page.edit', override: 'SHOW' }] }),
      /page\.edit.*no effect while page is hidden/
    )
    assert.match(
      await warnings({ companyIds: [companies[1]!], overrides: [{ key: 'carrier-gate', override: 'SHOW' }] }),
      /carrier-gate.*not applicable/i
    )
    assert.match(
      await warnings({ domainId: domains[1]!, features: [{ key: 'page.edit', enabled: true }] }),
      /page\.edit.*no effect while page is hidden/
    )
    assert.equal(await warnings({ companyIds: [companies[1]!], overrides: [{ key: 'page', override: 'SHOW' }] }), '')
    const { portalDomains } = await world.data('{ portalDomains { nodes { id isDefault version } } }')
    const { id, version } = portalDomains.nodes.find(({ isDefault }: { isDefault: boolean }) => !isDefault)
    const move = { companyIds: [companies[0]!], assignDomainId: id as string }
    assert.doesNotMatch(await warnings(move), /disabled/)
    await world.data(`mutation { disablePortalDomain(id: "${id}", expectedVersion: ${version}) { enabled } }`)
    assert.match(await warnings(move), /is disabled: whoever moves there cannot sign in/)
  })

  test('is refused for what the mutations would refuse', async () => {
    const world = await open()
    const { companies, domains } = await populate(world)
    const refused: readonly (readonly [string, Record<string, unknown>, string])[] = [
      ['BAD_USER_INPUT', { features: [{ key: 'page', enabled: true }] }, 'change.domainId'],
      ['BAD_USER_INPUT', { overrides: [{ key: 'page', override: 'SHOW' }] }, 'change.companyIds'],
      ['BAD_USER_INPUT', { assignDomainId: null }, 'change.companyIds'],
      ['BAD_USER_INPUT', { domainId: domains[0], features: [{ key: 'nope', enabled: true }] }, 'change.features.0.key'],
      [
        'BAD_USER_INPUT',
        {
          companyIds: companies,
          overrides: [
            { key: 'page', override: 'SHOW' },
            { key: 'page', override: 'HIDE' }
          ]
        },
        'change.overrides.1.key'
      ],
      [
        'BAD_USER_INPUT',
        { companyIds: companies, overrides: [{ key: 'page', override: 'SHOW', validFrom: 'soon' }] },
        'change.overrides.0.validFrom'
      ],
      [
        'BAD_USER_INPUT',
        { domainId: domains[0], columns: [{ report: 'CDR', userType: 'CARRIER', columns: ['charge'] }] },
        'change.columns.0.columns.0'
      ],
      [
        'BAD_USER_INPUT',
        { domainId: domains[0], columns: [{ report: 'BREAKOUT', userType: 'CARRIER', columns: [] }] },
        'change.columns.0.report'
      ],
      ['NOT_FOUND', { domainId: 'nothing-of-this', features: [{ key: 'page', enabled: true }] }, ''],
      ['NOT_FOUND', { companyIds: ['nothing-of-this'], overrides: [{ key: 'page', override: 'SHOW' }] }, ''],
      ['NOT_FOUND', { companyIds: companies, assignDomainId: 'nothing-of-this' }, ''],
      ['NOT_FOUND', { defaultDomainId: 'nothing-of-this' }, ''],
      ['NOT_FOUND', { removeDomainId: 'nothing-of-this' }, ''],
      ['BAD_USER_INPUT', { reassignTo: domains[0] }, 'change.removeDomainId'],
      ['BAD_USER_INPUT', { removeDomainId: domains[1], reassignTo: domains[1] }, 'change.reassignTo'],
      ['BAD_USER_INPUT', { removeDomainId: domains[1], defaultDomainId: domains[1] }, 'change.defaultDomainId'],
      ['PRECONDITION_FAILED', { removeDomainId: domains[1] }, '']
    ]
    for (const [code, change, path] of refused) {
      const { errors } = await world.ask(preview, { variables: { change } })
      assert.equal(errors[0]?.extensions.code, code, JSON.stringify(change))
      if (path !== '') assert.deepEqual(Object.keys(errors[0]?.extensions.fields), [path])
    }
  })
})
