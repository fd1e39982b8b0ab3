import { Alert, Anchor, Button, Code, Group, List, Progress, Stack, Text, TextInput, Title } from '@mantine/core'
import { type ReactNode, useMemo, useState } from 'react'
import { useMutation } from 'urql'
import { Link, useLocation } from 'wouter'
import { ActionDialog } from '../../../web/console-kit/action-dialog.tsx'
import { type DataColumn, DataTable } from '../../../web/console-kit/data-table.tsx'
import { useDirectory } from '../../../web/console-kit/directory.ts'
import { Fact, Facts } from '../../../web/console-kit/facts.tsx'
import { LoadState } from '../../../web/console-kit/load-state.tsx'
import { useOperator } from '../../../web/console-kit/operator.ts'
import { PageHead } from '../../../web/console-kit/page-head.tsx'
import { fieldRefusal } from '../../../web/console-kit/refusal-alert.tsx'
import { usePolled } from '../../../web/console-kit/use-polled.ts'
import { When } from '../../../web/console-kit/when.tsx'
import { refusalsOf } from '../../../web/kit/client.ts'
import { useFormats } from '../../../web/kit/formats.ts'
import { ServerWords } from '../../../web/kit/refusal-text.tsx'
import { listOf, usePages } from '../../../web/kit/use-pages.ts'
import { BatchState } from './batch-state.tsx'
import { callBatchWords } from './call-batch-words.ts'
import {
  CallBatchDocument,
  type CallBatchQuery,
  CallBatchRejectsDocument,
  type CallBatchRejectsQuery,
  RerunCallBatchDocument,
  UndoCallBatchDocument
} from './call-batches.graphql.ts'

type Batch = NonNullable<CallBatchQuery['callBatch']>

/** One delivery: its counts, what was rejected, and how to take it back. */
export const BatchPage = ({ id }: { readonly id: string }): ReactNode => {
  const t = callBatchWords.use()
  const operator = useOperator()
  const { actor } = useDirectory()
  const { number } = useFormats()
  const [, go] = useLocation()
  const [asked, setAsked] = useState<'undo' | 'rerun' | null>(null)
  const { data, fetching, refusals, reload } = usePolled({
    query: CallBatchDocument,
    variables: { id },
    isDone: ({ callBatch }) => callBatch === null || (callBatch.state !== 'RUNNING' && callBatch.state !== 'UNDOING')
  })
  const back = { to: '~/calls', title: t('toList') }
  const batch = data?.callBatch
  if (batch == null)
    return (
      <>
        <PageHead title={t('title')} back={back} />
        <LoadState fetching={fetching} refusals={refusals} retry={reload} />
      </>
    )
  const canUndo = operator.is('ADMIN') && !batch.dryRun && batch.state !== 'UNDOING' && batch.state !== 'UNDONE'
  const canRerun =
    operator.is('ADMIN') &&
    !batch.dryRun &&
    batch.rejectsWaiting > 0 &&
    ['DONE', 'FAILED', 'BROKEN_OFF'].includes(batch.state)
  const counts = ['rows', 'loaded', 'replaced', 'duplicates', 'unrated', 'rejected'] as const
  return (
    <>
      <PageHead title={batch.fileName ?? batch.source} mark={<BatchState batch={batch} />} back={back}>
        {canUndo || canRerun ? (
          <>
            {canRerun && (
              <Button variant="default" onClick={() => setAsked('rerun')}>
                {t('rerun')}
              </Button>
            )}
            {canUndo && (
              <Button variant="default" c="red" onClick={() => setAsked('undo')}>
                {t('undo')}
              </Button>
            )}
          </>
        ) : undefined}
      </PageHead>
      <Stack gap="md">
        {batch.error !== null && (
          <Alert color="red" role="alert" title={t(`state_${batch.state}`)}>
            <ServerWords text={batch.error} />
          </Alert>
        )}
        {batch.state === 'RUNNING' && (
          <Stack gap={6} role="status">
            <Text size="sm">{t('running', { count: batch.rows })}</Text>
            <Progress value={100} animated aria-label={t('state_RUNNING')} />
          </Stack>
        )}
        {batch.state === 'UNDOING' && (
          <Stack gap={6} role="status">
            <Text size="sm">{t('undoing', { done: number(batch.undone), all: number(batch.loaded) })}</Text>
            <Progress
              value={batch.loaded === 0 ? 100 : (batch.undone / batch.loaded) * 100}
              animated
              aria-label={t('state_UNDOING')}
            />
          </Stack>
        )}
        <section aria-label={t('counts')}>
          <Facts>
            {counts.map(name => (
              <Fact key={name} name={t(name)}>
                {number(batch[name])}
              </Fact>
            ))}
            {batch.undone > 0 && <Fact name={t('undone')}>{number(batch.undone)}</Fact>}
            {batch.archived > 0 && <Fact name={t('archived')}>{number(batch.archived)}</Fact>}
          </Facts>
        </section>
        <section aria-label={t('facts')}>
          <Facts>
            <Fact name={t('source')}>
              <bdi dir="ltr">{batch.source}</bdi>
            </Fact>
            <Fact name={t('format')}>
              <bdi dir="ltr">{batch.format}</bdi>
            </Fact>
            <Fact name={t('origin')}>
              {t(`origin_${batch.origin}`)}
              {batch.rerunOf !== null && (
                <>
                  {' · '}
                  <Anchor component={Link} href={`/batches/${batch.rerunOf}`} inherit>
                    {t('earlier')}
                  </Anchor>
                </>
              )}
            </Fact>
            <Fact name={t('by')}>
              <bdi>{actor(batch.actor)}</bdi>
            </Fact>
            <Fact name={t('started')}>
              <When at={batch.startedAt} />
            </Fact>
            {batch.endedAt !== null && (
              <Fact name={t('ended')}>
                <When at={batch.endedAt} />
              </Fact>
            )}
            {batch.firstCallStart !== null && batch.lastCallStart !== null && (
              <Fact name={t('calls')}>
                <When at={batch.firstCallStart} /> – <When at={batch.lastCallStart} />
              </Fact>
            )}
          </Facts>
        </section>
        {batch.rejected > 0 && <Rejects key={batch.rejectsWaiting} batch={batch} />}
      </Stack>
      {asked === 'undo' && <UndoDialog batch={batch} onClose={() => setAsked(null)} onDone={reload} />}
      {asked === 'rerun' && (
        <RerunDialog batch={batch} onClose={() => setAsked(null)} onStarted={next => go(`/batches/${next}`)} />
      )}
    </>
  )
}

type Reject = CallBatchRejectsQuery['callBatchRejects']['nodes'][number]

const Rejects = ({ batch }: { readonly batch: Batch }): ReactNode => {
  const t = callBatchWords.use()
  const { number } = useFormats()
  const pages = usePages({
    query: CallBatchRejectsDocument,
    variables: { batchId: batch.id },
    pick: data => data.callBatchRejects
  })
  const columns = useMemo<readonly DataColumn<Reject>[]>(
    () => [
      { name: 'line', title: t('line'), width: 80, align: 'end', cell: ({ line }) => number(line) },
      { name: 'why', title: t('why'), width: 260, cell: ({ reason }) => <ServerWords text={reason} /> },
      { name: 'code', title: t('accountCode'), width: 130, cell: ({ accountCode }) => <bdi>{accountCode}</bdi> },
      {
        name: 'record',
        title: t('record'),
        width: 420,
        cell: ({ record }) => (
          <Code dir="ltr" fz="xs" bg="transparent" p={0}>
            {record}
          </Code>
        )
      }
    ],
    [t, number]
  )
  return (
    <Stack gap="xs" component="section" aria-label={t('rejects')}>
      <Group justify="space-between">
        <Title order={2} size="h4">
          {t('rejects')}
        </Title>
        {batch.rejectsWaiting > 0 && (
          <Button component="a" href={batch.rejectsUrl} download size="xs" variant="default">
            {t('rejectsCsv')}
          </Button>
        )}
      </Group>
      <Text size="sm" c="dimmed">
        {t('rejectsHint')}
      </Text>
      <DataTable
        label={t('rejects')}
        columns={columns}
        {...listOf(pages)}
        rowKey={row => `${row.line}-${row.record}`}
        totalCount={pages.data?.callBatchRejects.totalCount ?? null}
        empty={t('noRejects')}
      />
    </Stack>
  )
}

const UndoDialog = ({
  batch,
  onClose,
  onDone
}: {
  readonly batch: Batch
  onClose(): void
  onDone(): void
}): ReactNode => {
  const t = callBatchWords.use()
  const [reason, setReason] = useState('')
  const [, undo] = useMutation(UndoCallBatchDocument)
  return (
    <ActionDialog
      title={t('undoTitle')}
      action={t('undoDo')}
      danger
      size="lg"
      fields={['reason']}
      onClose={onClose}
      run={async () => {
        const { error } = await undo({ id: batch.id, reason: reason.trim() || null })
        const refusals = refusalsOf(error)
        if (refusals.length === 0) onDone()
        return refusals
      }}
    >
      {refusals => (
        <>
          <Text size="sm">{t('undoWill')}</Text>
          <List size="sm">
            {batch.state === 'RUNNING' && <List.Item>{t('undoStops')}</List.Item>}
            <List.Item>{t('undoOut', { count: batch.loaded - batch.replaced })}</List.Item>
            {batch.replaced > 0 && <List.Item>{t('undoBack', { count: batch.replaced })}</List.Item>}
            <List.Item>{t('undoSums')}</List.Item>
            {batch.fileName !== null && <List.Item>{t('undoLater')}</List.Item>}
          </List>
          <Text size="sm" c="dimmed">
            {t('undoMeanwhile')}
          </Text>
          <TextInput
            label={t('reason')}
            description={t('reasonHint')}
            maxLength={500}
            value={reason}
            error={fieldRefusal(refusals, 'reason')}
            onChange={event => setReason(event.currentTarget.value)}
          />
        </>
      )}
    </ActionDialog>
  )
}

const RerunDialog = ({
  batch,
  onClose,
  onStarted
}: {
  readonly batch: Batch
  onClose(): void
  onStarted(id: string): void
}): ReactNode => {
  const t = callBatchWords.use()
  const [, rerun] = useMutation(RerunCallBatchDocument)
  return (
    <ActionDialog
      title={t('rerunTitle')}
      action={t('rerun')}
      onClose={onClose}
      run={async () => {
        const { data, error } = await rerun({ id: batch.id })
        if (data == null || error !== undefined) return refusalsOf(error)
        onStarted(data.rerunCallBatch.id)
        return []
      }}
    >
      <Text size="sm">{t('rerunWill', { count: batch.rejectsWaiting })}</Text>
    </ActionDialog>
  )
}
