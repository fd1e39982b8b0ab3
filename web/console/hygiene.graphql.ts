import type { TypedDocumentNode } from 'urql'

// Made from hygiene.graphql by `npm run generate`.

/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
export type OverrideState =
  | 'SHOW'
  | 'HIDE'
  | 'INHERIT';

/**
 * Why an override is idle; the first that is true. ON_CLOSED_COMPANY: its company is INACTIVE. UNKNOWN_KEY: no plugin has the key.
 * EXPIRED: its validity has ended. EQUAL_TO_DEFAULT: the brand says the same anyway. NO_EFFECT: a hidden parent or gate, the
 * company's user type, or a public key's nature keeps it from showing. Future validities are looked at; a company without a home
 * brand is looked at on every brand. A plugin switched off, a missing add-on and a pending company make nothing idle.
 */
export type IdleReason =
  | 'ON_CLOSED_COMPANY'
  | 'UNKNOWN_KEY'
  | 'EXPIRED'
  | 'EQUAL_TO_DEFAULT'
  | 'NO_EFFECT';

export type IdleOverrideInput = {
  readonly companyId: string;
  readonly key: string;
};

export type OverrideHygieneQueryVariables = Exact<{
  reason?: IdleReason | null | undefined;
  domainId?: string | null | undefined;
  includeKept?: boolean | null | undefined;
  first?: number | null | undefined;
  after?: string | null | undefined;
}>;


export type OverrideHygieneQuery = { readonly overrideHygiene: { readonly totalCount: number, readonly companyCount: number, readonly counts: ReadonlyArray<{ readonly reason: IdleReason, readonly overrides: number, readonly kept: number }>, readonly nodes: ReadonlyArray<{ readonly companyId: string, readonly name: string, readonly domainId: string | null, readonly reason: IdleReason, readonly text: string, readonly override: { readonly key: string, readonly override: OverrideState, readonly reason: string | null, readonly validFrom: string | null, readonly validUntil: string | null, readonly setBy: string, readonly setAt: string }, readonly keptBy: ReadonlyArray<{ readonly id: string, readonly name: string }> }>, readonly pageInfo: { readonly endCursor: string | null, readonly hasNextPage: boolean } } };

export type CleanUpOverridesMutationVariables = Exact<{
  reason: IdleReason;
  domainId?: string | null | undefined;
  items?: ReadonlyArray<IdleOverrideInput> | IdleOverrideInput | null | undefined;
  expectedCount?: number | null | undefined;
  includeKept?: boolean | null | undefined;
}>;


export type CleanUpOverridesMutation = { readonly cleanUpOverrides: { readonly removed: number, readonly companies: number, readonly remaining: number, readonly operation: string | null } };

export const OverrideHygieneDocument = "query OverrideHygiene($reason: IdleReason, $domainId: ID, $includeKept: Boolean, $first: Int = 50, $after: String) { overrideHygiene( reason: $reason domainId: $domainId includeKept: $includeKept first: $first after: $after ) { totalCount companyCount counts { reason overrides kept } nodes { companyId name domainId reason text override { key override reason validFrom validUntil setBy setAt } keptBy { id name } } pageInfo { endCursor hasNextPage } } }" as unknown as TypedDocumentNode<OverrideHygieneQuery, OverrideHygieneQueryVariables>

export const CleanUpOverridesDocument = "mutation CleanUpOverrides($reason: IdleReason!, $domainId: ID, $items: [IdleOverrideInput!], $expectedCount: Int, $includeKept: Boolean) { cleanUpOverrides( reason: $reason domainId: $domainId items: $items expectedCount: $expectedCount includeKept: $includeKept ) { removed companies remaining operation } }" as unknown as TypedDocumentNode<CleanUpOverridesMutation, CleanUpOverridesMutationVariables>

