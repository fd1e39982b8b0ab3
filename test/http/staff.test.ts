import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { hashPassword } from '../../http/passwords.ts'
import { codeOf, stepAt } from '../../http/totp.ts'
import { forEachDatabase, type Open } from '../support/databases.ts'
import { type Answer, consoleHost, startPortal, type TestPortal, testActor, testPassword } from '../support/portal.ts'
import { toyPlugin } from './toy-plugin.ts'

const json = { 'content-type': 'application/json' }
const told = (answer: Answer): { code?: string; reason?: string } => answer.json?.errors?.[0]?.extensions ?? {}
const password = hashPassword(testPassword)
const secretOf = (text: string): Buffer => {
  const bits = [...text]
    .map(sign => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(sign).toString(2).padStart(5, '0'))
    .join('')
  return Buffer.from((bits.match(/.{8}/g) ?? []).map(byte => Number.parseInt(byte, 2)))
}

/** A portal whose secret is set, and what members of staff do there. */
const start = async (t: TestContext, open: Open, settings: { secret?: string | null } = {}) => {
  const portal = await startPortal(t, {
    open: () => open({ plugins: [toyPlugin] }),
    plugins: [toyPlugin],
    settings: { secret: 'a secret of the test, long enough', ...settings }
  })
  const member = async (name: string, role: 'ADMIN' | 'SUPPORT' | 'AUDITOR' = 'ADMIN') =>
    (
      await portal.installation.people.staff.create(
        { name, email: `${name}@example.net`, passwordHash: await password, role },
        testActor
      )
    ).id
  const signIn = (name: string, more: { code?: string; password?: string } = {}): Promise<Answer> =>
    portal.request(consoleHost, '/operator/session', {
      method: 'POST',
      headers: json,
      body: JSON.stringify({ email: `${name}@example.net`, password: testPassword, ...more })
    })
  const cookieOf = (answer: Answer): string =>
    /^portal=([^;]+);/.exec(answer.headers['set-cookie']?.[0] ?? '')?.[1] ?? assert.fail(answer.text)
  const ask = (document: string, cookie: string, variables: Record<string, unknown> = {}): Promise<Answer> =>
    portal.query(consoleHost, document, {
      cookie,
      variables,
      headers: { origin: `http://${consoleHost}:${portal.port}`, host: `${consoleHost}:${portal.port}` }
    })
  const byKey = async (document: string, variables: Record<string, unknown> = {}) => {
    const answer = await portal.query(consoleHost, document, { apiKey: portal.apiKey, variables })
    assert.equal(answer.json?.errors, undefined, answer.text)
    return answer.json.data
  }
  /** Turns two-factor sign-in on. */
  const enable = async (cookie: string) => {
    const setup = await ask('mutation ($p: String!) { startTwoFactor(password: $p) { secret uri } }', cookie, {
      p: testPassword
    })
    const secret = secretOf(setup.json.data.startTwoFactor.secret)
    const { at } = await portal.installation.stores.source.clock()
    // Neighbours of the current step are taken too, so that it may end between here and there.
    const first = stepAt(at)
    const code = codeOf(secret, first)
    const done = await ask('mutation ($c: String!) { confirmTwoFactor(code: $c) }', cookie, { c: code })
    assert.equal(done.json.errors, undefined, done.text)
    const codes: string[] = done.json.data.confirmTwoFactor
    /** A code that was not used yet. */
    const now = async (off = 0) => {
      const { at } = await portal.installation.stores.source.clock()
      return codeOf(secret, Math.max(stepAt(at), first + 1) + off)
    }
    return { secret, codes, now, used: code }
  }
  return { portal, member, signIn, cookieOf, ask, byKey, enable }
}
const pathOf = (url: string): string => new URL(url).pathname + new URL(url).search
const set = (portal: TestPortal, host: string, path: string, body: unknown): Promise<Answer> =>
  portal.request(host, path, { method: 'POST', headers: json, body: JSON.stringify(body) })

forEachDatabase('staff', open => {
  test('a new member sets a password with a link, once, and signs in', async t => {
    const { portal, signIn, byKey } = await start(t, open)
    const { createStaff } = await byKey(
      'mutation { createStaff(input: {name: "Olga", email: "olga@example.net", role: SUPPORT}) { staff { id role hasPassword } link { url expiresAt } } }'
    )
    assert.deepEqual({ ...createStaff.staff, id: '' }, { id: '', role: 'SUPPORT', hasPassword: false })
    assert.equal((await signIn('olga')).status, 401)
    const url = new URL(createStaff.link.url)
    assert.equal(url.hostname, consoleHost)
    const token = url.searchParams.get('token')
    const seen = (host = consoleHost, path = pathOf(url.href)) => portal.request(host, path)
    for (let turn = 0; turn < 2; turn += 1) {
      const { status, json: shown } = await seen()
      assert.equal(status, 200)
      assert.deepEqual(shown, { name: 'Olga', email: 'olga@example.net', expiresAt: createStaff.link.expiresAt })
    }
    // Not on a brand's host, and not with anything else for a token.
    assert.equal((await seen('acme.localhost', `/set-password?token=${token}`)).status, 401)
    assert.equal((await seen('acme.localhost')).status, 404)
    assert.equal((await seen(consoleHost, '/operator/set-password')).status, 401)
    const post = (newPassword: unknown, more: object = {}) =>
      set(portal, consoleHost, '/operator/set-password', { token, newPassword, ...more })
    for (const weak of ['short', 'olga@example.net', 'aaaaaaaaaaaa', '', 7, null])
      assert.equal((await post(weak)).status, 400, String(weak))
    assert.equal((await post('a very good password', { token: 'x' })).status, 401)
    const raced = await Promise.all([post('a very good password'), post('a very good password')])
    assert.deepEqual(raced.map(answer => answer.status).sort(), [204, 401])
    assert.equal((await seen()).status, 401)
    assert.equal((await post('another good password')).status, 401)
    assert.equal((await signIn('olga', { password: 'a very good password' })).status, 201)
  })

  test('a link ends with its day, with a newer one and with its person', async t => {
    const { portal, member, byKey } = await start(t, open)
    const id = await member('olga', 'SUPPORT')
    const reset = async () =>
      (await byKey('mutation ($id: ID!) { resetStaffPassword(id: $id) { url } }', { id })).resetStaffPassword.url
    const works = async (url: string) => (await portal.request(consoleHost, pathOf(url))).status === 200
    const first = await reset()
    const second = await reset()
    assert.deepEqual([await works(first), await works(second)], [false, true])
    await portal.database.writer('password_link').decrement('expires_at', 24 * 3_600_000)
    assert.equal(await works(second), false)
    const third = await reset()
    await byKey('mutation ($id: ID!) { updateStaff(id: $id, input: {disabled: true}) { id } }', { id })
    assert.equal(await works(third), false)
    await byKey('mutation ($id: ID!) { updateStaff(id: $id, input: {disabled: false}) { id } }', { id })
    assert.equal(await works(third), false)
    const [row] = await portal.database
      .reader('audit_entry')
      .where({ action: 'resetStaffPassword' })
      .orderBy('seq', 'desc')
    assert.match(row.after, /"link":"\*\*\*"/)
    assert.ok(
      !JSON.stringify(await portal.database.reader('password_link')).includes(new URL(third).searchParams.get('token')!)
    )
  })

  test('two-factor sign-in asks for a code, takes each once, and tells only who knows the password', async t => {
    const { portal, member, signIn, cookieOf, ask, enable } = await start(t, open)
    const id = await member('olga')
    const cookie = cookieOf(await signIn('olga'))
    const wrong = await ask('mutation { startTwoFactor(password: "not this one") { secret } }', cookie)
    assert.equal(told(wrong).code, 'BAD_USER_INPUT')
    const { codes, now, used, secret } = await enable(cookie)
    assert.equal(codes.length, 10)
    const again = await ask('mutation ($p: String!) { startTwoFactor(password: $p) { secret } }', cookie, {
      p: testPassword
    })
    assert.deepEqual([told(again).code, told(again).reason], ['PRECONDITION_FAILED', 'TWO_FACTOR_ON'])

    assert.equal(told(await signIn('olga')).reason, 'TOTP_REQUIRED')
    const refused = await signIn('olga', { password: 'not this one' })
    assert.equal(told(refused).reason, 'BAD_CREDENTIALS')
    const code = await now()
    for (const [what, answer] of Object.entries({
      'a wrong password with the right code': await signIn('olga', { password: 'not this one', code }),
      'a code that was used when it was set up': await signIn('olga', { code: used }),
      'a code of five minutes ahead': await signIn('olga', { code: await now(10) }),
      'a recovery code of nobody': await signIn('olga', { code: 'AAAA-AAAA-AAAA-AAAA' })
    })) {
      assert.equal(answer.status, 401, what)
      assert.equal(answer.text, refused.text, what)
    }
    const raced = await Promise.all([signIn('olga', { code }), signIn('olga', { code }), signIn('olga', { code })])
    assert.deepEqual(raced.map(answer => answer.status).sort(), [201, 401, 401])

    const [recovery, other] = codes as [string, string]
    assert.equal((await signIn('olga', { code: recovery.toLowerCase() })).status, 201)
    assert.equal((await signIn('olga', { code: recovery })).text, refused.text)
    const member2 = await portal.installation.people.staff.get(id)
    assert.deepEqual([member2!.twoFactor, member2!.recoveryCodesLeft], [true, 9])

    assert.equal(told(await ask('mutation { disableTwoFactor(code: "000000") }', cookie)).code, 'BAD_USER_INPUT')
    const off = await ask('mutation ($c: String!) { disableTwoFactor(code: $c) }', cookie, { c: other })
    assert.equal(off.json.data.disableTwoFactor, true, off.text)
    assert.equal((await signIn('olga')).status, 201)

    const stored = JSON.stringify([
      await portal.database.reader('audit_entry'),
      await portal.database.reader('staff_two_factor'),
      await portal.database.reader('staff_recovery_code')
    ])
    for (const hidden of [...codes, secret.toString('base64'), secret.toString('base64url'), secret.toString('hex')])
      assert.ok(!stored.includes(hidden))
  })

  test('wrong codes lock as wrong passwords do, sent all at once as well', async t => {
    const { portal, member, signIn, cookieOf, ask, byKey, enable } = await start(t, open)
    const id = await member('olga')
    const { now, codes } = await enable(cookieOf(await signIn('olga')))
    const answers = await Promise.all(
      Array.from({ length: 16 }, (_, index) => signIn('olga', { code: String(100_000 + index) }))
    )
    for (const answer of answers) assert.equal(answer.status, 401)
    for (const code of [await now(), codes[0]!]) assert.equal((await signIn('olga', { code })).status, 401, 'locked')
    const locks = await portal.database.reader('audit_entry').where({ action: 'lockSignIn', target: id })
    assert.equal(locks.length, 1)
    const tried = async () => (await portal.installation.people.staff.get(id))!.recoveryCodesLeft
    assert.equal(await tried(), 10)
    const { unlockStaff } = await byKey('mutation ($id: ID!) { unlockStaff(id: $id) { lockedUntil } }', { id })
    assert.equal(unlockStaff.lockedUntil, null)
    assert.equal((await signIn('olga', { code: await now() })).status, 201)
    // Who has a session, and finds two-factor sign-in begun, does not guess the code that confirms it.
    await member('otto')
    const left = cookieOf(await signIn('otto'))
    const begun = await ask('mutation ($p: String!) { startTwoFactor(password: $p) { secret } }', left, {
      p: testPassword
    })
    const secret = secretOf(begun.json.data.startTwoFactor.secret)
    const confirm = (code: string) => ask('mutation ($c: String!) { confirmTwoFactor(code: $c) }', left, { c: code })
    for (let turn = 0; turn < 10; turn += 1) assert.equal(told(await confirm('12345x')).code, 'BAD_USER_INPUT')
    const { at } = await portal.installation.stores.source.clock()
    assert.equal(told(await confirm(codeOf(secret, stepAt(at)))).code, 'BAD_USER_INPUT')
    // Of guesses at the second factor itself, all at once, no more than ten are looked at.
    const { staff } = portal.installation.people
    await Promise.all(Array.from({ length: 12 }, () => staff.spendSecondFactor(id, null, '192.0.2.7')))
    assert.equal(await staff.spendSecondFactor(id, { step: 9_999_999_999 }, '192.0.2.7'), false)
  })

  test('without PORTAL_SECRET two-factor sign-in cannot begin; an API key has no account', async t => {
    const { portal, member, signIn, cookieOf, ask } = await start(t, open, { secret: null })
    await member('olga', 'AUDITOR')
    const cookie = cookieOf(await signIn('olga'))
    const begin = await ask('mutation ($p: String!) { startTwoFactor(password: $p) { secret } }', cookie, {
      p: testPassword
    })
    assert.deepEqual([told(begin).code, told(begin).reason], ['PRECONDITION_FAILED', 'SECRET_NOT_SET'])
    assert.equal(
      told(await ask('mutation { confirmTwoFactor(code: "123456") }', cookie)).reason,
      'TWO_FACTOR_NOT_STARTED'
    )
    assert.equal(told(await ask('mutation { disableTwoFactor(code: "123456") }', cookie)).reason, 'TWO_FACTOR_OFF')
    for (const document of [
      'changeMyPassword(oldPassword: "a", newPassword: "a very good one")',
      'disableTwoFactor(code: "1")'
    ]) {
      const answer = await portal.query(consoleHost, `mutation { ${document} }`, { apiKey: portal.apiKey })
      assert.equal(told(answer).reason, 'NOT_A_PERSON', answer.text)
    }
  })

  test('an admin resets the two factors of somebody, and not the own ones', async t => {
    const { member, signIn, cookieOf, ask, enable } = await start(t, open)
    const olga = await member('olga')
    const otto = await member('otto')
    const cookie = cookieOf(await signIn('olga'))
    await enable(cookie)
    const document = 'mutation ($id: ID!) { resetStaffTwoFactor(id: $id) { twoFactor recoveryCodesLeft } }'
    assert.equal(told(await ask(document, cookie, { id: olga })).reason, 'OWN_ACCOUNT')
    const other = cookieOf(await signIn('otto'))
    const stale = 'mutation ($id: ID!) { resetStaffTwoFactor(id: $id, expectedVersion: 1) { id } }'
    assert.equal(told(await ask(stale, other, { id: olga })).code, 'CONFLICT')
    assert.deepEqual((await ask(document, other, { id: olga })).json.data.resetStaffTwoFactor, {
      twoFactor: false,
      recoveryCodesLeft: 0
    })
    assert.equal((await signIn('olga')).status, 201)
    const own = 'mutation ($id: ID!, $i: UpdateStaffInput!) { updateStaff(id: $id, input: $i) { role } }'
    for (const change of [{ role: 'SUPPORT' }, { disabled: true }])
      assert.equal(told(await ask(own, other, { id: otto, i: change })).reason, 'OWN_ACCOUNT')
    assert.equal(told(await ask(own, other, { id: otto, i: { role: 'INGEST' } })).code, 'BAD_USER_INPUT')
    assert.equal(
      (await ask(own, other, { id: otto, i: { name: 'Otto the First' } })).json.data.updateStaff.role,
      'ADMIN'
    )
    const reset = await ask('mutation ($id: ID!) { resetStaffPassword(id: $id) { url } }', other, { id: otto })
    assert.equal(told(reset).reason, 'OWN_ACCOUNT')
  })

  test('a password of one’s own is changed with the old one; other sessions end, the own one stays', async t => {
    const { portal, member, signIn, cookieOf, ask } = await start(t, open)
    const id = await member('olga', 'AUDITOR')
    const [here, there] = [cookieOf(await signIn('olga')), cookieOf(await signIn('olga'))]
    const sessions = async () =>
      (await ask('query ($id: ID!) { staffSessions(staffId: $id) { current ip } }', here, { id })).json.data
        .staffSessions
    assert.deepEqual((await sessions()).map((each: { current: boolean }) => each.current).sort(), [false, true])
    const change = (oldPassword: string, newPassword: string) =>
      ask('mutation ($o: String!, $n: String!) { changeMyPassword(oldPassword: $o, newPassword: $n) }', here, {
        o: oldPassword,
        n: newPassword
      })
    assert.equal(told(await change('not this one', 'a very good password')).code, 'BAD_USER_INPUT')
    assert.equal(told(await change(testPassword, 'short')).code, 'BAD_USER_INPUT')
    assert.equal((await change(testPassword, 'a very good password')).json.data.changeMyPassword, true)
    assert.deepEqual(await sessions(), [{ current: true, ip: '127.0.0.1' }])
    assert.equal((await ask('{ me { name } }', there)).status, 401)
    assert.equal((await signIn('olga')).status, 401)
    const left = cookieOf(await signIn('olga', { password: 'a very good password' }))
    const out = await portal.request(consoleHost, '/operator/session', { method: 'DELETE', cookie: left })
    assert.equal(out.status, 204)
    const actions = await portal.database
      .reader('audit_entry')
      .where({ actor: `staff:${id}` })
      .orderBy('seq')
    assert.deepEqual(
      actions.map(entry => entry.action),
      ['signIn', 'signIn', 'changeMyPassword', 'signIn', 'signOut']
    )
  })

  test('a role that is taken away and an account that is disabled end at once', async t => {
    const { portal, member, signIn, cookieOf, ask, byKey } = await start(t, open)
    const id = await member('olga')
    await member('otto')
    const { contact } = await portal.signedIn('Ada')
    const cookie = cookieOf(await signIn('olga'))
    const link = await ask('mutation ($id: ID!) { viewAs(contactId: $id, writeThrough: true) { url } }', cookie, {
      id: contact.id
    })
    const opened = await portal.request('acme.localhost', pathOf(link.json.data.viewAs.url), {
      headers: { accept: 'application/json' }
    })
    const looking = () => portal.query('acme.localhost', '{ me { email } }', { session: opened.json.token })
    assert.equal((await looking()).json.errors, undefined)
    await byKey('mutation ($id: ID!) { updateStaff(id: $id, input: {role: AUDITOR}) { id } }', { id })
    assert.equal(told(await looking()).code, 'UNAUTHENTICATED')
    assert.equal(told(await ask('mutation { createApiKey(name: "x", role: ADMIN) { id } }', cookie)).code, 'FORBIDDEN')
    await byKey('mutation ($id: ID!) { updateStaff(id: $id, input: {disabled: true}) { id } }', { id })
    assert.equal((await ask('{ me { name } }', cookie)).status, 401)
    assert.equal((await signIn('olga')).status, 401)
    await byKey('mutation ($id: ID!) { updateStaff(id: $id, input: {disabled: false}) { id } }', { id })
    assert.equal((await ask('{ me { name } }', cookie)).status, 401, 'the session does not come back')
    const again = cookieOf(await signIn('olga'))
    const { endStaffSessions } = await byKey('mutation ($id: ID!) { endStaffSessions(staffId: $id) }', { id })
    assert.equal(endStaffSessions, 1)
    assert.equal((await ask('{ me { name } }', again)).status, 401)
  })
})
