import assert from 'node:assert/strict'
import { test } from 'node:test'
import { forEachWorld } from './world.ts'

const brandFields = 'id fqdn brandName features version currencies isDefault createdAt'

forEachWorld('operators keep brands', open => {
  test('createPortalDomain normalises, presets features, and the first brand is the default one', async () => {
    const world = await open()
    const create = `mutation ($input: CreatePortalDomainInput!) { createPortalDomain(input: $input) { ${brandFields} } }`
    const { createPortalDomain: first } = await world.data(create, {
      variables: {
        input: {
          fqdn: ' Portal.Bücher.Example ',
          brandName: ' Bücher ',
          currencies: ['EUR', 'JPY', 'EUR'],
          features: ['page.edit', 'page', 'page']
        }
      }
    })
    assert.equal(first.fqdn, 'portal.xn--bcher-kva.example')
    assert.equal(first.brandName, 'Bücher')
    assert.deepEqual(first.currencies, ['EUR', 'JPY'])
    // The registry's own default counts where the brand has said nothing.
    assert.deepEqual(first.features, ['page', 'page.edit', 'news'])
    assert.equal(first.isDefault, true)
    assert.match(first.createdAt, /^\d{4}-\d\d-\d\dT[\d:.]+Z$/)
    const { createPortalDomain: second } = await world.data(create, {
      variables: { input: { fqdn: 'two.example.net', brandName: 'Two' } }
    })
    assert.equal(second.isDefault, false)
    assert.deepEqual(second.currencies, [])

    assert.deepEqual(await world.codes(create, { variables: { input: { fqdn: 'TWO.example.net', brandName: 'x' } } }), [
      'CONFLICT'
    ])
  })

  test('portalDomain finds by id or by fqdn', async () => {
    const world = await open()
    const id = await world.brand('one.example.net')
    const { byId, byName } = await world.data(
      `query ($id: ID!) { byId: portalDomain(id: $id) { fqdn } byName: portalDomain(fqdn: "ONE.example.net") { id } }`,
      { variables: { id } }
    )
    assert.equal(byId.fqdn, 'one.example.net')
    assert.equal(byName.id, id)
    assert.deepEqual(await world.codes('{ portalDomain(id: "nothing-of-this") { id } }'), ['NOT_FOUND'])
    assert.deepEqual(await world.codes('{ portalDomain(fqdn: "other.example.net") { id } }'), ['NOT_FOUND'])
    assert.deepEqual(await world.codes('{ portalDomain(fqdn: "..") { id } }'), ['NOT_FOUND'])
    assert.deepEqual(await world.codes('{ portalDomain { id } }'), ['BAD_USER_INPUT'])
    assert.deepEqual(await world.codes('{ portalDomain(id: "a", fqdn: "b.c") { id } }'), ['BAD_USER_INPUT'])
  })

  test('portalDomains pages, searches and counts', async () => {
    const world = await open()
    for (const name of ['alpha', 'beta', 'gamma']) await world.brand(`${name}.example.net`)
    const document = `query ($search: String, $first: Int, $after: String) {
      portalDomains(search: $search, first: $first, after: $after) { nodes { fqdn } pageInfo { endCursor hasNextPage } totalCount }
    }`
    const { portalDomains: first } = await world.data(document, { variables: { first: 2 } })
    assert.equal(first.totalCount, 3)
    assert.equal(first.nodes.length, 2)
    assert.equal(first.pageInfo.hasNextPage, true)
    const { portalDomains: rest } = await world.data(document, {
      variables: { first: 2, after: first.pageInfo.endCursor }
    })
    assert.equal(rest.pageInfo.hasNextPage, false)
    assert.deepEqual([...first.nodes, ...rest.nodes].map((node: { fqdn: string }) => node.fqdn).sort(), [
      'alpha.example.net',
      'beta.example.net',
      'gamma.example.net'
    ])
    const { portalDomains: found } = await world.data(document, { variables: { search: 'GAM' } })
    assert.deepEqual(found.nodes, [{ fqdn: 'gamma.example.net' }])
    assert.equal(found.totalCount, 1)
  })

  test('setDomainFeatures keeps keys that are not named, and the same document sees the new state', async () => {
    const world = await open()
    const id = await world.brand('one.example.net', ['page'])
    const company = await world.company('Acme')
    const before = await world.data(
      'query ($c: ID!) { effectiveAccess(companyId: $c) { features { key effective } } }',
      {
        variables: { c: company }
      }
    )
    assert.equal(before.effectiveAccess.features[6].effective, false)
    const { setDomainFeatures } = await world.data(
      `mutation ($id: ID!, $features: [DomainFeatureInput!]!) {
        setDomainFeatures(domainId: $id, features: $features, reason: "trial") { features version }
      }`,
      {
        variables: {
          id,
          features: [
            { key: 'calls', enabled: true },
            { key: 'news', enabled: false }
          ]
        }
      }
    )
    assert.deepEqual(setDomainFeatures.features, ['page', 'calls'])
    const { effectiveAccess } = await world.data(
      'query ($c: ID!) { effectiveAccess(companyId: $c) { features { key effective } } }',
      { variables: { c: company } }
    )
    assert.equal(effectiveAccess.features[6].effective, true)
    const { auditLog } = await world.data(
      'query ($id: String!) { auditLog(target: $id, first: 1) { nodes { action reason } } }',
      {
        variables: { id }
      }
    )
    assert.deepEqual(auditLog.nodes, [{ action: 'setDomainFeatures', reason: 'trial' }])
  })

  test('setDomainColumns orders, an empty list is the default set, and the audience is kept', async () => {
    const world = await open()
    const id = await world.brand('one.example.net')
    const set = `mutation ($id: ID!, $type: UserType!, $columns: [String!]!, $version: Int) {
      setDomainColumns(domainId: $id, report: CDR, userType: $type, columns: $columns, expectedVersion: $version) {
        version customer: columns(report: CDR, userType: CUSTOMER) carrier: columns(report: CDR, userType: CARRIER)
      } }`
    const { setDomainColumns: chosen } = await world.data(set, {
      variables: { id, type: 'CUSTOMER', columns: ['sound', 'startedAt'] }
    })
    assert.deepEqual(chosen.customer, ['sound', 'startedAt'])
    assert.deepEqual(chosen.carrier, ['startedAt'])
    const { setDomainColumns: cleared } = await world.data(set, {
      variables: { id, type: 'CUSTOMER', columns: [], version: chosen.version }
    })
    assert.deepEqual(cleared.customer, ['startedAt', 'charge'])

    const refused = await world.ask(set, { variables: { id, type: 'CUSTOMER', columns: ['startedAt', 'cost'] } })
    assert.deepEqual(refused.errors[0]?.extensions.fields, { 'columns.1': 'this column is not for CUSTOMER' })
    const stale = await world.codes(set, { variables: { id, type: 'CUSTOMER', columns: [], version: chosen.version } })
    assert.deepEqual(stale, ['CONFLICT'])
  })

  test('a stale version changes nothing', async () => {
    const world = await open()
    const id = await world.brand('one.example.net')
    const set = `mutation ($id: ID!, $key: String!, $version: Int) {
      setDomainFeatures(domainId: $id, features: [{ key: $key, enabled: true }], expectedVersion: $version) { version features }
    }`
    const { setDomainFeatures } = await world.data(set, { variables: { id, key: 'page', version: 1 } })
    assert.equal(setDomainFeatures.version, 2)
    assert.deepEqual(await world.codes(set, { variables: { id, key: 'calls', version: 1 } }), ['CONFLICT'])
    const { portalDomain } = await world.data('query ($id: ID!) { portalDomain(id: $id) { features version } }', {
      variables: { id }
    })
    assert.deepEqual(portalDomain, { features: ['page', 'news'], version: 2 })
  })
})
