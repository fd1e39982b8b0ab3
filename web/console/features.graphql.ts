import type { TypedDocumentNode } from 'urql'

// Made from features.graphql by `npm run generate`.

/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
export type FeatureCountQueryVariables = Exact<{
  key: string;
  domainId?: string | null | undefined;
}>;


export type FeatureCountQuery = { readonly companiesWithFeature: { readonly totalCount: number } };

export type CompaniesOfFeatureQueryVariables = Exact<{
  key: string;
  effective: boolean;
  domainId?: string | null | undefined;
  first?: number | null | undefined;
  after?: string | null | undefined;
}>;


export type CompaniesOfFeatureQuery = { readonly companiesWithFeature: { readonly totalCount: number, readonly pageInfo: { readonly endCursor: string | null, readonly hasNextPage: boolean }, readonly nodes: ReadonlyArray<{ readonly companyId: string, readonly name: string, readonly domainId: string | null, readonly effective: boolean, readonly decidedBy: string }> } };

export const FeatureCountDocument = "query FeatureCount($key: String!, $domainId: ID) { companiesWithFeature(key: $key, first: 1, domainId: $domainId) { totalCount } }" as unknown as TypedDocumentNode<FeatureCountQuery, FeatureCountQueryVariables>

export const CompaniesOfFeatureDocument = "query CompaniesOfFeature($key: String!, $effective: Boolean!, $domainId: ID, $first: Int = 50, $after: String) { companiesWithFeature( key: $key effective: $effective domainId: $domainId first: $first after: $after ) { totalCount pageInfo { endCursor hasNextPage } nodes { companyId name domainId effective decidedBy } } }" as unknown as TypedDocumentNode<CompaniesOfFeatureQuery, CompaniesOfFeatureQueryVariables>

