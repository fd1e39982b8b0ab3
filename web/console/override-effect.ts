import type { FeatureEntry } from '../console-kit/feature-names.ts'
import { endsTooSoon, type OverrideEntry } from '../console-kit/override-entry.ts'

/** What is known of a company where the effect of its choices is judged. */
export interface EffectGround {
  readonly userType: 'CUSTOMER' | 'CARRIER'
  readonly status: string
  readonly features: readonly FeatureEntry[]
  /** Keys that are on at the brand. */
  readonly brandOn: ReadonlySet<string>
  /** What counted when it was read. */
  readonly effective: ReadonlyMap<string, { readonly effective: boolean; readonly decidedBy: string }>
}

/** Why a choice has no effect. */
export type NoEffect =
  | { readonly why: 'PUBLIC' | 'USER_TYPE' | 'EXPIRED' | 'NOT_BEGUN' | 'DEFAULT' | 'PLATFORM' | 'STATUS' }
  | { readonly why: 'PARENT' | 'GATE'; readonly keys: readonly string[] }

/**
 * Tells which choices would have no effect, with choices that are not saved yet counted in. The server says the same in its
 * preview; this stands beside each choice while it is made.
 * @param now milliseconds since 1970
 */
export const effectOf = (
  ground: EffectGround,
  entries: readonly OverrideEntry[],
  now: number
): ((entry: OverrideEntry) => readonly NoEffect[]) => {
  const byKey = new Map(ground.features.map(feature => [feature.key, feature]))
  const own = new Map(entries.map(entry => [entry.key, entry]))
  const begins = ({ validFrom }: OverrideEntry): boolean => validFrom === null || Date.parse(validFrom) <= now
  const goesOn = ({ validUntil }: OverrideEntry): boolean => validUntil === null || Date.parse(validUntil) > now
  const isAllowed = (key: string): boolean => ground.effective.get(key)?.decidedBy !== 'platform'
  const isOpen = (key: string): boolean => isAllowed(key) && ground.effective.get(key)?.decidedBy !== 'status'
  const raw = (key: string): boolean => {
    const entry = own.get(key)
    if (entry !== undefined && begins(entry) && goesOn(entry)) return entry.override === 'SHOW'
    return ground.brandOn.has(key)
  }
  const closedGates = (feature: FeatureEntry): readonly string[] =>
    feature.kind === 'GATE'
      ? []
      : ground.features
          .filter(
            ({ key, kind, userTypes }) => kind === 'GATE' && userTypes.includes(ground.userType) && !isVisible(key)
          )
          .map(({ key }) => key)
  const hiddenParents = ({ parents, parentMode }: FeatureEntry): readonly string[] => {
    const hidden = parents.filter(key => !isVisible(key))
    if (parentMode === 'HARD') return hidden
    return parentMode === 'ANY' && hidden.length === parents.length ? hidden : []
  }
  const isVisible = (key: string): boolean => {
    const feature = byKey.get(key)
    if (feature === undefined || !feature.userTypes.includes(ground.userType)) return false
    return isOpen(key) && raw(key) && closedGates(feature).length === 0 && hiddenParents(feature).length === 0
  }
  return entry => {
    const feature = byKey.get(entry.key)
    if (feature === undefined) return []
    if (feature.kind === 'PUBLIC') return [{ why: 'PUBLIC' }]
    if (!feature.userTypes.includes(ground.userType)) return [{ why: 'USER_TYPE' }]
    if (endsTooSoon(entry)) return []
    if (!goesOn(entry)) return [{ why: 'EXPIRED' }]
    const found: NoEffect[] = begins(entry) ? [] : [{ why: 'NOT_BEGUN' }]
    if ((entry.override === 'SHOW') === ground.brandOn.has(entry.key)) found.push({ why: 'DEFAULT' })
    // Nothing lifts a restriction, and what is hidden has nothing in its way.
    if (entry.override === 'HIDE' || feature.polarity === 'RESTRICT') return found
    if (!isAllowed(entry.key)) return [...found, { why: 'PLATFORM' }]
    const gates = closedGates(feature)
    if (gates.length > 0) return [...found, { why: 'GATE', keys: gates }]
    const parents = hiddenParents(feature)
    if (parents.length > 0) return [...found, { why: 'PARENT', keys: parents }]
    return ground.effective.get(entry.key)?.decidedBy === 'status' ? [...found, { why: 'STATUS' }] : found
  }
}
