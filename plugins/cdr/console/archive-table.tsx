import { Button, Table, Text } from '@mantine/core'
import type { ReactNode } from 'react'
import { useQuery } from 'urql'
import { LoadState } from '../../../web/console-kit/load-state.tsx'
import { When } from '../../../web/console-kit/when.tsx'
import { refusalsOf } from '../../../web/kit/client.ts'
import { useFormats } from '../../../web/kit/formats.ts'
import { callBatchWords } from './call-batch-words.ts'
import { CallArchivesDocument } from './call-feeds.graphql.ts'

/** The months of a company that are no longer live, each with its file. */
export const ArchiveTable = ({ companyId }: { readonly companyId: string }): ReactNode => {
  const t = callBatchWords.use()
  const { number } = useFormats()
  const [{ data, error, fetching }, ask] = useQuery({ query: CallArchivesDocument, variables: { companyId } })
  if (data == null || error !== undefined)
    return (
      <LoadState
        fetching={fetching}
        refusals={refusalsOf(error)}
        retry={() => ask({ requestPolicy: 'network-only' })}
      />
    )
  if (data.callArchives.length === 0) return <Text c="dimmed">{t('noArchives')}</Text>
  return (
    <Table.ScrollContainer minWidth={420}>
      <Table aria-label={t('archives')} maw={720}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th scope="col">{t('month')}</Table.Th>
            <Table.Th scope="col" ta="end">
              {t('callCount')}
            </Table.Th>
            <Table.Th scope="col">{t('archivedAt')}</Table.Th>
            <Table.Th scope="col" aria-label={t('download')} />
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {data.callArchives.map(({ month, calls, archivedAt, url }) => (
            <Table.Tr key={month}>
              <Table.Td>
                <bdi dir="ltr">{month}</bdi>
              </Table.Td>
              <Table.Td ta="end">{number(calls)}</Table.Td>
              <Table.Td>
                <When at={archivedAt} />
              </Table.Td>
              <Table.Td ta="end">
                <Button
                  component="a"
                  href={url}
                  download
                  size="compact-sm"
                  variant="default"
                  aria-label={t('downloadOf', { month })}
                >
                  {t('download')}
                </Button>
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  )
}
