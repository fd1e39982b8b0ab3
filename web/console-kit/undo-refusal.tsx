import { Text } from '@mantine/core'
import type { ReactNode } from 'react'
import type { Refusal } from '../kit/client.ts'
import { RefusalText } from '../kit/refusal-text.tsx'
import { accessWords } from './access-words.ts'

/** Why an undo was refused, and what to do about it. */
export const UndoRefusal = ({ refusal }: { readonly refusal: Refusal }): ReactNode => {
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
