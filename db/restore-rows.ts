import type { Knex } from 'knex'
import { ConfigurationError, PortalError } from '../core/errors.ts'
import type { BackupEnd, BackupHead, TableEnd, TableHead } from './backup.ts'
import { readBackupLines } from './backup-file.ts'
import { allTables, type BackupTable, quoted } from './backup-tables.ts'
import { dialectOf, rowOf } from './sql.ts'

/** A table's rows as they come: its head, lines of rows, its end. */
export interface BackupReader {
  head(head: BackupHead): Promise<void>
  table(head: TableHead): Promise<void>
  /** @returns how many rows the line has */
  rows(text: string): Promise<number>
}

const damaged = (path: string, what: string): ConfigurationError =>
  new ConfigurationError(`${path} cannot be read: ${what}. Use another backup.`)

/**
 * Reads a whole backup and counts its rows against what it says of itself.
 * @returns rows by table
 * @throws ConfigurationError
 */
export const readBackup = async (path: string, reader: BackupReader): Promise<Readonly<Record<string, number>>> => {
  const counted: Record<string, number> = {}
  let table: string | undefined
  let headSeen = false
  let end: BackupEnd | undefined
  for await (const line of readBackupLines(path)) {
    if (line.startsWith('[')) {
      if (table === undefined) throw damaged(path, 'rows stand outside of a table')
      counted[table] = counted[table]! + (await reader.rows(line))
      continue
    }
    const said = JSON.parse(line) as Partial<BackupHead & TableHead & TableEnd & BackupEnd>
    if (!headSeen) {
      if (said.format !== 'portcullis-backup' || said.formatVersion !== 1)
        throw new ConfigurationError(
          `${path} has the format ${said.format ?? 'of something else'}, version ${said.formatVersion ?? 'unknown'}; this version reads portcullis-backup, version 1.`
        )
      headSeen = true
      await reader.head(said as BackupHead)
    } else if (said.table !== undefined) {
      table = said.table
      counted[table] = 0
      await reader.table(said as TableHead)
    } else if (said.endOf !== undefined) {
      if (said.endOf !== table || said.rows !== (counted[table] as unknown))
        throw damaged(path, `${said.endOf} has ${counted[said.endOf] ?? 0} rows where ${said.rows} were written`)
      table = undefined
    } else end = said as BackupEnd
  }
  if (end === undefined || JSON.stringify(end.rows) !== JSON.stringify(counted))
    throw damaged(path, 'its tables are not complete')
  return counted
}

/** The statement that puts a line of rows, bound to its one `?`, into a table. */
const insertSql = (trx: Knex, head: TableHead, target: BackupTable): string => {
  const names = head.columns.map(quoted).join(', ')
  const isBytes = new Set(head.bytes)
  if (dialectOf(trx) === 'sqlite') {
    const values = head.columns.map((name, index) => {
      const value = `json_extract(value, '$[${index}]')`
      return isBytes.has(name) ? `unhex(${value})` : value
    })
    // Parsed once a row, not once a column.
    return `WITH given AS MATERIALIZED (SELECT jsonb(value) AS value FROM json_each(?)) INSERT INTO ${quoted(head.table)} (${names}) SELECT ${values.join(', ')} FROM given`
  }
  const typeOf = new Map(target.columns.map(({ name, type }) => [name, type]))
  const values = head.columns.map((name, index) =>
    isBytes.has(name) ? `decode(value->>${index}, 'hex')` : `CAST(value->>${index} AS ${typeOf.get(name)})`
  )
  return `INSERT INTO ${quoted(head.table)} (${names}) OVERRIDING SYSTEM VALUE SELECT ${values.join(', ')} FROM jsonb_array_elements(CAST(? AS jsonb)) AS given (value)`
}

const unstorable = (path: string, table: string, error: unknown): unknown => {
  if (error instanceof PortalError && error.code === 'UNAVAILABLE') return error
  const { message } = ((error as Error).cause ?? error) as Error
  return new ConfigurationError(`Rows of ${table} in ${path} cannot be stored: ${message}. Nothing was changed.`)
}

/**
 * Puts the rows of a backup into tables that its own migrations have made and that are empty.
 * @returns tables of the backup that are not there
 */
export const loadRows = async (
  trx: Knex,
  path: string
): Promise<{ readonly rows: number; readonly missing: readonly string[] }> => {
  const targets = new Map((await allTables(trx)).map(table => [table.name, table]))
  const missing: string[] = []
  let table = ''
  let sql: string | null = null
  let rows = 0
  await readBackup(path, {
    head: async () => {},
    table: async head => {
      table = head.table
      const target = targets.get(head.table)
      if (target === undefined) missing.push(head.table)
      const unknown = target && head.columns.find(name => !target.columns.some(column => column.name === name))
      if (unknown !== undefined)
        throw new ConfigurationError(
          `${path} has the column ${head.table}.${unknown}, which this version does not make; restore with the version that made the backup.`
        )
      sql = target === undefined ? null : insertSql(trx, head, target)
    },
    rows: async text => {
      // Of a table that is not there.
      if (sql === null) return (JSON.parse(text) as unknown[]).length
      const answer = await trx.raw(sql, [text]).catch((error: unknown) => {
        throw unstorable(path, table, error)
      })
      const count: number =
        dialectOf(trx) === 'sqlite'
          ? (await rowOf<{ count: number }>(trx, 'SELECT changes() AS count'))!.count
          : answer.rowCount
      rows += count
      return count
    }
  })
  return { rows, missing }
}
