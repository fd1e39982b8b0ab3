import { badInput } from '../../../core/plugin-api.ts'

const plus = /^(?:tel:)?\+([\d ().-]+)$/

/**
 * A number as a call record keeps it: E.164 digits when the text says so with a plus sign, else exactly what was dialled.
 * Whether `0044…` or `020…` is international, national or an extension depends on the dial plan and is not guessed.
 * @throws PortalError BAD_USER_INPUT for more than 256 characters
 */
export const normaliseNumber = (column: string, text: string): string => {
  const trimmed = text.trim()
  const digits = plus.exec(trimmed)?.[1]?.replace(/\D/g, '')
  if (digits !== undefined && digits.length >= 4 && digits.length <= 15) return digits
  if (trimmed.length > 256) throw badInput(column, 'is longer than 256 characters')
  return trimmed
}

const bracketed = /<([^<>]*)>\s*$/

/** The number of an Asterisk caller id, `"Name" <number>`; a caller id without brackets is the number itself. */
export const numberOfClid = (clid: string): string => {
  const inside = bracketed.exec(clid)
  if (inside !== null) return inside[1]!.trim()
  return /^\+?[\d*#]+$/.test(clid.trim()) ? clid.trim() : ''
}
