/** One line of a file, without its line end; counted from 1. */
export interface Line {
  readonly line: number
  readonly text: string
  /** Set when the line was longer than anybody's call record; `text` is its beginning. */
  readonly tooLong?: true
}

/** Longest line or document taken for a call record, in characters. */
export const longestRecord = 1 << 20

/** UTF-8 text of some bytes. A byte order mark is dropped; bytes that are not UTF-8 become U+FFFD. */
export async function* decodeText(input: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder('utf-8')
  for await (const bytes of input) {
    const text = decoder.decode(bytes, { stream: true })
    if (text !== '') yield text
  }
  const rest = decoder.decode()
  if (rest !== '') yield rest
}

/**
 * Lines in handfuls. The first line end decides for the whole text: a lone CR means CR everywhere, else lines end
 * with LF or CRLF and a CR inside a line stays. The same text gives the same lines however it is cut into pieces.
 */
export async function* readLines(texts: AsyncIterable<string>): AsyncGenerator<readonly Line[]> {
  let rest = ''
  let lost = 0
  let line = 0
  let end: '\n' | '\r' | null = null
  const take = (text: string, more: number): Line => {
    line += 1
    if (text.length + more > longestRecord) return { line, text: text.slice(0, 1000), tooLong: true }
    return { line, text: end === '\n' && text.endsWith('\r') ? text.slice(0, -1) : text }
  }
  // Only the beginning of an endless line is kept, so that a file without line ends cannot fill the memory.
  const shorten = () => {
    if (rest.length <= longestRecord) return
    lost += rest.length - 1000
    rest = rest.slice(0, 1000)
  }
  for await (const text of texts) {
    rest += text
    // A long line in many pieces is looked through once.
    if (end !== null && !text.includes(end)) {
      shorten()
      continue
    }
    if (end === null) {
      const first = rest.search(/[\r\n]/)
      if (first === -1) shorten()
      if (first === -1 || (rest[first] === '\r' && first === rest.length - 1)) continue
      end = rest[first] === '\r' && rest[first + 1] !== '\n' ? '\r' : '\n'
    }
    const lines: Line[] = []
    let from = 0
    for (let to = rest.indexOf(end); to !== -1; to = rest.indexOf(end, from)) {
      lines.push(take(rest.slice(from, to), lost))
      lost = 0
      from = to + 1
    }
    rest = rest.slice(from)
    shorten()
    if (lines.length > 0) yield lines
  }
  if (end === null && rest.endsWith('\r')) {
    end = '\r'
    rest = rest.slice(0, -1)
  }
  if (rest !== '' || lost > 0) yield [take(rest, lost)]
}
