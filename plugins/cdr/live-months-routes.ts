import type { OperatorContext, PluginRoute } from '../../core/plugin-api.ts'
import { liveMonths, setLiveMonths } from './retention.ts'

const url = '/cdr/live-months'

const read = async ({ db }: OperatorContext) => ({ months: await liveMonths(db) })

/** How many whole months of calls stay live, read and set on the console host. */
export const liveMonthsRoutes: readonly PluginRoute[] = [
  { method: 'GET', url, host: 'CONSOLE', roles: ['ADMIN', 'SUPPORT', 'AUDITOR'], handle: read },
  {
    method: 'PUT',
    url,
    host: 'CONSOLE',
    roles: ['ADMIN'],
    handle: (context, request) =>
      context.db.transaction(async db => {
        const before = await liveMonths(db)
        const months = (request.body as { readonly months?: unknown } | null | undefined)?.months
        await setLiveMonths(db, months)
        await db.audit({
          actor: context.operator.actor,
          action: 'cdr.live-months',
          target: 'installation',
          before: { months: before },
          after: { months }
        })
        return { months }
      })
  }
]
