import { Anchor, Button, Group, Select, Stack, Text } from '@mantine/core'
import { type ReactNode, useMemo } from 'react'
import { Link, useLocation, useSearchParams } from 'wouter'
import { type DataColumn, DataTable } from '../console-kit/data-table.tsx'
import { useOperator } from '../console-kit/operator.ts'
import { PageHead } from '../console-kit/page-head.tsx'
import { SearchField } from '../console-kit/search-field.tsx'
import { When } from '../console-kit/when.tsx'
import { listOf, usePages } from '../kit/use-pages.ts'
import { BrandMarks } from './brand-marks.tsx'
import { brandWords } from './brand-words.ts'
import { type BrandFactsFragment, BrandsDocument } from './brands.graphql.ts'
import { CreateBrand } from './create-brand.tsx'

const states = ['enabled', 'disabled'] as const

export const BrandList = (): ReactNode => {
  const t = brandWords.use()
  const operator = useOperator()
  const [, go] = useLocation()
  const [params, setParams] = useSearchParams()
  const search = params.get('search') ?? ''
  const state = states.find(each => each === params.get('state')) ?? null
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
  const pages = usePages({
    query: BrandsDocument,
    variables: { search: search === '' ? null : search, enabled: state === null ? null : state === 'enabled' },
    pick: data => data.portalDomains
  })
  const filtered = search !== '' || state !== null
  const columns = useMemo<readonly DataColumn<BrandFactsFragment>[]>(
    () => [
      {
        name: 'name',
        title: t('name'),
        width: 220,
        cell: ({ id, brandName }) => (
          <Anchor component={Link} href={`/${id}`} size="sm" tabIndex={-1}>
            <bdi>{brandName}</bdi>
          </Anchor>
        )
      },
      { name: 'host', title: t('host'), width: 220, cell: ({ fqdn }) => <bdi>{fqdn}</bdi> },
      { name: 'state', title: t('state'), width: 200, cell: brand => <BrandMarks brand={brand} /> },
      {
        name: 'currencies',
        title: t('currencies'),
        width: 150,
        cell: ({ currencies }) =>
          currencies.length === 0 ? (
            <Text span size="sm" c="dimmed">
              {t('noCurrencies')}
            </Text>
          ) : (
            <bdi>{currencies.join(', ')}</bdi>
          )
      },
      { name: 'created', title: t('created'), width: 130, cell: ({ createdAt }) => <When at={createdAt} day /> }
    ],
    [t]
  )
  return (
    <>
      <PageHead title={t('brands')}>{operator.is('ADMIN') ? <CreateBrand /> : undefined}</PageHead>
      <Stack gap="sm">
        <Group gap="xs" align="start" component="search">
          <SearchField
            label={t('search')}
            placeholder={t('searchHint')}
            value={search}
            onSearch={text => put('search', text)}
          />
          <Select
            aria-label={t('state')}
            placeholder={t('anyState')}
            data={states.map(value => ({ value, label: t(value) }))}
            value={state}
            onChange={value => put('state', value)}
            clearable
            flex="1 1 12rem"
            maw="16rem"
          />
        </Group>
        <DataTable
          label={t('brands')}
          columns={columns}
          {...listOf(pages)}
          rowKey={row => row.id}
          totalCount={pages.data?.portalDomains.totalCount ?? null}
          onOpen={({ id }) => go(`/${id}`)}
          empty={
            <Stack gap="xs" align="center">
              <Text>{t(filtered ? 'noneFound' : 'none')}</Text>
              {filtered && (
                <Button size="xs" variant="default" onClick={() => setParams({}, { replace: true })}>
                  {t('clearFilters')}
                </Button>
              )}
            </Stack>
          }
        />
      </Stack>
    </>
  )
}
