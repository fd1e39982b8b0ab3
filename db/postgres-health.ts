import pg from 'pg'
import { PortalError } from '../core/errors.ts'

/** Milliseconds after which something that still waits makes us ask whether the server is there at all. */
const suspectAfter = 400
/** Milliseconds within which a server that is there lets a new connection in. */
const probeTimeout = 1_300
/** Milliseconds between two questions: to a server that is down, and to one that is only slow. */
const askAgainAfter = 250
const trustedFor = 1_000

/** Something that waits for the server. */
interface Waiting {
  readonly since: number
  giveUp(): void
}

/** Ends a connection without a word to the server; whatever waits for it fails. */
export const cutOff = (client: unknown): void => {
  const { connection } = client as { readonly connection?: { readonly stream?: { destroy(): void } } }
  connection?.stream?.destroy()
}

const unavailable = (): PortalError => new PortalError('UNAVAILABLE', undefined, { retryAfter: 2 })

/**
 * Knows whether a PostgreSQL server answers. A server that refuses says so by itself; one behind a dead wire says
 * nothing, and a slow statement looks the same. So whoever waits long makes this open one more connection: when that is
 * not let in either, the server is down, all who wait are refused, and whoever comes is refused at once until a
 * connection succeeds again.
 */
export class PostgresHealth {
  readonly #settings: pg.ClientConfig
  readonly #waiting = new Set<Waiting>()
  readonly #watch: NodeJS.Timeout
  #down = false
  #closed = false
  #probing: Promise<void> | null = null
  #trustedUntil = 0
  #generation = 0

  /** @param settings how to reach the server */
  constructor(settings: pg.ClientConfig) {
    this.#settings = settings
    this.#watch = setInterval(() => this.#look(), suspectAfter / 4)
    this.#watch.unref()
  }

  /** Grows whenever the server went down: connections of an earlier one lead nowhere. */
  get generation(): number {
    return this.#generation
  }

  /** @throws PortalError UNAVAILABLE while the server is known to be down */
  check(): void {
    if (this.#down) throw unavailable()
  }

  /**
   * Waits for the server's answer.
   * @param giveUp called when the server turns out to be down; must make `work` end
   */
  async wait<T>(work: Promise<T>, giveUp: () => void): Promise<T> {
    const waiting = { since: performance.now(), giveUp }
    this.#waiting.add(waiting)
    try {
      return await work
    } finally {
      this.#waiting.delete(waiting)
    }
  }

  /** Waits for a connection; one that comes after the wait was given up goes to `late`. */
  connection<T>(work: Promise<T>, late: (connection: T) => void): Promise<T> {
    let abandon = (): void => {}
    const either = new Promise<T>((resolve, reject) => {
      let given = false
      abandon = () => {
        given = true
        reject(unavailable())
      }
      work.then(connection => (given ? late(connection) : resolve(connection)), reject)
    })
    return this.wait(either, () => abandon())
  }

  /** A connection failed: finds out whether the server is down. */
  suspect(): void {
    if (this.#closed) return
    this.#probing ??= this.#ask().finally(() => {
      this.#probing = null
    })
  }

  close(): void {
    this.#closed = true
    clearInterval(this.#watch)
  }

  #look(): void {
    const [oldest] = this.#waiting
    const now = performance.now()
    if (oldest !== undefined && now - oldest.since > suspectAfter && now > this.#trustedUntil) this.suspect()
  }

  async #ask(): Promise<void> {
    for (;;) {
      const up = await this.#answers()
      if (this.#closed) return
      if (up) {
        this.#down = false
        this.#trustedUntil = performance.now() + trustedFor
        return
      }
      if (!this.#down) {
        this.#down = true
        this.#generation += 1
      }
      for (const waiting of this.#waiting) waiting.giveUp()
      await new Promise(resolve => setTimeout(resolve, askAgainAfter).unref())
      if (this.#closed) return
    }
  }

  async #answers(): Promise<boolean> {
    const client = new pg.Client(this.#settings)
    client.on('error', () => {})
    let timer: NodeJS.Timeout | undefined
    const tooLong = new Promise<never>((_, reject) => {
      // What has arrived meanwhile is read first: our own process may be the one that is slow.
      timer = setTimeout(() => setImmediate(() => setImmediate(() => reject(new Error('no answer')))), probeTimeout)
    })
    const connected = client.connect()
    try {
      await Promise.race([connected, tooLong])
      client.end().catch(() => {})
      return true
    } catch (error) {
      connected.catch(() => {})
      cutOff(client)
      // A server that refuses this connection for reasons of its own is there; 57P0x says it stops or starts.
      const { code } = error as { code?: unknown }
      return typeof code === 'string' && /^[0-9][0-9A-Z]{4}$/.test(code) && !code.startsWith('57P0')
    } finally {
      clearTimeout(timer)
    }
  }
}
