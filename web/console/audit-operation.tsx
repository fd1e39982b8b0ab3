import { Anchor, Button, Group, Modal, Paper, Stack, Text } from '@mantine/core'
import { type ReactNode, useState } from 'react'
import { Link } from 'wouter'
import { accessWritten } from '../console-kit/access-writes.ts'
import { AuditChanges } from '../console-kit/audit-changes.tsx'
import { useActionName } from '../console-kit/audit-entry-card.tsx'
import { useDirectory } from '../console-kit/directory.ts'
import { useFocusBack } from '../console-kit/focus-back.ts'
import { UndoAllButton } from '../console-kit/undo-all.tsx'
import { useFormats } from '../kit/formats.ts'
import type { AuditLogQuery } from './audit.graphql.ts'
import { auditWords } from './audit-words.ts'

type Entry = AuditLogQuery['auditLog']['nodes'][number]

/** How many entries were left together with one, itself included; null where it stands alone. */
export const togetherOf = ({ operation, operationEntries }: Entry): number | null =>
  operation !== null && operationEntries !== null && operationEntries > 1 ? operationEntries : null

/** Says of an entry that it was left together with others, leads to all of them and offers to undo them. */
export const OperationNote = ({
  entry,
  isListed = false,
  onUndo,
  onShow
}: {
  readonly entry: Entry
  /** The list shows this operation already. */
  readonly isListed?: boolean
  /** Asked to undo all of them. */
  onUndo(): void
  /** The address leads to all of them. */
  onShow?(): void
}): ReactNode => {
  const t = auditWords.use()
  const count = togetherOf(entry)
  if (count === null) return null
  return (
    <Paper withBorder p="sm" data-part="operation">
      <Group justify="space-between" gap="xs">
        <Text size="sm">{t(isListed ? 'listedTogether' : 'together', { count })}</Text>
        <Group gap="sm">
          {isListed ? (
            <Anchor component={Link} href="~/audit" size="sm">
              {t('showAll')}
            </Anchor>
          ) : (
            <Anchor component={Link} href={`~/audit?operation=${entry.operation}`} size="sm" onClick={onShow}>
              {t('showTogether')}
            </Anchor>
          )}
          {entry.operationUndoable && (
            <Button size="xs" variant="default" onClick={onUndo}>
              {t('undoTogether')}
            </Button>
          )}
        </Group>
      </Group>
    </Paper>
  )
}

/** Shows what would be undone, of whom and by whom it was done, before it is. */
export const UndoAllDialog = ({
  entry,
  from,
  onClose
}: {
  readonly entry: Entry
  /** What has the focus afterwards, where it takes the place of a drawer. */
  readonly from: Element | null
  onClose(): void
}): ReactNode => {
  const t = auditWords.use()
  useFocusBack(from)
  const actionName = useActionName()
  const directory = useDirectory()
  const { dateTime } = useFormats()
  const [isUndone, setUndone] = useState(false)
  const count = togetherOf(entry) ?? 1
  const close = (): void => {
    onClose()
    if (isUndone) accessWritten()
  }
  return (
    <Modal
      opened
      onClose={close}
      size="lg"
      title={t('undoTogetherTitle')}
      closeButtonProps={{ 'aria-label': t('close') }}
      data-part="undo-all"
    >
      <Stack>
        <div>
          <Text fw={600}>{actionName(entry.action)}</Text>
          <Text size="sm" c="dimmed">
            <bdi>{directory.actor(entry.actor)}</bdi> · <time dateTime={entry.at}>{dateTime(entry.at)}</time>
          </Text>
        </div>
        {!isUndone && <Text size="sm">{t('undoTogetherText', { count })}</Text>}
        <section aria-label={t('oneOfThem')}>
          <Text size="xs" c="dimmed">
            {t('oneOfThem')}
          </Text>
          <AuditChanges entry={entry} most={20} />
        </section>
        <UndoAllButton operations={[{ id: entry.operation!, count }]} onUndone={() => setUndone(true)} />
        <Group justify="flex-end">
          <Button variant="default" onClick={close} data-autofocus>
            {t('close')}
          </Button>
        </Group>
      </Stack>
    </Modal>
  )
}
