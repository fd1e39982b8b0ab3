import { type ReactNode, useEffect, useMemo } from 'react'
import { useFormats } from '../../../web/kit/formats.ts'
import { part } from '../../../web/kit/part.tsx'
import { usePages } from '../../../web/kit/use-pages.ts'
import { Grid, type GridColumn } from '../../../web/portal-kit/grid.tsx'
import { BreakoutCell, useBreakoutTexts } from './breakout-cell.tsx'
import { type BreakoutColumns, type BreakoutValues, isMoney, isNumeric } from './breakout-column.ts'
import { type BreakoutVariables, rowsQuery } from './breakout-query.ts'
import type { BreakoutState } from './breakout-state.ts'
import { useTotals } from './breakout-totals.ts'
import { words } from './breakout-words.ts'

/** After the table, which needs none of it. */
const BreakoutChart = part(
  () => import('./breakout-chart.tsx').then(({ BreakoutChart }) => BreakoutChart),
  undefined,
  <p data-part="chart-state" />
)

const pageRows = 100

interface Row {
  readonly key: string
  readonly values: BreakoutValues
  readonly isTotal: boolean
}

/** One run of the report: its rows, their totals and the chart. */
export const BreakoutReport = ({
  variables,
  columns,
  sort,
  chart,
  change,
  look
}: {
  readonly variables: BreakoutVariables
  readonly columns: BreakoutColumns
  readonly sort: BreakoutState['sort']
  readonly chart: BreakoutState['chart']
  change(part: Pick<Partial<BreakoutState>, 'sort' | 'chart'>): void
  /** Asks the server anew which columns there are. */
  look(): void
}): ReactNode => {
  const t = words.use()
  const formats = useFormats()
  const texts = useBreakoutTexts()
  const { range, groupBy, metrics, period, filter, having } = variables
  const shown = useMemo(
    () => [...groupBy, ...metrics].flatMap(name => columns.all.get(name) ?? []),
    [groupBy, metrics, columns]
  )
  const query = useMemo(() => rowsQuery([...groupBy, ...metrics]), [groupBy, metrics])
  const pages = usePages({
    query,
    variables: { ...variables, sort: sort === null ? null : [sort], first: pageRows },
    pick: ({ breakout }) => breakout && { nodes: breakout.rows, pageInfo: breakout.pageInfo }
  })
  const sums = useTotals(variables)
  // Before the server has said so, a column may have gone.
  const isWrong = pages.state === 'FAILED' && pages.refusals.some(({ code }) => code === 'BAD_USER_INPUT')
  useEffect(() => {
    if (isWrong) look()
  }, [isWrong, look])

  const rows = useMemo(
    () =>
      pages.rows.map((values): Row => {
        const key = JSON.stringify([...groupBy, 'currency'].map(name => values[name] ?? null))
        return { key, values, isTotal: false }
      }),
    [pages.rows, groupBy]
  )
  const gridColumns = shown.map(
    (column, place): GridColumn<Row> => ({
      name: column.name,
      title: texts.heading(column),
      align: isNumeric(column) ? 'end' : 'start',
      sortable: column.sortable,
      cell: ({ values, isTotal }) =>
        isTotal && place === 0 ? (
          t('total')
        ) : (
          <BreakoutCell column={column} text={texts.value(column, values, period)} isTotal={isTotal} />
        )
    })
  )
  const drawable = shown.filter(column => !column.groupable && isNumeric(column))
  const metric = drawable.find(({ name }) => name === chart) ?? drawable[0]
  const hasMoney = shown.some(isMoney)
  const totals: Row | undefined =
    sums.totals === null ? undefined : { key: 'total', values: sums.totals, isTotal: true }
  const isEmpty = pages.state === 'READY' && rows.length === 0
  return (
    <div data-part="breakout-report">
      <p data-part="breakout-facts">
        {t('span', { from: texts.instant(range.from), to: texts.instant(range.to) })}{' '}
        {sums.generatedAt !== null && <>{t('generated', { time: formats.dateTime(sums.generatedAt) })}</>}
      </p>
      {hasMoney && sums.unrated > 0 && (
        <p role="status" data-part="breakout-unrated">
          {t('unrated', { count: sums.unrated })}
        </p>
      )}
      {hasMoney && !isEmpty && sums.totals !== null && sums.totals.currency === null && (
        <p data-part="breakout-mixed">{t('mixed')}</p>
      )}
      {sums.state === 'FAILED' && (
        <div role="alert" data-part="breakout-totals-failed">
          <p>{t('totalsFailed')}</p>
          <button type="button" onClick={sums.again}>
            {t('again')}
          </button>
        </div>
      )}
      <div data-part="breakout-views">
        <Grid
          label={t('title')}
          columns={gridColumns}
          rows={rows}
          rowKey={row => row.key}
          sort={sort ?? undefined}
          onSort={next => change({ sort: next })}
          state={pages.state}
          refusals={pages.refusals}
          hasMore={pages.hasMore}
          loadMore={pages.loadMore}
          retry={pages.reload}
          empty={t(filter === null && having === null ? 'empty' : 'noneFits')}
          {...(totals !== undefined && { totals })}
        />
        {metric !== undefined && rows.length > 0 && (
          <BreakoutChart
            variables={variables}
            columns={columns}
            metrics={drawable}
            metric={metric}
            onMetric={name => change({ chart: name })}
          />
        )}
      </div>
    </div>
  )
}
