import type { TypedDocumentNode } from 'urql'

// Made from undo.graphql by `npm run generate`.

/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
export type RevertChangeMutationVariables = Exact<{
  auditId: string;
}>;


export type RevertChangeMutation = { readonly revertChange: { readonly id: string, readonly at: string, readonly actor: string, readonly action: string, readonly target: string, readonly before: string | null, readonly after: string | null, readonly reason: string | null } };

export type RevertOperationMutationVariables = Exact<{
  operation: string;
}>;


export type RevertOperationMutation = { readonly revertOperation: ReadonlyArray<{ readonly companyId: string, readonly ok: boolean, readonly code: string | null, readonly message: string | null, readonly operation: string | null }> };

export const RevertChangeDocument = "mutation RevertChange($auditId: ID!) { revertChange(auditId: $auditId) { id at actor action target before after reason } }" as unknown as TypedDocumentNode<RevertChangeMutation, RevertChangeMutationVariables>

export const RevertOperationDocument = "mutation RevertOperation($operation: ID!) { revertOperation(operation: $operation) { companyId ok code message operation } }" as unknown as TypedDocumentNode<RevertOperationMutation, RevertOperationMutationVariables>

