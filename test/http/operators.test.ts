import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { StaffRole } from '../../core/viewer.ts'
import { ensureFirstOperator } from '../../http/first-operator.ts'
import { hashPassword } from '../../http/passwords.ts'
import { hashToken, newToken } from '../../http/tokens.ts'
import { forEachDatabase } from '../support/databases.ts'
import { type Answer, consoleHost, startPortal, type TestPortal, testActor } from '../support/portal.ts'
import { toyPlugin } from './toy-plugin.ts'

const json = { 'content-type': 'application/json' }
const code = (answer: Answer): string | undefined => answer.json?.errors?.[0]?.extensions?.code
const keyFor = async (portal: TestPortal, role: StaffRole): Promise<string> => {
  const key = newToken()
  await portal.installation.people.staff.createApiKey({ name: role, keyHash: hashToken(key), role }, testActor)
  return key
}

forEachDatabase('operators', open => {
  const start = (t: Parameters<typeof startPortal>[0]) =>
    startPortal(t, { open: () => open({ plugins: [toyPlugin] }), plugins: [toyPlugin] })

  test('a member of staff signs in on the console host, uses the cookie, and signs out', async t => {
    const portal = await start(t)
    await portal.installation.people.staff.create(
      { name: 'Olga', email: 'olga@example.net', passwordHash: await hashPassword('a good password'), role: 'ADMIN' },
      testActor
    )
    const signIn = (password: string, email = 'olga@example.net') =>
      portal.request(consoleHost, '/operator/session', {
        method: 'POST',
        headers: json,
        body: JSON.stringify({ email, password })
      })
    const wrong = await signIn('another password')
    assert.equal(wrong.status, 401)
    assert.equal((await signIn('a good password', 'nobody@example.net')).text, wrong.text)
    assert.equal(
      (await portal.request(consoleHost, '/operator/session', { method: 'POST', headers: json, body: '{}' })).status,
      400
    )

    const answer = await signIn('a good password')
    assert.equal(answer.status, 201, answer.text)
    assert.deepEqual(answer.json, { name: 'Olga', role: 'ADMIN' })
    const cookie = /^portal=([^;]+); Path=\/; HttpOnly; SameSite=Lax$/.exec(
      answer.headers['set-cookie']?.[0] ?? ''
    )?.[1]
    assert.ok(cookie)
    const who = await portal.query(consoleHost, '{ featureRegistry { key } }', { cookie })
    assert.equal(who.json.data.featureRegistry.length, 3, who.text)
    assert.equal((await portal.request(consoleHost, '/operator/session', { cookie })).json.name, 'Olga')
    assert.equal(
      (await portal.query('acme.localhost', '{ me { email } }', { cookie })).json.errors[0].extensions.code,
      'UNAUTHENTICATED'
    )
    assert.equal((await portal.request(consoleHost, '/operator/session', { method: 'DELETE', cookie })).status, 204)
    assert.equal((await portal.query(consoleHost, '{ featureRegistry { key } }', { cookie })).status, 401)
  })

  test('ten failures lock a member of staff', async t => {
    const portal = await start(t)
    await portal.installation.people.staff.create(
      { name: 'Olga', email: 'olga@example.net', passwordHash: await hashPassword('a good password'), role: 'ADMIN' },
      testActor
    )
    const signIn = (password: string) =>
      portal.request(consoleHost, '/operator/session', {
        method: 'POST',
        headers: json,
        body: JSON.stringify({ email: 'olga@example.net', password })
      })
    for (let turn = 0; turn < 10; turn += 1) assert.equal((await signIn(`wrong ${turn}`)).status, 401)
    assert.equal((await signIn('a good password')).status, 401)
  })

  test('a key does what its role may, and a revoked or unknown one nothing', async t => {
    const portal = await start(t)
    const company = await portal.company('Alder')
    const read = '{ companies { totalCount } }'
    const override = `mutation { setCompanyOverrides(companyId: "${company.id}", overrides: [{key: "toy", override: HIDE}]) { id } }`
    const create = 'mutation { createCompany(input: {name: "B", userType: CUSTOMER, currency: "EUR"}) { id } }'
    const allowed: Record<string, readonly StaffRole[]> = {
      [read]: ['ADMIN', 'SUPPORT', 'AUDITOR'],
      [override]: ['ADMIN', 'SUPPORT'],
      [create]: ['ADMIN']
    }
    for (const role of ['ADMIN', 'SUPPORT', 'AUDITOR', 'INGEST'] as const) {
      const apiKey = await keyFor(portal, role)
      for (const [document, roles] of Object.entries(allowed)) {
        const answer = await portal.query(consoleHost, document, { apiKey })
        assert.equal(
          code(answer),
          roles.includes(role) ? undefined : 'FORBIDDEN',
          `${role}: ${document} ${answer.text}`
        )
      }
    }
    for (const apiKey of ['', 'x', newToken(), `${portal.apiKey}x`]) {
      assert.equal((await portal.query(consoleHost, read, { apiKey })).status, 401, apiKey)
    }
    assert.equal((await portal.query(consoleHost, read)).status, 401)
    const [key] = await portal.installation.people.staff.listApiKeys()
    const { apiKey } = portal
    for (const stale of [
      'rotateApiKey(id: $id, expectedVersion: 9) { id }',
      'revokeApiKey(id: $id, expectedVersion: 9) { id }'
    ])
      assert.equal(
        code(
          await portal.query(consoleHost, `mutation ($id: ID!) { ${stale} }`, { apiKey, variables: { id: key!.id } })
        ),
        'CONFLICT'
      )
    await portal.installation.people.staff.revokeApiKey(key!.id, testActor)
    assert.equal((await portal.query(consoleHost, read, { apiKey: portal.apiKey })).status, 401)
  })

  test('an operator changes what a customer sees, and the next request sees it', async t => {
    const portal = await start(t)
    const { company, session } = await portal.signedIn('Ada')
    const toys = () => portal.query('acme.localhost', '{ toys { id } }', { session })
    for (const override of ['HIDE', 'SHOW', 'HIDE', 'INHERIT']) {
      const changed = await portal.query(
        consoleHost,
        `mutation { setCompanyOverrides(companyId: "${company.id}", overrides: [{key: "toy", override: ${override}}]) { id } }`,
        { apiKey: portal.apiKey }
      )
      assert.equal(changed.json.errors, undefined, changed.text)
      assert.equal(code(await toys()), override === 'HIDE' ? 'FEATURE_DISABLED' : undefined, override)
    }
  })

  test('the first operator’s key is entered once, and stays revoked when it was', async t => {
    const portal = await start(t)
    const installation = {
      ...portal.installation,
      settings: { ...portal.installation.settings, operatorApiKey: 'first-operator-key-of-the-settings' }
    }
    assert.match((await ensureFirstOperator(installation)) ?? '', /may now administer/)
    assert.equal(await ensureFirstOperator(installation), null)
    const read = () => portal.query(consoleHost, '{ __typename }', { apiKey: 'first-operator-key-of-the-settings' })
    assert.equal((await read()).status, 200)
    const keys = await portal.installation.people.staff.listApiKeys()
    const first = keys.find(key => key.name === 'PORTAL_OPERATOR_API_KEY')
    await portal.installation.people.staff.revokeApiKey(first!.id, testActor)
    assert.match((await ensureFirstOperator(installation)) ?? '', /known .* already/)
    assert.equal((await read()).status, 401)
  })

  test('view-as shows the contact’s portal, changes nothing, and is good once', async t => {
    const portal = await start(t)
    const { company, contact } = await portal.signedIn('Ada')
    const viewAs = async (apiKey: string, extra = ''): Promise<Answer> =>
      portal.query(consoleHost, `mutation { viewAs(contactId: "${contact.id}"${extra}) { url } }`, { apiKey })
    const support = await keyFor(portal, 'SUPPORT')
    const ticket = await viewAs(support)
    const url = new URL(ticket.json.data.viewAs.url)
    assert.equal(url.hostname, 'acme.localhost', url.href)
    const path = url.pathname + url.search

    assert.equal((await portal.request('globex.localhost', path)).status, 401, 'another brand’s host')
    assert.equal((await portal.request('acme.localhost', path, { method: 'HEAD' })).status, 404, 'a link scanner')
    const again = await viewAs(support)
    const fresh = new URL(again.json.data.viewAs.url)
    const opened = await portal.request('acme.localhost', fresh.pathname + fresh.search)
    assert.equal(opened.status, 303, opened.text)
    assert.equal(opened.headers.location, '/')
    const cookie = /^portal=([^;]+);/.exec(opened.headers['set-cookie']?.[0] ?? '')?.[1]
    assert.ok(cookie)
    assert.equal((await portal.request('acme.localhost', fresh.pathname + fresh.search)).status, 401, 'used up')

    const seen = await portal.query(
      'acme.localhost',
      '{ me { email viewAs { staffName writeThrough } } toys { id } }',
      {
        cookie
      }
    )
    assert.deepEqual(seen.json.data.me.email, 'ada@example.net')
    assert.deepEqual(seen.json.data.me.viewAs, { staffName: 'SUPPORT', writeThrough: false })
    const change = (using: string) =>
      portal.query('acme.localhost', 'mutation { addToy(id: "t", note: "n") { id } }', { cookie: using })
    const refused = await change(cookie)
    assert.equal(code(refused), 'FORBIDDEN')
    assert.equal(refused.json.errors[0].extensions.reason, 'VIEW_AS')
    assert.equal(
      (await portal.request('acme.localhost', '/toy/notes', { method: 'POST', cookie, headers: json, body: '1' }))
        .status,
      403
    )

    assert.equal(code(await viewAs(support, ', writeThrough: true')), 'FORBIDDEN')
    const through = new URL((await viewAs(portal.apiKey, ', writeThrough: true')).json.data.viewAs.url)
    const writer = await portal.request('acme.localhost', through.pathname + through.search, {
      headers: { accept: 'application/json' }
    })
    assert.equal((await change(writer.json.token)).json.data.addToy.id, 't')
    const entries = await portal.database.reader('audit_entry').where({ action: 'toy.add' })
    assert.equal(entries.length, 1)
    assert.match(entries[0].actor, new RegExp(contact.id))
    assert.match(entries[0].actor, /key:|staff:/)
    assert.equal(entries[0].company_id, company.id)

    await portal.database
      .writer('contact_session')
      .whereNotNull('view_as_staff_id')
      .decrement('expires_at', 30 * 60_000)
    assert.equal(code(await portal.query('acme.localhost', '{ me { email } }', { cookie })), 'UNAUTHENTICATED')
  })

  test('staff who only look may end their own session, and no other', async t => {
    const portal = await start(t)
    const { contact, session } = await portal.signedIn('Ada')
    const ticket = await portal.query(consoleHost, `mutation { viewAs(contactId: "${contact.id}") { url } }`, {
      apiKey: await keyFor(portal, 'SUPPORT')
    })
    const url = new URL(ticket.json.data.viewAs.url)
    const opened = await portal.request('acme.localhost', url.pathname + url.search, {
      headers: { accept: 'application/json' }
    })
    const staff = opened.json.token
    const ask = (document: string, using: string): Promise<Answer> =>
      portal.query('acme.localhost', document, { session: using })

    const own = (await ask('{ mySessions { id } }', session)).json.data.mySessions[0].id
    const other = await ask(`mutation { endSession(id: "${own}") }`, staff)
    assert.equal(other.json.errors[0].extensions.reason, 'VIEW_AS')
    const mixed = await ask('mutation { addToy(id: "t", note: "n") { id } logout }', staff)
    assert.equal(mixed.json.errors[0].extensions.reason, 'VIEW_AS')
    assert.equal(mixed.json.data, null, 'a change refuses the document whole')
    assert.equal((await ask('mutation { logout }', staff)).json.data.logout, true)
    assert.equal(code(await ask('{ me { email } }', staff)), 'UNAUTHENTICATED')
    assert.equal((await ask('{ me { email } }', session)).json.data.me.email, 'ada@example.net')
  })

  test('a revoked key ends what was opened with it: sessions and tickets', async t => {
    const portal = await start(t)
    const { contact, session } = await portal.signedIn('Ada')
    const open = async (apiKey: string): Promise<string> => {
      const answer = await portal.query(
        consoleHost,
        `mutation { viewAs(contactId: "${contact.id}", writeThrough: true) { url } }`,
        { apiKey }
      )
      const url = new URL(answer.json.data.viewAs.url)
      return url.pathname + url.search
    }
    const enter = (path: string): Promise<Answer> =>
      portal.request('acme.localhost', path, { headers: { accept: 'application/json' } })
    const stolen = await keyFor(portal, 'ADMIN')
    const { token } = (await enter(await open(stolen))).json
    const ticket = await open(stolen)
    const other = (await enter(await open(portal.apiKey))).json.token
    const { id } = (await portal.installation.people.staff.listApiKeys()).find(key => key.name === 'ADMIN')!
    await portal.installation.people.staff.revokeApiKey(id, testActor)
    const me = (using: string): Promise<Answer> =>
      portal.query('acme.localhost', '{ me { email } }', { session: using })
    assert.equal(code(await me(token)), 'UNAUTHENTICATED')
    assert.equal((await enter(ticket)).status, 401)
    for (const using of [other, session]) assert.equal(code(await me(using)), undefined)
  })

  test('a view-as ticket is good for 60 seconds', async t => {
    const portal = await start(t)
    const { contact } = await portal.signedIn('Ada')
    const answer = await portal.query(consoleHost, `mutation { viewAs(contactId: "${contact.id}") { url } }`, {
      apiKey: portal.apiKey
    })
    const url = new URL(answer.json.data.viewAs.url)
    await portal.database.writer('view_as_ticket').decrement('expires_at', 61_000)
    const late = await portal.request('acme.localhost', url.pathname + url.search)
    assert.equal(late.status, 401)
    assert.equal(late.headers['set-cookie'], undefined)
    for (const ticket of ['', '?ticket=', '?ticket=x', '?ticket=a&ticket=b']) {
      assert.equal((await portal.request('acme.localhost', `/view-as${ticket}`)).status, 401, ticket)
    }
  })
})
