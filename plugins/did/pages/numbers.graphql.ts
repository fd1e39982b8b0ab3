import type { TypedDocumentNode } from 'urql'

// Made from numbers.graphql by `npm run generate`.

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

/** A field left out stays as it is. */
export type DidPatch = {
  readonly enabled?: boolean | null | undefined;
  /** All destinations anew, first one counts; null or none: the number goes nowhere. */
  readonly destination?: ReadonlyArray<DidDestinationInput> | null | undefined;
  readonly retainDisplayName?: boolean | null | undefined;
  /** Up to the operator's ceiling; null: back to the ceiling. */
  readonly channels?: number | null | undefined;
  /** Up to the operator's ceiling; null: back to the ceiling. */
  readonly flowSpeed?: number | null | undefined;
  /** null: NONE. */
  readonly stirShakenMinAttest?: DidAttestation | null | undefined;
};

export type DidDestinationInput = {
  readonly type: DidDestinationType;
  readonly value?: string | null | undefined;
  readonly port?: number | null | undefined;
  readonly prefix?: string | null | undefined;
};

export type NumberFactsFragment = { readonly id: string, readonly number: string | null, readonly country: string | null, readonly enabled: boolean | null, readonly retainDisplayName: boolean | null, readonly channels: number | null, readonly channelsCeiling: number | null, readonly flowSpeed: number | null, readonly flowSpeedCeiling: number | null, readonly recordingMode: DidRecordingMode | null, readonly packageName: string | null, readonly nextChargeAt: string | null, readonly price: string | null, readonly currency: string | null, readonly stirShakenMinAttest: DidAttestation | null, readonly spamScout: boolean | null, readonly notes: string | null, readonly assignedAt: string | null, readonly minimumDaysUntil: string | null, readonly cardName: string | null, readonly version: number | null, readonly destinations: ReadonlyArray<{ readonly type: DidDestinationType | null, readonly value: string | null, readonly port: number | null, readonly prefix: string | null }> | null };

export type NumbersQueryVariables = Exact<{
  filter?: DidFilter | null | undefined;
  sort?: ReadonlyArray<SortInput> | SortInput | null | undefined;
  first?: number | null | undefined;
  after?: string | null | undefined;
}>;


export type NumbersQuery = { readonly dids: { readonly totalCount: number | null, readonly nodes: ReadonlyArray<{ readonly id: string, readonly number: string | null, readonly country: string | null, readonly enabled: boolean | null, readonly retainDisplayName: boolean | null, readonly channels: number | null, readonly channelsCeiling: number | null, readonly flowSpeed: number | null, readonly flowSpeedCeiling: number | null, readonly recordingMode: DidRecordingMode | null, readonly packageName: string | null, readonly nextChargeAt: string | null, readonly price: string | null, readonly currency: string | null, readonly stirShakenMinAttest: DidAttestation | null, readonly spamScout: boolean | null, readonly notes: string | null, readonly assignedAt: string | null, readonly minimumDaysUntil: string | null, readonly cardName: string | null, readonly version: number | null, readonly destinations: ReadonlyArray<{ readonly type: DidDestinationType | null, readonly value: string | null, readonly port: number | null, readonly prefix: string | null }> | null }> | null, readonly pageInfo: { readonly endCursor: string | null, readonly hasNextPage: boolean } | null } | null };

export type OneNumberQueryVariables = Exact<{
  id: string;
}>;


export type OneNumberQuery = { readonly did: { readonly id: string, readonly number: string | null, readonly country: string | null, readonly enabled: boolean | null, readonly retainDisplayName: boolean | null, readonly channels: number | null, readonly channelsCeiling: number | null, readonly flowSpeed: number | null, readonly flowSpeedCeiling: number | null, readonly recordingMode: DidRecordingMode | null, readonly packageName: string | null, readonly nextChargeAt: string | null, readonly price: string | null, readonly currency: string | null, readonly stirShakenMinAttest: DidAttestation | null, readonly spamScout: boolean | null, readonly notes: string | null, readonly assignedAt: string | null, readonly minimumDaysUntil: string | null, readonly cardName: string | null, readonly version: number | null, readonly destinations: ReadonlyArray<{ readonly type: DidDestinationType | null, readonly value: string | null, readonly port: number | null, readonly prefix: string | null }> | null } | null };

export type DestinationOptionsQueryVariables = Exact<{
  type: DidDestinationType;
}>;


export type DestinationOptionsQuery = { readonly didDestinationOptions: ReadonlyArray<{ readonly value: string, readonly label: string }> | null };

export type ChangeNumberMutationVariables = Exact<{
  id: string;
  version: number;
  input: DidPatch;
}>;


export type ChangeNumberMutation = { readonly updateDid: { readonly id: string, readonly number: string | null, readonly country: string | null, readonly enabled: boolean | null, readonly retainDisplayName: boolean | null, readonly channels: number | null, readonly channelsCeiling: number | null, readonly flowSpeed: number | null, readonly flowSpeedCeiling: number | null, readonly recordingMode: DidRecordingMode | null, readonly packageName: string | null, readonly nextChargeAt: string | null, readonly price: string | null, readonly currency: string | null, readonly stirShakenMinAttest: DidAttestation | null, readonly spamScout: boolean | null, readonly notes: string | null, readonly assignedAt: string | null, readonly minimumDaysUntil: string | null, readonly cardName: string | null, readonly version: number | null, readonly destinations: ReadonlyArray<{ readonly type: DidDestinationType | null, readonly value: string | null, readonly port: number | null, readonly prefix: string | null }> | null } | null };

export type ChangeNumbersMutationVariables = Exact<{
  ids: ReadonlyArray<string> | string;
  patch: DidPatch;
}>;


export type ChangeNumbersMutation = { readonly bulkUpdateDids: ReadonlyArray<{ readonly id: string, readonly ok: boolean, readonly code: string | null, readonly message: string | null, readonly did: { readonly id: string, readonly number: string | null, readonly country: string | null, readonly enabled: boolean | null, readonly retainDisplayName: boolean | null, readonly channels: number | null, readonly channelsCeiling: number | null, readonly flowSpeed: number | null, readonly flowSpeedCeiling: number | null, readonly recordingMode: DidRecordingMode | null, readonly packageName: string | null, readonly nextChargeAt: string | null, readonly price: string | null, readonly currency: string | null, readonly stirShakenMinAttest: DidAttestation | null, readonly spamScout: boolean | null, readonly notes: string | null, readonly assignedAt: string | null, readonly minimumDaysUntil: string | null, readonly cardName: string | null, readonly version: number | null, readonly destinations: ReadonlyArray<{ readonly type: DidDestinationType | null, readonly value: string | null, readonly port: number | null, readonly prefix: string | null }> | null } | null }> | null };

export const NumbersDocument = "query Numbers($filter: DidFilter, $sort: [SortInput!], $first: Int, $after: String) { dids(filter: $filter, sort: $sort, first: $first, after: $after) { nodes { ...NumberFacts } pageInfo { endCursor hasNextPage } totalCount } } fragment NumberFacts on Did { id number country enabled destinations { type value port prefix } retainDisplayName channels channelsCeiling flowSpeed flowSpeedCeiling recordingMode packageName nextChargeAt price currency stirShakenMinAttest spamScout notes assignedAt minimumDaysUntil cardName version }" as unknown as TypedDocumentNode<NumbersQuery, NumbersQueryVariables>

export const OneNumberDocument = "query OneNumber($id: ID!) { did(id: $id) { ...NumberFacts } } fragment NumberFacts on Did { id number country enabled destinations { type value port prefix } retainDisplayName channels channelsCeiling flowSpeed flowSpeedCeiling recordingMode packageName nextChargeAt price currency stirShakenMinAttest spamScout notes assignedAt minimumDaysUntil cardName version }" as unknown as TypedDocumentNode<OneNumberQuery, OneNumberQueryVariables>

export const DestinationOptionsDocument = "query DestinationOptions($type: DidDestinationType!) { didDestinationOptions(type: $type) { value label } }" as unknown as TypedDocumentNode<DestinationOptionsQuery, DestinationOptionsQueryVariables>

export const ChangeNumberDocument = "mutation ChangeNumber($id: ID!, $version: Int!, $input: DidPatch!) { updateDid(id: $id, version: $version, input: $input) { ...NumberFacts } } fragment NumberFacts on Did { id number country enabled destinations { type value port prefix } retainDisplayName channels channelsCeiling flowSpeed flowSpeedCeiling recordingMode packageName nextChargeAt price currency stirShakenMinAttest spamScout notes assignedAt minimumDaysUntil cardName version }" as unknown as TypedDocumentNode<ChangeNumberMutation, ChangeNumberMutationVariables>

export const ChangeNumbersDocument = "mutation ChangeNumbers($ids: [ID!]!, $patch: DidPatch!) { bulkUpdateDids(ids: $ids, patch: $patch) { id ok did { ...NumberFacts } code message } } fragment NumberFacts on Did { id number country enabled destinations { type value port prefix } retainDisplayName channels channelsCeiling flowSpeed flowSpeedCeiling recordingMode packageName nextChargeAt price currency stirShakenMinAttest spamScout notes assignedAt minimumDaysUntil cardName version }" as unknown as TypedDocumentNode<ChangeNumbersMutation, ChangeNumbersMutationVariables>

