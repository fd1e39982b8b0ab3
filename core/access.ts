import { AccessData } from './access-data.ts'
import {
  type AccessChange,
  type AccessGrid,
  type AccessGridQuestion,
  type AccessPreview,
  accessGrid,
  type CompaniesPage,
  type CompaniesQuestion,
  cellsOf,
  companiesWith,
  type PageQuestion
} from './access-index.ts'
import { AccessSet } from './access-set.ts'
import { hasBit, setBit } from './bits.ts'
import type { Catalogue } from './catalogue.ts'
import { badInput, PortalError } from './errors.ts'
import { type Explanation, explainAccess } from './explain-access.ts'
import {
  companiesWithIdle,
  type HygienePage,
  type HygieneQuestion,
  type IdleFilter,
  type IdleOverride,
  idleAmong,
  overrideHygiene,
  type SlicedLook
} from './override-hygiene.ts'
import {
  type AccessPoint,
  type AccessRevisions,
  type CompanyAccess,
  type DomainAccess,
  type PlatformAccess,
  REGISTRY_SCOPE,
  UNASSIGNED_SCOPE
} from './ports.ts'
import { previewChange } from './preview-access.ts'
import { resolveAll } from './resolve-access.ts'

/** Lets others have their turn in the middle of a long look. */
export type Pause = () => Promise<unknown>

/**
 * The answers about access, from data held in memory. Pure, and synchronous but for looks that take pauses: the
 * instant `at` (milliseconds since 1970 UTC) is an argument everywhere. `domainId` is the brand that decides: that of the session; left out, the
 * company's home brand, else the default brand.
 */
export class Access {
  readonly catalogue: Catalogue
  #data: AccessData
  readonly #passed: Uint32Array

  constructor(catalogue: Catalogue) {
    this.catalogue = catalogue
    this.#data = new AccessData(catalogue)
    this.#passed = new Uint32Array(catalogue.featureWords)
  }

  /** Forgets everything and starts from this point. */
  replace(point: AccessPoint): void {
    const data = new AccessData(this.catalogue, point.companies.length)
    data.put(point)
    this.#data = data
  }

  /** Takes in what changed; brands and companies that the point does not mention stay as they are. */
  apply(point: AccessPoint): void {
    this.#data.put(point)
  }

  get defaultDomainId(): string | null {
    return this.#data.defaultDomain?.access.id ?? null
  }

  get companyCount(): number {
    return this.#data.count
  }

  get revisions(): AccessRevisions {
    return this.#data.revisions
  }

  get platform(): PlatformAccess {
    return this.#data.platform
  }

  /** Every brand, in the order of the data. */
  domains(): readonly DomainAccess[] {
    return this.#data.domains()
  }

  domain(domainId: string): DomainAccess | undefined {
    const handle = this.#data.domainHandle(domainId)
    return handle === undefined ? undefined : this.#data.domain(handle)!.access
  }

  company(companyId: string): CompanyAccess | undefined {
    const handle = this.#data.handles.get(companyId)
    return handle === undefined ? undefined : this.#data.company(handle)
  }

  /** Whether one feature or column is effective; false for an unknown company, brand or key. */
  can(companyId: string, key: string, at: number, domainId?: string | null): boolean {
    const data = this.#data
    const handle = data.handles.get(companyId)
    const bit = this.catalogue.bit(key)
    if (handle === undefined || bit === undefined) return false
    const domain = domainId == null ? data.home(handle) : data.domainHandle(domainId)
    if (domain === undefined) return false
    return data.effective(handle, domain, bit, at)
  }

  /** Everything the company sees. @throws PortalError NOT_FOUND for an unknown company or brand */
  accessOf(companyId: string, at: number, domainId?: string | null): AccessSet {
    const data = this.#data
    const handle = data.handleOf(companyId)
    const domain = data.decidingDomain(handle, domainId)
    const row = data.domain(domain)!
    const userType = data.userType(handle)
    const words = new Uint32Array(this.catalogue.words)
    data.passed(handle, domain, at, this.#passed)
    resolveAll(
      data.rules.requirements[userType],
      this.catalogue.features.length,
      row.listed[userType],
      this.#passed,
      words
    )
    return new AccessSet(this.catalogue, words, {
      userType,
      domainId: row.access.id,
      nextBoundary: data.boundaries(handle, at).next,
      orderedColumns: report => row.ordered[userType].get(report) ?? []
    })
  }

  /** What anyone may see on a brand without sign-in: PUBLIC keys only. @throws PortalError NOT_FOUND */
  anonymous(domainId: string): AccessSet {
    const domain = this.#data.domainHandle(domainId)
    if (domain === undefined) throw new PortalError('NOT_FOUND', 'There is no such portal domain.')
    const words = new Uint32Array(this.catalogue.words)
    const base = this.#data.base.subarray(domain * this.catalogue.featureWords)
    for (const { bit } of this.#data.rules.publicRequirements) if (hasBit(base, bit)) setBit(words, bit)
    return new AccessSet(this.catalogue, words, {
      userType: null,
      domainId,
      nextBoundary: null,
      orderedColumns: () => []
    })
  }

  /** Why a feature or column is effective or not. @throws PortalError NOT_FOUND; BAD_USER_INPUT for an unknown key */
  explain(companyId: string, key: string, at: number, domainId?: string | null): Explanation {
    if (this.catalogue.bit(key) === undefined) throw badInput('key', `there is no feature "${key}"`)
    const handle = this.#data.handleOf(companyId)
    return explainAccess(this.#data, handle, this.#data.decidingDomain(handle, domainId), key, at)
  }

  /** All features in registry order, each with the layer that decided it. @throws PortalError NOT_FOUND */
  states(
    companyId: string,
    at: number,
    domainId?: string | null
  ): readonly { readonly key: string; readonly effective: boolean; readonly decidedBy: string }[] {
    return this.catalogue.features.map(({ key }) => {
      const { effective, decidedBy } = this.explain(companyId, key, at, domainId)
      return { key, effective, decidedBy }
    })
  }

  /**
   * Equal revisions of one company mean equal answers: counters of the deciding brand, of the company's home and of
   * the registry, and the last instant at which one of its overrides started or ended.
   * @throws PortalError NOT_FOUND
   */
  revisionOf(companyId: string, at: number, domainId?: string | null): string {
    const data = this.#data
    const handle = data.handleOf(companyId)
    const brand = data.domain(data.decidingDomain(handle, domainId))!.access.id
    const home = data.home(handle) === 0 ? UNASSIGNED_SCOPE : data.domain(data.home(handle))!.access.id
    const scopes = [...new Set([brand, home, REGISTRY_SCOPE])]
    const counters = scopes.map(scope => `${scope}:${data.revisions.get(scope) ?? 0}`)
    return [...counters, `at:${data.boundaries(handle, at).last ?? 0}`].join(' ')
  }

  /** One character a feature in registry order: `v` visible, `V` visible by the company's own SHOW, `-` not. @throws PortalError NOT_FOUND */
  cells(companyId: string, at: number, domainId?: string | null): string {
    const handle = this.#data.handleOf(companyId)
    return cellsOf(this.#data, handle, this.#data.decidingDomain(handle, domainId), at)
  }

  /** The companies that see a key, or do not, with exact counts. @throws PortalError BAD_USER_INPUT, NOT_FOUND */
  companiesWith(question: CompaniesQuestion): CompaniesPage {
    return companiesWith(this.#data, question)
  }

  /** What a change would alter; changes nothing. @throws PortalError BAD_USER_INPUT, NOT_FOUND */
  preview(change: AccessChange, page: PageQuestion): AccessPreview {
    return previewChange(this.#data, change, page)
  }

  /** A window of the companies-by-features grid. @throws PortalError BAD_USER_INPUT, NOT_FOUND */
  grid(question: AccessGridQuestion): AccessGrid {
    return accessGrid(this.#data, question)
  }

  /** Overrides that can be removed without changing an answer, and those of closed companies. @throws PortalError BAD_USER_INPUT, NOT_FOUND */
  overrideHygiene(question: HygieneQuestion, pause: Pause): Promise<HygienePage> {
    return this.#inSlices(data => overrideHygiene(data, question), pause)
  }

  /** Companies with idle overrides, of these keys if some are given; at most `most` of them. @throws PortalError NOT_FOUND */
  companiesWithIdle(
    question: IdleFilter & { readonly among?: ReadonlySet<string> },
    most: number,
    pause: Pause
  ): Promise<readonly string[]> {
    return this.#inSlices(data => companiesWithIdle(data, question, most), pause)
  }

  /** Starts over when the data changes in a pause; the third time it takes none. */
  async #inSlices<T>(look: (data: AccessData) => SlicedLook<T>, pause: Pause): Promise<T> {
    for (let attempt = 1; ; attempt++) {
      const data = this.#data
      const { revisions } = data
      const slices = look(data)
      while (data === this.#data && revisions === data.revisions) {
        const step = slices.next()
        if (step.done) return step.value
        if (attempt < 3) await pause()
      }
    }
  }

  /** The idle overrides of some companies; companies without any, and unknown ones, are absent. */
  idleOverrides(companyIds: readonly string[], at: number): ReadonlyMap<string, readonly IdleOverride[]> {
    return idleAmong(this.#data, companyIds, at)
  }
}
