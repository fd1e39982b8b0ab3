import type { TypedDocumentNode } from 'urql'

// Made from access-grid.graphql by `npm run generate`.

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

export type AccessGridFilter = {
  readonly domainId?: string | null | undefined;
  /** Part of the company's name. */
  readonly search?: string | null | undefined;
  readonly userType?: UserType | null | undefined;
  /** Only companies that see this key. */
  readonly feature?: string | null | undefined;
  /** Only companies with (false: without) overrides of their own, in force or not. */
  readonly overridden?: boolean | null | undefined;
  /** Only companies whose access would change (false: would not) without their own overrides. */
  readonly differsFromDomain?: boolean | null | undefined;
};

export type AccessGridWindowQueryVariables = Exact<{
  filter?: AccessGridFilter | null | undefined;
  sort: string;
  offset: number;
  first: number;
}>;


export type AccessGridWindowQuery = { readonly accessGrid: { readonly keys: ReadonlyArray<string>, readonly totalCount: number, readonly rows: ReadonlyArray<{ readonly companyId: string, readonly name: string, readonly domainId: string | null, readonly userType: UserType, readonly cells: string, readonly overrideCells: string }> } };

export type AccessGridIdsQueryVariables = Exact<{
  filter?: AccessGridFilter | null | undefined;
  sort: string;
  offset: number;
  first: number;
}>;


export type AccessGridIdsQuery = { readonly accessGrid: { readonly totalCount: number, readonly rows: ReadonlyArray<{ readonly companyId: string, readonly name: string }> } };

export type SetOverridesOfManyMutationVariables = Exact<{
  companyIds: ReadonlyArray<string> | string;
  overrides: ReadonlyArray<CompanyOverrideInput> | CompanyOverrideInput;
}>;


export type SetOverridesOfManyMutation = { readonly bulkSetCompanyOverrides: ReadonlyArray<{ readonly companyId: string, readonly ok: boolean, readonly code: string | null, readonly message: string | null, readonly operation: string | null }> };

export const AccessGridWindowDocument = "query AccessGridWindow($filter: AccessGridFilter, $sort: String!, $offset: Int!, $first: Int!) { accessGrid(filter: $filter, sort: $sort, offset: $offset, first: $first) { keys totalCount rows { companyId name domainId userType cells overrideCells } } }" as unknown as TypedDocumentNode<AccessGridWindowQuery, AccessGridWindowQueryVariables>

export const AccessGridIdsDocument = "query AccessGridIds($filter: AccessGridFilter, $sort: String!, $offset: Int!, $first: Int!) { accessGrid(filter: $filter, sort: $sort, offset: $offset, first: $first) { totalCount rows { companyId name } } }" as unknown as TypedDocumentNode<AccessGridIdsQuery, AccessGridIdsQueryVariables>

export const SetOverridesOfManyDocument = "mutation SetOverridesOfMany($companyIds: [ID!]!, $overrides: [CompanyOverrideInput!]!) { bulkSetCompanyOverrides(companyIds: $companyIds, overrides: $overrides) { companyId ok code message operation } }" as unknown as TypedDocumentNode<SetOverridesOfManyMutation, SetOverridesOfManyMutationVariables>

