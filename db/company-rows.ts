import type { Knex } from 'knex'
import type { Company } from '../core/ports.ts'
import { type OverrideRow, overrideFrom } from './override-write.ts'
import { groupBy, rowsOf, wordsOf } from './sql.ts'

export interface CompanyRow {
  readonly id: string
  readonly seq: number
  readonly name: string
  readonly name_lower: string
  readonly user_type: Company['userType']
  readonly status: Company['status']
  readonly currency: string
  readonly domain_id: string | null
  readonly version: number
  readonly created_at: number
}

/** Companies with their codes and overrides, in the order of their rows. */
export const companiesFrom = async (knex: Knex, rows: readonly CompanyRow[]): Promise<Company[]> => {
  if (rows.length === 0) return []
  const ids = [JSON.stringify(rows.map(row => row.id))]
  const { each } = wordsOf(knex)
  const codes = groupBy(
    await rowsOf<{ company_id: string; code: string }>(
      knex,
      `SELECT company_id, code FROM company_account_code WHERE company_id IN (SELECT value FROM ${each}) ORDER BY code`,
      ids
    ),
    row => row.company_id
  )
  const overrides = groupBy(
    await rowsOf<OverrideRow>(
      knex,
      `SELECT * FROM company_override WHERE company_id IN (SELECT value FROM ${each}) ORDER BY company_id, key`,
      ids
    ),
    row => row.company_id
  )
  return rows.map(row => ({
    id: row.id,
    name: row.name,
    userType: row.user_type,
    domainId: row.domain_id,
    status: row.status,
    currency: row.currency,
    accountCodes: (codes.get(row.id) ?? []).map(code => code.code),
    overrides: (overrides.get(row.id) ?? []).map(overrideFrom),
    version: row.version,
    createdAt: row.created_at
  }))
}

/** Companies by their ids, in no order. */
export const readCompanies = async (knex: Knex, ids: readonly string[]): Promise<Company[]> =>
  companiesFrom(
    knex,
    await rowsOf<CompanyRow>(knex, `SELECT * FROM company WHERE id IN (SELECT value FROM ${wordsOf(knex).each})`, [
      JSON.stringify(ids)
    ])
  )

export const readCompany = async (knex: Knex, id: string): Promise<Company | null> =>
  (await companiesFrom(knex, await rowsOf<CompanyRow>(knex, 'SELECT * FROM company WHERE id = ?', [id])))[0] ?? null
