import { Autocomplete, SimpleGrid, TagsInput, Textarea, TextInput } from '@mantine/core'
import type { ReactNode } from 'react'
import { fieldRefusal } from '../console-kit/refusal-alert.tsx'
import type { Refusal } from '../kit/client.ts'
import { languages } from '../kit/messages.ts'
import { contactWords } from './contact-words.ts'
import type { ContactFactsFragment } from './contacts.graphql.ts'

/** What may be left empty. */
const details = [
  'phone',
  'mobile',
  'department',
  'contactType',
  'locale',
  'timeZone',
  'publicNotes',
  'privateNotes'
] as const
export const contactFields = ['name', 'email', ...details, 'ipAllowList'] as const

type Details<Value> = { readonly [Detail in (typeof details)[number]]: Value }
/** What an operator writes of a contact; empty texts mean nothing. */
export interface ContactDraft extends Details<string> {
  readonly name: string
  readonly email: string
  readonly ipAllowList: readonly string[]
}

const each = <Value,>(of: (detail: (typeof details)[number]) => Value): Details<Value> =>
  Object.fromEntries(details.map(detail => [detail, of(detail)])) as Details<Value>

export const blankContact: ContactDraft = { name: '', email: '', ipAllowList: [], ...each(() => '') }

/** A contact as the fields show it. */
export const draftOf = (contact: ContactFactsFragment): ContactDraft => ({
  name: contact.name,
  email: contact.email,
  ipAllowList: contact.ipAllowList,
  ...each(detail => contact[detail] ?? '')
})

/** What was written, as the server takes it: an empty text says that there is none. */
export const inputOf = <Draft extends Partial<ContactDraft>>(
  draft: Draft
): Omit<Draft, keyof Details<string>> & Partial<Details<string | null>> => ({
  ...draft,
  ...Object.fromEntries(details.flatMap(detail => (draft[detail] === '' ? [[detail, null]] : [])))
})

/** The inputs of a contact, each with its own part of a refusal. */
export const ContactFields = ({
  values,
  refusals,
  set
}: {
  readonly values: ContactDraft
  readonly refusals: readonly Refusal[]
  set(change: Partial<ContactDraft>): void
}): ReactNode => {
  const t = contactWords.use()
  const wrong = (field: string): ReactNode => fieldRefusal(refusals, field)
  return (
    <>
      <TextInput
        label={t('name')}
        withAsterisk
        data-autofocus
        maxLength={120}
        value={values.name}
        error={wrong('name')}
        onChange={event => set({ name: event.currentTarget.value })}
      />
      <TextInput
        label={t('email')}
        description={t('emailHint')}
        withAsterisk
        type="email"
        dir="ltr"
        maxLength={254}
        value={values.email}
        error={wrong('email')}
        onChange={event => set({ email: event.currentTarget.value })}
      />
      <SimpleGrid cols={{ base: 1, sm: 2 }} spacing="md" verticalSpacing="sm">
        {(['phone', 'mobile'] as const).map(field => (
          <TextInput
            key={field}
            label={t(field)}
            type="tel"
            dir="ltr"
            value={values[field]}
            error={wrong(field)}
            onChange={event => set({ [field]: event.currentTarget.value })}
          />
        ))}
        {(['department', 'contactType'] as const).map(field => (
          <TextInput
            key={field}
            label={t(field)}
            value={values[field]}
            error={wrong(field)}
            onChange={event => set({ [field]: event.currentTarget.value })}
          />
        ))}
        <Autocomplete
          label={t('locale')}
          description={t('localeHint')}
          dir="ltr"
          data={Object.keys(languages)}
          value={values.locale}
          error={wrong('locale')}
          onChange={locale => set({ locale })}
        />
        <Autocomplete
          label={t('timeZone')}
          description={t('timeZoneHint')}
          dir="ltr"
          data={Intl.supportedValuesOf('timeZone')}
          limit={20}
          value={values.timeZone}
          error={wrong('timeZone')}
          onChange={timeZone => set({ timeZone })}
        />
      </SimpleGrid>
      {(['publicNotes', 'privateNotes'] as const).map(field => (
        <Textarea
          key={field}
          label={t(field)}
          description={t(`${field}Hint`)}
          autosize
          minRows={2}
          maxRows={8}
          value={values[field]}
          error={wrong(field)}
          onChange={event => set({ [field]: event.currentTarget.value })}
        />
      ))}
      <TagsInput
        label={t('allowList')}
        description={t('allowListHint')}
        dir="ltr"
        value={[...values.ipAllowList]}
        error={wrong('ipAllowList')}
        onChange={ipAllowList => set({ ipAllowList })}
        acceptValueOnBlur
        clearable={false}
      />
    </>
  )
}
