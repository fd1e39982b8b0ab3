import type { AccessData } from './access-data.ts'
import { hasBit } from './bits.ts'
import { badInput, PortalError } from './errors.ts'
import { type AccessLayer, explainAccess } from './explain-access.ts'
import type { UserType } from './feature.ts'
import type { OverrideValue } from './ports.ts'
import { holds } from './resolve-access.ts'

// The questions from the other side: not "what may this company see" but "which companies see this".
// All of them walk over every company's few words; only the rows of the page are explained.

export interface PageQuestion {
  readonly at: number
  /** 0 to 500. */
  readonly first: number
  /** `endCursor` of the page before. */
  readonly after?: string | null
}

export interface CompaniesQuestion extends PageQuestion {
  readonly key: string
  /** Companies that see it (left out: true), or those that do not. */
  readonly effective?: boolean | null
  /** Only companies this brand decides for: its own and, for the default brand, those without a home. */
  readonly domainId?: string | null
}

export interface CompaniesPage {
  readonly nodes: readonly {
    readonly companyId: string
    /** The company's home brand. */
    readonly domainId: string | null
    readonly effective: boolean
    readonly decidedBy: AccessLayer
  }[]
  readonly endCursor: string | null
  readonly hasNextPage: boolean
  readonly totalCount: number
}

/**
 * Any mix of: a brand's features and columns; overrides of companies; a move of those companies to another brand; another default
 * brand; the removal of a brand.
 */
export interface AccessChange {
  readonly domainId?: string | null
  readonly features?: readonly { readonly key: string; readonly enabled: boolean }[] | null
  readonly columns?:
    | readonly { readonly report: string; readonly userType: UserType; readonly columns: readonly string[] }[]
    | null
  readonly companyIds?: readonly string[] | null
  readonly overrides?:
    | readonly {
        readonly key: string
        readonly override: OverrideValue | 'INHERIT'
        readonly validFrom?: number | null
        readonly validUntil?: number | null
      }[]
    | null
  /** Instead of `overrides`: each company its own. */
  readonly overridesByCompany?: ReadonlyMap<string, NonNullable<AccessChange['overrides']>>
  /** Left out: no move. Null: to no brand. */
  readonly assignDomainId?: string | null
  /** The default brand from now on. */
  readonly defaultDomainId?: string | null
  /** A brand that goes; the companies at home on it move to `reassignTo`. */
  readonly removeDomainId?: string | null
  readonly reassignTo?: string | null
}

export interface AccessPreview {
  /** Companies that the change reaches. */
  readonly companiesChecked: number
  /** Companies for which a feature or a column comes or goes. */
  readonly companiesChanged: number
  /** Keys and, as `CDR.charge`, columns, in registry order. */
  readonly nodes: readonly {
    readonly companyId: string
    readonly gains: readonly string[]
    readonly loses: readonly string[]
  }[]
  readonly endCursor: string | null
  readonly hasNextPage: boolean
  readonly warnings: readonly string[]
}

export interface AccessGridQuestion {
  readonly at: number
  /** Candidates in the order of the rows, usually by name; null: all, in the order of the data. */
  readonly companyIds?: readonly string[] | null
  /** As in `CompaniesQuestion`. */
  readonly domainId?: string | null
  readonly userType?: UserType | null
  /** Only companies that see this feature or column. */
  readonly feature?: string | null
  /** Whether the company has an override of any key, in force or not. */
  readonly overridden?: boolean | null
  /** Whether an override makes the company's features differ from what its brand alone would give. */
  readonly differsFromDomain?: boolean | null
  readonly offset: number
  readonly first: number
}

export interface AccessGrid {
  readonly rows: readonly {
    readonly companyId: string
    readonly domainId: string | null
    readonly userType: UserType
    readonly cells: string
  }[]
  readonly totalCount: number
}

/** Handle after which a page starts; -1 for the first page. */
export const startOf = (data: AccessData, after: string | null | undefined): number => {
  if (after == null) return -1
  const handle = data.handles.get(after)
  if (handle === undefined) throw badInput('after', 'is not a cursor of this list')
  return handle
}

export const checkFirst = (first: number): void => {
  if (!Number.isInteger(first) || first < 0 || first > 500) throw badInput('first', 'must be 0 to 500')
}

const bitOf = (data: AccessData, path: string, key: string): number => {
  const bit = data.catalogue.bit(key)
  if (bit === undefined) throw badInput(path, `there is no feature "${key}"`)
  return bit
}

/** Numbers under which companies of this brand are filed: its own and, for the default brand, 0. Null: all. */
export const filedUnder = (data: AccessData, domainId: string | null | undefined): readonly number[] | null => {
  if (domainId == null) return null
  const domain = data.domainHandle(domainId)
  if (domain === undefined) throw new PortalError('NOT_FOUND', 'There is no such portal domain.')
  return data.defaultDomain?.access.id === domainId ? [0, domain] : [domain]
}

const homeId = (data: AccessData, handle: number): string | null =>
  data.home(handle) === 0 ? null : data.domain(data.home(handle))!.access.id

export const companiesWith = (data: AccessData, question: CompaniesQuestion): CompaniesPage => {
  checkFirst(question.first)
  const { key, at, first } = question
  const bit = bitOf(data, 'key', key)
  const wanted = question.effective ?? true
  const filed = filedUnder(data, question.domainId)
  const start = startOf(data, question.after)
  const found: number[] = []
  const sees = data.effectiveAtHome(bit, at)
  let totalCount = 0
  let hasNextPage = false
  for (let handle = 0; handle < data.count; handle++) {
    if (filed !== null && !filed.includes(data.home(handle))) continue
    if (sees(handle) !== wanted) continue
    totalCount++
    if (handle <= start) continue
    if (found.length < first) found.push(handle)
    else hasNextPage = true
  }
  return {
    nodes: found.map(handle => ({
      companyId: data.ids[handle]!,
      domainId: homeId(data, handle),
      effective: wanted,
      decidedBy:
        data.domain(data.home(handle)) === null
          ? 'domain'
          : explainAccess(data, handle, data.home(handle), key, at).decidedBy
    })),
    endCursor: found.length > 0 ? data.ids[found.at(-1)!]! : null,
    hasNextPage,
    totalCount
  }
}

/** @see Access.cells */
export const cellsOf = (data: AccessData, handle: number, domain: number, at: number): string => {
  const { words, requirements } = data.rules
  const passed = new Uint32Array(words)
  const show = new Uint32Array(words)
  data.passed(handle, domain, at, passed)
  data.overridesInForce(handle, at, show, new Uint32Array(words))
  const own = requirements[data.userType(handle)]
  let cells = ''
  for (const { bit } of data.catalogue.features)
    cells += holds(own[bit]!, passed) ? (hasBit(show, bit) ? 'V' : 'v') : '-'
  return cells
}

export const accessGrid = (data: AccessData, question: AccessGridQuestion): AccessGrid => {
  const { at, offset, first } = question
  const filed = filedUnder(data, question.domainId)
  const bit = question.feature == null ? null : bitOf(data, 'feature', question.feature)
  const sees = bit === null ? null : data.effectiveAtHome(bit, at)
  const differs = new DiffersFromDomain(data)
  const admits = (handle: number): boolean =>
    (filed === null || filed.includes(data.home(handle))) &&
    (question.userType == null || data.userType(handle) === question.userType) &&
    (question.overridden == null || data.hasOverrides(handle) === question.overridden) &&
    (sees === null || sees(handle)) &&
    (question.differsFromDomain == null || differs.ask(handle, at) === question.differsFromDomain)
  const shown: number[] = []
  let totalCount = 0
  const take = (handle: number | undefined): void => {
    if (handle === undefined || !admits(handle)) return
    if (totalCount >= offset && shown.length < first) shown.push(handle)
    totalCount++
  }
  if (question.companyIds) for (const id of question.companyIds) take(data.handles.get(id))
  else for (let handle = 0; handle < data.count; handle++) take(handle)
  return {
    rows: shown.map(handle => ({
      companyId: data.ids[handle]!,
      domainId: homeId(data, handle),
      userType: data.userType(handle),
      cells: cellsOf(data, handle, data.home(handle), at)
    })),
    totalCount
  }
}

/** Whether a company's overrides make a difference to what its brand alone would give it. */
class DiffersFromDomain {
  readonly #data: AccessData
  readonly #with: Uint32Array
  readonly #without: Uint32Array

  constructor(data: AccessData) {
    this.#data = data
    this.#with = new Uint32Array(data.rules.words)
    this.#without = new Uint32Array(data.rules.words)
  }

  ask(handle: number, at: number): boolean {
    const data = this.#data
    if (!data.hasOverrides(handle)) return false
    data.passed(handle, data.home(handle), at, this.#with)
    data.passedWithoutOverrides(handle, data.home(handle), this.#without)
    let moved = 0
    for (let word = 0; word < this.#with.length; word++) moved |= this.#with[word]! ^ this.#without[word]!
    if (moved === 0) return false
    const requirements = data.rules.requirements[data.userType(handle)]
    for (let bit = 0; bit < data.catalogue.features.length; bit++)
      if (holds(requirements[bit]!, this.#with) !== holds(requirements[bit]!, this.#without)) return true
    return false
  }
}
