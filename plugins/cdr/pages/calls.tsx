import { type ReactNode, useCallback, useEffect, useId, useMemo, useRef, useState } from 'react'
import { type TypedDocumentNode, useQuery } from 'urql'
import { useSearchParams } from 'wouter'
import { refusalsOf } from '../../../web/kit/client.ts'
import { useFormats } from '../../../web/kit/formats.ts'
import { useLanguage } from '../../../web/kit/messages.ts'
import { RefusalTexts } from '../../../web/kit/refusal-text.tsx'
import { usePages } from '../../../web/kit/use-pages.ts'
import { ColumnChooser } from '../../../web/portal-kit/column-chooser.tsx'
import {
  DateRangeField,
  type DateRangeValue,
  isRangePreset,
  rangeOfPreset
} from '../../../web/portal-kit/date-range.tsx'
import { Drawer } from '../../../web/portal-kit/drawer.tsx'
import { ExportButton } from '../../../web/portal-kit/export-button.tsx'
import { Grid, type GridColumn } from '../../../web/portal-kit/grid.tsx'
import { GridViews, type GridViewsOf, useGridViews } from '../../../web/portal-kit/grid-views.tsx'
import { QueryBuilder } from '../../../web/portal-kit/query-builder.tsx'
import { useViewer } from '../../../web/portal-kit/viewer.ts'
import { archivesWithin, type CallArchive, CallArchives } from './call-archives.tsx'
import { amountTypes, type CallColumn, type CallValues, callCell, enumLabel, isNumeric } from './call-cell.tsx'
import { CallDetails } from './call-details.tsx'
import { CallNumber } from './call-number.tsx'
import { CallColumnsDocument, type CallColumnsQuery } from './calls.graphql.ts'
import {
  type CallsState,
  firstState,
  habitsOf,
  narrowState,
  readState,
  searchOfState,
  stateOfSearch
} from './calls-state.ts'
import { words } from './calls-words.ts'
import './calls.css'

export { reasonWords } from './refusal-words.ts'

/** What one list may span, in days; the server refuses more. */
const maxDays = 31
const pageRows = 100

type ListedColumn = CallColumn & {
  readonly sortable: boolean
  readonly filterable: boolean
  /** The unit in the language of the page. */
  readonly unitText: string | null
  /** The words of an enum. */
  readonly values: readonly string[] | undefined
}

interface CallRow {
  readonly key: string
  readonly values: CallValues
}

interface CallsAnswer {
  readonly cdrs: {
    readonly nodes: readonly CallValues[] | null
    readonly pageInfo: { readonly endCursor: string | null; readonly hasNextPage: boolean } | null
  } | null
}

interface CallsVariables {
  readonly filter: unknown
  readonly sort: unknown
  readonly first: number
  readonly after: string | null
}

/**
 * The document of a list. It is put together from the columns that the server says there are: a column the viewer does
 * not have is named nowhere in the page.
 */
const callsQuery = (names: readonly string[]) =>
  `query Calls($filter: CdrFilter!, $sort: [SortInput!], $first: Int, $after: String) {
    cdrs(filter: $filter, sort: $sort, first: $first, after: $after) {
      nodes { ${[...names].sort().join(' ')} }
      pageInfo { endCursor hasNextPage }
    }
  }` as unknown as TypedDocumentNode<CallsAnswer, CallsVariables>

const columnsOf = (answer: CallColumnsQuery): readonly ListedColumn[] => {
  const words = new Map(
    (answer.__type?.fields ?? []).map(({ name, type }) => [name, type.enumValues?.map(value => value.name)])
  )
  return (answer.cdrColumns ?? []).map(column => ({ ...column, values: words.get(column.name) }))
}

/** The calls of the viewer's company: chosen, sorted and filtered by the server, and written to files. */
export const Page = (): ReactNode => {
  const t = words.use()
  const language = useLanguage()
  const { accessRevision } = useViewer()
  const views = useGridViews<unknown>('CDR')
  const [{ data, fetching, error }, ask] = useQuery({ query: CallColumnsDocument, variables: { language } })
  const look = useCallback(() => ask({ requestPolicy: 'network-only' }), [ask])
  // What the viewer may see has changed: columns may have come or gone.
  const revision = useRef(accessRevision)
  useEffect(() => {
    if (revision.current === accessRevision) return
    revision.current = accessRevision
    look()
  }, [accessRevision, look])
  const columns = useMemo(() => (data === undefined ? [] : columnsOf(data)), [data])
  const archives = useMemo(
    () => (data?.cdrArchives ?? []).flatMap(({ month, url }) => (month && url ? [{ month, url }] : [])),
    [data]
  )
  return (
    <div data-part="calls">
      {columns.length > 0 && views.ready ? (
        <CallList columns={columns} archives={archives} look={look} views={views} />
      ) : columns.length > 0 || fetching ? (
        <>
          <h1>{t('title')}</h1>
          <p data-part="loading">{t('loading')}</p>
        </>
      ) : (
        <>
          <h1>{t('title')}</h1>
          <div role="alert" data-part="broken">
            <p>{error === undefined ? t('failed') : <RefusalTexts refusals={refusalsOf(error).slice(0, 1)} />}</p>
            <button type="button" onClick={look}>
              {t('again')}
            </button>
          </div>
        </>
      )}
    </div>
  )
}

/** What is shown: kept in the address, so that it can be handed on and survives a reload. */
const useCallsState = (last: CallsState | null): readonly [CallsState, (change: Partial<CallsState>) => void] => {
  const [search, setSearch] = useSearchParams()
  const text = search.toString()
  // biome-ignore lint/correctness/useExhaustiveDependencies: the same text is the same state
  const state = useMemo(() => stateOfSearch(search) ?? last ?? firstState, [text, last])
  useEffect(() => {
    const whole = searchOfState(state)
    if (whole.toString() !== text) setSearch(whole, { replace: true })
  }, [state, text, setSearch])
  const current = useRef(state)
  current.current = state
  const change = useCallback(
    (part: Partial<CallsState>) => {
      current.current = { ...current.current, ...part }
      setSearch(searchOfState(current.current), { replace: true })
    },
    [setSearch]
  )
  return [state, change]
}

interface CallsProps {
  readonly columns: readonly ListedColumn[]
  readonly archives: readonly CallArchive[]
  readonly views: GridViewsOf<unknown>
  /** Asks the server anew which columns there are. */
  look(): void
}

const CallList = ({ columns, archives, look, views }: CallsProps): ReactNode => {
  const t = words.use()
  const formats = useFormats()
  const { timeZone } = formats
  const id = useId()
  const known = useMemo(() => new Map(columns.map(column => [column.name, column])), [columns])
  const has = useCallback((name: string) => known.has(name), [known])

  const [last] = useState(() => (views.last === null ? null : habitsOf(readState(views.last))))
  const [kept, change] = useCallsState(last)
  const { remember } = views
  const opened = useRef(kept)
  useEffect(() => {
    if (opened.current !== kept) remember(kept)
  }, [kept, remember])

  const state = useMemo(() => narrowState(kept, has), [kept, has])
  const { period, number, connectedOnly, direction, where, sort } = state
  const [turn, setTurn] = useState(0)
  const periodKey = JSON.stringify(period)
  // A preset means the time at which it is asked for; pages that follow must mean the same.
  // biome-ignore lint/correctness/useExhaustiveDependencies: see above
  const range = useMemo(
    () => ('preset' in period ? rangeOfPreset(period.preset, new Date(), timeZone) : period),
    [periodKey, timeZone, turn]
  )
  const filter = {
    range: { from: range.from, to: range.to },
    ...(connectedOnly && { connectedOnly }),
    ...(number !== '' && { number }),
    ...(direction !== null && { direction }),
    ...(where !== null && { where })
  }
  const all = useMemo(() => columns.map(({ name }) => name), [columns])
  const chosen = state.columns ?? all

  // With these a call is found again when its details are asked for; without them the list asks for all there is.
  const asked = useMemo(() => {
    if (!has('callId') || !has('startedAt')) return all
    const money = chosen.some(name => amountTypes.includes(known.get(name)?.type ?? ''))
    return all.filter(
      name => chosen.includes(name) || name === 'callId' || name === 'startedAt' || (money && name === 'currency')
    )
  }, [all, chosen, has, known])
  const query = useMemo(() => callsQuery(asked), [asked])
  const pages = usePages({
    query,
    variables: { filter, sort: sort === null ? null : [sort], first: pageRows },
    pick: answer => answer.cdrs
  })
  const refused = pages.state === 'FAILED' ? pages.refusals : []
  // Before the server has said so, a column may have gone.
  const isWrong = refused.some(({ code }) => code === 'BAD_USER_INPUT')
  useEffect(() => {
    if (isWrong) look()
  }, [isWrong, look])

  const rows = useMemo(() => pages.rows.map((values, index) => ({ key: String(index), values })), [pages.rows])
  const gridColumns = useMemo(
    () =>
      chosen.flatMap((name): GridColumn<CallRow>[] => {
        const column = known.get(name)
        if (column === undefined) return []
        const { title, sortable } = column
        const align = isNumeric(column) ? 'end' : 'start'
        return [{ name, title, sortable, align, cell: ({ values }) => callCell(column, values, formats, t) }]
      }),
    [chosen, known, formats, t]
  )
  const filterColumns = useMemo(
    () =>
      columns
        .filter(({ filterable }) => filterable)
        .map(({ name, title, type, unitText, values }) => ({
          name,
          title,
          type,
          unit: unitText,
          ...(values !== undefined && { values: values.map(value => ({ value, label: enumLabel(t, value) })) })
        })),
    [columns, t]
  )
  const [open, setOpen] = useState<CallValues | null>(null)
  const isFiltered = number !== '' || connectedOnly || direction !== null || where !== null
  const clear = (): void => change({ number: '', connectedOnly: false, direction: null, where: null })
  const value: DateRangeValue = 'preset' in period ? { ...range, preset: period.preset } : period
  return (
    <>
      <header data-part="page-head">
        <h1>{t('title')}</h1>
        <div data-part="page-actions">
          <GridViews
            views={views.views}
            onOpen={view => change(readState(view))}
            onSave={name => views.save(name, kept)}
            onRemove={view => views.remove(view)}
          />
          <button
            type="button"
            data-part="refresh"
            onClick={() => {
              // By now a preset may mean another period, which is another list.
              const now = 'preset' in period ? rangeOfPreset(period.preset, new Date(), timeZone) : range
              if (now.from === range.from && now.to === range.to) pages.reload()
              else setTurn(turn + 1)
            }}
          >
            {t('refresh')}
          </button>
          <ExportButton grid="CDR" filter={filter} columns={chosen} disabled={pages.state === 'FAILED'} />
        </div>
      </header>
      <section data-part="filters" aria-label={t('filters')}>
        <DateRangeField
          value={value}
          maxDays={maxDays}
          onChange={({ preset, from, to }) => {
            change({ period: isRangePreset(preset) ? { preset } : { from, to } })
            setTurn(turn + 1)
          }}
        />
        {(has('cli') || has('destination')) && (
          <CallNumber value={number} onChange={text => change({ number: text })} />
        )}
        {has('direction') && (
          <p data-part="field">
            <label htmlFor={`${id}direction`}>{t('direction')}</label>
            <select
              id={`${id}direction`}
              value={direction ?? ''}
              onChange={event => change({ direction: (event.target.value || null) as CallsState['direction'] })}
            >
              <option value="">{t('anyDirection')}</option>
              <option value="TERMINATION">{t('TERMINATION')}</option>
              <option value="ORIGINATION">{t('ORIGINATION')}</option>
            </select>
          </p>
        )}
        {has('duration') && (
          <p data-part="check">
            <label>
              <input
                type="checkbox"
                checked={connectedOnly}
                onChange={event => change({ connectedOnly: event.target.checked })}
              />{' '}
              {t('connectedOnly')}
            </label>
          </p>
        )}
        <QueryBuilder columns={filterColumns} value={where} onChange={next => change({ where: next })} />
        <ColumnChooser
          columns={columns}
          chosen={chosen}
          onChange={next => change({ columns: next.join() === all.join() ? null : next })}
        />
      </section>
      {refused.some(({ reason }) => reason === 'CALLS_ARCHIVED') ? (
        <Archived archives={archivesWithin(archives, range)} />
      ) : (
        <Grid
          label={t('title')}
          columns={gridColumns}
          rows={rows}
          rowKey={row => row.key}
          sort={sort ?? (has('startedAt') ? { column: 'startedAt', dir: 'DESC' } : undefined)}
          onSort={next => change({ sort: next })}
          state={pages.state}
          refusals={pages.refusals}
          hasMore={pages.hasMore}
          loadMore={pages.loadMore}
          retry={pages.reload}
          empty={
            isFiltered ? (
              <>
                <p>{t('noneFits')}</p>
                <button type="button" onClick={clear}>
                  {t('clearFilters')}
                </button>
              </>
            ) : (
              <p>{t('none')}</p>
            )
          }
          onOpen={row => setOpen(row.values)}
        />
      )}
      {archives.length > 0 && (
        <details data-part="older">
          <summary>{t('archives')}</summary>
          <p data-part="hint">{t('archivesHint')}</p>
          <CallArchives archives={archives} />
        </details>
      )}
      <Drawer
        title={
          typeof open?.startedAt === 'string'
            ? t('detailsOf', { time: formats.dateTime(open.startedAt) })
            : t('details')
        }
        open={open !== null}
        onClose={() => setOpen(null)}
      >
        {open !== null && <CallDetails call={open} columns={columns} />}
      </Drawer>
    </>
  )
}

const Archived = ({ archives }: { readonly archives: readonly CallArchive[] }): ReactNode => {
  const t = words.use()
  return (
    <div role="alert" data-part="archived">
      <p>{t(archives.length > 0 ? 'archived' : 'archivedNone')}</p>
      {archives.length > 0 && <CallArchives archives={archives} />}
    </div>
  )
}
