import type { TypedDocumentNode } from 'urql'

// Made from companies.graphql by `npm run generate`.

/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
export type UserType =
  | 'CUSTOMER'
  | 'CARRIER';

export type CreateCompanyInput = {
  /** 1 to 120 characters. */
  readonly name: string;
  readonly userType: UserType;
  /** An ISO-4217 code in use. */
  readonly currency: string;
  readonly domainId?: string | null | undefined;
  /** ACTIVE, PENDING_APPROVAL, PENDING, PENALTY or INACTIVE. */
  readonly status?: string | null | undefined;
  /** Unique over all companies. */
  readonly accountCodes?: ReadonlyArray<string> | null | undefined;
};

/** What is left out stays. */
export type UpdateCompanyInput = {
  /** 1 to 120 characters. */
  readonly name?: string | null | undefined;
  /** All of them; unique over all companies. Calls that were loaded already keep their company. */
  readonly accountCodes?: ReadonlyArray<string> | null | undefined;
};

export type CompanyFactsFragment = { readonly id: string, readonly name: string, readonly userType: UserType, readonly domainId: string | null, readonly status: string, readonly currency: string, readonly accountCodes: ReadonlyArray<string>, readonly version: number, readonly createdAt: string };

export type CompaniesQueryVariables = Exact<{
  search?: string | null | undefined;
  domainId?: string | null | undefined;
  userType?: UserType | null | undefined;
  status?: string | null | undefined;
  sort?: string | null | undefined;
  first?: number | null | undefined;
  after?: string | null | undefined;
}>;


export type CompaniesQuery = { readonly companies: { readonly totalCount: number, readonly warnings: ReadonlyArray<string>, readonly nodes: ReadonlyArray<{ readonly id: string, readonly name: string, readonly userType: UserType, readonly domainId: string | null, readonly status: string, readonly currency: string, readonly accountCodes: ReadonlyArray<string>, readonly version: number, readonly createdAt: string }>, readonly pageInfo: { readonly endCursor: string | null, readonly hasNextPage: boolean } } };

export type CompanyQueryVariables = Exact<{
  id: string;
}>;


export type CompanyQuery = { readonly company: { readonly id: string, readonly name: string, readonly userType: UserType, readonly domainId: string | null, readonly status: string, readonly currency: string, readonly accountCodes: ReadonlyArray<string>, readonly version: number, readonly createdAt: string } | null };

export type CreateCompanyMutationVariables = Exact<{
  input: CreateCompanyInput;
}>;


export type CreateCompanyMutation = { readonly createCompany: { readonly id: string, readonly name: string } };

export type UpdateCompanyMutationVariables = Exact<{
  id: string;
  version: number;
  input: UpdateCompanyInput;
}>;


export type UpdateCompanyMutation = { readonly updateCompany: { readonly id: string, readonly name: string, readonly userType: UserType, readonly domainId: string | null, readonly status: string, readonly currency: string, readonly accountCodes: ReadonlyArray<string>, readonly version: number, readonly createdAt: string } };

export type SuspendCompanyMutationVariables = Exact<{
  id: string;
  version: number;
  reason: string;
}>;


export type SuspendCompanyMutation = { readonly suspendCompany: { readonly id: string, readonly name: string, readonly userType: UserType, readonly domainId: string | null, readonly status: string, readonly currency: string, readonly accountCodes: ReadonlyArray<string>, readonly version: number, readonly createdAt: string } };

export type CloseCompanyMutationVariables = Exact<{
  id: string;
  version: number;
  reason: string;
}>;


export type CloseCompanyMutation = { readonly closeCompany: { readonly id: string, readonly name: string, readonly userType: UserType, readonly domainId: string | null, readonly status: string, readonly currency: string, readonly accountCodes: ReadonlyArray<string>, readonly version: number, readonly createdAt: string } };

export type ReopenCompanyMutationVariables = Exact<{
  id: string;
  version: number;
  reason?: string | null | undefined;
}>;


export type ReopenCompanyMutation = { readonly reopenCompany: { readonly id: string, readonly name: string, readonly userType: UserType, readonly domainId: string | null, readonly status: string, readonly currency: string, readonly accountCodes: ReadonlyArray<string>, readonly version: number, readonly createdAt: string } };

export type ApproveCompanyMutationVariables = Exact<{
  id: string;
  version: number;
  reason?: string | null | undefined;
}>;


export type ApproveCompanyMutation = { readonly approveCompany: { readonly id: string, readonly name: string, readonly userType: UserType, readonly domainId: string | null, readonly status: string, readonly currency: string, readonly accountCodes: ReadonlyArray<string>, readonly version: number, readonly createdAt: string } };

export type MoveCompanyMutationVariables = Exact<{
  id: string;
  domainId?: string | null | undefined;
  version: number;
}>;


export type MoveCompanyMutation = { readonly assignCompanyDomain: { readonly id: string, readonly name: string, readonly userType: UserType, readonly domainId: string | null, readonly status: string, readonly currency: string, readonly accountCodes: ReadonlyArray<string>, readonly version: number, readonly createdAt: string } };

export const CompaniesDocument = "query Companies($search: String, $domainId: ID, $userType: UserType, $status: String, $sort: String, $first: Int, $after: String) { companies( search: $search domainId: $domainId userType: $userType status: $status sort: $sort first: $first after: $after ) { nodes { ...CompanyFacts } pageInfo { endCursor hasNextPage } totalCount warnings } } fragment CompanyFacts on Company { id name userType domainId status currency accountCodes version createdAt }" as unknown as TypedDocumentNode<CompaniesQuery, CompaniesQueryVariables>

export const CompanyDocument = "query Company($id: ID!) { company(id: $id) { ...CompanyFacts } } fragment CompanyFacts on Company { id name userType domainId status currency accountCodes version createdAt }" as unknown as TypedDocumentNode<CompanyQuery, CompanyQueryVariables>

export const CreateCompanyDocument = "mutation CreateCompany($input: CreateCompanyInput!) { createCompany(input: $input) { id name } }" as unknown as TypedDocumentNode<CreateCompanyMutation, CreateCompanyMutationVariables>

export const UpdateCompanyDocument = "mutation UpdateCompany($id: ID!, $version: Int!, $input: UpdateCompanyInput!) { updateCompany(id: $id, expectedVersion: $version, input: $input) { ...CompanyFacts } } fragment CompanyFacts on Company { id name userType domainId status currency accountCodes version createdAt }" as unknown as TypedDocumentNode<UpdateCompanyMutation, UpdateCompanyMutationVariables>

export const SuspendCompanyDocument = "mutation SuspendCompany($id: ID!, $version: Int!, $reason: String!) { suspendCompany(id: $id, expectedVersion: $version, reason: $reason) { ...CompanyFacts } } fragment CompanyFacts on Company { id name userType domainId status currency accountCodes version createdAt }" as unknown as TypedDocumentNode<SuspendCompanyMutation, SuspendCompanyMutationVariables>

export const CloseCompanyDocument = "mutation CloseCompany($id: ID!, $version: Int!, $reason: String!) { closeCompany(id: $id, expectedVersion: $version, reason: $reason) { ...CompanyFacts } } fragment CompanyFacts on Company { id name userType domainId status currency accountCodes version createdAt }" as unknown as TypedDocumentNode<CloseCompanyMutation, CloseCompanyMutationVariables>

export const ReopenCompanyDocument = "mutation ReopenCompany($id: ID!, $version: Int!, $reason: String) { reopenCompany(id: $id, expectedVersion: $version, reason: $reason) { ...CompanyFacts } } fragment CompanyFacts on Company { id name userType domainId status currency accountCodes version createdAt }" as unknown as TypedDocumentNode<ReopenCompanyMutation, ReopenCompanyMutationVariables>

export const ApproveCompanyDocument = "mutation ApproveCompany($id: ID!, $version: Int!, $reason: String) { approveCompany(id: $id, expectedVersion: $version, reason: $reason) { ...CompanyFacts } } fragment CompanyFacts on Company { id name userType domainId status currency accountCodes version createdAt }" as unknown as TypedDocumentNode<ApproveCompanyMutation, ApproveCompanyMutationVariables>

export const MoveCompanyDocument = "mutation MoveCompany($id: ID!, $domainId: ID, $version: Int!) { assignCompanyDomain( companyId: $id domainId: $domainId expectedVersion: $version ) { ...CompanyFacts } } fragment CompanyFacts on Company { id name userType domainId status currency accountCodes version createdAt }" as unknown as TypedDocumentNode<MoveCompanyMutation, MoveCompanyMutationVariables>

