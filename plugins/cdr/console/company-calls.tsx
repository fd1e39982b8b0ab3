import { Stack, Text, Title } from '@mantine/core'
import { type ReactNode, useState } from 'react'
import { useQuery } from 'urql'
import { Fact, Facts } from '../../../web/console-kit/facts.tsx'
import { LoadState } from '../../../web/console-kit/load-state.tsx'
import { useOperator } from '../../../web/console-kit/operator.ts'
import { When } from '../../../web/console-kit/when.tsx'
import { refusalsOf } from '../../../web/kit/client.ts'
import { ArchiveTable } from './archive-table.tsx'
import { callBatchWords } from './call-batch-words.ts'
import { CompanyCallFeedsDocument } from './call-feeds.graphql.ts'
import { FeedAlarms, Heard, Silence, SilenceDialog, type Watched } from './call-feeds.tsx'

export { reasonWords } from './refusal-words.ts'

/** When a company was last heard of, its silences, and its archived months, in a tab of its page. */
export const Page = ({ companyId }: { readonly companyId: string }): ReactNode => {
  const t = callBatchWords.use()
  return (
    <Stack gap="lg" maw={760}>
      <Stack gap="xs" component="section" aria-label={t('ofCompany')}>
        <Title order={2} size="h4">
          {t('ofCompany')}
        </Title>
        <Feed companyId={companyId} />
      </Stack>
      <Stack gap="xs" component="section" aria-label={t('alarms')}>
        <Title order={2} size="h4">
          {t('alarms')}
        </Title>
        <FeedAlarms companyId={companyId} />
      </Stack>
      <Stack gap="xs" component="section" aria-label={t('archives')}>
        <Title order={2} size="h4">
          {t('archives')}
        </Title>
        <ArchiveTable companyId={companyId} />
      </Stack>
    </Stack>
  )
}

const Feed = ({ companyId }: { readonly companyId: string }): ReactNode => {
  const t = callBatchWords.use()
  const operator = useOperator()
  const [watched, setWatched] = useState<Watched | null>(null)
  const [{ data, error, fetching }, ask] = useQuery({
    query: CompanyCallFeedsDocument,
    variables: { companyIds: [companyId] }
  })
  const reload = (): void => ask({ requestPolicy: 'network-only' })
  if (data == null) return <LoadState fetching={fetching} refusals={refusalsOf(error)} retry={reload} />
  const [feed] = data.companyCallFeeds.nodes
  if (feed === undefined) return <Text c="dimmed">{t('noCallYet')}</Text>
  const { silenceMinutes: minutes, version } = feed
  return (
    <>
      <Facts>
        <Fact name={t('state')}>
          <Heard feed={feed} />
        </Fact>
        <Fact name={t('lastReceived')}>
          <When at={feed.lastReceivedAt} />
        </Fact>
        <Fact name={t('lastCall')}>
          <When at={feed.lastCallStart} />
        </Fact>
        <Fact name={t('silence')}>
          <Silence
            watched={{ kind: 'COMPANY', key: companyId, name: feed.name ?? companyId, minutes, version }}
            {...(operator.is('ADMIN') ? { onSet: setWatched } : {})}
          />
        </Fact>
      </Facts>
      {watched !== null && (
        <SilenceDialog watched={watched} version={version} onClose={() => setWatched(null)} onChanged={reload} />
      )}
    </>
  )
}
