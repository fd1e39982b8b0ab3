import type { ReactNode } from 'react'
import { useFormats } from '../../../web/kit/formats.ts'
import { listOf, usePages } from '../../../web/kit/use-pages.ts'
import { ColumnChooser } from '../../../web/portal-kit/column-chooser.tsx'
import { ExportButton } from '../../../web/portal-kit/export-button.tsx'
import { Grid, type GridColumn } from '../../../web/portal-kit/grid.tsx'
import { GridViews, type GridViewsOf, useGridViews } from '../../../web/portal-kit/grid-views.tsx'
import { SuppliedNumbersDocument, type SuppliedNumbersQuery } from './carrier-numbers.graphql.ts'
import { Field } from './field.tsx'
import { filterOf, type ListState, useListState } from './number-list-state.ts'
import { Phone } from './phone.tsx'
import { SearchField } from './search-field.tsx'
import { words } from './words.ts'
import './numbers.css'

export { reasonWords } from './refusal-words.ts'

type SuppliedNumber = NonNullable<SuppliedNumbersQuery['carrierDids']>['nodes'] extends readonly (infer Row)[] | null
  ? Row
  : never

const pageSize = 50

/** The numbers that a carrier supplies, whoever has them. */
export const Page = (): ReactNode => {
  const t = words.use()
  const views = useGridViews<unknown>('did.supplied')
  return views.ready ? <SuppliedNumbers views={views} /> : <p data-part="loading">{t('loading')}</p>
}

const SuppliedNumbers = ({ views }: { readonly views: GridViewsOf<unknown> }): ReactNode => {
  const t = words.use()
  const formats = useFormats()
  const columns: readonly GridColumn<SuppliedNumber>[] = [
    { name: 'number', title: t('number'), sortable: true, cell: row => <Phone number={row.number} /> },
    {
      name: 'enabled',
      title: t('state'),
      sortable: true,
      cell: row => (
        <span data-part="state" data-state={row.enabled === true ? 'on' : 'off'}>
          {t(row.enabled === true ? 'on' : 'off')}
        </span>
      )
    },
    { name: 'assigned', title: t('assigned'), cell: row => t(row.assigned === true ? 'yes' : 'unassigned') },
    {
      name: 'channels',
      title: t('channels'),
      sortable: true,
      align: 'end',
      cell: row => (row.channels === 0 ? t('noLimit') : formats.number(row.channels ?? 0))
    }
  ]
  const standard: ListState = {
    columns: columns.map(({ name }) => name),
    sort: { column: 'number', dir: 'ASC' },
    search: '',
    filters: {}
  }
  const { state, change, open } = useListState(views, standard, {
    columns: standard.columns,
    sorts: columns.filter(({ sortable }) => sortable === true).map(({ name }) => name),
    filters: ['enabled', 'assigned']
  })
  const { sort, search, filters } = state
  const shown = state.columns.flatMap(name => columns.filter(column => column.name === name))
  const filter = filterOf(state)
  const pages = usePages({
    query: SuppliedNumbersDocument,
    variables: { filter, sort: [sort], first: pageSize },
    pick: data => data.carrierDids
  })
  const searchFault = pages.refusals.map(({ fields }) => fields['filter.search']).find(each => each !== undefined)
  const total = pages.data?.carrierDids?.totalCount ?? null
  const choice = (column: string, label: string, yes: string, no: string): ReactNode => (
    <Field label={label}>
      {control => (
        <select
          {...control}
          value={filters[column] ?? ''}
          onChange={event => {
            const { [column]: _, ...others } = filters
            change({ filters: event.target.value === '' ? others : { ...others, [column]: event.target.value } })
          }}
        >
          <option value="">{t('any')}</option>
          <option value="true">{yes}</option>
          <option value="false">{no}</option>
        </select>
      )}
    </Field>
  )
  return (
    <>
      <header data-part="page-head">
        <h1>{t('suppliedNumbers')}</h1>
        <p role="status" data-part="count">
          {total !== null && t('numbersCount', { count: total })}
        </p>
      </header>
      <search data-part="filters" aria-label={t('filters')}>
        <SearchField
          label={t('search')}
          hint={t('searchHint')}
          fault={searchFault}
          value={search}
          onChange={text => change({ search: text })}
        />
        {choice('enabled', t('state'), t('on'), t('off'))}
        {choice('assigned', t('assigned'), t('yes'), t('unassigned'))}
        {filter !== null && (
          <button type="button" data-part="quiet" onClick={() => change({ search: '', filters: {} })}>
            {t('clearFilter')}
          </button>
        )}
      </search>
      <div data-part="page-actions" data-of="list">
        <ColumnChooser
          columns={columns}
          chosen={state.columns}
          standard={standard.columns}
          onChange={chosen => change({ columns: chosen })}
        />
        <GridViews views={views.views} onOpen={open} onSave={name => views.save(name, state)} onRemove={views.remove} />
        <ExportButton grid="DID" filter={filter} columns={shown.map(({ name }) => name)} />
      </div>
      <Grid<SuppliedNumber>
        label={t('suppliedNumbers')}
        columns={shown}
        {...listOf(pages)}
        rowKey={row => row.number}
        sort={sort}
        onSort={next => change({ sort: next })}
        empty={t(filter === null ? 'suppliedEmpty' : 'emptyFiltered')}
      />
    </>
  )
}
