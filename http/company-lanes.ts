import { LRUCache } from 'lru-cache'
import type { Database } from '../db/connect.ts'
import { Gate } from './gate.ts'

type Reader = Database['reader']
interface Client {
  acquireConnection(): Promise<unknown>
  releaseConnection(connection: unknown): Promise<void>
}

/** Statements of one company that may wait for its lane before it is told to come back later. */
const queueLimit = 500

/**
 * Gives each company half of the readers at most, so that one customer's slow queries leave room for all others.
 * Transactions go to the writer and are not counted.
 */
export class CompanyLanes {
  readonly #database: Database
  readonly #width: number
  readonly #lanes = new LRUCache<string, Database>({ max: 2_000 })

  /** @param readers connections of the reader pool */
  constructor(database: Database, readers: number) {
    this.#database = database
    this.#width = Math.max(1, Math.floor(readers / 2))
  }

  /** The database as that company may use it. */
  of(companyId: string): Database {
    const lane = this.#lanes.get(companyId) ?? this.#open()
    this.#lanes.set(companyId, lane)
    return lane
  }

  #open(): Database {
    const gate = new Gate(this.#width, queueLimit)
    const base = this.#database.reader.client as Client
    const client: Client = Object.create(base)
    client.acquireConnection = async function (this: Client) {
      await gate.enter()
      try {
        return await base.acquireConnection.call(this)
      } catch (error) {
        gate.leave()
        throw error
      }
    }
    client.releaseConnection = async function (this: Client, connection) {
      gate.leave()
      await base.releaseConnection.call(this, connection)
    }
    // The scope handle builds its queries from the client alone; nothing else of a knex is asked for.
    return { ...this.#database, reader: { client } as unknown as Reader }
  }
}
