import { CloseButton, TextInput } from '@mantine/core'
import { type ReactNode, useEffect, useRef, useState } from 'react'
import { listWords } from './list-words.ts'

/** Milliseconds of quiet after which a search begins. */
const quiet = 300

/**
 * A field to search in; answers once the typing rests, at once on Enter, and with nothing on Escape.
 * @param label what is searched, for those who do not see the page; also stands in the empty field unless `placeholder` does
 */
export const SearchField = ({
  value,
  onSearch,
  label,
  placeholder,
  description
}: {
  readonly value: string
  onSearch(text: string): void
  readonly label: string
  readonly placeholder?: string
  readonly description?: ReactNode
}): ReactNode => {
  const t = listWords.use()
  const [text, setText] = useState(value)
  const sent = useRef(value)
  const answer = useRef(onSearch)
  answer.current = onSearch
  const send = (next: string): void => {
    if (next === sent.current) return
    sent.current = next
    answer.current(next)
  }
  const later = useRef(send)
  later.current = send
  useEffect(() => {
    if (text.trim() === sent.current) return
    const timer = setTimeout(() => later.current(text.trim()), quiet)
    return () => clearTimeout(timer)
  }, [text])
  // A value that comes from elsewhere, such as the way back, takes the place of what stands here.
  useEffect(() => {
    if (value === sent.current) return
    sent.current = value
    setText(value)
  }, [value])
  return (
    <TextInput
      type="search"
      role="searchbox"
      aria-label={label}
      placeholder={placeholder ?? label}
      description={description}
      value={text}
      maxLength={200}
      autoComplete="off"
      miw={0}
      flex="1 1 18rem"
      onChange={event => setText(event.currentTarget.value)}
      onKeyDown={event => {
        if (event.key === 'Enter') send(text.trim())
        if (event.key === 'Escape' && text !== '') {
          event.preventDefault()
          event.stopPropagation()
          setText('')
          send('')
        }
      }}
      rightSection={
        text === '' ? null : (
          <CloseButton
            size="sm"
            aria-label={t('clear')}
            onClick={() => {
              setText('')
              send('')
            }}
          />
        )
      }
    />
  )
}
