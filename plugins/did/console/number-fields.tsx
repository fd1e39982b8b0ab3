import { Checkbox, Group, TextInput } from '@mantine/core'
import type { ReactNode } from 'react'
import { fieldRefusal } from '../../../web/console-kit/refusal-alert.tsx'
import type { Refusal } from '../../../web/kit/client.ts'
import { inventoryWords } from './inventory-words.ts'

/** The first and the last number of a range. */
export const RangeFields = ({
  from,
  to,
  hint,
  refusals,
  set
}: {
  readonly from: string
  readonly to: string
  /** Below the last one. */
  readonly hint?: string
  readonly refusals: readonly Refusal[]
  set(change: { readonly from?: string; readonly to?: string }): void
}): ReactNode => {
  const t = inventoryWords.use()
  return (
    <Group grow align="start">
      <TextInput
        label={t('from')}
        withAsterisk
        type="tel"
        dir="ltr"
        value={from}
        error={fieldRefusal(refusals, 'from')}
        onChange={event => set({ from: event.currentTarget.value })}
      />
      <TextInput
        label={t('to')}
        withAsterisk
        type="tel"
        dir="ltr"
        description={hint}
        inputWrapperOrder={['label', 'input', 'description', 'error']}
        value={to}
        error={fieldRefusal(refusals, 'to')}
        onChange={event => set({ to: event.currentTarget.value })}
      />
    </Group>
  )
}

/** Whether refused numbers are left out, or keep all of them as they are. */
export const SkipRefused = ({
  checked,
  onChange
}: {
  readonly checked: boolean
  onChange(checked: boolean): void
}): ReactNode => {
  const t = inventoryWords.use()
  return (
    <Checkbox
      label={t('skipRefused')}
      description={t('allOrNone')}
      checked={checked}
      onChange={event => onChange(event.currentTarget.checked)}
    />
  )
}
