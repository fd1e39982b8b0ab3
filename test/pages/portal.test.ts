import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Locator, Page } from 'playwright-core'
import { plugins } from '../../plugins/index.ts'
import { seriousFaults } from '../support/axe.ts'
import { openBrowser, openPage, openReceiving } from '../support/browser.ts'
import { startPortal, testActor, testPassword } from '../support/portal.ts'
import { becomes } from '../support/until.ts'

const focused = (page: Page): Promise<string> =>
  page.evaluate(() => `${document.activeElement?.localName} ${document.activeElement?.textContent}`)

const hasFocus = (wanted: Locator): Promise<boolean> => wanted.evaluate(element => element === document.activeElement)
const tabTo = async (page: Page, wanted: Locator): Promise<void> => {
  for (let step = 0; step < 40; step++) {
    await page.keyboard.press('Tab')
    if (await hasFocus(wanted)) return
  }
  assert.fail(`not reached by Tab: ${wanted}`)
}

test('the portal around its pages', async t => {
  const browser = await openBrowser(t)
  const portal = await startPortal(t, { plugins })
  const at = `http://acme.localhost:${portal.port}`
  const ada = await portal.contact(await portal.company('Cedar'), 'ada@example.net')

  await t.test('a contact signs in where a link led, goes about by keyboard alone, and signs out', async () => {
    const { page, faults, bodies, context } = await openReceiving(browser)
    await page.goto(`${at}/profile`)
    assert.equal(await page.title(), 'Acme Voice')
    assert.equal(await page.locator('html').getAttribute('lang'), 'en')
    assert.deepEqual(await seriousFaults(page), [])
    await page.getByLabel('E-mail').focus()
    await page.keyboard.type('ada@example.net')
    await page.keyboard.press('Tab')
    await page.keyboard.type('not this one')
    await page.keyboard.press('Enter')
    await page.getByText('E-mail or password is not right').waitFor()
    await page.waitForFunction(() => (document.activeElement as HTMLInputElement | null)?.name === 'password')
    await page.keyboard.type(testPassword)
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: 'Profile', level: 1 }).waitFor()
    await becomes(() => page.title(), 'Profile – Acme Voice')

    // Past the navigation, then through it.
    await page.goto(`${at}/profile`)
    await page.getByRole('heading', { name: 'Profile', level: 1 }).waitFor()
    await page.keyboard.press('Tab')
    assert.equal(await focused(page), 'a Skip to the content')
    await page.keyboard.press('Enter')
    await becomes(() => page.evaluate(() => document.activeElement?.id), 'content')
    await page.getByRole('navigation').getByRole('link', { name: 'Home' }).focus()
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: 'Welcome, ada@example.net' }).waitFor()
    await becomes(() => focused(page), 'h1 Welcome, ada@example.net')
    await becomes(() => page.title(), 'Acme Voice')
    await page.getByRole('navigation').getByRole('link', { name: 'Calls' }).focus()
    await page.keyboard.press('Enter')
    await page.waitForFunction(() => document.activeElement?.localName === 'h1')
    await becomes(() => page.title(), 'Calls – Acme Voice')
    assert.equal(await page.getByRole('link', { name: 'Calls' }).getAttribute('aria-current'), 'page')

    const account = page.getByRole('button', { name: 'Account of ada@example.net' })
    await account.focus()
    await page.keyboard.press('Enter')
    assert.equal(await account.getAttribute('aria-expanded'), 'true')
    await page.keyboard.press('Tab')
    assert.equal(await focused(page), 'a Profile')
    await page.keyboard.press('Escape')
    assert.equal(await account.getAttribute('aria-expanded'), 'false')
    assert.match(await focused(page), /^button ada/)
    await page.keyboard.press('Enter')
    await page.getByRole('button', { name: 'Sign out' }).focus()
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: 'Sign in' }).waitFor()
    assert.equal((await portal.installation.people.sessions.listContactSessions(ada.id)).length, 0)

    assert.deepEqual(faults, [])
    for (const [address, body] of bodies) assert.doesNotMatch(body, /portcullis/i, address)
    await context.close()
  })

  await t.test('the profile: sessions are ended, the password’s rules are told before and after', async () => {
    const { page, faults, context } = await openPage(browser)
    const own = await portal.session(ada)
    await context.addCookies([{ name: 'portal', value: own, domain: 'acme.localhost', path: '/' }])
    const others = [await portal.session(ada), await portal.session(ada), await portal.session(ada)]
    const alive = async (): Promise<number> =>
      (await portal.installation.people.sessions.listContactSessions(ada.id)).length
    await page.goto(`${at}/profile`)
    const list = page.getByRole('list', { name: 'Where you are signed in' })
    await list.getByText('This session').waitFor()
    assert.equal(await list.getByRole('listitem').count(), others.length + 1)
    assert.equal(await list.getByRole('listitem').first().getByRole('button').count(), 0, 'not the one that looks')
    assert.deepEqual(await seriousFaults(page), [])
    await tabTo(page, list.getByRole('button', { name: 'End the session from 127.0.0.1' }).first())
    await page.keyboard.press('Enter')
    await page.getByText('The session has ended.').waitFor()
    assert.equal(await alive(), others.length)
    // The button has gone with its session: the list has the focus, and Tab goes on from there.
    assert.ok(await hasFocus(list))
    const endOthers = page.getByRole('button', { name: 'End all 2 other sessions' })
    await endOthers.waitFor()
    await tabTo(page, endOthers)
    await page.keyboard.press('Space')
    await page.getByText('All other sessions have ended.').waitFor()
    assert.equal(await alive(), 1)
    await endOthers.waitFor({ state: 'detached' })
    assert.ok(await hasFocus(list))
    assert.deepEqual(await seriousFaults(page), [])
    assert.equal((await portal.query('acme.localhost', '{ me { email } }', { session: own })).status, 200)

    const rules = page.getByLabel('New password', { exact: true })
    assert.match((await rules.getAttribute('aria-describedby')) ?? '', /hint/)
    await page.getByText(/^At least 10 characters/).waitFor()
    const submit = async (old: string, fresh: string, repeated: string): Promise<void> => {
      await page.getByLabel('Present password').fill(old)
      await rules.fill(fresh)
      await page.getByLabel('The new password again').fill(repeated)
      await page.getByRole('button', { name: 'Change the password' }).click()
    }
    for (const [old, fresh, repeated, fault, field] of [
      [testPassword, 'short', 'short', 'Use at least 10 characters.', 'newPassword'],
      [testPassword, 'ADA@example.net', 'ADA@example.net', 'Do not use your e-mail address.', 'newPassword'],
      [testPassword, 'abcabcabcabc', 'abcabcabcabc', 'Use more than three different characters.', 'newPassword'],
      [testPassword, 'long and good', 'long and goos', 'This is not the same as above.', 'repeated'],
      ['not the old one', 'long and good', 'long and good', 'This is not your present password.', 'oldPassword']
    ] as const) {
      await submit(old, fresh, repeated)
      await page.getByText(fault).waitFor()
      const wrong = page.locator('[aria-invalid="true"]')
      assert.equal(await wrong.getAttribute('name'), field)
      assert.ok(await wrong.evaluate(element => element === document.activeElement), field)
    }
    // What is typed is not left without a question, by a link, "back" or signing out.
    const question = page.getByRole('alertdialog', { name: 'Your changes are not saved.' })
    const home = page.getByRole('navigation').getByRole('link', { name: 'Home' })
    await home.focus()
    await page.keyboard.press('Enter')
    await question.waitFor()
    await page.keyboard.press('Escape')
    await question.waitFor({ state: 'hidden' })
    assert.ok(await hasFocus(home))
    await page.getByRole('button', { name: 'Account of' }).click()
    await page.getByRole('button', { name: 'Sign out' }).click()
    await question.getByRole('button', { name: 'Keep editing' }).click()
    assert.equal(await rules.inputValue(), 'long and good')
    assert.equal(await alive(), 1)

    // By keyboard alone; whoever changed it elsewhere is signed out there.
    await portal.session(ada)
    const old = page.getByLabel('Present password')
    await old.focus()
    for (const text of [testPassword, 'long and good', 'long and good']) {
      await page.keyboard.press('ControlOrMeta+A')
      await page.keyboard.type(text)
      await page.keyboard.press('Tab')
    }
    assert.ok(await hasFocus(page.getByRole('button', { name: 'Change the password' })))
    await page.keyboard.press('Enter')
    await page.getByText('Your password is changed.').waitFor()
    assert.equal(await page.locator('[aria-invalid="true"]').count(), 0)
    assert.equal(await alive(), 1)
    assert.equal(await list.getByRole('listitem').count(), 1)
    // Saved: it is left at once.
    await home.click()
    await page.getByRole('heading', { name: 'Welcome' }).waitFor()
    await page.goBack()
    await rules.fill('some other one')
    await page.getByRole('button', { name: 'Account of' }).click()
    await page.getByRole('button', { name: 'Sign out' }).click()
    await question.getByRole('button', { name: 'Discard' }).click()
    await page.getByRole('heading', { name: 'Sign in' }).waitFor()
    assert.equal(await alive(), 0)
    assert.deepEqual(faults, [])
    await context.close()
  })

  await t.test('language and appearance are kept; there is room on a telephone', async () => {
    const { page, faults, context } = await openPage(browser, {
      viewport: { width: 390, height: 800 },
      colorScheme: 'dark'
    })
    const value = await portal.session(ada)
    await context.addCookies([{ name: 'portal', value, domain: 'acme.localhost', path: '/' }])
    await page.goto(`${at}/profile`)
    const html = page.locator('html')
    const theme = (): Promise<string | null> => html.getAttribute('data-theme')
    await page.getByText('This session').waitFor()
    assert.equal(await theme(), 'dark')
    await page.emulateMedia({ colorScheme: 'light' })
    await page.waitForFunction(() => document.documentElement.dataset.theme === 'light')
    await page.getByRole('combobox', { name: 'Appearance' }).selectOption({ label: 'Dark' })
    assert.equal(await theme(), 'dark')
    assert.equal(await html.evaluate(element => getComputedStyle(element).colorScheme), 'dark')
    await page.getByRole('combobox', { name: 'Language' }).selectOption({ label: 'العربية' })
    await page.getByRole('heading', { name: 'الملف الشخصي', level: 1 }).waitFor()
    assert.equal(await html.getAttribute('dir'), 'rtl')
    await page.reload()
    await page.getByRole('heading', { name: 'الملف الشخصي', level: 1 }).waitFor()
    assert.deepEqual([await theme(), await html.getAttribute('lang')], ['dark', 'ar'])
    await becomes(() => page.title(), 'الملف الشخصي – Acme Voice')
    assert.deepEqual(await seriousFaults(page), [])
    assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), 'nothing hangs over')

    const menu = page.getByRole('button', { name: 'القائمة' })
    const calls = page.getByRole('link', { name: 'المكالمات' })
    assert.equal(await calls.isVisible(), false)
    await menu.click()
    assert.equal(await menu.getAttribute('aria-expanded'), 'true')
    await calls.click()
    await page.waitForFunction(() => document.title === 'المكالمات – Acme Voice')
    await becomes(() => menu.getAttribute('aria-expanded'), 'false')
    assert.equal(await calls.isVisible(), false)

    await page.goto(`${at}/no-such-page`)
    await page.getByRole('heading', { name: 'لا توجد صفحة بهذا العنوان.' }).waitFor()

    // What the operator keeps of the contact: a language to begin with, the zone of all times, a note.
    const kept = { locale: 'ar-AE', timeZone: 'Asia/Tokyo', publicNotes: 'Your manager is Olga.' }
    await portal.installation.people.contacts.update(ada.id, kept, testActor)
    await page.evaluate(() => localStorage.removeItem('language'))
    await page.goto(`${at}/profile`)
    await page.getByRole('heading', { name: 'الملف الشخصي', level: 1 }).waitFor()
    await page.getByText(kept.publicNotes).waitFor()
    const [session] = await portal.installation.people.sessions.listContactSessions(ada.id)
    const format = { dateStyle: 'medium', timeStyle: 'medium', timeZone: kept.timeZone } as const
    const since = new Intl.DateTimeFormat('ar-u-nu-latn', format).format(session!.createdAt)
    const shown = await page.locator('[data-part="profile"] li').first().innerText()
    assert.ok(shown.includes(since), `${since} in ${shown}`)
    await page.getByRole('combobox', { name: 'اللغة' }).selectOption({ label: 'English' })
    await page.reload()
    await page.getByRole('heading', { name: 'Profile', level: 1 }).waitFor()
    await page.getByText('Asia/Tokyo').waitFor()
    assert.equal(await html.getAttribute('lang'), 'en')
    assert.deepEqual(faults, [])
    await context.close()
  })
})
