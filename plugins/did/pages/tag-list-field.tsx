import { type ReactNode, useId, useRef, useState } from 'react'
import type { Fault } from '../../../web/kit/refusal-text.tsx'
import { Field } from './field.tsx'
import { tagWords } from './number-tags-words.ts'

const same = (one: string, other: string): boolean => one.toLowerCase() === other.toLowerCase()

/** With the tag that is still in the field, as if it had been added. */
export const withTyped = (tags: readonly string[], typed: string): readonly string[] => {
  const tag = typed.trim()
  return tag === '' || tags.some(each => same(each, tag)) ? tags : [...tags, tag]
}

/** A list of tags: type one, press Enter; take one away by its button. */
export const TagListField = ({
  label,
  help,
  fault,
  tags,
  typed,
  known,
  onChange
}: {
  readonly label: string
  readonly help?: string | undefined
  readonly fault: Fault | undefined
  readonly tags: readonly string[]
  /** What is in the field and not yet among the tags. */
  readonly typed: string
  /** Offered while typing. */
  readonly known: readonly string[]
  onChange(tags: readonly string[], typed: string): void
}): ReactNode => {
  const t = tagWords.use()
  const id = useId()
  const [said, setSaid] = useState('')
  const input = useRef<HTMLInputElement>(null)
  const add = (): void => {
    const next = withTyped(tags, typed)
    if (next.length > tags.length) setSaid(t('added', { tag: typed.trim() }))
    onChange(next, '')
  }
  return (
    <div data-part="chips-field">
      {tags.length > 0 && (
        <ul data-part="chips" aria-label={t('tags')}>
          {tags.map(tag => (
            <li key={tag} data-part="chip">
              <bdi>{tag}</bdi>
              <button
                type="button"
                aria-label={t('removeOne', { tag })}
                onClick={() => {
                  setSaid(t('removed', { tag }))
                  onChange(
                    tags.filter(each => each !== tag),
                    typed
                  )
                  input.current?.focus()
                }}
              >
                ×
              </button>
            </li>
          ))}
        </ul>
      )}
      <Field label={label} help={help} fault={fault}>
        {control => (
          <span data-part="chips-add">
            <input
              {...control}
              ref={input}
              type="text"
              dir="auto"
              autoComplete="off"
              list={`${id}known`}
              value={typed}
              onChange={event => onChange(tags, event.target.value)}
              onKeyDown={event => {
                if (event.key !== 'Enter' || typed.trim() === '') return
                event.preventDefault()
                add()
              }}
            />
            <button type="button" disabled={typed.trim() === ''} onClick={add}>
              {t('addButton')}
            </button>
          </span>
        )}
      </Field>
      <datalist id={`${id}known`}>
        {known
          .filter(each => !tags.some(tag => same(tag, each)))
          .map(each => (
            <option key={each} value={each} />
          ))}
      </datalist>
      <p role="status" data-part="unseen">
        {said}
      </p>
    </div>
  )
}
