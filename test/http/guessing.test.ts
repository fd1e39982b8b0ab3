import assert from 'node:assert/strict'
import { test } from 'node:test'
import { networkOf } from '../../http/address.ts'
import { hashPassword } from '../../http/passwords.ts'
import { forEachDatabase } from '../support/databases.ts'
import { type Answer, consoleHost, startPortal, type TestPortal, testActor, testPassword } from '../support/portal.ts'
import { toyPlugin } from './toy-plugin.ts'

const loginDocument =
  'mutation ($email: String!, $password: String!) { login(email: $email, password: $password) { token } }'
const code = (answer: Answer): string | undefined => answer.json?.errors?.[0]?.extensions?.code

test('one IPv6 line counts as one address, however it is written', () => {
  for (const address of ['2001:db8::1', '2001:0DB8:0000:0000:ffff::', '2001:db8::192.0.2.1'])
    assert.equal(networkOf(address), '2001:db8:0:0::/64', address)
  assert.equal(networkOf('2001:db8:0:1::1'), '2001:db8:0:1::/64')
  assert.equal(networkOf('::1'), '0:0:0:0::/64')
  assert.equal(networkOf('fe80::1%eth0'), 'fe80:0:0:0::/64')
  assert.equal(networkOf('::ffff:192.0.2.1'), '192.0.2.1')
  assert.equal(networkOf('::FFFF:c000:201'), '192.0.2.1')
  assert.equal(networkOf('::ffff:1:0'), '0.1.0.0')
  assert.equal(networkOf('192.0.2.1'), '192.0.2.1')
})

forEachDatabase('guessing', open => {
  const start = (t: Parameters<typeof startPortal>[0]): Promise<TestPortal> =>
    startPortal(t, {
      open: () => open({ plugins: [toyPlugin] }),
      plugins: [toyPlugin],
      settings: { trustedProxies: ['127.0.0.1'] }
    })
  const login = (portal: TestPortal, email: string, password: string, from = '192.0.2.1'): Promise<Answer> =>
    portal.query('acme.localhost', loginDocument, {
      variables: { email, password },
      headers: { 'x-forwarded-for': from }
    })

  test('guesses sent all at once are locked out by the first ten, the right one too', async t => {
    const portal = await start(t)
    await portal.contact(await portal.company('Alder'), 'ada@alder.example')
    const guesses = Array.from({ length: 40 }, (_, index) => login(portal, 'ada@alder.example', `guess ${index}`))
    await Promise.all([...guesses.slice(0, 1)])
    const right = login(portal, 'ada@alder.example', testPassword)
    const answers = await Promise.all([...guesses, right])
    for (const answer of answers) assert.equal(answer.text, answers[0]!.text)
  })

  test('the same on the console', async t => {
    const portal = await start(t)
    await portal.installation.people.staff.create(
      { name: 'Olga', email: 'olga@example.net', passwordHash: await hashPassword('a good password'), role: 'ADMIN' },
      testActor
    )
    const signIn = (password: string): Promise<Answer> =>
      portal.request(consoleHost, '/operator/session', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ email: 'olga@example.net', password })
      })
    const guesses = Array.from({ length: 40 }, (_, index) => signIn(`guess ${index}`))
    await guesses[0]
    for (const answer of await Promise.all([...guesses, signIn('a good password')])) assert.equal(answer.status, 401)
  })

  test('a new password is not guessed for all at once either', async t => {
    const portal = await start(t)
    const { session, contact } = await portal.signedIn('Ada')
    const change = (oldPassword: string): Promise<Answer> =>
      portal.query(
        'acme.localhost',
        `mutation { changePassword(oldPassword: "${oldPassword}", newPassword: "a new good one") }`,
        {
          session
        }
      )
    const guesses = Array.from({ length: 40 }, (_, index) => change(`guess ${index}`))
    await guesses[0]
    for (const answer of await Promise.all([...guesses, change(testPassword)]))
      assert.equal(code(answer), 'BAD_USER_INPUT', answer.text)
    assert.equal((await portal.installation.people.contacts.get(contact.id))?.version, 1)
  })

  test('an address that has failed too often costs no comparison, and its line of IPv6 is one address', async t => {
    const portal = await start(t)
    await portal.contact(await portal.company('Alder'), 'ada@alder.example')
    const from = '2001:db8::'
    for (let turn = 0; turn < 50; turn += 1)
      await portal.installation.people.contacts.recordFailure(null, networkOf(`${from}${turn}`))
    // More than may wait for a comparison.
    const flood = await Promise.all(
      Array.from({ length: 300 }, (_, index) => login(portal, 'ada@alder.example', testPassword, `${from}${index}`))
    )
    for (const answer of flood) assert.equal(code(answer), 'UNAUTHENTICATED', answer.text)
    assert.equal(await portal.installation.people.contacts.failuresFrom(networkOf(from)), 50)
    assert.equal((await login(portal, 'ada@alder.example', testPassword, '2001:db8:0:1::1')).json.errors, undefined)
  })
})
