import assert from 'node:assert/strict'
import { test } from 'node:test'
import { consoleHost, sendRequest, startPortal } from '../support/portal.ts'
import { toyPlugin } from './toy-plugin.ts'

test('every answer carries the security headers, whatever made it', async t => {
  const portal = await startPortal(t, { plugins: [toyPlugin] })
  const { session } = await portal.signedIn('Ada')
  const json = { 'content-type': 'application/json' }
  const answers = {
    data: portal.query('acme.localhost', '{ me { email } }', { session }),
    refusal: portal.query('acme.localhost', '{ me { email } }'),
    'no such path': portal.request('acme.localhost', '/nothing', { session }),
    'no such host': portal.request('unknown.localhost', '/graphql'),
    'plugin route': portal.request('acme.localhost', '/toy/notes', { session }),
    'bad JSON': portal.request('acme.localhost', '/toy/notes', { method: 'POST', session, body: '{', headers: json }),
    'bad URL': portal.request('acme.localhost', '/%zz', { session }),
    console: portal.query(consoleHost, '{ __typename }', { apiKey: portal.apiKey }),
    'console refusal': portal.request(consoleHost, '/operator/session'),
    'wrong key': portal.query(consoleHost, '{ __typename }', { apiKey: 'x'.repeat(43) })
  }
  for (const [name, pending] of Object.entries(answers)) {
    const { headers } = await pending
    assert.equal(headers['x-content-type-options'], 'nosniff', name)
    assert.equal(headers['x-frame-options'], 'DENY', name)
    assert.equal(headers['referrer-policy'], 'no-referrer', name)
    assert.equal(headers['cache-control'], 'no-store', name)
    assert.match(headers['content-security-policy'] as string, /frame-ancestors 'none'/, name)
    assert.match(headers['content-security-policy'] as string, /base-uri 'none'/, name)
    assert.equal(headers['x-powered-by'], undefined, name)
    assert.equal(headers.server, undefined, name)
    assert.equal(headers['access-control-allow-origin'], undefined, name)
    assert.equal(headers['strict-transport-security'], undefined, `${name}: no HSTS without TLS`)
  }
})

test('what cannot be read is refused with a code, never with a 500 or a stack', async t => {
  const portal = await startPortal(t, { plugins: [toyPlugin] })
  const { session } = await portal.signedIn('Ada')
  const json = { 'content-type': 'application/json' }
  const post = (path: string, body: string | Buffer, headers: Record<string, string> = json) =>
    portal.request('acme.localhost', path, { method: 'POST', session, body, headers })
  const cases: [string, ReturnType<typeof post>, number, string][] = [
    ['malformed JSON', post('/graphql', '{"query":'), 400, 'QUERY_INVALID|BAD_USER_INPUT'],
    ['empty body', post('/graphql', ''), 400, 'QUERY_INVALID|BAD_USER_INPUT'],
    ['an array', post('/graphql', '[]'), 400, 'QUERY_INVALID|BAD_USER_INPUT'],
    ['bytes that are no UTF-8', post('/graphql', Buffer.from([0xff, 0xfe, 0x00])), 400, 'QUERY_INVALID|BAD_USER_INPUT'],
    ['two megabytes', post('/graphql', JSON.stringify({ query: 'x'.repeat(2_000_000) })), 413, 'PAYLOAD_TOO_LARGE'],
    ['beyond the route’s own limit', post('/toy/notes', JSON.stringify('x'.repeat(200))), 413, 'PAYLOAD_TOO_LARGE'],
    ['malformed JSON for a route', post('/toy/notes', '{'), 400, 'BAD_USER_INPUT'],
    [
      'another content type',
      post('/toy/notes', 'a=1', { 'content-type': 'application/x-yaml' }),
      415,
      'BAD_USER_INPUT'
    ],
    ['__proto__ in JSON', post('/toy/notes', '{"__proto__": {"a": 1}}'), 400, 'BAD_USER_INPUT']
  ]
  for (const [name, pending, status, codes] of cases) {
    const answer = await pending
    assert.equal(answer.status, status, `${name}: ${answer.text}`)
    assert.match(
      answer.json?.errors?.[0]?.extensions?.code ?? '',
      new RegExp(`^(${codes})$`),
      `${name}: ${answer.text}`
    )
    assert.doesNotMatch(answer.text, /node_modules|at .*\.ts|stack/i, name)
  }
})

test('what nobody foresaw is an incident id and no more', async t => {
  const portal = await startPortal(t, {
    plugins: [
      {
        ...toyPlugin,
        routes: [
          {
            method: 'GET',
            url: '/toy/broken',
            host: 'PORTAL',
            features: [],
            handle: async () => {
              throw new Error('the secret inside of the route')
            }
          }
        ]
      }
    ]
  })
  const { session } = await portal.signedIn('Ada')
  const answer = await portal.request('acme.localhost', '/toy/broken', { session })
  assert.equal(answer.status, 500)
  assert.equal(answer.json.errors[0].extensions.code, 'INTERNAL')
  assert.match(answer.json.errors[0].extensions.incidentId, /^[\w-]{8}$/)
  assert.doesNotMatch(answer.text, /secret/)
  const field = await portal.query('acme.localhost', '{ brokenToy }', { session })
  assert.equal(field.json.errors[0].extensions.code, 'INTERNAL', field.text)
  assert.doesNotMatch(field.text, /secret/)
})

test('a connection that sends no HTTP gets a 400 and is closed', async t => {
  const portal = await startPortal(t, { plugins: [toyPlugin] })
  const answer = await sendRequest(portal.port, 'acme.localhost', '/graphql', {
    method: 'POST',
    headers: { 'transfer-encoding': 'chunked', 'content-type': 'application/json' },
    body: '{"query":"{ __typename }"}'
  }).catch((error: Error) => error)
  assert.ok(answer instanceof Error || answer.status >= 400, 'two lengths for one body')
})
