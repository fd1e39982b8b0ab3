import { badInput } from '../core/errors.ts'
import type { Resolver, Resolvers } from '../core/plugin-api.ts'
import type { Actor, Brand, BrandStore } from '../core/ports.ts'
import { actorOf, type OperatorRequestContext, written } from './operator-context.ts'
import { currencyInput, idInput, noteInput, textInput } from './operator-input.ts'

interface ChangeArguments {
  readonly id: string
  readonly expectedVersion: number
  readonly reason?: string | null
}

const change =
  (
    write: (brands: BrandStore, id: string, actor: Actor, version: number) => Promise<Brand>
  ): Resolver<OperatorRequestContext> =>
  (_parent, args: ChangeArguments, context) => {
    const actor = actorOf(context, noteInput('reason', args.reason))
    const id = idInput(args.id, 'portal domain')
    return written(context, write(context.stores.brands, id, actor, args.expectedVersion))
  }

/** What an operator changes of a brand beside its defaults. */
export const operatorBrandChangeResolvers: Resolvers = {
  Mutation: {
    updatePortalDomain: (
      _parent: unknown,
      args: ChangeArguments & {
        input: { readonly brandName?: string | null; readonly currencies?: readonly string[] | null }
      },
      context: OperatorRequestContext
    ) => {
      const { brandName, currencies } = args.input
      for (const field of ['brandName', 'currencies'] as const)
        if (args.input[field] === null) throw badInput(`input.${field}`, 'must not be null; leave it out to keep it')
      const input = {
        ...(brandName == null ? {} : { brandName: textInput('input.brandName', brandName, 1, 80) }),
        ...(currencies == null
          ? {}
          : {
              currencies: [
                ...new Set(currencies.map((code, index) => currencyInput(`input.currencies.${index}`, code)))
              ]
            })
      }
      const id = idInput(args.id, 'portal domain')
      return written(context, context.stores.brands.update(id, input, actorOf(context), args.expectedVersion))
    },

    disablePortalDomain: change((brands, id, actor, version) => brands.setEnabled(id, false, actor, version)),
    enablePortalDomain: change((brands, id, actor, version) => brands.setEnabled(id, true, actor, version)),
    setDefaultPortalDomain: change((brands, id, actor, version) => brands.setDefault(id, actor, version)),

    deletePortalDomain: async (
      _parent: unknown,
      args: ChangeArguments & { readonly reassignTo?: string | null },
      context: OperatorRequestContext
    ) => {
      const actor = actorOf(context, noteInput('reason', args.reason))
      const id = idInput(args.id, 'portal domain')
      const reassignTo = args.reassignTo == null ? null : idInput(args.reassignTo, 'portal domain')
      const companiesMoved = await written(
        context,
        context.stores.brands.remove(id, reassignTo, actor, args.expectedVersion)
      )
      return { id, companiesMoved }
    }
  }
}
