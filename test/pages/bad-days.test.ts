import assert from 'node:assert/strict'
import { connect, createServer, type Server, type Socket } from 'node:net'
import { test } from 'node:test'
import type { Page } from 'playwright-core'
import { plugins } from '../../plugins/index.ts'
import { looksWhenTold, openBrowser, openPage } from '../support/browser.ts'
import { startPortal, type TestPortal, testPassword } from '../support/portal.ts'
import { becomes, until } from '../support/until.ts'

const newPassword = 'another good one'

/** A port in front of a server that can be closed and opened again, as when a server goes and comes back. */
class Door {
  readonly #behind: () => number
  readonly #sockets = new Set<Socket>()
  #server: Server | null = null
  port = 0
  /** Connections that were tried. */
  knocks = 0

  constructor(behind: () => number) {
    this.#behind = behind
  }

  async open(): Promise<void> {
    const server = createServer(socket => {
      this.knocks += 1
      const inner = connect(this.#behind(), '127.0.0.1')
      for (const each of [socket, inner]) {
        this.#sockets.add(each)
        each.on('error', () => {}).on('close', () => this.#sockets.delete(each))
      }
      socket.pipe(inner).pipe(socket)
    })
    await new Promise<void>(resolve => server.listen(this.port, '127.0.0.1', resolve))
    this.port = (server.address() as { port: number }).port
    this.#server = server
  }

  async close(): Promise<void> {
    const closed = new Promise(resolve => this.#server?.close(resolve))
    for (const socket of this.#sockets) socket.destroy()
    await closed
  }
}

/** What the page does when somebody comes back to its window: it looks whether all is as it was. */
const look = (page: Page): Promise<void> =>
  page.evaluate(() => {
    dispatchEvent(new Event('focus'))
  })

const signsIn = async (portal: TestPortal, email: string, password: string): Promise<boolean> => {
  const login = 'mutation ($email: String!, $password: String!) { login(email: $email, password: $password) { token } }'
  const answer = await portal.query('acme.localhost', login, { variables: { email, password } })
  return answer.json.data.login != null
}

test('bad days of the portal', async t => {
  const browser = await openBrowser(t)
  const portal = await startPortal(t, { plugins })
  const at = `http://acme.localhost:${portal.port}`
  const company = await portal.company('Cedar')
  let n = 0
  /** A contact of its own with an open page, marked so that a reload shows. */
  const opened = async (path: string) => {
    n += 1
    const contact = await portal.contact(company, `contact-${n}@example.net`)
    const watched = await openPage(browser)
    const { page, context } = watched
    await page.addInitScript(looksWhenTold)
    const value = await portal.session(contact)
    await context.addCookies([{ name: 'portal', value, domain: 'acme.localhost', path: '/' }])
    await page.goto(`${at}${path}`)
    await page.locator('[data-part="content"] h1').waitFor()
    await page.evaluate(() => {
      document.body.dataset.marked = 'yes'
    })
    return { ...watched, contact, isMarked: () => page.evaluate(() => document.body.dataset.marked === 'yes') }
  }
  const endSessions = async (contactId: string): Promise<void> => {
    const { sessions } = portal.installation.people
    for (const { id } of await sessions.listContactSessions(contactId)) await sessions.end(id)
  }
  const fillPasswords = async (page: Page): Promise<void> => {
    await page.getByLabel('Present password').fill(testPassword)
    await page.getByLabel('New password', { exact: true }).fill(newPassword)
    await page.getByLabel('The new password again').fill(newPassword)
  }
  const again = (page: Page) => page.getByRole('dialog', { name: 'Sign in' })

  await t.test('the session ends mid-form: nothing typed is lost, and it is saved after signing in', async () => {
    const { page, faults, contact, isMarked } = await opened('/profile')
    await fillPasswords(page)
    await endSessions(contact.id)
    await page.getByRole('button', { name: 'Change the password' }).click()
    await again(page).waitFor()
    assert.equal(await page.getByLabel('The new password again').inputValue(), newPassword)
    assert.equal(await again(page).getByLabel('E-mail').inputValue(), contact.email)
    await page.keyboard.press('Escape')
    assert.ok(await again(page).isVisible(), 'there is nothing behind it to go back to')
    assert.ok(await signsIn(portal, contact.email, testPassword), 'nothing was saved yet')
    await again(page).getByLabel('Password').fill('wrong')
    await page.keyboard.press('Enter')
    await again(page).getByText('E-mail or password is not right').waitFor()
    await again(page).getByLabel('Password').fill(testPassword)
    await page.keyboard.press('Enter')
    await page.getByText('Your password is changed.').waitFor()
    assert.equal(await again(page).count(), 0)
    assert.ok(await signsIn(portal, contact.email, newPassword))
    assert.ok(await isMarked())
    assert.deepEqual(faults, [])
    await page.context().close()
  })

  await t.test('somebody else signs in instead: the page goes, and nothing of it is sent', async () => {
    const { page, context, faults, contact } = await opened('/profile')
    const other = await portal.contact(company, 'other@example.net')
    await fillPasswords(page)
    await endSessions(contact.id)
    await page.getByRole('button', { name: 'Change the password' }).click()
    await again(page).waitFor()
    const second = await context.newPage()
    await second.goto(`${at}/profile`)
    await second.getByLabel('E-mail').fill(other.email)
    await second.getByLabel('Password').fill(testPassword)
    await second.getByRole('button', { name: 'Sign in' }).click()
    // The address that was asked for is still there after signing in.
    await second.getByRole('heading', { name: 'Profile', level: 1 }).waitFor()
    await second.close()
    await look(page)
    await page.getByRole('button', { name: 'Account of other@example.net' }).waitFor()
    assert.equal(await again(page).count(), 0)
    assert.equal(await page.getByLabel('The new password again').inputValue(), '')
    for (const { email } of [contact, other]) assert.ok(await signsIn(portal, email, testPassword), email)
    assert.deepEqual(faults, [])

    await endSessions(other.id)
    await look(page)
    await again(page).waitFor()
    await again(page)
      .getByRole('button', { name: /somebody else/ })
      .click()
    await page.getByRole('heading', { name: 'Sign in', level: 1 }).waitFor()
    assert.doesNotMatch(await page.locator('body').innerText(), /other@example.net/)
    assert.match(page.url(), /\/profile$/)
    await context.close()
  })

  await t.test('access is taken away while a page is open: it goes with a sentence, without a reload', async () => {
    const { page, faults, isMarked } = await opened('/calls')
    const link = page.getByRole('navigation').getByRole('link', { name: 'Calls' })
    await link.waitFor()
    await portal.override(company, 'cdr', 'HIDE')
    await look(page)
    await page.getByRole('alert').getByRole('heading', { name: 'This page is no longer available to you.' }).waitFor()
    assert.equal(await link.count(), 0)
    assert.doesNotMatch(await page.locator('body').innerText(), /Calls/)
    await becomes(() => page.title(), 'This page is no longer available to you – Acme Voice')
    // Whoever comes by later learns nothing.
    await page.getByRole('link', { name: 'Go to the first page' }).click()
    await page.getByRole('heading', { name: /^Welcome/ }).waitFor()
    await page.goBack()
    await page.getByRole('heading', { name: 'There is no such page.' }).waitFor()
    await portal.override(company, 'cdr', 'INHERIT')
    await look(page)
    await page.getByRole('heading', { name: 'Calls', level: 1 }).waitFor()

    // The next request finds it out as well.
    await page.locator('[data-part="grid"][data-state="READY"]').waitFor()
    await portal.override(company, 'cdr', 'HIDE')
    await page.locator('[data-part="grid-sort"]').first().click()
    await page.getByRole('alert').getByRole('heading', { name: 'This page is no longer available to you.' }).waitFor()
    await portal.override(company, 'cdr', 'INHERIT')
    assert.ok(await isMarked())
    assert.deepEqual(faults, [])
    await page.context().close()
  })

  await t.test('the server goes: it is said once, and the page is well again when it is back', async () => {
    const door = new Door(() => portal.port)
    await door.open()
    t.after(() => door.close())
    const contact = await portal.contact(company, 'patient@example.net')
    const { page, context, faults } = await openPage(browser)
    const value = await portal.session(contact)
    await context.addCookies([{ name: 'portal', value, domain: 'acme.localhost', path: '/' }])
    await page.goto(`http://acme.localhost:${door.port}/profile`)
    await page.getByText('This session').waitFor()
    await fillPasswords(page)

    await door.close()
    await page.getByRole('button', { name: 'Change the password' }).click()
    await page.getByText('Not saved: the server does not answer. Try again.').waitFor()
    const said = page.getByText('The server does not answer. We keep trying.')
    await said.waitFor()
    // However often somebody looks, and whatever is asked besides.
    for (let i = 0; i < 5; i++) await look(page)
    await page.getByRole('link', { name: 'Home' }).click()
    await page.getByRole('alertdialog').getByRole('button', { name: 'Discard' }).click()
    await page.goBack()
    assert.equal(await said.count(), 1)
    const requests: string[] = []
    page.on('request', request => requests.push(request.url()))
    await door.open()
    await said.waitFor({ state: 'detached' })
    await page.getByText('This session').waitFor()
    assert.ok(requests.length < 10, `one attempt for each question: ${requests.length}`)

    await fillPasswords(page)
    await door.close()
    await page.getByRole('button', { name: 'Change the password' }).click()
    await said.waitFor()
    assert.equal(await page.getByLabel('The new password again').inputValue(), newPassword)
    await door.open()
    await said.waitFor({ state: 'detached' })
    await page.getByRole('button', { name: 'Change the password' }).click()
    await page.getByText('Your password is changed.').waitFor()
    assert.ok(await signsIn(portal, contact.email, newPassword))
    assert.deepEqual(faults, [])
    await context.close()
  })

  await t.test('the script of a page cannot be loaded: trying again is enough', async () => {
    const { page, faults, isMarked } = await opened('/')
    let refused = 0
    await page.route('**/pages/*', route => {
      refused += 1
      return route.abort()
    })
    await page.getByRole('navigation').getByRole('link', { name: 'Calls' }).click()
    const broken = page.getByRole('alert')
    await broken.getByText('Something went wrong on this page.').waitFor()
    await broken.getByRole('button', { name: 'Try again' }).click()
    await until(() => refused >= 2)
    await page.waitForFunction(() => document.querySelector('[data-part="loading"]') === null)
    await broken.getByText('Something went wrong on this page.').waitFor()
    await page.unroute('**/pages/*')
    await broken.getByRole('button', { name: 'Try again' }).click()
    await page.getByRole('heading', { name: 'Calls', level: 1 }).waitFor()
    assert.ok(await isMarked())
    assert.deepEqual(faults, [])
    await page.context().close()
  })

  await t.test('staff look over the shoulder: it is marked, nothing can be changed, one click ends it', async () => {
    n += 1
    const contact = await portal.contact(company, `contact-${n}@example.net`)
    const answer = await portal.query(
      'console.localhost',
      'mutation ($contactId: ID!) { viewAs(contactId: $contactId) { url } }',
      { apiKey: portal.apiKey, variables: { contactId: contact.id } }
    )
    assert.equal(answer.json.errors, undefined, answer.text)
    const { page, faults, context } = await openPage(browser)
    await page.goto(answer.json.data.viewAs.url)
    const bar = page.locator('[data-part="view-as"]')
    await bar.getByText(`is looking at the portal of ${contact.name}. Nothing can be changed.`).waitFor()
    await page.goto(`${at}/profile`)
    await page.getByText('The contact is not signed in anywhere.').waitFor()
    assert.equal(await page.getByLabel('Present password').count(), 0)
    await bar.getByRole('button', { name: 'End' }).click()
    await page.getByRole('heading', { name: 'Sign in', level: 1 }).waitFor()
    assert.deepEqual(faults, [])
    await context.close()
  })
})
