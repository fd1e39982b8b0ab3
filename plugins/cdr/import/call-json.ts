import { isIP } from 'node:net'
import { badInput } from '../../../core/plugin-api.ts'
import { type CallDirection, callDirections, type ReleaseReason, releaseReasons } from '../call.ts'
import { jsonFormat, requiredIn, textIn } from './json-format.ts'
import { parseTime } from './local-clock.ts'
import { normaliseNumber } from './numbers.ts'
import { callTimes, type ParsedCall, parseWhole } from './parsed-call.ts'

type Json = Readonly<Record<string, unknown>>

/** Every field of the neutral call record; docs/importing-calls.md says what each means. */
export const callJsonFields = [
  'accountCode',
  'uniqueId',
  'sequence',
  'callId',
  'direction',
  'startedAt',
  'answeredAt',
  'endedAt',
  'duration',
  'billedDuration',
  'cli',
  'destination',
  'destinationCode',
  'destinationName',
  'rate',
  'connectCost',
  'charge',
  'currency',
  'sipCode',
  'sipReason',
  'q850Cause',
  'releaseReason',
  'sourceIp',
  'authName',
  'codec',
  'pdd',
  'mos',
  'host',
  'replace'
] as const

const known: ReadonlySet<string> = new Set(callJsonFields)

const instant = (document: Json, name: string): number | null => {
  const value = document[name]
  if (value === undefined || value === null) return null
  if (typeof value !== 'string') throw badInput(name, 'must be a text like 2026-03-01T14:05:09Z')
  if (!/(?:Z|[+-]\d{2}:?\d{2})$/.test(value)) throw badInput(name, 'must say its offset, such as Z')
  return parseTime(name, value, null) + millisecondsOf(value)
}

const millisecondsOf = (text: string): number => Number((/\.(\d{1,3})/.exec(text)?.[1] ?? '0').padEnd(3, '0'))

const whole = (document: Json, name: string, least: number, most: number): number | null => {
  const value = document[name]
  if (value === undefined || value === null) return null
  if (!Number.isInteger(value) || (value as number) < least || (value as number) > most)
    throw badInput(name, `must be a whole number from ${least} to ${most}`)
  return value as number
}

const text = (document: Json, name: string): string | null => {
  const value = document[name]
  if (value === undefined || value === null) return null
  if (typeof value !== 'string' || value.length > 255) throw badInput(name, 'must be a text of at most 255 characters')
  return value.replaceAll('\0', '').trim() || null
}

/** An amount written as a decimal text, in units of 10^-places. */
const amount = (document: Json, name: string, places: number): bigint | null => {
  const value = document[name]
  if (value === undefined || value === null) return null
  const parts = typeof value === 'string' ? /^(\d{1,9})(?:\.(\d+))?$/.exec(value) : null
  if (parts === null || (parts[2]?.length ?? 0) > places)
    throw badInput(name, `must be a decimal text with at most ${places} decimals, such as "0.0125"`)
  return BigInt(parts[1]! + (parts[2] ?? '').padEnd(places, '0'))
}

/** The portal's own call record, one JSON object a line. Strict: an unknown field refuses the record. */
export const callJson = jsonFormat({
  name: 'call-json',
  summary: "the portal's own call record, one JSON object a line",
  call(document, options): ParsedCall {
    for (const name of Object.keys(document)) if (!known.has(name)) throw badInput(name, 'is not a known field')
    const uniqueId = requiredIn(document, 'uniqueId')
    const startedAt = instant(document, 'startedAt')
    if (startedAt === null) throw badInput('startedAt', 'is missing')
    const endedAt = instant(document, 'endedAt')
    const answeredAt = instant(document, 'answeredAt')
    if (answeredAt !== null && answeredAt < startedAt) throw badInput('answeredAt', 'is before the start')
    const talk = parseWhole('duration', textIn(document, 'duration'))
    const answered = answeredAt !== null || talk > 0
    const lasted = endedAt === null ? (answeredAt === null ? 0 : (answeredAt - startedAt) / 1000) + talk : null
    const times = callTimes({
      startedAt,
      answeredAt,
      endedAt,
      answered,
      duration: Math.floor(lasted ?? (endedAt! - startedAt) / 1000),
      billsec: talk
    })
    const direction = textIn(document, 'direction') || options.direction
    if (!callDirections.includes(direction as CallDirection))
      throw badInput('direction', `must be one of ${callDirections.join(', ')}`)
    const releaseReason = textIn(document, 'releaseReason') || 'UNKNOWN'
    if (!releaseReasons.includes(releaseReason as ReleaseReason))
      throw badInput('releaseReason', `must be one of ${releaseReasons.join(', ')}`)
    const currency = text(document, 'currency')
    const charge = amount(document, 'charge', 6)
    if (currency === null && charge !== null) throw badInput('currency', 'must be given with a charge')
    const sourceIp = text(document, 'sourceIp')
    if (sourceIp !== null && isIP(sourceIp) === 0) throw badInput('sourceIp', 'is not an IP address')
    const { replace = null } = document
    if (replace !== null && typeof replace !== 'boolean') throw badInput('replace', 'must be true or false')
    const mos = document.mos ?? null
    if (mos !== null && !(typeof mos === 'number' && mos >= 1 && mos <= 5))
      throw badInput('mos', 'must be a number from 1 to 5')
    return {
      accountCode: textIn(document, 'accountCode'),
      currency,
      key: JSON.stringify([uniqueId, textIn(document, 'sequence')]),
      replace: replace === true,
      host: text(document, 'host'),
      callId: text(document, 'callId') ?? uniqueId,
      direction: direction as CallDirection,
      ...times,
      billedDuration: whole(document, 'billedDuration', 0, 999_999_999) ?? times.billedDuration,
      cli: normaliseNumber('cli', textIn(document, 'cli')),
      destination: normaliseNumber('destination', requiredIn(document, 'destination')),
      destinationCode: text(document, 'destinationCode'),
      destinationName: text(document, 'destinationName'),
      rate: amount(document, 'rate', 9),
      connectCost: amount(document, 'connectCost', 6),
      charge,
      sipCode: whole(document, 'sipCode', 100, 699) ?? (answered ? 200 : null),
      sipReason: text(document, 'sipReason'),
      q850Cause: whole(document, 'q850Cause', 0, 127),
      releaseReason: releaseReason as ReleaseReason,
      sourceIp,
      authName: text(document, 'authName'),
      codec: text(document, 'codec'),
      pdd: whole(document, 'pdd', 0, 999_999_999),
      mosHundredths: mos === null ? null : Math.round((mos as number) * 100)
    }
  }
})
