import { type ReactNode, useId } from 'react'
import { type Fault, FaultText } from '../../../web/kit/refusal-text.tsx'

/** What a control takes to be tied to its label, its help and what is wrong with it. */
export interface FieldControl {
  readonly id: string
  readonly 'aria-describedby'?: string
  readonly 'aria-invalid'?: true
}

/** A control with its label above, and below it what helps and what is wrong. */
export const Field = ({
  label,
  help,
  fault,
  name,
  children
}: {
  readonly label: string
  readonly help?: string | undefined
  readonly fault?: Fault | undefined
  /** Which one it is, for a brand's sheet. */
  readonly name?: string
  children(control: FieldControl): ReactNode
}): ReactNode => {
  const id = useId()
  const described = [help === undefined ? '' : `${id}-help`, fault === undefined ? '' : `${id}-fault`]
  const by = described.filter(Boolean).join(' ')
  return (
    <div data-part="field" data-field={name}>
      <label htmlFor={id}>{label}</label>
      {children({
        id,
        ...(by === '' ? {} : { 'aria-describedby': by }),
        ...(fault === undefined ? {} : { 'aria-invalid': true })
      })}
      {help !== undefined && (
        <span id={`${id}-help`} data-part="hint">
          {help}
        </span>
      )}
      {fault !== undefined && (
        <span id={`${id}-fault`} role="alert" data-part="fault">
          <FaultText fault={fault} />
        </span>
      )}
    </div>
  )
}
