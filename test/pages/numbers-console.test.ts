import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { test } from 'node:test'
import { plugins } from '../../plugins/index.ts'
import { seriousFaults } from '../support/axe.ts'
import { openBrowser } from '../support/browser.ts'
import { askOperator, visitConsole } from '../support/console-visit.ts'
import { startPortal } from '../support/portal.ts'

test('the inventory of numbers', async t => {
  const browser = await openBrowser(t)
  const portal = await startPortal(t, { plugins, jobs: true })
  const alder = await portal.company('Alder Bakery', { accountCodes: ['alder-1'] })
  await portal.company('Dollar Diner', { currency: 'USD' })
  const one = async (number: string) =>
    (
      await askOperator(
        portal,
        'query ($number: String) { number(number: $number) { id companyName price currency notes packageName version } }',
        { number }
      )
    ).number

  await t.test('by mouse: a range is created, a number assigned, refused, changed over a conflict, moved', async () => {
    const { page, faults, context } = await visitConsole(browser, portal, '/numbers')
    await page.getByText('The inventory is empty').waitFor()
    await page.getByRole('button', { name: 'Create numbers' }).click()
    const create = page.getByRole('dialog', { name: 'Create numbers' })
    await create.getByText('A range').click()
    await create.getByLabel('First number').fill('+44 20 7946 0001')
    await create.getByLabel('Last number').fill('+44 20 7946 0060')
    await create.getByLabel('Country').fill('Q')
    await create.getByRole('button', { name: 'Create', exact: true }).click()
    const report = page.getByRole('dialog', { name: 'What became of them' })
    await report.getByText('0 done · 60 refused').waitFor()
    await report
      .getByText(/two letters of ISO 3166-1/)
      .first()
      .waitFor()
    // Back in the form, with all that was typed.
    await report.getByRole('button', { name: 'Close' }).last().click()
    assert.equal(await create.getByLabel('First number').inputValue(), '+44 20 7946 0001')
    await create.getByLabel('Country').fill('GB')
    await create.getByRole('button', { name: 'Create', exact: true }).click()
    await report.getByText('60 done · 0 refused').waitFor()
    await report.getByRole('button', { name: 'Close' }).last().click()
    await page.getByText('50 of 60').waitFor()
    await page.getByRole('button', { name: 'Load more' }).click()
    await page.getByText('60 of 60').waitFor()

    await page.getByRole('searchbox', { name: 'Search numbers' }).fill('442079460007')
    await page.getByText('1 of 1').waitFor()
    await page.getByRole('link', { name: '+442079460007' }).click()
    await page.getByRole('button', { name: 'Assign' }).click()
    const assign = page.getByRole('dialog', { name: /Assign to a company/ })
    await assign.getByRole('combobox', { name: 'To which company' }).fill('Alder')
    await page.getByRole('option', { name: /Alder Bakery/ }).click()
    await assign.getByLabel('Price for this company').fill('cheap')
    await assign.getByRole('button', { name: 'Assign' }).click()
    await assign.getByText(/must be a decimal number/).waitFor()
    await assign.getByLabel('Price for this company').fill('4.5')
    await assign.getByRole('button', { name: 'Assign' }).click()
    await page.getByRole('link', { name: 'Alder Bakery' }).waitFor()
    const given = await one('442079460007')
    assert.deepEqual([given.companyName, given.currency], ['Alder Bakery', 'EUR'])
    assert.equal(Number(given.price), 4.5)

    await askOperator(
      portal,
      'mutation ($id: ID!) { updateNumber(id: $id, settings: { notes: "theirs", minimumDaysUntil: "2099-01-01T00:00:00Z" }) { id } }',
      { id: given.id }
    )
    const settings = page.getByRole('region', { name: 'Settings' })
    await settings.getByLabel('Package').fill('Gold')
    await settings.getByLabel('Notes').fill('mine')
    await settings.getByRole('button', { name: 'Save' }).click()
    const conflict = page.getByRole('alert').filter({ hasText: 'Somebody else changed this meanwhile' })
    await conflict.waitFor()
    assert.deepEqual(await conflict.getByRole('row', { name: 'Notes' }).getByRole('cell').allInnerTexts(), [
      '–',
      'theirs',
      'mine'
    ])
    await conflict.getByRole('button', { name: 'Save mine' }).click()
    await page.getByText('Saved.').waitFor()
    const kept = await one('442079460007')
    assert.deepEqual([kept.packageName, kept.notes], ['Gold', 'mine'])
    assert.deepEqual(await seriousFaults(page), [])

    await page.getByRole('button', { name: 'Release' }).click()
    const release = page.getByRole('dialog', { name: /Release to the inventory/ })
    await release.getByText('Alder Bakery loses it at once').waitFor()
    await release.getByLabel('Reason').fill('not paid')
    await release.getByRole('button', { name: 'Release' }).click()
    await release.getByRole('alert').filter({ hasText: /2099/ }).waitFor()
    assert.equal(await release.getByLabel('Reason').inputValue(), 'not paid')
    await page.keyboard.press('Escape')
    await release.waitFor({ state: 'hidden' })
    assert.equal((await one('442079460007')).companyName, 'Alder Bakery')
    assert.deepEqual(faults, [])
    await context.close()
  })

  await t.test('many at once: each refusal has its name, and a choice leaves them out', async () => {
    const { page, faults, context } = await visitConsole(browser, portal, `/numbers?company=${alder.id}`)
    await askOperator(
      portal,
      'mutation ($c: ID!) { assignNumbers(select: { numbers: ["442079460001", "442079460002"] }, companyId: $c) { done } }',
      { c: alder.id }
    )
    await page.reload()
    await page.getByText('3 of 3').waitFor()
    await page.getByRole('checkbox', { name: 'Select all rows shown' }).check()
    await page.getByRole('button', { name: 'Release' }).click()
    const dialog = page.getByRole('dialog', { name: /3 numbers chosen/ })
    await dialog.getByRole('checkbox', { name: 'Leave out those that cannot be' }).check()
    await dialog.getByRole('button', { name: 'Release' }).click()
    const report = page.getByRole('dialog', { name: 'What became of them' })
    await report.getByText('2 done · 1 refused').waitFor()
    await report.getByRole('row', { name: /442079460007 Refused .*cannot be given up before 2099/ }).waitFor()
    await report.getByRole('button', { name: 'Close' }).last().click()
    await page.getByText('1 of 1').waitFor()
    assert.deepEqual(faults, [])
    await context.close()
  })

  await t.test("a company's numbers stand in a tab of its page; many are set alike", async () => {
    const { page, faults, context } = await visitConsole(browser, portal, `/companies/${alder.id}`)
    await page.getByRole('tab', { name: 'Numbers' }).click()
    await page.getByText('1 of 1').waitFor()
    assert.equal(new URL(page.url()).pathname, `/companies/${alder.id}/numbers`)
    assert.equal(await page.getByRole('columnheader', { name: 'Company' }).count(), 0)
    await page.getByRole('button', { name: 'Assign numbers' }).click()
    const assign = page.getByRole('dialog', { name: 'Assign numbers' })
    await assign.getByLabel('Some numbers').last().fill('442079460003\n+44 20 7946 0004\n442079460999')
    await assign.getByRole('button', { name: 'Assign', exact: true }).click()
    const report = page.getByRole('dialog', { name: 'What became of them' })
    await report.getByText('0 done · 3 refused').waitFor()
    await report.getByRole('button', { name: 'Close' }).last().click()
    await assign.getByRole('checkbox', { name: 'Leave out those that cannot be' }).check()
    await assign.getByRole('button', { name: 'Assign', exact: true }).click()
    await report.getByText('2 done · 1 refused').waitFor()
    await report.getByRole('button', { name: 'Close' }).last().click()
    await page.getByText('3 of 3').waitFor()
    await page.getByRole('button', { name: 'Create numbers' }).click()
    const create = page.getByRole('dialog', { name: 'Create numbers' })
    assert.equal(await create.getByLabel('Right for a company').count(), 0)
    await create.getByRole('textbox', { name: 'Number', exact: true }).fill('+44 20 7946 0500')
    await create.getByLabel('Country').fill('GB')
    await create.getByRole('button', { name: 'Create', exact: true }).click()
    await page.getByText('4 of 4').waitFor()
    assert.equal((await one('442079460500')).companyName, 'Alder Bakery')
    assert.deepEqual(await seriousFaults(page), [])

    await page.getByRole('checkbox', { name: 'Select all rows shown' }).check()
    assert.equal(await page.getByRole('button', { name: 'Delete' }).count(), 0, 'a company has them all')
    await page.getByRole('button', { name: 'Settings', exact: true }).click()
    const settings = page.getByRole('dialog', { name: /4 numbers chosen/ })
    const change = settings.getByRole('button', { name: 'Change them' })
    assert.ok(await change.isDisabled(), 'nothing is chosen')
    await settings.getByRole('combobox', { name: 'Which settings' }).click()
    assert.equal(await page.getByRole('option', { name: 'Currency' }).count(), 0, "it is the company's")
    await page.getByRole('option', { name: 'Package' }).click()
    await page.getByRole('option', { name: 'Price', exact: true }).click()
    await page.keyboard.press('Escape')
    await settings.getByLabel('Package').fill('Silver')
    await settings.getByLabel('Price').fill('dear')
    await settings
      .getByText('Set alike for 4 numbers: Package, Price')
      .or(settings.getByText('Price, Package'))
      .waitFor()
    await change.click()
    await settings.getByText(/must be a decimal number/).waitFor()
    await settings.getByLabel('Price').fill('7.5')
    await change.click()
    await report.getByText('4 done · 0 refused').waitFor()
    await report.getByRole('row', { name: /442079460500 Changed/ }).waitFor()
    const kept = await one('442079460007')
    assert.deepEqual([kept.packageName, Number(kept.price), kept.notes], ['Silver', 7.5, 'mine'], 'the rest stays')
    await askOperator(
      portal,
      'mutation { updateNumbers(select: { numbers: ["442079460500"] }, settings: { packageName: "Bronze" }) { done } }'
    )
    await report.getByRole('button', { name: 'Take it back' }).click()
    await report.getByText('Take it back: 0 done · 4 refused').waitFor()
    await report.getByRole('row', { name: /442079460500 Refused .*was changed since, packageName/ }).waitFor()
    await report.getByRole('button', { name: 'Take back the others' }).click()
    await report.getByText('Take it back: 3 done · 1 refused').waitFor()
    await report.getByRole('button', { name: 'Close' }).last().click()
    assert.deepEqual(
      [(await one('442079460007')).packageName, (await one('442079460500')).packageName],
      ['Gold', 'Bronze']
    )
    await page.getByRole('link', { name: '+442079460500' }).click()
    await page.getByRole('heading', { name: '+442079460500' }).waitFor()
    assert.deepEqual(faults, [])
    await context.close()
  })

  await t.test('a file is tried, refused, mended by leaving lines out, and written again', async () => {
    const { page, faults, context } = await visitConsole(browser, portal, '/numbers/files')
    const text = ['number,country,company', '442079460100,GB,alder-1', '442079460007,GB,', '12,GB,'].join('\n')
    await page
      .locator('input[type=file]')
      .setInputFiles({ name: 'numbers.csv', mimeType: 'text/csv', buffer: Buffer.from(text) })
    await page.getByRole('button', { name: 'Try it' }).click()
    await page.getByRole('heading', { name: 'Try: numbers.csv' }).waitFor()
    const problems = page.getByRole('region', { name: 'Refused lines' })
    await problems.getByRole('row').nth(1).waitFor()
    await page.getByRole('link', { name: 'Download the report' }).waitFor()
    await page.getByRole('button', { name: 'Import it' }).click()
    await page.getByRole('dialog').getByRole('checkbox', { name: 'Skip refused lines' }).check()
    await page.getByRole('dialog').getByRole('button', { name: 'Import it' }).click()
    await page.getByRole('heading', { name: 'Import: numbers.csv' }).waitFor()
    await page.getByRole('main').getByText('Done', { exact: true }).waitFor()
    assert.equal((await one('442079460100')).companyName, 'Alder Bakery')
    await page.getByRole('link', { name: 'Imports and exports' }).click()
    await page.getByText('2 rows').waitFor()
    assert.deepEqual(faults, [])
    await context.close()
  })

  await t.test('by keyboard alone: an export by support; an auditor cannot change', async () => {
    const { page, faults, context } = await visitConsole(browser, portal, '/numbers', { role: 'SUPPORT' })
    await page.getByText(/of 62/).waitFor()
    assert.equal(await page.getByRole('button', { name: 'Create numbers' }).count(), 0)
    assert.equal(await page.getByRole('checkbox').count(), 0)
    await page.getByRole('button', { name: 'Export all numbers' }).focus()
    await page.keyboard.press('Enter')
    const link = page.getByRole('link', { name: 'Download the numbers' })
    await link.waitFor()
    await link.focus()
    const [download] = await Promise.all([page.waitForEvent('download'), page.keyboard.press('Enter')])
    assert.match(await readFile(await download.path(), 'utf8'), /442079460060/)
    assert.deepEqual(faults, [])
    await context.close()
    const auditor = await visitConsole(browser, portal, '/numbers?search=442079460007', { role: 'AUDITOR' })
    await auditor.page.getByRole('link', { name: '+442079460007' }).click()
    await auditor.page.getByRole('region', { name: 'Settings' }).getByText('Gold').waitFor()
    for (const name of ['Release', 'Move', 'Save'])
      assert.equal(await auditor.page.getByRole('button', { name }).count(), 0)
    await auditor.go(`/companies/${alder.id}/numbers`)
    await auditor.page.getByText(/of [45]$/).waitFor()
    for (const name of ['Assign numbers', 'Create numbers', 'Export these numbers'])
      assert.equal(await auditor.page.getByRole('button', { name }).count(), 0)
    assert.deepEqual(auditor.faults, [])
    await auditor.context.close()
  })
})
