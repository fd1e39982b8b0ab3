import type { AccessHistoryEntry } from '../core/access-history.ts'
import type { Resolvers } from '../core/plugin-api.ts'
import { mayUndo } from '../core/undo.ts'
import type { OperatorRequestContext } from './operator-context.ts'
import { idInput, instantText, pageInput } from './operator-input.ts'
import { connection, type PageArguments } from './operator-page.ts'

export const operatorHistoryResolvers: Resolvers = {
  Query: {
    accessHistory: async (
      _parent: unknown,
      args: PageArguments & { companyId: string },
      context: OperatorRequestContext
    ) => connection(await context.scale.history.list(idInput(args.companyId, 'company'), pageInput(args)))
  },

  AccessHistoryEntry: {
    at: (entry: AccessHistoryEntry) => instantText(entry.at),
    undoable: ({ action }: AccessHistoryEntry, _args: unknown, { operator }: OperatorRequestContext) =>
      mayUndo(operator.role, action)
  }
}
