import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { after, before, describe, it } from 'node:test'
import { parse } from 'csv-parse/sync'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { createPluginDatabase } from '../../db/plugin-database.ts'
import { breakoutColumnSet } from '../../plugins/cdr/breakout-columns.ts'
import { ingestCalls } from '../../plugins/cdr/ingest.ts'
import { cdr } from '../../plugins/cdr/plugin.ts'
import { plugins } from '../../plugins/index.ts'
import { seriousFaults } from '../support/axe.ts'
import { openBrowser, openReceiving, type Receiving } from '../support/browser.ts'
import { makeCall } from '../support/cdr-context.ts'
import { startPortal, type TestPortal, testActor } from '../support/portal.ts'
import { becomes, until } from '../support/until.ts'

const host = 'acme.localhost'
const day = 86_400_000
const hour = 3_600_000
const today = Math.floor(Date.now() / day) * day
const names = [
  'France',
  'Egypt',
  'Spain',
  'Italy',
  'India',
  'Brazil',
  'Poland',
  'Norway',
  'Ghana',
  'Chile',
  'Kenya',
  null
]
const all = breakoutColumnSet.columns.filter(({ audience }) => audience.includes('CUSTOMER')).map(({ name }) => name)

const ends: (() => unknown)[] = []
const whole = { after: (end: () => unknown) => ends.unshift(end) }

interface Opened extends Receiving {
  readonly context: BrowserContext
  /** Bodies of the requests to GraphQL. */
  readonly asked: string[]
}

/** The rows and totals the API gives; figures as it writes them. */
interface Sums {
  readonly rows: readonly Readonly<Record<string, string | number | null>>[]
  readonly totals: Readonly<Record<string, string | number | null>>
  readonly unrated: number
}

const range = (from: number, to: number) => ({ from: new Date(from).toISOString(), to: new Date(to).toISOString() })
const week = range(today - 6 * day, today + day)
const figures = 'attempts connected duration customerDuration customerCharge acd asr'

const ready = async (page: Page): Promise<void> => {
  await page.locator('[data-part=breakout-report] [data-part=grid][data-state=READY]').waitFor()
  await page.locator('[data-part=breakout-facts]', { hasText: 'As of' }).waitFor()
  await page.locator('[data-part=chart][aria-busy=false]:not(:has([data-part=chart-state]))').waitFor()
}
const counted = (page: Page, text: string): Promise<void> =>
  page.locator('[data-part=grid-state]', { hasText: new RegExp(`^${text}$`) }).waitFor()
const column = (page: Page, name: string): Promise<readonly string[]> =>
  page.locator(`tbody [data-column=${name}]`).allTextContents()
const total = async (page: Page, name: string): Promise<string> =>
  (await page.locator(`tfoot [data-column=${name}]`).textContent()) ?? ''
/** How often the report was run: its totals are asked for once a run. */
const runs = ({ asked }: Opened): number => asked.filter(body => body.includes('BreakoutTotals')).length
/** The digits of what is shown, without zeros at the end. */
const digits = (text: string): string => trimmed(text.replaceAll(/[^\d.]/g, ''))
const trimmed = (decimal: unknown): string =>
  String(decimal)
    .replace(/(\.\d*?)0+$/, '$1')
    .replace(/\.$/, '')
/** Pixels of the drawing that are not empty. */
const ink = (page: Page): Promise<number> =>
  page.locator('[data-part=chart-lines] canvas').evaluate(element => {
    const canvas = element as HTMLCanvasElement
    const { data } = canvas.getContext('2d')!.getImageData(0, 0, canvas.width, canvas.height)
    return data.filter((value, index) => index % 4 === 3 && value > 0).length
  })
/** Waits until the drawing has a colour, or has it no more. @param colour red, green and blue */
const colourIs = async (page: Page, colour: readonly number[], there: boolean): Promise<void> => {
  await page.waitForFunction(
    ([red, green, blue, wanted]) => {
      const canvas = document.querySelector<HTMLCanvasElement>('[data-part=chart-lines] canvas')
      if (canvas === null) return false
      const { data } = canvas.getContext('2d')!.getImageData(0, 0, canvas.width, canvas.height)
      let found = false
      for (let at = 0; at < data.length && !found; at += 4)
        found = data[at] === red && data[at + 1] === green && data[at + 2] === blue && data[at + 3] === 255
      return found === (wanted === 1)
    },
    [...colour, there ? 1 : 0]
  )
}

describe('breakout', () => {
  let browser: Browser
  let portal: TestPortal
  let ada: Awaited<ReturnType<TestPortal['signedIn']>>
  let empty: Awaited<ReturnType<TestPortal['signedIn']>>

  const setColumns = (columns: readonly string[]): Promise<unknown> =>
    portal.installation.stores.brands.setColumns(
      portal.world.acme.id,
      { report: 'BREAKOUT', userType: 'CUSTOMER', columns },
      testActor
    )
  const open = async (
    search = '',
    options: Parameters<Browser['newContext']>[0] = {},
    contact = ada.contact,
    before = ''
  ): Promise<Opened> => {
    const watched = await openReceiving(browser, { timezoneId: 'UTC', locale: 'en-GB', ...options })
    await watched.page.addInitScript(before)
    const asked: string[] = []
    watched.page.on('request', request => {
      if (request.url().endsWith('/graphql')) asked.push(request.postData() ?? '')
    })
    await watched.context.addCookies([
      { name: 'portal', value: await portal.session(contact), domain: host, path: '/' }
    ])
    await watched.page.goto(`http://${host}:${portal.port}/breakout${search}`)
    return { ...watched, asked }
  }
  const sums = async (variables: object): Promise<Sums> => {
    const answer = await portal.query(
      host,
      `query ($range: CdrRange!, $groupBy: [String!]!, $period: BreakoutPeriod, $filter: GridFilter, $having: GridFilter, $sort: [SortInput!]) {
        breakout(range: $range, groupBy: $groupBy, period: $period, filter: $filter, having: $having, sort: $sort, first: 500) {
          rows { period destinationName ${figures} } totals { ${figures} } unrated
        }
      }`,
      { session: ada.session, variables: { range: week, groupBy: ['period'], ...variables } }
    )
    assert.equal(answer.json.errors, undefined, answer.text)
    return answer.json.data.breakout
  }
  const totalsAre = async (page: Page, { totals }: Sums): Promise<void> => {
    for (const name of ['attempts', 'connected', 'customerCharge', 'acd', 'asr'])
      await becomes(async () => digits(await total(page, name)), trimmed(totals[name]), name)
  }

  before(async () => {
    browser = await openBrowser(whole)
    portal = await startPortal(whole, { plugins, jobs: true })
    ada = await portal.signedIn('Ada')
    empty = await portal.signedIn('Empty')
    await setColumns(all)
    const calls = [1, 2, 3, 4, 5].flatMap(back =>
      names.flatMap((name, place) =>
        [6, 12, 18].flatMap(at =>
          Array.from({ length: 1 + ((place + back) % 3) }, (_, index) => {
            const duration = index === 2 ? 0 : 10 * (place + 1) + back
            return makeCall({
              companyId: ada.company.id,
              startedAt: today - back * day + at * hour + index * 1_000,
              destinationName: name,
              destinationCode: name === null ? null : String(30 + place),
              cardName: place % 2 === 0 ? 'Business' : 'Wholesale',
              duration,
              billedDuration: duration,
              charge: place === 11 ? null : BigInt(duration * 1_237),
              pdd: 700 + place
            })
          })
        )
      )
    )
    await ingestCalls(createPluginDatabase(portal.database, cdr), calls)
  })
  after(async () => {
    for (const end of ends) await end()
  })

  it('sums when it is told to, draws what it sums, and writes it to a file', async () => {
    const opened = await open()
    const { page, faults } = opened
    await ready(page)
    assert.equal(await page.getByRole('link', { name: 'Breakout' }).getAttribute('aria-current'), 'page')
    const first = await sums({})
    assert.deepEqual(
      (await column(page, 'attempts')).map(Number),
      first.rows.map(({ attempts }) => attempts)
    )
    await totalsAre(page, first)
    await page.getByText(`${first.unrated} calls in this period have no rate yet`).waitFor()
    await page.getByText('Hours, days, weeks and months are those of UTC.').waitFor()
    const drawing = page.getByRole('img', { name: 'Attempts over time, 1 line. The table has the figures.' })
    await drawing.waitFor()
    await until(async () => (await ink(page)) > 1_000)
    assert.deepEqual(await seriousFaults(page), [])

    // A change of what to sum is no run; the page says so.
    const before = runs(opened)
    await page.getByLabel('Then by (2)').selectOption({ label: 'Destination' })
    await page.getByText('You changed what to sum.').waitFor()
    assert.equal(runs(opened), before)
    assert.equal(new URL(page.url()).searchParams.get('groups'), null)
    await page.getByRole('button', { name: 'Refresh' }).click()
    await counted(page, '60 rows')
    await ready(page)
    assert.equal(runs(opened), before + 1)
    assert.equal(await page.getByText('You changed what to sum.').count(), 0)
    assert.equal(new URL(page.url()).searchParams.get('groups'), 'period,destinationName')
    await totalsAre(page, await sums({ groupBy: ['period', 'destinationName'] }))

    // The largest eight, and what is left out.
    const keys = page.locator('[data-part=chart-key]')
    await becomes(() => keys.count(), 8)
    await page.getByText('Only the 8 largest by Attempts are drawn; the others are left out.').waitFor()
    await page.getByRole('img', { name: 'Attempts over time, 8 lines.' }).waitFor()
    const largest = await sums({ groupBy: ['destinationName'], sort: [{ column: 'attempts', dir: 'DESC' }] })
    assert.deepEqual(
      await keys.allTextContents(),
      largest.rows.slice(0, 8).map(({ destinationName }) => destinationName ?? '(none)')
    )
    // Each line has the values of its group; the text alternative says them.
    await page.getByText('Figures of the chart').click()
    const byDay = await sums({
      filter: { rules: [{ column: 'destinationName', op: 'eq', value: await keys.first().textContent() }] }
    })
    await becomes(
      async () =>
        (
          await page
            .locator('[data-part=chart-scroller] tbody tr')
            .evaluateAll(rows => rows.map(row => row.children[1]!.textContent).filter(text => text !== ''))
        ).map(Number),
      byDay.rows.map(({ attempts }) => Number(attempts))
    )

    // Sort and chart follow at once, without another look at the totals.
    const runsBefore = runs(opened)
    await page.getByRole('button', { name: 'Charge' }).click()
    await page.locator('th[data-column=customerCharge][aria-sort=ascending]').waitFor()
    await page.getByRole('button', { name: 'Charge' }).click()
    await page.locator('th[data-column=customerCharge][aria-sort=descending]').waitFor()
    await ready(page)
    const sorted = await sums({
      groupBy: ['period', 'destinationName'],
      sort: [{ column: 'customerCharge', dir: 'DESC' }]
    })
    // The rows of the sort before stand until those of this one are there.
    await becomes(
      async () => digits((await column(page, 'customerCharge'))[0]!),
      trimmed(sorted.rows[0]!.customerCharge)
    )
    await page.getByLabel('Show', { exact: true }).selectOption({ label: 'ASR' })
    await page.getByRole('img', { name: 'ASR over time, 8 lines.' }).waitFor()
    assert.equal(runs(opened), runsBefore)

    // Which calls, and which rows.
    await page.getByLabel('Destination', { exact: true }).fill('ra')
    await page.getByRole('group', { name: 'Rows to show' }).getByRole('button', { name: 'Filter' }).click()
    const builder = page.getByRole('group', { name: 'Filter' })
    await builder.getByLabel('Column').selectOption({ label: 'Attempts' })
    await builder.getByLabel('Comparison').selectOption({ label: 'is more than' })
    await builder.getByLabel('Value').fill('4')
    await builder.getByRole('button', { name: 'Apply' }).click()
    await page.getByText('You changed what to sum.').waitFor()
    await page.keyboard.press('Escape')
    await page.getByRole('button', { name: 'Refresh' }).click()
    const narrow = await sums({
      groupBy: ['period', 'destinationName'],
      filter: { rules: [{ column: 'destinationName', op: 'contains', value: 'ra' }] },
      having: { rules: [{ column: 'attempts', op: 'gt', value: '4' }] }
    })
    assert.ok(narrow.rows.length > 0 && narrow.rows.length < 10, JSON.stringify(narrow))
    await counted(page, `${narrow.rows.length} rows`)
    await ready(page)
    await totalsAre(page, narrow)
    assert.deepEqual(new Set(await column(page, 'destinationName')), new Set(['France', 'Brazil']))

    // The file is the table.
    await page.getByRole('button', { name: 'Export CSV' }).click()
    const download = page.waitForEvent('download')
    await page.getByRole('link', { name: `Download the CSV file (${narrow.rows.length} rows)` }).click()
    const lines = parse(await readFile(await (await download).path()), { bom: true }) as string[][]
    const headings = (await page.locator('[data-part=grid-heading]').allTextContents()).map(text => text.trim())
    assert.equal(lines[0]!.length, headings.length)
    for (const name of ['attempts', 'customerCharge', 'asr']) {
      const place = await page
        .locator('[data-part=grid-heading]')
        .evaluateAll((all, wanted) => all.findIndex(each => (each as HTMLElement).dataset.column === wanted), name)
      assert.deepEqual(
        lines.slice(1).map(line => trimmed(line[place])),
        (await column(page, name)).map(digits),
        name
      )
    }

    // The address is the report: back, and as a link.
    const address = page.url()
    await page.goBack()
    await counted(page, '60 rows')
    assert.equal(await page.getByLabel('Destination', { exact: true }).inputValue(), '')
    await page.goto(address)
    await counted(page, `${narrow.rows.length} rows`)
    assert.equal(await page.getByLabel('Destination', { exact: true }).inputValue(), 'ra')
    await page.getByRole('img', { name: /^ASR over time/ }).waitFor()
    assert.deepEqual(faults, [])
  })

  it('is done by the keyboard alone', async () => {
    const { page, faults } = await open('?range=last7Days')
    await ready(page)
    /** Tabs on until the element with the focus has this name. */
    const tabTo = async (name: string | RegExp): Promise<void> => {
      for (let steps = 0; steps < 80; steps++) {
        await page.keyboard.press('Tab')
        const found = await page.evaluate(() => {
          const element = document.activeElement as HTMLInputElement | null
          return element?.labels?.[0]?.textContent ?? element?.getAttribute('aria-label') ?? element?.textContent ?? ''
        })
        if (typeof name === 'string' ? found.trim() === name : name.test(found)) return
      }
      assert.fail(`the keyboard does not come to ${name}`)
    }
    await tabTo('Group by')
    await page.keyboard.press('ArrowDown')
    await tabTo(/^Columns: /)
    await page.keyboard.press('Enter')
    await tabTo('Connected')
    await page.keyboard.press('Space')
    await page.keyboard.press('Escape')
    await tabTo('Refresh')
    await page.keyboard.press('Enter')
    await counted(page, '12 rows')
    await ready(page)
    // Without a time there are bars.
    const bars = page.getByRole('list', { name: 'Attempts of the largest groups' })
    await becomes(() => bars.getByRole('listitem').count(), 10)
    assert.equal(await page.locator('[data-part=grid-heading][data-column=connected]').count(), 0)
    const byDestination = await sums({ groupBy: ['destinationName'] })
    await becomes(async () => digits(await total(page, 'attempts')), String(byDestination.totals.attempts))
    await tabTo('Attempts')
    await page.keyboard.press('Enter')
    await page.locator('th[data-column=attempts][aria-sort=ascending]').waitFor()
    await ready(page)
    const least = Math.min(...byDestination.rows.map(({ attempts }) => Number(attempts)))
    await becomes(async () => Number((await column(page, 'attempts'))[0]), least)
    assert.equal(await page.evaluate(() => document.activeElement?.textContent?.trim()), 'Attempts')
    await tabTo(new RegExp(`^(${names.filter(name => name !== null).join('|')}|\\(none\\))`))
    await page.keyboard.press('End')
    await page.waitForFunction(() => document.activeElement?.getAttribute('aria-rowindex') === '13')
    assert.deepEqual(faults, [])
  })

  it('tells what is too long before the server does, and runs nothing of it', async () => {
    const long = range(today - 100 * day, today)
    const opened = await open(`?from=${long.from}&to=${long.to}&by=HOUR`)
    const { page, faults } = opened
    await page.getByText('By hour a report may span 92 days.').waitFor()
    assert.equal(runs(opened), 0)
    await page.getByRole('button', { name: 'Refresh', disabled: true }).click({ force: true })
    assert.equal(runs(opened), 0)
    await page.getByLabel('Sum by').selectOption({ label: 'Day' })
    await page.getByRole('button', { name: 'Refresh' }).click()
    await ready(page)
    assert.equal(await page.getByText('By hour a report may span').count(), 0)

    const field = (at: number): string => new Date(at).toISOString().slice(0, 16)
    await page.getByLabel('From').fill(field(today - 400 * day))
    await page.getByText('A report may span 13 months.').waitFor()
    const before = runs(opened)
    await page.getByRole('button', { name: 'Refresh', disabled: true }).click({ force: true })
    assert.equal(runs(opened), before)
    // By day over 13 months is just what the server allows.
    const allowed = new Date(today)
    allowed.setUTCMonth(allowed.getUTCMonth() - 13)
    await page.getByLabel('From').fill(field(allowed.getTime() + 3 * day))
    await page.getByRole('button', { name: 'Refresh' }).click()
    await ready(page)
    assert.equal((await column(page, 'attempts')).length, 5)

    // Ends that are no period are not run with what was there before.
    await page.getByLabel('Until').fill(field(today - 500 * day))
    await page.getByText('The period must end after it begins.').waitFor()
    const unchanged = runs(opened)
    await page.getByRole('button', { name: 'Refresh' }).click()
    assert.equal(runs(opened), unchanged)
    assert.deepEqual(faults, [])
  })

  it('reads further pages, says when there is nothing, and sums by whole hours of UTC', async () => {
    const opened = await open('?by=HOUR&groups=period,destinationName', { timezoneId: 'Asia/Kolkata' })
    const { page, faults } = opened
    await counted(page, '100 rows loaded')
    await ready(page)
    // Midnight there is half past the hour in UTC.
    await page.getByText('6:00 PM (UTC)').or(page.getByText('7:00 PM (UTC)')).waitFor()
    const sent = JSON.parse(opened.asked.find(body => body.includes('BreakoutRows'))!).variables.range
    assert.deepEqual([sent.from.slice(11, 16), sent.to.slice(11, 16)], ['18:00', '19:00'])
    assert.match((await column(page, 'period'))[0]!, /6:00/)
    await page.getByRole('button', { name: 'Load more' }).click()
    await counted(page, '180 rows')
    assert.equal(runs(opened), 1)

    await page.getByLabel('Destination', { exact: true }).fill('nowhere')
    await page.getByRole('button', { name: 'Refresh' }).click()
    await page.getByText('No calls in this period fit the filters.').waitFor()
    assert.equal(await page.locator('[data-part=chart]').count(), 0)
    assert.deepEqual(faults, [])

    const nothing = await open('', {}, empty.contact)
    await nothing.page.getByText('No calls in this period.').waitFor()
    assert.deepEqual(nothing.faults, [])
  })

  it('draws in the theme, in the direction and in the width of the page', async () => {
    const { page, faults, context } = await open('?range=last7Days', { colorScheme: 'light' })
    await ready(page)
    // The first line, as the sheet has it for either theme.
    const [light, dark] = [
      [11, 87, 208],
      [138, 180, 248]
    ] as const
    await colourIs(page, light, true)
    await page.emulateMedia({ colorScheme: 'dark' })
    await colourIs(page, dark, true)
    await colourIs(page, light, false)
    const canvas = page.locator('[data-part=chart-lines] canvas')
    const wide = await canvas.evaluate(element => element.clientWidth)
    await page.setViewportSize({ width: 390, height: 800 })
    await page.waitForFunction(
      before => document.querySelector('[data-part=chart-lines] canvas')!.clientWidth < before,
      wide
    )
    await until(async () => (await ink(page)) > 1_000)
    await becomes(() => page.evaluate(() => document.documentElement.scrollWidth), 390)
    assert.deepEqual(await seriousFaults(page), [])

    await page.evaluate(() => localStorage.setItem('language', 'ar'))
    await page.reload()
    await page.locator('[data-part=chart-key]').waitFor()
    assert.equal(await page.getByRole('heading', { level: 1 }).textContent(), 'التقرير التفصيلي')
    // Time goes from right to left, and the values stand at the right.
    const axis = await page.locator('.u-over').evaluate(element => {
      const whole = element.parentElement!.getBoundingClientRect()
      const inner = element.getBoundingClientRect()
      return { left: inner.left - whole.left, right: whole.right - inner.right }
    })
    assert.ok(axis.right > axis.left, JSON.stringify(axis))
    assert.deepEqual(await seriousFaults(page), [])
    assert.deepEqual(faults, [])
    await context.close()
  })

  it('stands in a browser whose language is no valid tag: the figures are there without the drawing', async () => {
    const odd = `Object.defineProperty(navigator, 'language', { get: () => 'en-US@posix' })`
    const { page, faults } = await open('?range=last7Days', {}, ada.contact, odd)
    await ready(page)
    await totalsAre(page, await sums({}))
    await page.getByRole('alert').filter({ hasText: 'This browser could not start the drawing.' }).waitFor()
    await page.getByText('Figures of the chart', { exact: true }).click()
    await page.locator('[data-part=chart-scroller] tbody tr').nth(5).waitFor()
    // What needs no drawing is drawn.
    await page.getByLabel('Group by', { exact: true }).selectOption({ label: 'Destination' })
    await page.getByRole('button', { name: 'Refresh' }).click()
    await page.getByRole('list', { name: 'Attempts of the largest groups' }).waitFor()
    assert.equal(await page.getByRole('alert').filter({ hasText: 'drawing' }).count(), 0)
    assert.deepEqual(await seriousFaults(page), [])
    assert.deepEqual(faults, [])
  })

  it('knows nothing of a metric that is hidden, and goes on when one is hidden meanwhile', async () => {
    const secrets = /customerCharge|averageRate|Average rate|"Charge"|>Charge</
    await setColumns(all.filter(name => !['customerCharge', 'averageRate'].includes(name)))
    const search = `?groups=period,destinationName&metrics=attempts,customerCharge&sort=customerCharge+DESC&chart=averageRate&having=${encodeURIComponent(
      JSON.stringify({ match: 'ALL', rules: [{ column: 'customerCharge', op: 'gt', value: '0' }] })
    )}`
    const opened = await open(search)
    const { page, bodies, asked, faults } = opened
    await counted(page, '60 rows')
    await ready(page)
    await page.getByText('The report named columns that are not there any more').waitFor()
    await until(() => !page.url().includes('customerCharge'))
    assert.deepEqual(
      (await page.locator('[data-part=grid-heading]').allTextContents()).map(text => text.trim()),
      ['Period', 'Destination', 'Attempts']
    )
    await page.getByRole('button', { name: /^Columns: / }).click()
    await page.locator('[data-part=column-choice]').first().waitFor()
    assert.doesNotMatch(await page.content(), secrets)
    for (const body of asked) assert.doesNotMatch(body, secrets)
    for (const [url, body] of bodies) assert.doesNotMatch(body, secrets, url)
    assert.equal(await page.getByText('no rate yet').count(), 0)

    await setColumns(all.filter(name => !['customerCharge', 'averageRate', 'attempts'].includes(name)))
    await page.keyboard.press('Escape')
    await page.getByRole('button', { name: 'Refresh' }).click()
    await page.locator('[data-part=grid-heading][data-column=connected]').waitFor()
    await ready(page)
    await page.getByText('The report named columns that are not there any more').waitFor()
    assert.equal(await page.locator('[data-part=grid-heading][data-column=attempts]').count(), 0)
    await until(() => !page.url().includes('attempts'))
    assert.deepEqual(faults, [])
    await setColumns(all)
  })

  it('opens a saved view without what is hidden now', async () => {
    const { page, faults } = await open('?groups=destinationName,card&metrics=attempts,asr')
    await counted(page, '12 rows')
    await page.getByRole('button', { name: 'Views' }).click()
    await page.getByLabel('Name of the view').fill('By card')
    await page.getByRole('button', { name: 'Save' }).click()
    await page.getByText('The view By card is saved.').waitFor()
    await setColumns(all.filter(name => name !== 'asr'))
    await page.goto(`http://${host}:${portal.port}/breakout?range=today`)
    await page.getByText('No calls in this period.').waitFor()
    await page.getByRole('button', { name: 'Views' }).click()
    await page.getByRole('button', { name: 'By card', exact: true }).click()
    await counted(page, '12 rows')
    await page.getByText('The report named columns that are not there any more').waitFor()
    assert.deepEqual(
      (await page.locator('[data-part=grid-heading]').allTextContents()).map(text => text.trim()),
      ['Destination', 'Rate card', 'Attempts']
    )
    assert.deepEqual(faults, [])
    await setColumns(all)
  })
})
