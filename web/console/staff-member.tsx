import { Alert, Badge, Button, Card, Group, Stack, Text, TextInput, Title } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { type FormEvent, type ReactNode, useMemo, useState } from 'react'
import { useClient, useMutation, useQuery } from 'urql'
import { ActionDialog } from '../console-kit/action-dialog.tsx'
import { ConflictChoice } from '../console-kit/conflict-choice.tsx'
import { Fact, Facts } from '../console-kit/facts.tsx'
import { LoadState } from '../console-kit/load-state.tsx'
import { useOperator } from '../console-kit/operator.ts'
import { PageHead } from '../console-kit/page-head.tsx'
import { fieldRefusal, RefusalAlert } from '../console-kit/refusal-alert.tsx'
import { reasonWords } from '../console-kit/refusal-words.ts'
import { SessionList } from '../console-kit/session-list.tsx'
import { ShownOnce } from '../console-kit/shown-once.tsx'
import { type Read, useVersionedForm } from '../console-kit/versioned-form.ts'
import { When } from '../console-kit/when.tsx'
import { type Refusal, refusalsOf } from '../kit/client.ts'
import { useFormats } from '../kit/formats.ts'
import { useLanguage } from '../kit/messages.ts'
import {
  EndStaffSessionDocument,
  EndStaffSessionsDocument,
  ResetStaffPasswordDocument,
  ResetStaffTwoFactorDocument,
  type StaffFactsFragment,
  StaffMemberDocument,
  UnlockStaffDocument,
  UpdateStaffDocument
} from './staff.graphql.ts'
import { type memberRoles, RoleRadio } from './staff-list.tsx'
import { StaffState } from './staff-state.tsx'
import { staffWords } from './staff-words.ts'

type Asked = 'disable' | 'enable' | 'reset' | 'resetTwo' | 'unlock'

/** One member of staff. */
export const StaffMemberPage = ({ id }: { readonly id: string }): ReactNode => {
  const t = staffWords.use()
  const operator = useOperator()
  const { dateTime } = useFormats()
  const [{ data, error, fetching }, ask] = useQuery({ query: StaffMemberDocument, variables: { id } })
  const [, update] = useMutation(UpdateStaffDocument)
  const [, reset] = useMutation(ResetStaffPasswordDocument)
  const [, resetTwo] = useMutation(ResetStaffTwoFactorDocument)
  const [, unlock] = useMutation(UnlockStaffDocument)
  const [, endSession] = useMutation(EndStaffSessionDocument)
  const [, endSessions] = useMutation(EndStaffSessionsDocument)
  const [asked, setAsked] = useState<Asked | null>(null)
  const [link, setLink] = useState<{ readonly url: string; readonly expiresAt: string } | null>(null)
  const reload = (): void => ask({ requestPolicy: 'network-only' })
  const back = { to: '~/staff', title: t('toList') }
  const member = data?.staffMember
  if (member == null)
    return (
      <>
        <PageHead title={t('members')} back={back} />
        <LoadState fetching={fetching} refusals={refusalsOf(error)} retry={reload} />
      </>
    )
  const { name, version } = member
  const mayChange = operator.is('ADMIN')
  const isMe = operator.actor === `staff:${id}`
  const run = async (what: Asked): Promise<readonly Refusal[]> => {
    const answer = async (): Promise<readonly Refusal[]> => {
      if (what === 'reset') {
        const { data: made, error: refused } = await reset({ id, version })
        if (made != null) setLink(made.resetStaffPassword)
        return refusalsOf(refused)
      }
      if (what === 'resetTwo') return refusalsOf((await resetTwo({ id, version })).error)
      if (what === 'unlock') return refusalsOf((await unlock({ id })).error)
      return refusalsOf((await update({ id, version, input: { disabled: what === 'disable' } })).error)
    }
    const found = await answer()
    if (found.length === 0 || found.some(({ code }) => code === 'CONFLICT')) reload()
    return found
  }
  const isDanger = asked === 'disable' || asked === 'reset' || asked === 'resetTwo'
  return (
    <>
      <PageHead
        title={name}
        mark={
          <>
            <StaffState member={member} />
            {isMe && (
              <Badge variant="light" tt="none">
                {t('you')}
              </Badge>
            )}
          </>
        }
        back={back}
      >
        {mayChange && !isMe ? (
          <>
            {member.lockedUntil !== null && (
              <Button variant="default" onClick={() => setAsked('unlock')}>
                {t('unlock')}
              </Button>
            )}
            {!member.disabled && (
              <Button variant="default" onClick={() => setAsked('reset')}>
                {t('reset')}
              </Button>
            )}
            {member.twoFactor && (
              <Button variant="default" onClick={() => setAsked('resetTwo')}>
                {t('resetTwo')}
              </Button>
            )}
            <Button
              variant="default"
              c={member.disabled ? undefined : 'red'}
              onClick={() => setAsked(member.disabled ? 'enable' : 'disable')}
            >
              {t(member.disabled ? 'enable' : 'disable')}
            </Button>
          </>
        ) : undefined}
      </PageHead>
      <Stack gap="md">
        {isMe && <Alert color="blue">{t('toAccount')}</Alert>}
        {member.lockedUntil !== null && (
          <Alert color="red" role="status">
            {t('lockedUntil', { at: dateTime(member.lockedUntil) })}
          </Alert>
        )}
        {!member.hasPassword && !member.disabled && (
          <Alert color="yellow" role="status">
            {t('noPassword')}
          </Alert>
        )}
        <Facts>
          <Fact name={t('email')}>
            <bdi dir="ltr">{member.email}</bdi>
          </Fact>
          <Fact name={t('role')}>{t(`role_${member.role}`)}</Fact>
          <Fact name={t('twoFactor')}>
            {member.twoFactor ? t('twoFactorOn', { count: member.recoveryCodesLeft }) : t('off')}
          </Fact>
          <Fact name={t('lastSignIn')}>
            {member.lastSignInAt === null ? t('never') : <When at={member.lastSignInAt} />}
          </Fact>
          <Fact name={t('created')}>
            <When at={member.createdAt} />
          </Fact>
        </Facts>
        {mayChange && <MemberForm member={member} isMe={isMe} onSaved={reload} />}
        <SessionList
          sessions={data!.staffSessions}
          {...(mayChange
            ? {
                end: async (session: string) => {
                  const refused = refusalsOf((await endSession({ id: session })).error)
                  if (refused.length === 0) reload()
                  return refused
                },
                endAll: async () => {
                  const answer = await endSessions({ staffId: id })
                  if (answer.data == null || answer.error !== undefined) return refusalsOf(answer.error)
                  reload()
                  return answer.data.endStaffSessions
                }
              }
            : {})}
        />
      </Stack>
      {asked !== null && (
        <ActionDialog
          title={`${t(asked)} · ${name}`}
          action={t(asked)}
          danger={isDanger}
          // What was saved a moment ago is another version, which is on its way.
          disabled={fetching}
          onClose={() => setAsked(null)}
          run={() => run(asked)}
        >
          {refusals => (
            <>
              <Text size="sm">{t(`${asked}Ask`, { name })}</Text>
              <Explained refusals={refusals} />
            </>
          )}
        </ActionDialog>
      )}
      {link !== null && (
        <ShownOnce
          title={t('linkTitle', { name })}
          label={t('linkLabel')}
          value={link.url}
          until={link.expiresAt}
          onClose={() => setLink(null)}
        >
          <Text size="sm">{t('linkSend')}</Text>
        </ShownOnce>
      )}
    </>
  )
}

/** What to do about the refusals that keep administrators from shutting themselves out; in other languages the alert says it. */
const Explained = ({ refusals }: { readonly refusals: readonly Refusal[] }): ReactNode => {
  const isEnglish = useLanguage() === 'en'
  const reason = (['LAST_ADMIN', 'OWN_ACCOUNT'] as const).find(each => refusals.some(({ reason }) => reason === each))
  return (
    isEnglish &&
    reason !== undefined && (
      <Text size="sm" fw={600}>
        {reasonWords.texts.en[reason]}
      </Text>
    )
  )
}

interface Draft {
  readonly name: string
  readonly role: (typeof memberRoles)[number]
}

const readOf = (member: StaffFactsFragment): Read<Draft> => ({
  version: member.version,
  values: { name: member.name, role: member.role as Draft['role'] }
})

const MemberForm = ({
  member,
  isMe,
  onSaved
}: {
  readonly member: StaffFactsFragment
  readonly isMe: boolean
  onSaved(): void
}): ReactNode => {
  const t = staffWords.use()
  const client = useClient()
  const [, update] = useMutation(UpdateStaffDocument)
  const { id } = member
  const form = useVersionedForm<Draft>({
    read: useMemo(() => readOf(member), [member]),
    reread: async () => {
      const { data } = await client.query(StaffMemberDocument, { id }).toPromise()
      return data?.staffMember == null ? null : readOf(data.staffMember)
    },
    save: async (version, input) => {
      const { data, error } = await update({ id, version, input })
      return { ...(error === undefined ? {} : { error }), read: data == null ? null : readOf(data.updateStaff) }
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
  return (
    <Card withBorder component="section" aria-label={t('edit')}>
      <form onSubmit={submit} noValidate>
        <Stack gap="sm" maw={640}>
          <Title order={2} size="h4">
            {t('edit')}
          </Title>
          <TextInput
            label={t('name')}
            maxLength={120}
            value={form.values.name}
            error={fieldRefusal(form.refusals, 'name')}
            onChange={event => form.set({ name: event.currentTarget.value })}
          />
          <RoleRadio
            value={form.values.role}
            disabled={isMe}
            error={fieldRefusal(form.refusals, 'role')}
            onChange={role => form.set({ role })}
          />
          {isMe && (
            <Text size="sm" c="dimmed">
              {t('ownRole')}
            </Text>
          )}
          <RefusalAlert refusals={form.refusals} fields={['name', 'role']} />
          <Explained refusals={form.refusals} />
          {conflict !== null && (
            <ConflictChoice
              busy={form.busy}
              onMine={async () => after(await form.keepMine())}
              onTheirs={form.takeTheirs}
              lines={[
                {
                  name: 'name',
                  title: t('name'),
                  before: conflict.before.name,
                  theirs: conflict.theirs.name,
                  mine: form.values.name
                },
                {
                  name: 'role',
                  title: t('role'),
                  before: t(`role_${conflict.before.role}`),
                  theirs: t(`role_${conflict.theirs.role}`),
                  mine: t(`role_${form.values.role}`)
                }
              ]}
            />
          )}
          <Group gap="xs">
            <Button type="submit" loading={form.busy} disabled={!form.dirty || conflict !== null}>
              {t('save')}
            </Button>
            {form.dirty && conflict === null && (
              <Button variant="default" disabled={form.busy} onClick={() => form.set(readOf(member).values)}>
                {t('dropTyping')}
              </Button>
            )}
          </Group>
        </Stack>
      </form>
    </Card>
  )
}
