import type { CompanyFacts, PluginDatabase } from './scope.ts'

// Companies, and what belongs to them, in and out by one file: one line a fact. docs/onboarding.md is the user's side of it.

/** What a cell says to empty what it names. An empty cell says nothing. */
export const clearMark = '(none)'

/** What a cell that may be emptied says; null: empty. The mark itself, as a text, has an apostrophe in front. */
export const clearableText = (cell: string): string | null =>
  cell === clearMark ? null : /^'+\(none\)$/.test(cell) ? cell.slice(1) : cell

/** The cell that `clearableText` reads; an empty text is none. */
export const clearableCell = (text: string | null): string =>
  text === null || text === '' ? clearMark : /^'*\(none\)$/.test(text) ? `'${text}` : text

/**
 * CREATE, UPDATE, UNCHANGED: what the line does or did. ERROR: the line is wrong. REFUSED: the line is fine, and another
 * line of its company is wrong.
 */
export type OnboardingOutcome = 'CREATE' | 'UPDATE' | 'UNCHANGED' | 'ERROR' | 'REFUSED'

export interface OnboardingChange {
  readonly field: string
  /** As the file writes it; null: nothing. */
  readonly before: string | null
  readonly after: string | null
}

export interface OnboardingFault {
  /** A code of the error table. */
  readonly code: string
  /** The column that is wrong. */
  readonly field: string | null
  readonly message: string
}

/** What one line does, or why it cannot. */
export interface OnboardingStep {
  readonly outcome: 'CREATE' | 'UPDATE' | 'UNCHANGED' | 'ERROR'
  readonly changes: readonly OnboardingChange[]
  /** Done, but perhaps not meant so. */
  readonly warnings: readonly string[]
  /** Of an ERROR. */
  readonly fault: OnboardingFault | null
}

/** The company of a line, as it is once its own lines are done. */
export interface OnboardingCompany extends Omit<CompanyFacts, 'id'> {
  /** Null while the company is still to be created. */
  readonly id: string | null
  /** What the file calls it. */
  readonly reference: string
}

/** One line of a plugin's record. */
export interface OnboardingFact {
  readonly line: number
  readonly company: OnboardingCompany
  /** What `read` gave. */
  readonly subject: string
  readonly facts: unknown
}

export type AppliedFact = OnboardingFact & { readonly company: { readonly id: string } }

/** A kind of line that a plugin adds to the file. */
export interface PluginOnboarding {
  /** First cell of its lines, upper case: `DID`. */
  readonly record: string
  /** Columns it uses besides `record` and `company`, camelCase, in the order of the export; those of other records may be shared. */
  readonly columns: readonly string[]
  /** Cells of one line as the example file has it, which must be right for a new customer; left out: none. */
  readonly example?: Readonly<Record<string, string>>
  /**
   * Reads a line's cells; a cell that is empty is absent. Changes and reads nothing.
   * @returns `subject`: what the line is about, normalised; two lines of a file with one subject are both refused. `facts`: kept
   *   as JSON and handed to the other functions
   * @throws PortalError by `badInput(column, why)`
   */
  read(cells: Readonly<Record<string, string>>): { readonly subject: string; readonly facts: unknown }
  /**
   * What the lines of some hundred companies would do, one step each, in their order. Called outside a transaction for
   * a dry run, and once more right before `apply`, in its transaction; locks what `apply` will change.
   */
  plan(db: PluginDatabase, lines: readonly OnboardingFact[]): Promise<readonly OnboardingStep[]>
  /**
   * Does what `plan` said for lines that are CREATE or UPDATE, with one audit entry for each thing changed. A PortalError
   * refuses the whole company.
   */
  apply(
    db: PluginDatabase,
    lines: readonly AppliedFact[],
    by: { readonly actor: string; readonly ip: string | null; readonly reason: string | null }
  ): Promise<void>
  /** The lines that describe what these companies have, for an export; sorted. Reading them again changes nothing. */
  rows(
    db: PluginDatabase,
    companyIds: readonly string[]
  ): Promise<readonly { readonly companyId: string; readonly cells: Readonly<Record<string, string>> }[]>
}

/** A step that does nothing. */
export const unchangedStep: OnboardingStep = { outcome: 'UNCHANGED', changes: [], warnings: [], fault: null }

/** A step that cannot be done. */
export const faultyStep = (code: string, field: string | null, message: string): OnboardingStep => ({
  outcome: 'ERROR',
  changes: [],
  warnings: [],
  fault: { code, field, message }
})
