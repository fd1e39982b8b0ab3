import { badInput, type PluginDatabase, PortalError } from '../../core/plugin-api.ts'
import { type BatchEntry, holdReplacedBatches, keepReplaced, recordBatch, undoing } from './batch/record-batch.ts'
import { type Call, callRowId } from './call.ts'
import { type CallRow, callRow, type RolledLeg } from './call-row.ts'
import { callFault } from './check-call.ts'
import { RollUp } from './roll-up.ts'

/** What became of the calls handed in; every call is counted in exactly one of `loaded` and `duplicates`. */
export interface IngestResult {
  /** New calls, and calls replaced by a correction. */
  readonly loaded: number
  /** Of the loaded ones: calls that took the place of a known one. */
  readonly replaced: number
  /** Calls whose identity was known already. */
  readonly duplicates: number
  /** Of the loaded ones: without a rate, therefore with null money. */
  readonly unrated: number
}

/** Calls of one transaction. */
export const ingestBatch = 5_000

/** Somebody else loaded one of these calls meanwhile. */
class Overtaken extends Error {}

/** A whole row with its amounts as texts, for `returning`. */
export const wholeLeg = `*, ${['rate', 'connect_cost', 'charge'].map(name => `cast(${name} as text) as ${name}`).join(', ')}`

/** Names the columns by the first row: those that some row fills, so that wide rows cost only what they hold. */
const filled = (rows: readonly CallRow[]): readonly CallRow[] => {
  const names = Object.keys(rows[0]!).filter(name => rows.some(row => row[name] !== null))
  return [Object.fromEntries(names.map(name => [name, rows[0]![name]])) as CallRow, ...rows.slice(1)]
}

/**
 * The list of texts that is bound to its `?`, as JSON. PostgreSQL takes a list of unknown length for a short one and looks
 * each up by the index; 5,000 ids written out made it read the whole table until it was analysed.
 */
export const listed = ({ dialect }: PluginDatabase): string =>
  dialect === 'sqlite' ? '(select value from json_each(?))' : '(select json_array_elements_text(cast(? as json)))'

/** Those of the ids that the table has. */
const idsIn = async (db: PluginDatabase, table: string, ids: readonly string[]): Promise<readonly string[]> => {
  const sql = `select id from {${table}} where id in ${listed(db)}`
  return (await db.all<{ id: string }>(sql, [JSON.stringify(ids)])).map(({ id }) => id)
}

/** Why a correction of an archived call is not loaded. */
export const archivedReason = 'corrects a call that went into an archive, which is not changed'

/** Those of the calls that would correct one in an archive. */
export const archivedCorrections = async (db: PluginDatabase, calls: readonly Call[]): Promise<ReadonlySet<Call>> => {
  const corrections = calls.filter(call => call.replace === true)
  if (corrections.length === 0) return new Set()
  const archived = new Set(await idsIn(db, 'cdr_archived_leg', corrections.map(callRowId)))
  return new Set(corrections.filter(call => archived.has(callRowId(call))))
}

type Calls = ReadonlyMap<string, { row: CallRow; replace: boolean }>
type Counts = Omit<IngestResult, 'duplicates'>

/** @throws PortalError UNAVAILABLE when one of the ids is a call that an undo is about to take out */
const assertNotUndoing = async (trx: PluginDatabase, ids: readonly string[]): Promise<void> => {
  if (ids.length === 0) return
  const batches = await trx.all<{ number: number | string }>(`select number from {cdr_batch} where state = 'UNDOING'`)
  if (batches.length === 0) return
  const [one] = await trx.all(
    `select 1 as one from {cdr_call} where id in ${listed(trx)} and batch in (${batches.map(() => '?').join(', ')}) limit 1`,
    [JSON.stringify(ids), ...batches.map(({ number }) => number)]
  )
  if (one !== undefined) throw undoing()
}

const loadAtOnce = (db: PluginDatabase, calls: Calls, given: number, entry: BatchEntry | undefined): Promise<Counts> =>
  db.transaction(async trx => {
    // Always in the same order, so that two loads of the same calls never wait for each other in a circle.
    const ids = [...calls.keys()].sort()
    const rollUp = new RollUp()
    const replacing = ids.filter(id => calls.get(id)!.replace)
    // What leaves the sums is what this statement removed: read before, it could be another load's correction by now.
    const removed =
      replacing.length === 0
        ? []
        : await trx.all<RolledLeg & Record<string, unknown>>(
            `delete from {cdr_call} where id in ${listed(trx)} returning ${wholeLeg}`,
            [JSON.stringify(replacing)]
          )
    for (const leg of removed) rollUp.add(leg, -1)
    if (entry) await keepReplaced(trx, entry.batch, removed)
    const known = await idsIn(trx, 'cdr_call', ids)
    // A correction of another load that came between: this one is newer and starts again.
    if (known.some(id => calls.get(id)!.replace)) throw new Overtaken()
    await assertNotUndoing(trx, known)
    const skip = new Set([...known, ...(await idsIn(trx, 'cdr_archived_leg', ids))])

    const rows = ids.filter(id => !skip.has(id)).map(id => calls.get(id)!.row)
    for (const row of rows) rollUp.add(row)
    if (rows.length > 0 && (await trx.insertMany('cdr_call', filled(rows), ['id'])) !== rows.length) {
      throw new Overtaken()
    }
    await rollUp.write(trx)
    await holdReplacedBatches(trx, removed, entry?.batch)
    if (entry) await recordBatch(trx, entry, rows, removed.length, given - rows.length)
    return {
      loaded: rows.length,
      replaced: removed.length,
      unrated: rows.filter(row => row.charge === null).length
    }
  })

/**
 * Loads calls and their hourly roll-ups, at most 5,000 a transaction. What is known is skipped, unless the call says
 * `replace`; a call that went into an archive is never loaded again.
 * @param entry what the load adds to its batch, in the same transaction; the calls are then at most 5,000
 * @throws PortalError BAD_USER_INPUT naming the first invalid call (`calls[17]`); nothing is loaded then
 */
export const ingestCalls = async (
  db: PluginDatabase,
  calls: readonly Call[],
  entry?: BatchEntry
): Promise<IngestResult> => {
  calls.forEach((call, i) => {
    const fault = callFault(call)
    if (fault !== undefined) throw badInput(`calls[${i}]`, fault)
  })
  if (entry && calls.length > ingestBatch) throw new Error(`An entry of a batch has at most ${ingestBatch} calls`)
  const total = { loaded: 0, replaced: 0, unrated: 0 }
  for (let start = 0; start < calls.length || (entry && start === 0); start += ingestBatch) {
    const some = calls.slice(start, start + ingestBatch)
    const batch = new Map<string, { row: CallRow; replace: boolean }>()
    for (const call of some) {
      const row = callRow(call, entry?.batch)
      const replace = call.replace === true
      const earlier = batch.get(row.id)
      if (!earlier || replace) batch.set(row.id, { row, replace: replace || earlier?.replace === true })
    }
    for (let attempt = 1; ; attempt++) {
      try {
        const result = await loadAtOnce(db, batch, some.length, entry)
        total.loaded += result.loaded
        total.replaced += result.replaced
        total.unrated += result.unrated
        break
      } catch (error) {
        // Two inserts of one call at the same instant can also meet in the index that PostgreSQL was not told to look at.
        const overtaken = error instanceof Overtaken || (error instanceof PortalError && error.code === 'CONFLICT')
        if (!overtaken) throw error
        if (attempt === 5) throw new PortalError('UNAVAILABLE', undefined, { cause: error })
      }
    }
  }
  return { ...total, duplicates: calls.length - total.loaded }
}
