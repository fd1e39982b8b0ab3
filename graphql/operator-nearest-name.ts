/** Edits (insert, delete, replace, swap of neighbours) that turn `a` into `b`. */
const distance = (a: string, b: string): number => {
  let before: number[] = []
  let previous = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (let i = 1; i <= a.length; i++) {
    const current = [i]
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1]
      let cost = Math.min(previous[j]! + 1, current[j - 1]! + 1, previous[j - 1]! + (same ? 0 : 1))
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) cost = Math.min(cost, before[j - 2]! + 1)
      current.push(cost)
    }
    before = previous
    previous = current
  }
  return previous[b.length]!
}

/** The name somebody probably meant; undefined when none comes near. */
export const nearestName = (meant: string, names: Iterable<string>): string | undefined => {
  // A very long name is no typing error, and comparing it would cost time.
  if (meant.length > 100) return undefined
  const typed = meant.toLowerCase()
  let best: string | undefined
  let least = Math.max(1, Math.floor(meant.length * 0.4)) + 1
  for (const name of names) {
    const edits = distance(typed, name.toLowerCase())
    if (edits < least) {
      least = edits
      best = name
    }
  }
  return best
}
