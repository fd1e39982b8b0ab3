import type { TypedDocumentNode } from 'urql'

// Made from brands.graphql by `npm run generate`.

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

export type DomainFeatureInput = {
  readonly key: string;
  readonly enabled: boolean;
};

export type CreatePortalDomainInput = {
  /** A host name of at least two labels; unique over the platform. */
  readonly fqdn: string;
  /** 1 to 80 characters of plain text. */
  readonly brandName: string;
  /** ISO-4217 codes in use. */
  readonly currencies?: ReadonlyArray<string> | null | undefined;
  /** Keys that are on from the start; everything else keeps the registry default. */
  readonly features?: ReadonlyArray<string> | null | undefined;
};

/** What is left out stays. */
export type UpdatePortalDomainInput = {
  /** 1 to 80 characters of plain text. */
  readonly brandName?: string | null | undefined;
  /** ISO-4217 codes in use; the first is the default. Companies keep the currency they have. */
  readonly currencies?: ReadonlyArray<string> | null | undefined;
};

export type BrandFactsFragment = { readonly id: string, readonly fqdn: string, readonly brandName: string, readonly currencies: ReadonlyArray<string>, readonly isDefault: boolean, readonly enabled: boolean, readonly version: number, readonly createdAt: string };

export type BrandColumnsFragment = { readonly cdrCustomer: ReadonlyArray<string>, readonly cdrCarrier: ReadonlyArray<string>, readonly breakoutCustomer: ReadonlyArray<string>, readonly breakoutCarrier: ReadonlyArray<string> };

export type BrandsQueryVariables = Exact<{
  search?: string | null | undefined;
  enabled?: boolean | null | undefined;
  first?: number | null | undefined;
  after?: string | null | undefined;
}>;


export type BrandsQuery = { readonly portalDomains: { readonly totalCount: number, readonly nodes: ReadonlyArray<{ readonly id: string, readonly fqdn: string, readonly brandName: string, readonly currencies: ReadonlyArray<string>, readonly isDefault: boolean, readonly enabled: boolean, readonly version: number, readonly createdAt: string }>, readonly pageInfo: { readonly endCursor: string | null, readonly hasNextPage: boolean } } };

export type BrandQueryVariables = Exact<{
  id: string;
}>;


export type BrandQuery = { readonly portalDomain: { readonly features: ReadonlyArray<string>, readonly id: string, readonly fqdn: string, readonly brandName: string, readonly currencies: ReadonlyArray<string>, readonly isDefault: boolean, readonly enabled: boolean, readonly version: number, readonly createdAt: string, readonly cdrCustomer: ReadonlyArray<string>, readonly cdrCarrier: ReadonlyArray<string>, readonly breakoutCustomer: ReadonlyArray<string>, readonly breakoutCarrier: ReadonlyArray<string> } | null, readonly companies: { readonly totalCount: number } };

export type BrandHomesQueryVariables = Exact<{
  id: string;
  first?: number | null | undefined;
  after?: string | null | undefined;
}>;


export type BrandHomesQuery = { readonly companies: { readonly totalCount: number, readonly nodes: ReadonlyArray<{ readonly id: string, readonly name: string }>, readonly pageInfo: { readonly endCursor: string | null, readonly hasNextPage: boolean } } };

export type ReportColumnsQueryVariables = Exact<{
  report: Report;
  userType: UserType;
  language: string;
}>;


export type ReportColumnsQuery = { readonly columnCatalog: ReadonlyArray<{ readonly name: string, readonly title: string, readonly default: boolean, readonly unit: string | null, readonly requiresFeature: string | null }> };

export type CreateBrandMutationVariables = Exact<{
  input: CreatePortalDomainInput;
}>;


export type CreateBrandMutation = { readonly createPortalDomain: { readonly id: string, readonly brandName: string } };

export type UpdateBrandMutationVariables = Exact<{
  id: string;
  version: number;
  input: UpdatePortalDomainInput;
}>;


export type UpdateBrandMutation = { readonly updatePortalDomain: { readonly id: string, readonly fqdn: string, readonly brandName: string, readonly currencies: ReadonlyArray<string>, readonly isDefault: boolean, readonly enabled: boolean, readonly version: number, readonly createdAt: string } };

export type DisableBrandMutationVariables = Exact<{
  id: string;
  version: number;
  reason?: string | null | undefined;
}>;


export type DisableBrandMutation = { readonly disablePortalDomain: { readonly id: string, readonly fqdn: string, readonly brandName: string, readonly currencies: ReadonlyArray<string>, readonly isDefault: boolean, readonly enabled: boolean, readonly version: number, readonly createdAt: string } };

export type EnableBrandMutationVariables = Exact<{
  id: string;
  version: number;
  reason?: string | null | undefined;
}>;


export type EnableBrandMutation = { readonly enablePortalDomain: { readonly id: string, readonly fqdn: string, readonly brandName: string, readonly currencies: ReadonlyArray<string>, readonly isDefault: boolean, readonly enabled: boolean, readonly version: number, readonly createdAt: string } };

export type MakeBrandDefaultMutationVariables = Exact<{
  id: string;
  version: number;
  reason?: string | null | undefined;
}>;


export type MakeBrandDefaultMutation = { readonly setDefaultPortalDomain: { readonly id: string, readonly fqdn: string, readonly brandName: string, readonly currencies: ReadonlyArray<string>, readonly isDefault: boolean, readonly enabled: boolean, readonly version: number, readonly createdAt: string } };

export type DeleteBrandMutationVariables = Exact<{
  id: string;
  version: number;
  reassignTo?: string | null | undefined;
  reason?: string | null | undefined;
}>;


export type DeleteBrandMutation = { readonly deletePortalDomain: { readonly id: string, readonly companiesMoved: number } };

export type SetBrandFeaturesMutationVariables = Exact<{
  id: string;
  features: ReadonlyArray<DomainFeatureInput> | DomainFeatureInput;
  reason?: string | null | undefined;
  version?: number | null | undefined;
}>;


export type SetBrandFeaturesMutation = { readonly setDomainFeatures: { readonly id: string, readonly version: number, readonly features: ReadonlyArray<string> } };

export type SetBrandColumnsMutationVariables = Exact<{
  id: string;
  report: Report;
  userType: UserType;
  columns: ReadonlyArray<string> | string;
  version?: number | null | undefined;
}>;


export type SetBrandColumnsMutation = { readonly setDomainColumns: { readonly id: string, readonly version: number } };

export type PlatformSwitchesQueryVariables = Exact<{ [key: string]: never; }>;


export type PlatformSwitchesQuery = { readonly platform: { readonly plugins: ReadonlyArray<{ readonly name: string, readonly enabled: boolean }>, readonly entitlements: ReadonlyArray<{ readonly name: string, readonly present: boolean }> } };

export const BrandsDocument = "query Brands($search: String, $enabled: Boolean, $first: Int, $after: String) { portalDomains(search: $search, enabled: $enabled, first: $first, after: $after) { nodes { ...BrandFacts } pageInfo { endCursor hasNextPage } totalCount } } fragment BrandFacts on PortalDomain { id fqdn brandName currencies isDefault enabled version createdAt }" as unknown as TypedDocumentNode<BrandsQuery, BrandsQueryVariables>

export const BrandDocument = "query Brand($id: ID!) { portalDomain(id: $id) { ...BrandFacts features ...BrandColumns } companies(domainId: $id, first: 1) { totalCount } } fragment BrandFacts on PortalDomain { id fqdn brandName currencies isDefault enabled version createdAt } fragment BrandColumns on PortalDomain { cdrCustomer: chosenColumns(report: CDR, userType: CUSTOMER) cdrCarrier: chosenColumns(report: CDR, userType: CARRIER) breakoutCustomer: chosenColumns(report: BREAKOUT, userType: CUSTOMER) breakoutCarrier: chosenColumns(report: BREAKOUT, userType: CARRIER) }" as unknown as TypedDocumentNode<BrandQuery, BrandQueryVariables>

export const BrandHomesDocument = "query BrandHomes($id: ID!, $first: Int = 50, $after: String) { companies(domainId: $id, first: $first, after: $after) { nodes { id name } pageInfo { endCursor hasNextPage } totalCount } }" as unknown as TypedDocumentNode<BrandHomesQuery, BrandHomesQueryVariables>

export const ReportColumnsDocument = "query ReportColumns($report: Report!, $userType: UserType!, $language: String!) { columnCatalog(report: $report, userType: $userType) { name title(language: $language) default unit(language: $language) requiresFeature } }" as unknown as TypedDocumentNode<ReportColumnsQuery, ReportColumnsQueryVariables>

export const CreateBrandDocument = "mutation CreateBrand($input: CreatePortalDomainInput!) { createPortalDomain(input: $input) { id brandName } }" as unknown as TypedDocumentNode<CreateBrandMutation, CreateBrandMutationVariables>

export const UpdateBrandDocument = "mutation UpdateBrand($id: ID!, $version: Int!, $input: UpdatePortalDomainInput!) { updatePortalDomain(id: $id, expectedVersion: $version, input: $input) { ...BrandFacts } } fragment BrandFacts on PortalDomain { id fqdn brandName currencies isDefault enabled version createdAt }" as unknown as TypedDocumentNode<UpdateBrandMutation, UpdateBrandMutationVariables>

export const DisableBrandDocument = "mutation DisableBrand($id: ID!, $version: Int!, $reason: String) { disablePortalDomain(id: $id, expectedVersion: $version, reason: $reason) { ...BrandFacts } } fragment BrandFacts on PortalDomain { id fqdn brandName currencies isDefault enabled version createdAt }" as unknown as TypedDocumentNode<DisableBrandMutation, DisableBrandMutationVariables>

export const EnableBrandDocument = "mutation EnableBrand($id: ID!, $version: Int!, $reason: String) { enablePortalDomain(id: $id, expectedVersion: $version, reason: $reason) { ...BrandFacts } } fragment BrandFacts on PortalDomain { id fqdn brandName currencies isDefault enabled version createdAt }" as unknown as TypedDocumentNode<EnableBrandMutation, EnableBrandMutationVariables>

export const MakeBrandDefaultDocument = "mutation MakeBrandDefault($id: ID!, $version: Int!, $reason: String) { setDefaultPortalDomain(id: $id, expectedVersion: $version, reason: $reason) { ...BrandFacts } } fragment BrandFacts on PortalDomain { id fqdn brandName currencies isDefault enabled version createdAt }" as unknown as TypedDocumentNode<MakeBrandDefaultMutation, MakeBrandDefaultMutationVariables>

export const DeleteBrandDocument = "mutation DeleteBrand($id: ID!, $version: Int!, $reassignTo: ID, $reason: String) { deletePortalDomain( id: $id expectedVersion: $version reassignTo: $reassignTo reason: $reason ) { id companiesMoved } }" as unknown as TypedDocumentNode<DeleteBrandMutation, DeleteBrandMutationVariables>

export const SetBrandFeaturesDocument = "mutation SetBrandFeatures($id: ID!, $features: [DomainFeatureInput!]!, $reason: String, $version: Int) { setDomainFeatures( domainId: $id features: $features reason: $reason expectedVersion: $version ) { id version features } }" as unknown as TypedDocumentNode<SetBrandFeaturesMutation, SetBrandFeaturesMutationVariables>

export const SetBrandColumnsDocument = "mutation SetBrandColumns($id: ID!, $report: Report!, $userType: UserType!, $columns: [String!]!, $version: Int) { setDomainColumns( domainId: $id report: $report userType: $userType columns: $columns expectedVersion: $version ) { id version } }" as unknown as TypedDocumentNode<SetBrandColumnsMutation, SetBrandColumnsMutationVariables>

export const PlatformSwitchesDocument = "query PlatformSwitches { platform { plugins { name enabled } entitlements { name present } } }" as unknown as TypedDocumentNode<PlatformSwitchesQuery, PlatformSwitchesQueryVariables>

