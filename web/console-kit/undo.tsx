import { Button, Group, Stack, Text } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { type ReactNode, useEffect, useRef, useState } from 'react'
import { type Refusal, refusalsOf } from '../kit/client.ts'
import { accessWords } from './access-words.ts'
import { accessWritten } from './access-writes.ts'
import { site } from './site.ts'
import { RevertChangeDocument } from './undo.graphql.ts'
import { type Operation, UndoAllButton } from './undo-all.tsx'
import { UndoRefusals } from './undo-refusal.tsx'

/** Undoes one entry of the audit log. Gives the refusals; none: it is undone. */
export const undoChange = async (auditId: string): Promise<readonly Refusal[]> => {
  const { error } = await site.client.mutation(RevertChangeDocument, { auditId }).toPromise()
  return refusalsOf(error)
}

/** A button that undoes one entry, and says what came of it in its place. */
export const UndoButton = ({
  auditId,
  label,
  text,
  onUndone
}: {
  readonly auditId: string
  /** On the button, where "Undo" says too little. */
  readonly text?: string
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
        {text ?? t('undo')}
      </Button>
      <UndoRefusals refusals={refusals} />
    </Stack>
  )
}

/** Milliseconds that the offer to undo stays. */
const offered = 20_000

/** Tells that something was saved, with undo as long as the notice stands. @param undo the entry or the operation; null: none is offered */
export const notifySaved = (undo: { readonly auditId: string } | Operation | null, text: ReactNode): void => {
  const id = `saved-${performance.now()}`
  const notice = {
    id,
    color: 'green',
    // Where no buttons stand: they are at the end of the page's head and of its bar.
    position: document.documentElement.dir === 'rtl' ? ('bottom-right' as const) : ('bottom-left' as const),
    withBorder: true,
    message: (
      <Group justify="space-between" gap="xs">
        <Text size="sm">{text}</Text>
        {undo !== null && 'auditId' in undo && <UndoButton auditId={undo.auditId} onUndone={accessWritten} />}
        {undo !== null && 'id' in undo && (
          <UndoAllButton
            operations={[undo]}
            onUndone={({ failed }) => {
              accessWritten()
              // What could not be undone stays to be read.
              if (failed.length > 0) notifications.update({ ...notice, autoClose: false })
            }}
          />
        )}
      </Group>
    )
  }
  notifications.show({ ...notice, autoClose: offered })
}
