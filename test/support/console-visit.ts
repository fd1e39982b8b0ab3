import type { Browser, BrowserContext } from 'playwright-core'
import type { StaffRole } from '../../core/viewer.ts'
import { openPage, type Watched } from './browser.ts'
import { consoleHost, type TestPortal } from './portal.ts'

/** A page of the console on which a new member of staff is signed in already. */
export const visitConsole = async (
  browser: Browser,
  portal: TestPortal,
  path: string,
  options: Parameters<Browser['newContext']>[0] & {
    readonly role?: Exclude<StaffRole, 'INGEST'>
    /** Of the member; names are unique in a portal. */
    readonly name?: string
  } = {}
): Promise<Watched & { readonly context: BrowserContext; go(path: string): Promise<void> }> => {
  const {
    role = 'ADMIN',
    name = `${role.toLowerCase()}-${Math.random().toString(36).slice(2, 8)}`,
    ...context
  } = options
  const watched = await openPage(browser, { locale: 'en-GB', timezoneId: 'UTC', ...context })
  const value = await portal.staffSession(role, name)
  await watched.context.addCookies([{ name: 'portal', value, domain: consoleHost, path: '/', httpOnly: true }])
  const go = async (to: string): Promise<void> => {
    await watched.page.goto(`http://${consoleHost}:${portal.port}${to}`)
  }
  await go(path)
  return { ...watched, go }
}

/** Asks the operators' API as an administrator's key; fails on errors. */
// biome-ignore lint/suspicious/noExplicitAny: tests look into answers of many shapes
export const askOperator = async <Data = any>(
  portal: TestPortal,
  document: string,
  variables: object = {}
): Promise<Data> => {
  const { json, text } = await portal.query(consoleHost, document, {
    apiKey: portal.apiKey,
    variables: variables as Record<string, unknown>
  })
  if (json?.data == null || json.errors !== undefined) throw new Error(text)
  return json.data
}
