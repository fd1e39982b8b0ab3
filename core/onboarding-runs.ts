import type { OnboardingOutcome } from './onboarding.ts'
import type { Actor, CountedPage, Page, PageRequest } from './ports.ts'

/** READ: lines are taken in. CHECK: each company's. COMPARE: those that meet another company's of the file. WRITE: not in a dry run. */
export type OnboardingPhase = 'READ' | 'CHECK' | 'COMPARE' | 'WRITE' | 'END'

/** Milliseconds for which the lines of a run are kept once it has ended; the run itself stays. */
export const onboardingLinesKeptMs = 90 * 86_400_000

/** One onboarding file taken in, or made. */
export interface OnboardingRun {
  readonly id: string
  readonly kind: 'IMPORT' | 'EXPORT'
  readonly state: 'QUEUED' | 'RUNNING' | 'DONE' | 'FAILED'
  readonly phase: OnboardingPhase
  readonly dryRun: boolean
  readonly actor: string
  /** The file that is read; of an export, the file made, once it is there. */
  readonly fileId: string | null
  readonly fileName: string | null
  readonly fileSha256: string | null
  readonly fileBytes: number | null
  /** An earlier run of the same content that wrote. */
  readonly sameAs: string | null
  readonly lines: number
  readonly companies: number
  readonly companiesChecked: number
  readonly companiesWritten: number
  readonly created: number
  readonly updated: number
  readonly unchanged: number
  readonly faulty: number
  readonly refused: number
  readonly warned: number
  /** Why it failed as a whole. Companies that were written before stay so; the lines of the others have no outcome. */
  readonly errorCode: string | null
  readonly error: string | null
  readonly createdAt: number
  readonly finishedAt: number | null
}

/** What became of one line, or would. */
export interface OnboardingLine {
  readonly line: number
  readonly record: string
  /** What the file calls the company. */
  readonly company: string
  /** What the line is about: an address, a code, a key; empty for the company itself. */
  readonly subject: string
  /** Null while the run has not come to it. */
  readonly outcome: OnboardingOutcome | null
  readonly code: string | null
  readonly field: string | null
  readonly message: string | null
  readonly changes: readonly { readonly field: string; readonly before: string | null; readonly after: string | null }[]
  readonly warnings: readonly string[]
}

/** Companies of an export. */
export interface OnboardingSelection {
  /** Left out: of all brands; null: without a home brand. */
  readonly domainId?: string | null
  /** Left out: all of them. */
  readonly companyIds?: readonly string[]
}

/** Onboarding files in and out; the work itself is a job. */
export interface OnboardingRuns {
  /** Puts a run in line. It may be started again with the same file: what is done already is unchanged then. */
  start(
    file: { readonly id: string; readonly name: string; readonly sha256: string; readonly bytes: number },
    dryRun: boolean,
    actor: Actor
  ): Promise<OnboardingRun>
  startExport(selection: OnboardingSelection, actor: Actor): Promise<OnboardingRun>
  get(id: string): Promise<OnboardingRun | null>
  /** Newest first. */
  list(request: PageRequest & { readonly kind?: OnboardingRun['kind'] }): Promise<CountedPage<OnboardingRun>>
  /** In the order of the file. */
  lines(
    request: PageRequest & { readonly runId: string; readonly outcome?: OnboardingOutcome | null }
  ): Promise<Page<OnboardingLine>>
  /** Leaves an audit entry of a report that was made. */
  recordReport(runId: string, fileId: string, outcome: OnboardingOutcome | null, actor: Actor): Promise<void>
}
