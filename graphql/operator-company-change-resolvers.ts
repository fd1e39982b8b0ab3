import type { CompanyMove } from '../core/company-status.ts'
import { badInput } from '../core/errors.ts'
import type { Resolver, Resolvers } from '../core/plugin-api.ts'
import { actorOf, type OperatorRequestContext, written } from './operator-context.ts'
import { accountCodesInput, idInput, noteInput, textInput } from './operator-input.ts'

interface ChangeArguments {
  readonly id: string
  readonly expectedVersion: number
  readonly reason?: string | null
}

/** @param needsReason whether the audit log must say why */
const move =
  (kind: CompanyMove, needsReason: boolean): Resolver<OperatorRequestContext> =>
  (_parent, args: ChangeArguments, context) => {
    // A note may have lines; an empty one is refused in the words of every text.
    const reason = noteInput('reason', args.reason) ?? (needsReason ? textInput('reason', '', 1, 500) : null)
    const id = idInput(args.id, 'company')
    return written(
      context,
      context.stores.companies.changeStatus(id, kind, actorOf(context, reason), args.expectedVersion)
    )
  }

/** What an operator changes of a company beside brand and access. */
export const operatorCompanyChangeResolvers: Resolvers = {
  Mutation: {
    updateCompany: (
      _parent: unknown,
      args: ChangeArguments & {
        input: { readonly name?: string | null; readonly accountCodes?: readonly string[] | null }
      },
      context: OperatorRequestContext
    ) => {
      const { name, accountCodes } = args.input
      for (const field of ['name', 'accountCodes'] as const)
        if (args.input[field] === null) throw badInput(`input.${field}`, 'must not be null; leave it out to keep it')
      const input = {
        ...(name == null ? {} : { name: textInput('input.name', name, 1, 120) }),
        ...(accountCodes == null ? {} : { accountCodes: accountCodesInput('input.accountCodes', accountCodes) })
      }
      const id = idInput(args.id, 'company')
      return written(context, context.stores.companies.update(id, input, actorOf(context), args.expectedVersion))
    },

    suspendCompany: move('suspend', true),
    closeCompany: move('close', true),
    reopenCompany: move('reopen', false),
    approveCompany: move('approve', false)
  }
}
