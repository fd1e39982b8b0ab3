import { Badge } from '@mantine/core'
import type { ReactNode } from 'react'
import type { RunFactsFragment } from './onboarding.graphql.ts'
import { onboardingWords } from './onboarding-words.ts'

const colors = { QUEUED: 'gray', RUNNING: 'blue', DONE: 'green', FAILED: 'red' } as const

/** Tried, taken in, or a file that was made. */
export const runKind = ({ kind, dryRun }: RunFactsFragment): 'TRY' | 'IMPORT' | 'EXPORT' =>
  kind === 'EXPORT' ? 'EXPORT' : dryRun ? 'TRY' : 'IMPORT'

/** How far a run is, by name and colour. */
export const RunState = ({ state }: { readonly state: RunFactsFragment['state'] }): ReactNode => {
  const t = onboardingWords.use()
  return (
    <Badge variant="dot" color={colors[state]} tt="none" fw={500}>
      {t(`state_${state}`)}
    </Badge>
  )
}
