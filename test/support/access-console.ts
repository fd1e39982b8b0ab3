import type { TestContext } from 'node:test'
import type { Browser, Page } from 'playwright-core'
import { plugins } from '../../plugins/index.ts'
import { openPage } from './browser.ts'
import { consoleHost, startPortal, type TestPortal } from './portal.ts'

/** An operator's role, as far as it has pages. */
type Role = 'ADMIN' | 'SUPPORT' | 'AUDITOR'

/** A portal whose brands have all features on but these. */
export const startAccessPortal = (t: Pick<TestContext, 'after'>, off: readonly string[] = []): Promise<TestPortal> => {
  const keys = plugins.flatMap(plugin => (plugin.features ?? []).map(({ key }) => key))
  return startPortal(t, { plugins, features: keys.filter(key => !off.includes(key)) })
}

/** An operator before the console. */
export interface ConsoleVisit {
  readonly page: Page
  readonly faults: readonly string[]
  /** Goes to an address of the console, such as `/templates`. */
  go(path: string): Promise<void>
}

/** Signs a member of staff in, without the form. @param name also in the e-mail address, so that two may have one role */
export const visitConsole = async (
  browser: Browser,
  portal: TestPortal,
  role: Role,
  options: Parameters<typeof openPage>[1] & { readonly name?: string } = {}
): Promise<ConsoleVisit> => {
  const { name, ...rest } = options
  const { page, context, faults } = await openPage(browser, { timezoneId: 'Europe/Berlin', ...rest })
  const token = await portal.staffSession(role, name)
  await context.addCookies([{ name: 'portal', value: token, domain: consoleHost, path: '/' }])
  return {
    page,
    faults,
    go: async path => {
      await page.goto(`http://${consoleHost}:${portal.port}${path}`)
    }
  }
}

/** Asks the operators' API as an admin; fails on errors. */
export const askOperator = async <Data>(
  portal: TestPortal,
  document: string,
  variables: Readonly<Record<string, unknown>> = {}
): Promise<Data> => {
  const { json } = await portal.query(consoleHost, document, { apiKey: portal.apiKey, variables })
  if (json.errors !== undefined) throw new Error(JSON.stringify(json.errors))
  return json.data as Data
}

/** A company's own choices, by key. */
export const overridesOf = async (
  portal: TestPortal,
  companyId: string
): Promise<Readonly<Record<string, unknown>>> => {
  const { company } = await askOperator<{
    company: { overrides: readonly { key: string; override: string; reason: string | null }[] }
  }>(portal, 'query ($id: ID!) { company(id: $id) { overrides { key override reason } } }', { id: companyId })
  return Object.fromEntries(company.overrides.map(({ key, override }) => [key, override]))
}
