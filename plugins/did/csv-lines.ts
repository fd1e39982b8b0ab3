import { pipeline, Readable } from 'node:stream'
import { TextDecoder } from 'node:util'
import { CsvError, parse } from 'csv-parse'
import { badInput } from '../../core/plugin-api.ts'

/** A row of the file and the line it ends on. */
export interface CsvLine {
  readonly line: number
  readonly cells: readonly string[]
}

/** No row of numbers is longer; an open quote must not swallow the file. */
const longestRow = 65_536

/** UTF-8, or UTF-16 where the file begins with its mark; the mark itself is dropped. */
async function* textOf(content: AsyncIterable<Buffer>): AsyncGenerator<string> {
  let decoder: TextDecoder | undefined
  const noText = badInput('file', 'is not UTF-8 text; save it as "CSV UTF-8"')
  try {
    for await (const chunk of content) {
      const mark = chunk.subarray(0, 2).toString('hex')
      const encoding = mark === 'fffe' ? 'utf-16le' : mark === 'feff' ? 'utf-16be' : 'utf-8'
      decoder ??= new TextDecoder(encoding, { fatal: true })
      const text = decoder.decode(chunk, { stream: true })
      // UTF-16 without its mark, or no text at all; PostgreSQL keeps no such sign.
      if (text.includes('\u0000')) throw noText
      yield text
    }
    yield decoder?.decode() ?? ''
  } catch (error) {
    if (error instanceof TypeError) throw noText
    throw error
  }
}

/** What stands between the cells of the header row: comma, semicolon or tab. */
const delimiterOf = (header: string): string => {
  const count = (sign: string): number => header.split(sign).length
  return [',', ';', '\t'].reduce((best, sign) => (count(sign) > count(best) ? sign : best))
}

/**
 * Rows of a CSV file in bounded memory, the header row first. Blank lines are no rows.
 * @throws PortalError BAD_USER_INPUT where the text or its quotes cannot be read
 */
export async function* csvLines(content: AsyncIterable<Buffer>): AsyncGenerator<CsvLine> {
  const texts = textOf(content)
  let head = ''
  for (let next = await texts.next(); !next.done; next = await texts.next()) {
    head += next.value
    if (/\S[^\n]*\n/.test(head) || head.length > longestRow) break
  }
  const whole = async function* (): AsyncGenerator<string> {
    yield head
    yield* texts
  }
  const parser = parse({
    delimiter: delimiterOf(head.trimStart().split('\n', 1)[0] as string),
    info: true,
    relax_column_count: true,
    skip_empty_lines: true,
    max_record_size: longestRow
  })
  pipeline(Readable.from(whole()), parser, () => {})
  // The parser takes a line end of two signs inside quotes for two.
  let tooMany = 0
  try {
    for await (const { info, record } of parser as AsyncIterable<{ info: { lines: number }; record: string[] }>) {
      for (const cell of record) if (cell.includes('\r\n')) tooMany += cell.split('\r\n').length - 1
      yield { line: info.lines - tooMany, cells: record }
    }
  } catch (error) {
    if (!(error instanceof CsvError)) throw error
    const line = typeof error.lines === 'number' ? error.lines : '?'
    throw badInput('file', `cannot be read at line ${line}: a quote is out of place, or never closed`)
  }
}
