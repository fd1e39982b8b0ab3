import { createRequire } from 'node:module'
import type { Knex } from 'knex'
import { mapDatabaseError } from './database-error.ts'

const require = createRequire(import.meta.url)

// The one seam to the drivers. knex has no public way to BEGIN IMMEDIATE, to stop a statement on SQLite or to translate
// errors, so its dialects are subclassed. knex is pinned in package.json for this reason; db/connect.test.ts fails when
// an upgrade moves these parts.
interface Connection {
  interrupt(): void
}
interface Client {
  readonly config: Knex.Config & { statementTimeoutMs?: number }
  query(connection: Connection, query: unknown): Promise<unknown>
  _query(connection: Connection, query: unknown): Promise<unknown>
  acquireConnection(): Promise<Connection>
  transaction(container: unknown, config: unknown, outer: unknown): unknown
  prepBindings(bindings: readonly unknown[]): readonly unknown[]
}
type ClientClass = new (config: Knex.Config) => Client
interface Transaction {
  query(connection: Connection, sql: string): Promise<unknown>
}

const SqliteBase = require('knex/lib/dialects/sqlite3/index.js') as ClientClass
const PostgresqlBase = require('knex/lib/dialects/postgres/index.js') as ClientClass
const SqliteTransaction = require('knex/lib/dialects/sqlite3/execution/sqlite-transaction.js') as new (
  ...parts: unknown[]
) => Transaction

/** Everything that fails below knex leaves it as an error that a caller may hear. */
const speaking = (Base: ClientClass): ClientClass =>
  class extends Base {
    override async query(connection: Connection, query: unknown): Promise<unknown> {
      try {
        return await super.query(connection, query)
      } catch (error) {
        throw mapDatabaseError(error)
      }
    }
    override async acquireConnection(): Promise<Connection> {
      try {
        return await super.acquireConnection()
      } catch (error) {
        throw mapDatabaseError(error)
      }
    }
  }

/** Takes the write lock at its start, so that read-then-write never meets SQLITE_BUSY half-way. */
class ImmediateTransaction extends SqliteTransaction {
  begin(connection: Connection): Promise<unknown> {
    return this.query(connection, 'BEGIN IMMEDIATE;')
  }
}

class SqliteClient extends speaking(SqliteBase) {
  // The driver knows no BigInt; a column of integers takes the digits.
  override prepBindings(bindings: readonly unknown[] = []): readonly unknown[] {
    return bindings.map(value =>
      typeof value === 'bigint' ? (Number.isSafeInteger(Number(value)) ? Number(value) : value.toString()) : value
    )
  }
}

/** Every transaction is IMMEDIATE. */
class SqliteWriter extends SqliteClient {
  override transaction(container: unknown, config: unknown, outer: unknown): unknown {
    return new ImmediateTransaction(this, container, config, outer)
  }
}

/** A statement that runs longer than `statementTimeoutMs` is interrupted; the connection stays usable. */
class SqliteReader extends SqliteClient {
  override async _query(connection: Connection, query: unknown): Promise<unknown> {
    const { statementTimeoutMs } = this.config
    if (!statementTimeoutMs) return super._query(connection, query)
    let again: NodeJS.Timeout | undefined
    // Repeated: a statement that still waits for a thread is not running yet and would not notice one interrupt.
    const timer = setTimeout(() => {
      connection.interrupt()
      again = setInterval(() => connection.interrupt(), 25)
    }, statementTimeoutMs)
    try {
      return await super._query(connection, query)
    } finally {
      clearTimeout(timer)
      clearInterval(again)
    }
  }
}

const forKnex = (client: unknown): typeof Knex.Client => client as typeof Knex.Client
export const SqliteWriterClient = forKnex(SqliteWriter)
export const SqliteReaderClient = forKnex(SqliteReader)
export const PostgresqlClient = forKnex(speaking(PostgresqlBase))
