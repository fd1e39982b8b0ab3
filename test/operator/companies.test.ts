import assert from 'node:assert/strict'
import { test } from 'node:test'
import { forEachWorld } from './world.ts'

const companyFields = `id name userType domainId status currency accountCodes version createdAt
  overrides { key override reason validFrom validUntil setBy setAt }`
const overridesOf = 'query ($id: ID!) { company(id: $id) { version overrides { key override } } }'
const setOverrides = `mutation ($id: ID!, $overrides: [CompanyOverrideInput!]!, $version: Int) {
  setCompanyOverrides(companyId: $id, overrides: $overrides, expectedVersion: $version) { ${companyFields} } }`

forEachWorld('operators keep companies', open => {
  test('createCompany gives back what it was given, and company finds it', async () => {
    const world = await open()
    const domain = await world.brand('one.example.net')
    const { createCompany } = await world.data(
      `mutation ($input: CreateCompanyInput!) { createCompany(input: $input) { ${companyFields} } }`,
      {
        variables: {
          input: {
            name: ' Acme GmbH ',
            userType: 'CARRIER',
            currency: 'KWD',
            domainId: domain,
            status: 'PENALTY',
            accountCodes: ['A-1', 'a-1 ']
          }
        }
      }
    )
    const { id, createdAt, ...rest } = createCompany
    assert.deepEqual(
      { ...rest, accountCodes: [...rest.accountCodes].sort() },
      {
        name: 'Acme GmbH',
        userType: 'CARRIER',
        domainId: domain,
        status: 'PENALTY',
        currency: 'KWD',
        accountCodes: ['A-1', 'a-1'],
        version: 1,
        overrides: []
      }
    )
    assert.match(createdAt, /Z$/)
    const { company } = await world.data(`query ($id: ID!) { company(id: $id) { ${companyFields} } }`, {
      variables: { id }
    })
    assert.deepEqual(company, createCompany)
    assert.deepEqual(await world.codes('{ company(id: "nothing-of-this") { id } }'), ['NOT_FOUND'])
  })

  test('the status is ACTIVE unless said otherwise, and a taken account code is refused', async () => {
    const world = await open()
    const create = 'mutation ($input: CreateCompanyInput!) { createCompany(input: $input) { status domainId } }'
    const input = { name: 'Acme', userType: 'CUSTOMER', currency: 'EUR', accountCodes: ['100'] }
    const { createCompany } = await world.data(create, { variables: { input } })
    assert.deepEqual(createCompany, { status: 'ACTIVE', domainId: null })
    assert.deepEqual(await world.codes(create, { variables: { input } }), ['CONFLICT'])
    const { companies } = await world.data('{ companies { totalCount } }')
    assert.equal(companies.totalCount, 1)
  })

  test('companies filters, pages and counts', async () => {
    const world = await open()
    const one = await world.brand('one.example.net')
    for (let index = 0; index < 5; index++) {
      await world.company(`Node ${index}`, {
        domainId: index < 2 ? one : null,
        userType: index === 0 ? 'CARRIER' : 'CUSTOMER'
      })
    }
    const document = `query ($search: String, $domainId: ID, $userType: UserType, $first: Int, $after: String) {
      companies(search: $search, domainId: $domainId, userType: $userType, first: $first, after: $after) {
        nodes { name } pageInfo { endCursor hasNextPage } totalCount } }`
    const names = async (variables: Record<string, unknown>): Promise<readonly string[]> =>
      (await world.data(document, { variables })).companies.nodes.map((node: { name: string }) => node.name).sort()
    assert.deepEqual(await names({ search: 'node 3' }), ['Node 3'])
    assert.deepEqual(await names({ domainId: one }), ['Node 0', 'Node 1'])
    assert.deepEqual(await names({ userType: 'CARRIER' }), ['Node 0'])
    const { companies: first } = await world.data(document, { variables: { first: 3 } })
    assert.equal(first.totalCount, 5)
    const { companies: rest } = await world.data(document, { variables: { first: 3, after: first.pageInfo.endCursor } })
    assert.equal(rest.nodes.length, 2)
    assert.equal(rest.pageInfo.hasNextPage, false)
    assert.deepEqual(await world.codes(document, { variables: { domainId: 'nothing-of-this' } }), ['NOT_FOUND'])
  })

  test('setCompanyOverrides keeps keys that are not named; INHERIT clears', async () => {
    const world = await open()
    await world.brand('one.example.net')
    const id = await world.company('Acme')
    const { setCompanyOverrides } = await world.data(setOverrides, {
      variables: {
        id,
        overrides: [
          {
            key: 'page',
            override: 'SHOW',
            reason: 'trial',
            validFrom: '2026-01-01T00:00:00Z',
            validUntil: '2027-01-01T00:00:00.250Z'
          },
          { key: 'news', override: 'HIDE' }
        ]
      },
      actor: 'staff:ann'
    })
    const page = setCompanyOverrides.overrides.find((each: { key: string }) => each.key === 'page')
    assert.match(page.setAt, /Z$/)
    assert.deepEqual(
      { ...page, setAt: null },
      {
        key: 'page',
        override: 'SHOW',
        reason: 'trial',
        validFrom: '2026-01-01T00:00:00.000Z',
        validUntil: '2027-01-01T00:00:00.250Z',
        setBy: 'staff:ann',
        setAt: null
      }
    )
    await world.data(setOverrides, { variables: { id, overrides: [{ key: 'page', override: 'INHERIT' }] } })
    const { company } = await world.data(overridesOf, { variables: { id } })
    assert.deepEqual(company.overrides, [{ key: 'news', override: 'HIDE' }])
  })

  test('SHOW and HIDE for one key in one call are refused whole; saying the same twice is saying it once', async () => {
    const world = await open()
    await world.brand('one.example.net')
    const id = await world.company('Acme')
    const refused = await world.ask(setOverrides, {
      variables: {
        id,
        overrides: [
          { key: 'news', override: 'HIDE' },
          { key: 'page', override: 'SHOW' },
          { key: 'page', override: 'HIDE' }
        ]
      }
    })
    assert.equal(refused.errors[0]?.extensions.code, 'BAD_USER_INPUT')
    assert.deepEqual(Object.keys(refused.errors[0]?.extensions.fields), ['overrides.2.key'])
    const { company: untouched } = await world.data(overridesOf, { variables: { id } })
    assert.deepEqual(untouched, { version: 1, overrides: [] })
    await world.data(setOverrides, {
      variables: {
        id,
        overrides: [
          { key: 'page', override: 'SHOW' },
          { key: 'page', override: 'SHOW' }
        ]
      }
    })
    const { company } = await world.data(overridesOf, { variables: { id } })
    assert.deepEqual(company.overrides, [{ key: 'page', override: 'SHOW' }])
  })

  test('a stale version changes nothing', async () => {
    const world = await open()
    const domain = await world.brand('one.example.net')
    const id = await world.company('Acme')
    await world.data(setOverrides, { variables: { id, overrides: [{ key: 'page', override: 'SHOW' }], version: 1 } })
    assert.deepEqual(
      await world.codes(setOverrides, {
        variables: { id, overrides: [{ key: 'news', override: 'HIDE' }], version: 1 }
      }),
      ['CONFLICT']
    )
    assert.deepEqual(
      await world.codes(
        'mutation ($id: ID!, $domain: ID) { assignCompanyDomain(companyId: $id, domainId: $domain, expectedVersion: 1) { id } }',
        { variables: { id, domain } }
      ),
      ['CONFLICT']
    )
    const { company } = await world.data('query ($id: ID!) { company(id: $id) { domainId overrides { key } } }', {
      variables: { id }
    })
    assert.deepEqual(company, { domainId: null, overrides: [{ key: 'page' }] })
  })

  test('assignCompanyDomain moves access at once; null is no home domain; overrides survive', async () => {
    const world = await open()
    await world.brand('one.example.net')
    const two = await world.brand('two.example.net', ['page'])
    const id = await world.company('Acme')
    await world.data(setOverrides, { variables: { id, overrides: [{ key: 'calls', override: 'SHOW' }] } })
    const assign =
      'mutation ($id: ID!, $domain: ID) { assignCompanyDomain(companyId: $id, domainId: $domain) { domainId overrides { key } } }'
    const visible = async (): Promise<readonly string[]> =>
      (
        await world.data('query ($id: ID!) { effectiveAccess(companyId: $id) { features { key effective } } }', {
          variables: { id }
        })
      ).effectiveAccess.features
        .filter((state: { effective: boolean }) => state.effective)
        .map((state: { key: string }) => state.key)
    assert.deepEqual(
      (await visible()).filter(key => key !== 'news'),
      ['calls']
    )
    const moved = await world.data(assign, { variables: { id, domain: two } })
    assert.deepEqual(moved.assignCompanyDomain, { domainId: two, overrides: [{ key: 'calls' }] })
    assert.deepEqual(
      (await visible()).filter(key => key !== 'news'),
      ['page', 'calls']
    )
    const back = await world.data(assign, { variables: { id, domain: null } })
    assert.equal(back.assignCompanyDomain.domainId, null)
    assert.deepEqual(
      (await visible()).filter(key => key !== 'news'),
      ['calls']
    )
    assert.deepEqual(await world.codes(assign, { variables: { id, domain: 'nothing-of-this' } }), ['NOT_FOUND'])
    assert.deepEqual(await world.codes(assign, { variables: { id: 'nothing-of-this', domain: two } }), ['NOT_FOUND'])
  })

  test('bulk calls give one result a company, and one bad line hides no other', async () => {
    const world = await open()
    const domain = await world.brand('one.example.net')
    const a = await world.company('A')
    const b = await world.company('B')
    const ids = [a, 'nothing-of-this', b, 'no such\u0000id', a]
    const { bulkSetCompanyOverrides, bulkAssignDomain } = await world.data(
      `mutation ($ids: [ID!]!, $domain: ID) {
        bulkSetCompanyOverrides(companyIds: $ids, overrides: [{ key: "page", override: SHOW, reason: "all" }]) { companyId ok code message }
        bulkAssignDomain(companyIds: $ids, domainId: $domain) { companyId ok code }
      }`,
      { variables: { ids, domain } }
    )
    for (const results of [bulkSetCompanyOverrides, bulkAssignDomain]) {
      assert.deepEqual(
        results.map((result: { companyId: string; ok: boolean; code: string | null }) => [
          result.companyId,
          result.ok,
          result.code
        ]),
        [
          [a, true, null],
          ['nothing-of-this', false, 'NOT_FOUND'],
          [b, true, null],
          ['no such\u0000id', false, 'NOT_FOUND']
        ]
      )
    }
    for (const id of [a, b]) {
      const { company } = await world.data(
        'query ($id: ID!) { company(id: $id) { domainId overrides { key override } } }',
        {
          variables: { id }
        }
      )
      assert.deepEqual(company, { domainId: domain, overrides: [{ key: 'page', override: 'SHOW' }] })
    }
    assert.deepEqual(
      await world.codes(
        'mutation ($ids: [ID!]!) { bulkSetCompanyOverrides(companyIds: $ids, overrides: [{ key: "nope", override: SHOW }]) { ok } }',
        { variables: { ids } }
      ),
      ['BAD_USER_INPUT']
    )
  })

  test('the fields after a mutation in one document see the new state', async () => {
    const world = await open()
    const domain = await world.brand('one.example.net')
    const id = await world.company('Acme', { domainId: domain })
    const { first, second } = await world.data(
      `mutation ($id: ID!) {
        first: setCompanyOverrides(companyId: $id, overrides: [{ key: "page", override: SHOW }], expectedVersion: 1) { version }
        second: setCompanyOverrides(companyId: $id, overrides: [{ key: "calls", override: SHOW }], expectedVersion: 2) { overrides { key } }
      }`,
      { variables: { id } }
    )
    assert.equal(first.version, 2)
    assert.equal(second.overrides.length, 2)
  })
})
