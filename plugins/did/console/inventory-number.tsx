import { Anchor, Badge, Button, Card, Group, Stack, Title } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { type FormEvent, type ReactNode, useMemo, useState } from 'react'
import { useClient, useMutation, useQuery } from 'urql'
import { Link, useLocation } from 'wouter'
import { ConflictChoice, type ConflictLine } from '../../../web/console-kit/conflict-choice.tsx'
import { Fact, Facts } from '../../../web/console-kit/facts.tsx'
import { LoadState } from '../../../web/console-kit/load-state.tsx'
import { useOperator } from '../../../web/console-kit/operator.ts'
import { PageHead } from '../../../web/console-kit/page-head.tsx'
import { RefusalAlert } from '../../../web/console-kit/refusal-alert.tsx'
import { type Read, useVersionedForm } from '../../../web/console-kit/versioned-form.ts'
import { When } from '../../../web/console-kit/when.tsx'
import { refusalsOf } from '../../../web/kit/client.ts'
import { useFormats } from '../../../web/kit/formats.ts'
import { inventoryWords } from './inventory-words.ts'
import { draftOf, type SettingsDraft, settingNames, settingsOf, titleOf } from './number-settings.ts'
import { type NumberDetailsFragment, OneNumberDocument, UpdateNumberDocument } from './numbers.graphql.ts'
import { type NumberAction, NumbersAction } from './numbers-action.tsx'
import { SettingsFields } from './settings-fields.tsx'

/** One number: who has it, what is set, and what can be done with it. */
export const InventoryNumberPage = ({ id }: { readonly id: string }): ReactNode => {
  const t = inventoryWords.use()
  const operator = useOperator()
  const { number: shown, money } = useFormats()
  const [, go] = useLocation()
  const [asked, setAsked] = useState<NumberAction | null>(null)
  const [{ data, error, fetching }, ask] = useQuery({ query: OneNumberDocument, variables: { id } })
  const reload = (): void => ask({ requestPolicy: 'network-only' })
  const back = { to: '~/numbers', title: t('toList') }
  const number = data?.number
  if (number == null)
    return (
      <>
        <PageHead title={t('number')} back={back} />
        <LoadState fetching={fetching} refusals={refusalsOf(error)} retry={reload} />
      </>
    )
  const mayChange = operator.is('ADMIN')
  const isFree = number.companyId === null
  const limit = (value: number, ceiling: number): string =>
    t('ofCeiling', {
      value: value === 0 ? t('unlimited') : shown(value),
      ceiling: ceiling === 0 ? t('unlimited') : shown(ceiling)
    })
  return (
    <>
      <PageHead
        title={<span dir="ltr">+{number.number}</span>}
        mark={
          <Badge variant="dot" color={number.enabled ? 'green' : 'gray'} tt="none" fw={500}>
            {t(number.enabled ? 'enabled_YES' : 'enabled_NO')}
          </Badge>
        }
        back={back}
      >
        {mayChange ? (
          isFree ? (
            <>
              <Button variant="default" onClick={() => setAsked('assign')}>
                {t('assign')}
              </Button>
              <Button variant="default" c="red" onClick={() => setAsked('remove')}>
                {t('remove')}
              </Button>
            </>
          ) : (
            <>
              <Button variant="default" onClick={() => setAsked('move')}>
                {t('move')}
              </Button>
              <Button variant="default" c="red" onClick={() => setAsked('release')}>
                {t('release')}
              </Button>
            </>
          )
        ) : undefined}
      </PageHead>
      <Stack gap="md">
        <section aria-label={t('facts')}>
          <Facts>
            <Fact name={t('company')}>
              {number.companyId === null ? (
                t('unassigned')
              ) : (
                <Anchor component={Link} href={`~/companies/${number.companyId}`} inherit>
                  <bdi>{number.companyName ?? number.companyId}</bdi>
                </Anchor>
              )}
            </Fact>
            {number.assignedAt !== null && (
              <Fact name={t('since')}>
                <When at={number.assignedAt} />
              </Fact>
            )}
            <Fact name={t('country')}>
              <bdi>{number.country}</bdi>
            </Fact>
            {number.carrierId !== null && (
              <Fact name={t('carrier')}>
                <bdi>{number.carrierName ?? number.carrierId}</bdi>
              </Fact>
            )}
            {number.price !== null && <Fact name={t('price')}>{money(number.price, number.currency)}</Fact>}
            {number.minimumDaysUntil !== null && (
              <Fact name={t('minimum')}>
                <When at={number.minimumDaysUntil} />
              </Fact>
            )}
            <Fact name={t('destinations')}>
              {number.destinations.length === 0
                ? t('noDestinations')
                : number.destinations.map(({ type, value, port }) => (
                    <div key={`${type}-${value}-${port}`}>
                      <bdi dir="ltr">
                        {type} {value}
                        {port === null ? '' : `:${port}`}
                      </bdi>
                    </div>
                  ))}
            </Fact>
            {number.tags.length > 0 && (
              <Fact name={t('tags')}>
                <bdi>{number.tags.join(', ')}</bdi>
              </Fact>
            )}
            <Fact name={t('channels')}>{limit(number.channels, number.channelsCeiling)}</Fact>
            <Fact name={t('flowSpeed')}>{limit(number.flowSpeed, number.flowSpeedCeiling)}</Fact>
          </Facts>
        </section>
        {mayChange ? <SettingsForm number={number} onSaved={reload} /> : <SettingsFacts number={number} />}
      </Stack>
      {asked !== null && (
        <NumbersAction
          what={asked}
          numbers={[number]}
          // What was saved a moment ago is another version, which is on its way.
          waits={fetching}
          onConflict={reload}
          onClose={done => {
            setAsked(null)
            if (!done) return
            if (asked === 'remove') go('/', { replace: true })
            else reload()
          }}
        />
      )}
    </>
  )
}

const readOf = (number: NumberDetailsFragment): Read<SettingsDraft> => ({
  version: number.version,
  values: draftOf(number)
})

/** A setting in words. */
const useSettingWords = (): ((name: keyof SettingsDraft, value: SettingsDraft[keyof SettingsDraft]) => string) => {
  const t = inventoryWords.use()
  const { dateTime } = useFormats()
  return (name, value) => {
    if (value === null || value === '') return '–'
    if (typeof value === 'boolean') return t(value ? 'yes' : 'no')
    if (typeof value === 'object') return value.length === 0 ? '–' : value.join(', ')
    if (name === 'recordingMode') return t(`recording_${value}` as 'recording_OFF')
    if (name === 'stirShakenMinAttest') return t(`attest_${value}` as 'attest_A')
    if (name === 'nextChargeAt' || name === 'minimumDaysUntil') return dateTime(new Date(String(value)).toISOString())
    return String(value)
  }
}

const SettingsFacts = ({ number }: { readonly number: NumberDetailsFragment }): ReactNode => {
  const t = inventoryWords.use()
  const words = useSettingWords()
  const draft = draftOf(number)
  const names = settingNames.filter(
    name => !['country', 'carrierId', 'price', 'currency', 'minimumDaysUntil', 'enabled'].includes(name)
  )
  return (
    <section aria-label={t('settings')}>
      <Title order={2} size="h4" mb="xs">
        {t('settings')}
      </Title>
      <Facts>
        {names.map(name => (
          <Fact key={name} name={titleOf(t, name)}>
            <bdi>{words(name, draft[name])}</bdi>
          </Fact>
        ))}
      </Facts>
    </section>
  )
}

const SettingsForm = ({ number, onSaved }: { readonly number: NumberDetailsFragment; onSaved(): void }): ReactNode => {
  const t = inventoryWords.use()
  const client = useClient()
  const words = useSettingWords()
  const [, update] = useMutation(UpdateNumberDocument)
  const { id } = number
  const form = useVersionedForm<SettingsDraft>({
    read: useMemo(() => readOf(number), [number]),
    reread: async () => {
      const { data } = await client.query(OneNumberDocument, { id }).toPromise()
      return data == null ? null : readOf(data.number)
    },
    save: async (version, changed) => {
      const { data, error } = await update({ id, version, settings: settingsOf(changed) })
      return { ...(error === undefined ? {} : { error }), read: data == null ? null : readOf(data.updateNumber) }
    }
  })
  const after = (saved: boolean): void => {
    if (!saved) return
    notifications.show({ color: 'teal', message: t('saved') })
    onSaved()
  }
  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault()
    if (form.dirty && !form.busy) after(await form.submit())
  }
  const { conflict } = form
  const lines: readonly ConflictLine[] =
    conflict === null
      ? []
      : settingNames
          .filter(
            name => words(name, conflict.theirs[name]) !== words(name, conflict.before[name]) || name in form.changed
          )
          .map(name => ({
            name,
            title: titleOf(t, name),
            before: words(name, conflict.before[name]),
            theirs: words(name, conflict.theirs[name]),
            mine: words(name, form.values[name])
          }))
  return (
    <Card withBorder component="section" aria-label={t('settings')}>
      <form onSubmit={submit} noValidate>
        <Stack gap="md">
          <Title order={2} size="h4">
            {t('settings')}
          </Title>
          <SettingsFields
            values={form.values}
            refusals={form.refusals}
            hasCompany={number.companyId !== null}
            set={form.set}
          />
          <RefusalAlert refusals={form.refusals} fields={settingNames} />
          {conflict !== null && (
            <ConflictChoice
              lines={lines}
              busy={form.busy}
              onMine={async () => after(await form.keepMine())}
              onTheirs={form.takeTheirs}
            />
          )}
          <Group gap="xs">
            <Button type="submit" loading={form.busy} disabled={!form.dirty || conflict !== null}>
              {t('save')}
            </Button>
            {form.dirty && conflict === null && (
              <Button variant="default" disabled={form.busy} onClick={() => form.set(draftOf(number))}>
                {t('dropTyping')}
              </Button>
            )}
          </Group>
        </Stack>
      </form>
    </Card>
  )
}
