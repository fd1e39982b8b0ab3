import { Badge, Button, Group, NumberInput, Stack, Title } from '@mantine/core'
import { type ReactNode, useMemo, useState } from 'react'
import { useMutation } from 'urql'
import { ActionDialog } from '../../../web/console-kit/action-dialog.tsx'
import { CompaniesSelect } from '../../../web/console-kit/company-select.tsx'
import { type DataColumn, DataTable } from '../../../web/console-kit/data-table.tsx'
import { useCompanyName } from '../../../web/console-kit/directory.ts'
import { useOperator } from '../../../web/console-kit/operator.ts'
import { fieldRefusal } from '../../../web/console-kit/refusal-alert.tsx'
import { When } from '../../../web/console-kit/when.tsx'
import { refusalsOf } from '../../../web/kit/client.ts'
import { useFormats } from '../../../web/kit/formats.ts'
import { listOf, usePages } from '../../../web/kit/use-pages.ts'
import { callBatchWords } from './call-batch-words.ts'
import {
  CallFeedAlarmsDocument,
  type CallFeedAlarmsQuery,
  CallFeedsDocument,
  CompanyCallFeedsDocument,
  type CompanyFeedFactsFragment,
  type FeedFactsFragment,
  SetCallFeedSilenceDocument,
  SetCompanyCallSilenceDocument
} from './call-feeds.graphql.ts'

const tableHeight = '24rem'
const mostCompanies = 100

type Alarm = CallFeedAlarmsQuery['callFeedAlarms']['nodes'][number]

/** What is watched: a source, or a company. */
export interface Watched {
  readonly kind: 'SOURCE' | 'COMPANY'
  /** The source, or the company's id. */
  readonly key: string
  readonly name: string
  readonly minutes: number | null
  readonly version: number
}

/** When each source and each company was last heard of, and the alarms when one is not. */
export const CallFeeds = (): ReactNode => {
  const t = callBatchWords.use()
  const operator = useOperator()
  const { number } = useFormats()
  const [companyIds, setCompanyIds] = useState<readonly string[]>([])
  const [watched, setWatched] = useState<Watched | null>(null)
  const [asked, setAsked] = useState(0)
  const feeds = usePages({ query: CallFeedsDocument, variables: {}, pick: data => data.callFeeds })
  const companies = usePages({
    query: CompanyCallFeedsDocument,
    variables: { companyIds: companyIds.length === 0 ? null : [...companyIds] },
    pick: data => data.companyCallFeeds
  })
  const mayChange = operator.is('ADMIN')

  const feedColumns = useMemo<readonly DataColumn<FeedFactsFragment>[]>(
    () => [
      { name: 'source', title: t('source'), width: 150, cell: ({ source }) => <bdi dir="ltr">{source}</bdi> },
      { name: 'silent', title: t('state'), width: 190, cell: feed => <Heard feed={feed} /> },
      {
        name: 'received',
        title: t('lastReceived'),
        width: 190,
        cell: ({ lastReceivedAt }) => (lastReceivedAt === null ? t('never') : <When at={lastReceivedAt} />)
      },
      {
        name: 'last',
        title: t('lastCall'),
        width: 190,
        cell: ({ lastCallStart }) => lastCallStart !== null && <When at={lastCallStart} />
      },
      { name: 'today', title: t('today'), width: 100, align: 'end', cell: ({ callsToday }) => number(callsToday) },
      {
        name: 'silence',
        title: t('silence'),
        width: 170,
        cell: feed => (
          <Silence
            watched={{
              kind: 'SOURCE',
              key: feed.source,
              name: feed.source,
              minutes: feed.silenceMinutes,
              version: feed.version
            }}
            {...(mayChange ? { onSet: setWatched } : {})}
          />
        )
      }
    ],
    [t, number, mayChange]
  )
  const companyColumns = useMemo<readonly DataColumn<CompanyFeedFactsFragment>[]>(
    () => [
      {
        name: 'company',
        title: t('company'),
        width: 200,
        cell: ({ name, companyId }) => <bdi>{name ?? companyId}</bdi>
      },
      { name: 'silent', title: t('state'), width: 190, cell: feed => <Heard feed={feed} /> },
      {
        name: 'received',
        title: t('lastReceived'),
        width: 190,
        cell: ({ lastReceivedAt }) => <When at={lastReceivedAt} />
      },
      { name: 'last', title: t('lastCall'), width: 190, cell: ({ lastCallStart }) => <When at={lastCallStart} /> },
      {
        name: 'silence',
        title: t('silence'),
        width: 170,
        cell: feed => (
          <Silence
            watched={{
              kind: 'COMPANY',
              key: feed.companyId,
              name: feed.name ?? feed.companyId,
              minutes: feed.silenceMinutes,
              version: feed.version
            }}
            {...(mayChange ? { onSet: setWatched } : {})}
          />
        )
      }
    ],
    [t, mayChange]
  )
  // As it stands now: after a conflict it was read anew.
  const versionOf = ({ kind, key, version }: Watched): number =>
    (kind === 'SOURCE'
      ? feeds.rows.find(({ source }) => source === key)
      : companies.rows.find(({ companyId }) => companyId === key)
    )?.version ?? version
  const reload = (): void => {
    feeds.reload()
    companies.reload()
    setAsked(before => before + 1)
  }
  return (
    <Stack gap="lg">
      <Stack gap="xs" component="section" aria-label={t('ofSources')}>
        <Group justify="space-between">
          <Title order={2} size="h4">
            {t('ofSources')}
          </Title>
          <Button variant="default" size="xs" onClick={reload}>
            {t('refresh')}
          </Button>
        </Group>
        <DataTable
          label={t('ofSources')}
          columns={feedColumns}
          {...listOf(feeds)}
          rowKey={row => row.source}
          totalCount={feeds.data?.callFeeds.totalCount ?? null}
          maxHeight={tableHeight}
          empty={t('noFeeds')}
        />
      </Stack>
      <Stack gap="xs" component="section" aria-label={t('alarms')}>
        <Title order={2} size="h4">
          {t('alarms')}
        </Title>
        <FeedAlarms key={asked} />
      </Stack>
      <Stack gap="xs" component="section" aria-label={t('ofCompanies')}>
        <Title order={2} size="h4">
          {t('ofCompanies')}
        </Title>
        <CompaniesSelect
          label={t('companyFilter')}
          values={companyIds}
          onChange={setCompanyIds}
          max={mostCompanies}
          maw="40rem"
          clearable
        />
        <DataTable
          label={t('ofCompanies')}
          columns={companyColumns}
          {...listOf(companies)}
          rowKey={row => row.companyId}
          maxHeight={tableHeight}
          empty={t('noCompanyFeeds')}
        />
      </Stack>
      {watched !== null && (
        <SilenceDialog
          watched={watched}
          version={versionOf(watched)}
          onClose={() => setWatched(null)}
          onChanged={reload}
        />
      )}
    </Stack>
  )
}

/** The silences there were, newest first. @param companyId only those of this company */
export const FeedAlarms = ({ companyId = null }: { readonly companyId?: string | null }): ReactNode => {
  const t = callBatchWords.use()
  const alarms = usePages({
    query: CallFeedAlarmsDocument,
    variables: { companyId },
    pick: data => data.callFeedAlarms
  })
  const columns = useMemo<readonly DataColumn<Alarm>[]>(
    () => [
      ...(companyId === null
        ? [
            {
              name: 'what',
              title: t('what'),
              width: 240,
              cell: ({ source, companyId: of }: Alarm) =>
                source === null ? <CompanyName id={of} /> : <bdi dir="ltr">{source}</bdi>
            }
          ]
        : []),
      { name: 'from', title: t('alarmFrom'), width: 190, cell: ({ from }) => <When at={from} /> },
      {
        name: 'until',
        title: t('alarmUntil'),
        width: 190,
        cell: ({ until }) =>
          until === null ? (
            <Badge color="red" variant="light" tt="none">
              {t('still')}
            </Badge>
          ) : (
            <When at={until} />
          )
      }
    ],
    [t, companyId]
  )
  return (
    <DataTable
      label={t('alarms')}
      columns={columns}
      {...listOf(alarms)}
      rowKey={row => `${row.source ?? row.companyId}-${row.from}`}
      maxHeight={tableHeight}
      empty={t('noAlarms')}
    />
  )
}

const CompanyName = ({ id }: { readonly id: string | null }): ReactNode => {
  const name = useCompanyName(id)
  return <bdi>{name || id}</bdi>
}

export const Heard = ({
  feed
}: {
  readonly feed: { readonly silent: boolean; readonly silentSince: string | null }
}): ReactNode => {
  const t = callBatchWords.use()
  const { dateTime } = useFormats()
  return (
    <Badge
      variant="dot"
      color={feed.silent ? 'red' : 'green'}
      tt="none"
      fw={500}
      h="auto"
      styles={{ label: { whiteSpace: 'normal' } }}
    >
      {feed.silent ? t('silent', { at: feed.silentSince === null ? '' : dateTime(feed.silentSince) }) : t('heard')}
    </Badge>
  )
}

export const Silence = ({
  watched,
  onSet
}: {
  readonly watched: Watched
  onSet?(watched: Watched): void
}): ReactNode => {
  const t = callBatchWords.use()
  return (
    <Group gap="xs" justify="space-between" wrap="nowrap">
      <span>{watched.minutes === null ? t('noAlarm') : t('minutes', { count: watched.minutes })}</span>
      {onSet !== undefined && (
        <Button
          size="compact-xs"
          variant="default"
          aria-label={t('setSilenceOf', { name: watched.name })}
          onClick={() => onSet(watched)}
        >
          {t('setSilence')}
        </Button>
      )}
    </Group>
  )
}

export const SilenceDialog = ({
  watched,
  version,
  onClose,
  onChanged
}: {
  readonly watched: Watched
  readonly version: number
  onClose(): void
  onChanged(): void
}): ReactNode => {
  const t = callBatchWords.use()
  const [minutes, setMinutes] = useState<number | string>(watched.minutes ?? '')
  const [, ofSource] = useMutation(SetCallFeedSilenceDocument)
  const [, ofCompany] = useMutation(SetCompanyCallSilenceDocument)
  return (
    <ActionDialog
      title={t('setSilenceTitle', { name: watched.name })}
      action={t('save')}
      fields={['minutes']}
      onClose={onClose}
      run={async () => {
        const { key } = watched
        const wanted = typeof minutes === 'number' ? minutes : null
        const { error } =
          watched.kind === 'SOURCE'
            ? await ofSource({ source: key, minutes: wanted, version })
            : await ofCompany({ companyId: key, minutes: wanted, version })
        const refusals = refusalsOf(error)
        // Read anew for any other reason, the version of somebody else's change would overwrite it unseen.
        if (refusals.every(({ code }) => code === 'CONFLICT')) onChanged()
        return refusals
      }}
    >
      {refusals => (
        <NumberInput
          label={t('minutesField')}
          description={t('minutesHint')}
          data-autofocus
          value={minutes}
          onChange={setMinutes}
          allowDecimal={false}
          allowNegative={false}
          error={fieldRefusal(refusals, 'minutes')}
        />
      )}
    </ActionDialog>
  )
}
