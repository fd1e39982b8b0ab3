import {
  type FormEvent,
  type ReactElement,
  type ReactNode,
  useCallback,
  useEffect,
  useId,
  useMemo,
  useRef,
  useState
} from 'react'
import { type CombinedError, useClient } from 'urql'
import { refusalsOf } from '../kit/client.ts'
import { FaultText, RefusalText } from '../kit/refusal-text.tsx'
import { DeleteGridViewDocument, GridViewsDocument, SaveGridViewDocument } from './grid-views.graphql.ts'
import { words } from './grid-views-words.ts'
import { usePlaced } from './popup.tsx'
import { useViewer } from './viewer.ts'

/** A way to see a grid that the contact gave a name. */
export interface GridView<State> {
  readonly id: string
  readonly name: string
  /** As it was saved: it may name columns that the viewer does not have any more. */
  readonly state: State
}

/** Null when it was done, else what to tell the person. */
export type Outcome = Promise<ReactElement | string | null>

export interface GridViewsOf<State> {
  /** By name. */
  readonly views: readonly GridView<State>[]
  /** What the contact used last, in any browser. */
  readonly last: State | null
  /** False until the server has said what there is; draw the grid after that, so that it is asked for once. */
  readonly ready: boolean
  /** Keeps what is used now, shortly after the last change. Nothing while staff look over the contact's shoulder. */
  remember(state: State): void
  save(name: string, state: State): Outcome
  remove(id: string): Outcome
}

/** Milliseconds without a change after which what is used now is kept. */
const settleMs = 1_000

/**
 * The contact's views of a grid, which the server keeps.
 * @param grid letters, digits, dots and dashes, at most 64; the same in every session
 */
export const useGridViews = <State,>(grid: string): GridViewsOf<State> => {
  const client = useClient()
  const t = words.use()
  const { viewAs } = useViewer()
  const [known, setKnown] = useState<readonly GridView<State>[] | null>(null)

  const read = useCallback(async () => {
    const { data } = await client.query(GridViewsDocument, { grid }).toPromise()
    return (data?.myGridViews ?? []) as readonly GridView<State>[]
  }, [client, grid])
  useEffect(() => {
    let open = true
    setKnown(null)
    void read().then(views => open && setKnown(views))
    return () => {
      open = false
    }
  }, [read])

  const pending = useRef<{ readonly timer: ReturnType<typeof setTimeout>; readonly send: () => void } | null>(null)
  const remember = useCallback(
    (state: State) => {
      if (viewAs !== null) return
      if (pending.current !== null) clearTimeout(pending.current.timer)
      const send = (): void => {
        pending.current = null
        void client.mutation(SaveGridViewDocument, { grid, name: '', state }).toPromise()
      }
      pending.current = { send, timer: setTimeout(send, settleMs) }
    },
    [client, grid, viewAs]
  )
  useEffect(
    () => () => {
      if (pending.current === null) return
      clearTimeout(pending.current.timer)
      pending.current.send()
    },
    []
  )

  const after = useCallback(
    async (error: CombinedError | undefined): Outcome => {
      const [refusal] = refusalsOf(error)
      // Somebody else may have changed them as well: what the server says counts.
      if (refusal === undefined || refusal.code === 'NOT_FOUND') {
        setKnown(await read())
        return null
      }
      if (refusal.code === 'UNREACHABLE' || refusal.code === 'UNAVAILABLE') return t('notSaved')
      const [fault] = Object.values(refusal.fields)
      return fault === undefined ? <RefusalText refusal={refusal} /> : <FaultText fault={fault} />
    },
    [read, t]
  )
  const save = useCallback(
    async (name: string, state: State) =>
      after((await client.mutation(SaveGridViewDocument, { grid, name, state }).toPromise()).error),
    [client, grid, after]
  )
  const remove = useCallback(
    async (id: string) => after((await client.mutation(DeleteGridViewDocument, { id }).toPromise()).error),
    [client, after]
  )

  return useMemo(
    () => ({
      views: (known ?? []).filter(({ name }) => name !== ''),
      last: known?.find(({ name }) => name === '')?.state ?? null,
      ready: known !== null,
      remember,
      save,
      remove
    }),
    [known, remember, save, remove]
  )
}

/** A button that shows the saved views: to open one, to save what is seen now, to delete one. */
export const GridViews = <State,>({
  views,
  onOpen,
  onSave,
  onRemove
}: {
  readonly views: readonly GridView<State>[]
  onOpen(state: State): void
  /** Saves what is seen now. */
  onSave(name: string): Outcome
  onRemove(id: string): Outcome
}): ReactNode => {
  const t = words.use()
  const { viewAs } = useViewer()
  const readOnly = viewAs !== null && !viewAs.writeThrough
  const id = useId()
  const [isOpen, setOpen] = useState(false)
  const [name, setName] = useState('')
  const [asked, setAsked] = useState<string | null>(null)
  const [said, setSaid] = useState<{ readonly text: ReactNode; readonly isFault: boolean } | null>(null)
  const [isBusy, setBusy] = useState(false)
  const box = useRef<HTMLDivElement>(null)
  const button = useRef<HTMLButtonElement>(null)
  const panel = useRef<HTMLDivElement>(null)

  usePlaced(panel, isOpen)

  const close = useCallback((focusBack: boolean) => {
    setOpen(false)
    setAsked(null)
    setSaid(null)
    if (focusBack) button.current?.focus()
  }, [])
  useEffect(() => {
    if (!isOpen) return
    panel.current?.focus()
    const outside = (event: Event): void => {
      if (!box.current?.contains(event.target as Node)) close(false)
    }
    const onKey = (event: KeyboardEvent): void => {
      if (event.key === 'Escape') close(true)
    }
    document.addEventListener('pointerdown', outside)
    document.addEventListener('focusin', outside)
    document.addEventListener('keydown', onKey)
    return () => {
      document.removeEventListener('keydown', onKey)
      document.removeEventListener('pointerdown', outside)
      document.removeEventListener('focusin', outside)
    }
  }, [isOpen, close])

  const run = async (work: Outcome, done: string): Promise<boolean> => {
    setBusy(true)
    setSaid(null)
    const fault = await work
    setBusy(false)
    setSaid({ text: fault ?? done, isFault: fault !== null })
    return fault === null
  }
  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault()
    const wanted = name.trim()
    if (wanted !== '' && (await run(onSave(wanted), t('savedAs', { name: wanted })))) setName('')
  }
  const removeView = async (view: GridView<State>): Promise<void> => {
    setAsked(null)
    // The button that had the focus goes with its row.
    panel.current?.focus()
    await run(onRemove(view.id), t('removed', { name: view.name }))
  }

  return (
    <div ref={box} data-part="views" data-popup="">
      <button
        ref={button}
        type="button"
        aria-expanded={isOpen}
        aria-controls={isOpen ? `${id}panel` : undefined}
        onClick={() => (isOpen ? close(false) : setOpen(true))}
      >
        {t('views')}
      </button>
      {isOpen && (
        // biome-ignore lint/a11y/useSemanticElements: a fieldset is for controls of one form
        <div
          ref={panel}
          id={`${id}panel`}
          role="group"
          aria-label={t('saved')}
          data-part="popup-panel"
          // Takes the focus when it opens, so that the views are next.
          tabIndex={-1}
        >
          {views.length === 0 ? (
            <p data-part="empty">{t('none')}</p>
          ) : (
            <ul data-part="views-list">
              {views.map(view => (
                <li key={view.id}>
                  <button
                    type="button"
                    data-part="view"
                    onClick={() => {
                      onOpen(view.state)
                      close(true)
                    }}
                  >
                    <bdi>{view.name}</bdi>
                  </button>
                  {!readOnly &&
                    (asked === view.id ? (
                      <>
                        <button type="button" data-part="danger" disabled={isBusy} onClick={() => removeView(view)}>
                          {t('really')}
                        </button>
                        <button type="button" data-part="quiet" onClick={() => setAsked(null)}>
                          {t('cancel')}
                        </button>
                      </>
                    ) : (
                      <button
                        type="button"
                        data-part="quiet"
                        aria-label={t('removeNamed', { name: view.name })}
                        onClick={() => setAsked(view.id)}
                      >
                        {t('remove')}
                      </button>
                    ))}
                </li>
              ))}
            </ul>
          )}
          {!readOnly && (
            <form data-part="views-save" onSubmit={submit}>
              <label htmlFor={`${id}name`}>{t('name')}</label>
              <input
                id={`${id}name`}
                value={name}
                maxLength={80}
                required
                autoComplete="off"
                onChange={event => setName(event.target.value)}
              />
              <button type="submit" disabled={isBusy}>
                {t(views.some(view => view.name === name.trim()) ? 'replace' : 'save')}
              </button>
            </form>
          )}
          <p role={said?.isFault ? 'alert' : 'status'} data-part={said?.isFault ? 'fault' : 'done'}>
            {said?.text}
          </p>
        </div>
      )}
    </div>
  )
}
