import type { Knex } from 'knex'
import { PortalError } from '../core/errors.ts'
import type { OnboardingLine, OnboardingPhase, OnboardingRun, OnboardingRuns } from '../core/onboarding-runs.ts'
import type { Actor } from '../core/ports.ts'
import { doneBy, writeAudit } from './audit.ts'
import type { Database } from './connect.ts'
import { enqueueJob } from './job-store.ts'
import { pageOf, readPage } from './page.ts'
import { newId, rowOf, rowsOf, wordsOf } from './sql.ts'

/** The job that takes a file in, or makes one; its payload is the run's id. */
export const onboardingJobName = 'onboarding'

export interface RunRow {
  readonly seq: number
  readonly id: string
  readonly kind: OnboardingRun['kind']
  readonly state: OnboardingRun['state']
  readonly phase: OnboardingPhase
  readonly dry_run: number
  readonly actor: string
  readonly actor_name: string
  readonly ip: string
  readonly request: string | null
  readonly file_id: string | null
  readonly file_name: string | null
  readonly file_sha256: string | null
  readonly file_bytes: number | null
  readonly same_as: string | null
  readonly lines: number
  readonly companies: number
  readonly companies_checked: number
  readonly companies_written: number
  readonly created: number
  readonly updated: number
  readonly unchanged: number
  readonly faulty: number
  readonly refused: number
  readonly warned: number
  readonly error_code: string | null
  readonly error: string | null
  readonly created_at: number
  readonly finished_at: number | null
}

const runFrom = (row: RunRow): OnboardingRun => ({
  id: row.id,
  kind: row.kind,
  state: row.state,
  phase: row.phase,
  dryRun: row.dry_run === 1,
  actor: row.actor,
  fileId: row.file_id,
  fileName: row.file_name,
  fileSha256: row.file_sha256,
  fileBytes: row.file_bytes,
  sameAs: row.same_as,
  lines: row.lines,
  companies: row.companies,
  companiesChecked: row.companies_checked,
  companiesWritten: row.companies_written,
  created: row.created,
  updated: row.updated,
  unchanged: row.unchanged,
  faulty: row.faulty,
  refused: row.refused,
  warned: row.warned,
  errorCode: row.error_code,
  error: row.error,
  createdAt: row.created_at,
  finishedAt: row.finished_at
})

/** Who asked for a run, for what it writes. */
export const runActor = (row: RunRow): Actor => ({
  operator: { actor: row.actor, name: row.actor_name, role: 'ADMIN', ip: row.ip },
  reason: null,
  // What a file changed belongs to its start.
  operation: row.id
})

interface LineRow {
  readonly line: number
  readonly record: string
  readonly reference: string
  readonly subject: string
  readonly outcome: OnboardingLine['outcome']
  readonly code: string | null
  readonly field: string | null
  readonly message: string | null
  readonly changes: string | null
  readonly warnings: string | null
}

const lineFrom = (row: LineRow): OnboardingLine => ({
  line: row.line,
  record: row.record,
  company: row.reference,
  subject: row.subject,
  outcome: row.outcome,
  code: row.code,
  field: row.field,
  message: row.message,
  changes: JSON.parse(row.changes ?? '[]'),
  warnings: JSON.parse(row.warnings ?? '[]')
})

const canBeId = (id: string): boolean => /^[\w-]{1,64}$/.test(id)

export const readRun = async (knex: Knex, id: string): Promise<RunRow | undefined> =>
  canBeId(id) ? rowOf<RunRow>(knex, 'SELECT * FROM onboarding_run WHERE id = ?', [id]) : undefined

/** Runs on the database; see `OnboardingRuns`. */
export const createOnboardingRuns = (db: Database): OnboardingRuns => {
  const begin = async (trx: Knex, row: Readonly<Record<string, string | number | null>>, actor: Actor) => {
    const id = newId()
    const all: Readonly<Record<string, string | number | null>> = {
      id,
      state: 'QUEUED',
      phase: 'READ',
      actor: actor.operator.actor,
      actor_name: actor.operator.name,
      ip: actor.operator.ip,
      ...row
    }
    const names = Object.keys(all)
    const run = await rowOf<RunRow>(
      trx,
      `INSERT INTO onboarding_run (${names.join(', ')}, created_at)
       VALUES (${names.map(() => '?').join(', ')}, ${wordsOf(trx).now}) RETURNING *`,
      Object.values(all)
    )
    await enqueueJob(trx, onboardingJobName, id)
    return runFrom(run!)
  }
  const audit = (trx: Knex, action: string, run: OnboardingRun, actor: Actor, after: unknown) =>
    writeAudit(trx, {
      ...doneBy({ ...actor, operation: run.id }),
      action,
      target: run.id,
      after
    })

  return {
    start: (file, dryRun, actor) =>
      db.transaction(async trx => {
        const same = await rowOf<{ id: string }>(
          trx,
          `SELECT id FROM onboarding_run
           WHERE file_sha256 = ? AND kind = 'IMPORT' AND dry_run = 0 AND state = 'DONE' ORDER BY seq DESC LIMIT 1`,
          [file.sha256]
        )
        const run = await begin(
          trx,
          {
            kind: 'IMPORT',
            dry_run: dryRun ? 1 : 0,
            file_id: file.id,
            file_name: file.name,
            file_sha256: file.sha256,
            file_bytes: file.bytes,
            same_as: same?.id ?? null
          },
          actor
        )
        await audit(trx, 'startOnboarding', run, actor, { fileName: file.name, sha256: file.sha256, dryRun })
        return run
      }),

    startExport: (selection, actor) =>
      db.transaction(async trx => {
        if (
          typeof selection.domainId === 'string' &&
          !(await rowOf(trx, 'SELECT 1 AS one FROM portal_domain WHERE id = ?', [selection.domainId]))
        )
          throw new PortalError('NOT_FOUND', 'There is no such portal domain.')
        const run = await begin(trx, { kind: 'EXPORT', request: JSON.stringify(selection) }, actor)
        await audit(trx, 'exportOnboarding', run, actor, {
          ...(selection.domainId === undefined ? {} : { domainId: selection.domainId }),
          companies: selection.companyIds?.length ?? 'all'
        })
        return run
      }),

    get: async id => {
      const row = await readRun(db.reader, id)
      return row ? runFrom(row) : null
    },

    list: async request => {
      const { first, position } = readPage(request)
      const kind = request.kind ?? null
      const where = kind === null ? '1 = 1' : 'kind = ?'
      const bindings = kind === null ? [] : [kind]
      const rows = await rowsOf<RunRow>(
        db.reader,
        `SELECT * FROM onboarding_run WHERE ${where} AND seq < ? ORDER BY seq DESC LIMIT ?`,
        [...bindings, position ?? Number.MAX_SAFE_INTEGER, first + 1]
      )
      const count = await rowOf<{ n: number }>(
        db.reader,
        `SELECT COUNT(*) AS n FROM onboarding_run WHERE ${where}`,
        bindings
      )
      return { ...pageOf(rows, first, rows.map(runFrom)), totalCount: count!.n }
    },

    lines: async request => {
      const { first, position } = readPage(request)
      const outcome = request.outcome ?? null
      const rows = canBeId(request.runId)
        ? await rowsOf<LineRow>(
            db.reader,
            `SELECT line, record, reference, subject, outcome, code, field, message, changes, warnings
             FROM onboarding_line WHERE run_id = ? ${outcome === null ? '' : 'AND outcome = ?'} AND line > ?
             ORDER BY line LIMIT ?`,
            [request.runId, ...(outcome === null ? [] : [outcome]), position ?? 0, first + 1]
          )
        : []
      const numbered = rows.map(row => ({ ...row, seq: row.line }))
      return pageOf(numbered, first, rows.map(lineFrom))
    },

    recordReport: (runId, fileId, outcome, actor) =>
      db.transaction(async trx => {
        await writeAudit(trx, {
          ...doneBy(actor),
          action: 'exportOnboardingReport',
          target: runId,
          after: { fileId, outcome: outcome ?? 'all' }
        })
      })
  }
}
