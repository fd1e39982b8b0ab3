import { Alert, Box, Button, Checkbox, Group, Skeleton, Stack, Table, Text, UnstyledButton } from '@mantine/core'
import { type ColumnDef, tableFeatures, useTable } from '@tanstack/react-table'
import { defaultRangeExtractor, useVirtualizer } from '@tanstack/react-virtual'
import { type KeyboardEvent, type MouseEvent, type ReactNode, useEffect, useMemo, useRef, useState } from 'react'
import type { Refusal } from '../kit/client.ts'
import { useFormats } from '../kit/formats.ts'
import { Icon } from './icon.tsx'
import { listWords } from './list-words.ts'
import { RefusalAlert } from './refusal-alert.tsx'

/** A column of a `DataTable`. */
export interface DataColumn<Row> {
  readonly name: string
  readonly title: string
  cell(row: Row): ReactNode
  readonly align?: 'start' | 'end'
  /** The server sorts by its name. */
  readonly sortable?: boolean
  /** CSS pixels at least; the width left over is shared in the same proportions. 160 unless said. */
  readonly width?: number
}

export interface DataTableProps<Row> {
  /** What the table lists. */
  readonly label: string
  readonly columns: readonly DataColumn<Row>[]
  readonly rows: readonly Row[]
  rowKey(row: Row): string
  /** What a row is called where it stands alone, such as beside its checkbox; its key unless said. */
  rowLabel?(row: Row): string
  /** `name`, or `-name` for the other way round. */
  readonly sort?: string | null
  onSort?(sort: string): void
  readonly state: 'LOADING' | 'MORE' | 'READY' | 'FAILED'
  readonly refusals?: readonly Refusal[]
  readonly hasMore: boolean
  loadMore(): void
  retry(): void
  readonly totalCount?: number | null
  /** In place of rows when there are none. */
  readonly empty: ReactNode
  /** Enter on a row, or a click that hits no control. */
  onOpen?(row: Row): void
  readonly selection?: {
    readonly keys: ReadonlySet<string>
    change(keys: ReadonlySet<string>): void
  }
  /** CSS length that the rows may take before they scroll; what the window leaves unless said. */
  readonly maxHeight?: string
}

const features = tableFeatures({})
/** CSS pixels of a row of one line, and how many rows beyond the window are drawn. */
const rowHeight = 41
const beyond = 8
/** Rows before the end at which the next page is asked for. */
const ahead = 10
const pageOfKeys = 10
const ownControl = 'a, button, input, select, textarea, label, summary, [role=menuitem]'

/**
 * The table of every list in the console. It draws only the rows in sight, reads the next page when its end comes near or the
 * button asks for it, and is worked by keyboard: arrows, Home, End and the page keys move between rows, Enter opens one, the
 * space bar selects it.
 */
export const DataTable = <Row,>(props: DataTableProps<Row>): ReactNode => {
  const { label, columns, rows, rowKey, sort, onSort, state, hasMore, loadMore, onOpen, selection } = props
  const t = listWords.use()
  const { number } = useFormats()
  const scroller = useRef<HTMLDivElement>(null)
  const [active, setActive] = useState(0)
  /** The row that is to take the focus once it is drawn. */
  const wanted = useRef<number | null>(null)
  const walks = onOpen !== undefined || selection !== undefined

  const definitions = useMemo<ColumnDef<typeof features, Row & object>[]>(
    () => columns.map(column => ({ id: column.name, header: column.title })),
    [columns]
  )
  const table = useTable({
    features,
    columns: definitions,
    data: rows as readonly (Row & object)[],
    getRowId: row => rowKey(row)
  })
  const drawn = table.getRowModel().rows
  const current = Math.min(active, Math.max(0, rows.length - 1))

  const virtualizer = useVirtualizer({
    count: drawn.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    overscan: beyond,
    useFlushSync: false,
    initialRect: { width: 1_000, height: 600 },
    getItemKey: index => drawn[index]?.id ?? index,
    // The row with the focus stays, however far the others have scrolled.
    rangeExtractor: range => {
      const inSight = defaultRangeExtractor(range)
      return inSight.includes(current) || current >= range.count
        ? inSight
        : [...inSight, current].sort((one, other) => one - other)
    }
  })
  const items = virtualizer.getVirtualItems()

  const lastInSight = virtualizer.range?.endIndex ?? 0
  useEffect(() => {
    if (state === 'READY' && hasMore && rows.length > 0 && lastInSight >= rows.length - ahead) loadMore()
  }, [state, hasMore, rows.length, lastInSight, loadMore])

  useEffect(() => {
    if (wanted.current === null) return
    const row = scroller.current?.querySelector<HTMLElement>(`tr[data-index="${wanted.current}"]`)
    if (row == null) return
    wanted.current = null
    row.focus({ preventScroll: true })
  })
  const moveTo = (index: number): void => {
    const next = Math.max(0, Math.min(rows.length - 1, index))
    wanted.current = next
    setActive(next)
    virtualizer.scrollToIndex(next)
  }

  const toggle = (key: string): void => {
    if (selection === undefined) return
    const keys = new Set(selection.keys)
    if (!keys.delete(key)) keys.add(key)
    selection.change(keys)
  }
  const onRowKey = (event: KeyboardEvent<HTMLElement>, index: number): void => {
    // Keys inside a cell's own control are the control's.
    if (event.target !== event.currentTarget || event.ctrlKey || event.metaKey || event.altKey) return
    const row = rows[index]!
    const steps: Readonly<Record<string, () => void>> = {
      ArrowDown: () => moveTo(index + 1),
      ArrowUp: () => moveTo(index - 1),
      PageDown: () => moveTo(index + pageOfKeys),
      PageUp: () => moveTo(index - pageOfKeys),
      Home: () => moveTo(0),
      End: () => moveTo(rows.length - 1),
      ...(onOpen === undefined ? {} : { Enter: () => onOpen(row) }),
      ...(selection === undefined ? {} : { ' ': () => toggle(rowKey(row)) })
    }
    const step = steps[event.key]
    if (step === undefined) return
    event.preventDefault()
    step()
  }
  const onRowClick = (event: MouseEvent<HTMLElement>, index: number): void => {
    if (onOpen === undefined || (event.target as Element).closest(ownControl) !== null) return
    // Whoever marks text to copy it does not want to leave.
    if (getSelection()?.type === 'Range') return
    setActive(index)
    onOpen(rows[index]!)
  }

  const width = (column: DataColumn<Row>): number => column.width ?? 160
  const total = columns.reduce((sum, column) => sum + width(column), 0) + (selection === undefined ? 0 : 44)
  const allKeys = rows.map(rowKey)
  const chosen = selection === undefined ? 0 : allKeys.filter(key => selection.keys.has(key)).length
  const busy = state === 'LOADING' || state === 'MORE'
  const spans = columns.length + (selection === undefined ? 0 : 1)

  const sortBy = (name: string): void => onSort?.(sort === name ? `-${name}` : name)
  const sorted = (name: string): 'ascending' | 'descending' | 'none' =>
    sort === name ? 'ascending' : sort === `-${name}` ? 'descending' : 'none'

  const spacer = (key: string, height: number): ReactNode =>
    height > 0 && (
      // biome-ignore lint/a11y/noAriaHiddenOnFocusable: it takes no focus; it only keeps the place of rows out of sight
      <tr key={key} aria-hidden="true">
        <td colSpan={spans} style={{ height, padding: 0 }} />
      </tr>
    )
  const body: ReactNode[] = []
  let end = 0
  for (const item of items) {
    const row = drawn[item.index]
    if (row === undefined) continue
    body.push(spacer(`before-${item.key}`, item.start - end))
    end = item.end
    const key = row.id
    const isChosen = selection?.keys.has(key) ?? false
    body.push(
      <Table.Tr
        key={key}
        ref={virtualizer.measureElement}
        data-index={item.index}
        aria-rowindex={item.index + 2}
        aria-selected={selection === undefined ? undefined : isChosen}
        bg={isChosen ? 'var(--mantine-primary-color-light)' : undefined}
        tabIndex={walks ? (item.index === current ? 0 : -1) : undefined}
        onFocus={() => setActive(item.index)}
        onKeyDown={walks ? event => onRowKey(event, item.index) : undefined}
        onClick={event => onRowClick(event, item.index)}
        style={onOpen === undefined ? undefined : { cursor: 'pointer' }}
      >
        {selection !== undefined && (
          <Table.Td>
            <Checkbox
              aria-label={t('selectRow', { row: props.rowLabel?.(row.original) ?? key })}
              checked={isChosen}
              onChange={() => toggle(key)}
            />
          </Table.Td>
        )}
        {/* Not drawn as components of the table: with other columns of the same names a button in a cell would lose the focus. */}
        {columns.map(column => (
          <Table.Td key={column.name} ta={column.align} style={{ overflowWrap: 'anywhere' }}>
            {column.cell(row.original)}
          </Table.Td>
        ))}
      </Table.Tr>
    )
  }
  body.push(spacer('after', virtualizer.getTotalSize() - end))

  return (
    <Stack gap="xs">
      <Box
        ref={scroller}
        data-part="table"
        // A region that scrolls can be reached by keyboard even while no row can.
        tabIndex={walks && rows.length > 0 ? undefined : 0}
        role="region"
        aria-label={label}
        mah={props.maxHeight ?? 'max(20rem, calc(100dvh - 20rem))'}
        style={{
          overflow: 'auto',
          overscrollBehavior: 'contain',
          // What is about to be replaced stays as readable as it was.
          border: `1px solid var(--mantine-${state === 'LOADING' ? 'primary-color-filled' : 'color-default-border'})`,
          borderRadius: 'var(--mantine-radius-md)'
        }}
      >
        <Table
          aria-label={label}
          aria-rowcount={props.totalCount ?? (hasMore ? -1 : rows.length + 1)}
          aria-busy={busy}
          layout="fixed"
          stickyHeader
          highlightOnHover={walks}
          verticalSpacing="xs"
          miw={total}
        >
          <colgroup>
            {selection !== undefined && <col style={{ width: 44 }} />}
            {columns.map(column => (
              <col key={column.name} style={{ width: `${(width(column) / total) * 100}%` }} />
            ))}
          </colgroup>
          <Table.Thead>
            <Table.Tr aria-rowindex={1}>
              {selection !== undefined && (
                <Table.Th scope="col">
                  <Checkbox
                    aria-label={chosen > 0 && chosen === rows.length ? t('selectNone') : t('selectAll')}
                    checked={chosen > 0 && chosen === rows.length}
                    indeterminate={chosen > 0 && chosen < rows.length}
                    disabled={rows.length === 0}
                    onChange={() => selection.change(chosen === rows.length ? new Set() : new Set(allKeys))}
                  />
                </Table.Th>
              )}
              {columns.map(column => (
                <Table.Th
                  key={column.name}
                  scope="col"
                  ta={column.align}
                  aria-sort={column.sortable === true && onSort ? sorted(column.name) : undefined}
                >
                  {column.sortable === true && onSort ? (
                    <UnstyledButton fw={600} fz="sm" onClick={() => sortBy(column.name)}>
                      {column.title}{' '}
                      <Text span inherit c={sorted(column.name) === 'none' ? 'dimmed' : undefined}>
                        <Icon
                          name={sorted(column.name) === 'none' ? 'unsorted' : (sorted(column.name) as 'ascending')}
                        />
                      </Text>
                    </UnstyledButton>
                  ) : (
                    column.title
                  )}
                </Table.Th>
              ))}
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {rows.length > 0 && body}
            {rows.length === 0 &&
              state === 'LOADING' &&
              Array.from({ length: 6 }, (_, index) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: rows that are not there yet are all alike
                <Table.Tr key={index} aria-hidden="true">
                  <Table.Td colSpan={spans}>
                    <Skeleton height={18} />
                  </Table.Td>
                </Table.Tr>
              ))}
          </Table.Tbody>
        </Table>
        {rows.length === 0 && state === 'READY' && (
          <Box p="xl" ta="center" c="dimmed" pos="sticky" style={{ insetInlineStart: 0 }}>
            {props.empty}
          </Box>
        )}
      </Box>
      {state === 'FAILED' && (
        <Alert color="red" role="alert" title={t('failed')}>
          <Stack gap="xs" align="start">
            <RefusalAlert refusals={props.refusals ?? []} />
            <Button size="xs" variant="default" onClick={props.retry}>
              {t('again')}
            </Button>
          </Stack>
        </Alert>
      )}
      <Group justify="space-between" mih={30}>
        <Text size="sm" c="dimmed" role="status">
          {state === 'LOADING'
            ? t('loading')
            : props.totalCount == null
              ? t('shown', { count: rows.length })
              : t('shownOf', { shown: number(rows.length), total: number(props.totalCount) })}
          {selection !== undefined && selection.keys.size > 0 && (
            <> · {t('selected', { count: selection.keys.size })}</>
          )}
        </Text>
        {hasMore && state !== 'FAILED' && (
          <Button size="xs" variant="default" loading={state === 'MORE'} onClick={loadMore}>
            {t('more')}
          </Button>
        )}
      </Group>
    </Stack>
  )
}
