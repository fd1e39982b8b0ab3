import { AccessData } from './access-data.ts'
import { type AccessChange, type AccessPreview, checkFirst, type PageQuestion, startOf } from './access-index.ts'
import { checkDomainColumns, checkDomainFeatures, checkOverrideChanges } from './access-input.ts'
import { hasBit } from './bits.ts'
import { checkRemoval } from './brand-removal.ts'
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
  for (const handle of comparison.reached()) {
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
  for (const path of ['domainId', 'assignDomainId', 'defaultDomainId', 'removeDomainId', 'reassignTo'] as const) {
    const id = change[path]
    if (id != null && data.domainHandle(id) === undefined)
      throw new PortalError('NOT_FOUND', `There is no such portal domain (${path}).`)
  }
  checkBrandRemoval(data, change)
  for (const id of change.companyIds ?? []) data.handleOf(id)
  checkOverrideChanges(data.catalogue, change.overrides ?? [])
  checkDomainFeatures(data.catalogue, change.features ?? [])
  for (const [index, list] of (change.columns ?? []).entries())
    checkDomainColumns(data.catalogue, list, `columns.${index}.columns`)
}

const checkBrandRemoval = (data: AccessData, change: AccessChange): void => {
  const { removeDomainId, reassignTo, defaultDomainId } = change
  if (removeDomainId == null) return
  const home = data.domainHandle(removeDomainId)!
  let companies = 0
  for (let handle = 0; handle < data.count; handle++) if (data.home(handle) === home) companies++
  const isDefault = defaultDomainId == null && data.defaultDomain?.access.id === removeDomainId
  checkRemoval({ id: removeDomainId, isDefault }, companies, reassignTo ?? null)
}

const mentions = (requirement: Requirement, words: Uint32Array): boolean =>
  requirement.need.some((word, index) => (word & words[index]!) !== 0) ||
  requirement.anyOf.some(group => group.some(each => mentions(each, words)))

/** What becomes of the companies of one home that the change does not name. */
interface Fate {
  /** Their home afterwards. */
  readonly home: number
  /** Bits that can move, by user type. */
  readonly affected: Readonly<Record<UserType, readonly number[]>>
  readonly columnsMove: Readonly<Record<UserType, boolean>>
}

class Comparison {
  readonly #before: AccessData
  readonly #after: AccessData
  readonly #change: AccessChange
  readonly #at: number
  /** Homes whose companies the change reaches. */
  readonly #fates = new Map<number, Fate>()
  /** Handle before → handle after, of the companies that the change names. */
  readonly #named = new Map<number, number>()
  readonly #everyBit: readonly number[]

  constructor(data: AccessData, change: AccessChange, at: number) {
    const { catalogue } = data
    this.#before = data
    this.#change = change
    this.#at = at
    this.#everyBit = Array.from({ length: catalogue.size }, (_, bit) => bit)

    const ids = [...new Set(change.companyIds ?? [])]
    this.#after = new AccessData(catalogue, ids.length)
    this.#after.put({
      revisions: new Map(),
      platform: data.platform,
      domains: data.domains().map(domain => changedDomain(domain, change)),
      companies: ids.map(id => changedCompany(data.company(data.handleOf(id)), change))
    })
    for (const id of ids) this.#named.set(data.handleOf(id), this.#after.handleOf(id))

    const handleOf = (id: string | null | undefined): number => (id == null ? 0 : data.domainHandle(id)!)
    const defaultsMove = data.defaultDomain?.access.id !== this.#after.defaultDomain?.access.id
    const touched = change.features?.length || change.columns?.length ? handleOf(change.domainId) : null
    if (touched !== null) this.#fates.set(touched, this.#fate(touched, touched))
    if (defaultsMove || (touched !== null && data.defaultDomain?.access.id === change.domainId))
      this.#fates.set(0, this.#fate(0, 0))
    const removed = handleOf(change.removeDomainId)
    if (removed !== 0) this.#fates.set(removed, this.#fate(removed, handleOf(change.reassignTo)))
  }

  #fate(from: number, home: number): Fate {
    const { catalogue, rules } = this.#before
    const moved = baseOf(this.#before, from).map((word, index) => word ^ baseOf(this.#after, home)[index]!)
    const affected = { CUSTOMER: [] as number[], CARRIER: [] as number[] }
    const columnsMove = { CUSTOMER: false, CARRIER: false }
    const none = new Uint32Array(catalogue.words)
    for (const userType of userTypes) {
      const listedBefore = this.#before.domain(from)?.listed[userType] ?? none
      const listedAfter = this.#after.domain(home)?.listed[userType] ?? none
      columnsMove[userType] = listedBefore.some((word, index) => word !== listedAfter[index])
      for (const bit of this.#everyBit)
        if (
          mentions(rules.requirements[userType][bit]!, moved) ||
          hasBit(listedBefore, bit) !== hasBit(listedAfter, bit)
        )
          affected[userType].push(bit)
    }
    return { home, affected, columnsMove }
  }

  /** Companies that the change reaches, in the order of the data. */
  *reached(): Iterable<number> {
    if (this.#fates.size === 0) return yield* [...this.#named.keys()].toSorted((a, b) => a - b)
    for (let handle = 0; handle < this.#before.count; handle++)
      if (this.#fates.has(this.#before.home(handle)) || (this.#named.size > 0 && this.#named.has(handle))) yield handle
  }

  differs(handle: number): boolean {
    const named = this.#named.size === 0 ? undefined : this.#named.get(handle)
    const userType = this.#before.userType(handle)
    const home = this.#before.home(handle)
    const fate = named === undefined ? this.#fates.get(home)! : null
    if (fate !== null && !fate.columnsMove[userType] && !this.#before.feels(handle, home, this.#after, fate.home))
      return false
    const bits = fate?.affected[userType] ?? this.#everyBit
    for (let index = 0; index < bits.length; index++)
      if (this.#isBefore(handle, bits[index]!) !== this.#isAfter(handle, named, bits[index]!)) return true
    return false
  }

  difference(handle: number): { readonly gains: readonly string[]; readonly loses: readonly string[] } {
    const named = this.#named.get(handle)
    const { features, columns } = this.#before.catalogue
    const gains: string[] = []
    const loses: string[] = []
    for (const bit of this.#everyBit) {
      const after = this.#isAfter(handle, named, bit)
      if (this.#isBefore(handle, bit) === after) continue
      const { key } = features[bit] ?? columns[bit - features.length]!
      ;(after ? gains : loses).push(key)
    }
    return { gains, loses }
  }

  #isBefore(handle: number, bit: number): boolean {
    return this.#before.effective(handle, this.#before.home(handle), bit, this.#at)
  }

  #isAfter(handle: number, named: number | undefined, bit: number): boolean {
    const after = this.#after
    return named === undefined
      ? this.#before.effective(handle, this.#fates.get(this.#before.home(handle))!.home, bit, this.#at, after)
      : after.effective(named, after.home(named), bit, this.#at)
  }

  /** Where the change says something that will not show, in words for an operator; with how many companies. */
  warnings(): readonly string[] {
    const counts = new Map<string, number>()
    const warn = (text: string) => counts.set(text, (counts.get(text) ?? 0) + 1)
    for (const handle of this.#named.values())
      for (const line of overridesFor(this.#after.ids[handle]!, this.#change)) {
        const text = line.override === 'INHERIT' ? null : this.#overrideWarning(handle, line)
        if (text !== null) warn(text)
      }
    const companies = [...counts].map(([text, count]) => `${text} (${count} ${count === 1 ? 'company' : 'companies'})`)
    return [...this.#brandWarnings(), ...companies]
  }

  #overrideWarning(handle: number, { key, override, validFrom, validUntil }: OverrideLine): string | null {
    if (this.#after.catalogue.feature(key)!.kind === 'PUBLIC')
      return `${key}: notApplicable, only the brand decides a public key`
    if (validFrom != null && validFrom > this.#at)
      return `${key}: ${override} counts only from ${new Date(validFrom).toISOString()}`
    if (validUntil != null && validUntil <= this.#at)
      return `${key}: no effect, ${override} counts only until ${new Date(validUntil).toISOString()}`
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
}

const baseOf = (data: AccessData, domain: number): Uint32Array =>
  data.base.subarray(domain * data.rules.words, (domain + 1) * data.rules.words)

const changedDomain = (before: DomainAccess, change: AccessChange): DomainAccess => {
  const { defaultDomainId } = change
  const domain = defaultDomainId == null ? before : { ...before, isDefault: before.id === defaultDomainId }
  if (domain.id !== change.domainId) return domain
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

type OverrideLine = NonNullable<AccessChange['overrides']>[number]

const overridesFor = (companyId: string, change: AccessChange): readonly OverrideLine[] =>
  change.overridesByCompany?.get(companyId) ?? change.overrides ?? []

const changedCompany = (company: CompanyAccess, change: AccessChange): CompanyAccess => {
  const overrides = new Map<string, OverrideAccess>(company.overrides.map(override => [override.key, override]))
  for (const { key, override, validFrom, validUntil } of overridesFor(company.id, change)) {
    if (override === 'INHERIT') overrides.delete(key)
    else overrides.set(key, { key, override, validFrom, validUntil })
  }
  const staysHome = change.removeDomainId == null || company.domainId !== change.removeDomainId
  const home = staysHome ? company.domainId : (change.reassignTo ?? null)
  return {
    ...company,
    overrides: [...overrides.values()],
    domainId: change.assignDomainId === undefined ? home : change.assignDomainId
  }
}
