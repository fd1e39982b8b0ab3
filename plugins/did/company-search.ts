import type { PluginDatabase } from '../../core/plugin-api.ts'
import { beyond } from './number-list.ts'

/** Numbers of a prefix that are looked at; a prefix of more names no one company. */
const mostOfPrefix = 500

/**
 * The companies that a text leads to when it is a telephone number: who has it, or who has numbers that begin so.
 * Nobody for texts that are no number, or too short a part of one.
 */
export const companySearch = async (db: PluginDatabase, text: string): Promise<readonly string[]> => {
  const digits = text
    .trim()
    .replace(/^\+/, '')
    .replace(/[ ().-]/g, '')
  if (!/^[1-9]\d{4,14}$/.test(digits)) return []
  const exact = await db.all<{ company_id: string | null }>('select company_id from {did} where number = ?', [digits])
  if (exact.length > 0) return exact.flatMap(({ company_id }) => company_id ?? [])
  const rows = await db.all<{ company_id: string }>(
    `select distinct company_id from (
       select company_id from {did} where number >= ? and number < ? and company_id is not null
       order by number limit ${mostOfPrefix}
     ) as found limit 100`,
    [digits, beyond(digits)]
  )
  return rows.map(({ company_id }) => company_id)
}
