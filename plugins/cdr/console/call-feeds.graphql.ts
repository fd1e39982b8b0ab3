import type { TypedDocumentNode } from 'urql'

// Made from call-feeds.graphql by `npm run generate`.

/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
export type FeedFactsFragment = { readonly source: string, readonly lastReceivedAt: string | null, readonly lastCallStart: string | null, readonly callsToday: number, readonly silenceMinutes: number | null, readonly silent: boolean, readonly silentSince: string | null, readonly version: number };

export type CompanyFeedFactsFragment = { readonly companyId: string, readonly name: string | null, readonly lastReceivedAt: string, readonly lastCallStart: string, readonly silenceMinutes: number | null, readonly silent: boolean, readonly silentSince: string | null, readonly version: number };

export type CallFeedsQueryVariables = Exact<{
  after?: string | null | undefined;
}>;


export type CallFeedsQuery = { readonly callFeeds: { readonly totalCount: number, readonly nodes: ReadonlyArray<{ readonly source: string, readonly lastReceivedAt: string | null, readonly lastCallStart: string | null, readonly callsToday: number, readonly silenceMinutes: number | null, readonly silent: boolean, readonly silentSince: string | null, readonly version: number }>, readonly pageInfo: { readonly endCursor: string | null, readonly hasNextPage: boolean } } };

export type CompanyCallFeedsQueryVariables = Exact<{
  companyIds?: ReadonlyArray<string> | string | null | undefined;
  after?: string | null | undefined;
}>;


export type CompanyCallFeedsQuery = { readonly companyCallFeeds: { readonly nodes: ReadonlyArray<{ readonly companyId: string, readonly name: string | null, readonly lastReceivedAt: string, readonly lastCallStart: string, readonly silenceMinutes: number | null, readonly silent: boolean, readonly silentSince: string | null, readonly version: number }>, readonly pageInfo: { readonly endCursor: string | null, readonly hasNextPage: boolean } } };

export type CallFeedAlarmsQueryVariables = Exact<{
  companyId?: string | null | undefined;
  after?: string | null | undefined;
}>;


export type CallFeedAlarmsQuery = { readonly callFeedAlarms: { readonly nodes: ReadonlyArray<{ readonly source: string | null, readonly companyId: string | null, readonly from: string, readonly until: string | null }>, readonly pageInfo: { readonly endCursor: string | null, readonly hasNextPage: boolean } } };

export type SetCallFeedSilenceMutationVariables = Exact<{
  source: string;
  minutes?: number | null | undefined;
  version: number;
}>;


export type SetCallFeedSilenceMutation = { readonly setCallFeedSilence: { readonly source: string, readonly lastReceivedAt: string | null, readonly lastCallStart: string | null, readonly callsToday: number, readonly silenceMinutes: number | null, readonly silent: boolean, readonly silentSince: string | null, readonly version: number } };

export type SetCompanyCallSilenceMutationVariables = Exact<{
  companyId: string;
  minutes?: number | null | undefined;
  version: number;
}>;


export type SetCompanyCallSilenceMutation = { readonly setCompanyCallSilence: { readonly companyId: string, readonly name: string | null, readonly lastReceivedAt: string, readonly lastCallStart: string, readonly silenceMinutes: number | null, readonly silent: boolean, readonly silentSince: string | null, readonly version: number } };

export type CallArchivesQueryVariables = Exact<{
  companyId: string;
}>;


export type CallArchivesQuery = { readonly callArchives: ReadonlyArray<{ readonly month: string, readonly calls: number, readonly archivedAt: string, readonly url: string }> };

export type RetentionFactsFragment = { readonly liveMonths: number, readonly keptMonths: number | null, readonly waitsUntil: string | null, readonly version: number };

export type CallRetentionQueryVariables = Exact<{ [key: string]: never; }>;


export type CallRetentionQuery = { readonly callRetention: { readonly liveMonths: number, readonly keptMonths: number | null, readonly waitsUntil: string | null, readonly version: number } };

export type CallRetentionPreviewQueryVariables = Exact<{
  liveMonths: number;
  keptMonths?: number | null | undefined;
}>;


export type CallRetentionPreviewQuery = { readonly callRetentionPreview: { readonly waitsUntil: string | null, readonly archives: { readonly calls: number, readonly companies: number, readonly firstMonth: string | null, readonly lastMonth: string | null, readonly isWhole: boolean }, readonly removes: { readonly calls: number, readonly companies: number, readonly firstMonth: string | null, readonly lastMonth: string | null, readonly isWhole: boolean } } };

export type SetCallRetentionMutationVariables = Exact<{
  liveMonths: number;
  keptMonths?: number | null | undefined;
  version: number;
}>;


export type SetCallRetentionMutation = { readonly setCallRetention: { readonly liveMonths: number, readonly keptMonths: number | null, readonly waitsUntil: string | null, readonly version: number } };

export const CallFeedsDocument = "query CallFeeds($after: String) { callFeeds(first: 50, after: $after) { nodes { ...FeedFacts } pageInfo { endCursor hasNextPage } totalCount } } fragment FeedFacts on CallFeed { source lastReceivedAt lastCallStart callsToday silenceMinutes silent silentSince version }" as unknown as TypedDocumentNode<CallFeedsQuery, CallFeedsQueryVariables>

export const CompanyCallFeedsDocument = "query CompanyCallFeeds($companyIds: [ID!], $after: String) { companyCallFeeds(companyIds: $companyIds, first: 50, after: $after) { nodes { ...CompanyFeedFacts } pageInfo { endCursor hasNextPage } } } fragment CompanyFeedFacts on CompanyCallFeed { companyId name lastReceivedAt lastCallStart silenceMinutes silent silentSince version }" as unknown as TypedDocumentNode<CompanyCallFeedsQuery, CompanyCallFeedsQueryVariables>

export const CallFeedAlarmsDocument = "query CallFeedAlarms($companyId: ID, $after: String) { callFeedAlarms(companyId: $companyId, first: 50, after: $after) { nodes { source companyId from until } pageInfo { endCursor hasNextPage } } }" as unknown as TypedDocumentNode<CallFeedAlarmsQuery, CallFeedAlarmsQueryVariables>

export const SetCallFeedSilenceDocument = "mutation SetCallFeedSilence($source: String!, $minutes: Int, $version: Int!) { setCallFeedSilence( source: $source minutes: $minutes expectedVersion: $version ) { ...FeedFacts } } fragment FeedFacts on CallFeed { source lastReceivedAt lastCallStart callsToday silenceMinutes silent silentSince version }" as unknown as TypedDocumentNode<SetCallFeedSilenceMutation, SetCallFeedSilenceMutationVariables>

export const SetCompanyCallSilenceDocument = "mutation SetCompanyCallSilence($companyId: ID!, $minutes: Int, $version: Int!) { setCompanyCallSilence( companyId: $companyId minutes: $minutes expectedVersion: $version ) { ...CompanyFeedFacts } } fragment CompanyFeedFacts on CompanyCallFeed { companyId name lastReceivedAt lastCallStart silenceMinutes silent silentSince version }" as unknown as TypedDocumentNode<SetCompanyCallSilenceMutation, SetCompanyCallSilenceMutationVariables>

export const CallArchivesDocument = "query CallArchives($companyId: ID!) { callArchives(companyId: $companyId) { month calls archivedAt url } }" as unknown as TypedDocumentNode<CallArchivesQuery, CallArchivesQueryVariables>

export const CallRetentionDocument = "query CallRetention { callRetention { ...RetentionFacts } } fragment RetentionFacts on CallRetention { liveMonths keptMonths waitsUntil version }" as unknown as TypedDocumentNode<CallRetentionQuery, CallRetentionQueryVariables>

export const CallRetentionPreviewDocument = "query CallRetentionPreview($liveMonths: Int!, $keptMonths: Int) { callRetentionPreview(liveMonths: $liveMonths, keptMonths: $keptMonths) { archives { calls companies firstMonth lastMonth isWhole } removes { calls companies firstMonth lastMonth isWhole } waitsUntil } }" as unknown as TypedDocumentNode<CallRetentionPreviewQuery, CallRetentionPreviewQueryVariables>

export const SetCallRetentionDocument = "mutation SetCallRetention($liveMonths: Int!, $keptMonths: Int, $version: Int!) { setCallRetention( liveMonths: $liveMonths keptMonths: $keptMonths expectedVersion: $version ) { ...RetentionFacts } } fragment RetentionFacts on CallRetention { liveMonths keptMonths waitsUntil version }" as unknown as TypedDocumentNode<SetCallRetentionMutation, SetCallRetentionMutationVariables>

