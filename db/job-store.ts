import { randomBytes } from 'node:crypto'
import type { Knex } from 'knex'
import type { Database } from './connect.ts'
import { newId, rowOf, wordsOf } from './sql.ts'

/** A job that this process alone may run until its lease ends. */
export interface JobLease {
  readonly id: string
  readonly name: string
  readonly payload: unknown
  /** Counts from 1. */
  readonly attempt: number
  readonly token: string
  /** The database's clock when the lease was given, milliseconds since 1970 UTC. */
  readonly at: number
}

/** Background work in a table, leased to one process at a time; times by the database's clock. */
export interface JobStore {
  /** Makes a recurring job known, due at once; a changed interval counts from its next run on, one in a far future is due. */
  ensureRecurring(name: string, everySeconds: number): Promise<void>
  /** Adds a job that runs once. Resolves to its id. */
  enqueue(name: string, payload?: unknown, delayMs?: number): Promise<string>
  /** Takes a due job of these names; null when there is none. A lease that ran out is given again. */
  acquire(names: readonly string[], leaseMs: number): Promise<JobLease | null>
  /** False: the lease was lost, and the work must stop. */
  renew(lease: JobLease, leaseMs: number): Promise<boolean>
  /** Ends the run. A recurring job is due again after its interval, another is gone. False: the lease was lost. */
  finish(lease: JobLease): Promise<boolean>
  /** Gives the job back with a delay that doubles, 1 s to 1 h. After `maxAttempts` a job that runs once stays as failed. */
  retry(lease: JobLease, error: string, maxAttempts?: number): Promise<boolean>
  /** Gives the job back for later, without counting the attempt: not the job failed, but what it needs. */
  postpone(lease: JobLease, error: string, delayMs: number): Promise<boolean>
  /** Gives the job back as it was taken, due at once: who had it could not go on. */
  release(lease: JobLease): Promise<boolean>
}

const longestDelayMs = 3_600_000

/** Adds a job that runs once, in a transaction of whoever needs it done. Resolves to its id. */
export const enqueueJob = async (trx: Knex, name: string, payload: unknown, delayMs = 0): Promise<string> => {
  const id = newId()
  await trx.raw(
    `INSERT INTO job (id, name, payload, run_at)
     SELECT CAST(? AS TEXT), CAST(? AS TEXT), CAST(? AS TEXT), ${wordsOf(trx).now} + CAST(? AS BIGINT)`,
    [id, name, JSON.stringify(payload ?? null), delayMs]
  )
  return id
}

export const createJobStore = (db: Database): JobStore => {
  const { now, each } = wordsOf(db.reader)
  const skipLocked = db.dialect === 'postgresql' ? 'FOR UPDATE SKIP LOCKED' : ''
  const changed = (sql: string, bindings: readonly (string | number)[]): Promise<boolean> =>
    db.transaction(async trx => (await rowOf(trx, `${sql} RETURNING id`, bindings)) !== undefined)
  const mine = 'id = ? AND lease_token = ?'

  return {
    ensureRecurring: (name, everySeconds) =>
      db.transaction(async trx => {
        await trx.raw(
          `INSERT INTO job (id, name, every_seconds, run_at) SELECT CAST(? AS TEXT), CAST(? AS TEXT), CAST(? AS INTEGER), ${now}
           WHERE true ON CONFLICT (id) DO UPDATE SET every_seconds = excluded.every_seconds,
             run_at = CASE WHEN job.run_at > ${now} + CAST(? AS BIGINT) THEN excluded.run_at ELSE job.run_at END`,
          // A run further away than any delay was written while the clock was wrong.
          [`every:${name}`, name, everySeconds, Math.max(everySeconds * 1000, longestDelayMs) + 60_000]
        )
      }),

    enqueue: (name, payload, delayMs) => db.transaction(trx => enqueueJob(trx, name, payload, delayMs)),

    acquire: async (names, leaseMs) => {
      const token = randomBytes(12).toString('base64url')
      const row = await db.transaction(trx =>
        rowOf<{ id: string; name: string; payload: string | null; attempts: number; lease_until: number }>(
          trx,
          `UPDATE job SET lease_token = ?, lease_until = ${now} + CAST(? AS BIGINT), attempts = attempts + 1
           WHERE id = (
             SELECT id FROM job
             WHERE run_at <= ${now} AND failed_at IS NULL AND (lease_until IS NULL OR lease_until <= ${now})
               AND name IN (SELECT value FROM ${each})
             ORDER BY run_at, id LIMIT 1 ${skipLocked}
           ) RETURNING id, name, payload, attempts, lease_until`,
          [token, leaseMs, JSON.stringify(names)]
        )
      )
      if (!row) return null
      return {
        id: row.id,
        name: row.name,
        payload: row.payload === null ? null : JSON.parse(row.payload),
        attempt: row.attempts,
        token,
        at: row.lease_until - leaseMs
      }
    },

    renew: (lease, leaseMs) =>
      changed(`UPDATE job SET lease_until = ${now} + CAST(? AS BIGINT) WHERE ${mine} AND lease_until > ${now}`, [
        leaseMs,
        lease.id,
        lease.token
      ]),

    finish: lease =>
      db.transaction(async trx => {
        const recurring = await rowOf(
          trx,
          `UPDATE job SET run_at = ${now} + CAST(every_seconds AS BIGINT) * 1000, attempts = 0, last_error = NULL,
             lease_token = NULL, lease_until = NULL
           WHERE ${mine} AND every_seconds IS NOT NULL RETURNING id`,
          [lease.id, lease.token]
        )
        if (recurring) return true
        return (await rowOf(trx, `DELETE FROM job WHERE ${mine} RETURNING id`, [lease.id, lease.token])) !== undefined
      }),

    postpone: (lease, error, delayMs) =>
      changed(
        `UPDATE job SET run_at = ${now} + CAST(? AS BIGINT), last_error = ?, attempts = attempts - 1, lease_token = NULL,
           lease_until = NULL
         WHERE ${mine}`,
        [delayMs, error.slice(0, 2000), lease.id, lease.token]
      ),

    release: lease =>
      changed(
        `UPDATE job SET run_at = ${now}, attempts = attempts - 1, lease_token = NULL, lease_until = NULL WHERE ${mine}`,
        [lease.id, lease.token]
      ),

    retry: (lease, error, maxAttempts = 10) => {
      const delayMs = Math.min(1000 * 2 ** (lease.attempt - 1), longestDelayMs)
      return changed(
        `UPDATE job SET run_at = ${now} + CAST(? AS BIGINT), last_error = ?, lease_token = NULL, lease_until = NULL,
           failed_at = CASE WHEN every_seconds IS NULL AND attempts >= ? THEN ${now} END
         WHERE ${mine}`,
        [delayMs, error.slice(0, 2000), maxAttempts, lease.id, lease.token]
      )
    }
  }
}
