import { AccessData } from './access-data.ts'
import {
  type AccessChange,
  type AccessPreview,
  checkFirst,
  filedUnder,
  type PageQuestion,
  startOf
} from './access-index.ts'
import { checkDomainColumns, checkDomainFeatures, checkOverrideChanges } from './access-input.ts'
import { hasBit } from './bits.ts'
import { badInput, PortalError } from './errors.ts'
import { explainAccess } from './explain-access.ts'
import { type Feature, type UserType, userTypes } from './feature.ts'
import type { CompanyAccess, DomainAccess, OverrideAccess } from './ports.ts'
import { gateRow, holds, platformAllows, type Requirement } from './resolve-access.ts'

/**
 * What a change would alter. The changed world is a second, small `AccessData`: every brand, but of the companies
 * only those the change names. A company reached only through its brand keeps its record and is asked twice, over
 * the brand's values before and after.
 */
export const previewChange = (data: AccessData, change: AccessChange, page: PageQuestion): AccessPreview => {
  checkFirst(page.first)
  const start = startOf(data, page.after)
  checkChange(data, change)
  const comparison = new Comparison(data, change, page.at)
  const shown: number[] = []
  let companiesChecked = 0
  let companiesChanged = 0
  let hasNextPage = false
  for (let handle = 0; handle < data.count; handle++) {
    if (!comparison.reaches(handle)) continue
    companiesChecked++
    if (!comparison.differs(handle)) continue
    companiesChanged++
    if (handle <= start) continue
    if (shown.length < page.first) shown.push(handle)
    else hasNextPage = true
  }
  return {
    companiesChecked,
    companiesChanged,
    nodes: shown.map(handle => ({ companyId: data.ids[handle]!, ...comparison.difference(handle) })),
    endCursor: shown.length > 0 ? data.ids[shown.at(-1)!]! : null,
    hasNextPage,
    warnings: comparison.warnings()
  }
}

const checkChange = (data: AccessData, change: AccessChange): void => {
  const given = (list: readonly unknown[] | null | undefined): boolean => list != null && list.length > 0
  if ((given(change.features) || given(change.columns)) && change.domainId == null)
    throw badInput('domainId', 'is required with features or columns')
  if ((given(change.overrides) || change.assignDomainId !== undefined) && change.companyIds == null)
    throw badInput('companyIds', 'is required with overrides or assignDomainId')
  for (const [path, id] of [
    ['domainId', change.domainId],
    ['assignDomainId', change.assignDomainId]
  ] as const)
    if (id != null && data.domainHandle(id) === undefined)
      throw new PortalError('NOT_FOUND', `There is no such portal domain (${path}).`)
  for (const id of change.companyIds ?? []) data.handleOf(id)
  checkOverrideChanges(data.catalogue, change.overrides ?? [])
  checkDomainFeatures(data.catalogue, change.features ?? [])
  for (const [index, list] of (change.columns ?? []).entries())
    checkDomainColumns(data.catalogue, list, `columns.${index}.columns`)
}

const mentions = (requirement: Requirement, words: Uint32Array): boolean =>
  requirement.need.some((word, index) => (word & words[index]!) !== 0) ||
  requirement.anyOf.some(group => group.some(each => mentions(each, words)))

class Comparison {
  readonly #before: AccessData
  readonly #after: AccessData
  readonly #change: AccessChange
  readonly #at: number
  /** Homes whose companies the brand's change reaches. */
  readonly #filed: readonly number[]
  /** Handle before → handle after, of the companies that the change names. */
  readonly #named = new Map<number, number>()
  /** Bits that the brand's change can move, by user type. */
  readonly #affected: Readonly<Record<UserType, readonly number[]>>
  readonly #columnsMove: Readonly<Record<UserType, boolean>>
  readonly #everyBit: readonly number[]
  readonly #passedBefore: Uint32Array
  readonly #passedAfter: Uint32Array

  constructor(data: AccessData, change: AccessChange, at: number) {
    const { catalogue } = data
    this.#before = data
    this.#change = change
    this.#at = at
    this.#passedBefore = new Uint32Array(data.rules.words)
    this.#passedAfter = new Uint32Array(data.rules.words)
    this.#everyBit = Array.from({ length: catalogue.size }, (_, bit) => bit)
    this.#filed = change.features?.length || change.columns?.length ? filedUnder(data, change.domainId)! : []

    const ids = [...new Set(change.companyIds ?? [])]
    this.#after = new AccessData(catalogue, ids.length)
    this.#after.put({
      revisions: new Map(),
      platform: data.platform,
      domains: data.domains().map(domain => (domain.id === change.domainId ? changedDomain(domain, change) : domain)),
      companies: ids.map(id => changedCompany(data.company(data.handleOf(id)), change))
    })
    for (const id of ids) this.#named.set(data.handleOf(id), this.#after.handleOf(id))

    const affected = { CUSTOMER: [] as number[], CARRIER: [] as number[] }
    const columnsMove = { CUSTOMER: false, CARRIER: false }
    const domain = change.domainId == null ? undefined : data.domainHandle(change.domainId)
    if (domain !== undefined) {
      const moved = baseOf(data, domain).map((word, index) => word ^ baseOf(this.#after, domain)[index]!)
      for (const userType of userTypes) {
        const listedBefore = data.domain(domain)!.listed[userType]
        const listedAfter = this.#after.domain(domain)!.listed[userType]
        columnsMove[userType] = listedBefore.some((word, index) => word !== listedAfter[index])
        for (const bit of this.#everyBit)
          if (
            mentions(data.rules.requirements[userType][bit]!, moved) ||
            hasBit(listedBefore, bit) !== hasBit(listedAfter, bit)
          )
            affected[userType].push(bit)
      }
    }
    this.#affected = affected
    this.#columnsMove = columnsMove
  }

  reaches(handle: number): boolean {
    return (
      (this.#filed.length > 0 && this.#filed.includes(this.#before.home(handle))) ||
      (this.#named.size > 0 && this.#named.has(handle))
    )
  }

  differs(handle: number): boolean {
    this.#read(handle)
    const userType = this.#before.userType(handle)
    if (!this.#named.has(handle) && !this.#columnsMove[userType] && this.#samePassed()) return false
    const bits = this.#bitsOf(handle, userType)
    for (let index = 0; index < bits.length; index++)
      if (this.#value(handle, userType, bits[index]!, false) !== this.#value(handle, userType, bits[index]!, true))
        return true
    return false
  }

  difference(handle: number): { readonly gains: readonly string[]; readonly loses: readonly string[] } {
    this.#read(handle)
    const userType = this.#before.userType(handle)
    const { features, columns } = this.#before.catalogue
    const gains: string[] = []
    const loses: string[] = []
    for (const bit of this.#bitsOf(handle, userType)) {
      const after = this.#value(handle, userType, bit, true)
      if (this.#value(handle, userType, bit, false) === after) continue
      const { key } = features[bit] ?? columns[bit - features.length]!
      ;(after ? gains : loses).push(key)
    }
    return { gains, loses }
  }

  /** Where the change says something that will not show, in words for an operator; with how many companies. */
  warnings(): readonly string[] {
    const counts = new Map<string, number>()
    const warn = (text: string) => counts.set(text, (counts.get(text) ?? 0) + 1)
    for (const handle of this.#named.values())
      for (const { key, override, validFrom } of this.#change.overrides ?? []) {
        if (override === 'INHERIT') continue
        const text = this.#overrideWarning(handle, key, override, validFrom ?? null)
        if (text !== null) warn(text)
      }
    const companies = [...counts].map(([text, count]) => `${text} (${count} ${count === 1 ? 'company' : 'companies'})`)
    return [...this.#brandWarnings(), ...companies]
  }

  #overrideWarning(handle: number, key: string, override: string, validFrom: number | null): string | null {
    if (this.#after.catalogue.feature(key)!.kind === 'PUBLIC')
      return `${key}: notApplicable, only the brand decides a public key`
    if (validFrom !== null && validFrom > this.#at)
      return `${key}: ${override} counts only from ${new Date(validFrom).toISOString()}`
    const home = this.#after.home(handle)
    if (this.#after.domain(home) === null) return `${key}: no effect while there is no brand`
    const { effective, decidedBy, steps } = explainAccess(this.#after, handle, home, key, this.#at)
    const last = steps.at(-1)!
    if (last.value === 'notApplicable') return `${key}: ${last.detail}`
    const gated = decidedBy !== 'company' && decidedBy !== 'domain' && decidedBy !== 'registry'
    return override === 'SHOW' && !effective && gated ? `${key}: ${last.detail}` : null
  }

  #brandWarnings(): readonly string[] {
    const { domainId, features } = this.#change
    if (domainId == null) return []
    const domain = this.#after.domainHandle(domainId)!
    return (features ?? []).flatMap(({ key, enabled }) => {
      const why = enabled ? this.#whyBrandAloneHides(domain, this.#after.catalogue.feature(key)!) : null
      return why === null ? [] : [`${key}: no effect while ${why}`]
    })
  }

  #whyBrandAloneHides(domain: number, feature: Feature): string | null {
    const { catalogue, platform, rules } = this.#after
    const base = baseOf(this.#after, domain)
    const shows = (key: string, userType: UserType): boolean => {
      const row = gateRow('ACTIVE', userType) * rules.words
      return holds(
        rules.requirements[userType][catalogue.bit(key)!]!,
        base.map((word, index) => word & rules.gates[row + index]!)
      )
    }
    const viewers = feature.kind === 'PUBLIC' ? userTypes : feature.userTypes
    if (viewers.some(userType => shows(feature.key, userType))) return null
    if (!platformAllows(feature, platform)) return 'its plugin or add-on is switched off'
    const gates = catalogue.features.filter(
      ({ key, kind, userTypes: admits }) =>
        kind === 'GATE' && key !== feature.key && viewers.every(type => admits.includes(type) && !shows(key, type))
    )
    const parents = feature.parents.filter(parent =>
      feature.kind === 'PUBLIC' ? !hasBit(base, catalogue.bit(parent)!) : !viewers.some(type => shows(parent, type))
    )
    const hidden = [...new Set([...gates.map(gate => gate.key), ...parents])]
    return `${hidden.join(' and ')} ${hidden.length > 1 ? 'are' : 'is'} hidden`
  }

  #bitsOf(handle: number, userType: UserType): readonly number[] {
    return this.#named.has(handle) ? this.#everyBit : this.#affected[userType]
  }

  #read(handle: number): void {
    const before = this.#before
    const named = this.#named.get(handle)
    before.passed(handle, before.home(handle), this.#at, this.#passedBefore)
    if (named === undefined) before.passed(handle, before.home(handle), this.#at, this.#passedAfter, this.#after.base)
    else this.#after.passed(named, this.#after.home(named), this.#at, this.#passedAfter)
  }

  #samePassed(): boolean {
    for (let word = 0; word < this.#passedBefore.length; word++)
      if (this.#passedBefore[word] !== this.#passedAfter[word]) return false
    return true
  }

  /** After `#read`. */
  #value(handle: number, userType: UserType, bit: number, after: boolean): boolean {
    const data = after ? this.#after : this.#before
    if (bit >= data.catalogue.features.length) {
      const named = after ? this.#named.get(handle) : undefined
      const home = named === undefined ? this.#before.home(handle) : this.#after.home(named)
      const row = data.domain(home)
      if (row === null || !hasBit(row.listed[userType], bit)) return false
    }
    return holds(data.rules.requirements[userType][bit]!, after ? this.#passedAfter : this.#passedBefore)
  }
}

const baseOf = (data: AccessData, domain: number): Uint32Array =>
  data.base.subarray(domain * data.rules.words, (domain + 1) * data.rules.words)

const changedDomain = (domain: DomainAccess, change: AccessChange): DomainAccess => {
  const values = new Map(domain.features.map(({ key, enabled }) => [key, enabled]))
  for (const { key, enabled } of change.features ?? []) values.set(key, enabled)
  const replaced = (change.columns ?? []).filter(
    (list, index, all) =>
      all.findLastIndex(each => each.report === list.report && each.userType === list.userType) === index
  )
  const kept = domain.columns.filter(
    list => !replaced.some(each => each.report === list.report && each.userType === list.userType)
  )
  return {
    ...domain,
    features: [...values].map(([key, enabled]) => ({ key, enabled })),
    columns: [...kept, ...replaced]
  }
}

const changedCompany = (company: CompanyAccess, change: AccessChange): CompanyAccess => {
  const overrides = new Map<string, OverrideAccess>(company.overrides.map(override => [override.key, override]))
  for (const { key, override, validFrom, validUntil } of change.overrides ?? []) {
    if (override === 'INHERIT') overrides.delete(key)
    else overrides.set(key, { key, override, validFrom, validUntil })
  }
  return {
    ...company,
    overrides: [...overrides.values()],
    domainId: change.assignDomainId === undefined ? company.domainId : change.assignDomainId
  }
}
