import {
  type DocumentNode,
  type GraphQLNamedType,
  type GraphQLSchema,
  getNamedType,
  isAbstractType,
  isEnumType,
  isInputObjectType,
  isSpecifiedScalarType,
  type NamedTypeNode,
  TypeInfo,
  visit,
  visitWithTypeInfo
} from 'graphql'
import type { GuardedSchema } from './guarded-schema.ts'
import type { Condition } from './guards.ts'

/** The conditions a document touches. */
export interface Mentions<Caller> {
  /** Of the fields it selects. */
  readonly fields: ReadonlySet<Condition<Caller>>
  /** Of arguments, input fields, enum values and types, and of members of the abstract types it selects. */
  readonly others: ReadonlySet<Condition<Caller>>
  /** It names types: of variables, other than the built-in scalars, or of fragments. */
  readonly namesTypes: boolean
  /** It has a fragment on an interface or union. */
  readonly namesAbstractTypes: boolean
}

/** Everything a variable of this type could hold. */
const inputConditions = <Caller>(
  guarded: GuardedSchema<Caller>,
  type: GraphQLNamedType,
  found: Set<Condition<Caller>>,
  seen: Set<string> = new Set()
): void => {
  if (seen.has(type.name)) return
  seen.add(type.name)
  const add = (coordinate: string): void => {
    for (const condition of guarded.conditionsOf(coordinate)) found.add(condition)
  }
  add(type.name)
  if (isEnumType(type)) for (const value of type.getValues()) add(`${type.name}.${value.name}`)
  if (isInputObjectType(type))
    for (const field of Object.values(type.getFields())) {
      add(`${type.name}.${field.name}`)
      inputConditions(guarded, getNamedType(field.type), found, seen)
    }
}

/** Reads what a document touches; it need not be valid. */
export const mentionsOf = <Caller>(document: DocumentNode, guarded: GuardedSchema<Caller>): Mentions<Caller> => {
  const schema: GraphQLSchema = guarded.schema
  const fields = new Set<Condition<Caller>>()
  const others = new Set<Condition<Caller>>()
  let namesTypes = false
  let namesAbstractTypes = false
  const add = (set: Set<Condition<Caller>>, coordinate: string): void => {
    for (const condition of guarded.conditionsOf(coordinate)) set.add(condition)
  }
  const members = (type: GraphQLNamedType): void => {
    if (isAbstractType(type)) for (const member of schema.getPossibleTypes(type)) add(others, member.name)
  }
  const condition = (node: NamedTypeNode | undefined): void => {
    if (node === undefined) return
    namesTypes = true
    const type = schema.getType(node.name.value)
    if (type === undefined) return
    add(others, type.name)
    if (!isAbstractType(type)) return
    namesAbstractTypes = true
    members(type)
  }
  const info = new TypeInfo(schema)
  const visitor = {
    Field: (node: { readonly name: { readonly value: string } }): void => {
      const parent = info.getParentType()
      const field = info.getFieldDef()
      if (!parent || !field) return
      add(fields, `${parent.name}.${node.name.value}`)
      members(getNamedType(field.type))
    },
    Argument: (node: { readonly name: { readonly value: string } }): void => {
      const parent = info.getParentType()
      const field = info.getFieldDef()
      if (parent && field) add(others, `${parent.name}.${field.name}(${node.name.value}:)`)
    },
    ObjectField: (node: { readonly name: { readonly value: string } }): void => {
      const owner = info.getParentInputType()
      if (owner) add(others, `${getNamedType(owner).name}.${node.name.value}`)
    },
    EnumValue: (node: { readonly value: string }): void => {
      const type = info.getInputType()
      if (type) add(others, `${getNamedType(type).name}.${node.value}`)
    },
    VariableDefinition: (): void => {
      const type = info.getInputType()
      if (!type) return
      const named = getNamedType(type)
      if (!isSpecifiedScalarType(named)) namesTypes = true
      inputConditions(guarded, named, others)
    },
    InlineFragment: (node: { readonly typeCondition?: NamedTypeNode }): void => condition(node.typeCondition),
    FragmentDefinition: (node: { readonly typeCondition: NamedTypeNode }): void => condition(node.typeCondition)
  }
  visit(document, visitWithTypeInfo(info, visitor))
  return { fields, others, namesTypes, namesAbstractTypes }
}
