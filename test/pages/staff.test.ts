import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Locator } from 'playwright-core'
import { encode } from 'uqr'
import { codeOf, otpauthUri, stepAt } from '../../http/totp.ts'
import { plugins } from '../../plugins/index.ts'
import { seriousFaults } from '../support/axe.ts'
import { holdBack, openBrowser } from '../support/browser.ts'
import { askOperator, visitConsole } from '../support/console-visit.ts'
import { consoleHost, startPortal, testPassword } from '../support/portal.ts'
import { hasFocus, until } from '../support/until.ts'

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'
const bytesOf = (secret: string): Buffer => {
  const bits = [...secret].map(sign => alphabet.indexOf(sign).toString(2).padStart(5, '0')).join('')
  return Buffer.from((bits.match(/.{8}/g) ?? []).map(eight => Number.parseInt(eight, 2)))
}

/** The squares of a drawn QR code, row by row, as the browser fills them. */
const drawnModules = (code: Locator) =>
  code.evaluate(svg => {
    const [ground, squares] = [svg.querySelector('rect')!, svg.querySelector('path')!]
    const places = Array.from({ length: Number(ground.getAttribute('width')) }, (_, place) => place + 0.5)
    return {
      modules: places.map(y => places.map(x => squares.isPointInFill(new DOMPoint(x, y)))),
      dark: squares.getAttribute('fill'),
      light: ground.getAttribute('fill')
    }
  })

test('staff, keys and the own account', async t => {
  const browser = await openBrowser(t)
  const portal = await startPortal(t, {
    plugins,
    settings: { secret: 'a secret for tests only, long enough to be one' }
  })
  const members = async () =>
    (await askOperator(portal, '{ staff(first: 100) { nodes { id name role disabled twoFactor } } }')).staff.nodes
  const keys = async () => (await askOperator(portal, '{ apiKeys { id name role revokedAt formerUntil } }')).apiKeys
  const signIn = (email: string, password: string) =>
    portal.request(consoleHost, '/operator/session', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ email, password })
    })

  await t.test(
    'by mouse: a member is added by link, made an auditor, disabled; nobody shuts out the last admin',
    async () => {
      const { page, faults, context } = await visitConsole(browser, portal, '/staff', { name: 'Ines' })
      await page.getByRole('button', { name: 'Add a member' }).click()
      const dialog = page.getByRole('dialog', { name: 'Add a member' })
      await dialog.getByLabel('Name').fill('Omar')
      await dialog.getByLabel('E-mail').fill('ines@staff.example.net')
      await dialog.getByRole('button', { name: 'Add', exact: true }).click()
      await dialog.getByRole('alert').or(dialog.locator('[id$=-error]')).first().waitFor()
      assert.equal(await dialog.getByLabel('Name').inputValue(), 'Omar')
      await dialog.getByLabel('E-mail').fill('omar@staff.example.net')
      await dialog.getByRole('button', { name: 'Add', exact: true }).click()
      const once = page.getByRole('dialog', { name: 'Sign-in link of Omar' })
      assert.match(await once.getByLabel('Link').inputValue(), new RegExp(`^http://${consoleHost}:`))
      await once.getByRole('button', { name: 'Done' }).click()
      await page.getByRole('row', { name: /Omar/ }).click()
      await page.getByText('No password is set').waitFor()
      await page.getByRole('radio', { name: 'Auditor' }).check()
      const answer = await holdBack(page, 'StaffMember')
      await page.getByRole('button', { name: 'Save' }).click()
      await page.getByText('Saved.').first().waitFor()
      await page.getByRole('button', { name: 'Disable' }).click()
      const disable = page.getByRole('dialog').getByRole('button', { name: 'Disable' })
      // What was saved is read first.
      await until(() => disable.isDisabled())
      answer()
      await disable.click()
      await page.getByRole('button', { name: 'Enable' }).waitFor()
      const omar = (await members()).find(({ name }: { name: string }) => name === 'Omar')
      assert.deepEqual([omar.role, omar.disabled], ['AUDITOR', true])
      assert.deepEqual(await seriousFaults(page), [])

      await page.getByRole('link', { name: 'All staff' }).click()
      await page.getByRole('row', { name: /Ines/ }).click()
      await page.getByText('Nobody changes the own role').waitFor()
      assert.equal(await page.getByRole('button', { name: 'Disable' }).count(), 0)
      assert.equal(await page.getByRole('radio', { name: 'Auditor' }).isDisabled(), true)
      assert.deepEqual(faults, [])
      await context.close()
    }
  )

  await t.test('a key is made, shown once, rotated and revoked', async () => {
    const { page, faults, context } = await visitConsole(browser, portal, '/staff/keys', { name: 'Kim' })
    await page.getByRole('button', { name: 'Create a key' }).click()
    const dialog = page.getByRole('dialog', { name: 'Create a key' })
    await dialog.getByLabel('Ends').fill('2001-01-01T00:00')
    await dialog.getByLabel('Name').fill('billing')
    await dialog.getByRole('button', { name: 'Create', exact: true }).click()
    await dialog.getByText(/must lie ahead/).waitFor()
    await dialog.getByLabel('Ends').fill('')
    await dialog.getByRole('combobox', { name: 'Role' }).click()
    await page.getByRole('option', { name: 'Auditor' }).click()
    await dialog.getByRole('button', { name: 'Create', exact: true }).click()
    const once = page.getByRole('dialog', { name: 'Secret of billing' })
    const secret = await once.getByLabel('Secret').inputValue()
    await once.getByRole('button', { name: 'Done' }).click()
    const works = async (key: string) => (await portal.query(consoleHost, '{ me { name } }', { apiKey: key })).status
    assert.equal(await works(secret), 200)

    await page.getByRole('button', { name: 'Rotate billing' }).click()
    await page
      .getByRole('dialog')
      .getByLabel(/^Hours that/)
      .fill('1')
    await page.getByRole('dialog').getByRole('button', { name: 'Rotate' }).click()
    const second = await once.getByLabel('Secret').inputValue()
    assert.notEqual(second, secret)
    await once.getByRole('button', { name: 'Done' }).click()
    await page.getByText(/Earlier secret good until/).waitFor()
    assert.deepEqual([await works(secret), await works(second)], [200, 200])

    await page.getByRole('button', { name: 'Revoke billing' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Revoke' }).click()
    await page.getByRole('row', { name: /billing.*Revoked/ }).waitFor()
    assert.deepEqual([await works(secret), await works(second)], [401, 401])
    assert.ok((await keys()).find(({ name }: { name: string }) => name === 'billing').revokedAt)
    assert.deepEqual(await seriousFaults(page), [])
    assert.deepEqual(faults, [])
    await context.close()
  })

  await t.test('by keyboard alone: the own password and two-factor sign-in', async () => {
    const { page, faults, context } = await visitConsole(browser, portal, '/account', { role: 'AUDITOR', name: 'Noor' })
    const press = async (name: string): Promise<void> => {
      await page.getByRole('button', { name, exact: true }).focus()
      await page.keyboard.press('Enter')
    }
    await page.getByLabel('Password of now').focus()
    await page.keyboard.type('not it at all')
    await page.getByLabel('New password').focus()
    await page.keyboard.type('another horse battery')
    await page.keyboard.press('Enter')
    await page.getByRole('alert').or(page.locator('[id$=-error]')).first().waitFor()
    assert.equal(await page.getByLabel('New password').inputValue(), 'another horse battery')
    await page.getByLabel('Password of now').fill(testPassword)
    await page.keyboard.press('Enter')
    await page.getByText('The password was changed').waitFor()
    assert.equal((await signIn('noor@staff.example.net', 'another horse battery')).status < 300, true)

    await press('Set up')
    await hasFocus(page.getByRole('dialog').filter({ has: page.getByLabel('Password of now') }))
    await page.getByRole('dialog').getByLabel('Password of now').focus()
    await page.keyboard.type('another horse battery')
    await page.keyboard.press('Enter')
    const secret = await page.getByRole('dialog').getByLabel('Secret').inputValue()
    const uri = otpauthUri('Portcullis', 'noor@staff.example.net', bytesOf(secret))
    assert.equal(await page.getByLabel('Address for the app', { exact: true }).inputValue(), uri)
    const drawn = await drawnModules(page.getByRole('img', { name: 'QR code of the address for the app' }))
    assert.deepEqual(drawn, { modules: encode(uri, { ecc: 'M', border: 4 }).data, dark: '#000', light: '#fff' })
    await page.getByLabel('Code', { exact: true }).fill('000000')
    await page.keyboard.press('Enter')
    await page.getByRole('dialog').getByRole('alert').or(page.locator('[id$=-error]')).first().waitFor()
    await page.getByLabel('Code', { exact: true }).fill(codeOf(bytesOf(secret), stepAt(Date.now())))
    await page.keyboard.press('Enter')
    const codes = (await page.locator('[data-part=recovery-codes]').innerText()).trim().split('\n')
    assert.equal(codes.length, 10)
    await hasFocus(page.getByRole('dialog'))
    await press('I have kept them')
    await page.getByText('10 recovery codes are left').waitFor()
    assert.deepEqual(await seriousFaults(page), [])
    await press('Switch off')
    await hasFocus(page.getByRole('dialog'))
    await page.getByLabel('Code', { exact: true }).fill(codes[0]!)
    await page.keyboard.press('Enter')
    await page.getByText('Off. Signing in asks for the password alone.').waitFor()
    assert.equal((await members()).find(({ name }: { name: string }) => name === 'Noor').twoFactor, false)
    assert.deepEqual(faults, [])
    await context.close()
  })
})
