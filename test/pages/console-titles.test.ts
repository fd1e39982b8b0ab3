import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Catalogue } from '../../core/catalogue.ts'
import { plugins } from '../../plugins/index.ts'
import { startAccessPortal } from '../support/access-console.ts'
import { openBrowser } from '../support/browser.ts'
import { visitConsole } from '../support/console-visit.ts'

test('features and columns are called in the language of the page, and what is not saved stays', async t => {
  const browser = await openBrowser(t)
  const portal = await startAccessPortal(t)
  await portal.company('Cedar')
  const catalogue = Catalogue.of(plugins)
  const { features } = catalogue
  const english = features.map(({ title }) => title)
  const arabic = features.map(({ titles }) => titles!.ar!)
  const { page, faults, go } = await visitConsole(browser, portal, '/', { timezoneId: 'Europe/Berlin', role: 'ADMIN' })
  const say = async (language: string): Promise<void> => {
    await page
      .getByLabel(/^(Language|اللغة)$/)
      .first()
      .click()
    await page.getByRole('option', { name: language }).click()
  }
  const shown = async (titles: readonly string[]): Promise<readonly string[]> => {
    const text = await page.locator('main').innerText()
    return titles.filter(title => text.includes(title))
  }

  await go('/features')
  await page.getByText('Call Detail Record (CDR)', { exact: true }).waitFor()
  assert.deepEqual(await shown(english), english)
  await say('العربية')
  await page.getByText('سجل تفاصيل المكالمات (CDR)', { exact: true }).waitFor()
  assert.deepEqual(await shown(arabic), arabic)

  await go('/grid')
  await page.getByRole('columnheader', { name: 'الرصيد' }).waitFor()
  await say('English')
  await page.getByRole('columnheader', { name: 'Balance' }).waitFor()

  await go(`/brands/${portal.world.acme.id}`)
  await page.getByRole('tab', { name: 'CDR columns' }).click()
  await page.getByRole('button', { name: 'Start from the default set' }).first().click()
  await page.getByText('1 change not saved').waitFor()
  await say('العربية')
  await page.getByText('تغيير واحد غير محفوظ').waitFor()
  await page.getByText('معرّف المكالمة', { exact: true }).first().waitFor()
  const columns = catalogue.columnSet('CDR')!.columns.filter(({ audience }) => audience.includes('CUSTOMER'))
  const titles = columns.map(column => column.titles!.ar!)
  assert.deepEqual(await shown(titles), titles)
  assert.deepEqual(faults, [])
})
