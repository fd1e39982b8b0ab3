import { createHash } from 'node:crypto'
import { type PluginDatabase, PortalError } from '../../../core/plugin-api.ts'
import type { Call } from '../call.ts'
import { callFault } from '../check-call.ts'
import { ingestCalls } from '../ingest.ts'
import { EqualRows } from './equal-rows.ts'
import type { CallFormat, ParsedCall, ReadOptions } from './parsed-call.ts'

/** Calls handed over at once; they are loaded in one transaction. */
export const callsAtOnce = 5000
/** Characters of records that wait to be loaded: a switch's document can be a thousand times as long as a line of CSV. */
const textAtOnce = 16 << 20

/** A record that was not loaded. */
export interface Rejection {
  readonly line: number
  readonly reason: string
  /** The record as read. */
  readonly raw: string
  /** Set when the record is sound, but nobody's: the account code that no company has. */
  readonly accountCode?: string
}

export interface ImportCounts {
  /** Records read, whatever became of them. */
  rows: number
  loaded: number
  duplicates: number
  /** Of the loaded ones: without a rate. */
  unrated: number
  rejected: number
}

export interface ImportRequest {
  readonly format: CallFormat
  readonly read: ReadOptions
  /** Name of the feed; null: the format's, and the switch's where the record knows it. */
  readonly source: string | null
  /** Whose the records without an account code are; null: nobody's. */
  readonly account: string | null
  /** Read and check only. `loaded` then counts what could be loaded, known calls among it. */
  readonly dryRun?: boolean
  onRejection(rejection: Rejection): void
  /** Told after each handful of records; nothing more is read until it is done. */
  onProgress?(counts: Readonly<ImportCounts>): void | Promise<void>
}

type Waiting = { readonly line: number; readonly raw: string; readonly call: Call }

/**
 * Loads the call records of one input as a stream. The memory does not grow with its length, save 24 to 48 bytes for each
 * row that is known only by itself. Bad records are told and left out;
 * up to 5,000 calls at a time are loaded whole or not at all, so after a failure the same input can simply be given again.
 * @throws PortalError UNAVAILABLE when the database fails; what was loaded before stays
 */
export const importCalls = async (
  db: PluginDatabase,
  input: AsyncIterable<Uint8Array>,
  request: ImportRequest
): Promise<ImportCounts> => {
  const { format } = request
  const counts: ImportCounts = { rows: 0, loaded: 0, duplicates: 0, unrated: 0, rejected: 0 }
  const accounts = await db.accountCodes()
  const equal = new EqualRows()
  const reject = (rejection: Rejection) => {
    counts.rejected += 1
    request.onRejection(rejection)
  }
  const identityOf = (call: ParsedCall, raw: string): string => {
    if (call.key !== null) return `call:${call.key}`
    const hash = createHash('sha256').update(raw).digest()
    return `row:${hash.toString('base64url')}:${equal.ordinal(hash)}`
  }
  const callOf = (parsed: ParsedCall, raw: string): Call | Omit<Rejection, 'line' | 'raw'> => {
    const { accountCode: written, host, currency, direction } = parsed
    const identity = identityOf(parsed, raw)
    const accountCode = written === '' && request.account !== null ? request.account : written
    const account = accounts.get(accountCode)
    if (account === undefined)
      return {
        reason: accountCode === '' ? 'has no account code' : `no company has the account code ${accountCode}`,
        accountCode
      }
    if (typeof currency === 'string' && currency !== account.currency)
      return { reason: `is in ${currency}, but the company's account is in ${account.currency}` }
    const customer = account.userType === 'CUSTOMER'
    const fromCompany = direction === 'FROM_COMPANY'
    return {
      // The whole record in one copy: what a call does not have is not stored.
      ...parsed,
      callId: parsed.callId || identity,
      direction:
        direction === 'FROM_COMPANY' || direction === 'TO_COMPANY'
          ? customer === fromCompany
            ? 'TERMINATION'
            : 'ORIGINATION'
          : direction,
      companyId: account.companyId,
      leg: account.userType,
      currency: account.currency,
      source: request.source ?? (host === null ? format.name : `${format.name}:${host}`),
      identity,
      // The far end of a leg is the customer's own address or the carrier's gateway.
      sourceIp: customer ? (parsed.sourceIp ?? null) : null,
      gatewayIp: customer ? null : (parsed.gatewayIp ?? parsed.sourceIp ?? null),
      authName: customer ? (parsed.authName ?? null) : null
    }
  }
  /** Loads a handful; calls that cannot be stored are left out of it. */
  const load = async (waiting: readonly Waiting[]): Promise<void> => {
    if (waiting.length === 0) return
    try {
      const calls = waiting.map(({ call }) => call)
      if (request.dryRun) {
        counts.loaded += calls.length
        counts.unrated += calls.filter(call => call.charge === null).length
        return
      }
      const result = await ingestCalls(db, calls)
      counts.loaded += result.loaded
      counts.duplicates += result.duplicates
      counts.unrated += result.unrated
    } catch (error) {
      if (!(error instanceof PortalError) || error.code !== 'BAD_USER_INPUT') throw error
      const sound = waiting.filter(({ line, raw, call }) => {
        const reason = callFault(call)
        if (reason !== undefined) reject({ line, raw, reason })
        return reason === undefined
      })
      if (sound.length === waiting.length) throw error
      await load(sound)
    }
  }

  let waiting: Waiting[] = []
  let waitingText = 0
  for await (const records of format.read(input, request.read)) {
    for (const record of records) {
      counts.rows += 1
      const { line, raw } = record
      if ('reason' in record) {
        reject({ line, raw, reason: record.reason })
        continue
      }
      const call = callOf(record.call, raw)
      if ('reason' in call) reject({ line, raw, ...call })
      else {
        waiting.push({ line, raw, call })
        waitingText += raw.length
      }
      if (waiting.length === callsAtOnce || waitingText > textAtOnce) {
        await load(waiting)
        waiting = []
        waitingText = 0
      }
    }
    await request.onProgress?.(counts)
  }
  await load(waiting)
  return counts
}
