import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { after, before, describe, it } from 'node:test'
import type { Browser, BrowserContext, Locator, Page } from 'playwright-core'
import { createPluginDatabase } from '../../db/plugin-database.ts'
import { archiveCalls } from '../../plugins/cdr/archive.ts'
import { cdrColumnSet } from '../../plugins/cdr/cdr-columns.ts'
import { ingestCalls } from '../../plugins/cdr/ingest.ts'
import { cdr } from '../../plugins/cdr/plugin.ts'
import { monthName, monthStart } from '../../plugins/cdr/range.ts'
import { plugins } from '../../plugins/index.ts'
import { seriousFaults } from '../support/axe.ts'
import { openBrowser, openReceiving, type Receiving } from '../support/browser.ts'
import { giveCalls } from '../support/call-pages.ts'
import { makeCall } from '../support/cdr-context.ts'
import { startPortal, type TestPortal, testActor } from '../support/portal.ts'

const host = 'acme.localhost'
const total = 260
const visible = ['callId', 'direction', 'startedAt', 'cli', 'destination', 'destinationName', 'duration', 'charge']
const shown = [...visible, 'currency', 'sipCode', 'releaseReason', 'codec']

const ends: (() => unknown)[] = []
const whole = { after: (end: () => unknown) => ends.unshift(end) }

interface Opened extends Receiving {
  readonly context: BrowserContext
  readonly asked: string[]
}

const rows = (page: Page): Locator => page.locator('[data-part=grid-row]')
const cells = (page: Page, column: string): Locator => page.locator(`tbody [data-column=${column}]`)
const headings = async (page: Page): Promise<readonly string[]> =>
  (await page.locator('[data-part=grid-heading]').allTextContents()).map(text => text.trim())
const counted = (page: Page, text: string): Promise<void> =>
  page.locator('[data-part=grid-state]', { hasText: new RegExp(`^${text}$`) }).waitFor()

describe('calls', () => {
  let browser: Browser
  let portal: TestPortal
  let ada: Awaited<ReturnType<TestPortal['signedIn']>>

  const setColumns = (columns: readonly string[]): Promise<unknown> =>
    portal.installation.stores.brands.setColumns(
      portal.world.acme.id,
      { report: 'CDR', userType: 'CUSTOMER', columns },
      testActor
    )
  const open = async (
    search = '',
    options: Parameters<Browser['newContext']>[0] = {},
    contact = ada.contact
  ): Promise<Opened> => {
    const watched = await openReceiving(browser, { timezoneId: 'Europe/Berlin', locale: 'en-GB', ...options })
    const asked: string[] = []
    watched.page.on('request', request => {
      if (request.url().endsWith('/graphql')) asked.push(request.postData() ?? '')
    })
    await watched.context.addCookies([
      { name: 'portal', value: await portal.session(contact), domain: host, path: '/' }
    ])
    await watched.page.goto(`http://${host}:${portal.port}/calls${search}`)
    return { ...watched, asked }
  }
  const nodes = async (where: object, columns: readonly string[], sort: object[] | null = null) => {
    const now = Date.now()
    const answer = await portal.query(
      host,
      `query ($filter: CdrFilter!, $sort: [SortInput!]) {
        cdrs(filter: $filter, sort: $sort, first: 500) { nodes { ${columns.join(' ')} } }
      }`,
      {
        session: ada.session,
        variables: {
          filter: {
            range: { from: new Date(now - 6 * 86_400_000).toISOString(), to: new Date(now + 86_400_000).toISOString() },
            ...where
          },
          sort
        }
      }
    )
    return answer.json.data.cdrs.nodes as Record<string, string | number | null>[]
  }

  before(async () => {
    browser = await openBrowser(whole)
    portal = await startPortal(whole, { plugins, jobs: true })
    ada = await portal.signedIn('Ada')
    await setColumns(shown)
    await giveCalls(portal, ada.company.id, total)
  })
  after(async () => {
    for (const end of ends) await end()
  })

  it('are searched, filtered, sorted, looked at and exported by mouse', async () => {
    const { page, context, faults, asked } = await open()
    await page.getByRole('heading', { level: 1, name: 'Calls' }).waitFor()
    await counted(page, '100 rows loaded')
    await page.getByText('Times are those of Europe/Berlin.').waitFor()
    assert.equal(await page.locator('[aria-sort=descending]').textContent(), 'Start')
    assert.equal(await cells(page, 'callId').first().textContent(), 'call-0@switch')

    // Endless: at the end of what is there, more comes by itself; only rows in sight are drawn.
    const scroller = page.locator('[data-part=grid-scroller]')
    for (const count of ['200 rows loaded', `${total} rows`]) {
      await scroller.evaluate(element => element.scrollTo({ top: element.scrollHeight }))
      await counted(page, count)
    }
    await scroller.evaluate(element => element.scrollTo({ top: element.scrollHeight }))
    await page.getByText(`call-${total - 1}@switch`).waitFor()
    assert.ok((await rows(page).count()) < 80, `${await rows(page).count()} rows are drawn`)
    assert.equal(await page.getByRole('button', { name: 'Load more' }).count(), 0)

    // The short-cuts.
    await page.getByLabel('Connected only').check()
    const connected = await nodes({ connectedOnly: true }, ['callId'])
    assert.ok(connected.length > 100 && connected.length < total)
    await counted(page, '100 rows loaded')
    await page.getByLabel('Direction').selectOption({ label: 'Inbound' })
    const inbound = await nodes({ connectedOnly: true, direction: 'ORIGINATION' }, ['callId', 'cli'])
    await counted(page, `${inbound.length} rows`)
    assert.deepEqual([...new Set(await cells(page, 'direction').allTextContents())], ['Inbound'])
    await page.getByLabel('Number').fill(`+${String(inbound[2]!.cli).replace(/(....)/, '$1 ')}`)
    await counted(page, '1 row')
    assert.equal(await cells(page, 'callId').textContent(), inbound[2]!.callId)

    // Nothing fits, and the way back.
    await page.getByLabel('Number').fill('0000000000000')
    await page.getByText('No calls in this period fit the filter.').waitFor()
    await page.getByRole('button', { name: 'Remove the filters' }).click()
    await counted(page, '100 rows loaded')
    assert.equal(await page.getByLabel('Number').inputValue(), '')

    // The query builder: (not answered or long) and to the United Kingdom.
    await page.getByRole('button', { name: 'Filter' }).click()
    const builder = page.locator('[data-part=query-builder]')
    await builder.getByLabel('Column').selectOption({ label: 'Destination name' })
    await builder.getByLabel('Comparison').selectOption({ label: 'starts with' })
    await builder.getByRole('button', { name: 'Apply' }).click()
    await builder.getByText('Give a value.').waitFor()
    await builder.getByLabel('Value').fill('United Kingdom')
    await builder.getByRole('button', { name: 'Add a group' }).click()
    const group = builder.locator('[data-depth="2"]')
    await group.getByLabel('Column').selectOption({ label: 'Release reason' })
    await group.getByLabel('Value').selectOption({ label: 'No answer' })
    await group.getByRole('button', { name: 'Add a rule' }).click()
    const second = group.locator('[data-part=rule]').nth(1)
    await second.getByLabel('Column').selectOption({ label: 'Duration' })
    await second.getByLabel('Comparison').selectOption({ label: 'is at least' })
    await second.getByLabel('Value').fill('long')
    await builder.getByRole('button', { name: 'Apply' }).click()
    await second.getByText('This value does not fit the column.').waitFor()
    assert.deepEqual(await seriousFaults(page), [])
    await second.getByLabel('Value').fill('400')
    await builder.getByRole('button', { name: 'Apply' }).click()
    const where = {
      match: 'ALL',
      rules: [{ column: 'destinationName', op: 'startsWith', value: 'United Kingdom' }],
      groups: [
        {
          match: 'ANY',
          rules: [
            { column: 'releaseReason', op: 'eq', value: 'NO_ANSWER' },
            { column: 'duration', op: 'gte', value: '400' }
          ]
        }
      ]
    }
    const wanted = await nodes({ where }, ['callId', 'destination', 'charge'], [{ column: 'charge', dir: 'DESC' }])
    assert.ok(wanted.length > 5 && wanted.length < 80, `${wanted.length} calls`)
    await counted(page, `${wanted.length} rows`)
    await page.keyboard.press('Escape')
    assert.equal(await builder.getByRole('group').count(), 0)
    assert.match(await page.evaluate<string>('document.activeElement.textContent'), /^Filter: 3 rules$/)

    // Columns: two out, one drawn to the front.
    await page.getByRole('button', { name: /^Columns/ }).click()
    const chooser = page.locator('[data-part=column-chooser]')
    for (const title of ['Direction', 'Caller', 'Destination name', 'Currency', 'SIP code', 'Release reason', 'Codec'])
      await chooser.getByRole('checkbox', { name: title, exact: true }).uncheck()
    const handle = chooser.getByRole('button', { name: 'Move Charge' })
    const [from, to] = [
      (await handle.boundingBox())!,
      (await chooser.getByRole('button', { name: 'Move Call-ID' }).boundingBox())!
    ]
    await page.mouse.move(from.x + 5, from.y + 5)
    await page.mouse.down()
    await page.mouse.move(to.x + 5, to.y + 20, { steps: 5 })
    await page.mouse.move(to.x + 5, to.y + 5, { steps: 2 })
    await page.mouse.up()
    await page.getByRole('heading', { level: 1 }).click()
    const chosen = ['Charge', 'Call-ID', 'Start', 'Destination', 'Duration']
    assert.deepEqual(await headings(page), chosen)

    // Sort.
    await page.getByRole('button', { name: 'Charge' }).click()
    await page.locator('[aria-sort=ascending]').waitFor()
    await page.getByRole('button', { name: 'Charge' }).click()
    await page.locator('[aria-sort=descending]').waitFor()
    await page.getByRole('row').nth(1).getByText(String(wanted[0]!.callId)).waitFor()
    assert.deepEqual(
      await cells(page, 'callId').allTextContents(),
      wanted.map(each => each.callId)
    )

    // Details have all columns, whatever the list shows; only they have asked for them.
    const before = asked.length
    await rows(page).first().click()
    const drawer = page.getByRole('dialog')
    await drawer.locator('[data-part=details][aria-busy=false]').waitFor()
    assert.equal(await drawer.locator('dt').count(), shown.length)
    assert.equal(await drawer.locator('[data-column=codec] dd').textContent(), 'G711A')
    const lists = asked.slice(0, before).filter(each => each.includes('query Calls('))
    assert.match(lists[0]!, /\bcodec\b/)
    assert.doesNotMatch(lists.at(-1)!, /\bcodec\b/)
    assert.match(asked.slice(before).find(each => each.includes('query Call('))!, /\bcodec\b/)
    assert.deepEqual(await seriousFaults(page), [])
    await page.keyboard.press('Escape')
    await drawer.waitFor({ state: 'hidden' })
    assert.equal(await page.evaluate<string>('document.activeElement.dataset.part'), 'grid-row')

    // The file is what the list is.
    await page.getByRole('button', { name: 'Export CSV' }).click()
    const link = page.getByRole('link', { name: `Download the CSV file (${wanted.length} rows)` })
    await link.waitFor()
    const [download] = await Promise.all([page.waitForEvent('download'), link.click()])
    const lines = (await readFile(await download.path(), 'utf8')).trimEnd().split('\r\n')
    const listed = await nodes({ where }, ['charge', 'callId', 'startedAt', 'destination', 'duration'])
    assert.deepEqual(lines, [
      'Charge,Call-ID,Start,Destination,Duration',
      ...listed.map(each => [each.charge, each.callId, each.startedAt, each.destination, each.duration].join(','))
    ])
    // Another filter, and the link is gone.
    await page.getByLabel('Connected only').check()
    await link.waitFor({ state: 'detached' })

    // The address tells all of it to somebody else, and after a reload.
    const { search } = new URL(page.url())
    await page.reload()
    const kept = await nodes({ where, connectedOnly: true }, ['callId'], [{ column: 'charge', dir: 'DESC' }])
    await counted(page, kept.length === 1 ? '1 row' : `${kept.length} rows`)
    const ben = await portal.contact(ada.company, 'ben@example.net')
    const other = await open(search, {}, ben)
    await counted(other.page, kept.length === 1 ? '1 row' : `${kept.length} rows`)
    assert.deepEqual(await headings(other.page), chosen)
    assert.deepEqual(
      await cells(other.page, 'callId').allTextContents(),
      kept.map(each => each.callId)
    )
    assert.equal(await other.page.locator('[aria-sort=descending]').textContent(), 'Charge')
    assert.equal(await other.page.getByLabel('Connected only').isChecked(), true)
    assert.deepEqual([...faults, ...other.faults], [])
    await other.context.close()
    await context.close()
  })

  it('are searched, sorted, looked at and exported by keyboard alone', async () => {
    const ben = await portal.contact(ada.company, 'keys@example.net')
    const { page, context, faults } = await open('', {}, ben)
    await counted(page, '100 rows loaded')
    const focused = (): Promise<string> =>
      page.evaluate<string>(`(() => {
        const { activeElement: at } = document
        return (at.getAttribute('aria-label') ?? at.labels?.[0]?.textContent ?? at.textContent).trim()
      })()`)
    const focusedOn = (text: unknown): Promise<void> =>
      page.locator('[data-part=grid-row]:focus', { hasText: String(text) }).waitFor()
    const tabTo = async (name: RegExp, key = 'Tab'): Promise<void> => {
      for (let steps = 0; steps < 80; steps++) {
        await page.keyboard.press(key)
        if (name.test(await focused())) return
      }
      assert.fail(`no way to ${name} by ${key}`)
    }
    await tabTo(/^Period$/)
    await page.keyboard.press('Home')
    await page.waitForURL(/period=lastHour/)
    await page.keyboard.type('Last 7')
    await page.waitForURL(/period=last7Days/)
    await counted(page, '100 rows loaded')

    await tabTo(/^Filter/)
    await page.keyboard.press('Enter')
    await tabTo(/^Column$/)
    await page.keyboard.type('Duration')
    await tabTo(/^Comparison$/)
    await page.keyboard.type('is more')
    await tabTo(/^Value/)
    await page.keyboard.type('600')
    await page.keyboard.press('Enter')
    const where = { rules: [{ column: 'duration', op: 'gt', value: '600' }] }
    const long = await nodes({ where }, ['callId', 'duration'], [{ column: 'duration', dir: 'ASC' }])
    await counted(page, `${long.length} rows`)
    await page.keyboard.press('Escape')
    assert.match(await focused(), /^Filter: 1 rule$/)

    await tabTo(/^Columns/)
    await page.keyboard.press('Space')
    await tabTo(/^Move Duration$/)
    await page.keyboard.press('Home')
    await page.locator('[data-part=grid-heading]', { hasText: 'Duration' }).first().waitFor()
    assert.equal((await headings(page))[0], 'Duration')
    assert.equal(await focused(), 'Move Duration')
    await tabTo(/^Call-ID$/)
    await tabTo(/^Direction$/)
    await page.keyboard.press('Space')
    await page.keyboard.press('Escape')
    assert.equal((await headings(page)).includes('Direction'), false)

    await tabTo(/^Duration$/)
    await page.keyboard.press('Enter')
    await page.locator('[aria-sort=ascending]').waitFor()
    await counted(page, `${long.length} rows`)
    await page.getByRole('row').nth(1).getByText(String(long[0]!.callId)).waitFor()
    await tabTo(new RegExp(String(long[0]!.callId)))
    for (let step = 0; step < 3; step++) await page.keyboard.press('ArrowDown')
    await focusedOn(long[3]!.callId)
    await page.keyboard.press('Enter')
    const drawer = page.getByRole('dialog')
    await drawer.locator('[data-column=callId] dd', { hasText: String(long[3]!.callId) }).waitFor()
    await page.keyboard.press('Escape')
    await drawer.waitFor({ state: 'hidden' })
    assert.match(await focused(), new RegExp(String(long[3]!.callId)))
    await page.keyboard.press('End')
    await focusedOn(long.at(-1)!.callId)

    await tabTo(/^Export CSV$/, 'Shift+Tab')
    await page.keyboard.press('Enter')
    await page.getByRole('link', { name: /^Download the CSV file/ }).waitFor()
    await tabTo(/^Download the CSV file/)
    const [download] = await Promise.all([page.waitForEvent('download'), page.keyboard.press('Enter')])
    const lines = (await readFile(await download.path(), 'utf8')).trimEnd().split('\r\n')
    assert.equal(lines.length, long.length + 1)
    assert.match(lines[0]!, /^Duration,Call-ID,Start,/)
    assert.deepEqual(faults, [])
    await context.close()
  })

  it('name no column that the viewer does not have', async t => {
    t.after(() => setColumns(shown))
    await setColumns(visible)
    const { page, context, faults, bodies, asked } = await open('?period=last7Days')
    await counted(page, '100 rows loaded')
    await rows(page).first().click()
    await page.getByRole('dialog').locator('[data-part=details][aria-busy=false]').waitFor()
    await page.keyboard.press('Escape')
    await page.getByRole('button', { name: 'Charge' }).click()
    await page.locator('[aria-sort=ascending]').waitFor()
    await page.getByRole('button', { name: 'Filter' }).click()
    const builder = page.locator('[data-part=query-builder]')
    const titles = (await builder.getByLabel('Column').locator('option').allTextContents()).join()
    const titleOf = (name: string): string => cdrColumnSet.columns.find(column => column.name === name)!.title
    assert.equal(titles, visible.map(titleOf).join())
    await page.keyboard.press('Escape')
    await page.getByRole('button', { name: /^Columns/ }).click()
    assert.deepEqual(
      (await page.locator('[data-part=column-choice]').allTextContents()).map(text => text.trim()),
      visible.map(titleOf)
    )
    await page.keyboard.press('Escape')
    const hidden = cdrColumnSet.columns.map(({ name }) => name).filter(name => !visible.includes(name))
    assert.ok(hidden.includes('recordingId') && hidden.includes('rtpServer'))
    const named = (text: string, names: readonly string[]): readonly string[] =>
      names.filter(name => new RegExp(`\\b${name}\\b`).test(text))
    // What the shell itself speaks of: the currency of the company.
    const answers = [...bodies].filter(([url]) => url.endsWith('/graphql')).map(([, body]) => body)
    assert.ok(answers.join().includes('"destinationName"'))
    // A type of column is called rate, too, and a feature dtmf: what counts is fields and names of columns.
    const told = answers
      .join('\n')
      .match(/"(\w+)":|"name":"(\w+)"/g)!
      .join()
    const foreign = hidden.filter(name => name !== 'currency')
    assert.deepEqual(named(told, foreign), [])
    assert.deepEqual(named(asked.join('\n'), foreign), [])
    // Scripts: the names that are no everyday words.
    const scripts = [...bodies].filter(([url]) => url.endsWith('.js')).map(([, body]) => body)
    assert.ok(scripts.length > 1)
    const telling = hidden.filter(name => /[A-Z]/.test(name))
    assert.deepEqual(named(scripts.join('\n'), telling), [])

    // A column that is hidden while the page is open goes from it, from its filter and from its sort.
    await page.getByRole('button', { name: 'Filter' }).click()
    await builder.getByLabel('Column').selectOption({ label: 'Charge' })
    await builder.getByLabel('Comparison').selectOption({ label: 'is more than' })
    await builder.getByLabel('Value').fill('0.01')
    await builder.getByRole('button', { name: 'Apply' }).click()
    await builder.getByRole('button', { name: 'Add a rule' }).click()
    await builder.getByLabel('Column').nth(1).selectOption({ label: 'Duration' })
    await builder.getByLabel('Comparison').nth(1).selectOption({ label: 'is more than' })
    await builder.getByLabel('Value').nth(1).fill('600')
    await builder.getByRole('button', { name: 'Apply' }).click()
    const where = (rules: object[]) => ({ where: { rules } })
    const costly = { column: 'charge', op: 'gt', value: '0.01' }
    const long = { column: 'duration', op: 'gt', value: '600' }
    const both = await nodes(where([costly, long]), ['callId'])
    await counted(page, `${both.length} rows`)
    await page.keyboard.press('Escape')
    const saved = new URL(page.url()).search
    await page.getByRole('button', { name: 'Views' }).click()
    await page.getByLabel('Name of the view').fill('Dear and long')
    await page.keyboard.press('Enter')
    await page.getByRole('button', { name: 'Dear and long', exact: true }).waitFor()
    await page.keyboard.press('Escape')
    await setColumns(visible.filter(name => name !== 'charge'))
    await page.evaluate(`dispatchEvent(new Event('focus'))`)
    await page.locator('[data-part=grid-heading][data-column=charge]').waitFor({ state: 'detached' })
    const rest = await nodes(where([long]), ['callId'])
    await counted(page, `${rest.length} rows`)
    assert.equal(await page.locator('[aria-sort=descending]').textContent(), 'Start')
    await page.getByRole('button', { name: 'Filter: 1 rule' }).waitFor()
    assert.equal((await page.getByRole('alert').allTextContents()).join(''), '')

    // So do the view and the address from before.
    await page.getByLabel('Connected only').check()
    await page.getByRole('button', { name: 'Views' }).click()
    await page.getByRole('button', { name: 'Dear and long', exact: true }).click()
    await counted(page, `${rest.length} rows`)
    assert.equal(await page.getByLabel('Connected only').isChecked(), false)
    assert.equal((await headings(page)).includes('Charge'), false)
    const again = await open(saved)
    await counted(again.page, `${rest.length} rows`)
    assert.equal((await headings(again.page)).includes('Charge'), false)
    assert.deepEqual(named(again.asked.join('\n'), ['charge']), [])
    assert.deepEqual([...faults, ...again.faults], [])
    await again.context.close()
    await context.close()
  })

  it('have headings in the language of the page, and files have them in English', async () => {
    const titles = (of: 'title' | 'ar'): readonly string[] =>
      shown.map(name => {
        const { title, titles } = cdrColumnSet.columns.find(column => column.name === name)!
        return of === 'ar' ? titles!.ar! : title
      })
    const cleo = await portal.contact(ada.company, 'cleo@example.net')
    const { page, context, faults } = await open('', {}, cleo)
    await counted(page, '100 rows loaded')
    assert.deepEqual(await headings(page), titles('title'))

    await page.locator('[data-part=account-button]').click()
    await page.getByRole('combobox', { name: 'Language' }).selectOption({ label: 'العربية' })
    await page.locator('[data-part=grid-heading]', { hasText: 'معرّف المكالمة' }).waitFor()
    assert.deepEqual(await headings(page), titles('ar'))
    await page.reload()
    await page.locator('[data-part=grid-heading]', { hasText: 'معرّف المكالمة' }).waitFor()
    assert.deepEqual(await headings(page), titles('ar'))

    await page.getByRole('button', { name: 'تصدير CSV' }).click()
    const link = page.getByRole('link', { name: /^تنزيل ملف CSV/ })
    const [file] = await Promise.all([page.waitForEvent('download'), link.click()])
    const csv = await readFile(await file.path(), 'utf8')
    assert.equal(csv.split('\r\n')[0], titles('title').join(','))
    assert.deepEqual(faults, [])
    await context.close()
  })

  it('of archived months are told of and linked to', async () => {
    const ben = await portal.signedIn('Archie')
    const now = Date.now()
    const old = monthStart(now, 5)
    const month = monthName(old)
    const db = createPluginDatabase(portal.database, cdr)
    await ingestCalls(db, [
      makeCall({ companyId: ben.company.id, startedAt: old + 9 * 86_400_000, callId: 'long-ago', identity: 'long-ago' })
    ])
    await archiveCalls(db, now)
    const { page, context, faults } = await open('', { timezoneId: 'UTC' }, ben.contact)
    await page.getByText('No calls in this period.').waitFor()
    assert.equal(await page.getByRole('button', { name: 'Remove the filters' }).count(), 0)
    assert.deepEqual(await seriousFaults(page), [])
    const field = (at: number): string => new Date(at).toISOString().slice(0, 16)
    await page.getByLabel('From').fill(field(old))
    await page.getByText('The period may span 31 days.').waitFor()
    await page.getByLabel('Until').fill(field(old))
    await page.getByText('The period must end after it begins.').waitFor()
    await page.getByLabel('Until').fill(field(monthStart(now, 4)))
    const told = page.locator('[data-part=archived]')
    await told.getByText('Calls of these months are in the archive.').waitFor()
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      told.getByRole('link', { name: `Download ${month}` }).click()
    ])
    assert.match(await readFile(await download.path(), 'utf8'), /long-ago/)
    assert.deepEqual(await seriousFaults(page), [])
    await page.getByLabel('Period').selectOption({ label: 'Today' })
    await page.getByText('No calls in this period.').waitFor()
    assert.equal(await told.count(), 0)
    await page.getByText('Older calls').click()
    await page.getByRole('link', { name: `Download ${month}` }).waitFor()
    assert.deepEqual(faults, [])
    await context.close()
  })
})
