import type { Access } from './access.ts'
import { PortalError } from './errors.ts'
import type { AccessRevisions, AccessSource } from './ports.ts'

/**
 * Keeps an `Access` as new as its readers need. A reader that knows which counters its answer must reflect calls
 * `ensure` with them before it asks; when the source cannot bring them, the reader is refused and nothing old is served.
 */
export class AccessMirror {
  readonly #access: Access
  readonly #source: AccessSource
  #loaded = false
  #running: Promise<void> | null = null

  constructor(access: Access, source: AccessSource) {
    this.#access = access
    this.#source = source
  }

  /** Loads everything. @throws PortalError UNAVAILABLE */
  async start(): Promise<void> {
    await this.#synchronise()
  }

  /**
   * Answers at once when the data reflects `needed`; else resolves as soon as it does.
   * @throws PortalError UNAVAILABLE when it cannot be brought there
   */
  ensure(needed: AccessRevisions): Promise<void> | void {
    if (!this.#reflects(needed)) return this.#catchUp(needed)
  }

  /** Brings the data to what the source holds now; resolves to the database's clock. @throws PortalError UNAVAILABLE */
  async refresh(): Promise<number> {
    const { at, revisions } = await this.#asked(() => this.#source.clock())
    await this.ensure(revisions)
    return at
  }

  #reflects(needed: AccessRevisions): boolean {
    if (!this.#loaded) return false
    const known = this.#access.revisions
    for (const [scope, revision] of needed) if ((known.get(scope) ?? -1) < revision) return false
    return true
  }

  async #catchUp(needed: AccessRevisions): Promise<void> {
    // A synchronisation that already runs may have read before the needed write was committed; the next one has not.
    if (this.#running !== null) {
      await this.#running.catch(() => {})
      if (this.#reflects(needed)) return
    }
    await this.#synchronise()
    if (this.#reflects(needed)) return
    // The change log did not bring it. Only everything anew can.
    this.#loaded = false
    await this.#synchronise()
    if (!this.#reflects(needed)) throw new PortalError('UNAVAILABLE')
  }

  /** One at a time: whoever comes while one runs shares it. */
  #synchronise(): Promise<void> {
    this.#running ??= this.#asked(() => this.#bring()).finally(() => {
      this.#running = null
    })
    return this.#running
  }

  async #bring(): Promise<void> {
    if (this.#loaded) {
      const changes = await this.#source.changesSince(this.#access.revisions)
      if (changes !== null) {
        // Until the changes are in whole, what is held is neither old nor new.
        this.#loaded = false
        this.#access.apply(changes)
        this.#loaded = true
        return
      }
    }
    const point = await this.#source.load()
    this.#access.replace(point)
    this.#loaded = true
  }

  async #asked<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work()
    } catch (cause) {
      throw cause instanceof PortalError && cause.code === 'UNAVAILABLE'
        ? cause
        : new PortalError('UNAVAILABLE', undefined, { cause })
    }
  }
}
