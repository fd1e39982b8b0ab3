import { Badge, Button, Group, Stack, Table, Text, Title } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { type ReactNode, useState } from 'react'
import type { Refusal } from '../kit/client.ts'
import { ActionDialog } from './action-dialog.tsx'
import { RefusalAlert } from './refusal-alert.tsx'
import { When } from './when.tsx'
import { workWords } from './work-words.ts'

export interface ShownSession {
  readonly id: string
  readonly ip: string
  readonly createdAt: string
  readonly lastSeenAt: string
  /** The session that looks. */
  readonly current?: boolean
  /** What else is to be said of it. */
  readonly note?: ReactNode
}

/** Sessions of one person, and how to end them. */
export const SessionList = ({
  sessions,
  end,
  endAll
}: {
  readonly sessions: readonly ShownSession[]
  /** Left out: the operator may not. Both resolve to refusals, `endAll` else to how many there were. */
  end?(id: string): Promise<readonly Refusal[]>
  endAll?(): Promise<readonly Refusal[] | number>
}): ReactNode => {
  const t = workWords.use()
  const [ending, setEnding] = useState<string | null>(null)
  const [asked, setAsked] = useState(false)
  const [refusals, setRefusals] = useState<readonly Refusal[]>([])
  const endOne = async (id: string): Promise<void> => {
    setEnding(id)
    const refused = (await end?.(id)) ?? []
    setEnding(null)
    setRefusals(refused)
    if (refused.length === 0) notifications.show({ color: 'teal', message: t('sessionEnded') })
    document.getElementById('content')?.focus()
  }
  return (
    <Stack gap="xs" component="section" aria-label={t('sessions')}>
      <Group justify="space-between">
        <Title order={3} size="h4">
          {t('sessions')}
        </Title>
        {endAll !== undefined && sessions.length > 0 && (
          <Button size="xs" variant="default" onClick={() => setAsked(true)}>
            {t('endAll')}
          </Button>
        )}
      </Group>
      <RefusalAlert refusals={refusals} />
      {sessions.length === 0 ? (
        <Text size="sm" c="dimmed">
          {t('noSessions')}
        </Text>
      ) : (
        <Table.ScrollContainer minWidth={480}>
          <Table aria-label={t('sessions')} verticalSpacing="xs">
            <Table.Thead>
              <Table.Tr>
                <Table.Th scope="col">{t('address')}</Table.Th>
                <Table.Th scope="col">{t('since')}</Table.Th>
                <Table.Th scope="col">{t('lastSeen')}</Table.Th>
                {end !== undefined && <Table.Th scope="col" aria-label={t('endSession')} />}
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {sessions.map(session => (
                <Table.Tr key={session.id}>
                  <Table.Td>
                    <bdi dir="ltr">{session.ip}</bdi>{' '}
                    {session.current === true && (
                      <Badge size="sm" variant="light" tt="none">
                        {t('thisOne')}
                      </Badge>
                    )}
                    {session.note}
                  </Table.Td>
                  <Table.Td>
                    <When at={session.createdAt} />
                  </Table.Td>
                  <Table.Td>
                    <When at={session.lastSeenAt} />
                  </Table.Td>
                  {end !== undefined && (
                    <Table.Td ta="end">
                      {session.current !== true && (
                        <Button
                          size="compact-xs"
                          variant="default"
                          loading={ending === session.id}
                          aria-label={t('endSessionOf', { ip: session.ip })}
                          onClick={() => endOne(session.id)}
                        >
                          {t('endSession')}
                        </Button>
                      )}
                    </Table.Td>
                  )}
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      )}
      {asked && endAll !== undefined && (
        <ActionDialog
          title={t('endAll')}
          action={t('endAll')}
          danger
          onClose={() => setAsked(false)}
          run={async () => {
            const answer = await endAll()
            if (typeof answer !== 'number') return answer
            notifications.show({ color: 'teal', message: t('sessionsEnded', { count: answer }) })
            return []
          }}
        >
          <Text size="sm">{t('endAllAsk')}</Text>
        </ActionDialog>
      )}
    </Stack>
  )
}
