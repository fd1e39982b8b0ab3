import { Group, TagsInput, TextInput } from '@mantine/core'
import type { ReactNode } from 'react'
import { fieldRefusal } from '../console-kit/refusal-alert.tsx'
import type { Refusal } from '../kit/client.ts'
import { contactWords } from './contact-words.ts'

/** What an operator writes of a contact; empty texts mean nothing. */
export interface ContactDraft {
  readonly name: string
  readonly email: string
  readonly phone: string
  readonly department: string
  readonly ipAllowList: readonly string[]
}

export const blankContact: ContactDraft = { name: '', email: '', phone: '', department: '', ipAllowList: [] }
export const contactFields = ['name', 'email', 'phone', 'department', 'ipAllowList'] as const

/** The inputs of a contact, each with its own part of a refusal. */
export const ContactFields = ({
  values,
  refusals,
  readOnly = false,
  set
}: {
  readonly values: ContactDraft
  readonly refusals: readonly Refusal[]
  readonly readOnly?: boolean
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
        readOnly={readOnly}
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
        readOnly={readOnly}
        value={values.email}
        error={wrong('email')}
        onChange={event => set({ email: event.currentTarget.value })}
      />
      <Group grow align="start">
        <TextInput
          label={t('phone')}
          type="tel"
          dir="ltr"
          readOnly={readOnly}
          value={values.phone}
          error={wrong('phone')}
          onChange={event => set({ phone: event.currentTarget.value })}
        />
        <TextInput
          label={t('department')}
          readOnly={readOnly}
          value={values.department}
          error={wrong('department')}
          onChange={event => set({ department: event.currentTarget.value })}
        />
      </Group>
      <TagsInput
        label={t('allowList')}
        description={t('allowListHint')}
        dir="ltr"
        readOnly={readOnly}
        value={[...values.ipAllowList]}
        error={wrong('ipAllowList')}
        onChange={ipAllowList => set({ ipAllowList })}
        acceptValueOnBlur
        clearable={false}
      />
    </>
  )
}
