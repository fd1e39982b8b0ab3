/** Words of 32 bits that hold `size` bits. */
export const wordsFor = (size: number): number => Math.max(1, Math.ceil(size / 32))

export const setBit = (words: Uint32Array, bit: number): void => {
  words[bit >>> 5]! |= 1 << (bit & 31)
}

/** False beyond the end. */
export const hasBit = (words: Uint32Array, bit: number): boolean => ((words[bit >>> 5] ?? 0) & (1 << (bit & 31))) !== 0
