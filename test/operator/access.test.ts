import assert from 'node:assert/strict'
import { test } from 'node:test'
import { forEachWorld, type World } from './world.ts'

const setOverrides = (world: World, companyId: string, overrides: readonly object[]): Promise<unknown> =>
  world.data(
    'mutation ($id: ID!, $overrides: [CompanyOverrideInput!]!) { setCompanyOverrides(companyId: $id, overrides: $overrides) { id } }',
    { variables: { id: companyId, overrides } }
  )

forEachWorld('operators ask about access', open => {
  test('featureRegistry lists every key in registry order', async () => {
    const world = await open()
    const { featureRegistry } = await world.data(
      '{ featureRegistry { key title group kind userTypes parents parentMode plugin polarity default entitlement } }'
    )
    assert.deepEqual(
      featureRegistry.map((feature: { key: string }) => feature.key),
      world.catalogue.features.map(feature => feature.key)
    )
    assert.deepEqual(featureRegistry[3], {
      key: 'page.lock',
      title: 'Page Lock',
      group: 'Common/Numbers',
      kind: 'RESTRICTION',
      userTypes: ['CUSTOMER'],
      parents: ['page.edit'],
      parentMode: 'MOOT',
      plugin: 'base',
      polarity: 'RESTRICT',
      default: false,
      entitlement: null
    })
    assert.equal(featureRegistry[1].parentMode, null)
    assert.equal(featureRegistry[1].polarity, 'GRANT')
    assert.equal(featureRegistry[7].entitlement, 'studio')
  })

  test('columnCatalog offers the columns of a user type', async () => {
    const world = await open()
    const { customer, carrier, none } = await world.data(`{
      customer: columnCatalog(report: CDR, userType: CUSTOMER) { name title type unit default sortable filterable groupable requiresFeature }
      carrier: columnCatalog(report: CDR, userType: CARRIER) { name groupable }
      none: columnCatalog(report: BREAKOUT, userType: CUSTOMER) { name }
    }`)
    assert.deepEqual(
      customer.map((column: { name: string }) => column.name),
      ['startedAt', 'charge', 'sound']
    )
    assert.deepEqual(customer[1], {
      name: 'charge',
      title: 'Charge',
      type: 'money',
      unit: 'account currency',
      default: true,
      sortable: true,
      filterable: true,
      groupable: false,
      requiresFeature: null
    })
    assert.equal(customer[2].requiresFeature, 'calls.sound')
    assert.deepEqual(carrier, [
      { name: 'startedAt', groupable: false },
      { name: 'cost', groupable: true },
      { name: 'sound', groupable: false }
    ])
    assert.deepEqual(none, [])
  })

  test('titles, groups and units come in the language that is asked for', async () => {
    const world = await open()
    // Documents are compiled after some requests.
    for (const [language, page, charge, group, unit] of [
      ['ar', 'صفحة', 'التكلفة', 'عام/الأرقام', 'عملة الحساب'],
      ['en', 'Page', 'Charge', 'Common/Numbers', 'account currency'],
      ['ar-EG', 'صفحة', 'التكلفة', 'عام/الأرقام', 'عملة الحساب'],
      [null, 'Page', 'Charge', 'Common/Numbers', 'account currency'],
      ['fr', 'Page', 'Charge', 'Common/Numbers', 'account currency'],
      [undefined, 'Page', 'Charge', 'Common/Numbers', 'account currency']
    ] as const) {
      const { featureRegistry, columnCatalog } = await world.data(
        `query ($language: String) {
          featureRegistry { title(language: $language) plain: title group(language: $language) }
          columnCatalog(report: CDR, userType: CUSTOMER) { title(language: $language) plain: title unit(language: $language) }
        }`,
        { variables: { language } }
      )
      assert.deepEqual(featureRegistry[1], { title: page, plain: 'Page', group })
      assert.deepEqual(featureRegistry[2], { title: 'Page (Editable)', plain: 'Page (Editable)', group })
      assert.deepEqual(columnCatalog[1], { title: charge, plain: 'Charge', unit })
      assert.deepEqual(columnCatalog[0], { title: 'Started', plain: 'Started', unit: null })
    }
  })

  test('effectiveAccess answers for all keys, the columns in the brand order, and the home domain', async () => {
    const world = await open()
    const first = await world.brand('one.example.net')
    const home = await world.brand('two.example.net', ['page', 'calls'])
    const company = await world.company('Acme', { domainId: home })
    await world.data(
      'mutation ($id: ID!) { setDomainColumns(domainId: $id, report: CDR, userType: CUSTOMER, columns: ["charge", "sound", "startedAt"]) { id } }',
      { variables: { id: home } }
    )
    await setOverrides(world, company, [
      { key: 'page.edit', override: 'SHOW' },
      { key: 'carrier-gate', override: 'SHOW' },
      { key: 'news', override: 'HIDE' }
    ])
    const document = `query ($id: ID!, $domain: ID) { effectiveAccess(companyId: $id, domainId: $domain) {
      companyId domainId userType revision features { key effective decidedBy notApplicable } columns { report columns }
    } }`
    const { effectiveAccess } = await world.data(document, { variables: { id: company } })
    assert.equal(effectiveAccess.companyId, company)
    assert.equal(effectiveAccess.domainId, home)
    assert.equal(effectiveAccess.userType, 'CUSTOMER')
    const summary = effectiveAccess.features.map(
      (state: { key: string; effective: boolean; decidedBy: string; notApplicable: boolean }) =>
        `${state.key} ${state.effective} ${state.decidedBy}${state.notApplicable ? ' notApplicable' : ''}`
    )
    assert.deepEqual(summary, [
      'carrier-gate false user-type notApplicable',
      'page true domain',
      'page.edit true company',
      'page.lock false registry',
      'news false company',
      'news.public false registry notApplicable',
      'calls true domain',
      'recorder false platform',
      'calls.sound false registry'
    ])
    assert.deepEqual(effectiveAccess.columns, [{ report: 'CDR', columns: ['charge', 'startedAt'] }])

    const { effectiveAccess: elsewhere } = await world.data(document, { variables: { id: company, domain: first } })
    assert.equal(elsewhere.domainId, first)
    assert.deepEqual(
      elsewhere.features.filter((state: { effective: boolean }) => state.effective),
      []
    )
    assert.notEqual(elsewhere.revision, effectiveAccess.revision)
  })

  test('equal revisions mean equal answers, and a write or a boundary moves the revision', async () => {
    const world = await open()
    await world.brand('one.example.net')
    const company = await world.company('Acme')
    const other = await world.company('Other')
    const revision = async (): Promise<string> =>
      (
        await world.data('query ($id: ID!) { effectiveAccess(companyId: $id) { revision } }', {
          variables: { id: company }
        })
      ).effectiveAccess.revision
    const before = await revision()
    assert.equal(await revision(), before)
    await setOverrides(world, company, [{ key: 'page', override: 'SHOW' }])
    const after = await revision()
    assert.notEqual(after, before)
    assert.equal(await revision(), after)
    await world.data('mutation { setEntitlement(name: "studio", present: true) { plugins { name } } }')
    assert.notEqual(await revision(), after)
    assert.ok(other)
  })

  test('a company without a home domain is answered for the default domain', async () => {
    const world = await open()
    const first = await world.brand('one.example.net', ['page'])
    await world.brand('two.example.net')
    const company = await world.company('Acme')
    const { effectiveAccess } = await world.data(
      'query ($id: ID!) { effectiveAccess(companyId: $id) { domainId features { key effective } } }',
      { variables: { id: company } }
    )
    assert.equal(effectiveAccess.domainId, first)
    assert.equal(effectiveAccess.features[1].effective, true)
  })

  test('explainAccess walks the layers and says why', async () => {
    const world = await open()
    const domain = await world.brand('one.example.net', ['page.edit'])
    const company = await world.company('Acme', { domainId: domain })
    await setOverrides(world, company, [{ key: 'page.edit', override: 'SHOW' }])
    const document = `query ($id: ID!, $key: String!) { explainAccess(companyId: $id, key: $key) {
      key effective text steps { layer value decided detail }
    } }`
    const { explainAccess } = await world.data(document, { variables: { id: company, key: 'page.edit' } })
    assert.equal(explainAccess.key, 'page.edit')
    assert.equal(explainAccess.effective, false)
    assert.match(explainAccess.text, /no effect while page is hidden/)
    const layers = explainAccess.steps.map((step: { layer: string }) => step.layer)
    const order = ['platform', 'user-type', 'registry', 'domain', 'company', 'parent', 'status']
    assert.deepEqual(
      layers,
      order.filter(layer => layers.includes(layer))
    )
    assert.deepEqual(
      explainAccess.steps.map((step: { decided: boolean }) => step.decided),
      layers.map((_: string, index: number) => index === layers.length - 1)
    )
    assert.equal(layers.at(-1), 'parent')

    const { explainAccess: column } = await world.data(document, { variables: { id: company, key: 'CDR.charge' } })
    assert.equal(column.effective, false)
  })

  test('an unknown key is refused and a near one suggested', async () => {
    const world = await open()
    await world.brand('one.example.net')
    const company = await world.company('Acme')
    const { errors } = await world.ask(
      'query ($id: ID!) { explainAccess(companyId: $id, key: "page.edti") { effective } }',
      { variables: { id: company } }
    )
    assert.equal(errors[0]?.extensions.code, 'BAD_USER_INPUT')
    assert.match(errors[0]?.extensions.fields.key, /did you mean page\.edit\?/)
  })

  test('companiesWithFeature agrees with effectiveAccess, counts, pages and names', async () => {
    const world = await open()
    const one = await world.brand('one.example.net', ['page'])
    const two = await world.brand('two.example.net')
    const ids: string[] = []
    for (let index = 0; index < 7; index++) {
      ids.push(await world.company(`Company ${index}`, { domainId: index % 2 === 0 ? one : two }))
    }
    await setOverrides(world, ids[1]!, [{ key: 'page', override: 'SHOW' }])
    await setOverrides(world, ids[2]!, [{ key: 'page', override: 'HIDE' }])
    const document = `query ($effective: Boolean, $domainId: ID, $first: Int, $after: String) {
      companiesWithFeature(key: "page", effective: $effective, domainId: $domainId, first: $first, after: $after) {
        nodes { companyId name domainId effective decidedBy } pageInfo { endCursor hasNextPage } totalCount
      } }`
    const seen: { companyId: string; name: string; domainId: string; effective: boolean; decidedBy: string }[] = []
    let after: string | null = null
    for (;;) {
      const { companiesWithFeature } = await world.data(document, { variables: { first: 2, after } })
      assert.equal(companiesWithFeature.totalCount, 4)
      seen.push(...companiesWithFeature.nodes)
      after = companiesWithFeature.pageInfo.endCursor
      if (!companiesWithFeature.pageInfo.hasNextPage) break
    }
    assert.deepEqual(seen.map(node => node.companyId).sort(), [ids[0], ids[1], ids[4], ids[6]].sort())
    const shown = seen.find(node => node.companyId === ids[1])
    assert.deepEqual(shown, {
      companyId: ids[1],
      name: 'Company 1',
      domainId: two,
      effective: true,
      decidedBy: 'company'
    })

    const hidden = await world.data(document, { variables: { effective: false, domainId: one } })
    assert.deepEqual(
      hidden.companiesWithFeature.nodes.map((node: { companyId: string }) => node.companyId),
      [ids[2]]
    )
    assert.equal(hidden.companiesWithFeature.nodes[0].effective, false)
  })
})
