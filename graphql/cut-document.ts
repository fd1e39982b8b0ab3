import {
  type DefinitionNode,
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLNamedType,
  type GraphQLSchema,
  getNamedType,
  Kind,
  type OperationDefinitionNode,
  type SelectionNode,
  type SelectionSetNode,
  visit
} from 'graphql'
import { hasFields, placeholder } from './guarded-schema.ts'

/** What becomes of a field: itself, a replacement, or nothing. The parent is undefined where the client named no known type. */
type Rewrite = (field: FieldNode, parent: GraphQLNamedType | undefined, root: boolean) => SelectionNode | null | 'KEEP'

export const responseName = (field: FieldNode): string => field.alias?.value ?? field.name.value
const name = (value: string): { readonly kind: Kind.NAME; readonly value: string } => ({ kind: Kind.NAME, value })

/** A field that yields `target` under the response name `as`; the client's @skip and @include stay. */
const standIn = (field: FieldNode, as: string, target: string): FieldNode => ({
  kind: Kind.FIELD,
  name: name(target),
  ...(as === target ? {} : { alias: name(as) }),
  ...(field.directives === undefined ? {} : { directives: field.directives })
})

const rootTypeOf = (schema: GraphQLSchema, operation: OperationDefinitionNode): GraphQLNamedType | undefined =>
  schema.getRootType(operation.operation) ?? undefined

/** Rewrites every field of every selection with its parent type at hand; nothing below a replaced field is looked at. */
const rewritten = (document: DocumentNode, schema: GraphQLSchema, rewrite: Rewrite): DocumentNode => {
  const query = schema.getQueryType() ?? undefined
  const selections = (
    set: SelectionSetNode,
    parent: GraphQLNamedType | undefined,
    root: boolean
  ): SelectionSetNode => ({
    ...set,
    selections: set.selections.flatMap((selection): readonly SelectionNode[] => {
      if (selection.kind === Kind.FRAGMENT_SPREAD) return [selection]
      if (selection.kind === Kind.INLINE_FRAGMENT) {
        const type = selection.typeCondition === undefined ? parent : schema.getType(selection.typeCondition.name.value)
        return [{ ...selection, selectionSet: selections(selection.selectionSet, type, root) }]
      }
      const result = rewrite(selection, parent, root)
      if (result === null) return []
      if (result !== 'KEEP') return [result]
      if (selection.selectionSet === undefined) return [selection]
      const field = hasFields(parent) ? parent.getFields()[selection.name.value] : undefined
      const type = field === undefined ? undefined : getNamedType(field.type)
      return [{ ...selection, selectionSet: selections(selection.selectionSet, type, false) }]
    })
  })
  return {
    ...document,
    definitions: document.definitions.map(node => {
      if (node.kind === Kind.OPERATION_DEFINITION)
        return { ...node, selectionSet: selections(node.selectionSet, rootTypeOf(schema, node), true) }
      if (node.kind !== Kind.FRAGMENT_DEFINITION) return node
      const type = schema.getType(node.typeCondition.name.value)
      // A fragment on a root type is taken as spread at the root; nowhere else do schemas lead back to it.
      const root = type !== undefined && (type === query || type === schema.getMutationType())
      return { ...node, selectionSet: selections(node.selectionSet, type, root) }
    })
  }
}

/** Fragments and variables each operation reaches. */
interface Use {
  readonly fragments: ReadonlySet<string>
  readonly variables: ReadonlySet<string>
}

const useOf = (document: DocumentNode): ((operation: OperationDefinitionNode) => Use) => {
  const direct = new Map<string, Use>()
  const within = (node: OperationDefinitionNode | FragmentDefinitionNode): Use => {
    const fragments = new Set<string>()
    const variables = new Set<string>()
    visit(node, {
      VariableDefinition: () => false,
      FragmentSpread: spread => void fragments.add(spread.name.value),
      Variable: variable => void variables.add(variable.name.value)
    })
    return { fragments, variables }
  }
  for (const node of document.definitions)
    if (node.kind === Kind.FRAGMENT_DEFINITION) direct.set(node.name.value, within(node))
  return operation => {
    const own = within(operation)
    const fragments = new Set<string>()
    const variables = new Set(own.variables)
    const open = [...own.fragments]
    for (let next = open.pop(); next !== undefined; next = open.pop()) {
      const use = direct.get(next)
      if (use === undefined || fragments.has(next)) continue
      fragments.add(next)
      for (const variable of use.variables) variables.add(variable)
      open.push(...use.fragments)
    }
    return { fragments, variables }
  }
}

const isOperation = (node: { readonly kind: string }): node is OperationDefinitionNode =>
  node.kind === Kind.OPERATION_DEFINITION

/** Drops the fragments and variables that only the rewriting made unused, so that the client's own mistakes stay visible. */
const withoutOrphans = (before: DocumentNode, after: DocumentNode): DocumentNode => {
  const usedBefore = useOf(before)
  const usedAfter = useOf(after)
  const reached = new Set<string>()
  const lost = new Set<string>()
  for (const node of before.definitions)
    if (isOperation(node)) for (const each of usedBefore(node).fragments) lost.add(each)
  for (const node of after.definitions)
    if (isOperation(node)) for (const each of usedAfter(node).fragments) reached.add(each)
  return {
    ...after,
    definitions: after.definitions.flatMap((node, index): readonly DefinitionNode[] => {
      if (node.kind === Kind.FRAGMENT_DEFINITION)
        return lost.has(node.name.value) && !reached.has(node.name.value) ? [] : [node]
      if (!isOperation(node)) return [node]
      const [was, is] = [usedBefore(before.definitions[index] as OperationDefinitionNode), usedAfter(node)]
      return [
        {
          ...node,
          variableDefinitions: (node.variableDefinitions ?? []).filter(
            ({ variable }) => !was.variables.has(variable.name.value) || is.variables.has(variable.name.value)
          )
        }
      ]
    })
  }
}

/** One operation with the fragments and variables it uses: what is printed and handed on. */
const single = (document: DocumentNode, operation: OperationDefinitionNode): DocumentNode => {
  const use = useOf(document)(operation)
  return {
    kind: Kind.DOCUMENT,
    definitions: document.definitions.flatMap((node): readonly DefinitionNode[] =>
      node === operation
        ? [
            {
              ...operation,
              variableDefinitions: (operation.variableDefinitions ?? []).filter(each =>
                use.variables.has(each.variable.name.value)
              )
            }
          ]
        : node.kind === Kind.FRAGMENT_DEFINITION && use.fragments.has(node.name.value)
          ? [node]
          : []
    )
  }
}

/** A hidden field of the operation, as the client wrote it. */
export interface HiddenField {
  /** Response names from the root. */
  readonly path: readonly string[]
  /** `CdrRow.charge`. */
  readonly coordinate: string
}

/** A document without what its caller may not see. */
export interface CutDocument {
  /** All operations, hidden fields taken out: what is validated. Positions still point into the client's text. */
  readonly validated: DocumentNode
  /** The chosen operation alone, null in place of each hidden field and of introspection: what is executed. */
  readonly executed: DocumentNode
  /** The chosen operation's introspection alone, if it has some. */
  readonly introspection: DocumentNode | null
  /** Response names of introspection at the root. */
  readonly introspectionNames: readonly string[]
  /** True when something besides introspection is asked for. */
  readonly hasData: boolean
  readonly hidden: readonly HiddenField[]
}

const isMeta = (field: FieldNode): boolean => field.name.value === '__schema' || field.name.value === '__type'

const chosen = (document: DocumentNode, operationName: string | null): OperationDefinitionNode =>
  document.definitions.find(
    (node): node is OperationDefinitionNode =>
      isOperation(node) && (operationName === null || node.name?.value === operationName)
  )!

/** Every field of the operation with its path, fragments spread out; `enter` says whether to go on below it. */
export const walkOperation = (
  document: DocumentNode,
  schema: GraphQLSchema,
  operation: OperationDefinitionNode,
  enter: (field: FieldNode, parent: GraphQLNamedType | undefined, path: readonly string[]) => boolean
): void => {
  const fragments = new Map(
    document.definitions.flatMap(node =>
      node.kind === Kind.FRAGMENT_DEFINITION ? [[node.name.value, node] as const] : []
    )
  )
  const walk = (set: SelectionSetNode, parent: GraphQLNamedType | undefined, path: readonly string[]): void => {
    for (const selection of set.selections) {
      if (selection.kind === Kind.FIELD) {
        const own = [...path, responseName(selection)]
        if (!enter(selection, parent, own) || selection.selectionSet === undefined) continue
        const field = hasFields(parent) ? parent.getFields()[selection.name.value] : undefined
        walk(selection.selectionSet, field === undefined ? undefined : getNamedType(field.type), own)
        continue
      }
      const inner = selection.kind === Kind.FRAGMENT_SPREAD ? fragments.get(selection.name.value) : selection
      if (inner === undefined) continue
      const condition = inner.typeCondition?.name.value
      walk(inner.selectionSet, condition === undefined ? parent : schema.getType(condition), path)
    }
  }
  walk(operation.selectionSet, rootTypeOf(schema, operation), [])
}

/** A prefix no name of the document begins with. */
const freePrefix = (document: DocumentNode): string => {
  const names: string[] = []
  visit(document, { Name: node => void names.push(node.value) })
  let prefix = 'hidden_'
  while (names.some(each => each.startsWith(prefix))) prefix = `x${prefix}`
  return prefix
}

/**
 * @param isHidden says for a coordinate such as `Query.did` whether the caller may not see it
 * @param operationName null when the document has one operation
 */
export const cutDocument = (
  document: DocumentNode,
  schema: GraphQLSchema,
  operationName: string | null,
  isHidden: (coordinate: string) => boolean
): CutDocument => {
  const hiddenField = (field: FieldNode, parent: GraphQLNamedType | undefined): boolean =>
    hasFields(parent) &&
    Object.hasOwn(parent.getFields(), field.name.value) &&
    isHidden(`${parent.name}.${field.name.value}`)
  const prefix = freePrefix(document)

  const validated = rewritten(document, schema, (field, parent) =>
    hiddenField(field, parent) ? standIn(field, prefix, '__typename') : 'KEEP'
  )
  const executed = rewritten(document, schema, (field, parent, root) =>
    hiddenField(field, parent) || (root && isMeta(field)) ? standIn(field, responseName(field), placeholder) : 'KEEP'
  )

  const operation = chosen(document, operationName)
  const hidden: HiddenField[] = []
  const introspectionNames = new Set<string>()
  let hasData = false
  walkOperation(document, schema, operation, (field, parent, path) => {
    if (path.length === 1) {
      if (isMeta(field)) introspectionNames.add(path[0]!)
      else hasData = true
    }
    if (!hiddenField(field, parent)) return true
    hidden.push({ path, coordinate: `${parent!.name}.${field.name.value}` })
    return false
  })
  const meta = (): DocumentNode => {
    const only = rewritten(document, schema, (field, _parent, root) => (root && !isMeta(field) ? null : 'KEEP'))
    return single(only, chosen(only, operationName))
  }
  return {
    validated: withoutOrphans(document, validated),
    executed: single(executed, chosen(executed, operationName)),
    introspection: introspectionNames.size > 0 ? meta() : null,
    introspectionNames: [...introspectionNames],
    hasData,
    hidden
  }
}

/**
 * True for documents that compiled queries answer wrongly: where a field or fragment stands twice and @skip or @include is
 * used, graphql-jit loses fields of the one that stays, or answers those of the one that is skipped.
 */
export const mustBeInterpreted = (document: DocumentNode): boolean => {
  let conditional = false
  let repeated = false
  const seen = new Set<string>()
  visit(document, {
    enter: node => {
      if (node.kind === Kind.DIRECTIVE) conditional = true
      if (node.kind === Kind.FRAGMENT_SPREAD) repeated = true
      if (node.kind !== Kind.FIELD) return
      if (seen.has(responseName(node))) repeated = true
      seen.add(responseName(node))
    }
  })
  return conditional && repeated
}

/** A document whose placeholders stand under names of their own, because theirs are taken by visible fields too. */
export interface RenamedPlaceholders {
  readonly document: DocumentNode
  /** Name in the answer → name the client asked for. */
  readonly names: ReadonlyMap<string, string>
}

/**
 * `x: hidden` beside `x: visible` in exclusive fragments does not merge once `hidden` is a Boolean. Such placeholders get
 * a name of their own and are renamed in the answer.
 */
export const renamePlaceholders = (document: DocumentNode): RenamedPlaceholders => {
  const taken = new Set<string>()
  visit(document, { Field: field => void (field.name.value === placeholder || taken.add(responseName(field))) })
  const prefix = freePrefix(document)
  const names = new Map<string, string>()
  const renamed = visit(document, {
    Field: (field): FieldNode | undefined => {
      if (field.name.value !== placeholder || !taken.has(responseName(field))) return undefined
      const alias = `${prefix}${responseName(field)}`
      names.set(alias, responseName(field))
      return standIn(field, alias, placeholder)
    }
  })
  return { document: renamed, names }
}

/** Puts the client's names back into an answer; where both a value and a placeholder came out, null wins. */
export const restoreNames = (value: unknown, names: ReadonlyMap<string, string>): unknown => {
  if (Array.isArray(value)) return value.map(each => restoreNames(each, names))
  if (typeof value !== 'object' || value === null) return value
  // Compiled queries leave the name of a skipped field behind without a value.
  const entries = Object.entries(value).filter(([, each]) => each !== undefined)
  const nulled = new Set(entries.flatMap(([key]) => names.get(key) ?? []))
  return Object.fromEntries(
    entries.map(([key, each]) => {
      const own = names.get(key)
      if (own !== undefined) return [own, null]
      return [key, nulled.has(key) ? null : restoreNames(each, names)]
    })
  )
}
