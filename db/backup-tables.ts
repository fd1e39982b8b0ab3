import type { Knex } from 'knex'
import { dialectOf, rowsOf } from './sql.ts'

/** A name inside a statement. */
export const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`

/** One table as a backup sees it. Generated columns are no part of it. */
export interface BackupTable {
  readonly name: string
  readonly columns: readonly BackupColumn[]
  /** What its rows are read in the order of, on SQLite. */
  readonly key: readonly string[]
}
export interface BackupColumn {
  readonly name: string
  /** As the database spells it. */
  readonly type: string
  readonly isBytes: boolean
}

/**
 * What no backup holds; every other table is in it, those of later migrations as well. Nobody is signed in after a restore,
 * and links that let somebody in are dead; which processes live and what they still have to be told belongs to the running
 * installation. Migrations stand at the head of the file.
 */
export const leftOut: ReadonlySet<string> = new Set([
  'contact_session',
  'staff_session',
  'view_as_ticket',
  'password_link',
  'sign_in_failure',
  'process',
  'backup_done',
  'access_change',
  'migration'
])

const sqliteTables = async (knex: Knex): Promise<BackupTable[]> => {
  const tables = await rowsOf<{ name: string; clustered: number }>(
    knex,
    `SELECT name, wr AS clustered FROM pragma_table_list
     WHERE schema = 'main' AND type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY name`
  )
  return Promise.all(
    tables.map(async ({ name, clustered }) => {
      const columns = await rowsOf<{ name: string; type: string; pk: number }>(
        knex,
        'SELECT name, type, pk FROM pragma_table_xinfo(?) WHERE hidden = 0 ORDER BY cid',
        [name]
      )
      const key = columns.filter(({ pk }) => pk > 0).sort((a, b) => a.pk - b.pk)
      return {
        name,
        columns: columns.map(column => ({
          name: column.name,
          type: column.type,
          isBytes: column.type.toUpperCase() === 'BLOB'
        })),
        key: clustered === 1 ? key.map(column => column.name) : ['rowid']
      }
    })
  )
}

const postgresqlTables = async (knex: Knex): Promise<BackupTable[]> => {
  const rows = await rowsOf<{ table: string; column: string; type: string }>(
    knex,
    `SELECT c.relname AS table, a.attname AS column, format_type(a.atttypid, a.atttypmod) AS type
     FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
     WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind = 'r' AND a.attnum > 0 AND NOT a.attisdropped
       AND a.attgenerated = '' AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.objid = c.oid AND d.deptype = 'e')
     ORDER BY c.relname COLLATE "C", a.attnum`
  )
  const tables = new Map<string, BackupColumn[]>()
  for (const { table, column, type } of rows)
    tables.set(table, [...(tables.get(table) ?? []), { name: column, type, isBytes: type === 'bytea' }])
  return [...tables].map(([name, columns]) => ({ name, columns, key: [] }))
}

/** Every table of the database, those of extensions left out. */
export const allTables = (knex: Knex): Promise<BackupTable[]> =>
  dialectOf(knex) === 'sqlite' ? sqliteTables(knex) : postgresqlTables(knex)

/** The tables that a backup holds. */
export const tablesToBackUp = async (knex: Knex): Promise<BackupTable[]> =>
  (await allTables(knex)).filter(({ name }) => !leftOut.has(name))
