import { randomBytes } from 'node:crypto'
import type { CallDirection } from '../call.ts'

/** How a batch came in: by `npm run import`, by the API, by HTTP from a switch, or as rejected records that were run again. */
export type BatchOrigin = 'CLI' | 'API' | 'INGEST' | 'RERUN'

/**
 * RUNNING: takes in calls. DONE: all of it was read. FAILED: it ended with an error. BROKEN_OFF: nothing was heard of its
 * process any more. UNDOING, UNDONE: its calls are being taken out, are out.
 */
export type BatchState = 'RUNNING' | 'DONE' | 'FAILED' | 'BROKEN_OFF' | 'UNDOING' | 'UNDONE'

/** What is needed to read its records once more. */
export interface BatchOptions {
  /** Name of the feed, where one was given; null: the format's, and the switch's where a record knows it. */
  readonly source: string | null
  readonly zone: string | null
  readonly direction: CallDirection
  readonly account: string | null
  /** Every record is a correction. */
  readonly replace: boolean
}

/** One delivery of call records. */
export interface Batch {
  readonly number: number
  readonly id: string
  /** Name of the feed. */
  readonly source: string
  readonly format: string
  readonly origin: BatchOrigin
  /** Who sent it, as the audit log names it: `console:USER` by the command line. */
  readonly actor: string
  readonly fileName: string | null
  readonly fileId: string | null
  /** Of the file, hex. */
  readonly sha256: string | null
  readonly options: BatchOptions
  readonly dryRun: boolean
  /** Number of the batch whose rejected records it ran again. */
  readonly rerunOf: number | null
  readonly state: BatchState
  readonly error: string | null
  readonly startedAt: number
  readonly endedAt: number | null
  readonly rows: number
  /** New calls and replaced ones. */
  readonly loaded: number
  /** Of the loaded ones. */
  readonly replaced: number
  readonly duplicates: number
  /** Of the loaded ones. */
  readonly unrated: number
  readonly rejected: number
  readonly rejectsKept: number
  /** Calls that an undo has taken out so far. */
  readonly undone: number
  /** Calls that went into archives. */
  readonly archived: number
  /** The last month they went into. */
  readonly archivedTo: string | null
  readonly firstStart: number | null
  readonly lastStart: number | null
  /** What an undo needs is gone. */
  readonly purged: boolean
}

/** Milliseconds after its end during which a batch can be undone and its rejected records are kept. */
export const batchKeptMs = 30 * 86_400_000

export const newBatchId = (): string => randomBytes(12).toString('base64url')

/** What the database gives for integers. */
type Int = number | string

export interface BatchRow {
  readonly number: Int
  readonly id: string
  readonly source: string
  readonly format: string
  readonly origin: BatchOrigin
  readonly actor: string
  readonly file_name: string | null
  readonly file_id: string | null
  readonly sha256: string | null
  readonly options: string
  readonly dry_run: number
  readonly rerun_of: Int | null
  readonly state: BatchState
  readonly error: string | null
  readonly started_at: Int
  readonly ended_at: Int | null
  readonly row_count: Int
  readonly loaded: Int
  readonly replaced: Int
  readonly duplicates: Int
  readonly unrated: Int
  readonly rejected: Int
  readonly rejects_kept: Int
  readonly undone: Int
  readonly archived: Int
  readonly archived_to: string | null
  readonly first_start: Int | null
  readonly last_start: Int | null
  readonly purged: number
}

const maybe = (value: Int | null): number | null => (value === null ? null : Number(value))

export const batchFrom = (row: BatchRow): Batch => ({
  number: Number(row.number),
  id: row.id,
  source: row.source,
  format: row.format,
  origin: row.origin,
  actor: row.actor,
  fileName: row.file_name,
  fileId: row.file_id,
  sha256: row.sha256,
  options: JSON.parse(row.options) as BatchOptions,
  dryRun: row.dry_run === 1,
  rerunOf: maybe(row.rerun_of),
  state: row.state,
  error: row.error,
  startedAt: Number(row.started_at),
  endedAt: maybe(row.ended_at),
  rows: Number(row.row_count),
  loaded: Number(row.loaded),
  replaced: Number(row.replaced),
  duplicates: Number(row.duplicates),
  unrated: Number(row.unrated),
  rejected: Number(row.rejected),
  rejectsKept: Number(row.rejects_kept),
  undone: Number(row.undone),
  archived: Number(row.archived),
  archivedTo: row.archived_to,
  firstStart: maybe(row.first_start),
  lastStart: maybe(row.last_start),
  purged: row.purged > 0
})
