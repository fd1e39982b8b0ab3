import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Page } from 'playwright-core'
import type { Company } from '../../core/ports.ts'
import { seriousFaults } from '../support/axe.ts'
import { openBrowser, openPage } from '../support/browser.ts'
import { didPortal } from '../support/did-portal.ts'
import { consoleHost } from '../support/portal.ts'
import { becomes } from '../support/until.ts'

test('who sees a feature, companies side by side, and the portal through the eyes of a contact', async t => {
  const browser = await openBrowser(t)
  const { portal, customer, contact, carrier } = await didPortal(t, 5)
  const { acme, globex } = portal.world
  const hiding: Company[] = []
  for (let index = 0; index < 60; index++) {
    const company = await portal.company(`Hiding ${String(index).padStart(2, '0')}`, {
      domain: index % 2 === 0 ? acme : globex
    })
    await portal.override(company, 'cdr', 'HIDE')
    hiding.push(company)
  }
  const ask = async (query: string, variables: Readonly<Record<string, unknown>>) => {
    const { json, text } = await portal.query(consoleHost, query, { apiKey: portal.apiKey, variables })
    assert.equal(json.errors, undefined, text)
    return json.data
  }
  let staff = 0
  const open = async (role: 'ADMIN' | 'SUPPORT' | 'AUDITOR', path: string) => {
    const opened = await openPage(browser)
    staff++
    const token = await portal.staffSession(role, `${role.toLowerCase()}-${staff}`)
    await opened.context.addCookies([{ name: 'portal', value: token, domain: consoleHost, path: '/' }])
    await opened.page.goto(`http://${consoleHost}:${portal.port}${path}`)
    return opened
  }
  const keysOf = (page: Page, differs: boolean): Promise<readonly (string | null)[]> =>
    page
      .getByRole('table', { name: 'Features', exact: true })
      .locator(`tr[data-differs=${differs}]`)
      .evaluateAll(lines => lines.map(line => line.getAttribute('data-key')))

  await t.test('who sees a feature: counted, by brand, page by page, those shut out included', async () => {
    const { page, faults, context } = await open('AUDITOR', '/features')
    const row = page.getByRole('row').filter({ has: page.getByText('cdr', { exact: true }) })
    const { companiesWithFeature: seen } = await ask(
      'query ($key: String!) { companiesWithFeature(key: $key) { totalCount } }',
      { key: 'cdr' }
    )
    await row.getByText(`${seen.totalCount} compan`).waitFor()
    assert.deepEqual(await seriousFaults(page), [])
    await page.getByRole('searchbox').fill('paypal')
    await page.getByRole('link', { name: 'Block PayPal' }).waitFor()
    await page.getByRole('link', { name: 'Balance', exact: true }).waitFor({ state: 'detached' })
    await page.getByRole('searchbox').fill('')
    await page.getByRole('link', { name: 'Call Detail Record (CDR)' }).click()

    await page.getByRole('link', { name: customer.name, exact: true }).waitFor()
    await page.getByText('Do not see it', { exact: true }).click()
    const links = page.getByRole('table').getByRole('link', { name: /^Hiding/ })
    await links.first().waitFor()
    await page.getByText(/^50 of 60$/).waitFor()
    // The next page comes by scrolling or by the button, whichever is first.
    await page.getByRole('button', { name: 'Load more' }).click()
    await page.getByText(/^60 of 60$/).waitFor()
    await page.getByRole('combobox', { name: 'Brand' }).click()
    await page.getByRole('option', { name: /Globex/ }).click()
    await page.getByText(/^30 of 30$/).waitFor()
    assert.match(page.url(), /\/features\/cdr\?sees=no&brand=/)
    await page.getByRole('button', { name: `Why: ${hiding[1]!.name}` }).click()
    const { explainAccess } = await ask('query ($id: ID!) { explainAccess(companyId: $id, key: "cdr") { text } }', {
      id: hiding[1]!.id
    })
    await page.getByText(explainAccess.text).waitFor()
    assert.equal(await page.locator('[data-decided=true]').getAttribute('data-layer'), 'company')
    assert.deepEqual(await seriousFaults(page), [])
    await page.keyboard.press('Escape')
    await page.locator('[data-part=explanation]').waitFor({ state: 'detached' })
    const asked = `Why: ${hiding[1]!.name}`
    await page.waitForFunction(name => document.activeElement?.getAttribute('aria-label') === name, asked)
    // Opened by its address it takes the focus from nothing, and gives it to the page.
    await page.keyboard.press('Enter')
    await page.getByText(explainAccess.text).waitFor()
    // At the end of the line, whichever way it is read.
    const drawer = page.getByRole('dialog')
    const edges = async () => {
      const { x = -1, width = 0 } = (await drawer.boundingBox()) ?? {}
      return [Math.round(x), Math.round(x + width)]
    }
    await becomes(async () => (await edges())[1], 1280)
    await page.evaluate(() => localStorage.setItem('language', 'ar'))
    await page.reload()
    await becomes(async () => (await edges())[0], 0)
    await page.evaluate(() => localStorage.setItem('language', 'en'))
    await page.reload()
    await page.getByText(explainAccess.text).waitFor()
    await page.waitForFunction(() => document.querySelector('[role=dialog]')?.contains(document.activeElement))
    await page.keyboard.press('Escape')
    await page.waitForFunction(() => document.activeElement?.id === 'content')
    await links.first().click()
    await page.waitForURL(`**/companies/${hiding[1]!.id}`)
    assert.deepEqual(faults, [])
    await context.close()
  })

  await t.test('companies side by side, differences first', async () => {
    const [one, other] = [hiding[0]!, hiding[2]!]
    await portal.override(one, 'payments.block-stripe', 'HIDE')
    const { page, faults, context } = await open('SUPPORT', '/compare')
    await page.getByText('Choose at least two companies.').waitFor()
    const picker = page.getByRole('combobox', { name: 'Two to four companies' })
    for (const company of [one, other]) {
      await picker.fill(company.name)
      await page.getByRole('option', { name: new RegExp(company.name) }).click()
    }
    await page.keyboard.press('Escape')
    await page.getByText('1 difference', { exact: true }).waitFor()
    await becomes(() => keysOf(page, true), ['payments.block-stripe'])

    await page.goto(
      `http://${consoleHost}:${portal.port}/compare?ids=${one.id},${other.id},${customer.id},${carrier.id}`
    )
    const states = new Map<string, readonly string[]>()
    for (const company of [one, other, customer, carrier]) {
      const { effectiveAccess } = await ask(
        'query ($id: ID!) { effectiveAccess(companyId: $id) { features { key effective } } }',
        { id: company.id }
      )
      for (const { key, effective } of effectiveAccess.features)
        states.set(key, [...(states.get(key) ?? []), String(effective)])
    }
    const differing = [...states].filter(([, values]) => new Set(values).size > 1).map(([key]) => key)
    await page.getByRole('table', { name: 'Features', exact: true }).getByRole('link', { name: carrier.name }).waitFor()
    assert.ok(differing.length > 2)
    // A company stands there once it is read, and each comes when it comes.
    for (const key of [...differing.slice(0, 4), 'balance'])
      await becomes<readonly (string | null)[]>(
        () =>
          page
            .getByRole('table', { name: 'Features', exact: true })
            .locator(`tr[data-key="${key}"] .compare-cell`)
            .evaluateAll(cells => cells.map(cell => cell.getAttribute('data-effective'))),
        states.get(key)!,
        key
      )
    await becomes(() => keysOf(page, true), differing)
    assert.equal((await keysOf(page, false)).length, states.size - differing.length)
    await page.getByRole('table', { name: 'Columns of CDR' }).waitFor()
    assert.deepEqual(await seriousFaults(page), [])
    await page.getByRole('checkbox', { name: 'Only differences' }).check()
    await page.locator('tr[data-differs=false]').first().waitFor({ state: 'detached' })
    assert.match(page.url(), /only=yes/)

    const cell = page.locator('tr[data-key="cdr"] button').first()
    await cell.focus()
    await page.keyboard.press('Enter')
    await page.getByRole('dialog', { name: one.name }).locator('[data-layer=company][data-decided=true]').waitFor()
    await page.keyboard.press('Escape')
    await page.getByRole('dialog').waitFor({ state: 'detached' })
    await becomes(() => cell.evaluate(button => button.matches(':focus')), true)
    assert.deepEqual(faults, [])
    await context.close()
  })

  await t.test(
    'a contact’s portal: as the contact sees it, marked, nothing to change, ended by one click',
    async () => {
      const { page, faults, context } = await open(
        'SUPPORT',
        `/companies/${customer.id}/contacts?contact=${contact.id}`
      )
      const button = page.getByRole('button', { name: 'View as this contact' })
      await button.waitFor()
      assert.equal(await page.getByRole('button', { name: 'View and change …' }).count(), 0)
      const [view] = await Promise.all([context.waitForEvent('page'), button.click()])
      const mark = view.locator('[data-part=view-as]')
      await mark.getByText('Nothing can be changed.').waitFor()
      assert.equal(await view.evaluate(() => globalThis.opener), null)
      assert.match(view.url(), /^http:\/\/acme\.localhost:\d+\/$/)

      // The same entries as the contact's own browser draws.
      const own = await openPage(browser)
      await own.context.addCookies([
        { name: 'portal', value: await portal.session(contact), domain: 'acme.localhost', path: '/' }
      ])
      await own.page.goto(`http://acme.localhost:${portal.port}/numbers`)
      const numbers = own.page.getByRole('heading', { name: 'Numbers', level: 1 })
      await numbers.waitFor()
      const entries = (of: Page) => of.locator('[data-part=navigation] a').allInnerTexts()
      assert.deepEqual(await entries(view), await entries(own.page))
      assert.ok((await entries(view)).length > 0)

      // The contact may edit numbers; whoever only looks may not.
      const line = (of: Page) => of.locator('[data-part="grid-row"]').first()
      await line(own.page).waitFor()
      assert.ok((await own.page.getByRole('main').getByRole('checkbox').count()) > 0)
      await view.getByRole('navigation').getByRole('link', { name: 'Numbers' }).click()
      await line(view).waitFor()
      assert.equal(await view.getByRole('main').getByRole('checkbox').count(), 0)
      const refused = await view.evaluate<{ errors: { extensions: { code: string; reason: string } }[] }>(
        `fetch('/graphql', { method: 'POST', headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ query: 'mutation { setDidTags(id: "n001", tags: ["mine"]) { id } }' })
      }).then(answer => answer.json())`
      )
      assert.deepEqual(
        refused.errors.map(({ extensions }) => [extensions.code, extensions.reason]),
        [['FORBIDDEN', 'VIEW_AS']]
      )
      await mark.getByRole('button', { name: 'End' }).click()
      await view.getByLabel('Password').waitFor()
      assert.equal(await mark.count(), 0)
      assert.deepEqual([faults, own.faults], [[], []])
      await own.context.close()
      await context.close()
    }
  )

  await t.test('working in a contact’s portal: administrators only, after a warning', async () => {
    const { page, faults, context } = await open('ADMIN', `/companies/${customer.id}/contacts?contact=${contact.id}`)
    await page.getByRole('button', { name: 'View and change …' }).click()
    const warning = page.getByRole('dialog', { name: 'Work in this contact’s portal?' })
    await warning.getByText('changed for real').waitFor()
    assert.deepEqual(await seriousFaults(page), [])
    const confirm = warning.getByRole('button', { name: 'Open it, with changes' })
    const [view] = await Promise.all([context.waitForEvent('page'), confirm.click()])
    await view.locator('[data-part=view-as]').getByText('is working in the portal').waitFor()
    await view.getByRole('navigation').getByRole('link', { name: 'Numbers' }).click()
    await view.locator('[data-part="grid-row"]').first().waitFor()
    assert.ok((await view.getByRole('main').getByRole('checkbox').count()) > 0)
    assert.deepEqual(faults, [])
    await context.close()
  })

  await t.test('a refusal is told', async () => {
    const { page, context } = await open('SUPPORT', `/companies/${customer.id}/contacts?contact=${contact.id}`)
    const button = page.getByRole('button', { name: 'View as this contact' })
    await button.waitFor()
    const { version } = (await ask('query ($id: ID!) { contact(id: $id) { version } }', { id: contact.id })).contact
    await ask('mutation ($id: ID!, $v: Int) { disableContact(id: $id, expectedVersion: $v) { id } }', {
      id: contact.id,
      v: version
    })
    await button.click()
    await page.locator('[data-part=view-as]').getByRole('alert').waitFor()
    assert.equal(context.pages().length, 1)
    await context.close()
  })
})
