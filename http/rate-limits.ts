import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible'
import { PortalError } from '../core/errors.ts'
import { networkOf } from './address.ts'

const windowSeconds = 10

/** Counts what callers ask for and refuses who asks for too much. One field of a document is one point. */
export class RateLimits {
  readonly #limiters: ReadonlyMap<string, RateLimiterMemory>

  /** @param perSecond points of one contact a second, over ten seconds; a company has three times as many; 0: no limit */
  constructor(perSecond: number) {
    const limiter = (factor: number): RateLimiterMemory =>
      new RateLimiterMemory({ points: perSecond * factor * windowSeconds, duration: windowSeconds })
    this.#limiters =
      perSecond === 0
        ? new Map()
        : new Map([
            ['contact', limiter(1)],
            ['company', limiter(3)],
            ['address', limiter(1)],
            ['operator', limiter(5)]
          ])
  }

  /**
   * @param who whose points, such as a contact's id or an address; the addresses of one IPv6 line share theirs
   * @throws PortalError RATE_LIMITED with `retryAfter`
   */
  async take(kind: 'contact' | 'company' | 'address' | 'operator', who: string, points = 1): Promise<void> {
    try {
      await this.#limiters.get(kind)?.consume(kind === 'address' ? networkOf(who) : who, points)
    } catch (refusal) {
      if (!(refusal instanceof RateLimiterRes)) throw refusal
      throw new PortalError('RATE_LIMITED', undefined, {
        retryAfter: Math.max(1, Math.ceil(refusal.msBeforeNext / 1000))
      })
    }
  }
}
