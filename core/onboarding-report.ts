import type { CsvColumn } from './csv-cell.ts'
import type { OnboardingChange, OnboardingOutcome } from './onboarding.ts'
import type { OnboardingLine, OnboardingRuns } from './onboarding-runs.ts'

/** What writes CSV. */
export interface CsvWriter {
  header(columns: readonly CsvColumn[]): string
  rows(columns: readonly CsvColumn[], rows: readonly Readonly<Record<string, unknown>>[]): string
}

const columns: readonly CsvColumn[] = [
  'line',
  'outcome',
  'record',
  'company',
  'subject',
  'code',
  'column',
  'message',
  'changes',
  'warnings'
].map(name => ({ name, title: name, text: name !== 'line' }))

/** One change as people read it. */
export const changeText = ({ field, before, after }: OnboardingChange): string =>
  `${field}: ${before ?? '-'} → ${after ?? '-'}`

/**
 * The lines of a run, page by page, in the order of the file.
 * @param outcome null: all of them
 */
export async function* linesOfRun(
  runs: Pick<OnboardingRuns, 'lines'>,
  runId: string,
  outcome: OnboardingOutcome | null = null
): AsyncGenerator<readonly OnboardingLine[]> {
  for (let after: string | null = null; ; ) {
    const page: Awaited<ReturnType<typeof runs.lines>> = await runs.lines({ runId, outcome, first: 500, after })
    yield page.nodes
    if (!page.hasNextPage) return
    after = page.endCursor
  }
}

/** What became of the lines of a run as CSV, one row a line. Pieces of text; the first is the header. */
export async function* onboardingReport(
  runs: Pick<OnboardingRuns, 'lines'>,
  csv: CsvWriter,
  runId: string,
  outcome: OnboardingOutcome | null = null
): AsyncGenerator<string> {
  yield csv.header(columns)
  for await (const lines of linesOfRun(runs, runId, outcome))
    yield csv.rows(
      columns,
      lines.map(line => ({
        ...line,
        column: line.field,
        changes: line.changes.map(changeText).join('; '),
        warnings: line.warnings.join('; ')
      }))
    )
}
