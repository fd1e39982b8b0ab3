import { type ReactNode, useEffect, useId, useRef, useState } from 'react'
import { words } from './calls-words.ts'

/** Milliseconds without a key after which what was typed counts. */
const pause = 600

/** Part of a telephone number to search for; it counts with Enter, on leaving the field, or after a while. */
export const CallNumber = ({
  value,
  onChange
}: {
  readonly value: string
  onChange(value: string): void
}): ReactNode => {
  const t = words.use()
  const id = useId()
  const [text, setText] = useState(value)
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined)
  useEffect(() => setText(value), [value])
  useEffect(() => () => clearTimeout(timer.current), [])
  const say = (typed: string): void => {
    clearTimeout(timer.current)
    if (typed.trim() !== value) onChange(typed.trim())
  }
  return (
    <p data-part="field">
      <label htmlFor={id}>{t('number')}</label>
      <input
        id={id}
        type="search"
        dir="ltr"
        autoComplete="off"
        maxLength={64}
        placeholder={t('numberHint')}
        value={text}
        onChange={event => {
          const typed = event.target.value
          setText(typed)
          clearTimeout(timer.current)
          timer.current = setTimeout(() => say(typed), pause)
        }}
        onBlur={() => say(text)}
        onKeyDown={event => {
          if (event.key === 'Enter') say(text)
        }}
      />
    </p>
  )
}
