import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Page } from 'playwright-core'
import { seriousFaults } from '../support/axe.ts'
import { holdBack, openBrowser, openPage } from '../support/browser.ts'
import { visitConsole } from '../support/console-visit.ts'
import { didPortal, idOf, numberOf } from '../support/did-portal.ts'
import { hasFocus } from '../support/until.ts'

// What a page puts off comes late on a slow device, and people do not wait for it.

/** Run before the scripts of a page: timers and React's next piece of work come later by `putOff`, in milliseconds. */
const slow = (putOff: number): string => `(() => {
  globalThis.putOff = ${putOff}
  const wait = setTimeout
  globalThis.setTimeout = (work, ms = 0, ...rest) => wait(work, ms + putOff, ...rest)
  const { postMessage } = MessagePort.prototype
  MessagePort.prototype.postMessage = function (...all) {
    wait(() => postMessage.apply(this, all), putOff)
  }
  // A piece of work takes so long that the next one is not begun with it.
  const now = performance.now.bind(performance)
  let ahead = 0
  performance.now = () => now() + (ahead += putOff === 0 ? 0 : 2)
})()`
const slowDown = (page: Page): Promise<void> => page.evaluate('void (putOff = 400)')
/** What was put off until now has been done. */
const allDone = (page: Page): Promise<void> => page.evaluate('new Promise(done => setTimeout(() => setTimeout(done)))')

test('pages of a slow device', async t => {
  const browser = await openBrowser(t)
  const { portal, contact, customer } = await didPortal(t, 5)

  const visit = async (path: string, putOff = 0) => {
    const opened = await openPage(browser)
    await opened.page.addInitScript(slow(putOff))
    const value = await portal.session(contact)
    await opened.context.addCookies([{ name: 'portal', value, domain: 'acme.localhost', path: '/' }])
    await opened.page.goto(`http://acme.localhost:${portal.port}${path}`)
    return opened
  }

  await t.test('the title is that of the page whose heading stands there', async () => {
    const { page, faults, context } = await visit('/profile', 400)
    await page.getByRole('heading', { name: 'Profile', level: 1 }).waitFor()
    assert.equal(await page.title(), 'Profile – Acme Voice')
    assert.deepEqual(faults, [])
    await context.close()
  })

  await t.test('a field that was refused takes the focus; what is saved is left at once', async () => {
    const { page, faults, context } = await visit(`/numbers/${idOf(2)}`)
    const drawer = page.getByRole('dialog', { name: numberOf(2) })
    const channels = drawer.getByLabel('Channels')
    await channels.fill('11')
    await slowDown(page)
    await drawer.getByRole('button', { name: 'Save', exact: true }).click()
    await drawer.getByRole('alert').filter({ hasText: 'must be 1 to 10' }).waitFor()
    await hasFocus(channels)
    await channels.fill('8')
    await drawer.getByRole('button', { name: 'Save', exact: true }).click()
    await page.getByText('Saved.', { exact: true }).waitFor()
    await page.keyboard.press('Escape')
    await drawer.waitFor({ state: 'hidden' })
    assert.equal(await page.getByRole('alertdialog').isVisible(), false, 'nothing is asked')
    assert.deepEqual(faults, [])
    await context.close()
  })

  await t.test('rows that are being read anew are as readable as before, and it says so', async () => {
    const customers = await visit('/numbers')
    await customers.page.getByText(numberOf(2)).waitFor()
    const operators = await visitConsole(browser, portal, '/companies')
    await operators.page.locator('tbody tr[data-index]').first().waitFor()
    for (const [{ page, faults, context }, query, status, wanted] of [
      [customers, 'TaggedNumbers', '[data-part=grid-state]', numberOf(2)],
      [operators, 'Companies', '[data-part=table] ~ * [role=status]', 'Cedar Clinic']
    ] as const) {
      const answer = await holdBack(page, query)
      await page.getByRole('searchbox').first().fill(wanted)
      await page.locator(status).getByText('Loading').waitFor()
      assert.ok((await page.locator('table tbody').innerText()).includes(wanted))
      assert.deepEqual(await seriousFaults(page), [], query)
      answer()
      await page.locator(status).getByText('Loading').waitFor({ state: 'detached' })
      assert.deepEqual(faults, [])
      await page.unrouteAll({ behavior: 'wait' })
      await context.close()
    }
  })

  await t.test('a dialog that has gone takes the focus from nowhere', async () => {
    const { page, faults, context, go } = await visitConsole(browser, portal, '/')
    await page.addInitScript(slow(0))
    await go(`/companies/${customer.id}/access`)
    await page.getByRole('combobox', { name: 'Add to Hide' }).fill('summary')
    await page.getByRole('option', { name: /Summary/ }).click()
    await page.getByRole('button', { name: 'Preview and save' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByText('Loses:').waitFor()
    await hasFocus(dialog)
    await slowDown(page)
    await page.keyboard.press('Escape')
    await dialog.waitFor({ state: 'detached' })
    const search = page.getByLabel('Find a feature')
    await search.focus()
    await allDone(page)
    await hasFocus(search)
    assert.deepEqual(faults, [])
    await context.close()
  })
})
