import type { TypedDocumentNode } from 'urql'

// Made from calls.graphql by `npm run generate`.

/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
export type CallColumnsQueryVariables = Exact<{
  language: string;
}>;


export type CallColumnsQuery = { readonly cdrColumns: ReadonlyArray<{ readonly name: string, readonly title: string, readonly type: string, readonly unit: string | null, readonly sortable: boolean, readonly filterable: boolean, readonly unitText: string | null }> | null, readonly cdrArchives: ReadonlyArray<{ readonly month: string | null, readonly url: string | null }> | null, readonly __type: { readonly fields: ReadonlyArray<{ readonly name: string, readonly type: { readonly enumValues: ReadonlyArray<{ readonly name: string }> | null } }> | null } | null };

export const CallColumnsDocument = "query CallColumns($language: String!) { cdrColumns { name title(language: $language) type unit unitText: unit(language: $language) sortable filterable } cdrArchives { month url } __type(name: \"Cdr\") { fields { name type { enumValues { name } } } } }" as unknown as TypedDocumentNode<CallColumnsQuery, CallColumnsQueryVariables>

