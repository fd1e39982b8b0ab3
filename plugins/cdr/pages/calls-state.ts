import { type GridFilterValue, type GridRuleValue, narrowFilter } from '../../../web/portal-kit/grid-filter.ts'
import { isRangePreset, type RangePreset } from '../../../web/portal-kit/range-preset.ts'

export type CallPeriod = { readonly preset: RangePreset } | { readonly from: string; readonly to: string }

/** What the page of calls shows, as it stands in the address and in saved views. It may name columns that are gone. */
export interface CallsState {
  readonly period: CallPeriod
  readonly number: string
  readonly connectedOnly: boolean
  readonly direction: 'TERMINATION' | 'ORIGINATION' | null
  readonly where: GridFilterValue | null
  /** Null: all the viewer has, in the brand's order. */
  readonly columns: readonly string[] | null
  /** Null: newest first. */
  readonly sort: { readonly column: string; readonly dir: 'ASC' | 'DESC' } | null
}

export const firstState: CallsState = {
  period: { preset: 'last7Days' },
  number: '',
  connectedOnly: false,
  direction: null,
  where: null,
  columns: null,
  sort: null
}

type Json = Readonly<Record<string, unknown>>
const isJson = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value)
const texts = (value: unknown): readonly string[] | undefined =>
  Array.isArray(value) && value.every(each => typeof each === 'string') ? value : undefined

const readRule = (value: unknown): readonly GridRuleValue[] => {
  if (!isJson(value) || typeof value.column !== 'string' || typeof value.op !== 'string') return []
  const { column, op } = value
  const rule = { column, op: op as GridRuleValue['op'] }
  const values = texts(value.values)
  if (values !== undefined) return [{ ...rule, values }]
  return typeof value.value === 'string' ? [{ ...rule, value: value.value }] : []
}

const readFilter = (value: unknown, depth = 1): GridFilterValue | null => {
  if (!isJson(value) || depth > 3) return null
  const list = (of: unknown): readonly unknown[] => (Array.isArray(of) ? of : [])
  const rules = list(value.rules).flatMap(readRule)
  const groups = list(value.groups).flatMap(each => readFilter(each, depth + 1) ?? [])
  if (rules.length + groups.length === 0) return null
  return {
    match: value.match === 'ANY' ? 'ANY' : 'ALL',
    ...(rules.length > 0 && { rules }),
    ...(groups.length > 0 && { groups })
  }
}

const isInstant = (value: unknown): value is string =>
  typeof value === 'string' && /^\d{4}-\d\d-\d\dT[\d:.]+Z$/.test(value) && !Number.isNaN(Date.parse(value))

const readPeriod = (value: unknown): CallPeriod => {
  if (!isJson(value)) return firstState.period
  const { preset, from, to } = value
  if (typeof preset === 'string' && isRangePreset(preset)) return { preset }
  return isInstant(from) && isInstant(to) && Date.parse(from) < Date.parse(to) ? { from, to } : firstState.period
}

/** The state that a saved view holds; what is not understood is as it is at first. */
export const readState = (value: unknown): CallsState => {
  if (!isJson(value)) return firstState
  const { number, direction, sort } = value
  const columns = texts(value.columns)
  return {
    period: readPeriod(value.period),
    number: typeof number === 'string' ? number : '',
    connectedOnly: value.connectedOnly === true,
    direction: direction === 'TERMINATION' || direction === 'ORIGINATION' ? direction : null,
    where: readFilter(value.where),
    columns: columns !== undefined && columns.length > 0 ? columns : null,
    sort:
      isJson(sort) && typeof sort.column === 'string' && (sort.dir === 'ASC' || sort.dir === 'DESC')
        ? { column: sort.column, dir: sort.dir }
        : null
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
export const stateOfSearch = (search: URLSearchParams): CallsState | null => {
  if (search.size === 0) return null
  const [column, dir] = (search.get('sort') ?? '').split(' ')
  return readState({
    period: { preset: search.get('period'), from: search.get('from'), to: search.get('to') },
    number: search.get('number'),
    connectedOnly: search.get('connected') === 'yes',
    direction: search.get('direction'),
    where: json(search.get('where')),
    columns: search.get('columns')?.split(',').filter(Boolean),
    sort: { column, dir }
  })
}

export const searchOfState = (state: CallsState): URLSearchParams => {
  const { period, number, connectedOnly, direction, where, columns, sort } = state
  return new URLSearchParams({
    ...('preset' in period ? { period: period.preset } : period),
    ...(number !== '' && { number }),
    ...(connectedOnly && { connected: 'yes' }),
    ...(direction !== null && { direction }),
    ...(where !== null && { where: JSON.stringify(where) }),
    ...(columns !== null && { columns: columns.join(',') }),
    ...(sort !== null && { sort: `${sort.column} ${sort.dir}` })
  })
}

/** What of a state the viewer can have now: nothing in it names a column that is not there. */
export const narrowState = (state: CallsState, has: (column: string) => boolean): CallsState => {
  const columns = state.columns?.filter(has) ?? []
  return {
    ...state,
    number: has('cli') || has('destination') ? state.number : '',
    connectedOnly: state.connectedOnly && has('duration'),
    direction: has('direction') ? state.direction : null,
    where: narrowFilter(state.where, has),
    columns: columns.length > 0 ? columns : null,
    sort: state.sort !== null && has(state.sort.column) ? state.sort : null
  }
}

/** What of the state one left the page with it opens with the next time: how one looks, not what one looked for. */
export const habitsOf = ({ period, columns, sort }: CallsState): CallsState => ({
  ...firstState,
  period: 'preset' in period ? period : firstState.period,
  columns,
  sort
})
