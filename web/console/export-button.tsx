import { Alert, Anchor, Button, Group, Stack, Text } from '@mantine/core'
import { type ReactNode, useState } from 'react'
import { type Client, type OperationResult, useClient } from 'urql'
import { RefusalAlert } from '../console-kit/refusal-alert.tsx'
import { type Refusal, refusalsOf } from '../kit/client.ts'
import { useFormats } from '../kit/formats.ts'
import { exportWords } from './export-words.ts'

interface ExportedFile {
  readonly name: string
  readonly bytes: number
  readonly url: string
  readonly expiresAt: string
}

/**
 * Has a file made of what a page shows, and offers it.
 * @param make asks the server for it
 * @param children buttons that stand beside it
 */
export const ExportButton = <Data,>({
  make,
  fileOf,
  size,
  children
}: {
  make(client: Client): Promise<OperationResult<Data>>
  fileOf(data: Data): ExportedFile
  readonly size?: 'xs'
  readonly children?: ReactNode
}): ReactNode => {
  const t = exportWords.use()
  const client = useClient()
  const { number, dateTime } = useFormats()
  const [busy, setBusy] = useState(false)
  const [file, setFile] = useState<ExportedFile | null>(null)
  const [refusals, setRefusals] = useState<readonly Refusal[]>([])
  const run = async (): Promise<void> => {
    setBusy(true)
    setFile(null)
    const { data, error } = await make(client)
    setBusy(false)
    setRefusals(refusalsOf(error))
    setFile(data === undefined || error !== undefined ? null : fileOf(data))
  }
  return (
    <Stack gap="xs" align="end">
      <Group gap="xs">
        <Button variant="default" loading={busy} onClick={run} {...(size === undefined ? {} : { size })}>
          {t('export')}
        </Button>
        {children}
      </Group>
      <RefusalAlert refusals={refusals} />
      {file !== null && (
        <Alert
          color="green"
          role="status"
          p="xs"
          withCloseButton
          closeButtonLabel={t('dismiss')}
          onClose={() => setFile(null)}
          data-part="export"
        >
          <Group gap="xs">
            <Anchor href={file.url} download={file.name} size="sm">
              {t('download', { name: file.name })}
            </Anchor>
            <Text size="xs" c="dimmed">
              {t('size', { size: number(Math.ceil(file.bytes / 1_024)), at: dateTime(file.expiresAt) })}
            </Text>
          </Group>
        </Alert>
      )}
    </Stack>
  )
}
