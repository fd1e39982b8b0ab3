import { badInput, type OperatorContext, PortalError, parseInstant, type Resolvers } from '../../core/plugin-api.ts'
import { archivedMonths } from './archive-file.ts'
import { companyArchivePath, rejectsPath } from './archive-routes.ts'
import type { Batch, BatchOrigin, BatchState } from './batch/batch.ts'
import { batchById, batchIds, listBatches, type Paging, requireBatch } from './batch/batch-store.ts'
import { type CompanyFeed, type Feed, feedOf, listCompanyFeeds, listFeeds } from './batch/feeds.ts'
import { beginImport, type ImportArguments } from './batch/import-task.ts'
import { beginRerun, countRejects, listRejects } from './batch/rejects.ts'
import { listAlarms, setSilence } from './batch/silence.ts'
import { beginUndo } from './batch/undo.ts'
import { type CallRetention, readRetention, setRetention } from './retention.ts'
import { previewRetention } from './retention-preview.ts'

const time = (at: number): string => new Date(at).toISOString()
const maybeTime = (at: number | null): string | null => (at === null ? null : time(at))

const shownBatch = (batch: Batch) => ({
  ...batch,
  replace: batch.options.replace,
  startedAt: time(batch.startedAt),
  endedAt: maybeTime(batch.endedAt),
  firstCallStart: maybeTime(batch.firstStart),
  lastCallStart: maybeTime(batch.lastStart),
  rejectsUrl: rejectsPath(batch.id)
})

const shownFeed = (feed: Feed) => ({
  ...feed,
  lastReceivedAt: maybeTime(feed.receivedAt),
  lastCallStart: maybeTime(feed.lastStart),
  silent: feed.silentSince !== null,
  silentSince: maybeTime(feed.silentSince)
})

const shownCompanyFeed = (feed: CompanyFeed) => ({
  ...feed,
  lastReceivedAt: time(feed.receivedAt),
  lastCallStart: time(feed.lastStart),
  silent: feed.silentSince !== null,
  silentSince: maybeTime(feed.silentSince)
})

const instant = (path: string, value: string | null | undefined): number | null => {
  if (value === null || value === undefined) return null
  const at = parseInstant(value)
  if (at === undefined) throw badInput(path, 'must be an ISO-8601 instant, such as 2026-01-31T12:00:00Z')
  return at
}

/** A text to look for; PostgreSQL takes no null character, and nothing has one. */
const lookedFor = (path: string, value: string | null | undefined): string | null => {
  if (value?.includes('\0')) throw badInput(path, 'control characters are not allowed')
  return value ?? null
}

const mapped = <Node, Shown, Page extends { readonly nodes: readonly Node[] }>(
  page: Page & { readonly nodes: readonly Node[] },
  map: (node: Node) => Shown
) => ({
  ...page,
  nodes: page.nodes.map(map)
})

interface RetentionInput {
  readonly liveMonths: number
  readonly keptMonths?: number | null
}

const monthsOf = ({ liveMonths, keptMonths = null }: RetentionInput): CallRetention => ({ liveMonths, keptMonths })

const shownRetention = <Given extends { readonly waitsUntil: number | null }>(given: Given) => ({
  ...given,
  waitsUntil: maybeTime(given.waitsUntil)
})

interface FilterInput {
  readonly source?: string | null
  readonly state?: BatchState | null
  readonly origin?: BatchOrigin | null
  readonly startedFrom?: string | null
  readonly startedTo?: string | null
}

export const operatorResolvers: Resolvers = {
  CallBatch: {
    rejectsWaiting: ({ number, rejectsKept }: Batch, _: unknown, { db }: OperatorContext) =>
      rejectsKept === 0 ? 0 : countRejects(db, number),
    rerunOf: async ({ rerunOf }: Batch, _: unknown, { db }: OperatorContext) =>
      rerunOf === null ? null : ((await batchIds(db, [rerunOf])).get(rerunOf) ?? null)
  },
  Query: {
    callBatches: async (
      _: unknown,
      { filter, ...paging }: Paging & { readonly filter?: FilterInput | null },
      { db }: OperatorContext
    ) => {
      const checked = {
        source: lookedFor('filter.source', filter?.source),
        state: filter?.state ?? null,
        origin: filter?.origin ?? null,
        startedFrom: instant('filter.startedFrom', filter?.startedFrom),
        startedTo: instant('filter.startedTo', filter?.startedTo)
      }
      return mapped(await listBatches(db, checked, paging), shownBatch)
    },
    callBatch: async (_: unknown, { id }: { readonly id: string }, { db }: OperatorContext) => {
      const batch = await batchById(db, id)
      return batch && shownBatch(batch)
    },
    callBatchRejects: async (
      _: unknown,
      { batchId, ...paging }: Paging & { readonly batchId: string },
      { db }: OperatorContext
    ) => {
      const batch = await requireBatch(db, batchId)
      return mapped(await listRejects(db, batch.number, paging), reject => ({ ...reject, record: reject.raw }))
    },
    callFeeds: async (_: unknown, paging: Paging, { db, at }: OperatorContext) =>
      mapped(await listFeeds(db, at, paging), shownFeed),
    callFeedAlarms: async (
      _: unknown,
      {
        source,
        companyId,
        ...paging
      }: Paging & { readonly source?: string | null; readonly companyId?: string | null },
      { db }: OperatorContext
    ) => {
      if (source != null && companyId != null) throw badInput('companyId', 'name a source or a company, not both')
      const subject = lookedFor('source', source) ?? lookedFor('companyId', companyId)
      const of = subject === null ? null : ({ kind: source == null ? 'COMPANY' : 'SOURCE', subject } as const)
      return mapped(await listAlarms(db, of, paging), alarm => ({
        ...alarm,
        from: time(alarm.from),
        until: maybeTime(alarm.until)
      }))
    },
    companyCallFeeds: async (
      _: unknown,
      args: Paging & { readonly companyIds?: readonly string[] | null },
      { db, at }: OperatorContext
    ) => mapped(await listCompanyFeeds(db, at, args), shownCompanyFeed),
    callArchives: async (_: unknown, { companyId }: { readonly companyId: string }, { db }: OperatorContext) => {
      const known = /^[\w-]{1,64}$/.test(companyId) && (await db.companies([companyId])).has(companyId)
      if (!known) throw new PortalError('NOT_FOUND', 'There is no such company.')
      const months = await archivedMonths(() => db.from('cdr_archive').where('company_id', companyId))
      return months.map(({ month, calls, archivedAt }) => ({
        month,
        calls,
        archivedAt: time(archivedAt),
        url: companyArchivePath(companyId, month)
      }))
    },
    callRetention: async (_: unknown, _args: unknown, { db, at }: OperatorContext) =>
      shownRetention(await readRetention(db, at)),
    callRetentionPreview: async (_: unknown, args: RetentionInput, { db, at }: OperatorContext) =>
      shownRetention(await previewRetention(db, monthsOf(args), at))
  },
  Mutation: {
    importCalls: async (_: unknown, args: ImportArguments, context: OperatorContext) =>
      shownBatch(await beginImport(context, args)),
    undoCallBatch: async (
      _: unknown,
      { id, reason }: { readonly id: string; readonly reason?: string | null },
      context: OperatorContext
    ) => {
      const note = lookedFor('reason', reason)
      if (note !== null && [...note].length > 500) throw badInput('reason', 'at most 500 characters')
      return shownBatch(await beginUndo(context, id, note))
    },
    rerunCallBatch: async (_: unknown, { id }: { readonly id: string }, context: OperatorContext) =>
      shownBatch(await beginRerun(context, id)),
    setCallFeedSilence: async (
      _: unknown,
      args: { readonly source: string; readonly minutes?: number | null; readonly expectedVersion?: number | null },
      { db, operator, at }: OperatorContext
    ) => {
      const { source, minutes = null, expectedVersion = null } = args
      await setSilence(db, 'SOURCE', source, minutes, { actor: operator.actor, ip: operator.ip, expectedVersion })
      return shownFeed((await feedOf(db, at, source))!)
    },
    setCompanyCallSilence: async (
      _: unknown,
      args: { readonly companyId: string; readonly minutes?: number | null; readonly expectedVersion?: number | null },
      { db, operator, at }: OperatorContext
    ) => {
      const { companyId, minutes = null, expectedVersion = null } = args
      await setSilence(db, 'COMPANY', companyId, minutes, { actor: operator.actor, ip: operator.ip, expectedVersion })
      const { nodes } = await listCompanyFeeds(db, at, { companyIds: [companyId] })
      return shownCompanyFeed(nodes[0]!)
    },
    setCallRetention: async (
      _: unknown,
      { expectedVersion, ...months }: RetentionInput & { readonly expectedVersion?: number | null },
      { db, operator: { actor, ip } }: OperatorContext
    ) =>
      shownRetention(await setRetention(db, monthsOf(months), { actor, ip, expectedVersion: expectedVersion ?? null }))
  }
}
