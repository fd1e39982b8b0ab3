import type { FeatureEntry } from '../console-kit/feature-names.ts'
import type { PlatformSwitchesQuery } from './brands.graphql.ts'

/** What a brand says of each key. */
export type Choices = Readonly<Record<string, boolean>>

/** Why a choice has no effect, or less than it might, by the name of its sentence; `keys` are the features it names. */
export interface ChoiceWarning {
  readonly kind:
    | 'noEffect'
    | 'noEffectAny'
    | 'noEffectGate'
    | 'reduced'
    | 'nothingToActOn'
    | 'gateClosed'
    | 'pluginOff'
    | 'noAddOn'
  readonly keys: readonly string[]
  readonly name?: string
}

/** Groups and their parts as the registry names them, `Group/Part`; a group without parts has one without a name. */
export const groupsOf = (
  features: readonly FeatureEntry[]
): readonly {
  readonly group: string
  readonly parts: readonly { readonly name: string; readonly features: readonly FeatureEntry[] }[]
}[] => {
  const groups = new Map<string, Map<string, FeatureEntry[]>>()
  for (const feature of features) {
    const [group = '', ...rest] = feature.group.split('/')
    const parts = groups.get(group) ?? new Map<string, FeatureEntry[]>()
    groups.set(group, parts)
    const name = rest.join('/')
    parts.set(name, [...(parts.get(name) ?? []), feature])
  }
  return [...groups].map(([group, parts]) => ({
    group,
    parts: [...parts].map(([name, ofPart]) => ({ name, features: ofPart }))
  }))
}

/** What a key comes to on a brand, for companies without settings of their own. */
const isVisible = (
  feature: FeatureEntry,
  features: readonly FeatureEntry[],
  choices: Choices,
  seen: readonly string[] = []
): boolean => {
  if (choices[feature.key] !== true) return false
  if (seen.includes(feature.key)) return true
  const parents = feature.parents.flatMap(key => features.find(each => each.key === key) ?? [])
  const visible = (parent: FeatureEntry): boolean => isVisible(parent, features, choices, [...seen, feature.key])
  if (parents.length === 0) return true
  if (feature.parentMode === 'HARD') return parents.every(visible)
  if (feature.parentMode === 'ANY') return parents.some(visible)
  return true
}

/** What keeps a choice that says yes from its effect; of one that says no only what a closed gate means. */
export const warningsOf = (
  feature: FeatureEntry,
  features: readonly FeatureEntry[],
  choices: Choices,
  platform: PlatformSwitchesQuery['platform'] | undefined
): readonly ChoiceWarning[] => {
  if (choices[feature.key] !== true) return feature.kind === 'GATE' ? [{ kind: 'gateClosed', keys: [] }] : []
  const warnings: ChoiceWarning[] = []
  if (platform?.plugins.some(({ name, enabled }) => name === feature.plugin && !enabled) === true)
    warnings.push({ kind: 'pluginOff', keys: [] })
  const addOn = feature.entitlement
  if (addOn !== null && platform?.entitlements.some(({ name, present }) => name === addOn && !present) === true)
    warnings.push({ kind: 'noAddOn', keys: [], name: addOn })

  const hidden = features
    .filter(({ key }) => feature.parents.includes(key))
    .filter(parent => !isVisible(parent, features, choices))
    .map(({ key }) => key)
  if (hidden.length > 0) {
    if (feature.parentMode === 'HARD') warnings.push({ kind: 'noEffect', keys: hidden })
    else if (feature.parentMode === 'SOFT') warnings.push({ kind: 'reduced', keys: hidden })
    else if (feature.parentMode === 'MOOT') warnings.push({ kind: 'nothingToActOn', keys: hidden })
    else if (hidden.length === feature.parents.length)
      warnings.push({ kind: hidden.length > 1 ? 'noEffectAny' : 'noEffect', keys: hidden })
  }
  // A gate admits a whole kind of user, without being named as a parent.
  const gates = features.filter(
    gate =>
      gate.kind === 'GATE' &&
      gate.key !== feature.key &&
      !hidden.includes(gate.key) &&
      feature.userTypes.length > 0 &&
      feature.userTypes.every(userType => gate.userTypes.includes(userType)) &&
      !isVisible(gate, features, choices)
  )
  if (gates.length > 0) warnings.push({ kind: 'noEffectGate', keys: gates.map(({ key }) => key) })
  return warnings
}
