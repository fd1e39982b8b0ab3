import assert from 'node:assert/strict'
import { test } from 'node:test'
import { plugins } from '../../plugins/index.ts'
import { openBrowser, openPage } from '../support/browser.ts'
import { startPortal, testPassword } from '../support/portal.ts'

test('a contact signs in and out', async t => {
  const browser = await openBrowser(t)
  const portal = await startPortal(t, { plugins })
  await portal.contact(await portal.company('Cedar'), 'ada@example.net')
  const { page, faults } = await openPage(browser)
  await page.goto(`http://acme.localhost:${portal.port}/`)
  assert.equal(await page.title(), 'Acme Voice')
  await page.getByLabel('E-mail').fill('ada@example.net')
  await page.getByLabel('Password').fill(testPassword)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.getByRole('heading', { name: 'Welcome, ada@example.net' }).waitFor()
  await page.getByRole('button', { name: 'Sign out' }).click()
  await page.getByRole('button', { name: 'Sign in' }).waitFor()
  assert.deepEqual(faults, [])
})
