import type { TypedDocumentNode } from 'urql'

// Made from number-tags.graphql by `npm run generate`.

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

export type DidDestinationType =
  | 'URI'
  | 'EXTERNAL'
  | 'INTERNAL'
  | 'CIRCUIT_TEST'
  | 'CONNEXML';

/** Share of calls that are recorded, in percent. */
export type DidRecordingMode =
  | 'OFF'
  | 'SAMPLE_1'
  | 'SAMPLE_5'
  | 'SAMPLE_25'
  | 'SAMPLE_50'
  | 'ALWAYS';

/** Lowest caller attestation that is let through. */
export type DidAttestation =
  | 'NONE'
  | 'A'
  | 'A_B'
  | 'A_B_C';

export type DidFilter = {
  /** Part of the number. */
  readonly search?: string | null | undefined;
  /** Columns: those of `Did` that hold one value, `type` of the first destination, and `tags` (has, or has not, a tag). */
  readonly where?: GridFilter | null | undefined;
};

export type TaggedFactsFragment = { readonly id: string, readonly number: string | null, readonly country: string | null, readonly enabled: boolean | null, readonly retainDisplayName: boolean | null, readonly channels: number | null, readonly channelsCeiling: number | null, readonly flowSpeed: number | null, readonly flowSpeedCeiling: number | null, readonly recordingMode: DidRecordingMode | null, readonly packageName: string | null, readonly nextChargeAt: string | null, readonly price: string | null, readonly currency: string | null, readonly stirShakenMinAttest: DidAttestation | null, readonly spamScout: boolean | null, readonly notes: string | null, readonly assignedAt: string | null, readonly minimumDaysUntil: string | null, readonly cardName: string | null, readonly tags: ReadonlyArray<string> | null, readonly version: number | null, readonly destinations: ReadonlyArray<{ readonly type: DidDestinationType | null, readonly value: string | null, readonly port: number | null, readonly prefix: string | null }> | null };

export type TaggedNumbersQueryVariables = Exact<{
  filter?: DidFilter | null | undefined;
  sort?: ReadonlyArray<SortInput> | SortInput | null | undefined;
  first?: number | null | undefined;
  after?: string | null | undefined;
}>;


export type TaggedNumbersQuery = { readonly dids: { readonly totalCount: number | null, readonly nodes: ReadonlyArray<{ readonly id: string, readonly number: string | null, readonly country: string | null, readonly enabled: boolean | null, readonly retainDisplayName: boolean | null, readonly channels: number | null, readonly channelsCeiling: number | null, readonly flowSpeed: number | null, readonly flowSpeedCeiling: number | null, readonly recordingMode: DidRecordingMode | null, readonly packageName: string | null, readonly nextChargeAt: string | null, readonly price: string | null, readonly currency: string | null, readonly stirShakenMinAttest: DidAttestation | null, readonly spamScout: boolean | null, readonly notes: string | null, readonly assignedAt: string | null, readonly minimumDaysUntil: string | null, readonly cardName: string | null, readonly tags: ReadonlyArray<string> | null, readonly version: number | null, readonly destinations: ReadonlyArray<{ readonly type: DidDestinationType | null, readonly value: string | null, readonly port: number | null, readonly prefix: string | null }> | null }> | null, readonly pageInfo: { readonly endCursor: string | null, readonly hasNextPage: boolean } | null } | null };

export type TaggedNumberQueryVariables = Exact<{
  id: string;
}>;


export type TaggedNumberQuery = { readonly did: { readonly id: string, readonly number: string | null, readonly country: string | null, readonly enabled: boolean | null, readonly retainDisplayName: boolean | null, readonly channels: number | null, readonly channelsCeiling: number | null, readonly flowSpeed: number | null, readonly flowSpeedCeiling: number | null, readonly recordingMode: DidRecordingMode | null, readonly packageName: string | null, readonly nextChargeAt: string | null, readonly price: string | null, readonly currency: string | null, readonly stirShakenMinAttest: DidAttestation | null, readonly spamScout: boolean | null, readonly notes: string | null, readonly assignedAt: string | null, readonly minimumDaysUntil: string | null, readonly cardName: string | null, readonly tags: ReadonlyArray<string> | null, readonly version: number | null, readonly destinations: ReadonlyArray<{ readonly type: DidDestinationType | null, readonly value: string | null, readonly port: number | null, readonly prefix: string | null }> | null } | null };

export type KnownTagsQueryVariables = Exact<{ [key: string]: never; }>;


export type KnownTagsQuery = { readonly didTags: ReadonlyArray<string> | null };

export type SetTagsMutationVariables = Exact<{
  id: string;
  tags: ReadonlyArray<string> | string;
}>;


export type SetTagsMutation = { readonly setDidTags: { readonly id: string, readonly tags: ReadonlyArray<string> | null } | null };

export type ChangeTagsMutationVariables = Exact<{
  ids: ReadonlyArray<string> | string;
  add?: ReadonlyArray<string> | string | null | undefined;
  remove?: ReadonlyArray<string> | string | null | undefined;
}>;


export type ChangeTagsMutation = { readonly bulkTagDids: ReadonlyArray<{ readonly id: string, readonly ok: boolean, readonly code: string | null, readonly message: string | null, readonly did: { readonly id: string, readonly tags: ReadonlyArray<string> | null } | null }> | null };

export const TaggedNumbersDocument = "query TaggedNumbers($filter: DidFilter, $sort: [SortInput!], $first: Int, $after: String) { dids(filter: $filter, sort: $sort, first: $first, after: $after) { nodes { ...TaggedFacts } pageInfo { endCursor hasNextPage } totalCount } } fragment TaggedFacts on Did { id number country enabled destinations { type value port prefix } retainDisplayName channels channelsCeiling flowSpeed flowSpeedCeiling recordingMode packageName nextChargeAt price currency stirShakenMinAttest spamScout notes assignedAt minimumDaysUntil cardName tags version }" as unknown as TypedDocumentNode<TaggedNumbersQuery, TaggedNumbersQueryVariables>

export const TaggedNumberDocument = "query TaggedNumber($id: ID!) { did(id: $id) { ...TaggedFacts } } fragment TaggedFacts on Did { id number country enabled destinations { type value port prefix } retainDisplayName channels channelsCeiling flowSpeed flowSpeedCeiling recordingMode packageName nextChargeAt price currency stirShakenMinAttest spamScout notes assignedAt minimumDaysUntil cardName tags version }" as unknown as TypedDocumentNode<TaggedNumberQuery, TaggedNumberQueryVariables>

export const KnownTagsDocument = "query KnownTags { didTags }" as unknown as TypedDocumentNode<KnownTagsQuery, KnownTagsQueryVariables>

export const SetTagsDocument = "mutation SetTags($id: ID!, $tags: [String!]!) { setDidTags(id: $id, tags: $tags) { id tags } }" as unknown as TypedDocumentNode<SetTagsMutation, SetTagsMutationVariables>

export const ChangeTagsDocument = "mutation ChangeTags($ids: [ID!]!, $add: [String!], $remove: [String!]) { bulkTagDids(ids: $ids, add: $add, remove: $remove) { id ok did { id tags } code message } }" as unknown as TypedDocumentNode<ChangeTagsMutation, ChangeTagsMutationVariables>

