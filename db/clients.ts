import { createRequire } from 'node:module'
import type { Knex } from 'knex'
import { PortalError } from '../core/errors.ts'
import { mapDatabaseError } from './database-error.ts'
import { cutOff, type PostgresHealth } from './postgres-health.ts'

const require = createRequire(import.meta.url)

// The one seam to the drivers. knex has no public way to BEGIN IMMEDIATE, to stop a statement on SQLite or to translate
// errors, so its dialects are subclassed. knex is pinned in package.json for this reason; db/connect.test.ts fails when
// an upgrade moves these parts.
interface Connection {
  interrupt(): void
  /** A reason to take no more use of it. */
  __knex__disposed?: unknown
}
interface Client {
  readonly config: Knex.Config & { statementTimeoutMs?: number; health?: PostgresHealth }
  query(connection: Connection, query: unknown): Promise<unknown>
  _query(connection: Connection, query: unknown): Promise<unknown>
  acquireConnection(): Promise<Connection>
  acquireRawConnection(): Promise<Connection>
  releaseConnection(connection: Connection): Promise<void>
  validateConnection(connection: Connection): boolean | Promise<boolean>
  transaction(container: unknown, config: unknown, outer: unknown): unknown
  prepBindings(bindings: readonly unknown[]): readonly unknown[]
}
type ClientClass = new (config: Knex.Config) => Client
interface Transaction {
  readonly client: Client
  readonly trxClient: Client
  _completed: boolean
  _resolver(value: unknown): void
  _rejecter(error: unknown): void
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
  // knex's own way to ask takes no notice of a refusal here: it would go on, and roll back what is the next one's by then.
  begin(connection: Connection): Promise<unknown> {
    return this.trxClient.query(connection, 'BEGIN IMMEDIATE;')
  }

  // knex would hand the connection back with the transaction still open when its end fails.
  async commit(connection: Connection, value: unknown): Promise<void> {
    const committed = this.trxClient.query(connection, 'COMMIT;')
    this._completed = true
    try {
      await committed
    } catch (error) {
      return this.rollback(connection, error)
    }
    this._resolver(value)
  }

  // A full disk makes SQLite roll back by itself; the error to tell is then the first one.
  async rollback(connection: Connection, error: unknown): Promise<void> {
    this._completed = true
    try {
      await this.client.query(connection, 'ROLLBACK;')
    } catch (fault) {
      if (!/no transaction is active/.test((fault as Error).message)) connection.__knex__disposed = fault
    }
    this._rejecter(error ?? new Error('The transaction was rolled back.'))
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

const generations = new WeakMap<Connection, number>()

/** Refuses at once while the server is known to be down, and leaves nobody waiting for a server that does not answer. */
class Postgresql extends PostgresqlBase {
  override async acquireRawConnection(): Promise<Connection> {
    const { health } = this.config
    const { generation } = health!
    const connection = await super.acquireRawConnection()
    generations.set(connection, generation)
    return connection
  }

  override validateConnection(connection: Connection): boolean | Promise<boolean> {
    return generations.get(connection) === this.config.health!.generation && super.validateConnection(connection)
  }

  override async acquireConnection(): Promise<Connection> {
    const health = this.config.health!
    health.check()
    try {
      return await health.connection(super.acquireConnection(), late => void this.releaseConnection(late))
    } catch (error) {
      health.suspect()
      throw error
    }
  }

  override async query(connection: Connection, query: unknown): Promise<unknown> {
    const health = this.config.health!
    try {
      return await health.wait(super.query(connection, query), () => cutOff(connection))
    } catch (error) {
      const mapped = mapDatabaseError(error)
      if (mapped instanceof PortalError && mapped.code === 'UNAVAILABLE') health.suspect()
      // What the driver no longer waits for may still come, as the answer to the next statement.
      if (/Query read timeout/.test((error as Error).message)) cutOff(connection)
      throw error
    }
  }
}

const forKnex = (client: unknown): typeof Knex.Client => client as typeof Knex.Client
export const SqliteWriterClient = forKnex(SqliteWriter)
export const SqliteReaderClient = forKnex(SqliteReader)
export const PostgresqlClient = forKnex(speaking(Postgresql))
