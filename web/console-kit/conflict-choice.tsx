import { Alert, Button, Group, Table, Text } from '@mantine/core'
import { type ReactNode, useEffect, useRef } from 'react'
import { conflictWords } from './conflict-words.ts'

/** One thing that two people see differently. */
export interface ConflictLine {
  readonly name: string
  readonly title: ReactNode
  readonly before: ReactNode
  readonly theirs: ReactNode
  readonly mine: ReactNode
}

/** What somebody else saved meanwhile beside what is about to be saved, a line each. */
export const ConflictTable = ({ lines }: { readonly lines: readonly ConflictLine[] }): ReactNode => {
  const t = conflictWords.use()
  return (
    <Table.ScrollContainer minWidth={420}>
      <Table verticalSpacing={6} my="xs" aria-label={t('title')}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th scope="col">{t('what')}</Table.Th>
            <Table.Th scope="col">{t('before')}</Table.Th>
            <Table.Th scope="col">{t('theirs')}</Table.Th>
            <Table.Th scope="col">{t('mine')}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {lines.map(line => (
            <Table.Tr key={line.name}>
              <Table.Th scope="row">{line.title}</Table.Th>
              <Table.Td>{line.before}</Table.Td>
              <Table.Td>{line.theirs}</Table.Td>
              <Table.Td>{line.mine}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  )
}

/**
 * Shows what somebody else saved meanwhile beside what is about to be saved, and asks which counts. Takes the focus, for
 * nothing goes on before it is answered.
 * @param lines what the other one changed, and what is changed here
 */
export const ConflictChoice = ({
  lines,
  busy = false,
  onMine,
  onTheirs
}: {
  readonly lines: readonly ConflictLine[]
  readonly busy?: boolean
  onMine(): void
  onTheirs(): void
}): ReactNode => {
  const t = conflictWords.use()
  const frame = useRef<HTMLDivElement>(null)
  useEffect(() => frame.current?.focus(), [])
  return (
    <Alert ref={frame} tabIndex={-1} color="yellow" role="alert" title={t('title')} data-part="conflict">
      <Text size="sm">{t(lines.length > 0 ? 'body' : 'elsewhere')}</Text>
      {lines.length > 0 && <ConflictTable lines={lines} />}
      <Group gap="xs" mt="xs">
        <Button size="xs" onClick={onMine} loading={busy}>
          {t('keepMine')}
        </Button>
        <Button size="xs" variant="default" onClick={onTheirs} disabled={busy}>
          {t('takeTheirs')}
        </Button>
      </Group>
    </Alert>
  )
}
