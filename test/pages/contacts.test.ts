import assert from 'node:assert/strict'
import { test } from 'node:test'
import { plugins } from '../../plugins/index.ts'
import { seriousFaults } from '../support/axe.ts'
import { openBrowser } from '../support/browser.ts'
import { askOperator, visitConsole } from '../support/console-visit.ts'
import { consoleHost, startPortal, testPassword } from '../support/portal.ts'
import { becomes } from '../support/until.ts'

test('contacts of a company', async t => {
  const browser = await openBrowser(t)
  const portal = await startPortal(t, { plugins })
  const alder = await portal.company('Alder Bakery')
  const address = `/companies/${alder.id}/contacts`
  const contactOf = async (search: string) =>
    (
      await askOperator(
        portal,
        `query ($companyId: ID!, $search: String) { contacts(companyId: $companyId, search: $search) {
          nodes { id name email phone department disabled hasPassword version ipAllowList locale timeZone publicNotes privateNotes } } }`,
        { companyId: alder.id, search }
      )
    ).contacts.nodes[0]

  const login = (password: string) =>
    portal.query('acme.localhost', 'mutation ($e: String!, $p: String!) { login(email: $e, password: $p) { token } }', {
      variables: { e: 'birch@alder.example', p: password }
    })

  await t.test(
    'by mouse: created, refused by field, invited by a link, changed over a conflict, disabled',
    async () => {
      const { page, faults, context } = await visitConsole(browser, portal, address)
      await context.grantPermissions(['clipboard-read', 'clipboard-write'])
      await page.getByText('This company has no contacts yet').waitFor()

      await page.getByRole('button', { name: 'Create a contact' }).click()
      const dialog = page.getByRole('dialog', { name: 'Create a contact' })
      await dialog.getByLabel('Name').fill('Ada Alder')
      await dialog.getByLabel('E-mail').fill('not an address')
      await dialog.getByLabel('Department').fill('Ovens')
      await dialog.getByLabel('Language').fill('ar')
      await dialog.getByLabel('Time zone').fill('Asia/Dubai')
      await dialog.getByLabel('Private notes').fill('Pays late')
      await dialog.getByRole('button', { name: 'Create', exact: true }).click()
      const email = dialog.getByLabel('E-mail')
      await page.waitForFunction(
        element => element?.getAttribute('aria-invalid') === 'true',
        await email.elementHandle()
      )
      assert.equal(await dialog.getByLabel('Department').inputValue(), 'Ovens', 'what was typed is still there')
      // Closed by mistake, opened again: nothing typed is lost.
      await page.keyboard.press('Escape')
      await dialog.waitFor({ state: 'hidden' })
      await page.getByRole('button', { name: 'Create a contact' }).click()
      assert.equal(await dialog.getByLabel('Name').inputValue(), 'Ada Alder')
      await email.fill('ada@alder.example')
      await dialog.getByRole('button', { name: 'Create', exact: true }).click()
      await page.getByRole('heading', { name: 'Ada Alder' }).waitFor()
      await page.getByText('Nobody can sign in as this contact until a password is set').waitFor()
      const ada = await contactOf('ada@')
      assert.deepEqual(
        { ...ada, id: '', version: 0 },
        {
          id: '',
          name: 'Ada Alder',
          email: 'ada@alder.example',
          phone: null,
          department: 'Ovens',
          disabled: false,
          hasPassword: false,
          version: 0,
          ipAllowList: [],
          locale: 'ar',
          timeZone: 'Asia/Dubai',
          publicNotes: null,
          privateNotes: 'Pays late'
        }
      )

      await page.getByRole('button', { name: 'Sign-in link' }).click()
      await page.getByRole('dialog').getByRole('button', { name: 'Make the link' }).click()
      const once = page.getByRole('dialog', { name: 'Sign-in link of Ada Alder' })
      const url = await once.getByLabel('Link').inputValue()
      await once.getByText(/Good until/).waitFor()
      await once.getByRole('button', { name: 'Copy' }).click()
      await once.getByText('Copied').waitFor()
      assert.equal(await page.evaluate(() => navigator.clipboard.readText()), url)
      await page.keyboard.press('Escape')
      assert.equal(await once.isVisible(), true, 'it does not go by accident')
      await once.getByRole('button', { name: 'Done' }).click()
      await once.waitFor({ state: 'hidden' })
      assert.equal((await page.content()).includes(url), false, 'shown this once')
      const { pathname, search, host } = new URL(url)
      assert.equal(host, `acme.localhost:${portal.port}`)
      assert.equal((await portal.request('acme.localhost', pathname + search)).status, 200)

      // Somebody else changes the phone, and the department that is being typed.
      await askOperator(
        portal,
        'mutation ($id: ID!) { updateContact(id: $id, input: { phone: "+44 20 7946 0001", department: "Shop" }) { id } }',
        { id: ada.id }
      )
      const form = page.getByRole('region', { name: 'Data of the contact' })
      await form.getByLabel('Department').fill('Bakery')
      await form.getByRole('button', { name: 'Save' }).click()
      const conflict = page.getByRole('alert').filter({ hasText: 'Somebody else changed this meanwhile' })
      await conflict.waitFor()
      const row = conflict.getByRole('row', { name: 'Department' })
      assert.deepEqual(await row.getByRole('cell').allInnerTexts(), ['Ovens', 'Shop', 'Bakery'])
      await conflict.getByRole('button', { name: 'Save mine' }).click()
      await page.getByText('Saved.').waitFor()
      const merged = await contactOf('ada@')
      assert.deepEqual([merged.department, merged.phone], ['Bakery', '+44 20 7946 0001'])
      assert.deepEqual(await seriousFaults(page), [])

      await page.getByRole('button', { name: 'Disable' }).click()
      await page.getByRole('dialog').getByRole('button', { name: 'Disable' }).click()
      await page.getByRole('button', { name: 'Enable' }).waitFor()
      assert.equal((await contactOf('ada@')).disabled, true)
      await page.getByRole('button', { name: 'Enable' }).click()
      await page.getByRole('dialog').getByRole('button', { name: 'Enable' }).click()
      await page.getByRole('button', { name: 'Disable' }).waitFor()
      assert.deepEqual(faults, [])
      await context.close()
    }
  )

  await t.test('a second page, a search, sessions ended, a lock lifted', async () => {
    for (let index = 0; index < 60; index += 1)
      await portal.contact(alder, `person-${String(index).padStart(2, '0')}@alder.example`)
    const birch = await portal.contact(alder, 'birch@alder.example')
    await portal.session(birch)
    await portal.session(birch)
    const { page, faults, context } = await visitConsole(browser, portal, address, { role: 'SUPPORT' })
    await page.getByText('50 of 62').waitFor()
    await page.getByRole('button', { name: 'Load more' }).click()
    await page.getByText('62 of 62').waitFor()
    assert.equal(await page.getByRole('button', { name: 'Create a contact' }).count(), 0)

    await page.getByRole('searchbox', { name: 'Search contacts' }).fill('birch')
    await page.getByText('1 of 1').waitFor()
    await page.getByRole('row', { name: /birch/ }).click()
    await page.getByRole('heading', { name: 'birch@alder.example' }).waitFor()
    for (const name of ['Disable', 'Reset the password', 'Sign-in link', 'Save'])
      assert.equal(await page.getByRole('button', { name }).count(), 0, `support has no ${name}`)
    await page
      .getByRole('button', { name: /View as|portal/i })
      .first()
      .waitFor()

    const sessions = page.getByRole('table', { name: 'Where signed in' })
    await becomes(() => sessions.getByRole('row').count(), 3)
    await sessions
      .getByRole('button', { name: /^End the session/ })
      .first()
      .click()
    await page.getByText('The session has ended.').waitFor()
    await page.waitForFunction(
      () => document.querySelectorAll('table[aria-label="Where signed in"] tbody tr').length === 1
    )
    await page.getByRole('button', { name: 'End all sessions' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'End all sessions' }).click()
    await page.getByText('Signed in nowhere.').waitFor()

    for (let attempt = 0; attempt < 10; attempt += 1) await login(`wrong ${attempt} of all`)
    await page.reload()
    const lock = page.getByText('Too many failures keep this contact out')
    await lock.waitFor()
    await page.getByRole('button', { name: 'Unlock' }).click()
    await lock.waitFor({ state: 'hidden' })
    assert.ok((await login(testPassword)).json.data.login.token)
    assert.deepEqual(faults, [])
    await context.close()
  })

  await t.test('by keyboard alone: a contact is found, opened, changed and saved', async () => {
    const { page, faults, context } = await visitConsole(browser, portal, address)
    await page.getByText('50 of 62').waitFor()
    await page.getByRole('searchbox', { name: 'Search contacts' }).focus()
    await page.keyboard.type('person-07')
    await page.keyboard.press('Enter')
    await page.getByText('1 of 1').waitFor()
    // Past the button, into the table, onto its row.
    for (let tab = 0; tab < 6; tab += 1) {
      await page.keyboard.press('Tab')
      if (await page.evaluate(() => document.activeElement?.tagName === 'TR')) break
    }
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: 'person-07@alder.example' }).waitFor()
    const name = page.getByRole('region', { name: 'Data of the contact' }).getByLabel('Name')
    await name.focus()
    await page.keyboard.press('Control+a')
    await page.keyboard.type('Person Seven')
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: 'Person Seven' }).waitFor()
    assert.equal((await contactOf('person-07')).name, 'Person Seven')
    assert.deepEqual(faults, [])
    await context.close()
  })

  await t.test('an auditor reads and has nothing to press', async () => {
    const { page, faults, context } = await visitConsole(browser, portal, address, { role: 'AUDITOR' })
    await page.getByRole('row', { name: /Ada Alder/ }).click()
    await page.getByRole('heading', { name: 'Ada Alder' }).waitFor()
    const main = page.getByRole('main')
    for (const name of ['Disable', 'Sign-in link', 'Save', 'Unlock', 'End all sessions'])
      assert.equal(await main.getByRole('button', { name }).count(), 0)
    assert.equal(new URL(page.url()).host, `${consoleHost}:${portal.port}`)
    assert.deepEqual(faults, [])
    await context.close()
  })
})
