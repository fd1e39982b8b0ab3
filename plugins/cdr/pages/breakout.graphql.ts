import type { TypedDocumentNode } from 'urql'

// Made from breakout.graphql by `npm run generate`.

/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
export type BreakoutColumnsQueryVariables = Exact<{
  language: string;
}>;


export type BreakoutColumnsQuery = { readonly breakoutColumns: ReadonlyArray<{ readonly name: string, readonly title: string, readonly type: string, readonly unit: string | null, readonly default: boolean, readonly sortable: boolean, readonly filterable: boolean, readonly groupable: boolean, readonly unitText: string | null }> | null, readonly __type: { readonly fields: ReadonlyArray<{ readonly name: string, readonly type: { readonly enumValues: ReadonlyArray<{ readonly name: string }> | null } }> | null } | null };

export const BreakoutColumnsDocument = "query BreakoutColumns($language: String!) { breakoutColumns { name title(language: $language) type unit unitText: unit(language: $language) default sortable filterable groupable } __type(name: \"BreakoutRow\") { fields { name type { enumValues { name } } } } }" as unknown as TypedDocumentNode<BreakoutColumnsQuery, BreakoutColumnsQueryVariables>

