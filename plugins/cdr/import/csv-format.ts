import { badInput, PortalError } from '../../../core/plugin-api.ts'
import { type CsvRow, readCsvRows } from './csv-rows.ts'
import type { CallFormat, ParsedCall, ParsedRecord, ReadOptions } from './parsed-call.ts'
import { decodeText, readLines } from './read-text.ts'

/** Reads a column of the current row, without blanks around it; a column that the layout lacks is empty. */
export type Cells = (column: string) => string

/** One order of columns. */
export interface CsvLayout {
  /** Told to the operator when the layout is taken. */
  readonly name: string
  readonly columns: ReadonlyMap<string, number>
  /** @throws PortalError BAD_USER_INPUT when the row is no call */
  call(cells: Cells, options: ReadOptions): ParsedCall
}

/** A CSV format: how to find a row's layout. */
export interface CsvFormat {
  readonly name: string
  readonly summary: string
  readonly localTimes: boolean
  /** Numbers of columns that its rows may have. */
  readonly widths: readonly number[]
  /** The layout that a header row announces; null when the row is no header. */
  headerLayout?(fields: readonly string[]): CsvLayout | null
  /** The layout of a row without a header. @throws PortalError BAD_USER_INPUT saying what was expected */
  rowLayout?(fields: readonly string[]): CsvLayout
}

/** Names in their order, as a layout's columns; a blank in the string parts them. */
export const columnsOf = (names: string): ReadonlyMap<string, number> =>
  new Map(names.split(' ').map((name, index) => [name, index]))

/** What was wrong with a row, as text for the operator; anything else than a refusal goes on. */
export const reasonOf = (error: unknown): string => {
  if (error instanceof PortalError && error.code === 'BAD_USER_INPUT') return error.message
  throw error
}

/** A reader of call records out of CSV files; each row stands for itself, so one file may mix layouts. */
export const csvFormat = (format: CsvFormat): CallFormat => ({
  name: format.name,
  summary: format.summary,
  localTimes: format.localTimes,
  async *read(input, options) {
    const widths = new Set(format.widths)
    const seen = new Set<string>()
    let header: CsvLayout | null = null
    let headerRow: { readonly header?: string } = {}
    const read = (row: CsvRow): ParsedRecord | null => {
      const { line, raw } = row
      if ('reason' in row) return { line, raw, reason: row.reason, ...headerRow }
      try {
        const announced = format.headerLayout?.(row.fields) ?? null
        if (announced !== null) {
          header = announced
          headerRow = { header: raw }
          widths.add(row.fields.length)
          return null
        }
        if (header !== null && row.fields.length !== header.columns.size)
          throw badInput('row', `${row.fields.length} columns under a header of ${header.columns.size}`)
        const layout = header ?? format.rowLayout?.(row.fields)
        if (layout === undefined) throw badInput('row', 'there is no header row before it')
        const cells: Cells = column => {
          const index = layout.columns.get(column)
          // PostgreSQL stores no NUL character.
          return index === undefined ? '' : (row.fields[index] ?? '').replaceAll('\0', '').trim()
        }
        const call = layout.call(cells, options)
        if (!seen.has(layout.name)) {
          seen.add(layout.name)
          options.note(`line ${line}: taken as ${layout.name}`)
        }
        return header === null ? { line, raw, call } : { line, raw, call, ...headerRow }
      } catch (error) {
        return { line, raw, reason: reasonOf(error), ...headerRow }
      }
    }
    for await (const rows of readCsvRows(readLines(decodeText(input)), widths)) {
      const records = rows.map(read).filter(record => record !== null)
      if (records.length > 0) yield records
    }
  }
})
