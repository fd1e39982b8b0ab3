import { badInput } from '../../core/plugin-api.ts'
import { e164 } from './destination.ts'
import { mostNumbers } from './inventory.ts'

const oneEnd = (path: string, text: string): string => {
  const number = e164(text)
  if (number === undefined) throw badInput(path, 'must be 5 to 15 digits, country code first')
  return number
}

/**
 * Every number from one to another, both included; the end is a number or a count.
 * @param path in front of `from`, `to` and `count`; empty for arguments of their own
 * @throws PortalError BAD_USER_INPUT
 */
export const numberRange = (
  range: { readonly from: string; readonly to?: string | null; readonly count?: number | null },
  path = ''
): readonly string[] => {
  const from = oneEnd(`${path}from`, range.from)
  if ((range.to == null) === (range.count == null)) throw badInput(`${path}to`, 'give `to` or `count`, one of them')
  // 15 digits are exact.
  const first = Number(from)
  const last = range.to == null ? first + (range.count as number) - 1 : Number(oneEnd(`${path}to`, range.to))
  if (range.count != null && range.count < 1) throw badInput(`${path}count`, 'must be at least 1')
  const end = range.to == null ? `${path}count` : `${path}to`
  if (String(last).length !== from.length) throw badInput(end, 'must lead to a number as long as the first')
  if (last < first) throw badInput(end, 'must not lie before the first number')
  if (last - first >= mostNumbers) throw badInput(end, `must name at most ${mostNumbers} numbers`)
  return Array.from({ length: last - first + 1 }, (_, index) => String(first + index))
}
