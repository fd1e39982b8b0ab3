import type { Knex } from 'knex'
import { faultyStep, type OnboardingStep } from '../core/onboarding.ts'
import type { StagedLine } from '../core/onboarding-plan.ts'
import type { StagedCompany } from './onboarding-world.ts'
import { groupBy, rowsOf, wordsOf } from './sql.ts'
import { updateRows } from './update-rows.ts'

// Lines of a run as the table keeps them, and what became of them.

export interface LineRow {
  readonly line: number
  readonly company: number
  readonly record: string
  readonly reference: string
  readonly subject: string
  readonly facts: string | null
  readonly outcome: string | null
  readonly code: string | null
  readonly field: string | null
  readonly message: string | null
  readonly changes: string | null
  readonly warnings: string | null
}
export interface CompanyRow {
  readonly number: number
  readonly reference: string
  readonly company_id: string | null
  readonly lines: number
}
export type LineResult = Pick<LineRow, 'outcome' | 'code' | 'field' | 'message' | 'changes' | 'warnings'>

export const resultOf = (step: OnboardingStep): LineResult => ({
  outcome: step.outcome,
  code: step.fault?.code ?? null,
  field: step.fault?.field ?? null,
  message: step.fault?.message ?? null,
  changes: step.changes.length === 0 ? null : JSON.stringify(step.changes),
  warnings: step.warnings.length === 0 ? null : JSON.stringify(step.warnings)
})

/** @param line the line of the company that is wrong */
export const refusedFor = (line: number): LineResult => ({
  outcome: 'REFUSED',
  code: null,
  field: null,
  message: `line ${line} of this company is wrong, so none of its lines is done`,
  changes: null,
  warnings: null
})

const stagedFrom = (row: LineRow): StagedLine => ({
  line: row.line,
  record: row.record,
  subject: row.subject,
  facts: row.facts === null ? null : JSON.parse(row.facts),
  // Only a line that could not be read has no facts.
  fault: row.facts === null ? faultyStep(row.code ?? 'BAD_USER_INPUT', row.field, row.message ?? '') : null
})

/** The lines of companies, by number, in the order of the file. */
export const linesOfCompanies = async (
  trx: Knex,
  runId: string,
  numbers: readonly number[]
): Promise<ReadonlyMap<number, LineRow>> => {
  const rows = await rowsOf<LineRow>(
    trx,
    `SELECT line, company, record, reference, subject, facts, outcome, code, field, message, changes, warnings
     FROM onboarding_line
     WHERE run_id = ? AND company IN (SELECT CAST(value AS INTEGER) FROM ${wordsOf(trx).each}) ORDER BY company, line`,
    [runId, JSON.stringify(numbers.map(String))]
  )
  return new Map(rows.map(row => [row.line, row]))
}

export const stagedCompanies = (
  rows: readonly CompanyRow[],
  lines: ReadonlyMap<number, LineRow>
): readonly StagedCompany[] => {
  const by = groupBy([...lines.values()], row => row.company)
  return rows.map(row => ({
    number: row.number,
    reference: row.reference,
    companyId: row.company_id,
    lines: (by.get(row.number) ?? []).map(stagedFrom)
  }))
}

/** Keeps what became of lines; what is known already is not written again. */
export const recordResults = (
  trx: Knex,
  runId: string,
  results: ReadonlyMap<number, LineResult>,
  known: ReadonlyMap<number, LineRow>
): Promise<void> => {
  const differs = (row: LineRow, result: LineResult): boolean =>
    (Object.keys(result) as (keyof LineResult)[]).some(name => row[name] !== result[name])
  return updateRows(
    trx,
    'onboarding_line',
    ['run_id', 'line'],
    [...results]
      .filter(([line, result]) => differs(known.get(line)!, result))
      .map(([line, result]) => ({ run_id: runId, line, ...result }))
  )
}
