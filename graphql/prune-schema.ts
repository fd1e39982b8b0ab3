import {
  buildASTSchema,
  type DefinitionNode,
  type DocumentNode,
  type FieldDefinitionNode,
  type GraphQLSchema,
  type InputValueDefinitionNode,
  isTypeDefinitionNode,
  Kind,
  type TypeDefinitionNode
} from 'graphql'
import { type GuardedSchema, namedTypeOf } from './guarded-schema.ts'
import type { Condition } from './guards.ts'
import { applyScalars } from './scalars.ts'

type Visible = (coordinate: string) => boolean

const visibleArguments = (
  coordinate: string,
  args: readonly InputValueDefinitionNode[] | undefined,
  visible: Visible
): readonly InputValueDefinitionNode[] => (args ?? []).filter(arg => visible(`${coordinate}(${arg.name.value}:)`))

const visibleFields = (
  owner: string,
  fields: readonly FieldDefinitionNode[] | undefined,
  visible: Visible
): readonly FieldDefinitionNode[] =>
  (fields ?? [])
    .filter(field => visible(`${owner}.${field.name.value}`))
    .map(field => ({
      ...field,
      arguments: visibleArguments(`${owner}.${field.name.value}`, field.arguments, visible)
    }))

/** A definition without what is not visible; null when all of it is hidden. */
const pruned = (node: DefinitionNode, visible: Visible): TypeDefinitionNode | null => {
  if (!isTypeDefinitionNode(node) || !visible(node.name.value)) return null
  const owner = node.name.value
  switch (node.kind) {
    case Kind.OBJECT_TYPE_DEFINITION:
    case Kind.INTERFACE_TYPE_DEFINITION:
      return {
        ...node,
        interfaces: (node.interfaces ?? []).filter(each => visible(each.name.value)),
        fields: visibleFields(owner, node.fields, visible)
      }
    case Kind.UNION_TYPE_DEFINITION:
      return { ...node, types: (node.types ?? []).filter(each => visible(each.name.value)) }
    case Kind.ENUM_TYPE_DEFINITION:
      return { ...node, values: (node.values ?? []).filter(each => visible(`${owner}.${each.name.value}`)) }
    case Kind.INPUT_OBJECT_TYPE_DEFINITION:
      return { ...node, fields: (node.fields ?? []).filter(each => visible(`${owner}.${each.name.value}`)) }
    default:
      return node
  }
}

/** Names a definition leads to. */
const referencesOf = (node: TypeDefinitionNode, all: readonly TypeDefinitionNode[]): readonly string[] => {
  switch (node.kind) {
    case Kind.OBJECT_TYPE_DEFINITION:
    case Kind.INTERFACE_TYPE_DEFINITION: {
      const names = (node.interfaces ?? []).map(each => each.name.value)
      for (const field of node.fields ?? []) {
        names.push(namedTypeOf(field.type))
        for (const arg of field.arguments ?? []) names.push(namedTypeOf(arg.type))
      }
      if (node.kind === Kind.INTERFACE_TYPE_DEFINITION)
        for (const other of all)
          if ('interfaces' in other && other.interfaces?.some(each => each.name.value === node.name.value))
            names.push(other.name.value)
      return names
    }
    case Kind.UNION_TYPE_DEFINITION:
      return (node.types ?? []).map(each => each.name.value)
    case Kind.INPUT_OBJECT_TYPE_DEFINITION:
      return (node.fields ?? []).map(each => namedTypeOf(each.type))
    default:
      return []
  }
}

const reachable = (types: readonly TypeDefinitionNode[]): readonly TypeDefinitionNode[] => {
  const byName = new Map(types.map(type => [type.name.value, type]))
  const seen = new Set<string>()
  const open = ['Query', 'Mutation']
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    const type = byName.get(name)
    if (type === undefined || seen.has(name)) continue
    seen.add(name)
    open.push(...referencesOf(type, types))
  }
  return types.filter(type => seen.has(type.name.value))
}

/**
 * The schema as one caller may know it: without what is hidden, and without types that only hidden things lead to.
 * Tens of milliseconds for a large schema; build it only when somebody asks.
 */
export const pruneSchema = <Caller>(
  guarded: GuardedSchema<Caller>,
  holds: (condition: Condition<Caller>) => boolean
): GraphQLSchema => {
  const visible: Visible = coordinate =>
    guarded.conditionsOf(coordinate).every(condition => !condition.hides || holds(condition))
  const types = guarded.document.definitions.flatMap(node => pruned(node, visible) ?? [])
  // A mutation type without fields would only say that there is something to hide.
  const shown = types.filter(type => type.name.value !== 'Mutation' || ('fields' in type && type.fields?.length !== 0))
  const document: DocumentNode = { kind: Kind.DOCUMENT, definitions: reachable(shown) }
  const schema = buildASTSchema(document, { assumeValid: true, assumeValidSDL: true })
  applyScalars(schema, guarded.codecs)
  return schema
}
