import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Page } from 'playwright-core'
import { overridesOf, startAccessPortal } from '../support/access-console.ts'
import { seriousFaults } from '../support/axe.ts'
import { holdBack, openBrowser } from '../support/browser.ts'
import { askOperator, visitConsole } from '../support/console-visit.ts'

const list = (page: Page, side: 'show' | 'hide') => page.locator(`[data-part=${side}-list]`)
const entry = (page: Page, key: string) => page.locator(`[data-part$="-list"] [data-key="${key}"]`)
const dialog = (page: Page) => page.getByRole('dialog')
const review = (page: Page) => page.getByRole('button', { name: 'Preview and save' }).click()

const add = async (page: Page, side: 'Show' | 'Hide', search: string, option: string | RegExp): Promise<void> => {
  await page.getByRole('combobox', { name: `Add to ${side}` }).fill(search)
  await page.getByRole('option', { name: option }).click()
}

test('a company’s portal access', async t => {
  const browser = await openBrowser(t)
  const portal = await startAccessPortal(t, ['did'])
  const visit = await visitConsole(browser, portal, '/', { timezoneId: 'Europe/Berlin', role: 'ADMIN', name: 'Ines' })
  const { page } = visit

  /** A company whose invoices are about to be hidden: the preview is open. */
  const hidingInvoice = async (name: string) => {
    const company = await portal.company(name)
    await visit.go(`/companies/${company.id}/access`)
    await add(page, 'Hide', 'invoice', /Invoice/)
    await review(page)
    return company
  }

  await t.test('hidden with a reason and a validity, previewed, saved, undone', async () => {
    const company = await portal.company('Northwind')
    await visit.go(`/companies/${company.id}/access`)
    await add(page, 'Hide', 'call detail', /Call Detail Record/)
    const hidden = entry(page, 'cdr')
    await hidden.getByLabel('Reason', { exact: true }).fill('Unpaid bills')
    await hidden.getByLabel('Valid from').fill('2020-01-01T00:00')
    await hidden.getByLabel('Valid until').fill('2019-01-01T00:00')
    await page.getByText('Must be later than the beginning.').waitFor()
    assert.ok(await page.getByRole('button', { name: 'Preview and save' }).isDisabled())
    await hidden.getByLabel('Valid until').fill('2099-01-01T00:00')

    await review(page)
    await dialog(page).getByText('1 company sees something else afterwards.').waitFor()
    const difference = dialog(page).locator(`[data-company="${company.id}"]`)
    await difference.getByText('Loses:').waitFor()
    await difference.getByText('Call Detail Record', { exact: false }).first().waitFor()
    // Its columns go with it, by their titles.
    await difference
      .getByText(/^CDR: /)
      .first()
      .waitFor()
    assert.equal(await difference.getByText('Gains:').count(), 0)
    assert.deepEqual(await overridesOf(portal, company.id), {}, 'a preview changes nothing')
    assert.deepEqual(await seriousFaults(page), [])

    await dialog(page).getByRole('button', { name: 'Save' }).click()
    const audit = dialog(page).locator('[data-part=audit-entry]')
    await audit.getByText('Set choices of a company').waitFor()
    await audit.getByText('Ines').waitFor()
    await audit.getByText('Reason: Unpaid bills').waitFor()
    const { company: saved } = await askOperator<{ company: { overrides: unknown } }>(
      portal,
      'query ($id: ID!) { company(id: $id) { overrides { key override reason validFrom validUntil } } }',
      { id: company.id }
    )
    // The browser is in Berlin.
    assert.deepEqual(saved.overrides, [
      {
        key: 'cdr',
        override: 'HIDE',
        reason: 'Unpaid bills',
        validFrom: '2019-12-31T23:00:00.000Z',
        validUntil: '2098-12-31T23:00:00.000Z'
      }
    ])

    await audit.getByRole('button', { name: 'Undo' }).click()
    await audit.getByText('Undone.', { exact: false }).waitFor()
    assert.deepEqual(await overridesOf(portal, company.id), {})
    await dialog(page).getByRole('button', { name: 'Close' }).last().click()
    await list(page, 'hide').getByText('Nothing is hidden by a choice of its own.').waitFor()
  })

  await t.test('warnings where a choice has no effect; restrictions say Apply', async () => {
    const company = await portal.company('Warned')
    await visit.go(`/companies/${company.id}/access`)
    await add(page, 'Show', 'editable', /^DID \(Editable\)/)
    await entry(page, 'did.edit').getByText('No effect while DID is hidden.').waitFor()
    await add(page, 'Show', 'did', /^DID \w*$|^DID did$/)
    await entry(page, 'did.edit').getByText('No effect while DID is hidden.').waitFor({ state: 'detached' })
    await page.getByRole('button', { name: 'Inherit: DID', exact: true }).click()
    await entry(page, 'did.edit').getByText('No effect while DID is hidden.').waitFor()

    await add(page, 'Show', 'block paypal', /Apply/)
    await entry(page, 'payments.block-paypal').getByText('Apply', { exact: true }).waitFor()
    await page.getByRole('button', { name: 'To Hide: Block PayPal' }).click()
    await list(page, 'hide').locator('[data-key="payments.block-paypal"]').getByText('Lift', { exact: true }).waitFor()
    await add(page, 'Show', 'carrier cps', /Carrier CPS/)
    await entry(page, 'stats.carrier-cps').getByText('not for this kind of company', { exact: false }).waitFor()
    await add(page, 'Show', 'public status', /Public Status/)
    await entry(page, 'status.public').getByText('only the brand decides', { exact: false }).waitFor()
    await add(page, 'Hide', 'summary', /Summary/)
    await entry(page, 'summary').getByLabel('Valid from').fill('2098-01-01T00:00')
    await entry(page, 'summary').getByText('has not begun', { exact: false }).waitFor()
    await entry(page, 'summary').getByLabel('Valid from').fill('2018-01-01T00:00')
    await entry(page, 'summary').getByLabel('Valid until').fill('2019-01-01T00:00')
    await entry(page, 'summary').getByText('has ended', { exact: false }).waitFor()
    await add(page, 'Show', 'invoice', /Invoice/)
    await entry(page, 'invoice').getByText('Equal to what Acme Voice says anyway', { exact: false }).waitFor()
    await review(page)
    // The server's own warnings say the same.
    await dialog(page).locator('[data-part=warnings]').getByText('did is hidden', { exact: false }).waitFor()
    await page.keyboard.press('Escape')
    await dialog(page).waitFor({ state: 'detached' })
    await page.getByRole('button', { name: 'Discard' }).click()
    await list(page, 'show').getByText('Nothing is shown by a choice of its own.').waitFor()
  })

  await t.test('by keyboard alone: hidden, saved, undone from the notification, explained', async () => {
    const company = await portal.company('Keys only')
    await visit.go(`/companies/${company.id}/access`)
    await page.getByRole('combobox', { name: 'Add to Hide' }).focus()
    await page.keyboard.type('summary')
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('Enter')
    await entry(page, 'summary').waitFor()
    const reach = async (name: RegExp): Promise<void> => {
      for (let presses = 0; presses < 80; presses++) {
        const label = await page.evaluate(
          () => document.activeElement?.getAttribute('aria-label') ?? document.activeElement?.textContent ?? ''
        )
        if (name.test(label)) return
        await page.keyboard.press('Tab')
      }
      assert.fail(`${name} is not reached by Tab`)
    }
    await reach(/^Preview and save$/)
    await page.keyboard.press('Enter')
    await dialog(page).getByText('Loses:').waitFor()
    await reach(/^Save$/)
    await page.keyboard.press('Enter')
    await dialog(page).getByText('Saved.').waitFor()
    assert.deepEqual(await overridesOf(portal, company.id), { summary: 'HIDE' })
    await page.keyboard.press('Escape')
    await dialog(page).waitFor({ state: 'detached' })
    const notice = page.getByRole('alert').filter({ hasText: 'Saved' })
    await notice.getByRole('button', { name: 'Undo' }).focus()
    await page.keyboard.press('Enter')
    await notice.getByText('Undone.', { exact: false }).waitFor()
    assert.deepEqual(await overridesOf(portal, company.id), {})
    await entry(page, 'summary').waitFor({ state: 'detached' })

    await page.getByLabel('Find a feature').focus()
    await page.keyboard.type('did.edit')
    const row = page.locator('[data-part=effective-access] tbody tr[data-index="0"]')
    await row.getByText('DID (Editable)').waitFor()
    await row.focus()
    await page.keyboard.press('Enter')
    const path = dialog(page).locator('[data-part=explanation]')
    await path.waitFor()
    assert.deepEqual(
      await path.locator('li').evaluateAll(items => items.map(item => item.getAttribute('data-layer'))),
      ['platform', 'user-type', 'registry', 'domain', 'parent']
    )
    assert.equal(await path.locator('[aria-current=step]').getAttribute('data-layer'), 'parent')
    await path.getByText('Hidden: did is hidden.').waitFor()
    await page.keyboard.press('Escape')
    await dialog(page).waitFor({ state: 'detached' })
    await page.waitForFunction(() => document.activeElement?.getAttribute('data-index') === '0')
    // Whoever has gone elsewhere by then stays there.
    await page.keyboard.press('Enter')
    await path.waitFor()
    await page.evaluate(() => {
      document.querySelector<HTMLElement>('[role=dialog] button[aria-label=Close]')!.click()
      document.querySelector<HTMLElement>('[data-part=effective-access] input:not([type=checkbox])')!.focus()
    })
    await dialog(page).waitFor({ state: 'detached' })
    await page.evaluate('new Promise(done => setTimeout(() => setTimeout(done)))')
    assert.equal(await page.evaluate(() => document.activeElement?.tagName), 'INPUT')
  })

  await t.test('two operators: told with both, nothing typed is lost, the person decides', async () => {
    const company = await portal.company('Shared')
    await visit.go(`/companies/${company.id}/access`)
    await add(page, 'Hide', 'invoice', /Invoice/)
    await entry(page, 'invoice').getByLabel('Reason', { exact: true }).fill('mine')
    await add(page, 'Hide', 'summary', /Summary/)
    // Meanwhile the other one.
    await portal.override(company, 'invoice', 'SHOW')
    await portal.override(company, 'queue', 'HIDE')
    await review(page)
    await dialog(page).getByText('Loses:').waitFor()
    await dialog(page).getByRole('button', { name: 'Save' }).click()
    await dialog(page).getByText('Somebody else changed this meanwhile').waitFor()
    const theirs = dialog(page).getByRole('region', { name: 'Changed meanwhile' })
    await theirs.locator('[data-key="invoice"]').getByText('Show', { exact: false }).waitFor()
    await theirs.locator('[data-key="queue"]').getByText('Hide', { exact: false }).waitFor()
    await dialog(page).getByRole('button', { name: 'Back, and look at it' }).click()

    const told = page.locator('[data-part=overtaken]')
    await told.getByText('Somebody else changed this company meanwhile').waitFor()
    assert.equal(await entry(page, 'invoice').getByLabel('Reason', { exact: true }).inputValue(), 'mine')
    await list(page, 'hide').locator('[data-key="queue"]').waitFor()
    await told.getByRole('button', { name: 'Take theirs: Invoice' }).click()
    await list(page, 'show').locator('[data-key="invoice"]').waitFor()
    await review(page)
    await dialog(page).getByRole('button', { name: 'Save' }).click()
    await dialog(page).getByText('Saved.').waitFor()
    assert.deepEqual(await overridesOf(portal, company.id), { invoice: 'SHOW', queue: 'HIDE', summary: 'HIDE' })
    await page.keyboard.press('Escape')
    await dialog(page).waitFor({ state: 'detached' })

    // The other way to decide: one's own counts.
    await page.getByRole('button', { name: 'To Hide: Invoice' }).click()
    await portal.override(company, 'invoice', 'INHERIT')
    await review(page)
    await dialog(page).getByRole('button', { name: 'Save' }).click()
    await dialog(page).getByRole('button', { name: 'Save mine all the same' }).click()
    await dialog(page).getByText('Saved.').waitFor()
    assert.deepEqual(await overridesOf(portal, company.id), { invoice: 'HIDE', queue: 'HIDE', summary: 'HIDE' })

    // What somebody changed later is not undone behind their back.
    await portal.override(company, 'invoice', 'SHOW')
    await dialog(page).getByRole('button', { name: 'Undo' }).click()
    await dialog(page).getByText('This cannot be undone by itself', { exact: false }).waitFor()
    assert.deepEqual(await overridesOf(portal, company.id), { invoice: 'SHOW', queue: 'HIDE', summary: 'HIDE' })
    await page.keyboard.press('Escape')
    await dialog(page).waitFor({ state: 'detached' })
  })

  await t.test('what is offered to be undone is one’s own, whatever somebody else writes a moment later', async () => {
    const company = await hidingInvoice('Just then')
    const entryAsked = await holdBack(page, 'LatestAudit')
    await dialog(page).getByRole('button', { name: 'Save' }).click()
    await dialog(page).getByText('Saved.').waitFor()
    await portal.override(company, 'queue', 'HIDE')
    entryAsked()
    const shown = dialog(page).locator('[data-part=audit-entry]')
    await shown.getByText('Invoice', { exact: false }).first().waitFor()
    await shown.getByRole('button', { name: 'Undo' }).click()
    await shown.getByText('Undone.', { exact: false }).waitFor()
    assert.deepEqual(await overridesOf(portal, company.id), { queue: 'HIDE' })
    await page.unrouteAll({ behavior: 'wait' })
    await page.keyboard.press('Escape')
    await dialog(page).waitFor({ state: 'detached' })
  })

  await t.test('what is read anew behind a preview changes nothing that is saved from it', async () => {
    const company = await hidingInvoice('Behind')
    const entryAsked = await holdBack(page, 'LatestAudit')
    await dialog(page).getByRole('button', { name: 'Save' }).click()
    await dialog(page).getByText('Saved.').waitFor()
    const answer = await holdBack(page, 'CompanyAccess')
    await page.keyboard.press('Escape')
    await dialog(page).waitFor({ state: 'detached' })
    // Closed before the entry was read: the way back comes with it.
    entryAsked()
    await page.getByRole('alert').getByRole('button', { name: 'Undo' }).waitFor()
    await page.getByRole('button', { name: 'To Show: Invoice' }).click()
    await review(page)
    await dialog(page).getByText('Gains:').waitFor()
    await portal.override(company, 'invoice', 'INHERIT')
    answer()
    await page.locator('[data-part=overtaken]').waitFor()
    await dialog(page).getByRole('button', { name: 'Save' }).click()
    await dialog(page).getByText('Somebody else changed this meanwhile').waitFor()
    await dialog(page).getByRole('region', { name: 'Changed meanwhile' }).locator('[data-key="invoice"]').waitFor()
    assert.deepEqual(await overridesOf(portal, company.id), {})
    await dialog(page).getByRole('button', { name: 'Save mine all the same' }).click()
    await dialog(page).getByText('Saved.').waitFor()
    assert.deepEqual(await overridesOf(portal, company.id), { invoice: 'SHOW' })
    // One's own save is no other one's.
    await page.unrouteAll({ behavior: 'wait' })
    const later = await holdBack(page, 'CompanyAccess')
    await page.keyboard.press('Escape')
    await dialog(page).waitFor({ state: 'detached' })
    await page.getByRole('button', { name: 'To Hide: Invoice' }).click()
    await review(page)
    await dialog(page).getByRole('button', { name: 'Save' }).click()
    await dialog(page).getByText('Saved.').waitFor()
    assert.deepEqual(await overridesOf(portal, company.id), { invoice: 'HIDE' })
    later()
    await page.unrouteAll({ behavior: 'wait' })
    await page.keyboard.press('Escape')
    await dialog(page).waitFor({ state: 'detached' })
  })

  await t.test('what is chosen while the page reads anew what it saved is no conflict with that', async () => {
    await hidingInvoice('Quick')
    await dialog(page).getByRole('button', { name: 'Save' }).click()
    await dialog(page).getByText('Saved.').waitFor()
    const answer = await holdBack(page, 'CompanyAccess')
    await page.keyboard.press('Escape')
    await dialog(page).waitFor({ state: 'detached' })
    await page.getByText('1 change is not saved.').waitFor({ state: 'detached' })
    await add(page, 'Hide', 'summary', /Summary/)
    await page.getByText('1 change is not saved.').waitFor()
    answer()
    // Who made it stands beside what was read.
    await entry(page, 'invoice').getByText('Ines', { exact: false }).waitFor()
    assert.equal(await page.locator('[data-part=overtaken]').count(), 0)
    await page.getByText('1 change is not saved.').waitFor()
    await page.unrouteAll({ behavior: 'wait' })
    await page.getByRole('button', { name: 'Discard' }).click()
  })

  await t.test('the history tells it, with undo; an auditor only looks', async () => {
    const company = await portal.company('Told')
    await portal.override(company, 'cdr', 'HIDE')
    await visit.go(`/companies/${company.id}/history`)
    const first = page.locator('[data-part=history] li[data-entry]').first()
    await first.getByText('Call Detail Record', { exact: false }).waitFor()
    assert.deepEqual(await seriousFaults(page), [])
    await first.getByRole('button', { name: /^Undo/ }).click()
    await page.locator('[data-part=history]').getByText('Undid a change').waitFor()
    assert.deepEqual(await overridesOf(portal, company.id), {})

    const auditor = await visitConsole(browser, portal, '/', {
      timezoneId: 'Europe/Berlin',
      role: 'AUDITOR',
      name: 'Otto'
    })
    await portal.override(company, 'cdr', 'HIDE')
    await auditor.go(`/companies/${company.id}/access`)
    await entry(auditor.page, 'cdr').waitFor()
    await auditor.page.getByRole('region', { name: 'Effective access' }).first().waitFor()
    assert.equal(await auditor.page.getByLabel('Add to Hide').count(), 0)
    assert.equal(await auditor.page.getByRole('button', { name: /^Inherit/ }).count(), 0)
    await auditor.go(`/companies/${company.id}/history`)
    await auditor.page.locator('[data-part=history] li[data-entry]').first().waitFor()
    await auditor.page.getByRole('button', { name: 'Export as CSV' }).click()
    const file = auditor.page.getByRole('link', { name: `Download access-history-${company.id}` })
    const [download] = await Promise.all([auditor.page.waitForEvent('download'), file.click()])
    assert.match(download.suggestedFilename(), /\.csv$/)
    assert.equal(await auditor.page.getByRole('button', { name: /^Undo/ }).count(), 0)
    assert.deepEqual(auditor.faults, [])
  })
  assert.deepEqual(visit.faults, [])
})
