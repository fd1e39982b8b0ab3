import { Alert, Anchor, Button, Card, Group, Stack, Text, Title } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { type FormEvent, type ReactNode, useMemo, useState } from 'react'
import { useClient, useMutation, useQuery } from 'urql'
import { ActionDialog } from '../console-kit/action-dialog.tsx'
import { BrandSelect } from '../console-kit/brand-select.tsx'
import { ConflictChoice, type ConflictLine } from '../console-kit/conflict-choice.tsx'
import { Fact, Facts } from '../console-kit/facts.tsx'
import { LoadState } from '../console-kit/load-state.tsx'
import { useOperator } from '../console-kit/operator.ts'
import { RefusalAlert } from '../console-kit/refusal-alert.tsx'
import { SessionList } from '../console-kit/session-list.tsx'
import { ShownOnce } from '../console-kit/shown-once.tsx'
import { useBrands } from '../console-kit/use-brands.ts'
import { type Read, useVersionedForm } from '../console-kit/versioned-form.ts'
import { When } from '../console-kit/when.tsx'
import { type Refusal, refusalsOf } from '../kit/client.ts'
import { useFormats } from '../kit/formats.ts'
import { type ContactDraft, ContactFields, contactFields, draftOf, inputOf } from './contact-fields.tsx'
import { ContactState } from './contact-state.tsx'
import { contactWords } from './contact-words.ts'
import {
  CompanyHomeDocument,
  ContactDocument,
  type ContactFactsFragment,
  ContactVersionDocument,
  CreateSignInLinkDocument,
  DisableContactDocument,
  EnableContactDocument,
  EndContactSessionDocument,
  EndContactSessionsDocument,
  ResetContactPasswordDocument,
  UnlockContactDocument,
  UpdateContactDocument
} from './contacts.graphql.ts'
import { ViewAsButton } from './view-as-button.tsx'

type Asked = 'disable' | 'enable' | 'link' | 'reset'

/** One contact: its data, whether it can sign in, and where it is signed in. */
export const CompanyContact = ({
  id,
  companyId,
  back,
  onChanged
}: {
  readonly id: string
  readonly companyId: string
  back(): void
  onChanged(): void
}): ReactNode => {
  const t = contactWords.use()
  const operator = useOperator()
  const { dateTime } = useFormats()
  const { nameOf } = useBrands()
  const [{ data, error, fetching }, ask] = useQuery({ query: ContactDocument, variables: { id } })
  const [{ data: home }] = useQuery({ query: CompanyHomeDocument, variables: { companyId } })
  const [, setDisabled] = useMutation(DisableContactDocument)
  const [, setEnabled] = useMutation(EnableContactDocument)
  const [, makeLink] = useMutation(CreateSignInLinkDocument)
  const [, reset] = useMutation(ResetContactPasswordDocument)
  const [{ fetching: unlocking }, unlock] = useMutation(UnlockContactDocument)
  const [, endSession] = useMutation(EndContactSessionDocument)
  const [, endSessions] = useMutation(EndContactSessionsDocument)
  const [asked, setAsked] = useState<Asked | null>(null)
  const [brand, setBrand] = useState<string | null>(null)
  const [link, setLink] = useState<{ readonly url: string; readonly expiresAt: string } | null>(null)
  const [refusals, setRefusals] = useState<readonly Refusal[]>([])
  const reload = (): void => ask({ requestPolicy: 'network-only' })
  const changed = (): void => {
    reload()
    onChanged()
  }

  const toList = (
    <Anchor component="button" type="button" size="sm" onClick={back}>
      {t('toList')}
    </Anchor>
  )
  const contact = data?.contact
  if (contact == null || contact.companyId !== companyId)
    return (
      <Stack align="start">
        {toList}
        <LoadState fetching={fetching} refusals={refusalsOf(error)} retry={reload} />
      </Stack>
    )
  const { name, version, email } = contact
  const mayChange = operator.is('ADMIN')
  const mayHelp = operator.is('ADMIN', 'SUPPORT')
  const isHomeless = home?.company != null && home.company.domainId === null
  const afterwards = (found: readonly Refusal[]): readonly Refusal[] => {
    if (found.length === 0 || found.some(({ code }) => code === 'CONFLICT')) changed()
    return found
  }
  const run = async (what: Asked): Promise<readonly Refusal[]> => {
    if (what === 'disable') return afterwards(refusalsOf((await setDisabled({ id, version })).error))
    if (what === 'enable') return afterwards(refusalsOf((await setEnabled({ id, version })).error))
    const domainId = isHomeless ? brand : null
    if (what === 'link') {
      const answer = await makeLink({ contactId: id, version, domainId })
      if (answer.data != null) setLink(answer.data.createSignInLink)
      return afterwards(refusalsOf(answer.error))
    }
    const answer = await reset({ contactId: id, domainId, version })
    if (answer.data != null) setLink(answer.data.resetContactPassword)
    return afterwards(refusalsOf(answer.error))
  }
  const open = async (): Promise<void> => {
    const { error: refused } = await unlock({ id })
    setRefusals(refusalsOf(refused))
    if (refused !== undefined) return
    notifications.show({ color: 'teal', message: t('unlocked', { name }) })
    changed()
  }
  const actions: Readonly<Record<Asked, { title: string; action: string; danger: boolean; text: string }>> = {
    disable: { title: t('disable'), action: t('disable'), danger: true, text: t('disableAsk', { name }) },
    enable: { title: t('enable'), action: t('enable'), danger: false, text: t('enableAsk', { name }) },
    link: { title: t('link'), action: t('linkDo'), danger: false, text: t('linkAsk', { name }) },
    reset: { title: t('reset'), action: t('reset'), danger: true, text: t('resetAsk', { name }) }
  }

  return (
    <Stack gap="md">
      <Group>{toList}</Group>
      <Group justify="space-between" gap="sm">
        <Group gap="sm">
          <Title order={2} size="h3">
            <bdi>{name}</bdi>
          </Title>
          <ContactState contact={contact} />
        </Group>
        <Group gap="xs" align="start">
          {mayHelp && !contact.disabled && <ViewAsButton contactId={id} />}
          {mayHelp && contact.lockedUntil !== null && (
            <Button variant="default" loading={unlocking} onClick={open}>
              {t('unlock')}
            </Button>
          )}
          {mayChange && !contact.disabled && (
            <>
              <Button variant="default" onClick={() => setAsked('link')}>
                {t('link')}
              </Button>
              <Button variant="default" onClick={() => setAsked('reset')}>
                {t('reset')}
              </Button>
            </>
          )}
          {mayChange && (
            <Button
              variant="default"
              c={contact.disabled ? undefined : 'red'}
              onClick={() => setAsked(contact.disabled ? 'enable' : 'disable')}
            >
              {t(contact.disabled ? 'enable' : 'disable')}
            </Button>
          )}
        </Group>
      </Group>
      <RefusalAlert refusals={refusals} />
      {contact.lockedUntil !== null && (
        <Alert color="red" role="status">
          {t('lockedUntil', { at: dateTime(contact.lockedUntil) })}
        </Alert>
      )}
      {!contact.hasPassword && !contact.disabled && (
        <Alert color="yellow" role="status">
          {t('noPassword')}
        </Alert>
      )}
      {mayChange ? (
        <ContactForm contact={contact} onSaved={changed} />
      ) : (
        <Facts>
          <Fact name={t('email')}>
            <bdi>{email}</bdi>
          </Fact>
          {(['phone', 'mobile', 'locale', 'timeZone'] as const).map(fact => (
            <Fact key={fact} name={t(fact)}>
              <bdi dir="ltr">{contact[fact] ?? '–'}</bdi>
            </Fact>
          ))}
          {(['department', 'contactType', 'publicNotes', 'privateNotes'] as const).map(fact => (
            <Fact key={fact} name={t(fact)}>
              <Text span inherit dir="auto" style={{ whiteSpace: 'pre-wrap' }}>
                {contact[fact] ?? '–'}
              </Text>
            </Fact>
          ))}
          <Fact name={t('allowList')}>
            <bdi dir="ltr">{contact.ipAllowList.length === 0 ? t('anywhere') : contact.ipAllowList.join(', ')}</bdi>
          </Fact>
        </Facts>
      )}
      <Facts>
        <Fact name={t('lastSignIn')}>
          {contact.lastSignInAt === null ? t('never') : <When at={contact.lastSignInAt} />}
        </Fact>
        <Fact name={t('createdAt')}>
          <When at={contact.createdAt} />
        </Fact>
      </Facts>
      <SessionList
        sessions={data!.contactSessions.map(session => ({
          ...session,
          note: (
            <Text size="xs" c="dimmed">
              <bdi>{nameOf(session.domainId)}</bdi>
              {session.viewAs !== null && <> · {t('viewAsSession', { name: session.viewAs })}</>}
            </Text>
          )
        }))}
        {...(mayHelp
          ? {
              end: async (session: string) => afterwards(refusalsOf((await endSession({ id: session })).error)),
              endAll: async () => {
                const answer = await endSessions({ contactId: id })
                if (answer.data == null || answer.error !== undefined) return refusalsOf(answer.error)
                changed()
                return answer.data.endContactSessions
              }
            }
          : {})}
      />
      {asked !== null && (
        <ActionDialog
          title={actions[asked].title}
          action={actions[asked].action}
          danger={actions[asked].danger}
          // What was saved a moment ago is another version, which is on its way.
          disabled={fetching}
          onClose={() => setAsked(null)}
          run={() => run(asked)}
        >
          <Text size="sm">{actions[asked].text}</Text>
          {isHomeless && (asked === 'link' || asked === 'reset') && (
            <BrandSelect label={t('brand')} description={t('brandHint')} value={brand} onChange={setBrand} clearable />
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
          <Text size="sm">{t('linkSend', { email })}</Text>
        </ShownOnce>
      )}
    </Stack>
  )
}

const readOf = (contact: ContactFactsFragment): Read<ContactDraft> => ({
  version: contact.version,
  values: draftOf(contact)
})

const ContactForm = ({ contact, onSaved }: { readonly contact: ContactFactsFragment; onSaved(): void }): ReactNode => {
  const t = contactWords.use()
  const client = useClient()
  const [, update] = useMutation(UpdateContactDocument)
  const { id } = contact
  const form = useVersionedForm<ContactDraft>({
    read: useMemo(() => readOf(contact), [contact]),
    reread: async () => {
      const { data } = await client.query(ContactVersionDocument, { id }).toPromise()
      return data?.contact == null ? null : readOf(data.contact)
    },
    save: async (version, changed) => {
      const { data, error } = await update({ id, version, input: inputOf(changed) })
      return { ...(error === undefined ? {} : { error }), read: data == null ? null : readOf(data.updateContact) }
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
  const shown = (value: string | readonly string[]): string => (typeof value === 'string' ? value : value.join(', '))
  const lines: readonly ConflictLine[] =
    form.conflict === null
      ? []
      : contactFields
          .filter(
            name => shown(form.conflict!.theirs[name]) !== shown(form.conflict!.before[name]) || name in form.changed
          )
          .map(name => ({
            name,
            title: t(name === 'ipAllowList' ? 'allowList' : name),
            before: shown(form.conflict!.before[name]),
            theirs: shown(form.conflict!.theirs[name]),
            mine: shown(form.values[name])
          }))
  return (
    <Card withBorder component="section" aria-label={t('edit')}>
      <form onSubmit={submit} noValidate>
        <Stack gap="sm" maw={640}>
          <ContactFields values={form.values} refusals={form.refusals} set={form.set} />
          <RefusalAlert refusals={form.refusals} fields={contactFields} />
          {form.conflict !== null && (
            <ConflictChoice
              lines={lines}
              busy={form.busy}
              onMine={async () => after(await form.keepMine())}
              onTheirs={form.takeTheirs}
            />
          )}
          <Group gap="xs">
            <Button type="submit" loading={form.busy} disabled={!form.dirty || form.conflict !== null}>
              {t('save')}
            </Button>
            {form.dirty && form.conflict === null && (
              <Button variant="default" onClick={() => form.set(readOf(contact).values)} disabled={form.busy}>
                {t('undoTyping')}
              </Button>
            )}
          </Group>
        </Stack>
      </form>
    </Card>
  )
}
