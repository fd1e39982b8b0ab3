import { poolUse } from '../db/measure.ts'
import { schemaState } from '../db/migrate.ts'
import type { Installation } from './installation.ts'

/**
 * Whether a process should get requests, and if not, why. A `busy` one should: it serves, but its readers were all taken
 * for so long that the question was not answered.
 */
export type Readiness = 'ready' | 'busy' | 'stopping' | 'database' | 'schema' | 'access'

/** Milliseconds for which an answer stands: asking often costs the database nothing. */
const standsFor = 1_000

class TooLong extends Error {}

/** Whether this process can serve: the database answers, its schema fits, access data can be brought up to date. */
export class Health {
  readonly #installation: Installation
  readonly #patience: number
  #stopping = false
  #answer: Promise<Readiness> | null = null
  #askedAt = 0

  /** @param patience milliseconds for which the database may think about each question */
  constructor(installation: Installation, patience = 3_000) {
    this.#installation = installation
    this.#patience = patience
  }

  /** From now on the process is not ready, whatever else. */
  stop(): void {
    this.#stopping = true
  }

  /** Asks the database, at most once a second. */
  async readiness(): Promise<Readiness> {
    if (this.#stopping) return 'stopping'
    if (this.#answer === null || performance.now() - this.#askedAt > standsFor) {
      this.#askedAt = performance.now()
      this.#answer = this.#look()
    }
    return this.#answer
  }

  async #within<T>(work: Promise<T>): Promise<T> {
    let timer: NodeJS.Timeout | undefined
    const tooLong = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new TooLong('no answer in time')), this.#patience)
    })
    try {
      return await Promise.race([work, tooLong])
    } finally {
      clearTimeout(timer)
    }
  }

  /** A database that is gone refuses whoever waits for it; who only waits for a reader waits behind slow queries. */
  #isBusy(error: unknown): boolean {
    const reader = poolUse(this.#installation.database).find(({ pool }) => pool === 'reader')
    return error instanceof TooLong && reader !== undefined && reader.free === 0 && reader.used > 0
  }

  async #look(): Promise<Readiness> {
    const { stores, mirror, database, plugins } = this.#installation
    try {
      const { revisions } = await this.#within(stores.source.clock())
      try {
        await this.#within(Promise.resolve(mirror.ensure(revisions)))
      } catch (error) {
        return this.#isBusy(error) ? 'busy' : 'access'
      }
      const { missing, tooNew } = await this.#within(schemaState(database, plugins))
      return missing.length + tooNew.length > 0 ? 'schema' : 'ready'
    } catch (error) {
      return this.#isBusy(error) ? 'busy' : 'database'
    }
  }
}
