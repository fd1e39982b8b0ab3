import { type GridFilterValue, type GridRuleValue, narrowFilter } from '../../../web/portal-kit/grid-filter.ts'
import {
  type ChosenPeriod,
  isJson,
  readFilter,
  readNames,
  readPeriod,
  readSort
} from '../../../web/portal-kit/kept-state.ts'
import type { BreakoutColumns } from './breakout-column.ts'
import { type Bucket, isBucket } from './breakout-range.ts'

/** A report as it was chosen, in the address and in saved views. It may name columns that are gone. */
export interface BreakoutState {
  readonly range: ChosenPeriod
  /** How long a `period` is, where it is a group. */
  readonly bucket: Bucket
  /** Null: what the report begins with. */
  readonly groupBy: readonly string[] | null
  /** In order; null: the brand's standard ones. */
  readonly metrics: readonly string[] | null
  /** Part of a destination's name, or how its code begins. */
  readonly destination: string
  readonly filter: GridFilterValue | null
  readonly having: GridFilterValue | null
  readonly sort: { readonly column: string; readonly dir: 'ASC' | 'DESC' } | null
  /** The metric drawn; null: the first. */
  readonly chart: string | null
}

/** Columns a report may be grouped by. */
export const mostGroups = 4

export const firstState: BreakoutState = {
  range: { preset: 'last7Days' },
  bucket: 'DAY',
  groupBy: null,
  metrics: null,
  destination: '',
  filter: null,
  having: null,
  sort: null,
  chart: null
}

/** The state that a saved view holds; what is not understood is as it is at first. */
export const readState = (value: unknown): BreakoutState => {
  if (!isJson(value)) return firstState
  const { bucket, destination, chart } = value
  return {
    range: readPeriod(value.range, firstState.range),
    bucket: isBucket(bucket) ? bucket : firstState.bucket,
    groupBy: readNames(value.groupBy)?.slice(0, mostGroups) ?? null,
    metrics: readNames(value.metrics),
    destination: typeof destination === 'string' ? destination : '',
    filter: readFilter(value.filter),
    having: readFilter(value.having),
    sort: readSort(value.sort),
    chart: typeof chart === 'string' ? chart : null
  }
}

const json = (text: string | null): unknown => {
  try {
    return text === null ? null : JSON.parse(text)
  } catch {
    return null
  }
}

/** The state an address holds; null when it holds none. */
export const stateOfSearch = (search: URLSearchParams): BreakoutState | null => {
  if (search.size === 0) return null
  const [column, dir] = (search.get('sort') ?? '').split(' ')
  return readState({
    range: { preset: search.get('range'), from: search.get('from'), to: search.get('to') },
    bucket: search.get('by'),
    groupBy: search.get('groups')?.split(','),
    metrics: search.get('metrics')?.split(','),
    destination: search.get('destination'),
    filter: json(search.get('filter')),
    having: json(search.get('having')),
    sort: { column, dir },
    chart: search.get('chart')
  })
}

export const searchOfState = (state: BreakoutState): URLSearchParams => {
  const { range, bucket, groupBy, metrics, destination, filter, having, sort, chart } = state
  return new URLSearchParams({
    ...('preset' in range ? { range: range.preset } : { from: range.from, to: range.to }),
    ...(bucket !== firstState.bucket && { by: bucket }),
    ...(groupBy !== null && { groups: groupBy.join(',') }),
    ...(metrics !== null && { metrics: metrics.join(',') }),
    ...(destination !== '' && { destination }),
    ...(filter !== null && { filter: JSON.stringify(filter) }),
    ...(having !== null && { having: JSON.stringify(having) }),
    ...(sort !== null && { sort: `${sort.column} ${sort.dir}` }),
    ...(chart !== null && { chart })
  })
}

const columnsOfFilter = (filter: GridFilterValue | null): readonly string[] =>
  filter === null
    ? []
    : [...(filter.rules ?? []).map(({ column }) => column), ...(filter.groups ?? []).flatMap(columnsOfFilter)]

/** Whether a state names a column that the viewer does not have. */
export const namesUnknown = (state: BreakoutState, { all }: BreakoutColumns): boolean =>
  [
    ...(state.groupBy ?? []),
    ...(state.metrics ?? []),
    ...columnsOfFilter(state.filter),
    ...columnsOfFilter(state.having),
    ...(state.sort === null ? [] : [state.sort.column]),
    ...(state.chart === null ? [] : [state.chart])
  ].some(name => !all.has(name))

const orNull = (names: readonly string[], standard: readonly string[]): readonly string[] | null =>
  names.length === 0 || names.join() === standard.join() ? null : names

/** What of a state the viewer can have now: nothing in it names a column that is not there. */
export const narrowState = (state: BreakoutState, columns: BreakoutColumns): BreakoutState => {
  const { all, standardGroups, standardMetrics, destination } = columns
  const is = (name: string, groupable: boolean): boolean => all.get(name)?.groupable === groupable
  const groupBy = orNull(state.groupBy?.filter(name => is(name, true)) ?? [], standardGroups)
  const metrics = orNull(state.metrics?.filter(name => is(name, false)) ?? [], standardMetrics)
  const shown = [...(groupBy ?? standardGroups), ...(metrics ?? standardMetrics)]
  return {
    ...state,
    groupBy,
    metrics,
    destination: destination.name === undefined && destination.code === undefined ? '' : state.destination,
    filter: narrowFilter(state.filter, name => is(name, true)),
    having: narrowFilter(state.having, name => is(name, false)),
    sort: state.sort !== null && shown.includes(state.sort.column) ? state.sort : null,
    chart: state.chart !== null && shown.includes(state.chart) ? state.chart : null
  }
}

/** The filter with further rules that must hold as well. */
export const withRules = (filter: GridFilterValue | null, rules: readonly GridRuleValue[]): GridFilterValue | null => {
  if (rules.length === 0) return filter
  if (filter === null) return { match: 'ALL', rules }
  if (filter.match === 'ALL') return { ...filter, rules: [...rules, ...(filter.rules ?? [])] }
  return { match: 'ALL', rules, groups: [filter] }
}

/** The filter of a state, with what was typed of the destination. */
export const filterOf = (state: BreakoutState, { destination }: BreakoutColumns): GridFilterValue | null => {
  const text = state.destination.trim()
  const code = text.replace(/^\+/, '')
  if (text === '') return state.filter
  const { name = destination.code, code: codes = destination.name } = destination
  if (name === undefined || codes === undefined) return state.filter
  return withRules(state.filter, [
    /^\d+$/.test(code) && destination.code !== undefined
      ? { column: codes, op: 'startsWith', value: code }
      : { column: name, op: 'contains', value: text }
  ])
}

/** What changes only by a run of the report; sort and chart follow at once. */
export const inputsOf = ({ sort: _, chart: __, ...inputs }: BreakoutState): string => JSON.stringify(inputs)
