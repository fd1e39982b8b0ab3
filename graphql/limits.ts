import {
  type DocumentNode,
  type FragmentDefinitionNode,
  GraphQLError,
  Kind,
  type OperationDefinitionNode,
  parse,
  type SelectionSetNode
} from 'graphql'
import { PortalError } from '../core/errors.ts'

/** What a document may ask for. */
export interface Limits {
  readonly tokens: number
  /** Characters of the document. */
  readonly characters: number
  /** Nesting of fields; introspection may be 8 deeper. */
  readonly depth: number
  readonly aliases: number
  /** Root fields of one operation. */
  readonly roots: number
  /** Fields of one operation with fragments spread out. */
  readonly fields: number
  /** Largest `first`. */
  readonly pageSize: number
  /** Sum over all fields of the page sizes they stand under. */
  readonly cost: number
  /** Nesting of variables. */
  readonly variableDepth: number
}

export const defaultLimits: Limits = {
  tokens: 1_000,
  characters: 100_000,
  depth: 12,
  aliases: 20,
  roots: 20,
  fields: 500,
  pageSize: 500,
  cost: 25_000,
  variableDepth: 20
}

/** The introspection query of graphql-js, which tools send, is 13 deep below `__schema`. */
const introspectionDepth = 16

export const tooComplex = (why: string): PortalError =>
  new PortalError('QUERY_TOO_COMPLEX', `The query asks for too much at once: ${why}.`)
export const invalid = (why: string): PortalError => new PortalError('QUERY_INVALID', why)

/** How large a selection is once its fragments are spread out. */
interface Extent {
  readonly fields: number
  readonly roots: number
  /** Over all fields but those of introspection. */
  readonly depth: number
  readonly introspectionDepth: number
}

const emptyExtent: Extent = { fields: 0, roots: 0, depth: 0, introspectionDepth: 0 }

/** Measures operations of a document, fragments spread out. */
export const extentOf = (document: DocumentNode): ((operation: OperationDefinitionNode) => Extent) => {
  const fragments = new Map<string, FragmentDefinitionNode>()
  for (const node of document.definitions)
    if (node.kind === Kind.FRAGMENT_DEFINITION) fragments.set(node.name.value, node)
  const known = new Map<string, Extent | 'OPEN'>()
  const spread = (name: string): Extent => {
    const seen = known.get(name)
    if (seen === 'OPEN') throw invalid('A fragment spreads itself.')
    if (seen !== undefined) return seen
    const fragment = fragments.get(name)
    if (fragment === undefined) return emptyExtent
    known.set(name, 'OPEN')
    const extent = measured(fragment.selectionSet)
    known.set(name, extent)
    return extent
  }
  const measured = (set: SelectionSetNode): Extent => {
    let [fields, roots, depth, meta] = [0, 0, 0, 0]
    for (const selection of set.selections) {
      if (selection.kind === Kind.FIELD) {
        const inner = selection.selectionSet === undefined ? emptyExtent : measured(selection.selectionSet)
        fields += 1 + inner.fields
        roots += 1
        if (selection.name.value.startsWith('__')) meta = Math.max(meta, inner.depth + 1)
        else depth = Math.max(depth, inner.depth + 1)
        meta = Math.max(meta, inner.introspectionDepth)
      } else {
        const inner =
          selection.kind === Kind.FRAGMENT_SPREAD ? spread(selection.name.value) : measured(selection.selectionSet)
        fields += inner.fields
        roots += inner.roots
        depth = Math.max(depth, inner.depth)
        meta = Math.max(meta, inner.introspectionDepth)
      }
    }
    return { fields, roots, depth, introspectionDepth: meta }
  }
  return operation => measured(operation.selectionSet)
}

const aliasesIn = (document: DocumentNode): number => {
  let aliases = 0
  const count = (set: SelectionSetNode | undefined): void => {
    for (const selection of set?.selections ?? []) {
      if (selection.kind === Kind.FIELD && selection.alias !== undefined) aliases++
      if (selection.kind !== Kind.FRAGMENT_SPREAD) count(selection.selectionSet)
    }
  }
  for (const node of document.definitions) if ('selectionSet' in node) count(node.selectionSet)
  return aliases
}

/** Tools read the schema once and without aliases; with them a short text makes an answer of megabytes. */
const checkIntrospection = (document: DocumentNode): void => {
  const schemas = new Set<string>()
  const walk = (set: SelectionSetNode, inside: boolean): void => {
    for (const selection of set.selections) {
      if (selection.kind === Kind.FRAGMENT_SPREAD) continue
      const field = selection.kind === Kind.FIELD ? selection : undefined
      if (inside && field?.alias !== undefined) throw tooComplex('no aliases within introspection')
      if (field?.name.value === '__schema') schemas.add(field.alias?.value ?? field.name.value)
      if (selection.selectionSet !== undefined)
        walk(selection.selectionSet, inside || field?.name.value.startsWith('__') === true)
    }
  }
  for (const node of document.definitions)
    if ('selectionSet' in node)
      walk(node.selectionSet, node.kind === Kind.FRAGMENT_DEFINITION && node.typeCondition.name.value.startsWith('__'))
  if (schemas.size > 1) throw tooComplex('the schema may be read once in a document')
}

/** Parses a document and refuses it when it is too large in any way that shows without a schema. */
export const parseWithin = (text: string, limits: Limits): DocumentNode => {
  if (text.length > limits.characters) throw tooComplex(`at most ${limits.characters} characters`)
  // The name would become a prototype in the answer's objects.
  if (text.includes('__proto__')) throw invalid('The name "__proto__" is reserved.')
  let document: DocumentNode
  try {
    document = parse(text, { maxTokens: limits.tokens })
  } catch (error) {
    if (error instanceof GraphQLError && error.message.includes('tokens. Parsing aborted'))
      throw tooComplex(`at most ${limits.tokens} tokens`)
    throw error
  }
  if (aliasesIn(document) > limits.aliases) throw tooComplex(`at most ${limits.aliases} aliases`)
  checkIntrospection(document)
  const measure = extentOf(document)
  for (const node of document.definitions) {
    if (node.kind !== Kind.OPERATION_DEFINITION) continue
    const extent = measure(node)
    if (extent.fields > limits.fields) throw tooComplex(`at most ${limits.fields} fields`)
    if (extent.roots > limits.roots) throw tooComplex(`at most ${limits.roots} fields at the root`)
    if (extent.depth > limits.depth) throw tooComplex(`at most ${limits.depth} levels`)
    if (extent.introspectionDepth > introspectionDepth)
      throw tooComplex(`at most ${introspectionDepth} levels of introspection`)
  }
  return document
}

/** Refuses variables nested deeper than coercion should follow. */
export const checkVariableDepth = (value: unknown, limits: Limits, depth = 0): void => {
  if (typeof value !== 'object' || value === null) return
  if (depth > limits.variableDepth) throw tooComplex(`at most ${limits.variableDepth} levels of variables`)
  for (const each of Object.values(value)) checkVariableDepth(each, limits, depth + 1)
}
