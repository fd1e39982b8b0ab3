import type { Knex } from 'knex'
import type { Database } from './connect.ts'
import { rowOf, rowsOf, wordsOf } from './sql.ts'

/** A process counts as alive for so long after it was last seen. Milliseconds. */
export const aliveForMs = 45_000
const forgottenAfterMs = 86_400_000

/** A process that serves this database, or did until a moment ago. */
export interface LivingProcess {
  readonly id: string
  readonly host: string
  readonly pid: number
  readonly version: string
  /** The contracting migrations it knows. */
  readonly migrations: readonly string[]
  readonly startedAt: number
  readonly seenAt: number
}

interface ProcessRow {
  readonly id: string
  readonly host: string
  readonly pid: number
  readonly version: string
  readonly migrations: string
  readonly started_at: number
  readonly seen_at: number
}

/**
 * Processes seen within the last 45 seconds, the oldest first. One that was killed stays in the list until then. Times
 * that have not come yet were written while the clock was wrong: who lives writes another one soon.
 */
export const livingProcesses = async (knex: Knex): Promise<LivingProcess[]> =>
  (
    await rowsOf<ProcessRow>(
      knex,
      `SELECT id, host, pid, version, migrations, started_at, seen_at FROM process
       WHERE seen_at BETWEEN ${wordsOf(knex).now} - ${aliveForMs} + 1 AND ${wordsOf(knex).now} + ${aliveForMs}
       ORDER BY started_at, id`
    )
  ).map(row => ({
    id: row.id,
    host: row.host,
    pid: row.pid,
    version: row.version,
    migrations: JSON.parse(row.migrations) as string[],
    startedAt: row.started_at,
    seenAt: row.seen_at
  }))

/** Enters a process, or renews it; forgets those not seen for a day. */
export const insertProcess = async (
  trx: Knex,
  process: Pick<LivingProcess, 'id' | 'host' | 'pid' | 'version' | 'migrations'>
): Promise<void> => {
  const { now } = wordsOf(trx)
  await trx.raw(`DELETE FROM process WHERE seen_at < ${now} - ${forgottenAfterMs}`)
  await trx.raw(
    `INSERT INTO process (id, host, pid, version, migrations, started_at, seen_at)
     SELECT CAST(? AS TEXT), CAST(? AS TEXT), CAST(? AS INTEGER), CAST(? AS TEXT), CAST(? AS TEXT), t.at, t.at
     FROM (SELECT ${now} AS at) t WHERE true
     ON CONFLICT (id) DO UPDATE SET seen_at = excluded.seen_at`,
    [process.id, process.host, process.pid, process.version, JSON.stringify(process.migrations)]
  )
}

/** Says that a process still lives; false when it is not in the list. */
export const renewProcess = (db: Database, id: string): Promise<boolean> =>
  db.transaction(
    async trx =>
      (await rowOf(trx, `UPDATE process SET seen_at = ${wordsOf(trx).now} WHERE id = ? RETURNING id`, [id])) !==
      undefined
  )

/** Takes a process that ends out of the list. */
export const removeProcess = (db: Database, id: string): Promise<void> =>
  db.transaction(async trx => {
    await trx.raw('DELETE FROM process WHERE id = ?', [id])
  })
