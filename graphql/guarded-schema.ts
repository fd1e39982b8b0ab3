import {
  buildASTSchema,
  type ConstDirectiveNode,
  type DefinitionNode,
  type DocumentNode,
  defaultFieldResolver,
  defaultTypeResolver,
  type FieldDefinitionNode,
  type GraphQLAbstractType,
  type GraphQLEnumType,
  type GraphQLField,
  type GraphQLInterfaceType,
  type GraphQLNamedType,
  type GraphQLObjectType,
  type GraphQLResolveInfo,
  type GraphQLSchema,
  getNamedType,
  isAbstractType,
  isEnumType,
  isInterfaceType,
  isObjectType,
  isScalarType,
  Kind,
  type TypeNode,
  validateSchema,
  valueFromASTUntyped
} from 'graphql'
import { ConfigurationError } from '../core/errors.ts'
import type { Resolver, Resolvers } from '../core/plugin-api.ts'
import type { AppliedDirective, Condition, ConditionReader, GuardedElement } from './guards.ts'
import { applyScalars, type ScalarCodec, scalarCodecs } from './scalars.ts'

/** A schema whose elements know what they demand of a caller. Made by `guardSchema`. */
export interface GuardedSchema<Caller> {
  /** Everything, as declared. */
  readonly schema: GraphQLSchema
  /** The same with resolvers and the placeholder; what mercurius executes. */
  readonly executed: GraphQLSchema
  readonly document: DocumentNode
  /** Conditions by coordinate; those of a field, argument or input field include its type's. */
  conditionsOf(coordinate: string): readonly Condition<Caller>[]
  /** Every condition of the schema, in a fixed order. */
  readonly conditions: readonly Condition<Caller>[]
  /** Coordinates of root fields that may stand once in a document. */
  readonly once: ReadonlySet<string>
  readonly codecs: Readonly<Record<string, ScalarCodec>>
}

export interface GuardSchemaInput<Caller> {
  /** Whole SDL, extensions merged, directive definitions included. No subscription type. */
  readonly document: DocumentNode
  /** What the document describes, where that is built already: it is the dearest part of a start. */
  readonly schema?: GraphQLSchema
  /** Type → field → resolver; `__resolveType` for interfaces and unions, `__serialize` and `__parseValue` for scalars. */
  readonly resolvers: Resolvers
  readonly conditionsOf: ConditionReader<Caller>
  /** Coordinates of root fields that may stand once in a document: `Mutation.login`. Those with `@once` are added. */
  readonly once?: readonly string[]
}

/**
 * The field that stands in for a hidden one: constant null, on every object and interface of the executed schema, and in
 * no schema that a caller is shown or validated against.
 */
export const placeholder = '_null'

/** Where the caller stands in a resolver's context, for results that depend on who asks. */
export const callerKey: unique symbol = Symbol('caller')

const noConditions: readonly never[] = []

/** The name inside any lists and non-null marks. */
export const namedTypeOf = (type: TypeNode): string =>
  type.kind === Kind.NAMED_TYPE ? type.name.value : namedTypeOf(type.type)

const applied = (directives: readonly ConstDirectiveNode[] | undefined): readonly AppliedDirective[] =>
  (directives ?? []).map(directive => ({
    name: directive.name.value,
    args: Object.fromEntries((directive.arguments ?? []).map(arg => [arg.name.value, valueFromASTUntyped(arg.value)]))
  }))

/** Every guardable element of a merged document with the name of the type it yields or takes. */
export const elementsOf = (document: DocumentNode): readonly (GuardedElement & { readonly type?: string })[] => {
  const elements: (GuardedElement & { readonly type?: string })[] = []
  const operations: Readonly<Record<string, GuardedElement['operation']>> = { Query: 'query', Mutation: 'mutation' }
  const element = (
    kind: GuardedElement['kind'],
    coordinate: string,
    node: { readonly name: { readonly value: string }; readonly directives?: readonly ConstDirectiveNode[] },
    rest: { readonly operation?: GuardedElement['operation']; readonly type?: string } = {}
  ): void => {
    elements.push({ kind, coordinate, name: node.name.value, directives: applied(node.directives), ...rest })
  }
  const field = (owner: string, node: FieldDefinitionNode): void => {
    const operation = operations[owner]
    const coordinate = `${owner}.${node.name.value}`
    element('FIELD', coordinate, node, {
      type: namedTypeOf(node.type),
      ...(operation === undefined ? {} : { operation })
    })
    for (const arg of node.arguments ?? [])
      element('ARGUMENT', `${coordinate}(${arg.name.value}:)`, arg, { type: namedTypeOf(arg.type) })
  }
  for (const node of document.definitions) {
    if (!('name' in node) || node.name === undefined || node.kind === Kind.DIRECTIVE_DEFINITION) continue
    const owner = node.name.value
    element('TYPE', owner, node as { name: { value: string }; directives?: readonly ConstDirectiveNode[] })
    if (node.kind === Kind.OBJECT_TYPE_DEFINITION || node.kind === Kind.INTERFACE_TYPE_DEFINITION)
      for (const each of node.fields ?? []) field(owner, each)
    if (node.kind === Kind.INPUT_OBJECT_TYPE_DEFINITION)
      for (const each of node.fields ?? [])
        element('INPUT_FIELD', `${owner}.${each.name.value}`, each, { type: namedTypeOf(each.type) })
    if (node.kind === Kind.ENUM_TYPE_DEFINITION)
      for (const each of node.values ?? []) element('ENUM_VALUE', `${owner}.${each.name.value}`, each)
  }
  return elements
}

const unique = <Caller>(conditions: readonly Condition<Caller>[]): readonly Condition<Caller>[] => {
  const seen = new Set<string>()
  return conditions.filter(condition => !seen.has(condition.key) && seen.add(condition.key))
}

/** One object for each key, so that conditions can be compared by identity. */
const readConditions = <Caller>(
  document: DocumentNode,
  read: ConditionReader<Caller>
): { byCoordinate: Map<string, readonly Condition<Caller>[]>; all: Condition<Caller>[]; once: string[] } => {
  const byKey = new Map<string, Condition<Caller>>()
  const interned = (conditions: readonly Condition<Caller>[]): Condition<Caller>[] =>
    conditions.map(condition => {
      const known = byKey.get(condition.key)
      if (known !== undefined) return known
      byKey.set(condition.key, condition)
      return condition
    })
  const elements = elementsOf(document)
  const own = new Map(elements.map(element => [element.coordinate, interned(read(element))]))
  const byCoordinate = new Map<string, readonly Condition<Caller>[]>()
  for (const { coordinate, type } of elements) {
    const conditions = unique([...own.get(coordinate)!, ...(type === undefined ? [] : (own.get(type) ?? []))])
    if (conditions.length > 0) byCoordinate.set(coordinate, conditions)
  }
  const once = elements
    .filter(element => element.directives.some(directive => directive.name === 'once'))
    .map(element => element.coordinate)
  return { byCoordinate, all: [...byKey.values()], once }
}

const withPlaceholder = (document: DocumentNode): DocumentNode => ({
  ...document,
  definitions: document.definitions.map((node): DefinitionNode => {
    if (node.kind !== Kind.OBJECT_TYPE_DEFINITION && node.kind !== Kind.INTERFACE_TYPE_DEFINITION) return node
    const field: FieldDefinitionNode = {
      kind: Kind.FIELD_DEFINITION,
      name: { kind: Kind.NAME, value: placeholder },
      type: { kind: Kind.NAMED_TYPE, name: { kind: Kind.NAME, value: 'Boolean' } }
    }
    return { ...node, fields: [...(node.fields ?? []), field] }
  })
})

const noSuch = (what: string): ConfigurationError =>
  new ConfigurationError(`There is a resolver for ${what}, which the schema does not have: remove or rename it.`)

const attachResolvers = (schema: GraphQLSchema, resolvers: Resolvers): void => {
  for (const [typeName, fields] of Object.entries(resolvers)) {
    const type = schema.getType(typeName)
    if (type === undefined) throw noSuch(typeName)
    for (const [name, resolve] of Object.entries(fields as Record<string, Resolver>)) {
      if (isScalarType(type)) continue
      if (isAbstractType(type) && name === '__resolveType') {
        type.resolveType = (value, context, info) =>
          resolve(value, {}, context as never, info) as string | Promise<string>
        continue
      }
      const field = isObjectType(type) ? type.getFields()[name] : undefined
      if (field === undefined) throw noSuch(`${typeName}.${name}`)
      field.resolve = resolve as NonNullable<typeof field.resolve>
    }
  }
}

const codecsOf = (resolvers: Resolvers): Readonly<Record<string, ScalarCodec>> => {
  const codecs: Record<string, ScalarCodec> = { ...scalarCodecs }
  for (const [name, members] of Object.entries(resolvers)) {
    const serialize = members.__serialize as ((value: unknown) => unknown) | undefined
    const parse = members.__parseValue as ((value: unknown) => unknown) | undefined
    if (serialize !== undefined || parse !== undefined)
      codecs[name] = { serialize: serialize ?? (value => value), parse: parse ?? (value => value) }
  }
  return codecs
}

/** Filters what a field yields: hidden values leave lists, and become null on their own. */
type Keep<Caller> = (
  value: unknown,
  caller: Caller,
  context: unknown,
  info: GraphQLResolveInfo
) => Promise<boolean> | boolean

const filtered = async <Caller>(
  value: unknown,
  keep: Keep<Caller>,
  caller: Caller,
  context: unknown,
  info: GraphQLResolveInfo
): Promise<unknown> => {
  const settled = await value
  if (settled === null || settled === undefined) return settled
  if (typeof settled === 'object' && Symbol.iterator in settled) {
    const kept: unknown[] = []
    for (const item of settled as Iterable<unknown>) {
      const each = await item
      const result = await filtered(each, keep, caller, context, info)
      if (each === null || each === undefined || (result !== null && result !== undefined)) kept.push(result)
    }
    return kept
  }
  return (await keep(settled, caller, context, info)) ? settled : null
}

const filterResults = <Caller>(
  schema: GraphQLSchema,
  conditionsOf: (coordinate: string) => readonly Condition<Caller>[]
): void => {
  const visible = (conditions: readonly Condition<Caller>[], caller: Caller): boolean =>
    conditions.every(condition => condition.holds(caller))
  const keepMember = (type: GraphQLAbstractType): Keep<Caller> | undefined => {
    if (schema.getPossibleTypes(type).every(member => conditionsOf(member.name).length === 0)) return undefined
    return async (value, caller, context, info) => {
      const name = await (type.resolveType ?? defaultTypeResolver)(value, context, info, type)
      return typeof name === 'string' && visible(conditionsOf(name), caller)
    }
  }
  const keepValue = (type: GraphQLEnumType): Keep<Caller> | undefined => {
    const values = type.getValues()
    if (values.every(value => conditionsOf(`${type.name}.${value.name}`).length === 0)) return undefined
    return (value, caller) => {
      const name = values.find(each => each.value === value)?.name
      return name === undefined || visible(conditionsOf(`${type.name}.${name}`), caller)
    }
  }
  const keepFor = (type: GraphQLNamedType): Keep<Caller> | undefined =>
    isAbstractType(type) ? keepMember(type) : isEnumType(type) ? keepValue(type) : undefined
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type) || type.name.startsWith('__')) continue
    for (const field of Object.values(type.getFields()) as GraphQLField<unknown, Record<symbol, Caller>>[]) {
      const keep = keepFor(getNamedType(field.type))
      if (keep === undefined) continue
      const resolve = field.resolve ?? defaultFieldResolver
      field.resolve = (parent, args, context, info) =>
        filtered(resolve(parent, args, context, info), keep, context[callerKey] as Caller, context, info)
    }
  }
}

const built = (document: DocumentNode): GraphQLSchema => {
  try {
    return buildASTSchema(document)
  } catch (error) {
    throw new ConfigurationError(`The schema is not valid, correct it: ${(error as Error).message}`)
  }
}

/**
 * Builds the schema, reads every guard and prepares what mercurius executes.
 * @throws ConfigurationError when the schema is not valid, or a resolver has no field
 */
export const guardSchema = <Caller>(input: GuardSchemaInput<Caller>): GuardedSchema<Caller> => {
  const { document } = input
  const codecs = codecsOf(input.resolvers)
  const schema = input.schema ?? built(document)
  const { byCoordinate, all, once } = readConditions(document, input.conditionsOf)
  const conditionsOf = (coordinate: string): readonly Condition<Caller>[] =>
    byCoordinate.get(coordinate) ?? noConditions
  if (
    schema.getSubscriptionType() ||
    document.definitions.some(node => 'name' in node && node.name?.value === 'Subscription')
  )
    throw new ConfigurationError('The schema declares the type Subscription, which is not served: remove it.')
  const faults = validateSchema(schema)
  if (faults.length > 0)
    throw new ConfigurationError(`The schema is not valid: ${faults.map(fault => fault.message).join(' ')}`)
  applyScalars(schema, codecs)
  const executed = buildASTSchema(withPlaceholder(document), { assumeValid: true, assumeValidSDL: true })
  applyScalars(executed, codecs)
  attachResolvers(executed, input.resolvers)
  filterResults(executed, conditionsOf)
  return {
    schema,
    executed,
    document,
    conditionsOf,
    conditions: all,
    once: new Set([...once, ...(input.once ?? [])]),
    codecs
  }
}

/** True when the type can be selected from. */
export const hasFields = (
  type: GraphQLNamedType | null | undefined
): type is GraphQLObjectType | GraphQLInterfaceType => isObjectType(type) || isInterfaceType(type)
