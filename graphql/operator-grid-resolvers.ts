import { createHash } from 'node:crypto'
import { badInput } from '../core/errors.ts'
import { companyStatuses, type UserType, userTypes } from '../core/feature.ts'
import type { Resolvers } from '../core/plugin-api.ts'
import type { OperatorRequestContext } from './operator-context.ts'
import { accessKeyInput, pageInput, searchInput } from './operator-input.ts'

interface GridArguments {
  readonly filter?: {
    readonly domainId?: string | null
    readonly search?: string | null
    readonly userType?: UserType | null
    readonly feature?: string | null
    readonly overridden?: boolean | null
    readonly differsFromDomain?: boolean | null
  } | null
  readonly sort?: string | null
  readonly offset?: number | null
  readonly first?: number | null
}

type Rank = (companyId: string) => number

/** What a sort compares before the name; null: the name alone. */
const rankOf = (sort: string, context: OperatorRequestContext): Rank | null => {
  const { access, clock } = context
  switch (sort) {
    case 'name':
      return null
    case 'userType':
      return id => userTypes.indexOf(access.company(id)?.userType ?? 'CUSTOMER')
    case 'status':
      return id => companyStatuses.indexOf(access.company(id)?.status ?? 'ACTIVE')
    case 'domain': {
      const position = new Map(access.domains().map((domain, index) => [domain.id, index]))
      return id => position.get(access.company(id)?.domainId ?? '') ?? position.size
    }
    default: {
      const key = access.catalogue.feature(sort)?.key
      if (key === undefined) throw badInput('sort', 'must be name, userType, status, domain or the key of a feature')
      return id => (access.can(id, key, clock.at) ? 0 : 1)
    }
  }
}

/** @param byName ids in the order of their names, which decides among equals */
const sorted = (byName: readonly string[], sort: string, context: OperatorRequestContext): readonly string[] => {
  const backwards = sort.startsWith('-')
  const rank = rankOf(backwards ? sort.slice(1) : sort, context)
  if (rank === null) return backwards ? [...byName].reverse() : byName
  const ranks = new Map<number, string[]>()
  for (const id of byName) {
    const at = rank(id)
    const same = ranks.get(at)
    if (same === undefined) ranks.set(at, [id])
    else same.push(id)
  }
  const order = [...ranks.keys()].sort((one, other) => (backwards ? other - one : one - other))
  return order.flatMap(at => ranks.get(at) ?? [])
}

/** `S` and `H` where the company's own override decided, in registry order. */
const overrideCells = (companyId: string, context: OperatorRequestContext): string => {
  const { access, clock } = context
  const cells = access.catalogue.features.map(() => '-')
  for (const { key } of access.company(companyId)?.overrides ?? []) {
    const bit = access.catalogue.feature(key)?.bit
    if (bit === undefined) continue
    const { decidedBy, effective } = access.explain(companyId, key, clock.at)
    if (decidedBy === 'company') cells[bit] = effective ? 'S' : 'H'
  }
  return cells.join('')
}

/** Changes whenever any counter moves or a row passes a validity boundary. */
const gridRevision = (companyIds: readonly string[], context: OperatorRequestContext): string => {
  const { access, clock } = context
  const hash = createHash('sha256')
  for (const [scope, revision] of [...access.revisions].sort(([one], [other]) => (one < other ? -1 : 1))) {
    hash.update(`${scope}:${revision}\n`)
  }
  for (const id of companyIds) hash.update(`${access.revisionOf(id, clock.at)}\n`)
  return hash.digest('base64url').slice(0, 22)
}

export const operatorGridResolvers: Resolvers = {
  Query: {
    accessGrid: async (_parent: unknown, args: GridArguments, context: OperatorRequestContext) => {
      const { access, clock, stores } = context
      const filter = args.filter ?? {}
      const { first } = pageInput({ first: args.first }, 100)
      const offset = args.offset ?? 0
      if (offset < 0) throw badInput('offset', 'must not be negative')
      const sort = args.sort ?? 'name'
      rankOf(sort.replace(/^-/, ''), context)
      const search = searchInput('filter.search', filter.search)
      const feature =
        typeof filter.feature === 'string' ? accessKeyInput('filter.feature', filter.feature, access.catalogue) : null
      const byName = await stores.companies.idsByName(search)
      const grid = access.grid({
        at: clock.at,
        companyIds: sorted(byName, sort, context),
        domainId: filter.domainId ?? null,
        userType: filter.userType ?? null,
        feature,
        overridden: filter.overridden ?? null,
        differsFromDomain: filter.differsFromDomain ?? null,
        offset,
        first
      })
      const ids = grid.rows.map(row => row.companyId)
      const names = await stores.companies.names(ids)
      return {
        keys: access.catalogue.features.map(each => each.key),
        rows: grid.rows.map(row => ({
          ...row,
          name: names.get(row.companyId) ?? '',
          overrideCells: overrideCells(row.companyId, context)
        })),
        totalCount: grid.totalCount,
        revision: gridRevision(ids, context)
      }
    }
  }
}
