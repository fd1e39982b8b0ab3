import { wordsFor } from './bits.ts'
import type { Column, ColumnSet, ColumnSetDefinition } from './column-set.ts'
import { ConfigurationError } from './errors.ts'
import type { Feature, FeatureDefinition } from './feature.ts'

/** The part of a plugin that the catalogue reads. */
export interface CatalogueSource {
  readonly name: string
  readonly features?: readonly FeatureDefinition[]
  readonly columnSets?: readonly ColumnSetDefinition[]
}

const featureKey = /^[a-z][a-z0-9]*(-[a-z0-9]+)*(\.[a-z][a-z0-9]*(-[a-z0-9]+)*)*$/
const reportName = /^[A-Z][A-Z0-9_]*$/
const columnName = /^[A-Za-z][A-Za-z0-9_]*$/

/** All features and columns of all plugins: checked, frozen, each with its bit. Features have the first bits, columns the rest. */
export class Catalogue {
  readonly features: readonly Feature[]
  readonly columnSets: readonly ColumnSet[]
  /** All columns of all reports, in bit order. */
  readonly columns: readonly Column[]
  /** Bits in an access set. */
  readonly size: number
  /** 32-bit words that hold the features' bits. */
  readonly featureWords: number
  /** 32-bit words that hold every bit. */
  readonly words: number
  readonly #features: ReadonlyMap<string, Feature>
  readonly #columns: ReadonlyMap<string, Column>
  readonly #columnSets: ReadonlyMap<string, ColumnSet>
  readonly #bits: ReadonlyMap<string, number>

  private constructor(features: readonly Feature[], columnSets: readonly ColumnSet[]) {
    this.features = Object.freeze(features)
    this.columnSets = Object.freeze(columnSets)
    this.columns = Object.freeze(columnSets.flatMap(set => set.columns))
    this.size = this.features.length + this.columns.length
    this.featureWords = wordsFor(this.features.length)
    this.words = wordsFor(this.size)
    this.#features = new Map(this.features.map(feature => [feature.key, feature]))
    this.#columns = new Map(this.columns.map(column => [column.key, column]))
    this.#columnSets = new Map(this.columnSets.map(set => [set.report, set]))
    this.#bits = new Map([...this.features, ...this.columns].map(entry => [entry.key, entry.bit]))
  }

  /** @throws ConfigurationError naming the plugin, the thing and the remedy */
  static of(plugins: readonly CatalogueSource[]): Catalogue {
    const features = numberFeatures(plugins)
    const byKey = new Map(features.map(feature => [feature.key, feature]))
    for (const feature of features) checkFeature(feature, byKey)
    for (const feature of features) checkNoCycle(feature, byKey)
    return new Catalogue(features, numberColumns(plugins, byKey))
  }

  feature(key: string): Feature | undefined {
    return this.#features.get(key)
  }

  /** @param key report and column: `CDR.charge` */
  column(key: string): Column | undefined {
    return this.#columns.get(key)
  }

  columnSet(report: string): ColumnSet | undefined {
    return this.#columnSets.get(report)
  }

  /** @param key of a feature or a column */
  bit(key: string): number | undefined {
    return this.#bits.get(key)
  }
}

const numberFeatures = (plugins: readonly CatalogueSource[]): Feature[] => {
  const features: Feature[] = []
  const owners = new Map<string, string>()
  const names = new Set<string>()
  for (const plugin of plugins) {
    if (names.has(plugin.name))
      throw new ConfigurationError(`Plugin "${plugin.name}" is listed twice: list it once, or rename one of the two.`)
    names.add(plugin.name)
    for (const definition of plugin.features ?? []) {
      const owner = owners.get(definition.key)
      if (owner !== undefined)
        throw new ConfigurationError(
          `Feature "${definition.key}" of plugin "${plugin.name}" is already declared by plugin "${owner}": choose another key.`
        )
      owners.set(definition.key, plugin.name)
      features.push(
        Object.freeze({
          ...definition,
          parents: Object.freeze([...(definition.parents ?? [])]),
          default: definition.default ?? false,
          plugin: plugin.name,
          bit: features.length
        })
      )
    }
  }
  const words = new Map(
    features.flatMap(({ group, groups }) => (groups === undefined ? [] : [[group, groups] as const]))
  )
  return inPlace(features).map((feature, bit) => {
    const groups = words.get(feature.group)
    return Object.freeze({ ...feature, ...(groups && { groups }), bit })
  })
}

/** Features by the place they ask for, the rest behind them as they came; sorting is stable. */
const inPlace = (features: readonly Feature[]): Feature[] => {
  const place = (feature: Feature): number => feature.order ?? Number.MAX_SAFE_INTEGER
  return [...features].sort((a, b) => place(a) - place(b))
}

const checkFeature = (feature: Feature, byKey: ReadonlyMap<string, Feature>): void => {
  const fail = (what: string, remedy: string): never => {
    throw new ConfigurationError(`Feature "${feature.key}" of plugin "${feature.plugin}" ${what}: ${remedy}.`)
  }
  if (!featureKey.test(feature.key))
    fail('has a malformed key', 'use lower-case words with hyphens, and dots for sub-features, such as "did.edit"')
  if (feature.kind === 'PUBLIC' && feature.userTypes.length > 0)
    fail('is PUBLIC but names user types', 'leave userTypes empty, since it is visible without sign-in')
  if (feature.kind !== 'PUBLIC' && feature.userTypes.length === 0)
    fail('has no user type', 'name the user types that may have it, or make it PUBLIC')
  if (feature.parents.length > 0 && feature.parentMode === undefined)
    fail('has parents but no parentMode', 'say HARD, ANY, SOFT or MOOT')
  if (feature.parents.length === 0 && feature.parentMode !== undefined)
    fail('has a parentMode but no parents', 'name the parents or drop parentMode')
  for (const parent of feature.parents)
    if (!byKey.has(parent))
      fail(`has the unknown parent "${parent}"`, 'correct the key, or install the plugin that owns it')
  if (new Set(feature.parents).size < feature.parents.length) fail('names a parent twice', 'name it once')
  if (feature.kind === 'RESTRICTION' && (feature.parentMode === 'HARD' || feature.parentMode === 'ANY'))
    fail(`is a restriction with ${feature.parentMode} parents`, 'say MOOT, since a hidden parent must not lift it')
  if (feature.kind === 'GATE' && feature.parents.length > 0)
    fail('is a gate with parents', 'drop them, since a gate admits a whole user type by itself')
}

const checkNoCycle = (start: Feature, byKey: ReadonlyMap<string, Feature>): void => {
  const walk = (key: string, path: readonly string[]): void => {
    if (path.includes(key))
      throw new ConfigurationError(
        `Feature "${start.key}" of plugin "${start.plugin}" stands in a circle of parents (${[...path, key].join(' → ')}): remove one of them.`
      )
    for (const parent of byKey.get(key)!.parents) walk(parent, [...path, key])
  }
  walk(start.key, [])
}

const numberColumns = (plugins: readonly CatalogueSource[], features: ReadonlyMap<string, Feature>): ColumnSet[] => {
  const sets: ColumnSet[] = []
  const owners = new Map<string, string>()
  let bit = features.size
  for (const plugin of plugins)
    for (const definition of plugin.columnSets ?? []) {
      const fail = (what: string, remedy: string): never => {
        throw new ConfigurationError(`Report "${definition.report}" of plugin "${plugin.name}" ${what}: ${remedy}.`)
      }
      if (!reportName.test(definition.report)) fail('has a malformed name', 'use upper-case words, such as "CDR"')
      const owner = owners.get(definition.report)
      if (owner !== undefined) fail(`is already declared by plugin "${owner}"`, 'choose another name')
      owners.set(definition.report, plugin.name)
      if (!features.has(definition.feature))
        fail(
          `belongs to the unknown feature "${definition.feature}"`,
          'correct the key, or install the plugin that owns it'
        )
      const names = new Set<string>()
      const columns = definition.columns.map((column): Column => {
        if (!columnName.test(column.name)) fail(`has the malformed column "${column.name}"`, 'use a GraphQL field name')
        if (names.has(column.name)) fail(`has the column "${column.name}" twice`, 'declare it once')
        names.add(column.name)
        if (column.audience.length === 0)
          fail(`has the column "${column.name}" for nobody`, 'name its audience, or do not declare it')
        if (column.requiresFeature !== undefined && !features.has(column.requiresFeature))
          fail(
            `has the column "${column.name}" that requires the unknown feature "${column.requiresFeature}"`,
            'correct the key, or install the plugin that owns it'
          )
        return Object.freeze({
          ...column,
          report: definition.report,
          key: `${definition.report}.${column.name}`,
          bit: bit++
        })
      })
      sets.push(Object.freeze({ ...definition, plugin: plugin.name, columns: Object.freeze(columns) }))
    }
  return sets
}
