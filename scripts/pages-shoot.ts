import { spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { demoPassword, demoSignIns, demoStaffEmail } from '../http/demo-data.ts'
import { openBrowser } from '../test/support/browser.ts'
import { askFrom, consolePages, type PageAddress, portalPages, sendFrom } from '../test/support/every-page.ts'
import { freePort } from '../test/support/free-port.ts'

// `npm run pages:shoot`: every page of the demo as a picture in docs/pages, in English and light, in Arabic and dark.

const root = fileURLToPath(new URL('..', import.meta.url))
const pictures = join(root, 'docs', 'pages')
const looks = [
  { suffix: '', language: 'en', colorScheme: 'light' },
  { suffix: '-ar-dark', language: 'ar', colorScheme: 'dark' }
] as const
type Look = (typeof looks)[number]

const settled = async (page: Page): Promise<void> => {
  await page.waitForLoadState('networkidle')
  await page.evaluate('new Promise(resolve => requestAnimationFrame(() => requestAnimationFrame(resolve)))')
}

const startDemo = async (folder: string, port: number): Promise<() => void> => {
  const demo = spawn(process.execPath, ['--import', import.meta.resolve('tsx'), join(root, 'http/demo.ts')], {
    cwd: folder,
    env: { ...process.env, PORT: String(port) },
    stdio: ['ignore', 'pipe', 'inherit']
  })
  let said = ''
  await new Promise<void>((resolve, reject) => {
    demo.stdout.on('data', part => {
      said += String(part)
      if (said.includes('Ready after')) resolve()
    })
    demo.once('exit', () => reject(new Error(`The demo ended:\n${said}`)))
  })
  return () => void demo.kill('SIGTERM')
}

const contextOf = async (browser: Browser, look: Look): Promise<BrowserContext> => {
  const context = await browser.newContext({
    viewport: { width: 1280, height: 800 },
    colorScheme: look.colorScheme,
    reducedMotion: 'reduce',
    locale: 'en-US'
  })
  await context.addInitScript(`localStorage.setItem('language', '${look.language}')`)
  return context
}

/** Signs in as somebody of the demo, and shoots the given pages and those the server says this viewer has. */
const shoot = async (
  context: BrowserContext,
  look: Look,
  host: string,
  signIn: (page: Page) => Promise<unknown>,
  pagesOf: (page: Page) => Promise<readonly PageAddress[]>,
  entrance?: string
): Promise<void> => {
  const page = await context.newPage()
  const keep = async (name: string): Promise<void> => {
    await settled(page)
    await page.screenshot({ path: join(pictures, `${name}${look.suffix}.png`) })
    console.log(`${name}${look.suffix}`)
  }
  await page.goto(`http://${host}/`)
  if (entrance !== undefined) await keep(entrance)
  await signIn(page)
  for (const { name, path } of await pagesOf(page)) {
    await page.goto(`http://${host}${path}`)
    await keep(name)
  }
  await page.close()
}

const folder = mkdtempSync(join(tmpdir(), 'portcullis-shoot-'))
const endings: (() => unknown)[] = [() => rmSync(folder, { recursive: true, force: true })]
try {
  mkdirSync(pictures, { recursive: true })
  for (const file of readdirSync(pictures)) if (file.endsWith('.png')) rmSync(join(pictures, file))
  const port = await freePort()
  endings.push(await startDemo(folder, port))
  const browser = await openBrowser({ after: end => void endings.push(end as () => unknown) })
  for (const look of looks) {
    for (const [index, { fqdn, email }] of demoSignIns.entries()) {
      // One customer and one carrier; the others differ in what they have.
      const prefix = index === 0 ? 'portal' : /carrier/.test(demoSignIns[index]!.what) ? 'carrier' : null
      if (prefix === null) continue
      const context = await contextOf(browser, look)
      const host = `${fqdn}:${port}`
      const login = `mutation { login(email: "${email}", password: "${demoPassword}") { token } }`
      const signIn = (page: Page) => askFrom(page, '/graphql')(login)
      const entrance = index === 0 ? 'portal-sign-in' : undefined
      await shoot(context, look, host, signIn, page => portalPages(askFrom(page, '/graphql'), prefix), entrance)
      await context.close()
    }
    const context = await contextOf(browser, look)
    const host = `console.localhost:${port}`
    const signIn = (page: Page) =>
      sendFrom(page, '/operator/session', { email: demoStaffEmail, password: demoPassword })
    await shoot(
      context,
      look,
      host,
      signIn,
      page => consolePages(askFrom(page, '/operator/graphql')),
      'console-sign-in'
    )
    await context.close()
  }
} finally {
  for (const end of endings.reverse()) await end()
}
