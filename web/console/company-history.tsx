import { Badge, Box, Button, Group, Loader, Stack, Text, Title } from '@mantine/core'
import type { ReactNode } from 'react'
import { accessWords } from '../console-kit/access-words.ts'
import { accessWritten, useReloadAfterWrites } from '../console-kit/access-writes.ts'
import { AuditChanges } from '../console-kit/audit-changes.tsx'
import { useActionName } from '../console-kit/audit-entry-card.tsx'
import { useDirectory } from '../console-kit/directory.ts'
import { RefusalAlert } from '../console-kit/refusal-alert.tsx'
import { UndoButton } from '../console-kit/undo.tsx'
import { When } from '../console-kit/when.tsx'
import { useFormats } from '../kit/formats.ts'
import { usePages } from '../kit/use-pages.ts'
import {
  CompanyHistoryDocument,
  type CompanyHistoryQuery,
  ExportCompanyHistoryDocument
} from './company-history.graphql.ts'
import { historyWords } from './company-history-words.ts'
import { ExportButton } from './export-button.tsx'

type Entry = CompanyHistoryQuery['accessHistory']['nodes'][number]
type Change = Entry['changes'][number]

const switches = /^(?:feature|plugin|entitlement):|^enabled$/
const writtenOverride = /^(SHOW|HIDE)(?: from (\S+))?(?: until (\S+))?$/

/** A side of a change as the audit log has it; the history writes the same in words. */
const storedValue = (field: string, text: string | null, reason: string | null): unknown => {
  if (text === null) return null
  if (field.startsWith('override:')) {
    const [, override, validFrom, validUntil] = writtenOverride.exec(text) ?? []
    return override === undefined ? text : { override, validFrom, validUntil, reason }
  }
  if (switches.test(field)) return text === 'on'
  if (field.startsWith('columns:')) return text === 'default set' ? [] : text.split(', ')
  return text
}

const sideOf = (changes: readonly Change[], side: 'before' | 'after'): string =>
  JSON.stringify(
    Object.fromEntries(
      changes.map(change => [
        change.field,
        storedValue(change.field, change[side], side === 'after' ? change.reason : null)
      ])
    )
  )

/** Everything that changed a company's access, newest first, with undo where it is offered. */
export const CompanyHistory = ({ companyId }: { readonly companyId: string }): ReactNode => {
  const t = historyWords.use()
  const pages = usePages({
    query: CompanyHistoryDocument,
    variables: { companyId, first: 50 },
    pick: data => data.accessHistory
  })
  const { rows, state, hasMore, reload } = pages
  useReloadAfterWrites(reload)
  return (
    <Stack data-part="history">
      <Group justify="space-between" align="start">
        <div>
          <Title order={2} size="h3">
            {t('title')}
          </Title>
          <Text size="sm" c="dimmed">
            {t('intro')}
          </Text>
        </div>
        <ExportButton
          size="xs"
          make={client => client.mutation(ExportCompanyHistoryDocument, { companyId }).toPromise()}
          fileOf={data => data.exportAccessHistory}
        >
          <Button variant="default" size="xs" onClick={reload} loading={state === 'LOADING' && rows.length > 0}>
            {t('reload')}
          </Button>
        </ExportButton>
      </Group>
      {state === 'FAILED' && (
        <Stack align="start">
          <RefusalAlert refusals={pages.refusals} />
          <Button size="xs" variant="default" onClick={reload}>
            {t('again')}
          </Button>
        </Stack>
      )}
      {state === 'LOADING' && rows.length === 0 && <Loader size="sm" aria-label={t('loading')} />}
      {state === 'READY' && rows.length === 0 && <Text c="dimmed">{t('empty')}</Text>}
      <Box component="ol" m={0} p={0} aria-label={t('title')} style={{ listStyle: 'none' }}>
        {rows.map(entry => (
          <EntryItem key={entry.id} entry={entry} />
        ))}
      </Box>
      {hasMore && (
        <Group>
          <Button variant="default" loading={state === 'MORE'} onClick={pages.loadMore}>
            {t('more')}
          </Button>
        </Group>
      )}
    </Stack>
  )
}

const colors = { COMPANY: 'indigo', BRAND: 'blue', PLATFORM: 'gray' } as const

const EntryItem = ({ entry }: { readonly entry: Entry }): ReactNode => {
  const t = historyWords.use()
  const access = accessWords.use()
  const directory = useDirectory()
  const actionName = useActionName()
  const { dateTime } = useFormats()
  return (
    <Box
      component="li"
      data-entry={entry.id}
      pb="md"
      ps="md"
      style={{ borderInlineStart: `2px solid var(--mantine-color-${colors[entry.about]}-4)` }}
    >
      <Group justify="space-between" align="start" gap="sm">
        <Box flex="1 1 16rem" miw={0}>
          <Group gap="xs">
            <Badge size="sm" variant="light" color={colors[entry.about]} tt="none">
              {t(`about_${entry.about}`)}
            </Badge>
            <Text span fw={600} size="sm">
              {actionName(entry.action)}
            </Text>
          </Group>
          <Text size="xs" c="dimmed" component="div">
            <bdi>{directory.actor(entry.actor)}</bdi> · <When at={entry.at} />
            {entry.host !== null && (
              <>
                {' '}
                · <bdi>{directory.brand(entry.target) ?? entry.host}</bdi>
              </>
            )}
          </Text>
          <Box mt={4}>
            <AuditChanges
              entry={{ before: sideOf(entry.changes, 'before'), after: sideOf(entry.changes, 'after') }}
              most={20}
            />
          </Box>
          {entry.reason !== null && entry.changes.every(change => change.reason !== entry.reason) && (
            <Text size="sm" c="dimmed">
              {access('reasonIs', { reason: entry.reason })}
            </Text>
          )}
        </Box>
        {entry.undoable && (
          <UndoButton
            auditId={entry.id}
            label={t('undoOf', { action: actionName(entry.action), at: dateTime(entry.at) })}
            onUndone={accessWritten}
          />
        )}
      </Group>
    </Box>
  )
}
