import { badInput, type GridFilterInput, parseInstant, readGridFilter } from '../../core/plugin-api.ts'
import { type CallDirection, callDirections } from './call.ts'
import { checkRange, day, type Range } from './range.ts'

/** A checked filter of the CDR page and its export. */
export interface CdrFilter {
  readonly range: Range
  readonly connectedOnly: boolean
  readonly number: string | null
  readonly direction: CallDirection | null
  readonly where: GridFilterInput | null
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Milliseconds from GraphQL, ISO text from JSON; undefined when it is not there. @throws PortalError BAD_USER_INPUT */
export const readInstant = (value: unknown, path: string): number | undefined => {
  if (value === undefined || value === null) return undefined
  const at = typeof value === 'string' ? parseInstant(value) : typeof value === 'number' ? value : undefined
  if (at === undefined) throw badInput(path, 'must be an ISO-8601 instant with its zone')
  return at
}

/** @throws PortalError BAD_USER_INPUT naming the path when the input has unknown names */
export const readRecord = (
  value: unknown,
  path: string,
  names: readonly string[]
): Readonly<Record<string, unknown>> => {
  if (!isRecord(value)) throw badInput(path, 'is missing')
  for (const name of Object.keys(value)) if (!names.includes(name)) throw badInput(path, `has ${names.join(', ')}`)
  return value
}

/** 31 days of a calendar have an hour more where the clocks are put back: a whole October is one list. */
const longest = 31 * day + day / 24

/** Reads the filter as GraphQL or JSON brings it. @throws PortalError BAD_USER_INPUT */
export const readCdrFilter = (value: unknown): CdrFilter => {
  const input = readRecord(value, 'filter', ['range', 'connectedOnly', 'number', 'direction', 'where'])
  const range = readRecord(input.range, 'filter.range', ['from', 'to'])
  const { connectedOnly = null, number = null, direction = null } = input
  if (connectedOnly !== null && typeof connectedOnly !== 'boolean') {
    throw badInput('filter.connectedOnly', 'must be true or false')
  }
  if (number !== null && typeof number !== 'string') throw badInput('filter.number', 'must be a text')
  if (direction !== null && !callDirections.includes(direction as CallDirection)) {
    throw badInput('filter.direction', 'must be TERMINATION or ORIGINATION')
  }
  return {
    range: checkRange(
      readInstant(range.from, 'filter.range.from'),
      readInstant(range.to, 'filter.range.to'),
      'filter.range',
      longest,
      '31 days'
    ),
    connectedOnly: connectedOnly === true,
    number: number as string | null,
    direction: direction as CallDirection | null,
    where: input.where == null ? null : readGridFilter(input.where, 'filter.where')
  }
}
