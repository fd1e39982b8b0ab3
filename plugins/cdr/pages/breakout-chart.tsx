import { type ReactNode, useId, useState } from 'react'
import { useFormats } from '../../../web/kit/formats.ts'
import { useLanguage } from '../../../web/kit/messages.ts'
import { part } from '../../../web/kit/part.tsx'
import { RefusalTexts } from '../../../web/kit/refusal-text.tsx'
import { useBreakoutTexts } from './breakout-cell.tsx'
import { type ChartData, type ChartLine, rankOf, useChart } from './breakout-chart-data.ts'
import { type BreakoutColumn, type BreakoutColumns, type BreakoutValues, isSum } from './breakout-column.ts'
import type { BreakoutVariables } from './breakout-query.ts'
import type { Bucket } from './breakout-range.ts'
import { words } from './breakout-words.ts'

const NoLines = (): ReactNode => {
  const t = words.use()
  return (
    <p role="alert" data-part="chart-failed">
      {t('notDrawn')}
    </p>
  )
}

const LinesLoading = (): ReactNode => {
  const t = words.use()
  return <p data-part="chart-state">{t('chartLoading')}</p>
}

/** By itself, as the report stands without it: what draws it does not start in every browser. */
const BreakoutLines = part(
  () => import('./breakout-lines.tsx').then(({ BreakoutLines }) => BreakoutLines),
  NoLines,
  <LinesLoading />
)

type Lines = Extract<ChartData, { readonly kind: 'LINES' }>

/** One metric of the report as a drawing. */
export const BreakoutChart = ({
  variables,
  columns,
  metrics,
  metric,
  onMetric
}: {
  readonly variables: BreakoutVariables
  readonly columns: BreakoutColumns
  /** What may be drawn. */
  readonly metrics: readonly BreakoutColumn[]
  readonly metric: BreakoutColumn
  onMetric(name: string): void
}): ReactNode => {
  const t = words.use()
  const id = useId()
  const texts = useBreakoutTexts()
  const { state, data, refusals, again } = useChart(variables, metric, columns)
  const heading = texts.heading(metric)
  const rank = texts.heading(rankOf(metric, columns))
  const count = data === null ? 0 : data.kind === 'LINES' ? data.lines.length : data.rows.length
  return (
    <figure data-part="chart" aria-labelledby={`${id}title`} aria-busy={state === 'LOADING'}>
      <figcaption data-part="chart-head">
        <h2 id={`${id}title`}>{t('chart')}</h2>
        <span>
          <label htmlFor={`${id}metric`}>{t('chartOf')}</label>{' '}
          <select id={`${id}metric`} value={metric.name} onChange={event => onMetric(event.target.value)}>
            {metrics.map(column => (
              <option key={column.name} value={column.name}>
                {texts.heading(column)}
              </option>
            ))}
          </select>
        </span>
      </figcaption>
      {state === 'LOADING' && <p data-part="chart-state">{t('chartLoading')}</p>}
      {state === 'FAILED' && (
        <div role="alert" data-part="chart-failed">
          <p>
            {t('chartFailed')} <RefusalTexts refusals={refusals.slice(0, 1)} />
          </p>
          <button type="button" onClick={again}>
            {t('again')}
          </button>
        </div>
      )}
      {state === 'READY' && data !== null && (
        <>
          {data.kind === 'LINES' ? (
            <LineChart
              data={data}
              metric={metric}
              columns={columns}
              groupBy={variables.groupBy}
              having={variables.having !== null}
              label={t('lines', { metric: heading, count })}
            />
          ) : (
            <Bars
              rows={data.rows}
              metric={metric}
              columns={columns}
              groupBy={variables.groupBy}
              label={t('bars', { metric: heading })}
            />
          )}
          {data.kind === 'LINES' && data.bucket !== variables.period && (
            <p data-part="hint">{t('drawnBy', { bucket: t(data.bucket) })}</p>
          )}
          {data.isCut && <p data-part="hint">{t('largestOf', { count, rank })}</p>}
        </>
      )}
    </figure>
  )
}

const useNames = (columns: BreakoutColumns, groupBy: readonly string[]) => {
  const t = words.use()
  const texts = useBreakoutTexts()
  return (groups: readonly BreakoutValues[]): readonly string[] => {
    const severalCurrencies = new Set(groups.map(({ currency }) => currency)).size > 1
    const names = groupBy.filter(name => name !== columns.time)
    return groups.map(group => {
      const parts = names.map(name => texts.value(columns.all.get(name)!, group, 'DAY') || t('noValue'))
      const all = parts.length === 0 ? [t('all')] : parts
      return [...all, ...(severalCurrencies ? [String(group.currency ?? '')] : [])].join(' · ')
    })
  }
}

interface DrawnProps {
  readonly metric: BreakoutColumn
  readonly columns: BreakoutColumns
  readonly groupBy: readonly string[]
  readonly label: string
}

const numberOf = (value: BreakoutValues[string]): number | null =>
  value === null || value === undefined ? null : Number(value)

/** Labels of the time axis. */
const useAxis = (bucket: Bucket, isSeconds: boolean, isPercent: boolean) => {
  const formats = useFormats()
  const locale = `${useLanguage()}-u-nu-latn`
  const utc = (options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat =>
    new Intl.DateTimeFormat(locale, { ...options, timeZone: 'UTC' })
  const day = utc({ month: 'short', day: 'numeric' })
  const month = utc({ month: 'short', year: 'numeric' })
  const hour = utc({ hour: '2-digit', minute: '2-digit', hourCycle: 'h23' })
  const compact = new Intl.NumberFormat(locale, { notation: 'compact', maximumFractionDigits: 3 })
  return {
    time: (start: number): string => {
      if (bucket === 'MONTH') return month.format(start)
      return bucket === 'HOUR' && start % 86_400_000 !== 0 ? hour.format(start) : day.format(start)
    },
    value: (value: number): string => {
      if (isSeconds) return formats.duration(value)
      return isPercent ? formats.percent(value) : compact.format(value)
    }
  }
}

const LineChart = ({
  data,
  metric,
  columns,
  groupBy,
  having,
  label
}: DrawnProps & { readonly data: Lines; readonly having: boolean }): ReactNode => {
  const t = words.use()
  const texts = useBreakoutTexts()
  const isSeconds = metric.unit === 's'
  const axis = useAxis(data.bucket, isSeconds, metric.type === 'percent')
  const names = useNames(columns, groupBy)(data.lines.map(({ group }) => group))
  const [open, setOpen] = useState(false)
  if (data.lines.length === 0) return null
  // No calls sum up to nothing; what was left out by a rule, or is a mean, has no value there.
  const gap = isSum(metric) && !having ? 0 : null
  const at = (line: ChartLine, start: number): number | null => {
    const row = line.rows.get(start)
    return row === undefined ? gap : numberOf(row[metric.name])
  }
  const textAt = (line: number, bucket: number): string => {
    const row = data.lines[line]?.rows.get(data.starts[bucket]!)
    return row === undefined ? '' : texts.value(metric, row, data.bucket)
  }
  const timeAt = (start: number): string => texts.period(new Date(start).toISOString(), data.bucket)
  return (
    <>
      <BreakoutLines
        label={label}
        starts={data.starts}
        lines={data.lines.map((line, index) => ({
          key: JSON.stringify(line.group),
          label: names[index]!,
          values: data.starts.map(start => at(line, start))
        }))}
        isSeconds={isSeconds}
        time={axis.time}
        timeAt={timeAt}
        axisValue={axis.value}
        valueAt={textAt}
      />
      <details data-part="chart-figures" onToggle={event => setOpen(event.currentTarget.open)}>
        <summary>{t('figures')}</summary>
        {open && (
          // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls by the arrow keys
          <section data-part="chart-scroller" tabIndex={0} aria-label={t('figures')}>
            <table>
              <thead>
                <tr>
                  <th scope="col">{t(data.bucket)}</th>
                  {names.map((name, index) => (
                    <th key={JSON.stringify(data.lines[index]!.group)} scope="col">
                      <bdi>{name}</bdi>
                    </th>
                  ))}
                </tr>
              </thead>
              <tbody>
                {data.starts.map((start, bucket) => (
                  <tr key={start}>
                    <th scope="row">{timeAt(start)}</th>
                    {data.lines.map((line, index) => (
                      <td key={JSON.stringify(line.group)}>
                        <bdi>{textAt(index, bucket)}</bdi>
                      </td>
                    ))}
                  </tr>
                ))}
              </tbody>
            </table>
          </section>
        )}
      </details>
    </>
  )
}

const Bars = ({
  rows,
  metric,
  columns,
  groupBy,
  label
}: DrawnProps & { readonly rows: readonly BreakoutValues[] }): ReactNode => {
  const texts = useBreakoutTexts()
  const names = useNames(columns, groupBy)(rows)
  const most = Math.max(0, ...rows.map(row => numberOf(row[metric.name]) ?? 0))
  return (
    <ol aria-label={label} data-part="chart-bars">
      {rows.map((row, index) => (
        <li key={JSON.stringify(row)} data-part="chart-bar">
          <span data-part="chart-name">
            <bdi>{names[index]}</bdi>
          </span>
          <span data-part="chart-value">
            <bdi>{texts.value(metric, row, 'DAY') || '–'}</bdi>
          </span>
          <span data-part="chart-track" aria-hidden="true">
            <span
              data-part="chart-fill"
              style={{ inlineSize: `${most === 0 ? 0 : (Math.max(0, numberOf(row[metric.name]) ?? 0) / most) * 100}%` }}
            />
          </span>
        </li>
      ))}
    </ol>
  )
}
