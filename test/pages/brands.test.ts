import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Browser, Page } from 'playwright-core'
import { plugins } from '../../plugins/index.ts'
import { seriousFaults } from '../support/axe.ts'
import { holdBack, openBrowser, openPage } from '../support/browser.ts'
import { askOperator } from '../support/console-visit.ts'
import { consoleHost, startPortal, type TestPortal, testActor } from '../support/portal.ts'
import { becomes, until } from '../support/until.ts'

type Role = Parameters<TestPortal['staffSession']>[0]

/** A page of the console with somebody signed in. */
const openConsole = async (browser: Browser, portal: TestPortal, role: Role, name: string) => {
  const opened = await openPage(browser)
  const value = await portal.staffSession(role, name)
  await opened.context.addCookies([{ name: 'portal', value, domain: consoleHost, path: '/' }])
  const go = (path: string) => opened.page.goto(`http://${consoleHost}:${portal.port}${path}`)
  return { ...opened, go }
}

const feature = (page: Page, key: string) => page.locator(`[data-part=feature][data-key="${key}"]`)
const toggle = (page: Page, key: string) => feature(page, key).getByRole('switch').click({ force: true })
/** What the brand shows, as the API has it. */
const columnsOf = async (portal: TestPortal, id: string, userType = 'CUSTOMER'): Promise<readonly string[]> => {
  const { json } = await portal.query(
    consoleHost,
    `query ($id: ID!) { portalDomain(id: $id) { chosenColumns(report: CDR, userType: ${userType}) } }`,
    { apiKey: portal.apiKey, variables: { id } }
  )
  return json.data.portalDomain.chosenColumns
}
const isOn = async (portal: TestPortal, id: string, key: string): Promise<boolean> => {
  const { json } = await portal.query(consoleHost, 'query ($id: ID!) { portalDomain(id: $id) { features } }', {
    apiKey: portal.apiKey,
    variables: { id }
  })
  return json.data.portalDomain.features.includes(key)
}
/** What is chosen, in the order in which it stands on the page. */
const chosenOn = (page: Page): Promise<string[]> =>
  page.locator('ol[data-part=choice]:visible > li p:first-child').allTextContents()

test('brands in the console', async t => {
  const browser = await openBrowser(t)

  await t.test('a brand is created, changed, taken out of service and deleted with its companies moved', async t => {
    const portal = await startPortal(t, { plugins, features: ['cdr'] })
    const { acme, globex } = portal.world
    const { stores } = portal.installation
    const cedar = await portal.company('Cedar', { domain: globex })
    await portal.company('Drift', { domain: null })
    await stores.brands.setFeatures(globex.id, [{ key: 'did', enabled: true }], testActor)
    const { page, faults, go } = await openConsole(browser, portal, 'ADMIN', 'Ines')
    await go('/brands')
    await page.getByText('2 of 2', { exact: true }).waitFor()
    assert.deepEqual(await seriousFaults(page), [])

    await page.getByRole('button', { name: 'Create a brand' }).click()
    const form = page.getByRole('dialog')
    await form.getByRole('textbox', { name: 'Name' }).fill('Initech')
    await form.getByRole('textbox', { name: 'Host' }).fill('nonsense')
    await form.getByRole('button', { name: 'Create' }).click()
    await form.getByText('must be a host name of at least two labels').waitFor()
    assert.equal(await form.getByRole('textbox', { name: 'Host' }).getAttribute('aria-invalid'), 'true')
    await form.getByRole('textbox', { name: 'Host' }).fill('acme.localhost')
    await form.getByRole('button', { name: 'Create' }).click()
    await form.getByText('This host name is taken.').waitFor()
    // Closed and opened again it still has what was typed.
    await form.getByRole('button', { name: 'Cancel' }).last().click()
    await form.waitFor({ state: 'detached' })
    await page.getByRole('button', { name: 'Create a brand' }).click()
    assert.equal(await form.getByRole('textbox', { name: 'Name' }).inputValue(), 'Initech')
    await form.getByRole('textbox', { name: 'Host' }).fill('initech.localhost')
    await form.getByRole('combobox', { name: 'Begin with the features of' }).click()
    await page.getByRole('option', { name: /Acme/ }).click()
    await form.getByRole('button', { name: 'Create' }).click()
    await page.getByRole('heading', { name: 'Initech', level: 1 }).waitFor()
    const id = page.url().split('/').at(-1)!
    assert.ok(await isOn(portal, id, 'cdr'), 'it begins as the brand it was told to')

    await page.getByRole('button', { name: 'Change name and currencies' }).click()
    await page.getByRole('textbox', { name: 'Name' }).fill('Initech Voice')
    await page.getByRole('combobox', { name: 'Currencies' }).fill('GBP')
    await page.getByRole('option', { name: /^GBP/ }).click()
    await page.keyboard.press('Escape')
    await page.getByRole('button', { name: 'Save' }).click()
    await page.getByRole('heading', { name: 'Initech Voice', level: 1 }).waitFor()
    assert.deepEqual((await stores.brands.get({ id }))?.currencies, ['GBP'])

    await page.getByRole('button', { name: 'Disable' }).click()
    await form.getByText('Its host answers as an unknown one.').waitFor()
    await form.getByText('No company is at home here.').waitFor()
    await form.getByRole('button', { name: 'Disable' }).click()
    await page.getByRole('button', { name: 'Enable' }).waitFor()
    assert.equal((await stores.brands.get({ id }))?.enabled, false)
    await page.getByRole('button', { name: 'Enable' }).click()
    await form.getByRole('button', { name: 'Enable' }).click()
    await page.getByRole('button', { name: 'Disable' }).waitFor()

    await stores.brands.setFeatures(id, [{ key: 'cdr', enabled: false }], testActor)
    await page.reload()
    await page.getByRole('button', { name: 'Make it the default' }).click()
    const differences = form.getByRole('listitem')
    await differences.filter({ hasText: /^Drift\s*Loses:\s*− Call Detail Record/ }).waitFor()
    await form.getByRole('button', { name: 'Make it the default' }).click()
    await page.getByText('It is the default brand').waitFor()
    assert.equal(await page.getByRole('button', { name: 'Delete' }).count(), 0, 'the default brand stays')
    assert.equal((await stores.brands.get({ id: acme.id }))?.isDefault, false)

    await go(`/brands/${globex.id}`)
    await page.getByRole('button', { name: 'Disable' }).click()
    await form.getByText('Nobody of this company can sign in until it is enabled again:').waitFor()
    await differences.filter({ hasText: /^Cedar$/ }).waitFor()
    await form.getByRole('button', { name: 'Cancel' }).last().click()
    await page.getByRole('button', { name: 'Delete' }).click()
    await form.getByText('1 company is at home here.').waitFor()
    const remove = form.getByRole('button', { name: 'Delete' })
    await form.getByRole('textbox', { name: 'Type globex.localhost to confirm' }).fill('globex.localhost')
    assert.ok(await remove.isDisabled(), 'its company needs another home first')
    await form.getByRole('combobox', { name: 'New home of its companies' }).click()
    const answer = await holdBack(page, 'PreviewAccessChange')
    await page.getByRole('option', { name: /Acme/ }).click()
    await form.getByText('Looking at what this would change …').waitFor()
    assert.ok(await remove.isDisabled(), 'nothing is done before it is seen')
    answer()
    await form.getByText('1 company sees something else afterwards.').waitFor()
    await differences.filter({ hasText: /^Cedar\s*Loses:\s*− DID$/ }).waitFor()
    assert.deepEqual(await seriousFaults(page), [])
    await remove.click()
    await page.getByText('Globex Telecom was deleted; 1 company moved.').waitFor()
    await page.getByText('2 of 2', { exact: true }).waitFor()
    assert.equal((await stores.companies.get(cedar.id))?.domainId, acme.id)
    assert.deepEqual(faults, [])
  })

  await t.test('the user access area says what has no effect, and what is saved is seen before', async t => {
    const portal = await startPortal(t, { plugins, features: ['did', 'did.edit', 'cdr'] })
    const { id } = portal.world.acme
    await portal.company('Cedar')
    const { page, faults, go } = await openConsole(browser, portal, 'ADMIN', 'Ines')
    await go(`/brands/${id}/access`)
    await page.getByRole('heading', { name: 'Common', level: 2 }).waitFor()
    await page.getByRole('heading', { name: 'Class 5', level: 2 }).waitFor()
    assert.equal(
      await page.locator('[data-part=feature]').count(),
      portal.installation.catalogue.features.length,
      'all keys are here'
    )
    assert.equal(await feature(page, 'did.edit').locator('[data-part=no-effect]').count(), 0)
    await toggle(page, 'did')
    await feature(page, 'did.edit').getByText('No effect while DID is hidden.').waitFor()
    assert.deepEqual(await seriousFaults(page), [])
    await page.getByText('1 change not saved').waitFor()
    await page.getByRole('button', { name: 'Drop changes' }).click()
    await feature(page, 'did.edit').locator('[data-part=no-effect]').waitFor({ state: 'detached' })

    // A restriction is applied and lifted.
    await feature(page, 'did.destination-lock').getByText('Apply', { exact: true }).click()
    await toggle(page, 'cdr')
    await page.getByText('2 changes not saved').waitFor()
    // Nothing chosen is lost on the way to another part and back.
    await page.getByRole('tab', { name: 'Overview' }).click()
    await page.getByRole('heading', { name: 'Facts' }).waitFor()
    await page.getByRole('tab', { name: 'User access area' }).click()
    await page.getByText('2 changes not saved').waitFor()
    await page.getByRole('button', { name: 'Look at it and save' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByText('1 company sees something else afterwards.').waitFor()
    await dialog.getByText('Call Detail Record (CDR)').first().waitFor()
    await dialog.getByRole('textbox', { name: 'Reason' }).fill('tidying up')
    assert.ok(await isOn(portal, id, 'cdr'), 'looking saves nothing')
    await dialog.getByRole('button', { name: 'Save' }).click()
    await dialog.getByText('Saved.').waitFor()
    assert.equal(await isOn(portal, id, 'cdr'), false)
    assert.ok(await isOn(portal, id, 'did.destination-lock'))
    await dialog.getByText('tidying up').waitFor()
    await dialog.getByRole('button', { name: 'Undo' }).click()
    await dialog.getByText('Undone.').first().waitFor()
    await dialog.getByRole('button', { name: 'Close' }).last().click()
    await dialog.waitFor({ state: 'detached' })
    assert.ok(await isOn(portal, id, 'cdr'))
    await page.waitForFunction(
      () => document.querySelector<HTMLInputElement>('[data-key=cdr] input[type=checkbox]')?.checked === true
    )
    assert.deepEqual(faults, [])
  })

  await t.test('columns are chosen and ordered by keyboard alone', async t => {
    const portal = await startPortal(t, { plugins })
    const { id } = portal.world.acme
    await portal.company('Cedar')
    const { page, faults, go } = await openConsole(browser, portal, 'ADMIN', 'Ines')
    await go(`/brands/${id}`)
    await page.getByRole('heading', { name: 'Acme Voice', level: 1 }).waitFor()
    const press = (key: string) => page.keyboard.press(key)
    const focused = () =>
      page.evaluate(() => {
        const { activeElement } = document
        return activeElement?.getAttribute('aria-label') ?? activeElement?.textContent ?? ''
      })
    const tabTo = async (wanted: RegExp): Promise<void> => {
      for (let step = 0; step < 120; step += 1) {
        if (wanted.test(await focused())) return
        await press('Tab')
      }
      assert.fail(`${wanted} is not to be reached by Tab`)
    }
    await tabTo(/^Overview$/)
    await press('ArrowRight')
    await press('ArrowRight')
    await page.waitForURL(/\/cdr$/)
    await page.getByText('Nothing is chosen, so the default set is shown:').first().waitFor()
    assert.deepEqual(await columnsOf(portal, id), [])
    await tabTo(/^Start from the default set$/)
    await press('Enter')
    const before = await page.locator('ol[data-part=choice]:visible > li').count()
    assert.ok(before > 3)
    const [first, second, third] = await chosenOn(page)

    await page.locator('[data-part=handle]:visible').first().waitFor()
    await page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur())
    await tabTo(new RegExp(`^${first}, place 1 of`))
    await press('ArrowDown')
    await page.getByText(`${first} is now 2 of ${before}`).waitFor({ state: 'attached' })
    // The focus goes along.
    await until(async () => (await focused()).startsWith(`${first}, place 2 of`))
    await becomes(async () => (await chosenOn(page)).slice(0, 3), [second, first, third])
    await press('End')
    await becomes(async () => (await chosenOn(page)).at(-1), first)
    await until(async () => (await focused()).startsWith(`${first}, place ${before} of`))
    await press('Home')
    await becomes(async () => (await chosenOn(page))[0], first)
    await until(async () => (await focused()).startsWith(`${first}, place 1 of`))
    await press('Delete')
    await page.getByText(`${first} is no longer shown`).waitFor({ state: 'attached' })
    await until(async () => (await focused()).startsWith(`${second}, place 1 of`))
    await tabTo(new RegExp(`^Add ${first}$`))
    await press('Enter')
    await becomes(async () => (await chosenOn(page)).at(-1), first)
    assert.deepEqual(await seriousFaults(page), [])

    await tabTo(/^Look at it and save$/)
    await press('Enter')
    const dialog = page.getByRole('dialog')
    await dialog.getByRole('button', { name: 'Save' }).waitFor()
    await tabTo(/^Save$/)
    await press('Enter')
    await dialog.getByText('Saved.').waitFor()
    const saved = await columnsOf(portal, id)
    assert.equal(saved.length, before)
    await press('Escape')
    await dialog.waitFor({ state: 'detached' })
    await becomes(async () => (await chosenOn(page)).at(-1), first)
    assert.deepEqual(await columnsOf(portal, id, 'CARRIER'), [], 'the other kind of user keeps what it has')
    assert.deepEqual(faults, [])
  })

  await t.test('columns are ordered by dragging, and given up again', async t => {
    const portal = await startPortal(t, { plugins })
    const { id } = portal.world.acme
    const { page, faults, go } = await openConsole(browser, portal, 'ADMIN', 'Ines')
    await go(`/brands/${id}/cdr`)
    await page.getByText('Carriers', { exact: true }).click()
    await page.getByRole('button', { name: 'Start from the default set' }).click()
    const [first, second, third] = await chosenOn(page)
    const handle = (index: number) => page.locator('[data-part=handle]:visible').nth(index)
    const from = (await handle(0).boundingBox())!
    const to = (await handle(2).boundingBox())!
    await page.mouse.move(from.x + from.width / 2, from.y + from.height / 2)
    await page.mouse.down()
    await page.mouse.move(from.x + from.width / 2, from.y + from.height / 2 + 12, { steps: 3 })
    await page.mouse.move(to.x + to.width / 2, to.y + to.height / 2 + 4, { steps: 8 })
    // It is let go once it stands where it is to stand: what is below has made room.
    await page.waitForFunction(() => {
      const items = [...document.querySelectorAll<HTMLElement>('ol[data-part=choice] > li')]
      return items.filter(item => item.checkVisibility())[2]?.style.transform.startsWith('translateY(-') === true
    })
    await page.mouse.up()
    await page.getByText(`${first} is now 3 of`).waitFor({ state: 'attached' })
    await becomes(async () => (await chosenOn(page)).slice(0, 3), [second, third, first])
    await page.getByRole('button', { name: `Remove ${second}` }).click()
    await becomes(async () => (await chosenOn(page)).slice(0, 2), [third, first])

    const dialog = page.getByRole('dialog')
    const save = async (): Promise<void> => {
      await page.getByRole('button', { name: 'Look at it and save' }).click()
      await dialog.getByRole('button', { name: 'Save' }).click()
      await dialog.getByText('Saved.').waitFor()
      await dialog.getByRole('button', { name: 'Close' }).last().click()
      await dialog.waitFor({ state: 'detached' })
    }
    await save()
    const saved = await columnsOf(portal, id, 'CARRIER')
    assert.ok(saved.length > 2)
    await page.getByRole('button', { name: 'Back to the default set' }).click()
    await save()
    assert.deepEqual(await columnsOf(portal, id, 'CARRIER'), [])
    await page.getByText('Nothing is chosen, so the default set is shown:').last().waitFor()
    assert.deepEqual(faults, [])
  })

  await t.test('of two operators who change one brand the second one sees it and decides', async t => {
    const portal = await startPortal(t, { plugins, features: ['cdr', 'did'] })
    const { id } = portal.world.acme
    const ines = await openConsole(browser, portal, 'ADMIN', 'Ines')
    const omar = await openConsole(browser, portal, 'ADMIN', 'Omar')
    for (const { page, go } of [ines, omar]) {
      await go(`/brands/${id}/access`)
      await feature(page, 'cdr').waitFor()
    }
    const review = async (page: Page) => {
      await page.getByRole('button', { name: 'Look at it and save' }).click()
      await page.getByRole('dialog').getByRole('button', { name: 'Save' }).click()
    }
    await toggle(ines.page, 'cdr')
    await toggle(ines.page, 'breakout')
    await review(ines.page)
    await ines.page.getByText('Saved.').waitFor()

    await toggle(omar.page, 'did')
    await toggle(omar.page, 'cdr')
    await review(omar.page)
    const dialog = omar.page.getByRole('dialog')
    const line = dialog.getByRole('row', { name: /^Call Detail Record/ })
    await line.waitFor()
    assert.deepEqual(await line.getByRole('cell').allTextContents(), ['Visible', 'Hidden', 'Hidden'])
    const other = dialog.getByRole('row', { name: /^Breakout/ })
    assert.deepEqual(await other.getByRole('cell').allTextContents(), ['Hidden', 'Visible', '–'])
    assert.ok(await isOn(portal, id, 'did'), 'nothing is saved yet')
    assert.deepEqual(await seriousFaults(omar.page), [])
    await dialog.getByRole('button', { name: 'Save mine all the same' }).click()
    await dialog.getByText('Saved.').waitFor()
    assert.equal(await isOn(portal, id, 'did'), false)
    assert.ok(await isOn(portal, id, 'breakout'), 'what only the other one changed stays')
    assert.deepEqual([...ines.faults, ...omar.faults], [])
  })

  await t.test(
    'what others did of a brand is read when the window has the focus again, and told to whoever is asked',
    async t => {
      const portal = await startPortal(t, { plugins })
      const { id } = portal.world.globex
      const { page, faults, go } = await openConsole(browser, portal, 'ADMIN', 'Ines')
      await go(`/brands/${id}`)
      const rename = async (name: string) => {
        const { version } = (await portal.installation.stores.brands.get({ id }))!
        await askOperator(
          portal,
          `mutation ($id: ID!, $version: Int!, $name: String!) {
            updatePortalDomain(id: $id, expectedVersion: $version, input: { brandName: $name }) { id } }`,
          { id, version, name }
        )
      }
      const comeBack = () => page.evaluate(() => dispatchEvent(new Event('focus')))
      const heading = (name: string) => page.getByRole('heading', { name, level: 1 }).waitFor()
      await heading('Globex Telecom')
      await rename('Globex renamed')
      await comeBack()
      await heading('Globex renamed')

      const ask = page.getByRole('dialog')
      await page.getByRole('button', { name: 'Disable' }).click()
      await ask.getByRole('textbox', { name: 'Reason' }).fill('moving house')
      await ask.getByText('No company is at home', { exact: false }).waitFor()
      // Who is hit is shown anew with what else changed.
      await portal.company('Newly there', { domain: portal.world.globex })
      await rename('Globex once more')
      await comeBack()
      await heading('Globex once more')
      await ask.getByRole('button', { name: 'Disable' }).click()
      const told = ask.getByRole('alert', { name: 'Somebody else changed this meanwhile' })
      await told.getByText('Globex once more').waitFor()
      await ask.getByText('Newly there').waitFor()
      const enabled = async (): Promise<boolean> =>
        (await askOperator(portal, 'query ($id: ID!) { portalDomain(id: $id) { enabled } }', { id })).portalDomain
          .enabled
      assert.equal(await enabled(), true)
      assert.equal(await ask.getByRole('textbox', { name: 'Reason' }).inputValue(), 'moving house')
      await ask.getByRole('button', { name: 'Disable' }).click()
      await page.getByRole('button', { name: 'Enable' }).waitFor()
      assert.equal(await enabled(), false)

      await page.getByRole('button', { name: 'Change name and currencies' }).click()
      await page.getByRole('textbox', { name: 'Name' }).fill('Globex by Ines')
      await rename('Globex by Omar')
      await comeBack()
      await heading('Globex by Omar')
      assert.equal(await page.getByRole('textbox', { name: 'Name' }).inputValue(), 'Globex by Ines')
      await page.getByRole('button', { name: 'Save' }).click()
      await page.getByRole('button', { name: 'Save mine' }).click()
      await heading('Globex by Ines')
      assert.deepEqual(faults, [])
    }
  )

  await t.test('who may only look changes nothing', async t => {
    const portal = await startPortal(t, { plugins })
    for (const role of ['AUDITOR', 'SUPPORT'] as const) {
      const { page, faults, go } = await openConsole(browser, portal, role, role)
      await go('/brands')
      await page.getByText('2 of 2', { exact: true }).waitFor()
      assert.equal(await page.getByRole('button', { name: 'Create a brand' }).count(), 0)
      await page.getByRole('row', { name: /Acme/ }).click()
      await page.getByText('Its host answers').waitFor()
      const panel = page.locator('[role=tabpanel]:visible')
      assert.equal(await panel.getByRole('button').count(), 0, role)
      await page.getByRole('tab', { name: 'User access area' }).click()
      await feature(page, 'cdr').getByText('On', { exact: true }).waitFor()
      assert.equal(await panel.getByRole('switch').count(), 0, role)
      assert.equal(await panel.getByRole('radio').count(), 0, role)
      await page.getByRole('tab', { name: 'CDR columns' }).click()
      await page.getByText('Nothing is chosen, so the default set is shown:').first().waitFor()
      assert.equal(await panel.getByRole('button').count(), 0, role)
      assert.deepEqual(await seriousFaults(page), [])
      assert.deepEqual(faults, [])
    }
  })
})
