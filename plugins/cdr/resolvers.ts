import type { GraphQLResolveInfo } from 'graphql'
import type { GridSortInput } from '../../core/plugin-api.ts'
import { type ColumnDefinition, type PortalContext, PortalError, type Resolvers } from '../../core/plugin-api.ts'
import { archivedMonths } from './archive-file.ts'
import { archivePath } from './archive-routes.ts'
import { breakoutColumnMetas } from './breakout-columns.ts'
import { readBreakoutQuery } from './breakout-query.ts'
import { listBreakout, planBreakout, totalBreakout } from './breakout-store.ts'
import { cdrColumnMetas } from './cdr-columns.ts'
import { readCdrFilter } from './cdr-filter.ts'
import { findCall, listCalls } from './cdr-store.ts'
import { selectedFields } from './selected-fields.ts'

interface Paging {
  readonly sort?: readonly GridSortInput[] | null
  readonly first?: number | null
  readonly after?: string | null
}

const metas = (
  { access }: PortalContext,
  report: string,
  columns: ReadonlyMap<string, ColumnDefinition>
): readonly object[] =>
  access.columns(report).flatMap(name => {
    const column = columns.get(name)
    if (!column) return []
    const { title, titles, type, unit, units } = column
    return {
      name,
      title,
      titles,
      type,
      unit,
      units,
      default: column.default === true,
      sortable: column.sortable === true,
      filterable: column.filterable === true,
      groupable: column.groupable === true
    }
  })

export const resolvers: Resolvers = {
  Query: {
    cdrs: async (
      _: unknown,
      args: Paging & { readonly filter: unknown },
      context: PortalContext,
      info: GraphQLResolveInfo
    ) => ({
      ...(await listCalls(context, readCdrFilter(args.filter), args, selectedFields(info, 'nodes'))),
      totalCount: null
    }),
    cdr: async (
      _: unknown,
      { callId }: { readonly callId: string },
      context: PortalContext,
      info: GraphQLResolveInfo
    ) => {
      const call = await findCall(context, callId, selectedFields(info))
      if (!call) throw new PortalError('NOT_FOUND')
      return call
    },
    cdrColumns: (_: unknown, _args: unknown, context: PortalContext) => metas(context, 'CDR', cdrColumnMetas),
    cdrArchives: async (_: unknown, _args: unknown, { scope }: PortalContext) =>
      (await archivedMonths(() => scope.from('cdr_archive'))).map(({ month }) => ({ month, url: archivePath(month) })),
    breakout: async (_: unknown, args: Paging, context: PortalContext, info: GraphQLResolveInfo) => {
      const plan = planBreakout(context, readBreakoutQuery(args), args)
      const wanted = selectedFields(info)
      const page = wanted.has('rows') || wanted.has('pageInfo') ? await listBreakout(context, plan) : {}
      const totals = wanted.has('totals') || wanted.has('unrated') ? await totalBreakout(context, plan) : {}
      return { ...page, ...totals, generatedAt: context.at }
    },
    breakoutColumns: (_: unknown, _args: unknown, context: PortalContext) =>
      metas(context, 'BREAKOUT', breakoutColumnMetas)
  }
}
