import type { TypedDocumentNode } from 'urql'

// Made from audit.graphql by `npm run generate`.

/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
/** from: inclusive, to: exclusive; ISO-8601 UTC. */
export type AuditFilterInput = {
  readonly target?: string | null | undefined;
  readonly actor?: string | null | undefined;
  readonly action?: string | null | undefined;
  readonly companyId?: string | null | undefined;
  readonly domainId?: string | null | undefined;
  readonly operation?: string | null | undefined;
  readonly from?: string | null | undefined;
  readonly to?: string | null | undefined;
};

export type AuditLogQueryVariables = Exact<{
  target?: string | null | undefined;
  actor?: string | null | undefined;
  action?: string | null | undefined;
  companyId?: string | null | undefined;
  domainId?: string | null | undefined;
  operation?: string | null | undefined;
  from?: string | null | undefined;
  to?: string | null | undefined;
  first?: number | null | undefined;
  after?: string | null | undefined;
}>;


export type AuditLogQuery = { readonly auditLog: { readonly nodes: ReadonlyArray<{ readonly id: string, readonly at: string, readonly actor: string, readonly action: string, readonly target: string, readonly before: string | null, readonly after: string | null, readonly reason: string | null, readonly undoable: boolean, readonly operationUndoable: boolean, readonly companyId: string | null, readonly domainId: string | null, readonly ip: string | null, readonly operation: string | null, readonly operationEntries: number | null }>, readonly pageInfo: { readonly endCursor: string | null, readonly hasNextPage: boolean } } };

export type AuditActorsQueryVariables = Exact<{ [key: string]: never; }>;


export type AuditActorsQuery = { readonly staff: { readonly nodes: ReadonlyArray<{ readonly id: string, readonly name: string, readonly email: string }> }, readonly apiKeys: ReadonlyArray<{ readonly id: string, readonly name: string }> };

export type ExportAuditLogMutationVariables = Exact<{
  filter?: AuditFilterInput | null | undefined;
}>;


export type ExportAuditLogMutation = { readonly exportAuditLog: { readonly id: string, readonly name: string, readonly bytes: number, readonly url: string, readonly expiresAt: string } };

export const AuditLogDocument = "query AuditLog($target: String, $actor: String, $action: String, $companyId: ID, $domainId: ID, $operation: ID, $from: String, $to: String, $first: Int = 50, $after: String) { auditLog( target: $target actor: $actor action: $action companyId: $companyId domainId: $domainId operation: $operation from: $from to: $to first: $first after: $after ) { nodes { id at actor action target before after reason undoable operationUndoable companyId domainId ip operation operationEntries } pageInfo { endCursor hasNextPage } } }" as unknown as TypedDocumentNode<AuditLogQuery, AuditLogQueryVariables>

export const AuditActorsDocument = "query AuditActors { staff(first: 500) { nodes { id name email } } apiKeys { id name } }" as unknown as TypedDocumentNode<AuditActorsQuery, AuditActorsQueryVariables>

export const ExportAuditLogDocument = "mutation ExportAuditLog($filter: AuditFilterInput) { exportAuditLog(filter: $filter) { id name bytes url expiresAt } }" as unknown as TypedDocumentNode<ExportAuditLogMutation, ExportAuditLogMutationVariables>

