import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import type { Browser, Locator, Page } from 'playwright-core'
import type { Contact } from '../../core/ports.ts'
import { seriousFaults } from '../support/axe.ts'
import { looksWhenTold, openBrowser, openPage, openReceiving } from '../support/browser.ts'
import { type DidPortal, didPortal, idOf, numberOf } from '../support/did-portal.ts'
import { consoleHost } from '../support/portal.ts'
import { until } from '../support/until.ts'

interface Sent {
  readonly query: string
  readonly variables: Readonly<Record<string, unknown>>
}

/** A contact's browser at a page of the portal, with what it sends. */
const visit = async (
  browser: Browser,
  world: DidPortal,
  contact: Contact,
  path: string
): Promise<Awaited<ReturnType<typeof openReceiving>> & { readonly sent: Sent[] }> => {
  const opened = await openReceiving(browser)
  await opened.page.addInitScript(looksWhenTold)
  const sent: Sent[] = []
  opened.page.on('request', request => {
    if (request.url().endsWith('/graphql')) sent.push(request.postDataJSON() as Sent)
  })
  await opened.context.addCookies([
    { name: 'portal', value: await world.portal.session(contact), domain: 'acme.localhost', path: '/' }
  ])
  await opened.page.goto(`http://acme.localhost:${world.portal.port}${path}`)
  return { ...opened, sent }
}

const rowOf = (page: Page, place: number): Locator =>
  page.locator('[data-part="grid-row"]', { hasText: `+${numberOf(place)}` })
const saved = (page: Page): Promise<void> => page.getByText('Saved.', { exact: true }).waitFor()
/** Inputs of the changes of single numbers that were sent. */
const inputs = (sent: readonly Sent[]): readonly unknown[] =>
  sent.filter(({ query }) => query.includes('updateDid(')).map(({ variables }) => variables.input)

const tabTo = async (page: Page, wanted: Locator, most = 80): Promise<void> => {
  for (let step = 0; step < most; step++) {
    await page.keyboard.press('Tab')
    if (await wanted.evaluateAll(found => found.includes(document.activeElement as HTMLElement))) return
  }
  assert.fail(`not reached by Tab: ${wanted}`)
}

/** Keeps the list as it is seen under a name. */
const saveView = async (page: Page, name: string): Promise<void> => {
  await page.getByRole('button', { name: 'Views' }).click()
  await page.getByLabel('Name of the view').fill(name)
  await page.getByRole('button', { name: 'Save', exact: true }).click()
  await page.getByText(`The view ${name} is saved.`).waitFor()
  await page.keyboard.press('Escape')
}
const openView = async (page: Page, name: string): Promise<void> => {
  await page.getByRole('button', { name: 'Views' }).click()
  await page.getByRole('button', { name, exact: true }).click()
}
const headings = async (page: Page): Promise<readonly string[]> =>
  (await page.getByRole('columnheader').allInnerTexts()).map(text => text.trim()).filter(text => text !== '')

let browser: Browser
const opened = async (t: TestContext): Promise<DidPortal> => didPortal(t)

test('numbers', async t => {
  browser = await openBrowser(t)

  await t.test('the list: pages, search, filter, sort, columns, a file', async t => {
    const world = await opened(t)
    const { page, faults, sent, bodies } = await visit(browser, world, world.contact, '/')
    await page.getByRole('navigation').getByRole('link', { name: 'Numbers' }).click()
    await page.getByRole('heading', { name: 'Numbers', level: 1 }).waitFor()
    await page.getByText('120 numbers', { exact: true }).waitFor()
    const first = page.locator('[data-part="grid-row"]').first()
    await rowOf(page, 1).waitFor()
    assert.match(await first.innerText(), /United Kingdom.*Enabled.*101@pbx\.example\.com.*€2\.50.*Zebra desk/s)

    // Endless: the wheel alone brings the second and the third page.
    const scroller = page.locator('[data-part="grid-scroller"]')
    await scroller.hover()
    await until(async () => {
      await page.mouse.wheel(0, 3_000)
      return (await rowOf(page, 120).count()) > 0
    })
    // Only rows in sight are drawn; the keys go from end to end, and the row they come to is seen whole.
    const drawn = page.locator('[data-part="grid-row"]')
    assert.ok((await drawn.count()) < 60)
    const isSeen = (row: Locator): Promise<boolean> =>
      row.evaluate(element => {
        const { top, bottom } = element.getBoundingClientRect()
        const head = element.closest('table')!.querySelector('thead')!.getBoundingClientRect()
        const frame = element.closest('[data-part="grid-scroller"]')!.getBoundingClientRect()
        return element === document.activeElement && top >= head.bottom - 1 && bottom <= frame.bottom + 1
      })
    await rowOf(page, 120).focus()
    for (const [key, place] of [
      ['Home', 1],
      ['End', 120],
      ['ArrowUp', 119],
      ['PageUp', undefined],
      ['Home', 1],
      ['PageDown', undefined]
    ] as const) {
      await page.keyboard.press(key)
      await until(() => isSeen(place === undefined ? page.locator(':focus') : rowOf(page, place)))
    }
    await page.keyboard.press('Home')

    await page.getByLabel('Search').fill('+44 20 7946 0042')
    await page.getByText('1 number', { exact: true }).waitFor()
    await rowOf(page, 42).waitFor()
    await page.getByLabel('Search').fill('forty-two')
    await page.locator('[data-part="field"] [role="alert"]', { hasText: 'must be part of a number' }).waitFor()
    await page.getByRole('button', { name: 'Clear the filter' }).click()
    await page.getByText('120 numbers', { exact: true }).waitFor()

    const filters = page.getByRole('search')
    const counted = async (label: string, option: string, count: string): Promise<void> => {
      await filters.getByLabel(label, { exact: true }).selectOption({ label: option })
      await page.getByText(count, { exact: true }).waitFor()
      await page.getByRole('button', { name: 'Clear the filter' }).click()
      await page.getByText('120 numbers', { exact: true }).waitFor()
    }
    await counted('State', 'Disabled', '17 numbers')
    await counted('Destination', 'Circuit test', '1 number')
    await counted('Destination', 'No destination', '1 number')
    await counted('Country', 'France', '12 numbers')
    await counted('Tag', 'fax', '1 number')
    await counted('Tag', 'Without a tag', '118 numbers')

    await page.getByRole('button', { name: 'Number', exact: true }).click()
    await until(async () => (await first.innerText()).includes(numberOf(120)))
    assert.equal(await page.getByRole('columnheader', { name: 'Number' }).getAttribute('aria-sort'), 'descending')
    await page.getByRole('button', { name: /^Columns:/ }).click()
    await page.getByRole('checkbox', { name: 'Rate card' }).check()
    await page.keyboard.press('Escape')
    assert.match(await first.innerText(), /Inbound GB/)
    assert.deepEqual(await seriousFaults(page), [])

    await page.getByRole('button', { name: 'Export CSV' }).click()
    await until(() => sent.some(({ query }) => query.includes('requestExport(')))
    await until(() => [...bodies.values()].some(body => body.includes('"requestExport":{"id"')))
    const { variables } = sent.find(({ query }) => query.includes('requestExport('))!
    assert.deepEqual(variables.columns, [
      ...['number', 'country', 'enabled', 'destination', 'channels', 'price', 'tags', 'cardName']
    ])

    // A saved view; without what was hidden since.
    await filters.getByLabel('Country').selectOption({ label: 'France' })
    await filters.getByLabel('Tag', { exact: true }).selectOption({ label: 'Without a tag' })
    await saveView(page, 'Paris')
    await world.portal.override(world.customer, 'did.tags', 'HIDE')
    await page.reload()
    await page.getByText('120 numbers', { exact: true }).waitFor()
    await openView(page, 'Paris')
    await page.getByText('12 numbers', { exact: true }).waitFor()
    assert.deepEqual(await headings(page), [
      ...['Number', 'Country', 'State', 'Destination', 'Channels', 'Price', 'Rate card']
    ])
    assert.deepEqual(faults, [])
  })

  await t.test('a number is changed by mouse: every kind of destination', async t => {
    const world = await opened(t)
    const { page, faults, sent } = await visit(browser, world, world.contact, '/numbers')
    await rowOf(page, 2).click()
    const drawer = page.getByRole('dialog', { name: numberOf(2) })
    const place = (index: number): Locator => drawer.getByRole('group', { name: `Destination ${index}` })
    await place(1).waitFor()
    assert.deepEqual(await seriousFaults(page), [])

    await drawer.getByLabel('Channels').fill('11')
    await drawer.getByRole('button', { name: 'Save', exact: true }).click()
    await drawer.getByRole('alert').filter({ hasText: 'must be 1 to 10' }).waitFor()
    const channels = drawer.getByLabel('Channels')
    assert.equal(await channels.getAttribute('aria-invalid'), 'true')
    await until(() => channels.evaluate(field => field === document.activeElement))
    assert.equal((await world.stored(idOf(2))).channels, 2)
    await channels.fill('8')
    await drawer.getByLabel('Keep the caller’s display name').check()
    await drawer.getByLabel('Minimum attestation').selectOption({ label: 'A or B' })

    await place(1).getByLabel('Address').fill('sip:desk@pbx.example.com')
    const add = drawer.getByRole('button', { name: 'Add a destination' })
    for (const [index, type] of ['External number', 'Internal extension', 'Circuit test', 'ConneXML app'].entries()) {
      await add.click()
      await place(index + 2)
        .getByLabel('Type')
        .selectOption({ label: type })
    }
    assert.equal(await add.isDisabled(), true)
    await place(2).getByLabel('Route prefix').fill('99')
    await place(2).getByLabel('Number').fill('+44 7700 900123')
    await place(3).getByLabel('Extension').selectOption({ label: '1002 · Reception' })
    await place(5).getByLabel('App').selectOption({ label: 'Main menu' })
    await drawer.getByRole('button', { name: 'Save', exact: true }).click()
    await place(1).getByRole('alert').filter({ hasText: 'is written without a scheme' }).waitFor()
    // It stays beside its field when the destination is moved.
    await drawer.getByRole('button', { name: 'Move destination 1 down' }).click()
    await place(2).getByRole('alert').waitFor()
    await place(2).getByLabel('Address').fill('desk@pbx.example.com')
    await place(2).getByLabel('Port').fill('5070')
    assert.equal(await place(2).getByRole('alert').count(), 0)
    // By its handle to the end; it is let go once it stands there.
    await drawer.locator('[data-part="destination-drag"]').nth(3).hover()
    await page.mouse.down()
    const { height } = (await place(5).boundingBox())!
    let x = 0
    await until(async () => {
      if ((await drawer.getByText('Destination 4 is now 5.').count()) > 0) return true
      x += 10
      await place(5).hover({ position: { x, y: height - 8 } })
      return false
    })
    await page.mouse.up()
    await drawer.getByRole('button', { name: 'Save', exact: true }).click()
    await saved(page)

    const stored = await world.stored(idOf(2))
    assert.deepEqual(
      [stored.channels, stored.retain_display_name, stored.stir_shaken_min_attest, stored.enabled, stored.version],
      [8, 1, 'A_B', 1, 2]
    )
    assert.deepEqual(stored.destinations, [
      { type: 'EXTERNAL', value: '447700900123', port: null, prefix: '99' },
      { type: 'URI', value: 'desk@pbx.example.com', port: 5070, prefix: null },
      { type: 'INTERNAL', value: '1002', port: null, prefix: null },
      { type: 'CONNEXML', value: 'menu', port: null, prefix: null },
      { type: 'CIRCUIT_TEST', value: null, port: null, prefix: null }
    ])
    // Only what was changed was sent.
    assert.deepEqual(Object.keys(inputs(sent).at(-1) as object).sort(), [
      ...['channels', 'destination', 'retainDisplayName', 'stirShakenMinAttest']
    ])

    // The server goes away: told, kept, saved at the second attempt.
    await page.route('**/graphql', route => route.abort(), { times: 1 })
    await drawer.getByLabel('Enabled').uncheck()
    await drawer.getByRole('button', { name: 'Save', exact: true }).click()
    await drawer.getByRole('alert').filter({ hasText: 'Not saved' }).waitFor()
    assert.equal(await drawer.getByLabel('Enabled').isChecked(), false)
    // What is not saved is not closed over.
    await drawer.getByRole('button', { name: 'Close' }).click()
    await page.getByRole('button', { name: 'Keep editing' }).click()
    await drawer.getByRole('button', { name: 'Save', exact: true }).click()
    await saved(page)
    assert.equal((await world.stored(idOf(2))).enabled, 0)
    assert.deepEqual(inputs(sent).at(-1), { enabled: false })

    await drawer.getByLabel('Add a tag').fill('Front desk')
    await drawer.getByLabel('Add a tag').press('Enter')
    await drawer.getByRole('button', { name: 'Remove the tag fax' }).click()
    await drawer.getByRole('button', { name: 'Save tags' }).click()
    await drawer.getByText('Tags saved.').waitFor()
    assert.deepEqual((await world.stored(idOf(2))).tags, ['Front desk'])
    await drawer.getByRole('button', { name: 'Close' }).click()
    assert.match(await rowOf(page, 2).innerText(), /Disabled.*\+1.*Front desk|Disabled.*447700900123.*Front desk/s)
    assert.deepEqual(faults, [])
  })

  await t.test('a short destination dragged past a tall one changes places with it once, at its middle', async t => {
    const world = await opened(t)
    const { page, faults } = await visit(browser, world, world.contact, '/numbers')
    await rowOf(page, 2).click()
    const drawer = page.getByRole('dialog', { name: numberOf(2) })
    const places = drawer.locator('[data-part="destination-list"] > li')
    await places.nth(0).getByLabel('Type').selectOption({ label: 'Circuit test' })
    await drawer.getByRole('button', { name: 'Add a destination' }).click()
    await places.nth(1).getByLabel('Address').waitFor()
    await drawer.locator('[data-part="destination-list"]').evaluate(list => list.scrollIntoView({ block: 'center' }))
    const boxes = async () => {
      const [first, second] = [await places.nth(0).boundingBox(), await places.nth(1).boundingBox()]
      return [first!, second!] as const
    }
    const [short, tall] = await boxes()
    assert.ok(tall.height > 1.3 * short.height, `${short.height}, ${tall.height}`)
    assert.ok(tall.y + tall.height < 800, 'both are in sight')
    const status = drawer.locator('[data-part="destination-editor"] > [role=status]')
    await status.evaluate(element => {
      const seen = { said: [] as string[], over: 0 }
      Object.assign(globalThis, { seen })
      new MutationObserver(() => seen.said.push(element.textContent ?? '')).observe(element, {
        childList: true,
        characterData: true,
        subtree: true
      })
      document.addEventListener('dragover', () => {
        seen.over += 1
      })
    })
    const seen = () => page.evaluate(() => (globalThis as unknown as { seen: { said: string[]; over: number } }).seen)
    const x = tall.x + tall.width / 2
    /** Moves until the page has heard of it, and whatever follows from that is done. */
    const dragTo = async (y: number): Promise<void> => {
      const { over } = await seen()
      await page.mouse.move(x, y - 1)
      await until(async () => {
        await page.mouse.move(x, y)
        return (await seen()).over > over + 1
      })
      await page.evaluate('new Promise(done => setTimeout(() => setTimeout(done)))')
    }
    await places.nth(0).locator('[data-part="destination-drag"]').hover()
    await page.mouse.down()
    // Over the upper half, also where it would still be over the tall one after they have changed places.
    for (const part of [0.1, 0.2, 0.3, 0.2, 0.1]) await dragTo(tall.y + part * tall.height)
    assert.deepEqual((await seen()).said, [])
    await dragTo(tall.y + 0.6 * tall.height)
    await drawer.getByText('Destination 1 is now 2.').waitFor()
    for (const part of [0.65, 0.7, 0.65]) await dragTo(tall.y + part * tall.height)
    assert.deepEqual((await seen()).said, ['Destination 1 is now 2.'])
    // The other way round.
    const [above] = await boxes()
    for (const part of [0.9, 0.7, 0.6]) await dragTo(above.y + part * above.height)
    assert.deepEqual((await seen()).said, ['Destination 1 is now 2.'])
    await dragTo(above.y + 0.4 * above.height)
    await drawer.getByText('Destination 2 is now 1.').waitFor()
    for (const part of [0.35, 0.3, 0.35]) await dragTo(above.y + part * above.height)
    assert.deepEqual((await seen()).said, ['Destination 1 is now 2.', 'Destination 2 is now 1.'])
    await page.mouse.up()
    await drawer.getByRole('button', { name: 'Discard' }).click()
    assert.deepEqual(faults, [])
  })

  await t.test('a number is changed by keyboard alone', async t => {
    const world = await opened(t)
    const { page, faults } = await visit(browser, world, world.contact, '/numbers')
    await rowOf(page, 1).waitFor()
    await tabTo(page, page.getByLabel('Search'))
    await page.keyboard.type('46000')
    await page.getByText('9 numbers', { exact: true }).waitFor()
    await tabTo(page, rowOf(page, 1))
    await page.keyboard.press('Enter')
    const drawer = page.getByRole('dialog', { name: numberOf(1) })
    await drawer.getByRole('group', { name: 'Destination 2' }).waitFor()
    await tabTo(page, drawer.getByLabel('Enabled'))
    await page.keyboard.press('Space')
    await tabTo(page, drawer.getByRole('button', { name: 'Move destination 2 up' }))
    await page.keyboard.press('Enter')
    await drawer.getByText('Destination 2 is now 1.').waitFor()
    // The focus goes along with what was moved.
    await until(() =>
      drawer
        .getByRole('button', { name: 'Move destination 1 down' })
        .evaluate(button => button === document.activeElement)
    )
    await tabTo(page, drawer.getByRole('button', { name: 'Remove destination 2' }))
    await page.keyboard.press('Enter')
    await tabTo(page, drawer.getByRole('button', { name: 'Save', exact: true }))
    await page.keyboard.press('Enter')
    await saved(page)
    const { enabled, destinations } = await world.stored(idOf(1))
    assert.equal(enabled, 0)
    assert.deepEqual(destinations, [{ type: 'INTERNAL', value: '1999', port: null, prefix: null }])
    await page.keyboard.press('Escape')
    await until(() => rowOf(page, 1).evaluate(row => row === document.activeElement))
    // The space bar selects; the arrow keys go on.
    await page.keyboard.press('Space')
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('Space')
    await page.getByText('2 numbers selected').waitFor()
    assert.deepEqual(faults, [])
  })

  await t.test('nothing typed is lost: "back", Escape and a reload ask first', async t => {
    const world = await opened(t)
    const { page, faults } = await visit(browser, world, world.contact, '/')
    const question = page.getByRole('alertdialog', { name: 'Your changes are not saved.' })
    const keep = question.getByRole('button', { name: 'Keep editing' })
    const discard = question.getByRole('button', { name: 'Discard' })
    const path = (): string => new URL(page.url()).pathname
    const back = (): Promise<void> => page.evaluate(() => history.back())
    await page.getByRole('navigation').getByRole('link', { name: 'Numbers' }).click()
    await rowOf(page, 1).click()
    const drawer = page.getByRole('dialog', { name: numberOf(1) })
    const channels = drawer.getByLabel('Channels')

    // Nothing typed, nothing asked.
    await channels.waitFor()
    await back()
    await drawer.waitFor({ state: 'hidden' })
    await page.goForward()
    await channels.click()
    await page.keyboard.type('7')
    const typed = await channels.inputValue()
    await back()
    await keep.waitFor()
    assert.ok(await keep.evaluate(button => button === document.activeElement))
    assert.deepEqual(await seriousFaults(page), [])
    await page.keyboard.press('Enter')
    await question.waitFor({ state: 'hidden' })
    assert.equal(path(), `/numbers/${idOf(1)}`)
    assert.equal(await channels.inputValue(), typed)
    assert.ok(await channels.evaluate(field => field === document.activeElement))
    // Escape asks, and once more stays; so does the third.
    for (const asked of [true, false, true, false]) {
      await page.keyboard.press('Escape')
      await question.waitFor({ state: asked ? 'visible' : 'hidden' })
      assert.equal(await channels.inputValue(), typed)
      assert.ok(await drawer.isVisible())
    }
    // However far back.
    await page.evaluate(() => history.go(-2))
    await keep.click()
    assert.equal(path(), `/numbers/${idOf(1)}`)
    const reload = async (): Promise<string> => {
      const asked = page.waitForEvent('dialog')
      void page.evaluate(() => location.reload()).catch(() => undefined)
      const dialog = await asked
      await dialog.dismiss()
      return dialog.type()
    }
    assert.equal(await reload(), 'beforeunload')
    assert.equal(await channels.inputValue(), typed)
    // What is saved is not asked for.
    await channels.fill('7')
    await drawer.getByRole('button', { name: 'Save', exact: true }).click()
    await saved(page)
    await drawer.getByLabel('Add a tag').click()
    await page.keyboard.type('lobby')
    await back()
    await discard.click()
    await drawer.waitFor({ state: 'hidden' })
    assert.notEqual(path(), `/numbers/${idOf(1)}`)
    const { channels: stored, tags } = await world.stored(idOf(1))
    assert.deepEqual([stored, tags], [7, ['Zebra desk']])

    // A change of many numbers, and of their tags.
    await page.goto(`http://acme.localhost:${world.portal.port}/`)
    await page.getByRole('navigation').getByRole('link', { name: 'Numbers' }).click()
    await rowOf(page, 2).getByRole('checkbox').check()
    await page.getByRole('button', { name: 'Change …' }).click()
    const many = page.getByRole('dialog', { name: 'Change 1 number' })
    await many.getByRole('checkbox', { name: 'Channels' }).check()
    await back()
    await keep.click()
    assert.ok(await many.getByRole('checkbox', { name: 'Channels' }).isChecked())
    await many.getByRole('button', { name: 'Close' }).click()
    await discard.click()
    await page.getByRole('button', { name: 'Tags …' }).click()
    const tagged = page.getByRole('dialog', { name: 'Tags of 1 number' })
    await tagged.getByLabel('Tags to add').fill('lobby')
    await back()
    await keep.click()
    assert.equal(await tagged.getByLabel('Tags to add').inputValue(), 'lobby')
    await back()
    await discard.click()
    await page.getByRole('heading', { name: 'Welcome' }).waitFor()
    assert.deepEqual(faults, [])
  })

  await t.test('locked destinations are shown, and nothing that is saved touches them', async t => {
    const world = await opened(t)
    const { page, faults, sent } = await visit(browser, world, world.contact, `/numbers/${idOf(1)}`)
    const drawer = page.getByRole('dialog')
    await drawer.getByLabel('Address').fill('new@pbx.example.com')
    const before = (await world.stored(idOf(1))).destinations
    // The lock comes while somebody edits: refused, and what was typed is not lost.
    await world.portal.override(world.customer, 'did.destination-lock', 'SHOW')
    await drawer.getByLabel('Channels').fill('3')
    await drawer.getByRole('button', { name: 'Save', exact: true }).click()
    await drawer.locator('[data-part="form-end"] [role="alert"]').waitFor()
    assert.deepEqual((await world.stored(idOf(1))).destinations, before)
    await page.evaluate(() => dispatchEvent(new Event('focus')))
    await drawer.getByText('Destinations are locked.').waitFor()
    assert.equal(await drawer.getByLabel('Address').count(), 0)
    assert.equal(await drawer.getByRole('button', { name: /destination/i }).count(), 0)
    await drawer.getByText('101@pbx.example.com').waitFor()
    assert.equal(await drawer.getByLabel('Channels').inputValue(), '3')
    await drawer.getByRole('button', { name: 'Save', exact: true }).click()
    await saved(page)
    assert.deepEqual(inputs(sent).at(-1), { channels: 3 })
    const after = await world.stored(idOf(1))
    assert.equal(after.channels, 3)
    assert.deepEqual(after.destinations, before)

    await page.keyboard.press('Escape')
    await rowOf(page, 2).getByRole('checkbox').check()
    await page.getByRole('button', { name: 'Change …' }).click()
    await page.getByRole('dialog').getByText('Destinations are locked.').waitFor()
    assert.equal(await page.getByRole('dialog').getByRole('checkbox', { name: 'Destinations' }).count(), 0)
    assert.deepEqual(faults, [])
  })

  await t.test('many at once: one that is refused keeps all of them as they were', async t => {
    const world = await opened(t)
    const { page, faults } = await visit(browser, world, world.contact, '/numbers')
    for (const place of [2, 3, 4]) await rowOf(page, place).getByRole('checkbox').check()
    await page.getByRole('button', { name: 'Change …' }).click()
    const drawer = page.getByRole('dialog', { name: 'Change 3 numbers' })
    await drawer.getByText('Either all of them are changed, or none.').waitFor()
    await drawer.getByRole('checkbox', { name: 'Channels' }).check()
    const limit = drawer.getByLabel('Change “Channels”')
    await limit.fill('many')
    await drawer.getByRole('button', { name: 'Change 3 numbers' }).click()
    await until(() => limit.evaluate(field => field === document.activeElement))
    assert.equal(await limit.getAttribute('aria-invalid'), 'true')
    await limit.fill('7')
    await drawer.getByRole('checkbox', { name: 'Destinations' }).check()
    await drawer.getByLabel('Address').fill('hunt@pbx.example.com')
    await drawer.getByRole('checkbox', { name: 'State' }).check()
    await drawer.getByLabel('Change “State”').selectOption({ label: 'Disabled' })
    const before = await Promise.all([2, 3, 4].map(place => world.stored(idOf(place))))
    await drawer.getByRole('button', { name: 'Change 3 numbers' }).click()
    await drawer.getByText('Nothing was changed, because 1 number was refused.').waitFor()
    const result = (place: number): Locator => drawer.getByRole('row', { name: numberOf(place) })
    assert.match(await result(3).innerText(), /Channels: must be 1 to 4, the operator's limit/)
    assert.match(await result(2).innerText(), /Left as it was/)
    assert.deepEqual(await Promise.all([2, 3, 4].map(place => world.stored(idOf(place)))), before)
    assert.deepEqual(await seriousFaults(page), [])

    await drawer.getByLabel('Change “Channels”').fill('4')
    await drawer.getByRole('button', { name: 'Change 3 numbers' }).click()
    await drawer.getByText('All 3 numbers were changed.').waitFor()
    for (const place of [2, 3, 4]) {
      const { channels, enabled, flow_speed, destinations } = await world.stored(idOf(place))
      assert.deepEqual([channels, enabled, flow_speed], [4, 0, 5])
      assert.deepEqual(destinations, [{ type: 'URI', value: 'hunt@pbx.example.com', port: null, prefix: null }])
    }
    await drawer.getByRole('button', { name: 'Close' }).click()
    assert.match(await rowOf(page, 3).innerText(), /Disabled.*hunt@pbx\.example\.com/s)

    await page.getByRole('button', { name: 'Tags …' }).click()
    const tags = page.getByRole('dialog', { name: 'Tags of 3 numbers' })
    await tags.getByLabel('Tags to add').fill('night')
    await tags.getByLabel('Tags to remove').fill('FAX')
    await tags.getByRole('button', { name: 'Change tags' }).click()
    await tags.getByText('All 3 numbers were changed.').waitFor()
    assert.deepEqual(await Promise.all([2, 3, 4].map(async place => (await world.stored(idOf(place))).tags)), [
      ['night'],
      ['night'],
      ['night']
    ])
    await tags.getByRole('button', { name: 'Close' }).click()
    assert.match(await rowOf(page, 3).innerText(), /night/)
    assert.deepEqual(faults, [])
  })

  await t.test('tags that are hidden leave no sign', async t => {
    const world = await opened(t)
    await world.portal.override(world.customer, 'did.tags', 'HIDE')
    const { page, faults, bodies, sent } = await visit(browser, world, world.contact, '/numbers')
    for (const place of [1, 2]) await rowOf(page, place).getByRole('checkbox').check()
    await page.getByRole('button', { name: 'Change …' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Close' }).click()
    await page.getByRole('button', { name: 'Clear the selection' }).click()
    await page.getByRole('button', { name: /^Columns:/ }).click()
    const html = [await page.content()]
    await page.keyboard.press('Escape')
    await rowOf(page, 1).click()
    await page.getByRole('dialog').getByLabel('Channels').fill('9')
    await page.getByRole('dialog').getByRole('button', { name: 'Save', exact: true }).click()
    await saved(page)
    html.push(await page.content())
    for (const shown of html) assert.ok(!/\btags?\b|zebra/i.test(shown), 'in the document')
    assert.ok(!/\btags?\b|tagged/i.test(JSON.stringify(sent)), 'in what was sent')
    const words = /zebra|didTags|bulkTag|setDidTags|without a tag|add a tag|save tags/i
    for (const [url, body] of bodies) {
      assert.ok(!words.test(body), url)
      if (url.endsWith('/graphql')) assert.ok(!/\btags?\b/i.test(body), url)
    }
    // With the feature all of it is there: the test looks in the right place.
    await world.portal.override(world.customer, 'did.tags', 'INHERIT')
    await page.reload()
    await page.getByRole('dialog').getByLabel('Add a tag').waitFor()
    await until(() => words.test([...bodies.values()].join('\n')))
    assert.deepEqual(faults, [])
  })

  await t.test('two people change one number: the second sees what the first did, and decides', async t => {
    const world = await opened(t)
    const ada = await visit(browser, world, world.contact, `/numbers/${idOf(4)}`)
    const bob = await visit(browser, world, world.other, `/numbers/${idOf(4)}`)
    const save = (page: Page): Promise<void> => page.getByRole('button', { name: 'Save', exact: true }).click()
    const channels = (page: Page): Locator => page.getByRole('dialog').getByLabel('Channels')
    const conflict = (page: Page): Locator => page.locator('[data-part="conflict"]')
    await channels(ada.page).fill('7')
    await channels(bob.page).fill('3')
    await bob.page.getByRole('dialog').getByLabel('Enabled').uncheck()
    await save(bob.page)
    await saved(bob.page)

    await save(ada.page)
    await conflict(ada.page).waitFor()
    const rows = await conflict(ada.page).getByRole('row').allInnerTexts()
    assert.deepEqual(
      rows.map(row => row.split(/\s*\t\s*/)),
      [
        ['Setting', 'When you opened it', 'Saved now', 'Yours'],
        ['State', 'Enabled', 'Disabled', '–'],
        ['Channels', '2', '3', '7']
      ]
    )
    assert.equal(await channels(ada.page).inputValue(), '7')
    assert.equal((await world.stored(idOf(4))).channels, 3)
    assert.deepEqual(await seriousFaults(ada.page), [])
    await conflict(ada.page).getByRole('button', { name: 'Save mine' }).click()
    await saved(ada.page)
    const mine = await world.stored(idOf(4))
    assert.deepEqual([mine.channels, mine.enabled, mine.version], [7, 0, 3])

    await channels(bob.page).fill('5')
    await save(bob.page)
    await conflict(bob.page).getByRole('button', { name: 'Take what is saved' }).click()
    assert.equal(await channels(bob.page).inputValue(), '7')
    assert.equal(await conflict(bob.page).count(), 0)
    assert.equal((await world.stored(idOf(4))).version, 3)
    assert.deepEqual([...ada.faults, ...bob.faults], [])
  })

  await t.test('a carrier sees what it supplies, and nothing of whose it is', async t => {
    const world = await opened(t)
    const { page, faults, bodies } = await visit(browser, world, world.carrierContact, '/supplied-numbers')
    await page.getByText('61 numbers', { exact: true }).waitFor()
    await page.getByRole('search').getByLabel('Assigned').selectOption({ label: 'In stock' })
    await page.getByText('1 number', { exact: true }).waitFor()
    assert.match(await page.locator('[data-part="grid-row"]').innerText(), /\+442079469999\s+Enabled\s+In stock\s+30/)
    await page.getByRole('button', { name: 'Clear the filter' }).click()
    await page.getByText('61 numbers', { exact: true }).waitFor()
    const first = page.locator('[data-part="grid-row"]').first()
    await page.getByRole('button', { name: 'Channels', exact: true }).click()
    await page.getByRole('button', { name: 'Channels', exact: true }).click()
    await until(async () => (await first.innerText()).includes('9999'))
    await page.getByLabel('Search').fill('0002')
    await page.getByText('1 number', { exact: true }).waitFor()
    assert.deepEqual(await seriousFaults(page), [])

    // What was seen last stands again, without its filter; a saved view has that as well.
    await page.getByRole('button', { name: /^Columns:/ }).click()
    await page.getByRole('checkbox', { name: 'State' }).uncheck()
    await page.keyboard.press('Escape')
    await saveView(page, 'Twos')
    const session = await world.portal.session(world.carrierContact)
    await until(async () => {
      const { json } = await world.portal.query(
        'acme.localhost',
        '{ myGridViews(grid: "did.supplied") { name state } }',
        { session }
      )
      const last = json.data.myGridViews.find(({ name }: { name: string }) => name === '')
      return last !== undefined && !JSON.stringify(last).includes('enabled')
    })
    await page.reload()
    await page.getByText('61 numbers', { exact: true }).waitFor()
    assert.deepEqual(await headings(page), ['Number', 'Assigned', 'Channels'])
    await until(async () => (await first.innerText()).includes('9999'))
    await page.getByRole('button', { name: 'Number', exact: true }).click()
    await openView(page, 'Twos')
    await page.getByText('1 number', { exact: true }).waitFor()
    assert.equal(await page.getByLabel('Search').inputValue(), '0002')
    assert.equal(await page.getByRole('columnheader', { name: 'Channels' }).getAttribute('aria-sort'), 'descending')
    const kept = await world.portal.query(
      'acme.localhost',
      'mutation($state: JSON!) { saveGridView(grid: "did.supplied", name: "Old", state: $state) { id } }',
      {
        session,
        variables: {
          state: { columns: ['price', 'channels', 'number'], sort: { column: 'price' }, filters: { price: '1' } }
        }
      }
    )
    assert.equal(kept.json.errors, undefined, kept.text)
    await page.reload()
    await openView(page, 'Old')
    await page.getByText('61 numbers', { exact: true }).waitFor()
    assert.deepEqual(await headings(page), ['Channels', 'Number'])
    // Nothing hangs over the window, however wide.
    for (const width of [700, 390]) {
      await page.setViewportSize({ width, height: 800 })
      await page.getByRole('button', { name: 'Views' }).click()
      await page.getByLabel('Name of the view').waitFor()
      assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), String(width))
      const panel = (await page.getByRole('group', { name: 'Saved views' }).boundingBox())!
      assert.ok(panel.x >= 0 && panel.x + panel.width <= width, JSON.stringify(panel))
      await page.keyboard.press('Escape')
    }
    for (const [url, body] of bodies)
      if (url.endsWith('/graphql')) assert.ok(!/Cedar|pbx\.example|zebra|"destinations?"|"n0/i.test(body), url)
    await page.goto(`http://acme.localhost:${world.portal.port}/numbers`)
    await page.getByText('There is no such page.').waitFor()
    assert.deepEqual(faults, [])
  })

  await t.test('staff who look over a shoulder can change nothing', async t => {
    const world = await opened(t)
    const { portal } = world
    const { json } = await portal.query(
      consoleHost,
      'mutation($contactId: ID!, $domainId: ID) { viewAs(contactId: $contactId, domainId: $domainId) { url } }',
      { apiKey: portal.apiKey, variables: { contactId: world.contact.id, domainId: portal.world.acme.id } }
    )
    const { page, faults } = await openPage(browser)
    const ticket = new URL(json.data.viewAs.url).search
    await page.goto(`http://acme.localhost:${portal.port}/view-as${ticket}`)
    await page.goto(`http://acme.localhost:${portal.port}/numbers/${idOf(1)}`)
    const drawer = page.getByRole('dialog')
    await drawer.getByText('Internal extension').waitFor()
    await drawer.getByText('Zebra desk').waitFor()
    assert.equal(await drawer.locator('input, select, textarea').count(), 0)
    assert.equal(await drawer.getByRole('button').count(), 1)
    await drawer.getByRole('button', { name: 'Close' }).click()
    await rowOf(page, 1).waitFor()
    assert.equal(await page.locator('[data-part="grid"]').getByRole('checkbox').count(), 0)
    assert.deepEqual(faults, [])
  })
})
