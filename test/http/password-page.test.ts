import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { pageLanguageOf } from '../../http/password-page-words.ts'
import { faultOfPassword } from '../../http/passwords.ts'
import { forEachDatabase, type Open } from '../support/databases.ts'
import { type Answer, consoleHost, startPortal, type TestPortal, testPassword } from '../support/portal.ts'
import { toyPlugin } from './toy-plugin.ts'

const brandHost = 'acme.localhost'
const good = 'a very good password'

const start = async (t: TestContext, open: Open) => {
  const portal = await startPortal(t, { open: () => open({ plugins: [toyPlugin] }), plugins: [toyPlugin] })
  const company = await portal.company('Alder')
  const contact = await portal.contact(company, 'ada@example.net')
  const link = async (): Promise<string> => {
    const answer = await portal.query(
      consoleHost,
      `mutation { createSignInLink(contactId: "${contact.id}") { url } }`,
      { apiKey: portal.apiKey }
    )
    return new URL(answer.json.data.createSignInLink.url).searchParams.get('token') ?? assert.fail(answer.text)
  }
  return { portal, contact, link }
}

/** What a browser sends when a page's form is sent off. */
const send = (
  portal: TestPortal,
  fields: Readonly<Record<string, string>>,
  more: { headers?: Readonly<Record<string, string>>; cookie?: string } = {}
): Promise<Answer> =>
  portal.request(brandHost, '/set-password', {
    method: 'POST',
    body: new URLSearchParams(fields).toString(),
    ...(more.cookie === undefined ? {} : { cookie: more.cookie }),
    headers: {
      host: `${brandHost}:${portal.port}`,
      accept: 'text/html,*/*;q=0.8',
      'content-type': 'application/x-www-form-urlencoded',
      origin: `http://${brandHost}:${portal.port}`,
      'sec-fetch-site': 'same-origin',
      'sec-fetch-mode': 'navigate',
      ...more.headers
    }
  })
const see = (portal: TestPortal, token: string, cookie?: string, language = 'en-US,en;q=0.5'): Promise<Answer> =>
  portal.request(brandHost, `/set-password?token=${token}`, {
    headers: {
      accept: 'text/html',
      'accept-language': language,
      'sec-fetch-site': 'cross-site',
      'sec-fetch-mode': 'navigate'
    },
    ...(cookie === undefined ? {} : { cookie })
  })
const isSafePage = ({ headers, text }: Answer): void => {
  assert.match(String(headers['content-type']), /^text\/html/)
  assert.equal(
    headers['content-security-policy'],
    "default-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
  )
  assert.equal(headers['cache-control'], 'no-store')
  assert.equal(headers['referrer-policy'], 'strict-origin')
  assert.doesNotMatch(text, /<script|<style|\sstyle=|\son\w+=|https?:/i)
}

forEachDatabase('the page of a link', open => {
  test('sets a password without any script, and a wrong word does not use the link up', async t => {
    const { portal, contact, link } = await start(t, open)
    await portal.installation.people.contacts.update(
      contact.id,
      { name: `<script>"O'Hara" & Co` },
      { operator: { actor: 'staff:x', name: 'X', role: 'ADMIN', ip: '' } }
    )
    const stale = await portal.session(contact)
    const token = await link()
    const shown = await see(portal, token, stale)
    assert.equal(shown.status, 200, shown.text)
    isSafePage(shown)
    assert.match(shown.text, /<html lang="en" dir="ltr">/)
    assert.match(shown.text, /<h1><bdi>Acme Voice<\/bdi><\/h1>/)
    assert.match(shown.text, /&lt;script&gt;&quot;O&#39;Hara&quot; &amp; Co/)
    assert.match(shown.text, new RegExp(`name="token" value="${token}"`))
    for (const [fields, words] of [
      [{ newPassword: good, repeated: 'another one' }, /not the same/],
      [{ newPassword: 'short', repeated: 'short' }, /at least 10/],
      [{ newPassword: 'ada@example.net', repeated: 'ada@example.net' }, /e-mail address/]
    ] as const) {
      const answer = await send(portal, { token, ...fields }, { cookie: stale })
      assert.equal(answer.status, 400)
      isSafePage(answer)
      assert.match(answer.text, words)
      assert.match(answer.text, /<form method="post">/)
    }
    const arabic = { 'accept-language': 'de, ar-EG;q=0.9, en;q=0.4' }
    const other = await see(portal, token, stale, arabic['accept-language'])
    isSafePage(other)
    assert.match(other.text, /<html lang="ar" dir="rtl">/)
    assert.match(other.text, /اختر كلمة مرورك/)
    const short = await send(portal, { token, newPassword: 'short', repeated: 'short' }, { headers: arabic })
    assert.match(short.text, /<p role="status">لم تُعيَّن: استخدم 10 أحرف/)
    for (const { text } of [other, short, await see(portal, 'none', undefined, 'ar')])
      assert.doesNotMatch(
        text.replaceAll(/<[^>]*>|Acme Voice|&lt;script.*Co/g, '').replaceAll(/&\w+;/g, ''),
        /[A-Za-z]{2,}/
      )
    const done = await send(portal, { token, newPassword: good, repeated: good }, { cookie: stale })
    assert.equal(done.status, 200, done.text)
    isSafePage(done)
    assert.doesNotMatch(done.text, /<form/)
    assert.equal((await portal.query(brandHost, '{ me { email } }', { session: stale })).status, 401)
    const signedIn = await portal.query(
      brandHost,
      `mutation { login(email: "ada@example.net", password: "${good}") { token } }`
    )
    assert.ok(signedIn.json.data.login, signedIn.text)
    for (const over of [
      await see(portal, token),
      await see(portal, '"><script>'),
      await send(portal, { token, newPassword: good, repeated: good }),
      await send(portal, { token, newPassword: good, repeated: 'another one' })
    ]) {
      isSafePage(over)
      assert.doesNotMatch(over.text, /<form/)
      assert.ok(over.status >= 400)
    }
    // Programs still speak JSON.
    const json = await portal.request(brandHost, `/set-password?token=${await link()}`, { headers: { accept: '*/*' } })
    assert.equal(json.json.email, 'ada@example.net')
  })

  test('takes no form that comes from elsewhere, or from nowhere; other routes take none at all', async t => {
    const { portal, contact, link } = await start(t, open)
    const token = await link()
    const fields = { token, newPassword: good, repeated: good }
    const foreign: readonly Readonly<Record<string, string>>[] = [
      { origin: 'http://evil.example' },
      { origin: `http://globex.localhost:${portal.port}` },
      { origin: `http://${brandHost}:1` },
      { origin: 'null' },
      { 'sec-fetch-site': 'cross-site' },
      { 'sec-fetch-site': 'same-site' }
    ]
    for (const headers of foreign) {
      const answer = await send(portal, fields, { headers })
      assert.equal(answer.status, 403, `${JSON.stringify(headers)} ${answer.text}`)
    }
    const nowhere = await portal.request(brandHost, '/set-password', {
      method: 'POST',
      body: new URLSearchParams(fields).toString(),
      headers: { 'content-type': 'application/x-www-form-urlencoded' }
    })
    assert.equal(nowhere.status, 403)
    const session = await portal.session(contact)
    for (const path of ['/graphql', '/view-as']) {
      const answer = await portal.request(brandHost, path, {
        method: 'POST',
        cookie: session,
        body: `query=${encodeURIComponent('mutation { logout }')}`,
        headers: {
          host: `${brandHost}:${portal.port}`,
          'content-type': 'application/x-www-form-urlencoded',
          origin: `http://${brandHost}:${portal.port}`
        }
      })
      assert.ok([404, 415].includes(answer.status), `${path} ${answer.status} ${answer.text}`)
    }
    assert.equal((await see(portal, token)).status, 200)
    const before = await portal.query(
      brandHost,
      `mutation { login(email: "ada@example.net", password: "${testPassword}") { token } }`
    )
    assert.ok(before.json.data.login)
  })
})

test('a password is refused for what is guessed first, and for nothing else', () => {
  const fault = (password: string) => faultOfPassword(password, 'ada.alder@example.net')
  for (const [password, what] of [
    ['ninechars', 'SHORT'],
    ['x'.repeat(257), 'LONG'],
    ['Ada.Alder@example.net', 'EMAIL'],
    ['abcabcabcabc', 'SIMPLE'],
    ['P@ssw0rd2024!', 'COMMON'],
    ['passwordPASSWORD', 'COMMON'],
    ['ada.alder1988', 'COMMON'],
    ['1q2w3e4r5t6y', 'COMMON'],
    ['0987654321', 'COMMON'],
    ['POIUYTREWQ1', 'COMMON'],
    ['11112222abcd', 'COMMON'],
    ['correct horse', null],
    ['a password of my own', null],
    ['dragon beside the piano', null],
    ['kX9$mQ2pLw', null],
    ['أربع كلمات لا صلة بينها', null]
  ] as const)
    assert.equal(fault(password), what, password)
})

test('the language is the one a browser likes best of those there are', () => {
  for (const [accepted, language] of [
    [undefined, 'en'],
    ['', 'en'],
    ['ar', 'ar'],
    ['AR-eg', 'ar'],
    ['fr, de;q=0.7', 'en'],
    ['en;q=0.3, ar;q=0.7', 'ar'],
    ['ar;q=0, en', 'en'],
    ['ar;q=x', 'en'],
    ['__proto__, constructor', 'en'],
    ['*', 'en']
  ] as const)
    assert.equal(pageLanguageOf(accepted), language, accepted)
})
