import { PortalError } from '../core/errors.ts'
import type { Resolvers } from '../core/plugin-api.ts'
import type { AccessAction, AuditEntry } from '../core/ports.ts'
import { actorOf, type OperatorRequestContext, written } from './operator-context.ts'
import { found, idInput, instantText, pageInput, searchInput } from './operator-input.ts'
import { connection, type PageArguments } from './operator-page.ts'

const overrideWrites: readonly AccessAction[] = ['setCompanyOverrides', 'bulkSetCompanyOverrides']

export const operatorAuditResolvers: Resolvers = {
  Query: {
    auditLog: async (
      _parent: unknown,
      args: PageArguments & { target?: string | null; actor?: string | null },
      context: OperatorRequestContext
    ) =>
      connection(
        await context.stores.audit.list({
          ...pageInput(args),
          target: searchInput('target', args.target),
          actor: searchInput('actor', args.actor)
        })
      )
  },

  Mutation: {
    revertChange: async (_parent: unknown, args: { auditId: string }, context: OperatorRequestContext) => {
      const id = idInput(args.auditId, 'audit entry')
      const entry = found(await context.stores.audit.get(id), 'audit entry')
      // Nobody undoes what they may not do.
      if (context.operator.role !== 'ADMIN' && !overrideWrites.includes(entry.action as AccessAction)) {
        throw new PortalError('FORBIDDEN', `The role ${context.operator.role} may undo writes of overrides only.`, {
          reason: 'ROLE'
        })
      }
      return written(context, context.stores.audit.revert(id, actorOf(context)))
    }
  },

  AuditEntry: {
    at: (entry: AuditEntry) => instantText(entry.at)
  }
}
