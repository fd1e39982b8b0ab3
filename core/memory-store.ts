import { checkDomainColumns, checkDomainFeatures, checkOverrideChanges } from './access-input.ts'
import type { Catalogue } from './catalogue.ts'
import { badInput, PortalError } from './errors.ts'
import type { UserType } from './feature.ts'
import {
  type AccessAction,
  type AccessPoint,
  type AccessRevisions,
  type AccessSource,
  type AccessStores,
  type Actor,
  type AuditEntry,
  type AuditStore,
  type Brand,
  type BrandStore,
  type BulkResult,
  type Company,
  type CompanyOverride,
  type CompanyStore,
  type CountedPage,
  type OverrideChange,
  type PageRequest,
  type PlatformAccess,
  type PlatformStore,
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
interface Touch {
  readonly target: string
  readonly field: string
  readonly before: unknown
  readonly after: unknown
}

interface Write extends AuditEntry {
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

/** All access stores in memory: for tests, and as the plain peer of the ones on a database. */
export const createMemoryStores = (options: MemoryStoreOptions = {}): AccessStores => {
  const memory = new Memory(options)
  return {
    source: new MemorySource(memory),
    brands: new MemoryBrands(memory),
    companies: new MemoryCompanies(memory),
    audit: new MemoryAudit(memory),
    platform: new MemoryPlatform(memory)
  }
}

/** The rows, and the ways to write them that every store shares. */
class Memory {
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
    created?: unknown
  ): Write {
    const side = (which: 'before' | 'after'): string =>
      JSON.stringify(Object.fromEntries((touches ?? []).map(touch => [touch.field, touch[which] ?? null])))
    const write: Write = {
      id: this.newId(),
      at: this.now(),
      actor: actor.operator.actor,
      action,
      target: target.slice(target.indexOf(':') + 1),
      before: touches === null ? null : side('before'),
      after: touches === null ? JSON.stringify(created ?? null) : side('after'),
      reason: actor.reason ?? null,
      touches
    }
    this.writes.push(write)
    return write
  }

  putBrand(brand: Brand): Brand {
    const next = { ...brand, version: brand.version + 1 }
    this.brands.set(brand.id, next)
    this.bump(brand.id, { domainId: brand.id })
    return next
  }

  putCompany(company: Company): Company {
    const before = this.company(company.id)
    const next = { ...company, version: company.version + 1 }
    this.companies.set(company.id, next)
    for (const home of new Set([before.domainId, next.domainId]))
      this.bump(home ?? UNASSIGNED_SCOPE, { companyId: company.id })
    return next
  }

  putPlatform(platform: PlatformAccess): PlatformAccess {
    this.platform = platform
    this.bump(REGISTRY_SCOPE, {})
    return platform
  }

  /** Writes fields of one target back to what they were. */
  putBack(touches: readonly Touch[]): void {
    for (const target of new Set(touches.map(touch => touch.target))) {
      const own = touches.filter(touch => touch.target === target)
      const [kind, id] = target.split(':') as [string, string]
      if (kind === 'brand') this.putBrand(own.reduce(brandWith, this.brand(id)))
      else if (kind === 'company') this.putCompany(own.reduce(companyWith, this.company(id)))
      else this.putPlatform(own.reduce(platformWith, this.platform))
    }
  }
}

/* Each of these sets one field of a target to the touch's `after`. */

const replaced = <T>(list: readonly T[], same: (item: T) => boolean, item: T | null): readonly T[] => [
  ...list.filter(each => !same(each)),
  ...(item === null ? [] : [item])
]

const brandWith = (brand: Brand, { field, after }: Touch): Brand => {
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

const companyWith = (company: Company, { field, after }: Touch): Company => {
  if (field === 'domain') return { ...company, domainId: after as string | null }
  const key = field.slice('override:'.length)
  return {
    ...company,
    overrides: replaced(company.overrides, each => each.key === key, (after ?? null) as CompanyOverride | null)
  }
}

const platformWith = (platform: PlatformAccess, { field, after }: Touch): PlatformAccess => {
  const [kind, name] = field.split(':') as [string, string]
  const list = kind === 'plugin' ? 'disabledPlugins' : 'entitlements'
  // A plugin that is on is not in its list; an add-on that is there, is.
  const listed = kind === 'plugin' ? !after : after
  return { ...platform, [list]: replaced(platform[list], each => each === name, listed ? name : null) }
}

const checkVersion = (row: { readonly version: number }, expected: number | null | undefined): void => {
  if (expected != null && expected !== row.version) throw new PortalError('CONFLICT')
}

const page = <T extends { readonly id: string }>(rows: readonly T[], request: PageRequest): CountedPage<T> => {
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

const contains = (text: string, search: string | null | undefined): boolean =>
  search == null || text.toLowerCase().includes(search.toLowerCase())

class MemorySource implements AccessSource {
  readonly #memory: Memory

  constructor(memory: Memory) {
    this.#memory = memory
  }

  async load(): Promise<AccessPoint> {
    return this.#point(
      () => true,
      () => true
    )
  }

  async changesSince(known: AccessRevisions): Promise<AccessPoint | null> {
    const { log, revisions } = this.#memory
    for (const [scope, revision] of revisions) {
      const oldest = log.find(line => line.scope === scope)?.revision ?? revision + 1
      if ((known.get(scope) ?? 0) < oldest - 1) return null
    }
    const news = log.filter(line => line.revision > (known.get(line.scope) ?? 0))
    const brands = new Set(news.map(line => line.domainId))
    const companies = new Set(news.map(line => line.companyId))
    return this.#point(
      id => brands.has(id),
      id => companies.has(id)
    )
  }

  async clock(): Promise<{ readonly at: number; readonly revisions: AccessRevisions }> {
    return { at: this.#memory.now(), revisions: new Map(this.#memory.revisions) }
  }

  #point(brandIn: (id: string) => boolean, companyIn: (id: string) => boolean): AccessPoint {
    const { brands, companies, platform, revisions } = this.#memory
    return {
      revisions: new Map(revisions),
      platform,
      domains: [...brands.values()]
        .filter(({ id }) => brandIn(id))
        .map(({ id, isDefault, features, columns }) => ({ id, isDefault, features, columns })),
      companies: [...companies.values()]
        .filter(({ id }) => companyIn(id))
        .map(({ id, userType, status, domainId, overrides }) => ({ id, userType, status, domainId, overrides }))
    }
  }
}

class MemoryBrands implements BrandStore {
  readonly #memory: Memory

  constructor(memory: Memory) {
    this.#memory = memory
  }

  async get(by: { readonly id: string } | { readonly fqdn: string }): Promise<Brand | null> {
    if ('id' in by) return this.#memory.brands.get(by.id) ?? null
    const fqdn = by.fqdn.toLowerCase()
    return [...this.#memory.brands.values()].find(brand => brand.fqdn === fqdn) ?? null
  }

  async list(request: PageRequest & { readonly search?: string | null }): Promise<CountedPage<Brand>> {
    const found = [...this.#memory.brands.values()].filter(
      brand => contains(brand.fqdn, request.search) || contains(brand.brandName, request.search)
    )
    return page(found, request)
  }

  async create(input: Parameters<BrandStore['create']>[0], actor: Actor): Promise<Brand> {
    const memory = this.#memory
    const fqdn = input.fqdn.toLowerCase()
    const features = input.features.map(key => ({ key, enabled: true }))
    if (memory.catalogue) checkDomainFeatures(memory.catalogue, features)
    if ((await this.get({ fqdn })) !== null) throw new PortalError('CONFLICT', 'This host name is taken.')
    const brand: Brand = {
      id: memory.newId(),
      fqdn,
      brandName: input.brandName,
      isDefault: memory.brands.size === 0,
      enabled: true,
      currencies: input.currencies,
      features,
      columns: [],
      version: 1,
      createdAt: memory.now()
    }
    memory.brands.set(brand.id, brand)
    memory.bump(brand.id, { domainId: brand.id })
    memory.record(actor, 'createPortalDomain', `brand:${brand.id}`, null, { fqdn, features: input.features })
    return brand
  }

  async setFeatures(...[id, features, actor, expectedVersion]: Parameters<BrandStore['setFeatures']>): Promise<Brand> {
    const memory = this.#memory
    const brand = memory.brand(id)
    if (memory.catalogue) checkDomainFeatures(memory.catalogue, features)
    checkVersion(brand, expectedVersion)
    const target = `brand:${id}`
    const touches = features.map(({ key, enabled }): Touch => {
      const before = brand.features.find(each => each.key === key)?.enabled
      return { target, field: `feature:${key}`, before, after: enabled }
    })
    memory.record(actor, 'setDomainFeatures', target, touches)
    return memory.putBrand(touches.reduce(brandWith, brand))
  }

  async setColumns(...[id, list, actor, expectedVersion]: Parameters<BrandStore['setColumns']>): Promise<Brand> {
    const memory = this.#memory
    const brand = memory.brand(id)
    if (memory.catalogue) checkDomainColumns(memory.catalogue, list)
    checkVersion(brand, expectedVersion)
    const { report, userType, columns } = list
    const before = brand.columns.find(each => each.report === report && each.userType === userType)?.columns
    const touch = { target: `brand:${id}`, field: `columns:${report}:${userType}`, before, after: columns }
    memory.record(actor, 'setDomainColumns', touch.target, [touch])
    return memory.putBrand(brandWith(brand, touch))
  }
}

class MemoryCompanies implements CompanyStore {
  readonly #memory: Memory

  constructor(memory: Memory) {
    this.#memory = memory
  }

  async get(id: string): Promise<Company | null> {
    return this.#memory.companies.get(id) ?? null
  }

  async list(request: Parameters<CompanyStore['list']>[0]): Promise<CountedPage<Company>> {
    const found = [...this.#memory.companies.values()].filter(
      company =>
        contains(company.name, request.search) &&
        (request.domainId == null || company.domainId === request.domainId) &&
        (request.userType == null || company.userType === request.userType)
    )
    return page(found, request)
  }

  async names(ids: readonly string[]): Promise<ReadonlyMap<string, string>> {
    const known = ids.flatMap(id => this.#memory.companies.get(id) ?? [])
    return new Map(known.map(company => [company.id, company.name]))
  }

  async idsByName(search: string | null): Promise<readonly string[]> {
    return [...this.#memory.companies.values()]
      .filter(company => contains(company.name, search))
      .map(company => ({ id: company.id, name: company.name.toLowerCase() }))
      .toSorted((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : a.id < b.id ? -1 : 1))
      .map(({ id }) => id)
  }

  async create(input: Parameters<CompanyStore['create']>[0], actor: Actor): Promise<Company> {
    const memory = this.#memory
    if (input.domainId !== null) memory.brand(input.domainId)
    for (const company of memory.companies.values())
      for (const code of input.accountCodes)
        if (company.accountCodes.includes(code)) throw new PortalError('CONFLICT', `The account code ${code} is taken.`)
    const company: Company = { ...input, id: memory.newId(), overrides: [], version: 1, createdAt: memory.now() }
    memory.companies.set(company.id, company)
    memory.bump(company.domainId ?? UNASSIGNED_SCOPE, { companyId: company.id })
    memory.record(actor, 'createCompany', `company:${company.id}`, null, input)
    return company
  }

  async assignDomain(...[id, domainId, actor, expectedVersion]: Parameters<CompanyStore['assignDomain']>) {
    const memory = this.#memory
    const company = memory.company(id)
    if (domainId !== null) memory.brand(domainId)
    checkVersion(company, expectedVersion)
    const touch = { target: `company:${id}`, field: 'domain', before: company.domainId, after: domainId }
    memory.record(actor, 'assignCompanyDomain', touch.target, [touch])
    return memory.putCompany(companyWith(company, touch))
  }

  async setOverrides(...[id, changes, actor, expectedVersion]: Parameters<CompanyStore['setOverrides']>) {
    return this.#setOverrides('setCompanyOverrides', id, changes, actor, expectedVersion)
  }

  #setOverrides(
    action: AccessAction,
    ...[id, changes, actor, expectedVersion]: Parameters<CompanyStore['setOverrides']>
  ): Company {
    const memory = this.#memory
    const company = memory.company(id)
    if (memory.catalogue) checkOverrideChanges(memory.catalogue, changes)
    checkVersion(company, expectedVersion)
    const touches = changes.map((change): Touch => {
      const before = company.overrides.find(each => each.key === change.key)
      return { target: `company:${id}`, field: `override:${change.key}`, before, after: this.#override(change, actor) }
    })
    memory.record(actor, action, `company:${id}`, touches)
    return memory.putCompany(touches.reduce(companyWith, company))
  }

  #override(change: OverrideChange, actor: Actor): CompanyOverride | null {
    if (change.override === 'INHERIT') return null
    return {
      key: change.key,
      override: change.override,
      validFrom: change.validFrom ?? null,
      validUntil: change.validUntil ?? null,
      reason: change.reason ?? actor.reason ?? null,
      setBy: actor.operator.actor,
      setAt: this.#memory.now()
    }
  }

  async bulkSetOverrides(
    ids: readonly string[],
    changes: readonly OverrideChange[],
    actor: Actor
  ): Promise<readonly BulkResult[]> {
    // What is wrong with the changes is wrong for every company: refused whole.
    if (this.#memory.catalogue) checkOverrideChanges(this.#memory.catalogue, changes)
    const results: BulkResult[] = []
    for (const companyId of ids)
      try {
        this.#setOverrides('bulkSetCompanyOverrides', companyId, changes, actor)
        results.push({ companyId, ok: true })
      } catch (error) {
        if (!(error instanceof PortalError)) throw error
        results.push({ companyId, ok: false, code: error.code, message: error.message })
      }
    return results
  }
}

const entryOf = ({ touches: _, ...entry }: Write): AuditEntry => entry

class MemoryAudit implements AuditStore {
  readonly #memory: Memory

  constructor(memory: Memory) {
    this.#memory = memory
  }

  async get(id: string): Promise<AuditEntry | null> {
    const write = this.#memory.writes.find(each => each.id === id)
    return write === undefined ? null : entryOf(write)
  }

  async list(request: Parameters<AuditStore['list']>[0]): Promise<CountedPage<AuditEntry>> {
    const found = this.#memory.writes
      .filter(
        write =>
          (request.target == null || write.target === request.target) &&
          (request.actor == null || write.actor === request.actor)
      )
      .map(entryOf)
    return page(found.toReversed(), request)
  }

  async revert(auditId: string, actor: Actor): Promise<AuditEntry> {
    const { writes } = this.#memory
    const index = writes.findIndex(write => write.id === auditId)
    const write = writes[index]
    if (write === undefined) throw new PortalError('NOT_FOUND', 'There is no such audit entry.')
    const { touches } = write
    if (touches === null) throw new PortalError('PRECONDITION_FAILED', 'Only a change of access can be undone.')
    const later = writes.slice(index + 1).flatMap(each => each.touches ?? [])
    if (touches.some(touch => later.some(each => each.target === touch.target && each.field === touch.field)))
      throw new PortalError('CONFLICT', 'Something later changed the same; undo that first.')
    const back = touches.map(touch => ({ ...touch, before: touch.after, after: touch.before }))
    this.#memory.putBack(back)
    return entryOf(this.#memory.record(actor, 'revertChange', write.target, back))
  }
}

class MemoryPlatform implements PlatformStore {
  readonly #memory: Memory

  constructor(memory: Memory) {
    this.#memory = memory
  }

  async get(): Promise<PlatformAccess> {
    return this.#memory.platform
  }

  async setPlugin(name: string, enabled: boolean, actor: Actor): Promise<PlatformAccess> {
    return this.#set('plugin', name, !this.#memory.platform.disabledPlugins.includes(name), enabled, actor)
  }

  async setEntitlement(name: string, present: boolean, actor: Actor): Promise<PlatformAccess> {
    return this.#set('entitlement', name, this.#memory.platform.entitlements.includes(name), present, actor)
  }

  #set(kind: 'plugin' | 'entitlement', name: string, before: boolean, after: boolean, actor: Actor): PlatformAccess {
    const touch = { target: 'platform:', field: `${kind}:${name}`, before, after }
    this.#memory.record(actor, kind === 'plugin' ? 'setPluginEnabled' : 'setEntitlement', name, [touch])
    return this.#memory.putPlatform(platformWith(this.#memory.platform, touch))
  }
}
