import { Alert, Button, Group, Stack, Text } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { type ReactNode, useEffect, useRef, useState } from 'react'
import { type Refusal, refusalsOf } from '../kit/client.ts'
import { accessWords } from './access-words.ts'
import { accessWritten } from './access-writes.ts'
import type { ConsoleOperator } from './operator.ts'
import { site } from './site.ts'
import { RevertChangeDocument } from './undo.graphql.ts'

const overrideWrites = [
  'setCompanyOverrides',
  'bulkSetCompanyOverrides',
  'applyAccessTemplate',
  'reapplyAccessTemplate',
  'liftAccessTemplate',
  'cleanUpOverrides'
]

const otherWrites = [
  'updatePortalDomain',
  'disablePortalDomain',
  'enablePortalDomain',
  'setDefaultPortalDomain',
  'updateCompany',
  'suspendCompany',
  'closeCompany',
  'reopenCompany',
  'approveCompany',
  'assignCompanyDomain',
  'onboardCompany',
  'setDomainFeatures',
  'setDomainColumns',
  'setPluginEnabled',
  'setEntitlement',
  'revertChange'
]

/** Whether undoing this kind of entry may be offered to an operator; the server has the last word. */
export const canUndo = (action: string, operator: ConsoleOperator): boolean =>
  operator.is('ADMIN')
    ? overrideWrites.includes(action) || otherWrites.includes(action)
    : operator.is('SUPPORT') && overrideWrites.includes(action)

/** Undoes one entry of the audit log. Gives the refusals; none: it is undone. */
export const undoChange = async (auditId: string): Promise<readonly Refusal[]> => {
  const { error } = await site.client.mutation(RevertChangeDocument, { auditId }).toPromise()
  return refusalsOf(error)
}

/** A button that undoes one entry, and says what came of it in its place. */
export const UndoButton = ({
  auditId,
  label,
  onUndone
}: {
  readonly auditId: string
  /** What is undone, for those who do not see the page; several such buttons stand in one list. */
  readonly label?: string
  onUndone?(): void
}): ReactNode => {
  const t = accessWords.use()
  const [state, setState] = useState<'READY' | 'BUSY' | 'UNDONE'>('READY')
  const [refusals, setRefusals] = useState<readonly Refusal[]>([])
  const told = useRef<HTMLDivElement>(null)
  useEffect(() => {
    if (state === 'UNDONE') told.current?.focus()
  }, [state])
  const undo = async (): Promise<void> => {
    setState('BUSY')
    const refused = await undoChange(auditId)
    setRefusals(refused)
    setState(refused.length === 0 ? 'UNDONE' : 'READY')
    if (refused.length === 0) onUndone?.()
  }
  if (state === 'UNDONE')
    return (
      <Text ref={told} tabIndex={-1} size="sm" role="status" c="green" fw={600}>
        {t('undone')}
      </Text>
    )
  return (
    <Stack gap="xs" align="start">
      <Button
        size="xs"
        variant="default"
        loading={state === 'BUSY'}
        onClick={undo}
        {...(label === undefined ? {} : { 'aria-label': `${t('undo')}: ${label}` })}
      >
        {t('undo')}
      </Button>
      {refusals.map(refusal => (
        <Alert key={refusal.code} color="red" role="alert" p="xs">
          <UndoRefusal refusal={refusal} />
        </Alert>
      ))}
    </Stack>
  )
}

const UndoRefusal = ({ refusal: { code, message } }: { readonly refusal: Refusal }): ReactNode => {
  const t = accessWords.use()
  if (code === 'UNREACHABLE' || code === 'UNAVAILABLE') return <Text size="sm">{t('unreachable')}</Text>
  return (
    <>
      <Text size="sm">{code === 'CONFLICT' ? t('undoConflict') : t('undoFailed', { message: '' })}</Text>
      <Text size="xs" dir="auto">
        {message}
      </Text>
    </>
  )
}

/** Milliseconds that the offer to undo stays. */
const offered = 20_000

/** Tells that something was saved, with undo as long as the notice stands. */
export const notifySaved = (auditId: string | null, text: ReactNode): void => {
  const id = `saved-${auditId ?? performance.now()}`
  notifications.show({
    id,
    color: 'green',
    autoClose: offered,
    // Where no bar with buttons stands.
    position: 'top-center',
    withBorder: true,
    message: (
      <Group justify="space-between" wrap="nowrap">
        <Text size="sm">{text}</Text>
        {auditId !== null && <UndoButton auditId={auditId} onUndone={accessWritten} />}
      </Group>
    )
  })
}
