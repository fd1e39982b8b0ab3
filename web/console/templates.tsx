import { Button, Text } from '@mantine/core'
import type { ReactNode } from 'react'
import { Link, Route, Switch, useLocation } from 'wouter'
import { useReloadAfterWrites } from '../console-kit/access-writes.ts'
import { type DataColumn, DataTable } from '../console-kit/data-table.tsx'
import { NoSuchPage } from '../console-kit/no-such-page.tsx'
import { useOperator } from '../console-kit/operator.ts'
import { PageHead } from '../console-kit/page-head.tsx'
import { SearchField } from '../console-kit/search-field.tsx'
import { When } from '../console-kit/when.tsx'
import { useFormats } from '../kit/formats.ts'
import { usePages } from '../kit/use-pages.ts'
import { TemplateForm } from './template-form.tsx'
import { TemplatePage } from './template-page.tsx'
import { templateWords } from './template-words.ts'
import { TemplatesDocument, type TemplatesQuery } from './templates.graphql.ts'
import { useUrlParams } from './url-params.ts'

/** Access templates: the list, and one of them. */
export const Page = (): ReactNode => (
  <Switch>
    <Route path="/">
      <TemplateList />
    </Route>
    <Route path="/new">
      <TemplateForm />
    </Route>
    <Route path="/:id">{({ id }) => <TemplatePage key={id} id={id} />}</Route>
    <Route>
      <NoSuchPage />
    </Route>
  </Switch>
)

type Row = TemplatesQuery['accessTemplates']['nodes'][number]

const TemplateList = (): ReactNode => {
  const t = templateWords.use()
  const operator = useOperator()
  const { number } = useFormats()
  const [, go] = useLocation()
  const [params, setParams] = useUrlParams()
  const search = params.get('search') ?? ''
  const pages = usePages({
    query: TemplatesDocument,
    variables: { search: search === '' ? null : search, first: 50 },
    pick: data => data.accessTemplates
  })
  useReloadAfterWrites(pages.reload)
  const columns: readonly DataColumn<Row>[] = [
    {
      name: 'name',
      title: t('name'),
      width: 280,
      cell: ({ id, name, description }) => (
        <>
          <Link href={`/${id}`}>
            <bdi>{name}</bdi>
          </Link>
          {description !== null && (
            <Text size="xs" c="dimmed" lineClamp={2}>
              {description}
            </Text>
          )}
        </>
      )
    },
    {
      name: 'choices',
      title: t('choices'),
      width: 100,
      align: 'end',
      cell: ({ overrides }) => number(overrides.length)
    },
    {
      name: 'companies',
      title: t('companies'),
      width: 110,
      align: 'end',
      cell: ({ companyCount }) => number(companyCount)
    },
    {
      name: 'drifted',
      title: t('drifted'),
      width: 100,
      align: 'end',
      cell: ({ driftedCount }) => (
        <Text span size="sm" fw={driftedCount > 0 ? 700 : 400} c={driftedCount > 0 ? undefined : 'dimmed'}>
          {number(driftedCount)}
        </Text>
      )
    },
    { name: 'updated', title: t('updated'), width: 190, cell: ({ updatedAt }) => <When at={updatedAt} /> }
  ]
  return (
    <>
      <PageHead title={t('title')}>
        {operator.is('ADMIN') && (
          <Button component={Link} href="/new">
            {t('create')}
          </Button>
        )}
      </PageHead>
      <Text size="sm" c="dimmed" mb="md" maw="44rem">
        {t('intro')}
      </Text>
      <SearchField label={t('search')} value={search} onSearch={text => setParams({ search: text })} />
      <div style={{ height: 'var(--mantine-spacing-sm)' }} />
      <DataTable
        {...pages}
        label={t('title')}
        columns={columns}
        rowKey={({ id }) => id}
        rowLabel={({ name }) => name}
        retry={pages.reload}
        totalCount={pages.data?.accessTemplates.totalCount}
        empty={t(search === '' ? 'none' : 'noneFound')}
        onOpen={({ id }) => go(`/${id}`)}
      />
    </>
  )
}
