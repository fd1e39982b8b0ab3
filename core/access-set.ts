import { hasBit, setBit } from './bits.ts'
import type { Catalogue } from './catalogue.ts'
import { isRestriction, type UserType } from './feature.ts'

/** Whom and when a set speaks of. */
export interface AccessSetContext {
  /** Null without sign-in. */
  readonly userType: UserType | null
  readonly domainId: string
  readonly nextBoundary: number | null
  /** Every column the brand lists for this user type, in its order. */
  orderedColumns(report: string): readonly string[]
}

/** What one viewer sees at one instant: a bit for every feature and every column. Never changes. */
export class AccessSet {
  readonly userType: UserType | null
  readonly domainId: string
  /** The instant from which this set may no longer be true because an override starts or ends; null when none will. */
  readonly nextBoundary: number | null
  readonly words: Uint32Array
  readonly #catalogue: Catalogue
  readonly #context: AccessSetContext

  constructor(catalogue: Catalogue, words: Uint32Array, context: AccessSetContext) {
    this.#catalogue = catalogue
    this.#context = context
    this.words = words
    this.userType = context.userType
    this.domainId = context.domainId
    this.nextBoundary = context.nextBoundary
  }

  /** What a job assumes when the access data cannot be read: nothing is granted and every restriction is in force. */
  static afterFailure(catalogue: Catalogue, domainId: string, userType: UserType | null): AccessSet {
    const words = new Uint32Array(catalogue.words)
    for (const feature of catalogue.features) if (isRestriction(feature)) setBit(words, feature.bit)
    return new AccessSet(catalogue, words, { userType, domainId, nextBoundary: null, orderedColumns: () => [] })
  }

  /** @param key of a feature or, as `CDR.charge`, of a column; an unknown key is not effective */
  has(key: string): boolean {
    const bit = this.#catalogue.bit(key)
    return bit !== undefined && hasBit(this.words, bit)
  }

  hasBit(bit: number): boolean {
    return hasBit(this.words, bit)
  }

  /** Names of the report's effective columns, in the brand's order. */
  columns(report: string): readonly string[] {
    return this.#context.orderedColumns(report).filter(name => this.has(`${report}.${name}`))
  }

  /** Keys of the effective features, in registry order. */
  features(): readonly string[] {
    return this.#catalogue.features.filter(feature => hasBit(this.words, feature.bit)).map(feature => feature.key)
  }

  /** A short text of the values of the bits in `mask`: equal texts, equal values. */
  keyFor(mask: Uint32Array): string {
    let key = ''
    for (let word = 0; word < mask.length; word++) {
      const asked = mask[word]!
      if (asked !== 0) key += `${(((this.words[word] ?? 0) & asked) >>> 0).toString(36)}.`
    }
    return key
  }
}
