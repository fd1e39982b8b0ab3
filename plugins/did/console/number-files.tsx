import { Anchor, Button, Card, Group, Stack, Text, Title } from '@mantine/core'
import { type FormEvent, type ReactNode, useMemo, useState } from 'react'
import { useMutation } from 'urql'
import { Link, useLocation } from 'wouter'
import { type DataColumn, DataTable } from '../../../web/console-kit/data-table.tsx'
import { useDirectory } from '../../../web/console-kit/directory.ts'
import { useOperator } from '../../../web/console-kit/operator.ts'
import { RefusalAlert } from '../../../web/console-kit/refusal-alert.tsx'
import { UploadField, useUpload } from '../../../web/console-kit/upload-field.tsx'
import { keepFileOf } from '../../../web/console-kit/uploaded-file.ts'
import { When } from '../../../web/console-kit/when.tsx'
import { type Refusal, refusalsOf } from '../../../web/kit/client.ts'
import { useFormats } from '../../../web/kit/formats.ts'
import { listOf, usePages } from '../../../web/kit/use-pages.ts'
import { inventoryWords } from './inventory-words.ts'
import { JobState } from './job-state.tsx'
import { ImportNumbersDocument, type JobFactsFragment, NumberJobsDocument } from './number-jobs.graphql.ts'

/** Imports a file, after it was tried, and lists what was imported and exported. */
export const NumberFiles = (): ReactNode => {
  const t = inventoryWords.use()
  const operator = useOperator()
  const { actor } = useDirectory()
  const { number } = useFormats()
  const [, go] = useLocation()
  const pages = usePages({ query: NumberJobsDocument, variables: {}, pick: data => data.numberJobs })
  const columns = useMemo<readonly DataColumn<JobFactsFragment>[]>(
    () => [
      {
        name: 'kind',
        title: t('kind'),
        width: 110,
        cell: ({ id, kind }) => (
          <Anchor component={Link} href={`/files/${id}`} size="sm" tabIndex={-1}>
            {t(`kind_${kind}` as 'kind_IMPORT')}
          </Anchor>
        )
      },
      { name: 'state', title: t('state'), width: 150, cell: ({ state }) => <JobState state={state} /> },
      { name: 'file', title: t('file'), width: 170, cell: ({ fileName }) => <bdi dir="ltr">{fileName}</bdi> },
      { name: 'lines', title: t('lines'), width: 90, align: 'end', cell: ({ lines }) => number(lines) },
      {
        name: 'refused',
        title: t('countRefused'),
        width: 90,
        align: 'end',
        cell: ({ refused }) => (
          <Text span size="sm" c={refused > 0 ? 'red' : undefined}>
            {number(refused)}
          </Text>
        )
      },
      { name: 'by', title: t('by'), width: 130, cell: job => <bdi>{actor(job.actor)}</bdi> },
      { name: 'at', title: t('started'), width: 190, cell: ({ createdAt }) => <When at={createdAt} /> }
    ],
    [t, actor, number]
  )
  return (
    <Stack gap="lg">
      {operator.is('ADMIN') && <ImportNumbers />}
      <Stack gap="xs" component="section" aria-label={t('jobs')}>
        <Title order={2} size="h4">
          {t('jobs')}
        </Title>
        <DataTable
          label={t('jobs')}
          columns={columns}
          {...listOf(pages)}
          rowKey={row => row.id}
          onOpen={({ id }) => go(`/files/${id}`)}
          empty={t('noJobs')}
        />
      </Stack>
    </Stack>
  )
}

const ImportNumbers = (): ReactNode => {
  const t = inventoryWords.use()
  const [, go] = useLocation()
  const [file, setFile] = useState<File | null>(null)
  const [refusals, setRefusals] = useState<readonly Refusal[]>([])
  const upload = useUpload()
  const [{ fetching }, start] = useMutation(ImportNumbersDocument)
  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault()
    if (file === null || upload.share !== null || fetching) return
    setRefusals([])
    const sent = await upload.start(file)
    if (!sent.ok) return setRefusals(sent.refusals)
    const { data, error } = await start({ fileId: sent.file.id, dryRun: true, skipRefused: false })
    setRefusals(refusalsOf(error))
    if (data == null || error !== undefined) return
    keepFileOf(data.importNumbers.id, sent.file.id)
    go(`/files/${data.importNumbers.id}`)
  }
  return (
    <Card withBorder component="section" aria-label={t('importTitle')} maw={720}>
      <form onSubmit={submit}>
        <Stack gap="sm">
          <Title order={2} size="h4">
            {t('importTitle')}
          </Title>
          <Text size="sm" c="dimmed">
            {t('importHint')}
          </Text>
          <UploadField label={t('file')} accept=".csv,.txt" file={file} onFile={setFile} upload={upload} />
          <RefusalAlert refusals={refusals} />
          <Group>
            <Button type="submit" disabled={file === null} loading={upload.share !== null || fetching}>
              {t('tryIt')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Card>
  )
}
