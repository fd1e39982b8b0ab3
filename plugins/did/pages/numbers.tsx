import { type ReactNode, Suspense, use, useCallback, useEffect, useMemo, useState } from 'react'
import { useLocation, useRoute } from 'wouter'
import { part } from '../../../web/kit/part.tsx'
import { usePages } from '../../../web/kit/use-pages.ts'
import { ColumnChooser } from '../../../web/portal-kit/column-chooser.tsx'
import { Drawer } from '../../../web/portal-kit/drawer.tsx'
import { ExportButton } from '../../../web/portal-kit/export-button.tsx'
import { Grid, type GridColumn } from '../../../web/portal-kit/grid.tsx'
import { GridViews, type GridViewsOf, useGridViews } from '../../../web/portal-kit/grid-views.tsx'
import { useViewer } from '../../../web/portal-kit/viewer.ts'
import { type CompanyNumber, maxBulk } from './number.ts'
import { loadTags, type NumberChange, type NumberExtras } from './number-extras.ts'
import { type NumberFact, useNumberFacts } from './number-facts.tsx'
import { NumberFilters } from './number-filters.tsx'
import { filterOf, type ListState, useListState } from './number-list-state.ts'
import { NumbersDocument } from './numbers.graphql.ts'
import { phoneText } from './phone.tsx'
import { words } from './words.ts'
import './numbers.css'

export { reasonWords } from './refusal-words.ts'

/** Forms, which nobody needs to see the list. */
const NumberDetails = part(() => import('./number-details.tsx').then(({ NumberDetails }) => NumberDetails))
const BulkChange = part(() => import('./bulk-change.tsx').then(({ BulkChange }) => BulkChange))

const pageSize = 50
const noFacts = { useFacts: (): readonly NumberFact[] => [] }

/** The numbers of a customer. */
export const Page = (): ReactNode => {
  const t = words.use()
  const views = useGridViews<unknown>('did.numbers')
  const loading = <p data-part="loading">{t('loading')}</p>
  return (
    <Suspense fallback={loading}>
      <WithExtras views={views} loading={loading} />
    </Suspense>
  )
}

const WithExtras = ({
  views,
  loading
}: {
  readonly views: GridViewsOf<unknown>
  readonly loading: ReactNode
}): ReactNode => {
  const hasExtras = useViewer().has('tags')
  const extras = hasExtras ? use(loadTags()) : null
  if (!views.ready) return loading
  // What somebody gains or loses while the page is open changes the list itself.
  return <Numbers key={String(hasExtras)} extras={extras} views={views} />
}

const Numbers = ({
  extras,
  views
}: {
  readonly extras: NumberExtras | null
  readonly views: GridViewsOf<unknown>
}): ReactNode => {
  const t = words.use()
  const viewer = useViewer()
  const ownFacts = useNumberFacts()
  const extraFacts = (extras ?? noFacts).useFacts()
  const facts = useMemo(() => [...ownFacts, ...extraFacts], [ownFacts, extraFacts])
  const standard: ListState = {
    columns: facts.filter(({ first }) => first === true).map(({ name }) => name),
    sort: { column: 'number', dir: 'ASC' },
    search: '',
    filters: {}
  }
  const { state, change, open } = useListState(views, standard, {
    columns: facts.map(({ name }) => name),
    sorts: facts.filter(({ sort }) => sort !== undefined).map(({ name }) => name),
    filters: ['enabled', 'type', 'country', ...(extras === null ? [] : [extras.filterColumn])]
  })

  const columns = state.columns.flatMap((name): GridColumn<CompanyNumber>[] => {
    const fact = facts.find(each => each.name === name)
    if (fact === undefined) return []
    const { title, sort, cell, short = cell, align = 'start' } = fact
    return [{ name, title, cell: short, sortable: sort !== undefined, align }]
  })
  const filter = filterOf(state)
  const sorted = facts.find(({ name }) => name === state.sort.column)?.sort ?? 'number'
  const pages = usePages({
    query: extras?.list ?? NumbersDocument,
    variables: { filter, sort: [{ column: sorted, dir: state.sort.dir }], first: pageSize },
    pick: data => data.dids
  })
  const [changed, setChanged] = useState<ReadonlyMap<string, NumberChange>>(new Map())
  // What was read after a change holds it already.
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new first page is a new list
  useEffect(() => setChanged(new Map()), [pages.data])
  const keep = useCallback((changes: readonly NumberChange[]) => {
    setChanged(known => {
      const next = new Map(known)
      for (const one of changes) next.set(one.id, { ...next.get(one.id), ...one })
      return next
    })
  }, [])
  const rows = useMemo(
    () => pages.rows.map((row): CompanyNumber => ({ ...row, ...changed.get(row.id) })),
    [pages.rows, changed]
  )

  const [selected, setSelected] = useState<ReadonlyMap<string, string>>(new Map())
  const select = (keys: ReadonlySet<string>): void => {
    const numbers = new Map(rows.map(row => [row.id, row.number ?? '']))
    // Rows of another filter are out of sight, and stay selected no longer.
    setSelected(new Map([...keys].flatMap(id => (numbers.has(id) ? [[id, numbers.get(id) ?? '']] : []))))
  }
  const canEdit = viewer.has('edit') && !viewer.readOnly
  const canSelect = !viewer.readOnly && (canEdit || extras !== null)
  const listKey = JSON.stringify(filter)
  // biome-ignore lint/correctness/useExhaustiveDependencies: another list, another selection
  useEffect(() => setSelected(new Map()), [listKey])

  const [, navigate] = useLocation()
  const [isOpen, params] = useRoute('/:id')
  const id = isOpen ? decodeURIComponent(params.id) : null
  const shownRow = id === null ? undefined : rows.find(row => row.id === id)
  const searchFault = pages.refusals.map(({ fields }) => fields['filter.search']).find(each => each !== undefined)
  const total = pages.data?.dids?.totalCount ?? null
  return (
    <>
      <header data-part="page-head">
        <h1>{t('numbers')}</h1>
        <p role="status" data-part="count">
          {total !== null && t('numbersCount', { count: total })}
        </p>
      </header>
      <NumberFilters state={state} searchFault={searchFault} extras={extras} onChange={change} />
      <div data-part="page-actions" data-of="list">
        {selected.size > 0 ? (
          <Selection
            numbers={selected}
            extras={extras}
            canEdit={canEdit}
            onDone={keep}
            onClear={() => setSelected(new Map())}
          />
        ) : (
          <>
            <ColumnChooser
              columns={facts}
              chosen={state.columns}
              standard={standard.columns}
              onChange={chosen => change({ columns: chosen })}
            />
            <GridViews
              views={views.views}
              onOpen={open}
              onSave={name => views.save(name, state)}
              onRemove={views.remove}
            />
            <ExportButton grid="DID" filter={filter} columns={columns.map(({ name }) => name)} />
          </>
        )}
      </div>
      <Grid<CompanyNumber>
        label={t('numbers')}
        columns={columns}
        rows={rows}
        rowKey={row => row.id}
        sort={state.sort}
        onSort={sort => change({ sort })}
        state={pages.state}
        refusals={pages.refusals}
        hasMore={pages.hasMore}
        loadMore={pages.loadMore}
        retry={pages.reload}
        empty={t(filter === null ? 'empty' : 'emptyFiltered')}
        onOpen={row => navigate(`/${encodeURIComponent(row.id)}`)}
        {...(canSelect ? { selection: { keys: new Set(selected.keys()), change: select } } : {})}
      />
      <Drawer
        title={shownRow?.number == null ? t('number') : phoneText(shownRow.number)}
        open={id !== null}
        onClose={() => navigate('/')}
      >
        {id !== null && <NumberDetails key={id} id={id} extras={extras} onChange={one => keep([one])} />}
      </Drawer>
    </>
  )
}

/** What can be done with the selected numbers. */
const Selection = ({
  numbers,
  extras,
  canEdit,
  onDone,
  onClear
}: {
  readonly numbers: ReadonlyMap<string, string>
  readonly extras: NumberExtras | null
  readonly canEdit: boolean
  onDone(changes: readonly NumberChange[]): void
  onClear(): void
}): ReactNode => {
  const t = words.use()
  const [isOpen, setOpen] = useState(false)
  const tooMany = numbers.size > maxBulk
  return (
    <section data-part="selection" aria-label={t('selected', { count: numbers.size })}>
      <p role="status">
        {t('selected', { count: numbers.size })}
        {tooMany && ` ${t('tooMany', { count: maxBulk })}`}
      </p>
      {canEdit && !tooMany && (
        <button type="button" data-part="primary" onClick={() => setOpen(true)}>
          {t('change')}
        </button>
      )}
      {extras !== null && !tooMany && <extras.Bulk numbers={numbers} onDone={onDone} />}
      <button type="button" data-part="quiet" onClick={onClear}>
        {t('clearSelection')}
      </button>
      <Drawer title={t('bulkTitle', { count: numbers.size })} open={isOpen} onClose={() => setOpen(false)}>
        <BulkChange numbers={numbers} onDone={onDone} />
      </Drawer>
    </section>
  )
}
