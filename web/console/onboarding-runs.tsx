import { Anchor, Button, Card, Group, Radio, SimpleGrid, Stack, Text, Title } from '@mantine/core'
import { type FormEvent, type ReactNode, useMemo, useState } from 'react'
import { useClient, useMutation } from 'urql'
import { Link, useLocation } from 'wouter'
import { BrandSelect } from '../console-kit/brand-select.tsx'
import { CompaniesSelect } from '../console-kit/company-select.tsx'
import { type DataColumn, DataTable } from '../console-kit/data-table.tsx'
import { useDirectory } from '../console-kit/directory.ts'
import { useOperator } from '../console-kit/operator.ts'
import { PageHead } from '../console-kit/page-head.tsx'
import { fieldRefusal, RefusalAlert } from '../console-kit/refusal-alert.tsx'
import { saveText } from '../console-kit/save-text.ts'
import { UploadField, useUpload } from '../console-kit/upload-field.tsx'
import { keepFileOf } from '../console-kit/uploaded-file.ts'
import { When } from '../console-kit/when.tsx'
import { type Refusal, refusalsOf } from '../kit/client.ts'
import { useFormats } from '../kit/formats.ts'
import { listOf, usePages } from '../kit/use-pages.ts'
import {
  ExportOnboardingDocument,
  OnboardingExampleDocument,
  OnboardingRunsDocument,
  type RunFactsFragment,
  StartOnboardingDocument
} from './onboarding.graphql.ts'
import { RunState, runKind } from './onboarding-state.tsx'
import { onboardingWords } from './onboarding-words.ts'

/** Takes files in, makes files, and lists what was taken in. */
export const OnboardingRuns = (): ReactNode => {
  const t = onboardingWords.use()
  const operator = useOperator()
  const { actor } = useDirectory()
  const { number } = useFormats()
  const [, go] = useLocation()
  const pages = usePages({ query: OnboardingRunsDocument, variables: {}, pick: data => data.onboardingRuns })
  const mayRun = operator.is('ADMIN')
  const columns = useMemo<readonly DataColumn<RunFactsFragment>[]>(
    () => [
      {
        name: 'what',
        title: t('what'),
        width: 110,
        cell: run => (
          <Anchor component={Link} href={`/${run.id}`} size="sm" tabIndex={-1}>
            {t(`kind_${runKind(run)}`)}
          </Anchor>
        )
      },
      { name: 'state', title: t('state'), width: 110, cell: ({ state }) => <RunState state={state} /> },
      {
        name: 'file',
        title: t('fileName'),
        width: 170,
        cell: ({ fileName, file }) => <bdi dir="ltr">{fileName ?? file?.name}</bdi>
      },
      {
        name: 'result',
        title: t('result'),
        width: 270,
        cell: run =>
          run.kind === 'EXPORT' ? (
            t('companyCount', { count: run.companies })
          ) : (
            <>
              {t('results', {
                created: number(run.created),
                updated: number(run.updated),
                unchanged: number(run.unchanged)
              })}
              {run.errors + run.refused > 0 && (
                <Text span size="sm" c="red">
                  {' · '}
                  {t('wrong', { count: run.errors + run.refused })}
                </Text>
              )}
            </>
          )
      },
      { name: 'by', title: t('by'), width: 120, cell: ({ startedBy }) => <bdi>{actor(startedBy)}</bdi> },
      { name: 'at', title: t('started'), width: 190, cell: ({ createdAt }) => <When at={createdAt} /> }
    ],
    [t, actor, number]
  )
  return (
    <>
      <PageHead title={t('title')} />
      <Stack gap="lg">
        {mayRun && (
          <SimpleGrid cols={{ base: 1, md: 2 }} spacing="md">
            <TakeIn />
            <MakeFile />
          </SimpleGrid>
        )}
        <Stack gap="xs" component="section" aria-label={t('runs')}>
          <Title order={2} size="h4">
            {t('runs')}
          </Title>
          <DataTable
            label={t('runs')}
            columns={columns}
            {...listOf(pages)}
            rowKey={row => row.id}
            totalCount={pages.data?.onboardingRuns.totalCount ?? null}
            onOpen={({ id }) => go(`/${id}`)}
            empty={
              <Text maw={640} mx="auto">
                {t(mayRun ? 'noRuns' : 'noRunsRead')}
              </Text>
            }
          />
        </Stack>
      </Stack>
    </>
  )
}

const TakeIn = (): ReactNode => {
  const t = onboardingWords.use()
  const [, go] = useLocation()
  const [file, setFile] = useState<File | null>(null)
  const [refusals, setRefusals] = useState<readonly Refusal[]>([])
  const upload = useUpload()
  const [{ fetching }, start] = useMutation(StartOnboardingDocument)
  const client = useClient()
  const saveExample = async (): Promise<void> => {
    const { data, error } = await client.query(OnboardingExampleDocument, {}).toPromise()
    setRefusals(refusalsOf(error))
    if (data !== undefined) saveText('onboarding-example.csv', data.onboardingExample, 'text/csv')
  }
  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault()
    if (file === null || upload.share !== null || fetching) return
    setRefusals([])
    const sent = await upload.start(file)
    if (!sent.ok) return setRefusals(sent.refusals)
    const { data, error } = await start({ fileId: sent.file.id, dryRun: true })
    setRefusals(refusalsOf(error))
    if (data == null || error !== undefined) return
    keepFileOf(data.startOnboarding.id, sent.file.id)
    go(`/${data.startOnboarding.id}`)
  }
  return (
    <Card withBorder component="section" aria-label={t('take')}>
      <form onSubmit={submit}>
        <Stack gap="sm">
          <Title order={2} size="h4">
            {t('take')}
          </Title>
          <Text size="sm" c="dimmed">
            {t('takeHint')}
          </Text>
          <UploadField label={t('file')} accept=".csv,.txt" file={file} onFile={setFile} upload={upload} />
          <RefusalAlert refusals={refusals} />
          <Group gap="xs">
            <Button type="submit" disabled={file === null} loading={upload.share !== null || fetching}>
              {t('tryIt')}
            </Button>
            <Button variant="subtle" onClick={saveExample}>
              {t('example')}
            </Button>
          </Group>
          <Text size="xs" c="dimmed">
            {t('exampleHint')}
          </Text>
        </Stack>
      </form>
    </Card>
  )
}

const scopes = ['ALL', 'BRAND', 'CHOSEN'] as const

const MakeFile = (): ReactNode => {
  const t = onboardingWords.use()
  const [, go] = useLocation()
  const [scope, setScope] = useState<(typeof scopes)[number]>('ALL')
  const [domainId, setDomainId] = useState<string | null>(null)
  const [companyIds, setCompanyIds] = useState<readonly string[]>([])
  const [refusals, setRefusals] = useState<readonly Refusal[]>([])
  const [{ fetching }, start] = useMutation(ExportOnboardingDocument)
  const isReady = scope === 'ALL' || (scope === 'BRAND' ? domainId !== null : companyIds.length > 0)
  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault()
    if (!isReady || fetching) return
    const { data, error } = await start({
      domainId: scope === 'BRAND' ? domainId : null,
      companyIds: scope === 'CHOSEN' ? [...companyIds] : null
    })
    setRefusals(refusalsOf(error))
    if (data != null && error === undefined) go(`/${data.exportOnboarding.id}`)
  }
  return (
    <Card withBorder component="section" aria-label={t('makeFile')}>
      <form onSubmit={submit}>
        <Stack gap="sm">
          <Title order={2} size="h4">
            {t('makeFile')}
          </Title>
          <Text size="sm" c="dimmed">
            {t('makeHint')}
          </Text>
          <Radio.Group
            label={t('scope')}
            value={scope}
            onChange={value => setScope(scopes.find(each => each === value) ?? 'ALL')}
          >
            <Group mt={6} gap="md">
              {scopes.map(each => (
                <Radio key={each} value={each} label={t(`scope_${each}`)} />
              ))}
            </Group>
          </Radio.Group>
          {scope === 'BRAND' && (
            <BrandSelect
              label={t('brand')}
              value={domainId}
              onChange={setDomainId}
              error={fieldRefusal(refusals, 'domainId')}
            />
          )}
          {scope === 'CHOSEN' && (
            <CompaniesSelect
              label={t('companies')}
              values={companyIds}
              onChange={setCompanyIds}
              error={fieldRefusal(refusals, 'companyIds')}
            />
          )}
          <RefusalAlert refusals={refusals} fields={['domainId', 'companyIds']} />
          <Group>
            <Button type="submit" variant="default" disabled={!isReady} loading={fetching}>
              {t('exportDo')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Card>
  )
}
