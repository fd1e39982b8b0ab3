import { Badge, Group } from '@mantine/core'
import type { ReactNode } from 'react'
import { callBatchWords } from './call-batch-words.ts'
import type { BatchFactsFragment } from './call-batches.graphql.ts'

export const batchStates = ['RUNNING', 'DONE', 'FAILED', 'BROKEN_OFF', 'UNDOING', 'UNDONE'] as const
export const batchOrigins = ['CLI', 'API', 'INGEST', 'RERUN'] as const

const colors: Readonly<Record<BatchFactsFragment['state'], string>> = {
  RUNNING: 'blue',
  DONE: 'green',
  FAILED: 'red',
  BROKEN_OFF: 'red',
  UNDOING: 'orange',
  UNDONE: 'gray'
}

/** How a batch stands, and whether it was a dry run. */
export const BatchState = ({ batch }: { readonly batch: BatchFactsFragment }): ReactNode => {
  const t = callBatchWords.use()
  return (
    <Group component="span" gap={4} display="inline-flex">
      <Badge variant="dot" color={colors[batch.state]} tt="none" fw={500}>
        {t(`state_${batch.state}`)}
      </Badge>
      {batch.dryRun && (
        <Badge variant="light" color="gray" tt="none" fw={500} title={t('dryRunHint')}>
          {t('dryRun')}
        </Badge>
      )}
    </Group>
  )
}
