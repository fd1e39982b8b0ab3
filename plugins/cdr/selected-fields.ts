import type { GraphQLResolveInfo, SelectionSetNode } from 'graphql'

/** Names of the fields that the client selected below the resolver's field, at `path`. May name too many, never too few. */
export const selectedFields = (info: GraphQLResolveInfo, ...path: readonly string[]): ReadonlySet<string> => {
  const found = new Set<string>()
  const walk = (set: SelectionSetNode | undefined, rest: readonly string[]): void => {
    for (const node of set?.selections ?? []) {
      if (node.kind === 'FragmentSpread') walk(info.fragments[node.name.value]?.selectionSet, rest)
      else if (node.kind === 'InlineFragment') walk(node.selectionSet, rest)
      else if (rest.length === 0) found.add(node.name.value)
      else if (node.name.value === rest[0]) walk(node.selectionSet, rest.slice(1))
    }
  }
  for (const field of info.fieldNodes) walk(field.selectionSet, path)
  return found
}
