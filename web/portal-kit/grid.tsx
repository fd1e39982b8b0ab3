import {
  type KeyboardEvent,
  type MouseEvent,
  type ReactNode,
  useEffect,
  useId,
  useLayoutEffect,
  useRef,
  useState
} from 'react'
import type { Refusal } from '../kit/client.ts'
import { RefusalTexts } from '../kit/refusal-text.tsx'
import { listWords } from './list-words.ts'
import { rowHeight, useRowWindow } from './row-window.ts'
import './portal-kit.css'

export interface GridColumn<Row> {
  readonly name: string
  readonly title: string
  cell(row: Row): ReactNode
  /** `end` for numbers. */
  readonly align?: 'start' | 'end'
  readonly sortable?: boolean
}

export interface Sort {
  readonly column: string
  readonly dir: 'ASC' | 'DESC'
}

export interface GridProps<Row> {
  /** What the rows are, for whoever does not see the page. */
  readonly label: string
  readonly columns: readonly GridColumn<Row>[]
  readonly rows: readonly Row[]
  /** Unlike for every row of the list. */
  rowKey(row: Row): string
  readonly sort?: Sort | undefined
  onSort?(sort: Sort): void
  /** LOADING: the rows, if there are any, are those of the list before. MORE: further rows are on their way. */
  readonly state: 'LOADING' | 'MORE' | 'READY' | 'FAILED'
  readonly refusals?: readonly Refusal[]
  readonly hasMore: boolean
  /** Called near the end of the rows; once more while nothing came of it does no harm. */
  loadMore(): void
  retry(): void
  /** Shown in place of rows when there are none. */
  readonly empty: ReactNode
  onOpen?(row: Row): void
  readonly selection?: { readonly keys: ReadonlySet<string>; change(keys: ReadonlySet<string>): void }
  /** A last row that stays in sight. */
  readonly totals?: Row
}

/** Rows before the end at which further ones are asked for. */
const ahead = 15

const noRows: readonly never[] = []

const isControl = (target: EventTarget | null): boolean =>
  target instanceof Element && target.closest('a, button, input, select, textarea, label') !== null

/**
 * A table that scrolls inside itself, however many rows it has: only those in sight are drawn. Its header and its totals
 * stay. Further rows are asked for near the end. Arrow keys, Home, End and the page keys go from row to row, Enter opens
 * one, the space bar selects it.
 */
export const Grid = <Row,>(props: GridProps<Row>): ReactNode => {
  const { label, columns, rowKey, sort, onSort, state, refusals = [], hasMore, loadMore, selection, totals } = props
  const t = listWords.use()
  const id = useId()
  const scroller = useRef<HTMLDivElement>(null)
  const body = useRef<HTMLTableSectionElement>(null)
  const table = useRef<HTMLTableElement>(null)
  const [active, setActive] = useState(0)
  const toFocus = useRef<number | null>(null)
  /** The row that the keys came to, until somebody scrolls. */
  const held = useRef<HTMLElement | null>(null)
  const release = (): void => {
    held.current = null
  }

  // Rows of the list before must not stand below another question that was refused.
  const before = useRef(state)
  const isStale = useRef(false)
  if (before.current !== state) {
    isStale.current = state === 'FAILED' && before.current === 'LOADING'
    before.current = state
  }
  const rows = isStale.current ? noRows : props.rows
  const last = rows.length - 1
  const current = Math.min(active, Math.max(last, 0))
  // The row with the focus stays, however far it is out of sight: with it the focus would be gone.
  const { drawn: items, height, measure } = useRowWindow(rows, rowKey, scroller, current)

  useEffect(() => {
    const seen = scroller.current
    if (state !== 'READY' || !hasMore || seen === null) return
    if (seen.scrollTop + seen.clientHeight >= seen.scrollHeight - ahead * rowHeight) loadMore()
  })
  useEffect(() => {
    const wanted = toFocus.current
    if (wanted === null) {
      // Rows drawn around it may be higher than was thought, and push it out of sight.
      if (held.current === document.activeElement) held.current?.scrollIntoView({ block: 'nearest' })
      return
    }
    const row = body.current?.querySelector<HTMLElement>(`[data-index="${wanted}"]`)
    if (row == null) return
    toFocus.current = null
    held.current = row
    const [head, foot] = ['thead', 'tfoot'].map(part => table.current?.querySelector(part)?.clientHeight ?? 0)
    scroller.current!.style.scrollPaddingBlock = `${head}px ${foot}px`
    row.scrollIntoView({ block: 'nearest' })
    row.focus({ preventScroll: true })
  })

  // Another sort, another filter: a list is looked at from its beginning.
  useEffect(() => {
    if (state !== 'LOADING') return
    scroller.current?.scrollTo({ top: 0 })
    setActive(0)
  }, [state])

  const names = columns.map(({ name }) => name).join(' ')
  useSteadyColumns(table, scroller, `${names} ${state === 'LOADING'}`)

  const focusRow = (index: number): void => {
    const to = Math.max(0, Math.min(last, index))
    setActive(to)
    toFocus.current = to
  }
  const toggle = (key: string): void => {
    if (selection === undefined) return
    const keys = new Set(selection.keys)
    if (!keys.delete(key)) keys.add(key)
    selection.change(keys)
  }
  const onRowKey = (event: KeyboardEvent, row: Row, index: number): void => {
    if (event.target !== event.currentTarget) return
    const page = Math.max(1, Math.floor((scroller.current?.clientHeight ?? 0) / rowHeight) - 2)
    const to = {
      ArrowDown: index + 1,
      ArrowUp: index - 1,
      PageDown: index + page,
      PageUp: index - page,
      Home: 0,
      End: last
    }[event.key]
    if (to !== undefined) {
      event.preventDefault()
      focusRow(to)
    } else if (event.key === 'Enter' && props.onOpen !== undefined) {
      event.preventDefault()
      props.onOpen(row)
    } else if (event.key === ' ' && selection !== undefined) {
      event.preventDefault()
      toggle(rowKey(row))
    }
  }
  const onRowClick = (event: MouseEvent, row: Row, index: number): void => {
    if (isControl(event.target)) return
    // Whoever marks a text to copy it does not open the row.
    if (getSelection()?.isCollapsed === false) return
    setActive(index)
    ;(event.currentTarget as HTMLElement).focus({ preventScroll: true })
    props.onOpen?.(row)
  }

  const width = columns.length + (selection === undefined ? 0 : 1)
  const chosen = selection === undefined ? 0 : rows.filter(row => selection.keys.has(rowKey(row))).length
  const isBusy = state === 'LOADING' || state === 'MORE'
  const spacer = (key: string, height: number): ReactNode =>
    height > 0 && (
      // biome-ignore lint/a11y/noAriaHiddenOnFocusable: nothing in it takes the focus
      <tr key={key} aria-hidden="true" data-part="grid-spacer">
        <td colSpan={width} style={{ blockSize: height }} />
      </tr>
    )
  const drawn: ReactNode[] = []
  let bottom = 0
  for (const item of items) {
    const row = rows[item.index]
    if (row === undefined) continue
    const key = rowKey(row)
    drawn.push(spacer(`before ${key}`, item.start - bottom))
    bottom = item.end
    drawn.push(
      <tr
        key={key}
        ref={measure}
        data-index={item.index}
        data-part="grid-row"
        data-selected={selection?.keys.has(key) ? '' : undefined}
        data-opens={props.onOpen === undefined ? undefined : ''}
        aria-rowindex={item.index + 2}
        tabIndex={item.index === current ? 0 : -1}
        onFocus={() => setActive(item.index)}
        onKeyDown={event => onRowKey(event, row, item.index)}
        onClick={event => onRowClick(event, row, item.index)}
      >
        {selection !== undefined && (
          <td data-part="grid-select">
            <input
              type="checkbox"
              aria-label={t('selectRow', { row: item.index + 1 })}
              checked={selection.keys.has(key)}
              onChange={() => toggle(key)}
            />
          </td>
        )}
        {columns.map(({ name, align, cell }) => (
          <td key={name} data-part="grid-cell" data-column={name} data-align={align}>
            {cell(row)}
          </td>
        ))}
      </tr>
    )
  }
  drawn.push(spacer('after', height - bottom))

  return (
    <div data-part="grid" data-state={state}>
      <div ref={scroller} data-part="grid-scroller" onWheel={release} onPointerDown={release} onTouchStart={release}>
        <table
          ref={table}
          aria-label={label}
          aria-rowcount={hasMore ? -1 : rows.length + 1}
          aria-busy={isBusy}
          aria-describedby={rows.length > 0 ? `${id}hint` : undefined}
        >
          <thead data-part="grid-head">
            <tr aria-rowindex={1}>
              {selection !== undefined && (
                <th scope="col" data-part="grid-select">
                  <input
                    type="checkbox"
                    aria-label={t('selectAll')}
                    checked={rows.length > 0 && chosen === rows.length}
                    ref={box => {
                      if (box !== null) box.indeterminate = chosen > 0 && chosen < rows.length
                    }}
                    onChange={() =>
                      selection.change(chosen === rows.length ? new Set() : new Set(rows.map(row => rowKey(row))))
                    }
                  />
                </th>
              )}
              {columns.map(({ name, title, align, sortable }) => {
                const dir = sort?.column === name ? sort.dir : undefined
                return (
                  <th
                    key={name}
                    scope="col"
                    data-part="grid-heading"
                    data-column={name}
                    data-align={align}
                    aria-sort={dir === undefined ? undefined : dir === 'ASC' ? 'ascending' : 'descending'}
                  >
                    {sortable && onSort !== undefined ? (
                      <button
                        type="button"
                        data-part="grid-sort"
                        onClick={() => onSort({ column: name, dir: dir === 'ASC' ? 'DESC' : 'ASC' })}
                      >
                        {title}
                        <span aria-hidden="true" data-part="grid-sort-mark" />
                      </button>
                    ) : (
                      title
                    )}
                  </th>
                )
              })}
            </tr>
          </thead>
          <tbody ref={body}>
            {rows.length === 0 && state === 'READY' ? (
              <tr>
                <td colSpan={width} data-part="grid-empty">
                  {props.empty}
                </td>
              </tr>
            ) : (
              drawn
            )}
          </tbody>
          {totals !== undefined && rows.length > 0 && (
            <tfoot data-part="grid-totals">
              <tr>
                {selection !== undefined && <td />}
                {columns.map(({ name, align, cell }) => (
                  <td key={name} data-part="grid-cell" data-column={name} data-align={align}>
                    {cell(totals)}
                  </td>
                ))}
              </tr>
            </tfoot>
          )}
        </table>
      </div>
      <p id={`${id}hint`} data-part="unseen">
        {t(props.onOpen === undefined ? 'moveHint' : 'openHint')}
      </p>
      <div data-part="grid-foot">
        <span role="status" data-part="grid-state">
          {state === 'LOADING' && t('loading')}
          {state === 'MORE' && t('loadingMore')}
          {state === 'READY' && rows.length > 0 && t(hasMore ? 'rows' : 'allRows', { count: rows.length })}
        </span>
        {hasMore && state !== 'FAILED' && rows.length > 0 && (
          <button
            type="button"
            data-part="grid-more"
            aria-disabled={isBusy || undefined}
            onClick={() => {
              if (!isBusy) loadMore()
            }}
          >
            {t('loadMore')}
          </button>
        )}
      </div>
      {state === 'FAILED' && (
        <div role="alert" data-part="grid-failed">
          <p>{refusals.length === 0 ? t('failed') : <RefusalTexts refusals={refusals} />}</p>
          <button type="button" data-part="grid-retry" onClick={props.retry}>
            {t('again')}
          </button>
        </div>
      )}
    </div>
  )
}

/**
 * Keeps columns from jumping while one scrolls: with rows that come and go their widths would. They grow, and begin anew
 * with other columns, another list, another width of the whole.
 */
const useSteadyColumns = (
  table: { readonly current: HTMLTableElement | null },
  scroller: { readonly current: HTMLDivElement | null },
  anew: string
): void => {
  const widths = useRef(new Map<HTMLElement, number>())
  const headings = (): readonly HTMLElement[] => [...(table.current?.querySelectorAll<HTMLElement>('thead th') ?? [])]
  const forget = (): void => {
    widths.current.clear()
    for (const heading of headings()) heading.style.minInlineSize = ''
  }
  // biome-ignore lint/correctness/useExhaustiveDependencies: what begins anew is said by the caller
  useLayoutEffect(forget, [anew])
  // biome-ignore lint/correctness/useExhaustiveDependencies: the elements stay the same
  useEffect(() => {
    const watched = scroller.current
    if (watched === null) return
    let before = watched.clientWidth
    const observer = new ResizeObserver(() => {
      if (watched.clientWidth === before) return
      before = watched.clientWidth
      forget()
    })
    observer.observe(watched)
    return () => observer.disconnect()
  }, [])
  useLayoutEffect(() => {
    if (table.current?.querySelector('[data-part=grid-row]') == null) return
    for (const heading of headings()) {
      const width = Math.ceil(heading.getBoundingClientRect().width)
      if (width <= (widths.current.get(heading) ?? 0)) continue
      widths.current.set(heading, width)
      heading.style.minInlineSize = `${width}px`
    }
  })
}
