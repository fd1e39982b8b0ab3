/** Keeps the `limit` values used last. */
export class LastUsed<Key, Value> {
  readonly #limit: number
  readonly #values = new Map<Key, Value>()

  constructor(limit: number) {
    this.#limit = limit
  }

  get(key: Key): Value | undefined {
    const value = this.#values.get(key)
    if (value !== undefined) {
      // A Map keeps the order of insertion: its first key is the one not used for longest.
      this.#values.delete(key)
      this.#values.set(key, value)
    }
    return value
  }

  set(key: Key, value: Value): void {
    this.#values.delete(key)
    this.#values.set(key, value)
    if (this.#values.size > this.#limit)
      for (const oldest of this.#values.keys()) return void this.#values.delete(oldest)
  }

  get size(): number {
    return this.#values.size
  }
}
