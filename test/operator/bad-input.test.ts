import assert from 'node:assert/strict'
import { test } from 'node:test'
import { forEachWorld } from './world.ts'

interface Case {
  readonly document: string
  readonly variables?: Readonly<Record<string, unknown>>
  readonly code?: string
  /** The argument named in `fields`. */
  readonly path?: string
}

const domain = (input: Record<string, unknown>, path: string): Case => ({
  document: 'mutation ($input: CreatePortalDomainInput!) { createPortalDomain(input: $input) { id } }',
  variables: { input: { fqdn: 'new.example.net', brandName: 'New', ...input } },
  path: `input.${path}`
})
const company = (input: Record<string, unknown>, path: string, code?: string): Case => ({
  document: 'mutation ($input: CreateCompanyInput!) { createCompany(input: $input) { id } }',
  variables: { input: { name: 'New', userType: 'CUSTOMER', currency: 'EUR', ...input } },
  ...(code === undefined ? { path: `input.${path}` } : { code })
})
const contact = (input: Record<string, unknown>, path: string): Case => ({
  document:
    'mutation ($companyId: ID!, $name: String!, $email: String!, $password: String, $ipAllowList: [String!]) { createContact(input: { companyId: $companyId, name: $name, email: $email, password: $password, ipAllowList: $ipAllowList }) { id } }',
  variables: { name: 'Ann', email: 'ann@example.net', ...input },
  path: `input.${path}`
})
const override = (line: Record<string, unknown>, path: string): Case => ({
  document:
    'mutation ($companyId: ID!, $o: [CompanyOverrideInput!]!) { setCompanyOverrides(companyId: $companyId, overrides: $o) { id } }',
  variables: {
    o: [
      { key: 'news', override: 'HIDE' },
      { key: 'page', override: 'SHOW', ...line }
    ]
  },
  path: `overrides.1.${path}`
})

const nul = 'a\u0000b'
const cases: readonly Case[] = [
  ...[
    'localhost',
    '',
    ' ',
    '192.0.2.1',
    '[2001:db8::1]',
    '*.example.net',
    'a..example.net',
    '-a.example.net',
    'a-.example.net',
    'exa mple.net',
    'example.net:80',
    'https://example.net',
    'example.net/path',
    `${'a'.repeat(64)}.net`,
    `${'a.'.repeat(130)}net`,
    '1.2.3.4.5',
    'example.net.',
    nul,
    'console.example.net',
    'user@example.net',
    '0x7f.1'
  ].map(fqdn => domain({ fqdn }, 'fqdn')),
  ...['', '  ', 'x'.repeat(81), nul, 'two\nlines'].map(brandName => domain({ brandName }, 'brandName')),
  ...['eur', 'EURO', 'BGN', 'DEM', 'XAU', 'XXX', '', nul].map(code =>
    domain({ currencies: ['EUR', code] }, 'currencies.1')
  ),
  ...['nope', 'Page', 'CDR.charge', '', nul].map(key => domain({ features: ['page', key] }, 'features.1')),
  ...['', 'x'.repeat(121), nul].map(name => company({ name }, 'name')),
  ...['HRK', 'usd', ''].map(currency => company({ currency }, 'currency')),
  ...['active', 'CLOSED', '', nul].map(status => company({ status }, 'status')),
  ...[[''], ['a', 'a'], [nul], ['x'.repeat(81)]].map(accountCodes =>
    company({ accountCodes }, `accountCodes.${accountCodes.length - 1}`)
  ),
  company({ domainId: 'nothing-of-this' }, '', 'NOT_FOUND'),
  company({ domainId: nul }, '', 'NOT_FOUND'),
  ...[
    'ann',
    'ann@',
    '@example.net',
    'a b@example.net',
    'ann@exa_mple.net',
    'ann@@example.net',
    nul,
    'ann@example..net'
  ].map(email => contact({ email }, 'email')),
  contact({ password: 'short' }, 'password'),
  ...['192.0.2.1/33', '2001:db8::/129', 'example.net', '', '192.0.2.1/', '192.0.2.1/8/8', 'fe80::1%eth0'].map(cidr =>
    contact({ ipAllowList: ['10.0.0.0/8', cidr] }, 'ipAllowList.1')
  ),
  contact({ name: '' }, 'name'),
  ...[
    'soon',
    '',
    '2026-02-30T00:00:00Z',
    '2026-13-01T00:00:00Z',
    '2026-01-01T24:00:00Z',
    '2026-01-01T00:60:00Z',
    '2026-01-01',
    '2026-01-01T00:00:00',
    '2026-01-01T00:00:00+02:00',
    '1969-12-31T23:59:59Z',
    '1767225600000',
    nul,
    '10000-01-01T00:00:00Z'
  ].flatMap(at => [override({ validFrom: at }, 'validFrom'), override({ validUntil: at }, 'validUntil')]),
  override({ validFrom: '2026-02-01T00:00:00Z', validUntil: '2026-02-01T00:00:00Z' }, 'validUntil'),
  override({ validFrom: '2026-02-01T00:00:00Z', validUntil: '2026-01-01T00:00:00Z' }, 'validUntil'),
  override({ reason: 'x'.repeat(501) }, 'reason'),
  override({ reason: nul }, 'reason'),
  override({ key: 'nope' }, 'key'),
  override({ key: 'x'.repeat(10_000) }, 'key'),
  override({ key: '__proto__' }, 'key'),
  override({ key: 'constructor' }, 'key'),
  { document: '{ companies(first: 0) { totalCount } }', path: 'first' },
  { document: '{ companies(first: -1) { totalCount } }', path: 'first' },
  { document: '{ companies(first: 501) { totalCount } }', code: 'QUERY_TOO_COMPLEX' },
  { document: '{ auditLog(first: 0) { nodes { id } } }', path: 'first' },
  { document: '{ portalDomains(first: 0) { totalCount } }', path: 'first' },
  { document: 'query ($s: String) { companies(search: $s) { totalCount } }', variables: { s: nul }, path: 'search' },
  {
    document: 'query ($s: String) { companies(search: $s) { totalCount } }',
    variables: { s: 'x'.repeat(201) },
    path: 'search'
  },
  { document: 'query ($s: String) { auditLog(target: $s) { nodes { id } } }', variables: { s: nul }, path: 'target' },
  { document: 'query ($s: String) { auditLog(actor: $s) { nodes { id } } }', variables: { s: nul }, path: 'actor' },
  {
    document: 'query ($s: String) { accessGrid(filter: { search: $s }) { totalCount } }',
    variables: { s: nul },
    path: 'filter.search'
  },
  ...['companies', 'portalDomains', 'auditLog'].flatMap(list =>
    ['broken', nul, '', 'x'.repeat(2_000), 'eyJhIjoxfQ', '-1', 'bm8'].map(after => ({
      document: `query ($after: String) { ${list}(after: $after) { pageInfo { hasNextPage } } }`,
      variables: { after },
      code: 'BAD_USER_INPUT'
    }))
  ),
  ...['broken', nul, ''].flatMap(after => [
    {
      document: 'query ($after: String) { companiesWithFeature(key: "page", after: $after) { totalCount } }',
      variables: { after },
      code: 'BAD_USER_INPUT'
    },
    {
      document:
        'query ($companyId: ID!, $after: String) { contacts(companyId: $companyId, after: $after) { totalCount } }',
      variables: { after },
      code: 'BAD_USER_INPUT'
    },
    {
      document:
        'query ($companyId: ID!, $after: String) { previewAccessChange(change: { companyIds: [$companyId], overrides: [] }) { differences(after: $after) { nodes { name } } } }',
      variables: { after },
      code: 'BAD_USER_INPUT'
    }
  ]),
  { document: 'query ($companyId: ID!) { explainAccess(companyId: $companyId, key: "nope") { text } }', path: 'key' },
  { document: '{ companiesWithFeature(key: "nope") { totalCount } }', path: 'key' },
  ...['nothing-of-this', nul, '', 'x'.repeat(1_000), '../..', '\u202e'].flatMap(id => [
    ...[
      'query ($id: ID!) { company(id: $id) { id } }',
      'query ($id: ID!) { portalDomain(id: $id) { id } }',
      'query ($id: ID!) { effectiveAccess(companyId: $id) { revision } }',
      'query ($id: ID!) { explainAccess(companyId: $id, key: "page") { text } }',
      'query ($id: ID!) { companiesWithFeature(key: "page", domainId: $id) { totalCount } }',
      'query ($id: ID!) { companies(domainId: $id) { totalCount } }',
      'query ($id: ID!) { contacts(companyId: $id) { totalCount } }',
      'query ($id: ID!) { accessGrid(filter: { domainId: $id }) { totalCount } }',
      'query ($id: ID!, $companyId: ID!) { effectiveAccess(companyId: $companyId, domainId: $id) { revision } }',
      'mutation ($id: ID!) { setCompanyOverrides(companyId: $id, overrides: [{ key: "page", override: SHOW }]) { id } }',
      'mutation ($id: ID!) { setDomainFeatures(domainId: $id, features: [{ key: "page", enabled: true }]) { id } }',
      'mutation ($id: ID!) { setDomainColumns(domainId: $id, report: CDR, userType: CUSTOMER, columns: []) { id } }',
      'mutation ($id: ID!, $companyId: ID!) { assignCompanyDomain(companyId: $companyId, domainId: $id) { id } }',
      'mutation ($id: ID!) { revertChange(auditId: $id) { id } }',
      'mutation ($id: ID!) { revokeApiKey(id: $id) { id } }',
      'mutation ($id: ID!) { viewAs(contactId: $id) { url } }'
    ].map(document => ({ document, variables: { id }, code: 'NOT_FOUND' }))
  ]),
  {
    document:
      'mutation ($d: ID!) { setDomainFeatures(domainId: $d, features: [{ key: "page", enabled: true }, { key: "page", enabled: false }]) { id } }',
    path: 'features.1.key'
  },
  {
    document:
      'mutation ($d: ID!) { setDomainColumns(domainId: $d, report: CDR, userType: CUSTOMER, columns: ["charge", "charge"]) { id } }',
    path: 'columns.1'
  },
  {
    document:
      'mutation ($d: ID!) { setDomainColumns(domainId: $d, report: CDR, userType: CUSTOMER, columns: ["chrage"]) { id } }',
    path: 'columns.0'
  },
  {
    document:
      'mutation ($d: ID!) { setDomainColumns(domainId: $d, report: BREAKOUT, userType: CUSTOMER, columns: []) { id } }',
    path: 'report'
  },
  {
    document: 'mutation ($ids: [ID!]!) { bulkAssignDomain(companyIds: $ids) { ok } }',
    variables: { ids: Array.from({ length: 1_001 }, (_, index) => `x${index}`) },
    path: 'companyIds'
  },
  {
    document:
      'mutation ($ids: [ID!]!) { bulkSetCompanyOverrides(companyIds: $ids, overrides: [{ key: "page", override: SHOW }]) { ok } }',
    variables: { ids: Array.from({ length: 20_001 }, (_, index) => `x${index}`) },
    path: 'companyIds'
  },
  { document: 'mutation { createApiKey(name: "", role: AUDITOR) { id } }', path: 'name' },
  { document: 'mutation { createApiKey(name: "x", role: OWNER) { id } }', code: 'QUERY_INVALID' },
  ...['soon', '2020-01-01T00:00:00Z', nul].map(expiresAt => ({
    document: 'mutation ($e: String) { createApiKey(name: "x", role: AUDITOR, expiresAt: $e) { id } }',
    variables: { e: expiresAt },
    path: 'expiresAt'
  })),
  ...[-1, 721].map(hours => ({
    document: 'mutation ($h: Int) { rotateApiKey(id: "x", overlapHours: $h) { id } }',
    variables: { h: hours },
    path: 'overlapHours'
  })),
  ...(
    [
      [{ name: '' }, 'name'],
      [{ name: null }, 'name'],
      [{ name: 'x'.repeat(121) }, 'name'],
      [{ email: 'ann' }, 'email'],
      [{ email: null }, 'email'],
      [{ phone: 'x'.repeat(41) }, 'phone'],
      [{ phone: nul }, 'phone'],
      [{ department: 'two\nlines' }, 'department'],
      [{ mobile: 'x'.repeat(41) }, 'mobile'],
      [{ contactType: 'x'.repeat(81) }, 'contactType'],
      [{ publicNotes: 'x'.repeat(2_001) }, 'publicNotes'],
      [{ privateNotes: nul }, 'privateNotes'],
      [{ locale: 'english' }, 'locale'],
      [{ locale: 'en_GB' }, 'locale'],
      [{ locale: nul }, 'locale'],
      [{ timeZone: 'Berlin' }, 'timeZone'],
      [{ timeZone: '+01:00' }, 'timeZone'],
      [{ ipAllowList: null }, 'ipAllowList'],
      [{ ipAllowList: ['10.0.0.0/33'] }, 'ipAllowList.0'],
      [{ ipAllowList: Array.from({ length: 101 }, () => '10.0.0.1') }, 'ipAllowList']
    ] as const
  ).map(([input, path]) => ({
    document: 'mutation ($i: UpdateContactInput!) { updateContact(id: "x", input: $i) { id } }',
    variables: { i: input },
    path: `input.${path}`
  })),
  ...(
    [
      [{ name: '' }, 'name'],
      [{ email: 'ann@' }, 'email'],
      [{ role: 'INGEST' }, 'role']
    ] as const
  ).map(([input, path]) => ({
    document: 'mutation ($i: CreateStaffInput!) { createStaff(input: $i) { staff { id } } }',
    variables: { i: { name: 'Ann', email: 'ann@example.net', role: 'ADMIN', ...input } },
    path: `input.${path}`
  })),
  ...(
    [
      [{ role: 'INGEST' }, 'role'],
      [{ role: null }, 'role'],
      [{ name: null }, 'name'],
      [{ name: '' }, 'name'],
      [{ disabled: null }, 'disabled']
    ] as const
  ).map(([input, path]) => ({
    document: 'mutation ($i: UpdateStaffInput!) { updateStaff(id: "x", input: $i) { id } }',
    variables: { i: input },
    path: `input.${path}`
  })),
  { document: '{ staff(first: 0) { totalCount } }', path: 'first' },
  { document: '{ contacts(search: "\u0000") { totalCount } }', path: 'search' },
  ...['updateContact', 'updateStaff'].map(name => ({
    document: `mutation { ${name}(id: "nothing-of-this", input: {name: "X"}) { id } }`,
    code: 'NOT_FOUND'
  })),
  ...[
    'disableContact(id: $x) { id }',
    'enableContact(id: $x) { id }',
    'unlockContact(id: $x) { id }',
    'createSignInLink(contactId: $x) { url }',
    'resetContactPassword(contactId: $x) { url }',
    'endContactSession(id: $x)',
    'endContactSessions(contactId: $x)',
    'resetStaffPassword(id: $x) { url }',
    'resetStaffTwoFactor(id: $x) { id }',
    'unlockStaff(id: $x) { id }',
    'endStaffSession(id: $x)',
    'endStaffSessions(staffId: $x)',
    'rotateApiKey(id: $x) { id }'
  ].flatMap(call =>
    ['nothing-of-this', nul, 'x'.repeat(10_000)].map(x => ({
      document: `mutation ($x: ID!) { ${call} }`,
      variables: { x },
      code: 'NOT_FOUND'
    }))
  ),
  { document: '{ nothing }', code: 'QUERY_INVALID' },
  { document: '{ company { id } }', code: 'QUERY_INVALID' }
]

/** The variables a document declares; others would be refused for being unknown. */
const declared = (document: string, variables: Readonly<Record<string, unknown>>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(variables).filter(([name]) => document.includes(`$${name}:`)))

forEachWorld('bad input from operators', open => {
  test('each is answered by its code and path, never INTERNAL, and nothing is written', async () => {
    const world = await open()
    const d = await world.brand('one.example.net')
    const companyId = await world.company('Acme')
    const state = async () =>
      JSON.stringify(
        await world.data(
          '{ auditLog(first: 1) { nodes { id } } companies { totalCount } portalDomains { totalCount } apiKeys { id } }'
        )
      )
    const before = await state()
    for (const { document, variables = {}, code = 'BAD_USER_INPUT', path } of cases) {
      const all = declared(document, { d, companyId, ...variables })
      const what = `${document} ${JSON.stringify(all).slice(0, 300)}`
      const { errors } = await world.ask(document, { variables: all })
      assert.deepEqual(
        errors.map(error => error.extensions?.code),
        [code],
        `${what} ${JSON.stringify(errors)}`
      )
      if (path !== undefined) assert.deepEqual(Object.keys(errors[0]?.extensions.fields), [path], what)
    }
    assert.equal(await state(), before)
  })
})
