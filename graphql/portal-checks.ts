import {
  type GraphQLInputObjectType,
  type GraphQLOutputType,
  type GraphQLSchema,
  getNamedType,
  getNullableType,
  isAbstractType,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isListType,
  isNonNullType,
  isObjectType
} from 'graphql'
import type { Catalogue } from '../core/catalogue.ts'
import { ConfigurationError } from '../core/errors.ts'
import { elementsOf, type GuardedSchema, hasFields } from './guarded-schema.ts'
import type { GuardedElement } from './guards.ts'
import type { MergedSdl } from './merge-sdl.ts'
import { columnKeys, featureKeys, isOpenInViewAs } from './portal-guards.ts'

/** Names who wrote something: `Plugin did: Query.did`. */
export type Blame = (coordinate: string) => string

const rootGuards = ['feature', 'session', 'public']

/** Every root field says who may ask. */
const checkRoots = (elements: readonly GuardedElement[], blame: Blame): void => {
  for (const element of elements) {
    const { coordinate, operation, kind, directives } = element
    if (kind !== 'FIELD') continue
    const names = directives.map(each => each.name)
    if (operation === undefined) {
      const misplaced = names.find(name => name === 'session' || name === 'public' || name === 'once')
      if (misplaced !== undefined)
        throw new ConfigurationError(
          `${blame(coordinate)} has @${misplaced}, which belongs on fields of Query and Mutation: remove it.`
        )
    } else {
      if (!names.some(name => rootGuards.includes(name)))
        throw new ConfigurationError(`${blame(coordinate)} has no guard: add @feature(key:), @session or @public.`)
      if (names.includes('session') && names.includes('public'))
        throw new ConfigurationError(`${blame(coordinate)} has both @session and @public: keep one.`)
      if (isOpenInViewAs(element) && featureKeys(element).length > 0)
        throw new ConfigurationError(
          `${blame(coordinate)} has @session(inViewAs: true) and @feature: what belongs to a feature is not staff's own; keep one.`
        )
    }
  }
}

/** What may be hidden must be able to be absent. */
const checkNullable = (elements: readonly GuardedElement[], guarded: GuardedSchema<never>, blame: Blame): void => {
  for (const { coordinate, kind } of elements) {
    if (guarded.conditionsOf(coordinate).length === 0) continue
    const [owner = '', rest = ''] = coordinate.split('.')
    const type = guarded.schema.getType(owner)
    if (kind === 'FIELD' && hasFields(type) && isNonNullType(type.getFields()[rest]?.type))
      throw new ConfigurationError(`${blame(coordinate)} is guarded but cannot be null: remove the "!" of its type.`)
    const required = (each: { readonly type: unknown; readonly defaultValue?: unknown } | undefined): boolean =>
      isNonNullType(each?.type) && each?.defaultValue === undefined
    if (
      kind === 'INPUT_FIELD' &&
      type !== undefined &&
      'getFields' in type &&
      required(type.getFields()[rest] as never)
    )
      throw new ConfigurationError(`${blame(coordinate)} is guarded but required: remove the "!" or give it a default.`)
    if (kind === 'ARGUMENT' && hasFields(type)) {
      const [field = '', argument = ''] = rest.replace(':)', '').split('(')
      if (required(type.getFields()[field]?.args.find(each => each.name === argument)))
        throw new ConfigurationError(
          `${blame(coordinate)} is guarded but required: remove the "!" or give it a default.`
        )
    }
  }
}

/** True when one hidden value would have to be null where null is not allowed; lists just become shorter. */
const cannotBeAbsent = (type: GraphQLOutputType): boolean => isNonNullType(type) && !isListType(getNullableType(type))

/** A field whose value may turn out to be of a hidden type, or a hidden enum value, must be able to be null. */
const checkHiddenResults = (schema: GraphQLSchema, guarded: GuardedSchema<never>, blame: Blame): void => {
  for (const type of Object.values(schema.getTypeMap())) {
    if (!hasFields(type) || type.name.startsWith('__')) continue
    for (const field of Object.values(type.getFields())) {
      const named = getNamedType(field.type)
      const some = isAbstractType(named)
        ? schema.getPossibleTypes(named).some(member => guarded.conditionsOf(member.name).length > 0)
        : isEnumType(named) &&
          named.getValues().some(value => guarded.conditionsOf(`${named.name}.${value.name}`).length > 0)
      if (some && cannotBeAbsent(field.type))
        throw new ConfigurationError(
          `${blame(`${type.name}.${field.name}`)} can yield something guarded of ${named.name} but cannot be null: remove the "!" of its type.`
        )
    }
  }
}

/** A guard on a type's field holds also when the field is read through an interface. */
const checkInterfaces = (schema: GraphQLSchema, guarded: GuardedSchema<never>, blame: Blame): void => {
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type) && !isInterfaceType(type)) continue
    for (const parent of type.getInterfaces())
      for (const name of Object.keys(parent.getFields())) {
        const own = guarded.conditionsOf(`${type.name}.${name}`)
        const above = guarded.conditionsOf(`${parent.name}.${name}`)
        if (own.some(condition => !above.includes(condition)))
          throw new ConfigurationError(
            `${blame(`${type.name}.${name}`)} is guarded, but could be read through ${parent.name}.${name}: repeat the guard there.`
          )
      }
  }
}

/** Columns are guarded by the plugin that declares them, and every declared column is a field. */
const checkColumns = (
  elements: readonly GuardedElement[],
  parts: readonly { readonly name: string; readonly schema?: string }[],
  catalogue: Catalogue,
  merged: MergedSdl,
  blame: Blame
): void => {
  const fields = new Set<string>()
  for (const element of elements)
    for (const { report, key } of columnKeys(element)) {
      const owner = catalogue.columnSet(report)?.plugin
      if (owner !== undefined && merged.ownerOf(memberOf(element.coordinate)) !== partName(owner))
        throw new ConfigurationError(
          `${blame(element.coordinate)} has @column of the report ${report}, which belongs to plugin ${owner}: guard it with @feature, or move the field there.`
        )
      if (element.kind === 'FIELD') fields.add(key)
    }
  for (const set of catalogue.columnSets) {
    if (!parts.some(part => part.name === set.plugin && part.schema !== undefined)) continue
    for (const column of set.columns)
      if (!fields.has(column.key))
        throw new ConfigurationError(
          `Plugin ${set.plugin}: the column ${column.key} is not in its row type: add a field with @column(report: "${set.report}"${column.name === '' ? '' : `, name: "${column.name}"`}).`
        )
  }
}

/** graphql-jit compiles the parsing of variables without end when an input type holds itself. */
const checkInputs = (schema: GraphQLSchema, blame: Blame): void => {
  const walk = (type: GraphQLInputObjectType, path: readonly string[]): void => {
    for (const field of Object.values(type.getFields())) {
      if (isNonNullType(field.type) && field.defaultValue !== undefined)
        throw new ConfigurationError(
          `${blame(`${type.name}.${field.name}`)} is non-null and has a default, which compiled queries refuse when a variable leaves it out: make it nullable.`
        )
      const inner = getNamedType(field.type)
      if (!isInputObjectType(inner)) continue
      if (path.includes(inner.name))
        throw new ConfigurationError(
          `${blame(`${type.name}.${field.name}`)} lets an input type hold itself (${[...path, inner.name].join(' → ')}): give each depth a type of its own.`
        )
      walk(inner, [...path, inner.name])
    }
  }
  for (const type of Object.values(schema.getTypeMap())) if (isInputObjectType(type)) walk(type, [type.name])
}

/** How a plugin is called in errors. */
export const partName = (plugin: string): string => `Plugin ${plugin}`
/** `Query.did(first:)` → `Query.did`. */
export const memberOf = (coordinate: string): string => coordinate.replace(/\(.*$/, '')

/** All checks of the portal's schema, in the order a newcomer meets them. @throws ConfigurationError */
export const checkPortalSchema = (
  guarded: GuardedSchema<never>,
  parts: readonly { readonly name: string; readonly schema?: string }[],
  catalogue: Catalogue,
  merged: MergedSdl,
  blame: Blame
): void => {
  const elements = elementsOf(guarded.document)
  checkRoots(elements, blame)
  checkInputs(guarded.schema, blame)
  checkNullable(elements, guarded, blame)
  checkHiddenResults(guarded.schema, guarded, blame)
  checkInterfaces(guarded.schema, guarded, blame)
  checkColumns(elements, parts, catalogue, merged, blame)
}
