// What people open in spreadsheets.

/** A column of a CSV file. */
export interface CsvColumn {
  readonly name: string
  readonly title: string
  /** Free text, which a spreadsheet must not take for a formula. Numbers and times are not touched. */
  readonly text: boolean
}

/** A spreadsheet runs what starts like this. */
const formula = /^[=+\-@\t\r]/

/** A text as it stands in a file for reading only. */
export const defused = (text: string): string => (formula.test(text) ? `'${text}` : text)

// Apostrophes before it are part of the text there, so that exactly one can be taken away again.
const shieldable = /^'*[=+\-@\t\r]/

/** A text as it stands in a file that is taken in again. */
export const shielded = (text: string): string => (shieldable.test(text) ? `'${text}` : text)

/** The text that `shielded` made safe: exactly the one apostrophe goes. */
export const unshielded = (cell: string): string =>
  cell.startsWith("'") && shieldable.test(cell) ? cell.slice(1) : cell
