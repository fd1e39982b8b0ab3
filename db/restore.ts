import { existsSync } from 'node:fs'
import { chmod, chown, link, open, realpath, rename, rm, stat } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import type { Knex } from 'knex'
import { ConfigurationError, PortalError } from '../core/errors.ts'
import type { PluginDefinition } from '../core/plugin-api.ts'
import { engineVersion } from '../core/plugin-order.ts'
import type { BackupHead } from './backup.ts'
import { checkBackupFile, readBackupLines } from './backup-file.ts'
import { allTables, quoted } from './backup-tables.ts'
import { type Database, openDatabase } from './connect.ts'
import { ensureTable, lockNumber, migrate, migrationSteps } from './migrate.ts'
import { aliveForMs, livingProcesses } from './process-store.ts'
import { loadRows } from './restore-rows.ts'
import { dialectOf, newId, rowOf, rowsOf, verbatim, wordsOf } from './sql.ts'

export interface RestoreRequest {
  readonly file: string
  /** `postgres://…` of a database that exists, or the path of a SQLite file. */
  readonly url: string
  readonly plugins: readonly PluginDefinition[]
  /** Takes the place of what is there. */
  readonly replace: boolean
  /** Plugins that are not installed and whose tables are left out. */
  readonly without: readonly string[]
  /** For the audit log. */
  readonly actor: string
}

export interface Restored {
  /** The point in time that is back. Milliseconds. */
  readonly at: number
  readonly rows: number
  /** Tables of the file that no migration of this portal makes. */
  readonly leftOut: readonly string[]
  /** What was applied after, when the backup is of an older version. */
  readonly migrated: readonly string[]
  /** Where the database before is kept, on SQLite. */
  readonly before: string | null
}

const headOf = async (file: string): Promise<BackupHead> => {
  for await (const line of readBackupLines(file)) {
    const head = JSON.parse(line) as BackupHead
    if (head.format === 'portcullis-backup' && head.formatVersion === 1) return head
    break
  }
  throw new ConfigurationError(
    `${file} is a backup in a format that this version does not read; use the version that made it.`
  )
}

/** @throws ConfigurationError naming what this version and its plugins do not know */
const refuseUnknown = (head: BackupHead, { file, plugins, without }: RestoreRequest): void => {
  const known = new Set(migrationSteps(plugins).map(({ owner, migration }) => `${owner}/${migration.name}`))
  const owners = new Set(['core', ...plugins.map(({ name }) => `plugin:${name}`)])
  for (const { owner, name } of head.migrations) {
    if (known.has(`${owner}/${name}`)) continue
    if (owners.has(owner))
      throw new ConfigurationError(
        `${file} was made by a newer version, or while one was being brought in: it has the migration ${owner}/${name}, which this one (${engineVersion}) does not know. Restore it with the version that does.`
      )
    const plugin = owner.replace(/^plugin:/, '')
    if (!without.includes(plugin))
      throw new ConfigurationError(
        `${file} holds tables of the plugin ${plugin}, which is not installed; install it (PORTAL_PLUGIN_PACKAGES), or leave its tables out by --without ${plugin}.`
      )
  }
}

/** The schema that the backup was made on. */
const buildSchema = async (
  db: Database,
  trx: Knex.Transaction,
  head: BackupHead,
  plugins: readonly PluginDefinition[]
): Promise<void> => {
  await ensureTable(db, trx)
  const had = new Set(head.migrations.map(({ owner, name }) => `${owner}/${name}`))
  for (const { owner, migration } of migrationSteps(plugins)) {
    if (!had.has(`${owner}/${migration.name}`)) continue
    for (const statement of migration.statements(db.dialect)) await trx.raw(verbatim(trx, statement))
    await trx.raw(`INSERT INTO migration (owner, name, phase, applied_at) VALUES (?, ?, ?, ${wordsOf(trx).now})`, [
      owner,
      migration.name,
      migration.phase ?? 'expand'
    ])
  }
}

/** Takes away what slows loading down. @returns statements that bring it back */
const dropIndexes = async (trx: Knex, dialect: Database['dialect']): Promise<readonly string[]> => {
  if (dialect === 'sqlite') {
    const indexes = await rowsOf<{ name: string; sql: string }>(
      trx,
      `SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL ORDER BY name`
    )
    for (const { name } of indexes) await trx.raw(verbatim(trx, `DROP INDEX ${quoted(name)}`))
    return indexes.map(({ sql }) => sql)
  }
  const inSchema = 'current_schema()::regnamespace'
  const keys = await rowsOf<{ table: string; name: string; definition: string }>(
    trx,
    `SELECT CAST(conrelid::regclass AS TEXT) AS table, conname AS name, pg_get_constraintdef(oid) AS definition
     FROM pg_constraint WHERE contype = 'f' AND connamespace = ${inSchema} ORDER BY conname`
  )
  for (const { table, name } of keys)
    await trx.raw(verbatim(trx, `ALTER TABLE ${table} DROP CONSTRAINT ${quoted(name)}`))
  const indexes = await rowsOf<{ name: string; definition: string }>(
    trx,
    `SELECT CAST(i.indexrelid::regclass AS TEXT) AS name, pg_get_indexdef(i.indexrelid) AS definition
     FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
     WHERE c.relnamespace = ${inSchema} AND NOT EXISTS (SELECT 1 FROM pg_constraint k WHERE k.conindid = i.indexrelid)
       AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.objid = i.indrelid AND d.deptype = 'e')
     ORDER BY c.relname`
  )
  for (const { name } of indexes) await trx.raw(verbatim(trx, `DROP INDEX ${name}`))
  return [
    ...indexes.map(({ definition }) => definition),
    ...keys.map(({ table, name, definition }) => `ALTER TABLE ${table} ADD CONSTRAINT ${quoted(name)} ${definition}`)
  ]
}

/** Numbers that the database gives by itself go on after the highest that is there. */
const continueNumbers = async (trx: Knex): Promise<void> => {
  const columns = await rowsOf<{ table: string; column: string }>(
    trx,
    `SELECT c.relname AS table, a.attname AS column FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
     WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind = 'r' AND a.attidentity <> ''`
  )
  for (const { table, column } of columns)
    await trx.raw(
      `SELECT setval(pg_get_serial_sequence(?, ?), GREATEST(COALESCE(MAX(${quoted(column)}), 0), 1), COALESCE(MAX(${quoted(column)}), 0) > 0) FROM ${quoted(table)}`,
      [quoted(table), column]
    )
}

/** Counters go on far beyond any that a process can have seen, of this database and of the one before: nobody mistakes old for new. */
const raiseCounters = async (trx: Knex, seenBefore: number): Promise<void> => {
  const { now } = wordsOf(trx)
  // 2^21 a second: more writes than any database takes, and exact as a number until the year 2106.
  await trx.raw(
    `UPDATE access_counter SET revision = ${dialectOf(trx) === 'sqlite' ? 'MAX' : 'GREATEST'}(revision + 1, CAST(? AS BIGINT), (${now} / 1000) * 2097152)`,
    [seenBefore + 1]
  )
}

const mostSeen = async (trx: Knex, tables: readonly string[]): Promise<number> =>
  tables.includes('access_counter')
    ? ((await rowOf<{ most: number | null }>(trx, 'SELECT MAX(revision) AS most FROM access_counter'))?.most ?? 0)
    : 0

const breaksRules = (file: string, error: unknown): unknown => {
  if (error instanceof PortalError && error.code === 'UNAVAILABLE') return error
  const { message } = ((error as Error).cause ?? error) as Error
  return new ConfigurationError(
    `${file} breaks a rule of its tables (${message}). Nothing was changed; use another backup.`
  )
}

/** Everything inside one transaction, on tables that are not there yet. */
const load = async (
  db: Database,
  trx: Knex.Transaction,
  head: BackupHead,
  request: RestoreRequest,
  seenBefore: number
): Promise<Pick<Restored, 'rows' | 'leftOut'>> => {
  await buildSchema(db, trx, head, request.plugins)
  const rebuild = await dropIndexes(trx, db.dialect)
  // What migrations put in stands in the backup as well.
  for (const { name } of await allTables(trx)) if (name !== 'migration') await trx.raw(`DELETE FROM ${quoted(name)}`)
  const { rows, missing } = await loadRows(trx, request.file)
  for (const statement of rebuild)
    await trx.raw(verbatim(trx, statement)).catch((error: unknown) => {
      throw breaksRules(request.file, error)
    })
  if (db.dialect === 'postgresql') await continueNumbers(trx)
  else {
    const [orphan] = await rowsOf<{ table: string }>(trx, 'PRAGMA foreign_key_check')
    if (orphan) throw breaksRules(request.file, new Error(`rows of ${orphan.table} point to rows that are not there`))
  }
  await raiseCounters(trx, seenBefore)
  await trx.raw('UPDATE job SET lease_token = NULL, lease_until = NULL')
  // By the columns that every version has: the tables are still those of the backup.
  await trx.raw(
    `INSERT INTO audit_entry (id, at, actor, action, target, after)
     SELECT CAST(? AS TEXT), ${wordsOf(trx).now}, CAST(? AS TEXT), 'restoreBackup', 'database', CAST(? AS TEXT)`,
    [newId(), request.actor, JSON.stringify({ at: new Date(head.at).toISOString(), engine: head.engine, rows })]
  )
  return { rows, leftOut: missing }
}

const notEmpty = (what: string): ConfigurationError =>
  new ConfigurationError(
    `${what} is not empty. Restore into a new database, or give --replace to put the backup in the place of what is there.`
  )
const inUse = (what: string, who: string): ConfigurationError =>
  new ConfigurationError(
    `${what} is in use by ${who}. Stop every process of the portal on it, then restore again; nothing was changed.`
  )

/* ---------- PostgreSQL: one transaction ---------- */

const refuseUsers = async (trx: Knex, tables: readonly string[]): Promise<void> => {
  // Another user's name of a program is not shown to everybody; such a session counts.
  const users = await rowsOf<{ name: string; pid: number }>(
    trx,
    `SELECT COALESCE(application_name, '') AS name, pid FROM pg_stat_activity
     WHERE datname = current_database() AND backend_type = 'client backend' AND pid <> pg_backend_pid()
       AND (application_name IN ('portcullis reader', 'portcullis writer') OR query = '<insufficient privilege>')`
  )
  const [user] = users
  if (user)
    throw inUse(
      'The database',
      `${users.length} sessions of the portal (process ${user.pid} of the server: ${user.name || 'of another user'})`
    )
  // One that lost its connections, as when the server was started anew, comes back. A database of before has no such table.
  const [process] = tables.includes('process') ? await livingProcesses(trx) : []
  if (process)
    throw inUse(
      'The database',
      `the process ${process.pid} on ${process.host} (if it was killed: that is known in ${aliveForMs / 1000} seconds)`
    )
}

const intoPostgresql = async (head: BackupHead, request: RestoreRequest): Promise<Restored> => {
  const db = await openDatabase({ url: request.url, connections: 1 })
  try {
    const loaded = await db.transaction(async trx => {
      for (const limit of ['statement_timeout', 'idle_in_transaction_session_timeout'])
        await trx.raw(`SET LOCAL ${limit} = 0`)
      // Whoever starts meanwhile waits here and finds the restored database.
      await trx.raw(`SELECT pg_advisory_xact_lock(${lockNumber})`)
      const tables = (await allTables(trx)).map(({ name }) => name)
      if (tables.length > 0 && !request.replace) throw notEmpty('The database')
      await refuseUsers(trx, tables)
      const seenBefore = await mostSeen(trx, tables)
      if (tables.length > 0) await trx.raw(`DROP TABLE ${tables.map(quoted).join(', ')} CASCADE`)
      await trx.raw(`SET LOCAL maintenance_work_mem = '256MB'`)
      return load(db, trx, head, request, seenBefore)
    })
    const migrated = await migrate(db, request.plugins)
    await db.writer.raw('ANALYZE')
    return { ...loaded, at: head.at, migrated, before: null }
  } finally {
    await db.close()
  }
}

/* ---------- SQLite: a file beside, moved into place when it is whole ---------- */

/** Holds an existing file so that nobody else can open it. */
const holdAlone = async (path: string): Promise<Database> => {
  const db = await openDatabase({ url: path })
  try {
    await db.writer.raw('PRAGMA busy_timeout = 1000')
    // Leaving WAL is possible only for the one process that has the file open, and leaves everything in the file itself.
    await db.writer.raw('PRAGMA locking_mode = EXCLUSIVE')
    const [mode] = await rowsOf<{ journal_mode: string }>(db.writer, 'PRAGMA journal_mode = DELETE')
    if (mode?.journal_mode !== 'delete') throw inUse(path, 'another process')
    await db.writer.raw('BEGIN EXCLUSIVE')
    return db
  } catch (error) {
    await db.close()
    throw error
  }
}

/** What SQLite says of a file that is there already. */
const fileFault = (path: string, error: unknown): unknown => {
  const cause = error instanceof PortalError ? error.cause : error
  const { code, message, syscall } = (cause ?? {}) as NodeJS.ErrnoException
  if (code === 'SQLITE_BUSY' || code === 'SQLITE_LOCKED') return inUse(path, 'another process')
  if (code === 'SQLITE_CANTOPEN')
    return new ConfigurationError(
      `${path} cannot be opened: its folder is missing or may not be written, or it is a folder.`
    )
  if (code === 'SQLITE_NOTADB' || code === 'SQLITE_CORRUPT')
    return new ConfigurationError(
      `${path} is damaged (${message}). Move it away with its -wal and -shm files, and restore again.`
    )
  return syscall === undefined ? error : new ConfigurationError(`${path}: ${message}. Nothing was changed.`)
}

/** SQLite would take what is written there for changes of the restored file. @throws ConfigurationError */
const refuseLeftBeside = (path: string): void => {
  const left = ['-wal', '-journal'].map(ending => `${path}${ending}`).find(existsSync)
  if (left !== undefined)
    throw new ConfigurationError(
      `${left} belongs to a database that is not there any more; move it to where that one is, with its -shm, and restore again.`
    )
}

const sync = async (path: string): Promise<void> => {
  const opened = await open(path, 'r')
  try {
    await opened.sync()
  } finally {
    await opened.close()
  }
}

const intoSqlite = async (head: BackupHead, request: RestoreRequest): Promise<Restored> => {
  const path = existsSync(request.url) ? await realpath(request.url) : resolve(request.url)
  // Two restores at once must not write into one file; one that was killed leaves its own behind.
  const beside = `${path}.${process.pid}.restoring`
  let held: Database | null = null
  try {
    if (existsSync(path)) held = await holdAlone(path)
    else refuseLeftBeside(path)
    const tables = held ? (await allTables(held.writer)).map(({ name }) => name) : []
    if (tables.length > 0 && !request.replace) throw notEmpty(path)
    const seenBefore = held ? await mostSeen(held.writer, tables) : 0
    for (const ending of ['', '-wal', '-shm', '-journal']) await rm(`${beside}${ending}`, { force: true })
    const db = await openDatabase({ url: beside })
    let result: Restored
    try {
      // The file counts only once it is whole, so that nothing of it needs to be safe before.
      for (const pragma of [
        'journal_mode = OFF',
        'synchronous = OFF',
        'foreign_keys = OFF',
        'cache_size = -524288',
        'temp_store = FILE'
      ])
        await db.writer.raw(`PRAGMA ${pragma}`)
      const loaded = await db.transaction(trx => load(db, trx, head, request, seenBefore))
      const migrated = await migrate(db, request.plugins)
      const before = tables.length > 0 ? `${path}.before-restore-${new Date().toISOString().replaceAll(':', '')}` : null
      result = { ...loaded, at: head.at, migrated, before }
    } finally {
      await db.close()
    }
    await sync(beside)
    if (held) {
      // Whoever serves must be able to open it, also when somebody else restores.
      const was = await stat(path)
      await chmod(beside, was.mode)
      if (process.getuid?.() === 0) await chown(beside, was.uid, was.gid)
      // At no instant is there no file: whoever starts then would begin an empty portal.
      if (result.before !== null) await link(path, result.before)
      await rename(beside, path)
    } else {
      // Unlike a rename, a link refuses a file that somebody else has made meanwhile.
      await link(beside, path)
      await rm(beside)
    }
    await sync(dirname(path))
    return result
  } catch (error) {
    for (const ending of ['', '-wal', '-shm', '-journal']) await rm(`${beside}${ending}`, { force: true })
    throw fileFault(path, error)
  } finally {
    await held?.close()
  }
}

/**
 * Puts a backup into a database: all of it or nothing. One of an older version is brought up to date afterwards.
 * @throws ConfigurationError when file or database cannot be used, with what to do; the database is then as it was
 */
export const restoreBackup = async (request: RestoreRequest): Promise<Restored> => {
  await checkBackupFile(request.file)
  const head = await headOf(request.file)
  refuseUnknown(head, request)
  return /^postgres(ql)?:\/\//.test(request.url) ? intoPostgresql(head, request) : intoSqlite(head, request)
}
