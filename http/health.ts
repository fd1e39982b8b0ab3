import { schemaState } from '../db/migrate.ts'
import type { Installation } from './installation.ts'

/** Why a process should get no requests. */
export type Unready = 'stopping' | 'database' | 'schema' | 'access'

/** Milliseconds for which an answer stands: asking often costs the database nothing. */
const standsFor = 1_000
const patience = 3_000

const within = async <T>(work: Promise<T>): Promise<T> => {
  let timer: NodeJS.Timeout | undefined
  const tooLong = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('no answer in time')), patience)
  })
  try {
    return await Promise.race([work, tooLong])
  } finally {
    clearTimeout(timer)
  }
}

/** Whether this process can serve: the database answers, its schema fits, access data can be brought up to date. */
export class Health {
  readonly #installation: Installation
  #stopping = false
  #answer: Promise<Unready | null> | null = null
  #askedAt = 0

  constructor(installation: Installation) {
    this.#installation = installation
  }

  /** From now on the process is not ready, whatever else. */
  stop(): void {
    this.#stopping = true
  }

  /** Null when it is ready. */
  async unready(): Promise<Unready | null> {
    if (this.#stopping) return 'stopping'
    if (this.#answer === null || performance.now() - this.#askedAt > standsFor) {
      this.#askedAt = performance.now()
      this.#answer = this.#look()
    }
    return this.#answer
  }

  async #look(): Promise<Unready | null> {
    const { stores, mirror, database, plugins } = this.#installation
    try {
      const { revisions } = await within(stores.source.clock())
      try {
        await within(Promise.resolve(mirror.ensure(revisions)))
      } catch {
        return 'access'
      }
      const { missing, tooNew } = await within(schemaState(database, plugins))
      return missing.length + tooNew.length > 0 ? 'schema' : null
    } catch {
      return 'database'
    }
  }
}
