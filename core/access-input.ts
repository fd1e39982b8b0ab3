import type { Catalogue } from './catalogue.ts'
import { badInput } from './errors.ts'
import type { UserType } from './feature.ts'
import type { Actor, CompanyOverride, OverrideChange } from './ports.ts'

// What an access write must satisfy before anything is written, and what it makes of it; the same for every store.

/** @throws PortalError BAD_USER_INPUT: unknown key, two values for one key, an interval that never begins */
export const checkOverrideChanges = (
  catalogue: Catalogue,
  changes: readonly OverrideChange[],
  path = 'overrides'
): void => {
  const seen = new Map<string, OverrideChange>()
  for (const [index, change] of changes.entries()) {
    const { key, override, validFrom, validUntil } = change
    if (catalogue.feature(key) === undefined) throw badInput(`${path}.${index}.key`, `there is no feature "${key}"`)
    if (seen.has(key)) throw badInput(`${path}.${index}.key`, `"${key}" is given more than once`)
    seen.set(key, change)
    if (!['SHOW', 'HIDE', 'INHERIT'].includes(override))
      throw badInput(`${path}.${index}.override`, 'must be SHOW, HIDE or INHERIT')
    for (const [name, instant] of [
      ['validFrom', validFrom],
      ['validUntil', validUntil]
    ] as const)
      if (instant != null && !Number.isSafeInteger(instant))
        throw badInput(`${path}.${index}.${name}`, 'is not an instant')
    if (validFrom != null && validUntil != null && validUntil <= validFrom)
      throw badInput(`${path}.${index}.validUntil`, 'must be later than validFrom')
  }
}

/** @throws PortalError BAD_USER_INPUT: unknown key, a key named twice */
export const checkDomainFeatures = (
  catalogue: Catalogue,
  features: readonly { readonly key: string }[],
  path = 'features'
): void => {
  const seen = new Set<string>()
  for (const [index, { key }] of features.entries()) {
    if (catalogue.feature(key) === undefined) throw badInput(`${path}.${index}.key`, `there is no feature "${key}"`)
    if (seen.has(key)) throw badInput(`${path}.${index}.key`, `"${key}" is given more than once`)
    seen.add(key)
  }
}

/** @throws PortalError BAD_USER_INPUT: unknown report or column, a column outside its audience or named twice */
export const checkDomainColumns = (
  catalogue: Catalogue,
  list: { readonly report: string; readonly userType: UserType; readonly columns: readonly string[] },
  path = 'columns'
): void => {
  const set = catalogue.columnSet(list.report)
  if (set === undefined) throw badInput('report', `there is no report "${list.report}"`)
  const offered = new Set(
    set.columns.filter(column => column.audience.includes(list.userType)).map(column => column.name)
  )
  for (const [index, name] of list.columns.entries())
    if (!offered.delete(name))
      throw badInput(
        `${path}.${index}`,
        `"${name}" is not a column of ${list.report} for a ${list.userType}, or is named twice`
      )
}

/** The override that a change leaves; null for INHERIT. @param at milliseconds since 1970 UTC */
export const overrideOf = (change: OverrideChange, actor: Actor, at: number): CompanyOverride | null =>
  change.override === 'INHERIT'
    ? null
    : {
        key: change.key,
        override: change.override,
        validFrom: change.validFrom ?? null,
        validUntil: change.validUntil ?? null,
        reason: change.reason ?? actor.reason ?? null,
        setBy: actor.operator.actor,
        setAt: at
      }
