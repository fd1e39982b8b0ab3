import assert from 'node:assert/strict'
import { test } from 'node:test'
import { overridesOf, startAccessPortal } from '../support/access-console.ts'
import { seriousFaults } from '../support/axe.ts'
import { openBrowser } from '../support/browser.ts'
import { askOperator, visitConsole } from '../support/console-visit.ts'

test('the audit log', async t => {
  const browser = await openBrowser(t)
  const portal = await startAccessPortal(t)
  const visit = await visitConsole(browser, portal, '/', { timezoneId: 'Europe/Berlin', role: 'ADMIN', name: 'Ines' })
  const { page } = visit
  const company = await portal.company('Northwind')
  const other = await portal.company('Southwind')
  const rows = page.locator('tbody tr[data-index]')
  const text = (): Promise<readonly string[]> => rows.allInnerTexts()

  await t.test('filtered, read as differences, undone', async () => {
    await portal.override(company, 'cdr', 'HIDE')
    await portal.override(other, 'cdr', 'HIDE')
    await askOperator(
      portal,
      'mutation ($id: ID!) { setDomainFeatures(domainId: $id, features: [{ key: "queue", enabled: false }], reason: "no queues") { id } }',
      { id: portal.world.acme.id }
    )
    await visit.go('/audit')
    await rows.filter({ hasText: 'Set features of a brand' }).getByText('no queues').waitFor()
    assert.deepEqual(await seriousFaults(page), [])
    await page.getByLabel('What was done').first().fill('setCompanyOverrides')
    await page.keyboard.press('Escape')
    await rows.filter({ hasText: 'Set features of a brand' }).waitFor({ state: 'detached' })
    assert.equal((await text()).length, 2)
    await page.getByRole('combobox', { name: 'Company' }).fill('north')
    await page.getByRole('option', { name: /Northwind/ }).click()
    await rows.filter({ hasText: 'Southwind' }).waitFor({ state: 'detached' })
    const row = rows.filter({ hasText: 'Northwind' })
    await row.getByText('Hide', { exact: true }).waitFor()
    // The filters stand in the address.
    assert.equal(new URL(page.url()).searchParams.get('company'), company.id)
    await page.reload()
    await row.getByText('Call Detail Record', { exact: false }).waitFor()

    await row.focus()
    await page.keyboard.press('Enter')
    const detail = page.getByRole('dialog').locator('[data-part=entry-detail]')
    await detail.getByText('127.0.0.1').waitFor()
    await page.waitForFunction(() => document.querySelector('[role=dialog]')?.contains(document.activeElement))
    assert.deepEqual(await seriousFaults(page), [])
    await detail.getByRole('button', { name: 'Undo' }).click()
    await detail.getByText('Undone.', { exact: false }).waitFor()
    assert.deepEqual(await overridesOf(portal, company.id), {})
    await page.keyboard.press('Escape')
    await page.getByRole('button', { name: 'Clear filters' }).click()
    await rows.filter({ hasText: 'Undid a change' }).waitFor()

    await page.getByLabel('From', { exact: true }).fill('2020-01-02')
    await page.getByLabel('To, that day included').fill('2020-01-01')
    await page.getByText('Must not be before the beginning.').waitFor()
    await page.getByLabel('To, that day included').fill('2020-01-02')
    await page.getByText('No entry matches.').waitFor()
  })

  await t.test('a detail that is closed gives the focus back, unless somebody has gone elsewhere', async () => {
    await visit.go('/audit')
    const row = rows.first()
    await row.focus()
    await page.keyboard.press('Enter')
    const detail = page.getByRole('dialog')
    await detail.locator('[data-part=entry-detail]').waitFor()
    await page.keyboard.press('Escape')
    await page.waitForFunction(() => document.activeElement?.getAttribute('data-index') === '0')
    await detail.waitFor({ state: 'detached' })

    await page.keyboard.press('Enter')
    await detail.locator('[data-part=entry-detail]').waitFor()
    await page.evaluate(() => {
      document.querySelector<HTMLElement>('[role=dialog] button[aria-label=Close]')!.click()
      document.querySelector<HTMLElement>('input[type=date]')!.focus()
    })
    await detail.waitFor({ state: 'detached' })
    // Behind everything that was put off until now.
    await page.evaluate('new Promise(done => setTimeout(() => setTimeout(done)))')
    assert.equal(await page.evaluate(() => document.activeElement?.getAttribute('type')), 'date')
  })

  await t.test('what was changed together is told, found and undone together', async () => {
    await askOperator(
      portal,
      `mutation ($ids: [ID!]!) { bulkSetCompanyOverrides(companyIds: $ids, overrides: [{ key: "ivr", override: HIDE, reason: "wrong" }]) { ok } }`,
      { ids: [company.id, other.id] }
    )
    await visit.go('/audit?action=bulkSetCompanyOverrides')
    const one = rows.filter({ hasText: 'Northwind' })
    await one.getByText('One of 2 changed together').waitFor()
    await one.focus()
    await page.keyboard.press('Enter')
    const detail = page.getByRole('dialog').locator('[data-part=entry-detail]')
    await detail.getByRole('button', { name: 'Undo this one only' }).waitFor()
    // A dialog that takes the place of the detail gives the focus back to where that came from.
    await detail.getByRole('button', { name: 'Undo all of them …' }).click()
    await page.getByRole('dialog', { name: 'Undo what was changed together' }).waitFor()
    await detail.waitFor({ state: 'detached' })
    await page.keyboard.press('Escape')
    await page.getByRole('dialog').waitFor({ state: 'detached' })
    await page.waitForFunction(() => document.activeElement?.textContent?.includes('Northwind') === true)
    await page.keyboard.press('Enter')
    await detail.getByRole('link', { name: 'Show all of them' }).click()
    await page.getByRole('dialog').waitFor({ state: 'detached' })
    assert.notEqual(new URL(page.url()).searchParams.get('operation'), null)
    const note = page.locator('[data-part=operation]')
    await note.getByText('2 entries, changed together.').waitFor()
    assert.equal((await text()).length, 2)
    await note.getByRole('button', { name: 'Undo all of them …' }).click()
    const dialog = page.getByRole('dialog', { name: 'Undo what was changed together' })
    await dialog.getByText('2 companies are put back to what they were before.', { exact: false }).waitFor()
    assert.deepEqual(await overridesOf(portal, company.id), { ivr: 'HIDE' }, 'nothing is undone unasked')
    assert.deepEqual(await seriousFaults(page), [])
    await dialog.getByRole('button', { name: 'Undo for all 2 companies' }).click()
    await dialog.getByText('Undone for 2 companies.').waitFor()
    assert.deepEqual(await overridesOf(portal, company.id), {})
    await dialog.getByRole('button', { name: 'Close' }).last().click()
    // The undo is one operation as well.
    await note.getByRole('link', { name: 'Show the whole log' }).click()
    await rows.filter({ hasText: 'Undid a change' }).filter({ hasText: 'One of 2 changed together' }).first().waitFor()
  })

  await t.test('paged, and exported', async () => {
    for (let count = 0; count < 60; count++) await portal.override(other, 'queue', count % 2 === 0 ? 'HIDE' : 'SHOW')
    await visit.go('/audit?action=setCompanyOverrides')
    await page.getByRole('button', { name: 'Load more' }).click()
    await page.getByRole('button', { name: 'Load more' }).waitFor({ state: 'detached' })
    await page.getByText('62 rows').waitFor()
    await page.getByRole('button', { name: 'Export as CSV' }).click()
    const link = page.getByRole('link', { name: /^Download audit-log/ })
    await link.waitFor()
    const [download] = await Promise.all([page.waitForEvent('download'), link.click()])
    assert.match(download.suggestedFilename(), /^audit-log-.*\.csv$/)
    const parts: Buffer[] = []
    for await (const part of await download.createReadStream()) parts.push(part as Buffer)
    const lines = Buffer.concat(parts).toString().trim().split('\r\n')
    assert.equal(lines.length, 63, 'a line an entry, of the filter only')
    assert.match(lines[0]!, /Time \(UTC\)/)
  })

  await t.test('roles: support undoes choices only, an auditor nothing', async () => {
    for (const [role, undoes] of [
      ['SUPPORT', { setCompanyOverrides: 1, setDomainFeatures: 0 }],
      ['AUDITOR', { setCompanyOverrides: 0, setDomainFeatures: 0 }]
    ] as const) {
      const looker = await visitConsole(browser, portal, '/', { timezoneId: 'Europe/Berlin', role })
      for (const [action, count] of Object.entries(undoes)) {
        await looker.go(`/audit?action=${action}`)
        await looker.page.locator('tbody tr[data-index="0"]').focus()
        await looker.page.keyboard.press('Enter')
        const detail = looker.page.getByRole('dialog').locator('[data-part=entry-detail]')
        await detail.getByText('As it is stored').waitFor()
        assert.equal(await detail.getByRole('button', { name: 'Undo' }).count(), count, `${role} ${action}`)
      }
      assert.deepEqual(looker.faults, [])
    }
  })
  assert.deepEqual(visit.faults, [])
})
