import { type PluginDatabase, PortalError } from '../../../core/plugin-api.ts'
import { BatchClosed, type KeptReject, NewerBatch } from '../batch/record-batch.ts'
import type { Call } from '../call.ts'
import { callFault } from '../check-call.ts'
import { archivedCorrections, archivedReason, ingestCalls } from '../ingest.ts'
import { keptFrom } from '../retention.ts'
import { identityOf, makeCall, mostAhead, sourceOf, type Unfit } from './call-maker.ts'
import { EqualRows } from './equal-rows.ts'
import type { CallFormat, ReadOptions } from './parsed-call.ts'

/** Records handed over at once; their calls are loaded in one transaction. */
export const callsAtOnce = 5000
/** Characters of records that wait to be loaded: a switch's document can be a thousand times as long as a line of CSV. */
const textAtOnce = 16 << 20

/** A record that was not loaded; set `accountCode` when the record is sound, but nobody's. */
export type Rejection = KeptReject

export interface ImportCounts {
  /** Records read, whatever became of them. */
  rows: number
  loaded: number
  /** Of the loaded ones: corrections of known calls. */
  replaced: number
  duplicates: number
  /** Of the loaded ones: without a rate. */
  unrated: number
  rejected: number
}

export const noCounts = (): ImportCounts => ({
  rows: 0,
  loaded: 0,
  replaced: 0,
  duplicates: 0,
  unrated: 0,
  rejected: 0
})

/** Where the records of an input are entered. */
export interface ImportBatches {
  /** The number of the batch that takes in what comes of this feed. */
  numberOf(source: string): Promise<number>
  /**
   * Opens another batch in place of one that takes in nothing any more, or cannot take these calls. Without it the import
   * breaks off.
   */
  renew?(number: number): Promise<void>
  /** Records that an earlier run of the same batch is done with. */
  readonly done?: ImportCounts
  /** Receipt, milliseconds since 1970 UTC; the database's clock when left out. */
  readonly at?: number
}

export interface ImportRequest {
  readonly format: CallFormat
  readonly read: ReadOptions
  /** Name of the feed; null: the format's, and the switch's where the record knows it. */
  readonly source: string | null
  /** Whose the records without an account code are; null: nobody's. */
  readonly account: string | null
  /** Every record is a correction. */
  readonly replace?: boolean
  /** Read and check only. `loaded` then counts what could be loaded, known calls among it. */
  readonly dryRun?: boolean
  readonly batches?: ImportBatches
  onRejection(rejection: Rejection): void
  /** Told after each handful of records; nothing more is read until it is done. */
  onProgress?(counts: Readonly<ImportCounts>): void | Promise<void>
}

type Waiting = { readonly line: number; readonly raw: string; readonly header?: string } & (
  | { readonly call: Call }
  | { readonly unfit: Unfit; readonly identity?: string; readonly source: string }
)

/** Batches an import may be given in place of one that closed, before it breaks off. */
const mostRenewals = 20

/**
 * Loads the call records of one input as a stream. The memory does not grow with its length, save 24 to 48 bytes for each
 * row that is known only by itself. Bad records are told and left out;
 * up to 5,000 calls at a time are loaded whole or not at all, so after a failure the same input can simply be given again.
 * @throws PortalError UNAVAILABLE when the database fails; what was loaded before stays. CONFLICT when its batch was undone
 * meanwhile, or a later batch has newer versions of its corrections
 */
export const importCalls = async (
  db: PluginDatabase,
  input: AsyncIterable<Uint8Array>,
  request: ImportRequest
): Promise<ImportCounts> => {
  const { format, batches } = request
  const counts: ImportCounts = { ...(batches?.done ?? noCounts()) }
  const done = counts.rows
  const accounts = await db.accountCodes()
  const options = { ...request, accounts, keptFrom: await keptFrom(db), latest: (await db.now()) + mostAhead }
  const equal = new EqualRows()

  /** Checks and loads what belongs into one batch. */
  const loadInto = async (batch: number | undefined, waiting: readonly Waiting[]): Promise<void> => {
    const rejects = waiting.flatMap((each): readonly Rejection[] =>
      'call' in each
        ? []
        : [
            {
              line: each.line,
              raw: each.raw,
              ...each.unfit,
              ...(each.identity !== undefined && { identity: each.identity }),
              ...(each.header !== undefined && { header: each.header })
            }
          ]
    )
    const calls = waiting.flatMap(each => ('call' in each ? [each.call] : []))
    const couldLoad = request.dryRun
      ? { loaded: calls.length, unrated: calls.filter(call => call.charge === null).length }
      : undefined
    const entry =
      batch === undefined
        ? undefined
        : {
            batch,
            duplicates: 0,
            rejects,
            ...(couldLoad && { couldLoad }),
            ...(batches?.at !== undefined && { at: batches.at })
          }
    const none = { loaded: 0, replaced: 0, duplicates: 0, unrated: 0 }
    const loads = couldLoad ? [] : calls
    const result = entry || loads.length > 0 ? await ingestCalls(db, loads, entry) : none
    counts.rows += waiting.length
    counts.loaded += couldLoad?.loaded ?? result.loaded
    counts.unrated += couldLoad?.unrated ?? result.unrated
    counts.replaced += result.replaced
    counts.duplicates += result.duplicates
    counts.rejected += rejects.length
    for (const rejection of rejects) request.onRejection(rejection)
  }

  /** With their reason in place of calls that are not loaded. */
  const withReasons = (waiting: readonly Waiting[], reasonOf: (call: Call) => string | undefined): Waiting[] =>
    waiting.map((each): Waiting => {
      const reason = 'call' in each ? reasonOf(each.call) : undefined
      if (reason === undefined || !('call' in each)) return each
      const { line, raw, header, call } = each
      return {
        ...{ line, raw, unfit: { reason }, identity: call.identity, source: call.source },
        ...(header !== undefined && { header })
      }
    })

  const load = async (waiting: readonly Waiting[], renewals = 0): Promise<void> => {
    const groups = new Map<number | undefined, Waiting[]>()
    for (const each of waiting) {
      const batch = await batches?.numberOf('call' in each ? each.call.source : each.source)
      const group = groups.get(batch)
      if (group) group.push(each)
      else groups.set(batch, [each])
    }
    for (const [batch, group] of groups) {
      try {
        await loadInto(batch, group)
      } catch (error) {
        if (error instanceof BatchClosed || error instanceof NewerBatch) {
          if (batch === undefined || batches?.renew === undefined || renewals === mostRenewals)
            throw new PortalError('CONFLICT', brokenOff(error), { cause: error })
          await batches.renew(batch)
          await load(group, renewals + 1)
          continue
        }
        if (!(error instanceof PortalError) || error.code !== 'BAD_USER_INPUT') throw error
        // Calls that cannot be stored are told and left out.
        const checked = withReasons(group, callFault)
        if (checked.every((each, i) => each === group[i])) throw error
        await load(checked, renewals)
      }
    }
  }

  const loadFit = async (waiting: readonly Waiting[]): Promise<void> => {
    const late = await archivedCorrections(
      db,
      waiting.flatMap(each => ('call' in each ? [each.call] : []))
    )
    await load(late.size === 0 ? waiting : withReasons(waiting, call => (late.has(call) ? archivedReason : undefined)))
  }

  let waiting: Waiting[] = []
  let waitingText = 0
  let read = 0
  for await (const records of format.read(input, request.read)) {
    for (const record of records) {
      read += 1
      const { line, raw, header } = record
      const place = header === undefined ? { line, raw } : { line, raw, header }
      // Counted among equal rows, also when an earlier run is done with it.
      const identity = 'reason' in record ? undefined : identityOf(record.call, raw, equal)
      if (read <= done) continue
      if ('reason' in record)
        waiting.push({ ...place, unfit: { reason: record.reason }, source: sourceOf(request, null) })
      else {
        const call = makeCall(options, record.call, identity!)
        if ('reason' in call)
          waiting.push({ ...place, unfit: call, identity: identity!, source: sourceOf(request, record.call.host) })
        else waiting.push({ ...place, call })
      }
      waitingText += raw.length
      if (waiting.length === callsAtOnce || waitingText > textAtOnce) {
        await loadFit(waiting)
        waiting = []
        waitingText = 0
      }
    }
    await request.onProgress?.(counts)
  }
  if (waiting.length > 0) await loadFit(waiting)
  return counts
}

const brokenOff = (error: Error): string =>
  error instanceof NewerBatch
    ? 'A batch that began later has newer versions of some of these calls. Load the rest again, as a new batch.'
    : 'The batch takes in nothing any more: it was undone, or nothing was heard of it for too long.'
