import { Alert, Box, Button, Checkbox, Group, NumberInput, Text } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { notifications } from '@mantine/notifications'
import { type ReactNode, useState } from 'react'
import { useClient, useMutation, useQuery } from 'urql'
import { ActionDialog } from '../../../web/console-kit/action-dialog.tsx'
import { Fact, Facts } from '../../../web/console-kit/facts.tsx'
import { LoadState } from '../../../web/console-kit/load-state.tsx'
import { useOperator } from '../../../web/console-kit/operator.ts'
import { fieldRefusal } from '../../../web/console-kit/refusal-alert.tsx'
import { refusalsOf } from '../../../web/kit/client.ts'
import { useFormats } from '../../../web/kit/formats.ts'
import { callBatchWords } from './call-batch-words.ts'
import {
  CallRetentionDocument,
  CallRetentionPreviewDocument,
  type RetentionFactsFragment,
  SetCallRetentionDocument
} from './call-feeds.graphql.ts'

type Retention = RetentionFactsFragment
type Months = Pick<Retention, 'liveMonths' | 'keptMonths'>

const isSame = (one: Months, other: Months): boolean =>
  one.liveMonths === other.liveMonths && one.keptMonths === other.keptMonths

/** How long calls stay live and are kept, and the form to set it. */
export const CallRetention = (): ReactNode => {
  const t = callBatchWords.use()
  const operator = useOperator()
  const [asked, setAsked] = useState(false)
  const [{ data, error, fetching }, ask] = useQuery({ query: CallRetentionDocument })
  const reload = (): void => ask({ requestPolicy: 'network-only' })
  const retention = data?.callRetention
  if (retention === undefined) return <LoadState fetching={fetching} refusals={refusalsOf(error)} retry={reload} />
  return (
    <>
      <Group gap="sm">
        <RetentionText retention={retention} />
        {operator.is('ADMIN') && (
          <Button size="compact-sm" variant="default" onClick={() => setAsked(true)}>
            {t('setRetention')}
          </Button>
        )}
      </Group>
      {asked && <RetentionDialog retention={retention} reload={reload} onClose={() => setAsked(false)} />}
    </>
  )
}

const RetentionText = ({
  retention: { liveMonths, keptMonths, waitsUntil }
}: {
  readonly retention: Retention
}): ReactNode => {
  const t = callBatchWords.use()
  const { dateTime } = useFormats()
  return (
    <Text size="sm" c="dimmed">
      {t('live', { count: liveMonths })} {keptMonths === null ? t('keptAll') : t('kept', { count: keptMonths })}{' '}
      {waitsUntil !== null && t('retentionWaits', { at: dateTime(waitsUntil) })}
    </Text>
  )
}

const RetentionDialog = ({
  retention,
  reload,
  onClose
}: {
  readonly retention: Retention
  reload(): void
  onClose(): void
}): ReactNode => {
  const t = callBatchWords.use()
  const client = useClient()
  /** As it stood when it was last read. */
  const [before, setBefore] = useState(retention)
  const [live, setLive] = useState<number | string>(retention.liveMonths)
  const [kept, setKept] = useState<number | string>(retention.keptMonths ?? '')
  const [sure, setSure] = useState(false)
  const [, save] = useMutation(SetCallRetentionDocument)
  const wanted: Months = { liveMonths: Number(live), keptMonths: kept === '' ? null : Number(kept) }
  const changes = live !== '' && !isSame(wanted, before)
  const loses = wanted.keptMonths !== null && wanted.keptMonths < (before.keptMonths ?? Number.POSITIVE_INFINITY)
  // Nobody agrees to the loss of what was typed before.
  const typed = (set: (value: number | string) => void) => (value: number | string) => {
    set(value)
    setSure(false)
  }
  return (
    <ActionDialog
      title={t('setRetentionTitle')}
      action={t('save')}
      danger={loses}
      fields={['liveMonths', 'keptMonths']}
      disabled={!changes || (loses && !sure)}
      onClose={onClose}
      run={async () => {
        const { error } = await save({ ...wanted, version: before.version })
        const refusals = refusalsOf(error)
        if (refusals.length === 0) {
          notifications.show({ color: 'teal', message: t('retentionSaved') })
          reload()
        } else if (refusals.some(({ code }) => code === 'CONFLICT')) {
          const { data } = await client.query(CallRetentionDocument, {}, { requestPolicy: 'network-only' }).toPromise()
          if (data !== undefined) setBefore(data.callRetention)
          setSure(false)
          reload()
        }
        return refusals
      }}
    >
      {refusals => (
        <>
          <RetentionText retention={before} />
          <NumberInput
            label={t('liveMonths')}
            description={t('liveMonthsHint')}
            data-autofocus
            value={live}
            onChange={typed(setLive)}
            allowDecimal={false}
            allowNegative={false}
            error={fieldRefusal(refusals, 'liveMonths')}
          />
          <NumberInput
            label={t('keptMonths')}
            description={t('keptMonthsHint')}
            value={kept}
            onChange={typed(setKept)}
            allowDecimal={false}
            allowNegative={false}
            error={fieldRefusal(refusals, 'keptMonths')}
          />
          {changes && <RetentionEffect wanted={wanted} />}
          {loses && (
            <Alert color="red" role="alert" title={t('retentionLoses')}>
              <Checkbox
                label={t('retentionSure', { count: wanted.keptMonths ?? 0 })}
                checked={sure}
                onChange={event => setSure(event.currentTarget.checked)}
              />
            </Alert>
          )}
        </>
      )}
    </ActionDialog>
  )
}

/** What the months would do to the calls there are, and when. */
const RetentionEffect = ({ wanted }: { readonly wanted: Months }): ReactNode => {
  const t = callBatchWords.use()
  const { number, dateTime } = useFormats()
  const [{ liveMonths, keptMonths }] = useDebouncedValue(wanted, 300)
  const [{ data, error, fetching }, ask] = useQuery({
    query: CallRetentionPreviewDocument,
    variables: { liveMonths, keptMonths },
    requestPolicy: 'network-only'
  })
  const refusals = refusalsOf(error)
  // What is wrong with the months themselves stands beside them, once they are to be saved.
  if (refusals.some(({ code }) => code === 'BAD_USER_INPUT')) return null
  if (data == null || fetching || error !== undefined || !isSame({ liveMonths, keptMonths }, wanted))
    return <LoadState fetching={error === undefined} refusals={refusals} retry={ask} />
  const { archives, removes, waitsUntil } = data.callRetentionPreview
  const said = ({ calls, companies, firstMonth, lastMonth, isWhole }: typeof archives): string =>
    firstMonth === null || lastMonth === null
      ? t('retentionNothing')
      : t(isWhole ? 'retentionCalls' : 'retentionMore', {
          ...{ calls: number(calls), companies: number(companies) },
          months: `\u2066${firstMonth === lastMonth ? firstMonth : `${firstMonth} – ${lastMonth}`}\u2069`
        })
  return (
    <Box aria-live="polite">
      <Facts>
        <Fact name={t('retentionArchives')}>{said(archives)}</Fact>
        <Fact name={t('retentionRemoves')}>{said(removes)}</Fact>
      </Facts>
      <Text size="sm">
        {waitsUntil === null ? t('retentionWhen') : t('retentionLater', { at: dateTime(waitsUntil) })}
      </Text>
    </Box>
  )
}
