import { Alert, Anchor, Button, Group, Select, Stack, Text } from '@mantine/core'
import { type ReactNode, useMemo } from 'react'
import { Link, useLocation, useSearchParams } from 'wouter'
import { BrandSelect } from '../console-kit/brand-select.tsx'
import { type DataColumn, DataTable } from '../console-kit/data-table.tsx'
import { useOperator } from '../console-kit/operator.ts'
import { PageHead } from '../console-kit/page-head.tsx'
import { SearchField } from '../console-kit/search-field.tsx'
import { useBrands } from '../console-kit/use-brands.ts'
import { When } from '../console-kit/when.tsx'
import { ServerWords } from '../kit/refusal-text.tsx'
import { listOf, usePages } from '../kit/use-pages.ts'
import { CompaniesDocument, type CompanyFactsFragment } from './companies.graphql.ts'
import { CompanyStatusBadge } from './company-status-badge.tsx'
import { companyWords, statuses } from './company-words.ts'
import { CreateCompany } from './create-company.tsx'

const codesInCell = 3
const userTypes = ['CUSTOMER', 'CARRIER'] as const

export const CompanyList = (): ReactNode => {
  const t = companyWords.use()
  const operator = useOperator()
  const { nameOf } = useBrands()
  const [, go] = useLocation()
  // In the address, so that the way back leads to the same list.
  const [params, setParams] = useSearchParams()
  const search = params.get('search') ?? ''
  const brand = params.get('brand')
  const userType = userTypes.find(each => each === params.get('kind')) ?? null
  const status = statuses.find(each => each === params.get('status')) ?? null
  const sort = params.get('sort') ?? 'name'
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
    query: CompaniesDocument,
    variables: { search: search === '' ? null : search, domainId: brand, userType, status, sort },
    pick: data => data.companies
  })
  const filtered = search !== '' || brand !== null || userType !== null || status !== null
  const warnings = pages.data?.companies.warnings ?? []

  const columns = useMemo<readonly DataColumn<CompanyFactsFragment>[]>(
    () => [
      {
        name: 'name',
        title: t('name'),
        sortable: true,
        width: 200,
        cell: ({ id, name }) => (
          <Anchor component={Link} href={`/${id}`} size="sm" tabIndex={-1}>
            <bdi>{name}</bdi>
          </Anchor>
        )
      },
      {
        name: 'brand',
        title: t('brand'),
        width: 150,
        cell: ({ domainId }) =>
          domainId === null ? (
            <Text span size="sm" c="dimmed">
              {t('noHome')}
            </Text>
          ) : (
            <bdi>{nameOf(domainId)}</bdi>
          )
      },
      { name: 'userType', title: t('userType'), width: 100, cell: row => t(`userType_${row.userType}`) },
      { name: 'status', title: t('status'), width: 170, cell: row => <CompanyStatusBadge status={row.status} /> },
      { name: 'currency', title: t('currency'), width: 90, cell: ({ currency }) => <bdi>{currency}</bdi> },
      {
        name: 'codes',
        title: t('codes'),
        width: 160,
        cell: ({ accountCodes }) => (
          <>
            <bdi>{accountCodes.slice(0, codesInCell).join(', ')}</bdi>
            {accountCodes.length > codesInCell && (
              <Text span size="xs" c="dimmed">
                {' '}
                {t('moreCodes', { count: accountCodes.length - codesInCell })}
              </Text>
            )}
          </>
        )
      },
      {
        name: 'createdAt',
        title: t('created'),
        sortable: true,
        width: 125,
        cell: ({ createdAt }) => <When at={createdAt} day />
      }
    ],
    [t, nameOf]
  )

  return (
    <>
      <PageHead title={t('companies')}>{operator.is('ADMIN') ? <CreateCompany /> : undefined}</PageHead>
      <Stack gap="sm">
        <Group gap="xs" align="start" component="search">
          <SearchField
            label={t('search')}
            placeholder={t('searchHint')}
            value={search}
            onSearch={text => put('search', text)}
          />
          <BrandSelect
            value={brand}
            onChange={id => put('brand', id)}
            placeholder={t('anyBrand')}
            clearable
            flex="1 1 11rem"
            maw="18rem"
          />
          <Select
            aria-label={t('userType')}
            placeholder={t('anyType')}
            data={userTypes.map(value => ({ value, label: t(`userType_${value}`) }))}
            value={userType}
            onChange={value => put('kind', value)}
            clearable
            flex="1 1 10rem"
            maw="14rem"
          />
          <Select
            aria-label={t('status')}
            placeholder={t('anyStatus')}
            data={statuses.map(value => ({ value, label: t(`status_${value}`) }))}
            value={status}
            onChange={value => put('status', value)}
            clearable
            flex="1 1 10rem"
            maw="14rem"
          />
        </Group>
        {warnings.length > 0 && (
          <Alert color="yellow" role="status" title={t('searchIncomplete')}>
            {warnings.map(warning => (
              <Text key={warning} size="sm">
                <ServerWords text={warning} />
              </Text>
            ))}
          </Alert>
        )}
        <DataTable
          label={t('companies')}
          columns={columns}
          {...listOf(pages)}
          rowKey={row => row.id}
          sort={sort}
          onSort={next => put('sort', next === 'name' ? null : next)}
          totalCount={pages.data?.companies.totalCount ?? null}
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
