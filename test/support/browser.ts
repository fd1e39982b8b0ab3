import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { fileURLToPath } from 'node:url'
import { type Browser, type BrowserContext, chromium, type Page, type Response } from 'playwright-core'
import { plugins } from '../../plugins/index.ts'
import { buildPages } from '../../web/build.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const packageFile = join(root, 'node_modules', '@sparticuz', 'chromium', 'package.json')
const { version } = JSON.parse(readFileSync(packageFile, 'utf8')) as { readonly version: string }

/** Unpacks the browser of the npm package, once a machine. Resolves to its program. */
const browserPath = async (): Promise<string> => {
  const home = join(root, 'node_modules', '.cache', `chromium-${version}`)
  const program = join(home, 'chromium')
  // What it needs besides stands in the same package: libraries for machines that lack them, fonts.
  process.env.AWS_LAMBDA_JS_RUNTIME ??= 'nodejs20.x'
  const before = process.env.TMPDIR
  const next = `${home}-${process.pid}`
  process.env.TMPDIR = existsSync(program) ? home : next
  try {
    if (!existsSync(program)) mkdirSync(next, { recursive: true })
    const { default: packed } = await import('@sparticuz/chromium')
    packed.setGraphicsMode = false
    await packed.executablePath()
    if (!existsSync(program)) {
      try {
        renameSync(next, home)
      } catch {
        // Another process was faster.
        rmSync(next, { recursive: true, force: true })
      }
    }
  } finally {
    if (before === undefined) delete process.env.TMPDIR
    else process.env.TMPDIR = before
  }
  process.env.LD_LIBRARY_PATH = [join(home, 'al2023', 'lib'), process.env.LD_LIBRARY_PATH ?? '']
    .filter(Boolean)
    .join(':')
  // The package's own fonts have no Arabic; they are for machines without any.
  if (existsSync('/etc/fonts/fonts.conf')) delete process.env.FONTCONFIG_PATH
  else process.env.FONTCONFIG_PATH = join(home, 'fonts')
  return program
}

/** No page of a test lives long enough for its scripts to be worth optimising. */
const shortLived = ['--js-flags=--no-opt']

/**
 * A browser and the pages it is to see, built if they are not. Closed with the test.
 * @param flags what tells it from a browser as people have it
 */
export const openBrowser = async (t: Pick<TestContext, 'after'>, flags = shortLived): Promise<Browser> => {
  await buildPages(plugins)
  const browser = await chromium.launch({
    executablePath: await browserPath(),
    args: ['--no-sandbox', '--no-zygote', '--disable-gpu', '--host-resolver-rules=MAP *.localhost 127.0.0.1', ...flags]
  })
  t.after(() => browser.close())
  return browser
}

/**
 * Run before the scripts of a page: it looks whether all is as it was when its window gets the focus, and not every few seconds
 * as well, which may be just before somebody does what finds it out.
 */
export const looksWhenTold = 'globalThis.setInterval = () => 0'

/** What a page did that it must not. */
export interface Watched {
  readonly page: Page
  /** Errors of scripts, refusals of the content policy, requests to other hosts. */
  readonly faults: string[]
}

/** … and what came to it. */
export interface Receiving extends Watched {
  /** Bodies of all answers it received, by address. */
  readonly bodies: Map<string, string>
  /** Waits until the answers that have come stand among the bodies: a page shows them a moment before. */
  received(): Promise<void>
}

/** A fresh page in a context of its own that keeps what went wrong. */
export const openPage = async (
  browser: Browser,
  options: Parameters<Browser['newContext']>[0] = {}
): Promise<Watched & { readonly context: BrowserContext }> => {
  const context = await browser.newContext({
    viewport: { width: 1280, height: 800 },
    locale: 'en-US',
    // What fades or slides is only waited for.
    reducedMotion: 'reduce',
    ...options
  })
  const page = await context.newPage()
  // What never comes ends the test with what it waited for; how fast a machine is, is not what it tests.
  page.setDefaultTimeout(120_000)
  const faults: string[] = []
  page.on('pageerror', error => faults.push(`script: ${error.message}`))
  page.on('console', message => {
    // The browser reports each refused request by itself; tests look at what the page says of it.
    if (message.type() === 'error' && !/Failed to load resource/.test(message.text()))
      faults.push(`console: ${message.text()}`)
  })
  page.on('request', request => {
    const { hostname, protocol } = new URL(request.url())
    if (protocol.startsWith('http') && !hostname.endsWith('.localhost')) faults.push(`foreign: ${request.url()}`)
  })
  return { page, context, faults }
}

/** `openPage` that keeps what the page received, too: all scripts of each page come over once more for it. */
export const openReceiving = async (
  browser: Browser,
  options: Parameters<Browser['newContext']>[0] = {}
): Promise<Receiving & { readonly context: BrowserContext }> => {
  const opened = await openPage(browser, options)
  const bodies = new Map<string, string>()
  const reading = new Set<Promise<void>>()
  const keep = async (response: Response): Promise<void> => {
    const body = await response.text().catch(() => '')
    const before = bodies.get(response.url())
    bodies.set(response.url(), before === undefined ? body : `${before}\n${body}`)
  }
  opened.page.on('response', response => {
    const read = keep(response)
    reading.add(read)
    void read.then(() => reading.delete(read))
  })
  const received = async (): Promise<void> => {
    while (reading.size > 0) await Promise.all(reading)
  }
  return { ...opened, bodies, received }
}

/** Holds back requests to the customers' or the operators' API with a query of this name, until the function that comes back is called. */
export const holdBack = async (page: Page, query: string): Promise<() => void> => {
  let letGo = (): void => {}
  const held = new Promise<void>(resolve => {
    letGo = resolve
  })
  await page.route('**/graphql', async route => {
    if ((route.request().postData() ?? '').includes(`query ${query}(`)) await held
    await route.fallback()
  })
  return letGo
}
