import assert from 'node:assert/strict'
import { test } from 'node:test'
import { forEachWorld, type World } from './world.ts'

const document = `query ($filter: AccessGridFilter, $sort: String, $offset: Int, $first: Int) {
  accessGrid(filter: $filter, sort: $sort, offset: $offset, first: $first) {
    keys rows { companyId name domainId userType cells overrideCells } totalCount revision } }`

const populate = async (world: World) => {
  const one = await world.brand('one.example.net', ['page', 'calls'])
  const two = await world.brand('two.example.net', ['carrier-gate', 'calls'])
  const ids = {
    delta: await world.company('Delta', { domainId: one }),
    alpha: await world.company('Alpha', { domainId: one, status: 'PENALTY' }),
    carrier: await world.company('Carrier', { domainId: two, userType: 'CARRIER' }),
    bravo: await world.company('bravo', { domainId: two })
  }
  const set =
    'mutation ($id: ID!, $o: [CompanyOverrideInput!]!) { setCompanyOverrides(companyId: $id, overrides: $o) { id } }'
  await world.data(set, {
    variables: {
      id: ids.alpha,
      o: [
        { key: 'page', override: 'HIDE' },
        { key: 'page.lock', override: 'SHOW' }
      ]
    }
  })
  // Says what the brand says already: an override, but no difference.
  await world.data(set, { variables: { id: ids.delta, o: [{ key: 'page', override: 'SHOW' }] } })
  return { one, two, ids }
}
type Row = { readonly name: string; readonly cells: string; readonly overrideCells: string; readonly companyId: string }

forEachWorld('operators look at the grid', open => {
  test('cells agree with effectiveAccess for every company', async () => {
    const world = await open()
    await populate(world)
    const { accessGrid } = await world.data(document)
    assert.deepEqual(
      accessGrid.keys,
      world.catalogue.features.map(feature => feature.key)
    )
    assert.equal(accessGrid.totalCount, 4)
    for (const row of accessGrid.rows as Row[]) {
      const { effectiveAccess } = await world.data(
        'query ($id: ID!) { effectiveAccess(companyId: $id) { features { effective decidedBy } } }',
        { variables: { id: row.companyId } }
      )
      const states: readonly { effective: boolean; decidedBy: string }[] = effectiveAccess.features
      const own = (decidedBy: string): boolean => decidedBy === 'company'
      assert.equal(
        row.cells,
        states.map(({ effective, decidedBy }) => (effective ? (own(decidedBy) ? 'V' : 'v') : '-')).join(''),
        row.name
      )
      assert.equal(
        row.overrideCells,
        states.map(({ effective, decidedBy }) => (own(decidedBy) ? (effective ? 'S' : 'H') : '-')).join(''),
        row.name
      )
    }
    const alpha = accessGrid.rows.find((row: Row) => row.name === 'Alpha')
    assert.equal(alpha.cells, '---Vv-v--')
    assert.equal(alpha.overrideCells, '-H-S-----')
  })

  test('filters', async () => {
    const world = await open()
    const { one, two } = await populate(world)
    const names = async (filter: Record<string, unknown>): Promise<readonly string[]> => {
      const { accessGrid } = await world.data(document, { variables: { filter } })
      assert.equal(accessGrid.totalCount, accessGrid.rows.length)
      return accessGrid.rows.map((row: Row) => row.name)
    }
    assert.deepEqual(await names({ domainId: one }), ['Alpha', 'Delta'])
    assert.deepEqual(await names({ domainId: two, userType: 'CARRIER' }), ['Carrier'])
    assert.deepEqual(await names({ search: 'A' }), ['Alpha', 'bravo', 'Carrier', 'Delta'])
    assert.deepEqual(await names({ search: 'rav' }), ['bravo'])
    assert.deepEqual(await names({ feature: 'page' }), ['Delta'])
    assert.deepEqual(await names({ feature: 'CDR.cost' }), [])
    assert.deepEqual(await names({ overridden: true }), ['Alpha', 'Delta'])
    assert.deepEqual(await names({ overridden: false }), ['bravo', 'Carrier'])
    assert.deepEqual(await names({ differsFromDomain: true }), ['Alpha'])
    assert.deepEqual(await names({ differsFromDomain: false }), ['bravo', 'Carrier', 'Delta'])
    assert.deepEqual(await names({ domainId: one, overridden: true, search: 'del' }), ['Delta'])
    assert.deepEqual(await world.codes(document, { variables: { filter: { domainId: 'nothing-of-this' } } }), [
      'NOT_FOUND'
    ])
    assert.deepEqual(await world.codes(document, { variables: { filter: { feature: 'nope' } } }), ['BAD_USER_INPUT'])
  })

  test('sorts and windows', async () => {
    const world = await open()
    await populate(world)
    const names = async (variables: Record<string, unknown>): Promise<readonly string[]> =>
      (await world.data(document, { variables })).accessGrid.rows.map((row: Row) => row.name)
    assert.deepEqual(await names({}), ['Alpha', 'bravo', 'Carrier', 'Delta'])
    assert.deepEqual(await names({ sort: '-name' }), ['Delta', 'Carrier', 'bravo', 'Alpha'])
    assert.deepEqual(await names({ sort: '-userType' }), ['Carrier', 'Alpha', 'bravo', 'Delta'])
    assert.deepEqual(await names({ sort: 'status' }), ['bravo', 'Carrier', 'Delta', 'Alpha'])
    assert.deepEqual(await names({ sort: 'domain' }), ['Alpha', 'Delta', 'bravo', 'Carrier'])
    assert.deepEqual(await names({ sort: 'page' }), ['Delta', 'Alpha', 'bravo', 'Carrier'])
    assert.deepEqual(await names({ offset: 1, first: 2 }), ['bravo', 'Carrier'])
    assert.deepEqual(await names({ offset: 100 }), [])
    // The endpoint's own limit on page sizes speaks first.
    assert.deepEqual(await world.codes(document, { variables: { first: 501 } }), ['QUERY_TOO_COMPLEX'])
    for (const variables of [{ sort: 'nope' }, { sort: '--name' }, { sort: '' }, { offset: -1 }, { first: 0 }]) {
      assert.deepEqual(await world.codes(document, { variables }), ['BAD_USER_INPUT'], JSON.stringify(variables))
    }
  })

  test('the revision moves with every access write', async () => {
    const world = await open()
    const { ids } = await populate(world)
    const revision = async (): Promise<string> => (await world.data(document)).accessGrid.revision
    const before = await revision()
    assert.equal(await revision(), before)
    await world.data(
      'mutation ($id: ID!) { setCompanyOverrides(companyId: $id, overrides: [{ key: "news", override: HIDE }]) { id } }',
      {
        variables: { id: ids.carrier }
      }
    )
    assert.notEqual(await revision(), before)
  })
})
