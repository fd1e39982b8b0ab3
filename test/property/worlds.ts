import fc from 'fast-check'
import { Access } from '../../core/access.ts'
import { Catalogue, type CatalogueSource } from '../../core/catalogue.ts'
import type { ColumnSetDefinition } from '../../core/column-set.ts'
import {
  companyStatuses,
  type FeatureDefinition,
  type FeatureKind,
  type ParentMode,
  type UserType,
  userTypes
} from '../../core/feature.ts'
import type { AccessPoint, CompanyAccess, DomainAccess, OverrideAccess, PlatformAccess } from '../../core/ports.ts'
import { isColumnEffective, isEffective, type NaiveFeature, type Situation } from './naive-model.ts'

// Worlds made of abstract steps (on, off, show, hide …) by layer: every shape of the rules comes up often, and a failing world shrinks to a readable one.

export interface World {
  readonly plugins: readonly CatalogueSource[]
  readonly platform: PlatformAccess
  readonly domains: readonly DomainAccess[]
  readonly companies: readonly CompanyAccess[]
  /** A small whole number; validity intervals start and end near it. */
  readonly at: number
}

const kinds: readonly FeatureKind[] = ['PAGE', 'PAGE', 'WIDGET', 'ABILITY', 'RESTRICTION', 'PUBLIC', 'GATE']
const modes: readonly ParentMode[] = ['HARD', 'HARD', 'ANY', 'SOFT', 'MOOT']
const audiences: readonly (readonly UserType[])[] = [userTypes, userTypes, ['CUSTOMER'], ['CARRIER']]

interface FeatureSteps {
  readonly kind: FeatureKind
  readonly audience: readonly UserType[]
  readonly mode: ParentMode
  /** Distances to earlier features. */
  readonly parents: readonly number[]
  readonly default: boolean
  readonly plugin: number
  readonly paid: boolean
  readonly whilePending: boolean
}

const rarely = fc.integer({ min: 0, max: 7 }).map(n => n === 7)
const featureSteps: fc.Arbitrary<FeatureSteps> = fc.record({
  kind: fc.constantFrom(...kinds),
  audience: fc.constantFrom(...audiences),
  mode: fc.constantFrom(...modes),
  parents: fc.array(fc.integer({ min: 1, max: 4 }), { maxLength: 3 }),
  default: rarely,
  plugin: fc.integer({ min: 0, max: 2 }),
  paid: rarely,
  whilePending: fc.boolean()
})

const feature = (steps: FeatureSteps, index: number): FeatureDefinition & { readonly plugin: number } => {
  const parents = [...new Set(steps.parents.map(distance => index - distance).filter(parent => parent >= 0))]
  const mode = steps.kind === 'RESTRICTION' ? 'MOOT' : steps.mode
  const family = steps.kind === 'GATE' || parents.length === 0 ? {} : { parents: parents.map(keyOf), parentMode: mode }
  return {
    key: keyOf(index),
    title: keyOf(index),
    group: 'Test',
    kind: steps.kind,
    userTypes: steps.kind === 'PUBLIC' ? [] : steps.audience,
    default: steps.default,
    whilePending: steps.whilePending,
    ...(steps.paid ? { entitlement: 'addon' } : {}),
    ...family,
    plugin: steps.plugin
  }
}

export const keyOf = (index: number): string => `f${index}`
export const columnNames = ['c0', 'c1', 'c2', 'c3'] as const

const columnSet: fc.Arbitrary<{
  feature: number
  columns: { audience: readonly UserType[]; default: boolean; requires: number }[]
}> = fc.record({
  feature: fc.nat(50),
  columns: fc.array(
    fc.record({
      audience: fc.constantFrom(...audiences),
      default: fc.boolean(),
      requires: fc.integer({ min: -2, max: 50 })
    }),
    { minLength: 4, maxLength: 4 }
  )
})

const overrideSteps = fc.record({
  override: fc.constantFrom('INHERIT', 'INHERIT', 'SHOW', 'HIDE'),
  timed: fc.integer({ min: 0, max: 3 }),
  from: fc.integer({ min: 0, max: 6 }),
  length: fc.integer({ min: 1, max: 4 })
})

const times = (steps: { timed: number; from: number; length: number }): Partial<OverrideAccess> => {
  if (steps.timed === 1) return { validFrom: steps.from }
  if (steps.timed === 2) return { validUntil: steps.from + steps.length }
  return steps.timed === 3 ? { validFrom: steps.from, validUntil: steps.from + steps.length } : {}
}

/** @param size companies in the world */
export const worlds = (
  size: { readonly min: number; readonly max: number } = { min: 1, max: 4 }
): fc.Arbitrary<World> =>
  fc
    .record({
      // Idle features in front move the bits across the borders of 32.
      idle: fc.constantFrom(0, 0, 0, 30, 62),
      features: fc.array(featureSteps, { minLength: 2, maxLength: 7 })
    })
    .chain(({ idle, features }) => {
      const count = idle + features.length
      const overrides = fc.array(overrideSteps, { minLength: features.length, maxLength: features.length })
      return fc.record({
        idle: fc.constant(idle),
        features: fc.constant(features),
        sets: fc.array(columnSet, { maxLength: 2 }),
        disabled: fc.subarray([0, 1, 2], { maxLength: 1 }),
        paid: fc.boolean(),
        domains: fc.array(
          fc.record({
            values: fc.array(fc.constantFrom('unset', 'on', 'on', 'off'), { minLength: count, maxLength: count }),
            lists: fc.array(fc.shuffledSubarray([...columnNames]), { minLength: 4, maxLength: 4 })
          }),
          { minLength: 1, maxLength: 3 }
        ),
        defaultDomain: fc.nat(2),
        companies: fc.array(
          fc.record({
            userType: fc.constantFrom(...userTypes),
            status: fc.constantFrom('ACTIVE' as const, 'ACTIVE' as const, ...companyStatuses),
            home: fc.integer({ min: -1, max: 2 }),
            overrides
          }),
          { minLength: size.min, maxLength: size.max }
        ),
        at: fc.integer({ min: 0, max: 8 })
      })
    })
    .map(steps => {
      const idle: FeatureSteps = {
        kind: 'PAGE',
        audience: userTypes,
        mode: 'HARD',
        parents: [],
        default: false,
        plugin: 0,
        paid: false,
        whilePending: false
      }
      const all = [...Array<FeatureSteps>(steps.idle).fill(idle), ...steps.features].map(feature)
      const sets = steps.sets.map(
        (set, index): ColumnSetDefinition => ({
          report: `R${index}`,
          title: `R${index}`,
          feature: keyOf(set.feature % all.length),
          columns: set.columns.map((column, nth) => ({
            name: columnNames[nth]!,
            title: columnNames[nth]!,
            type: 'string',
            audience: column.audience,
            default: column.default,
            ...(column.requires < 0 ? {} : { requiresFeature: keyOf(column.requires % all.length) })
          }))
        })
      )
      const domains = steps.domains.map(
        (domain, index): DomainAccess => ({
          id: `d${index}`,
          isDefault: index === steps.defaultDomain % steps.domains.length,
          features: domain.values.flatMap((value, nth) =>
            value === 'unset' ? [] : [{ key: keyOf(nth), enabled: value === 'on' }]
          ),
          columns: sets.flatMap(({ report, columns }, nth) =>
            userTypes.map((userType, type) => ({
              report,
              userType,
              columns: domain.lists[nth * 2 + type]!.filter(name =>
                columns.find(column => column.name === name)!.audience.includes(userType)
              )
            }))
          )
        })
      )
      const companies = steps.companies.map(
        (company, index): CompanyAccess => ({
          id: `company-${index}`,
          userType: company.userType,
          status: company.status,
          domainId: company.home < 0 ? null : `d${company.home % domains.length}`,
          overrides: company.overrides.flatMap((each, nth) =>
            each.override === 'INHERIT'
              ? []
              : [{ key: keyOf(steps.idle + nth), override: each.override as 'SHOW' | 'HIDE', ...times(each) }]
          )
        })
      )
      return {
        plugins: [0, 1, 2].map(number => ({
          name: `plugin-${number}`,
          features: all.filter(each => each.plugin === number).map(({ plugin: _, ...rest }) => rest),
          columnSets: number === 2 ? sets : []
        })),
        platform: {
          disabledPlugins: steps.disabled.map(number => `plugin-${number}`),
          entitlements: steps.paid ? ['addon'] : []
        },
        domains,
        companies,
        at: steps.at
      }
    })

export const pointOf = (world: World): AccessPoint => ({
  revisions: new Map([['registry', 1]]),
  platform: world.platform,
  domains: world.domains,
  companies: world.companies
})

export const engineOf = (world: World): Access => {
  const access = new Access(Catalogue.of(world.plugins))
  access.replace(pointOf(world))
  return access
}

export const featuresOf = (world: World): NaiveFeature[] =>
  world.plugins.flatMap(plugin => (plugin.features ?? []).map(each => ({ ...each, plugin: plugin.name })))

export const columnSetsOf = (world: World): readonly ColumnSetDefinition[] =>
  world.plugins.flatMap(plugin => plugin.columnSets ?? [])

/** Every key and column key of the world. */
export const entriesOf = (world: World): string[] => [
  ...featuresOf(world).map(({ key }) => key),
  ...columnSetsOf(world).flatMap(set => set.columns.map(column => `${set.report}.${column.name}`))
]

export const brandOf = (world: World, company: CompanyAccess, domainId = company.domainId): DomainAccess =>
  domainId === null ? world.domains.find(each => each.isDefault)! : world.domains.find(each => each.id === domainId)!

export const situationOf = (world: World, company: CompanyAccess, domainId = company.domainId): Situation => ({
  features: featuresOf(world),
  columnSets: columnSetsOf(world),
  platform: world.platform,
  brand: brandOf(world, company, domainId),
  company,
  at: world.at
})

/** What the naive model says of a feature's or a column's key. */
export const naively = (situation: Situation, entry: string): boolean => {
  const [report, name] = entry.split('.') as [string, string | undefined]
  return name === undefined ? isEffective(situation, entry) : isColumnEffective(situation, report, name)
}

/** Replaces the overrides of one key of the first company. */
export const withOverrides = (world: World, key: string, ...overrides: readonly OverrideAccess[]): World => {
  const [first, ...rest] = world.companies as [CompanyAccess, ...CompanyAccess[]]
  const others = first.overrides.filter(override => override.key !== key)
  return { ...world, companies: [{ ...first, overrides: [...others, ...overrides] }, ...rest] }
}

/** Sets, or with undefined unsets, one key on every brand. */
export const withBrandValue = (world: World, key: string, enabled: boolean | undefined): World => ({
  ...world,
  domains: world.domains.map(domain => ({
    ...domain,
    features: [
      ...domain.features.filter(each => each.key !== key),
      ...(enabled === undefined ? [] : [{ key, enabled }])
    ]
  }))
})

/** Cases of the bit engine against the naive model; the other properties run a fraction of it. */
export const cases = Number(process.env.PORTCULLIS_PROPERTY_RUNS ?? 10_000)
/** Whether what can be enumerated is enumerated whole. */
export const allCases = cases >= 100_000
export const runs = { numRuns: Math.max(200, Math.floor(cases / 200)) }
