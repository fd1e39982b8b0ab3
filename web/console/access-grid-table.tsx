// biome-ignore-all lint/a11y/useSemanticElements: a <table> cannot stand for rows and columns that are not in the document
// biome-ignore-all lint/a11y/useFocusableInteractive: the focus stands on cells, one at a time
import { useMediaQuery } from '@mantine/hooks'
import { defaultRangeExtractor, type Range, useVirtualizer } from '@tanstack/react-virtual'
import {
  type KeyboardEvent,
  type MouseEvent,
  memo,
  type ReactNode,
  useCallback,
  useEffect,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
  useSyncExternalStore
} from 'react'
import { useLanguage } from '../kit/messages.ts'
import { gridWords } from './access-grid-words.ts'
import { type GridRow, type GridRows, ownSorts } from './grid-rows.ts'

/** A feature of the grid. */
export interface GridColumn {
  readonly key: string
  readonly title: string
  /** True: visible means less for the customer. */
  readonly restricts: boolean
}

/** Where the keyboard stands. Row -1: the headings. Column -2: the checkbox, -1: the name, then the features. */
interface Place {
  readonly row: number
  readonly column: number
}

/** A cell to be explained. */
export interface OpenCell {
  readonly companyId: string
  readonly name: string
  readonly key: string
}

export interface AccessGridTableProps {
  readonly rows: GridRows
  readonly columns: readonly GridColumn[]
  /** Whether rows have checkboxes. */
  readonly selectable: boolean
  readonly selected: ReadonlyMap<string, string>
  /** Rows from one index to another (both inclusive) are to be selected, or not. */
  onSelect(from: number, to: number, on: boolean): void
  /** `name` or the key of a feature, with a minus for the other way round. */
  readonly sort: string
  onSort(sort: string): void
  readonly opened: OpenCell | null
  onOpen(cell: OpenCell): void
  onCompany(companyId: string): void
  brandName(id: string): string
}

const isOwnSort = (key: string): boolean => (ownSorts as readonly string[]).includes(key)

const rowHeight = 32
const columnWidth = 40
const headHeight = 172
const checkWidth = 36
/** Rows that can be scrolled to: browsers end an element at about 33 million pixels. */
export const mostRows = 1_000_000
/** Rows drawn while nothing is known yet. */
const blankRows = 12

type CellState = 'v' | 'n' | 's' | 'h'

const stateOf = (row: GridRow, column: number): CellState => {
  const own = row.overrideCells[column]
  if (own === 'S') return 's'
  if (own === 'H') return 'h'
  return row.cells[column] === '-' ? 'n' : 'v'
}

interface RowProps {
  readonly index: number
  readonly row: GridRow | null
  readonly columns: readonly GridColumn[]
  readonly from: number
  readonly to: number
  /** Column of the keyboard if it stands in this row, else null. */
  readonly at: number | null
  readonly selectable: boolean
  readonly selected: boolean
  readonly opened: number
  readonly nameWidth: number
  readonly brand: string
  readonly width: number
}

/** Class and words of a cell, by state and by whether its column restricts; made once a language. */
type CellTexts = Readonly<Record<CellState, readonly [string, string]>>

const useCellTexts = (): CellTexts => {
  const t = gridWords.use()
  return useMemo(
    () => ({
      v: [t('visible'), t('inForce')],
      n: [t('hidden'), t('notInForce')],
      s: [t('ownShow'), t('ownApply')],
      h: [t('ownHide'), t('ownLift')]
    }),
    [t]
  )
}

const TableRow = memo((props: RowProps & { readonly texts: CellTexts; readonly selectLabel: string }): ReactNode => {
  const { index, row, columns, from, to, at, selectable, selected, nameWidth, texts } = props
  const lead = selectable ? 2 : 1
  const frozen = (selectable ? checkWidth : 0) + nameWidth
  const tab = (column: number): 0 | undefined => (at === column ? 0 : undefined)
  const cell = (column: number, apart: boolean): ReactNode => {
    const restricts = columns[column]!.restricts
    const state = row === null ? 'p' : stateOf(row, column)
    return (
      <div
        key={column}
        role="gridcell"
        aria-colindex={column + lead + 1}
        aria-label={state === 'p' ? undefined : texts[state][restricts ? 1 : 0]}
        className={restricts ? `grid-cell grid-${state} grid-restricts` : `grid-cell grid-${state}`}
        data-column={column}
        data-opened={props.opened === column ? '' : undefined}
        tabIndex={tab(column)}
        style={apart ? { position: 'absolute', insetInlineStart: frozen + column * columnWidth } : undefined}
      />
    )
  }
  const cells: ReactNode[] = []
  if (at !== null && at >= 0 && at < from) cells.push(cell(at, true))
  if (from > 0) cells.push(<div key="before" role="presentation" style={{ flex: 'none', width: from * columnWidth }} />)
  for (let column = from; column <= to; column++) cells.push(cell(column, false))
  if (at !== null && at > to) cells.push(cell(at, true))
  return (
    <div
      role="row"
      aria-rowindex={index + 2}
      aria-selected={selectable ? selected : undefined}
      className={row === null ? 'grid-row grid-blank' : 'grid-row'}
      data-row={index}
      style={{ top: headHeight + index * rowHeight, width: props.width }}
    >
      <div role="presentation" className="grid-frozen">
        {selectable && (
          <div role="gridcell" aria-colindex={1} className="grid-check" data-column={-2} tabIndex={tab(-2)}>
            {row !== null && (
              <input
                type="checkbox"
                tabIndex={-1}
                checked={selected}
                readOnly
                aria-label={`${props.selectLabel} ${row.name}`}
              />
            )}
          </div>
        )}
        <div
          role="rowheader"
          aria-colindex={lead}
          className="grid-name"
          data-column={-1}
          tabIndex={tab(-1)}
          style={{ width: nameWidth }}
        >
          {row === null ? (
            <span className="grid-wait" />
          ) : (
            <>
              <a href={`/companies/${row.companyId}`} tabIndex={-1} title={row.name}>
                <bdi>{row.name}</bdi>
              </a>
              {props.brand !== '' && (
                <small>
                  <bdi>{props.brand}</bdi>
                </small>
              )}
            </>
          )}
        </div>
      </div>
      {cells}
    </div>
  )
})

/** Companies by features: only what is on the screen is in the document, whatever the number of companies. */
export const AccessGridTable = (props: AccessGridTableProps): ReactNode => {
  const { rows, columns, selectable, selected, sort, opened } = props
  const t = gridWords.use()
  const texts = useCellTexts()
  const rtl = useLanguage() === 'ar'
  const narrow = useMediaQuery('(max-width: 48em)', false, { getInitialValueInEffect: false })
  useSyncExternalStore(rows.subscribe, rows.version)
  const total = rows.totalCount
  const count = total === null ? blankRows : Math.min(total, mostRows)
  const nameWidth = narrow ? 132 : 264
  const lead = selectable ? 2 : 1
  const frozen = (selectable ? checkWidth : 0) + nameWidth

  const scroller = useRef<HTMLDivElement>(null)
  const [place, setPlace] = useState<Place>({ row: 0, column: 0 })
  const at: Place = {
    row: Math.max(-1, Math.min(place.row, count - 1)),
    column: Math.max(-lead, Math.min(place.column, columns.length - 1))
  }
  const rangeExtractor = useCallback(
    (range: Range) => {
      const indexes = defaultRangeExtractor(range)
      // The cell with the focus stays in the document wherever one scrolls to.
      if (at.row >= 0 && at.row < range.startIndex - range.overscan) indexes.unshift(at.row)
      else if (at.row > range.endIndex + range.overscan && at.row < range.count) indexes.push(at.row)
      return indexes
    },
    [at.row]
  )
  const getScrollElement = useCallback(() => scroller.current, [])
  const vertical = useVirtualizer({
    count,
    getScrollElement,
    estimateSize: useCallback(() => rowHeight, []),
    overscan: 6,
    paddingStart: headHeight,
    rangeExtractor
  })
  const horizontal = useVirtualizer({
    horizontal: true,
    count: columns.length,
    getScrollElement,
    estimateSize: useCallback(() => columnWidth, []),
    overscan: 4,
    paddingStart: frozen,
    isRtl: rtl
  })
  // biome-ignore lint/correctness/useExhaustiveDependencies: a narrower first column moves all others
  useLayoutEffect(() => horizontal.measure(), [frozen])
  const across = horizontal.getVirtualItems()
  const from = across[0]?.index ?? 0
  const to = across.at(-1)?.index ?? -1
  const width = frozen + columns.length * columnWidth
  const down = vertical.getVirtualItems()

  const first = vertical.range?.startIndex ?? 0
  const last = vertical.range?.endIndex ?? 0
  const before = useRef(0)
  useEffect(() => {
    const ahead = first < before.current ? -1 : 1
    before.current = first
    rows.show(first, last, ahead)
  }, [rows, first, last])

  // Another question starts at its first row.
  const asked = useRef(rows)
  useLayoutEffect(() => {
    if (asked.current === rows) return
    asked.current = rows
    scroller.current?.scrollTo({ top: 0 })
    setPlace(now => ({ ...now, row: Math.min(now.row, 0) }))
  }, [rows])

  const mustFocus = useRef(false)
  useLayoutEffect(() => {
    if (!mustFocus.current) return
    mustFocus.current = false
    scroller.current?.querySelector<HTMLElement>('[tabindex="0"]')?.focus({ preventScroll: true })
  })

  const reveal = ({ row, column }: Place): void => {
    const box = scroller.current
    if (box === null) return
    if (row >= 0) {
      const top = row * rowHeight
      const room = box.clientHeight - headHeight
      if (top < box.scrollTop) box.scrollTop = top
      else if (top + rowHeight > box.scrollTop + room) box.scrollTop = top + rowHeight - room
    }
    if (column >= 0) {
      const start = column * columnWidth
      const room = box.clientWidth - frozen
      const shown = Math.abs(box.scrollLeft)
      const next = start < shown ? start : start + columnWidth > shown + room ? start + columnWidth - room : shown
      box.scrollLeft = rtl ? -next : next
    }
  }
  const goTo = (wanted: Place): void => {
    const next = {
      row: Math.max(-1, Math.min(wanted.row, count - 1)),
      column: Math.max(-lead, Math.min(wanted.column, columns.length - 1))
    }
    mustFocus.current = true
    reveal(next)
    setPlace(next)
  }

  const anchor = useRef<number | null>(null)
  const toggle = (row: number, reach: boolean): void => {
    const known = rows.row(row)
    if (!selectable || known === null) return
    if (reach && anchor.current !== null) {
      props.onSelect(Math.min(anchor.current, row), Math.max(anchor.current, row), true)
      return
    }
    anchor.current = row
    props.onSelect(row, row, !selected.has(known.companyId))
  }
  const sortBy = (column: number): void => {
    if (column < -1) return
    const name = column === -1 ? 'name' : columns[column]!.key
    if (column >= 0 && isOwnSort(name)) return
    if (sort === name) props.onSort(`-${name}`)
    else props.onSort(sort === `-${name}` ? 'name' : name)
  }
  const enter = ({ row, column }: Place): void => {
    if (row < 0) {
      sortBy(column)
      return
    }
    const known = rows.row(row)
    if (known === null) return
    if (column === -2) toggle(row, false)
    else if (column === -1) props.onCompany(known.companyId)
    else props.onOpen({ companyId: known.companyId, name: known.name, key: columns[column]!.key })
  }

  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.altKey || event.metaKey) return
    const page = Math.max(1, Math.floor(((scroller.current?.clientHeight ?? 0) - headHeight) / rowHeight) - 1)
    const ends = event.ctrlKey
    const forwards = rtl ? -1 : 1
    const moves: Readonly<Record<string, Place>> = {
      ArrowUp: { row: at.row - 1, column: at.column },
      ArrowDown: { row: at.row + 1, column: at.column },
      ArrowRight: { row: at.row, column: at.column + forwards },
      ArrowLeft: { row: at.row, column: at.column - forwards },
      PageUp: { row: Math.max(0, at.row - page), column: at.column },
      PageDown: { row: at.row + page, column: at.column },
      Home: { row: ends ? 0 : at.row, column: ends ? at.column : -lead },
      End: { row: ends ? count - 1 : at.row, column: ends ? at.column : columns.length - 1 }
    }
    const move = moves[event.key]
    if (move !== undefined) {
      event.preventDefault()
      if (event.shiftKey && (event.key === 'ArrowDown' || event.key === 'ArrowUp') && selectable && at.row >= 0) {
        anchor.current ??= at.row
        const to = Math.max(0, Math.min(move.row, count - 1))
        props.onSelect(Math.min(anchor.current, to), Math.max(anchor.current, to), true)
      } else if (event.key.startsWith('Arrow')) anchor.current = null
      goTo(move)
      return
    }
    if (event.key === 'Enter' && !event.ctrlKey) {
      event.preventDefault()
      enter(at)
    } else if (event.key === ' ') {
      event.preventDefault()
      if (at.row < 0) sortBy(at.column)
      else toggle(at.row, event.shiftKey)
    }
  }

  const onClick = (event: MouseEvent): void => {
    const cell = (event.target as Element).closest<HTMLElement>('[data-column]')
    const line = cell?.closest<HTMLElement>('[data-row]')
    if (cell == null || line == null) return
    const row = Number(line.dataset.row)
    const column = Number(cell.dataset.column)
    const link = (event.target as Element).closest('a')
    // The browser opens it in a tab of its own.
    if (link !== null && (event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0)) return
    if (link !== null) event.preventDefault()
    goTo({ row, column })
    if (column === -2 && row >= 0) toggle(row, event.shiftKey)
    else if (column !== -1 || link !== null || row < 0) enter({ row, column })
  }

  const sorted = (name: string): 'ascending' | 'descending' | undefined =>
    sort === name ? 'ascending' : sort === `-${name}` ? 'descending' : undefined
  const heading = (column: number, apart: boolean): ReactNode => {
    const { key, title, restricts } = columns[column]!
    return (
      <div
        key={key}
        role="columnheader"
        aria-colindex={column + lead + 1}
        aria-sort={isOwnSort(key) ? undefined : sorted(key)}
        className={restricts ? 'grid-heading grid-restricts' : 'grid-heading'}
        data-column={column}
        title={restricts ? `${title} (${t('restriction')})` : title}
        tabIndex={at.row === -1 && at.column === column ? 0 : undefined}
        style={apart ? { position: 'absolute', insetInlineStart: frozen + column * columnWidth } : undefined}
      >
        <span>{title}</span>
      </div>
    )
  }
  const apartHeading = at.row === -1 && at.column >= 0 && (at.column < from || at.column > to)

  return (
    <div
      ref={scroller}
      role="grid"
      aria-label={t('grid')}
      aria-rowcount={total === null ? -1 : total + 1}
      aria-colcount={columns.length + lead}
      aria-multiselectable={selectable || undefined}
      aria-busy={total === null}
      className="grid-scroller"
      data-part="access-grid"
      onKeyDown={onKeyDown}
      onClick={onClick}
      tabIndex={-1}
    >
      <div role="presentation" className="grid-sheet" style={{ height: headHeight + count * rowHeight, width }}>
        <div role="row" aria-rowindex={1} className="grid-head" data-row={-1} style={{ width, height: headHeight }}>
          <div role="presentation" className="grid-frozen">
            {selectable && (
              <div
                role="columnheader"
                aria-colindex={1}
                aria-label={t('selection')}
                className="grid-check"
                data-column={-2}
                tabIndex={at.row === -1 && at.column === -2 ? 0 : undefined}
              />
            )}
            <div
              role="columnheader"
              aria-colindex={lead}
              aria-sort={sorted('name')}
              className="grid-corner"
              data-column={-1}
              tabIndex={at.row === -1 && at.column === -1 ? 0 : undefined}
              style={{ width: nameWidth }}
            >
              <span>{t('company')}</span>
            </div>
          </div>
          {apartHeading && heading(at.column, true)}
          {from > 0 && <div role="presentation" style={{ flex: 'none', width: from * columnWidth }} />}
          {across.map(({ index }) => heading(index, false))}
        </div>
        {down.map(({ index }) => {
          const row = rows.row(index)
          return (
            <TableRow
              key={index}
              index={index}
              row={row}
              columns={columns}
              from={from}
              to={to}
              at={at.row === index ? at.column : null}
              selectable={selectable}
              selected={row !== null && selected.has(row.companyId)}
              opened={
                opened !== null && row?.companyId === opened.companyId
                  ? columns.findIndex(({ key }) => key === opened.key)
                  : -1
              }
              nameWidth={nameWidth}
              brand={narrow || row?.domainId == null ? '' : props.brandName(row.domainId)}
              width={width}
              texts={texts}
              selectLabel={t('select')}
            />
          )
        })}
      </div>
    </div>
  )
}
