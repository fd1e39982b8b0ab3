import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { test } from 'node:test'
import { createPluginDatabase } from '../../db/plugin-database.ts'
import { ingestCalls } from '../../plugins/cdr/ingest.ts'
import { cdr } from '../../plugins/cdr/plugin.ts'
import { plugins } from '../../plugins/index.ts'
import { seriousFaults } from '../support/axe.ts'
import { openBrowser } from '../support/browser.ts'
import { makeCall } from '../support/cdr-context.ts'
import { askOperator, visitConsole } from '../support/console-visit.ts'
import { startPortal } from '../support/portal.ts'

const call = (accountCode: string, uniqueId: string, destination = '442079461100'): string =>
  JSON.stringify({
    accountCode,
    uniqueId,
    startedAt: new Date(Date.now() - 3_600_000).toISOString(),
    duration: 30,
    destination
  })

test('batches of calls', async t => {
  const browser = await openBrowser(t)
  const portal = await startPortal(t, { plugins, jobs: true })
  const alder = await portal.company('Alder Bakery', { accountCodes: ['alder'] })
  const file = {
    name: 'monday.ndjson',
    mimeType: 'application/x-ndjson',
    buffer: Buffer.from([call('alder', 'a-1'), call('alder', 'a-2'), call('birch', 'b-1')].join('\n'))
  }
  const batches = async () =>
    (await askOperator(portal, '{ callBatches { nodes { id state loaded rejected rejectsWaiting origin undone } } }'))
      .callBatches.nodes

  await t.test('by mouse: uploaded, refused by field, loaded, rejected rows read, read again, undone', async () => {
    const { page, faults, context } = await visitConsole(browser, portal, '/calls')
    await page.getByText('No calls have come yet').waitFor()
    await page.getByRole('button', { name: 'Upload calls' }).click()
    const dialog = page.getByRole('dialog', { name: 'Upload calls' })
    await dialog.locator('input[type=file]').setInputFiles(file)
    await dialog.getByRole('combobox', { name: 'Format' }).click()
    await page.getByRole('option', { name: 'call-json' }).click()
    await dialog.getByRole('textbox', { name: 'Source' }).fill('not a source!')
    await dialog.getByRole('button', { name: 'Load' }).click()
    await dialog.getByText(/must be 1 to 100 letters/).waitFor()
    await dialog.getByRole('textbox', { name: 'Source' }).fill('pbx1')
    await dialog.getByRole('button', { name: 'Load' }).click()
    await page.getByRole('heading', { name: 'monday.ndjson' }).waitFor()
    await page.getByRole('main').getByText('Done', { exact: true }).waitFor()
    const counts = page.getByRole('region', { name: 'Counts' })
    assert.match((await counts.innerText()).replaceAll(/\s+/g, ' '), /Records 3 Loaded 2 .*Rejected 1/)
    const rejects = page.getByRole('region', { name: 'Rejected records' }).first()
    await rejects.getByRole('row', { name: /birch.*b-1/ }).waitFor()
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      rejects.getByRole('link', { name: 'Download as CSV' }).click()
    ])
    assert.match(await readFile(await download.path(), 'utf8'), /birch/)
    assert.deepEqual(await seriousFaults(page), [])

    // The cause is mended.
    await portal.company('Birch Hotel', { accountCodes: ['birch'] })
    await page.getByRole('button', { name: 'Read rejected records again' }).click()
    await page.getByRole('dialog').getByText('1 record is read again').waitFor()
    await page.getByRole('dialog').getByRole('button', { name: 'Read rejected records again' }).click()
    await page.getByRole('link', { name: 'an earlier batch' }).waitFor()
    await page.getByRole('main').getByText('Done', { exact: true }).waitFor()
    await page.getByRole('link', { name: 'an earlier batch' }).click()
    await page.getByText('Nothing was rejected, or what was is loaded since').waitFor()

    await page.getByRole('button', { name: 'Undo', exact: true }).click()
    const undo = page.getByRole('dialog', { name: 'Undo this batch' })
    await undo.getByText('2 calls are taken out.').waitFor()
    await undo.getByLabel('Reason').fill('loaded by mistake')
    await undo.getByRole('button', { name: 'Undo the batch' }).click()
    await page.getByRole('main').getByText('Undone', { exact: true }).waitFor()
    assert.equal(await page.getByRole('button', { name: 'Undo', exact: true }).count(), 0)
    const [rerun, first] = await batches()
    assert.deepEqual([rerun.origin, rerun.state, rerun.loaded], ['RERUN', 'DONE', 1])
    assert.deepEqual([first.state, first.undone, first.rejectsWaiting], ['UNDONE', 2, 0])
    assert.deepEqual(faults, [])
    await context.close()
  })

  await t.test('filters, a file delivered before, silence alarms over a conflict, archives', async () => {
    const { page, faults, context } = await visitConsole(browser, portal, '/calls')
    await page.getByText('2 of 2').waitFor()
    await page.getByRole('combobox', { name: 'State' }).click()
    await page.getByRole('option', { name: 'Undone', exact: true }).click()
    await page.getByText('1 of 1').waitFor()
    await page.getByRole('searchbox', { name: 'Source' }).fill('nobody')
    await page.getByText('No batch matches.').waitFor()
    await page.getByRole('button', { name: 'Clear filters' }).click()
    await page.getByText('2 of 2').waitFor()

    await page.getByRole('tab', { name: 'Feeds' }).click()
    const sources = page.getByRole('region', { name: 'Sources' }).first()
    await sources.getByRole('row', { name: /pbx1/ }).waitFor()
    await page.getByRole('button', { name: 'Set the silence alarm of pbx1' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByLabel('Minutes without a call').fill('3')
    await dialog.getByRole('button', { name: 'Save' }).click()
    await dialog
      .getByText(/5 to 44640|5 to 44,640/)
      .last()
      .waitFor()
    // Somebody else sets it first.
    await askOperator(portal, 'mutation { setCallFeedSilence(source: "pbx1", minutes: 90) { version } }')
    await dialog.getByLabel('Minutes without a call').fill('30')
    await dialog.getByRole('button', { name: 'Save' }).click()
    await dialog.getByText('It was read anew').waitFor()
    await sources.getByText('90 minutes').waitFor({ state: 'attached' })
    await dialog.getByRole('button', { name: 'Save' }).click()
    await dialog.waitFor({ state: 'hidden' })
    await sources.getByText('30 minutes').waitFor()
    const { callFeeds } = await askOperator(portal, '{ callFeeds { nodes { source silenceMinutes } } }')
    assert.deepEqual(callFeeds.nodes, [{ source: 'pbx1', silenceMinutes: 30 }])
    await page
      .getByRole('region', { name: 'Companies' })
      .first()
      .getByRole('row', { name: /Birch Hotel/ })
      .waitFor()
    assert.deepEqual(await seriousFaults(page), [])

    await page.getByRole('tab', { name: 'Archives' }).click()
    await page.getByText('Choose a company to see its archived months').waitFor()
    await page.getByRole('combobox', { name: 'Company' }).fill('Alder')
    await page.getByRole('option', { name: /Alder Bakery/ }).click()
    await page.getByText('No month of this company is archived').waitFor()
    assert.equal(new URL(page.url()).search, `?company=${alder.id}`)

    const old = makeCall({ companyId: alder.id, startedAt: Date.UTC(2020, 0, 5) })
    await ingestCalls(createPluginDatabase(portal.database, cdr), [old])
    const retention = async () =>
      (await askOperator(portal, '{ callRetention { liveMonths keptMonths } }')).callRetention as object
    await page.getByRole('button', { name: 'Change how long' }).click()
    const kept = dialog.getByLabel('Months kept, live or archived')
    const save = dialog.getByRole('button', { name: 'Save' })
    await dialog.getByLabel('Live months besides the current one').fill('2')
    await save.click()
    await dialog.getByText(/must be 3 to 120/).waitFor()
    await dialog.getByLabel('Live months besides the current one').fill('6')
    await kept.fill('12')
    await dialog
      .getByText(/Calls: 1, of companies: 1, .?2020-01/)
      .nth(1)
      .waitFor()
    await dialog.getByText(/set back before, nothing is lost/).waitFor()
    assert.ok(await save.isDisabled(), 'what is removed for good needs a yes')
    await dialog.getByRole('checkbox', { name: 'Remove calls older than 12 months' }).check()
    // Somebody else sets it first.
    await askOperator(portal, 'mutation { setCallRetention(liveMonths: 4, keptMonths: 24) { liveMonths } }')
    await save.click()
    await dialog.getByText('It was read anew').waitFor()
    await dialog.getByText('Kept: 24 months.').waitFor()
    assert.deepEqual(await retention(), { liveMonths: 4, keptMonths: 24 })
    assert.equal(await kept.inputValue(), '12', 'what was typed stays')
    assert.deepEqual(await seriousFaults(page), [])
    await dialog.getByRole('checkbox', { name: 'Remove calls older than 12 months' }).check()
    await save.click()
    await dialog.waitFor({ state: 'hidden' })
    await page.getByRole('main').getByText('Kept: 12 months.').waitFor()
    assert.deepEqual(await retention(), { liveMonths: 6, keptMonths: 12 })
    assert.deepEqual(faults, [])
    await context.close()
  })

  await t.test('by keyboard alone: a batch is opened and left; an auditor cannot change one', async () => {
    const { page, faults, context, go } = await visitConsole(browser, portal, '/calls', { role: 'AUDITOR' })
    await page.getByText('2 of 2').waitFor()
    await page.getByRole('row').nth(1).focus()
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: 'monday.ndjson' }).waitFor()
    for (const name of ['Undo', 'Upload calls', 'Read rejected records again'])
      assert.equal(await page.getByRole('button', { name }).count(), 0)
    await page.getByRole('link', { name: 'All batches', exact: true }).focus()
    await page.keyboard.press('Enter')
    await page.getByText('2 of 2').waitFor()
    await go('/calls/archives')
    await page.getByText('Kept: 12 months.').waitFor()
    assert.equal(await page.getByRole('button', { name: 'Change how long' }).count(), 0)
    assert.deepEqual(faults, [])
    await context.close()
  })

  await t.test("a company's page has what came of it", async () => {
    const cedar = await portal.company('Cedar')
    const { page, faults, context, go } = await visitConsole(browser, portal, `/companies/${cedar.id}/calls`)
    await page.getByText('This company has not had a call yet.').waitFor()
    await page.getByText('No month of this company is archived').waitFor()
    const { companies } = await askOperator(portal, '{ companies(search: "Birch", first: 1) { nodes { id } } }')
    await go(`/companies/${companies.nodes[0].id}/calls`)
    const feed = page.getByRole('region', { name: 'Feed' })
    await feed.getByText('Heard').waitFor()
    await feed.getByRole('button', { name: 'Set the silence alarm of Birch Hotel' }).click()
    await page.getByRole('dialog').getByLabel('Minutes without a call').fill('45')
    await page.getByRole('dialog').getByRole('button', { name: 'Save' }).click()
    await feed.getByText('45 minutes').waitFor()
    assert.deepEqual(await seriousFaults(page), [])
    assert.deepEqual(faults, [])
    await context.close()
  })
})
