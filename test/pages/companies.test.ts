import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Browser, Page, Route } from 'playwright-core'
import { plugins } from '../../plugins/index.ts'
import { seriousFaults } from '../support/axe.ts'
import { openBrowser, openPage } from '../support/browser.ts'
import { askOperator } from '../support/console-visit.ts'
import { consoleHost, startPortal, type TestPortal } from '../support/portal.ts'

type Role = Parameters<TestPortal['staffSession']>[0]

/** A page of the console with somebody signed in. */
const openConsole = async (browser: Browser, portal: TestPortal, role: Role, name: string) => {
  const opened = await openPage(browser)
  const value = await portal.staffSession(role, name)
  await opened.context.addCookies([{ name: 'portal', value, domain: consoleHost, path: '/' }])
  const go = (path: string) => opened.page.goto(`http://${consoleHost}:${portal.port}${path}`)
  return { ...opened, go }
}

const rows = (page: Page) => page.getByRole('table', { name: 'Companies' }).locator('tbody tr[data-index]')
const firstNames = async (page: Page): Promise<string[]> =>
  (await rows(page).getByRole('link').allTextContents()).slice(0, 3)
const pad = (number: number): string => String(number).padStart(3, '0')
const isFocusOn = (page: Page, text: string) =>
  page.waitForFunction(wanted => document.activeElement?.textContent?.includes(wanted) === true, text)

test('companies in the console', async t => {
  const browser = await openBrowser(t)

  await t.test('a list of 120 is searched, filtered, sorted and read to its end by mouse', async t => {
    const portal = await startPortal(t, { plugins })
    for (let index = 1; index <= 120; index += 1)
      await portal.company(`Cedar ${pad(index)}`, {
        domain: index % 10 === 0 ? portal.world.globex : portal.world.acme,
        userType: index % 4 === 0 ? 'CARRIER' : 'CUSTOMER',
        status: index === 7 ? 'PENALTY' : 'ACTIVE',
        accountCodes: [`code-${index}`]
      })
    const { page, faults, go } = await openConsole(browser, portal, 'ADMIN', 'Ines')
    await go('/companies')
    await page.getByText('50 of 120').waitFor()
    assert.deepEqual(await firstNames(page), ['Cedar 001', 'Cedar 002', 'Cedar 003'])
    assert.ok((await rows(page).count()) < 50, 'only the rows in sight are drawn')
    assert.deepEqual(await seriousFaults(page), [])

    const scroller = page.getByRole('region', { name: 'Companies' })
    await scroller.evaluate(element => element.scrollTo(0, element.scrollHeight))
    await page.getByText('100 of 120').waitFor()
    await page.getByRole('button', { name: 'Load more' }).click()
    await page.getByText('120 of 120').waitFor()
    await scroller.evaluate(element => element.scrollTo(0, element.scrollHeight))
    await page.getByRole('link', { name: 'Cedar 120' }).waitFor()

    await page.getByRole('button', { name: 'Created' }).click()
    await page.getByRole('button', { name: 'Created' }).click()
    const created = page.getByRole('columnheader', { name: 'Created' })
    await page.waitForFunction(() => document.querySelector('[aria-sort=descending]') !== null)
    assert.equal(await created.getAttribute('aria-sort'), 'descending')
    await page.getByRole('link', { name: 'Cedar 120' }).waitFor()

    await page.getByRole('searchbox', { name: 'Search companies' }).fill('code-42')
    await page.getByText('1 of 1', { exact: true }).waitFor()
    assert.deepEqual(await firstNames(page), ['Cedar 042'])
    await page.getByRole('searchbox').fill('')
    await page.getByRole('combobox', { name: 'Brand' }).click()
    await page.getByRole('option', { name: /Globex/ }).click()
    await page.getByText('12 of 12', { exact: true }).waitFor()
    await page.getByRole('combobox', { name: 'Kind' }).click()
    await page.getByRole('option', { name: 'Carrier' }).click()
    await page.getByText('6 of 6', { exact: true }).waitFor()
    await page.getByRole('combobox', { name: 'Status' }).click()
    await page.getByRole('option', { name: 'Suspended' }).click()
    await page.getByText('No company matches').waitFor()
    await page.getByRole('button', { name: 'Clear filters' }).click()
    await page.getByText('50 of 120').waitFor()

    // The way back leads to the list as it was.
    await page.getByRole('searchbox').fill('cedar 11')
    await page.getByText('10 of 10', { exact: true }).waitFor()
    await page.getByRole('link', { name: 'Cedar 115' }).click()
    await page.getByRole('heading', { name: 'Cedar 115', level: 1 }).waitFor()
    await page.goBack()
    await page.getByText('10 of 10', { exact: true }).waitFor()
    assert.equal(await page.getByRole('searchbox').inputValue(), 'cedar 11')
    assert.deepEqual(faults, [])
  })

  await t.test('a company is created, renamed, suspended, closed, reopened and moved', async t => {
    const portal = await startPortal(t, { plugins, features: [] })
    const { acme, globex } = portal.world
    const { stores } = portal.installation
    await portal.query(
      consoleHost,
      'mutation ($id: ID!) { setDomainFeatures(domainId: $id, features: [{ key: "cdr", enabled: true }]) { id } }',
      { apiKey: portal.apiKey, variables: { id: globex.id } }
    )
    await portal.company('Alder', { accountCodes: ['taken'] })
    const { page, faults, go } = await openConsole(browser, portal, 'ADMIN', 'Ines')
    await go('/companies')

    await page.getByRole('button', { name: 'Create a company' }).click()
    const form = page.getByRole('dialog')
    await form.getByRole('button', { name: 'Create' }).click()
    const name = form.getByRole('textbox', { name: 'Name' })
    await form.getByText('must not be empty').waitFor()
    assert.equal(await name.getAttribute('aria-invalid'), 'true')
    await name.fill('Birch')
    await form.getByRole('button', { name: 'Create' }).click()
    await form.getByText('must be an ISO-4217 code in use').waitFor()
    assert.equal(await name.getAttribute('aria-invalid'), null)
    await form.getByRole('combobox', { name: 'Currency' }).fill('EUR')
    await page.getByRole('option', { name: /^EUR/ }).click()
    await form.getByRole('combobox', { name: 'Home brand' }).click()
    await page.getByRole('option', { name: /Acme/ }).click()
    await form.getByRole('combobox', { name: 'Account codes' }).fill('taken')
    await form.getByRole('button', { name: 'Create' }).click()
    await form.getByText('The account code taken is taken.').waitFor()
    assert.equal(await name.inputValue(), 'Birch', 'what was typed stays')
    await form.getByRole('combobox', { name: 'Account codes' }).press('Backspace')
    await form.getByRole('combobox', { name: 'Account codes' }).fill('b-1')
    await form.getByRole('button', { name: 'Create' }).click()
    await page.getByRole('heading', { name: 'Birch', level: 1 }).waitFor()
    const id = page.url().split('/').at(-1)!
    const birch = await stores.companies.get(id)
    assert.equal(birch?.domainId, acme.id)
    assert.deepEqual(birch?.accountCodes, ['b-1'])
    assert.equal(birch?.currency, 'EUR')
    assert.deepEqual(await seriousFaults(page), [])

    await page.getByRole('button', { name: 'Change name and codes' }).click()
    await page.getByRole('textbox', { name: 'Name' }).fill('')
    await page.getByRole('button', { name: 'Save' }).click()
    await page.getByText('must not be empty').waitFor()
    await page.getByRole('textbox', { name: 'Name' }).fill('Birch & Sons')
    await page.getByRole('button', { name: 'Save' }).click()
    await page.getByRole('heading', { name: 'Birch & Sons', level: 1 }).waitFor()

    await page.getByRole('button', { name: 'Suspend' }).click()
    const ask = page.getByRole('dialog')
    await ask.getByText('change nothing of routing, numbers or sign-in data').waitFor()
    await ask.getByRole('button', { name: 'Suspend' }).click()
    await ask.getByText('must not be empty').waitFor()
    assert.equal((await stores.companies.get(id))?.status, 'ACTIVE')
    await ask.getByRole('textbox', { name: 'Reason' }).fill('unpaid')
    assert.deepEqual(await seriousFaults(page), [])
    await ask.getByRole('button', { name: 'Suspend' }).click()
    await ask.waitFor({ state: 'detached' })
    await page.getByRole('button', { name: 'Suspend' }).waitFor({ state: 'detached' })
    assert.equal((await stores.companies.get(id))?.status, 'PENALTY')
    await page.getByRole('button', { name: 'Close the company' }).click()
    await ask.getByRole('textbox', { name: 'Reason' }).fill('gone')
    await ask.getByRole('button', { name: 'Close the company' }).click()
    await page.getByText('Nobody signs in.').waitFor()
    assert.equal((await stores.companies.get(id))?.status, 'INACTIVE')
    await page.getByRole('button', { name: 'Reopen' }).click()
    await ask.getByText('what it was when it was closed').waitFor()
    await ask.getByRole('button', { name: 'Reopen' }).click()
    await page.getByRole('button', { name: 'Close the company' }).waitFor()
    assert.equal((await stores.companies.get(id))?.status, 'PENALTY')

    await page.getByRole('button', { name: 'Move to another brand' }).click()
    await ask.getByRole('combobox', { name: 'New home brand' }).click()
    await page.getByRole('option', { name: /Acme/ }).click()
    await ask.getByText('That is where it is now.').waitFor()
    assert.ok(await ask.getByRole('button', { name: 'Show what changes' }).isDisabled())
    await ask.getByRole('combobox', { name: 'New home brand' }).click()
    await page.getByRole('option', { name: /Globex/ }).click()
    await ask.getByRole('button', { name: 'Show what changes' }).click()
    await ask.getByText('1 company sees something else afterwards.').waitFor()
    await ask.getByText('Call Detail Record (CDR)').first().waitFor()
    assert.equal((await stores.companies.get(id))?.domainId, acme.id, 'looking saves nothing')
    await ask.getByRole('button', { name: 'Save' }).click()
    await ask.getByText('Saved.').waitFor()
    assert.equal((await stores.companies.get(id))?.domainId, globex.id)
    await ask.getByRole('button', { name: 'Close' }).last().click()
    await page.getByRole('link', { name: 'Globex Telecom' }).waitFor()
    assert.deepEqual(faults, [])
  })

  await t.test('a company is found, opened and walked through by keyboard alone', async t => {
    const portal = await startPortal(t, { plugins })
    for (let index = 1; index <= 60; index += 1) await portal.company(`Cedar ${pad(index)}`)
    const { page, faults, go } = await openConsole(browser, portal, 'ADMIN', 'Ines')
    await go('/companies')
    await page.getByText('50 of 60').waitFor()
    const press = (key: string) => page.keyboard.press(key)
    const tabTo = async (isThere: () => Promise<boolean>): Promise<void> => {
      for (let step = 0; step < 60; step += 1) {
        if (await isThere()) return
        await press('Tab')
      }
      assert.fail('not to be reached by Tab')
    }
    const focusIs = (selector: string) => () =>
      page.evaluate(wanted => document.activeElement?.matches(wanted) === true, selector)

    await tabTo(focusIs('input[type=search]'))
    await page.keyboard.type('cedar 0')
    await press('Enter')
    await page.getByText('50 of 60').waitFor()
    await tabTo(focusIs('tr[data-index="0"]'))
    await press('ArrowDown')
    await press('ArrowDown')
    await isFocusOn(page, 'Cedar 003')
    // Rows that were never drawn are reached, too.
    await press('End')
    await isFocusOn(page, 'Cedar 050')
    await page.getByText('60 of 60').waitFor()
    await press('End')
    await isFocusOn(page, 'Cedar 060')
    await press('Home')
    await isFocusOn(page, 'Cedar 001')
    await press('PageDown')
    await isFocusOn(page, 'Cedar 011')
    await press('Enter')
    await page.getByRole('heading', { name: 'Cedar 011', level: 1 }).waitFor()

    await tabTo(focusIs('[role=tab]'))
    await press('ArrowRight')
    await page.waitForURL(/\/companies\/[^/]+\/access$/)
    await press('ArrowRight')
    await press('ArrowRight')
    await page.waitForURL(/\/companies\/[^/]+\/history$/)
    // Behind the console's own come the tabs of plugins.
    await press('End')
    await press('Enter')
    await page.waitForURL(/\/companies\/[^/]+\/numbers$/)
    await page.getByText('This company has no number.', { exact: false }).waitFor()
    await press('Home')
    await press('Enter')
    await page.waitForURL(/\/companies\/[^/]+$/)

    await tabTo(async () => (await page.evaluate(() => document.activeElement?.textContent)) === 'Suspend')
    await press('Enter')
    const ask = page.getByRole('dialog')
    await ask.waitFor()
    await press('Escape')
    await ask.waitFor({ state: 'detached' })
    await page.waitForFunction(() => document.activeElement?.textContent === 'Suspend')
    await press('Enter')
    await ask.getByRole('textbox', { name: 'Reason' }).waitFor()
    await page.waitForFunction(() => document.activeElement?.tagName === 'TEXTAREA')
    await page.keyboard.type('unpaid')
    await tabTo(async () => (await page.evaluate(() => document.activeElement?.textContent)) === 'Suspend')
    await press('Enter')
    await page.getByRole('button', { name: 'Reopen' }).waitFor()
    assert.deepEqual(faults, [])
  })

  await t.test('of two operators who change one company the second one sees it and decides', async t => {
    const portal = await startPortal(t, { plugins })
    const { id } = await portal.company('Cedar', { accountCodes: ['c-1'] })
    const { stores } = portal.installation
    const ines = await openConsole(browser, portal, 'ADMIN', 'Ines')
    const omar = await openConsole(browser, portal, 'ADMIN', 'Omar')
    const edit = async ({ page, go }: typeof ines): Promise<void> => {
      await go(`/companies/${id}`)
      await page.getByRole('button', { name: 'Change name and codes' }).click()
    }
    await edit(ines)
    await edit(omar)
    await ines.page.getByRole('textbox', { name: 'Name' }).fill('Cedar by Ines')
    await ines.page.getByRole('button', { name: 'Save' }).click()
    await ines.page.getByRole('heading', { name: 'Cedar by Ines', level: 1 }).waitFor()

    await omar.page.getByRole('textbox', { name: 'Name' }).fill('Cedar by Omar')
    await omar.page.getByRole('button', { name: 'Save' }).click()
    const conflict = omar.page.getByRole('alert', { name: 'Somebody else changed this meanwhile' })
    const line = conflict.getByRole('row', { name: /^Name/ })
    await line.waitFor()
    assert.deepEqual(await line.getByRole('cell').allTextContents(), ['Cedar', 'Cedar by Ines', 'Cedar by Omar'])
    assert.equal(await omar.page.getByRole('textbox', { name: 'Name' }).inputValue(), 'Cedar by Omar')
    assert.equal((await stores.companies.get(id))?.name, 'Cedar by Ines')
    assert.deepEqual(await seriousFaults(omar.page), [])
    await conflict.getByRole('button', { name: 'Save mine' }).click()
    await omar.page.getByRole('heading', { name: 'Cedar by Omar', level: 1 }).waitFor()
    assert.equal((await stores.companies.get(id))?.name, 'Cedar by Omar')

    // The other way round: what the other one did counts, and what was not touched by either stays.
    await edit(ines)
    await edit(omar)
    await omar.page.getByRole('textbox', { name: 'Name' }).fill('Cedar again')
    await omar.page.getByRole('button', { name: 'Save' }).click()
    await omar.page.getByRole('heading', { name: 'Cedar again', level: 1 }).waitFor()
    await ines.page.getByRole('textbox', { name: 'Name' }).fill('Cedar no more')
    await ines.page.getByRole('button', { name: 'Save' }).click()
    await ines.page.getByRole('button', { name: 'Take theirs, drop mine' }).click()
    assert.equal(await ines.page.getByRole('textbox', { name: 'Name' }).inputValue(), 'Cedar again')
    assert.equal((await stores.companies.get(id))?.name, 'Cedar again')
    assert.deepEqual((await stores.companies.get(id))?.accountCodes, ['c-1'])

    // A move of the status is asked anew, too.
    await ines.go(`/companies/${id}`)
    await ines.page.getByRole('button', { name: 'Suspend' }).click()
    await ines.page.getByRole('textbox', { name: 'Reason' }).fill('unpaid')
    await omar.go(`/companies/${id}`)
    await omar.page.getByRole('button', { name: 'Close the company' }).click()
    await omar.page.getByRole('textbox', { name: 'Reason' }).fill('gone')
    await omar.page.getByRole('dialog').getByRole('button', { name: 'Close the company' }).click()
    await omar.page.getByText('Nobody signs in.').waitFor()
    await ines.page.getByRole('dialog').getByRole('button', { name: 'Suspend' }).click()
    await ines.page.getByText('It was Active, and is Closed now.').waitFor()
    assert.ok(await ines.page.getByRole('dialog').getByRole('button', { name: 'Suspend' }).isDisabled())
    assert.deepEqual([...ines.faults, ...omar.faults], [])
  })

  await t.test(
    'what others did is read when the window has the focus again, and counts for whoever is asked something',
    async t => {
      const portal = await startPortal(t, { plugins })
      const { globex } = portal.world
      const { stores } = portal.installation
      const { id } = await portal.company('Cedar')
      const { page, faults, go } = await openConsole(browser, portal, 'ADMIN', 'Ines')
      await go(`/companies/${id}`)
      const rename = async (name: string) => {
        const { version } = (await stores.companies.get(id))!
        await askOperator(
          portal,
          `mutation ($id: ID!, $version: Int!, $name: String!) {
            updateCompany(id: $id, expectedVersion: $version, input: { name: $name }) { id } }`,
          { id, version, name }
        )
      }
      const comeBack = () => page.evaluate(() => dispatchEvent(new Event('focus')))
      const heading = (name: string) => page.getByRole('heading', { name, level: 1 }).waitFor()
      await heading('Cedar')
      await rename('Cedar renamed')
      await comeBack()
      await heading('Cedar renamed')

      // Of a version that is known now nobody is told anything; of one that came after the question, before it counts.
      const ask = page.getByRole('dialog')
      const told = ask.getByRole('alert', { name: 'Somebody else changed this meanwhile' })
      await page.getByRole('button', { name: 'Suspend' }).click()
      await ask.getByRole('textbox', { name: 'Reason' }).fill('unpaid')
      await rename('Cedar once more')
      await comeBack()
      await heading('Cedar once more')
      await ask.getByRole('button', { name: 'Suspend' }).click()
      await told.waitFor()
      assert.equal((await stores.companies.get(id))?.status, 'ACTIVE')
      assert.equal(await ask.getByRole('textbox', { name: 'Reason' }).inputValue(), 'unpaid')
      await ask.getByRole('button', { name: 'Suspend' }).click()
      await ask.waitFor({ state: 'detached' })
      await page.getByRole('button', { name: 'Reopen' }).waitFor()
      assert.equal((await stores.companies.get(id))?.status, 'PENALTY')

      // A move that stands on another home is not made without a word, though the page has read of it.
      await page.getByRole('button', { name: 'Move to another brand' }).click()
      await ask.getByRole('combobox', { name: 'New home brand' }).click()
      await page.getByRole('option', { name: /Globex/ }).click()
      await ask.getByRole('button', { name: 'Show what changes' }).click()
      await ask.locator('[data-part=summary]').waitFor()
      await askOperator(portal, 'mutation ($id: ID!) { assignCompanyDomain(companyId: $id) { id } }', { id })
      await comeBack()
      await page.getByText('It has no home brand', { exact: false }).waitFor()
      await ask.getByRole('button', { name: 'Save' }).click()
      await ask.getByText('Acme Voice → No home brand').waitFor()
      assert.equal((await stores.companies.get(id))?.domainId, null)
      // Whoever was told of it may go on.
      await ask.getByRole('button', { name: 'Back, and look at it' }).click()
      await ask.getByRole('button', { name: 'Show what changes' }).click()
      await ask.getByRole('button', { name: 'Save' }).click()
      await ask.getByText('Saved.').waitFor()
      assert.equal((await stores.companies.get(id))?.domainId, globex.id)
      await ask.getByRole('button', { name: 'Close' }).last().click()
      await ask.waitFor({ state: 'detached' })

      // What is typed stays, and is compared when it is saved.
      await page.getByRole('button', { name: 'Change name and codes' }).click()
      await page.getByRole('textbox', { name: 'Name' }).fill('Cedar by Ines')
      await rename('Cedar by Omar')
      await comeBack()
      await heading('Cedar by Omar')
      assert.equal(await page.getByRole('textbox', { name: 'Name' }).inputValue(), 'Cedar by Ines')
      await page.getByRole('button', { name: 'Save' }).click()
      await page.getByRole('button', { name: 'Save mine' }).click()
      await heading('Cedar by Ines')

      // A look that fails takes nothing away.
      await page.getByRole('button', { name: 'Change name and codes' }).click()
      await page.getByRole('textbox', { name: 'Name' }).fill('Cedar as typed')
      const refuse = (route: Route) =>
        (route.request().postData() ?? '').includes('query Company(')
          ? route.fulfill({ json: { data: null, errors: [{ message: 'No.', extensions: { code: 'INTERNAL' } }] } })
          : route.fallback()
      await page.route('**/operator/graphql', refuse)
      await comeBack()
      await page.getByRole('button', { name: 'Try again' }).waitFor()
      assert.equal(await page.getByRole('textbox', { name: 'Name' }).inputValue(), 'Cedar as typed')
      await page.unroute('**/operator/graphql', refuse)
      await page.getByRole('button', { name: 'Try again' }).click()
      await page.getByRole('button', { name: 'Try again' }).waitFor({ state: 'detached' })
      await page.getByRole('button', { name: 'Save' }).click()
      await heading('Cedar as typed')
      assert.deepEqual(faults, [])
    }
  )

  await t.test('who may only look sees no button, and a company that is not there is said so', async t => {
    const portal = await startPortal(t, { plugins })
    const { id } = await portal.company('Cedar')
    for (const role of ['AUDITOR', 'SUPPORT'] as const) {
      const { page, faults, go } = await openConsole(browser, portal, role, role)
      await go('/companies')
      await page.getByText('1 of 1', { exact: true }).waitFor()
      assert.equal(await page.getByRole('button', { name: 'Create a company' }).count(), 0)
      await page.getByRole('row', { name: /Cedar/ }).click()
      await page.getByRole('heading', { name: 'Cedar', level: 1 }).waitFor()
      await page.getByText('Its contacts sign in and use everything').waitFor()
      const buttons = page.getByRole('tabpanel').getByRole('button')
      assert.deepEqual(await buttons.allTextContents(), ['Copy'], role)
      await go('/companies/nobody')
      await page.getByRole('heading', { name: 'There is no such company.' }).waitFor()
      await page.getByRole('link', { name: 'All companies' }).click()
      await page.getByText('1 of 1', { exact: true }).waitFor()
      assert.deepEqual(faults, [])
    }
    const { page, faults, go } = await openConsole(browser, portal, 'ADMIN', 'Ines')
    await go(`/companies/${id}`)
    await page.getByRole('button', { name: 'Suspend' }).waitFor()
    assert.equal(await page.getByRole('button', { name: 'Approve' }).count(), 0, 'only moves that are possible')
    assert.deepEqual(faults, [])
  })
})
