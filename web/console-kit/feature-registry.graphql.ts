import type { TypedDocumentNode } from 'urql'

// Made from feature-registry.graphql by `npm run generate`.

/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
export type UserType =
  | 'CUSTOMER'
  | 'CARRIER';

export type FeatureKind =
  | 'PAGE'
  | 'WIDGET'
  | 'ABILITY'
  | 'RESTRICTION'
  | 'PUBLIC'
  | 'GATE';

/** What a hidden parent does to its child. HARD: hides it. ANY: one visible parent suffices. SOFT: reduces it. MOOT: a restriction stays in force. */
export type ParentMode =
  | 'HARD'
  | 'ANY'
  | 'SOFT'
  | 'MOOT';

/** GRANT: visible means more for the user. RESTRICT: visible means less; SHOW applies the restriction, HIDE lifts it. */
export type Polarity =
  | 'GRANT'
  | 'RESTRICT';

/** Reports whose columns a brand chooses. */
export type Report =
  | 'CDR'
  | 'BREAKOUT';

export type FeatureRegistryQueryVariables = Exact<{
  language: string;
}>;


export type FeatureRegistryQuery = { readonly featureRegistry: ReadonlyArray<{ readonly key: string, readonly title: string, readonly group: string, readonly kind: FeatureKind, readonly userTypes: ReadonlyArray<UserType>, readonly parents: ReadonlyArray<string>, readonly parentMode: ParentMode | null, readonly plugin: string, readonly polarity: Polarity, readonly default: boolean, readonly entitlement: string | null }> };

export type ColumnTitlesQueryVariables = Exact<{
  report: Report;
  language: string;
}>;


export type ColumnTitlesQuery = { readonly customer: ReadonlyArray<{ readonly name: string, readonly title: string }>, readonly carrier: ReadonlyArray<{ readonly name: string, readonly title: string }> };

export const FeatureRegistryDocument = "query FeatureRegistry($language: String!) { featureRegistry { key title(language: $language) group(language: $language) kind userTypes parents parentMode plugin polarity default entitlement } }" as unknown as TypedDocumentNode<FeatureRegistryQuery, FeatureRegistryQueryVariables>

export const ColumnTitlesDocument = "query ColumnTitles($report: Report!, $language: String!) { customer: columnCatalog(report: $report, userType: CUSTOMER) { name title(language: $language) } carrier: columnCatalog(report: $report, userType: CARRIER) { name title(language: $language) } }" as unknown as TypedDocumentNode<ColumnTitlesQuery, ColumnTitlesQueryVariables>

