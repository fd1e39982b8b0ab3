import type { TypedDocumentNode } from 'urql'

// Made from explanation.graphql by `npm run generate`.

/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
export type ExplainAccessQueryVariables = Exact<{
  companyId: string;
  domainId?: string | null | undefined;
  key: string;
}>;


export type ExplainAccessQuery = { readonly explainAccess: { readonly key: string, readonly effective: boolean, readonly text: string, readonly steps: ReadonlyArray<{ readonly layer: string, readonly value: string, readonly decided: boolean, readonly detail: string | null }> } };

export const ExplainAccessDocument = "query ExplainAccess($companyId: ID!, $domainId: ID, $key: String!) { explainAccess(companyId: $companyId, domainId: $domainId, key: $key) { key effective text steps { layer value decided detail } } }" as unknown as TypedDocumentNode<ExplainAccessQuery, ExplainAccessQueryVariables>

