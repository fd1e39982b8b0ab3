import { Alert, Stack, Text } from '@mantine/core'
import type { ReactNode } from 'react'
import type { Refusal } from '../kit/client.ts'
import { FaultText, RefusalText } from '../kit/refusal-text.tsx'
import { listWords } from './list-words.ts'

const gone = ['UNREACHABLE', 'UNAVAILABLE']

/** `codes` stands for `input.codes` and for `input.codes.2`. */
const isOf = (path: string, field: string): boolean => `.${path}.`.includes(`.${field}.`)

/** What is wrong with one field, by its name in the argument path: `name` finds `input.name`. Undefined: nothing. */
export const fieldRefusal = (refusals: readonly Refusal[], field: string): ReactNode => {
  const fault = refusals.flatMap(({ fields }) => Object.entries(fields)).find(([path]) => isOf(path, field))?.[1]
  return fault && <FaultText fault={fault} />
}

/**
 * Says why something was not done, in the server's words.
 * @param fields names of inputs that show their own part by `fieldRefusal`; a refusal of only those is not said twice
 */
export const RefusalAlert = ({
  refusals,
  fields = []
}: {
  readonly refusals: readonly Refusal[]
  readonly fields?: readonly string[]
}): ReactNode => {
  const t = listWords.use()
  const isShown = (path: string): boolean => fields.some(field => isOf(path, field))
  const left = refusals.filter(refusal => {
    const paths = Object.keys(refusal.fields)
    return paths.length === 0 || !paths.every(isShown)
  })
  if (left.length === 0) return null
  return (
    <Alert color="red" role="alert" title={t('refused')}>
      <Stack gap={4}>
        {left.map((refusal, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: refusals of one answer have no name of their own
          <Text key={index} size="sm">
            {gone.includes(refusal.code) ? t('unreachable') : <RefusalText refusal={refusal} />}
          </Text>
        ))}
      </Stack>
    </Alert>
  )
}
