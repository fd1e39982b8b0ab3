import { Alert, Anchor, Button, Group, Modal, Stack, Text } from '@mantine/core'
import { type ReactNode, useState } from 'react'
import { useClient } from 'urql'
import { Link } from 'wouter'
import { RefusalAlert } from '../console-kit/refusal-alert.tsx'
import { type Operation, UndoAllButton } from '../console-kit/undo-all.tsx'
import { type Refusal, refusalsOf } from '../kit/client.ts'
import {
  CleanUpOverridesDocument,
  type IdleReason,
  OverrideHygieneDocument,
  type OverrideHygieneQuery
} from './hygiene.graphql.ts'
import { hygieneWords } from './hygiene-words.ts'

/** What is about to be removed: some that were chosen, or all of the reason, as many as were counted. */
export interface CleanUp {
  readonly reason: IdleReason
  readonly domainId: string | null
  /** Null: all of them. */
  readonly items: readonly { readonly companyId: string; readonly key: string }[] | null
  /** Also what templates keep. */
  readonly includeKept: boolean
  readonly count: number
  /** How many of them templates keep; or, where those stay, how many stay. */
  readonly kept: number
}

/** How many overrides of a reason templates keep; of all of them for null. */
export const keptOf = (
  answer: OverrideHygieneQuery['overrideHygiene'] | undefined,
  reason: IdleReason | null
): number =>
  (answer?.counts ?? []).reduce(
    (sum, count) => (reason === null || count.reason === reason ? sum + count.kept : sum),
    0
  )

interface Done {
  readonly removed: number
  readonly companies: number
  readonly remaining: number
  readonly operations: readonly Operation[]
}

/** Says what goes and what stays, removes it, and lets it be undone. */
export const CleanUpDialog = ({
  cleanUp,
  onClose
}: {
  readonly cleanUp: CleanUp
  onClose(written: boolean): void
}): ReactNode => {
  const t = hygieneWords.use()
  const client = useClient()
  const [{ count, kept }, setCounts] = useState({ count: cleanUp.count, kept: cleanUp.kept })
  const [busy, setBusy] = useState(false)
  const [overtaken, setOvertaken] = useState(false)
  const [refusals, setRefusals] = useState<readonly Refusal[]>([])
  const [done, setDone] = useState<Done | null>(null)
  const [undone, setUndone] = useState(false)
  const { reason, items, domainId, includeKept } = cleanUp

  const remove = async (expectedCount: number): Promise<void> => {
    setBusy(true)
    setRefusals([])
    setOvertaken(false)
    const { data, error } = await client
      .mutation(CleanUpOverridesDocument, {
        reason,
        includeKept,
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
      const asked = { reason, domainId, includeKept, first: 1 }
      const now = (await client.query(OverrideHygieneDocument, asked).toPromise()).data?.overrideHygiene
      if (items === null && now !== undefined) setCounts({ count: now.totalCount, kept: keptOf(now, reason) })
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
            {kept > 0 && includeKept && (
              <Alert color="orange" data-part="kept-goes">
                {t('keptGoes', { count: kept })}
              </Alert>
            )}
            {kept > 0 && !includeKept && items === null && <Text size="sm">{t('keptStays', { count: kept })}</Text>}
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
