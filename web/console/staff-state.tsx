import { Badge } from '@mantine/core'
import type { ReactNode } from 'react'
import type { StaffFactsFragment } from './staff.graphql.ts'
import { staffWords } from './staff-words.ts'

const colors = { ACTIVE: 'green', DISABLED: 'gray', LOCKED: 'red', NO_PASSWORD: 'yellow' } as const

/** Whether a member of staff can sign in, and what is in the way. */
export const StaffState = ({ member }: { readonly member: StaffFactsFragment }): ReactNode => {
  const t = staffWords.use()
  const state = member.disabled
    ? 'DISABLED'
    : member.lockedUntil !== null
      ? 'LOCKED'
      : member.hasPassword
        ? 'ACTIVE'
        : 'NO_PASSWORD'
  return (
    <Badge variant="dot" color={colors[state]} tt="none" fw={500}>
      {t(`state_${state}`)}
    </Badge>
  )
}
