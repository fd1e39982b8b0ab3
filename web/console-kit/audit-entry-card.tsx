import { Card, Group, Stack, Text } from '@mantine/core'
import type { ReactNode } from 'react'
import { useFormats } from '../kit/formats.ts'
import { accessWords } from './access-words.ts'
import { AuditChanges } from './audit-changes.tsx'
import { auditNameWords } from './audit-name-words.ts'
import { useDirectory } from './directory.ts'

/** An entry of the audit log as pages show it. */
export interface ShownAuditEntry {
  readonly id: string
  readonly at: string
  readonly actor: string
  readonly action: string
  readonly target: string
  readonly before: string | null
  readonly after: string | null
  readonly reason: string | null
}

/** What a kind of write is called; its own name where there is no word for it. */
export const useActionName = (): ((action: string) => string) => {
  const t = accessWords.use()
  const more = auditNameWords.use()
  return action => {
    const key = `action_${action}`
    if (Object.hasOwn(accessWords.texts.en, key)) return t(key as 'action_revertChange')
    return Object.hasOwn(auditNameWords.texts.en, key) ? more(key as 'action_createNumber') : action
  }
}

/** One entry of the audit log: who, when, what it was and what it became. */
export const AuditEntryCard = ({
  entry,
  children
}: {
  readonly entry: ShownAuditEntry
  /** Below: what can be done with it. */
  readonly children?: ReactNode
}): ReactNode => {
  const t = accessWords.use()
  const { dateTime } = useFormats()
  const directory = useDirectory()
  const actionName = useActionName()
  return (
    <Card withBorder padding="sm" data-part="audit-entry">
      <Stack gap="xs">
        <Group justify="space-between" gap="xs">
          <Text size="sm" fw={600}>
            {actionName(entry.action)}
          </Text>
          <Text size="xs" c="dimmed">
            <bdi>{directory.actor(entry.actor)}</bdi> · <time dateTime={entry.at}>{dateTime(entry.at)}</time>
          </Text>
        </Group>
        <AuditChanges entry={entry} most={20} />
        {entry.reason !== null && (
          <Text size="sm" c="dimmed">
            {t('reasonIs', { reason: entry.reason })}
          </Text>
        )}
        {children}
      </Stack>
    </Card>
  )
}
