import type { TypedDocumentNode } from 'urql'

// Made from number-jobs.graphql by `npm run generate`.

/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
/** All that are given hold. */
export type NumberFilter = {
  /** Beginning of the number; +, blanks and dashes do not matter. */
  readonly search?: string | null | undefined;
  readonly country?: string | null | undefined;
  readonly companyId?: string | null | undefined;
  readonly carrierId?: string | null | undefined;
  /** true: in the inventory; false: assigned. */
  readonly unassigned?: boolean | null | undefined;
  readonly enabled?: boolean | null | undefined;
};

export type JobFactsFragment = { readonly id: string, readonly kind: string, readonly state: string, readonly error: string | null, readonly fileName: string | null, readonly actor: string, readonly createdAt: string, readonly finishedAt: string | null, readonly lines: number, readonly created: number, readonly assigned: number, readonly changed: number, readonly unchanged: number, readonly refused: number };

export type NumberJobsQueryVariables = Exact<{
  after?: string | null | undefined;
}>;


export type NumberJobsQuery = { readonly numberJobs: { readonly nodes: ReadonlyArray<{ readonly id: string, readonly kind: string, readonly state: string, readonly error: string | null, readonly fileName: string | null, readonly actor: string, readonly createdAt: string, readonly finishedAt: string | null, readonly lines: number, readonly created: number, readonly assigned: number, readonly changed: number, readonly unchanged: number, readonly refused: number }>, readonly pageInfo: { readonly endCursor: string | null, readonly hasNextPage: boolean } } };

export type NumberJobQueryVariables = Exact<{
  id: string;
}>;


export type NumberJobQuery = { readonly numberJob: { readonly id: string, readonly kind: string, readonly state: string, readonly error: string | null, readonly fileName: string | null, readonly actor: string, readonly createdAt: string, readonly finishedAt: string | null, readonly lines: number, readonly created: number, readonly assigned: number, readonly changed: number, readonly unchanged: number, readonly refused: number, readonly problems: ReadonlyArray<{ readonly line: number, readonly number: string, readonly outcome: string, readonly code: string | null, readonly message: string | null }>, readonly result: { readonly name: string, readonly url: string, readonly expiresAt: string } | null } };

export type ImportNumbersMutationVariables = Exact<{
  fileId: string;
  dryRun: boolean;
  skipRefused: boolean;
}>;


export type ImportNumbersMutation = { readonly importNumbers: { readonly id: string } };

export type ExportNumbersMutationVariables = Exact<{
  filter?: NumberFilter | null | undefined;
}>;


export type ExportNumbersMutation = { readonly exportNumbers: { readonly id: string } };

export const NumberJobsDocument = "query NumberJobs($after: String) { numberJobs(first: 50, after: $after) { nodes { ...JobFacts } pageInfo { endCursor hasNextPage } } } fragment JobFacts on NumberJob { id kind state error fileName actor createdAt finishedAt lines created assigned changed unchanged refused }" as unknown as TypedDocumentNode<NumberJobsQuery, NumberJobsQueryVariables>

export const NumberJobDocument = "query NumberJob($id: ID!) { numberJob(id: $id) { ...JobFacts problems { line number outcome code message } result { name url expiresAt } } } fragment JobFacts on NumberJob { id kind state error fileName actor createdAt finishedAt lines created assigned changed unchanged refused }" as unknown as TypedDocumentNode<NumberJobQuery, NumberJobQueryVariables>

export const ImportNumbersDocument = "mutation ImportNumbers($fileId: ID!, $dryRun: Boolean!, $skipRefused: Boolean!) { importNumbers(fileId: $fileId, dryRun: $dryRun, skipRefused: $skipRefused) { id } }" as unknown as TypedDocumentNode<ImportNumbersMutation, ImportNumbersMutationVariables>

export const ExportNumbersDocument = "mutation ExportNumbers($filter: NumberFilter) { exportNumbers(filter: $filter) { id } }" as unknown as TypedDocumentNode<ExportNumbersMutation, ExportNumbersMutationVariables>

