/** Whose portal a session shows: a customer buys from the operator, a carrier sells to it. */
export type UserType = 'CUSTOMER' | 'CARRIER'

export const userTypes: readonly UserType[] = ['CUSTOMER', 'CARRIER']

/**
 * What a feature is in the portal: a page, a widget inside another page, an extra action, a negative flag,
 * something visible without sign-in, or the admission of a whole user type.
 */
export type FeatureKind = 'PAGE' | 'WIDGET' | 'ABILITY' | 'RESTRICTION' | 'PUBLIC' | 'GATE'

/**
 * What a hidden parent does to its child. HARD: the child is hidden too (all parents must be effective).
 * ANY: one effective parent suffices. SOFT: the child stays, reduced. MOOT: a restriction that stays in force.
 */
export type ParentMode = 'HARD' | 'ANY' | 'SOFT' | 'MOOT'

/** The state of a company, as an operator sets it. */
export type CompanyStatus = 'ACTIVE' | 'PENDING_APPROVAL' | 'PENDING' | 'PENALTY' | 'INACTIVE'

export const companyStatuses: readonly CompanyStatus[] = [
  'ACTIVE',
  'PENDING_APPROVAL',
  'PENDING',
  'PENALTY',
  'INACTIVE'
]

/** One switchable feature, as a plugin declares it. */
export interface FeatureDefinition {
  /** Stable name, dots for sub-features: `did.destination-lock`. */
  readonly key: string
  /** In English. */
  readonly title: string
  /** The title in other languages than English, by language: `ar`. */
  readonly titles?: Readonly<Record<string, string>>
  /** Group and sub-group shown to operators: `Common/Numbers`. */
  readonly group: string
  /** The group in other languages, `{ ar: 'عام/الأرقام' }`; what one feature of a group says holds for all of it. */
  readonly groups?: Readonly<Record<string, string>>
  readonly kind: FeatureKind
  /** User types that may have it; empty for a PUBLIC feature. */
  readonly userTypes: readonly UserType[]
  readonly parents?: readonly string[]
  /** Required when `parents` is not empty. */
  readonly parentMode?: ParentMode
  /** Place in the lists operators see; features without one follow, in plugin order. */
  readonly order?: number
  /** Value when neither brand nor company spoke. Off unless said otherwise. */
  readonly default?: boolean
  /** Name of the paid add-on the installation must have; without it the platform layer says no. */
  readonly entitlement?: string
  /** Readable while the company waits for approval or verification (PENDING_APPROVAL, PENDING). */
  readonly whilePending?: boolean
  /** Its mutations are allowed while the company is under PENALTY. */
  readonly changeableInPenalty?: boolean
}

/** A feature in the catalogue: complete, owned, and with its bit. */
export interface Feature extends FeatureDefinition {
  readonly parents: readonly string[]
  readonly default: boolean
  /** Name of the plugin that owns it. */
  readonly plugin: string
  /** Position in every access set. */
  readonly bit: number
}

/** True for keys whose `true` means less for the user; a gate never lifts such a key. */
export const isRestriction = (feature: { readonly kind: FeatureKind }): boolean => feature.kind === 'RESTRICTION'
