import { Badge } from '@mantine/core'
import type { ReactNode } from 'react'
import { contactWords } from './contact-words.ts'
import type { ContactFactsFragment } from './contacts.graphql.ts'

const colors = { ACTIVE: 'green', DISABLED: 'gray', LOCKED: 'red', NO_PASSWORD: 'yellow' } as const

/** Whether a contact can sign in, and what is in the way. */
export const ContactState = ({ contact }: { readonly contact: ContactFactsFragment }): ReactNode => {
  const t = contactWords.use()
  const state = contact.disabled
    ? 'DISABLED'
    : contact.lockedUntil !== null
      ? 'LOCKED'
      : contact.hasPassword
        ? 'ACTIVE'
        : 'NO_PASSWORD'
  return (
    <Badge variant="dot" color={colors[state]} tt="none" fw={500}>
      {t(`state_${state}`)}
    </Badge>
  )
}
