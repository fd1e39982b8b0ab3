import { useState } from 'react'
import type { Sort } from '../../../web/portal-kit/grid.tsx'
import type { GridViewsOf } from '../../../web/portal-kit/grid-views.tsx'
import type { DidFilter } from './numbers.graphql.ts'

/** How the list is looked at; a saved view is one of these. */
export interface ListState {
  /** Names of columns in order. */
  readonly columns: readonly string[]
  readonly sort: Sort
  readonly search: string
  /** Column → the value that rows have in it; `noValue`: none. */
  readonly filters: Readonly<Record<string, string>>
}

export const noValue = '-'

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
const isText = (value: unknown): value is string => typeof value === 'string'

/** Columns that there are for this viewer, those that sort, and what filters. */
interface Known {
  readonly columns: readonly string[]
  readonly sorts: readonly string[]
  readonly filters: readonly string[]
}

/** Reads a state that was kept: what is not there any more, or never was a state, is left out. */
const readListState = (kept: unknown, standard: ListState, known: Known): ListState => {
  if (!isObject(kept)) return standard
  const columns = Array.isArray(kept.columns)
    ? kept.columns
        .filter(isText)
        .filter((name, place, all) => known.columns.includes(name) && all.indexOf(name) === place)
    : []
  const sort = isObject(kept.sort) ? kept.sort : {}
  return {
    columns: columns.length === 0 ? standard.columns : columns,
    sort:
      isText(sort.column) && known.sorts.includes(sort.column)
        ? { column: sort.column, dir: sort.dir === 'DESC' ? 'DESC' : 'ASC' }
        : standard.sort,
    search: isText(kept.search) ? kept.search : '',
    filters: Object.fromEntries(
      Object.entries(isObject(kept.filters) ? kept.filters : {}).filter(
        (entry): entry is [string, string] => known.filters.includes(entry[0]) && isText(entry[1]) && entry[1] !== ''
      )
    )
  }
}

/** How a list is looked at now: as it was looked at last, until somebody changes it or opens a saved view. */
export const useListState = (
  views: GridViewsOf<unknown>,
  standard: ListState,
  known: Known
): { readonly state: ListState; change(part: Partial<ListState>): void; open(kept: unknown): void } => {
  const [state, setState] = useState(() => readListState(views.last, standard, known))
  return {
    state,
    change(part) {
      const next = { ...state, ...part }
      setState(next)
      // A list that opens with yesterday's filter looks as if numbers were missing.
      if (part.columns !== undefined || part.sort !== undefined) views.remember({ ...next, search: '', filters: {} })
    },
    open: kept => setState(readListState(kept, standard, known))
  }
}

/** As the server takes it; null: everything. */
export const filterOf = ({ search, filters }: Pick<ListState, 'search' | 'filters'>): DidFilter | null => {
  const rules = Object.entries(filters).map(([column, value]) =>
    value === noValue ? ({ column, op: 'isNull', value: 'true' } as const) : ({ column, op: 'eq', value } as const)
  )
  const text = search.trim()
  if (text === '' && rules.length === 0) return null
  return { ...(text === '' ? {} : { search: text }), ...(rules.length === 0 ? {} : { where: { match: 'ALL', rules } }) }
}
