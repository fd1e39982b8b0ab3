import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { hashToken, newToken } from '../../http/tokens.ts'
import { forEachDatabase, type Open } from '../support/databases.ts'
import { type Answer, consoleHost, startPortal, type TestPortal, testActor, testPassword } from '../support/portal.ts'
import { toyPlugin } from './toy-plugin.ts'

const json = { 'content-type': 'application/json' }
const told = (answer: Answer): { code?: string; reason?: string; fields?: Record<string, string> } =>
  answer.json?.errors?.[0]?.extensions ?? {}
const start = (t: TestContext, open: Open): Promise<TestPortal> =>
  startPortal(t, { open: () => open({ plugins: [toyPlugin] }), plugins: [toyPlugin] })
const login = (portal: TestPortal, email: string, password: string, host = 'acme.localhost'): Promise<Answer> =>
  portal.query(host, 'mutation ($e: String!, $p: String!) { login(email: $e, password: $p) { token } }', {
    variables: { e: email, p: password }
  })
const ask = (portal: TestPortal, document: string, variables: Record<string, unknown> = {}): Promise<Answer> =>
  portal.query(consoleHost, document, { apiKey: portal.apiKey, variables })
const data = async (portal: TestPortal, document: string, variables: Record<string, unknown> = {}) => {
  const answer = await ask(portal, document, variables)
  assert.equal(answer.json?.errors, undefined, answer.text)
  return answer.json.data
}
const link =
  'mutation ($id: ID!, $domain: ID) { createSignInLink(contactId: $id, domainId: $domain) { url expiresAt } }'
const reset = 'mutation ($id: ID!) { resetContactPassword(contactId: $id) { url expiresAt } }'
const pathOf = (url: string): string => new URL(url).pathname + new URL(url).search
const use = (portal: TestPortal, url: string, newPassword: unknown, host = new URL(url).hostname): Promise<Answer> =>
  portal.request(host, '/set-password', {
    method: 'POST',
    headers: json,
    body: JSON.stringify({ token: new URL(url).searchParams.get('token'), newPassword })
  })

forEachDatabase('contacts', open => {
  test('a link sets a password on the contact’s brand, once; looking at it uses nothing up', async t => {
    const portal = await start(t, open)
    const { contact, session } = await portal.signedIn('Ada')
    const { createSignInLink } = await data(portal, link, { id: contact.id })
    const { url, expiresAt } = createSignInLink
    assert.equal(new URL(url).hostname, 'acme.localhost')
    assert.ok(Math.abs(Date.parse(expiresAt) - Date.now() - 24 * 3_600_000) < 300_000)
    for (let turn = 0; turn < 2; turn += 1) {
      const seen = await portal.request('acme.localhost', pathOf(url))
      assert.deepEqual(seen.json, { name: 'ada@example.net', email: 'ada@example.net', expiresAt })
      assert.equal(seen.headers['cache-control'], 'no-store')
    }
    assert.equal((await portal.request('acme.localhost', pathOf(url), { method: 'HEAD' })).status, 404)
    for (const host of ['globex.localhost', consoleHost])
      assert.notEqual((await portal.request(host, pathOf(url))).status, 200, host)
    assert.equal((await use(portal, url, 'a very good password', 'globex.localhost')).status, 401)
    assert.deepEqual(told(await use(portal, url, 'short')).fields, { newPassword: 'use at least 10 characters' })
    // The password there was is good until the link is used.
    assert.ok((await login(portal, contact.email, testPassword)).json.data.login)
    const from = await portal.request('acme.localhost', '/set-password', {
      method: 'POST',
      headers: { ...json, origin: 'http://evil.example' },
      body: JSON.stringify({ token: new URL(url).searchParams.get('token'), newPassword: 'a very good password' })
    })
    assert.equal(from.status, 403)
    assert.equal((await use(portal, url, 'a very good password')).status, 204)
    assert.equal((await use(portal, url, 'a very good password')).status, 401)
    assert.equal((await portal.request('acme.localhost', pathOf(url))).status, 401)
    assert.equal(told(await login(portal, contact.email, testPassword)).code, 'UNAUTHENTICATED')
    assert.ok((await login(portal, contact.email, 'a very good password')).json.data.login)
    assert.equal(told(await portal.query('acme.localhost', '{ me { email } }', { session })).code, 'UNAUTHENTICATED')
    const entries = await portal.database.reader('audit_entry').where({ target: contact.id }).orderBy('seq')
    assert.deepEqual(
      entries.map(entry => entry.action),
      ['createContact', 'createSignInLink', 'signIn', 'setPassword', 'signIn']
    )
    assert.deepEqual(JSON.parse(entries[3].after), { password: '***' })
    assert.equal(entries[3].actor, `contact:${contact.id}`)
    assert.ok(!JSON.stringify(entries).includes(new URL(url).searchParams.get('token')!))
  })

  test('links for contacts that cannot sign in are refused; what changes later ends them', async t => {
    const portal = await start(t, open)
    const { acme, globex } = portal.world
    const { contact, company } = await portal.signedIn('Ada')
    assert.equal(told(await ask(portal, link, { id: contact.id, domain: globex.id })).code, 'BAD_USER_INPUT')
    const free = await portal.contact(await portal.company('Free', { domain: null }), 'free@example.net')
    const there = await data(portal, link, { id: free.id, domain: globex.id })
    assert.equal(new URL(there.createSignInLink.url).hostname, 'globex.localhost')
    const gone = await portal.contact(await portal.company('Gone', { status: 'INACTIVE' }), 'gone@example.net')
    assert.equal(told(await ask(portal, link, { id: gone.id })).reason, 'COMPANY_INACTIVE')
    for (const id of ['nobody', 'a b', '']) assert.equal(told(await ask(portal, link, { id })).code, 'NOT_FOUND')

    const works = async (url: string): Promise<boolean> =>
      (await portal.request(new URL(url).hostname, pathOf(url))).status === 200
    const fresh = async (): Promise<string> => (await data(portal, link, { id: contact.id })).createSignInLink.url
    const endings: Record<string, () => Promise<unknown>> = {
      'a newer link': fresh,
      'another e-mail address': () =>
        data(portal, `mutation { updateContact(id: "${contact.id}", input: {email: "eda@example.net"}) { id } }`),
      'a password that the contact changed': async () => {
        const change = `mutation { changePassword(oldPassword: "${testPassword}", newPassword: "a very good password") }`
        const done = await portal.query('acme.localhost', change, { session: await portal.session(contact) })
        assert.equal(done.json.errors, undefined, done.text)
      },
      'a disabled contact': () => data(portal, `mutation { disableContact(id: "${contact.id}") { id } }`),
      'a reset': async () => {
        await data(portal, `mutation { enableContact(id: "${contact.id}") { id } }`)
        return data(portal, reset, { id: contact.id })
      },
      'a day': () => portal.database.writer('password_link').decrement('expires_at', 24 * 3_600_000),
      'a move to another brand': () =>
        portal.installation.stores.companies.assignDomain(company.id, globex.id, testActor)
    }
    for (const [what, end] of Object.entries(endings)) {
      const disabled = (await portal.installation.people.contacts.get(contact.id))!.disabled
      const url = disabled ? null : await fresh()
      if (url !== null) assert.equal(await works(url), true, what)
      if (disabled) assert.equal(told(await ask(portal, link, { id: contact.id })).reason, 'CONTACT_DISABLED')
      await end()
      if (url !== null) {
        assert.equal(await works(url), false, what)
        assert.equal((await use(portal, url, 'a very good password')).status, 401, what)
      }
    }
    assert.notEqual(acme.id, globex.id)
  })

  test('a reset ends password and sessions; disabling ends sessions, and they do not come back', async t => {
    const portal = await start(t, open)
    const { contact, session } = await portal.signedIn('Ada')
    const me = (using: string) => portal.query('acme.localhost', '{ me { email } }', { session: using })
    const { url } = (await data(portal, reset, { id: contact.id })).resetContactPassword
    assert.equal(told(await me(session)).code, 'UNAUTHENTICATED')
    assert.equal(told(await login(portal, contact.email, testPassword)).code, 'UNAUTHENTICATED')
    const shown = await data(portal, `{ contact(id: "${contact.id}") { hasPassword version } }`)
    assert.deepEqual(shown.contact, { hasPassword: false, version: 2 })
    assert.equal((await use(portal, url, 'a very good password')).status, 204)
    const { token } = (await login(portal, contact.email, 'a very good password')).json.data.login
    const { disableContact } = await data(
      portal,
      `mutation { disableContact(id: "${contact.id}", expectedVersion: 3) { disabled version } }`
    )
    assert.deepEqual(disableContact, { disabled: true, version: 4 })
    assert.equal(told(await me(token)).code, 'UNAUTHENTICATED')
    assert.equal(told(await login(portal, contact.email, 'a very good password')).code, 'UNAUTHENTICATED')
    const stale = await ask(portal, `mutation { enableContact(id: "${contact.id}", expectedVersion: 3) { id } }`)
    assert.equal(told(stale).code, 'CONFLICT')
    const late = `mutation { createSignInLink(contactId: "${contact.id}", expectedVersion: 3) { url } }`
    await data(portal, `mutation { enableContact(id: "${contact.id}") { id } }`)
    assert.equal(told(await ask(portal, late)).code, 'CONFLICT')
    assert.equal(told(await me(token)).code, 'UNAUTHENTICATED')
    assert.ok((await login(portal, contact.email, 'a very good password')).json.data.login)
  })

  test('sessions are listed with who looks over the shoulder, and ended one by one or all', async t => {
    const portal = await start(t, open)
    const { contact, session } = await portal.signedIn('Ada')
    const support = newToken()
    const { staff } = portal.installation.people
    await staff.createApiKey({ name: 'Help desk', keyHash: hashToken(support), role: 'SUPPORT' }, testActor)
    const asSupport = async (document: string) => {
      const answer = await portal.query(consoleHost, document, { apiKey: support })
      assert.equal(answer.json?.errors, undefined, answer.text)
      return answer.json.data
    }
    const { viewAs } = await asSupport(`mutation { viewAs(contactId: "${contact.id}") { url } }`)
    const opened = await portal.request('acme.localhost', pathOf(viewAs.url), {
      headers: { accept: 'application/json' }
    })
    const list = async () =>
      (
        await asSupport(
          `{ contactSessions(contactId: "${contact.id}") { id domainId ip viewAs createdAt lastSeenAt } }`
        )
      ).contactSessions
    const sessions = await list()
    assert.deepEqual(sessions.map((each: { viewAs: string | null }) => each.viewAs).sort(), ['Help desk', null])
    for (const each of sessions) {
      assert.equal(each.domainId, portal.world.acme.id)
      assert.match(each.lastSeenAt, /Z$/)
    }
    const own = sessions.find((each: { viewAs: string | null }) => each.viewAs === null)
    await asSupport(`mutation { endContactSession(id: "${own.id}") }`)
    assert.equal(told(await portal.query('acme.localhost', '{ me { email } }', { session })).code, 'UNAUTHENTICATED')
    assert.equal((await list()).length, 1)
    const again = await portal.query(consoleHost, `mutation { endContactSession(id: "${own.id}") }`, {
      apiKey: support
    })
    assert.equal(told(again).code, 'NOT_FOUND')
    await portal.session(contact)
    assert.equal((await asSupport(`mutation { endContactSessions(contactId: "${contact.id}") }`)).endContactSessions, 2)
    assert.deepEqual(await list(), [])
    assert.equal(
      told(await portal.query('acme.localhost', '{ me { email } }', { session: opened.json.token })).code,
      'UNAUTHENTICATED'
    )
    assert.equal((await asSupport(`mutation { endContactSessions(contactId: "${contact.id}") }`)).endContactSessions, 0)
  })

  test('a locked contact is shown as such and unlocked by support', async t => {
    const portal = await start(t, open)
    const contact = await portal.contact(await portal.company('Alder'), 'ada@example.net')
    const { contacts } = portal.installation.people
    for (let turn = 0; turn < 11; turn += 1) await contacts.recordFailure(contact.id, `198.51.100.${turn}`)
    const seen = async () =>
      (await data(portal, `{ contact(id: "${contact.id}") { lockedUntil } }`)).contact.lockedUntil
    assert.match(await seen(), /Z$/)
    assert.equal(told(await login(portal, contact.email, testPassword)).code, 'UNAUTHENTICATED')
    const unlock = `mutation { unlockContact(id: "${contact.id}") { lockedUntil } }`
    assert.deepEqual((await data(portal, unlock)).unlockContact, { lockedUntil: null })
    await data(portal, unlock)
    assert.equal(await seen(), null)
    assert.ok((await login(portal, contact.email, testPassword)).json.data.login)
    const actions = (await portal.database.reader('audit_entry').where({ target: contact.id }).orderBy('seq')).map(
      entry => entry.action
    )
    assert.deepEqual(actions, ['createContact', 'lockSignIn', 'unlockContact', 'signIn'])
  })

  test('an allow-list counts from the next sign-in on; the contact reads what is written about it, private notes apart', async t => {
    const portal = await start(t, open)
    const { contact } = await portal.signedIn('Ada')
    const allow = (list: readonly string[]) =>
      ask(
        portal,
        'mutation ($id: ID!, $l: [String!]) { updateContact(id: $id, input: {ipAllowList: $l}) { ipAllowList } }',
        {
          id: contact.id,
          l: list
        }
      )
    assert.deepEqual((await allow(['192.0.2.0/24'])).json.data.updateContact.ipAllowList, ['192.0.2.0/24'])
    assert.equal(told(await login(portal, contact.email, testPassword)).code, 'UNAUTHENTICATED')
    await allow(['192.0.2.0/24', '127.0.0.1', '::1'])
    assert.ok((await login(portal, contact.email, testPassword)).json.data.login)
    assert.deepEqual(told(await allow(['10.0.0.0/8', '10.0.0.0/99'])).fields, {
      'input.ipAllowList.1': 'must be an address or a CIDR prefix'
    })

    const shown = {
      phone: null,
      mobile: '+44 7700 900123',
      department: null,
      contactType: 'billing',
      publicNotes: 'Your manager is Olga.\nCall her.',
      locale: 'pt-BR',
      timeZone: 'Europe/Berlin'
    }
    const fields = [...Object.keys(shown), 'privateNotes'].join(' ')
    const { createContact } = await data(
      portal,
      `mutation ($input: CreateContactInput!) { createContact(input: $input) { id ${fields} } }`,
      {
        input: {
          ...{ ...shown, companyId: contact.companyId, name: 'Bea', email: 'bea@example.net' },
          ...{ phone: ' ', locale: 'PT-br', timeZone: 'europe/BERLIN', privateNotes: 'Pays late' }
        }
      }
    )
    const { id, ...made } = createContact
    assert.deepEqual(made, { ...shown, privateNotes: 'Pays late' })
    const { contacts } = portal.installation.people
    const token = await portal.session((await contacts.get(id))!)
    const profile = `{ me { profile { ${Object.keys(shown).join(' ')} } } }`
    const own = await portal.query('acme.localhost', profile, { session: token })
    assert.deepEqual(own.json.data.me.profile, shown)
    const nosy = await portal.query('acme.localhost', '{ me { profile { privateNotes } } }', { session: token })
    assert.equal(told(nosy).code, 'QUERY_INVALID')
    const types = await portal.query('acme.localhost', '{ __schema { types { fields { name } } } }', { session: token })
    assert.match(types.text, /publicNotes/)
    assert.doesNotMatch(own.text + nosy.text + types.text, /Pays late|privateNotes"/)

    const { updateContact } = await data(
      portal,
      `mutation ($id: ID!) { updateContact(id: $id, input: {locale: null, publicNotes: " ", mobile: "1"}) { ${fields} } }`,
      { id }
    )
    const changed = { mobile: '1', publicNotes: null, locale: null }
    assert.deepEqual(updateContact, { ...made, ...changed })
    const [entry] = (await portal.installation.stores.audit.list({ target: id, first: 1 })).nodes
    assert.deepEqual(JSON.parse(entry!.after!), changed)
    assert.deepEqual(JSON.parse(entry!.before!), {
      ...{ mobile: shown.mobile, publicNotes: shown.publicNotes, locale: shown.locale }
    })
  })
})
