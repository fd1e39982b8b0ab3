import { type PluginDatabase, PortalError } from '../../../core/plugin-api.ts'
import type { CallRow } from '../call-row.ts'
import { recordFeeds } from './feeds.ts'

/** A record that was not loaded, as it is kept to be read again. */
export interface KeptReject {
  readonly line: number
  readonly reason: string
  readonly accountCode?: string
  readonly raw: string
  /** What makes the call one and the same, where the record could be read. */
  readonly identity?: string
  /** The file's header row above it. */
  readonly header?: string
}

/** What one transaction adds to a batch, beside its calls. */
export interface BatchEntry {
  readonly batch: number
  /** Of a dry run: how many of the entry's calls could be loaded, without and with a rate. */
  readonly couldLoad?: { readonly loaded: number; readonly unrated: number }
  readonly duplicates: number
  readonly rejects: readonly KeptReject[]
  /** Receipt, milliseconds since 1970 UTC; the database's clock when left out. */
  readonly at?: number
  /** More to do in the same transaction. */
  alongside?(trx: PluginDatabase): Promise<void>
}

/** The batch takes in nothing any more: it ended or is being undone. */
export class BatchClosed extends Error {}

/** A call that was to be replaced belongs to a batch that began later; a batch replaces only calls of batches before it. */
export class NewerBatch extends Error {}

/** Rejected records kept of one batch, and their characters. */
const mostRejects = 10_000
const mostRejectText = 10 << 20

type Stored = Readonly<Record<string, unknown>>

const batchesOf = (rows: readonly Stored[]): number[] =>
  [...new Set(rows.flatMap(row => (row.batch === null || row.batch === undefined ? [] : Number(row.batch))))].sort(
    (a, b) => a - b
  )

/** Keeps what the batch's calls replace, for its undo. @param replaced whole rows, amounts as texts */
export const keepReplaced = async (trx: PluginDatabase, batch: number, replaced: readonly Stored[]): Promise<void> => {
  // What the batch itself loaded was not there before it.
  const others = replaced.filter(row => Number(row.batch ?? 0) !== batch)
  if (others.some(row => Number(row.batch ?? 0) > batch)) throw new NewerBatch()
  await trx.insertMany(
    'cdr_replaced',
    others.map(row => ({ batch, id: row.id, from_batch: row.batch ?? null, content: JSON.stringify(row) }))
  )
}

/**
 * Holds the batches whose calls were replaced as they are until the transaction ends.
 * @param own the load's own batch, which is held when it is recorded: held here as well, two loads of one batch would wait for each other
 * @throws PortalError UNAVAILABLE while one of them is being undone
 */
export const holdReplacedBatches = async (
  trx: PluginDatabase,
  replaced: readonly Stored[],
  own: number | undefined
): Promise<void> => {
  const numbers = batchesOf(replaced).filter(number => number !== own)
  if (numbers.length === 0) return
  const rows = await trx.all<{ state: string }>(
    `select state from {cdr_batch} where number in (${numbers.map(() => '?').join(', ')}) order by number
     ${trx.dialect === 'postgresql' ? 'for share' : ''}`,
    numbers
  )
  if (rows.some(({ state }) => state === 'UNDOING')) throw undoing()
}

export const undoing = (): PortalError =>
  new PortalError('UNAVAILABLE', 'Some of these calls are being undone; try again in a minute.', { retryAfter: 60 })

interface Span {
  first: number
  last: number
}

const spansOf = (
  rows: readonly CallRow[],
  key: 'company_id' | 'source'
): ReadonlyMap<string, Span & { calls: number }> => {
  const spans = new Map<string, Span & { calls: number }>()
  for (const row of rows) {
    const name = row[key] as string
    const at = Number(row.started_at)
    const span = spans.get(name)
    if (span === undefined) spans.set(name, { first: at, last: at, calls: 1 })
    else {
      if (at < span.first) span.first = at
      if (at > span.last) span.last = at
      span.calls += 1
    }
  }
  // Always in the same order, so that two loads never wait for each other in a circle.
  return new Map([...spans].sort(([a], [b]) => (a < b ? -1 : 1)))
}

/** Writes what a transaction loaded into its batch, and when which feed and company last had a call. */
export const recordBatch = async (
  trx: PluginDatabase,
  entry: BatchEntry,
  loaded: readonly CallRow[],
  replaced: number,
  duplicates: number
): Promise<void> => {
  const at = entry.at ?? (await trx.now())
  const companies = spansOf(loaded, 'company_id')
  const count = entry.couldLoad?.loaded ?? loaded.length
  const unrated = entry.couldLoad?.unrated ?? loaded.filter(row => row.charge === null).length
  const known = duplicates + entry.duplicates
  const all = [...companies.values()]
  const first =
    all.length === 0 ? null : all.reduce((least, { first }) => Math.min(least, first), Number.MAX_SAFE_INTEGER)
  const last = all.length === 0 ? null : all.reduce((most, { last }) => Math.max(most, last), 0)
  const [batch] = await trx.all<{
    rejected: number | string
    rejects_kept: number | string
    rejects_bytes: number | string
  }>(
    `update {cdr_batch} set touched_at = ?, row_count = row_count + ?, loaded = loaded + ?, replaced = replaced + ?,
       duplicates = duplicates + ?, unrated = unrated + ?, rejected = rejected + ?
       ${first === null ? '' : ', first_start = case when first_start < ? then first_start else ? end, last_start = case when last_start > ? then last_start else ? end'}
     where number = ? and state = 'RUNNING' returning rejected, rejects_kept, rejects_bytes`,
    [
      ...[at, count + known + entry.rejects.length, count, replaced, known, unrated, entry.rejects.length],
      ...(first === null ? [] : [first, first, last, last]),
      entry.batch
    ]
  )
  if (batch === undefined) throw new BatchClosed()
  if (companies.size > 0) {
    const each = trx.dialect === 'sqlite' ? 'json_each(?)' : 'json_array_elements(cast(? as json)) as each(value)'
    const read = (i: number, type: string) =>
      trx.dialect === 'sqlite' ? `json_extract(value, '$[${i}]')` : `cast(value ->> ${i} as ${type})`
    const spans = JSON.stringify([...companies].map(([id, { first, last }]) => [id, first, last]))
    await trx.run(
      `insert into {cdr_batch_company} (batch, company_id, first_start, last_start)
       select cast(? as bigint), ${read(0, 'text')}, ${read(1, 'bigint')}, ${read(2, 'bigint')} from ${each} where true
       on conflict (batch, company_id) do update set
       first_start = case when excluded.first_start < {cdr_batch_company}.first_start then excluded.first_start else {cdr_batch_company}.first_start end,
       last_start = case when excluded.last_start > {cdr_batch_company}.last_start then excluded.last_start else {cdr_batch_company}.last_start end`,
      [entry.batch, spans]
    )
    await recordFeeds(trx, spansOf(loaded, 'source'), companies, at)
  }
  await keepRejects(trx, entry, batch)
  await entry.alongside?.(trx)
}

const keepRejects = async (
  trx: PluginDatabase,
  { batch, rejects }: BatchEntry,
  counts: { rejected: number | string; rejects_kept: number | string; rejects_bytes: number | string }
): Promise<void> => {
  if (rejects.length === 0) return
  const before = Number(counts.rejected) - rejects.length
  let kept = Number(counts.rejects_kept)
  let characters = Number(counts.rejects_bytes)
  const rows: Record<string, unknown>[] = []
  rejects.forEach((reject, i) => {
    const size = reject.raw.length + (reject.header?.length ?? 0)
    if (kept >= mostRejects || characters + size > mostRejectText) return
    kept += 1
    characters += size
    rows.push({
      batch,
      position: before + i + 1,
      line: reject.line,
      reason: storable(reject.reason),
      account_code: reject.accountCode === undefined ? null : storable(reject.accountCode),
      identity: reject.identity === undefined ? null : storable(reject.identity),
      header: reject.header === undefined ? null : storable(reject.header),
      raw: storable(reject.raw)
    })
  })
  if (rows.length === 0) return
  await trx.insertMany('cdr_reject', rows)
  await trx.run('update {cdr_batch} set rejects_kept = ?, rejects_bytes = ? where number = ?', [
    kept,
    characters,
    batch
  ])
}

/** What both databases take as text. */
const storable = (text: string): string => text.replace(/[\0\p{Surrogate}]/gu, '\ufffd')
