import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { hashToken, newToken } from '../../http/tokens.ts'
import { type Answer, consoleHost, startPortal, testActor } from '../support/portal.ts'
import { giveToys, toyPlugin, toyRuns } from './toy-plugin.ts'

const json = { 'content-type': 'application/json' }
const code = (answer: Answer): string | undefined => answer.json?.errors?.[0]?.extensions?.code

test('a plugin’s portal route stands behind session, feature, status and scope', async t => {
  const portal = await startPortal(t, { plugins: [toyPlugin] })
  const ada = await portal.signedIn('Ada')
  const ben = await portal.signedIn('Ben')
  await giveToys(portal.database, ada.company.id, ['of Ada'])
  await giveToys(portal.database, ben.company.id, ['of Ben'])
  const get = (session?: string) =>
    portal.request('acme.localhost', '/toy/notes', session === undefined ? {} : { session })
  const post = (session: string) =>
    portal.request('acme.localhost', '/toy/notes', { method: 'POST', session, headers: json, body: '1' })

  assert.equal((await get(ada.session)).text, 'of Ada')
  assert.equal((await get()).status, 401)
  assert.equal((await get('x'.repeat(43))).status, 401)
  await portal.override(ada.company, 'toy', 'HIDE')
  const hidden = await get(ada.session)
  assert.equal(hidden.status, 403)
  assert.equal(code(hidden), 'FEATURE_DISABLED')
  assert.equal((await get(ben.session)).text, 'of Ben')

  assert.equal((await post(ben.session)).json.got, 1)
  for (const status of ['PENALTY', 'PENDING'] as const) {
    const other = await portal.signedIn(status, { status })
    const answer = await post(other.session)
    assert.equal(answer.status, 403, status)
  }
})

test('a console route asks for a key of its role, and its raw body streams past other parsers', async t => {
  const portal = await startPortal(t, { plugins: [toyPlugin] })
  const ingest = newToken()
  await portal.installation.people.staff.createApiKey(
    { name: 'switch', keyHash: hashToken(ingest), role: 'INGEST' },
    testActor
  )
  const post = (apiKey: string | undefined, host = consoleHost, type = 'application/x-ndjson') =>
    portal.request(host, '/toy/ingest', {
      method: 'POST',
      headers: { 'content-type': type },
      body: '{"a":1}\n{"a":2}\n',
      ...(apiKey === undefined ? {} : { apiKey })
    })
  assert.deepEqual((await post(ingest)).json, { bytes: 16, by: 'INGEST' })
  assert.equal((await post(undefined)).status, 401)
  assert.equal((await post(portal.apiKey)).status, 403)
  assert.equal((await post(ingest, 'acme.localhost')).status, 404)
  assert.equal((await post(ingest, consoleHost, 'application/x-yaml')).status, 415)
  // The parser belongs to this route alone.
  const other = await portal.request(consoleHost, '/operator/session', {
    method: 'POST',
    headers: { 'content-type': 'application/x-ndjson' },
    body: 'x'
  })
  assert.equal(other.status, 415)
})

test('a console route that asks for it takes the key as the password of HTTP Basic, and no other route does', async t => {
  const portal = await startPortal(t, { plugins: [toyPlugin] })
  const { staff, sessions } = portal.installation.people
  const ingest = newToken()
  const { id } = await staff.createApiKey({ name: 'switch', keyHash: hashToken(ingest), role: 'INGEST' }, testActor)
  const basic = (text: string): string => `Basic ${Buffer.from(text).toString('base64')}`
  const post = (authorization: string, host = consoleHost) =>
    portal.request(host, '/toy/ingest', {
      method: 'POST',
      headers: { 'content-type': 'application/x-ndjson', authorization },
      body: '{"a":1}\n'
    })
  for (const user of ['switch', '', 'any one at all'])
    assert.deepEqual((await post(basic(`${user}:${ingest}`))).json, { bytes: 8, by: 'INGEST' }, user)

  const person = await staff.create(
    { name: 'Olga', email: 'olga@example.net', passwordHash: '', role: 'ADMIN' },
    testActor
  )
  const session = newToken()
  await sessions.createStaffSession({ tokenHash: hashToken(session), staffId: person.id, ip: '::1' })
  for (const wrong of [
    basic(`switch:${ingest}x`),
    basic(`${ingest}:`),
    basic(ingest),
    basic(`switch:${session}`),
    'Basic',
    'Basic ====',
    `Basic ${ingest}`,
    `Digest username="switch", response="${ingest}"`
  ]) {
    const answer = await post(wrong)
    assert.equal(answer.status, 401, wrong)
    assert.equal(answer.headers['www-authenticate'], undefined, 'a browser must not ask for a password')
  }
  assert.equal((await post(basic(`switch:${portal.apiKey}`))).status, 403, 'the role counts as ever')
  assert.equal((await post(basic(`switch:${ingest}`), 'acme.localhost')).status, 404)
  for (const [method, path] of [
    ['POST', '/operator/graphql'],
    ['GET', '/operator/session'],
    ['GET', '/nowhere']
  ] as const) {
    const headers = { authorization: basic(`switch:${portal.apiKey}`), 'content-type': 'application/json' }
    const body = method === 'POST' ? { body: '{"query":"{ __typename }"}' } : {}
    assert.equal((await portal.request(consoleHost, path, { method, headers, ...body })).status, 401, path)
  }
  await staff.revokeApiKey(id, testActor)
  assert.equal((await post(basic(`switch:${ingest}`))).status, 401, 'revoked')
})

test('a route that needs a feature nobody declares stops the start, naming both', async t => {
  const faulty = {
    ...toyPlugin,
    routes: [{ method: 'GET', url: '/x', host: 'PORTAL', features: ['nothing'], handle: async () => null } as const]
  }
  await assert.rejects(startPortal(t, { plugins: [faulty] }), /Plugin "toy".*\/x.*"nothing".*declare it/)
})

test('a plugin’s job runs by its interval', async t => {
  const before = toyRuns.length
  await startPortal(t, { plugins: [toyPlugin], jobs: true })
  while (toyRuns.length < before + 2) await sleep(50)
})
