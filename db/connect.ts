import { resolve } from 'node:path'
import knexModule, { type Knex } from 'knex'
import pg from 'pg'
import { ConfigurationError } from '../core/errors.ts'
import type { Dialect } from '../core/scope.ts'
import { PostgresqlClient, SqliteReaderClient, SqliteWriterClient } from './clients.ts'
import { mapDatabaseError } from './database-error.ts'
import { PostgresHealth } from './postgres-health.ts'
import { rowsOf } from './sql.ts'

export interface DatabaseSettings {
  /** `postgres://…`, or the path of a SQLite file. Default: `./portal.sqlite`. */
  readonly url?: string
  /** Milliseconds after which a read on `reader` is stopped. Default 5,000. */
  readonly readTimeoutMs?: number
  /** Milliseconds after which a statement on `writer` is stopped, on PostgreSQL. Default 60,000. */
  readonly writeTimeoutMs?: number
  /** Milliseconds to wait for a free connection, and for another process's write lock on SQLite. Default 10,000. */
  readonly waitMs?: number
  /** Connections a pool may hold on PostgreSQL. Default 8. */
  readonly connections?: number
}

/** One database, reached through two pools on the same primary. */
export interface Database {
  readonly dialect: Dialect
  /** Reads only, and only for `readTimeoutMs` a statement; sees everything that was committed before. */
  readonly reader: Knex
  readonly writer: Knex
  /** Runs `work` in one transaction on the writer, IMMEDIATE on SQLite; rolls back when it throws. Pass `trx` to everything inside. */
  transaction<T>(work: (trx: Knex.Transaction) => Promise<T>): Promise<T>
  /** Runs `work` over one snapshot, read only. `timeoutMs` (PostgreSQL only) replaces the reader's time-out, 0 for none. */
  snapshot<T>(work: (trx: Knex.Transaction) => Promise<T>, options?: { timeoutMs?: number }): Promise<T>
  close(): Promise<void>
  /** Driver errors as what a caller may hear: UNAVAILABLE, QUERY_TOO_COMPLEX, CONFLICT; others unchanged. */
  mapError(error: unknown): Error
}

/** Opens and checks a database. @throws PortalError UNAVAILABLE, ConfigurationError when SQLite does not sync fully */
export const openDatabase = async (settings: DatabaseSettings = {}): Promise<Database> => {
  const url = settings.url ?? './portal.sqlite'
  const database = /^postgres(ql)?:\/\//.test(url) ? openPostgresql(url, settings) : openSqlite(url, settings)
  try {
    await check(database)
    return database
  } catch (error) {
    await database.close()
    throw database.mapError(error)
  }
}

const check = async (database: Database): Promise<void> => {
  if (database.dialect === 'postgresql') {
    await rowsOf(database.writer, 'SELECT 1 AS one')
    return
  }
  const [mode] = await rowsOf<{ journal_mode: string }>(database.writer, 'PRAGMA journal_mode')
  const [sync] = await rowsOf<{ synchronous: number }>(database.writer, 'PRAGMA synchronous')
  const [keys] = await rowsOf<{ foreign_keys: number }>(database.writer, 'PRAGMA foreign_keys')
  if (mode?.journal_mode !== 'wal' || sync?.synchronous !== 2 || keys?.foreign_keys !== 1)
    throw new ConfigurationError(
      `SQLite runs with journal_mode=${mode?.journal_mode}, synchronous=${sync?.synchronous}, foreign_keys=${keys?.foreign_keys}; ` +
        'wal, 2 (FULL) and 1 are needed so that an acknowledged write survives a power cut. Put the file on a local disk.'
    )
}

const inTransaction =
  (pool: Knex, prepare?: (trx: Knex.Transaction) => Promise<unknown>) =>
  async <T>(work: (trx: Knex.Transaction) => Promise<T>): Promise<T> => {
    try {
      return await pool.transaction(async trx => {
        await prepare?.(trx)
        return await work(trx)
      })
    } catch (error) {
      throw mapDatabaseError(error)
    }
  }

// What goes wrong with a connection reaches the caller as an error; knex's own lines would repeat it for each.
const quiet = { warn: () => {} }

/* ---------- SQLite: one writer, four readers ---------- */

const openSqlite = (path: string, settings: DatabaseSettings): Database => {
  const filename = resolve(path)
  const waitMs = settings.waitMs ?? 10_000
  const pragmas = (list: readonly string[]) => (connection: SqliteHandle, done: (error: Error | null) => void) => {
    connection.configure('busyTimeout', waitMs)
    connection.exec(list.map(pragma => `PRAGMA ${pragma};`).join(''), error => done(error))
  }
  const writer = knexModule.knex({
    client: SqliteWriterClient,
    connection: { filename },
    useNullAsDefault: true,
    compileSqlOnError: false,
    log: quiet,
    acquireConnectionTimeout: waitMs,
    pool: {
      min: 0,
      max: 1,
      // A connection that idles is kept: opening one costs the page cache.
      idleTimeoutMillis: 3_600_000,
      afterCreate: pragmas([
        'journal_mode = WAL',
        'synchronous = FULL',
        'foreign_keys = ON',
        'temp_store = MEMORY',
        // Kibibytes, and pages: ingest touches indexes all over; small ones rewrite the same pages again and again.
        'cache_size = -131072',
        'wal_autocheckpoint = 8000'
      ])
    }
  })
  const reader = knexModule.knex({
    client: SqliteReaderClient,
    connection: { filename },
    useNullAsDefault: true,
    compileSqlOnError: false,
    log: quiet,
    acquireConnectionTimeout: waitMs,
    statementTimeoutMs: settings.readTimeoutMs ?? 5_000,
    pool: {
      min: 0,
      max: 4,
      idleTimeoutMillis: 3_600_000,
      afterCreate: pragmas(['query_only = ON', 'temp_store = MEMORY', 'cache_size = -16384'])
    }
  } as Knex.Config)
  return {
    dialect: 'sqlite',
    reader,
    writer,
    transaction: inTransaction(writer),
    snapshot: inTransaction(reader),
    close: async () => {
      await reader.destroy()
      await writer.destroy()
    },
    mapError: mapDatabaseError
  }
}

interface SqliteHandle {
  configure(option: 'busyTimeout', ms: number): void
  exec(sql: string, done: (error: Error | null) => void): void
}

/* ---------- PostgreSQL: two pools on one primary ---------- */

// BIGINT as a number while that is exact, else as its digits; SUM gives NUMERIC, which stays text.
const types: pg.CustomTypesConfig = {
  getTypeParser: ((oid: number, format?: 'text' | 'binary') =>
    oid === pg.types.builtins.INT8
      ? (text: string) => {
          const value = Number(text)
          return Number.isSafeInteger(value) ? value : text
        }
      : pg.types.getTypeParser(oid, format as 'text')) as pg.CustomTypesConfig['getTypeParser']
}

/** Longer than any read may run, a snapshot's too. Milliseconds. */
const longestReadMs = 65_000

const openPostgresql = (url: string, settings: DatabaseSettings): Database => {
  const waitMs = settings.waitMs ?? 10_000
  const health = new PostgresHealth({ connectionString: url, application_name: 'portcullis probe' })
  const pool = (name: string, statementTimeoutMs: number, more: pg.ClientConfig) =>
    knexModule.knex({
      client: PostgresqlClient,
      health,
      compileSqlOnError: false,
      log: quiet,
      connection: {
        connectionString: url,
        application_name: `portcullis ${name}`,
        statement_timeout: statementTimeoutMs,
        lock_timeout: waitMs,
        idle_in_transaction_session_timeout: 60_000,
        connectionTimeoutMillis: Math.min(waitMs, 5_000),
        keepAlive: true,
        types,
        ...more
      } as Knex.PgConnectionConfig,
      acquireConnectionTimeout: waitMs,
      pool: { min: 0, max: settings.connections ?? 8 }
    } as Knex.Config)
  const reader = pool('reader', settings.readTimeoutMs ?? 5_000, {
    options: '-c default_transaction_read_only=on',
    // For a connection that is dead while the server is not: nothing comes over it, not even that time is up.
    query_timeout: longestReadMs
  })
  const writer = pool('writer', settings.writeTimeoutMs ?? 60_000, { options: '-c synchronous_commit=on' })
  return {
    dialect: 'postgresql',
    reader,
    writer,
    transaction: inTransaction(writer),
    snapshot: (work, options) =>
      inTransaction(reader, async trx => {
        await trx.raw('SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY')
        if (options?.timeoutMs !== undefined)
          await trx.raw(`SET LOCAL statement_timeout = ${Number(options.timeoutMs)}`)
      })(work),
    close: async () => {
      health.close()
      await reader.destroy()
      await writer.destroy()
    },
    mapError: mapDatabaseError
  }
}
