import { Alert, Anchor, Button, Group, Modal, SimpleGrid, Stack, Text, UnstyledButton } from '@mantine/core'
import { type ReactNode, useState } from 'react'
import { useClient } from 'urql'
import { Link } from 'wouter'
import { useReloadAfterWrites } from '../console-kit/access-writes.ts'
import { BrandSelect } from '../console-kit/brand-select.tsx'
import { type DataColumn, DataTable } from '../console-kit/data-table.tsx'
import { useDirectory } from '../console-kit/directory.ts'
import { FeatureName, overrideWords, useFeatureRegistry } from '../console-kit/feature-names.ts'
import { useOperator } from '../console-kit/operator.ts'
import { PageHead } from '../console-kit/page-head.tsx'
import { RefusalAlert } from '../console-kit/refusal-alert.tsx'
import { type Operation, UndoAllButton } from '../console-kit/undo-all.tsx'
import { When } from '../console-kit/when.tsx'
import { type Refusal, refusalsOf } from '../kit/client.ts'
import { useFormats } from '../kit/formats.ts'
import { usePages } from '../kit/use-pages.ts'
import {
  CleanUpOverridesDocument,
  type IdleReason,
  OverrideHygieneDocument,
  type OverrideHygieneQuery
} from './hygiene.graphql.ts'
import { hygieneWords } from './hygiene-words.ts'
import { useUrlParams } from './url-params.ts'

type Row = OverrideHygieneQuery['overrideHygiene']['nodes'][number]

const reasons: readonly IdleReason[] = ['EQUAL_TO_DEFAULT', 'NO_EFFECT', 'EXPIRED', 'ON_CLOSED_COMPANY', 'UNKNOWN_KEY']

const keyOf = ({ companyId, override }: Row): string => `${companyId} ${override.key}`

/** What is about to be removed: some that were chosen, or all of the reason, as many as were counted. */
interface CleanUp {
  readonly reason: IdleReason
  readonly domainId: string | null
  /** Null: all of them. */
  readonly items: readonly { readonly companyId: string; readonly key: string }[] | null
  readonly count: number
}

/** Choices of companies that change nothing, and their removal. */
export const Page = (): ReactNode => {
  const t = hygieneWords.use()
  const operator = useOperator()
  const [params, setParams] = useUrlParams()
  const asked = params.get('reason')
  const reason = reasons.find(each => each === asked) ?? null
  const domainId = params.get('brand')
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set())
  const [cleanUp, setCleanUp] = useState<CleanUp | null>(null)
  const pages = usePages({
    query: OverrideHygieneDocument,
    variables: { reason, domainId, first: 50 },
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
          counts={new Map(answer?.counts.map(({ reason: each, overrides }) => [each, overrides]))}
          choose={next => {
            setChosen(new Set())
            setParams({ reason: next })
          }}
        />
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
                      count: selected.length
                    })
                  }
                >
                  {t('cleanSelected')}
                </Button>
              )}
              <Button onClick={() => setCleanUp({ reason, domainId, items: null, count: total })}>
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
  choose
}: {
  readonly reason: IdleReason | null
  readonly counts: ReadonlyMap<string, number>
  choose(reason: IdleReason | null): void
}): ReactNode => {
  const t = hygieneWords.use()
  const { number } = useFormats()
  const sum = [...counts.values()].reduce((one, other) => one + other, 0)
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
          <Text fw={700}>{number(each === null ? sum : (counts.get(each) ?? 0))}</Text>
        </Group>
        <Text size="xs" c="dimmed">
          {each === null ? t('allMeans') : t(`means_${each}`)}
        </Text>
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
      cell: ({ reason, text }) => (
        <>
          <Text size="sm" fw={500}>
            {t(reason)}
          </Text>
          <Text size="xs" c="dimmed" dir="auto">
            {text}
          </Text>
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

interface Done {
  readonly removed: number
  readonly companies: number
  readonly remaining: number
  readonly operations: readonly Operation[]
}

const CleanUpDialog = ({
  cleanUp,
  onClose
}: {
  readonly cleanUp: CleanUp
  onClose(written: boolean): void
}): ReactNode => {
  const t = hygieneWords.use()
  const client = useClient()
  const [count, setCount] = useState(cleanUp.count)
  const [busy, setBusy] = useState(false)
  const [overtaken, setOvertaken] = useState(false)
  const [refusals, setRefusals] = useState<readonly Refusal[]>([])
  const [done, setDone] = useState<Done | null>(null)
  const [undone, setUndone] = useState(false)
  const { reason, items, domainId } = cleanUp

  const remove = async (expectedCount: number): Promise<void> => {
    setBusy(true)
    setRefusals([])
    setOvertaken(false)
    const { data, error } = await client
      .mutation(CleanUpOverridesDocument, {
        reason,
        ...(items === null ? { domainId, expectedCount } : { items })
      })
      .toPromise()
    const found = refusalsOf(error)
    if (data !== undefined && found.length === 0) {
      const { removed, companies, remaining, operation } = data.cleanUpOverrides
      setDone({
        removed: (done?.removed ?? 0) + removed,
        companies: (done?.companies ?? 0) + companies,
        remaining,
        operations: [...(done?.operations ?? []), ...(operation === null ? [] : [{ id: operation, count: companies }])]
      })
    } else if (found.some(({ code }) => code === 'CONFLICT')) {
      setOvertaken(true)
      const now = await client.query(OverrideHygieneDocument, { reason, domainId, first: 1 }).toPromise()
      if (items === null) setCount(now.data?.overrideHygiene.totalCount ?? count)
    } else setRefusals(found)
    setBusy(false)
  }
  const close = (): void => {
    if (!busy) onClose(done !== null || overtaken)
  }
  return (
    <Modal
      opened
      onClose={close}
      title={t('confirmTitle')}
      closeButtonProps={{ 'aria-label': t('close') }}
      data-part="clean-up"
    >
      <Stack>
        {done === null ? (
          <>
            <Text fw={600}>
              {t(reason)}: {t('confirm', { count })}
            </Text>
            <Text size="sm">{t(`means_${reason}`)}</Text>
            {reason !== 'ON_CLOSED_COMPANY' && <Text size="sm">{t('noChange')}</Text>}
            {overtaken && (
              <Alert color="orange" role="alert">
                {items === null ? t('countChanged', { count }) : t('someBusy')}
              </Alert>
            )}
          </>
        ) : (
          <Alert color="green" role="status">
            {t('removed', { count: done.removed, companies: t('ofCompanies', { count: done.companies }) })}{' '}
            {t('remaining', { count: done.remaining })}
          </Alert>
        )}
        <RefusalAlert refusals={refusals} />
        {done !== null && (
          <>
            {done.operations.length > 0 && (
              <UndoAllButton
                key={done.operations.length}
                operations={done.operations}
                onUndone={() => setUndone(true)}
              />
            )}
            <Anchor
              component={Link}
              href={`~/audit?${done.operations.length === 1 ? `operation=${done.operations[0]!.id}` : 'action=cleanUpOverrides'}`}
              size="sm"
            >
              {t('inAudit')}
            </Anchor>
          </>
        )}
        <Group justify="flex-end">
          <Button variant="default" onClick={close} disabled={busy} data-autofocus>
            {t(done === null ? 'cancel' : 'close')}
          </Button>
          {done === null && !(overtaken && items !== null) && (
            <Button color="red" loading={busy} onClick={() => remove(count)} disabled={count === 0}>
              {t('remove')}
            </Button>
          )}
          {done !== null && !undone && items === null && done.remaining > 0 && (
            <Button loading={busy} onClick={() => remove(done.remaining)}>
              {t('goOn')}
            </Button>
          )}
        </Group>
      </Stack>
    </Modal>
  )
}
