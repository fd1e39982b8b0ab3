import type { TypedDocumentNode } from 'urql'

// Made from numbers.graphql by `npm run generate`.

/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
/** All that are given hold. */
export type NumberFilter = {
  /** Beginning of the number; +, blanks and dashes do not matter. */
  readonly search?: string | null | undefined;
  readonly country?: string | null | undefined;
  readonly companyId?: string | null | undefined;
  readonly carrierId?: string | null | undefined;
  /** true: in the inventory; false: assigned. */
  readonly unassigned?: boolean | null | undefined;
  readonly enabled?: boolean | null | undefined;
};

/** Numbers by id, by number, or every number from one to another; one of the three, at most 10,000. */
export type NumberSelection = {
  readonly ids?: ReadonlyArray<string> | null | undefined;
  readonly numbers?: ReadonlyArray<string> | null | undefined;
  readonly from?: string | null | undefined;
  readonly to?: string | null | undefined;
};

/** What is left out stays; null clears where there is something to clear. Times are ISO-8601 UTC. */
export type NumberSettings = {
  /** Needed for a new number. ISO 3166-1, two letters. */
  readonly country?: string | null | undefined;
  readonly carrierId?: string | null | undefined;
  readonly enabled?: boolean | null | undefined;
  /** 0: none. A limit that stood at the ceiling goes with it; any other goes down when the ceiling is lower. */
  readonly channelsCeiling?: number | null | undefined;
  readonly flowSpeedCeiling?: number | null | undefined;
  readonly recordingMode?: string | null | undefined;
  readonly packageName?: string | null | undefined;
  readonly nextChargeAt?: string | null | undefined;
  /** A decimal of at most 6 decimals. */
  readonly price?: string | null | undefined;
  /** Needed with a price while no company has the number; afterwards it is the company's. */
  readonly currency?: string | null | undefined;
  readonly stirShakenMinAttest?: string | null | undefined;
  readonly retainDisplayName?: boolean | null | undefined;
  readonly spamScout?: boolean | null | undefined;
  /** At most 2,000 characters; the company's contacts read them. */
  readonly notes?: string | null | undefined;
  readonly minimumDaysUntil?: string | null | undefined;
  readonly cardName?: string | null | undefined;
  readonly providerCard?: string | null | undefined;
  readonly script?: string | null | undefined;
  readonly pAssertedId?: string | null | undefined;
  readonly codecs?: ReadonlyArray<string> | null | undefined;
  readonly blockedSourceTypes?: ReadonlyArray<string> | null | undefined;
  readonly mediaProxy?: boolean | null | undefined;
  readonly transcoding?: boolean | null | undefined;
  readonly ipqs?: boolean | null | undefined;
};

export type NumberFactsFragment = { readonly id: string, readonly number: string, readonly country: string, readonly companyId: string | null, readonly companyName: string | null, readonly carrierId: string | null, readonly carrierName: string | null, readonly assignedAt: string | null, readonly enabled: boolean, readonly price: string | null, readonly currency: string | null, readonly minimumDaysUntil: string | null, readonly version: number };

export type NumberDetailsFragment = { readonly tags: ReadonlyArray<string>, readonly retainDisplayName: boolean, readonly channels: number, readonly channelsCeiling: number, readonly flowSpeed: number, readonly flowSpeedCeiling: number, readonly recordingMode: string, readonly packageName: string | null, readonly nextChargeAt: string | null, readonly stirShakenMinAttest: string, readonly spamScout: boolean, readonly notes: string | null, readonly cardName: string | null, readonly providerCard: string | null, readonly script: string | null, readonly pAssertedId: string | null, readonly codecs: ReadonlyArray<string>, readonly blockedSourceTypes: ReadonlyArray<string>, readonly mediaProxy: boolean, readonly transcoding: boolean, readonly ipqs: boolean, readonly id: string, readonly number: string, readonly country: string, readonly companyId: string | null, readonly companyName: string | null, readonly carrierId: string | null, readonly carrierName: string | null, readonly assignedAt: string | null, readonly enabled: boolean, readonly price: string | null, readonly currency: string | null, readonly minimumDaysUntil: string | null, readonly version: number, readonly destinations: ReadonlyArray<{ readonly type: string, readonly value: string | null, readonly port: number | null, readonly prefix: string | null }> };

export type BatchResultFragment = { readonly done: number, readonly refused: number, readonly operation: string | null, readonly results: ReadonlyArray<{ readonly number: string, readonly outcome: string, readonly code: string | null, readonly reason: string | null, readonly message: string | null }> };

export type InventoryQueryVariables = Exact<{
  filter?: NumberFilter | null | undefined;
  after?: string | null | undefined;
}>;


export type InventoryQuery = { readonly numbers: { readonly totalCount: number, readonly nodes: ReadonlyArray<{ readonly id: string, readonly number: string, readonly country: string, readonly companyId: string | null, readonly companyName: string | null, readonly carrierId: string | null, readonly carrierName: string | null, readonly assignedAt: string | null, readonly enabled: boolean, readonly price: string | null, readonly currency: string | null, readonly minimumDaysUntil: string | null, readonly version: number }>, readonly pageInfo: { readonly endCursor: string | null, readonly hasNextPage: boolean } } };

export type OneNumberQueryVariables = Exact<{
  id: string;
}>;


export type OneNumberQuery = { readonly number: { readonly tags: ReadonlyArray<string>, readonly retainDisplayName: boolean, readonly channels: number, readonly channelsCeiling: number, readonly flowSpeed: number, readonly flowSpeedCeiling: number, readonly recordingMode: string, readonly packageName: string | null, readonly nextChargeAt: string | null, readonly stirShakenMinAttest: string, readonly spamScout: boolean, readonly notes: string | null, readonly cardName: string | null, readonly providerCard: string | null, readonly script: string | null, readonly pAssertedId: string | null, readonly codecs: ReadonlyArray<string>, readonly blockedSourceTypes: ReadonlyArray<string>, readonly mediaProxy: boolean, readonly transcoding: boolean, readonly ipqs: boolean, readonly id: string, readonly number: string, readonly country: string, readonly companyId: string | null, readonly companyName: string | null, readonly carrierId: string | null, readonly carrierName: string | null, readonly assignedAt: string | null, readonly enabled: boolean, readonly price: string | null, readonly currency: string | null, readonly minimumDaysUntil: string | null, readonly version: number, readonly destinations: ReadonlyArray<{ readonly type: string, readonly value: string | null, readonly port: number | null, readonly prefix: string | null }> } };

export type CreateNumberMutationVariables = Exact<{
  number: string;
  companyId?: string | null | undefined;
  settings: NumberSettings;
}>;


export type CreateNumberMutation = { readonly createNumber: { readonly id: string, readonly number: string } };

export type CreateNumberRangeMutationVariables = Exact<{
  from: string;
  to?: string | null | undefined;
  count?: number | null | undefined;
  companyId?: string | null | undefined;
  settings: NumberSettings;
  skipExisting?: boolean | null | undefined;
}>;


export type CreateNumberRangeMutation = { readonly createNumberRange: { readonly done: number, readonly refused: number, readonly operation: string | null, readonly results: ReadonlyArray<{ readonly number: string, readonly outcome: string, readonly code: string | null, readonly reason: string | null, readonly message: string | null }> } };

export type UpdateNumberMutationVariables = Exact<{
  id: string;
  settings: NumberSettings;
  version: number;
}>;


export type UpdateNumberMutation = { readonly updateNumber: { readonly tags: ReadonlyArray<string>, readonly retainDisplayName: boolean, readonly channels: number, readonly channelsCeiling: number, readonly flowSpeed: number, readonly flowSpeedCeiling: number, readonly recordingMode: string, readonly packageName: string | null, readonly nextChargeAt: string | null, readonly stirShakenMinAttest: string, readonly spamScout: boolean, readonly notes: string | null, readonly cardName: string | null, readonly providerCard: string | null, readonly script: string | null, readonly pAssertedId: string | null, readonly codecs: ReadonlyArray<string>, readonly blockedSourceTypes: ReadonlyArray<string>, readonly mediaProxy: boolean, readonly transcoding: boolean, readonly ipqs: boolean, readonly id: string, readonly number: string, readonly country: string, readonly companyId: string | null, readonly companyName: string | null, readonly carrierId: string | null, readonly carrierName: string | null, readonly assignedAt: string | null, readonly enabled: boolean, readonly price: string | null, readonly currency: string | null, readonly minimumDaysUntil: string | null, readonly version: number, readonly destinations: ReadonlyArray<{ readonly type: string, readonly value: string | null, readonly port: number | null, readonly prefix: string | null }> } };

export type AssignNumberMutationVariables = Exact<{
  id: string;
  companyId: string;
  version: number;
  settings?: NumberSettings | null | undefined;
}>;


export type AssignNumberMutation = { readonly assignNumber: { readonly id: string } };

export type MoveNumberMutationVariables = Exact<{
  id: string;
  companyId: string;
  version: number;
  settings?: NumberSettings | null | undefined;
  reason?: string | null | undefined;
}>;


export type MoveNumberMutation = { readonly moveNumber: { readonly id: string } };

export type ReleaseNumberMutationVariables = Exact<{
  id: string;
  version: number;
  reason?: string | null | undefined;
}>;


export type ReleaseNumberMutation = { readonly releaseNumber: { readonly id: string } };

export type DeleteNumberMutationVariables = Exact<{
  id: string;
  version: number;
  reason?: string | null | undefined;
}>;


export type DeleteNumberMutation = { readonly deleteNumber: string };

export type UpdateNumbersMutationVariables = Exact<{
  select: NumberSelection;
  settings: NumberSettings;
  skipRefused?: boolean | null | undefined;
}>;


export type UpdateNumbersMutation = { readonly updateNumbers: { readonly done: number, readonly refused: number, readonly operation: string | null, readonly results: ReadonlyArray<{ readonly number: string, readonly outcome: string, readonly code: string | null, readonly reason: string | null, readonly message: string | null }> } };

export type AssignNumbersMutationVariables = Exact<{
  select: NumberSelection;
  companyId: string;
  settings?: NumberSettings | null | undefined;
  skipRefused?: boolean | null | undefined;
}>;


export type AssignNumbersMutation = { readonly assignNumbers: { readonly done: number, readonly refused: number, readonly operation: string | null, readonly results: ReadonlyArray<{ readonly number: string, readonly outcome: string, readonly code: string | null, readonly reason: string | null, readonly message: string | null }> } };

export type MoveNumbersMutationVariables = Exact<{
  select: NumberSelection;
  fromCompanyId: string;
  companyId: string;
  reason?: string | null | undefined;
  skipRefused?: boolean | null | undefined;
}>;


export type MoveNumbersMutation = { readonly moveNumbers: { readonly done: number, readonly refused: number, readonly operation: string | null, readonly results: ReadonlyArray<{ readonly number: string, readonly outcome: string, readonly code: string | null, readonly reason: string | null, readonly message: string | null }> } };

export type ReleaseNumbersMutationVariables = Exact<{
  select: NumberSelection;
  fromCompanyId: string;
  reason?: string | null | undefined;
  skipRefused?: boolean | null | undefined;
}>;


export type ReleaseNumbersMutation = { readonly releaseNumbers: { readonly done: number, readonly refused: number, readonly operation: string | null, readonly results: ReadonlyArray<{ readonly number: string, readonly outcome: string, readonly code: string | null, readonly reason: string | null, readonly message: string | null }> } };

export type DeleteNumbersMutationVariables = Exact<{
  select: NumberSelection;
  reason?: string | null | undefined;
  skipRefused?: boolean | null | undefined;
}>;


export type DeleteNumbersMutation = { readonly deleteNumbers: { readonly done: number, readonly refused: number, readonly operation: string | null, readonly results: ReadonlyArray<{ readonly number: string, readonly outcome: string, readonly code: string | null, readonly reason: string | null, readonly message: string | null }> } };

export type RevertNumbersMutationVariables = Exact<{
  operation: string;
  skipRefused?: boolean | null | undefined;
}>;


export type RevertNumbersMutation = { readonly revertNumbers: { readonly done: number, readonly refused: number, readonly operation: string | null, readonly results: ReadonlyArray<{ readonly number: string, readonly outcome: string, readonly code: string | null, readonly reason: string | null, readonly message: string | null }> } };

export const InventoryDocument = "query Inventory($filter: NumberFilter, $after: String) { numbers(filter: $filter, first: 50, after: $after) { nodes { ...NumberFacts } pageInfo { endCursor hasNextPage } totalCount } } fragment NumberFacts on InventoryNumber { id number country companyId companyName carrierId carrierName assignedAt enabled price currency minimumDaysUntil version }" as unknown as TypedDocumentNode<InventoryQuery, InventoryQueryVariables>

export const OneNumberDocument = "query OneNumber($id: ID!) { number(id: $id) { ...NumberDetails } } fragment NumberFacts on InventoryNumber { id number country companyId companyName carrierId carrierName assignedAt enabled price currency minimumDaysUntil version } fragment NumberDetails on InventoryNumber { ...NumberFacts destinations { type value port prefix } tags retainDisplayName channels channelsCeiling flowSpeed flowSpeedCeiling recordingMode packageName nextChargeAt stirShakenMinAttest spamScout notes cardName providerCard script pAssertedId codecs blockedSourceTypes mediaProxy transcoding ipqs }" as unknown as TypedDocumentNode<OneNumberQuery, OneNumberQueryVariables>

export const CreateNumberDocument = "mutation CreateNumber($number: String!, $companyId: ID, $settings: NumberSettings!) { createNumber(number: $number, companyId: $companyId, settings: $settings) { id number } }" as unknown as TypedDocumentNode<CreateNumberMutation, CreateNumberMutationVariables>

export const CreateNumberRangeDocument = "mutation CreateNumberRange($from: String!, $to: String, $count: Int, $companyId: ID, $settings: NumberSettings!, $skipExisting: Boolean) { createNumberRange( from: $from to: $to count: $count companyId: $companyId settings: $settings skipExisting: $skipExisting ) { ...BatchResult } } fragment BatchResult on NumberBatch { done refused operation results { number outcome code reason message } }" as unknown as TypedDocumentNode<CreateNumberRangeMutation, CreateNumberRangeMutationVariables>

export const UpdateNumberDocument = "mutation UpdateNumber($id: ID!, $settings: NumberSettings!, $version: Int!) { updateNumber(id: $id, settings: $settings, expectedVersion: $version) { ...NumberDetails } } fragment NumberFacts on InventoryNumber { id number country companyId companyName carrierId carrierName assignedAt enabled price currency minimumDaysUntil version } fragment NumberDetails on InventoryNumber { ...NumberFacts destinations { type value port prefix } tags retainDisplayName channels channelsCeiling flowSpeed flowSpeedCeiling recordingMode packageName nextChargeAt stirShakenMinAttest spamScout notes cardName providerCard script pAssertedId codecs blockedSourceTypes mediaProxy transcoding ipqs }" as unknown as TypedDocumentNode<UpdateNumberMutation, UpdateNumberMutationVariables>

export const AssignNumberDocument = "mutation AssignNumber($id: ID!, $companyId: ID!, $version: Int!, $settings: NumberSettings) { assignNumber( id: $id companyId: $companyId expectedVersion: $version settings: $settings ) { id } }" as unknown as TypedDocumentNode<AssignNumberMutation, AssignNumberMutationVariables>

export const MoveNumberDocument = "mutation MoveNumber($id: ID!, $companyId: ID!, $version: Int!, $settings: NumberSettings, $reason: String) { moveNumber( id: $id companyId: $companyId expectedVersion: $version settings: $settings reason: $reason ) { id } }" as unknown as TypedDocumentNode<MoveNumberMutation, MoveNumberMutationVariables>

export const ReleaseNumberDocument = "mutation ReleaseNumber($id: ID!, $version: Int!, $reason: String) { releaseNumber(id: $id, expectedVersion: $version, reason: $reason) { id } }" as unknown as TypedDocumentNode<ReleaseNumberMutation, ReleaseNumberMutationVariables>

export const DeleteNumberDocument = "mutation DeleteNumber($id: ID!, $version: Int!, $reason: String) { deleteNumber(id: $id, expectedVersion: $version, reason: $reason) }" as unknown as TypedDocumentNode<DeleteNumberMutation, DeleteNumberMutationVariables>

export const UpdateNumbersDocument = "mutation UpdateNumbers($select: NumberSelection!, $settings: NumberSettings!, $skipRefused: Boolean) { updateNumbers(select: $select, settings: $settings, skipRefused: $skipRefused) { ...BatchResult } } fragment BatchResult on NumberBatch { done refused operation results { number outcome code reason message } }" as unknown as TypedDocumentNode<UpdateNumbersMutation, UpdateNumbersMutationVariables>

export const AssignNumbersDocument = "mutation AssignNumbers($select: NumberSelection!, $companyId: ID!, $settings: NumberSettings, $skipRefused: Boolean) { assignNumbers( select: $select companyId: $companyId settings: $settings skipRefused: $skipRefused ) { ...BatchResult } } fragment BatchResult on NumberBatch { done refused operation results { number outcome code reason message } }" as unknown as TypedDocumentNode<AssignNumbersMutation, AssignNumbersMutationVariables>

export const MoveNumbersDocument = "mutation MoveNumbers($select: NumberSelection!, $fromCompanyId: ID!, $companyId: ID!, $reason: String, $skipRefused: Boolean) { moveNumbers( select: $select fromCompanyId: $fromCompanyId companyId: $companyId reason: $reason skipRefused: $skipRefused ) { ...BatchResult } } fragment BatchResult on NumberBatch { done refused operation results { number outcome code reason message } }" as unknown as TypedDocumentNode<MoveNumbersMutation, MoveNumbersMutationVariables>

export const ReleaseNumbersDocument = "mutation ReleaseNumbers($select: NumberSelection!, $fromCompanyId: ID!, $reason: String, $skipRefused: Boolean) { releaseNumbers( select: $select fromCompanyId: $fromCompanyId reason: $reason skipRefused: $skipRefused ) { ...BatchResult } } fragment BatchResult on NumberBatch { done refused operation results { number outcome code reason message } }" as unknown as TypedDocumentNode<ReleaseNumbersMutation, ReleaseNumbersMutationVariables>

export const DeleteNumbersDocument = "mutation DeleteNumbers($select: NumberSelection!, $reason: String, $skipRefused: Boolean) { deleteNumbers(select: $select, reason: $reason, skipRefused: $skipRefused) { ...BatchResult } } fragment BatchResult on NumberBatch { done refused operation results { number outcome code reason message } }" as unknown as TypedDocumentNode<DeleteNumbersMutation, DeleteNumbersMutationVariables>

export const RevertNumbersDocument = "mutation RevertNumbers($operation: ID!, $skipRefused: Boolean) { revertNumbers(operation: $operation, skipRefused: $skipRefused) { ...BatchResult } } fragment BatchResult on NumberBatch { done refused operation results { number outcome code reason message } }" as unknown as TypedDocumentNode<RevertNumbersMutation, RevertNumbersMutationVariables>

