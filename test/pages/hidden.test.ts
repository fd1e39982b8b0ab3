import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Page } from 'playwright-core'
import type { UserType } from '../../core/feature.ts'
import { portalPagesOf } from '../../core/plugin-page.ts'
import { plugins } from '../../plugins/index.ts'
import { openBrowser, openReceiving, type Receiving } from '../support/browser.ts'
import { consoleHost, startPortal, type TestPortal } from '../support/portal.ts'

const userTypes = ['CUSTOMER', 'CARRIER'] as const

/** Keys that are words of React or of HTML too: a script may hold them as such. */
const ordinaryWords = new Set(['alert', 'audio', 'dialog', 'group', 'status'])

/** A word as a text of its own; words that nothing else is made of, anywhere. */
const patternOf = (word: string): RegExp => {
  const text = word.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')
  return new RegExp(/[ .-]/.test(word) ? `(?<![A-Za-z])${text}(?![A-Za-z])` : `["'\`]${text}["'\`]`)
}

/** Where a feature shows in what was received: its key or one of its titles, as a text of its own; titles of many words anywhere. */
const tracesIn = (
  bodies: ReadonlyMap<string, string>,
  { key, titles }: { readonly key: string; readonly titles: readonly string[] }
): readonly string[] => {
  const found: string[] = []
  for (const [address, body] of bodies) {
    const isScript = /\.(js|css)$/.test(new URL(address).pathname)
    for (const word of [key, ...titles]) {
      if (isScript && ordinaryWords.has(word)) continue
      if (patternOf(word).test(body)) found.push(`${word} in ${address}`)
    }
  }
  return found
}

interface Seen extends Receiving {
  readonly type: UserType
  readonly has: (key: string) => boolean
}

const setFeature = async (portal: TestPortal, key: string, enabled: boolean): Promise<void> => {
  const answer = await portal.query(
    consoleHost,
    'mutation ($domainId: ID!, $features: [DomainFeatureInput!]!) { setDomainFeatures(domainId: $domainId, features: $features) { id } }',
    { apiKey: portal.apiKey, variables: { domainId: portal.world.acme.id, features: [{ key, enabled }] } }
  )
  assert.equal(answer.json.errors, undefined, answer.text)
}

const mainOf = async (page: Page): Promise<string> => {
  await page.locator('[data-part="not-found"]').waitFor()
  return `${await page.title()} ${await page.locator('main').innerHTML()}`
}

test('what the brand hides is absent: every key, both user types', async t => {
  const browser = await openBrowser(t)
  const portal = await startPortal(t, { plugins })
  const { features } = portal.installation.catalogue
  assert.equal(features.length, 49)
  const at = `http://acme.localhost:${portal.port}`

  const contacts = {
    CUSTOMER: await portal.contact(await portal.company('Cedar', { userType: 'CUSTOMER' }), 'ada@example.net'),
    CARRIER: await portal.contact(await portal.company('Birch', { userType: 'CARRIER' }), 'bob@example.net')
  }
  const seen: Seen[] = []
  const signIn = async ({ page, type }: Pick<Seen, 'page' | 'type'>): Promise<void> => {
    const value = await portal.session(contacts[type])
    await page.context().addCookies([{ name: 'portal', value, domain: 'acme.localhost', path: '/' }])
  }
  for (const type of userTypes) {
    const watched = await openReceiving(browser)
    const { companyId } = contacts[type]
    const has = (key: string): boolean =>
      portal.installation.access.accessOf(companyId, Date.now(), portal.world.acme.id).has(key)
    const one = { ...watched, type, has }
    await signIn(one)
    await one.page.goto(at)
    seen.push(one)
  }
  /** Goes to an address with nothing of what was received before, and waits until all of it is there. */
  const lookAnew = async ({ page, bodies, received }: Seen, address: string, part: string): Promise<void> => {
    // What the page before has asked for does not come any more.
    await page.goto('about:blank')
    await received()
    bodies.clear()
    await page.goto(address)
    await page.locator(part).first().waitFor()
    await page.locator('[data-part="loading"]').waitFor({ state: 'detached' })
    await received()
  }
  const home = (one: Seen): Promise<void> => lookAnew(one, at, '[data-part="content"] h1')
  const pagesFor = (key: string, type: UserType) => portalPagesOf(plugins, { has: each => each === key }, type)
  const linksOf = ({ page }: Seen): Promise<string[]> =>
    page
      .locator('[data-part="navigation-link"]')
      .evaluateAll(links => links.map(link => link.getAttribute('href') ?? ''))

  const titlesOf = ({ key, title }: { readonly key: string; readonly title: string }): readonly string[] => [
    title,
    ...userTypes.flatMap(type => pagesFor(key, type)).flatMap(page => Object.values(page.title))
  ]

  // Shown: the same looks that find nothing later find it now.
  let pages = 0
  for (const one of seen) {
    await home(one)
    for (const feature of features) {
      const { key } = feature
      const found = tracesIn(one.bodies, { key, titles: titlesOf(feature) })
      assert.equal(found.length > 0, one.has(key), `${key} for ${one.type}: ${found}`)
    }
    const links = await linksOf(one)
    for (const { key } of features)
      for (const { path, title, place } of pagesFor(key, one.type)) {
        pages += 1
        if (place !== 'NAVIGATION') continue
        assert.ok(links.includes(`/${path}`), `${path} for ${one.type}: ${links}`)
        await one.page.goto(`${at}/${path}`)
        await one.page.waitForFunction(wanted => document.title === wanted, `${title.en} – Acme Voice`)
        await one.page.locator('[data-part="loading"]').waitFor({ state: 'detached' })
        assert.equal(await one.page.locator('[data-part="not-found"]').count(), 0, path)
      }
  }
  assert.ok(pages >= 6, 'nothing of this test means anything for a portal without pages')
  const [customer, carrier] = seen as [Seen, Seen]
  assert.deepEqual(
    [customer.has('did.edit'), carrier.has('did.edit'), customer.has('cdr'), carrier.has('cdr')],
    [true, false, true, true]
  )

  let below = 0
  for (const feature of features) {
    const { key } = feature
    const titles = titlesOf(feature)
    await setFeature(portal, key, false)
    const lookAt = async (one: Seen): Promise<void> => {
      // A gate that closes ends the sessions of its user type.
      const isOut = key === 'carrier-portal' && one.type === 'CARRIER'
      assert.equal(one.has(key), false)
      if (isOut) await lookAnew(one, at, '[data-part="sign-in"]')
      else await home(one)
      assert.deepEqual(tracesIn(one.bodies, { key, titles }), [], `${key} hidden from ${one.type}`)
      if (isOut) return
      // What hangs below the feature of a page does not show on that page either, nor in its script.
      for (const parent of features.filter(each => key.startsWith(`${each.key}.`) && one.has(each.key)))
        for (const { path } of pagesFor(parent.key, one.type)) {
          await lookAnew(one, `${at}/${path}`, '[data-part="content"] h1')
          assert.deepEqual(tracesIn(one.bodies, { key, titles }), [], `${key} on /${path} of ${one.type}`)
          below += 1
        }
      const links = await linksOf(one)
      // Pages of both user types: neither has them now.
      for (const { path } of userTypes.flatMap(type => pagesFor(key, type))) {
        assert.ok(!links.includes(`/${path}`), `${path} for ${one.type}`)
        await lookAnew(one, `${at}/${path}`, '[data-part="not-found"]')
        const hidden = await mainOf(one.page)
        assert.match(hidden, /There is no such page/)
        assert.deepEqual(tracesIn(one.bodies, { key, titles }), [], `/${path} hidden from ${one.type}`)
        await one.page.goto(`${at}/no-such-page`)
        assert.equal(hidden, await mainOf(one.page))
      }
    }
    await Promise.all(seen.map(lookAt))
    await setFeature(portal, key, true)
    if (key === 'carrier-portal') await signIn(seen[1]!)
  }
  assert.ok(below >= 3, `only ${below} pages were opened without what hangs below them`)
  for (const word of ordinaryWords)
    assert.ok(
      features.some(({ key }) => key === word),
      `${word} is no key: take it out of the list`
    )
  assert.deepEqual(
    seen.flatMap(({ faults }) => faults),
    []
  )
})
