/**
 * Counts equal rows by their SHA-256, twelve bytes a slot and two to four slots a row, outside of the JavaScript heap: 25 MB
 * for a million rows.
 * Keeps 64 bits of the hash; two different rows of one file meet with a chance of 1 in 10^7 for a million rows,
 * and then merely get other ordinals.
 */
export class EqualRows {
  #high = new Uint32Array(1 << 12)
  #low = new Uint32Array(1 << 12)
  #count = new Uint32Array(1 << 12)
  #used = 0

  /** How many equal rows came before this one. @param hash at least 8 bytes of the row's hash */
  ordinal(hash: Uint8Array): number {
    if (this.#used * 2 > this.#count.length) this.#grow()
    const view = new DataView(hash.buffer, hash.byteOffset, 8)
    const slot = this.#slot(view.getUint32(0), view.getUint32(4))
    const before = this.#count[slot]!
    if (before === 0) {
      this.#high[slot] = view.getUint32(0)
      this.#low[slot] = view.getUint32(4)
      this.#used += 1
    }
    this.#count[slot] = before + 1
    return before
  }

  #slot(high: number, low: number): number {
    const mask = this.#count.length - 1
    let slot = high & mask
    while (this.#count[slot] !== 0 && (this.#high[slot] !== high || this.#low[slot] !== low)) slot = (slot + 1) & mask
    return slot
  }

  #grow(): void {
    const [high, low, count] = [this.#high, this.#low, this.#count]
    const size = count.length * 2
    this.#high = new Uint32Array(size)
    this.#low = new Uint32Array(size)
    this.#count = new Uint32Array(size)
    for (let index = 0; index < count.length; index += 1) {
      if (count[index] === 0) continue
      const slot = this.#slot(high[index]!, low[index]!)
      this.#high[slot] = high[index]!
      this.#low[slot] = low[index]!
      this.#count[slot] = count[index]!
    }
  }
}
