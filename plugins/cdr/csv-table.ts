import { stringify } from 'csv-stringify/sync'
import { type CsvColumn, defused } from '../../core/plugin-api.ts'

/** A column of a file; what a spreadsheet could take for a formula is defused in texts, never in numbers and times. */
export type TableColumn = Pick<CsvColumn, 'title' | 'text'>

/** Rows as RFC 4180 has them. */
export const csvTable = (columns: readonly TableColumn[], rows: readonly (readonly unknown[])[]): string =>
  stringify(
    rows.map(row =>
      row.map((value, i) => {
        const plain = value === null || value === undefined ? '' : String(value)
        return columns[i]!.text ? defused(plain) : plain
      })
    ),
    // A lone CR or LF inside a cell ends the row for some readers.
    { record_delimiter: '\r\n', quoted_match: /[\r\n]/ }
  )

/** The row of titles. */
export const csvTitles = (columns: readonly TableColumn[]): string =>
  csvTable(
    columns.map(({ title }) => ({ title, text: true })),
    [columns.map(({ title }) => title)]
  )
