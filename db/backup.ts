import type { Knex } from 'knex'
import { ConfigurationError } from '../core/errors.ts'
import { engineVersion } from '../core/plugin-order.ts'
import { type BackupTable, quoted, tablesToBackUp } from './backup-tables.ts'
import type { Database } from './connect.ts'
import { clockOf, rowOf, rowsOf } from './sql.ts'

/** The first line of a backup. */
export interface BackupHead {
  readonly format: 'portcullis-backup'
  readonly formatVersion: 1
  /** Version of the portal that made it. */
  readonly engine: string
  readonly dialect: string
  /** The point in time it holds, by the clock of its database. Milliseconds. */
  readonly at: number
  /** What its tables were made by. */
  readonly migrations: readonly { readonly owner: string; readonly name: string }[]
}

/** Stands before the rows of a table; after them stands `TableEnd`. */
export interface TableHead {
  readonly table: string
  readonly columns: readonly string[]
  /** Columns whose values are written in hexadecimal. */
  readonly bytes: readonly string[]
}
export interface TableEnd {
  readonly endOf: string
  readonly rows: number
}
/** The last line. */
export interface BackupEnd {
  readonly rows: Readonly<Record<string, number>>
}

/** A line of rows: a JSON array of them, made and read by the databases, so that whole numbers of any size stay whole. */
interface Page {
  readonly text: string
  readonly rows: number
}

/** Bytes of a line that holds many rows; a single row may be longer. */
const pageBytes = 4_000_000
const pageRows = 4_000

/* ---------- SQLite: page by page in the order of the key ---------- */

async function* sqlitePages(trx: Knex, { name, columns, key }: BackupTable): AsyncGenerator<Page> {
  const keys = key.map(quoted).join(', ')
  const marks = key.map(() => '?').join(', ')
  const lengths = columns.map(column => `COALESCE(octet_length(${quoted(column.name)}), 4)`).join(' + ')
  const texts = key.map((column, index) => `CAST(${quoted(column)} AS TEXT) AS k${index}`).join(', ')
  const values = columns.map(column => {
    const named = quoted(column.name)
    return column.isBytes ? `CASE WHEN ${named} IS NOT NULL THEN hex(${named}) END` : named
  })
  for (let after: readonly string[] = []; ; ) {
    const beyond = after.length > 0 ? `WHERE (${keys}) > (${marks})` : ''
    // The last key of the page: as many rows as its size admits, known without reading long values.
    const last = await rowOf<Record<string, string>>(
      trx,
      `SELECT * FROM (
         SELECT ${texts}, row_number() OVER w AS n, SUM(${lengths}) OVER w AS total
         FROM (SELECT ${key[0] === 'rowid' ? 'rowid, ' : ''}* FROM ${quoted(name)} ${beyond} ORDER BY ${keys} LIMIT ${pageRows})
         WINDOW w AS (ORDER BY ${keys} ROWS UNBOUNDED PRECEDING)
       ) WHERE n = 1 OR total <= ${pageBytes} ORDER BY n DESC LIMIT 1`,
      after
    )
    if (last === undefined) return
    const to = key.map((_, index) => last[`k${index}`]!)
    const page = await rowOf<Page>(
      trx,
      `SELECT json_group_array(json_array(${values.join(', ')})) AS text, COUNT(*) AS rows
       FROM (SELECT * FROM ${quoted(name)} WHERE ${after.length > 0 ? `(${keys}) > (${marks}) AND ` : ''}(${keys}) <= (${marks}) ORDER BY ${keys})`,
      [...after, ...to]
    )
    yield page!
    after = to
  }
}

/* ---------- PostgreSQL: a cursor over the table as it lies on the disk ---------- */

/** How many rows fit a page. Only a table with values that are kept apart can have long rows. */
const rowsAPage = async (trx: Knex, { name, columns }: BackupTable): Promise<number> => {
  const long = columns.filter(({ type }) => /^(bytea|text|json|character)/.test(type))
  const apart = await rowOf<{ bytes: number }>(
    trx,
    `SELECT pg_relation_size(reltoastrelid) AS bytes FROM pg_class WHERE relname = ? AND relnamespace = current_schema()::regnamespace AND reltoastrelid <> 0`,
    [name]
  )
  if (!apart?.bytes || long.length === 0) return pageRows
  const lengths = long.map(
    column => `COALESCE(octet_length(CAST(${quoted(column.name)} AS ${column.isBytes ? 'bytea' : 'text'})), 0)`
  )
  const row = await rowOf<{ most: number | null }>(
    trx,
    `SELECT MAX(${lengths.join(' + ')}) AS most FROM ${quoted(name)}`
  )
  return Math.max(1, Math.min(pageRows, Math.floor(pageBytes / ((row?.most ?? 0) + 1))))
}

async function* postgresqlPages(trx: Knex, table: BackupTable): AsyncGenerator<Page> {
  const values = table.columns.map(({ name, isBytes }) => (isBytes ? `encode(${quoted(name)}, 'hex')` : quoted(name)))
  const most = await rowsAPage(trx, table)
  await trx.raw(
    `DECLARE backup_rows NO SCROLL CURSOR FOR SELECT CAST(json_build_array(${values.join(', ')}) AS TEXT) AS row FROM ${quoted(table.name)}`
  )
  for (;;) {
    const rows = await rowsOf<{ row: string }>(trx, `FETCH ${most} FROM backup_rows`)
    if (rows.length === 0) break
    yield { text: `[${rows.map(({ row }) => row).join(',')}]`, rows: rows.length }
  }
  await trx.raw('CLOSE backup_rows')
}

/* ---------- both ---------- */

async function* linesOf(trx: Knex, dialect: Database['dialect']): AsyncGenerator<string> {
  const hasPortal = (await tablesToBackUp(trx)).some(({ name }) => name === 'access_counter')
  if (!hasPortal) throw new ConfigurationError('There is no portal in this database; check PORTAL_DATABASE_URL.')
  const head: BackupHead = {
    format: 'portcullis-backup',
    formatVersion: 1,
    engine: engineVersion,
    dialect,
    at: await clockOf(trx),
    migrations: await rowsOf(trx, 'SELECT owner, name FROM migration ORDER BY applied_at, owner, name')
  }
  yield `${JSON.stringify(head)}\n`
  const tables = await tablesToBackUp(trx)
  // A table that is changed half-way would be read wrongly; whoever wants to change one waits.
  if (dialect === 'postgresql')
    await trx.raw(`LOCK TABLE ${tables.map(({ name }) => quoted(name)).join(', ')} IN ACCESS SHARE MODE`)
  const rows: Record<string, number> = {}
  for (const table of tables) {
    const columns = table.columns.map(({ name }) => name)
    const bytes = table.columns.flatMap(({ name, isBytes }) => (isBytes ? [name] : []))
    yield `${JSON.stringify({ table: table.name, columns, bytes } satisfies TableHead)}\n`
    let count = 0
    for await (const page of dialect === 'sqlite' ? sqlitePages(trx, table) : postgresqlPages(trx, table)) {
      yield `${page.text}\n`
      count += page.rows
    }
    yield `${JSON.stringify({ endOf: table.name, rows: count } satisfies TableEnd)}\n`
    rows[table.name] = count
  }
  yield `${JSON.stringify({ rows } satisfies BackupEnd)}\n`
}

/**
 * Reads the whole database at one point in time, while it is in use, and hands it over as lines.
 * @param db opened without time-outs of its own
 */
export const readForBackup = <T>(db: Database, take: (lines: AsyncIterable<string>) => Promise<T>): Promise<T> =>
  db.dialect === 'sqlite'
    ? db.snapshot(trx => take(linesOf(trx, 'sqlite')))
    : db.transaction(async trx => {
        await trx.raw('SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY')
        await trx.raw('SET LOCAL statement_timeout = 0')
        await trx.raw('SET LOCAL idle_in_transaction_session_timeout = 0')
        return take(linesOf(trx, 'postgresql'))
      })
