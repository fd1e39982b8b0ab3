import type { ReleaseReason } from '../call.ts'

/** What a cause says about the end of a call. `q850` is null for a switch's own causes. */
export interface Cause {
  readonly q850: number | null
  /** Final SIP response when the call was never answered; null where the cause leaves it open. */
  readonly sip: number | null
  readonly reason: ReleaseReason
}

/**
 * Release causes by the names that FreeSWITCH writes. Numbers up to 127 and their meaning: ITU-T Q.850 table 1. Names
 * and the causes of its own: FreeSWITCH, `switch_call_cause_t`. SIP responses: RFC 3398 section 8.2.6.1 and, for the
 * causes of its own, the response that FreeSWITCH sends for them.
 * Name → Q.850 number, SIP response, release reason.
 */
const table: Readonly<Record<string, readonly [number | null, number | null, ReleaseReason]>> = {
  NONE: [0, null, 'UNKNOWN'],
  UNSPECIFIED: [0, null, 'UNKNOWN'],
  UNALLOCATED_NUMBER: [1, 404, 'UNALLOCATED'],
  NO_ROUTE_TRANSIT_NET: [2, 404, 'UNALLOCATED'],
  NO_ROUTE_DESTINATION: [3, 404, 'UNALLOCATED'],
  CHANNEL_UNACCEPTABLE: [6, null, 'FAILED'],
  CALL_AWARDED_DELIVERED: [7, null, 'UNKNOWN'],
  NORMAL_CLEARING: [16, null, 'UNKNOWN'],
  USER_BUSY: [17, 486, 'BUSY'],
  NO_USER_RESPONSE: [18, 408, 'NO_ANSWER'],
  NO_ANSWER: [19, 480, 'NO_ANSWER'],
  SUBSCRIBER_ABSENT: [20, 480, 'NO_ANSWER'],
  CALL_REJECTED: [21, 403, 'REJECTED'],
  NUMBER_CHANGED: [22, 410, 'UNALLOCATED'],
  REDIRECTION_TO_NEW_DESTINATION: [23, 410, 'FAILED'],
  EXCHANGE_ROUTING_ERROR: [25, 483, 'FAILED'],
  NON_SELECTED_USER_CLEARING: [26, 404, 'REJECTED'],
  DESTINATION_OUT_OF_ORDER: [27, 502, 'FAILED'],
  INVALID_NUMBER_FORMAT: [28, 484, 'UNALLOCATED'],
  FACILITY_REJECTED: [29, 501, 'REJECTED'],
  RESPONSE_TO_STATUS_ENQUIRY: [30, null, 'UNKNOWN'],
  NORMAL_UNSPECIFIED: [31, 480, 'UNKNOWN'],
  NORMAL_CIRCUIT_CONGESTION: [34, 503, 'CONGESTION'],
  NETWORK_OUT_OF_ORDER: [38, 503, 'CONGESTION'],
  NORMAL_TEMPORARY_FAILURE: [41, 503, 'CONGESTION'],
  SWITCH_CONGESTION: [42, 503, 'CONGESTION'],
  ACCESS_INFO_DISCARDED: [43, null, 'FAILED'],
  REQUESTED_CHAN_UNAVAIL: [44, 503, 'CONGESTION'],
  PRE_EMPTED: [45, null, 'FAILED'],
  RESOURCE_UNAVAILABLE: [47, 503, 'CONGESTION'],
  FACILITY_NOT_SUBSCRIBED: [50, null, 'REJECTED'],
  OUTGOING_CALL_BARRED: [52, 403, 'REJECTED'],
  INCOMING_CALL_BARRED: [54, 403, 'REJECTED'],
  BEARERCAPABILITY_NOTAUTH: [57, 403, 'REJECTED'],
  BEARERCAPABILITY_NOTAVAIL: [58, 503, 'CONGESTION'],
  SERVICE_UNAVAILABLE: [63, 503, 'CONGESTION'],
  BEARERCAPABILITY_NOTIMPL: [65, 488, 'FAILED'],
  CHAN_NOT_IMPLEMENTED: [66, null, 'FAILED'],
  FACILITY_NOT_IMPLEMENTED: [69, 501, 'FAILED'],
  SERVICE_NOT_IMPLEMENTED: [79, 501, 'FAILED'],
  INVALID_CALL_REFERENCE: [81, null, 'FAILED'],
  INCOMPATIBLE_DESTINATION: [88, 488, 'FAILED'],
  INVALID_MSG_UNSPECIFIED: [95, null, 'FAILED'],
  MANDATORY_IE_MISSING: [96, null, 'FAILED'],
  MESSAGE_TYPE_NONEXIST: [97, null, 'FAILED'],
  WRONG_MESSAGE: [98, null, 'FAILED'],
  IE_NONEXIST: [99, null, 'FAILED'],
  INVALID_IE_CONTENTS: [100, null, 'FAILED'],
  WRONG_CALL_STATE: [101, null, 'FAILED'],
  RECOVERY_ON_TIMER_EXPIRE: [102, 504, 'FAILED'],
  MANDATORY_IE_LENGTH_ERROR: [103, null, 'FAILED'],
  PROTOCOL_ERROR: [111, 500, 'FAILED'],
  INTERWORKING: [127, 500, 'FAILED'],
  SUCCESS: [null, null, 'UNKNOWN'],
  ORIGINATOR_CANCEL: [null, 487, 'CANCELLED'],
  CRASH: [null, null, 'MI_TERMINATION'],
  SYSTEM_SHUTDOWN: [null, null, 'MI_TERMINATION'],
  LOSE_RACE: [null, 487, 'CANCELLED'],
  MANAGER_REQUEST: [null, null, 'MI_TERMINATION'],
  BLIND_TRANSFER: [null, null, 'UNKNOWN'],
  ATTENDED_TRANSFER: [null, null, 'UNKNOWN'],
  ALLOTTED_TIMEOUT: [null, null, 'LIFETIME_TIMEOUT'],
  USER_CHALLENGE: [null, null, 'REJECTED'],
  MEDIA_TIMEOUT: [null, null, 'MI_TERMINATION'],
  PICKED_OFF: [null, 487, 'CANCELLED'],
  USER_NOT_REGISTERED: [null, 480, 'NO_ANSWER'],
  PROGRESS_TIMEOUT: [null, 408, 'NO_ANSWER'],
  INVALID_GATEWAY: [null, null, 'FAILED'],
  GATEWAY_DOWN: [null, 503, 'CONGESTION'],
  INVALID_URL: [null, 484, 'UNALLOCATED'],
  INVALID_PROFILE: [null, null, 'FAILED'],
  NO_PICKUP: [null, null, 'NO_ANSWER'],
  SRTP_READ_ERROR: [null, null, 'FAILED'],
  BOWOUT: [null, null, 'UNKNOWN'],
  BUSY_EVERYWHERE: [null, 600, 'BUSY'],
  DECLINE: [null, 603, 'REJECTED'],
  DOES_NOT_EXIST_ANYWHERE: [null, 604, 'UNALLOCATED'],
  NOT_ACCEPTABLE: [null, 606, 'FAILED'],
  UNWANTED: [null, 607, 'REJECTED']
}

const byName: ReadonlyMap<string, Cause> = new Map(
  Object.entries(table).map(([name, [q850, sip, reason]]) => [name, { q850, sip, reason }])
)

const byNumber: ReadonlyMap<number, Cause> = new Map(
  [...byName.values()].flatMap(cause => (cause.q850 === null ? [] : [[cause.q850, cause] as const]))
)

/** Every cause with a Q.850 number, by number. */
export const q850Causes = byNumber

const unknown: Cause = { q850: null, sip: null, reason: 'UNKNOWN' }

/** What a cause's name means; a name nobody knows means nothing, and is no reason to lose a call. */
export const causeByName = (name: string): Cause => byName.get(name.trim().toUpperCase()) ?? unknown

/** What a Q.850 number means; numbers above 127 are a switch's own and mean nothing here. */
export const causeByNumber = (number: number): Cause =>
  byNumber.get(number) ?? (number <= 127 ? { q850: number, sip: null, reason: 'UNKNOWN' } : unknown)

/** How a call ended: a connected call was answered with 200, and a cause of failure no longer says who ended it. */
export const endOf = (
  cause: Cause,
  answered: boolean
): { readonly sipCode: number | null; readonly q850Cause: number | null; readonly releaseReason: ReleaseReason } => {
  if (!answered) return { sipCode: cause.sip, q850Cause: cause.q850, releaseReason: cause.reason }
  const lasting = cause.reason === 'MI_TERMINATION' || cause.reason === 'LIFETIME_TIMEOUT'
  return { sipCode: 200, q850Cause: cause.q850, releaseReason: lasting ? cause.reason : 'UNKNOWN' }
}
