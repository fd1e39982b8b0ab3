import { longestRecord } from './read-text.ts'

/** One JSON object of an input, or what is wrong with it. `line` is the line it begins on, counted from 1. */
export type JsonDocument =
  | { readonly line: number; readonly raw: string; readonly value: Readonly<Record<string, unknown>> }
  | { readonly line: number; readonly raw: string; readonly reason: string }

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** The text of a form's field `cdr`, which switches send encoded or as it is; any other text is left alone. */
export const formFieldText = (text: string): string => {
  const field = /(?:^|&)cdr=/.exec(text)
  const value = field === null ? text : text.slice(field.index + field[0].length)
  // An encoded object begins with %7B; one that begins with its brace was not encoded at all.
  if (!/^\s*%7b/i.test(value)) return value
  try {
    return decodeURIComponent(value.split('&')[0]!.replaceAll('+', ' '))
  } catch {
    return text
  }
}

const parseDocument = (line: number, raw: string): JsonDocument => {
  try {
    const value: unknown = JSON.parse(formFieldText(raw))
    return isObject(value) ? { line, raw, value } : { line, raw, reason: 'is not a JSON object' }
  } catch {
    return { line, raw, reason: 'is not valid JSON' }
  }
}

/**
 * The objects of a text that holds one document, several behind each other, one a line, or an array of them; a line
 * may be a form's field `cdr`. A document that breaks off costs only itself: the next line that begins with a brace
 * begins a new one. Nothing but the current document is kept in memory.
 */
export async function* readJsonDocuments(texts: AsyncIterable<string>): AsyncGenerator<readonly JsonDocument[]> {
  let line = 1
  let atLineStart = true
  let inArray = false
  let kept = ''
  let keptLine = 0
  let tooLong = false
  let state = 'between' as 'between' | 'document' | 'other'
  let depth = 0
  let inString = false
  let escaped = false
  let found: JsonDocument[] = []

  const finish = (reason?: string) => {
    const raw = kept.trim()
    if (tooLong)
      found.push({ line: keptLine, raw: raw.slice(0, 1000), reason: `longer than ${longestRecord} characters` })
    else if (reason !== undefined) found.push({ line: keptLine, raw, reason })
    else if (raw !== '') found.push(parseDocument(keptLine, raw))
    kept = ''
    tooLong = false
    state = 'between'
  }
  const begin = (next: 'document' | 'other') => {
    state = next
    keptLine = line
    depth = 0
    inString = false
    escaped = false
  }

  for await (const text of texts) {
    let from = 0
    const keep = (to: number) => {
      if (!tooLong) kept += text.slice(from, to)
      from = to
      if (kept.length > longestRecord) tooLong = true
    }
    for (let index = 0; index < text.length; index += 1) {
      const char = text[index]!
      if (state === 'document' && char === '{' && atLineStart && depth > 0) {
        keep(index)
        finish('the document breaks off')
      }
      if (state === 'between') {
        from = index
        if (char === '{') begin('document')
        else if (char === '[' && !inArray) inArray = true
        else if (char === ']' && inArray) inArray = false
        else if (!/[\s,]/.test(char)) begin('other')
      }
      if (state === 'document') {
        if (inString) {
          if (escaped) escaped = false
          else if (char === '\\') escaped = true
          else if (char === '"' || char === '\n') inString = false
        } else if (char === '"') inString = true
        else if (char === '{' || char === '[') depth += 1
        else if (char === '}' || char === ']') {
          depth -= 1
          if (depth === 0) {
            keep(index + 1)
            finish()
          }
        }
      } else if (state === 'other' && char === '\n') {
        keep(index)
        finish()
      }
      atLineStart = char === '\n'
      if (atLineStart) line += 1
    }
    if (state !== 'between') keep(text.length)
    if (found.length > 0) yield found
    found = []
  }
  if (state === 'document') finish('the document breaks off')
  else if (state === 'other') finish()
  if (found.length > 0) yield found
}
