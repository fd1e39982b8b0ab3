import type { Knex } from 'knex'
import type { Catalogue } from '../core/catalogue.ts'
import { PortalError } from '../core/errors.ts'
import { type AppliedFact, faultyStep, type OnboardingFact, type OnboardingStep } from '../core/onboarding.ts'
import { type CompanyPlan, planCompany, refuseClosed } from '../core/onboarding-plan.ts'
import type { OnboardingPhase } from '../core/onboarding-runs.ts'
import type { PluginDefinition } from '../core/plugin-api.ts'
import type { Database } from './connect.ts'
import { insertRows } from './insert-rows.ts'
import { removeOnboardingLines } from './onboarding-clean-up.ts'
import { refuseRivals } from './onboarding-compare.ts'
import {
  type CompanyRow,
  type LineResult,
  linesOfCompanies,
  recordResults,
  refusedFor,
  resultOf,
  stagedCompanies
} from './onboarding-lines.ts'
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
  /** @param before how many lines of the file were added already */
  addLines(id: string, before: number, lines: readonly NewLine[]): Promise<void>
  /**
   * @param lines how many were added
   * @param shared records and subjects that several companies of the file name
   */
  finishReading(
    id: string,
    lines: number,
    companies: readonly NewCompany[],
    shared: readonly { readonly record: string; readonly subject: string }[]
  ): Promise<void>
  /** Does the next companies of a phase. False: there are none left. */
  checkSome(run: RunRow): Promise<boolean>
  /** Refuses companies of one file that want the same thing. */
  compare(run: RunRow): Promise<void>
  writeSome(run: RunRow): Promise<boolean>
  /** How many companies an export has written so far, and will have. */
  exported(id: string, written: number, all: number): Promise<void>
  /** @param file what an export made */
  finish(
    id: string,
    file?: { id: string; name: string; sha256: string; bytes: number; lines: number; companies: number }
  ): Promise<void>
  /** Ends a run that cannot be carried out; what it wrote stays. */
  fail(id: string, code: string, message: string): Promise<void>
}

const changes = (step: OnboardingStep | undefined): boolean => step?.outcome === 'CREATE' || step?.outcome === 'UPDATE'

/** Another process has gone on with the run while this one did not move. */
const overtaken = () => new PortalError('UNAVAILABLE', 'Another process carries this run out.')

/**
 * What a run does on the database.
 * @param atATime companies of one transaction
 */
export const createOnboardingWork = (
  db: Database,
  catalogue: Catalogue,
  plugins: readonly PluginDefinition[],
  atATime = mostCompanies
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

  /** Locks the run. False: it does not stand where the caller thinks, because another process has gone on with it. */
  const holds = async (trx: Knex, runId: string, phase: OnboardingPhase): Promise<boolean> =>
    (await rowOf(
      trx,
      `SELECT id FROM onboarding_run WHERE id = ? AND state = 'RUNNING' AND phase = ?${wordsOf(trx).forUpdate}`,
      [runId, phase]
    )) !== undefined

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

  /** Plans companies, in a real run writes them, and keeps what became of each line. */
  const doSome = async (
    trx: Knex.Transaction,
    run: RunRow,
    rows: readonly CompanyRow[],
    write: boolean
  ): Promise<void> => {
    const lines = await linesOfCompanies(
      trx,
      run.id,
      rows.map(({ number }) => number)
    )
    const { plans, known } = await planAll(trx, stagedCompanies(rows, lines), write)
    const results = new Map<number, LineResult>()
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
    await recordResults(trx, run.id, results, lines)
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
        await onboarding.apply(createPluginDatabase(db, plugin, trx, run.id), facts, {
          actor: run.actor,
          ip: run.ip,
          reason: null
        })
    }
  }

  /** Refuses one company for what could not be foreseen. */
  const refuse = async (trx: Knex, run: RunRow, row: CompanyRow, write: boolean, error: PortalError): Promise<void> => {
    const lines = await linesOfCompanies(trx, run.id, [row.number])
    const first = [...lines.values()].find(line => line.outcome === 'CREATE' || line.outcome === 'UPDATE')
    const at = first?.line ?? [...lines.keys()][0]!
    await recordResults(
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
  }

  /** The next companies of a phase. */
  const nextOf = async (trx: Knex, run: RunRow, write: boolean): Promise<readonly CompanyRow[]> => {
    const found = await rowsOf<CompanyRow>(
      trx,
      `SELECT number, reference, company_id, lines FROM onboarding_company
       WHERE run_id = ? AND state = ? ORDER BY number LIMIT ?`,
      [run.id, write ? 'CHECKED' : 'READ', atATime]
    )
    let lines = 0
    return found.filter((row, index) => {
      lines += row.lines
      return index === 0 || lines <= mostLines
    })
  }

  /** The next companies of a phase, in one transaction. False: there are none left. */
  const some = async (run: RunRow, write: boolean): Promise<boolean> => {
    const phase = write ? 'WRITE' : 'CHECK'
    const foreseen = (fault: unknown): fault is PortalError =>
      fault instanceof PortalError && fault.code !== 'UNAVAILABLE'
    let rows: readonly CompanyRow[] = []
    try {
      await db.transaction(async trx => {
        if (!(await holds(trx, run.id, phase))) throw overtaken()
        rows = await nextOf(trx, run, write)
        if (rows.length > 0) await doSome(trx, run, rows, write)
      })
    } catch (error) {
      if (!foreseen(error)) throw error
      // Somebody changed the same in between; the others shall not suffer from it.
      for (const row of rows) {
        const alone = (work: (trx: Knex.Transaction) => Promise<void>): Promise<void> =>
          db.transaction(async trx => {
            if (!(await holds(trx, run.id, phase))) throw overtaken()
            const [next] = await nextOf(trx, run, write)
            if (next?.number === row.number) await work(trx)
          })
        try {
          await alone(trx => doSome(trx, run, [row], write))
        } catch (fault) {
          if (!foreseen(fault)) throw fault
          await alone(trx => refuse(trx, run, row, write, fault))
        }
      }
    }
    return rows.length > 0
  }

  /** Moves a run on, unless another process did so already. */
  const setPhase = (trx: Knex, id: string, from: OnboardingPhase, to: OnboardingPhase) =>
    trx.raw('UPDATE onboarding_run SET phase = ? WHERE id = ? AND phase = ?', [to, id, from])

  const startReading = async (id: string): Promise<void> => {
    await db.transaction(async trx => {
      if (!(await holds(trx, id, 'READ'))) throw overtaken()
      await trx.raw('UPDATE onboarding_run SET lines = 0 WHERE id = ?', [id])
    })
    if (!(await removeOnboardingLines(db, id, `phase = 'READ' AND lines = 0`))) throw overtaken()
  }

  const countColumns = 'created = ?, updated = ?, unchanged = ?, faulty = ?, refused = ?, warned = ?'
  const countLines = async (trx: Knex, id: string): Promise<readonly number[]> => {
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
    return ['created', 'updated', 'unchanged', 'faulty', 'refused', 'warned'].map(name => counts![name]!)
  }

  return {
    take: async id => {
      const row = await readRun(db.reader, id)
      if (row === undefined || (row.state !== 'QUEUED' && row.state !== 'RUNNING')) return null
      if (row.state === 'QUEUED')
        await db.transaction(trx =>
          trx.raw(`UPDATE onboarding_run SET state = 'RUNNING' WHERE id = ? AND state = 'QUEUED'`, [id])
        )
      return row
    },

    startReading,

    meant: references => companiesMeant(db.reader, references),

    addLines: (id, before, lines) =>
      db.transaction(async trx => {
        // Two processes that read the same file cannot both have come this far.
        const ours = await rowOf(
          trx,
          `UPDATE onboarding_run SET lines = lines + ?
           WHERE id = ? AND state = 'RUNNING' AND phase = 'READ' AND lines = ? RETURNING id`,
          [lines.length, id, before]
        )
        if (ours === undefined) throw overtaken()
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

    finishReading: (id, lines, companies, shared) =>
      db.transaction(async trx => {
        const run = await rowOf<{ lines: number }>(
          trx,
          `UPDATE onboarding_run SET phase = 'CHECK', companies = ?, companies_checked = 0, companies_written = 0
           WHERE id = ? AND state = 'RUNNING' AND phase = 'READ' AND lines = ? RETURNING lines`,
          [companies.length, id, lines]
        )
        if (run === undefined) throw overtaken()
        await insertRows(
          trx,
          'onboarding_company',
          companies.map((company, index) => ({
            run_id: id,
            number: index + 1,
            reference: company.reference,
            company_id: company.companyId,
            state: 'READ',
            lines: company.lines
          }))
        )
        for (const [name, group] of groupBy(shared, ({ record }) => record))
          await trx.raw(
            `UPDATE onboarding_line SET shared = 1 WHERE run_id = ? AND record = ? AND subject IN (SELECT value FROM ${each})`,
            [id, name, JSON.stringify(group.map(({ subject }) => subject))]
          )
      }),

    checkSome: async run => {
      if (await some(run, false)) return true
      await db.transaction(trx => setPhase(trx, run.id, 'CHECK', 'COMPARE'))
      return false
    },

    compare: run =>
      db.transaction(async trx => {
        if (!(await holds(trx, run.id, 'COMPARE'))) throw overtaken()
        await refuseRivals(trx, run.id)
        await setPhase(trx, run.id, 'COMPARE', run.dry_run === 1 ? 'END' : 'WRITE')
      }),

    writeSome: run => some(run, true),

    exported: (id, written, all) =>
      db.transaction(async trx => {
        await trx.raw('UPDATE onboarding_run SET companies = ?, companies_written = ? WHERE id = ?', [all, written, id])
      }),

    finish: (id, file) =>
      db.transaction(async trx => {
        await trx.raw(
          `UPDATE onboarding_run SET state = 'DONE', phase = 'END', ${countColumns}, finished_at = ${now}
           WHERE id = ? AND state = 'RUNNING'`,
          [...(await countLines(trx, id)), id]
        )
        if (file !== undefined)
          await trx.raw(
            `UPDATE onboarding_run SET file_id = ?, file_name = ?, file_sha256 = ?, file_bytes = ?, lines = ?, companies = ?
             WHERE id = ?`,
            [file.id, file.name, file.sha256, file.bytes, file.lines, file.companies, id]
          )
      }),

    fail: async (id, code, message) => {
      const run = await readRun(db.reader, id)
      if (run?.state === 'RUNNING' && run.kind === 'IMPORT' && run.phase === 'READ') await startReading(id)
      await db.transaction(async trx => {
        // What was checked and not written is not done.
        await trx.raw(
          `UPDATE onboarding_line SET outcome = NULL, changes = NULL, warnings = NULL
           WHERE run_id = ? AND company IN (SELECT number FROM onboarding_company WHERE run_id = ? AND state IN ('READ', 'CHECKED'))
             AND outcome <> 'ERROR'`,
          [id, id]
        )
        await trx.raw(
          `UPDATE onboarding_run SET state = 'FAILED', phase = 'END', ${countColumns}, error_code = ?, error = ?,
             finished_at = ${now}
           WHERE id = ? AND state IN ('QUEUED', 'RUNNING')`,
          [...(await countLines(trx, id)), code, message.slice(0, 1000), id]
        )
      })
    }
  }
}
