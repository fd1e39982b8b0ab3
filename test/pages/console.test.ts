import assert from 'node:assert/strict'
import { test } from 'node:test'
import { hashPassword } from '../../http/passwords.ts'
import { plugins } from '../../plugins/index.ts'
import { openBrowser, openPage } from '../support/browser.ts'
import { consoleHost, startPortal, testActor, testPassword } from '../support/portal.ts'

test('a member of staff signs in and out', async t => {
  const browser = await openBrowser(t)
  const portal = await startPortal(t, { plugins })
  await portal.installation.people.staff.create(
    {
      name: 'Ines with a name that is longer than a telephone is wide',
      email: 'ines@example.net',
      role: 'ADMIN',
      passwordHash: await hashPassword(testPassword)
    },
    testActor
  )
  const { page, faults } = await openPage(browser)
  await page.goto(`http://${consoleHost}:${portal.port}/`)
  await page.getByLabel('E-mail').fill('ines@example.net')
  await page.getByLabel('Password', { exact: false }).first().fill(testPassword)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.getByRole('link', { name: 'Companies' }).waitFor()
  for (const path of [
    '/no-such',
    '/companies/a/b/c',
    '/brands/a/b/c',
    '/templates/a/b',
    '/onboarding/a/b',
    '/features/a/b'
  ]) {
    await page.goto(`http://${consoleHost}:${portal.port}${path}`)
    await page.getByText('There is no such page.').waitFor()
  }
  await page.getByRole('link', { name: 'Go to the companies' }).click()
  await page.getByRole('heading', { name: 'Companies', level: 1 }).waitFor()
  // Nothing is cut off, in the menu and on a telephone.
  const theme = page.getByRole('combobox', { name: 'Appearance' })
  assert.equal(await theme.evaluate(input => input.scrollWidth > input.clientWidth), false)
  await page.setViewportSize({ width: 390, height: 800 })
  const header = (await page.getByRole('banner').boundingBox())!
  const leave = (await page.getByRole('button', { name: 'Sign out' }).boundingBox())!
  assert.ok(leave.y >= header.y && leave.y + leave.height <= header.y + header.height, 'inside the header')
  assert.ok(leave.x + leave.width <= 390)
  await page.getByRole('button', { name: 'Sign out' }).click()
  await page.getByRole('button', { name: 'Sign in' }).waitFor()
  assert.deepEqual(faults, [])
})
