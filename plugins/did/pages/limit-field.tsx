import type { ReactNode } from 'react'
import type { Fault } from '../../../web/kit/refusal-text.tsx'
import { Field } from './field.tsx'

/** A whole number that the operator may have limited, as typed. */
export const LimitField = ({
  label,
  help,
  fault,
  value,
  onChange
}: {
  readonly label: string
  readonly help: string
  readonly fault: Fault | undefined
  readonly value: string
  onChange(value: string): void
}): ReactNode => (
  <Field label={label} help={help} fault={fault}>
    {control => (
      <input
        {...control}
        type="text"
        inputMode="numeric"
        dir="ltr"
        autoComplete="off"
        size={8}
        value={value}
        onChange={event => onChange(event.target.value)}
      />
    )}
  </Field>
)
