import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Page } from 'playwright-core'
import { seriousFaults } from '../support/axe.ts'
import { openBrowser, openReceiving } from '../support/browser.ts'
import { giveCalls } from '../support/call-pages.ts'
import { didPortal } from '../support/did-portal.ts'
import { askFrom, consolePages, type PageAddress, portalPages } from '../support/every-page.ts'
import { latinTexts } from '../support/latin-text.ts'
import { isLong } from '../support/length.ts'
import { consoleHost } from '../support/portal.ts'

// Every page, as axe sees it: once in Arabic, light and dark by turns, where what is said in English is found too; the stories
// of the pages look at many of them in English. At full length each in all four looks.

const looks = [
  { language: 'ar', colorScheme: 'light' },
  { language: 'ar', colorScheme: 'dark' },
  ...(isLong
    ? ([
        { language: 'en', colorScheme: 'light' },
        { language: 'en', colorScheme: 'dark' }
      ] as const)
    : [])
] as const

const settled = async (page: Page): Promise<void> => {
  await page.waitForLoadState('networkidle')
  await page.locator('h1').first().waitFor()
}

/** Names in what is seeded that stand in labels, titles and lists of a form. */
const seeded = ['Acme Voice', 'Cable Carrier', 'Cedar Clinic', 'Zebra desk', 'fax', 'EUR, USD']

test('no page has a serious fault, and none in Arabic speaks English', async t => {
  const browser = await openBrowser(t)
  const { portal, customer, contact, carrierContact } = await didPortal(t, 60)
  await giveCalls(portal, customer.id, 200)
  const sites = [
    { host: 'acme.localhost', token: await portal.session(contact), name: 'portal' },
    { host: 'acme.localhost', token: await portal.session(carrierContact), name: 'carrier' },
    { host: consoleHost, token: await portal.staffSession('ADMIN'), name: 'console' }
  ]
  let looked = 0
  for (const [turn, { language, colorScheme }] of looks.entries())
    for (const { host, token, name } of sites) {
      const at = `http://${host}:${portal.port}`
      const { page, context, faults, bodies, received } = await openReceiving(browser, {
        colorScheme,
        reducedMotion: 'reduce'
      })
      await context.addInitScript(`localStorage.setItem('language', '${language}')`)
      const look = async (what: string): Promise<void> => {
        await settled(page)
        await received()
        if (language === 'ar') assert.deepEqual(await latinTexts(page, bodies, seeded), [], `English on ${what}`)
        assert.deepEqual(await seriousFaults(page), [], `${what}, ${language}, ${colorScheme}`)
        looked += 1
      }
      await page.goto(`${at}/`)
      await look(`${name} sign-in`)
      await context.addCookies([{ name: 'portal', value: token, domain: host, path: '/' }])
      const ask = askFrom(page, host === consoleHost ? '/operator/graphql' : '/graphql')
      const pages: readonly PageAddress[] = await (name === 'console' ? consolePages(ask) : portalPages(ask, name))
      for (const [index, { name: what, path }] of pages.entries()) {
        if (!isLong && index % looks.length !== turn) continue
        await page.goto(`${at}${path}`)
        await look(what)
      }
      assert.deepEqual(faults, [])
      await context.close()
    }
  assert.ok(looked >= (isLong ? 130 : 35), `only ${looked} looks`)
})
