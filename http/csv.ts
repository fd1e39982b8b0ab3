import { stringify } from 'csv-stringify/sync'
import { type CsvColumn, defused } from '../core/csv-cell.ts'

const cell = (value: unknown, text: boolean): string => {
  if (value === null || value === undefined) return ''
  const plain = value instanceof Date ? value.toISOString() : String(value)
  return text ? defused(plain) : plain
}

// A lone CR or LF inside a cell ends the row for some readers.
const options = { record_delimiter: '\r\n', quoted_match: /[\r\n]/ }

/** The header row: titles, CRLF-terminated as RFC 4180 wants it. */
export const csvHeader = (columns: readonly CsvColumn[]): string =>
  stringify([columns.map(column => column.title)], options)

/** Rows as CSV, in the order of `columns`; money and numbers arrive as plain digits, times as ISO-8601 UTC. */
export const csvRows = (columns: readonly CsvColumn[], rows: readonly Record<string, unknown>[]): string =>
  stringify(
    rows.map(row => columns.map(column => cell(row[column.name], column.text))),
    options
  )
