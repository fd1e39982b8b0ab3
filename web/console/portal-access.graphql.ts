import type { TypedDocumentNode } from 'urql'

// Made from portal-access.graphql by `npm run generate`.

/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
export type UserType =
  | 'CUSTOMER'
  | 'CARRIER';

export type OverrideState =
  | 'SHOW'
  | 'HIDE'
  | 'INHERIT';

/** Dates are ISO-8601 UTC. Outside [validFrom, validUntil) the override counts as INHERIT. */
export type CompanyOverrideInput = {
  readonly key: string;
  readonly override: OverrideState;
  /** At most 500 characters. */
  readonly reason?: string | null | undefined;
  readonly validFrom?: string | null | undefined;
  readonly validUntil?: string | null | undefined;
};

export type CompanyAccessQueryVariables = Exact<{
  id: string;
}>;


export type CompanyAccessQuery = { readonly company: { readonly id: string, readonly name: string, readonly userType: UserType, readonly domainId: string | null, readonly status: string, readonly version: number, readonly overrides: ReadonlyArray<{ readonly key: string, readonly override: OverrideState, readonly reason: string | null, readonly validFrom: string | null, readonly validUntil: string | null, readonly setBy: string, readonly setAt: string, readonly templateId: string | null }> } | null, readonly effectiveAccess: { readonly domainId: string, readonly revision: string, readonly features: ReadonlyArray<{ readonly key: string, readonly effective: boolean, readonly decidedBy: string, readonly notApplicable: boolean }> } };

export type AccessBrandQueryVariables = Exact<{
  id: string;
}>;


export type AccessBrandQuery = { readonly portalDomain: { readonly id: string, readonly brandName: string, readonly features: ReadonlyArray<string> } | null };

export type SetCompanyOverridesMutationVariables = Exact<{
  companyId: string;
  overrides: ReadonlyArray<CompanyOverrideInput> | CompanyOverrideInput;
  expectedVersion?: number | null | undefined;
}>;


export type SetCompanyOverridesMutation = { readonly setCompanyOverrides: { readonly id: string, readonly version: number } };

export const CompanyAccessDocument = "query CompanyAccess($id: ID!) { company(id: $id) { id name userType domainId status version overrides { key override reason validFrom validUntil setBy setAt templateId } } effectiveAccess(companyId: $id) { domainId revision features { key effective decidedBy notApplicable } } }" as unknown as TypedDocumentNode<CompanyAccessQuery, CompanyAccessQueryVariables>

export const AccessBrandDocument = "query AccessBrand($id: ID!) { portalDomain(id: $id) { id brandName features } }" as unknown as TypedDocumentNode<AccessBrandQuery, AccessBrandQueryVariables>

export const SetCompanyOverridesDocument = "mutation SetCompanyOverrides($companyId: ID!, $overrides: [CompanyOverrideInput!]!, $expectedVersion: Int) { setCompanyOverrides( companyId: $companyId overrides: $overrides expectedVersion: $expectedVersion ) { id version } }" as unknown as TypedDocumentNode<SetCompanyOverridesMutation, SetCompanyOverridesMutationVariables>

