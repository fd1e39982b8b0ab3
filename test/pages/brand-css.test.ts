import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { test } from 'node:test'
import type { Page } from 'playwright-core'
import { plugins } from '../../plugins/index.ts'
import { openBrowser, openPage } from '../support/browser.ts'
import { startPortal } from '../support/portal.ts'

const root = resolve(import.meta.dirname, '../..')
const read = (path: string): string => readFileSync(join(root, path), 'utf8')
const filesIn = (folder: string): string[] =>
  readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).map(name => join(folder, name))
const pageFolders = readdirSync(join(root, 'plugins'), { withFileTypes: true })
  .filter(entry => entry.isDirectory())
  .flatMap(({ name }) => filesIn(join('plugins', name)).filter(path => path.includes(join(name, 'pages'))))
const files = [...filesIn('web/portal'), ...filesIn('web/portal-kit'), ...pageFolders]
const sources = files.filter(path => /\.tsx?$/.test(path)).map(read)
const sheets = files.filter(path => path.endsWith('.css')).map(read)

const all = (texts: readonly string[], pattern: RegExp): string[] =>
  texts.flatMap(text => [...text.matchAll(pattern)].map(([, found]) => found!))
const sorted = (names: Iterable<string>): string[] => [...new Set(names)].sort()

const page = read('docs/brand-css.md')
const rows = all([page], /^\| `([^`]+)` \|/gm)

test('the parts of the pages are those that brands are promised', () => {
  const used = [
    ...all(sources, /\bdata-part="([^"$]+)"/g),
    ...all(all(sources, /\bdata-part=\{([^}]*)\}/g), /'([^']+)'/g),
    ...all(sources, /'data-part': '([^']+)'/g),
    ...all(sources, /<Popup\b[^>]*\spart="([^"]+)"/g)
  ]
  assert.ok(used.length > 100)
  const promised = rows.filter(name => !name.startsWith('--'))
  assert.equal(promised.length, new Set(promised).size, 'each part stands in the page once')
  assert.deepEqual(sorted(used), sorted(promised))
  const styled = all(sheets, /\[data-part="([^"]+)"\]/g)
  assert.deepEqual(
    sorted(styled).filter(name => !promised.includes(name)),
    [],
    'rules for parts that do not exist'
  )
})

test('the variables of the pages are those that brands are promised', () => {
  const promised = sorted(rows.filter(name => name.startsWith('--')))
  const set = all([read('web/portal/base.css')], /^ {2}(--portal-[\w-]+):/gm)
  assert.deepEqual(sorted(set), promised)
  assert.deepEqual(
    sorted(all([...sheets, ...sources], /var\((--[\w-]+)/g).filter(name => !promised.includes(name))),
    []
  )
  for (const sheet of sheets) assert.doesNotMatch(sheet.replaceAll(/\[hidden\][^}]*\}/g, ''), /!important/)
})

test('a brand’s sheet has the last word', async t => {
  const browser = await openBrowser(t)
  const portal = await startPortal(t, { plugins })
  const { contact } = await portal.signedIn('Cedar')
  const sheet = read('test/fixtures/brand.css')
  const value = await portal.session(contact)
  const styleOf = (opened: Page, selector: string, name: string): Promise<string> =>
    opened
      .locator(selector)
      .first()
      .evaluate((element, property) => getComputedStyle(element).getPropertyValue(property), name)

  for (const theme of ['LIGHT', 'DARK'] as const) {
    const { page: opened, context, faults } = await openPage(browser)
    await context.addCookies([{ name: 'portal', value, domain: 'acme.localhost', path: '/' }])
    await opened.addInitScript(kept => localStorage.setItem('theme', kept), theme)
    await opened.goto(`http://acme.localhost:${portal.port}/calls`)
    await opened.locator('[data-part="grid"] th').first().waitFor()
    const looks = async (): Promise<Readonly<Record<string, string>>> => ({
      header: await styleOf(opened, '[data-part="header"]', 'background-color'),
      brand: await styleOf(opened, '[data-part="brand"]', 'text-transform'),
      font: await styleOf(opened, 'h1', 'font-family'),
      current: await styleOf(opened, '[data-part="navigation-link"][aria-current]', 'border-inline-start-width'),
      accent: await styleOf(opened, '[data-part="navigation-link"][aria-current]', 'color'),
      heading: await styleOf(opened, '[data-part="grid"] th', 'background-color'),
      account: await styleOf(opened, '[data-part="account-button"]', 'border-start-start-radius'),
      sort: await styleOf(opened, '[data-part="grid-sort"]', 'text-transform'),
      body: await styleOf(opened, 'body', 'background-color')
    })
    const plain = await looks()
    await opened.evaluate(text => {
      const own = new CSSStyleSheet()
      own.replaceSync(text)
      document.adoptedStyleSheets = [own]
    }, sheet)
    // Colours pass into each other; what is asserted is where they end.
    await opened.evaluate(() => Promise.allSettled(document.getAnimations().map(each => each.finished)))
    const isDark = theme === 'DARK'
    const branded = {
      header: isDark ? 'rgb(0, 0, 0)' : 'rgb(42, 15, 54)',
      brand: 'uppercase',
      font: 'Georgia, serif',
      current: '3px',
      accent: isDark ? 'rgb(215, 166, 240)' : 'rgb(122, 31, 162)',
      heading: 'rgb(242, 183, 5)',
      account: '999px',
      sort: 'uppercase',
      body: isDark ? 'rgb(16, 16, 24)' : 'rgb(255, 255, 255)'
    }
    assert.deepEqual(await looks(), branded, theme)
    for (const [name, before] of Object.entries(plain))
      if (name !== 'body' || isDark) assert.notEqual(before, branded[name as keyof typeof branded], name)
    assert.deepEqual(faults, [])
    await context.close()
  }
})
