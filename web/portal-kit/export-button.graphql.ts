import type { TypedDocumentNode } from 'urql'

// Made from export-button.graphql by `npm run generate`.

/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
export type ExportState =
  | 'QUEUED'
  | 'RUNNING'
  | 'READY'
  | 'FAILED'
  | 'EXPIRED';

export type RequestExportMutationVariables = Exact<{
  grid: string;
  filter?: unknown;
  columns?: ReadonlyArray<string> | string | null | undefined;
}>;


export type RequestExportMutation = { readonly requestExport: { readonly id: string, readonly state: ExportState, readonly rows: number | null, readonly url: string | null, readonly expiresAt: string | null, readonly error: string | null } | null };

export type ExportProgressQueryVariables = Exact<{
  id: string;
}>;


export type ExportProgressQuery = { readonly exportJob: { readonly id: string, readonly state: ExportState, readonly rows: number | null, readonly url: string | null, readonly expiresAt: string | null, readonly error: string | null } | null };

export const RequestExportDocument = "mutation RequestExport($grid: String!, $filter: JSON, $columns: [String!]) { requestExport(grid: $grid, filter: $filter, columns: $columns) { id state rows url expiresAt error } }" as unknown as TypedDocumentNode<RequestExportMutation, RequestExportMutationVariables>

export const ExportProgressDocument = "query ExportProgress($id: ID!) { exportJob(id: $id) { id state rows url expiresAt error } }" as unknown as TypedDocumentNode<ExportProgressQuery, ExportProgressQueryVariables>

