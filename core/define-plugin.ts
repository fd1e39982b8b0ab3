import { ConfigurationError } from './errors.ts'
import type { PluginDefinition } from './plugin-api.ts'

const properties: Readonly<Record<keyof PluginDefinition, true>> = {
  name: true,
  version: true,
  engine: true,
  owner: true,
  dependsOn: true,
  permanent: true,
  features: true,
  columnSets: true,
  schema: true,
  resolvers: true,
  operatorSchema: true,
  operatorResolvers: true,
  guards: true,
  tables: true,
  migrations: true,
  grids: true,
  routes: true,
  jobs: true,
  tasks: true,
  importers: true,
  metrics: true,
  pages: true,
  consolePages: true,
  onboarding: true,
  demo: true,
  companySearch: true
}

/** What plugin names look like, and their folders with them. */
export const pluginName = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/

function repeated(names: readonly string[]): string | undefined {
  return names.find((name, index) => names.indexOf(name) !== index)
}

/** What is wrong with the definition taken alone, with its remedy; undefined when nothing is. */
function fault(definition: PluginDefinition): string | undefined {
  if (!pluginName.test(definition.name)) return 'its name is not kebab-case; name it like its folder, `my-plugin`'
  if (!/^\d+\.\d+\.\d+$/.test(definition.version)) return `its version "${definition.version}" is not like 1.2.3`
  if (!definition.engine) return 'it names no engine range; write for instance engine: "^0.1.0"'
  if (!definition.owner) return 'it has no owner; name the team that answers for it'
  const unknown = Object.keys(definition).find(property => !Object.hasOwn(properties, property))
  if (unknown !== undefined) {
    return `it has no part called "${unknown}"; the parts are ${Object.keys(properties).join(', ')}`
  }
  for (const rule of definition.guards ?? []) {
    if (rule.fields?.length === 0)
      return `a guard rule on ${rule.subject} lists no fields; leave \`fields\` out to mean all`
  }
  const metrics = definition.metrics?.list ?? []
  const badMetric = metrics.find(({ name }) => !/^[a-z][a-z0-9]*(_[a-z0-9]+)*$/.test(name))
  if (badMetric !== undefined) return `its metric "${badMetric.name}" is not snake_case; name it like last_call_seconds`
  const metricTwice = repeated(metrics.map(metric => metric.name))
  if (metricTwice !== undefined) return `it has two metrics called "${metricTwice}"; rename one`
  const twice = repeated((definition.migrations ?? []).map(migration => migration.name))
  if (twice !== undefined) return `it has two migrations called "${twice}"; rename the newer one`
  return undefined
}

/**
 * Declares a plugin: checks its shape at once, freezes it, changes nothing else.
 * @throws ConfigurationError naming the plugin, the fault and its remedy
 */
export function definePlugin(definition: PluginDefinition): PluginDefinition {
  const found = fault(definition)
  if (found !== undefined) throw new ConfigurationError(`Plugin "${definition.name}": ${found}.`)
  return Object.freeze({ ...definition })
}
