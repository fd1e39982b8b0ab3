import type { TypedDocumentNode } from 'urql'

// Made from onboarding.graphql by `npm run generate`.

/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
export type OnboardingState =
  | 'QUEUED'
  | 'RUNNING'
  | 'DONE'
  | 'FAILED';

/** CREATE, UPDATE, UNCHANGED: what the line does. ERROR: it is wrong. REFUSED: another line of its company is. */
export type OnboardingOutcome =
  | 'CREATE'
  | 'UPDATE'
  | 'UNCHANGED'
  | 'ERROR'
  | 'REFUSED';

export type RunFactsFragment = { readonly id: string, readonly kind: string, readonly state: OnboardingState, readonly phase: string, readonly dryRun: boolean, readonly startedBy: string, readonly fileName: string | null, readonly fileSha256: string | null, readonly sameFileAs: string | null, readonly lines: number, readonly companies: number, readonly companiesChecked: number, readonly companiesWritten: number, readonly created: number, readonly updated: number, readonly unchanged: number, readonly errors: number, readonly refused: number, readonly warnings: number, readonly linesUntil: string | null, readonly errorCode: string | null, readonly error: string | null, readonly createdAt: string, readonly finishedAt: string | null, readonly file: { readonly id: string, readonly name: string, readonly bytes: number, readonly url: string, readonly expiresAt: string } | null };

export type OnboardingRunsQueryVariables = Exact<{
  after?: string | null | undefined;
}>;


export type OnboardingRunsQuery = { readonly onboardingRuns: { readonly totalCount: number, readonly nodes: ReadonlyArray<{ readonly id: string, readonly kind: string, readonly state: OnboardingState, readonly phase: string, readonly dryRun: boolean, readonly startedBy: string, readonly fileName: string | null, readonly fileSha256: string | null, readonly sameFileAs: string | null, readonly lines: number, readonly companies: number, readonly companiesChecked: number, readonly companiesWritten: number, readonly created: number, readonly updated: number, readonly unchanged: number, readonly errors: number, readonly refused: number, readonly warnings: number, readonly linesUntil: string | null, readonly errorCode: string | null, readonly error: string | null, readonly createdAt: string, readonly finishedAt: string | null, readonly file: { readonly id: string, readonly name: string, readonly bytes: number, readonly url: string, readonly expiresAt: string } | null }>, readonly pageInfo: { readonly endCursor: string | null, readonly hasNextPage: boolean } } };

export type OnboardingRunQueryVariables = Exact<{
  id: string;
}>;


export type OnboardingRunQuery = { readonly onboardingRun: { readonly id: string, readonly kind: string, readonly state: OnboardingState, readonly phase: string, readonly dryRun: boolean, readonly startedBy: string, readonly fileName: string | null, readonly fileSha256: string | null, readonly sameFileAs: string | null, readonly lines: number, readonly companies: number, readonly companiesChecked: number, readonly companiesWritten: number, readonly created: number, readonly updated: number, readonly unchanged: number, readonly errors: number, readonly refused: number, readonly warnings: number, readonly linesUntil: string | null, readonly errorCode: string | null, readonly error: string | null, readonly createdAt: string, readonly finishedAt: string | null, readonly file: { readonly id: string, readonly name: string, readonly bytes: number, readonly url: string, readonly expiresAt: string } | null } };

export type OnboardingLinesQueryVariables = Exact<{
  runId: string;
  outcome?: OnboardingOutcome | null | undefined;
  after?: string | null | undefined;
}>;


export type OnboardingLinesQuery = { readonly onboardingLines: { readonly nodes: ReadonlyArray<{ readonly line: number, readonly record: string, readonly company: string, readonly subject: string, readonly outcome: OnboardingOutcome | null, readonly code: string | null, readonly field: string | null, readonly message: string | null, readonly warnings: ReadonlyArray<string>, readonly changes: ReadonlyArray<{ readonly field: string, readonly before: string | null, readonly after: string | null }> }>, readonly pageInfo: { readonly endCursor: string | null, readonly hasNextPage: boolean } } };

export type StartOnboardingMutationVariables = Exact<{
  fileId: string;
  dryRun: boolean;
}>;


export type StartOnboardingMutation = { readonly startOnboarding: { readonly id: string } };

export type ExportOnboardingMutationVariables = Exact<{
  domainId?: string | null | undefined;
  companyIds?: ReadonlyArray<string> | string | null | undefined;
}>;


export type ExportOnboardingMutation = { readonly exportOnboarding: { readonly id: string } };

export type ExportOnboardingReportMutationVariables = Exact<{
  runId: string;
  outcome?: OnboardingOutcome | null | undefined;
}>;


export type ExportOnboardingReportMutation = { readonly exportOnboardingReport: { readonly name: string, readonly url: string } };

export type OnboardingExampleQueryVariables = Exact<{ [key: string]: never; }>;


export type OnboardingExampleQuery = { readonly onboardingExample: string };

export const OnboardingRunsDocument = "query OnboardingRuns($after: String) { onboardingRuns(first: 50, after: $after) { nodes { ...RunFacts } pageInfo { endCursor hasNextPage } totalCount } } fragment RunFacts on OnboardingRun { id kind state phase dryRun startedBy fileName fileSha256 file { id name bytes url expiresAt } sameFileAs lines companies companiesChecked companiesWritten created updated unchanged errors refused warnings linesUntil errorCode error createdAt finishedAt }" as unknown as TypedDocumentNode<OnboardingRunsQuery, OnboardingRunsQueryVariables>

export const OnboardingRunDocument = "query OnboardingRun($id: ID!) { onboardingRun(id: $id) { ...RunFacts } } fragment RunFacts on OnboardingRun { id kind state phase dryRun startedBy fileName fileSha256 file { id name bytes url expiresAt } sameFileAs lines companies companiesChecked companiesWritten created updated unchanged errors refused warnings linesUntil errorCode error createdAt finishedAt }" as unknown as TypedDocumentNode<OnboardingRunQuery, OnboardingRunQueryVariables>

export const OnboardingLinesDocument = "query OnboardingLines($runId: ID!, $outcome: OnboardingOutcome, $after: String) { onboardingLines(runId: $runId, outcome: $outcome, first: 50, after: $after) { nodes { line record company subject outcome code field message changes { field before after } warnings } pageInfo { endCursor hasNextPage } } }" as unknown as TypedDocumentNode<OnboardingLinesQuery, OnboardingLinesQueryVariables>

export const StartOnboardingDocument = "mutation StartOnboarding($fileId: ID!, $dryRun: Boolean!) { startOnboarding(fileId: $fileId, dryRun: $dryRun) { id } }" as unknown as TypedDocumentNode<StartOnboardingMutation, StartOnboardingMutationVariables>

export const ExportOnboardingDocument = "mutation ExportOnboarding($domainId: ID, $companyIds: [ID!]) { exportOnboarding(domainId: $domainId, companyIds: $companyIds) { id } }" as unknown as TypedDocumentNode<ExportOnboardingMutation, ExportOnboardingMutationVariables>

export const ExportOnboardingReportDocument = "mutation ExportOnboardingReport($runId: ID!, $outcome: OnboardingOutcome) { exportOnboardingReport(runId: $runId, outcome: $outcome) { name url } }" as unknown as TypedDocumentNode<ExportOnboardingReportMutation, ExportOnboardingReportMutationVariables>

export const OnboardingExampleDocument = "query OnboardingExample { onboardingExample }" as unknown as TypedDocumentNode<OnboardingExampleQuery, OnboardingExampleQueryVariables>

