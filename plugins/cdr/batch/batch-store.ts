import { badInput, type PluginDatabase, PortalError } from '../../../core/plugin-api.ts'
import {
  type Batch,
  type BatchOptions,
  type BatchOrigin,
  type BatchRow,
  type BatchState,
  batchFrom,
  newBatchId
} from './batch.ts'

export interface NewBatch {
  readonly source: string
  readonly format: string
  readonly origin: BatchOrigin
  readonly actor: string
  readonly options: BatchOptions
  readonly fileName?: string | null
  readonly fileId?: string | null
  readonly sha256?: string | null
  readonly dryRun?: boolean
  readonly rerunOf?: number | null
  /** Batches that collect what comes have a key; one at a time is open for it. */
  readonly openKey?: string | null
}

/** Starts a batch. Resolves to null when another one is open for its key. */
export const beginBatch = async (db: PluginDatabase, batch: NewBatch, at: number): Promise<Batch | null> => {
  const row = {
    id: newBatchId(),
    open_key: batch.openKey ?? null,
    source: batch.source,
    format: batch.format,
    origin: batch.origin,
    actor: batch.actor,
    file_name: batch.fileName ?? null,
    file_id: batch.fileId ?? null,
    sha256: batch.sha256 ?? null,
    options: JSON.stringify(batch.options),
    dry_run: batch.dryRun === true ? 1 : 0,
    rerun_of: batch.rerunOf ?? null,
    state: 'RUNNING',
    started_at: at,
    touched_at: at
  }
  const added = await db.insertMany('cdr_batch', [row], ['open_key'])
  return added === 0 ? null : await batchById(db, row.id)
}

const one = async (db: PluginDatabase, where: string, value: string | number, lock = false): Promise<Batch | null> => {
  const forUpdate = lock && db.dialect === 'postgresql' ? ' for update' : ''
  const [row] = await db.all<BatchRow>(`select * from {cdr_batch} where ${where} = ?${forUpdate}`, [value])
  return row ? batchFrom(row) : null
}

const canBeId = (id: string): boolean => /^[\w-]{1,64}$/.test(id)

/** @param lock holds it until the transaction ends */
export const batchById = async (db: PluginDatabase, id: string, lock = false): Promise<Batch | null> =>
  canBeId(id) ? one(db, 'id', id, lock) : null

export const batchByNumber = (db: PluginDatabase, number: number): Promise<Batch | null> => one(db, 'number', number)

/** @throws PortalError NOT_FOUND */
export const requireBatch = async (db: PluginDatabase, id: string, lock = false): Promise<Batch> => {
  const batch = await batchById(db, id, lock)
  if (batch === null) throw new PortalError('NOT_FOUND', 'There is no such batch.')
  return batch
}

/** Ids of batches by number. */
export const batchIds = async (
  db: PluginDatabase,
  numbers: readonly number[]
): Promise<ReadonlyMap<number, string>> => {
  if (numbers.length === 0) return new Map()
  const rows: { number: number | string; id: string }[] = await db
    .from('cdr_batch')
    .whereIn('number', numbers as number[])
    .select('number', 'id')
  return new Map(rows.map(({ number, id }) => [Number(number), id]))
}

/** Ends a batch that is running. Resolves to false when it was not. */
export const endBatch = async (
  db: PluginDatabase,
  number: number,
  state: Extract<BatchState, 'DONE' | 'FAILED'>,
  at: number,
  more: { readonly error?: string; readonly sha256?: string } = {}
): Promise<boolean> =>
  (await db.run(
    `update {cdr_batch} set state = ?, open_key = null, ended_at = ?, touched_at = ?, error = ?, sha256 = coalesce(?, sha256)
     where number = ? and state = 'RUNNING'`,
    [state, at, at, more.error?.slice(0, 500) ?? null, more.sha256 ?? null, number]
  )) > 0

/**
 * The batch that brought the whole of this file already, if one did; not one that found all of it known. Of any source: under
 * another name every call of it would be a call more.
 */
export const findDelivered = async (db: PluginDatabase, sha256: string): Promise<Batch | null> => {
  const [row] = await db.all<BatchRow>(
    `select * from {cdr_batch} where sha256 = ? and state = 'DONE' and dry_run = 0 and loaded > 0
     order by number desc limit 1`,
    [sha256]
  )
  return row ? batchFrom(row) : null
}

/**
 * What is known already is skipped, and what is being undone is known until it is gone: nothing of a source is loaded meanwhile.
 * @throws PortalError PRECONDITION_FAILED naming the batch
 */
export const assertNothingUndoing = async (db: PluginDatabase, source: string): Promise<void> => {
  const [row] = await db.all<{ id: string }>(
    `select id from {cdr_batch} where state = 'UNDOING' and source = ? limit 1`,
    [source]
  )
  if (row)
    throw new PortalError('PRECONDITION_FAILED', `Batch ${row.id} of this source is being undone; wait until it is.`, {
      reason: 'BATCH_UNDOING',
      facts: { batch: row.id }
    })
}

export interface BatchFilter {
  readonly source?: string | null
  readonly state?: BatchState | null
  readonly origin?: BatchOrigin | null
  readonly startedFrom?: number | null
  readonly startedTo?: number | null
}

export interface Paging {
  readonly first?: number | null
  readonly after?: string | null
}

/** Rows a page may have, checked. @throws PortalError BAD_USER_INPUT */
export const firstOf = ({ first }: Paging): number => {
  const wanted = first ?? 50
  if (!Number.isInteger(wanted) || wanted < 1 || wanted > 500) throw badInput('first', 'must be 1 to 500')
  return wanted
}

export const cursorOf = (position: readonly (string | number)[]): string =>
  Buffer.from(JSON.stringify(position)).toString('base64url')

/** The place behind which a page begins. @throws PortalError BAD_USER_INPUT */
export const positionOf = (
  { after }: Paging,
  shape: readonly ('string' | 'number')[]
): readonly (string | number)[] | null => {
  if (after === null || after === undefined) return null
  const refuse = () => badInput('after', 'is not a cursor of this list')
  let value: unknown
  try {
    value = JSON.parse(Buffer.from(after, 'base64url').toString())
  } catch {
    throw refuse()
  }
  const fits =
    Array.isArray(value) &&
    value.length === shape.length &&
    value.every(
      (part, i) =>
        typeof part === shape[i] &&
        (typeof part !== 'number' || Number.isSafeInteger(part)) &&
        !String(part).includes('\0')
    )
  if (!fits) throw refuse()
  return value as (string | number)[]
}

/** A page in the shape of the schema's connections, out of rows read with one more than `first`. */
export const pageOf = <Row, Node>(
  rows: readonly Row[],
  first: number,
  position: (row: Row) => readonly (string | number)[],
  node: (row: Row) => Node
) => {
  const shown = rows.slice(0, first)
  const last = shown.at(-1)
  return {
    nodes: shown.map(node),
    pageInfo: { endCursor: last === undefined ? null : cursorOf(position(last)), hasNextPage: rows.length > first }
  }
}

/** Batches, newest first. */
export const listBatches = async (db: PluginDatabase, filter: BatchFilter, paging: Paging) => {
  const first = firstOf(paging)
  const after = positionOf(paging, ['number'])
  const matching = () => {
    const query = db.from('cdr_batch')
    for (const name of ['source', 'state', 'origin'] as const) {
      const value = filter[name]
      if (value !== null && value !== undefined) query.where(name, value)
    }
    if (filter.startedFrom != null) query.where('started_at', '>=', filter.startedFrom)
    if (filter.startedTo != null) query.where('started_at', '<', filter.startedTo)
    return query
  }
  const page = matching()
    .orderBy('number', 'desc')
    .limit(first + 1)
    .select('*')
  if (after !== null) page.where('number', '<', after[0]!)
  const rows: BatchRow[] = await page
  const [counted]: { n: number | string }[] = await matching().count({ n: '*' })
  return { ...pageOf(rows, first, row => [Number(row.number)], batchFrom), totalCount: Number(counted!.n) }
}
