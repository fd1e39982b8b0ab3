import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Answer, consoleHost, startPortal, type TestPortal } from '../support/portal.ts'
import { toyPlugin } from './toy-plugin.ts'

const add = 'mutation { addToy(id: "t1", note: "n") { id } }'
const code = (answer: Answer): string | undefined => answer.json?.errors?.[0]?.extensions?.code
const reason = (answer: Answer): string | undefined => answer.json?.errors?.[0]?.extensions?.reason

const toys = (portal: TestPortal): Promise<unknown[]> => portal.database.reader('toy_item').select('*')

test('what another site makes a browser send with a cookie is refused', async t => {
  const portal = await startPortal(t, { plugins: [toyPlugin] })
  const { session } = await portal.signedIn('Ada')
  const own = `http://acme.localhost:${portal.port}`
  const host = `acme.localhost:${portal.port}`
  const foreign: Record<string, string>[] = [
    { origin: 'https://evil.example' },
    { origin: 'null' },
    { origin: `http://globex.localhost:${portal.port}` },
    { origin: `http://acme.localhost.evil.example:${portal.port}` },
    { origin: 'http://acme.localhost:1' },
    { origin: own.replace('http:', 'https:') },
    { 'sec-fetch-site': 'cross-site' },
    { 'sec-fetch-site': 'same-site' },
    { origin: own, 'sec-fetch-site': 'cross-site' },
    { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate' }
  ]
  for (const headers of foreign) {
    const answer = await portal.query(host, add, { cookie: session, headers })
    assert.equal(answer.status, 403, JSON.stringify(headers))
    assert.equal(reason(answer), 'CROSS_SITE', JSON.stringify(headers))
  }
  for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x', '']) {
    const answer = await portal.request(host, '/graphql', {
      method: 'POST',
      cookie: session,
      headers: type === '' ? {} : { 'content-type': type },
      body: JSON.stringify({ query: add })
    })
    assert.ok(answer.status >= 400 && answer.status < 500, `${type}: ${answer.status}`)
  }
  const get = await portal.request(host, `/graphql?query=${encodeURIComponent(add)}`, { cookie: session })
  assert.ok(get.status >= 400 && get.status < 500, `mutation by GET: ${get.status}`)
  assert.deepEqual(await toys(portal), [])

  const fine = await portal.query(host, add, {
    cookie: session,
    headers: { origin: own, 'sec-fetch-site': 'same-origin' }
  })
  assert.equal(fine.json.data.addToy.id, 't1', fine.text)
  assert.equal((await toys(portal)).length, 1)
})

test('a query by GET works with a cookie', async t => {
  const portal = await startPortal(t, { plugins: [toyPlugin] })
  const { session } = await portal.signedIn('Ada')
  const answer = await portal.request('acme.localhost', `/graphql?query=${encodeURIComponent('{ me { email } }')}`, {
    cookie: session,
    headers: { accept: 'application/json' }
  })
  assert.equal(answer.json.data.me.email, 'ada@example.net', answer.text)
})

test('a bearer is no cookie: front ends on other hosts may send it', async t => {
  const portal = await startPortal(t, { plugins: [toyPlugin] })
  const { session } = await portal.signedIn('Ada')
  const answer = await portal.query('acme.localhost', '{ me { email } }', {
    session,
    headers: { origin: 'https://front.example' }
  })
  assert.equal(answer.json.data.me.email, 'ada@example.net')
})

test('nobody is signed in from another site', async t => {
  const portal = await startPortal(t, { plugins: [toyPlugin] })
  const { contact } = await portal.signedIn('Ada')
  const document = `mutation { login(email: "${contact.email}", password: "correct horse battery") { token } }`
  const answer = await portal.query('acme.localhost', document, { headers: { origin: 'https://evil.example' } })
  assert.equal(code(answer), 'FORBIDDEN')
  assert.equal(answer.headers['set-cookie'], undefined)
  const staff = await portal.request(consoleHost, '/operator/session', {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: 'https://evil.example' },
    body: JSON.stringify({ email: 'a@b.example', password: 'x' })
  })
  assert.equal(staff.status, 403)
})
