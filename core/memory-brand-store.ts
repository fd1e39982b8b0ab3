import { checkDomainColumns, checkDomainFeatures } from './access-input.ts'
import { checkRemoval } from './brand-removal.ts'
import { PortalError } from './errors.ts'
import { brandWith, changing, checkVersion, contains, type Memory, page, type Touch } from './memory-rows.ts'
import {
  type AccessAction,
  type Actor,
  type Brand,
  type BrandStore,
  type CountedPage,
  REGISTRY_SCOPE
} from './ports.ts'

/** Brands in memory; see `BrandStore`. */
export class MemoryBrands implements BrandStore {
  readonly #memory: Memory

  constructor(memory: Memory) {
    this.#memory = memory
  }

  async get(by: { readonly id: string } | { readonly fqdn: string }): Promise<Brand | null> {
    if ('id' in by) return this.#memory.brands.get(by.id) ?? null
    const fqdn = by.fqdn.toLowerCase()
    return [...this.#memory.brands.values()].find(brand => brand.fqdn === fqdn) ?? null
  }

  async list(request: Parameters<BrandStore['list']>[0]): Promise<CountedPage<Brand>> {
    const found = [...this.#memory.brands.values()].filter(
      brand =>
        (contains(brand.fqdn, request.search) || contains(brand.brandName, request.search)) &&
        (request.enabled == null || brand.enabled === request.enabled)
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
    const brand = this.#memory.brand(id)
    if (this.#memory.catalogue) checkDomainFeatures(this.#memory.catalogue, features)
    checkVersion(brand, expectedVersion)
    const touches = features.map(({ key, enabled }) => {
      const before = brand.features.find(each => each.key === key)?.enabled
      return { field: `feature:${key}`, before, after: enabled }
    })
    return this.#write(brand, touches, 'setDomainFeatures', actor)
  }

  async setColumns(...[id, list, actor, expectedVersion]: Parameters<BrandStore['setColumns']>): Promise<Brand> {
    const brand = this.#memory.brand(id)
    if (this.#memory.catalogue) checkDomainColumns(this.#memory.catalogue, list)
    checkVersion(brand, expectedVersion)
    const { report, userType, columns } = list
    const before = brand.columns.find(each => each.report === report && each.userType === userType)?.columns
    const touch = { field: `columns:${report}:${userType}`, before, after: columns }
    return this.#write(brand, [touch], 'setDomainColumns', actor)
  }

  async update(...[id, input, actor, expectedVersion]: Parameters<BrandStore['update']>): Promise<Brand> {
    const brand = this.#memory.brand(id)
    checkVersion(brand, expectedVersion)
    const touches = (['brandName', 'currencies'] as const).flatMap(field =>
      input[field] === undefined ? [] : [{ field, before: brand[field], after: input[field] }]
    )
    return this.#write(brand, touches, 'updatePortalDomain', actor)
  }

  async setEnabled(...[id, enabled, actor, expectedVersion]: Parameters<BrandStore['setEnabled']>): Promise<Brand> {
    const brand = this.#memory.brand(id)
    checkVersion(brand, expectedVersion)
    const action = enabled ? 'enablePortalDomain' : 'disablePortalDomain'
    return this.#write(brand, [{ field: 'enabled', before: brand.enabled, after: enabled }], action, actor)
  }

  async setDefault(...[id, actor, expectedVersion]: Parameters<BrandStore['setDefault']>): Promise<Brand> {
    const brand = this.#memory.brand(id)
    checkVersion(brand, expectedVersion)
    if (!brand.isDefault) this.#memory.putDefault(id, 'setDefaultPortalDomain', actor)
    return this.#memory.brand(id)
  }

  async remove(...[id, reassignTo, actor, expectedVersion]: Parameters<BrandStore['remove']>): Promise<number> {
    const memory = this.#memory
    const brand = memory.brand(id)
    checkVersion(brand, expectedVersion)
    const companies = [...memory.companies.values()].filter(company => company.domainId === id)
    checkRemoval(brand, companies.length, reassignTo)
    if (reassignTo !== null) memory.brand(reassignTo)
    for (const company of companies) {
      const target = `company:${company.id}`
      memory.putCompany({ ...company, domainId: reassignTo })
      memory.record(actor, 'assignCompanyDomain', target, [{ target, field: 'domain', before: id, after: reassignTo }])
    }
    memory.brands.delete(id)
    memory.revisions.delete(id)
    const { fqdn, brandName, currencies, enabled, features, columns } = brand
    const removed = { fqdn, brandName, currencies, enabled, features, columns }
    const result = { reassignTo, companies: companies.length }
    memory.record(actor, 'deletePortalDomain', `brand:${id}`, null, result, removed)
    memory.bump(REGISTRY_SCOPE, {})
    return companies.length
  }

  #write(brand: Brand, touches: readonly Omit<Touch, 'target'>[], action: AccessAction, actor: Actor): Brand {
    const target = `brand:${brand.id}`
    const changes = changing(touches).map(touch => ({ ...touch, target }))
    if (changes.length === 0) return brand
    const next = changes.reduce(brandWith, brand)
    this.#memory.record(actor, action, target, changes)
    return this.#memory.putBrand(next)
  }
}
