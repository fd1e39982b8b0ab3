import type { TestContext } from 'node:test'
import { plugins } from '../../plugins/index.ts'
import { askOperator } from './console-visit.ts'
import { startPortal, type TestPortal } from './portal.ts'

/** A portal whose brands have all features on but these. */
export const startAccessPortal = (t: Pick<TestContext, 'after'>, off: readonly string[] = []): Promise<TestPortal> => {
  const keys = plugins.flatMap(plugin => (plugin.features ?? []).map(({ key }) => key))
  return startPortal(t, { plugins, features: keys.filter(key => !off.includes(key)) })
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
