import {
  type ConstDirectiveNode,
  type DefinitionNode,
  type DocumentNode,
  type EnumTypeDefinitionNode,
  type EnumTypeExtensionNode,
  type InputObjectTypeDefinitionNode,
  type InputObjectTypeExtensionNode,
  type InterfaceTypeDefinitionNode,
  type InterfaceTypeExtensionNode,
  isTypeDefinitionNode,
  isTypeExtensionNode,
  Kind,
  type ObjectTypeDefinitionNode,
  type ObjectTypeExtensionNode,
  parse,
  type TypeDefinitionNode,
  type TypeExtensionNode,
  type UnionTypeDefinitionNode,
  type UnionTypeExtensionNode
} from 'graphql'
import { ConfigurationError } from '../core/errors.ts'

/** SDL of one contributor; `name` is what errors call it. */
export interface SdlPart {
  readonly name: string
  readonly sdl: string
}

/** One document without extensions, and who wrote what. */
export interface MergedSdl {
  readonly document: DocumentNode
  /** Who wrote a type, field, value or member, by coordinate: `Did`, `Query.did`. */
  ownerOf(coordinate: string): string | undefined
}

type Extendable =
  | ObjectTypeDefinitionNode
  | InterfaceTypeDefinitionNode
  | InputObjectTypeDefinitionNode
  | EnumTypeDefinitionNode
  | UnionTypeDefinitionNode
type Extension =
  | ObjectTypeExtensionNode
  | InterfaceTypeExtensionNode
  | InputObjectTypeExtensionNode
  | EnumTypeExtensionNode
  | UnionTypeExtensionNode

/** Kind of an extension → kind of the definition it may extend. */
const extends_: Readonly<Record<string, Kind>> = {
  [Kind.OBJECT_TYPE_EXTENSION]: Kind.OBJECT_TYPE_DEFINITION,
  [Kind.INTERFACE_TYPE_EXTENSION]: Kind.INTERFACE_TYPE_DEFINITION,
  [Kind.INPUT_OBJECT_TYPE_EXTENSION]: Kind.INPUT_OBJECT_TYPE_DEFINITION,
  [Kind.ENUM_TYPE_EXTENSION]: Kind.ENUM_TYPE_DEFINITION,
  [Kind.UNION_TYPE_EXTENSION]: Kind.UNION_TYPE_DEFINITION
}

const membersOf = (node: DefinitionNode): readonly string[] => {
  if ('fields' in node) return (node.fields ?? []).map(field => field.name.value)
  if ('values' in node) return (node.values ?? []).map(value => value.name.value)
  if ('types' in node) return (node.types ?? []).map(type => type.name.value)
  return []
}

const concat = <T>(left: readonly T[] | undefined, right: readonly T[] | undefined): readonly T[] => [
  ...(left ?? []),
  ...(right ?? [])
]

const extended = (base: Extendable, extension: Extension): Extendable => {
  const directives = concat<ConstDirectiveNode>(base.directives, extension.directives)
  const merged: Record<string, unknown> = { ...base, directives }
  for (const list of ['fields', 'values', 'types', 'interfaces'] as const) {
    const added = (extension as unknown as Record<string, readonly unknown[] | undefined>)[list]
    if (added !== undefined) merged[list] = concat((base as unknown as Record<string, readonly unknown[]>)[list], added)
  }
  return merged as unknown as Extendable
}

const parsed = (part: SdlPart): DocumentNode => {
  try {
    return parse(part.sdl, { noLocation: true })
  } catch (error) {
    throw new ConfigurationError(`${part.name}: its schema does not parse (${(error as Error).message}): correct it.`)
  }
}

/**
 * Joins the parts on the AST, so that directives stay where they were written.
 * @throws ConfigurationError when a name is taken (naming both parts), a name is reserved, or an extended type is absent
 */
export const mergeSdl = (parts: readonly SdlPart[]): MergedSdl => {
  const owners = new Map<string, string>()
  const claim = (name: string, part: string): void => {
    const other = owners.get(name)
    if (other !== undefined) {
      const both = other === part ? `${part} defines ${name} twice` : `${part} and ${other} both define ${name}`
      throw new ConfigurationError(`${both}: rename one of them.`)
    }
    const own = name.slice(name.indexOf('.') + 1)
    if (own.startsWith('_'))
      throw new ConfigurationError(`${part} defines ${name}: names may not begin with "_"; rename it.`)
    owners.set(name, part)
  }

  const definitions = new Map<string, DefinitionNode>()
  const extensions: { readonly part: string; readonly node: TypeExtensionNode }[] = []
  for (const part of parts)
    for (const node of parsed(part).definitions) {
      if (isTypeExtensionNode(node)) extensions.push({ part: part.name, node })
      else if (isTypeDefinitionNode(node)) {
        claim(node.name.value, part.name)
        for (const member of membersOf(node)) claim(`${node.name.value}.${member}`, part.name)
        definitions.set(node.name.value, node)
      } else if (node.kind === Kind.DIRECTIVE_DEFINITION) {
        claim(`@${node.name.value}`, part.name)
        definitions.set(`@${node.name.value}`, node)
      } else
        throw new ConfigurationError(
          `${part.name}: its schema may hold types and extensions only: remove the ${node.kind}.`
        )
    }
  for (const { part, node } of extensions) {
    const name = node.name.value
    const base = definitions.get(name) as TypeDefinitionNode | undefined
    if (base === undefined)
      throw new ConfigurationError(
        `${part} extends the type ${name}, which nobody defines: define it or correct the name.`
      )
    if (extends_[node.kind] !== base.kind)
      throw new ConfigurationError(`${part} extends ${name} as another kind of type: use the kind it was defined with.`)
    for (const member of membersOf(node)) claim(`${name}.${member}`, part)
    definitions.set(name, extended(base as Extendable, node as Extension))
  }
  return {
    document: { kind: Kind.DOCUMENT, definitions: [...definitions.values()] },
    ownerOf: coordinate => owners.get(coordinate)
  }
}
