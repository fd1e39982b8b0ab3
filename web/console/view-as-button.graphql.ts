import type { TypedDocumentNode } from 'urql'

// Made from view-as-button.graphql by `npm run generate`.

/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
export type ViewAsMutationVariables = Exact<{
  contactId: string;
  domainId?: string | null | undefined;
  writeThrough: boolean;
}>;


export type ViewAsMutation = { readonly viewAs: { readonly url: string, readonly expiresAt: string } };

export const ViewAsDocument = "mutation ViewAs($contactId: ID!, $domainId: ID, $writeThrough: Boolean!) { viewAs(contactId: $contactId, domainId: $domainId, writeThrough: $writeThrough) { url expiresAt } }" as unknown as TypedDocumentNode<ViewAsMutation, ViewAsMutationVariables>

