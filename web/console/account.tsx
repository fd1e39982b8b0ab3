import { Button, Card, Code, Group, Modal, SimpleGrid, Stack, Text, TextInput, Title } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { type FormEvent, type ReactNode, useState } from 'react'
import { useMutation, useQuery } from 'urql'
import { ActionDialog } from '../console-kit/action-dialog.tsx'
import { Fact, Facts } from '../console-kit/facts.tsx'
import { useFocusBack } from '../console-kit/focus-back.ts'
import { LoadState } from '../console-kit/load-state.tsx'
import { useOperator } from '../console-kit/operator.ts'
import { PageHead } from '../console-kit/page-head.tsx'
import { PasswordField } from '../console-kit/password-field.tsx'
import { fieldRefusal, RefusalAlert } from '../console-kit/refusal-alert.tsx'
import { saveText } from '../console-kit/save-text.ts'
import { SessionList } from '../console-kit/session-list.tsx'
import { CopyText } from '../console-kit/shown-once.tsx'
import { type Refusal, refusalsOf } from '../kit/client.ts'
import {
  ChangeMyPasswordDocument,
  ConfirmTwoFactorDocument,
  DisableTwoFactorDocument,
  StartTwoFactorDocument
} from './account.graphql.ts'
import { accountWords } from './account-words.ts'
import { QrCode } from './qr-code.tsx'
import { EndStaffSessionDocument, type StaffFactsFragment, StaffMemberDocument } from './staff.graphql.ts'
import { staffWords } from './staff-words.ts'

/** The own password, two-factor sign-in and sessions of whoever is signed in. */
export const Page = (): ReactNode => {
  const t = accountWords.use()
  const roles = staffWords.use()
  const operator = useOperator()
  const id = operator.actor.replace(/^staff:/, '')
  const [{ data, error, fetching }, ask] = useQuery({ query: StaffMemberDocument, variables: { id } })
  const [, endSession] = useMutation(EndStaffSessionDocument)
  const reload = (): void => ask({ requestPolicy: 'network-only' })
  const member = data?.staffMember
  if (member == null)
    return (
      <>
        <PageHead title={t('title')} />
        <LoadState fetching={fetching} refusals={refusalsOf(error)} retry={reload} />
      </>
    )
  return (
    <>
      <PageHead title={t('title')} />
      <Stack gap="md">
        <Facts>
          <Fact name={roles('name')}>
            <bdi>{member.name}</bdi>
          </Fact>
          <Fact name={t('email')}>
            <bdi dir="ltr">{member.email}</bdi>
          </Fact>
          <Fact name={t('role')}>{roles(`role_${member.role}`)}</Fact>
        </Facts>
        <SimpleGrid cols={{ base: 1, md: 2 }} spacing="md">
          <PasswordCard email={member.email} onChanged={reload} />
          <TwoFactorCard member={member} onChanged={reload} />
        </SimpleGrid>
        <SessionList
          sessions={data!.staffSessions}
          {...(operator.is('ADMIN')
            ? {
                end: async (session: string) => {
                  const refused = refusalsOf((await endSession({ id: session })).error)
                  if (refused.length === 0) reload()
                  return refused
                }
              }
            : {})}
        />
      </Stack>
    </>
  )
}

const PasswordCard = ({ email, onChanged }: { readonly email: string; onChanged(): void }): ReactNode => {
  const t = accountWords.use()
  const [oldPassword, setOld] = useState('')
  const [newPassword, setNew] = useState('')
  const [refusals, setRefusals] = useState<readonly Refusal[]>([])
  const [{ fetching }, change] = useMutation(ChangeMyPasswordDocument)
  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault()
    if (fetching || oldPassword === '' || newPassword === '') return
    const { error } = await change({ oldPassword, newPassword })
    setRefusals(refusalsOf(error))
    if (error !== undefined) return
    setOld('')
    setNew('')
    notifications.show({ color: 'teal', message: t('changed') })
    onChanged()
  }
  return (
    <Card withBorder component="section" aria-label={t('password')}>
      <form onSubmit={submit} noValidate>
        <Stack gap="sm">
          <Title order={2} size="h4">
            {t('password')}
          </Title>
          {/* For password managers. */}
          <input type="text" autoComplete="username" value={email} readOnly hidden />
          <PasswordField
            label={t('oldPassword')}
            autoComplete="current-password"
            value={oldPassword}
            error={fieldRefusal(refusals, 'oldPassword')}
            onChange={event => setOld(event.currentTarget.value)}
          />
          <PasswordField
            label={t('newPassword')}
            description={t('newHint')}
            autoComplete="new-password"
            value={newPassword}
            error={fieldRefusal(refusals, 'newPassword')}
            onChange={event => setNew(event.currentTarget.value)}
          />
          <RefusalAlert refusals={refusals} fields={['oldPassword', 'newPassword']} />
          <Group>
            <Button type="submit" loading={fetching} disabled={oldPassword === '' || newPassword === ''}>
              {t('change')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Card>
  )
}

const TwoFactorCard = ({
  member,
  onChanged
}: {
  readonly member: StaffFactsFragment
  onChanged(): void
}): ReactNode => {
  const t = accountWords.use()
  const [asked, setAsked] = useState<'start' | 'stop' | null>(null)
  const [password, setPassword] = useState('')
  const [code, setCode] = useState('')
  const [setup, setSetup] = useState<{ readonly secret: string; readonly uri: string } | null>(null)
  const [codes, setCodes] = useState<readonly string[] | null>(null)
  const [, start] = useMutation(StartTwoFactorDocument)
  const [, confirm] = useMutation(ConfirmTwoFactorDocument)
  const [, stop] = useMutation(DisableTwoFactorDocument)
  const codeField = (refusals: readonly Refusal[]): ReactNode => (
    <TextInput
      label={t('code')}
      dir="ltr"
      data-autofocus
      autoComplete="one-time-code"
      value={code}
      error={fieldRefusal(refusals, 'code')}
      onChange={event => setCode(event.currentTarget.value)}
    />
  )
  return (
    <Card withBorder component="section" aria-label={t('twoFactor')}>
      <Stack gap="sm" align="start">
        <Title order={2} size="h4">
          {t('twoFactor')}
        </Title>
        <Text size="sm">{t(member.twoFactor ? 'on' : 'off')}</Text>
        {member.twoFactor ? (
          <>
            <Text size="sm">{t('codesLeft', { count: member.recoveryCodesLeft })}</Text>
            <Button variant="default" c="red" onClick={() => setAsked('stop')}>
              {t('switchOff')}
            </Button>
          </>
        ) : (
          <Button onClick={() => setAsked('start')}>{t('setUp')}</Button>
        )}
      </Stack>
      {asked === 'start' && (
        <ActionDialog
          title={t('setUp')}
          action={t('begin')}
          fields={['password']}
          disabled={password === ''}
          onClose={() => {
            setAsked(null)
            setPassword('')
          }}
          run={async () => {
            const { data, error } = await start({ password })
            if (data == null || error !== undefined) return refusalsOf(error)
            setSetup(data.startTwoFactor)
            return []
          }}
        >
          {refusals => (
            <>
              <Text size="sm">{t('setUpHint')}</Text>
              <PasswordField
                label={t('oldPassword')}
                data-autofocus
                autoComplete="current-password"
                value={password}
                error={fieldRefusal(refusals, 'password')}
                onChange={event => setPassword(event.currentTarget.value)}
              />
            </>
          )}
        </ActionDialog>
      )}
      {setup !== null && (
        <ActionDialog
          title={t('setUp')}
          action={t('confirm')}
          size="lg"
          fields={['code']}
          disabled={code === ''}
          onClose={() => {
            setSetup(null)
            setCode('')
          }}
          run={async () => {
            const { data, error } = await confirm({ code: code.trim() })
            if (data == null || error !== undefined) return refusalsOf(error)
            setCodes(data.confirmTwoFactor)
            onChanged()
            return []
          }}
        >
          {refusals => (
            <>
              <Text size="sm">{t('step1')}</Text>
              <Group align="center" justify="center" gap="lg">
                <QrCode text={setup.uri} label={t('qrCode')} />
                <Stack gap={0} flex="1 1 16rem" miw={0}>
                  <CopyText label={t('secret')} value={setup.secret} />
                  <CopyText label={t('uri')} value={setup.uri} />
                </Stack>
              </Group>
              <Text size="sm">{t('step2')}</Text>
              {codeField(refusals)}
            </>
          )}
        </ActionDialog>
      )}
      {codes !== null && <RecoveryCodes codes={codes} onClose={() => setCodes(null)} />}
      {asked === 'stop' && (
        <ActionDialog
          title={t('switchOff')}
          action={t('switchOff')}
          danger
          fields={['code']}
          disabled={code === ''}
          onClose={() => {
            setAsked(null)
            setCode('')
          }}
          run={async () => {
            const { error } = await stop({ code: code.trim() })
            if (error !== undefined) return refusalsOf(error)
            notifications.show({ color: 'teal', message: t('offDone') })
            onChanged()
            return []
          }}
        >
          {refusals => (
            <>
              <Text size="sm">{t('offHint')}</Text>
              {codeField(refusals)}
            </>
          )}
        </ActionDialog>
      )}
    </Card>
  )
}

const RecoveryCodes = ({ codes, onClose }: { readonly codes: readonly string[]; onClose(): void }): ReactNode => {
  const t = accountWords.use()
  const [told, setTold] = useState<'' | 'copied' | 'notCopied'>('')
  useFocusBack()
  const text = `${codes.join('\n')}\n`
  const copy = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(text)
      setTold('copied')
    } catch {
      setTold('notCopied')
    }
  }
  return (
    <Modal
      opened
      onClose={onClose}
      title={t('recoveryTitle')}
      withCloseButton={false}
      closeOnEscape={false}
      closeOnClickOutside={false}
    >
      <Stack gap="sm">
        <Text size="sm">{t('recoveryHint')}</Text>
        <Code block dir="ltr" data-part="recovery-codes">
          {codes.join('\n')}
        </Code>
        <Group gap="xs">
          <Button variant="default" onClick={copy}>
            {t('copyAll')}
          </Button>
          <Button variant="default" onClick={() => saveText('recovery-codes.txt', text, 'text/plain')}>
            {t('download')}
          </Button>
        </Group>
        <Text size="xs" role="status" mih="1.2em">
          {told !== '' && t(told)}
        </Text>
        <Group justify="flex-end">
          <Button onClick={onClose}>{t('kept')}</Button>
        </Group>
      </Stack>
    </Modal>
  )
}
