import { Anchor, Button, Group, SimpleGrid, Stack, Switch, Text, UnstyledButton } from '@mantine/core'
import { type ReactNode, useState } from 'react'
import { Link } from 'wouter'
import { useReloadAfterWrites } from '../console-kit/access-writes.ts'
import { BrandSelect } from '../console-kit/brand-select.tsx'
import { type DataColumn, DataTable } from '../console-kit/data-table.tsx'
import { useDirectory } from '../console-kit/directory.ts'
import { FeatureName, overrideWords, useFeatureRegistry } from '../console-kit/feature-names.ts'
import { useOperator } from '../console-kit/operator.ts'
import { PageHead } from '../console-kit/page-head.tsx'
import { When } from '../console-kit/when.tsx'
import { useFormats } from '../kit/formats.ts'
import { usePages } from '../kit/use-pages.ts'
import { type CleanUp, CleanUpDialog, keptOf } from './clean-up-dialog.tsx'
import { type IdleReason, OverrideHygieneDocument, type OverrideHygieneQuery } from './hygiene.graphql.ts'
import { hygieneWords } from './hygiene-words.ts'
import { useUrlParams } from './url-params.ts'

type Row = OverrideHygieneQuery['overrideHygiene']['nodes'][number]

const reasons: readonly IdleReason[] = ['EQUAL_TO_DEFAULT', 'NO_EFFECT', 'EXPIRED', 'ON_CLOSED_COMPANY', 'UNKNOWN_KEY']

const keyOf = ({ companyId, override }: Row): string => `${companyId} ${override.key}`

/** Choices of companies that change nothing, and their removal. */
export const Page = (): ReactNode => {
  const t = hygieneWords.use()
  const operator = useOperator()
  const [params, setParams] = useUrlParams()
  const asked = params.get('reason')
  const reason = reasons.find(each => each === asked) ?? null
  const domainId = params.get('brand')
  const includeKept = params.has('kept')
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set())
  const [cleanUp, setCleanUp] = useState<CleanUp | null>(null)
  const pages = usePages({
    query: OverrideHygieneDocument,
    variables: { reason, domainId, includeKept, first: 50 },
    pick: data => data.overrideHygiene
  })
  const reload = (): void => {
    setChosen(new Set())
    pages.reload()
  }
  useReloadAfterWrites(reload)
  const answer = pages.data?.overrideHygiene
  const mayClean = operator.is('ADMIN', 'SUPPORT')
  const total = answer?.totalCount ?? 0
  const kept = keptOf(answer, reason)
  const selected = pages.rows.filter(row => chosen.has(keyOf(row)))
  return (
    <>
      <PageHead title={t('title')} />
      <Stack>
        <Text size="sm" c="dimmed" maw="46rem">
          {t('intro')}
        </Text>
        <BrandSelect
          label={t('brand')}
          placeholder={t('everyBrand')}
          value={domainId}
          clearable
          maw="22rem"
          onChange={id => {
            setChosen(new Set())
            setParams({ brand: id })
          }}
        />
        <Reasons
          reason={reason}
          counts={new Map(answer?.counts.map(count => [count.reason, count]))}
          includeKept={includeKept}
          choose={next => {
            setChosen(new Set())
            setParams({ reason: next })
          }}
        />
        {(kept > 0 || includeKept) && (
          <Switch
            data-part="include-kept"
            label={t('includeKept', { count: kept })}
            description={t('includeKeptMeans')}
            checked={includeKept}
            onChange={event => {
              setChosen(new Set())
              setParams({ kept: event.currentTarget.checked ? 'yes' : null })
            }}
          />
        )}
        <Group justify="space-between" mih={36}>
          <Text role="status" data-part="summary">
            {answer !== undefined &&
              t('summary', { count: total, companies: t('ofCompanies', { count: answer.companyCount }) })}
          </Text>
          {reason !== null && mayClean && total > 0 && (
            <Group gap="xs">
              {selected.length > 0 && (
                <Button
                  variant="default"
                  onClick={() =>
                    setCleanUp({
                      reason,
                      domainId: null,
                      items: selected.map(({ companyId, override }) => ({ companyId, key: override.key })),
                      includeKept,
                      count: selected.length,
                      kept: selected.filter(({ keptBy }) => keptBy.length > 0).length
                    })
                  }
                >
                  {t('cleanSelected')}
                </Button>
              )}
              <Button onClick={() => setCleanUp({ reason, domainId, items: null, includeKept, count: total, kept })}>
                {t('cleanAll', { count: total })}
              </Button>
            </Group>
          )}
          {!mayClean && (
            <Text size="sm" c="dimmed">
              {t('readOnly')}
            </Text>
          )}
        </Group>
        <IdleTable
          pages={pages}
          reload={reload}
          {...(reason !== null && mayClean ? { selection: { keys: chosen, change: setChosen } } : {})}
        />
      </Stack>
      {cleanUp !== null && (
        <CleanUpDialog
          cleanUp={cleanUp}
          onClose={written => {
            setCleanUp(null)
            if (written) reload()
          }}
        />
      )}
    </>
  )
}

const Reasons = ({
  reason,
  counts,
  includeKept,
  choose
}: {
  readonly reason: IdleReason | null
  readonly counts: ReadonlyMap<string, { readonly overrides: number; readonly kept: number }>
  readonly includeKept: boolean
  choose(reason: IdleReason | null): void
}): ReactNode => {
  const t = hygieneWords.use()
  const { number } = useFormats()
  const countOf = (each: IdleReason | null, what: 'overrides' | 'kept'): number =>
    each === null ? [...counts.values()].reduce((sum, count) => sum + count[what], 0) : (counts.get(each)?.[what] ?? 0)
  const card = (each: IdleReason | null): ReactNode => {
    const pressed = each === reason
    return (
      <UnstyledButton
        key={each ?? 'ALL'}
        aria-pressed={pressed}
        data-reason={each ?? 'ALL'}
        onClick={() => choose(each)}
        p="sm"
        bg={pressed ? 'var(--mantine-primary-color-light)' : undefined}
        style={{
          display: 'flex',
          flexDirection: 'column',
          alignItems: 'stretch',
          justifyContent: 'flex-start',
          border: `1px solid var(--mantine-${pressed ? 'primary-color-filled' : 'color-default-border'})`,
          borderRadius: 'var(--mantine-radius-md)'
        }}
      >
        <Group justify="space-between" gap="xs" wrap="nowrap" align="baseline">
          <Text fw={600} size="sm">
            {each === null ? t('all') : t(each)}
          </Text>
          <Text fw={700}>{number(countOf(each, 'overrides'))}</Text>
        </Group>
        <Text size="xs" c="dimmed">
          {each === null ? t('allMeans') : t(`means_${each}`)}
        </Text>
        {!includeKept && countOf(each, 'kept') > 0 && (
          <Text size="xs" c="dimmed" data-part="kept">
            {t('andKept', { count: countOf(each, 'kept') })}
          </Text>
        )}
      </UnstyledButton>
    )
  }
  return (
    <SimpleGrid cols={{ base: 1, xs: 2, lg: 3 }} spacing="sm" role="group" aria-label={t('reasons')}>
      {card(null)}
      {reasons.map(card)}
    </SimpleGrid>
  )
}

const IdleTable = ({
  pages,
  reload,
  selection
}: {
  readonly pages: ReturnType<typeof usePages<OverrideHygieneQuery, object, Row>>
  reload(): void
  readonly selection?: { readonly keys: ReadonlySet<string>; change(keys: ReadonlySet<string>): void }
}): ReactNode => {
  const t = hygieneWords.use()
  const registry = useFeatureRegistry()
  const directory = useDirectory()
  const columns: readonly DataColumn<Row>[] = [
    {
      name: 'company',
      title: t('company'),
      width: 190,
      cell: ({ companyId, name }) => (
        <Anchor component={Link} href={`~/companies/${companyId}/access`} size="sm">
          <bdi>{name}</bdi>
        </Anchor>
      )
    },
    {
      name: 'feature',
      title: t('feature'),
      width: 190,
      cell: ({ override }) => <FeatureName featureKey={override.key} />
    },
    {
      name: 'choice',
      title: t('choice'),
      width: 90,
      cell: ({ override }) => overrideWords(registry.get(override.key)?.polarity)[override.override]
    },
    {
      name: 'why',
      title: t('why'),
      width: 260,
      cell: ({ reason, text, keptBy }) => (
        <>
          <Text size="sm" fw={500}>
            {t(reason)}
          </Text>
          <Text size="xs" c="dimmed" dir="auto">
            {text}
          </Text>
          {keptBy.map(({ id, name }) => (
            <Text key={id} size="xs" data-part="kept-by">
              {t('keptBy')}{' '}
              <Anchor component={Link} href={`~/templates/${id}`} size="xs">
                <bdi>{name}</bdi>
              </Anchor>
            </Text>
          ))}
        </>
      )
    },
    {
      name: 'set',
      title: t('set'),
      width: 190,
      cell: ({ override }) => (
        <>
          <When at={override.setAt} />
          <Text size="xs" c="dimmed">
            <bdi>{directory.actor(override.setBy)}</bdi>
          </Text>
        </>
      )
    }
  ]
  return (
    <DataTable
      {...pages}
      label={t('table')}
      columns={columns}
      rowKey={keyOf}
      rowLabel={({ name, override }) => `${name}, ${registry.title(override.key)}`}
      retry={reload}
      totalCount={pages.data?.overrideHygiene.totalCount}
      empty={t('none')}
      {...(selection === undefined ? {} : { selection })}
    />
  )
}
