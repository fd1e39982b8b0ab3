import { Anchor, Badge, Button, Group, Select, Stack, Text, TextInput } from '@mantine/core'
import { type ReactNode, useMemo, useState } from 'react'
import { useMutation } from 'urql'
import { Link, useLocation, useSearchParams } from 'wouter'
import { CompanySelect } from '../../../web/console-kit/company-select.tsx'
import { type DataColumn, DataTable } from '../../../web/console-kit/data-table.tsx'
import { useOperator } from '../../../web/console-kit/operator.ts'
import { RefusalAlert } from '../../../web/console-kit/refusal-alert.tsx'
import { SearchField } from '../../../web/console-kit/search-field.tsx'
import { When } from '../../../web/console-kit/when.tsx'
import { type Refusal, refusalsOf } from '../../../web/kit/client.ts'
import { useFormats } from '../../../web/kit/formats.ts'
import { listOf, usePages } from '../../../web/kit/use-pages.ts'
import { AssignNumbers } from './assign-numbers.tsx'
import { CreateNumbers } from './create-numbers.tsx'
import { inventoryWords } from './inventory-words.ts'
import { ExportNumbersDocument } from './number-jobs.graphql.ts'
import { InventoryDocument, type NumberFactsFragment } from './numbers.graphql.ts'
import { type NumberAction, NumbersAction } from './numbers-action.tsx'
import { UpdateNumbers } from './update-numbers.tsx'

const yesNo = (value: string | null): boolean | null => (value === 'YES' ? true : value === 'NO' ? false : null)

/**
 * Every number, with filters, and what can be done with many at once.
 * @param companyId only those of this company, which is also who new ones are for
 */
export const InventoryList = ({ companyId = null }: { readonly companyId?: string | null }): ReactNode => {
  const t = inventoryWords.use()
  const operator = useOperator()
  const { money } = useFormats()
  const [, go] = useLocation()
  const [params, setParams] = useSearchParams()
  const [keys, setKeys] = useState<ReadonlySet<string>>(new Set())
  const [asked, setAsked] = useState<NumberAction | 'update' | null>(null)
  const [refusals, setRefusals] = useState<readonly Refusal[]>([])
  const [{ fetching: exporting }, startExport] = useMutation(ExportNumbersDocument)
  const put = (name: string, value: string | null): void => {
    setKeys(new Set())
    setParams(
      before => {
        const next = new URLSearchParams(before)
        if (value === null || value === '') next.delete(name)
        else next.set(name, value)
        return next
      },
      { replace: true }
    )
  }
  const get = (name: string): string | null => params.get(name)
  const assigned = yesNo(get('assigned'))
  const country = get('country') ?? ''
  const filter = {
    search: get('search'),
    country: /^[A-Z]{2}$/.test(country) ? country : null,
    companyId: companyId ?? get('company'),
    carrierId: get('carrier'),
    unassigned: companyId !== null || assigned === null ? null : !assigned,
    enabled: yesNo(get('enabled'))
  }
  const chosenFilters = companyId === null ? filter : { ...filter, companyId: null }
  const isFiltered = Object.values(chosenFilters).some(value => value !== null)
  const pages = usePages({ query: InventoryDocument, variables: { filter }, pick: data => data.numbers })
  const mayChange = operator.is('ADMIN')
  const chosen = pages.rows.filter(({ id }) => keys.has(id))
  const holders = new Set(chosen.map(({ companyId }) => companyId))
  const holder = holders.size === 1 ? chosen[0]!.companyId : null
  const columns = useMemo<readonly DataColumn<NumberFactsFragment>[]>(
    () => [
      {
        name: 'number',
        title: t('number'),
        width: 160,
        cell: ({ id, number }) => (
          <Anchor component={Link} href={`~/numbers/number/${id}`} size="sm" tabIndex={-1}>
            <bdi dir="ltr">+{number}</bdi>
          </Anchor>
        )
      },
      { name: 'country', title: t('country'), width: 80, cell: ({ country: of }) => <bdi>{of}</bdi> },
      ...(companyId === null
        ? [
            {
              name: 'company',
              title: t('company'),
              width: 190,
              cell: ({ companyId: holder, companyName }: NumberFactsFragment) =>
                holder === null ? (
                  <Text span size="sm" c="dimmed">
                    {t('unassigned')}
                  </Text>
                ) : (
                  <bdi>{companyName ?? holder}</bdi>
                )
            }
          ]
        : []),
      { name: 'carrier', title: t('carrier'), width: 150, cell: ({ carrierName }) => <bdi>{carrierName}</bdi> },
      {
        name: 'enabled',
        title: t('enabled'),
        width: 100,
        cell: ({ enabled }) => (
          <Badge variant="dot" color={enabled ? 'green' : 'gray'} tt="none" fw={500}>
            {t(enabled ? 'enabled_YES' : 'enabled_NO')}
          </Badge>
        )
      },
      {
        name: 'price',
        title: t('price'),
        width: 110,
        align: 'end',
        cell: ({ price, currency }) => price !== null && money(price, currency)
      },
      {
        name: 'since',
        title: t('since'),
        width: 130,
        cell: ({ assignedAt }) => assignedAt !== null && <When at={assignedAt} day />
      }
    ],
    [t, money, companyId]
  )
  const changed = (): void => {
    setKeys(new Set())
    pages.reload()
  }
  return (
    <Stack gap="sm">
      <Group gap="xs" align="start" component="search">
        <SearchField
          label={t('search')}
          placeholder={t('searchHint')}
          value={get('search') ?? ''}
          onSearch={text => put('search', text)}
        />
        <TextInput
          aria-label={t('country')}
          placeholder={t('country')}
          dir="ltr"
          maxLength={2}
          w="6rem"
          value={country}
          onChange={event => put('country', event.currentTarget.value.toUpperCase())}
        />
        {companyId === null && (
          <CompanySelect
            value={get('company')}
            onChange={id => put('company', id)}
            placeholder={t('anyCompany')}
            clearable
            flex="1 1 11rem"
            maw="16rem"
          />
        )}
        <CompanySelect
          aria-label={t('carrier')}
          value={get('carrier')}
          onChange={id => put('carrier', id)}
          placeholder={t('anyCarrier')}
          clearable
          flex="1 1 11rem"
          maw="16rem"
        />
        {companyId === null && (
          <Select
            aria-label={t('assigned')}
            placeholder={t('anyAssigned')}
            data={(['NO', 'YES'] as const).map(value => ({ value, label: t(`assigned_${value}`) }))}
            value={get('assigned')}
            onChange={value => put('assigned', value)}
            clearable
            flex="1 1 9rem"
            maw="12rem"
          />
        )}
        <Select
          aria-label={t('enabled')}
          placeholder={t('anyEnabled')}
          data={(['YES', 'NO'] as const).map(value => ({ value, label: t(`enabled_${value}`) }))}
          value={get('enabled')}
          onChange={value => put('enabled', value)}
          clearable
          flex="1 1 8rem"
          maw="10rem"
        />
      </Group>
      <Group justify="space-between" gap="xs">
        <Group gap="xs" role="group" aria-label={t('chosen', { count: keys.size })}>
          {mayChange && keys.size > 0 && (
            <>
              <Text size="sm" fw={600}>
                {t('chosen', { count: keys.size })}
              </Text>
              {holders.size === 1 && holder === null && (
                <Button size="xs" variant="default" onClick={() => setAsked('assign')}>
                  {t('assign')}
                </Button>
              )}
              {holder !== null && (
                <>
                  <Button size="xs" variant="default" onClick={() => setAsked('move')}>
                    {t('move')}
                  </Button>
                  <Button size="xs" variant="default" onClick={() => setAsked('release')}>
                    {t('release')}
                  </Button>
                </>
              )}
              <Button size="xs" variant="default" onClick={() => setAsked('update')}>
                {t('setMany')}
              </Button>
              {companyId === null && (
                <Button size="xs" variant="default" c="red" onClick={() => setAsked('remove')}>
                  {t('remove')}
                </Button>
              )}
              {holders.size > 1 && (
                <Text size="xs" c="dimmed">
                  {t('mixed')}
                </Text>
              )}
            </>
          )}
        </Group>
        <Group gap="xs">
          {operator.is('ADMIN', 'SUPPORT') && (
            <Button
              variant="default"
              loading={exporting}
              onClick={async () => {
                const { data, error } = await startExport({ filter })
                setRefusals(refusalsOf(error))
                if (data != null && error === undefined) go(`~/numbers/files/${data.exportNumbers.id}`)
              }}
            >
              {t(isFiltered || companyId !== null ? 'exportDo' : 'exportAll')}
            </Button>
          )}
          {mayChange && companyId !== null && <AssignNumbers companyId={companyId} onAssigned={changed} />}
          {mayChange && <CreateNumbers companyId={companyId} onCreated={changed} />}
        </Group>
      </Group>
      <RefusalAlert refusals={refusals} />
      <DataTable
        label={t('inventory')}
        columns={columns}
        {...listOf(pages)}
        rowKey={row => row.id}
        rowLabel={row => `+${row.number}`}
        totalCount={pages.data?.numbers.totalCount ?? null}
        onOpen={({ id }) => go(`~/numbers/number/${id}`)}
        {...(mayChange ? { selection: { keys, change: setKeys } } : {})}
        empty={
          <Stack gap="xs" align="center">
            <Text>{t(isFiltered ? 'noneFound' : companyId === null ? 'none' : 'noneOfCompany')}</Text>
            {isFiltered && (
              <Button size="xs" variant="default" onClick={() => setParams({}, { replace: true })}>
                {t('clearFilters')}
              </Button>
            )}
          </Stack>
        }
      />
      {asked === 'update' && (
        <UpdateNumbers
          numbers={chosen}
          onClose={done => {
            setAsked(null)
            if (done) changed()
          }}
        />
      )}
      {asked !== null && asked !== 'update' && (
        <NumbersAction
          what={asked}
          numbers={chosen}
          onClose={done => {
            setAsked(null)
            if (done) changed()
          }}
        />
      )}
    </Stack>
  )
}
