import type { ColumnSetDefinition } from '../../core/column-set.ts'
import type { FeatureDefinition } from '../../core/feature.ts'
import type { CompanyAccess, DomainAccess, PlatformAccess } from '../../core/ports.ts'

// The rules of access once more, written to be read and not to be fast. It shares no code with the engine.

export interface NaiveFeature extends FeatureDefinition {
  readonly plugin: string
}

/** One company on one brand at one instant. */
export interface Situation {
  readonly features: readonly NaiveFeature[]
  readonly columnSets: readonly ColumnSetDefinition[]
  readonly platform: PlatformAccess
  readonly brand: DomainAccess
  readonly company: CompanyAccess
  readonly at: number
}

export function isEffective(situation: Situation, key: string): boolean {
  const feature = featureOf(situation, key)
  if (feature.kind === 'RESTRICTION') return rawValue(situation, feature)
  if (feature.kind === 'PUBLIC') return publicValue(situation, feature)
  return (
    platformAllows(situation, feature) &&
    userTypeAllows(situation, feature) &&
    rawValue(situation, feature) &&
    parentsAllow(feature, parent => isEffective(situation, parent)) &&
    statusAllows(situation, feature)
  )
}

export function isColumnEffective(situation: Situation, report: string, name: string): boolean {
  const set = situation.columnSets.find(each => each.report === report)!
  const column = set.columns.find(each => each.name === name)!
  return (
    column.audience.includes(situation.company.userType) &&
    chosenColumns(situation, set).includes(name) &&
    isEffective(situation, set.feature) &&
    (column.requiresFeature === undefined || isEffective(situation, column.requiresFeature))
  )
}

function chosenColumns(situation: Situation, set: ColumnSetDefinition): readonly string[] {
  const list = situation.brand.columns.find(
    each => each.report === set.report && each.userType === situation.company.userType
  )
  if (list !== undefined && list.columns.length > 0) return list.columns
  return set.columns.filter(column => column.default).map(column => column.name)
}

function featureOf(situation: Situation, key: string): NaiveFeature {
  return situation.features.find(feature => feature.key === key)!
}

function rawValue(situation: Situation, feature: NaiveFeature): boolean {
  const inForce = situation.company.overrides.filter(
    override =>
      override.key === feature.key &&
      (override.validFrom == null || situation.at >= override.validFrom) &&
      (override.validUntil == null || situation.at < override.validUntil)
  )
  if (inForce.some(override => override.override === 'HIDE')) return false
  if (inForce.some(override => override.override === 'SHOW')) return true
  return brandValue(situation, feature)
}

function brandValue(situation: Situation, feature: NaiveFeature): boolean {
  const set = situation.brand.features.findLast(each => each.key === feature.key)
  return set === undefined ? (feature.default ?? false) : set.enabled
}

/** Without sign-in there is no company, no user type and no state: the platform and the brand decide. */
function publicValue(situation: Situation, feature: NaiveFeature): boolean {
  return (
    (platformAllows(situation, feature) || feature.kind === 'RESTRICTION') &&
    brandValue(situation, feature) &&
    parentsAllow(feature, parent => publicValue(situation, featureOf(situation, parent)))
  )
}

function platformAllows({ platform }: Situation, feature: NaiveFeature): boolean {
  if (platform.disabledPlugins.includes(feature.plugin)) return false
  return feature.entitlement === undefined || platform.entitlements.includes(feature.entitlement)
}

function userTypeAllows(situation: Situation, feature: NaiveFeature): boolean {
  const { userType } = situation.company
  if (!feature.userTypes.includes(userType)) return false
  if (feature.kind === 'GATE') return true
  const gates = situation.features.filter(each => each.kind === 'GATE' && each.userTypes.includes(userType))
  return gates.every(gate => isEffective(situation, gate.key))
}

function parentsAllow(feature: NaiveFeature, shown: (key: string) => boolean): boolean {
  const parents = feature.parents ?? []
  if (feature.parentMode === 'HARD') return parents.every(shown)
  if (feature.parentMode === 'ANY') return parents.some(shown)
  return true
}

function statusAllows(situation: Situation, feature: NaiveFeature): boolean {
  const { status } = situation.company
  if (status === 'INACTIVE') return false
  if (status === 'PENDING' || status === 'PENDING_APPROVAL')
    return feature.whilePending === true || feature.kind === 'GATE'
  return true
}
