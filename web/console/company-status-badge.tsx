import { Badge } from '@mantine/core'
import type { ReactNode } from 'react'
import { companyWords, type Status } from './company-words.ts'

const colors: Readonly<Record<Status, string>> = {
  ACTIVE: 'teal',
  PENDING_APPROVAL: 'blue',
  PENDING: 'blue',
  PENALTY: 'orange',
  INACTIVE: 'gray'
}

/** A company's status in a word, as the server names it. */
export const CompanyStatusBadge = ({ status }: { readonly status: string }): ReactNode => {
  const t = companyWords.use()
  return (
    <Badge variant="dot" color={colors[status as Status] ?? 'gray'} tt="none" fw={500}>
      {t(`status_${status as Status}`)}
    </Badge>
  )
}
