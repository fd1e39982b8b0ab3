import type { Knex } from 'knex'
import type { Catalogue } from '../core/catalogue.ts'
import { PortalError } from '../core/errors.ts'
import { type AppliedFact, faultyStep, type OnboardingFact, type OnboardingStep } from '../core/onboarding.ts'
import { type CompanyPlan, planCompany, refuseClosed, type StagedLine } from '../core/onboarding-plan.ts'
import type { PluginDefinition } from '../core/plugin-api.ts'
import type { Database } from './connect.ts'
import { insertRows } from './insert-rows.ts'
import { type RunRow, readRun, runActor } from './onboarding-store.ts'
import { companiesMeant, loadOnboardingWorld, type StagedCompany } from './onboarding-world.ts'
import { type AcceptedPlan, writeOnboarding } from './onboarding-write.ts'
import { createPluginDatabase } from './plugin-database.ts'
import { groupBy, rowOf, rowsOf, wordsOf } from './sql.ts'
import { updateRows } from './update-rows.ts'

/** Companies, and about how many lines, of one transaction: while it runs, other writers wait. */
const mostCompanies = 500
const mostLines = 5_000

/** A line on its way into the table. */
export interface NewLine {
  readonly line: number
  /** Number of its company; null when the line names none. */
  readonly company: number | null
  readonly record: string
  readonly reference: string
  readonly subject: string
  readonly facts: unknown
  readonly fault: OnboardingStep | null
}
export interface NewCompany {
  readonly reference: string
  readonly companyId: string | null
  readonly lines: number
}

/** The steps of a run; each leaves the database so that the run can go on from there in another process. */
export interface OnboardingWork {
  /** Null when the run is over, or unknown. */
  take(id: string): Promise<RunRow | null>
  /** Removes what an earlier attempt had read. */
  startReading(id: string): Promise<void>
  /** Whom references mean; more than one company: ambiguous. */
  meant(references: readonly string[]): Promise<ReadonlyMap<string, ReadonlySet<string>>>
  addLines(id: string, lines: readonly NewLine[]): Promise<void>
  /** @param shared records and subjects that several companies of the file name */
  finishReading(
    id: string,
    companies: readonly NewCompany[],
    shared: readonly { readonly record: string; readonly subject: string }[]
  ): Promise<void>
  /** Does the next companies of a phase. False: there are none left. */
  checkSome(run: RunRow): Promise<boolean>
  /** Refuses companies of one file that want the same thing. */
  compare(run: RunRow): Promise<void>
  writeSome(run: RunRow): Promise<boolean>
  finish(id: string, file?: { id: string; name: string; sha256: string; bytes: number; lines: number }): Promise<void>
  fail(id: string, code: string, message: string): Promise<void>
}

interface LineRow {
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
interface CompanyRow {
  readonly number: number
  readonly reference: string
  readonly company_id: string | null
  readonly lines: number
}
type Result = Pick<LineRow, 'outcome' | 'code' | 'field' | 'message' | 'changes' | 'warnings'>

const resultOf = (step: OnboardingStep): Result => ({
  outcome: step.outcome,
  code: step.fault?.code ?? null,
  field: step.fault?.field ?? null,
  message: step.fault?.message ?? null,
  changes: step.changes.length === 0 ? null : JSON.stringify(step.changes),
  warnings: step.warnings.length === 0 ? null : JSON.stringify(step.warnings)
})
const refusedFor = (line: number): Result => ({
  outcome: 'REFUSED',
  code: null,
  field: null,
  message: `line ${line} of this company is wrong, so none of its lines is done`,
  changes: null,
  warnings: null
})
const differs = (row: LineRow, result: Result): boolean =>
  (Object.keys(result) as (keyof Result)[]).some(name => row[name] !== result[name])

const changes = (step: OnboardingStep | undefined): boolean => step?.outcome === 'CREATE' || step?.outcome === 'UPDATE'

const stagedFrom = (row: LineRow): StagedLine => ({
  line: row.line,
  record: row.record,
  subject: row.subject,
  facts: row.facts === null ? null : JSON.parse(row.facts),
  // Only a line that could not be read has no facts.
  fault: row.facts === null ? faultyStep(row.code ?? 'BAD_USER_INPUT', row.field, row.message ?? '') : null
})

/** What a run does on the database. */
export const createOnboardingWork = (
  db: Database,
  catalogue: Catalogue,
  plugins: readonly PluginDefinition[]
): OnboardingWork => {
  const { now, each } = wordsOf(db.reader)
  const bringers = plugins.flatMap(plugin => (plugin.onboarding ? [{ plugin, onboarding: plugin.onboarding }] : []))

  /** Plans companies, each with its own lines and those of plugins. */
  const planAll = async (trx: Knex.Transaction, companies: readonly StagedCompany[], write: boolean) => {
    const { world, known } = await loadOnboardingWorld(trx, catalogue, companies, write)
    const plans = companies.map(company => {
      const current = company.companyId === null ? null : (known.get(company.companyId) ?? null)
      const plan = planCompany(company.reference, current, company.lines, world)
      return { company, current, plan, steps: new Map(plan.steps) }
    })
    for (const { plugin, onboarding } of bringers) {
      const facts = plans.flatMap(({ company, plan, steps }): OnboardingFact[] =>
        plan.company === null
          ? []
          : company.lines
              .filter(({ record, line }) => record === onboarding.record && !steps.has(line))
              .map(({ line, subject, facts }) => ({ line, subject, facts, company: plan.company! }))
      )
      if (facts.length === 0) continue
      const steps = await onboarding.plan(createPluginDatabase(db, plugin, trx), facts)
      const byLine = new Map(facts.map(({ line }, index) => [line, steps[index]!]))
      for (const one of plans)
        for (const { line } of one.company.lines) {
          const step = byLine.get(line)
          if (step !== undefined) one.steps.set(line, step)
        }
    }
    for (const one of plans) {
      if (one.current?.status !== 'INACTIVE') continue
      for (const [line, step] of refuseClosed(one.steps)) one.steps.set(line, step)
    }
    return { plans, known }
  }

  const companiesOf = async (trx: Knex, runId: string, rows: readonly CompanyRow[]) => {
    const lines = await rowsOf<LineRow>(
      trx,
      `SELECT line, company, record, reference, subject, facts, outcome, code, field, message, changes, warnings
       FROM onboarding_line WHERE run_id = ? AND company IN (SELECT CAST(value AS INTEGER) FROM ${each}) ORDER BY company, line`,
      [runId, JSON.stringify(rows.map(({ number }) => String(number)))]
    )
    const by = groupBy(lines, row => row.company)
    const companies = rows.map(
      (row): StagedCompany => ({
        number: row.number,
        reference: row.reference,
        companyId: row.company_id,
        lines: (by.get(row.number) ?? []).map(stagedFrom)
      })
    )
    return { companies, lines: new Map(lines.map(row => [row.line, row])) }
  }

  /** Keeps what became of lines; what is known already is not written again. */
  const record = (
    trx: Knex,
    runId: string,
    results: ReadonlyMap<number, Result>,
    known: ReadonlyMap<number, LineRow>
  ): Promise<void> =>
    updateRows(
      trx,
      'onboarding_line',
      ['run_id', 'line'],
      [...results]
        .filter(([line, result]) => differs(known.get(line)!, result))
        .map(([line, result]) => ({ run_id: runId, line, ...result }))
    )

  const setCompanies = (
    trx: Knex,
    runId: string,
    rows: readonly { number: number; state: string; domain_id: string | null; moves: boolean }[]
  ): Promise<void> =>
    updateRows(
      trx,
      'onboarding_company',
      ['run_id', 'number'],
      rows.map(row => ({ run_id: runId, ...row }))
    )

  /** One transaction: plan, in a real run write, and keep what became of each line. */
  const doSome = async (run: RunRow, rows: readonly CompanyRow[], write: boolean): Promise<void> => {
    await db.transaction(async trx => {
      const { companies, lines } = await companiesOf(trx, run.id, rows)
      const { plans, known } = await planAll(trx, companies, write)
      const results = new Map<number, Result>()
      const accepted: (AcceptedPlan & (typeof plans)[number])[] = []
      for (const one of plans) {
        const wrong = one.company.lines.find(({ line }) => {
          const step = one.steps.get(line)
          return step === undefined || step.outcome === 'ERROR'
        })
        if (wrong === undefined)
          accepted.push({ ...one, reference: one.company.reference, companyId: one.company.companyId })
        const first = one.company.lines.find(({ line }) => one.steps.get(line)?.outcome === 'ERROR')?.line
        for (const { line } of one.company.lines) {
          const step = one.steps.get(line)
          results.set(
            line,
            wrong === undefined || step?.outcome === 'ERROR' ? resultOf(step!) : refusedFor(first ?? wrong.line)
          )
        }
      }
      if (write) await apply(trx, run, accepted, known)
      await record(trx, run.id, results, lines)
      const fine = new Map(accepted.map(one => [one.company.number, one.plan]))
      await setCompanies(
        trx,
        run.id,
        rows.map(({ number }) => {
          const plan: CompanyPlan | undefined = fine.get(number)
          return {
            number,
            state: plan === undefined ? 'REFUSED' : write ? 'DONE' : 'CHECKED',
            domain_id: plan?.company?.domainId ?? null,
            moves: plan?.domain != null
          }
        })
      )
      await advance(trx, run.id, write, rows.length)
    })
  }

  const advance = (trx: Knex, runId: string, write: boolean, by: number) => {
    const column = write ? 'companies_written' : 'companies_checked'
    return trx.raw(`UPDATE onboarding_run SET ${column} = ${column} + ? WHERE id = ?`, [by, runId])
  }

  const apply = async (
    trx: Knex.Transaction,
    run: RunRow,
    accepted: readonly (AcceptedPlan & {
      readonly company: StagedCompany
      readonly steps: ReadonlyMap<number, OnboardingStep>
    })[],
    known: Awaited<ReturnType<typeof planAll>>['known']
  ): Promise<void> => {
    const created = await writeOnboarding(trx, accepted, runActor(run), id => [...(known.get(id)?.codes ?? [])].sort())
    for (const { plugin, onboarding } of bringers) {
      const facts = accepted.flatMap(({ company, plan, steps }): AppliedFact[] =>
        company.lines
          .filter(({ record, line }) => record === onboarding.record && changes(steps.get(line)))
          .map(({ line, subject, facts }) => ({
            line,
            subject,
            facts,
            company: { ...plan.company!, id: company.companyId ?? created.get(company.reference)! }
          }))
      )
      if (facts.length > 0)
        await onboarding.apply(createPluginDatabase(db, plugin, trx), facts, {
          actor: run.actor,
          ip: run.ip,
          reason: null
        })
    }
  }

  /** Refuses one company for what could not be foreseen. */
  const refuse = (run: RunRow, row: CompanyRow, write: boolean, error: PortalError): Promise<void> =>
    db.transaction(async trx => {
      const { lines } = await companiesOf(trx, run.id, [row])
      const first = [...lines.values()].find(line => line.outcome === 'CREATE' || line.outcome === 'UPDATE')
      const at = first?.line ?? [...lines.keys()][0]!
      await record(
        trx,
        run.id,
        new Map(
          [...lines.keys()].map(line => [
            line,
            line === at ? resultOf(faultyStep(error.code, null, error.message)) : refusedFor(at)
          ])
        ),
        lines
      )
      await setCompanies(trx, run.id, [{ number: row.number, state: 'REFUSED', domain_id: null, moves: false }])
      await advance(trx, run.id, write, 1)
    })

  const some = async (run: RunRow, state: 'READ' | 'CHECKED', write: boolean): Promise<boolean> => {
    const found = await rowsOf<CompanyRow>(
      db.reader,
      `SELECT number, reference, company_id, lines FROM onboarding_company
       WHERE run_id = ? AND state = ? ORDER BY number LIMIT ?`,
      [run.id, state, mostCompanies]
    )
    if (found.length === 0) return false
    const rows: CompanyRow[] = []
    let lines = 0
    for (const row of found) {
      lines += row.lines
      if (rows.length > 0 && lines > mostLines) break
      rows.push(row)
    }
    try {
      await doSome(run, rows, write)
    } catch (error) {
      const foreseen = (fault: unknown): fault is PortalError =>
        fault instanceof PortalError && fault.code !== 'UNAVAILABLE'
      if (!foreseen(error)) throw error
      // Somebody changed the same in between; the others shall not suffer from it.
      for (const row of rows)
        try {
          await doSome(run, [row], write)
        } catch (fault) {
          if (!foreseen(fault)) throw fault
          await refuse(run, row, write, fault)
        }
    }
    return true
  }

  const setPhase = (trx: Knex, id: string, phase: string) =>
    trx.raw('UPDATE onboarding_run SET phase = ? WHERE id = ?', [phase, id])

  return {
    take: async id => {
      const row = await readRun(db.reader, id)
      if (row === undefined || (row.state !== 'QUEUED' && row.state !== 'RUNNING')) return null
      if (row.state === 'QUEUED')
        await db.transaction(trx => trx.raw(`UPDATE onboarding_run SET state = 'RUNNING' WHERE id = ?`, [id]))
      return row
    },

    startReading: id =>
      db.transaction(async trx => {
        for (const table of ['onboarding_line', 'onboarding_company'])
          await trx.raw(`DELETE FROM ${table} WHERE run_id = ?`, [id])
        await setPhase(trx, id, 'READ')
      }),

    meant: references => companiesMeant(db.reader, references),

    addLines: (id, lines) =>
      db.transaction(async trx => {
        await insertRows(
          trx,
          'onboarding_line',
          lines.map(({ facts, fault, ...line }) => ({
            run_id: id,
            ...line,
            facts: fault === null ? JSON.stringify(facts) : null,
            outcome: fault === null ? null : 'ERROR',
            code: fault?.fault?.code ?? null,
            field: fault?.fault?.field ?? null,
            message: fault?.fault?.message ?? null
          }))
        )
      }),

    finishReading: (id, companies, shared) =>
      db.transaction(async trx => {
        await insertRows(
          trx,
          'onboarding_company',
          companies.map(({ reference, companyId, lines }, index) => ({
            run_id: id,
            number: index + 1,
            reference,
            company_id: companyId,
            state: 'READ',
            lines
          }))
        )
        for (const [name, group] of groupBy(shared, ({ record }) => record))
          await trx.raw(
            `UPDATE onboarding_line SET shared = 1 WHERE run_id = ? AND record = ? AND subject IN (SELECT value FROM ${each})`,
            [id, name, JSON.stringify(group.map(({ subject }) => subject))]
          )
        await trx.raw(
          `UPDATE onboarding_run SET phase = 'CHECK', companies = ?, companies_checked = 0, companies_written = 0,
             lines = (SELECT COUNT(*) FROM onboarding_line WHERE run_id = onboarding_run.id) WHERE id = ?`,
          [companies.length, id]
        )
      }),

    checkSome: async run => {
      if (await some(run, 'READ', false)) return true
      await db.transaction(trx => setPhase(trx, run.id, 'COMPARE'))
      return false
    },

    compare: run =>
      db.transaction(async trx => {
        interface Shared {
          readonly line: number
          readonly company: number
          readonly record: string
          readonly subject: string
          readonly reference: string
          readonly state: string
          readonly domain_id: string | null
        }
        const lines = await rowsOf<Shared>(
          trx,
          `SELECT l.line, l.company, l.record, l.subject, l.reference, c.state, c.domain_id
           FROM onboarding_line l JOIN onboarding_company c ON c.run_id = l.run_id AND c.number = l.company
           WHERE l.run_id = ? AND l.shared = 1 AND l.outcome <> 'ERROR' ORDER BY l.line`,
          [run.id]
        )
        // A code that is what the file calls another, new company.
        const named = await rowsOf<Shared>(
          trx,
          `SELECT n.line, n.company, 'CODE' AS record, n.reference AS subject, n.reference, c.state, c.domain_id
           FROM onboarding_line l
             JOIN onboarding_company c ON c.run_id = l.run_id AND c.reference = l.subject AND c.company_id IS NULL
             JOIN onboarding_line n ON n.run_id = c.run_id AND n.company = c.number AND n.record = 'COMPANY'
           WHERE l.run_id = ? AND l.shared = 1 AND l.record = 'CODE' AND l.outcome <> 'ERROR' AND n.outcome <> 'ERROR'
             AND l.company <> c.number`,
          [run.id]
        )
        const wrong = new Map<number, { readonly company: number; readonly result: Result }>()
        for (const group of groupBy([...lines, ...named], row => `${row.record} ${row.subject}`).values())
          for (const row of group) {
            const twin = group.find(
              other =>
                other.company !== row.company &&
                (row.record !== 'CONTACT' ||
                  ([row.state, other.state].every(state => state === 'CHECKED') &&
                    (row.domain_id === null || other.domain_id === null || row.domain_id === other.domain_id)))
            )
            if (twin === undefined) continue
            const why =
              row.record === 'CONTACT'
                ? `the address ${row.subject} stands for ${twin.reference} too, on line ${twin.line}, on the same brand`
                : `${row.subject} stands for ${twin.reference} too, on line ${twin.line}`
            wrong.set(row.line, { company: row.company, result: resultOf(faultyStep('CONFLICT', null, why)) })
          }
        const numbers = [...new Set([...wrong.values()].map(({ company }) => company))]
        if (numbers.length > 0) {
          const rows = numbers.map(number => ({ number, reference: '', company_id: null, lines: 0 }))
          const { lines: all } = await companiesOf(trx, run.id, rows)
          const first = new Map<number, number>()
          for (const [line, { company }] of [...wrong].sort(([one], [other]) => one - other))
            if (!first.has(company)) first.set(company, line)
          await record(
            trx,
            run.id,
            new Map(
              [...all.values()]
                .filter(row => row.outcome !== 'ERROR')
                .map(row => [row.line, wrong.get(row.line)?.result ?? refusedFor(first.get(row.company)!)])
            ),
            all
          )
          await trx.raw(
            `UPDATE onboarding_company SET state = 'REFUSED'
             WHERE run_id = ? AND number IN (SELECT CAST(value AS INTEGER) FROM ${each})`,
            [run.id, JSON.stringify(numbers.map(String))]
          )
        }
        await setPhase(trx, run.id, run.dry_run === 1 ? 'END' : 'WRITE')
      }),

    writeSome: run => some(run, 'CHECKED', true),

    finish: (id, file) =>
      db.transaction(async trx => {
        const counts = await rowOf<Record<string, number>>(
          trx,
          `SELECT COUNT(CASE WHEN outcome = 'CREATE' THEN 1 END) AS created,
             COUNT(CASE WHEN outcome = 'UPDATE' THEN 1 END) AS updated,
             COUNT(CASE WHEN outcome = 'UNCHANGED' THEN 1 END) AS unchanged,
             COUNT(CASE WHEN outcome = 'ERROR' THEN 1 END) AS faulty,
             COUNT(CASE WHEN outcome = 'REFUSED' THEN 1 END) AS refused,
             COUNT(warnings) AS warned FROM onboarding_line WHERE run_id = ?`,
          [id]
        )
        const { created, updated, unchanged, faulty, refused, warned } = counts!
        await trx.raw(
          `UPDATE onboarding_run SET state = 'DONE', phase = 'END', created = ?, updated = ?, unchanged = ?, faulty = ?,
             refused = ?, warned = ?, finished_at = ${now} WHERE id = ? AND state = 'RUNNING'`,
          [created!, updated!, unchanged!, faulty!, refused!, warned!, id]
        )
        if (file !== undefined)
          await trx.raw(
            'UPDATE onboarding_run SET file_id = ?, file_name = ?, file_sha256 = ?, file_bytes = ?, lines = ? WHERE id = ?',
            [file.id, file.name, file.sha256, file.bytes, file.lines, id]
          )
      }),

    fail: (id, code, message) =>
      db.transaction(async trx => {
        await trx.raw(
          `UPDATE onboarding_run SET state = 'FAILED', phase = 'END', error_code = ?, error = ?, finished_at = ${now}
           WHERE id = ? AND state IN ('QUEUED', 'RUNNING')`,
          [code, message.slice(0, 1000), id]
        )
      })
  }
}
