import assert from 'node:assert/strict'
import { test } from 'node:test'
import { hashToken, newToken } from '../../http/tokens.ts'
import { forEachDatabase, openers } from '../support/databases.ts'
import { type Answer, consoleHost, type RequestInput, testActor } from '../support/portal.ts'
import { type IsolationWorld, openIsolationWorld } from './isolation-world.ts'

interface Door {
  readonly name: string
  readonly host: string
  readonly path: string
  readonly credential: RequestInput
  /** A cheap query, and a mutation that changes nothing. */
  readonly query: string
  readonly mutation: string
}

const doorsOf = (world: IsolationWorld): readonly Door[] => [
  {
    ...{ name: 'portal', host: 'acme.localhost', path: '/graphql', credential: { session: world.party('a1').session } },
    ...{ query: 'portal { brandName }', mutation: 'endSession(id: "none")' }
  },
  {
    ...{ name: 'console', host: consoleHost, path: '/operator/graphql', credential: { apiKey: world.portal.apiKey } },
    ...{ query: 'portalDomains { totalCount }', mutation: 'revokeApiKey(id: "none")' }
  }
]

const post = (world: IsolationWorld, door: Door, body: string, type = 'application/json'): Promise<Answer> =>
  world.portal.request(door.host, door.path, {
    method: 'POST',
    ...door.credential,
    body,
    headers: { 'content-type': type }
  })
const ask = (world: IsolationWorld, door: Door, query: string): Promise<Answer> =>
  post(world, door, JSON.stringify({ query }))
const withoutNonce = ({ status, text }: Answer): string => `${status} ${text.replaceAll(/nonce="[\w+/=]{24}"/g, '')}`
const code = (answer: Answer): string | undefined => answer.json?.errors?.[0]?.extensions?.code
const refused = (answer: Answer, codes: readonly string[], what: string): void => {
  assert.ok(codes.includes(code(answer) ?? ''), `${what}: ${answer.status} ${answer.text.slice(0, 300)}`)
  assert.ok(answer.status < 500, what)
  assert.equal(answer.json.data ?? null, null, what)
}

forEachDatabase('what scanners of GraphQL look for', open => {
  test('is found at neither endpoint', async t => {
    const world = await openIsolationWorld(t, open)
    for (const door of doorsOf(world)) {
      const plain = await ask(world, door, `{ ${door.query} }`)
      assert.equal(plain.status, 200, plain.text)
      assert.equal(plain.json.errors, undefined, plain.text)

      const many = (count: number): string => Array.from({ length: count }, (_, n) => `a${n}: ${door.query}`).join(' ')
      refused(await ask(world, door, `{ ${many(101)} }`), ['QUERY_TOO_COMPLEX'], `${door.name}: aliases`)
      refused(await ask(world, door, `{ ${many(21)} }`), ['QUERY_TOO_COMPLEX'], `${door.name}: a few aliases too many`)

      const batch = JSON.stringify(Array.from({ length: 10 }, () => ({ query: `{ ${door.query} }` })))
      refused(await post(world, door, batch), ['QUERY_INVALID'], `${door.name}: a list of requests`)

      const get = (query: string, more = ''): Promise<Answer> =>
        world.portal.request(door.host, `${door.path}?query=${encodeURIComponent(query)}${more}`, {
          ...door.credential,
          headers: { accept: 'application/json' }
        })
      const changing = await get(`mutation { ${door.mutation} }`)
      assert.equal(changing.status, 405, changing.text)
      const named = await get(`query A { ${door.query} } mutation B { ${door.mutation} }`, '&operationName=B')
      assert.equal(named.status, 405, named.text)

      const form = `query=${encodeURIComponent(`{ ${door.query} }`)}`
      for (const type of [
        'application/x-www-form-urlencoded',
        'text/plain',
        'multipart/form-data; boundary=x',
        'application/graphql'
      ]) {
        const answer = await post(world, door, form, type)
        assert.equal(answer.status, 415, `${door.name} ${type}: ${answer.text}`)
      }

      refused(
        await ask(world, door, `{ ${Array.from({ length: 501 }, () => '__typename').join(' ')} }`),
        ['QUERY_TOO_COMPLEX'],
        `${door.name}: repeated fields`
      )
      refused(
        await ask(world, door, `{ __typename ${'@skip(if: false) '.repeat(10)} }`),
        ['QUERY_INVALID'],
        `${door.name}: a directive ten times`
      )
      refused(
        await ask(world, door, `{ __typename ${'@aa'.repeat(600)} }`),
        ['QUERY_TOO_COMPLEX', 'QUERY_INVALID'],
        `${door.name}: a flood of directives`
      )

      const circular = `{ __schema { types { ${'fields { type { '.repeat(9)} name ${'} }'.repeat(9)} } } }`
      refused(await ask(world, door, circular), ['QUERY_TOO_COMPLEX'], `${door.name}: circular introspection`)
      refused(
        await ask(world, door, 'query { ...A } fragment A on Query { ...B } fragment B on Query { ...A }'),
        ['QUERY_INVALID'],
        `${door.name}: circular fragments`
      )
      refused(
        await ask(world, door, 'query { __typename } fragment A on Query { __typename ...A }'),
        ['QUERY_INVALID'],
        `${door.name}: a fragment in itself`
      )

      const wrong = await ask(world, door, `{ ${door.query.replace(/^(\w+?)\w(?=\W)/, '$1')} }`)
      refused(wrong, ['QUERY_INVALID'], `${door.name}: a misspelt field`)
      assert.doesNotMatch(wrong.text, /did you mean/i, wrong.text)
      const nested = await ask(world, door, `{ ${door.query.replace(/\w+ }$/, 'totalCoun brandNam }')} }`)
      assert.doesNotMatch(nested.text, /did you mean|totalCount|brandName/i, nested.text)
      assert.doesNotMatch((await ask(world, door, '{ __type(nam: "Query") { name } }')).text, /did you mean/i)
      assert.doesNotMatch(
        (await post(world, door, JSON.stringify({ query: `query ($a: Strin) { ${door.query} }` }))).text,
        /did you mean/i
      )

      assert.doesNotMatch(plain.text, /"tracing"|"stack"|"exception"/)
      assert.equal(plain.json.extensions, undefined)
      for (const header of ['apollo-tracing', 'x-apollo-tracing', 'x-debug'])
        assert.doesNotMatch(
          (
            await world.portal.request(door.host, door.path, {
              method: 'POST',
              ...door.credential,
              body: JSON.stringify({ query: `{ ${door.query} }` }),
              headers: { 'content-type': 'application/json', [header]: '1' }
            })
          ).text,
          /tracing|stack/
        )

      const pageAt = (path: string): Promise<Answer> =>
        world.portal.request(door.host, path, { ...door.credential, headers: { accept: 'text/html' } })
      for (const path of [door.path, `${door.path}/graphiql`]) {
        const page = await pageAt(path)
        assert.ok(page.status >= 400 && page.status < 500, `${door.name} ${path}: ${page.status}`)
        assert.doesNotMatch(page.text, /<html|<script/i)
      }
      // Any other address is the site's own page, which says that there is no such page.
      const site = await pageAt('/no-such-page')
      for (const path of ['/graphiql', '/playground', '/altair', '/console', '/voyager']) {
        const page = await pageAt(path)
        assert.equal(withoutNonce(page), withoutNonce(site), `${door.name} ${path}`)
        assert.doesNotMatch(page.text, /graphiql|playground|altair|voyager/i)
      }

      const long = await ask(world, door, `{ ${door.query} } #${'x'.repeat(900_000)}`)
      refused(long, ['QUERY_TOO_COMPLEX'], `${door.name}: a long comment`)
      const huge = await ask(world, door, `{ __type(name: "${'y'.repeat(2_000_000)}") { name } }`)
      assert.equal(huge.status, 413, `${door.name}: two million characters`)
      let deep: unknown = 1
      for (let n = 0; n < 2_000; n++) deep = { a: deep }
      refused(
        await post(
          world,
          door,
          JSON.stringify({
            query: `query ($v: Int) { ${door.query} __type(name: "a") { name } }`,
            variables: { v: deep }
          })
        ),
        ['QUERY_TOO_COMPLEX', 'BAD_USER_INPUT', 'QUERY_INVALID'],
        `${door.name}: deep variables`
      )
      assert.equal((await ask(world, door, `{ ${door.query} }`)).text, plain.text, 'alive and the same')
    }
  })

  test('many sign-ins in one request count as what they are: one', async t => {
    const world = await openIsolationWorld(t, open)
    const [portal] = doorsOf(world)
    const login = (n: number): string => `a${n}: login(email: "a@b.example", password: "guess ${n}") { token }`
    const answer = await ask(world, portal!, `mutation { ${[0, 1].map(login).join(' ')} }`)
    refused(answer, ['QUERY_INVALID', 'QUERY_TOO_COMPLEX'], 'two sign-ins')
    const hidden = await ask(world, portal!, `mutation { ${login(0)} ...F } fragment F on Mutation { ${login(1)} }`)
    refused(hidden, ['QUERY_INVALID', 'QUERY_TOO_COMPLEX'], 'one more in a fragment')
  })

  test('introspection shows a viewer what it may use, and nobody the rest', async t => {
    const world = await openIsolationWorld(t, open)
    const all =
      '{ __schema { queryType { fields { name } } mutationType { fields { name } } types { name fields { name } inputFields { name } enumValues { name } } } }'
    const seen = async (session?: string): Promise<string> =>
      (await world.portal.query('acme.localhost', all, session === undefined ? {} : { session })).text
    const [customer, carrier, nobody] = [
      await seen(world.party('a1').session),
      await seen(world.party('ak').session),
      await seen()
    ]
    assert.match(customer, /"dids"/)
    assert.doesNotMatch(customer, /carrierDid|providerCharge|providerRate|CarrierDid|gatewayIp/)
    assert.match(carrier, /"carrierDids"/)
    assert.doesNotMatch(carrier, /"dids"|"updateDid"|"charge"|"sourceIp"|didTags|DidPatch/)
    assert.match(nobody, /"portal"/)
    assert.doesNotMatch(nobody, /"cdrs"|"dids"|"Cdr"|"charge"|updateDid|exportJob|"me"/)
    const operator = await world.portal.query(consoleHost, all)
    assert.equal(operator.status, 401, operator.text)
  })
})

test('a credential opens its own kind of host only', async t => {
  for (const open of Object.values(openers)) {
    const world = await openIsolationWorld(t, open)
    const { portal } = world
    const keyOf = async (role: 'ADMIN' | 'SUPPORT' | 'AUDITOR' | 'INGEST'): Promise<string> => {
      const key = newToken()
      await portal.installation.people.staff.createApiKey({ name: role, keyHash: hashToken(key), role }, testActor)
      return key
    }
    const keys = {
      ADMIN: await keyOf('ADMIN'),
      SUPPORT: await keyOf('SUPPORT'),
      AUDITOR: await keyOf('AUDITOR'),
      INGEST: await keyOf('INGEST')
    }
    const routes = portal.installation.plugins.flatMap(plugin => plugin.routes ?? [])
    const body = { headers: { 'content-type': 'application/json' }, body: '{}' }
    const hit = (host: string, method: string, path: string, input: RequestInput): Promise<Answer> =>
      portal.request(host, path, {
        method,
        ...(method === 'GET' ? {} : body),
        ...input,
        headers: { ...(method === 'GET' ? {} : body.headers), ...input.headers }
      })

    // An operator's key on a brand's host is nobody's.
    for (const [role, apiKey] of Object.entries(keys))
      for (const host of ['acme.localhost', 'globex.localhost']) {
        const me = await portal.query(host, '{ me { email } cdrColumns { name } }', { apiKey })
        assert.equal(me.json?.data ?? null, null, `${role} on ${host}: ${me.text}`)
        for (const path of [
          '/operator/graphql',
          '/operator/session',
          ...routes.filter(route => route.host === 'CONSOLE').map(route => route.url)
        ])
          for (const method of ['GET', 'POST', 'PUT'])
            assert.equal((await hit(host, method, path, { apiKey })).status, 404, `${role} ${method} ${host}${path}`)
      }
    // A contact's session on the console host opens nothing, as bearer and as cookie.
    for (const { session } of world.parties)
      for (const credential of [{ session }, { cookie: session }] as const) {
        const schema = await portal.query(
          consoleHost,
          '{ portalDomains { totalCount } __schema { types { name } } }',
          credential
        )
        assert.equal(schema.status, 401, schema.text)
        assert.doesNotMatch(schema.text, /zq-|Query|totalCount/)
        for (const route of routes.filter(each => each.host === 'CONSOLE')) {
          const answer = await hit(consoleHost, route.method, route.url, credential)
          assert.equal(answer.status, 401, `${route.method} ${route.url}: ${answer.text}`)
        }
        for (const path of ['/graphql', '/view-as?ticket=x', ...world.party('a1').exports.map(({ url }) => url)])
          assert.ok([401, 404].includes((await hit(consoleHost, 'GET', path, credential)).status), path)
      }
    // The ingest key loads calls and does nothing else.
    for (const document of [
      '{ portalDomains { totalCount } }',
      '{ __schema { types { name } } }',
      '{ __typename }',
      'mutation { revokeApiKey(id: "x") }'
    ]) {
      const answer = await portal.query(consoleHost, document, { apiKey: keys.INGEST })
      assert.ok(
        answer.json?.data == null || Object.values(answer.json.data).every(each => each === null),
        `${document}: ${answer.text}`
      )
    }
    for (const route of routes.filter(each => each.host === 'CONSOLE'))
      for (const [role, apiKey] of Object.entries(keys)) {
        const answer = await hit(consoleHost, route.method, route.url, { apiKey })
        const may = route.host === 'CONSOLE' && (route.roles as readonly string[]).includes(role)
        assert.equal(
          answer.status === 403,
          !may,
          `${role} ${route.method} ${route.url}: ${answer.status} ${answer.text}`
        )
      }
    assert.ok(routes.some(each => each.host === 'CONSOLE' && (each.roles as readonly string[]).includes('INGEST')))
  }
})
