import { Alert, Anchor, Badge, Button, Group, Progress, Stack, Text, Title } from '@mantine/core'
import { type ReactNode, useMemo, useRef, useState } from 'react'
import { useMutation } from 'urql'
import { Link, useLocation } from 'wouter'
import { ActionDialog } from '../console-kit/action-dialog.tsx'
import { type DataColumn, DataTable } from '../console-kit/data-table.tsx'
import { useDirectory } from '../console-kit/directory.ts'
import { Fact, Facts } from '../console-kit/facts.tsx'
import { LoadState } from '../console-kit/load-state.tsx'
import { useOperator } from '../console-kit/operator.ts'
import { PageHead } from '../console-kit/page-head.tsx'
import { RefusalAlert } from '../console-kit/refusal-alert.tsx'
import { saveFile } from '../console-kit/save-text.ts'
import { UploadField, useUpload } from '../console-kit/upload-field.tsx'
import { fileOf, keepFileOf } from '../console-kit/uploaded-file.ts'
import { usePolled } from '../console-kit/use-polled.ts'
import { When } from '../console-kit/when.tsx'
import { type Refusal, refusalOf, refusalsOf } from '../kit/client.ts'
import { useFormats } from '../kit/formats.ts'
import { RefusalText, ServerWords } from '../kit/refusal-text.tsx'
import { listOf, usePages } from '../kit/use-pages.ts'
import {
  ExportOnboardingReportDocument,
  OnboardingLinesDocument,
  type OnboardingLinesQuery,
  OnboardingRunDocument,
  type RunFactsFragment,
  StartOnboardingDocument
} from './onboarding.graphql.ts'
import { RunState, runKind } from './onboarding-state.tsx'
import { onboardingWords } from './onboarding-words.ts'

/** One run: how far it is, what came of each line, and what can be done next. */
export const OnboardingRunPage = ({ id }: { readonly id: string }): ReactNode => {
  const t = onboardingWords.use()
  const operator = useOperator()
  const { actor } = useDirectory()
  const { dateTime } = useFormats()
  const [, go] = useLocation()
  const [asked, setAsked] = useState(false)
  const { data, fetching, refusals, reload } = usePolled({
    query: OnboardingRunDocument,
    variables: { id },
    isDone: ({ onboardingRun: { state } }) => state === 'DONE' || state === 'FAILED'
  })
  const back = { to: '~/onboarding', title: t('toList') }
  const run = data?.onboardingRun
  if (run == null)
    return (
      <>
        <PageHead title={t('title')} back={back} />
        <LoadState fetching={fetching} refusals={refusals} retry={reload} />
      </>
    )
  const kind = runKind(run)
  const isOver = run.state === 'DONE' || run.state === 'FAILED'
  const mayFetch = operator.is('ADMIN') || run.startedBy === operator.actor
  const wouldWrite = run.created + run.updated
  const canGoOn =
    operator.is('ADMIN') &&
    kind !== 'EXPORT' &&
    (run.state === 'FAILED' || (kind === 'TRY' && run.state === 'DONE' && wouldWrite > 0))
  return (
    <>
      <PageHead
        title={`${t(`kind_${kind}`)}${run.fileName === null ? '' : `: ${run.fileName}`}`}
        mark={<RunState state={run.state} />}
        back={back}
      >
        {canGoOn ? (
          <Button onClick={() => setAsked(true)}>{t(run.state === 'FAILED' ? 'doAgain' : 'doIt')}</Button>
        ) : undefined}
      </PageHead>
      <Stack gap="md">
        {!isOver && <RunProgress run={run} />}
        {run.state === 'FAILED' && (
          <Alert color="red" role="alert" title={t('state_FAILED')}>
            {run.error !== null && (
              <Text size="sm" fw={600}>
                <RefusalText refusal={refusalOf(run.errorCode ?? 'INTERNAL', run.error)} />
              </Text>
            )}
            {kind !== 'EXPORT' && t('failedHint')}
          </Alert>
        )}
        {run.state === 'DONE' && kind === 'TRY' && (
          <Alert color={run.errors > 0 ? 'yellow' : 'green'} role="status">
            {t(run.errors > 0 ? 'triedBad' : 'triedOk')}
          </Alert>
        )}
        {run.sameFileAs !== null && run.sameFileAs !== run.id && (
          <Alert color="blue">
            {t('sameFile')}{' '}
            <Anchor component={Link} href={`/${run.sameFileAs}`} inherit>
              {t('sameFileLink')}
            </Anchor>
          </Alert>
        )}
        {kind === 'EXPORT' && run.state === 'DONE' && (
          <Group role="status">
            {run.file === null ? (
              <Text>{t('fileGone')}</Text>
            ) : (
              <>
                {mayFetch && (
                  <Button component="a" href={run.file.url} download={run.file.name}>
                    {t('fetch', { name: run.file.name })}
                  </Button>
                )}
                <Text size="sm" c="dimmed">
                  {t('fileUntil', { at: dateTime(run.file.expiresAt) })}
                </Text>
              </>
            )}
          </Group>
        )}
        <Facts>
          <Fact name={t('by')}>
            <bdi>{actor(run.startedBy)}</bdi>
          </Fact>
          <Fact name={t('started')}>
            <When at={run.createdAt} />
          </Fact>
          {run.finishedAt !== null && (
            <Fact name={t('finished')}>
              <When at={run.finishedAt} />
            </Fact>
          )}
          <Fact name={t('companies')}>{t('companyCount', { count: run.companies })}</Fact>
          {kind !== 'EXPORT' && <Fact name={t('result')}>{t('lineCount', { count: run.lines })}</Fact>}
        </Facts>
        {kind !== 'EXPORT' && isOver && <Report run={run} />}
      </Stack>
      {asked && (
        <GoOn
          run={run}
          count={wouldWrite}
          onClose={() => setAsked(false)}
          onStarted={next => {
            setAsked(false)
            go(`/${next}`)
          }}
        />
      )}
    </>
  )
}

const RunProgress = ({ run }: { readonly run: RunFactsFragment }): ReactNode => {
  const t = onboardingWords.use()
  const { number } = useFormats()
  const { phase, companies, companiesChecked, companiesWritten } = run
  const done = phase === 'WRITE' || run.kind === 'EXPORT' ? companiesWritten : companiesChecked
  const text =
    run.state === 'QUEUED'
      ? t('waiting')
      : run.kind === 'EXPORT'
        ? t('phaseExport', { done: number(done), all: number(companies) })
        : t(`phase_${phase}` as 'phase_READ', { done: number(done), all: number(companies) })
  const share = companies === 0 ? 0 : (done / companies) * 100
  return (
    <Stack gap={6} role="status">
      <Text size="sm">{text}</Text>
      <Progress value={share === 0 ? 100 : share} animated aria-label={t('phase')} />
    </Stack>
  )
}

const outcomes = ['CREATE', 'UPDATE', 'UNCHANGED', 'ERROR', 'REFUSED'] as const
type Outcome = (typeof outcomes)[number]
type Line = OnboardingLinesQuery['onboardingLines']['nodes'][number]

const colors: Readonly<Record<Outcome, string>> = {
  CREATE: 'green',
  UPDATE: 'blue',
  UNCHANGED: 'gray',
  ERROR: 'red',
  REFUSED: 'orange'
}

const Report = ({ run }: { readonly run: RunFactsFragment }): ReactNode => {
  const t = onboardingWords.use()
  const { number, dateTime } = useFormats()
  const [outcome, setOutcome] = useState<Outcome | null>(null)
  const pages = usePages({
    query: OnboardingLinesDocument,
    variables: { runId: run.id, outcome },
    pick: data => data.onboardingLines
  })
  const [refusals, setRefusals] = useState<readonly Refusal[]>([])
  const [{ fetching: making }, make] = useMutation(ExportOnboardingReportDocument)
  const download = async (): Promise<void> => {
    const { data, error } = await make({ runId: run.id, outcome })
    setRefusals(refusalsOf(error))
    if (data != null) saveFile(data.exportOnboardingReport.name, data.exportOnboardingReport.url)
  }
  const counts: Readonly<Record<Outcome, number>> = {
    CREATE: run.created,
    UPDATE: run.updated,
    UNCHANGED: run.unchanged,
    ERROR: run.errors,
    REFUSED: run.refused
  }
  const columns = useMemo<readonly DataColumn<Line>[]>(
    () => [
      { name: 'line', title: t('line'), width: 70, align: 'end', cell: ({ line }) => number(line) },
      {
        name: 'outcome',
        title: t('outcome'),
        width: 120,
        cell: ({ outcome: of }) => (
          <Badge variant="light" color={of === null ? 'gray' : colors[of]} tt="none" fw={600}>
            {t(`outcome_${of ?? 'NONE'}`)}
          </Badge>
        )
      },
      { name: 'record', title: t('record'), width: 110, cell: ({ record }) => <bdi dir="ltr">{record}</bdi> },
      { name: 'company', title: t('company'), width: 150, cell: ({ company }) => <bdi>{company}</bdi> },
      { name: 'subject', title: t('subject'), width: 180, cell: ({ subject }) => <bdi dir="auto">{subject}</bdi> },
      { name: 'detail', title: t('detail'), width: 360, cell: line => <Detail line={line} /> }
    ],
    [t, number]
  )
  return (
    <Stack gap="xs" component="section" aria-label={t('report')}>
      <Title order={2} size="h4">
        {t('report')}
      </Title>
      <Group gap={6} role="group" aria-label={t('counts')}>
        {[null, ...outcomes].map(each => (
          <Button
            key={each ?? 'ALL'}
            size="compact-sm"
            variant={outcome === each ? 'filled' : 'default'}
            aria-pressed={outcome === each}
            onClick={() => setOutcome(each)}
            {...(each === 'REFUSED' ? { title: t('refusedHint') } : {})}
          >
            {t(`outcome_${each ?? 'ALL'}`)} · {number(each === null ? run.lines : counts[each])}
          </Button>
        ))}
        {run.warnings > 0 && (
          <Badge variant="outline" color="yellow" tt="none" c="var(--mantine-color-text)">
            {t('warnings', { count: run.warnings })}
          </Badge>
        )}
        <Button size="compact-sm" variant="subtle" loading={making} onClick={download}>
          {t('downloadReport')}
        </Button>
      </Group>
      <RefusalAlert refusals={refusals} />
      <DataTable
        label={t('report')}
        columns={columns}
        {...listOf(pages)}
        rowKey={row => `${row.line}-${row.record}`}
        empty={t(run.lines > 0 && outcome === null ? 'linesGone' : 'noLines')}
      />
      {run.linesUntil !== null && (
        <Text size="xs" c="dimmed">
          {t('linesUntil', { at: dateTime(run.linesUntil) })}
        </Text>
      )}
    </Stack>
  )
}

const Detail = ({ line }: { readonly line: Line }): ReactNode => {
  const t = onboardingWords.use()
  return (
    <Stack gap={2}>
      {line.message !== null && (
        <Text size="sm" c={line.outcome === 'ERROR' ? 'red' : undefined}>
          {line.field !== null && <strong>{t('column', { field: line.field })}: </strong>}
          <RefusalText refusal={refusalOf(line.code ?? 'BAD_USER_INPUT', line.message)} />
        </Text>
      )}
      {line.changes.map(({ field, before, after }) => (
        <Text key={field} size="xs">
          <bdi dir="ltr">{field}</bdi>: {before === null ? t('nothing') : <bdi>{before}</bdi>}{' '}
          <span aria-hidden="true">{t('arrow')}</span>{' '}
          <strong>{after === null ? t('nothing') : <bdi>{after}</bdi>}</strong>
        </Text>
      ))}
      {line.warnings.map(warning => (
        <Text key={warning} size="xs" c="var(--mantine-color-text)">
          <span aria-hidden="true">⚠ </span>
          <ServerWords text={warning} />
        </Text>
      ))}
    </Stack>
  )
}

/** Starts the real run with the file of another one, which is asked for again where this tab does not know it. */
const GoOn = ({
  run,
  count,
  onClose,
  onStarted
}: {
  readonly run: RunFactsFragment
  readonly count: number
  onClose(): void
  onStarted(id: string): void
}): ReactNode => {
  const t = onboardingWords.use()
  const upload = useUpload()
  const [known, setKnown] = useState(() => fileOf(run.id))
  const [file, setFile] = useState<File | null>(null)
  const [, start] = useMutation(StartOnboardingDocument)
  const started = useRef<string | null>(null)
  const dryRun = run.state === 'FAILED' && run.dryRun
  const go = async (): Promise<readonly Refusal[]> => {
    let fileId = known
    if (fileId === null) {
      if (file === null) return []
      const sent = await upload.start(file)
      if (!sent.ok) return sent.refusals
      if (sent.file.sha256 !== run.fileSha256) {
        return [refusalOf('BAD_USER_INPUT', null, { reason: 'OTHER_FILE' })]
      }
      fileId = sent.file.id
    }
    const { data, error } = await start({ fileId, dryRun })
    const refused = refusalsOf(error)
    // The file is kept for a week only.
    if (refused.some(({ code }) => code === 'NOT_FOUND')) setKnown(null)
    if (data == null || refused.length > 0) return refused
    keepFileOf(data.startOnboarding.id, fileId)
    started.current = data.startOnboarding.id
    return []
  }
  return (
    <ActionDialog
      title={t(run.state === 'FAILED' ? 'doAgain' : 'doIt')}
      action={t(run.state === 'FAILED' ? 'doAgain' : 'doIt')}
      disabled={known === null && file === null}
      onClose={() => {
        if (started.current === null) onClose()
        else onStarted(started.current)
      }}
      run={go}
    >
      <Text size="sm">{run.state === 'FAILED' ? t('failedHint') : t('doItAsk', { count })}</Text>
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
