import { type GridFilterValue, narrowFilter } from '../../../web/portal-kit/grid-filter.ts'
import {
  type ChosenPeriod,
  isJson,
  readFilter,
  readNames,
  readPeriod,
  readSort
} from '../../../web/portal-kit/kept-state.ts'

/** What the page of calls shows, as it stands in the address and in saved views. It may name columns that are gone. */
export interface CallsState {
  readonly period: ChosenPeriod
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

/** The state that a saved view holds; what is not understood is as it is at first. */
export const readState = (value: unknown): CallsState => {
  if (!isJson(value)) return firstState
  const { number, direction } = value
  return {
    period: readPeriod(value.period, firstState.period),
    number: typeof number === 'string' ? number : '',
    connectedOnly: value.connectedOnly === true,
    direction: direction === 'TERMINATION' || direction === 'ORIGINATION' ? direction : null,
    where: readFilter(value.where),
    columns: readNames(value.columns),
    sort: readSort(value.sort)
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
