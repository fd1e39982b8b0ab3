import { useCallback, useEffect, useState } from 'react'
import { type Client, type CombinedError, useClient } from 'urql'
import { type Refusal, refusalsOf } from '../../../web/kit/client.ts'
import type { GridFilterValue, GridRuleValue } from '../../../web/portal-kit/grid-filter.ts'
import { type BreakoutColumn, type BreakoutColumns, type BreakoutValues, isSum } from './breakout-column.ts'
import { type BreakoutVariables, linesQuery, type RowsPage, type RowsVariables, rowsQuery } from './breakout-query.ts'
import { type Bucket, bucketsOf, drawnBucket } from './breakout-range.ts'
import { withRules } from './breakout-state.ts'

/** A line of the chart: the values of one group, by start of a bucket in milliseconds. */
export interface ChartLine {
  /** Values of the groups beside the time, and the currency. */
  readonly group: BreakoutValues
  readonly rows: ReadonlyMap<number, BreakoutValues>
}

export type ChartData =
  | {
      readonly kind: 'LINES'
      readonly bucket: Bucket
      /** Starts of all buckets, in milliseconds. */
      readonly starts: readonly number[]
      readonly lines: readonly ChartLine[]
      /** Whether there are groups that are not drawn. */
      readonly isCut: boolean
    }
  | { readonly kind: 'BARS'; readonly rows: readonly BreakoutValues[]; readonly isCut: boolean }

export interface Chart {
  readonly state: 'LOADING' | 'READY' | 'FAILED'
  readonly data: ChartData | null
  readonly refusals: readonly Refusal[]
  again(): void
}

const loading = { state: 'LOADING', data: null, refusals: [] } as const

const mostLines = 8
const mostBars = 10
const mostPoints = 400
const mostRows = 500

/** What decides which groups are the largest: the metric itself where it adds up, else how many calls there are. */
export const rankOf = (metric: BreakoutColumn, { metrics }: BreakoutColumns): BreakoutColumn =>
  isSum(metric) ? metric : (metrics.find(column => isSum(column) && column.unit === null) ?? metric)

class Refused extends Error {
  readonly refusals: readonly Refusal[]
  constructor(error: CombinedError | undefined) {
    super('refused')
    this.refusals = refusalsOf(error)
  }
}

const readPage = async (
  client: Client,
  names: readonly string[],
  variables: RowsVariables
): Promise<Required<RowsPage>> => {
  const { data, error } = await client.query(rowsQuery(names), variables).toPromise()
  if (data?.breakout == null) throw new Refused(error)
  return data.breakout
}

const readLines = async (
  client: Client,
  variables: BreakoutVariables,
  metric: BreakoutColumn,
  columns: BreakoutColumns
): Promise<ChartData> => {
  const time = columns.time!
  const others = variables.groupBy.filter(name => name !== time)
  const rank = rankOf(metric, columns)
  const bucket = drawnBucket(variables.range, variables.period, mostPoints)
  const starts = bucketsOf(variables.range, bucket)
  const sort = [{ column: rank.name, dir: 'DESC' as const }]
  // Which rows of the report are shown is asked of its rows; here several of them are one.
  const asked = { ...variables, groupBy: others, having: null, metrics: [rank.name], sort, after: null }
  const largest =
    others.length === 0 ? null : await readPage(client, [...others, rank.name], { ...asked, first: mostLines })
  const groups = largest === null ? [{}] : (largest.rows ?? [])
  if (groups.length === 0) return { kind: 'LINES', bucket, starts, lines: [], isCut: false }

  const filters = groups.map((group: BreakoutValues): GridFilterValue | null =>
    withRules(
      variables.filter,
      others.map((column): GridRuleValue => {
        const value = group[column]
        if (value === null || value === undefined) return { column, op: 'isNull', value: 'true' }
        return { column, op: 'eq', value: String(value) }
      })
    )
  )
  const names = [time, metric.name]
  const { filter: _, ...rest } = variables
  const common = {
    ...rest,
    period: bucket,
    groupBy: [time],
    metrics: [metric.name],
    first: Math.min(mostRows, starts.length)
  }
  const { data, error } = await client
    .query(linesQuery(names, groups.length), {
      ...common,
      ...Object.fromEntries(filters.map((filter, index) => [`filter${index}`, filter]))
    })
    .toPromise()
  if (data === undefined) throw new Refused(error)
  const lines = await Promise.all(
    groups.map(async (group: BreakoutValues, index): Promise<readonly ChartLine[]> => {
      let page = data[`line${index}`] ?? null
      if (page === null) throw new Refused(error)
      const rows = [...(page.rows ?? [])]
      while (page.pageInfo?.hasNextPage) {
        const after = page.pageInfo.endCursor
        page = await readPage(client, names, { ...common, filter: filters[index]!, sort: null, after })
        rows.push(...(page.rows ?? []))
      }
      // A group in two currencies is two of the largest, and each of them finds the rows of both.
      const currencies = largest === null ? [...new Set(rows.map(row => row.currency))] : [group.currency]
      return currencies.map(currency => ({
        group: { ...group, currency },
        rows: new Map(
          rows.filter(row => row.currency === currency).map(row => [Date.parse(String(row[time])), row] as const)
        )
      }))
    })
  )
  return {
    kind: 'LINES',
    bucket,
    starts,
    lines: lines
      .flat()
      .filter(({ rows }) => rows.size > 0)
      .slice(0, mostLines),
    isCut: largest?.pageInfo?.hasNextPage ?? false
  }
}

const readBars = async (
  client: Client,
  variables: BreakoutVariables,
  metric: BreakoutColumn,
  columns: BreakoutColumns
): Promise<ChartData> => {
  const rank = rankOf(metric, columns)
  const { rows, pageInfo } = await readPage(client, [...variables.groupBy, metric.name], {
    ...variables,
    metrics: [metric.name],
    sort: [{ column: rank.name, dir: 'DESC' }],
    first: mostBars,
    after: null
  })
  return { kind: 'BARS', rows: rows ?? [], isCut: pageInfo?.hasNextPage ?? false }
}

/**
 * What the chart draws: lines over time where the report is grouped by it, else bars of the largest groups. It is asked
 * for by itself, as the table has but the rows read so far.
 */
export const useChart = (variables: BreakoutVariables, metric: BreakoutColumn, columns: BreakoutColumns): Chart => {
  const client = useClient()
  const [turn, setTurn] = useState(0)
  const key = JSON.stringify([variables, metric.name, turn])
  const [chart, setChart] = useState<Omit<Chart, 'again'> & { readonly key: string }>({ key, ...loading })
  // biome-ignore lint/correctness/useExhaustiveDependencies: equal variables are the same chart
  useEffect(() => {
    let open = true
    const isTimed = columns.time !== undefined && variables.groupBy.includes(columns.time)
    const read = isTimed ? readLines : readBars
    read(client, variables, metric, columns).then(
      data => open && setChart({ key, state: 'READY', data, refusals: [] }),
      (error: unknown) =>
        open && setChart({ key, state: 'FAILED', data: null, refusals: error instanceof Refused ? error.refusals : [] })
    )
    return () => {
      open = false
    }
  }, [key, client])
  const again = useCallback(() => setTurn(known => known + 1), [])
  // What is known of other variables is not shown as if it were of these.
  return { ...(chart.key === key ? chart : loading), again }
}
