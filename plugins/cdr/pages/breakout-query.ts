import type { TypedDocumentNode } from 'urql'
import type { GridFilterValue } from '../../../web/portal-kit/grid-filter.ts'
import type { InstantRange } from '../../../web/portal-kit/range-preset.ts'
import type { BreakoutValues } from './breakout-column.ts'
import type { Bucket } from './breakout-range.ts'

// Documents are put together from the columns that the server says there are: a column the viewer does not have is named
// nowhere in the page.

/** What is summed, as the server takes it. */
export interface BreakoutVariables {
  readonly range: InstantRange
  readonly groupBy: readonly string[]
  readonly period: Bucket
  readonly metrics: readonly string[]
  readonly filter: GridFilterValue | null
  readonly having: GridFilterValue | null
}

export interface RowsVariables extends BreakoutVariables {
  readonly sort: readonly { readonly column: string; readonly dir: 'ASC' | 'DESC' }[] | null
  readonly first: number
  readonly after: string | null
}

export interface RowsPage {
  readonly rows: readonly BreakoutValues[] | null
  readonly pageInfo: { readonly endCursor: string | null; readonly hasNextPage: boolean } | null
}

interface Totals {
  readonly totals: BreakoutValues | null
  readonly unrated: number | null
  readonly generatedAt: string | null
}

const declared =
  '$range: CdrRange!, $groupBy: [String!]!, $period: BreakoutPeriod, $metrics: [String!], $having: GridFilter'
const given = 'range: $range, groupBy: $groupBy, period: $period, metrics: $metrics, having: $having'
const fields = (names: readonly string[]): string => [...new Set(names), 'currency'].join(' ')

/** Rows, page by page. @param names columns of a row */
export const rowsQuery = (names: readonly string[]) =>
  `query BreakoutRows(${declared}, $filter: GridFilter, $sort: [SortInput!], $first: Int, $after: String) {
    breakout(${given}, filter: $filter, sort: $sort, first: $first, after: $after) {
      rows { ${fields(names)} }
      pageInfo { endCursor hasNextPage }
    }
  }` as unknown as TypedDocumentNode<{ readonly breakout: RowsPage | null }, RowsVariables>

/** Sums over all rows. @param names metrics */
export const totalsQuery = (names: readonly string[]) =>
  `query BreakoutTotals(${declared}, $filter: GridFilter) {
    breakout(${given}, filter: $filter) { totals { ${fields(names)} } unrated generatedAt }
  }` as unknown as TypedDocumentNode<{ readonly breakout: Totals | null }, BreakoutVariables>

/**
 * Several lists of rows at once, each with a filter of its own: `line0` with `filter0` and so on.
 * @param names columns of a row
 */
export const linesQuery = (names: readonly string[], count: number) => {
  const numbers = Array.from({ length: count }, (_, index) => index)
  return `query BreakoutLines(${declared}, $first: Int, ${numbers.map(index => `$filter${index}: GridFilter`).join(', ')}) {
    ${numbers
      .map(
        index =>
          `line${index}: breakout(${given}, first: $first, filter: $filter${index}) { rows { ${fields(names)} } pageInfo { endCursor hasNextPage } }`
      )
      .join('\n')}
  }` as unknown as TypedDocumentNode<Readonly<Record<string, RowsPage | null>>, Readonly<Record<string, unknown>>>
}
