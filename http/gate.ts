import { PortalError } from '../core/errors.ts'

/** Lets so many pieces of work run at a time and so many more wait; others are refused at once. */
export class Gate {
  readonly #width: number
  readonly #queueLimit: number
  readonly #waiting: (() => void)[] = []
  #running = 0

  constructor(width: number, queueLimit: number) {
    this.#width = width
    this.#queueLimit = queueLimit
  }

  get idle(): boolean {
    return this.#running === 0
  }

  /**
   * Waits for a place; the caller must call `leave` once, whatever happens.
   * @throws PortalError UNAVAILABLE when the queue is full
   */
  enter(): Promise<void> | undefined {
    if (this.#running < this.#width) {
      this.#running += 1
      return undefined
    }
    if (this.#waiting.length >= this.#queueLimit) throw new PortalError('UNAVAILABLE', undefined, { retryAfter: 2 })
    return new Promise(resolve => this.#waiting.push(resolve))
  }

  /** Gives the place to the next in the queue. */
  leave(): void {
    const next = this.#waiting.shift()
    if (next === undefined) this.#running -= 1
    else next()
  }

  async run<T>(work: () => Promise<T>): Promise<T> {
    await this.enter()
    try {
      return await work()
    } finally {
      this.leave()
    }
  }
}
