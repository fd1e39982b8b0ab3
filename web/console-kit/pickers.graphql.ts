import type { TypedDocumentNode } from 'urql'

// Made from pickers.graphql by `npm run generate`.

/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
export type UserType =
  | 'CUSTOMER'
  | 'CARRIER';

export type PickBrandsQueryVariables = Exact<{
  after?: string | null | undefined;
}>;


export type PickBrandsQuery = { readonly portalDomains: { readonly nodes: ReadonlyArray<{ readonly id: string, readonly fqdn: string, readonly brandName: string, readonly isDefault: boolean, readonly enabled: boolean }>, readonly pageInfo: { readonly endCursor: string | null, readonly hasNextPage: boolean } } };

export type PickCompaniesQueryVariables = Exact<{
  search?: string | null | undefined;
  domainId?: string | null | undefined;
}>;


export type PickCompaniesQuery = { readonly companies: { readonly nodes: ReadonlyArray<{ readonly id: string, readonly name: string, readonly domainId: string | null, readonly userType: UserType, readonly status: string }> } };

export type PickedCompanyQueryVariables = Exact<{
  id: string;
}>;


export type PickedCompanyQuery = { readonly company: { readonly id: string, readonly name: string, readonly domainId: string | null, readonly userType: UserType, readonly status: string } | null };

export const PickBrandsDocument = "query PickBrands($after: String) { portalDomains(first: 500, after: $after) { nodes { id fqdn brandName isDefault enabled } pageInfo { endCursor hasNextPage } } }" as unknown as TypedDocumentNode<PickBrandsQuery, PickBrandsQueryVariables>

export const PickCompaniesDocument = "query PickCompanies($search: String, $domainId: ID) { companies(search: $search, domainId: $domainId, sort: \"name\", first: 20) { nodes { id name domainId userType status } } }" as unknown as TypedDocumentNode<PickCompaniesQuery, PickCompaniesQueryVariables>

export const PickedCompanyDocument = "query PickedCompany($id: ID!) { company(id: $id) { id name domainId userType status } }" as unknown as TypedDocumentNode<PickedCompanyQuery, PickedCompanyQueryVariables>

