import type { Catalogue } from './catalogue.ts'
import { badInput, PortalError } from './errors.ts'
import type { CompanyStatus, UserType } from './feature.ts'
import {
  type AccessAction,
  type Actor,
  type AuditEntry,
  type Brand,
  type Company,
  type CompanyOverride,
  type CountedPage,
  type PageRequest,
  type PlatformAccess,
  REGISTRY_SCOPE,
  UNASSIGNED_SCOPE
} from './ports.ts'

export interface MemoryStoreOptions {
  /** Left out: keys and columns are not checked. */
  readonly catalogue?: Catalogue
  /** Milliseconds since 1970 UTC. Left out: a clock that moves one millisecond each time it is read. */
  readonly now?: () => number
  /** Left out: counted. */
  readonly newId?: () => string
}

/** Something that a write touched: one field, as it was and as it became. */
export interface Touch {
  readonly target: string
  readonly field: string
  readonly before: unknown
  readonly after: unknown
}

export interface Write extends AuditEntry {
  /** Null: not an access write, cannot be undone. */
  readonly touches: readonly Touch[] | null
}

interface LogLine {
  readonly scope: string
  readonly revision: number
  readonly domainId: string | null
  readonly companyId: string | null
}

const logKept = 10_000

/** The rows, and the ways to write them that every store shares. */
export class Memory {
  readonly catalogue: Catalogue | undefined
  readonly brands = new Map<string, Brand>()
  readonly companies = new Map<string, Company>()
  readonly writes: Write[] = []
  readonly revisions = new Map<string, number>([
    [REGISTRY_SCOPE, 0],
    [UNASSIGNED_SCOPE, 0]
  ])
  readonly log: LogLine[] = []
  platform: PlatformAccess = { disabledPlugins: [], entitlements: [] }
  /** What closed companies were before. */
  readonly closedFrom = new Map<string, CompanyStatus>()
  readonly now: () => number
  readonly newId: () => string

  constructor(options: MemoryStoreOptions) {
    let clock = Date.UTC(2026, 0)
    let ids = 0
    this.catalogue = options.catalogue
    this.now = options.now ?? (() => ++clock)
    this.newId = options.newId ?? (() => `id-${String(++ids).padStart(13, '0')}`)
  }

  brand(id: string): Brand {
    const brand = this.brands.get(id)
    if (brand === undefined) throw new PortalError('NOT_FOUND', 'There is no such portal domain.')
    return brand
  }

  company(id: string): Company {
    const company = this.companies.get(id)
    if (company === undefined) throw new PortalError('NOT_FOUND', 'There is no such company.')
    return company
  }

  bump(scope: string, touched: { domainId?: string; companyId?: string }): void {
    const revision = (this.revisions.get(scope) ?? 0) + 1
    this.revisions.set(scope, revision)
    this.log.push({ scope, revision, domainId: touched.domainId ?? null, companyId: touched.companyId ?? null })
    if (this.log.length > logKept) this.log.splice(0, this.log.length - logKept)
  }

  record(
    actor: Actor,
    action: AccessAction,
    target: string,
    touches: readonly Touch[] | null,
    created?: unknown,
    removed?: unknown
  ): Write {
    const side = (which: 'before' | 'after'): string =>
      JSON.stringify(Object.fromEntries((touches ?? []).map(touch => [touch.field, touch[which] ?? null])))
    const write: Write = {
      id: this.newId(),
      at: this.now(),
      actor: actor.operator.actor,
      action,
      target: target.slice(target.indexOf(':') + 1),
      before: touches !== null ? side('before') : removed === undefined ? null : JSON.stringify(removed),
      after: touches === null ? JSON.stringify(created ?? null) : side('after'),
      reason: actor.reason ?? null,
      ...this.#subject(target),
      ip: actor.operator.ip,
      operation: actor.operation ?? null,
      touches
    }
    this.writes.push(write)
    return write
  }

  #subject(target: string): { readonly companyId: string | null; readonly domainId: string | null } {
    const [kind, id] = target.split(':') as [string, string]
    return {
      companyId: kind === 'company' ? id : null,
      domainId: kind === 'company' ? (this.companies.get(id)?.domainId ?? null) : kind === 'brand' ? id : null
    }
  }

  putBrand(brand: Brand): Brand {
    const next = { ...brand, version: brand.version + 1 }
    this.brands.set(brand.id, next)
    this.bump(brand.id, { domainId: brand.id })
    return next
  }

  /** @throws PortalError CONFLICT naming a code that another company has */
  refuseTakenCodes(id: string | null, codes: readonly string[]): void {
    if (codes.length === 0) return
    for (const company of this.companies.values())
      for (const code of codes)
        if (company.id !== id && company.accountCodes.includes(code))
          throw new PortalError('CONFLICT', `The account code ${code} is taken.`)
  }

  /** @param decides whether access may have changed */
  putCompany(company: Company, decides = true): Company {
    const before = this.company(company.id)
    if (company.domainId !== null) this.brand(company.domainId)
    this.refuseTakenCodes(company.id, company.accountCodes)
    if (before.status !== company.status) {
      if (company.status === 'INACTIVE') this.closedFrom.set(company.id, before.status)
      else this.closedFrom.delete(company.id)
    }
    const next = { ...company, version: company.version + 1 }
    this.companies.set(company.id, next)
    if (!decides) return next
    for (const home of new Set([before.domainId, next.domainId]))
      this.bump(home ?? UNASSIGNED_SCOPE, { companyId: company.id })
    return next
  }

  putPlatform(platform: PlatformAccess): PlatformAccess {
    this.platform = platform
    this.bump(REGISTRY_SCOPE, {})
    return platform
  }

  /** Makes a brand the default one, with an entry on it and on the one it was. */
  putDefault(id: string, action: AccessAction, actor: Actor): readonly Write[] {
    const old = [...this.brands.values()].find(brand => brand.isDefault)
    if (!this.brand(id).enabled)
      throw new PortalError('PRECONDITION_FAILED', 'A disabled brand cannot be the default one; enable it first.')
    const ids = [...(old === undefined ? [] : [old.id]), id]
    for (const each of ids) this.putBrand({ ...this.brand(each), isDefault: each === id })
    return ids.map(each => {
      const target = `brand:${each}`
      return this.record(actor, action, target, [{ target, field: 'default', before: old?.id ?? null, after: id }])
    })
  }

  /** Writes fields of one target back to what they were. */
  putBack(touches: readonly Touch[]): void {
    for (const target of new Set(touches.map(touch => touch.target))) {
      const own = touches.filter(touch => touch.target === target)
      const [kind, id] = target.split(':') as [string, string]
      if (kind === 'brand') this.putBrand(own.reduce(brandWith, this.brand(id)))
      else if (kind === 'company') this.putCompany(own.reduce(companyWith, this.company(id)), own.some(decides))
      else this.putPlatform(own.reduce(platformWith, this.platform))
    }
  }
}

/** Whether a company's field reaches the decision. */
export const decides = ({ field }: Pick<Touch, 'field'>): boolean => field !== 'name' && field !== 'accountCodes'

/* Each of these sets one field of a target to the touch's `after`. */

const replaced = <T>(list: readonly T[], same: (item: T) => boolean, item: T | null): readonly T[] => [
  ...list.filter(each => !same(each)),
  ...(item === null ? [] : [item])
]

export const brandWith = (brand: Brand, { field, after }: Touch): Brand => {
  if (field === 'brandName' || field === 'currencies' || field === 'enabled') {
    if (field === 'enabled' && after === false && brand.isDefault)
      throw new PortalError(
        'PRECONDITION_FAILED',
        'The default brand cannot be disabled; make another one the default.'
      )
    return { ...brand, [field]: after }
  }
  const [kind, name, userType] = field.split(':') as [string, string, UserType]
  if (kind === 'feature') {
    const feature = after == null ? null : { key: name, enabled: after as boolean }
    return { ...brand, features: replaced(brand.features, each => each.key === name, feature) }
  }
  const list = after == null ? null : { report: name, userType, columns: after as readonly string[] }
  return {
    ...brand,
    columns: replaced(brand.columns, each => each.report === name && each.userType === userType, list)
  }
}

export const companyWith = (company: Company, { field, after }: Touch): Company => {
  if (field === 'domain') return { ...company, domainId: after as string | null }
  if (field === 'name' || field === 'status' || field === 'accountCodes') return { ...company, [field]: after }
  const key = field.slice('override:'.length)
  return {
    ...company,
    overrides: replaced(company.overrides, each => each.key === key, (after ?? null) as CompanyOverride | null)
  }
}

export const platformWith = (platform: PlatformAccess, { field, after }: Touch): PlatformAccess => {
  const [kind, name] = field.split(':') as [string, string]
  const list = kind === 'plugin' ? 'disabledPlugins' : 'entitlements'
  // A plugin that is on is not in its list; an add-on that is there, is.
  const listed = kind === 'plugin' ? !after : after
  return { ...platform, [list]: replaced(platform[list], each => each === name, listed ? name : null) }
}

export const checkVersion = (row: { readonly version: number }, expected: number | null | undefined): void => {
  if (expected != null && expected !== row.version) throw new PortalError('CONFLICT')
}

export const page = <T extends { readonly id: string }>(rows: readonly T[], request: PageRequest): CountedPage<T> => {
  if (!Number.isInteger(request.first) || request.first < 1 || request.first > 500)
    throw badInput('first', 'must be 1 to 500')
  let start = 0
  if (request.after != null) {
    start = rows.findIndex(row => row.id === request.after) + 1
    if (start === 0) throw badInput('after', 'is not a cursor of this list')
  }
  const nodes = rows.slice(start, start + request.first)
  return {
    nodes,
    endCursor: nodes.at(-1)?.id ?? null,
    hasNextPage: start + nodes.length < rows.length,
    totalCount: rows.length
  }
}

export const contains = (text: string, search: string | null | undefined): boolean =>
  search == null || text.toLowerCase().includes(search.toLowerCase())

/** Touches that change something; who set an override, and when, is no difference. */
export const changing = <T extends { readonly before: unknown; readonly after: unknown }>(
  touches: readonly T[]
): readonly T[] => {
  const plain = (value: unknown): string =>
    JSON.stringify(value ?? undefined, (name, inner) =>
      name === 'setBy' || name === 'setAt' || inner === null ? undefined : inner
    ) ?? ''
  return touches.filter(touch => plain(touch.before) !== plain(touch.after))
}
