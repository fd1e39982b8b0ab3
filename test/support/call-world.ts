import { definePlugin, type PluginDatabase } from '../../core/plugin-api.ts'
import { createPluginDatabase } from '../../db/plugin-database.ts'
import { cdrTables } from '../../plugins/cdr/migrations/001-cdr.ts'
import { cdrBatches } from '../../plugins/cdr/migrations/002-batches.ts'
import { cdrTableScopes } from '../../plugins/cdr/tables.ts'
import type { Open, TestDatabase } from './databases.ts'

/** The tables of calls without the rest of the plugin. */
export const callTablesPlugin = definePlugin({
  name: 'cdr',
  version: '0.1.0',
  engine: '^0.1.0',
  owner: 'tests',
  tables: cdrTableScopes,
  migrations: [cdrTables, cdrBatches]
})

/** Account code, id, user type, currency. */
const companies = [
  ['alpha', 'company-alpha-00', 'CUSTOMER', 'EUR'],
  ['beta', 'company-beta-000', 'CUSTOMER', 'EUR'],
  ['trunk', 'company-trunk-00', 'CARRIER', 'USD'],
  ['1000', 'company-1000-000', 'CUSTOMER', 'EUR']
] as const

export interface CallWorld {
  readonly database: TestDatabase
  readonly db: PluginDatabase
  /** Every loaded call, oldest first. */
  calls(): Promise<readonly Record<string, unknown>[]>
  /** Calls in the hourly sums. */
  summed(): Promise<number>
}

/** A database with the tables of calls and a few companies with account codes. */
export const openCallWorld = async (open: Open): Promise<CallWorld> => {
  const database = await open({ plugins: [callTablesPlugin] })
  for (const [index, [code, id, userType, currency]] of companies.entries()) {
    await database.writer('company').insert({
      id,
      seq: index + 1,
      name: code,
      name_lower: code,
      user_type: userType,
      status: 'ACTIVE',
      currency,
      created_at: 0
    })
    await database.writer('company_account_code').insert({ code, company_id: id })
  }
  const db = createPluginDatabase(database, callTablesPlugin)
  return {
    database,
    db,
    calls: async () => db.from('cdr_call').select('*').orderBy(['started_at', 'id']),
    summed: async () => {
      const rows: { attempts: number | string }[] = await db.from('cdr_hourly').select('*')
      return rows.reduce((sum, row) => sum + Number(row.attempts), 0)
    }
  }
}
