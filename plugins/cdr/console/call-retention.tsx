import { Alert, Button, Checkbox, Group, NumberInput, Text } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { type ReactNode, useState } from 'react'
import { useClient, useMutation, useQuery } from 'urql'
import { ActionDialog } from '../../../web/console-kit/action-dialog.tsx'
import { LoadState } from '../../../web/console-kit/load-state.tsx'
import { useOperator } from '../../../web/console-kit/operator.ts'
import { fieldRefusal } from '../../../web/console-kit/refusal-alert.tsx'
import { refusalOf, refusalsOf } from '../../../web/kit/client.ts'
import { callBatchWords } from './call-batch-words.ts'
import { CallRetentionDocument, type CallRetentionQuery, SetCallRetentionDocument } from './call-feeds.graphql.ts'

type Retention = CallRetentionQuery['callRetention']

const isSame = (one: Retention, other: Retention): boolean =>
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

const RetentionText = ({ retention: { liveMonths, keptMonths } }: { readonly retention: Retention }): ReactNode => {
  const t = callBatchWords.use()
  return (
    <Text size="sm" c="dimmed">
      {t('live', { count: liveMonths })} {keptMonths === null ? t('keptAll') : t('kept', { count: keptMonths })}
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
  /** As it stood when it was last read; the server asks for no version. */
  const [before, setBefore] = useState(retention)
  const [live, setLive] = useState<number | string>(retention.liveMonths)
  const [kept, setKept] = useState<number | string>(retention.keptMonths ?? '')
  const [sure, setSure] = useState(false)
  const [, save] = useMutation(SetCallRetentionDocument)
  const wanted: Retention = { liveMonths: Number(live), keptMonths: kept === '' ? null : Number(kept) }
  const loses = wanted.keptMonths !== null && wanted.keptMonths < (before.keptMonths ?? Number.POSITIVE_INFINITY)
  return (
    <ActionDialog
      title={t('setRetentionTitle')}
      action={t('save')}
      danger={loses}
      fields={['liveMonths', 'keptMonths']}
      disabled={live === '' || isSame(wanted, before) || (loses && !sure)}
      onClose={onClose}
      run={async () => {
        const { data, error: unread } = await client.query(CallRetentionDocument, {}).toPromise()
        const now = data?.callRetention
        if (now === undefined || unread !== undefined) return refusalsOf(unread)
        if (!isSame(now, before)) {
          setBefore(now)
          setSure(false)
          reload()
          return [refusalOf('CONFLICT', null)]
        }
        const { error } = await save(wanted)
        if (error !== undefined) return refusalsOf(error)
        notifications.show({ color: 'teal', message: t('retentionSaved') })
        reload()
        return []
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
            onChange={setLive}
            allowDecimal={false}
            allowNegative={false}
            error={fieldRefusal(refusals, 'liveMonths')}
          />
          <NumberInput
            label={t('keptMonths')}
            description={t('keptMonthsHint')}
            value={kept}
            onChange={setKept}
            allowDecimal={false}
            allowNegative={false}
            error={fieldRefusal(refusals, 'keptMonths')}
          />
          <Text size="sm">{t('retentionWhen')}</Text>
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
