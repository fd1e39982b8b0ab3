import { type RefObject, useEffect, useRef, useState } from 'react'

/** Leads to what was refused in a form. */
export interface RefusedField {
  readonly form: RefObject<HTMLFormElement | null>
  /** The first field that something is said of takes the focus, once it is drawn as wrong. */
  pointOut(): void
}

/** For a form that says beside its fields what is wrong: `<form ref={refused.form}>`, and `refused.pointOut()` with each refusal. */
export const useRefusedField = (): RefusedField => {
  const form = useRef<HTMLFormElement>(null)
  /** How often a field was pointed out. */
  const [pointed, setPointed] = useState(0)
  useEffect(() => {
    if (pointed > 0) form.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus()
  }, [pointed])
  return { form, pointOut: () => setPointed(times => times + 1) }
}
