import { Anchor, Button, Group, Select, Stack, Text, TextInput } from '@mantine/core'
import { type ReactNode, useMemo } from 'react'
import { Link, useLocation, useSearchParams } from 'wouter'
import { type DataColumn, DataTable } from '../../../web/console-kit/data-table.tsx'
import { useOperator } from '../../../web/console-kit/operator.ts'
import { SearchField } from '../../../web/console-kit/search-field.tsx'
import { When } from '../../../web/console-kit/when.tsx'
import { useFormats } from '../../../web/kit/formats.ts'
import { listOf, usePages } from '../../../web/kit/use-pages.ts'
import { BatchState, batchOrigins, batchStates } from './batch-state.tsx'
import { callBatchWords } from './call-batch-words.ts'
import { type BatchFactsFragment, CallBatchesDocument } from './call-batches.graphql.ts'
import { ImportCalls } from './import-calls.tsx'

/** The start of a day in the viewer's zone, some days later; null for no day. */
const startOf = (day: string | null, later = 0): string | null => {
  if (day === null || !/^\d{4}-\d{2}-\d{2}$/.test(day)) return null
  const [year, month, date] = day.split('-').map(Number)
  return new Date(year!, month! - 1, date! + later).toISOString()
}

/** All batches, newest first. */
export const BatchList = (): ReactNode => {
  const t = callBatchWords.use()
  const operator = useOperator()
  const { number } = useFormats()
  const [, go] = useLocation()
  const [params, setParams] = useSearchParams()
  const source = params.get('source') ?? ''
  const state = batchStates.find(each => each === params.get('state')) ?? null
  const origin = batchOrigins.find(each => each === params.get('origin')) ?? null
  const [from, to] = [params.get('from'), params.get('to')]
  const put = (name: string, value: string | null): void =>
    setParams(
      before => {
        const next = new URLSearchParams(before)
        if (value === null || value === '') next.delete(name)
        else next.set(name, value)
        return next
      },
      { replace: true }
    )
  const filter = {
    source: source === '' ? null : source,
    state,
    origin,
    startedFrom: startOf(from),
    startedTo: startOf(to, 1)
  }
  const isFiltered = Object.values(filter).some(value => value !== null)
  const pages = usePages({ query: CallBatchesDocument, variables: { filter }, pick: data => data.callBatches })
  const columns = useMemo<readonly DataColumn<BatchFactsFragment>[]>(
    () => [
      {
        name: 'started',
        title: t('started'),
        width: 190,
        cell: ({ id, startedAt }) => (
          <Anchor component={Link} href={`/batches/${id}`} size="sm" tabIndex={-1}>
            <When at={startedAt} />
          </Anchor>
        )
      },
      { name: 'source', title: t('source'), width: 130, cell: row => <bdi dir="ltr">{row.source}</bdi> },
      { name: 'origin', title: t('origin'), width: 90, cell: row => t(`origin_${row.origin}`) },
      { name: 'state', title: t('state'), width: 170, cell: batch => <BatchState batch={batch} /> },
      { name: 'file', title: t('file'), width: 140, cell: ({ fileName }) => <bdi dir="ltr">{fileName}</bdi> },
      { name: 'rows', title: t('rows'), width: 90, align: 'end', cell: ({ rows }) => number(rows) },
      { name: 'loaded', title: t('loaded'), width: 90, align: 'end', cell: ({ loaded }) => number(loaded) },
      {
        name: 'rejected',
        title: t('rejected'),
        width: 90,
        align: 'end',
        cell: ({ rejected }) => (
          <Text span size="sm" c={rejected > 0 ? 'red' : undefined}>
            {number(rejected)}
          </Text>
        )
      }
    ],
    [t, number]
  )
  return (
    <Stack gap="sm">
      <Group gap="xs" align="end" component="search">
        <SearchField
          label={t('source')}
          placeholder={t('sourceSearch')}
          value={source}
          onSearch={text => put('source', text)}
        />
        <Select
          aria-label={t('state')}
          placeholder={t('anyState')}
          data={batchStates.map(value => ({ value, label: t(`state_${value}`) }))}
          value={state}
          onChange={value => put('state', value)}
          clearable
          flex="1 1 10rem"
          maw="14rem"
        />
        <Select
          aria-label={t('origin')}
          placeholder={t('anyOrigin')}
          data={batchOrigins.map(value => ({ value, label: t(`origin_${value}`) }))}
          value={origin}
          onChange={value => put('origin', value)}
          clearable
          flex="1 1 9rem"
          maw="12rem"
        />
        <TextInput
          type="date"
          label={t('from')}
          value={from ?? ''}
          onChange={event => put('from', event.currentTarget.value)}
        />
        <TextInput
          type="date"
          label={t('to')}
          value={to ?? ''}
          onChange={event => put('to', event.currentTarget.value)}
        />
        <Button variant="default" onClick={pages.reload}>
          {t('refresh')}
        </Button>
        {operator.is('ADMIN') && <ImportCalls onStarted={id => go(`/batches/${id}`)} />}
      </Group>
      <DataTable
        label={t('batches')}
        columns={columns}
        {...listOf(pages)}
        rowKey={row => row.id}
        totalCount={pages.data?.callBatches.totalCount ?? null}
        onOpen={({ id }) => go(`/batches/${id}`)}
        empty={
          <Stack gap="xs" align="center">
            <Text>{t(isFiltered ? 'noneFound' : 'none')}</Text>
            {isFiltered && (
              <Button size="xs" variant="default" onClick={() => setParams({}, { replace: true })}>
                {t('clearFilters')}
              </Button>
            )}
          </Stack>
        }
      />
    </Stack>
  )
}
