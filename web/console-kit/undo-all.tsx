import { Alert, Box, Button, List, Stack, Text } from '@mantine/core'
import { type ReactNode, useEffect, useRef, useState } from 'react'
import type { OperationResult } from 'urql'
import { type Refusal, refusalOf, refusalsOf } from '../kit/client.ts'
import { ReasonWords, RefusalText } from '../kit/refusal-text.tsx'
import { accessWords } from './access-words.ts'
import { useCompanyName } from './directory.ts'
import { site } from './site.ts'
import { RevertOperationDocument } from './undo.graphql.ts'
import { UndoRefusals } from './undo-refusal.tsx'

/** What one call wrote, of several companies perhaps, and can be undone together. */
export interface Operation {
  readonly id: string
  /** Companies or other things it changed. */
  readonly count: number
}

interface Line {
  readonly companyId: string
  readonly ok: boolean
  readonly code: string | null
  readonly message: string | null
  readonly operation: string | null
}

/** The operation that results of a bulk call tell of; null: nothing was written. */
export const operationOf = (results: readonly { readonly operation: string | null }[]): Operation | null => {
  const written = results.filter(({ operation }) => operation !== null)
  return written[0] === undefined ? null : { id: written[0].operation!, count: written.length }
}

/** The operation that a mutation names beside its answer: what it wrote of one thing. Null: the server does not say. */
export const operationBeside = ({ extensions }: Pick<OperationResult, 'extensions'>): Operation | null => {
  const [id] = Object.values((extensions?.operations ?? {}) as Readonly<Record<string, string>>)
  return id === undefined ? null : { id, count: 1 }
}

/** What undoing came to. */
export interface Undoing {
  readonly done: number
  readonly failed: readonly Line[]
}

/** A button that undoes whole operations, the newest first, and says in its place which companies it could not put back, and why. */
export const UndoAllButton = ({
  operations,
  onUndone
}: {
  /** Oldest first. */
  readonly operations: readonly Operation[]
  onUndone?(undoing: Undoing): void
}): ReactNode => {
  const t = accessWords.use()
  const [left, setLeft] = useState(operations)
  const [busy, setBusy] = useState(false)
  const [undoing, setUndoing] = useState<Undoing>({ done: 0, failed: [] })
  const [refusals, setRefusals] = useState<readonly Refusal[]>([])
  const told = useRef<HTMLDivElement>(null)
  const isUndone = left.length === 0
  useEffect(() => {
    if (isUndone) told.current?.focus()
  }, [isUndone])
  const undo = async (): Promise<void> => {
    setBusy(true)
    setRefusals([])
    let rest = left
    let sum = undoing
    while (rest.length > 0) {
      const { data, error } = await site.client
        .mutation(RevertOperationDocument, { operation: rest.at(-1)!.id })
        .toPromise()
      if (data === undefined || error !== undefined) {
        setRefusals(refusalsOf(error))
        break
      }
      const lines = data.revertOperation
      const failed = lines.filter(({ ok }) => !ok)
      sum = { done: sum.done + lines.length - failed.length, failed: [...sum.failed, ...failed] }
      rest = rest.slice(0, -1)
    }
    setUndoing(sum)
    setLeft(rest)
    setBusy(false)
    if (rest.length === 0) onUndone?.(sum)
  }
  if (isUndone)
    return (
      <Stack gap="xs" data-part="undoing">
        <Text ref={told} tabIndex={-1} size="sm" role="status" c={undoing.done > 0 ? 'green' : 'dimmed'} fw={600}>
          {t('undoneCount', { count: undoing.done })}
        </Text>
        {undoing.failed.length > 0 && <NotUndone failed={undoing.failed} />}
      </Stack>
    )
  const count = operations.reduce((sum, operation) => sum + operation.count, 0)
  return (
    <Stack gap="xs" align="start">
      <Button size="xs" variant="default" loading={busy} onClick={undo}>
        {t('undoCount', { count })}
      </Button>
      <UndoRefusals refusals={refusals} />
    </Stack>
  )
}

/** Companies named at a time. */
const pageSize = 20

const NotUndone = ({ failed }: { readonly failed: readonly Line[] }): ReactNode => {
  const t = accessWords.use()
  const [shown, setShown] = useState(pageSize)
  return (
    <Alert color="orange" role="alert" title={t('notUndoneCount', { count: failed.length })} p="xs">
      <Box component="section" aria-label={t('notUndone')} tabIndex={0} mah="16rem" style={{ overflowY: 'auto' }}>
        <List size="sm">
          <ReasonWords words={accessWords}>
            {failed.slice(0, shown).map(line => (
              <NotUndoneItem key={line.companyId} line={line} />
            ))}
          </ReasonWords>
        </List>
      </Box>
      {failed.length > shown && (
        <Button mt="xs" size="compact-xs" variant="default" onClick={() => setShown(shown + pageSize)}>
          {t('moreCompanies', { count: failed.length - shown })}
        </Button>
      )}
    </Alert>
  )
}

const NotUndoneItem = ({ line: { companyId, code, message } }: { readonly line: Line }): ReactNode => {
  const name = useCompanyName(companyId)
  const reason = code === 'CONFLICT' ? 'undoStays' : null
  return (
    <List.Item data-company={companyId}>
      <bdi>{name === '' ? companyId : (name ?? '…')}</bdi>:{' '}
      <RefusalText refusal={refusalOf(code ?? 'INTERNAL', message, { reason })} />
    </List.Item>
  )
}
