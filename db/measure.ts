import { stat, statfs } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { Knex } from 'knex'
import type { Database } from './connect.ts'
import { aliveForMs } from './process-store.ts'
import { rowOf, rowsOf, wordsOf } from './sql.ts'

/** How one pool of connections is used at this moment. */
export interface PoolUse {
  readonly pool: 'reader' | 'writer'
  readonly used: number
  readonly free: number
  /** Who waits for a connection. */
  readonly waiting: number
}

/** How one kind of job stands, over all processes. */
export interface JobUse {
  readonly name: string
  readonly due: number
  readonly running: number
  /** Failed lately and will be tried again. */
  readonly retrying: number
  /** Given up. */
  readonly failed: number
  /** How late the one that has waited longest is. */
  readonly lateMs: number
}

/** Figures of the database as a whole, the same from every process. */
export interface DatabaseMeasure {
  /** The database's clock. */
  readonly at: number
  readonly contactSessions: number
  readonly staffSessions: number
  /** Within the last 15 minutes. */
  readonly signInFailures: number
  readonly processes: number
  /** When the last backup was written; null: never. */
  readonly backupAt: number | null
  readonly jobs: readonly JobUse[]
  /** By kind: `data`, `wal`. */
  readonly bytes: Readonly<Record<string, number>>
  /** Room on the disk of a SQLite file; null where it cannot be seen. */
  readonly freeBytes: number | null
  /** Connections of all processes; null on SQLite. */
  readonly connections: number | null
}

interface Pool {
  numUsed(): number
  numFree(): number
  numPendingAcquires(): number
}

/** Asks the pools, not the database. */
export const poolUse = (db: Database): readonly PoolUse[] =>
  (['reader', 'writer'] as const).map(name => {
    const { pool } = db[name].client as { readonly pool: Pool }
    return { pool: name, used: pool.numUsed(), free: pool.numFree(), waiting: pool.numPendingAcquires() }
  })

const sizesOf = async (db: Database): Promise<Pick<DatabaseMeasure, 'bytes' | 'freeBytes' | 'connections'>> => {
  if (db.dialect === 'postgresql') {
    const row = await rowOf<{ bytes: number; connections: number }>(
      db.reader,
      `SELECT pg_database_size(current_database()) AS bytes,
         (SELECT COUNT(*) FROM pg_stat_activity WHERE datname = current_database()) AS connections`
    )
    return { bytes: { data: row!.bytes }, freeBytes: null, connections: row!.connections }
  }
  const { filename } = db.writer.client.config.connection as { readonly filename: string }
  const sizeOf = (path: string): Promise<number> =>
    stat(path).then(
      ({ size }) => size,
      () => 0
    )
  const disk = await statfs(dirname(filename))
  return {
    bytes: { data: await sizeOf(filename), wal: await sizeOf(`${filename}-wal`) },
    freeBytes: disk.bavail * disk.bsize,
    connections: null
  }
}

const jobsOf = (knex: Knex, now: string): Promise<JobUse[]> => {
  const count = (condition: string, as: string): string => `COUNT(CASE WHEN ${condition} THEN 1 END) AS "${as}"`
  const due = `failed_at IS NULL AND run_at <= t.at AND (lease_until IS NULL OR lease_until <= t.at)`
  return rowsOf<JobUse>(
    knex,
    `SELECT name, ${count(due, 'due')}, ${count('failed_at IS NULL AND lease_until > t.at', 'running')},
       ${count('failed_at IS NULL AND last_error IS NOT NULL', 'retrying')}, ${count('failed_at IS NOT NULL', 'failed')},
       COALESCE(MAX(CASE WHEN ${due} THEN t.at - run_at END), 0) AS "lateMs"
     FROM job CROSS JOIN (SELECT ${now} AS at) t GROUP BY name ORDER BY name`
  )
}

/** @throws PortalError UNAVAILABLE */
export const measureDatabase = async (db: Database): Promise<DatabaseMeasure> => {
  const { now } = wordsOf(db.reader)
  const people = await rowOf<{
    at: number
    contacts: number
    staff: number
    failures: number
    backup: number | null
    processes: number
  }>(
    db.reader,
    `SELECT t.at,
       (SELECT COUNT(*) FROM contact_session WHERE expires_at > t.at) AS contacts,
       (SELECT COUNT(*) FROM staff_session WHERE expires_at > t.at) AS staff,
       (SELECT COUNT(*) FROM sign_in_failure WHERE at > t.at - 900000 AND kind IN ('contact-ip', 'staff-ip')) AS failures,
       (SELECT MAX(at) FROM backup_done) AS backup,
       (SELECT COUNT(*) FROM process WHERE seen_at > t.at - ${aliveForMs}) AS processes
     FROM (SELECT ${now} AS at) t`
  )
  return {
    at: people!.at,
    contactSessions: people!.contacts,
    staffSessions: people!.staff,
    signInFailures: people!.failures,
    processes: people!.processes,
    backupAt: people!.backup,
    jobs: await jobsOf(db.reader, now),
    ...(await sizesOf(db))
  }
}
