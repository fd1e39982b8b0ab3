import type { Knex } from 'knex'
import type { Actor } from '../core/ports.ts'
import { doneBy, writeAudit } from './audit.ts'
import type { Database } from './connect.ts'
import { rowOf, rowsOf, wordsOf } from './sql.ts'

/** A job whose last run failed. Times are the database's clock, milliseconds. */
export interface FailedJob {
  readonly id: string
  /** `export`, or `PLUGIN/JOB`. */
  readonly name: string
  /** What it was given, JSON. */
  readonly payload: string | null
  readonly attempts: number
  readonly error: string
  /** Null: it was given up. */
  readonly nextRunAt: number | null
  readonly failedAt: number | null
}

/** Jobs that were given up, then those that will be tried again; the first 200. */
export const failedJobs = (knex: Knex): Promise<FailedJob[]> =>
  rowsOf<FailedJob>(
    knex,
    `SELECT id, name, payload, attempts, last_error AS error, failed_at AS "failedAt",
       CASE WHEN failed_at IS NULL THEN run_at END AS "nextRunAt"
     FROM job WHERE last_error IS NOT NULL ORDER BY failed_at IS NULL, run_at, id LIMIT 200`
  )

const change = (db: Database, id: string, sql: string, action: string, actor: Actor): Promise<string | null> =>
  db.transaction(async trx => {
    const { now } = wordsOf(trx)
    const was = await rowOf<{ name: string; last_error: string | null }>(
      trx,
      `SELECT name, last_error FROM job WHERE id = ? AND (lease_until IS NULL OR lease_until <= ${now})${wordsOf(trx).forUpdate}`,
      [id]
    )
    if (was === undefined || (await rowOf(trx, sql, [id])) === undefined) return null
    await writeAudit(trx, { ...doneBy(actor), action, target: id, before: { name: was.name, error: was.last_error } })
    return was.name
  })

/** Makes a job due now, as if it had never failed. Resolves to its name; null when there is none, or it runs. */
export const runJobAgain = (db: Database, id: string, actor: Actor): Promise<string | null> =>
  change(
    db,
    id,
    `UPDATE job SET run_at = ${wordsOf(db.writer).now}, attempts = 0, failed_at = NULL WHERE id = ? RETURNING id`,
    'runJobAgain',
    actor
  )

/** Takes away a job that was given up. Resolves to its name; null when none was given up under this id. */
export const forgetJob = (db: Database, id: string, actor: Actor): Promise<string | null> =>
  change(db, id, 'DELETE FROM job WHERE id = ? AND failed_at IS NOT NULL RETURNING id', 'forgetJob', actor)
