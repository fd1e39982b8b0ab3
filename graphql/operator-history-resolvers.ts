import type { AccessHistoryEntry } from '../core/access-history.ts'
import type { CsvColumn } from '../core/csv-cell.ts'
import { PortalError } from '../core/errors.ts'
import type { Resolvers } from '../core/plugin-api.ts'
import { mayUndo } from '../core/undo.ts'
import { actorOf, type OperatorRequestContext } from './operator-context.ts'
import { mostRows, writeCsvFile } from './operator-csv-file.ts'
import { idInput, instantText, pageInput } from './operator-input.ts'
import { connection, type PageArguments } from './operator-page.ts'

const exportColumns: readonly CsvColumn[] = [
  { name: 'action', title: 'Action', text: true },
  { name: 'about', title: 'About', text: false },
  { name: 'target', title: 'Target', text: true },
  { name: 'host', title: 'Portal domain', text: true },
  { name: 'field', title: 'Field', text: true },
  { name: 'before', title: 'Before', text: true },
  { name: 'after', title: 'After', text: true },
  { name: 'reason', title: 'Reason', text: true },
  { name: 'ip', title: 'Address', text: true },
  { name: 'id', title: 'Entry', text: false },
  { name: 'operation', title: 'Operation', text: false }
]

export const operatorHistoryResolvers: Resolvers = {
  Query: {
    accessHistory: async (
      _parent: unknown,
      args: PageArguments & { companyId: string },
      context: OperatorRequestContext
    ) => connection(await context.scale.history.list(idInput(args.companyId, 'company'), pageInput(args)))
  },

  Mutation: {
    exportAccessHistory: async (_parent: unknown, args: { companyId: string }, context: OperatorRequestContext) => {
      const companyId = idInput(args.companyId, 'company')
      const { history, auditExports } = context.scale
      const tooMany = new PortalError(
        'PRECONDITION_FAILED',
        `The history has more than ${mostRows} changes; export the audit log by from and to instead.`
      )
      const { file, rows } = await writeCsvFile(
        context,
        { name: `access-history-${companyId}`, columns: exportColumns, tooMany },
        page => history.list(companyId, page),
        ({ changes, ...entry }) =>
          changes.map(change => ({ ...entry, ...change, reason: change.reason ?? entry.reason }))
      )
      await auditExports.record(
        { action: 'exportAccessHistory', fileId: file.id, companyId, facts: { companyId, rows } },
        actorOf(context)
      )
      return file
    }
  },

  AccessHistoryEntry: {
    at: (entry: AccessHistoryEntry) => instantText(entry.at),
    undoable: ({ action }: AccessHistoryEntry, _args: unknown, { operator }: OperatorRequestContext) =>
      mayUndo(operator.role, action)
  }
}
