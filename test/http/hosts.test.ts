import assert from 'node:assert/strict'
import { connect } from 'node:net'
import { test } from 'node:test'
import { forEachDatabase } from '../support/databases.ts'
import { consoleHost, startPortal, type TestPortal, testActor } from '../support/portal.ts'
import { toyPlugin } from './toy-plugin.ts'

/** Sends bytes as they are and resolves to everything that comes back. */
const raw = (portal: TestPortal, text: string): Promise<string> =>
  new Promise((resolve, reject) => {
    const socket = connect(portal.port, '127.0.0.1', () => socket.write(text))
    let answer = ''
    socket.on('data', part => {
      answer += part
    })
    socket.on('end', () => resolve(answer))
    socket.on('error', reject)
  })

const brandQuery = JSON.stringify({ query: '{ portal { brandName } }' })
const asked = (target: string, headers: readonly string[]): string =>
  [
    `POST ${target} HTTP/1.1`,
    ...headers,
    'content-type: application/json',
    `content-length: ${brandQuery.length}`,
    'connection: close',
    '',
    brandQuery
  ].join('\r\n')

const brandOf = (answer: string): string | null => /"brandName":"([^"]+)"/.exec(answer)?.[1] ?? null

forEachDatabase('hosts', open => {
  test('the raw Host decides, however it is written; nothing a client adds can change it', async t => {
    const portal = await startPortal(t, { open: () => open({ plugins: [toyPlugin] }), plugins: [toyPlugin] })
    const acme = [
      ['Host: acme.localhost'],
      ['Host: ACME.localhost'],
      ['Host: acme.localhost.'],
      [`Host: acme.localhost:${portal.port}`],
      ['hOST:   acme.localhost  '],
      ['Host: acme.localhost', 'X-Forwarded-Host: globex.localhost', 'X-Forwarded-For: 10.0.0.1'],
      ['Host: acme.localhost', 'Forwarded: host=globex.localhost', 'X-Original-Host: globex.localhost'],
      ['Host: acme.localhost', 'X-Host: globex.localhost', 'X-Real-IP: 10.0.0.1', ':authority: globex.localhost']
    ]
    for (const headers of acme.slice(0, 7)) {
      assert.equal(brandOf(await raw(portal, asked('/graphql', headers))), 'Acme Voice', headers.join(' | '))
    }
    assert.equal(
      brandOf(await raw(portal, asked('http://acme.localhost/graphql', ['Host: acme.localhost']))),
      'Acme Voice'
    )
    assert.equal(brandOf(await raw(portal, asked('/graphql', ['Host: globex.localhost']))), 'Globex Telecom')
  })

  test('a host nobody has answers 404 as plain text without a word about any brand', async t => {
    const portal = await startPortal(t, { open: () => open({ plugins: [toyPlugin] }), plugins: [toyPlugin] })
    const unknown = [
      ['/graphql', ['Host: unknown.localhost']],
      ['/graphql', ['Host: localhost']],
      ['/graphql', ['Host: 127.0.0.1']],
      ['/graphql', ['Host: [::1]:4000']],
      ['/graphql', ['Host: xacme.localhost']],
      ['/graphql', ['Host: acme.localhost.evil.example']],
      ['/graphql', ['Host: acme.localhost@evil.example']],
      ['/graphql', ['Host: acme.localhost, globex.localhost']],
      ['/graphql', ['Host: acme.localhost/globex']],
      ['/graphql', ['Host: \u00e4cme.localhost']],
      ['/graphql', ['Host:']],
      ['/graphql', ['Host: unknown.localhost', 'X-Forwarded-Host: acme.localhost']],
      ['http://acme.localhost/graphql', ['Host: globex.localhost']],
      ['/no/such/path', ['Host: unknown.localhost']],
      ['/operator/graphql', ['Host: unknown.localhost']]
    ] as const
    for (const [target, headers] of unknown) {
      const answer = await raw(portal, asked(target, headers))
      const name = `${target} ${headers.join(' | ')}`
      assert.match(answer, /^HTTP\/1\.1 404 /, name)
      assert.match(answer, /content-type: text\/plain/i, name)
      assert.match(answer, /\r\n\r\nNot found\n$/, name)
      assert.doesNotMatch(answer, /acme voice|globex telecom|brandName/i, name)
    }
    for (const headers of [
      [],
      ['Host: acme.localhost', 'Host: acme.localhost'],
      ['Host: acme.localhost', 'Host: globex.localhost']
    ]) {
      const answer = await raw(portal, asked('/graphql', headers))
      assert.match(answer, /^HTTP\/1\.1 40[04] /, headers.join(' | '))
      assert.equal(brandOf(answer), null)
    }
  })

  test('forwarded headers count when they come through a proxy that is trusted', async t => {
    const portal = await startPortal(t, {
      open: () => open({ plugins: [toyPlugin] }),
      plugins: [toyPlugin],
      settings: { trustedProxies: ['127.0.0.0/8'] }
    })
    const headers = {
      'x-forwarded-host': 'acme.localhost',
      'x-forwarded-proto': 'https',
      'x-forwarded-for': '192.0.2.7'
    }
    const answer = await portal.query('edge.internal', '{ portal { brandName } }', { headers })
    assert.equal(answer.json.data.portal.brandName, 'Acme Voice', answer.text)
    assert.equal(answer.headers['strict-transport-security'], 'max-age=31536000')
    const bad = await portal.query('edge.internal', '{ portal { brandName } }', {
      headers: { ...headers, 'x-forwarded-host': 'evil host' }
    })
    assert.equal(bad.status, 404)

    const { contact } = await portal.signedIn('Ada')
    const login = await portal.query(
      'edge.internal',
      `mutation { login(email: "${contact.email}", password: "correct horse battery") { token } }`,
      { headers }
    )
    const [cookie] = login.headers['set-cookie'] ?? []
    assert.match(cookie ?? '', /^__Host-portal=[\w-]{43}; Path=\/; HttpOnly; Secure; SameSite=Lax$/)
    const session = login.json.data.login.token
    const sessions = await portal.query('edge.internal', '{ mySessions { ip current } }', { headers, session })
    assert.ok(
      sessions.json.data.mySessions.some((each: { ip: string }) => each.ip === '192.0.2.7'),
      sessions.text
    )
    const plain = await portal.query('edge.internal', '{ me { email } }', { headers, cookie: session })
    assert.equal(plain.json.errors[0].extensions.code, 'UNAUTHENTICATED', 'the plain name counts on http only')
  })

  test('the console is not on brand hosts, and no portal is on the console host', async t => {
    const portal = await startPortal(t, { open: () => open({ plugins: [toyPlugin] }), plugins: [toyPlugin] })
    const body = JSON.stringify({ query: '{ __typename }' })
    const post = (host: string, path: string) =>
      portal.request(host, path, {
        method: 'POST',
        body,
        apiKey: portal.apiKey,
        headers: { 'content-type': 'application/json' }
      })
    assert.equal((await post(consoleHost, '/operator/graphql')).status, 200)
    for (const [host, path] of [
      ['acme.localhost', '/operator/graphql'],
      ['acme.localhost', '/operator/session'],
      ['acme.localhost', '/toy/ingest'],
      [consoleHost, '/graphql'],
      [consoleHost, '/toy/notes'],
      [consoleHost, '/view-as']
    ] as const) {
      const answer = await post(host, path)
      assert.equal(answer.status, 404, `${host}${path}`)
      assert.equal(answer.json.errors[0].extensions.code, 'NOT_FOUND', `${host}${path}`)
    }
  })

  test('a new brand is served by the next request, a disabled one is not', async t => {
    const portal = await startPortal(t, { open: () => open({ plugins: [toyPlugin] }), plugins: [toyPlugin] })
    const status = async (): Promise<number> => (await portal.query('new.localhost', '{ portal { brandName } }')).status
    assert.equal(await status(), 404)
    const { brands } = portal.installation.stores
    const brand = await brands.create(
      { fqdn: 'new.localhost', brandName: 'New', currencies: ['EUR'], features: [] },
      testActor
    )
    assert.equal(await status(), 200)
    assert.equal(await status(), 200)
    await portal.database.transaction(async trx => {
      await trx('portal_domain').where({ id: brand.id }).update({ enabled: 0 })
      await trx('access_counter').where({ scope: brand.id }).increment('revision', 1)
    })
    assert.equal(await status(), 404)
  })
})
