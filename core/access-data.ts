import { hasBit, setBit } from './bits.ts'
import type { Catalogue } from './catalogue.ts'
import { PortalError } from './errors.ts'
import { type CompanyStatus, companyStatuses, type UserType, userTypes } from './feature.ts'
import type {
  AccessPoint,
  AccessRevisions,
  CompanyAccess,
  DomainAccess,
  OverrideAccess,
  PlatformAccess
} from './ports.ts'
import {
  type AccessRules,
  compileRules,
  gateRow,
  holds,
  type Requirement,
  rawWord,
  settlePublicKeys
} from './resolve-access.ts'

/** A brand, ready to be asked. */
export interface DomainRow {
  readonly access: DomainAccess
  readonly values: ReadonlyMap<string, boolean>
  /** Bits of the columns it lists, within each one's audience. */
  readonly listed: Readonly<Record<UserType, Uint32Array>>
  /** Report → names of those columns, in its order. */
  readonly ordered: Readonly<Record<UserType, ReadonlyMap<string, readonly string[]>>>
}

/** An override with a validity. */
export interface ExtraOverride {
  readonly bit: number
  readonly show: boolean
  readonly from: number
  readonly until: number
}

const noExtras: readonly ExtraOverride[] = Object.freeze([])
const noUnknown: readonly OverrideAccess[] = Object.freeze([])

// The first word of a company's record: home brand in 20 bits, its row of gates in 4, then one flag.
const DOMAIN = 0xfffff
const GATE_SHIFT = 20
const GATE = 0xf
const EXTRA = 1 << 24

const allWays: PlatformAccess = { disabledPlugins: [], entitlements: [] }

/**
 * The access data of all brands and companies as bit columns. A company is a number and a record of
 * `1 + 2 × words` words: who it is, then SHOW and HIDE word by word. Brand number 0 stands for "no home brand"
 * and carries the default brand's values.
 */
export class AccessData {
  readonly catalogue: Catalogue
  readonly handles = new Map<string, number>()
  readonly ids: string[] = []
  revisions: AccessRevisions = new Map()
  platform = allWays
  rules: AccessRules
  /** Own values of the brands, `rules.words` words each. */
  base: Uint32Array
  readonly #words: number
  readonly #scratch: Uint32Array
  readonly #stride: number
  #records = new Uint32Array(0)
  readonly #extras = new Map<number, readonly ExtraOverride[]>()
  readonly #unknown = new Map<number, readonly OverrideAccess[]>()
  readonly #domains: (DomainRow | null)[] = [null]
  readonly #domainHandles = new Map<string, number>()

  constructor(catalogue: Catalogue, expectedCompanies = 0) {
    this.catalogue = catalogue
    this.rules = compileRules(catalogue, allWays)
    this.#words = this.rules.words
    this.#scratch = new Uint32Array(this.#words)
    this.#stride = 1 + 2 * this.#words
    this.#records = new Uint32Array(expectedCompanies * this.#stride)
    this.base = new Uint32Array(this.#words)
  }

  /** Takes in what a point brings; what it does not mention stays. */
  put(point: AccessPoint): void {
    const platformChanged = !samePlatform(this.platform, point.platform)
    if (platformChanged) {
      this.platform = point.platform
      this.rules = compileRules(this.catalogue, point.platform)
    }
    for (const domain of point.domains) this.#keepDomain(domain)
    if (platformChanged || point.domains.length > 0) this.#settleDomains()
    for (const company of point.companies) this.#putCompany(company)
    this.revisions = new Map([...this.revisions, ...point.revisions])
  }

  get count(): number {
    return this.ids.length
  }

  /* ---------- brands ---------- */

  get defaultDomain(): DomainRow | null {
    return this.#domains[0]!
  }

  /** Of number 0 the default brand; null when there is none. */
  domain(handle: number): DomainRow | null {
    return this.#domains[handle] ?? null
  }

  domainHandle(id: string): number | undefined {
    return this.#domainHandles.get(id)
  }

  /** Every brand, in the order it came. */
  domains(): readonly DomainAccess[] {
    return this.#domains.slice(1).map(row => row!.access)
  }

  #keepDomain(access: DomainAccess): void {
    let handle = this.#domainHandles.get(access.id)
    if (handle === undefined) {
      handle = this.#domains.length
      if (handle > DOMAIN) throw new Error('there are more brands than a company record can name')
      this.#domainHandles.set(access.id, handle)
    }
    this.#domains[handle] = domainRow(this.catalogue, access)
  }

  #settleDomains(): void {
    const rows = this.#domains.slice(1)
    const defaultIndex = rows.findIndex(row => row!.access.isDefault)
    this.#domains[0] = rows[defaultIndex] ?? null
    this.base = new Uint32Array(this.#domains.length * this.#words)
    for (let handle = 0; handle < this.#domains.length; handle++) {
      const row = this.#domains[handle]
      if (row) this.#ownValues(row, this.base.subarray(handle * this.#words, (handle + 1) * this.#words))
    }
  }

  /** Layers 3 and 4: the brand's value, else the registry's default; PUBLIC keys settled for good. */
  #ownValues(row: DomainRow, into: Uint32Array): void {
    for (const feature of this.catalogue.features)
      if (row.values.get(feature.key) ?? feature.default) setBit(into, feature.bit)
    settlePublicKeys(this.rules, into)
  }

  /* ---------- companies ---------- */

  #putCompany(company: CompanyAccess): void {
    const home = company.domainId === null ? 0 : this.#domainHandles.get(company.domainId)
    if (home === undefined) throw new Error(`company ${company.id} names a brand that is not there`)
    if (!companyStatuses.includes(company.status)) throw new Error(`company ${company.id} has an unknown status`)
    if (!userTypes.includes(company.userType)) throw new Error(`company ${company.id} has an unknown user type`)
    let handle = this.handles.get(company.id)
    if (handle === undefined) {
      handle = this.ids.length
      this.#grow(handle + 1)
      this.ids.push(company.id)
      this.handles.set(company.id, handle)
    }
    const start = handle * this.#stride
    const records = this.#records
    records.fill(0, start, start + this.#stride)
    const extras: ExtraOverride[] = []
    const unknown: OverrideAccess[] = []
    for (const override of company.overrides) {
      const feature = this.catalogue.feature(override.key)
      if (feature === undefined) {
        unknown.push(override)
        continue
      }
      const { bit } = feature
      const from = override.validFrom ?? Number.NEGATIVE_INFINITY
      const until = override.validUntil ?? Number.POSITIVE_INFINITY
      const show = override.override === 'SHOW'
      if (from === Number.NEGATIVE_INFINITY && until === Number.POSITIVE_INFINITY)
        records[start + 1 + (bit >>> 5) * 2 + (show ? 0 : 1)]! |= 1 << (bit & 31)
      else extras.push({ bit, show, from, until })
    }
    records[start] = home | (gateRow(company.status, company.userType) << GATE_SHIFT) | (extras.length > 0 ? EXTRA : 0)
    if (extras.length > 0) this.#extras.set(handle, extras)
    else this.#extras.delete(handle)
    if (unknown.length > 0) this.#unknown.set(handle, unknown)
    else this.#unknown.delete(handle)
  }

  #grow(companies: number): void {
    const needed = companies * this.#stride
    if (needed <= this.#records.length) return
    const larger = new Uint32Array(Math.max(needed, Math.ceil(companies * 1.125) * this.#stride, 16 * this.#stride))
    larger.set(this.#records)
    this.#records = larger
  }

  /** Number of the company's home brand; 0 when it has none. */
  home(handle: number): number {
    return this.#records[handle * this.#stride]! & DOMAIN
  }

  userType(handle: number): UserType {
    return userTypes[this.#gateRow(handle) % userTypes.length]!
  }

  status(handle: number): CompanyStatus {
    return companyStatuses[Math.floor(this.#gateRow(handle) / userTypes.length)]!
  }

  #gateRow(handle: number): number {
    return (this.#records[handle * this.#stride]! >>> GATE_SHIFT) & GATE
  }

  /** As it was put in, without keys that no plugin knows. */
  company(handle: number): CompanyAccess {
    const overrides: OverrideAccess[] = []
    const show = new Uint32Array(this.#words)
    const hide = new Uint32Array(this.#words)
    this.#plainOverrides(handle, show, hide)
    for (const { key, bit } of this.catalogue.features) {
      if (hasBit(show, bit)) overrides.push({ key, override: 'SHOW', validFrom: null, validUntil: null })
      if (hasBit(hide, bit)) overrides.push({ key, override: 'HIDE', validFrom: null, validUntil: null })
    }
    for (const { bit, show, from, until } of this.#extras.get(handle) ?? [])
      overrides.push({
        key: this.catalogue.features[bit]!.key,
        override: show ? 'SHOW' : 'HIDE',
        validFrom: Number.isFinite(from) ? from : null,
        validUntil: Number.isFinite(until) ? until : null
      })
    return {
      id: this.ids[handle]!,
      userType: this.userType(handle),
      status: this.status(handle),
      domainId: this.home(handle) === 0 ? null : this.domain(this.home(handle))!.access.id,
      overrides
    }
  }

  /* ---------- what the decision reads ---------- */

  /**
   * Layers 1 to 5 and 7 of every key: raw values that pass the gates.
   * @param brands whose values of the brands count; another's than its own answers "what if"
   */
  passed(handle: number, domain: number, at: number, into: Uint32Array, brands: AccessData = this): void {
    const start = handle * this.#stride
    const records = this.#records
    const who = records[start]!
    const words = this.#words
    const gate = ((who >>> GATE_SHIFT) & GATE) * words
    const { gates, overridable } = this.rules
    const { base } = brands
    if ((who & EXTRA) !== 0) this.#passedWithExtras(handle, domain, at, into, base)
    else
      for (let word = 0; word < words; word++) {
        const raw = rawWord(
          base[domain * words + word]!,
          records[start + 1 + 2 * word]!,
          records[start + 2 + 2 * word]!,
          overridable[word]!
        )
        into[word] = raw & gates[gate + word]!
      }
  }

  /**
   * Whether one feature or column is effective. The same as `holds` over `passed`, without making anything and without
   * looking at words that do not matter: this is the check that every request repeats.
   * @param brands as for `passed`
   */
  effective(handle: number, domain: number, bit: number, at: number, brands: AccessData = this): boolean {
    const { catalogue, rules } = this
    const start = handle * this.#stride
    const records = this.#records
    const who = records[start]!
    const words = this.#words
    const gateRowOfWho = (who >>> GATE_SHIFT) & GATE
    if (bit >= catalogue.features.length && !brands.#lists(domain, gateRowOfWho, bit)) return false
    const question = (gateRowOfWho % userTypes.length) * catalogue.size + bit
    const choices = rules.choices[question]
    if ((who & EXTRA) === 0 && choices != null) {
      const { gates, needs, overridable } = rules
      const { base } = brands
      const passed = this.#scratch
      for (let word = 0; word < words; word++) {
        const need = needs[question * words + word]!
        if (need === 0 && choices.length === 0) continue
        const raw = rawWord(
          base[domain * words + word]!,
          records[start + 1 + 2 * word]!,
          records[start + 2 + 2 * word]!,
          overridable[word]!
        )
        passed[word] = raw & gates[gateRowOfWho * words + word]!
        if ((need & ~passed[word]!) !== 0) return false
      }
      return choices.length === 0 || holdsOne(choices, words, passed)
    }
    this.passed(handle, domain, at, this.#scratch, brands)
    return holds(rules.requirements[userTypes[gateRowOfWho % userTypes.length]!][bit]!, this.#scratch)
  }

  /**
   * `effective` of one bit, each company over its home brand, for whoever asks it of many: companies whose overrides touch
   * nothing of what the bit requires share one answer for their brand, user type and status.
   */
  effectiveAtHome(bit: number, at: number): (handle: number) => boolean {
    const words = this.#words
    const stride = this.#stride
    const records = this.#records
    const involved = new Uint32Array(words)
    for (const userType of userTypes) involve(this.rules.requirements[userType][bit]!, involved)
    // 0: not asked yet, 1: no, 2: yes.
    const shared = new Uint8Array(this.#domains.length * (GATE + 1))
    return handle => {
      const start = handle * stride
      const who = records[start]!
      const home = who & DOMAIN
      let own = who & EXTRA
      for (let word = 0; word < words; word++)
        own |= (records[start + 1 + 2 * word]! | records[start + 2 + 2 * word]!) & involved[word]!
      if (own !== 0) return this.effective(handle, home, bit, at)
      const place = home * (GATE + 1) + ((who >>> GATE_SHIFT) & GATE)
      const known = shared[place]!
      if (known !== 0) return known === 2
      const answer = this.effective(handle, home, bit, at)
      shared[place] = answer ? 2 : 1
      return answer
    }
  }

  /** False when no value that differs between a brand here and `there` in `brands` can reach the company. */
  feels(handle: number, domain: number, brands: AccessData, there = domain): boolean {
    const start = handle * this.#stride
    const who = this.#records[start]!
    if ((who & EXTRA) !== 0) return true
    const words = this.#words
    const gate = ((who >>> GATE_SHIFT) & GATE) * words
    for (let word = 0; word < words; word++) {
      const moved = this.base[domain * words + word]! ^ brands.base[there * words + word]!
      const overridden = this.#records[start + 1 + 2 * word]! | this.#records[start + 2 + 2 * word]!
      if ((moved & ~(overridden & this.rules.overridable[word]!) & this.rules.gates[gate + word]!) !== 0) return true
    }
    return false
  }

  #lists(domain: number, gateRowOfWho: number, bit: number): boolean {
    const row = this.#domains[domain]
    return row != null && hasBit(row.listed[userTypes[gateRowOfWho % userTypes.length]!], bit)
  }

  /** What `passed` would answer if the company had no override at all. */
  passedWithoutOverrides(handle: number, domain: number, into: Uint32Array): void {
    const gate = this.#gateRow(handle) * this.#words
    for (let word = 0; word < this.#words; word++)
      into[word] = this.base[domain * this.#words + word]! & this.rules.gates[gate + word]!
  }

  #passedWithExtras(handle: number, domain: number, at: number, into: Uint32Array, base: Uint32Array): void {
    const show = new Uint32Array(this.#words)
    const hide = new Uint32Array(this.#words)
    this.overridesInForce(handle, at, show, hide)
    const gate = this.#gateRow(handle) * this.#words
    for (let word = 0; word < this.#words; word++)
      into[word] =
        rawWord(base[domain * this.#words + word]!, show[word]!, hide[word]!, this.rules.overridable[word]!) &
        this.rules.gates[gate + word]!
  }

  /** The company's overrides that count at this instant, added to `show` and `hide`. */
  overridesInForce(handle: number, at: number, show: Uint32Array, hide: Uint32Array): void {
    this.#plainOverrides(handle, show, hide)
    for (const extra of this.#extras.get(handle) ?? [])
      if (extra.from <= at && at < extra.until) setBit(extra.show ? show : hide, extra.bit)
    for (let word = 0; word < this.#words; word++) {
      show[word]! &= this.rules.overridable[word]!
      hide[word]! &= this.rules.overridable[word]!
    }
  }

  #plainOverrides(handle: number, show: Uint32Array, hide: Uint32Array): void {
    const start = handle * this.#stride + 1
    for (let word = 0; word < this.#words; word++) {
      show[word]! |= this.#records[start + 2 * word]!
      hide[word]! |= this.#records[start + 2 * word + 1]!
    }
  }

  /** Every override as it was put in, none masked: those without a validity added to `show` and `hide`, and those with one. */
  storedOverrides(handle: number, show: Uint32Array, hide: Uint32Array): readonly ExtraOverride[] {
    this.#plainOverrides(handle, show, hide)
    return this.#extras.get(handle) ?? noExtras
  }

  /** Overrides of keys that no plugin knows; they decide nothing. */
  unknownOverrides(handle: number): readonly OverrideAccess[] {
    return this.#unknown.get(handle) ?? noUnknown
  }

  /** Whether the company has an override of any key, in force or not. */
  hasOverrides(handle: number): boolean {
    const start = handle * this.#stride
    if ((this.#records[start]! & EXTRA) !== 0) return true
    for (let word = 1; word < this.#stride; word++) if (this.#records[start + word] !== 0) return true
    return false
  }

  /** The last instant at or before `at`, and the first after it, at which one of the company's overrides starts or ends. */
  boundaries(handle: number, at: number): { readonly last: number | null; readonly next: number | null } {
    let last = Number.NEGATIVE_INFINITY
    let next = Number.POSITIVE_INFINITY
    for (const { bit, from, until } of this.#extras.get(handle) ?? [])
      if (hasBit(this.rules.overridable, bit))
        for (const boundary of [from, until])
          if (boundary <= at) last = Math.max(last, boundary)
          else next = Math.min(next, boundary)
    return { last: Number.isFinite(last) ? last : null, next: Number.isFinite(next) ? next : null }
  }

  /** @throws PortalError NOT_FOUND */
  handleOf(companyId: string): number {
    const handle = this.handles.get(companyId)
    if (handle === undefined) throw new PortalError('NOT_FOUND', 'There is no such company.')
    return handle
  }

  /**
   * The brand that decides: the one asked for, else the company's home, else the default one.
   * @throws PortalError NOT_FOUND
   */
  decidingDomain(handle: number, domainId?: string | null): number {
    const domain = domainId == null ? this.home(handle) : this.#domainHandles.get(domainId)
    if (domain === undefined || this.#domains[domain] == null)
      throw new PortalError('NOT_FOUND', 'There is no such portal domain.')
    return domain
  }
}

/** Adds the bits that a requirement names. */
const involve = ({ need, anyOf }: Requirement, into: Uint32Array): void => {
  for (let word = 0; word < need.length; word++) into[word]! |= need[word]!
  for (const group of anyOf) for (const member of group) involve(member, into)
}

/** Whether the needs of one member have all passed. */
const holdsOne = (choices: Uint32Array, words: number, passed: Uint32Array): boolean => {
  for (let member = 0; member < choices.length; member += words) {
    let missing = 0
    for (let word = 0; word < words; word++) missing |= choices[member + word]! & ~passed[word]!
    if (missing === 0) return true
  }
  return false
}

const samePlatform = (a: PlatformAccess, b: PlatformAccess): boolean =>
  sameNames(a.disabledPlugins, b.disabledPlugins) && sameNames(a.entitlements, b.entitlements)

const sameNames = (a: readonly string[], b: readonly string[]): boolean =>
  a.length === b.length && a.every((name, index) => b[index] === name)

const domainRow = (catalogue: Catalogue, access: DomainAccess): DomainRow => {
  const lists = {
    CUSTOMER: listColumns(catalogue, access, 'CUSTOMER'),
    CARRIER: listColumns(catalogue, access, 'CARRIER')
  }
  return {
    access,
    values: new Map(access.features.map(({ key, enabled }) => [key, enabled])),
    listed: { CUSTOMER: lists.CUSTOMER.bits, CARRIER: lists.CARRIER.bits },
    ordered: { CUSTOMER: lists.CUSTOMER.ordered, CARRIER: lists.CARRIER.ordered }
  }
}

const listColumns = (catalogue: Catalogue, access: DomainAccess, userType: UserType) => {
  const bits = new Uint32Array(catalogue.words)
  const ordered = new Map<string, readonly string[]>()
  for (const set of catalogue.columnSets) {
    const audience = set.columns.filter(column => column.audience.includes(userType))
    const list = access.columns.find(each => each.report === set.report && each.userType === userType)
    const chosen = list?.columns.length
      ? list.columns.flatMap(name => audience.filter(column => column.name === name))
      : audience.filter(column => column.default)
    for (const column of chosen) setBit(bits, column.bit)
    ordered.set(set.report, [...new Set(chosen.map(column => column.name))])
  }
  return { bits, ordered }
}
