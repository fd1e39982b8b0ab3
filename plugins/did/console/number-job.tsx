import { Alert, Button, Checkbox, Group, Progress, Stack, Table, Text, Title } from '@mantine/core'
import { type ReactNode, useState } from 'react'
import { useMutation } from 'urql'
import { useLocation } from 'wouter'
import { ActionDialog } from '../../../web/console-kit/action-dialog.tsx'
import { useDirectory } from '../../../web/console-kit/directory.ts'
import { Fact, Facts } from '../../../web/console-kit/facts.tsx'
import { LoadState } from '../../../web/console-kit/load-state.tsx'
import { useOperator } from '../../../web/console-kit/operator.ts'
import { PageHead } from '../../../web/console-kit/page-head.tsx'
import { UploadField, useUpload } from '../../../web/console-kit/upload-field.tsx'
import { fileOf, keepFileOf } from '../../../web/console-kit/uploaded-file.ts'
import { usePolled } from '../../../web/console-kit/use-polled.ts'
import { When } from '../../../web/console-kit/when.tsx'
import { type Refusal, refusalOf, refusalsOf } from '../../../web/kit/client.ts'
import { useFormats } from '../../../web/kit/formats.ts'
import { RefusalText, ServerWords } from '../../../web/kit/refusal-text.tsx'
import { inventoryWords } from './inventory-words.ts'
import { JobState } from './job-state.tsx'
import { ImportNumbersDocument, NumberJobDocument, type NumberJobQuery } from './number-jobs.graphql.ts'

type Job = NumberJobQuery['numberJob']

const counts = [
  ['created', 'countCreated'],
  ['assigned', 'countAssigned'],
  ['changed', 'countChanged'],
  ['unchanged', 'countUnchanged'],
  ['refused', 'countRefused']
] as const

/** One import or export: how far it is, its counts, its refused lines, its file. */
export const NumberJobPage = ({ id }: { readonly id: string }): ReactNode => {
  const t = inventoryWords.use()
  const operator = useOperator()
  const { actor } = useDirectory()
  const { number, dateTime } = useFormats()
  const [, go] = useLocation()
  const [asked, setAsked] = useState(false)
  const { data, fetching, refusals, reload } = usePolled({
    query: NumberJobDocument,
    variables: { id },
    isDone: ({ numberJob: { state } }) => ['DONE', 'REFUSED', 'FAILED'].includes(state)
  })
  const back = { to: '~/numbers/files', title: t('toJobs') }
  const job = data?.numberJob
  if (job == null)
    return (
      <>
        <PageHead title={t('title')} back={back} />
        <LoadState fetching={fetching} refusals={refusals} retry={reload} />
      </>
    )
  const isOver = ['DONE', 'REFUSED', 'FAILED'].includes(job.state)
  const isExport = job.kind === 'EXPORT'
  const canImport = operator.is('ADMIN') && !isExport && isOver && (job.kind === 'DRY_RUN' || job.state !== 'DONE')
  const mayFetch = operator.is('ADMIN') || job.actor === operator.actor
  return (
    <>
      <PageHead
        title={`${t(`kind_${job.kind}` as 'kind_IMPORT')}${job.fileName === null ? '' : `: ${job.fileName}`}`}
        mark={<JobState state={job.state} />}
        back={back}
      >
        {canImport ? <Button onClick={() => setAsked(true)}>{t('importDo')}</Button> : undefined}
      </PageHead>
      <Stack gap="md">
        {!isOver && (
          <Stack gap={6} role="status">
            <Text size="sm">{t('progress', { count: job.lines })}</Text>
            <Progress value={100} animated aria-label={t('state_RUNNING')} />
          </Stack>
        )}
        {job.state === 'FAILED' && (
          <Alert color="red" role="alert" title={t('state_FAILED')}>
            {job.error !== null && <ServerWords text={job.error} />}
          </Alert>
        )}
        {job.state === 'REFUSED' && (
          <Alert color="orange" role="alert">
            {t('refusedAll')}
          </Alert>
        )}
        {job.kind === 'DRY_RUN' && job.state === 'DONE' && (
          <Alert color={job.refused > 0 ? 'yellow' : 'green'} role="status">
            {t('triedOk')}
          </Alert>
        )}
        {job.result !== null && (
          <Group role="status">
            {mayFetch && (
              <Button
                component="a"
                href={job.result.url}
                download={job.result.name}
                {...(isExport ? {} : { variant: 'default' })}
              >
                {t(isExport ? 'fetchExport' : 'fetchReport')}
              </Button>
            )}
            <Text size="sm" c="dimmed">
              {t('fileUntil', { at: dateTime(job.result.expiresAt) })}
            </Text>
          </Group>
        )}
        <Facts>
          <Fact name={t('lines')}>{number(job.lines)}</Fact>
          {!isExport &&
            counts.map(([name, title]) => (
              <Fact key={name} name={t(title)}>
                {number(job[name])}
              </Fact>
            ))}
          <Fact name={t('by')}>
            <bdi>{actor(job.actor)}</bdi>
          </Fact>
          <Fact name={t('started')}>
            <When at={job.createdAt} />
          </Fact>
          {job.finishedAt !== null && (
            <Fact name={t('ended')}>
              <When at={job.finishedAt} />
            </Fact>
          )}
        </Facts>
        {!isExport && isOver && <Problems job={job} />}
      </Stack>
      {asked && <ImportDialog job={job} onClose={() => setAsked(false)} onStarted={next => go(`/files/${next}`)} />}
    </>
  )
}

const Problems = ({ job }: { readonly job: Job }): ReactNode => {
  const t = inventoryWords.use()
  const { number } = useFormats()
  return (
    <Stack gap="xs" component="section" aria-label={t('problems')}>
      <Title order={2} size="h4">
        {t('problems')}
      </Title>
      {job.problems.length === 0 ? (
        <Text size="sm" c="dimmed">
          {t('noProblems')}
        </Text>
      ) : (
        <>
          <Text size="sm" c="dimmed">
            {t('problemsHint')}
          </Text>
          <Table.ScrollContainer minWidth={480}>
            <Table aria-label={t('problems')}>
              <Table.Thead>
                <Table.Tr>
                  <Table.Th scope="col">{t('line')}</Table.Th>
                  <Table.Th scope="col">{t('number')}</Table.Th>
                  <Table.Th scope="col">{t('why')}</Table.Th>
                </Table.Tr>
              </Table.Thead>
              <Table.Tbody>
                {job.problems.map(problem => (
                  <Table.Tr key={problem.line}>
                    <Table.Td>{number(problem.line)}</Table.Td>
                    <Table.Td>
                      <bdi dir="ltr">{problem.number}</bdi>
                    </Table.Td>
                    <Table.Td>
                      {problem.code !== null && <RefusalText refusal={refusalOf(problem.code, problem.message)} />}
                    </Table.Td>
                  </Table.Tr>
                ))}
              </Table.Tbody>
            </Table>
          </Table.ScrollContainer>
        </>
      )}
    </Stack>
  )
}

/** Imports the file of a job that tried it, which is asked for again where this tab does not know it. */
const ImportDialog = ({
  job,
  onClose,
  onStarted
}: {
  readonly job: Job
  onClose(): void
  onStarted(id: string): void
}): ReactNode => {
  const t = inventoryWords.use()
  const upload = useUpload()
  const [known, setKnown] = useState(() => fileOf(job.id))
  const [file, setFile] = useState<File | null>(null)
  const [skipRefused, setSkipRefused] = useState(false)
  const [, start] = useMutation(ImportNumbersDocument)
  const run = async (): Promise<readonly Refusal[]> => {
    let fileId = known
    if (fileId === null) {
      if (file === null) return []
      const sent = await upload.start(file)
      if (!sent.ok) return sent.refusals
      fileId = sent.file.id
    }
    const { data, error } = await start({ fileId, dryRun: false, skipRefused })
    const refused = refusalsOf(error)
    // The file is kept for a week only.
    if (refused.some(({ code }) => code === 'NOT_FOUND')) setKnown(null)
    if (data == null || refused.length > 0) return refused
    keepFileOf(data.importNumbers.id, fileId)
    onStarted(data.importNumbers.id)
    return []
  }
  return (
    <ActionDialog
      title={t('importDo')}
      action={t('importDo')}
      disabled={known === null && file === null}
      onClose={onClose}
      run={run}
    >
      <Text size="sm">{t('importAsk')}</Text>
      {job.refused > 0 && (
        <Checkbox
          label={t('skipLines')}
          checked={skipRefused}
          onChange={event => setSkipRefused(event.currentTarget.checked)}
        />
      )}
      {known === null && (
        <UploadField
          label={t('chooseSame')}
          description={t('chooseSameHint')}
          accept=".csv,.txt"
          file={file}
          onFile={setFile}
          upload={upload}
        />
      )}
    </ActionDialog>
  )
}
