import type { CsvColumn } from '../core/csv-cell.ts'
import { badInput, PortalError } from '../core/errors.ts'
import type { Resolvers } from '../core/plugin-api.ts'
import type { AuditEntry, AuditFilter } from '../core/ports.ts'
import { isAmong, mayUndo, overrideWrites, undoableTogether } from '../core/undo.ts'
import { withOperation } from './operator-bulk.ts'
import { actorOf, type OperatorRequestContext, written } from './operator-context.ts'
import { mostRows, writeCsvFile } from './operator-csv-file.ts'
import { found, idInput, instantInput, instantText, pageInput, searchInput } from './operator-input.ts'
import { connection, type PageArguments } from './operator-page.ts'

interface AuditFilterArguments {
  readonly target?: string | null
  readonly actor?: string | null
  readonly action?: string | null
  readonly companyId?: string | null
  readonly domainId?: string | null
  readonly operation?: string | null
  readonly from?: string | null
  readonly to?: string | null
}

const filterInput = (prefix: string, filter: AuditFilterArguments): AuditFilter => {
  const from = instantInput(`${prefix}from`, filter.from)
  const to = instantInput(`${prefix}to`, filter.to)
  if (from !== null && to !== null && to <= from) throw badInput(`${prefix}to`, 'must be later than from')
  return {
    target: searchInput(`${prefix}target`, filter.target),
    actor: searchInput(`${prefix}actor`, filter.actor),
    action: searchInput(`${prefix}action`, filter.action),
    // What cannot be an id is no company's: the list is empty, as for one that is not there.
    companyId: searchInput(`${prefix}companyId`, filter.companyId),
    domainId: searchInput(`${prefix}domainId`, filter.domainId),
    operation: searchInput(`${prefix}operation`, filter.operation),
    from,
    to
  }
}

/** Ids stand as they are, so that they can be looked up; some begin with a minus. */
const exportColumns: readonly CsvColumn[] = [
  { name: 'action', title: 'Action', text: true },
  { name: 'target', title: 'Target', text: true },
  { name: 'companyId', title: 'Company', text: false },
  { name: 'domainId', title: 'Portal domain', text: false },
  { name: 'before', title: 'Before', text: true },
  { name: 'after', title: 'After', text: true },
  { name: 'reason', title: 'Reason', text: true },
  { name: 'ip', title: 'Address', text: true },
  { name: 'id', title: 'Entry', text: false },
  { name: 'operation', title: 'Operation', text: false }
]

/** Nobody undoes what they may not do. @throws PortalError FORBIDDEN */
const refuseOthersWrites = (
  { operator }: OperatorRequestContext,
  entries: readonly Pick<AuditEntry, 'action'>[]
): void => {
  if (operator.role === 'ADMIN' || entries.every(({ action }) => isAmong(overrideWrites, action))) return
  throw new PortalError('FORBIDDEN', `The role ${operator.role} may undo writes of overrides only.`, { reason: 'ROLE' })
}

/** Entries with a way to ask, once for all of them, how many entries their operations left. */
const withSizes = (entries: readonly AuditEntry[], { stores }: OperatorRequestContext) => {
  let sizes: Promise<ReadonlyMap<string, number>> | undefined
  const ask = (): Promise<ReadonlyMap<string, number>> => {
    const operations = new Set(entries.flatMap(({ operation }) => (operation === null ? [] : [operation])))
    sizes ??= stores.audit.sizesOf([...operations])
    return sizes
  }
  return entries.map(entry => ({ ...entry, sizes: ask }))
}

export const operatorAuditResolvers: Resolvers = {
  Query: {
    auditLog: async (_parent: unknown, args: PageArguments & AuditFilterArguments, context: OperatorRequestContext) => {
      const page = await context.stores.audit.list({ ...pageInput(args), ...filterInput('', args) })
      return { ...connection(page), nodes: withSizes(page.nodes, context) }
    }
  },

  Mutation: {
    exportAuditLog: async (
      _parent: unknown,
      args: { filter?: AuditFilterArguments | null },
      context: OperatorRequestContext
    ) => {
      const { stores, scale } = context
      const filter = filterInput('filter.', args.filter ?? {})
      const tooMany = badInput('filter', `matches more than ${mostRows} entries; narrow it with from and to`)
      if ((await scale.auditExports.countUpTo(mostRows + 1, filter)) > mostRows) throw tooMany
      const { file, rows } = await writeCsvFile(
        context,
        { name: 'audit-log', columns: exportColumns, tooMany },
        page => stores.audit.list({ ...filter, ...page }),
        entry => [{ ...entry }]
      )
      await scale.auditExports.record(
        { action: 'exportAuditLog', fileId: file.id, facts: { filter, rows } },
        actorOf(context)
      )
      return file
    },

    revertChange: async (_parent: unknown, args: { auditId: string }, context: OperatorRequestContext) => {
      const id = idInput(args.auditId, 'audit entry')
      const entry = found(await context.stores.audit.get(id), 'audit entry')
      refuseOthersWrites(context, [entry])
      return withSizes([await written(context, context.stores.audit.revert(id, actorOf(context)))], context)[0]
    },

    revertOperation: async (_parent: unknown, args: { operation: string }, context: OperatorRequestContext) => {
      const id = idInput(args.operation, 'operation')
      // An administrator may undo all of it; nothing need be read to know that.
      if (context.operator.role !== 'ADMIN') refuseOthersWrites(context, await context.stores.audit.entriesOf(id))
      return withOperation(context, await written(context, context.stores.audit.revertOperation(id, actorOf(context))))
    }
  },

  AuditEntry: {
    at: (entry: AuditEntry) => instantText(entry.at),
    operationEntries: async ({ operation, sizes }: ReturnType<typeof withSizes>[number]) =>
      operation === null ? null : ((await sizes()).get(operation) ?? null),
    undoable: ({ action }: AuditEntry, _args: unknown, { operator }: OperatorRequestContext) =>
      mayUndo(operator.role, action),
    operationUndoable: (
      { action, operation, target, companyId }: AuditEntry,
      _args: unknown,
      { operator }: OperatorRequestContext
    ) =>
      operation !== null && target === companyId && isAmong(undoableTogether, action) && mayUndo(operator.role, action)
  }
}
