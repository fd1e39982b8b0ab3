import { type ReactNode, useEffect, useRef, useState } from 'react'
import type { Fault } from '../../../web/kit/refusal-text.tsx'
import { Field } from './field.tsx'

/** Milliseconds without a key after which what was typed is looked for. */
const settle = 300

/** A field that tells what was typed once somebody pauses, or presses Enter. */
export const SearchField = ({
  label,
  hint,
  fault,
  value,
  onChange
}: {
  readonly label: string
  readonly hint: string
  readonly fault: Fault | undefined
  readonly value: string
  onChange(value: string): void
}): ReactNode => {
  const [typed, setTyped] = useState(value)
  const told = useRef(value)
  // Set from elsewhere, by a view or a button that clears it.
  useEffect(() => {
    if (value === told.current) return
    told.current = value
    setTyped(value)
  }, [value])
  const tell = (): void => {
    if (typed === told.current) return
    told.current = typed
    onChange(typed)
  }
  const latest = useRef(tell)
  latest.current = tell
  // biome-ignore lint/correctness/useExhaustiveDependencies: each key begins the pause anew
  useEffect(() => {
    const timer = setTimeout(() => latest.current(), settle)
    return () => clearTimeout(timer)
  }, [typed])
  return (
    <Field label={label} fault={fault}>
      {control => (
        <input
          {...control}
          type="search"
          inputMode="tel"
          autoComplete="off"
          placeholder={hint}
          value={typed}
          onChange={event => setTyped(event.target.value)}
          onKeyDown={event => {
            if (event.key === 'Enter') tell()
          }}
        />
      )}
    </Field>
  )
}
