import assert from 'node:assert/strict'
import { test } from 'node:test'
import { forEachDatabase } from '../support/databases.ts'
import { type Answer, startPortal, type TestPortal, testActor, testPassword } from '../support/portal.ts'
import { toyPlugin } from './toy-plugin.ts'

const loginDocument =
  'mutation ($email: String!, $password: String!) { login(email: $email, password: $password) { token } }'

const login = (portal: TestPortal, host: string, email: string, password = testPassword): Promise<Answer> =>
  portal.query(host, loginDocument, { variables: { email, password } })

const me = (portal: TestPortal, session: string, host = 'acme.localhost'): Promise<Answer> =>
  portal.query(host, '{ me { email } }', { session })

const code = (answer: Answer): string | undefined => answer.json?.errors?.[0]?.extensions?.code

forEachDatabase('sign-in', open => {
  test('a contact signs in on its brand, asks who it is, and signs out', async t => {
    const portal = await startPortal(t, { open: () => open({ plugins: [toyPlugin] }), plugins: [toyPlugin] })
    const company = await portal.company('Alder')
    await portal.contact(company, 'Ada@alder.example')

    const answer = await login(portal, 'acme.localhost', 'ada@ALDER.example ')
    assert.equal(answer.status, 200, answer.text)
    const { token } = answer.json.data.login
    assert.ok(Buffer.from(token, 'base64url').length >= 32, 'at least 256 bits')
    const [cookie] = answer.headers['set-cookie'] ?? []
    assert.equal(cookie, `portal=${token}; Path=/; HttpOnly; SameSite=Lax`)

    const document =
      '{ me { email companyName companyStatus currency userType brandName accessRevision viewAs { staffName } features { key title group kind effective } } mySessions { current ip } portal { brandName } }'
    const known = await portal.query('acme.localhost', document, { cookie: token })
    assert.deepEqual(known.json.data.me, {
      email: 'Ada@alder.example',
      companyName: 'Alder',
      companyStatus: 'ACTIVE',
      currency: 'EUR',
      userType: 'CUSTOMER',
      brandName: 'Acme Voice',
      accessRevision: known.json.data.me.accessRevision,
      viewAs: null,
      features: [
        { key: 'toy', title: 'Toys', group: 'Common/Toys', kind: 'PAGE', effective: true },
        { key: 'toy.edit', title: 'Toys (Editable)', group: 'Common/Toys', kind: 'ABILITY', effective: true }
      ]
    })
    assert.deepEqual(known.json.data.mySessions, [{ current: true, ip: '127.0.0.1' }])
    assert.equal(known.json.data.portal.brandName, 'Acme Voice')

    const out = await portal.query('acme.localhost', 'mutation { logout }', { cookie: token })
    assert.equal(out.json.data.logout, true, out.text)
    assert.match(out.headers['set-cookie']?.[0] ?? '', /^portal=;/)
    assert.equal(code(await me(portal, token)), 'UNAUTHENTICATED')
  })

  test('every refusal of a sign-in is one and the same answer', async t => {
    const portal = await startPortal(t, { open: () => open({ plugins: [toyPlugin] }), plugins: [toyPlugin] })
    const { acme, globex } = portal.world
    const at = async (
      name: string,
      input: Parameters<TestPortal['company']>[1],
      list: string[] = []
    ): Promise<string> => {
      const email = `${name}@example.net`
      await portal.contact(await portal.company(name, input), email, list)
      return email
    }
    const fine = await at('fine', {})
    const homeless = await at('homeless', { domain: null })
    const inside = await at('inside', {}, ['127.0.0.0/8'])
    const admitted = await at('admitted', { userType: 'CARRIER' })
    for (const email of [fine, homeless, inside, admitted]) {
      assert.ok((await login(portal, 'acme.localhost', email)).json.data.login.token, email)
    }
    assert.ok((await login(portal, 'globex.localhost', homeless)).json.data.login.token)

    const other = await at('other', { domain: globex })
    const inactive = await at('inactive', { status: 'INACTIVE' })
    const outside = await at('outside', {}, ['192.0.2.0/24', '2001:db8::/32'])
    const barredCompany = await portal.company('barred', { userType: 'CARRIER' })
    await portal.contact(barredCompany, 'barred@example.net')
    await portal.override(barredCompany, 'toy-gate', 'HIDE')
    const silent = await portal.company('silent')
    await portal.installation.people.contacts.create(
      { companyId: silent.id, name: 'No password', email: 'silent@example.net', passwordHash: null },
      testActor
    )

    const refusals: [string, Answer][] = []
    const refuse = async (why: string, email: string, password?: string): Promise<void> => {
      refusals.push([why, await login(portal, 'acme.localhost', email, password)])
    }
    await refuse('wrong password', fine, 'wrong horse battery')
    await refuse('nobody has the address', 'nobody@example.net')
    await refuse('right password on another brand', other)
    await refuse('inactive company', inactive)
    await refuse('address not in the list', outside)
    await refuse('barred carrier', 'barred@example.net')
    await refuse('no password set', 'silent@example.net')
    await refuse('empty password', fine, '')
    await refuse('endless password', fine, 'x'.repeat(5_000))
    await refuse('null byte', 'fine@example.net\u0000', 'x')
    const [, first] = refusals[0]!
    assert.equal(code(first), 'UNAUTHENTICATED')
    for (const [why, answer] of refusals) {
      assert.equal(answer.text, first.text, why)
      assert.equal(answer.status, first.status, why)
      assert.equal(answer.headers['set-cookie'], undefined, why)
    }
    assert.equal(acme.fqdn, 'acme.localhost')
  })

  test('the tenth failure locks the contact, with the right password too, and sets it free after 15 minutes', async t => {
    const portal = await startPortal(t, { open: () => open({ plugins: [toyPlugin] }), plugins: [toyPlugin] })
    await portal.contact(await portal.company('Alder'), 'ada@alder.example')
    for (let turn = 0; turn < 10; turn += 1) {
      assert.equal(code(await login(portal, 'acme.localhost', 'ada@alder.example', `wrong ${turn}`)), 'UNAUTHENTICATED')
    }
    assert.equal(code(await login(portal, 'acme.localhost', 'ada@alder.example')), 'UNAUTHENTICATED')
    const { writer } = portal.database
    await writer('contact')
      .whereNotNull('locked_until')
      .decrement('locked_until', 16 * 60_000)
    await writer('sign_in_failure').decrement('at', 16 * 60_000)
    assert.ok((await login(portal, 'acme.localhost', 'ada@alder.example')).json.data.login.token)
  })

  test('fifty failures from one address refuse every contact from there', async t => {
    const portal = await startPortal(t, { open: () => open({ plugins: [toyPlugin] }), plugins: [toyPlugin] })
    await portal.contact(await portal.company('Alder'), 'ada@alder.example')
    const { contacts } = portal.installation.people
    for (let turn = 0; turn < 50; turn += 1) await contacts.recordFailure(null, '127.0.0.1')
    assert.equal(code(await login(portal, 'acme.localhost', 'ada@alder.example')), 'UNAUTHENTICATED')
    await portal.database.writer('sign_in_failure').update({ subject: '192.0.2.1' })
    assert.ok((await login(portal, 'acme.localhost', 'ada@alder.example')).json.data.login.token)
  })

  test('login stands at most once in a document', async t => {
    const portal = await startPortal(t, { open: () => open({ plugins: [toyPlugin] }), plugins: [toyPlugin] })
    const answer = await portal.query(
      'acme.localhost',
      'mutation { a: login(email: "a", password: "1") { token } b: login(email: "a", password: "2") { token } }'
    )
    assert.ok(answer.json.errors.length > 0)
    assert.equal(answer.json.data ?? null, null)
    assert.equal(await portal.installation.people.contacts.failuresFrom('127.0.0.1'), 0, 'nothing was tried')
  })

  test('a session ends after 30 idle minutes, after 12 hours, and with its contact', async t => {
    const portal = await startPortal(t, { open: () => open({ plugins: [toyPlugin] }), plugins: [toyPlugin] })
    const { writer } = portal.database
    const minutes = 60_000
    const idle = await portal.signedIn('idle')
    assert.equal((await me(portal, idle.session)).json.data.me.email, 'idle@example.net')
    await writer('contact_session')
      .where({ contact_id: idle.contact.id })
      .decrement('last_seen_at', 31 * minutes)
    assert.equal(code(await me(portal, idle.session)), 'UNAUTHENTICATED')

    const old = await portal.signedIn('old')
    await writer('contact_session')
      .where({ contact_id: old.contact.id })
      .decrement('expires_at', 12 * 60 * minutes)
    assert.equal(code(await me(portal, old.session)), 'UNAUTHENTICATED')

    const disabled = await portal.signedIn('disabled')
    await writer('contact').where({ id: disabled.contact.id }).update({ disabled: 1 })
    assert.equal(code(await me(portal, disabled.session)), 'UNAUTHENTICATED')

    const inactive = await portal.signedIn('inactive')
    await writer('company').where({ id: inactive.company.id }).update({ status: 'INACTIVE' })
    assert.equal(code(await me(portal, inactive.session)), 'UNAUTHENTICATED')
  })

  test('a session carried to another brand is lost on both', async t => {
    const portal = await startPortal(t, { open: () => open({ plugins: [toyPlugin] }), plugins: [toyPlugin] })
    const home = await portal.signedIn('homeless', { domain: null })
    assert.equal(code(await me(portal, home.session)), undefined)
    assert.equal(code(await me(portal, home.session, 'globex.localhost')), 'UNAUTHENTICATED')
    assert.equal(code(await me(portal, home.session)), 'UNAUTHENTICATED')
    // Though the contact itself may be signed in on both at a time.
    const there = await portal.session(home.contact, portal.world.globex)
    const here = await portal.session(home.contact)
    assert.equal(code(await me(portal, there, 'globex.localhost')), undefined)
    assert.equal(code(await me(portal, here)), undefined)
  })

  test('a gate that closes ends carrier sessions at their next request', async t => {
    const portal = await startPortal(t, { open: () => open({ plugins: [toyPlugin] }), plugins: [toyPlugin] })
    const carrier = await portal.signedIn('carrier', { userType: 'CARRIER' })
    const customer = await portal.signedIn('customer')
    assert.equal((await me(portal, carrier.session)).json.data.me.email, 'carrier@example.net')
    const { brands } = portal.installation.stores
    await brands.setFeatures(portal.world.acme.id, [{ key: 'toy-gate', enabled: false }], testActor)
    assert.equal(code(await me(portal, carrier.session)), 'UNAUTHENTICATED')
    assert.equal((await me(portal, customer.session)).json.data.me.email, 'customer@example.net')
    await brands.setFeatures(portal.world.acme.id, [{ key: 'toy-gate', enabled: true }], testActor)
    assert.equal(code(await me(portal, carrier.session)), 'UNAUTHENTICATED', 'it does not come back')
  })

  test('a contact ends its own sessions and nobody else’s; a new password ends the others', async t => {
    const portal = await startPortal(t, { open: () => open({ plugins: [toyPlugin] }), plugins: [toyPlugin] })
    const ada = await portal.signedIn('ada')
    const ben = await portal.signedIn('ben')
    const second = await portal.session(ada.contact)
    const third = await portal.session(ada.contact)
    const list = (session: string): Promise<Answer> =>
      portal.query('acme.localhost', '{ mySessions { id current } }', { session })
    const end = (session: string, id: string): Promise<Answer> =>
      portal.query('acme.localhost', 'mutation ($id: ID!) { endSession(id: $id) }', { session, variables: { id } })

    const [bens] = (await list(ben.session)).json.data.mySessions
    assert.equal(code(await end(ada.session, bens.id)), 'NOT_FOUND')
    assert.equal(code(await end(ada.session, 'no such session')), 'NOT_FOUND')
    assert.equal(code(await me(portal, ben.session)), undefined)
    const current = (await list(second)).json.data.mySessions.find((each: { current: boolean }) => each.current)
    assert.equal((await end(ada.session, current.id)).json.data.endSession, true)
    assert.equal(code(await me(portal, second)), 'UNAUTHENTICATED')

    const others = await portal.query('acme.localhost', 'mutation { endOtherSessions }', { session: ben.session })
    assert.equal(others.json.data.endOtherSessions, 0)
    assert.equal(code(await me(portal, third)), undefined)

    const change = (oldPassword: string, newPassword: string): Promise<Answer> =>
      portal.query(
        'acme.localhost',
        'mutation ($oldPassword: String!, $newPassword: String!) { changePassword(oldPassword: $oldPassword, newPassword: $newPassword) }',
        { session: ada.session, variables: { oldPassword, newPassword } }
      )
    const weak = await change(testPassword, 'short')
    assert.deepEqual(Object.keys(weak.json.errors[0].extensions.fields), ['newPassword'])
    assert.deepEqual(Object.keys((await change(testPassword, 'ADA@example.net')).json.errors[0].extensions.fields), [
      'newPassword'
    ])
    assert.deepEqual(
      Object.keys((await change('not the old one', 'a new good one')).json.errors[0].extensions.fields),
      ['oldPassword']
    )
    assert.equal(code(await me(portal, third)), undefined)
    assert.equal((await change(testPassword, 'a new good one')).json.data.changePassword, true)
    const logged = await portal.database
      .reader('audit_entry')
      .whereIn('action', ['endSession', 'changePassword'])
      .orderBy('seq')
    assert.deepEqual(
      logged.map(({ action, actor, target, before, after }) => [action, actor, target, before, after]),
      [
        ['endSession', `contact:${ada.contact.id}`, ada.contact.id, null, null],
        ['changePassword', `contact:${ada.contact.id}`, ada.contact.id, '{"password":"***"}', '{"password":"***"}']
      ]
    )
    assert.equal(code(await me(portal, third)), 'UNAUTHENTICATED')
    assert.equal(code(await me(portal, ada.session)), undefined)
    assert.equal(code(await login(portal, 'acme.localhost', 'ada@example.net')), 'UNAUTHENTICATED')
    assert.ok((await login(portal, 'acme.localhost', 'ada@example.net', 'a new good one')).json.data.login.token)
    const ended = await portal.query('acme.localhost', 'mutation { endOtherSessions }', { session: ada.session })
    assert.equal(ended.json.data.endOtherSessions, 1)
    assert.equal((await list(ada.session)).json.data.mySessions.length, 1)
  })

  test('only hashes of tokens are stored', async t => {
    const portal = await startPortal(t, { open: () => open({ plugins: [toyPlugin] }), plugins: [toyPlugin] })
    const { session } = await portal.signedIn('ada')
    const rows = JSON.stringify([
      await portal.database.writer('contact_session').select('*'),
      await portal.database.writer('api_key').select('*'),
      await portal.database.writer('contact').select('*')
    ])
    for (const secret of [session, portal.apiKey, testPassword]) assert.ok(!rows.includes(secret))
    assert.match(rows, /\$argon2id\$v=19\$m=19456,t=2,p=1\$/)
  })
})
