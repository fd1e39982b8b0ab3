import { parse } from 'csv-parse/sync'
import { type Line, longestRecord } from './read-text.ts'

/** A row of a CSV file, or what is wrong with it. `raw` is its text as read, without the line end. */
export type CsvRow =
  | { readonly line: number; readonly raw: string; readonly fields: readonly string[] }
  | { readonly line: number; readonly raw: string; readonly reason: string }

/** A quoted field may hold line ends, but no call record spans more lines than this. */
const longestRow = 10

const options = {
  // Switches write quotes inside fields without doubling them, and `"""" <>`: keep what can be kept.
  relax_quotes: true,
  // The layouts count columns themselves and say what they expected.
  relax_column_count: true,
  ltrim: true,
  record_delimiter: '\n'
}

const parseRows = (text: string): readonly (readonly string[])[] | null => {
  try {
    return parse(text, options)
  } catch {
    return null
  }
}

const hasOpenQuote = (text: string): boolean => {
  let odd = false
  for (let at = text.indexOf('"'); at !== -1; at = text.indexOf('"', at + 1)) odd = !odd
  return odd
}

/** Rows of lines whose quotes are balanced; one row a line, or the one line that is not a row. */
const rowsOf = (lines: readonly Line[]): CsvRow[] => {
  const all = parseRows(lines.map(line => line.text).join('\n'))
  // As many rows as lines means one row a line, for every row ends with a line.
  if (all !== null && all.length === lines.length)
    return lines.map((line, index) => ({ line: line.line, raw: line.text, fields: all[index]! }))
  return lines.map(({ line, text }) => {
    const [fields, ...others] = parseRows(text) ?? []
    if (fields === undefined || others.length > 0) return { line, raw: text, reason: 'a quote is not closed' }
    return { line, raw: text, fields }
  })
}

/**
 * Rows out of lines. A quote that stays open costs one row, never the rows behind it: a row may go on over
 * line ends only when what comes out has one of the `widths` that the format knows. Blank lines are no rows.
 */
export async function* readCsvRows(
  batches: AsyncIterable<readonly Line[]>,
  widths: ReadonlySet<number>
): AsyncGenerator<readonly CsvRow[]> {
  let waiting: Line[] = []
  for await (const batch of batches) {
    const rows: CsvRow[] = []
    waiting = consume([...waiting, ...batch], widths, rows, false)
    if (rows.length > 0) yield rows
  }
  const rows: CsvRow[] = []
  consume(waiting, widths, rows, true)
  if (rows.length > 0) yield rows
}

/** Turns lines into rows; resolves to the lines that need more lines to be understood. */
const consume = (lines: readonly Line[], widths: ReadonlySet<number>, rows: CsvRow[], last: boolean): Line[] => {
  let plain: Line[] = []
  const flush = () => {
    if (plain.length > 0) rows.push(...rowsOf(plain))
    plain = []
  }
  for (let index = 0; index < lines.length; index += 1) {
    const line = lines[index]!
    if (line.text.trim() === '') continue
    if (line.tooLong) {
      flush()
      rows.push({ line: line.line, raw: line.text, reason: `longer than ${longestRecord} characters` })
    } else if (!hasOpenQuote(line.text)) {
      plain.push(line)
    } else {
      const alone = parseRows(line.text)
      if (alone?.length === 1) {
        plain.push(line)
        continue
      }
      flush()
      const joined = joinRow(lines, index, widths)
      if (joined !== null) {
        rows.push(joined.row)
        index += joined.more
      } else if (!last && lines.length - index < longestRow) {
        return lines.slice(index)
      } else {
        rows.push({ line: line.line, raw: line.text, reason: 'a quote is not closed' })
      }
    }
  }
  flush()
  return []
}

/** The row that starts at `index` and goes on over the next lines, if there is one. */
const joinRow = (
  lines: readonly Line[],
  index: number,
  widths: ReadonlySet<number>
): { readonly row: CsvRow; readonly more: number } | null => {
  let text = lines[index]!.text
  for (let more = 1; more < longestRow && index + more < lines.length; more += 1) {
    const next = lines[index + more]!
    if (next.tooLong) return null
    text += `\n${next.text}`
    if (hasOpenQuote(text)) continue
    const parsed = parseRows(text)
    if (parsed?.length === 1 && widths.has(parsed[0]!.length))
      return { row: { line: lines[index]!.line, raw: text, fields: parsed[0]! }, more }
    return null
  }
  return null
}
