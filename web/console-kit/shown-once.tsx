import { Alert, Button, Group, Modal, Stack, Text, TextInput } from '@mantine/core'
import { type ReactNode, useId, useRef, useState } from 'react'
import { useFormats } from '../kit/formats.ts'
import { useFocusBack } from './focus-back.ts'
import { workWords } from './work-words.ts'

/** A text to be copied, such as a secret or a link, with a button for it. */
export const CopyText = ({ label, value }: { readonly label: string; readonly value: string }): ReactNode => {
  const t = workWords.use()
  const id = useId()
  const field = useRef<HTMLInputElement>(null)
  const [told, setTold] = useState<'' | 'copied' | 'copyByHand'>('')
  const copy = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(value)
      setTold('copied')
    } catch {
      field.current?.select()
      setTold('copyByHand')
    }
  }
  return (
    <Stack gap={4}>
      <Group align="end" gap="xs" wrap="nowrap">
        <TextInput
          id={id}
          ref={field}
          label={label}
          value={value}
          readOnly
          dir="ltr"
          flex={1}
          miw={0}
          styles={{ input: { fontFamily: 'var(--mantine-font-family-monospace)' } }}
          onFocus={event => event.currentTarget.select()}
        />
        <Button variant="default" onClick={copy} aria-describedby={id}>
          {t('copy')}
        </Button>
      </Group>
      <Text size="xs" role="status" mih="1.2em">
        {told !== '' && t(told)}
      </Text>
    </Stack>
  )
}

/** A dialog around something that the server tells only once. It closes by its button alone. */
export const ShownOnce = ({
  title,
  label,
  value,
  until,
  onClose,
  children
}: {
  readonly title: ReactNode
  readonly label: string
  readonly value: string
  /** When it ends; null: by itself never. */
  readonly until: string | null
  onClose(): void
  readonly children?: ReactNode
}): ReactNode => {
  const t = workWords.use()
  const { dateTime } = useFormats()
  useFocusBack()
  return (
    <Modal
      opened
      onClose={onClose}
      title={title}
      size="lg"
      withCloseButton={false}
      closeOnClickOutside={false}
      closeOnEscape={false}
    >
      <Stack gap="sm">
        {children}
        <CopyText label={label} value={value} />
        <Alert color="yellow">
          {t('once')} {until !== null && t('goodUntil', { at: dateTime(until) })}
        </Alert>
        <Group justify="flex-end">
          <Button onClick={onClose}>{t('done')}</Button>
        </Group>
      </Stack>
    </Modal>
  )
}
