import { ConfigurationError } from './errors.ts'
import type { PluginDefinition } from './plugin-api.ts'

/** The version plugins name a range of in `engine`; the same as in package.json. */
export const engineVersion = '0.1.0'

/** Whether a version lies in a semver range; false for what is no range. Brought by the caller, as core has no library. */
export type Satisfies = (version: string, range: string) => boolean

const plugin = (name: string): string => `Plugin "${name}"`

function refuseDuplicates(definitions: readonly PluginDefinition[]): void {
  const names = new Set<string>()
  for (const { name } of definitions) {
    if (names.has(name)) {
      throw new ConfigurationError(`${plugin(name)} is listed twice; remove one of the two or rename its plugin.`)
    }
    names.add(name)
  }
}

function refuseOtherEngines(
  definitions: readonly PluginDefinition[],
  engineVersion: string,
  satisfies: Satisfies
): void {
  for (const { name, version, engine } of definitions) {
    if (!satisfies(engineVersion, engine)) {
      throw new ConfigurationError(
        `${plugin(name)} ${version} works with engine ${engine}, this is engine ${engineVersion}; ` +
          `install a version of ${name} made for this engine, or remove it from the list.`
      )
    }
  }
}

/**
 * Puts plugins after what they depend on; where that leaves a choice, in the order given.
 * @throws ConfigurationError naming the plugin, the other side and the remedy: a name listed twice, a dependency that
 *   is not there, a circle of dependencies, an engine outside the plugin's range
 */
export function orderPlugins(
  definitions: readonly PluginDefinition[],
  engineVersion: string,
  satisfies: Satisfies
): readonly PluginDefinition[] {
  refuseDuplicates(definitions)
  refuseOtherEngines(definitions, engineVersion, satisfies)
  const byName = new Map(definitions.map(definition => [definition.name, definition]))
  const ordered = new Set<PluginDefinition>()

  function place(definition: PluginDefinition, path: readonly string[]): void {
    if (ordered.has(definition)) return
    const start = path.indexOf(definition.name)
    if (start >= 0) {
      const circle = [...path.slice(start), definition.name].join(' → ')
      throw new ConfigurationError(
        `${plugin(definition.name)} depends on itself by way of ${circle}; take one of these out of a dependsOn.`
      )
    }
    for (const name of definition.dependsOn ?? []) {
      const needed = byName.get(name)
      if (!needed) {
        throw new ConfigurationError(
          `${plugin(definition.name)} depends on "${name}", which is not there; ` +
            `add ${name} to the list of plugins, or remove ${definition.name}.`
        )
      }
      place(needed, [...path, definition.name])
    }
    ordered.add(definition)
  }

  for (const definition of definitions) place(definition, [])
  return [...ordered]
}
