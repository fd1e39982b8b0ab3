import {
  badInput,
  type GridFilterInput,
  type GridSortInput,
  readGridFilter,
  readGridSort
} from '../../core/plugin-api.ts'
import { readInstant, readRecord } from './cdr-filter.ts'
import { checkRange, day, monthStart, type Range } from './range.ts'
import { hour } from './roll-up.ts'

export const breakoutPeriods = ['HOUR', 'DAY', 'WEEK', 'MONTH'] as const
export type BreakoutPeriod = (typeof breakoutPeriods)[number]

/** Checked arguments of the breakout, names of columns aside. */
export interface BreakoutQuery {
  readonly range: Range
  readonly groupBy: readonly string[]
  readonly period: BreakoutPeriod
  readonly metrics: readonly string[] | null
  readonly filter: GridFilterInput | null
  readonly having: GridFilterInput | null
  readonly sort: readonly GridSortInput[] | null
}

const readNames = (value: unknown, path: string): readonly string[] => {
  if (!Array.isArray(value) || value.length > 50 || !value.every(name => typeof name === 'string')) {
    throw badInput(path, 'must be a list of names')
  }
  return value as readonly string[]
}

/** Reads the arguments as GraphQL or, for exports, JSON brings them. @throws PortalError BAD_USER_INPUT */
export const readBreakoutQuery = (value: unknown): BreakoutQuery => {
  const names = ['range', 'groupBy', 'period', 'metrics', 'filter', 'having', 'sort', 'first', 'after']
  const input = readRecord(value, 'filter', names)
  const range = readRecord(input.range, 'range', ['from', 'to'])
  const groupBy = readNames(input.groupBy, 'groupBy')
  if (groupBy.length < 1 || groupBy.length > 4) throw badInput('groupBy', 'must name 1 to 4 columns')
  if (new Set(groupBy).size !== groupBy.length) throw badInput('groupBy', 'names a column twice')
  const period = (input.period ?? 'DAY') as BreakoutPeriod
  if (!breakoutPeriods.includes(period)) throw badInput('period', `must be ${breakoutPeriods.join(', ')}`)

  const from = readInstant(range.from, 'range.from')
  const to = readInstant(range.to, 'range.to')
  const hourly = groupBy.includes('period') && period === 'HOUR'
  const checked = hourly
    ? checkRange(from, to, 'range', 92 * day, '92 days by hour')
    : checkRange(from, to, 'range', 400 * day, '13 months')
  if (!hourly && monthsLater(checked.from, 13) < checked.to) throw badInput('range', 'may span 13 months')
  for (const end of ['from', 'to'] as const) {
    if (checked[end] % hour !== 0) throw badInput(`range.${end}`, 'must be a full hour')
  }
  return {
    range: checked,
    groupBy,
    period,
    metrics: input.metrics === undefined || input.metrics === null ? null : readNames(input.metrics, 'metrics'),
    filter: input.filter == null ? null : readGridFilter(input.filter, 'filter'),
    having: input.having == null ? null : readGridFilter(input.having, 'having'),
    sort: readGridSort(input.sort, 'sort')
  }
}

/** Same day and time of the month, or the end of a shorter one. */
const monthsLater = (at: number, months: number): number => {
  const start = monthStart(at)
  const target = monthStart(at, -months)
  return Math.min(target + (at - start), monthStart(at, -months - 1))
}
