import { type Call, callDirections, jurisdictions, releaseReasons } from './call.ts'

/** Longest text a call may carry, characters. */
export const maxCallText = 256

// One call's money is bounded, so that an hour's sum stays within 64 bits.
const maxCharge = 100_000_000_000_000n // 100 million in 10^-6 units
const maxRate = 1_000_000_000_000_000n // one million a minute in 10^-9 units
const maxSeconds = 10_000_000
const earliest = Date.UTC(1980, 0, 1)
const latest = Date.UTC(2200, 0, 1)

const required = ['companyId', 'source', 'identity', 'callId', 'destination', 'currency'] as const
const texts = [
  ...required,
  'cli',
  'assertedId',
  'techPrefix',
  'lrn',
  'destinationCode',
  'destinationName',
  'cardId',
  'cardName',
  'sipReason',
  'sourceIp',
  'gatewayIp',
  'authName',
  'dtmf',
  'codec',
  'rtpServer',
  'recordingId',
  'dncStatus'
] as const
const counts: Readonly<Partial<Record<keyof Call, number>>> = {
  duration: maxSeconds,
  billedDuration: maxSeconds,
  ringDuration: maxSeconds,
  pdd: 1_000_000_000,
  pddIn: 1_000_000_000,
  q850Cause: 127,
  dtmfCount: 1_000_000,
  mosHundredths: 500,
  jitterMs: 1_000_000_000,
  packetLossHundredths: 10_000,
  rttMs: 1_000_000_000
}

// What no database takes as text: zero characters and half surrogates.
const unstorable = /[\0\p{Surrogate}]/u

const isText = (value: unknown): boolean =>
  typeof value === 'string' && value.length <= maxCallText && !unstorable.test(value)

const within = (value: unknown, bound: bigint): boolean =>
  typeof value === 'bigint' && value <= bound && value >= -bound

const customerOnly = ['pddIn', 'sourceIp', 'authName', 'dtmf', 'recordingId', 'dncStatus'] as const
const carrierOnly = ['gatewayIp'] as const

/** What is wrong with a call, in words for the log of an import; undefined when it can be loaded. */
export const callFault = (call: Call): string | undefined => {
  for (const name of required) if (call[name] === '') return `${name} is empty`
  for (const name of texts) {
    const value = call[name]
    const optional = !(required as readonly string[]).includes(name) && name !== 'cli'
    if ((value === undefined || value === null) && optional) continue
    if (!isText(value)) return `${name} is not a text of at most ${maxCallText} characters`
  }
  if (call.leg !== 'CUSTOMER' && call.leg !== 'CARRIER') return 'leg is neither CUSTOMER nor CARRIER'
  if (!callDirections.includes(call.direction)) return 'direction is neither TERMINATION nor ORIGINATION'
  if (!releaseReasons.includes(call.releaseReason)) return 'releaseReason is not one of the words'
  if (call.jurisdiction && !jurisdictions.includes(call.jurisdiction)) return 'jurisdiction is not one of the words'
  if (call.stirShakenAttest && !['A', 'B', 'C'].includes(call.stirShakenAttest)) {
    return 'stirShakenAttest is not A, B or C'
  }
  if (!/^[A-Z]{3}$/.test(call.currency)) return 'currency is not three capital letters'
  for (const name of ['startedAt', 'answeredAt', 'endedAt'] as const) {
    const value = call[name]
    if (name === 'answeredAt' && (value === undefined || value === null)) continue
    if (!Number.isSafeInteger(value) || value! < earliest || value! > latest) return `${name} is not an instant`
  }
  for (const [name, most] of Object.entries(counts)) {
    const value = call[name as keyof Call]
    if ((value === undefined || value === null) && name !== 'duration' && name !== 'billedDuration') continue
    if (!Number.isSafeInteger(value) || (value as number) < 0 || (value as number) > most) {
      return `${name} is not a whole number from 0 to ${most}`
    }
  }
  const sip = call.sipCode
  if (sip !== undefined && sip !== null && !(Number.isInteger(sip) && sip >= 100 && sip <= 699)) {
    return 'sipCode is not 100 to 699'
  }
  if (call.charge !== null && !within(call.charge, maxCharge)) return 'charge is not an amount or too large'
  const { connectCost, rate } = call
  if (connectCost !== undefined && connectCost !== null && !within(connectCost, maxCharge)) {
    return 'connectCost is not an amount or too large'
  }
  if (rate !== undefined && rate !== null && !within(rate, maxRate)) return 'rate is not a price or too large'
  for (const name of call.leg === 'CUSTOMER' ? carrierOnly : customerOnly) {
    if (call[name] !== undefined && call[name] !== null) return `${name} does not belong on a ${call.leg} leg`
  }
  return undefined
}
