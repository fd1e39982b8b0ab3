import { badInput, type PluginDatabase, PortalError } from '../../core/plugin-api.ts'
import type { Call } from './call.ts'
import { type CallRow, callRow, type RolledLeg } from './call-row.ts'
import { callFault } from './check-call.ts'
import { RollUp } from './roll-up.ts'

/** What became of the calls handed in; every call is counted in exactly one of `loaded` and `duplicates`. */
export interface IngestResult {
  /** New calls, and calls replaced by a correction. */
  readonly loaded: number
  /** Calls whose identity was known already. */
  readonly duplicates: number
  /** Of the loaded ones: without a rate, therefore with null money. */
  readonly unrated: number
}

/** Calls of one transaction. */
export const ingestBatch = 5_000

/** Somebody else loaded one of these calls meanwhile. */
class Overtaken extends Error {}

const storedLeg = [
  'id',
  'company_id',
  'started_at',
  'leg',
  'direction',
  'destination_code',
  'destination_name',
  'card_name',
  'tech_prefix',
  'currency',
  'duration',
  'billed_duration',
  'pdd',
  'dtmf_count',
  'release_reason'
]

/** Names the columns by the first row: those that some row fills, so that wide rows cost only what they hold. */
const filled = (rows: readonly CallRow[]): readonly CallRow[] => {
  const names = Object.keys(rows[0]!).filter(name => rows.some(row => row[name] !== null))
  return [Object.fromEntries(names.map(name => [name, rows[0]![name]])) as CallRow, ...rows.slice(1)]
}

const loadBatch = (db: PluginDatabase, batch: ReadonlyMap<string, { row: CallRow; replace: boolean }>) =>
  db.transaction(async trx => {
    const ids = [...batch.keys()]
    const stored = new Map<string, RolledLeg>()
    const replacing = ids.filter(id => batch.get(id)!.replace)
    if (replacing.length > 0) {
      const rows: (RolledLeg & { id: string })[] = await trx
        .from('cdr_call')
        .whereIn('id', replacing)
        .select(storedLeg)
        .select(trx.raw('cast(charge as text) as charge'))
      for (const row of rows) stored.set(row.id, row)
    }
    const known: { id: string }[] = await trx.from('cdr_call').whereIn('id', ids).select('id')
    const archived: { id: string }[] = await trx.from('cdr_archived_leg').whereIn('id', ids).select('id')
    const skip = new Set([...known.filter(({ id }) => !stored.has(id)), ...archived].map(({ id }) => id))

    const rollUp = new RollUp()
    for (const leg of stored.values()) rollUp.add(leg, -1)
    if (stored.size > 0) {
      await trx
        .from('cdr_call')
        .whereIn('id', [...stored.keys()])
        .delete()
    }
    const rows = [...batch.values()].map(({ row }) => row).filter(row => !skip.has(row.id))
    for (const row of rows) rollUp.add(row)
    if (rows.length > 0 && (await trx.insertMany('cdr_call', filled(rows), ['id'])) !== rows.length) {
      throw new Overtaken()
    }
    await rollUp.write(trx)
    return { loaded: rows.length, unrated: rows.filter(row => row.charge === null).length }
  })

/**
 * Loads calls and their hourly roll-ups, at most 5,000 a transaction. What is known is skipped, unless the call says
 * `replace`; a call that went into an archive is never loaded again.
 * @throws PortalError BAD_USER_INPUT naming the first invalid call (`calls[17]`); nothing is loaded then
 */
export const ingestCalls = async (db: PluginDatabase, calls: readonly Call[]): Promise<IngestResult> => {
  calls.forEach((call, i) => {
    const fault = callFault(call)
    if (fault !== undefined) throw badInput(`calls[${i}]`, fault)
  })
  let loaded = 0
  let unrated = 0
  for (let start = 0; start < calls.length; start += ingestBatch) {
    const batch = new Map<string, { row: CallRow; replace: boolean }>()
    for (const call of calls.slice(start, start + ingestBatch)) {
      const row = callRow(call)
      const replace = call.replace === true
      const earlier = batch.get(row.id)
      if (!earlier || replace) batch.set(row.id, { row, replace: replace || earlier?.replace === true })
    }
    for (let attempt = 1; ; attempt++) {
      try {
        const result = await loadBatch(db, batch)
        loaded += result.loaded
        unrated += result.unrated
        break
      } catch (error) {
        if (!(error instanceof Overtaken)) throw error
        if (attempt === 5) throw new PortalError('UNAVAILABLE', undefined, { cause: error })
      }
    }
  }
  return { loaded, duplicates: calls.length - loaded, unrated }
}
