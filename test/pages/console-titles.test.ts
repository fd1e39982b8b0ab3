import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Catalogue } from '../../core/catalogue.ts'
import { plugins } from '../../plugins/index.ts'
import { startAccessPortal } from '../support/access-console.ts'
import { openBrowser } from '../support/browser.ts'
import { visitConsole } from '../support/console-visit.ts'

test('features, columns and refusals are in the language of the page, and what is not saved stays', async t => {
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

  // What the server refuses: the sentence of the reason, else of the code, and what the server says marked as English.
  const refuse = async (operation: string, message: string, extensions: object): Promise<void> => {
    await page.unrouteAll()
    await page.route('**/operator/graphql', async route =>
      route.request().postData()?.includes(`query ${operation}(`)
        ? route.fulfill({ json: { data: null, errors: [{ message, extensions }] } })
        : route.fallback()
    )
  }
  const told = page.getByRole('alert').filter({ hasText: 'لم يُنفَّذ' })
  const particulars = told.locator('bdi[lang="en"][dir="ltr"]')
  await refuse('Companies', 'The role X may not look.', { code: 'FORBIDDEN', reason: 'ROLE' })
  await go('/companies')
  await told.getByText('دورك لا يسمح بهذا.').waitFor()
  assert.equal(await particulars.innerText(), 'The role X may not look.')
  await refuse('Companies', 'The query asks for too much at once; ask for less.', { code: 'QUERY_TOO_COMPLEX' })
  await go('/companies')
  await told.getByText('اطلب أقل').waitFor()
  assert.equal(await particulars.count(), 0, 'it says no more than the code')
  await refuse('Inventory', '+441 is with Cedar.', { code: 'CONFLICT', reason: 'NUMBER_ASSIGNED' })
  await go('/numbers')
  await told.getByText('لدى شركة.').waitFor()
  assert.equal(await particulars.innerText(), '+441 is with Cedar.')
  await page.unrouteAll()

  await go('/account')
  await page.getByLabel('كلمة المرور الحالية', { exact: true }).first().fill('not the one')
  await page.getByLabel('كلمة المرور الجديدة', { exact: true }).fill('short')
  await page.getByRole('button', { name: 'تغيير كلمة المرور' }).click()
  const fault = page.getByText('هذا غير مقبول.')
  await fault.waitFor()
  assert.match(await fault.locator('bdi[lang="en"]').innerText(), /at least 10 characters/)
  assert.deepEqual(faults, [])
})
