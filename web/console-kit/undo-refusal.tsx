import { Alert, Text } from '@mantine/core'
import type { ReactNode } from 'react'
import type { Refusal } from '../kit/client.ts'
import { RefusalText } from '../kit/refusal-text.tsx'
import { accessWords } from './access-words.ts'

/** Why an undo was refused, and what to do about it. */
const UndoRefusal = ({ refusal }: { readonly refusal: Refusal }): ReactNode => {
  const t = accessWords.use()
  const { code } = refusal
  if (code === 'UNREACHABLE' || code === 'UNAVAILABLE') return <Text size="sm">{t('unreachable')}</Text>
  return (
    <>
      <Text size="sm">{code === 'CONFLICT' ? t('undoConflict') : t('undoFailed', { message: '' })}</Text>
      <Text size="xs">
        <RefusalText refusal={refusal} />
      </Text>
    </>
  )
}

/** Everything that stood in the way of an undo, below its button. */
export const UndoRefusals = ({ refusals }: { readonly refusals: readonly Refusal[] }): ReactNode =>
  refusals.map(refusal => (
    <Alert key={refusal.code} color="red" role="alert" p="xs">
      <UndoRefusal refusal={refusal} />
    </Alert>
  ))
