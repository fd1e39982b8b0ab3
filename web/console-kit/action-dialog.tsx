import { Button, Group, Modal, type ModalProps, Stack, Text } from '@mantine/core'
import { type FormEvent, type ReactNode, useId, useState } from 'react'
import type { Refusal } from '../kit/client.ts'
import { useFocusBack } from './focus-back.ts'
import { RefusalAlert } from './refusal-alert.tsx'
import { workWords } from './work-words.ts'

/**
 * Asks before something is done, does it, and stays open with what was typed when it is refused. Draw it only while it is to be
 * seen.
 * @param fields inputs inside it that show their own part of a refusal
 * @param run resolves to the refusals; none: it is done, and the dialog closes
 */
export const ActionDialog = ({
  title,
  action,
  danger = false,
  disabled = false,
  fields = [],
  size = 'md',
  run,
  onClose,
  children
}: {
  readonly title: ReactNode
  /** What the button says. */
  readonly action: string
  readonly danger?: boolean
  readonly disabled?: boolean
  readonly fields?: readonly string[]
  readonly size?: ModalProps['size']
  run(): Promise<readonly Refusal[]>
  onClose(): void
  /** Inputs that show refusals of their own take them as an argument. */
  readonly children?: ReactNode | ((refusals: readonly Refusal[]) => ReactNode)
}): ReactNode => {
  const t = workWords.use()
  const form = useId()
  const [busy, setBusy] = useState(false)
  const [refusals, setRefusals] = useState<readonly Refusal[]>([])
  useFocusBack()
  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault()
    if (busy || disabled) return
    setBusy(true)
    setRefusals([])
    const refused = await run()
    setBusy(false)
    setRefusals(refused)
    if (refused.length === 0) onClose()
  }
  return (
    <Modal
      opened
      onClose={() => !busy && onClose()}
      title={title}
      size={size}
      closeOnClickOutside={false}
      closeButtonProps={{ 'aria-label': t('close') }}
    >
      <form id={form} onSubmit={submit} noValidate>
        <Stack gap="sm">
          {typeof children === 'function' ? children(refusals) : children}
          <RefusalAlert refusals={refusals} fields={fields} />
          {refusals.some(({ code, reason }) => code === 'CONFLICT' && reason === null) && (
            <Text size="sm">{t('reread')}</Text>
          )}
        </Stack>
      </form>
      <Group justify="flex-end" mt="md">
        <Button variant="default" onClick={onClose} disabled={busy}>
          {t('cancel')}
        </Button>
        <Button type="submit" form={form} color={danger ? 'red' : undefined} loading={busy} disabled={disabled}>
          {action}
        </Button>
      </Group>
    </Modal>
  )
}
