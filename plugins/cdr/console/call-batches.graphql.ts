import type { TypedDocumentNode } from 'urql'

// Made from call-batches.graphql by `npm run generate`.

/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
export type CallBatchOrigin =
  /** `npm run import`. */
  | 'CLI'
  /** `importCalls`. */
  | 'API'
  /** `POST /ingest/cdr`; one batch a sender, source and UTC hour. */
  | 'INGEST'
  /** `rerunCallBatch`. */
  | 'RERUN';

export type CallBatchState =
  /** Takes in calls. */
  | 'RUNNING'
  /** Read to its end. */
  | 'DONE'
  /** Ended by an error; what was loaded stays. */
  | 'FAILED'
  /** A command of which nothing was heard for 15 minutes; what was loaded stays. */
  | 'BROKEN_OFF'
  | 'UNDOING'
  | 'UNDONE';

export type CallBatchFilter = {
  readonly source?: string | null | undefined;
  readonly state?: CallBatchState | null | undefined;
  readonly origin?: CallBatchOrigin | null | undefined;
  /** ISO-8601 UTC; from the first up to, and without, the second. */
  readonly startedFrom?: string | null | undefined;
  readonly startedTo?: string | null | undefined;
};

export type BatchFactsFragment = { readonly id: string, readonly source: string, readonly format: string, readonly origin: CallBatchOrigin, readonly actor: string, readonly fileName: string | null, readonly replace: boolean, readonly dryRun: boolean, readonly rerunOf: string | null, readonly state: CallBatchState, readonly error: string | null, readonly startedAt: string, readonly endedAt: string | null, readonly rows: number, readonly loaded: number, readonly replaced: number, readonly duplicates: number, readonly unrated: number, readonly rejected: number, readonly undone: number, readonly archived: number, readonly firstCallStart: string | null, readonly lastCallStart: string | null };

export type CallBatchesQueryVariables = Exact<{
  filter?: CallBatchFilter | null | undefined;
  after?: string | null | undefined;
}>;


export type CallBatchesQuery = { readonly callBatches: { readonly totalCount: number, readonly nodes: ReadonlyArray<{ readonly id: string, readonly source: string, readonly format: string, readonly origin: CallBatchOrigin, readonly actor: string, readonly fileName: string | null, readonly replace: boolean, readonly dryRun: boolean, readonly rerunOf: string | null, readonly state: CallBatchState, readonly error: string | null, readonly startedAt: string, readonly endedAt: string | null, readonly rows: number, readonly loaded: number, readonly replaced: number, readonly duplicates: number, readonly unrated: number, readonly rejected: number, readonly undone: number, readonly archived: number, readonly firstCallStart: string | null, readonly lastCallStart: string | null }>, readonly pageInfo: { readonly endCursor: string | null, readonly hasNextPage: boolean } } };

export type CallBatchQueryVariables = Exact<{
  id: string;
}>;


export type CallBatchQuery = { readonly callBatch: { readonly sha256: string | null, readonly rejectsWaiting: number, readonly rejectsUrl: string, readonly id: string, readonly source: string, readonly format: string, readonly origin: CallBatchOrigin, readonly actor: string, readonly fileName: string | null, readonly replace: boolean, readonly dryRun: boolean, readonly rerunOf: string | null, readonly state: CallBatchState, readonly error: string | null, readonly startedAt: string, readonly endedAt: string | null, readonly rows: number, readonly loaded: number, readonly replaced: number, readonly duplicates: number, readonly unrated: number, readonly rejected: number, readonly undone: number, readonly archived: number, readonly firstCallStart: string | null, readonly lastCallStart: string | null } | null };

export type CallBatchRejectsQueryVariables = Exact<{
  batchId: string;
  after?: string | null | undefined;
}>;


export type CallBatchRejectsQuery = { readonly callBatchRejects: { readonly totalCount: number, readonly nodes: ReadonlyArray<{ readonly line: number, readonly reason: string, readonly accountCode: string | null, readonly record: string }>, readonly pageInfo: { readonly endCursor: string | null, readonly hasNextPage: boolean } } };

export type ImportCallsMutationVariables = Exact<{
  fileId: string;
  format: string;
  zone?: string | null | undefined;
  source?: string | null | undefined;
  account?: string | null | undefined;
  direction?: string | null | undefined;
  replace?: boolean | null | undefined;
  dryRun?: boolean | null | undefined;
  again?: boolean | null | undefined;
}>;


export type ImportCallsMutation = { readonly importCalls: { readonly id: string } };

export type UndoCallBatchMutationVariables = Exact<{
  id: string;
  reason?: string | null | undefined;
}>;


export type UndoCallBatchMutation = { readonly undoCallBatch: { readonly id: string, readonly state: CallBatchState } };

export type RerunCallBatchMutationVariables = Exact<{
  id: string;
}>;


export type RerunCallBatchMutation = { readonly rerunCallBatch: { readonly id: string } };

export const CallBatchesDocument = "query CallBatches($filter: CallBatchFilter, $after: String) { callBatches(filter: $filter, first: 50, after: $after) { nodes { ...BatchFacts } pageInfo { endCursor hasNextPage } totalCount } } fragment BatchFacts on CallBatch { id source format origin actor fileName replace dryRun rerunOf state error startedAt endedAt rows loaded replaced duplicates unrated rejected undone archived firstCallStart lastCallStart }" as unknown as TypedDocumentNode<CallBatchesQuery, CallBatchesQueryVariables>

export const CallBatchDocument = "query CallBatch($id: ID!) { callBatch(id: $id) { ...BatchFacts sha256 rejectsWaiting rejectsUrl } } fragment BatchFacts on CallBatch { id source format origin actor fileName replace dryRun rerunOf state error startedAt endedAt rows loaded replaced duplicates unrated rejected undone archived firstCallStart lastCallStart }" as unknown as TypedDocumentNode<CallBatchQuery, CallBatchQueryVariables>

export const CallBatchRejectsDocument = "query CallBatchRejects($batchId: ID!, $after: String) { callBatchRejects(batchId: $batchId, first: 50, after: $after) { nodes { line reason accountCode record } pageInfo { endCursor hasNextPage } totalCount } }" as unknown as TypedDocumentNode<CallBatchRejectsQuery, CallBatchRejectsQueryVariables>

export const ImportCallsDocument = "mutation ImportCalls($fileId: ID!, $format: String!, $zone: String, $source: String, $account: String, $direction: String, $replace: Boolean, $dryRun: Boolean, $again: Boolean) { importCalls( fileId: $fileId format: $format zone: $zone source: $source account: $account direction: $direction replace: $replace dryRun: $dryRun again: $again ) { id } }" as unknown as TypedDocumentNode<ImportCallsMutation, ImportCallsMutationVariables>

export const UndoCallBatchDocument = "mutation UndoCallBatch($id: ID!, $reason: String) { undoCallBatch(id: $id, reason: $reason) { id state } }" as unknown as TypedDocumentNode<UndoCallBatchMutation, UndoCallBatchMutationVariables>

export const RerunCallBatchDocument = "mutation RerunCallBatch($id: ID!) { rerunCallBatch(id: $id) { id } }" as unknown as TypedDocumentNode<RerunCallBatchMutation, RerunCallBatchMutationVariables>

