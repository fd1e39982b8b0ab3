import type { TypedDocumentNode } from 'urql'

// Made from compare.graphql by `npm run generate`.

/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
export type UserType =
  | 'CUSTOMER'
  | 'CARRIER';

/** Reports whose columns a brand chooses. */
export type Report =
  | 'CDR'
  | 'BREAKOUT';

export type CompareAccessQueryVariables = Exact<{
  companyId: string;
}>;


export type CompareAccessQuery = { readonly company: { readonly name: string, readonly status: string, readonly userType: UserType, readonly domainId: string | null } | null, readonly effectiveAccess: { readonly domainId: string, readonly features: ReadonlyArray<{ readonly key: string, readonly effective: boolean, readonly decidedBy: string }>, readonly columns: ReadonlyArray<{ readonly report: Report, readonly columns: ReadonlyArray<string> }> } };

export const CompareAccessDocument = "query CompareAccess($companyId: ID!) { company(id: $companyId) { name status userType domainId } effectiveAccess(companyId: $companyId) { domainId features { key effective decidedBy } columns { report columns } } }" as unknown as TypedDocumentNode<CompareAccessQuery, CompareAccessQueryVariables>

