import type { Alive } from '../core/alive.ts'
import { PortalError } from '../core/errors.ts'
import type { Database } from './connect.ts'
import { enqueueJob } from './job-store.ts'
import { newId, rowOf, rowsOf, wordsOf } from './sql.ts'

/** The job that makes a file; its payload is the export's id. */
export const exportJobName = 'export'
/** Files of one company that may wait or be made at a time. */
const mostUnfinished = 5
/** Those and the ready ones together: a file is kept in the database until its time is over. */
const mostFiles = 20

export type ExportState = 'QUEUED' | 'RUNNING' | 'READY' | 'FAILED' | 'EXPIRED'

/** One requested file. */
export interface ExportJob {
  readonly id: string
  readonly companyId: string
  readonly contactId: string
  readonly domainId: string
  readonly grid: string
  /** What was asked for, as the runner needs it. */
  readonly request: unknown
  readonly state: ExportState
  readonly rows: number | null
  readonly bytes: number | null
  readonly error: string | null
  readonly createdAt: number
  readonly expiresAt: number | null
}

/** Files being made for download, kept in pieces; every read names the company, so that no other reaches them. */
export interface ExportStore {
  /** Keeps the request and puts its job in line, both or neither. @throws PortalError CAPACITY_EXCEEDED */
  create(input: {
    readonly companyId: string
    readonly contactId: string
    readonly domainId: string
    readonly grid: string
    readonly request: unknown
  }): Promise<ExportJob>
  /** Null for another company's job, as for an unknown one. */
  get(id: string, companyId: string): Promise<ExportJob | null>
  /** The company's files made for one brand, newest first. */
  list(companyId: string, domainId: string, first: number): Promise<readonly ExportJob[]>
  /** For the runner, which acts for any company. */
  take(id: string): Promise<ExportJob | null>
  /** Starts, or starts again after a crash: pieces of an earlier run are removed. */
  begin(id: string): Promise<ExportJob>
  append(id: string, part: number, bytes: Buffer): Promise<void>
  finish(id: string, rows: number, liveMs: number): Promise<void>
  fail(id: string, error: string): Promise<void>
  /** The pieces of a ready file in order; nothing when it is another company's, not ready or expired. */
  chunks(id: string, companyId: string): AsyncIterable<Buffer>
  /** Marks files whose time is over and removes their bytes, one after the other. @returns how many */
  expire(alive: Alive): Promise<number>
}

interface Row {
  readonly id: string
  readonly company_id: string
  readonly contact_id: string
  readonly domain_id: string
  readonly grid: string
  readonly request: string
  readonly state: ExportState
  readonly row_count: number | null
  readonly byte_count: number | null
  readonly error: string | null
  readonly created_at: number
  readonly expires_at: number | null
}

const jobFrom = (row: Row): ExportJob => ({
  id: row.id,
  companyId: row.company_id,
  contactId: row.contact_id,
  domainId: row.domain_id,
  grid: row.grid,
  request: JSON.parse(row.request),
  state: row.state,
  rows: row.row_count,
  bytes: row.byte_count,
  error: row.error,
  createdAt: row.created_at,
  expiresAt: row.expires_at
})

/** PostgreSQL refuses a text with a null character; no file has such an id. */
const canBeId = (id: string): boolean => /^[\w-]{1,64}$/.test(id)

export const createExportStore = (db: Database): ExportStore => {
  const { now } = wordsOf(db.reader)
  // A file whose time is over counts as expired before the clean-up comes by.
  const columns = `id, company_id, contact_id, domain_id, grid, request, row_count, byte_count, error, created_at, expires_at,
    CASE WHEN state = 'READY' AND expires_at <= ${now} THEN 'EXPIRED' ELSE state END AS state`

  return {
    create: input =>
      db.transaction(async trx => {
        // The company's row is the lock: of two requests at once, the second counts the first.
        await trx.raw(`SELECT id FROM company WHERE id = ?${wordsOf(trx).forUpdate}`, [input.companyId])
        const count = await rowOf<{ unfinished: number; files: number }>(
          trx,
          `SELECT COUNT(CASE WHEN state <> 'READY' THEN 1 END) AS unfinished, COUNT(*) AS files FROM export_job
           WHERE company_id = ? AND (state IN ('QUEUED', 'RUNNING') OR (state = 'READY' AND expires_at > ${now}))`,
          [input.companyId]
        )
        if (count!.unfinished >= mostUnfinished || count!.files >= mostFiles)
          throw new PortalError('CAPACITY_EXCEEDED', 'There are enough exports for now; wait until one is over.', {
            retryAfter: count!.unfinished >= mostUnfinished ? 10 : 60
          })
        const row = await rowOf<Row>(
          trx,
          `INSERT INTO export_job (id, company_id, contact_id, domain_id, grid, request, state, created_at)
           VALUES (?, ?, ?, ?, ?, ?, 'QUEUED', ${now}) RETURNING *`,
          [
            ...[newId(), input.companyId, input.contactId, input.domainId, input.grid],
            JSON.stringify(input.request ?? null)
          ]
        )
        await enqueueJob(trx, exportJobName, row!.id)
        return jobFrom(row!)
      }),

    get: async (id, companyId) => {
      if (!canBeId(id)) return null
      const row = await rowOf<Row>(db.reader, `SELECT ${columns} FROM export_job WHERE id = ? AND company_id = ?`, [
        id,
        companyId
      ])
      return row ? jobFrom(row) : null
    },

    list: async (companyId, domainId, first) =>
      (
        await rowsOf<Row>(
          db.reader,
          `SELECT ${columns} FROM export_job WHERE company_id = ? AND domain_id = ? ORDER BY created_at DESC, id LIMIT ?`,
          [companyId, domainId, first]
        )
      ).map(jobFrom),

    take: async id => {
      if (!canBeId(id)) return null
      const row = await rowOf<Row>(db.reader, `SELECT ${columns} FROM export_job WHERE id = ?`, [id])
      return row ? jobFrom(row) : null
    },

    begin: id =>
      db.transaction(async trx => {
        const row = await rowOf<Row>(
          trx,
          `UPDATE export_job SET state = 'RUNNING' WHERE id = ? AND state IN ('QUEUED', 'RUNNING') RETURNING *`,
          [id]
        )
        if (!row) throw new PortalError('NOT_FOUND')
        await trx.raw('DELETE FROM export_chunk WHERE job_id = ?', [id])
        return jobFrom(row)
      }),

    append: (id, part, bytes) =>
      db.transaction(async trx => {
        await trx.raw('INSERT INTO export_chunk (job_id, part, bytes) VALUES (?, ?, ?)', [id, part, bytes])
      }),

    finish: (id, rows, liveMs) =>
      db.transaction(async trx => {
        const done = await rowOf(
          trx,
          `UPDATE export_job SET state = 'READY', row_count = ?, finished_at = ${now}, expires_at = ${now} + CAST(? AS BIGINT),
             byte_count = (SELECT COALESCE(CAST(SUM(LENGTH(bytes)) AS BIGINT), 0) FROM export_chunk WHERE job_id = export_job.id)
           WHERE id = ? AND state = 'RUNNING' RETURNING id`,
          [rows, liveMs, id]
        )
        if (!done) throw new PortalError('CONFLICT')
      }),

    fail: (id, error) =>
      db.transaction(async trx => {
        await trx.raw(
          `UPDATE export_job SET state = 'FAILED', error = ?, finished_at = ${now} WHERE id = ? AND state <> 'READY'`,
          [error.slice(0, 500), id]
        )
        await trx.raw(
          `DELETE FROM export_chunk WHERE job_id IN (SELECT id FROM export_job WHERE id = ? AND state = 'FAILED')`,
          [id]
        )
      }),

    chunks: async function* (id, companyId) {
      for (let part = -1; ; ) {
        const row = await rowOf<{ part: number; bytes: Buffer }>(
          db.reader,
          `SELECT p.part, p.bytes FROM export_chunk p JOIN export_job j ON j.id = p.job_id
           WHERE j.id = ? AND j.company_id = ? AND j.state = 'READY' AND j.expires_at > ${now} AND p.part > ?
           ORDER BY p.part LIMIT 1`,
          [id, companyId, part]
        )
        if (!row) return
        yield row.bytes
        part = row.part
      }
    },

    expire: async alive => {
      const expired = (): Promise<boolean> =>
        db.transaction(async trx => {
          const gone = await rowOf<{ id: string }>(
            trx,
            `UPDATE export_job SET state = 'EXPIRED'
             WHERE id = (SELECT id FROM export_job WHERE state = 'READY' AND expires_at <= ${now} LIMIT 1) AND state = 'READY'
             RETURNING id`
          )
          if (gone !== undefined) await trx.raw('DELETE FROM export_chunk WHERE job_id = ?', [gone.id])
          return gone !== undefined
        })
      let gone = 0
      while ((await alive()) && (await expired())) gone += 1
      return gone
    }
  }
}
