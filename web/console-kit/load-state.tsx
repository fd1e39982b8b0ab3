import { Button, Loader, Stack, Text } from '@mantine/core'
import type { ReactNode } from 'react'
import type { Refusal } from '../kit/client.ts'
import { RefusalAlert } from './refusal-alert.tsx'
import { workWords } from './work-words.ts'

/** Stands where something is to be seen that is not there: it is read, does not exist, or could not be read. */
export const LoadState = ({
  fetching,
  refusals,
  retry
}: {
  readonly fetching: boolean
  readonly refusals: readonly Refusal[]
  retry(): void
}): ReactNode => {
  const t = workWords.use()
  if (fetching) return <Loader aria-label={t('loading')} />
  if (refusals.length === 0 || refusals.some(({ code }) => code === 'NOT_FOUND')) return <Text>{t('notFound')}</Text>
  return (
    <Stack align="start" role="alert">
      <Text fw={600}>{t('failed')}</Text>
      <RefusalAlert refusals={refusals} />
      <Button variant="default" size="xs" onClick={retry}>
        {t('again')}
      </Button>
    </Stack>
  )
}
