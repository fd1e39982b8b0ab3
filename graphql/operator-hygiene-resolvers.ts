import { setImmediate as pause } from 'node:timers/promises'
import { badInput, PortalError } from '../core/errors.ts'
import { type HygienePage, type IdleReason, idleReasons } from '../core/override-hygiene.ts'
import type { Resolvers } from '../core/plugin-api.ts'
import { actorOf, type OperatorRequestContext, written } from './operator-context.ts'
import { bulkLimit, idInput, pageInput } from './operator-input.ts'
import type { PageArguments } from './operator-page.ts'

/** Companies of one transaction. */
const chunkSize = 500
/** How often a chunk is looked at again because somebody wrote meanwhile. */
const mostAttempts = 10

interface CleanUpArguments {
  readonly reason: IdleReason
  readonly domainId?: string | null
  readonly items?: readonly { readonly companyId: string; readonly key: string }[] | null
  readonly expectedCount?: number | null
}

/** Company id → keys that were named. */
const itemsInput = (items: NonNullable<CleanUpArguments['items']>): ReadonlyMap<string, ReadonlySet<string>> => {
  if (items.length > bulkLimit) throw badInput('items', `at most ${bulkLimit} in one call`)
  const byCompany = new Map<string, Set<string>>()
  for (const { companyId, key } of items)
    byCompany.set(companyId, (byCompany.get(companyId) ?? new Set<string>()).add(key))
  return byCompany
}

/** @throws PortalError CONFLICT when one of the named overrides is not idle for this reason */
const refuseBusy = (
  named: ReadonlyMap<string, ReadonlySet<string>>,
  reason: IdleReason,
  { access, clock }: OperatorRequestContext
): void => {
  const idle = access.idleOverrides([...named.keys()], clock.at)
  for (const [companyId, keys] of named)
    for (const key of keys)
      if (!idle.get(companyId)?.some(each => each.key === key && each.reason === reason))
        throw new PortalError(
          'CONFLICT',
          `The override of ${key} is not, or no longer, idle for this reason; load the list again.`,
          {
            facts: { companyId, key }
          }
        )
}

/** Removes what is idle of these companies now, chunk by chunk; what is decided and what is removed is one state. */
const cleanUp = async (
  companyIds: readonly string[],
  named: ReadonlyMap<string, ReadonlySet<string>> | null,
  reason: IdleReason,
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
      const count = await scale.cleanUp.remove(keys, access.revisions, actor)
      if (count !== null) {
        removed += count
        companies += keys.size
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
    overrideHygiene: (
      _parent: unknown,
      args: PageArguments & { reason?: IdleReason | null; domainId?: string | null },
      context: OperatorRequestContext
    ) =>
      context.access.overrideHygiene(
        { ...pageInput(args), at: context.clock.at, reason: args.reason ?? null, domainId: args.domainId ?? null },
        pause
      )
  },

  Mutation: {
    cleanUpOverrides: async (_parent: unknown, args: CleanUpArguments, context: OperatorRequestContext) => {
      const { access, clock } = context
      const { reason } = args
      const domainId = args.domainId == null ? null : idInput(args.domainId, 'portal domain')
      const question = { at: clock.at, reason, domainId }
      const count = async (): Promise<number> =>
        (await access.overrideHygiene({ ...question, first: 0 }, pause)).totalCount
      const named = args.items == null ? null : itemsInput(args.items)
      if (named !== null && domainId !== null) throw badInput('domainId', 'give items or domainId, not both')
      if (named !== null) refuseBusy(named, reason, context)
      else if (args.expectedCount == null) throw badInput('expectedCount', 'is needed without items')
      if (args.expectedCount != null) {
        const now = named === null ? await count() : [...named.values()].reduce((sum, keys) => sum + keys.size, 0)
        if (now !== args.expectedCount)
          throw new PortalError('CONFLICT', `There are ${now} of them now; look at the list again.`, {
            facts: { count: now }
          })
      }
      const companyIds = named === null ? await access.companiesWithIdle(question, bulkLimit, pause) : [...named.keys()]
      const done = await written(context, cleanUp(companyIds, named, reason, context))
      return { ...done, remaining: await count(), operation: done.removed > 0 ? context.operation : null }
    }
  },

  IdleOverrideConnection: {
    nodes: async (page: HygienePage, _args: unknown, context: OperatorRequestContext) => {
      const ids = [...new Set(page.nodes.map(node => node.companyId))]
      const companies = new Map(
        (await context.stores.companies.some(ids)).map(company => [company.id, company] as const)
      )
      // What was changed since the request started is not shown as it was.
      return page.nodes.flatMap(node => {
        const company = companies.get(node.companyId)
        const override = company?.overrides.find(each => each.key === node.key)
        return company && override ? [{ ...node, name: company.name, override }] : []
      })
    },
    pageInfo: ({ endCursor, hasNextPage }: HygienePage) => ({ endCursor, hasNextPage }),
    counts: ({ counts }: HygienePage) => idleReasons.map(reason => ({ reason, overrides: counts[reason] }))
  }
}
