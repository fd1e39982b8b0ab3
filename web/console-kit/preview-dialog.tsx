import { Alert, Box, Button, Group, List, Loader, Modal, Stack, Text, TextInput, Title } from '@mantine/core'
import { type ReactNode, useEffect, useMemo, useRef, useState } from 'react'
import { useClient } from 'urql'
import { type Refusal, refusalsOf } from '../kit/client.ts'
import { RefusalText, RefusalTexts, ServerWords } from '../kit/refusal-text.tsx'
import { usePages } from '../kit/use-pages.ts'
import { type AccessDifference, AccessDifferences } from './access-differences.tsx'
import { accessWords } from './access-words.ts'
import { AuditEntryCard } from './audit-entry-card.tsx'
import { overrideWords, useFeatureRegistry } from './feature-registry.ts'
import { useFocusBack } from './focus-back.ts'
import {
  type AccessChangeInput,
  LatestAuditDocument,
  type LatestAuditQuery,
  type LatestAuditQueryVariables,
  PreviewAccessChangeDocument
} from './preview-dialog.graphql.ts'
import { RefusalAlert } from './refusal-alert.tsx'
import { notifySaved, UndoButton } from './undo.tsx'
import { type Operation, UndoAllButton } from './undo-all.tsx'

/** What became of a save. */
export type SaveResult =
  | {
      readonly ok: true
      /** What wrote it; null: nothing did, or the server does not say. */
      readonly operation: Operation | null
      /** Of many: how many were saved, and which were not. */
      readonly done?: number
      readonly failed?: readonly { readonly name: string; readonly refusal: Refusal }[]
    }
  | {
      readonly ok: false
      readonly refusals: readonly Refusal[]
      /** Of a CONFLICT: what the page knows of it. Without it the dialog shows the latest audit entry beside the change. */
      readonly conflict?: {
        readonly theirs?: ReactNode
        readonly mine?: ReactNode
        /** Saves over what the other one did, with the version read since. */
        saveMine?(reason: string): Promise<SaveResult>
      }
    }

interface SaveProps {
  readonly title?: string
  /** Asks for a reason of the whole change. */
  readonly withReason?: boolean
  save(reason: string): Promise<SaveResult>
  /** @param saved whether something was saved, so that the page reads anew */
  onClose(saved: boolean): void
}

/** What a change would alter, a page of it. */
export interface Preview {
  readonly state: 'LOADING' | 'MORE' | 'READY' | 'FAILED'
  readonly refusals: readonly Refusal[]
  readonly rows: readonly AccessDifference[]
  readonly hasMore: boolean
  loadMore(): void
  reload(): void
  /** Undefined until the first answer. */
  readonly summary:
    | { readonly companiesChecked: number; readonly companiesChanged: number; readonly warnings: readonly string[] }
    | undefined
}

/**
 * Shows what a change would alter before it is saved: who gains and who loses what. Saves, then shows the audit entry with a way
 * back, which also stands in a notification for a while. Draw it only while it is to be seen.
 */
export const PreviewDialog = ({ change, ...save }: SaveProps & { readonly change: AccessChangeInput }): ReactNode => {
  const { companyIds } = change
  return (
    <SaveDialog
      {...save}
      preview={usePreview(change)}
      target={(companyIds?.length === 1 ? companyIds[0] : change.domainId) ?? null}
      mine={<ChangeInWords change={change} />}
    />
  )
}

const usePreview = (change: AccessChangeInput): Preview => {
  const pages = usePages({
    query: PreviewAccessChangeDocument,
    variables: { change, first: 50 },
    pick: data => data.previewAccessChange.differences
  })
  return { ...pages, summary: pages.data?.previewAccessChange }
}

/**
 * What a change would alter, in a dialog of another make. Give it a key of the change, so that none is shown for another.
 * @param onSeen hears whether it is there; nothing is done before
 */
export const ChangePreview = ({
  change,
  onSeen
}: {
  readonly change: AccessChangeInput
  onSeen(isSeen: boolean): void
}): ReactNode => {
  const preview = usePreview(change)
  const isSeen = preview.summary !== undefined && preview.state !== 'FAILED'
  useEffect(() => {
    onSeen(isSeen)
    return () => onSeen(false)
  }, [isSeen, onSeen])
  return <PreviewBody preview={preview} keeps={false} />
}

type LatestEntry = LatestAuditQuery['auditLog']['nodes'][number]

type Refused = Extract<SaveResult, { ok: false }>
type Saved = Extract<SaveResult, { ok: true }>

/** What undoes all of it, where several things were saved. */
const manyOf = ({ operation }: Saved): Operation | null =>
  operation !== null && operation.count > 1 ? operation : null

type Step =
  | { readonly name: 'PREVIEW' | 'SAVING' }
  | {
      readonly name: 'CONFLICT'
      readonly result: Refused
      readonly latest: LatestEntry | null
    }
  | {
      readonly name: 'SAVED'
      readonly result: Saved
      /** Undefined until it is read; null: there is none. */
      readonly entry: LatestEntry | null | undefined
    }

/** The dialog around a preview that somebody else asks for, such as a template's. */
export const SaveDialog = ({
  preview,
  target,
  mine,
  extra,
  title,
  withReason = false,
  save,
  onClose
}: SaveProps & {
  readonly preview: Preview
  /** Id of the one company or brand that it is about, for a conflict; null: of many. */
  readonly target: string | null
  /** The change in words, for a conflict. */
  readonly mine?: ReactNode
  /** Below the differences. */
  readonly extra?: ReactNode
}): ReactNode => {
  const t = accessWords.use()
  const client = useClient()
  const [reason, setReason] = useState('')
  const [step, setStep] = useState<Step>({ name: 'PREVIEW' })
  const [refusals, setRefusals] = useState<readonly Refusal[]>([])
  const [undone, setUndone] = useState(false)
  const told = useRef<HTMLDivElement>(null)
  /** Closed before the entry was read. */
  const closed = useRef(false)
  useFocusBack()
  useEffect(() => {
    if (step.name === 'SAVED' || step.name === 'CONFLICT') told.current?.focus()
  }, [step.name])

  const latestOf = async (of: LatestAuditQueryVariables) => {
    const { data, error } = await client.query(LatestAuditDocument, of).toPromise()
    return { entry: data === undefined ? undefined : (data.auditLog.nodes[0] ?? null), unread: refusalsOf(error) }
  }
  const run = async (how: (reason: string) => Promise<SaveResult>): Promise<void> => {
    setStep({ name: 'SAVING' })
    setRefusals([])
    const result = await how(reason.trim())
    if (!result.ok) {
      setRefusals(result.refusals)
      if (result.refusals.some(({ code }) => code === 'CONFLICT'))
        setStep({
          name: 'CONFLICT',
          result,
          latest: target === null ? null : ((await latestOf({ target })).entry ?? null)
        })
      else setStep({ name: 'PREVIEW' })
      return
    }
    setStep({ name: 'SAVED', result, entry: undefined })
    // By its operation: a moment later the latest entry may be somebody else's.
    const { operation } = result
    const { entry, unread } =
      operation === null ? { entry: null, unread: [] } : await latestOf({ operation: operation.id })
    setRefusals(unread)
    setStep({ name: 'SAVED', result, entry })
    // Who was faster than the answer is offered the way back all the same.
    if (closed.current && entry !== undefined) notify(result, entry)
  }
  const notify = (result: Saved, entry: LatestEntry | null | undefined): void => {
    // Of many, the way back is known before an entry of theirs is read.
    if (entry === undefined) notifySaved(manyOf(result), t('savedNotice'))
    else if (entry !== null)
      notifySaved(entry.undoable ? (manyOf(result) ?? { auditId: entry.id }) : null, t('savedNotice'))
  }
  const many = step.name === 'SAVED' ? manyOf(step.result) : null
  const close = (): void => {
    if (step.name === 'SAVING') return
    if (step.name === 'SAVED' && !undone) {
      if (step.entry === undefined && many === null) closed.current = true
      else notify(step.result, step.entry)
    }
    onClose(step.name === 'SAVED')
  }

  return (
    <Modal
      opened
      onClose={close}
      size="xl"
      title={title ?? t('previewTitle')}
      closeButtonProps={{ 'aria-label': t('close') }}
      closeOnClickOutside={false}
      data-part="preview"
    >
      {step.name === 'SAVED' ? (
        <Stack>
          <Alert ref={told} tabIndex={-1} color="green" role="status">
            {step.entry === null && step.result.operation !== null && step.result.done === undefined
              ? t('nothingWritten')
              : savedText(t, step.result)}
          </Alert>
          {step.result.failed !== undefined && step.result.failed.length > 0 && <Failed failed={step.result.failed} />}
          <RefusalAlert refusals={refusals} />
          {step.entry === undefined && refusals.length === 0 && <Loader size="sm" aria-label={t('readingEntry')} />}
          {step.entry != null && (
            <Box component="section" aria-label={t('auditEntry')}>
              <Title order={3} size="h5" mb="xs">
                {t('auditEntry')}
              </Title>
              <AuditEntryCard entry={step.entry}>
                {many === null && step.entry.undoable && (
                  <UndoButton auditId={step.entry.id} onUndone={() => setUndone(true)} />
                )}
              </AuditEntryCard>
              {many !== null && (
                <Stack gap="xs" mt="xs">
                  <Text size="xs" c="dimmed">
                    {t('eachEntry')}
                  </Text>
                  {step.entry.undoable && <UndoAllButton operations={[many]} onUndone={() => setUndone(true)} />}
                </Stack>
              )}
            </Box>
          )}
          <Group justify="flex-end">
            <Button onClick={close}>{t('close')}</Button>
          </Group>
        </Stack>
      ) : step.name === 'CONFLICT' ? (
        <Stack>
          <Alert ref={told} tabIndex={-1} color="orange" role="alert" title={t('conflictTitle')}>
            {t('conflictBody')}
            <Text size="xs">
              <RefusalTexts refusals={refusals} />
            </Text>
          </Alert>
          <Box component="section" aria-label={t('theirs')}>
            <Title order={3} size="h5" mb="xs">
              {t('theirs')}
            </Title>
            {step.result.conflict?.theirs ?? (step.latest !== null && <AuditEntryCard entry={step.latest} />)}
          </Box>
          <Box component="section" aria-label={t('mine')}>
            <Title order={3} size="h5" mb="xs">
              {t('mine')}
            </Title>
            {step.result.conflict?.mine ?? mine}
          </Box>
          <Group justify="flex-end">
            <Button variant="default" onClick={close}>
              {t('backToForm')}
            </Button>
            {step.result.conflict?.saveMine !== undefined && (
              <Button color="orange" onClick={() => run(step.result.conflict!.saveMine!)}>
                {t('saveMine')}
              </Button>
            )}
          </Group>
        </Stack>
      ) : (
        <Stack>
          <PreviewBody preview={preview} />
          {extra}
          {withReason && (
            <TextInput
              label={t('reason')}
              description={t('reasonHint')}
              value={reason}
              maxLength={500}
              onChange={event => setReason(event.currentTarget.value)}
            />
          )}
          <RefusalAlert refusals={refusals} />
          <Group justify="flex-end">
            <Button variant="default" onClick={close} disabled={step.name === 'SAVING'} data-autofocus>
              {t('back')}
            </Button>
            <Button
              onClick={() => run(save)}
              loading={step.name === 'SAVING'}
              disabled={preview.summary === undefined || preview.state === 'FAILED'}
            >
              {t('save')}
            </Button>
          </Group>
        </Stack>
      )}
    </Modal>
  )
}

type Translate = ReturnType<typeof accessWords.use>

const savedText = (t: Translate, { done }: Saved): string =>
  done === undefined ? t('saved') : t('savedCount', { count: done })

/** Failures that are named; the rest is counted. */
const mostNamed = 50

const Failed = ({
  failed
}: {
  readonly failed: readonly { readonly name: string; readonly refusal: Refusal }[]
}): ReactNode => {
  const t = accessWords.use()
  return (
    <Alert color="red" role="alert" title={t('notSavedCount', { count: failed.length })}>
      <List size="sm">
        {failed.slice(0, mostNamed).map(({ name, refusal }) => (
          <List.Item key={name}>
            <bdi>{name}</bdi>: <RefusalText refusal={refusal} />
          </List.Item>
        ))}
      </List>
      {failed.length > mostNamed && <Text size="sm">{t('moreChanges', { count: failed.length - mostNamed })}</Text>}
    </Alert>
  )
}

const PreviewBody = ({
  preview,
  keeps = true
}: {
  readonly preview: Preview
  /** What changes nothing now is kept all the same, and may count later. */
  readonly keeps?: boolean
}): ReactNode => {
  const t = accessWords.use()
  const { summary, state } = preview
  if (state === 'FAILED')
    return (
      <Stack align="start">
        <RefusalAlert refusals={preview.refusals} />
        <Button variant="default" size="xs" onClick={preview.reload}>
          {t('again')}
        </Button>
      </Stack>
    )
  if (summary === undefined)
    return (
      <Group role="status">
        <Loader size="sm" />
        <Text size="sm">{t('checking')}</Text>
      </Group>
    )
  return (
    <Stack gap="sm">
      <div role="status" data-part="summary">
        <Text fw={600}>
          {summary.companiesChanged === 0 ? t('nothingChanges') : t('changed', { count: summary.companiesChanged })}
        </Text>
        <Text size="sm" c="dimmed">
          {t('checked', { count: summary.companiesChecked })}
        </Text>
        {keeps && summary.companiesChanged === 0 && <Text size="sm">{t('nothingChangesMore')}</Text>}
      </div>
      {preview.rows.length > 0 && (
        <AccessDifferences
          rows={preview.rows}
          hasMore={preview.hasMore}
          loadMore={preview.loadMore}
          loading={state === 'MORE'}
        />
      )}
      {summary.warnings.length > 0 && (
        <Alert color="yellow" title={t('warnings')} data-part="warnings">
          <List size="sm">
            {summary.warnings.map(warning => (
              <List.Item key={warning}>
                <WarningText text={warning} />
              </List.Item>
            ))}
          </List>
        </Alert>
      )}
    </Stack>
  )
}

/** A warning of the server, which names a key in front; the page says the title. */
const WarningText = ({ text }: { readonly text: string }): ReactNode => {
  const registry = useFeatureRegistry()
  const [, key, rest] = /^(\S+): (.*)$/.exec(text) ?? []
  if (key === undefined || rest === undefined || registry.get(key) === undefined) return <ServerWords text={text} />
  return (
    <>
      <strong>{registry.title(key)}</strong>: <ServerWords text={rest} />
    </>
  )
}

/** A change in words, one line a choice. */
export const ChangeInWords = ({ change }: { readonly change: AccessChangeInput }): ReactNode => {
  const t = accessWords.use()
  const registry = useFeatureRegistry()
  const lines = useMemo(
    () => [
      ...(change.overrides ?? []).map(({ key, override }) => ({
        name: registry.title(key),
        text: overrideWords(registry.get(key)?.polarity)[override]
      })),
      ...(change.features ?? []).map(({ key, enabled }) => ({
        name: registry.title(key),
        text: overrideWords(registry.get(key)?.polarity)[enabled ? 'on' : 'off']
      })),
      ...(change.columns ?? []).map(({ report, userType, columns }) => ({
        name: t('fieldColumns', { report, userType: t(userType === 'CARRIER' ? 'carriers' : 'customers') }),
        text:
          columns.length === 0
            ? t('defaultSet')
            : columns.map(name => registry.title(`${report}.${name}`).replace(/^[^:]*: /, '')).join(', ')
      }))
    ],
    [change, registry, t]
  )
  return (
    <List size="sm">
      {lines.map(({ name, text }) => (
        <List.Item key={name}>
          <bdi>{name}</bdi>: <strong>{text}</strong>
        </List.Item>
      ))}
    </List>
  )
}
