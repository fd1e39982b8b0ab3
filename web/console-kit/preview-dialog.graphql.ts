import type { TypedDocumentNode } from 'urql'

// Made from preview-dialog.graphql by `npm run generate`.

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

/** Reports whose columns a brand chooses. */
export type Report =
  | 'CDR'
  | 'BREAKOUT';

export type DomainFeatureInput = {
  readonly key: string;
  readonly enabled: boolean;
};

/** Dates are ISO-8601 UTC. Outside [validFrom, validUntil) the override counts as INHERIT. */
export type CompanyOverrideInput = {
  readonly key: string;
  readonly override: OverrideState;
  /** At most 500 characters. */
  readonly reason?: string | null | undefined;
  readonly validFrom?: string | null | undefined;
  readonly validUntil?: string | null | undefined;
};

export type DomainColumnsInput = {
  readonly report: Report;
  readonly userType: UserType;
  /** In order; empty: the report's default set. */
  readonly columns: ReadonlyArray<string>;
};

/**
 * Any mix of: a brand's features and columns; overrides of companies; a move of companies to another brand (null: to none);
 * another default brand; the removal of a brand.
 */
export type AccessChangeInput = {
  /** Needed by features and columns. */
  readonly domainId?: string | null | undefined;
  readonly features?: ReadonlyArray<DomainFeatureInput> | null | undefined;
  readonly columns?: ReadonlyArray<DomainColumnsInput> | null | undefined;
  /** Needed by overrides and assignDomainId. */
  readonly companyIds?: ReadonlyArray<string> | null | undefined;
  readonly overrides?: ReadonlyArray<CompanyOverrideInput> | null | undefined;
  readonly assignDomainId?: string | null | undefined;
  /** As setDefaultPortalDomain. */
  readonly defaultDomainId?: string | null | undefined;
  /** As deletePortalDomain: the companies at home on it move to reassignTo. */
  readonly removeDomainId?: string | null | undefined;
  /** Needed while a company is at home on removeDomainId. */
  readonly reassignTo?: string | null | undefined;
};

export type PreviewAccessChangeQueryVariables = Exact<{
  change: AccessChangeInput;
  first?: number | null | undefined;
  after?: string | null | undefined;
}>;


export type PreviewAccessChangeQuery = { readonly previewAccessChange: { readonly companiesChecked: number, readonly companiesChanged: number, readonly warnings: ReadonlyArray<string>, readonly differences: { readonly nodes: ReadonlyArray<{ readonly companyId: string, readonly name: string, readonly gains: ReadonlyArray<string>, readonly loses: ReadonlyArray<string> }>, readonly pageInfo: { readonly endCursor: string | null, readonly hasNextPage: boolean } } } };

export type LatestAuditQueryVariables = Exact<{
  target?: string | null | undefined;
  operation?: string | null | undefined;
}>;


export type LatestAuditQuery = { readonly auditLog: { readonly nodes: ReadonlyArray<{ readonly id: string, readonly at: string, readonly actor: string, readonly action: string, readonly target: string, readonly before: string | null, readonly after: string | null, readonly reason: string | null, readonly undoable: boolean }> } };

export const PreviewAccessChangeDocument = "query PreviewAccessChange($change: AccessChangeInput!, $first: Int = 50, $after: String) { previewAccessChange(change: $change) { companiesChecked companiesChanged warnings differences(first: $first, after: $after) { nodes { companyId name gains loses } pageInfo { endCursor hasNextPage } } } }" as unknown as TypedDocumentNode<PreviewAccessChangeQuery, PreviewAccessChangeQueryVariables>

export const LatestAuditDocument = "query LatestAudit($target: String, $operation: ID) { auditLog(target: $target, operation: $operation, first: 1) { nodes { id at actor action target before after reason undoable } } }" as unknown as TypedDocumentNode<LatestAuditQuery, LatestAuditQueryVariables>

