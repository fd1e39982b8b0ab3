/** A whole number from 0 to below the one given. */
export type Random = (below: number) => number

/** The same numbers on every run (Lehmer's generator with the multiplier of MINSTD, revised). */
export const randomFrom = (seed: number): Random => {
  let state = seed
  return below => {
    state = (state * 48_271) % 2_147_483_647
    return Math.floor((state / 2_147_483_647) * below)
  }
}
