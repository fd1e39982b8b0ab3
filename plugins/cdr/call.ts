import { createHash } from 'node:crypto'
import type { UserType } from '../../core/plugin-api.ts'

/** TERMINATION: outbound, from the customer to the network. ORIGINATION: inbound, to the customer. */
export type CallDirection = 'TERMINATION' | 'ORIGINATION'

export const callDirections: readonly CallDirection[] = ['TERMINATION', 'ORIGINATION']

export type Jurisdiction = 'INTER' | 'INTRA' | 'INDETERMINATE' | 'LOCAL' | 'EEA' | 'INTERNATIONAL'

export const jurisdictions: readonly Jurisdiction[] = [
  'INTER',
  'INTRA',
  'INDETERMINATE',
  'LOCAL',
  'EEA',
  'INTERNATIONAL'
]

/** Who or what ended the call. */
export const releaseReasons = [
  'DOWNSTREAM_BYE',
  'UPSTREAM_BYE',
  'MI_TERMINATION',
  'PING_TIMEOUT',
  'LIFETIME_TIMEOUT',
  'MISSING_ACK',
  'MISSING_SIP_PING',
  'MISSING_REINVITE',
  'REINVITE_TIMEOUT_UPSTREAM',
  'REINVITE_TIMEOUT_DOWNSTREAM',
  'SIP_RACE',
  'BUSY',
  'NO_ANSWER',
  'REJECTED',
  'UNALLOCATED',
  'CONGESTION',
  'CANCELLED',
  'FAILED',
  'UNKNOWN'
] as const

export type ReleaseReason = (typeof releaseReasons)[number]

/**
 * One leg of one call, as one company sees and pays it. A customer's leg carries the customer's numbers and money,
 * a carrier's leg the carrier's; what the other side pays is never in it. All times are milliseconds since 1970 UTC.
 * Absent optional fields count as null.
 */
export interface Call {
  readonly companyId: string
  /** The company's user type: which side of the call this is. */
  readonly leg: UserType
  /** Name of the feed, such as `asterisk-csv:pbx1`; part of the identity. */
  readonly source: string
  /**
   * What makes the leg one and the same on every load of the same feed: unique id and sequence, or, where unique ids
   * repeat, a hash of the row and its ordinal among equal rows. Unique within `source` and `leg`.
   */
  readonly identity: string
  /** A correction: takes the place of the loaded call of the same identity. Otherwise a known identity is skipped. */
  readonly replace?: boolean

  /** SIP Call-ID, or the switch's own unique id. */
  readonly callId: string
  readonly direction: CallDirection
  readonly startedAt: number
  readonly answeredAt?: number | null
  readonly endedAt: number
  /** Caller number as presented on this leg; empty when withheld. */
  readonly cli: string
  readonly assertedId?: string | null
  /** Dialled number on this leg, after normalisation. */
  readonly destination: string
  readonly techPrefix?: string | null
  readonly lrn?: string | null
  /** Prefix matched on this leg's rate card, and its name. */
  readonly destinationCode?: string | null
  readonly destinationName?: string | null
  readonly jurisdiction?: Jurisdiction | null
  readonly cardId?: string | null
  /** Public name of the rate card. */
  readonly cardName?: string | null
  /** Seconds of talk; 0 when unanswered. */
  readonly duration: number
  /** Seconds billed on this leg; 0 when unanswered. */
  readonly billedDuration: number
  /** Seconds. */
  readonly ringDuration?: number | null
  /** Post-dial delay measured on this leg, milliseconds. */
  readonly pdd?: number | null
  /** Customer leg only: delay to the first provisional answer, milliseconds. */
  readonly pddIn?: number | null
  /** Price per minute in 10^-9 units. */
  readonly rate?: bigint | null
  /** Charged once per answered call, 10^-6 units. */
  readonly connectCost?: bigint | null
  /** Amount for the whole leg in 10^-6 units; null when no rate was found. */
  readonly charge: bigint | null
  /** ISO-4217, of the company's account. */
  readonly currency: string
  /** 100..699 */
  readonly sipCode?: number | null
  readonly sipReason?: string | null
  /** 0..127 */
  readonly q850Cause?: number | null
  readonly releaseReason: ReleaseReason
  /** Customer leg only: signalling address of the customer. */
  readonly sourceIp?: string | null
  /** Carrier leg only: the gateway the call was sent to. */
  readonly gatewayIp?: string | null
  /** Customer leg only: SIP user or IP entry. */
  readonly authName?: string | null
  /** Customer leg only: captured digits. */
  readonly dtmf?: string | null
  readonly dtmfCount?: number | null
  readonly codec?: string | null
  readonly rtpServer?: string | null
  /** Hundredths, 100..500. */
  readonly mosHundredths?: number | null
  readonly jitterMs?: number | null
  /** Hundredths of a percent, 0..10000. */
  readonly packetLossHundredths?: number | null
  readonly rttMs?: number | null
  readonly recordingId?: string | null
  readonly stirShakenAttest?: 'A' | 'B' | 'C' | null
  readonly dncStatus?: string | null
}

/** The row id of a leg: the same on every load, 16 characters like every id. */
export const callRowId = (call: Pick<Call, 'source' | 'leg' | 'identity'>): string =>
  createHash('sha256')
    .update(JSON.stringify([call.source, call.leg, call.identity]))
    .digest()
    .subarray(0, 12)
    .toString('base64url')
