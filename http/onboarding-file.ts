import { pipeline } from 'node:stream/promises'
import { TextDecoder } from 'node:util'
import { parse } from 'csv-parse'
import { badInput } from '../core/errors.ts'

/** Characters of one row; none that means something is longer. */
const longestRow = 65_536

const zip = Buffer.from('PK\u0003\u0004')

export interface FileRow {
  /** Line of the file on which it begins, from 1. */
  readonly line: number
  readonly cells: readonly string[]
}

/** Text of some bytes: UTF-8, or UTF-16 behind a byte order mark. @throws PortalError BAD_USER_INPUT */
async function* decoded(content: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  let decoder: TextDecoder | undefined
  let start: Buffer = Buffer.alloc(0)
  const noText = badInput('file', 'is not UTF-8 text; save it as "CSV UTF-8"')
  const read = (bytes: Uint8Array, last: boolean): string => {
    let text: string
    try {
      text = last ? decoder!.decode() : decoder!.decode(bytes, { stream: true })
    } catch {
      throw noText
    }
    if (text.includes('\u0000')) throw noText
    return text
  }
  const begin = (): string => {
    // What spreadsheets themselves save is a ZIP archive.
    if (start.subarray(0, 4).equals(zip))
      throw badInput('file', 'is a spreadsheet or an archive, not CSV; open it and save it as "CSV UTF-8"')
    const mark = start.subarray(0, 2).toString('hex')
    const encoding = mark === 'fffe' ? 'utf-16le' : mark === 'feff' ? 'utf-16be' : 'utf-8'
    decoder = new TextDecoder(encoding, { fatal: true })
    return read(start, false)
  }
  for await (const bytes of content) {
    if (decoder === undefined) {
      start = Buffer.concat([start, bytes])
      if (start.length >= 4) yield begin()
    } else yield read(bytes, false)
  }
  if (decoder === undefined) yield begin()
  const rest = read(new Uint8Array(), true)
  if (rest !== '') yield rest
}

/** What divides the cells of the first line. */
const delimiterOf = (line: string): string => {
  const bare = line.replaceAll(/"[^"]*"/g, '')
  const count = (sign: string): number => bare.split(sign).length
  return [',', ';', '\t'].reduce((best, sign) => (count(sign) > count(best) ? sign : best))
}

/** The text with its first line known. */
async function* fromFirstLine(texts: AsyncIterable<string>): AsyncGenerator<string> {
  let start = ''
  let begun = false
  for await (const text of texts) {
    if (begun) yield text
    else {
      start += text
      begun = /[\r\n]/.test(start.trimStart()) || start.length > longestRow
      if (begun) yield start
    }
  }
  if (!begun) yield start
}

/**
 * Rows of a table as spreadsheets write it: commas, semicolons or tabs, quotes, any line ends.
 * @throws PortalError BAD_USER_INPUT for what cannot be a table at all
 */
export async function* readTable(content: AsyncIterable<Uint8Array>): AsyncGenerator<FileRow> {
  const texts = fromFirstLine(decoded(content))
  const first = await texts.next()
  const start = first.done === true ? '' : first.value
  // Counted as rows are found, so that it is known where the one begins that cannot be read.
  let line = 1
  const parser = parse({
    delimiter: delimiterOf(start.trimStart().split(/[\r\n]/, 1)[0]!),
    record_delimiter: ['\r\n', '\n', '\r'],
    relax_column_count: true,
    relax_quotes: true,
    max_record_size: longestRow,
    raw: true,
    on_record: (found: unknown) => {
      const { raw, record } = found as { readonly raw: string; readonly record: string[] }
      const row: FileRow = { line, cells: record }
      // The parser's own count takes CRLF inside quotes for two.
      line += 1 + (raw.replace(/[\r\n]+$/, '').match(/\r\n|\n|\r/g)?.length ?? 0)
      // What comes out of the parser is what is returned here, whatever its types say.
      return row as unknown as string[]
    }
  })
  async function* all(): AsyncGenerator<string> {
    yield start
    yield* texts
  }
  // What goes wrong with the text ends the parser with the same error.
  const fed = pipeline(all, parser).catch(() => {})
  try {
    for await (const row of parser as AsyncIterable<FileRow>) yield row
  } catch (error) {
    const { code, message } = error as { code?: string; message: string }
    if (code === 'CSV_QUOTE_NOT_CLOSED')
      throw badInput('file', `a quote in the row that begins on line ${line} is not closed`)
    if (code === 'CSV_MAX_RECORD_SIZE')
      throw badInput('file', `the row that begins on line ${line} is far too long; perhaps a quote is not closed`)
    if (code?.startsWith('CSV_')) throw badInput('file', `cannot be read from line ${line} on: ${message}`)
    throw error
  } finally {
    parser.destroy()
    await fed
  }
}
