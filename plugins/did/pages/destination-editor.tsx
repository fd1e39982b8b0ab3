import { type DragEvent, type ReactNode, useEffect, useId, useRef, useState } from 'react'
import { useQuery } from 'urql'
import { type Fault, FaultText } from '../../../web/kit/refusal-text.tsx'
import { Field } from './field.tsx'
import type { DestinationType } from './number.ts'
import { destinationTypes, maxDestinations } from './number.ts'
import { type DestinationDraft, type Faults, faultOf, newDestination } from './number-draft.ts'
import { DestinationOptionsDocument } from './numbers.graphql.ts'
import { words } from './words.ts'

/** The destinations of a number in order, to be typed, moved and removed. */
export const DestinationEditor = ({
  typed,
  faults,
  onChange
}: {
  readonly typed: readonly DestinationDraft[]
  readonly faults: Faults
  /** @param named what was changed, as faults name it */
  onChange(typed: readonly DestinationDraft[], named: string): void
}): ReactNode => {
  const t = words.use()
  const [said, setSaid] = useState('')
  const list = useRef<HTMLOListElement>(null)
  const dragged = useRef<number | null>(null)
  // What is focused once the list is drawn anew: a button of a destination, or whatever is left of it.
  const next = useRef<{ readonly key: number | null; readonly parts: readonly string[] } | null>(null)
  useEffect(() => {
    const wanted = next.current
    if (wanted === null) return
    next.current = null
    const place =
      wanted.key === null ? list.current?.parentElement : list.current?.querySelector(`[data-key="${wanted.key}"]`)
    for (const part of wanted.parts) {
      const found = place?.querySelector<HTMLElement>(`[data-part="${part}"]:not(:disabled)`)
      if (found != null) {
        found.focus()
        return
      }
    }
  })

  const move = (from: number, to: number, by: 'up' | 'down' | 'drag'): void => {
    if (to < 0 || to >= typed.length || from === to) return
    const moved = [...typed]
    const [one] = moved.splice(from, 1)
    moved.splice(to, 0, one!)
    next.current = { key: one!.key, parts: [`destination-${by}`, 'destination-up', 'destination-down'] }
    setSaid(t('moved', { from: from + 1, to: to + 1 }))
    onChange(moved, 'destination')
  }
  const remove = (index: number): void => {
    const left = typed.filter((_, each) => each !== index)
    const neighbour = left[Math.min(index, left.length - 1)]
    next.current =
      neighbour === undefined
        ? { key: null, parts: ['destination-add'] }
        : { key: neighbour.key, parts: ['destination-remove'] }
    setSaid(t('removed', { count: index + 1 }))
    onChange(left, 'destination')
  }
  const add = (): void => {
    const one = newDestination()
    next.current = { key: one.key, parts: ['destination-kind'] }
    onChange([...typed, one], 'destination')
  }
  const change = (key: number, part: string, changes: Partial<DestinationDraft>): void =>
    onChange(
      typed.map(each => (each.key === key ? { ...each, ...changes } : each)),
      part === 'type' ? `destination/${key}/` : faultOf(key, part)
    )
  return (
    <div data-part="destination-editor">
      {typed.length === 0 ? <p>{t('nowhere')}</p> : <p>{t('firstWins', { count: maxDestinations })}</p>}
      {faults.destination !== undefined && (
        <p role="alert" data-part="fault">
          <FaultText fault={faults.destination} />
        </p>
      )}
      <ol ref={list} data-part="destination-list">
        {typed.map((one, index) => (
          <li
            key={one.key}
            data-key={one.key}
            onDragOver={event => {
              if (dragged.current === null) return
              event.preventDefault()
              const from = typed.findIndex(each => each.key === dragged.current)
              if (from !== index && isPastMiddle(event, from < index)) move(from, index, 'drag')
            }}
            onDrop={event => event.preventDefault()}
          >
            <fieldset data-part="destination-fields">
              <legend>{t('destinationOf', { count: index + 1 })}</legend>
              <OneDestination one={one} faults={faults} onChange={(part, changes) => change(one.key, part, changes)} />
              <div data-part="destination-moves">
                <span
                  draggable
                  data-part="destination-drag"
                  title={t('drag', { count: index + 1 })}
                  aria-hidden="true"
                  onDragStart={event => {
                    dragged.current = one.key
                    event.dataTransfer.effectAllowed = 'move'
                    event.dataTransfer.setData('text/plain', String(index + 1))
                  }}
                  onDragEnd={() => {
                    dragged.current = null
                  }}
                >
                  <Sign d="M5 3h2v2H5zm4 0h2v2H9zM5 7h2v2H5zm4 0h2v2H9zM5 11h2v2H5zm4 0h2v2H9z" />
                </span>
                <button
                  type="button"
                  data-part="destination-up"
                  aria-label={t('up', { count: index + 1 })}
                  disabled={index === 0}
                  onClick={() => move(index, index - 1, 'up')}
                >
                  <Sign d="M8 2.5 13 8l-1.2 1.1-3-3.2V14H7.2V5.9l-3 3.2L3 8z" />
                </button>
                <button
                  type="button"
                  data-part="destination-down"
                  aria-label={t('down', { count: index + 1 })}
                  disabled={index === typed.length - 1}
                  onClick={() => move(index, index + 1, 'down')}
                >
                  <Sign d="M8 13.5 3 8l1.2-1.1 3 3.2V2h1.6v8.1l3-3.2L13 8z" />
                </button>
                <button
                  type="button"
                  data-part="destination-remove"
                  aria-label={t('remove', { count: index + 1 })}
                  onClick={() => remove(index)}
                >
                  {t('removeShort')}
                </button>
              </div>
            </fieldset>
          </li>
        ))}
      </ol>
      <button type="button" data-part="destination-add" disabled={typed.length >= maxDestinations} onClick={add}>
        {t('add')}
      </button>
      <p role="status" data-part="unseen">
        {said}
      </p>
    </div>
  )
}

/**
 * Whether the pointer has passed the middle of an entry, on its way down or up. Not before: the pointer would still stand over a
 * taller one that has changed places with the dragged one, and the two would change back and forth.
 */
const isPastMiddle = ({ currentTarget, clientY }: DragEvent<HTMLElement>, isDown: boolean): boolean => {
  const { top, height } = currentTarget.getBoundingClientRect()
  const middle = top + height / 2
  return isDown ? clientY >= middle : clientY < middle
}

const Sign = ({ d }: { readonly d: string }): ReactNode => (
  <svg aria-hidden="true" viewBox="0 0 16 16" width="16" height="16" fill="currentColor">
    <path d={d} />
  </svg>
)

const OneDestination = ({
  one,
  faults,
  onChange
}: {
  readonly one: DestinationDraft
  readonly faults: Faults
  onChange(part: string, changes: Partial<DestinationDraft>): void
}): ReactNode => {
  const t = words.use()
  const { key, type } = one
  const typed = { value: one.values[type] ?? '', port: one.port, prefix: one.prefix }
  const text = (part: keyof typeof typed, label: string, help?: string, more: object = {}): ReactNode => (
    <Field name={part} label={label} help={help} fault={faults[faultOf(key, part)]}>
      {field => (
        <input
          {...field}
          type="text"
          dir="ltr"
          autoComplete="off"
          spellCheck={false}
          value={typed[part]}
          onChange={event => {
            const { value } = event.target
            onChange(part, part === 'value' ? { values: { ...one.values, [type]: value } } : { [part]: value })
          }}
          {...more}
        />
      )}
    </Field>
  )
  return (
    <>
      <Field name="type" label={t('type')} fault={faults[faultOf(key, 'type')]}>
        {field => (
          <select
            {...field}
            data-part="destination-kind"
            value={type}
            onChange={event => onChange('type', { type: event.target.value as DestinationType })}
          >
            {destinationTypes.map(each => (
              <option key={each} value={each}>
                {t(each)}
              </option>
            ))}
          </select>
        )}
      </Field>
      {type === 'URI' && (
        <>
          {text('value', t('address'), t('addressHelp'), { inputMode: 'email' })}
          {text('port', t('port'), t('portHelp'), { inputMode: 'numeric', size: 6 })}
        </>
      )}
      {type === 'EXTERNAL' && (
        <>
          <Prefix text={more => text('prefix', t('prefix'), undefined, more)} />
          {text('value', t('externalNumber'), t('externalHelp'), { inputMode: 'tel' })}
        </>
      )}
      {(type === 'INTERNAL' || type === 'CONNEXML') && (
        <Target
          type={type}
          label={t(type === 'INTERNAL' ? 'extension' : 'app')}
          value={typed.value}
          fault={faults[faultOf(key, 'value')]}
          onChange={value => onChange('value', { values: { ...one.values, [type]: value } })}
        />
      )}
      {type === 'CIRCUIT_TEST' && <p>{t('circuitTestHelp')}</p>}
    </>
  )
}

/** The prefixes of the company's own routes are offered, and any may be typed. */
const Prefix = ({ text }: { readonly text: (more: object) => ReactNode }): ReactNode => {
  const [{ data }] = useQuery({ query: DestinationOptionsDocument, variables: { type: 'EXTERNAL' } })
  const id = useId()
  const options = data?.didDestinationOptions ?? []
  return (
    <>
      {text({ size: 8, ...(options.length === 0 ? {} : { list: id }) })}
      {options.length > 0 && (
        <datalist id={id}>
          {options.map(({ value, label }) => (
            <option key={value} value={value} label={label} />
          ))}
        </datalist>
      )}
    </>
  )
}

/** One of the targets that the company has now; a stored one stays to be chosen even when it is not among them. */
const Target = ({
  type,
  label,
  value,
  fault,
  onChange
}: {
  readonly type: DestinationType
  readonly label: string
  readonly value: string
  readonly fault: Fault | undefined
  onChange(value: string): void
}): ReactNode => {
  const t = words.use()
  const [{ data, fetching }] = useQuery({ query: DestinationOptionsDocument, variables: { type } })
  const first = useRef(value)
  const options = data?.didDestinationOptions ?? []
  const missing = [...new Set([first.current, value])].filter(
    each => each !== '' && !options.some(option => option.value === each)
  )
  const help = !fetching && options.length === 0 ? t('noChoice') : undefined
  return (
    <Field name="value" label={label} help={help} fault={fault}>
      {field => (
        <select {...field} value={value} onChange={event => onChange(event.target.value)}>
          <option value="">{t('choose')}</option>
          {missing.map(each => (
            <option key={each} value={each}>
              {each}
            </option>
          ))}
          {options.map(option => (
            <option key={option.value} value={option.value}>
              {option.label}
            </option>
          ))}
        </select>
      )}
    </Field>
  )
}
