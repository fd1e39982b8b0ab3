import { setImmediate as pause } from 'node:timers/promises'
import type { OverrideCleanUpStore } from '../core/access-history.ts'
import { badInput, PortalError } from '../core/errors.ts'
import {
  type HygienePage,
  type IdleFilter,
  type IdleReason,
  idleReasons,
  type KeptKeys
} from '../core/override-hygiene.ts'
import type { Resolvers } from '../core/plugin-api.ts'
import { actorOf, type OperatorRequestContext, written } from './operator-context.ts'
import { bulkLimit, idInput, pageInput } from './operator-input.ts'
import type { PageArguments } from './operator-page.ts'

/** Companies of one transaction. */
const chunkSize = 500
/** How often a chunk is looked at again because somebody wrote meanwhile. */
const mostAttempts = 10
/** Companies whose templates are asked for at once. */
const keptChunk = 5_000

interface CleanUpArguments {
  readonly reason: IdleReason
  readonly domainId?: string | null
  readonly items?: readonly { readonly companyId: string; readonly key: string }[] | null
  readonly expectedCount?: number | null
  readonly includeKept?: boolean | null
}

/** Company id → keys that were named. */
const itemsInput = (items: NonNullable<CleanUpArguments['items']>): ReadonlyMap<string, ReadonlySet<string>> => {
  if (items.length > bulkLimit) throw badInput('items', `at most ${bulkLimit} in one call`)
  const byCompany = new Map<string, Set<string>>()
  for (const { companyId, key } of items)
    byCompany.set(companyId, (byCompany.get(companyId) ?? new Set<string>()).add(key))
  return byCompany
}

type KeptBy = Awaited<ReturnType<OverrideCleanUpStore['keptBy']>>

/** What access templates keep of some companies, asked for chunk by chunk. */
const keptOf = async (companyIds: readonly string[], { scale }: OperatorRequestContext): Promise<KeptBy> => {
  const kept = new Map()
  for (let start = 0; start < companyIds.length; start += keptChunk)
    for (const [id, own] of await scale.cleanUp.keptBy(companyIds.slice(start, start + keptChunk))) kept.set(id, own)
  return kept
}

/** What access templates keep among all idle overrides; only companies that can have some are asked for. */
const keptAmong = async (filter: IdleFilter, context: OperatorRequestContext): Promise<KeptKeys> => {
  const { access, scale } = context
  const among = await scale.cleanUp.keptKeys()
  if (among.size === 0) return new Map()
  return keptOf(await access.companiesWithIdle({ ...filter, among }, Number.POSITIVE_INFINITY, pause), context)
}

/** @throws PortalError CONFLICT when one of the named overrides is not idle for this reason, or is kept and was not to be included */
const refuseBusy = async (
  named: ReadonlyMap<string, ReadonlySet<string>>,
  reason: IdleReason,
  includeKept: boolean,
  context: OperatorRequestContext
): Promise<void> => {
  const { access, clock } = context
  const idle = access.idleOverrides([...named.keys()], clock.at)
  const kept = includeKept ? null : await keptOf([...named.keys()], context)
  for (const [companyId, keys] of named)
    for (const key of keys) {
      const facts = { companyId, key }
      if (!idle.get(companyId)?.some(each => each.key === key && each.reason === reason))
        throw new PortalError(
          'CONFLICT',
          `The override of ${key} is not, or no longer, idle for this reason; load the list again.`,
          { facts }
        )
      const [template] = kept?.get(companyId)?.get(key) ?? []
      if (template !== undefined)
        throw new PortalError(
          'CONFLICT',
          `The access template "${template.name}" keeps the override of ${key}; say includeKept to remove it nevertheless.`,
          { facts }
        )
    }
}

/** Removes what is idle of these companies now, chunk by chunk; what is decided and what is removed is one state. */
const cleanUp = async (
  companyIds: readonly string[],
  named: ReadonlyMap<string, ReadonlySet<string>> | null,
  { reason, includeKept }: { readonly reason: IdleReason; readonly includeKept: boolean },
  context: OperatorRequestContext
): Promise<{ readonly removed: number; readonly companies: number }> => {
  const { access, scale, mirror } = context
  const actor = actorOf(context)
  let removed = 0
  let companies = 0
  for (let start = 0; start < companyIds.length; start += chunkSize) {
    const chunk = companyIds.slice(start, start + chunkSize)
    for (let attempt = 1; ; attempt++) {
      const at = await mirror.refresh()
      const keys = new Map<string, readonly string[]>()
      for (const [companyId, idle] of access.idleOverrides(chunk, at)) {
        const own = idle
          .filter(each => each.reason === reason && named?.get(companyId)?.has(each.key) !== false)
          .map(({ key }) => key)
        if (own.length > 0) keys.set(companyId, own)
      }
      if (keys.size === 0) break
      const done = await scale.cleanUp.remove(keys, access.revisions, actor, includeKept)
      if (done !== null) {
        removed += done.removed
        companies += done.companies
        break
      }
      if (attempt === mostAttempts)
        throw new PortalError(
          'CONFLICT',
          `Others write at the same time; ${removed} overrides are removed, try again for the rest.`
        )
    }
  }
  return { removed, companies }
}

export const operatorHygieneResolvers: Resolvers = {
  Query: {
    overrideHygiene: async (
      _parent: unknown,
      args: PageArguments & { reason?: IdleReason | null; domainId?: string | null; includeKept?: boolean | null },
      context: OperatorRequestContext
    ) => {
      const page = pageInput(args)
      const everything = { at: context.clock.at, domainId: args.domainId ?? null }
      const kept = await keptAmong(everything, context)
      const question = { ...everything, kept, reason: args.reason ?? null, includeKept: args.includeKept === true }
      return context.access.overrideHygiene({ ...question, ...page }, pause)
    }
  },

  Mutation: {
    cleanUpOverrides: async (_parent: unknown, args: CleanUpArguments, context: OperatorRequestContext) => {
      const { access, clock } = context
      const { reason } = args
      const domainId = args.domainId == null ? null : idInput(args.domainId, 'portal domain')
      const includeKept = args.includeKept === true
      const question = async (): Promise<IdleFilter> => {
        const filter = { at: clock.at, reason, domainId }
        return { ...filter, includeKept, kept: includeKept ? new Map() : await keptAmong(filter, context) }
      }
      const count = async (filter: IdleFilter): Promise<number> =>
        (await access.overrideHygiene({ ...filter, first: 0 }, pause)).totalCount
      const named = args.items == null ? null : itemsInput(args.items)
      if (named !== null && domainId !== null) throw badInput('domainId', 'give items or domainId, not both')
      if (named !== null) await refuseBusy(named, reason, includeKept, context)
      else if (args.expectedCount == null) throw badInput('expectedCount', 'is needed without items')
      const asked = named === null ? await question() : null
      if (args.expectedCount != null) {
        const now = named === null ? await count(asked!) : [...named.values()].reduce((sum, keys) => sum + keys.size, 0)
        if (now !== args.expectedCount)
          throw new PortalError('CONFLICT', `There are ${now} of them now; look at the list again.`, {
            facts: { count: now }
          })
      }
      const companyIds = asked === null ? [...named!.keys()] : await access.companiesWithIdle(asked, bulkLimit, pause)
      const done = await written(context, cleanUp(companyIds, named, { reason, includeKept }, context))
      const remaining = await count(await question())
      return { ...done, remaining, operation: done.removed > 0 ? context.operation : null }
    }
  },

  IdleOverrideConnection: {
    nodes: async (page: HygienePage, _args: unknown, context: OperatorRequestContext) => {
      const ids = [...new Set(page.nodes.map(node => node.companyId))]
      const companies = new Map(
        (await context.stores.companies.some(ids)).map(company => [company.id, company] as const)
      )
      const kept = await context.scale.cleanUp.keptBy(ids)
      // What was changed since the request started is not shown as it was.
      return page.nodes.flatMap(node => {
        const company = companies.get(node.companyId)
        const override = company?.overrides.find(each => each.key === node.key)
        const keptBy = kept.get(node.companyId)?.get(node.key) ?? []
        return company && override ? [{ ...node, name: company.name, override, keptBy }] : []
      })
    },
    pageInfo: ({ endCursor, hasNextPage }: HygienePage) => ({ endCursor, hasNextPage }),
    counts: ({ counts, keptCounts }: HygienePage) =>
      idleReasons.map(reason => ({ reason, overrides: counts[reason], kept: keptCounts[reason] }))
  }
}
