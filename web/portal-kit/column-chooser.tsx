import { type KeyboardEvent, type PointerEvent, type ReactNode, useRef, useState } from 'react'
import { listWords } from './list-words.ts'
import { Popup } from './popup.tsx'

interface ChoosableColumn {
  readonly name: string
  readonly title: string
}

const movedTo = (names: readonly string[], name: string, place: number): readonly string[] => {
  const others = names.filter(each => each !== name)
  return [...others.slice(0, place), name, ...others.slice(place)]
}

/**
 * Lets a viewer choose among the columns they may see, and put them in order.
 * @param columns all the viewer may see, in the order of the brand
 * @param chosen names in order; names that are no column are left out
 * @param onChange never with an empty list
 * @param standard what "Reset" brings back; all columns unless given
 */
export const ColumnChooser = ({
  columns,
  chosen,
  onChange,
  standard
}: {
  readonly columns: readonly ChoosableColumn[]
  readonly chosen: readonly string[]
  onChange(chosen: readonly string[]): void
  readonly standard?: readonly string[]
}): ReactNode => {
  const t = listWords.use()
  const list = useRef<HTMLUListElement>(null)
  const [told, setTold] = useState('')
  const titles = new Map(columns.map(({ name, title }) => [name, title]))
  const shown = chosen.filter(name => titles.has(name))
  const others = columns.filter(({ name }) => !shown.includes(name))

  const move = (name: string, place: number): void => {
    const to = Math.max(0, Math.min(shown.length - 1, place))
    if (shown[to] === name) return
    onChange(movedTo(shown, name, to))
    setTold(t('moved', { column: titles.get(name)!, place: to + 1, all: shown.length }))
  }
  const byKey = (event: KeyboardEvent, name: string): void => {
    const place = shown.indexOf(name)
    const to = { ArrowUp: place - 1, ArrowDown: place + 1, Home: 0, End: shown.length - 1 }[event.key]
    if (to === undefined) return
    event.preventDefault()
    move(name, to)
  }
  const byPointer = (event: PointerEvent<HTMLButtonElement>, name: string): void => {
    if (!event.currentTarget.hasPointerCapture(event.pointerId)) return
    const items = [...(list.current?.querySelectorAll('[data-part=column-choice][data-chosen]') ?? [])]
    const over = items.findIndex(item => {
      const { top, bottom } = item.getBoundingClientRect()
      return event.clientY >= top && event.clientY < bottom
    })
    if (over >= 0) move(name, over)
  }

  return (
    <Popup part="column-chooser" label={t('columnsOf', { chosen: shown.length, all: columns.length })}>
      <p data-part="hint">{t('columnsHint')}</p>
      <ul ref={list} data-part="column-choices">
        {[...shown.map(name => ({ name, title: titles.get(name)! })), ...others].map(({ name, title }) => {
          const on = shown.includes(name)
          return (
            <li key={name} data-part="column-choice" data-chosen={on ? '' : undefined}>
              <label>
                <input
                  type="checkbox"
                  checked={on}
                  disabled={on && shown.length === 1}
                  onChange={() => onChange(on ? shown.filter(each => each !== name) : [...shown, name])}
                />{' '}
                {title}
              </label>
              {on && (
                <button
                  type="button"
                  data-part="column-handle"
                  aria-label={t('move', { column: title })}
                  onKeyDown={event => byKey(event, name)}
                  onPointerDown={event => event.currentTarget.setPointerCapture(event.pointerId)}
                  onPointerMove={event => byPointer(event, name)}
                >
                  <span aria-hidden="true" />
                </button>
              )}
            </li>
          )
        })}
      </ul>
      <p role="status" data-part="unseen">
        {told}
      </p>
      <button
        type="button"
        data-part="column-reset"
        onClick={() => onChange(standard ?? columns.map(({ name }) => name))}
      >
        {t('reset')}
      </button>
    </Popup>
  )
}
