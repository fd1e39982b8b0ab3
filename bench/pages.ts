import { existsSync, readFileSync, statSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { openDatabase } from '../db/connect.ts'
import { insertRows } from '../db/insert-rows.ts'
import { migrate } from '../db/migrate.ts'
import { createServer } from '../http/server.ts'
import { readSettings } from '../http/settings.ts'
import { hashToken, newToken } from '../http/tokens.ts'
import { plugins } from '../plugins/index.ts'
import { openBrowser } from '../test/support/browser.ts'
import { portalPages } from '../test/support/every-page.ts'
import { consoleHost, testActor } from '../test/support/portal.ts'
import { type PortalProcess, startPortalProcess } from '../test/support/portal-process.ts'
import { randomFrom } from '../test/support/random.ts'
import { benchWorld } from './access-world.ts'

// The pages in a real browser, on a server in a process of its own: how soon the access grid shows companies, whether it
// scrolls without a long frame, and what the first load of every page of the portal weighs and takes on a slow machine.
// `--companies N`, 100,000 unless said otherwise; `--scroll` measures the scrolling only, `--portal` the portal only;
// `--trace FILE` keeps the trace of the scrolling.
// Needs a quiet machine: look at processor time where others are at work.

const option = (name: string): string | undefined => {
  const index = process.argv.indexOf(`--${name}`)
  return index < 0 ? undefined : process.argv[index + 1]
}
const count = Number(option('companies') ?? 100_000)
const rounds = 5
/** What is promised: milliseconds, and bytes of JavaScript. */
const most = { firstPaint: 1_000, frame: 50, script: 120_000, interactive: 1_500 }
const endings: (() => unknown)[] = []
const ending = { after: (end: () => unknown) => void endings.push(end) }

const folder = await mkdtemp(join(tmpdir(), 'portcullis-bench-'))
ending.after(() => rm(folder, { recursive: true, force: true }))
const url = join(folder, 'pages.sqlite')
const brandHost = 'bench.localhost'
const ownCompany = 'bench-company-000'

/** Makes the companies, a member of staff and a contact; resolves to tokens of their sessions. */
const makeWorld = async (): Promise<{ readonly staff: string; readonly contact: string }> => {
  const database = await openDatabase({ url })
  await migrate(database, plugins)
  const world = benchWorld(count - 1)
  const at = 0
  await database.transaction(async trx => {
    await insertRows(
      trx,
      'portal_domain',
      world.domains.map(({ id, isDefault }, seq) => ({
        ...{ id, seq, fqdn: seq === 0 ? brandHost : `brand-${seq}.example`, brand_name: `Brand ${seq}` },
        ...{ brand_name_lower: `brand ${seq}`, is_default: isDefault ? 1 : 0, currencies: '["EUR"]', created_at: at }
      }))
    )
    await insertRows(
      trx,
      'domain_feature',
      world.domains.flatMap(({ id, features }, index) =>
        // The portal that is opened shows everything there is.
        features.map(({ key, enabled }) => ({ domain_id: id, key, enabled: enabled || index === 0 ? 1 : 0 }))
      )
    )
    await insertRows(
      trx,
      'access_counter',
      world.domains.map(({ id }) => ({ scope: id, revision: 0 })),
      ['scope']
    )
  })
  let seq = 0
  let companies: Record<string, unknown>[] = []
  let overrides: Record<string, unknown>[] = []
  const flush = async (): Promise<void> => {
    await database.transaction(async trx => {
      await insertRows(trx, 'company', companies)
      await insertRows(trx, 'company_override', overrides)
    })
    companies = []
    overrides = []
  }
  // The portal that is opened belongs to a company without overrides.
  const own = { id: ownCompany, userType: 'CUSTOMER', status: 'ACTIVE', domainId: world.domains[0]!.id, overrides: [] }
  for (const company of [own, ...world.companies()]) {
    seq++
    const name = `Company ${String(seq).padStart(7, '0')}`
    companies.push({
      ...{ id: company.id, seq, name, name_lower: name.toLowerCase(), user_type: company.userType },
      ...{ status: company.status, currency: 'EUR', domain_id: company.domainId, created_at: at }
    })
    for (const { key, override } of company.overrides)
      overrides.push({ company_id: company.id, key, override, set_by: 'bench', set_at: at })
    if (companies.length === 20_000) await flush()
  }
  if (companies.length > 0) await flush()

  // Only for its stores: people and sessions.
  const settings = { ...readSettings({}), port: 0, rateLimit: 0 }
  const server = await createServer({ settings, database, plugins, jobs: false, logger: false })
  const { people } = server.installation
  const [staff, contact] = [newToken(), newToken()]
  const member = await people.staff.create(
    { name: 'Bench', email: 'bench@staff.example.net', role: 'ADMIN', passwordHash: 'none' },
    testActor
  )
  await people.sessions.createStaffSession({ tokenHash: hashToken(staff), staffId: member.id, ip: '127.0.0.1' })
  const person = await people.contacts.create(
    { companyId: ownCompany, name: 'Bench', email: 'bench@example.net', passwordHash: 'none', ipAllowList: [] },
    testActor
  )
  const session = {
    tokenHash: hashToken(contact),
    contactId: person.id,
    domainId: world.domains[0]!.id,
    ip: '127.0.0.1'
  }
  await people.sessions.createContactSession(session)
  // Lists that have something to draw.
  const below = randomFrom(1)
  const demoWorld = {
    random: () => below(1_000_000) / 1_000_000,
    until: Math.floor(Date.now() / 86_400_000) * 86_400_000,
    companies: [{ id: ownCompany, name: 'Bench', userType: 'CUSTOMER', currency: 'EUR', accountCode: null }]
  } as const
  for (const plugin of plugins) await plugin.demo?.(server.installation.databaseOf(plugin), demoWorld)
  await server.close()
  await database.close()
  return { staff, contact }
}

const quantile = (sorted: readonly number[], share: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0
const ascending = (values: readonly number[]): number[] => [...values].sort((one, other) => one - other)
const verdict = (value: number, limit: number): string => (value <= limit ? 'reached' : 'MISSED')
const ms = (value: number): string => `${value.toFixed(1)} ms`

/** For the page, before its scripts: notes when `selector` first stands in the document, and when the last long task ended. */
const watchFor = (selector: string): { readonly content: string } => ({
  content: `
    const state = (globalThis.benchState = { seen: 0, lastLong: 0 })
    new PerformanceObserver(list => {
      for (const { startTime, duration } of list.getEntries()) state.lastLong = Math.max(state.lastLong, startTime + duration)
    }).observe({ type: 'longtask', buffered: true })
    new MutationObserver(() => {
      if (state.seen > 0 || document.querySelector(${JSON.stringify(selector)}) === null) return
      // Seen once the frame that draws it is through.
      requestAnimationFrame(() => setTimeout(() => (state.seen ||= performance.now())))
    }).observe(document, { childList: true, subtree: true, attributeFilter: ['data-state'] })`
})
interface PageState {
  readonly seen: number
  readonly lastLong: number
}
const stateOf = async (page: Page): Promise<PageState> => {
  for (;;) {
    const state = await page.evaluate<PageState>('benchState')
    if (state.seen > 0) return state
    await page.waitForTimeout(50)
  }
}

const contextFor = async (browser: Browser, host: string, token: string): Promise<BrowserContext> => {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 } })
  await context.addCookies([{ name: 'portal', value: token, domain: host, path: '/' }])
  return context
}

const gridCell = '.grid-row [role=gridcell][aria-label]'

const measureFirstPaint = async (browser: Browser, port: number, token: string): Promise<void> => {
  for (const [what, warm] of [
    ['nothing cached', false],
    ['scripts cached', true]
  ] as const) {
    const took: number[] = []
    let context = await contextFor(browser, consoleHost, token)
    for (let round = -1; round < rounds; round++) {
      if (!warm) {
        await context.close()
        context = await contextFor(browser, consoleHost, token)
      }
      const page = await context.newPage()
      await page.addInitScript(watchFor(gridCell))
      await page.goto(`http://${consoleHost}:${port}/grid`)
      const { seen } = await stateOf(page)
      if (round >= 0) took.push(seen)
      await page.close()
    }
    await context.close()
    const sorted = ascending(took)
    const median = quantile(sorted, 0.5)
    console.log(
      `  grid, first paint with data, ${what}: p50 ${ms(median)}, most ${ms(sorted.at(-1)!)} (at most ${most.firstPaint} ms: ${verdict(median, most.firstPaint)})`
    )
  }
}

interface TraceEvent {
  readonly name: string
  readonly ph: string
  readonly pid: number
  readonly tid: number
  readonly ts: number
  readonly dur?: number
  readonly tdur?: number
  readonly args?: { readonly name?: string }
}

/** Tasks of the thread that draws the page, in milliseconds: on the clock, and on the processor. */
const mainTasks = (trace: Buffer): { readonly wall: number; readonly cpu: number }[] => {
  const { traceEvents } = JSON.parse(trace.toString()) as { traceEvents: TraceEvent[] }
  const work = new Map<string, number>()
  const isTask = ({ name, ph }: TraceEvent): boolean =>
    ph === 'X' && (name === 'RunTask' || name === 'ThreadControllerImpl::RunTask')
  const threads = new Set(
    traceEvents
      .filter(({ name, args }) => name === 'thread_name' && args?.name === 'CrRendererMain')
      .map(({ pid, tid }) => `${pid}:${tid}`)
  )
  for (const event of traceEvents.filter(isTask)) {
    const thread = `${event.pid}:${event.tid}`
    if (threads.has(thread)) work.set(thread, (work.get(thread) ?? 0) + (event.dur ?? 0))
  }
  const [busiest] = [...work].sort(([, one], [, other]) => other - one)
  return traceEvents
    .filter(event => isTask(event) && `${event.pid}:${event.tid}` === busiest?.[0])
    .map(({ dur = 0, tdur = dur }) => ({ wall: dur / 1_000, cpu: tdur / 1_000 }))
}

const measureScrolling = async (browser: Browser, port: number, token: string): Promise<void> => {
  const context = await contextFor(browser, consoleHost, token)
  const page = await context.newPage()
  await page.goto(`http://${consoleHost}:${port}/grid`)
  await page.locator(gridCell).first().waitFor()
  const box = (await page.locator('[role=grid]').boundingBox())!
  await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2)
  await page.waitForTimeout(1_000)
  await page.evaluate(`
    globalThis.benchFrames = []
    let before = performance.now()
    const next = now => {
      benchFrames.push(now - before)
      before = now
      requestAnimationFrame(next)
    }
    requestAnimationFrame(next)`)
  await browser.startTracing(page, {
    categories: ['devtools.timeline', 'disabled-by-default-devtools.timeline', 'toplevel', '__metadata']
  })
  const notch = 120
  for (let moved = 0; moved < 20 * box.height; moved += notch) {
    await page.mouse.wheel(0, notch)
    await page.waitForTimeout(16)
  }
  for (let moved = 0; moved < 20 * box.width; moved += notch) {
    // Two screens are all there is to the right: there and back.
    await page.mouse.wheel(Math.floor(moved / (2 * box.width)) % 2 === 0 ? notch : -notch, 0)
    await page.waitForTimeout(16)
  }
  const trace = await browser.stopTracing()
  const frames = await page.evaluate<number[]>('benchFrames')
  const top = await page.locator('[role=grid]').evaluate(grid => grid.scrollTop)
  const drawn = await page.locator('[role=gridcell]').count()
  await context.close()
  const file = option('trace')
  if (file !== undefined) await writeFile(file, trace)
  const tasks = mainTasks(trace)
  const wall = ascending(tasks.map(task => task.wall))
  const cpu = ascending(tasks.map(task => task.cpu))
  const gaps = ascending(frames)
  const spread = (values: readonly number[]): string =>
    `p50 ${ms(quantile(values, 0.5))}, p95 ${ms(quantile(values, 0.95))}, p99 ${ms(quantile(values, 0.99))}, longest ${ms(values.at(-1) ?? 0)}`
  console.log(`  scrolled ${Math.round(top)} px down, ${drawn} cells in the document`)
  console.log(
    `  tasks of the main thread, by the clock: ${spread(wall)}; ${wall.filter(each => each > most.frame).length} over ${most.frame} ms (none: ${verdict(wall.at(-1) ?? 0, most.frame)})`
  )
  console.log(`  the same by processor time: ${spread(cpu)}`)
  console.log(
    `  time between frames: ${spread(gaps)}; ${gaps.filter(each => each > most.frame).length} over ${most.frame} ms (none: ${verdict(gaps.at(-1) ?? 0, most.frame)})`
  )
}

const builtFolder = fileURLToPath(new URL('../web/built/portal', import.meta.url))

/** Bytes of the scripts as they are sent, by ending of the compressed file. */
const weightOf = (scripts: readonly string[], ending: string): number =>
  scripts.reduce((sum, path) => {
    const file = join(builtFolder, path)
    return sum + (existsSync(`${file}${ending}`) ? statSync(`${file}${ending}`).size : readFileSync(file).length)
  }, 0)

/** A page that can be used: its heading stands, and its lists have come. */
const ready = '[data-part=content]:has(h1):not(:has([data-part=loading], [data-state=LOADING]))'

interface FirstLoad {
  readonly what: string
  readonly path: string
  readonly signedIn: boolean
  /** Stands in the document once the page can be used. */
  readonly selector: string
}

/** Where the contact can go: whatever the server says there is. */
const loadsOf = async (server: PortalProcess, session: string): Promise<readonly FirstLoad[]> => {
  const ask = async (query: string): Promise<unknown> => (await server.query(brandHost, query, { session })).json.data
  return [
    { what: 'the sign-in form', path: '/', signedIn: false, selector: '[data-part=entrance] input[type=password]' },
    ...(await portalPages(ask, '')).map(({ path }) => ({ what: path, path, signedIn: true, selector: ready }))
  ]
}

const measureFirstLoad = async (browser: Browser, port: number, token: string, load: FirstLoad): Promise<void> => {
  const took: number[] = []
  let scripts: readonly { readonly path: string; readonly at: number }[] = []
  let usable = 0
  for (let round = -1; round < rounds; round++) {
    const context = load.signedIn ? await contextFor(browser, brandHost, token) : await browser.newContext()
    const page = await context.newPage()
    const cdp = await context.newCDPSession(page)
    await cdp.send('Emulation.setCPUThrottlingRate', { rate: 4 })
    await page.addInitScript(watchFor(load.selector))
    await page.goto(`http://${brandHost}:${port}${load.path}`)
    await stateOf(page)
    // Long tasks may follow what is seen; usable is what comes after the last.
    await page.waitForTimeout(2_000)
    const { seen, lastLong } = await stateOf(page)
    if (round >= 0) took.push(Math.max(seen, lastLong))
    scripts = await page.evaluate<typeof scripts>(`
      performance.getEntriesByType('resource')
        .map(({ name, responseEnd }) => ({ path: new URL(name).pathname, at: responseEnd }))
        .filter(({ path }) => path.endsWith('.js'))`)
    usable = seen
    await context.close()
  }
  const median = quantile(ascending(took), 0.5)
  const all = scripts.map(({ path }) => path)
  const before = scripts.filter(({ at }) => at <= usable).map(({ path }) => path)
  const gzip = weightOf(before, '.gz')
  const kB = (bytes: number): string => `${(bytes / 1_000).toFixed(1)} kB`
  console.log(
    `  portal, ${load.what}: ${before.length} scripts until it can be used, ${kB(gzip)} gzip, ${kB(weightOf(before, '.br'))} brotli (at most ${kB(most.script)} gzip: ${verdict(gzip, most.script)}); ${all.length} in all, ${kB(weightOf(all, '.gz'))}`
  )
  console.log(
    `    usable at a quarter of the speed: p50 ${ms(median)}, most ${ms(Math.max(...took))} (at most ${most.interactive} ms: ${verdict(median, most.interactive)})`
  )
}

try {
  const { staff, contact } = await makeWorld()
  console.log(`${count} companies on SQLite, a page of 1280 × 800`)
  const browser = await openBrowser(ending, [])
  const server = await startPortalProcess(url)
  ending.after(() => server.stop())
  const [scrollOnly, portalOnly] = ['--scroll', '--portal'].map(each => process.argv.includes(each))
  if (!scrollOnly && !portalOnly) await measureFirstPaint(browser, server.port, staff)
  if (!portalOnly) await measureScrolling(browser, server.port, staff)
  if (!scrollOnly)
    for (const load of await loadsOf(server, contact)) await measureFirstLoad(browser, server.port, contact, load)
} finally {
  for (const end of endings.reverse()) await end()
}
