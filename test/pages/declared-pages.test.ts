import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Catalogue } from '../../core/catalogue.ts'
import { ConfigurationError } from '../../core/errors.ts'
import { type ConsolePage, definePlugin, type PluginDefinition, type PortalPage } from '../../core/plugin-api.ts'
import { checkPages, portalPagesOf, wordIn } from '../../core/plugin-page.ts'

const module = new URL('file:///pages/phones.tsx')
const phones: PortalPage = { path: 'phones', feature: 'phones', title: { en: 'Phones' }, place: 'NAVIGATION', module }

const plugin = (
  pages: readonly PortalPage[],
  consolePages: readonly ConsolePage[] = [],
  name = 'phone-book'
): PluginDefinition =>
  definePlugin({
    name,
    version: '1.0.0',
    engine: '^0.1.0',
    owner: 'test',
    features: [
      {
        key: name === 'phone-book' ? 'phones' : name,
        title: 'Phones',
        group: 'Common',
        kind: 'PAGE',
        userTypes: ['CUSTOMER']
      }
    ],
    pages,
    consolePages
  })

const check = (...plugins: PluginDefinition[]): void => checkPages(plugins, Catalogue.of(plugins))
const refuses = (words: RegExp, ...plugins: PluginDefinition[]): void =>
  assert.throws(
    () => check(...plugins),
    error => error instanceof ConfigurationError && words.test(error.message)
  )

test('pages that fit pass, and the same path on both sites', () => {
  check(plugin([phones], [{ path: 'phones', title: { en: 'Phones' }, module }]))
  // A tab of a company's page is below it, where other names are taken.
  const tab: ConsolePage = { path: 'phones', place: 'COMPANY', title: { en: 'Phones' }, module }
  check(plugin([], [{ path: 'phones', title: { en: 'Phones' }, module }, tab, { ...tab, path: 'audit' }]))
})

test('what does not fit is refused by name, with what to do', () => {
  refuses(/Plugin "phone-book", page "Phones": its path is not kebab-case/, plugin([{ ...phones, path: 'Phones' }]))
  refuses(/page "profile": this path is taken; choose another one/, plugin([{ ...phones, path: 'profile' }]))
  refuses(/page "audit": this path is taken/, plugin([], [{ path: 'audit', title: { en: 'Audit' }, module }]))
  const tab: ConsolePage = { path: 'history', place: 'COMPANY', title: { en: 'Phones' }, module }
  refuses(/page "history": this path is taken/, plugin([], [tab]))
  refuses(
    /Plugin "other", page "phones": the plugin "phone-book" has a page at this path too; rename one/,
    plugin([], [{ ...tab, path: 'phones' }]),
    plugin([], [{ ...tab, path: 'phones' }], 'other')
  )
  refuses(/no plugin declares its feature phone; correct the key/, plugin([{ ...phones, feature: 'phone' }]))
  refuses(/feature phones is not for CARRIER; take the user type out/, plugin([{ ...phones, userTypes: ['CARRIER'] }]))
  refuses(/it has no English title/, plugin([{ ...phones, title: { en: '' } }]))
  refuses(
    /Plugin "other", page "phones": the plugin "phone-book" has a page at this path too; rename one/,
    plugin([phones]),
    plugin([{ ...phones, feature: 'other' }], [], 'other')
  )
})

test('a page is for whoever has its feature and is of its user type', () => {
  const carriers: PortalPage = { ...phones, path: 'carrier-phones', userTypes: ['CARRIER'] }
  const plugins = [plugin([phones, carriers])]
  const paths = (keys: readonly string[], userType: 'CUSTOMER' | 'CARRIER') =>
    portalPagesOf(plugins, { has: key => keys.includes(key) }, userType).map(page => page.path)
  assert.deepEqual(paths(['phones'], 'CUSTOMER'), ['phones'])
  assert.deepEqual(paths(['phones'], 'CARRIER'), ['phones', 'carrier-phones'])
  assert.deepEqual(paths([], 'CUSTOMER'), [])
})

test('words come in the language, its base, or English', () => {
  const words = { en: 'Calls', ar: 'المكالمات' }
  assert.equal(wordIn(words, 'ar'), 'المكالمات')
  assert.equal(wordIn(words, 'ar-EG'), 'المكالمات')
  assert.equal(wordIn(words, 'de'), 'Calls')
  assert.equal(wordIn(words, 'constructor'), 'Calls')
})
