import type { CompanyOverrideInput } from './preview-dialog.graphql.ts'

/** A choice of one feature, as lists of overrides show and change it. */
export interface OverrideEntry {
  readonly key: string
  readonly override: 'SHOW' | 'HIDE'
  readonly reason: string | null
  /** ISO 8601; null: from the beginning, and without an end. */
  readonly validFrom: string | null
  readonly validUntil: string | null
  /** Who set it, and when; missing while it is not saved. */
  readonly setBy?: string
  readonly setAt?: string
  /** The template in whose hands it is. */
  readonly templateId?: string | null
}

/** What two entries say, whoever set them. */
export const saysTheSame = (one: OverrideEntry | undefined, other: OverrideEntry | undefined): boolean =>
  one === undefined || other === undefined
    ? one === other
    : one.override === other.override &&
      (one.reason ?? '') === (other.reason ?? '') &&
      instantOf(one.validFrom) === instantOf(other.validFrom) &&
      instantOf(one.validUntil) === instantOf(other.validUntil)

const instantOf = (text: string | null): number | null => (text === null ? null : Date.parse(text))

export const byKey = (entries: readonly OverrideEntry[]): ReadonlyMap<string, OverrideEntry> =>
  new Map(entries.map(entry => [entry.key, entry]))

/** Whether an entry ends before it begins. */
export const endsTooSoon = ({ validFrom, validUntil }: OverrideEntry): boolean =>
  validFrom !== null && validUntil !== null && Date.parse(validUntil) <= Date.parse(validFrom)

export const inputOf = ({ key, override, reason, validFrom, validUntil }: OverrideEntry): CompanyOverrideInput => ({
  key,
  override,
  reason: reason === null || reason.trim() === '' ? null : reason.trim(),
  validFrom,
  validUntil
})

/** What leads from one list to the other: what differs is set, what is gone inherits. */
export const changesBetween = (
  from: readonly OverrideEntry[],
  to: readonly OverrideEntry[]
): readonly CompanyOverrideInput[] => {
  const [before, after] = [byKey(from), byKey(to)]
  return [
    ...to.filter(entry => !saysTheSame(before.get(entry.key), entry)).map(inputOf),
    ...from.filter(({ key }) => !after.has(key)).map(({ key }) => ({ key, override: 'INHERIT' as const }))
  ]
}

/** One's own changes, made to `base`, over what stands now: what was not touched is as the other one left it. */
export const rebased = (
  base: readonly OverrideEntry[],
  mine: readonly OverrideEntry[],
  now: readonly OverrideEntry[]
): readonly OverrideEntry[] => {
  const [before, own, current] = [byKey(base), byKey(mine), byKey(now)]
  const keys = [...new Set([...current.keys(), ...own.keys()])]
  return keys.flatMap(key => {
    const touched = !saysTheSame(before.get(key), own.get(key))
    const entry = touched ? own.get(key) : current.get(key)
    return entry === undefined ? [] : [entry]
  })
}
