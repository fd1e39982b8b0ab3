import type { TypedDocumentNode } from 'urql'

// Made from company-history.graphql by `npm run generate`.

/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
export type AccessHistorySubject =
  | 'COMPANY'
  | 'BRAND'
  | 'PLATFORM';

export type CompanyHistoryQueryVariables = Exact<{
  companyId: string;
  first?: number | null | undefined;
  after?: string | null | undefined;
}>;


export type CompanyHistoryQuery = { readonly accessHistory: { readonly nodes: ReadonlyArray<{ readonly id: string, readonly at: string, readonly actor: string, readonly action: string, readonly about: AccessHistorySubject, readonly target: string, readonly host: string | null, readonly reason: string | null, readonly undoable: boolean, readonly changes: ReadonlyArray<{ readonly field: string, readonly before: string | null, readonly after: string | null, readonly reason: string | null }> }>, readonly pageInfo: { readonly endCursor: string | null, readonly hasNextPage: boolean } } };

export type ExportCompanyHistoryMutationVariables = Exact<{
  companyId: string;
}>;


export type ExportCompanyHistoryMutation = { readonly exportAccessHistory: { readonly id: string, readonly name: string, readonly bytes: number, readonly url: string, readonly expiresAt: string } };

export const CompanyHistoryDocument = "query CompanyHistory($companyId: ID!, $first: Int = 50, $after: String) { accessHistory(companyId: $companyId, first: $first, after: $after) { nodes { id at actor action about target host reason undoable changes { field before after reason } } pageInfo { endCursor hasNextPage } } }" as unknown as TypedDocumentNode<CompanyHistoryQuery, CompanyHistoryQueryVariables>

export const ExportCompanyHistoryDocument = "mutation ExportCompanyHistory($companyId: ID!) { exportAccessHistory(companyId: $companyId) { id name bytes url expiresAt } }" as unknown as TypedDocumentNode<ExportCompanyHistoryMutation, ExportCompanyHistoryMutationVariables>

