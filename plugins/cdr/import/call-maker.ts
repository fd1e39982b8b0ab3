import { createHash } from 'node:crypto'
import type { PluginDatabase } from '../../../core/plugin-api.ts'
import type { Call } from '../call.ts'
import type { EqualRows } from './equal-rows.ts'
import type { CallFormat, ParsedCall } from './parsed-call.ts'

/** What turns a record into somebody's call. */
export interface CallMakerOptions {
  readonly format: Pick<CallFormat, 'name'>
  readonly accounts: Awaited<ReturnType<PluginDatabase['accountCodes']>>
  /** Name of the feed; null: the format's, and the switch's where the record knows it. */
  readonly source: string | null
  /** Whose the records without an account code are; null: nobody's. */
  readonly account: string | null
  /** Every record is a correction. */
  readonly replace?: boolean
  /** Starts of calls before this instant are refused: their months are gone. */
  readonly keptFrom: number
  /** Starts of calls behind this instant are refused: no call has begun yet that is received now. */
  readonly latest: number
}

/** Milliseconds that a switch's clock or zone may be ahead. */
export const mostAhead = 86_400_000

/** Why a record is nobody's call. */
export interface Unfit {
  readonly reason: string
  /** The account code that no company has. */
  readonly accountCode?: string
}

/** What makes a record one and the same on every load. */
export const identityOf = (call: Pick<ParsedCall, 'key'>, raw: string, equal: EqualRows): string => {
  if (call.key !== null) return `call:${call.key}`
  const hash = createHash('sha256').update(raw).digest()
  return `row:${hash.toString('base64url')}:${equal.ordinal(hash)}`
}

/** The feed a record belongs to. */
export const sourceOf = (
  { format, source }: Pick<CallMakerOptions, 'format' | 'source'>,
  host: string | null
): string => source ?? (host === null ? format.name : `${format.name}:${host}`)

/** The record as a call of its company, or why it is none. */
export const makeCall = (options: CallMakerOptions, parsed: ParsedCall, identity: string): Call | Unfit => {
  const { accountCode: written, host, currency, direction } = parsed
  const accountCode = written === '' && options.account !== null ? options.account : written
  const account = options.accounts.get(accountCode)
  if (account === undefined)
    return {
      reason: accountCode === '' ? 'has no account code' : `no company has the account code ${accountCode}`,
      accountCode
    }
  if (typeof currency === 'string' && currency !== account.currency)
    return { reason: `is in ${currency}, but the company's account is in ${account.currency}` }
  if (parsed.startedAt < options.keptFrom)
    return { reason: `starts before ${new Date(options.keptFrom).toISOString().slice(0, 10)}, the oldest day kept` }
  if (parsed.startedAt > options.latest)
    return { reason: 'starts more than a day from now: is the clock of the switch right, and the zone?' }
  const customer = account.userType === 'CUSTOMER'
  const fromCompany = direction === 'FROM_COMPANY'
  // Every field by its name: a copy by `...parsed` took fifty times as long, and all that read it later three times.
  const call: { readonly [Name in keyof Required<Call>]: Call[Name] } = {
    companyId: account.companyId,
    leg: account.userType,
    source: sourceOf(options, host),
    identity,
    replace: options.replace === true || parsed.replace === true,
    callId: parsed.callId || identity,
    direction:
      direction === 'FROM_COMPANY' || direction === 'TO_COMPANY'
        ? customer === fromCompany
          ? 'TERMINATION'
          : 'ORIGINATION'
        : direction,
    startedAt: parsed.startedAt,
    answeredAt: parsed.answeredAt ?? null,
    endedAt: parsed.endedAt,
    cli: parsed.cli,
    assertedId: parsed.assertedId ?? null,
    destination: parsed.destination,
    techPrefix: parsed.techPrefix ?? null,
    lrn: parsed.lrn ?? null,
    destinationCode: parsed.destinationCode ?? null,
    destinationName: parsed.destinationName ?? null,
    jurisdiction: parsed.jurisdiction ?? null,
    cardId: parsed.cardId ?? null,
    cardName: parsed.cardName ?? null,
    duration: parsed.duration,
    billedDuration: parsed.billedDuration,
    ringDuration: parsed.ringDuration ?? null,
    pdd: parsed.pdd ?? null,
    pddIn: parsed.pddIn ?? null,
    rate: parsed.rate ?? null,
    connectCost: parsed.connectCost ?? null,
    charge: parsed.charge,
    currency: account.currency,
    sipCode: parsed.sipCode ?? null,
    sipReason: parsed.sipReason ?? null,
    q850Cause: parsed.q850Cause ?? null,
    releaseReason: parsed.releaseReason,
    // The far end of a leg is the customer's own address or the carrier's gateway.
    sourceIp: customer ? (parsed.sourceIp ?? null) : null,
    gatewayIp: customer ? null : (parsed.gatewayIp ?? parsed.sourceIp ?? null),
    authName: customer ? (parsed.authName ?? null) : null,
    dtmf: parsed.dtmf ?? null,
    dtmfCount: parsed.dtmfCount ?? null,
    codec: parsed.codec ?? null,
    rtpServer: parsed.rtpServer ?? null,
    mosHundredths: parsed.mosHundredths ?? null,
    jitterMs: parsed.jitterMs ?? null,
    packetLossHundredths: parsed.packetLossHundredths ?? null,
    rttMs: parsed.rttMs ?? null,
    recordingId: parsed.recordingId ?? null,
    stirShakenAttest: parsed.stirShakenAttest ?? null,
    dncStatus: parsed.dncStatus ?? null
  }
  return call
}
