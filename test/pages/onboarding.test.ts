import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { test } from 'node:test'
import { plugins } from '../../plugins/index.ts'
import { seriousFaults } from '../support/axe.ts'
import { openBrowser } from '../support/browser.ts'
import { askOperator, visitConsole } from '../support/console-visit.ts'
import { startPortal } from '../support/portal.ts'
import { hasFocus } from '../support/until.ts'

const csv = (text: string, name = 'companies.csv') => ({ name, mimeType: 'text/csv', buffer: Buffer.from(text) })

const mixed = [
  'record,company,name,userType,currency,brand,code,email,key,override,reason',
  'COMPANY,ALD,Alder Bakery,CUSTOMER,EUR,acme.localhost',
  'CODE,ALD,,,,,ALD-1',
  'CONTACT,ALD,Ada Alder,,,,,ada@alder.example',
  'COMPANY,BIR,Birch Hotel,CUSTOMER,EUR,acme.localhost',
  'OVERRIDE,BIR,,,,,,,cdrr,HIDE,because',
  'CODE,BIR,,,,,BIR-1',
  'COMPANY,KNOWN,Known Cafe Renamed',
  ''
].join('\n')

test('taking customers on by file', async t => {
  const browser = await openBrowser(t)
  const portal = await startPortal(t, { plugins, jobs: true })
  await portal.company('Known Cafe', { accountCodes: ['KNOWN'] })
  const names = async (): Promise<string[]> =>
    (await askOperator(portal, '{ companies(first: 100, sort: "name") { nodes { name } } }')).companies.nodes.map(
      ({ name }: { name: string }) => name
    )

  await t.test('tried, read line by line, done for real with the same file, by mouse', async () => {
    const { page, faults, context } = await visitConsole(browser, portal, '/onboarding')
    await page.getByText('Customers come in by one CSV file').waitFor()
    await page.locator('input[type=file]').setInputFiles(csv(mixed))
    await page.getByRole('button', { name: 'Try it' }).click()
    await page.getByText('A company with a wrong line is refused whole').waitFor()
    assert.deepEqual(await names(), ['Known Cafe'], 'a try changes nothing')

    const report = page.getByRole('region', { name: 'Line by line' }).first()
    await report.getByRole('row', { name: /Ada Alder|ada@alder/ }).waitFor()
    await report.getByText('Column key:').waitFor()
    await report.getByRole('row', { name: /Wrong.*OVERRIDE.*cdr/s }).waitFor()
    const renamed = report.getByRole('row', { name: /KNOWN/ })
    assert.doesNotMatch(await report.innerText(), /not valid/, 'a line that is right has no fault')
    assert.match(await renamed.innerText(), /name: Known Cafe\s*→\s*Known Cafe Renamed/)
    await report.getByRole('button', { name: 'Wrong · 1' }).click()
    await page.waitForFunction(() => document.querySelectorAll('[data-part=table] tbody tr[data-index]').length === 1)
    const [saved] = await Promise.all([
      page.waitForEvent('download'),
      report.getByRole('button', { name: 'Download as CSV' }).click()
    ])
    assert.match(await readFile(await saved.path(), 'utf8'), /^line,outcome,.*\r\n6,ERROR,OVERRIDE,BIR,.*\r\n$/)
    await report.getByRole('button', { name: 'Refused · 2' }).click()
    await page.waitForFunction(() => document.querySelectorAll('[data-part=table] tbody tr[data-index]').length === 2)
    assert.deepEqual(await seriousFaults(page), [])

    await page.getByRole('button', { name: 'Do it for real' }).click()
    const dialog = page.getByRole('dialog', { name: 'Do it for real' })
    await dialog.getByText('4 lines are written').waitFor()
    assert.equal(await dialog.locator('input[type=file]').count(), 0, 'this tab has the file')
    await dialog.getByRole('button', { name: 'Do it for real' }).click()
    await page.getByRole('heading', { name: 'Taken in: companies.csv' }).waitFor()
    await page.getByRole('main').getByText('Done', { exact: true }).waitFor()
    assert.deepEqual(await names(), ['Alder Bakery', 'Known Cafe Renamed'])
    await page.getByRole('link', { name: 'Onboarding' }).last().click()
    await page.getByText('2 of 2').waitFor()
    assert.deepEqual(faults, [])
    await context.close()
  })

  await t.test('another tab asks for the file again, and takes no other one', async () => {
    const { page, faults, context } = await visitConsole(browser, portal, '/onboarding')
    await page.getByRole('row', { name: /Tried/ }).click()
    await page.getByRole('button', { name: 'Do it for real' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.locator('input[type=file]').setInputFiles(csv('record,company\nCODE,KNOWN\n', 'other.csv'))
    await dialog.getByRole('button', { name: 'Do it for real' }).click()
    await dialog.getByText('This is another file than the one of this run').waitFor()
    await dialog.locator('input[type=file]').setInputFiles(csv(mixed))
    await dialog.getByRole('button', { name: 'Do it for real' }).click()
    await page.getByRole('heading', { name: 'Taken in: companies.csv' }).waitFor()
    await page.getByText('A file of the same content was taken in for real before').waitFor()
    await page.getByRole('button', { name: 'Unchanged · 4' }).waitFor()
    assert.deepEqual(faults, [])
    await context.close()
  })

  await t.test('what cannot be read fails and says what to do; the file of companies is made', async () => {
    const { page, faults, context } = await visitConsole(browser, portal, '/onboarding')
    await page.locator('input[type=file]').setInputFiles(csv('recordd,firma\nX,Y\n', 'wrong.csv'))
    await page.getByRole('button', { name: 'Try it' }).click()
    await page
      .getByRole('alert')
      .filter({ hasText: /recordd|column/i })
      .waitFor()
    await page.getByRole('button', { name: 'Start again with the same file' }).waitFor()
    await page.getByRole('link', { name: 'Onboarding' }).last().click()

    await page.getByRole('radio', { name: 'Chosen companies' }).check()
    const make = page.getByRole('button', { name: 'Make the file' })
    assert.equal(await make.isDisabled(), true)
    await page.getByRole('combobox', { name: 'Companies' }).fill('Alder')
    await page.getByRole('option', { name: /Alder Bakery/ }).click()
    await page.keyboard.press('Escape')
    await make.click()
    const link = page.getByRole('link', { name: /^Download/ })
    await link.waitFor()
    await page.getByText('1 company', { exact: true }).waitFor()
    const [download] = await Promise.all([page.waitForEvent('download'), link.click()])
    const text = await readFile(await download.path(), 'utf8')
    assert.match(text, /Alder Bakery/)
    assert.doesNotMatch(text, /Known Cafe/)
    assert.deepEqual(faults, [])
    await context.close()
  })

  await t.test('by keyboard alone: the example is fetched; an auditor sees runs and cannot start one', async () => {
    const { page, faults, context } = await visitConsole(browser, portal, '/onboarding')
    await page.getByText(/ of /).first().waitFor()
    const example = page.getByRole('button', { name: 'Download an example file' })
    await example.focus()
    const [download] = await Promise.all([page.waitForEvent('download'), page.keyboard.press('Enter')])
    const text = await readFile(await download.path(), 'utf8')
    await page.locator('input[type=file]').setInputFiles(csv(text, 'example.csv'))
    await page.getByRole('button', { name: 'Try it' }).focus()
    await page.keyboard.press('Enter')
    // Every line of the example is right.
    await page.getByText('Done for real, this is what would happen').waitFor()
    await page.getByRole('button', { name: 'Do it for real' }).focus()
    await page.keyboard.press('Enter')
    await page.getByRole('dialog').waitFor()
    await page.keyboard.press('Escape')
    await page.getByRole('dialog').waitFor({ state: 'hidden' })
    await page.waitForFunction(() => document.activeElement?.textContent?.includes('Do it for real'))
    await page.keyboard.press('Space')
    await hasFocus(page.getByRole('dialog'))
    await page.getByRole('dialog').getByRole('button', { name: 'Do it for real' }).focus()
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: 'Taken in: example.csv' }).waitFor()
    await page.getByRole('main').getByText('Done', { exact: true }).waitFor()
    assert.ok((await names()).includes('Example Bakery'))
    assert.deepEqual(faults, [])
    await context.close()

    const auditor = await visitConsole(browser, portal, '/onboarding', { role: 'AUDITOR' })
    await auditor.page.getByRole('row', { name: /Tried/ }).first().click()
    await auditor.page.getByRole('region', { name: 'Line by line' }).first().waitFor()
    assert.equal(await auditor.page.getByRole('button', { name: 'Do it for real' }).count(), 0)
    assert.deepEqual(auditor.faults, [])
    await auditor.context.close()
  })
})
