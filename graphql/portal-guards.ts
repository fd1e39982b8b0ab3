import type { AccessSet } from '../core/access-set.ts'
import type { Catalogue } from '../core/catalogue.ts'
import { ConfigurationError, PortalError } from '../core/errors.ts'
import type { UserType } from '../core/feature.ts'
import type { Viewer } from '../core/viewer.ts'
import type { Condition, ConditionReader, GuardedElement } from './guards.ts'

/** Who asks on a brand's host; the viewer is null without a session. */
export interface PortalCaller {
  readonly viewer: Viewer | null
  readonly access: AccessSet
}

type PortalCondition = Condition<PortalCaller>

const session: PortalCondition = {
  key: 'session',
  hides: true,
  holds: ({ viewer }) => viewer !== null,
  refuse: () => new PortalError('UNAUTHENTICATED')
}

const entry = (catalogue: Catalogue, key: string): PortalCondition => {
  const bit = catalogue.bit(key)!
  return {
    key,
    hides: true,
    holds: ({ access }) => access.hasBit(bit),
    refuse: () => new PortalError('FEATURE_DISABLED')
  }
}

const forUserTypes = (types: readonly UserType[]): PortalCondition => ({
  key: `types ${[...types].sort().join(' ')}`,
  hides: true,
  holds: ({ viewer }) => viewer !== null && types.includes(viewer.userType),
  refuse: ({ viewer }) =>
    viewer === null
      ? new PortalError('UNAUTHENTICATED')
      : new PortalError('FORBIDDEN', undefined, { reason: 'USER_TYPE' })
})

/** Mutations of a feature need a company in order; some are allowed to one under penalty. */
const companyStatus = (inPenalty: boolean): PortalCondition => ({
  key: inPenalty ? 'status or penalty' : 'status',
  hides: false,
  holds: ({ viewer }) =>
    viewer === null || viewer.companyStatus === 'ACTIVE' || (inPenalty && viewer.companyStatus === 'PENALTY'),
  refuse: () => new PortalError('FORBIDDEN', undefined, { reason: 'COMPANY_STATUS' })
})

/** Staff who look at a portal change nothing in it, unless they were let write through. */
const viewAs: PortalCondition = {
  key: 'view-as',
  hides: false,
  holds: ({ viewer }) => viewer?.viewAs === undefined || viewer.viewAs.writeThrough,
  refuse: () => new PortalError('FORBIDDEN', undefined, { reason: 'VIEW_AS' })
}

const argumentsOf = (element: GuardedElement, directive: string): readonly Readonly<Record<string, unknown>>[] =>
  element.directives.filter(each => each.name === directive).map(each => each.args)

/** The key a `@column` on this element means: `CDR.charge`. */
export const columnKeys = (element: GuardedElement): readonly { readonly report: string; readonly key: string }[] =>
  argumentsOf(element, 'column').map(args => ({
    report: String(args.report),
    key: `${args.report}.${args.name ?? element.name}`
  }))

export const featureKeys = (element: GuardedElement): readonly string[] =>
  argumentsOf(element, 'feature').map(args => String(args.key))

const has = (element: GuardedElement, directive: string): boolean =>
  element.directives.some(each => each.name === directive)

/** True for what staff may do in a portal that they only look at: end their own session. */
export const isOpenInViewAs = (element: GuardedElement): boolean =>
  argumentsOf(element, 'session').some(args => args.inViewAs === true)

/**
 * Reads the portal's directives.
 * @param blame names who wrote an element, for errors: `Plugin did: Query.did`
 */
export const portalConditions = (
  catalogue: Catalogue,
  blame: (element: GuardedElement) => string
): ConditionReader<PortalCaller> => {
  const known = new Map<string, PortalCondition>()
  const conditionFor = (key: string): PortalCondition => {
    const condition = known.get(key) ?? entry(catalogue, key)
    known.set(key, condition)
    return condition
  }
  return element => {
    const features = featureKeys(element)
    for (const key of features)
      if (catalogue.feature(key) === undefined)
        throw new ConfigurationError(
          `${blame(element)} has @feature(key: "${key}"), which no plugin declares: correct the key or declare the feature.`
        )
    const columns = columnKeys(element)
    for (const { key } of columns)
      if (catalogue.column(key) === undefined)
        throw new ConfigurationError(
          `${blame(element)} has @column for ${key}, which no plugin declares: correct it or declare the column.`
        )
    const types = argumentsOf(element, 'userTypes').map(args => forUserTypes(args.types as UserType[]))
    const entries = [...features, ...columns.map(each => each.key)].map(conditionFor)
    if (element.operation === undefined) return [...entries, ...types]
    const open = has(element, 'public')
    const state: PortalCondition[] = []
    if (element.operation === 'mutation' && !open && !isOpenInViewAs(element)) state.push(viewAs)
    if (element.operation === 'mutation' && features.length > 0)
      state.push(companyStatus(features.every(key => catalogue.feature(key)!.changeableInPenalty === true)))
    return [...(open ? [] : [session]), ...entries, ...types, ...state]
  }
}
