import { readFileSync } from 'node:fs'
import { print } from 'graphql'
import type { Catalogue } from '../core/catalogue.ts'
import { ConfigurationError } from '../core/errors.ts'
import type { PluginDefinition, Resolver, Resolvers } from '../core/plugin-api.ts'
import { groupIn, titleIn, unitIn } from '../core/plugin-page.ts'
import { type GuardedSchema, guardSchema } from './guarded-schema.ts'
import { type MergedSdl, mergeSdl } from './merge-sdl.ts'
import { type Blame, checkPortalSchema, memberOf, partName } from './portal-checks.ts'
import { type PortalCaller, portalConditions } from './portal-guards.ts'

export type { PortalCaller } from './portal-guards.ts'

/** What of a plugin joins the portal's schema. The server's own parts (sign-in) come as one too. */
export type PortalSchemaPart = Pick<PluginDefinition, 'name' | 'features' | 'columnSets' | 'schema' | 'resolvers'>

const baseName = 'The base schema'
const baseSdl = readFileSync(new URL('./portal-base.graphql', import.meta.url), 'utf8')

interface InLanguage {
  readonly language: string | null
}
const title = (titled: Parameters<typeof titleIn>[0], { language }: InLanguage): string => titleIn(titled, language)
const group = (grouped: Parameters<typeof groupIn>[0], { language }: InLanguage): string => groupIn(grouped, language)
const unit = (column: Parameters<typeof unitIn>[0], { language }: InLanguage): string | null => unitIn(column, language)
/** Fields of the base's own types that every server resolves alike, from the catalogue's entries that roots answer with. */
const wordResolvers: Resolvers = { FeatureState: { title, group }, ColumnMeta: { title, unit } }

const merge = (parts: readonly PortalSchemaPart[]): MergedSdl =>
  mergeSdl([
    { name: baseName, sdl: baseSdl },
    ...parts.flatMap(part => (part.schema === undefined ? [] : [{ name: partName(part.name), sdl: part.schema }]))
  ])

/** Resolvers of all parts; one field has one resolver, given by the part that declares the field. */
const mergeResolvers = (parts: readonly PortalSchemaPart[], base: Resolvers, merged: MergedSdl): Resolvers => {
  const all: Record<string, Record<string, Resolver<never>>> = {}
  for (const { name, resolvers } of [
    { name: baseName, resolvers: wordResolvers },
    { name: baseName, resolvers: base },
    ...parts
  ]) {
    const owner = name === baseName ? baseName : partName(name)
    for (const [type, fields] of Object.entries(resolvers ?? {}))
      for (const [field, resolve] of Object.entries(fields)) {
        const coordinate = `${type}.${field}`
        const declared = field.startsWith('__') ? merged.ownerOf(type) : merged.ownerOf(coordinate)
        if (declared === undefined)
          throw new ConfigurationError(
            `${owner} has a resolver for ${coordinate}, which does not exist: remove or rename it.`
          )
        if (declared !== owner)
          throw new ConfigurationError(
            `${owner} has a resolver for ${coordinate}, which belongs to ${declared}: remove it.`
          )
        const known = all[type] ?? {}
        all[type] = known
        known[field] = resolve
      }
  }
  return all
}

/** A root field without a resolver would answer null for ever. */
const checkResolved = (guarded: GuardedSchema<PortalCaller>, blame: Blame): void => {
  for (const type of [guarded.executed.getQueryType(), guarded.executed.getMutationType()])
    for (const field of Object.values(type?.getFields() ?? {}))
      if (field.resolve === undefined && !field.name.startsWith('_'))
        throw new ConfigurationError(`${blame(`${type!.name}.${field.name}`)} has no resolver: add one.`)
}

/**
 * The portal's schema out of all plugins, checked.
 * @param baseResolvers resolvers of the base roots: `Query.me`, `Query.features`, `Query.columns`, `Query.exportJob`, `Mutation.requestExport`
 * @throws ConfigurationError naming plugin, field and remedy
 */
export const buildPortalSchema = (
  parts: readonly PortalSchemaPart[],
  catalogue: Catalogue,
  baseResolvers: Resolvers
): GuardedSchema<PortalCaller> => {
  const merged = merge(parts)
  const blame: Blame = coordinate => `${merged.ownerOf(memberOf(coordinate)) ?? 'Somebody'}: ${coordinate}`
  const guarded = guardSchema<PortalCaller>({
    document: merged.document,
    resolvers: mergeResolvers(parts, baseResolvers, merged),
    conditionsOf: portalConditions(catalogue, element => blame(element.coordinate))
  })
  checkPortalSchema(guarded, parts, catalogue, merged, blame)
  checkResolved(guarded, blame)
  return guarded
}

/** The schema as SDL with its directives, for graphql/portal-schema.graphql. */
export const portalSdl = (parts: readonly PortalSchemaPart[]): string => `${print(merge(parts).document)}\n`
