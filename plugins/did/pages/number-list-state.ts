import type { Sort } from '../../../web/portal-kit/grid.tsx'
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

/**
 * Reads a state that was kept: what is not there any more, or never was a state, is left out.
 * @param known columns and filters that there are for this viewer
 */
export const readListState = (
  kept: unknown,
  standard: ListState,
  known: { readonly columns: readonly string[]; readonly sorts: readonly string[]; readonly filters: readonly string[] }
): ListState => {
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

/** As the server takes it; null: everything. */
export const filterOf = ({ search, filters }: Pick<ListState, 'search' | 'filters'>): DidFilter | null => {
  const rules = Object.entries(filters).map(([column, value]) =>
    value === noValue ? ({ column, op: 'isNull', value: 'true' } as const) : ({ column, op: 'eq', value } as const)
  )
  const text = search.trim()
  if (text === '' && rules.length === 0) return null
  return { ...(text === '' ? {} : { search: text }), ...(rules.length === 0 ? {} : { where: { match: 'ALL', rules } }) }
}
