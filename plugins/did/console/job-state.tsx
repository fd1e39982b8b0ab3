import { Badge } from '@mantine/core'
import type { ReactNode } from 'react'
import { inventoryWords } from './inventory-words.ts'

const colors: Readonly<Record<string, string>> = {
  QUEUED: 'gray',
  CHECKING: 'blue',
  RUNNING: 'blue',
  DONE: 'green',
  REFUSED: 'orange',
  FAILED: 'red'
}

/** How far a job is, by name and colour. */
export const JobState = ({ state }: { readonly state: string }): ReactNode => {
  const t = inventoryWords.use()
  return (
    <Badge variant="dot" color={colors[state] ?? 'gray'} tt="none" fw={500}>
      {t(`state_${state}` as 'state_DONE')}
    </Badge>
  )
}
