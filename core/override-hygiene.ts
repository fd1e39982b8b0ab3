import type { AccessData, ExtraOverride } from './access-data.ts'
import { checkFirst, filedUnder, type PageQuestion } from './access-index.ts'
import { hasBit, setBit } from './bits.ts'
import { badInput } from './errors.ts'
import type { Feature, UserType } from './feature.ts'
import { type AccessRules, compileRules, gateRow, holds, rawWord, settlePublicKeys } from './resolve-access.ts'

/**
 * Why an override is idle. Each idle override has one reason, the first of these that is true.
 *
 *     ON_CLOSED_COMPANY  its company is INACTIVE
 *     UNKNOWN_KEY        no plugin of the installation has the key
 *     EXPIRED            its validity has ended
 *     EQUAL_TO_DEFAULT   wherever and whenever it will count, the brand (or the registry) says the same
 *     NO_EFFECT          wherever and whenever it will count, a hidden parent or gate, the company's user type, or a public key's
 *                        nature keeps it from showing
 *
 * "Wherever": on the company's home brand; for a company without one, on every brand. "Whenever": from now on, between all
 * validity boundaries to come. A status other than closed, a plugin that is switched off and an add-on that is missing do not
 * make an override idle: they are meant to pass. So all idle overrides but those of closed companies can be removed, any
 * number of them at once, and no answer changes, now or later, as long as brands and overrides stay as they are.
 */
export const idleReasons = ['ON_CLOSED_COMPANY', 'UNKNOWN_KEY', 'EXPIRED', 'EQUAL_TO_DEFAULT', 'NO_EFFECT'] as const
export type IdleReason = (typeof idleReasons)[number]

export interface IdleOverride {
  readonly key: string
  readonly reason: IdleReason
}

/** Company id → keys whose overrides somebody stands behind, so that they are to stay, idle or not. */
export type KeptKeys = ReadonlyMap<string, { has(key: string): boolean }>

/** Which idle overrides are looked for. */
export interface IdleFilter {
  readonly at: number
  /** Left out: all of them. */
  readonly reason?: IdleReason | null
  /** Only companies this brand decides for: its own and, for the default brand, those without a home. */
  readonly domainId?: string | null
  readonly kept?: KeptKeys
  /** Those that are kept, too. */
  readonly includeKept?: boolean
}

export type HygieneQuestion = IdleFilter & PageQuestion

export interface HygienePage {
  readonly nodes: readonly (IdleOverride & {
    readonly companyId: string
    readonly domainId: string | null
    /** For an operator. */
    readonly text: string
  })[]
  readonly endCursor: string | null
  readonly hasNextPage: boolean
  /** Idle overrides of the asked reason, and companies that have some; what is kept counts only where it was asked for. */
  readonly totalCount: number
  readonly companyCount: number
  /** As many by reason, whatever reason was asked for. */
  readonly counts: Readonly<Record<IdleReason, number>>
  /** Those of them that are kept, whether they were asked for or not. */
  readonly keptCounts: Readonly<Record<IdleReason, number>>
}

/** Companies that are looked at before others get a turn: some tens of milliseconds. */
const slice = 20_000

/** A look at all companies, slice by slice: a million of them at once would hold everybody up for a second and more. */
export type SlicedLook<T> = Generator<undefined, T, undefined>

/** The idle overrides of all companies a brand decides for, a page of them and exact counts. @throws PortalError BAD_USER_INPUT, NOT_FOUND */
export function* overrideHygiene(data: AccessData, question: HygieneQuestion): SlicedLook<HygienePage> {
  checkFirst(question.first)
  const { at, first, reason = null, kept = nobodys, includeKept = false } = question
  const after = readCursor(data, question.after)
  const scan = new IdleScan(data, at)
  const counts = noneOfAny()
  const keptCounts = noneOfAny()
  const shown: { readonly handle: number; readonly found: IdleOverride }[] = []
  let totalCount = 0
  let companyCount = 0
  let hasNextPage = false
  for (const handles of slicesOf(data, question.domainId)) {
    for (const handle of handles) {
      let here = 0
      const own = kept.get(data.ids[handle]!)
      for (const found of scan.of(handle)) {
        const stays = own?.has(found.key) === true
        if (stays) keptCounts[found.reason]++
        if (stays && !includeKept) continue
        counts[found.reason]++
        if (reason !== null && found.reason !== reason) continue
        here++
        if (handle < after.handle || (handle === after.handle && !isBehind(data, found.key, after.key))) continue
        if (shown.length < first) shown.push({ handle, found })
        else hasNextPage = true
      }
      totalCount += here
      if (here > 0) companyCount++
    }
    yield
  }
  const last = shown.at(-1)
  return {
    nodes: shown.map(({ handle, found }) => ({
      companyId: data.ids[handle]!,
      domainId: data.home(handle) === 0 ? null : data.domain(data.home(handle))!.access.id,
      ...found,
      text: scan.text(handle, found)
    })),
    endCursor: last ? `${data.ids[last.handle]}:${last.found.key}` : null,
    hasNextPage,
    totalCount,
    companyCount,
    counts,
    keptCounts
  }
}

/**
 * Companies with idle overrides, in the order of the data; at most `most` of them.
 * @param question.among only overrides of these keys
 * @throws PortalError NOT_FOUND
 */
export function* companiesWithIdle(
  data: AccessData,
  question: IdleFilter & { readonly among?: ReadonlySet<string> },
  most: number
): SlicedLook<readonly string[]> {
  const { at, reason = null, kept = nobodys, includeKept = false, among } = question
  const scan = new IdleScan(data, at)
  const found: string[] = []
  for (const handles of slicesOf(data, question.domainId)) {
    for (const handle of handles) {
      if (found.length >= most) return found
      const own = includeKept ? undefined : kept.get(data.ids[handle]!)
      for (const idle of scan.of(handle)) {
        if (reason !== null && idle.reason !== reason) continue
        if (among?.has(idle.key) === false || own?.has(idle.key)) continue
        found.push(data.ids[handle]!)
        break
      }
    }
    yield
  }
  return found
}

/** The idle overrides of some companies; companies without any, and unknown ones, are absent. */
export const idleAmong = (
  data: AccessData,
  companyIds: readonly string[],
  at: number
): ReadonlyMap<string, readonly IdleOverride[]> => {
  const scan = new IdleScan(data, at)
  const found = new Map<string, readonly IdleOverride[]>()
  for (const id of companyIds) {
    const handle = data.handles.get(id)
    const idle = handle === undefined ? nothing : scan.of(handle)
    if (idle.length > 0) found.set(id, idle)
  }
  return found
}

function* slicesOf(data: AccessData, domainId: string | null | undefined): Iterable<Iterable<number>> {
  const filed = filedUnder(data, domainId)
  for (let from = 0; from < data.count; from += slice)
    yield handlesOf(data, filed, from, Math.min(from + slice, data.count))
}

function* handlesOf(data: AccessData, filed: readonly number[] | null, from: number, to: number): Iterable<number> {
  for (let handle = from; handle < to; handle++) if (filed === null || filed.includes(data.home(handle))) yield handle
}

/** Whether a key stands behind another in a company's list: by place in the catalogue, then those that no plugin knows by name. */
const isBehind = (data: AccessData, key: string, other: string): boolean => {
  const place = (each: string): number => data.catalogue.bit(each) ?? Number.MAX_SAFE_INTEGER
  return place(key) === place(other) ? key > other : place(key) > place(other)
}

const readCursor = (
  data: AccessData,
  after: string | null | undefined
): { readonly handle: number; readonly key: string } => {
  if (after == null) return { handle: -1, key: '' }
  const [, id = '', key = ''] = /^([^:]+):(.+)$/.exec(after) ?? []
  const handle = data.handles.get(id)
  if (handle === undefined) throw badInput('after', 'is not a cursor of this list')
  return { handle, key }
}

const nothing: readonly IdleOverride[] = Object.freeze([])
const nobodys: KeptKeys = new Map()
const noneOfAny = (): Record<IdleReason, number> =>
  Object.fromEntries(idleReasons.map(each => [each, 0])) as Record<IdleReason, number>

const inOrder = (data: AccessData, found: IdleOverride[]): IdleOverride[] =>
  found.sort((one, other) => (isBehind(data, one.key, other.key) ? 1 : -1))

/** Looks at one company after the other; the words it works with are made once. */
class IdleScan {
  readonly #data: AccessData
  readonly #at: number
  readonly #rules: AccessRules
  /** Own values of the brands under these rules, `words` words each, by number. */
  readonly #base: Uint32Array
  readonly #everyBrand: readonly number[]
  /** Number of a home brand → the list of it alone; of 0: all of them. */
  readonly #brands: readonly (readonly number[])[]
  readonly #now: readonly number[]
  readonly #made: IdleOverride[] = []
  readonly #show: Uint32Array
  readonly #hide: Uint32Array
  readonly #passed: Uint32Array

  constructor(data: AccessData, at: number) {
    const { catalogue } = data
    this.#data = data
    this.#at = at
    // As if every plugin were active and every add-on there: what such a gate holds back now may be let through later.
    this.#rules = compileRules(catalogue, {
      disabledPlugins: [],
      entitlements: [...new Set(catalogue.features.flatMap(({ entitlement }) => entitlement ?? []))]
    })
    this.#everyBrand = data.domains().map((_, index) => index + 1)
    this.#brands = [this.#everyBrand, ...this.#everyBrand.map(brand => [brand])]
    this.#now = [at]
    const { words } = this.#rules
    this.#base = new Uint32Array((this.#everyBrand.length + 1) * words)
    for (const brand of this.#everyBrand) {
      const values = this.#base.subarray(brand * words, (brand + 1) * words)
      for (const feature of catalogue.features)
        if (data.domain(brand)!.values.get(feature.key) ?? feature.default) setBit(values, feature.bit)
      settlePublicKeys(this.#rules, values)
    }
    this.#show = new Uint32Array(this.#rules.words)
    this.#hide = new Uint32Array(this.#rules.words)
    this.#passed = new Uint32Array(this.#rules.words)
  }

  // No function is made in here: a million companies come this way.
  /** The company's idle overrides, in the order of the catalogue. */
  of(handle: number): readonly IdleOverride[] {
    const data = this.#data
    const unknown = data.unknownOverrides(handle)
    if (!data.hasOverrides(handle) && unknown.length === 0) return nothing
    this.#show.fill(0)
    this.#hide.fill(0)
    const extras = data.storedOverrides(handle, this.#show, this.#hide)
    const closed = data.status(handle) === 'INACTIVE'
    const instants = closed || extras.length === 0 ? this.#now : this.#instants(extras)
    const found: IdleOverride[] = []
    for (let word = 0; word < this.#show.length; word++)
      for (let left = this.#show[word]! | this.#hide[word]!; left !== 0; left &= left - 1) {
        const bit = word * 32 + 31 - Math.clz32(left & -left)
        const reason = closed
          ? 'ON_CLOSED_COMPANY'
          : this.#reason(handle, bit, hasBit(this.#show, bit), instants, extras)
        if (reason !== null) found.push(this.#known(bit, reason))
      }
    for (let index = 0; index < extras.length; index++) {
      const extra = extras[index]!
      const reason = closed ? 'ON_CLOSED_COMPANY' : this.#extraReason(handle, extra, instants, extras)
      if (reason !== null) found.push(this.#known(extra.bit, reason))
    }
    for (let index = 0; index < unknown.length; index++)
      found.push({ key: unknown[index]!.key, reason: closed ? 'ON_CLOSED_COMPANY' : 'UNKNOWN_KEY' })
    return found.length > 1 && (extras.length > 0 || unknown.length > 1) ? inOrder(this.#data, found) : found
  }

  /** One object for each feature and reason, made when first needed. */
  #known(bit: number, reason: IdleReason): IdleOverride {
    const place = bit * idleReasons.length + idleReasons.indexOf(reason)
    this.#made[place] ??= Object.freeze({ key: this.#data.catalogue.features[bit]!.key, reason })
    return this.#made[place]
  }

  /** Now, and every later instant at which one of them starts or ends: between two of these nothing changes. */
  #instants(extras: readonly ExtraOverride[]): readonly number[] {
    const later = extras
      .flatMap(({ from, until }) => [from, until])
      .filter(each => each > this.#at && Number.isFinite(each))
    return [this.#at, ...new Set(later)]
  }

  #extraReason(
    handle: number,
    extra: ExtraOverride,
    instants: readonly number[],
    extras: readonly ExtraOverride[]
  ): IdleReason | null {
    if (extra.until <= this.#at) return 'EXPIRED'
    const inForce = instants.filter(each => extra.from <= each && each < extra.until)
    return this.#reason(handle, extra.bit, extra.show, inForce, extras)
  }

  /** @param instants from which on the override counts */
  #reason(
    handle: number,
    bit: number,
    show: boolean,
    instants: readonly number[],
    extras: readonly ExtraOverride[]
  ): IdleReason | null {
    if (!hasBit(this.#rules.overridable, bit)) return 'NO_EFFECT'
    const brands = this.#brands[this.#data.home(handle)]!
    if (brands.length === 0) return null
    let equal = true
    for (const brand of brands) {
      const word = this.#base[brand * this.#rules.words + (bit >>> 5)]!
      if (((word & (1 << (bit & 31))) !== 0) === show) continue
      equal = false
      for (const at of instants) if (this.#couldShow(handle, brand, bit, at, extras)) return null
    }
    return equal ? 'EQUAL_TO_DEFAULT' : 'NO_EFFECT'
  }

  /** Whether the key would be effective if it alone said yes: only then its value matters to it or to any other key. */
  #couldShow(handle: number, brand: number, bit: number, at: number, extras: readonly ExtraOverride[]): boolean {
    const raw = this.#rawWith(brand, at, extras)
    setBit(raw, bit)
    return this.#shows(handle, bit, raw)
  }

  /** Whether a key is effective for an active company of this kind, every plugin and add-on there. */
  #shows(handle: number, bit: number, raw: Uint32Array): boolean {
    const userType = this.#data.userType(handle)
    const row = gateRow('ACTIVE', userType) * this.#rules.words
    for (let word = 0; word < raw.length; word++) raw[word]! &= this.#rules.gates[row + word]!
    return holds(this.#rules.requirements[userType][bit]!, raw)
  }

  /** The brand's values under the company's overrides in force. */
  #rawWith(brand: number, at: number, extras: readonly ExtraOverride[]): Uint32Array {
    const { words, overridable } = this.#rules
    const passed = this.#passed
    let show = this.#show
    let hide = this.#hide
    if (extras.length > 0) {
      show = show.slice()
      hide = hide.slice()
      for (const extra of extras) if (extra.from <= at && at < extra.until) setBit(extra.show ? show : hide, extra.bit)
    }
    for (let word = 0; word < words; word++)
      passed[word] = rawWord(this.#base[brand * words + word]!, show[word]!, hide[word]!, overridable[word]!)
    return passed
  }

  /** The reason in words. */
  text(handle: number, { key, reason }: IdleOverride): string {
    switch (reason) {
      case 'ON_CLOSED_COMPANY':
        return 'The company is closed.'
      case 'UNKNOWN_KEY':
        return 'No plugin of this installation has this key.'
      case 'EXPIRED':
        return 'Its validity has ended.'
      case 'EQUAL_TO_DEFAULT':
        return this.#data.home(handle) === 0 ? 'Every brand says the same.' : 'The brand says the same.'
      case 'NO_EFFECT':
        return this.#whyNoEffect(handle, this.#data.catalogue.feature(key)!)
    }
  }

  #whyNoEffect(handle: number, feature: Feature): string {
    const userType = this.#data.userType(handle)
    if (feature.kind === 'PUBLIC') return 'Only the brand decides a public key.'
    if (!feature.userTypes.includes(userType)) return `The key is not for a ${userType}.`
    const hidden = this.#behind(feature, userType).filter(key => this.#isHidden(handle, key))
    return hidden.length === 0
      ? 'Whatever it says, what it stands under stays hidden.'
      : `No effect while ${hidden.join(' and ')} ${hidden.length > 1 ? 'are' : 'is'} hidden.`
  }

  /** Parents of a feature, and gates of a user type. */
  #behind(feature: Feature, userType: UserType): readonly string[] {
    const gates = this.#data.catalogue.features.filter(
      ({ kind, key, userTypes: admits }) => kind === 'GATE' && key !== feature.key && admits.includes(userType)
    )
    return [...gates.map(({ key }) => key), ...feature.parents]
  }

  #isHidden(handle: number, key: string): boolean {
    this.#show.fill(0)
    this.#hide.fill(0)
    const extras = this.#data.storedOverrides(handle, this.#show, this.#hide)
    const bit = this.#data.catalogue.bit(key)!
    return this.#brands[this.#data.home(handle)]!.every(
      brand => !this.#shows(handle, bit, this.#rawWith(brand, this.#at, extras))
    )
  }
}
