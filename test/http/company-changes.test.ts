import assert from 'node:assert/strict'
import type { AddressInfo } from 'node:net'
import { after, test } from 'node:test'
import { definePlugin } from '../../core/plugin-api.ts'
import { openDatabase } from '../../db/connect.ts'
import { createServer } from '../../http/server.ts'
import { beginAgain } from '../support/begin-again.ts'
import { forEachDatabase, type Open } from '../support/databases.ts'
import { consoleHost, sendRequest, startPortal, type TestPortal, testActor, testPassword } from '../support/portal.ts'

const failing = { now: false }
const found: { ids: readonly string[] } = { ids: [] }

const numbers = definePlugin({
  name: 'numbers',
  version: '1.0.0',
  engine: '^0.1.0',
  owner: 'tests',
  features: [{ key: 'page', title: 'Page', group: 'Common/Calls', kind: 'PAGE', userTypes: ['CUSTOMER', 'CARRIER'] }],
  companySearch: async (_db, text) => {
    if (failing.now) throw new Error('the index of numbers is gone')
    return text === '4930123456' ? found.ids : []
  }
})

// biome-ignore lint/suspicious/noExplicitAny: tests look into answers of many shapes
type Data = any

interface World {
  readonly portal: TestPortal
  /** A second server on the same database. */
  readonly other: number
  ask(document: string, variables?: Readonly<Record<string, unknown>>): Promise<Data>
  data(document: string, variables?: Readonly<Record<string, unknown>>): Promise<Data>
  /** The first error's extensions and message. */
  refusal(document: string, variables?: Readonly<Record<string, unknown>>): Promise<Data>
  /** Status and, with a session, whom both servers take it for. */
  seen(host: string, session?: string): Promise<readonly string[]>
  signIn(host: string, email: string): Promise<string | null>
}

interface Started {
  readonly portal: TestPortal
  readonly other: number
  stop(): Promise<void>
}
const started = new Map<Open, Promise<Started>>()
after(async () => {
  for (const each of started.values()) await (await each).stop()
})

const startOnce = async (openTestDatabase: Open): Promise<Started> => {
  const stops: (() => unknown)[] = []
  const database = await openTestDatabase({ plugins: [numbers] })
  const portal = await startPortal(
    { after: stop => stops.push(stop) },
    { open: async () => database, plugins: [numbers] }
  )
  const second = await openDatabase({ url: database.url })
  const server = await createServer({
    settings: portal.installation.settings,
    database: second,
    plugins: [numbers],
    jobs: false,
    logger: false
  })
  await server.listen({ host: '127.0.0.1', port: 0 })
  stops.unshift(async () => {
    await server.close()
    await second.close()
  })
  return {
    portal,
    other: (server.server.address() as AddressInfo).port,
    stop: async () => {
      for (const stop of stops) await stop()
    }
  }
}

/** Two servers a database for all tests; each test begins again. */
const open = async (openTestDatabase: Open): Promise<World> => {
  if (!started.has(openTestDatabase)) started.set(openTestDatabase, startOnce(openTestDatabase))
  const { portal: first, other } = await started.get(openTestDatabase)!
  const portal = await beginAgain(first)
  const ask: World['ask'] = async (document, variables = {}) =>
    (await portal.query(consoleHost, document, { apiKey: portal.apiKey, variables })).json
  return {
    portal,
    other,
    ask,
    async data(document, variables) {
      const answer = await ask(document, variables)
      assert.equal(answer.errors, undefined, JSON.stringify(answer.errors))
      return answer.data
    },
    async refusal(document, variables) {
      const [error] = (await ask(document, variables)).errors ?? []
      return { ...error?.extensions, message: error?.message }
    },
    async seen(host, session) {
      const body = JSON.stringify({ query: session ? '{ me { companyName } }' : '{ portal { brandName } }' })
      const input = {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body,
        ...(session && { session })
      }
      const answers = await Promise.all([portal.port, other].map(port => sendRequest(port, host, '/graphql', input)))
      return answers.map(answer =>
        answer.status === 404
          ? `404 ${answer.text.trim()}`
          : (answer.json?.errors?.[0]?.extensions.code ??
            answer.json?.data?.me?.companyName ??
            answer.json?.data?.portal?.brandName)
      )
    },
    async signIn(host, email) {
      const document =
        'mutation ($email: String!, $password: String!) { login(email: $email, password: $password) { token } }'
      const answer = await portal.query(host, document, { variables: { email, password: testPassword } })
      return answer.json?.data?.login?.token ?? null
    }
  }
}

const close = `mutation ($id: ID!, $v: Int!) { closeCompany(id: $id, expectedVersion: $v, reason: "Contract ended") { status version } }`
const reopen = `mutation ($id: ID!, $v: Int!) { reopenCompany(id: $id, expectedVersion: $v) { status version } }`
const update = `mutation ($id: ID!, $v: Int!, $input: UpdateCompanyInput!) {
  updateCompany(id: $id, expectedVersion: $v, input: $input) { name accountCodes version } }`
const disable = `mutation ($id: ID!, $v: Int!) { disablePortalDomain(id: $id, expectedVersion: $v, reason: "sold") { enabled version } }`
const enable = `mutation ($id: ID!, $v: Int!) { enablePortalDomain(id: $id, expectedVersion: $v) { enabled version } }`
const remove = `mutation ($id: ID!, $v: Int!, $to: ID) { deletePortalDomain(id: $id, expectedVersion: $v, reassignTo: $to) { id companiesMoved } }`
const viewAs = 'mutation ($id: ID!, $domainId: ID) { viewAs(contactId: $id, domainId: $domainId) { url } }'
const companies = `query ($search: String, $status: String, $sort: String) {
  companies(search: $search, status: $status, sort: $sort) { nodes { id } totalCount warnings } }`

forEachDatabase('companies and brands over their life', openTestDatabase => {
  test('closing a company ends its sessions and view-as links on every process; reopening gives neither back', async () => {
    const { portal, data, seen, signIn } = await open(openTestDatabase)
    const { company, contact, session } = await portal.signedIn('Alder')
    await portal.override(company, 'page', 'SHOW')
    const { viewAs: ticket } = await data(viewAs, { id: contact.id })
    assert.deepEqual(await seen('acme.localhost', session), ['Alder', 'Alder'])
    assert.deepEqual(await data(close, { id: company.id, v: 2 }), { closeCompany: { status: 'INACTIVE', version: 3 } })
    assert.deepEqual(await seen('acme.localhost', session), ['UNAUTHENTICATED', 'UNAUTHENTICATED'])
    assert.equal(await signIn('acme.localhost', contact.email), null)
    assert.deepEqual(await data(reopen, { id: company.id, v: 3 }), { reopenCompany: { status: 'ACTIVE', version: 4 } })
    assert.deepEqual(await seen('acme.localhost', session), ['UNAUTHENTICATED', 'UNAUTHENTICATED'])
    const { pathname, search } = new URL(ticket.url)
    assert.equal((await portal.request('acme.localhost', pathname + search)).status, 401)
    const again = await signIn('acme.localhost', contact.email)
    assert.deepEqual(await seen('acme.localhost', again!), ['Alder', 'Alder'])
    const { company: now } = await data('query ($id: ID!) { company(id: $id) { overrides { key override } } }', {
      id: company.id
    })
    assert.deepEqual(now.overrides, [{ key: 'page', override: 'SHOW' }])
    const { auditLog } = await data(
      'query ($id: String!) { auditLog(target: $id) { nodes { action reason before after } } }',
      {
        id: company.id
      }
    )
    assert.deepEqual(auditLog.nodes.slice(0, 2), [
      { action: 'reopenCompany', reason: null, before: '{"status":"INACTIVE"}', after: '{"status":"ACTIVE"}' },
      {
        action: 'closeCompany',
        reason: 'Contract ended',
        before: '{"status":"ACTIVE"}',
        after: '{"status":"INACTIVE"}'
      }
    ])
  })

  test('of those who close and edit a company at the same time, one wins each time', async () => {
    const { portal, ask } = await open(openTestDatabase)
    for (let round = 0; round < 5; round++) {
      const { id } = await portal.company(`Race ${round}`)
      const answers = await Promise.all([
        ask(close, { id, v: 1 }),
        ask(update, { id, v: 1, input: { name: `Renamed ${round}` } }),
        ask(update, { id, v: 1, input: { accountCodes: [`race-${round}`] } }),
        ask('mutation ($id: ID!) { assignCompanyDomain(companyId: $id, expectedVersion: 1) { id } }', { id })
      ])
      const codes = answers.map(answer => answer.errors?.[0]?.extensions.code ?? 'ok')
      assert.deepEqual(codes.toSorted(), ['CONFLICT', 'CONFLICT', 'CONFLICT', 'ok'])
      assert.equal((await portal.installation.stores.companies.get(id))?.version, 2)
    }
  })

  test('an account code goes to one of those who want it, and the others are told which it was', async () => {
    const { portal, ask } = await open(openTestDatabase)
    const rivals = await Promise.all(['One', 'Two', 'Three', 'Four'].map(name => portal.company(name)))
    const answers = await Promise.all(
      rivals.map(({ id }) =>
        ask(update, {
          id,
          v: 1,
          input: { accountCodes: ['free', 'wanted'].map(c => (c === 'free' ? `${id}-own` : c)) }
        })
      )
    )
    const refused = answers.flatMap(answer => answer.errors ?? [])
    assert.deepEqual(
      refused.map(error => [error.extensions.code, error.message]),
      Array.from({ length: 3 }, () => ['CONFLICT', 'The account code wanted is taken.'])
    )
    for (const [index, { id }] of rivals.entries()) {
      const now = await portal.installation.stores.companies.get(id)
      assert.equal(now?.accountCodes.length, answers[index].errors ? 0 : 2)
    }
  })

  test('bad input is named, and writes nothing', async () => {
    const { portal, data, refusal } = await open(openTestDatabase)
    const other = await portal.company('Other', { accountCodes: ['theirs'] })
    const { id } = await portal.company('Mine')
    const refused = async (input: Readonly<Record<string, unknown>>): Promise<readonly unknown[]> => {
      const { code, fields } = await refusal(update, { id, v: 1, input })
      return [code, Object.keys(fields ?? {}).join()]
    }
    assert.deepEqual(await refused({ name: '   ' }), ['BAD_USER_INPUT', 'input.name'])
    assert.deepEqual(await refused({ name: 'a\u0007b' }), ['BAD_USER_INPUT', 'input.name'])
    assert.deepEqual(await refused({ name: 'a\u0000b' }), ['BAD_USER_INPUT', 'input.name'])
    assert.deepEqual(await refused({ name: null }), ['BAD_USER_INPUT', 'input.name'])
    assert.deepEqual(await refused({ name: 'x'.repeat(121) }), ['BAD_USER_INPUT', 'input.name'])
    assert.deepEqual(await refused({ accountCodes: ['x', ' x '] }), ['BAD_USER_INPUT', 'input.accountCodes.1'])
    assert.deepEqual(await refused({ accountCodes: ['\u007f'] }), ['BAD_USER_INPUT', 'input.accountCodes.0'])
    assert.deepEqual(await refused({ accountCodes: ['theirs'] }), ['CONFLICT', ''])
    for (const reason of ['', ' \n ', 'x'.repeat(501)]) {
      const document = `mutation ($id: ID!, $r: String!) { suspendCompany(id: $id, expectedVersion: 1, reason: $r) { id } }`
      assert.deepEqual(Object.keys((await refusal(document, { id, r: reason })).fields), ['reason'])
    }
    const state = await refusal(reopen, { id, v: 1 })
    assert.deepEqual(
      [state.code, state.reason, state.status, state.possible],
      ['PRECONDITION_FAILED', 'COMPANY_STATUS', 'ACTIVE', ['suspend', 'close']]
    )
    assert.equal((await refusal(close, { id: 'nobody', v: 1 })).code, 'NOT_FOUND')
    assert.deepEqual(Object.keys((await refusal(companies, { sort: 'size' })).fields), ['sort'])
    assert.deepEqual(Object.keys((await refusal(companies, { status: 'DEAD' })).fields), ['status'])
    const brand = portal.world.globex
    const renamed = `mutation ($id: ID!, $input: UpdatePortalDomainInput!) { updatePortalDomain(id: $id, expectedVersion: 1, input: $input) { brandName } }`
    for (const [input, field] of [
      [{ brandName: ' ' }, 'input.brandName'],
      [{ currencies: ['EUR', 'EURO'] }, 'input.currencies.1'],
      [{ currencies: null }, 'input.currencies']
    ] as const)
      assert.deepEqual(Object.keys((await refusal(renamed, { id: brand.id, input })).fields), [field])
    assert.deepEqual((await portal.installation.stores.companies.get(id))?.version, 1)
    assert.deepEqual((await portal.installation.stores.brands.get({ id: brand.id }))?.version, 1)
    assert.deepEqual((await portal.installation.stores.companies.get(other.id))?.accountCodes, ['theirs'])
    // A formula is a text like any other.
    const { updateCompany } = await data(update, { id, v: 1, input: { name: '=cmd()' } })
    assert.equal(updateCompany.name, '=cmd()')
  })

  test('a disabled brand answers like an unknown host on every process, and nobody is signed in there', async () => {
    const { portal, data, refusal, seen, signIn } = await open(openTestDatabase)
    const { globex, acme } = portal.world
    const settled = await portal.signedIn('Settled', { domain: globex })
    const roamer = await portal.company('Roamer', { domain: null })
    const contact = await portal.contact(roamer, 'roamer@example.net')
    const there = await portal.session(contact, globex)
    const here = await portal.session(contact, acme)
    assert.deepEqual(await seen('globex.localhost'), ['Globex Telecom', 'Globex Telecom'])
    assert.equal((await refusal(disable, { id: acme.id, v: 1 })).code, 'PRECONDITION_FAILED')
    assert.deepEqual(await data(disable, { id: globex.id, v: 1 }), {
      disablePortalDomain: { enabled: false, version: 2 }
    })
    const unknown = await seen('nowhere.localhost')
    assert.match(unknown[0]!, /^404/)
    for (const session of [undefined, settled.session, there])
      assert.deepEqual(await seen('globex.localhost', session), unknown)
    assert.deepEqual(await seen('acme.localhost', here), ['Roamer', 'Roamer'])
    assert.equal(await signIn('acme.localhost', settled.contact.email), null)
    for (const variables of [{ id: settled.contact.id }, { id: contact.id, domainId: globex.id }])
      assert.equal((await refusal(viewAs, variables)).reason, 'BRAND_DISABLED')
    const { portalDomain } = await data('query ($id: ID!) { portalDomain(id: $id) { enabled } }', { id: globex.id })
    assert.equal(portalDomain.enabled, false)
    const { portalDomains } = await data('{ portalDomains(enabled: false) { nodes { fqdn } } }')
    assert.deepEqual(portalDomains.nodes, [{ fqdn: 'globex.localhost' }])
    await data(enable, { id: globex.id, v: 2 })
    assert.deepEqual(await seen('globex.localhost', settled.session), ['UNAUTHENTICATED', 'UNAUTHENTICATED'])
    const again = await signIn('globex.localhost', settled.contact.email)
    assert.deepEqual(await seen('globex.localhost', again!), ['Settled', 'Settled'])
  })

  test('a new brand name is on the host at once, on every process', async () => {
    const { portal, data, seen } = await open(openTestDatabase)
    await seen('acme.localhost')
    await data(
      'mutation ($id: ID!) { updatePortalDomain(id: $id, expectedVersion: 1, input: { brandName: "Acme & Sons" }) { id } }',
      { id: portal.world.acme.id }
    )
    assert.deepEqual(await seen('acme.localhost'), ['Acme & Sons', 'Acme & Sons'])
  })

  test('a brand is deleted with its companies moved, or not at all', async () => {
    const { portal, data, refusal, seen, signIn } = await open(openTestDatabase)
    const { acme, globex } = portal.world
    const moving = await portal.signedIn('Moving', { domain: globex })
    const twin = await portal.company('Twin', { domain: globex })
    await portal.contact(twin, 'ada@example.net')
    const resident = await portal.contact(await portal.company('Resident'), 'ada@example.net')
    assert.equal((await refusal(remove, { id: globex.id, v: 1 })).code, 'PRECONDITION_FAILED')
    const conflict = await refusal(remove, { id: globex.id, v: 1, to: acme.id })
    assert.deepEqual([conflict.code, conflict.message.includes('ada@example.net')], ['CONFLICT', true])
    assert.deepEqual(await seen('globex.localhost', moving.session), ['Moving', 'Moving'])
    await portal.database.transaction(trx => trx.raw('DELETE FROM contact WHERE id = ?', [resident.id]))
    assert.deepEqual(await data(remove, { id: globex.id, v: 1, to: acme.id }), {
      deletePortalDomain: { id: globex.id, companiesMoved: 2 }
    })
    assert.match((await seen('globex.localhost', moving.session)).join(), /^404.*404/s)
    const token = await signIn('acme.localhost', moving.contact.email)
    assert.deepEqual(await seen('acme.localhost', token!), ['Moving', 'Moving'])
    assert.equal((await refusal(remove, { id: globex.id, v: 1 })).code, 'NOT_FOUND')
    // The host name is free again.
    await data('mutation { createPortalDomain(input: { fqdn: "globex.localhost", brandName: "Heir" }) { id } }')
    assert.deepEqual(await seen('globex.localhost'), ['Heir', 'Heir'])
  })

  test('companies that come to a brand while it is deleted stop it or find it gone', async () => {
    const { portal, ask } = await open(openTestDatabase)
    for (let round = 0; round < 4; round++) {
      const brand = await portal.installation.stores.brands.create(
        { fqdn: `short-${round}.localhost`, brandName: 'Short', currencies: [], features: [] },
        { operator: { actor: 'staff:test', name: 'Test', role: 'ADMIN', ip: '127.0.0.1' } }
      )
      const mover = await portal.company(`Mover ${round}`)
      const create = `mutation ($d: ID!) { createCompany(input: { name: "New", userType: CUSTOMER, currency: "EUR", domainId: $d }) { id } }`
      const answers = await Promise.all([
        ask(create, { d: brand.id }),
        ask(remove, { id: brand.id, v: 1 }),
        ask('mutation ($id: ID!, $d: ID!) { assignCompanyDomain(companyId: $id, domainId: $d) { id } }', {
          id: mover.id,
          d: brand.id
        })
      ])
      const codes = answers.map(answer => answer.errors?.[0]?.extensions.code ?? 'ok')
      const gone = codes[1] === 'ok'
      if (gone)
        assert.deepEqual(
          [codes[0], codes[2]].filter(code => code === 'ok'),
          []
        )
      else assert.equal(codes[1], 'PRECONDITION_FAILED', codes.join())
      for (const code of codes)
        assert.ok(['ok', 'NOT_FOUND', 'PRECONDITION_FAILED', 'CONFLICT'].includes(code), codes.join())
    }
  })

  test('another default brand counts at once for companies without a home', async () => {
    const { portal, other, data } = await open(openTestDatabase)
    const { acme, globex } = portal.world
    const { id } = await portal.company('Homeless', { domain: null })
    const document = 'query ($id: ID!) { effectiveAccess(companyId: $id) { domainId features { effective } } }'
    const told = async () => {
      const body = JSON.stringify({ query: document, variables: { id } })
      const input = { method: 'POST', headers: { 'content-type': 'application/json' }, body, apiKey: portal.apiKey }
      const answer = await sendRequest(other, consoleHost, '/operator/graphql', input)
      return [answer.json.data.effectiveAccess.domainId, answer.json.data.effectiveAccess.features[0].effective]
    }
    await data(
      'mutation ($id: ID!) { setDomainFeatures(domainId: $id, features: [{ key: "page", enabled: false }]) { id } }',
      {
        id: globex.id
      }
    )
    assert.deepEqual(await told(), [acme.id, true])
    await data('mutation ($id: ID!) { setDefaultPortalDomain(id: $id, expectedVersion: 2) { isDefault } }', {
      id: globex.id
    })
    assert.deepEqual(await told(), [globex.id, false])
  })

  test('a search finds by everything in hand, and says when a part of it failed', async t => {
    const { portal, data } = await open(openTestDatabase)
    const { company: one, contact } = await portal.signedIn('Alder Bakery', { accountCodes: ['4711'] })
    const two = await portal.company('Birch', { status: 'PENDING' })
    const find = async (search: string, more: Readonly<Record<string, unknown>> = {}) => {
      const { nodes, warnings } = (await data(companies, { search, ...more })).companies
      return [nodes.map((node: { id: string }) => node.id), warnings]
    }
    assert.equal(contact.email, 'alder-bakery@example.net')
    for (const text of ['der bak', one.id, ' 4711 ', 'ALDER-bakery@example.net', 'alder-bakery@', 'alder-bakery@ex'])
      assert.deepEqual(await find(text), [[one.id], []], text)
    for (const text of [
      '471',
      'bakery@',
      'lder-bakery@example.net',
      'alder-bakery@example.net.uk',
      '@',
      '%',
      "' OR 1=1 --"
    ])
      assert.deepEqual(await find(text), [[], []], text)
    const { contacts } = portal.installation.people
    const person = { companyId: two.id, passwordHash: null }
    await contacts.create(
      { ...person, name: 'Bo', email: 'bo@xn--bcher-kva.example', phone: '+49 (0)30 12-34 56 78' },
      testActor
    )
    await contacts.create({ ...person, name: 'Cy', email: 'cy@example.net', mobile: '0171 / 2345678' }, testActor)
    for (const text of [
      'bo@bücher.example',
      'BO@BÜCHER.example',
      '+49 30 12345678',
      '0049 30 12345678',
      '030/12345678',
      '30 1234 5678',
      'tel:+491712345678',
      '01712345678'
    ])
      assert.deepEqual(await find(text), [[two.id], []], text)
    for (const text of ['345678', '+49 30 123456789', '+49 40 12345678', '030/1234567', 'bo@büche'])
      assert.deepEqual(await find(text), [[], []], text)
    found.ids = [two.id, 'nobody', "'; --"]
    assert.deepEqual(await find('4930123456'), [[two.id], []])
    assert.deepEqual(await find('4930123456', { status: 'ACTIVE' }), [[], []])
    found.ids = [...Array.from({ length: 100 }, (_, n) => `nobody-${n}`), two.id]
    assert.deepEqual(await find('4930123456'), [[], []])
    failing.now = true
    t.after(() => {
      failing.now = false
    })
    const [ids, warnings] = await find('alder')
    assert.deepEqual(ids, [one.id])
    assert.equal(warnings.length, 1)
    assert.match(warnings[0], /plugin numbers .*could not be searched/)
    assert.doesNotMatch(warnings[0], /index of numbers/)
  })
})
