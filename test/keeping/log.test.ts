import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { test } from 'node:test'
import { definePlugin, type PluginDatabase, type PortalContext } from '../../core/plugin-api.ts'
import { openDatabase } from '../../db/connect.ts'
import { redactText } from '../../http/redact.ts'
import { newRecoveryCode } from '../../http/second-factor.ts'
import { readSettings } from '../../http/settings.ts'
import { newToken } from '../../http/tokens.ts'
import { base32 } from '../../http/totp.ts'
import { forEachDatabase } from '../support/databases.ts'
import { logLines } from '../support/log-lines.ts'
import { consoleHost, startPortal } from '../support/portal.ts'

// What must never stand in a log, each where it could get into one.
const canary = {
  email: 'canary.person@customer-of-ours.example',
  number: '442079460958',
  grouped: '+44 (20) 7946-0958',
  password: 'canary-password-7f3a',
  token: newToken(),
  ticket: newToken(),
  totp: base32(randomBytes(20)),
  recovery: newRecoveryCode(),
  signature: newToken(),
  apiKey: 'canary-operator-key-of-the-settings',
  secret: 'canary-secret-of-the-settings-0123456789',
  row: 'canary words of a customer'
} as const

const told = `call ${canary.number} or ${canary.grouped}, write ${canary.email}, https://x.example/view-as?ticket=short-ticket-1 Bearer ${canary.token}, authenticator ${canary.totp}, code ${canary.recovery}`

const faulty = (): Error =>
  Object.assign(new Error(told, { cause: new Error(`inside: ${told}`, { cause: { toString: () => told } }) }), {
    detail: `Key (email)=(${canary.email}) ${canary.row}`,
    where: canary.row,
    bindings: [canary.row, canary.password],
    variables: { password: canary.password },
    config: { headers: { authorization: canary.password, cookie: canary.password } }
  })

const refused = (work: Promise<unknown>): Promise<never> =>
  work.then(
    () => assert.fail('the database took it'),
    error => {
      throw error
    }
  )

const leaky = definePlugin({
  name: 'leaky',
  version: '1.0.0',
  engine: '^0.1.0',
  owner: 'tests',
  features: [{ key: 'leaky', title: 'Leaky', group: 'Test', kind: 'PAGE', userTypes: ['CUSTOMER'] }],
  tables: { leak: { CUSTOMER: 'company_id' } },
  migrations: [
    {
      name: '001',
      statements: () => [
        'CREATE TABLE leak (id TEXT PRIMARY KEY, company_id TEXT NOT NULL, words TEXT NOT NULL, n BIGINT CHECK (n < 10))'
      ]
    }
  ],
  schema: `
    extend type Query {
      thrown: Boolean @feature(key: "leaky")
      odd: Boolean @feature(key: "leaky")
      check(words: String!): Boolean @feature(key: "leaky")
      missing(words: String!): Boolean @feature(key: "leaky")
      syntax(words: String!): Boolean @feature(key: "leaky")
      slow: Boolean @feature(key: "leaky")
    }
  `,
  resolvers: {
    Query: {
      thrown: () => {
        throw faulty()
      },
      odd: () => {
        throw { note: told, password: canary.password }
      },
      check: (_: unknown, { words }: { words: string }, { scope }: PortalContext) =>
        refused(scope.insert('leak', { id: words, words, n: 442079460958 })),
      missing: (_: unknown, { words }: { words: string }, { scope }: PortalContext) =>
        refused(scope.insert('leak', { id: words, words: null })),
      syntax: (_: unknown, { words }: { words: string }, { scope }: PortalContext) =>
        refused(scope.from('leak').whereRaw('json_extract(words, ?) = 1', [words]).orWhere('nowhere', words)),
      slow: () => new Promise(resolve => setTimeout(() => resolve(true), 1_050))
    }
  },
  routes: [
    {
      method: 'POST',
      url: '/leaky/:number',
      host: 'PORTAL',
      features: [],
      handle: async () => {
        throw faulty()
      }
    }
  ],
  jobs: [
    {
      name: 'tell',
      everySeconds: 3_600,
      run: async (db: PluginDatabase) => {
        await db.insertMany('leak', [{ id: canary.email, company_id: 'c', words: canary.row, n: 442079460958 }])
      }
    }
  ]
})

test('what is masked, and what stays readable', () => {
  for (const text of [
    ...Object.values(canary).filter(value => ![canary.password, canary.row, canary.apiKey].includes(value as never)),
    '020 7946 0958',
    '(020) 7946 0958',
    '020.7946.0958',
    '4420 7946 0958',
    '1-800-794-6958',
    '1.800.794.6958',
    '٤٤٢٠٧٩٤٦٠٩٥٨',
    `GET /people/${canary.email.replace('@', '%40')}`,
    `x-api-key: ${canary.password}`,
    `value "${canary.row}" is out of range for type integer`,
    `date/time field value out of range: "${canary.row}"`,
    `postgres://portal:${canary.password}@db.example:5432/portal`,
    `invalid input syntax for type bigint: "${canary.row}"`,
    `Unexpected token 'c', "${canary.row}" is not valid JSON`,
    `Variable "$n" got invalid value "${canary.row}"; Int cannot represent`,
    `Key (name)=(${canary.row}) already exists`,
    `GET /sign-in?token=${canary.row.replaceAll(' ', '-')}`
  ]) {
    const masked = redactText(text)
    assert.ok(masked.includes('***'), text)
    for (const value of [
      ...Object.values(canary),
      '7946',
      '794',
      '٧٩٤',
      'canary.person',
      canary.row.replaceAll(' ', '-')
    ])
      assert.ok(!masked.includes(value), `${text} → ${masked}`)
  }
  for (const text of [
    'at Endpoint.handle (file:///srv/portal/graphql/endpoint.ts:123:45)',
    'at /srv/portal/node_modules/@fastify/cookie/plugin.js:10:3',
    'company q3Zr7Xk2Pp0aB1-_ on brand.example, 192.0.2.14, 2026-11-21T10:11:12.000Z, 503, 12.5 ms',
    'SQLITE_FULL: database or disk is full',
    'ready at 2026-11-21 10:11:12 on 192.168.100.200:4000, version 1.2.3, 3 of 12 in 1500 ms'
  ])
    assert.equal(redactText(text), text)
  // What a customer wrote must not hold everybody up while it is redacted.
  for (const piece of ['a', '1.', '1 ', "a'", '+1', '%4', 'Key (', '/x?a=b']) {
    const text = piece.repeat(8_000)
    const begun = process.cpuUsage()
    for (let round = 0; round < 5; round += 1) redactText(text)
    const ms = process.cpuUsage(begun).user / 5_000
    assert.ok(ms < 60, `${piece}: ${ms} ms`)
  }
})

forEachDatabase('no log line tells a secret or a number', open => {
  test('whatever goes wrong, each incident id is found', async t => {
    const settings = { ...readSettings({}), secret: canary.secret, operatorApiKey: canary.apiKey }
    const { log, lines } = logLines(settings)
    const portal = await startPortal(t, {
      open: () => open({ plugins: [leaky] }),
      plugins: [leaky],
      logger: log,
      jobs: true,
      settings: { secret: canary.secret, operatorApiKey: canary.apiKey }
    })
    const { session, contact } = await portal.signedIn('Ada')
    const incidents: string[] = []
    const send = async (...request: Parameters<typeof portal.request>): Promise<number> => {
      const answer = await portal.request(...request)
      for (const { extensions } of answer.json?.errors ?? [])
        if (extensions?.incidentId !== undefined) incidents.push(extensions.incidentId)
      return answer.status
    }
    const graphql = (host: string, query: unknown, more: object = {}, variables: unknown = {}) =>
      send(host, host === consoleHost ? '/operator/graphql' : '/graphql', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ query, variables }),
        ...more
      })
    const acme = 'acme.localhost'
    for (const words of [canary.row, canary.email, canary.number]) {
      for (const field of ['check', 'missing', 'syntax'])
        await graphql(acme, `query ($w: String!) { ${field}(words: $w) }`, { session }, { w: words })
      await graphql(acme, `{ check(words: "${words}") }`, { session })
    }
    for (const field of ['thrown', 'odd', 'slow']) await graphql(acme, `{ ${field} }`, { session })
    await graphql(acme, '{ thrown }', { cookie: session, headers: { 'content-type': 'application/json' } })
    assert.equal(await send(acme, `/leaky/${canary.number}?to=${canary.email}`, { method: 'POST', session }), 500)
    // Refusals of each kind.
    await graphql(acme, `mutation { login(email: "${canary.email}", password: "${canary.password}") { token } }`)
    await graphql(acme, 'mutation ($p: Int!) { login(email: $p, password: $p) { token } }', {}, { p: canary.password })
    await send(acme, '/graphql', {
      method: 'POST',
      session,
      headers: { 'content-type': 'application/json' },
      body: `{"query": "${canary.row}", ${canary.email}`
    })
    await send(acme, `/view-as?ticket=${canary.ticket}`)
    await send(acme, `/exports/${canary.number}/${canary.signature}`, { session: canary.token })
    await send(consoleHost, '/operator/graphql', { apiKey: canary.token })
    await send(consoleHost, '/operator/session', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ email: canary.email, password: canary.password })
    })
    await graphql(consoleHost, `{ companies(search: "${canary.email}") { nodes { id } } }`, { apiKey: portal.apiKey })
    await graphql(consoleHost, `mutation { viewAs(contactId: "${contact.id}") { url } }`, { apiKey: portal.apiKey })
    await send('nobody.example', `/x?secret=${canary.password}`, { headers: { cookie: `portal=${canary.token}` } })
    await send(acme, `/%zz?n=${canary.number}`)
    while (!lines.some(line => line.includes('a job failed'))) await new Promise(resolve => setTimeout(resolve, 20))
    log.warn({ password: canary.password, headers: { cookie: canary.token }, number: 442079460958 }, told)

    const all = lines.join('')
    for (const [name, value] of Object.entries(canary))
      assert.ok(!all.includes(value), `${name} stands in the log: ${lines.find(line => line.includes(value))}`)
    assert.ok(!/short-ticket|7946/.test(all), 'a part stands in the log')
    assert.ok(incidents.length >= 12, `${incidents.length} incidents`)
    for (const incident of incidents) assert.ok(all.includes(incident), `the log knows incident ${incident}`)
    for (const line of lines) assert.doesNotThrow(() => JSON.parse(line), line)
    const slow = lines.map(line => JSON.parse(line)).find(({ msg }) => msg === 'a request was slow')
    assert.deepEqual(
      { method: slow?.method, route: slow?.route, host: slow?.host, status: slow?.status },
      { method: 'POST', route: '/graphql', host: acme, status: 200 }
    )
    assert.ok(lines.some(line => /"route":"\/leaky\/:number".*a request failed/.test(line)))
  })
})

test('a flood of lines is cut to what a disk can take, and says so; the last words are never cut', async t => {
  const { log, lines } = logLines(readSettings({}))
  for (let line = 0; line < 5_000; line += 1) log.error('again')
  assert.ok(lines.length <= 400, String(lines.length))
  log.fatal('the last words')
  assert.ok(lines.at(-1)!.includes('the last words'))
  while (!lines.some(line => line.includes('lines were left out'))) {
    log.error('again')
    await new Promise(resolve => setTimeout(resolve, 50))
  }
  t.diagnostic(`${lines.length} of 5,000 lines`)
})

test('the password of the database is masked wherever it turns up', async () => {
  const url = `postgres://portal:p%40ss-of-the-database@127.0.0.1:1/portal`
  const { log, lines } = logLines({ ...readSettings({}), databaseUrl: url })
  await openDatabase({ url, waitMs: 200 }).catch((error: unknown) => log.error({ err: error, at: url }, `at ${url}`))
  log.error('it is p@ss-of-the-database')
  assert.ok(lines.length === 2 && !/of-the-database/.test(lines.join('')), lines.join(''))
})
