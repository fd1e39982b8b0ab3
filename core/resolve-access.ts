import { hasBit, setBit, wordsFor } from './bits.ts'
import type { Catalogue } from './catalogue.ts'
import {
  type CompanyStatus,
  companyStatuses,
  type Feature,
  isRestriction,
  type UserType,
  userTypes
} from './feature.ts'
import type { PlatformAccess } from './ports.ts'

/**
 * The decision. Seven layers, asked for 32 keys at a time:
 *
 *     platform · user-type · status        one mask of open gates for each kind of viewer, made once
 *     registry · domain · company          raw = (brand's value | SHOW) & ~HIDE, for all but PUBLIC keys
 *     parent, and the gates of a user type a requirement for each key: bits that must all have passed
 *
 * A key is effective when every bit its requirement names is raw and passes the gates. Restrictions require
 * themselves alone, and no gate touches them: nothing lifts a restriction but its own value.
 */

/** Bits that must all have passed and, for ANY parents, groups of which one member must hold. */
export interface Requirement {
  readonly need: Uint32Array
  readonly anyOf: readonly (readonly Requirement[])[]
}

/** Everything the decision needs beside brands' and companies' values. Changes only with the platform's switches. */
export interface AccessRules {
  readonly words: number
  /** Rows of `words` words, row number `gateRow(status, userType)`. */
  readonly gates: Uint32Array
  /** Bits of the keys in which companies have a say: all but the PUBLIC ones. */
  readonly overridable: Uint32Array
  /** Bit → requirement for features and columns, by user type. */
  readonly requirements: Readonly<Record<UserType, readonly Requirement[]>>
  /** The same, flat for one quick check: `words` words at `(user type × bits + bit) × words`. */
  readonly needs: Uint32Array
  /** Beside its needs: those of each member of the one ANY group, one after the other; null where groups hold groups. */
  readonly choices: readonly (Uint32Array | null)[]
  /** What a PUBLIC key requires of the brand's own values, and the gate over those. */
  readonly publicRequirements: readonly { readonly bit: number; readonly requirement: Requirement }[]
  readonly publicGate: Uint32Array
}

/** Layer 1: the plugin is active and its paid add-on is there. */
export const platformAllows = (feature: Feature, platform: PlatformAccess): boolean =>
  !platform.disabledPlugins.includes(feature.plugin) &&
  (feature.entitlement === undefined || platform.entitlements.includes(feature.entitlement))

/** Layer 7: the company's state allows it. A GATE only admits; the state then speaks about each key behind it. */
export const statusAllows = (feature: Feature, status: CompanyStatus): boolean => {
  switch (status) {
    case 'ACTIVE':
    case 'PENALTY':
      return true
    case 'PENDING_APPROVAL':
    case 'PENDING':
      return feature.whilePending === true || feature.kind === 'GATE'
    case 'INACTIVE':
      return false
  }
}

/** Neither gates nor status touch these: a restriction is never lifted, and a PUBLIC key was decided for the brand. */
export const isUngated = (feature: Feature): boolean => isRestriction(feature) || feature.kind === 'PUBLIC'

export const gateRow = (status: CompanyStatus, userType: UserType): number =>
  companyStatuses.indexOf(status) * userTypes.length + userTypes.indexOf(userType)

export const compileRules = (catalogue: Catalogue, platform: PlatformAccess): AccessRules => {
  const words = wordsFor(catalogue.features.length)
  const gates = new Uint32Array(companyStatuses.length * userTypes.length * words)
  const publicGate = new Uint32Array(words)
  const overridable = new Uint32Array(words)
  for (const feature of catalogue.features) {
    const allowed = platformAllows(feature, platform)
    if (feature.kind !== 'PUBLIC') setBit(overridable, feature.bit)
    if (allowed || isRestriction(feature)) setBit(publicGate, feature.bit)
    for (const status of companyStatuses)
      for (const userType of userTypes)
        if (isUngated(feature) || (allowed && feature.userTypes.includes(userType) && statusAllows(feature, status)))
          setBit(gates, gateRow(status, userType) * words * 32 + feature.bit)
  }
  const requirements = {
    CUSTOMER: compileRequirements(catalogue, words, 'CUSTOMER'),
    CARRIER: compileRequirements(catalogue, words, 'CARRIER')
  }
  const publicRequirementOf = requirementsOf(catalogue, words, null)
  const flat = userTypes.flatMap(userType => requirements[userType])
  const needs = new Uint32Array(flat.length * words)
  for (const [index, { need }] of flat.entries()) needs.set(need, index * words)
  return {
    words,
    gates,
    publicGate,
    overridable,
    requirements,
    needs,
    choices: flat.map(requirement => choicesOf(requirement, words)),
    publicRequirements: catalogue.features
      .filter(feature => feature.kind === 'PUBLIC')
      .map(feature => ({ bit: feature.bit, requirement: publicRequirementOf(feature) }))
  }
}

/** @see AccessRules.choices */
const choicesOf = ({ anyOf }: Requirement, words: number): Uint32Array | null => {
  const [members = [], ...more] = anyOf
  if (more.length > 0 || members.some(member => member.anyOf.length > 0)) return null
  const choices = new Uint32Array(members.length * words)
  for (const [index, { need }] of members.entries()) choices.set(need, index * words)
  return choices
}

/** Requirements of every bit: of the features, then of the columns, which need their report's and their own feature. */
const compileRequirements = (catalogue: Catalogue, words: number, userType: UserType): Requirement[] => {
  const features = catalogue.features.map(requirementsOf(catalogue, words, userType))
  const columns = catalogue.columnSets.flatMap(set =>
    set.columns.map(column =>
      both(
        words,
        [set.feature, column.requiresFeature ?? set.feature].map(key => features[catalogue.bit(key)!]!)
      )
    )
  )
  return [...features, ...columns]
}

/**
 * Layer 6, and the second half of layer 2. Parents and gates are shared by many: each is compiled once.
 * @param userType null: the brand's own values, for PUBLIC keys
 */
const requirementsOf = (
  catalogue: Catalogue,
  words: number,
  userType: UserType | null
): ((feature: Feature) => Requirement) => {
  const allGates = catalogue.features.filter(each => each.kind === 'GATE' && isFor(each, userType))
  const compiled = new Map<string, Requirement>()
  const compile = (feature: Feature): Requirement => {
    const itself = { need: new Uint32Array(words), anyOf: [] }
    setBit(itself.need, feature.bit)
    if (userType !== null && isUngated(feature)) return itself
    const parents = feature.parents.map(key => of(catalogue.feature(key)!))
    const gates = feature.kind === 'GATE' ? [] : allGates.map(of)
    const whole = both(words, [itself, ...gates, ...(feature.parentMode === 'HARD' ? parents : [])])
    return feature.parentMode === 'ANY' ? { ...whole, anyOf: [...whole.anyOf, parents] } : whole
  }
  const of = (feature: Feature): Requirement => {
    const requirement = compiled.get(feature.key) ?? compile(feature)
    compiled.set(feature.key, requirement)
    return requirement
  }
  return of
}

const isFor = (feature: Feature, userType: UserType | null): boolean =>
  userType !== null && feature.userTypes.includes(userType)

const both = (words: number, requirements: readonly Requirement[]): Requirement => {
  const need = new Uint32Array(words)
  for (const requirement of requirements)
    for (let word = 0; word < words; word++) need[word]! |= requirement.need[word]!
  return { need, anyOf: requirements.flatMap(requirement => requirement.anyOf) }
}

/** Layers 3 to 5 of 32 keys: the brand's value, which includes the registry's default, under the company's overrides. HIDE wins. */
export const rawWord = (brand: number, show: number, hide: number, overridable: number): number =>
  (brand | (show & overridable)) & ~(hide & overridable)

/** @param passed raw values that passed the gates */
export const holds = (requirement: Requirement, passed: Uint32Array): boolean => {
  const { need, anyOf } = requirement
  for (let word = 0; word < need.length; word++) if ((need[word]! & ~passed[word]!) !== 0) return false
  for (let group = 0; group < anyOf.length; group++) if (!holdsAny(anyOf[group]!, passed)) return false
  return true
}

const holdsAny = (group: readonly Requirement[], passed: Uint32Array): boolean => {
  for (let each = 0; each < group.length; each++) if (holds(group[each]!, passed)) return true
  return false
}

/** The values of PUBLIC keys on a brand, written over its own values in `base`. */
export const settlePublicKeys = (rules: AccessRules, base: Uint32Array): void => {
  const passed = base.map((word, index) => word & rules.publicGate[index]!)
  for (const { bit, requirement } of rules.publicRequirements) {
    if (holds(requirement, passed)) setBit(base, bit)
    else base[bit >>> 5]! &= ~(1 << (bit & 31))
  }
}

/** Every effective bit. @param listed bits of the columns that the brand lists for this user type, within their audience */
export const resolveAll = (
  requirements: readonly Requirement[],
  features: number,
  listed: Uint32Array,
  passed: Uint32Array,
  into: Uint32Array
): void => {
  for (let bit = 0; bit < requirements.length; bit++)
    if ((bit < features || hasBit(listed, bit)) && holds(requirements[bit]!, passed)) setBit(into, bit)
}
