import { checkOverrideChanges, overrideOf } from './access-input.ts'
import { statusAfter } from './company-status.ts'
import { PortalError } from './errors.ts'
import { changing, checkVersion, companyWith, contains, decides, type Memory, page, type Touch } from './memory-rows.ts'
import {
  type AccessAction,
  type Actor,
  type BulkResult,
  type Company,
  type CompanyStore,
  type CountedPage,
  type OverrideChange,
  UNASSIGNED_SCOPE
} from './ports.ts'

const compare = (one: string, other: string): number => (one < other ? -1 : one > other ? 1 : 0)

const byName = (one: Company, other: Company): number =>
  compare(one.name.toLowerCase(), other.name.toLowerCase()) || compare(one.id, other.id)

/** Companies in memory; see `CompanyStore`. */
export class MemoryCompanies implements CompanyStore {
  readonly #memory: Memory

  constructor(memory: Memory) {
    this.#memory = memory
  }

  async get(id: string): Promise<Company | null> {
    return this.#memory.companies.get(id) ?? null
  }

  async some(ids: readonly string[]): Promise<readonly Company[]> {
    return [...new Set(ids)].flatMap(id => this.#memory.companies.get(id) ?? [])
  }

  async list(request: Parameters<CompanyStore['list']>[0]): Promise<CountedPage<Company>> {
    const { search, sort = 'createdAt' } = request
    const means = (company: Company): boolean =>
      contains(company.name, search) ||
      company.id === search ||
      company.accountCodes.includes(search ?? '') ||
      (request.alsoIds ?? []).includes(company.id)
    const found = [...this.#memory.companies.values()].filter(
      company =>
        means(company) &&
        (request.domainId == null || company.domainId === request.domainId) &&
        (request.userType == null || company.userType === request.userType) &&
        (request.status == null || company.status === request.status)
    )
    const sorted = sort.endsWith('name') ? found.toSorted(byName) : found
    return page(sort.startsWith('-') ? sorted.toReversed() : sorted, request)
  }

  async names(ids: readonly string[]): Promise<ReadonlyMap<string, string>> {
    const known = ids.flatMap(id => this.#memory.companies.get(id) ?? [])
    return new Map(known.map(company => [company.id, company.name]))
  }

  async idsByName(search: string | null): Promise<readonly string[]> {
    return [...this.#memory.companies.values()]
      .filter(company => contains(company.name, search))
      .toSorted(byName)
      .map(({ id }) => id)
  }

  async create(input: Parameters<CompanyStore['create']>[0], actor: Actor): Promise<Company> {
    const memory = this.#memory
    if (input.domainId !== null) memory.brand(input.domainId)
    memory.refuseTakenCodes(null, input.accountCodes)
    const company: Company = { ...input, id: memory.newId(), overrides: [], version: 1, createdAt: memory.now() }
    memory.companies.set(company.id, company)
    memory.bump(company.domainId ?? UNASSIGNED_SCOPE, { companyId: company.id })
    memory.record(actor, 'createCompany', `company:${company.id}`, null, input)
    return company
  }

  async update(...[id, input, actor, expectedVersion]: Parameters<CompanyStore['update']>): Promise<Company> {
    const company = this.#memory.company(id)
    checkVersion(company, expectedVersion)
    const codes = company.accountCodes.toSorted(compare)
    const touches = [
      { field: 'name', before: company.name, after: input.name ?? company.name },
      { field: 'accountCodes', before: codes, after: input.accountCodes?.toSorted(compare) ?? codes }
    ]
    return this.#write(company, touches, 'updateCompany', actor)
  }

  async changeStatus(...[id, move, actor, expectedVersion]: Parameters<CompanyStore['changeStatus']>) {
    const company = this.#memory.company(id)
    checkVersion(company, expectedVersion)
    const after = statusAfter(move, company.status, this.#memory.closedFrom.get(id) ?? null)
    return this.#write(company, [{ field: 'status', before: company.status, after }], `${move}Company`, actor)
  }

  async assignDomain(...[id, domainId, actor, expectedVersion]: Parameters<CompanyStore['assignDomain']>) {
    const company = this.#memory.company(id)
    checkVersion(company, expectedVersion)
    const touch = { field: 'domain', before: company.domainId, after: domainId }
    return this.#write(company, [touch], 'assignCompanyDomain', actor)
  }

  #write(company: Company, touches: readonly Omit<Touch, 'target'>[], action: AccessAction, actor: Actor): Company {
    const target = `company:${company.id}`
    const changes = changing(touches).map(touch => ({ ...touch, target }))
    if (changes.length === 0) return company
    const next = this.#memory.putCompany(changes.reduce(companyWith, company), changes.some(decides))
    this.#memory.record(actor, action, target, changes)
    return next
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
    const touches = changes.map(change => {
      const before = company.overrides.find(each => each.key === change.key)
      return { field: `override:${change.key}`, before, after: overrideOf(change, actor, this.#memory.now()) }
    })
    return this.#write(company, touches, action, actor)
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
