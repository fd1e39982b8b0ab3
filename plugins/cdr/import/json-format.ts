import { badInput } from '../../../core/plugin-api.ts'
import { reasonOf } from './csv-format.ts'
import { readJsonDocuments } from './json-documents.ts'
import type { CallFormat, ParsedCall, ParsedRecord, ReadOptions } from './parsed-call.ts'
import { decodeText } from './read-text.ts'

type Json = Readonly<Record<string, unknown>>

/** A reader of call records that are JSON objects. */
export const jsonFormat = (format: {
  readonly name: string
  readonly summary: string
  /** @throws PortalError BAD_USER_INPUT when the document is no call */
  call(document: Json, options: ReadOptions): ParsedCall
}): CallFormat => ({
  name: format.name,
  summary: format.summary,
  localTimes: false,
  async *read(input, options) {
    for await (const documents of readJsonDocuments(decodeText(input))) {
      yield documents.map((document): ParsedRecord => {
        const { line, raw } = document
        if ('reason' in document) return { line, raw, reason: document.reason }
        try {
          return { line, raw, call: format.call(document.value, options) }
        } catch (error) {
          return { line, raw, reason: reasonOf(error) }
        }
      })
    }
  }
})

/** A part of a document that is an object; empty when it is absent or something else. */
export const objectIn = (document: Json, name: string): Json => {
  const value = Object.hasOwn(document, name) ? document[name] : undefined
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : {}
}

/** A text or number of a document as text without blanks around it; empty when it is absent or something else. */
export const textIn = (document: Json, name: string): string => {
  const value = Object.hasOwn(document, name) ? document[name] : undefined
  if (typeof value === 'number' && Number.isFinite(value)) return String(value)
  // PostgreSQL stores no NUL character.
  return typeof value === 'string' ? value.replaceAll('\0', '').trim() : ''
}

/** A text that must be there. @throws PortalError BAD_USER_INPUT when it is not */
export const requiredIn = (document: Json, name: string): string => {
  const text = textIn(document, name)
  if (text === '') throw badInput(name, 'is missing')
  return text
}
