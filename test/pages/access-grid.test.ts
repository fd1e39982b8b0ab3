import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Browser, Page } from 'playwright-core'
import type { Company } from '../../core/ports.ts'
import { plugins } from '../../plugins/index.ts'
import { seriousFaults } from '../support/axe.ts'
import { openBrowser, openPage } from '../support/browser.ts'
import { consoleHost, startPortal, type TestPortal } from '../support/portal.ts'
import { becomes, hasFocus, until } from '../support/until.ts'

const brandKeys = ['cdr', 'did', 'did.edit', 'balance', 'payments', 'latest-calls']
const name = (index: number): string => `Company ${String(index).padStart(4, '0')}`

interface GridWorld {
  readonly portal: TestPortal
  readonly companies: readonly Company[]
  /** What the server says of a cell, in the words of the grid. */
  labelOf(company: Company, key: string): Promise<string>
  textOf(company: Company, key: string): Promise<string>
}

/** Companies on two brands, of both types, some with choices of their own. */
const openWorld = async (t: { after(end: () => unknown): void }, count: number): Promise<GridWorld> => {
  const companies: Company[] = []
  const portal = await startPortal(t, {
    plugins,
    features: brandKeys,
    async seed(made) {
      for (let index = 0; index < count; index++) {
        const userType = index % 7 === 0 ? 'CARRIER' : 'CUSTOMER'
        const domain = index % 3 === 0 ? made.world.globex : made.world.acme
        companies.push(await made.company(name(index), { userType, domain }))
      }
      for (const company of companies.filter((_, index) => index % 5 === 1)) await made.override(company, 'cdr', 'HIDE')
      for (const company of companies.filter((_, index) => index % 10 === 2))
        await made.override(company, 'payments.block-paypal', 'SHOW')
      await made.override(companies.at(-1)!, 'voucher', 'SHOW')
    }
  })
  const explain = async (company: Company, key: string) => {
    const { json } = await portal.query(
      consoleHost,
      `query ($id: ID!, $key: String!) {
        explainAccess(companyId: $id, key: $key) { effective text steps { layer decided } }
        featureRegistry { key polarity }
      }`,
      { apiKey: portal.apiKey, variables: { id: company.id, key } }
    )
    return json.data
  }
  return {
    portal,
    companies,
    async labelOf(company, key) {
      const { explainAccess, featureRegistry } = await explain(company, key)
      const { effective, steps } = explainAccess
      const own = steps.at(-1).layer === 'company'
      const restricts = featureRegistry.find((each: { key: string }) => each.key === key).polarity === 'RESTRICT'
      const state = restricts ? (effective ? 'In force' : 'Not in force') : effective ? 'Visible' : 'Hidden'
      const choice = restricts ? (effective ? 'Apply' : 'Lift') : effective ? 'Show' : 'Hide'
      return own ? `${state}, by the company’s own ${choice}` : state
    },
    textOf: async (company, key) => (await explain(company, key)).explainAccess.text
  }
}

const openGrid = async (browser: Browser, portal: TestPortal, token: string, address = '/grid') => {
  const opened = await openPage(browser)
  await opened.context.addCookies([{ name: 'portal', value: token, domain: consoleHost, path: '/' }])
  await opened.page.goto(`http://${consoleHost}:${portal.port}${address}`)
  await opened.page.locator('[role=grid][aria-busy=false]').waitFor()
  return opened
}

const rowOf = (page: Page, company: string) =>
  page.getByRole('row').filter({ has: page.getByRole('link', { name: company, exact: true }) })
const cellOf = (page: Page, portal: TestPortal, company: string, key: string) => {
  const column = portal.installation.catalogue.features.findIndex(feature => feature.key === key)
  assert.ok(column >= 0, key)
  return rowOf(page, company).locator(`[role=gridcell][data-column="${column}"]`)
}
/** The cell with the focus: its row and column as assistive technology counts them. */
const focused = (page: Page) =>
  page.evaluate<readonly [string | null, string | null]>(
    `[document.activeElement.closest('[role=row]')?.getAttribute('aria-rowindex') ?? null,
      document.activeElement.getAttribute('aria-colindex')]`
  )

test('the access grid by mouse', async t => {
  const browser = await openBrowser(t)
  const { portal, companies, labelOf, textOf } = await openWorld(t, 620)
  const keys = portal.installation.catalogue.features.map(feature => feature.key)
  const { page, faults, context } = await openGrid(browser, portal, await portal.staffSession('ADMIN'))
  const grid = page.getByRole('grid')
  await rowOf(page, name(0)).waitFor()
  assert.equal(await grid.getAttribute('aria-rowcount'), '621')
  assert.equal(await grid.getAttribute('aria-colcount'), String(keys.length + 2))
  assert.deepEqual(await seriousFaults(page), [])

  await t.test('cells say what explainAccess says', async () => {
    for (const index of [0, 1, 2, 6, 7, 12])
      for (const key of ['cdr', 'did.edit', 'balance', 'breakout'])
        await becomes(
          () => cellOf(page, portal, name(index), key).getAttribute('aria-label'),
          await labelOf(companies[index]!, key),
          `${index} ${key}`
        )
  })

  await t.test('far down and far to the right, with few cells in the document', async () => {
    await grid.evaluate(box => {
      box.scrollTop = box.scrollHeight
      box.scrollLeft = box.scrollWidth
    })
    const last = companies.length - 1
    await rowOf(page, name(last)).waitFor()
    for (const [index, key] of [
      [last, keys.at(-1)!],
      [last, 'voucher'],
      [last - 3, 'payments.block-paypal'],
      [last - 8, 'payments.block-paypal']
    ] as const) {
      // A column may be out of sight on either side.
      const column = keys.indexOf(key)
      await grid.evaluate((box, at) => {
        box.scrollLeft = at * 40
      }, column)
      await cellOf(page, portal, name(index), key).waitFor()
      await becomes(
        () => cellOf(page, portal, name(index), key).getAttribute('aria-label'),
        await labelOf(companies[index]!, key),
        `${index} ${key}`
      )
    }
    assert.ok((await page.locator('[role=gridcell]').count()) < 1_500)
    assert.equal(await page.getByRole('columnheader', { name: 'Company' }).isVisible(), true)
    await grid.evaluate(box => box.scrollTo(0, 0))
    await rowOf(page, name(0)).waitFor()
  })

  await t.test('a click explains, Escape goes back', async () => {
    await cellOf(page, portal, name(1), 'cdr').click()
    const panel = page.getByRole('complementary', { name: new RegExp(name(1)) })
    await panel.getByText(await textOf(companies[1]!, 'cdr')).waitFor()
    assert.equal(await panel.locator('[data-decided=true]').getAttribute('data-layer'), 'company')
    assert.deepEqual(await seriousFaults(page), [])
    await page.keyboard.press('Escape')
    await panel.waitFor({ state: 'detached' })
    await becomes(() => focused(page), ['3', String(keys.indexOf('cdr') + 3)])
  })

  await t.test('filters and sorting stand in the address', async () => {
    const counted = (count: number) => page.locator('[data-part=count]', { hasText: `${count} compan` }).waitFor()
    await page.getByRole('combobox', { name: 'Brand', exact: true }).click()
    await page.getByRole('option', { name: /Globex/ }).click()
    await counted(companies.filter((_, index) => index % 3 === 0).length)
    await page.getByRole('combobox', { name: 'User type' }).click()
    await page.getByRole('option', { name: 'Carriers' }).click()
    const carriers = companies.filter((_, index) => index % 21 === 0)
    await counted(carriers.length)
    await page.getByRole('combobox', { name: 'Own choices' }).click()
    await page.getByRole('option', { name: 'Some' }).click()
    const own = companies.filter((_, index) => index % 21 === 0 && (index % 5 === 1 || index % 10 === 2))
    await counted(own.length)
    assert.match(page.url(), /brand=.+type=CARRIER.*own=yes/)
    await page.reload()
    await counted(own.length)
    await page.getByRole('button', { name: 'Reset' }).click()
    await counted(companies.length)

    await page.getByRole('combobox', { name: 'Sees the feature' }).fill('Call Detail')
    await page.getByRole('option', { name: /Call Detail/ }).click()
    // The gate of carriers is shut.
    const seeing = companies.filter((_, index) => index % 5 !== 1 && index % 7 !== 0)
    await counted(seeing.length)
    await page.getByRole('combobox', { name: 'Differs from brand' }).click()
    await page.getByRole('option', { name: 'Yes' }).click()
    const restricted = companies.filter((_, index) => index % 10 === 2 && index % 7 !== 0)
    await counted(restricted.length + 1)
    await page.getByRole('button', { name: 'Reset' }).click()

    await page.getByRole('searchbox').fill('Company 000')
    await counted(10)
    await page.getByRole('columnheader', { name: 'Company' }).click()
    await page.locator('[role=columnheader][aria-sort=descending]').waitFor()
    await page.locator('[aria-rowindex="2"]', { hasText: name(9) }).waitFor()
    const column = page.getByRole('columnheader', { name: 'Call Detail Record (CDR)' })
    await column.click()
    await page.locator('[role=columnheader][aria-sort=ascending]', { hasText: 'Call Detail' }).waitFor()
    await page.locator('[aria-rowindex="11"]', { hasText: name(7) }).waitFor()
    assert.match(page.url(), /sort=cdr/)
    await page.getByRole('searchbox').fill('nobody is called like this')
    await page.getByText('No company is like this.').waitFor()
  })

  await t.test('many are changed after a preview, and it can be undone', async () => {
    await page.goto(`http://${consoleHost}:${portal.port}/grid?q=Company%20001`)
    await rowOf(page, name(10)).getByRole('checkbox').click()
    await rowOf(page, name(13))
      .getByRole('checkbox')
      .click({ modifiers: ['Shift'] })
    await page.getByText('4 companies selected').waitFor()
    await page.getByRole('button', { name: /Select all 10 that match/ }).click()
    await page.getByText('10 companies selected').waitFor()
    await page.getByRole('button', { name: 'Clear the selection' }).click()
    await rowOf(page, name(10)).getByRole('checkbox').click()
    await page.getByText('1 company selected').waitFor()
    await rowOf(page, name(12))
      .getByRole('checkbox')
      .click({ modifiers: ['Shift'] })
    await page.getByText('3 companies selected').waitFor()

    await page.getByRole('button', { name: 'Change access …' }).click()
    const form = page.getByRole('dialog')
    await form.getByRole('combobox', { name: 'Choose a feature' }).fill('Latest')
    await page.getByRole('option', { name: 'Latest Calls' }).click()
    await form.getByText('Hide', { exact: true }).click()
    await form.getByRole('button', { name: 'Add a feature' }).click()
    await form.getByRole('combobox', { name: 'Choose a feature' }).last().fill('PayPal')
    await page.getByRole('option', { name: 'Block PayPal' }).click()
    await form.getByText('Apply', { exact: true }).click()
    await form.getByRole('button', { name: 'Preview' }).click()
    const preview = page.getByRole('dialog', { name: 'What will change' })
    await preview.getByText('3 companies see something else afterwards.').waitFor()
    assert.equal(await cellOf(page, portal, name(10), 'latest-calls').getAttribute('aria-label'), 'Visible')
    await preview.getByRole('textbox', { name: 'Reason' }).fill('agreed by telephone')
    await preview.getByRole('button', { name: 'Save' }).click()
    await preview.getByText('Saved for 3 companies.').waitFor()
    await preview.getByText('agreed by telephone').first().waitFor()
    // Somebody writes one of them in between: that one stays, and is named.
    await portal.override(companies[12]!, 'latest-calls', 'SHOW')
    await preview.getByRole('button', { name: 'Undo for all 3 companies' }).click()
    await preview.getByText('Undone for 2 companies.').waitFor()
    const stays = preview.getByRole('alert').filter({ hasText: 'Not undone for 1 company:' })
    await stays.getByText(name(12)).waitFor()
    await stays.getByText('Something later changed the same', { exact: false }).waitFor()
    await preview.getByRole('button', { name: 'Close' }).last().click()
    const shown = page.locator('[role=gridcell][aria-label="Visible, by the company’s own Show"]')
    await cellOf(page, portal, name(12), 'latest-calls').and(shown).waitFor()
    for (const each of [10, 11])
      await becomes(() => cellOf(page, portal, name(each), 'latest-calls').getAttribute('aria-label'), 'Visible')
  })
  assert.deepEqual(faults, [])
  await context.close()

  await t.test('an auditor looks and cannot select', async () => {
    const auditor = await openGrid(browser, portal, await portal.staffSession('AUDITOR'))
    await rowOf(auditor.page, name(0)).waitFor()
    assert.equal(await auditor.page.getByRole('checkbox').count(), 0)
    assert.equal(await auditor.page.getByRole('grid').getAttribute('aria-colcount'), String(keys.length + 1))
    await cellOf(auditor.page, portal, name(0), 'cdr').click()
    await auditor.page.locator('[data-part=explanation]').waitFor()
    assert.equal(await auditor.page.getByRole('button', { name: 'Change …' }).count(), 0)
    assert.deepEqual(auditor.faults, [])
    await auditor.context.close()
  })

  await t.test('by keyboard alone', async () => {
    const { page: keyed, faults: wrong } = await openGrid(browser, portal, await portal.staffSession('SUPPORT'))
    await rowOf(keyed, name(0)).waitFor()
    const press = async (...pressed: readonly string[]): Promise<void> => {
      for (const key of pressed) await keyed.keyboard.press(key)
    }
    while ((await focused(keyed))[0] === null) await press('Tab')
    // Rows count from the headings, columns from the checkbox.
    await becomes(() => focused(keyed), ['2', '3'])
    await press('ArrowDown', 'ArrowRight')
    await becomes(() => focused(keyed), ['3', '4'])
    await press('End')
    await becomes(() => focused(keyed), ['3', String(keys.length + 2)])
    await press('Control+End')
    await becomes(() => focused(keyed), ['621', String(keys.length + 2)])
    await rowOf(keyed, name(619)).waitFor()
    await press('PageUp')
    await until(async () => {
      const [up] = await focused(keyed)
      return Number(up) < 621 && Number(up) > 580
    })
    await press('Control+Home', 'Home')
    await becomes(() => focused(keyed), ['2', '1'])
    assert.equal(await keyed.locator('[role=grid] [tabindex="0"]').count(), 1)

    await press('ArrowRight', 'ArrowRight')
    for (const _ of keys.slice(0, keys.indexOf('cdr'))) await press('ArrowRight')
    await press('ArrowDown', 'Enter')
    await keyed.getByText(await textOf(companies[1]!, 'cdr')).waitFor()
    await press('Escape')
    await becomes(() => focused(keyed), ['3', String(keys.indexOf('cdr') + 3)])

    await press(' ', 'Shift+ArrowDown', 'Shift+ArrowDown')
    await keyed.getByText('3 companies selected').waitFor()
    // Out of the grid, backwards, to what changes the selection.
    await press('Shift+Tab', 'Enter')
    const form = keyed.getByRole('dialog')
    await hasFocus(form)
    const feature = form.getByRole('combobox', { name: 'Choose a feature' })
    for (let tabs = 0; tabs < 6 && !(await feature.evaluate(box => box.matches(':focus'))); tabs++) await press('Tab')
    await keyed.keyboard.type('Voucher')
    await press('ArrowDown', 'Enter')
    await keyed.locator('input[value="Voucher"]').waitFor()
    const preview = form.getByRole('button', { name: 'Preview' })
    for (let tabs = 0; tabs < 8 && !(await preview.evaluate(box => box.matches(':focus'))); tabs++) await press('Tab')
    await press('Enter')
    const dialog = keyed.getByRole('dialog', { name: 'What will change' })
    await dialog.getByText('3 companies see something else afterwards.').waitFor()
    await hasFocus(dialog)
    const save = dialog.getByRole('button', { name: 'Save' })
    for (let tabs = 0; tabs < 12 && !(await save.evaluate(box => box.matches(':focus'))); tabs++) await press('Tab')
    await press('Enter')
    await dialog.getByText('Saved for 3 companies.').waitFor()
    await press('Escape')
    await dialog.waitFor({ state: 'detached' })
    assert.equal(
      await labelOf(companies[2]!, 'voucher'),
      'Visible, by the company’s own Show',
      'what the keyboard saved is saved'
    )
    assert.deepEqual(wrong, [])
  })
})
