import { Button, Stack, Table, Text } from '@mantine/core'
import type { ReactNode } from 'react'
import { useQuery } from 'urql'
import { useSearchParams } from 'wouter'
import { CompanySelect } from '../../../web/console-kit/company-select.tsx'
import { LoadState } from '../../../web/console-kit/load-state.tsx'
import { When } from '../../../web/console-kit/when.tsx'
import { refusalsOf } from '../../../web/kit/client.ts'
import { useFormats } from '../../../web/kit/formats.ts'
import { callBatchWords } from './call-batch-words.ts'
import { CallArchivesDocument, CallRetentionDocument } from './call-feeds.graphql.ts'

/** Months that are no longer live, of one company at a time. */
export const CallArchives = (): ReactNode => {
  const t = callBatchWords.use()
  const { number } = useFormats()
  const [params, setParams] = useSearchParams()
  const company = params.get('company')
  const [{ data: kept }] = useQuery({ query: CallRetentionDocument })
  const [{ data, error, fetching }, ask] = useQuery({
    query: CallArchivesDocument,
    variables: { companyId: company ?? '' },
    pause: company === null
  })
  const retention = kept?.callRetention
  return (
    <Stack gap="sm">
      {retention !== undefined && (
        <Text size="sm" c="dimmed">
          {t('live', { count: retention.liveMonths })}{' '}
          {retention.keptMonths === null ? t('keptAll') : t('kept', { count: retention.keptMonths })}
        </Text>
      )}
      <CompanySelect
        label={t('company')}
        value={company}
        onChange={id => setParams(id === null ? {} : { company: id }, { replace: true })}
        clearable
        maw="30rem"
      />
      {company === null ? (
        <Text c="dimmed">{t('pickCompany')}</Text>
      ) : data == null || error !== undefined ? (
        <LoadState
          fetching={fetching}
          refusals={refusalsOf(error)}
          retry={() => ask({ requestPolicy: 'network-only' })}
        />
      ) : data.callArchives.length === 0 ? (
        <Text c="dimmed">{t('noArchives')}</Text>
      ) : (
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
      )}
    </Stack>
  )
}
