import type { TypedDocumentNode } from 'urql'

// Made from carrier-numbers.graphql by `npm run generate`.

/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
export type SortDirection =
  | 'ASC'
  | 'DESC';

/** A column's name and a direction; unknown and hidden columns are refused alike. */
export type SortInput = {
  readonly column: string;
  readonly dir?: SortDirection | null | undefined;
};

export type GridOperator =
  | 'eq'
  | 'ne'
  | 'in'
  | 'lt'
  | 'lte'
  | 'gt'
  | 'gte'
  | 'between'
  | 'contains'
  | 'startsWith'
  | 'isNull';

export type GridMatch =
  | 'ALL'
  | 'ANY';

/** One comparison. `in` and `between` take `values`, the others `value`; numbers, instants and booleans are written as texts. */
export type GridRule = {
  readonly column: string;
  readonly op: GridOperator;
  readonly value?: string | null | undefined;
  readonly values?: ReadonlyArray<string> | null | undefined;
};

/** Rules and groups, of which ALL or ANY hold: at most 3 deep, 20 rules. Unknown and hidden columns are refused alike. */
export type GridFilter = {
  readonly match?: GridMatch | null | undefined;
  readonly rules?: ReadonlyArray<GridRule> | null | undefined;
  readonly groups?: ReadonlyArray<GridGroup> | null | undefined;
};

export type GridGroup = {
  readonly match?: GridMatch | null | undefined;
  readonly rules?: ReadonlyArray<GridRule> | null | undefined;
  readonly groups?: ReadonlyArray<GridInnerGroup> | null | undefined;
};

export type GridInnerGroup = {
  readonly match?: GridMatch | null | undefined;
  readonly rules?: ReadonlyArray<GridRule> | null | undefined;
};

export type CarrierDidFilter = {
  /** Part of the number. */
  readonly search?: string | null | undefined;
  /** Columns: those of `CarrierDid`. */
  readonly where?: GridFilter | null | undefined;
};

export type SuppliedNumbersQueryVariables = Exact<{
  filter?: CarrierDidFilter | null | undefined;
  sort?: ReadonlyArray<SortInput> | SortInput | null | undefined;
  first?: number | null | undefined;
  after?: string | null | undefined;
}>;


export type SuppliedNumbersQuery = { readonly carrierDids: { readonly totalCount: number | null, readonly nodes: ReadonlyArray<{ readonly number: string, readonly enabled: boolean | null, readonly assigned: boolean | null, readonly channels: number | null }> | null, readonly pageInfo: { readonly endCursor: string | null, readonly hasNextPage: boolean } | null } | null };

export const SuppliedNumbersDocument = "query SuppliedNumbers($filter: CarrierDidFilter, $sort: [SortInput!], $first: Int, $after: String) { carrierDids(filter: $filter, sort: $sort, first: $first, after: $after) { nodes { number enabled assigned channels } pageInfo { endCursor hasNextPage } totalCount } }" as unknown as TypedDocumentNode<SuppliedNumbersQuery, SuppliedNumbersQueryVariables>

