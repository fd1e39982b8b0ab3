import { type PortalContext, PortalError, type Resolvers } from '../../core/plugin-api.ts'
import { providersOf } from './api.ts'
import type { DestinationType } from './destination.ts'
import {
  type DidPage,
  findCarrierDid,
  findDids,
  type ListInput,
  listCarrierDids,
  listDids,
  listTags
} from './did-list.ts'
import { bulkTagDids, setDidTags } from './tag-dids.ts'
import { bulkUpdateDids, type DidPatch, updateDid } from './update-dids.ts'

const totalCount = { totalCount: (page: DidPage<unknown>) => page.totalCount() }

export const resolvers: Resolvers = {
  Query: {
    dids: (_: unknown, args: ListInput, context: PortalContext) => listDids(context, args),
    async did(_: unknown, { id }: { id: string }, context: PortalContext) {
      const [did] = await findDids(context, [id])
      if (!did) throw new PortalError('NOT_FOUND')
      return did
    },
    async didDestinationOptions(_: unknown, { type }: { type: DestinationType }, context: PortalContext) {
      if (type === 'URI' || type === 'CIRCUIT_TEST') return []
      const lists = await Promise.all(providersOf(type).map(provider => provider.options(context)))
      return lists.flat()
    },
    didTags: (_: unknown, __: unknown, { scope }: PortalContext) => listTags(scope),
    carrierDids: (_: unknown, args: ListInput, context: PortalContext) => listCarrierDids(context, args),
    async carrierDid(_: unknown, { number }: { number: string }, { scope }: PortalContext) {
      const did = await findCarrierDid(scope, number)
      if (!did) throw new PortalError('NOT_FOUND')
      return did
    }
  },
  Mutation: {
    updateDid: (_: unknown, args: { id: string; version: number; input: DidPatch }, context: PortalContext) =>
      updateDid(context, args.id, args.version, args.input),
    bulkUpdateDids: (_: unknown, args: { ids: string[]; patch: DidPatch }, context: PortalContext) =>
      bulkUpdateDids(context, args.ids, args.patch),
    setDidTags: (_: unknown, args: { id: string; tags: string[] }, context: PortalContext) =>
      setDidTags(context, args.id, args.tags),
    bulkTagDids: (
      _: unknown,
      args: { ids: string[]; add?: string[] | null; remove?: string[] | null },
      context: PortalContext
    ) => bulkTagDids(context, args.ids, args.add ?? [], args.remove ?? [])
  },
  DidConnection: totalCount,
  CarrierDidConnection: totalCount
}
