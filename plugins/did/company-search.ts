import type { PluginDatabase } from '../../core/plugin-api.ts'
import { beyond } from './number-list.ts'

/** Numbers of a prefix that are looked at; a prefix of more names no one company. */
const mostOfPrefix = 500

/** Whatever a country's code may be: a number as it is dialled at home is looked up behind each. */
const countryCodes = Array.from({ length: 999 }, (_, index) => String(index + 1))

/** Digits of a number as people write it; `abroad`: with its country's code. Null for what is none. */
const digitsOf = (text: string): { readonly digits: string; readonly abroad: boolean } | null => {
  const [, sign = '', rest = ''] = /^\s*(?:tel:)?(\+|00)?(.*)$/is.exec(text) ?? []
  // "+44 (0)20": that zero is dialled at home only.
  const digits = rest.replace(sign === '' ? '' : '(0)', '').replace(/[\s/().-]/g, '')
  return /^\d{5,15}$/.test(digits) ? { digits, abroad: sign !== '' } : null
}

const holders = async (db: PluginDatabase, numbers: readonly string[]): Promise<readonly (string | null)[]> =>
  (
    await db.all<{ company_id: string | null }>(
      `select company_id from {did} where number in (${numbers.map(() => '?').join(', ')})`,
      numbers
    )
  ).map(({ company_id }) => company_id)

/**
 * The companies that a text leads to when it is a telephone number, as it is dialled from abroad or at home: who has it, or
 * who has numbers that begin so. Nobody for texts that are no number, or too short a part of one.
 */
export const companySearch = async (db: PluginDatabase, text: string): Promise<readonly string[]> => {
  const read = digitsOf(text)
  if (read === null) return []
  const { digits, abroad } = read
  if (!digits.startsWith('0')) {
    const exact = await holders(db, [digits])
    if (exact.length > 0) return exact.flatMap(id => id ?? [])
    const rows = await db.all<{ company_id: string }>(
      `select distinct company_id from (
         select company_id from {did} where number >= ? and number < ? and company_id is not null
         order by number limit ${mostOfPrefix}
       ) as found limit 100`,
      [digits, beyond(digits)]
    )
    if (rows.length > 0 || abroad) return rows.map(({ company_id }) => company_id)
  }
  const local = digits.replace(/^0/, '')
  // Fewer digits are a part of a number, and would be one in many a country.
  if (local.length < 7) return []
  return (
    await holders(
      db,
      countryCodes.map(code => `${code}${local}`)
    )
  ).flatMap(id => id ?? [])
}
