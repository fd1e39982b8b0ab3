import { type ReactNode, useCallback, useEffect, useMemo, useRef, useState } from 'react'
import { useQuery } from 'urql'
import { useLocation, useSearch } from 'wouter'
import { refusalsOf } from '../../../web/kit/client.ts'
import { useFormats } from '../../../web/kit/formats.ts'
import { useLanguage } from '../../../web/kit/messages.ts'
import { RefusalTexts } from '../../../web/kit/refusal-text.tsx'
import { ExportButton } from '../../../web/portal-kit/export-button.tsx'
import { GridViews, useGridViews } from '../../../web/portal-kit/grid-views.tsx'
import { useViewer } from '../../../web/portal-kit/viewer.ts'
import { BreakoutColumnsDocument } from './breakout.graphql.ts'
import { type BreakoutColumns, columnsOf } from './breakout-column.ts'
import { BreakoutInputs } from './breakout-inputs.tsx'
import type { BreakoutVariables } from './breakout-query.ts'
import { faultOfRange, mostDays, mostMonths, rangeOf } from './breakout-range.ts'
import { BreakoutReport } from './breakout-report.tsx'
import {
  type BreakoutState,
  filterOf,
  firstState,
  inputsOf,
  namesUnknown,
  narrowState,
  readState,
  searchOfState,
  stateOfSearch
} from './breakout-state.ts'
import { words } from './breakout-words.ts'
import 'uplot/dist/uPlot.min.css'
import './breakout.css'

export { reasonWords } from './refusal-words.ts'

/** Sums of the company's calls by up to four columns, when they are asked for. */
export const Page = (): ReactNode => {
  const t = words.use()
  const language = useLanguage()
  const { accessRevision } = useViewer()
  const [{ data, fetching, error }, ask] = useQuery({ query: BreakoutColumnsDocument, variables: { language } })
  const views = useGridViews<unknown>('BREAKOUT')
  const look = useCallback(() => ask({ requestPolicy: 'network-only' }), [ask])
  // What the viewer may see has changed: columns may have come or gone.
  const revision = useRef(accessRevision)
  useEffect(() => {
    if (revision.current === accessRevision) return
    revision.current = accessRevision
    look()
  }, [accessRevision, look])
  const columns = useMemo(() => (data?.breakoutColumns == null ? null : columnsOf(data)), [data])
  if (columns !== null && views.ready && columns.groups.length > 0)
    return (
      <div data-part="breakout">
        <Breakout columns={columns} look={look} views={views} />
      </div>
    )
  return (
    <div data-part="breakout">
      <h1>{t('title')}</h1>
      {columns !== null && views.ready ? (
        <p data-part="empty">{t('noGroups')}</p>
      ) : columns !== null || fetching ? (
        <p data-part="loading">{t('loading')}</p>
      ) : (
        <div role="alert" data-part="broken">
          <p>{error === undefined ? t('failed') : <RefusalTexts refusals={refusalsOf(error).slice(0, 1)} />}</p>
          <button type="button" onClick={look}>
            {t('again')}
          </button>
        </div>
      )}
    </div>
  )
}

interface BreakoutProps {
  readonly columns: BreakoutColumns
  readonly views: ReturnType<typeof useGridViews<unknown>>
  look(): void
}

/**
 * What was run stands in the address; what is typed since is a draft until the next run. `turn` goes up when the same
 * report is run again.
 */
const useRuns = (columns: BreakoutColumns, last: BreakoutState | null) => {
  const [, navigate] = useLocation()
  const search = useSearch()
  const text = new URLSearchParams(search).toString()
  const kept = useMemo(() => stateOfSearch(new URLSearchParams(text)) ?? last ?? firstState, [text, last])
  const ran = useMemo(() => narrowState(kept, columns), [kept, columns])
  const [typed, setTyped] = useState(kept)
  const draft = useMemo(() => narrowState(typed, columns), [typed, columns])
  const [turn, setTurn] = useState(0)
  const [dropped, setDropped] = useState(false)

  const written = useRef<string | null>(null)
  const write = useCallback(
    (state: BreakoutState, replace: boolean) => {
      written.current = searchOfState(state).toString()
      navigate(`?${written.current}`, { replace })
    },
    [navigate]
  )
  // Names of what is hidden do not stay in the address.
  useEffect(() => {
    if (namesUnknown(kept, columns)) setDropped(true)
    if (searchOfState(ran).toString() !== text) write(ran, true)
  }, [kept, ran, columns, text, write])
  // Somebody went back, or followed a link.
  const seen = useRef(text)
  useEffect(() => {
    if (seen.current !== text && written.current !== text) setTyped(ran)
    seen.current = text
  }, [text, ran])

  const run = useCallback(
    (state: BreakoutState) => {
      const next = narrowState(state, columns)
      setTyped(next)
      setDropped(namesUnknown(state, columns))
      // Another address is another run by itself.
      if (searchOfState(next).toString() === text) setTurn(before => before + 1)
      else write(next, false)
    },
    [columns, text, write]
  )
  return {
    ran,
    draft,
    turn,
    dropped,
    run,
    type: (part: Partial<BreakoutState>): void => setTyped({ ...draft, ...part }),
    /** What follows at once, without a run. */
    follow: (part: Pick<Partial<BreakoutState>, 'sort' | 'chart'>): void => {
      setTyped({ ...draft, ...part })
      write({ ...ran, ...part }, true)
    }
  }
}

const Breakout = ({ columns, views, look }: BreakoutProps): ReactNode => {
  const t = words.use()
  const { timeZone } = useFormats()
  const inputs = useRef<HTMLElement>(null)
  const [last] = useState(() => (views.last === null ? null : readState(views.last)))
  const { ran, draft, turn, dropped, run, type, follow } = useRuns(columns, last)
  const { remember } = views
  const first = useRef(ran)
  useEffect(() => {
    if (first.current !== ran) remember(ran)
  }, [ran, remember])

  const hourly = (state: BreakoutState): boolean =>
    state.bucket === 'HOUR' && (state.groupBy ?? columns.standardGroups).some(name => name === columns.time)
  const inputsRun = inputsOf(ran)
  // A preset means the time of the run; pages that follow must mean the same.
  // biome-ignore lint/correctness/useExhaustiveDependencies: see above
  const range = useMemo(() => rangeOf(ran.range, new Date(), timeZone), [inputsRun, timeZone, turn])
  const fault = faultOfRange(range, hourly(ran))
  const variables = useMemo(
    (): BreakoutVariables => ({
      range,
      groupBy: ran.groupBy ?? columns.standardGroups,
      period: ran.bucket,
      metrics: ran.metrics ?? columns.standardMetrics,
      filter: filterOf(ran, columns),
      having: ran.having
    }),
    [range, ran, columns]
  )
  const draftRange = rangeOf(draft.range, new Date(), timeZone)
  const isFaulty = faultOfRange(draftRange, hourly(draft)) !== null
  const isChanged = inputsOf(draft) !== inputsOf(ran)
  const refresh = (): void => {
    const wrong = inputs.current?.querySelector<HTMLElement>('[aria-invalid=true]')
    if (wrong != null) wrong.focus()
    else if (!isFaulty) run(draft)
  }
  return (
    <>
      <header data-part="page-head">
        <h1>{t('title')}</h1>
        <div data-part="page-actions">
          <GridViews
            views={views.views}
            onOpen={view => run(readState(view))}
            onSave={name => views.save(name, draft)}
            onRemove={view => views.remove(view)}
          />
          <ExportButton
            grid="BREAKOUT"
            filter={{ ...variables, sort: ran.sort === null ? null : [ran.sort] }}
            columns={[...variables.groupBy, ...variables.metrics]}
            disabled={fault !== null}
          />
        </div>
      </header>
      <section ref={inputs} data-part="filters" aria-label={t('inputs')}>
        <BreakoutInputs state={draft} range={draftRange} columns={columns} change={type} />
        <p data-part="breakout-run">
          <button type="button" data-part="primary" aria-disabled={isFaulty || undefined} onClick={refresh}>
            {t('refresh')}
          </button>
          <span role="status" data-part="breakout-changed">
            {isChanged && !isFaulty && t('changed')}
          </span>
        </p>
      </section>
      <p role="status" data-part="breakout-dropped">
        {dropped && t('dropped')}
      </p>
      {fault === null ? (
        <BreakoutReport
          key={JSON.stringify([variables, turn])}
          variables={variables}
          columns={columns}
          sort={ran.sort}
          chart={ran.chart}
          change={follow}
          look={look}
        />
      ) : (
        isChanged && <p data-part="fault">{t(fault, { count: fault === 'rangeHour' ? mostDays : mostMonths })}</p>
      )}
    </>
  )
}
