import { PortalError } from '../core/errors.ts'
import type { Resolvers } from '../core/plugin-api.ts'
import type { PlatformAccess } from '../core/ports.ts'
import { actorOf, type OperatorRequestContext, written } from './operator-context.ts'
import { knownName } from './operator-input.ts'

/** Paid add-ons that some feature asks for, by name. */
const entitlementNames = (context: OperatorRequestContext): readonly string[] =>
  [
    ...new Set(
      context.access.catalogue.features.flatMap(feature =>
        feature.entitlement === undefined ? [] : [feature.entitlement]
      )
    )
  ].sort()

export const operatorPlatformResolvers: Resolvers = {
  Query: {
    me: (_parent: unknown, _args: unknown, context: OperatorRequestContext) => context.operator,
    platform: (_parent: unknown, _args: unknown, context: OperatorRequestContext) => context.stores.platform.get()
  },

  Mutation: {
    setPluginEnabled: (
      _parent: unknown,
      { name, enabled }: { name: string; enabled: boolean },
      context: OperatorRequestContext
    ) => {
      knownName(
        'name',
        'plugin',
        name,
        context.plugins.map(plugin => plugin.name)
      )
      if (!enabled && context.plugins.some(plugin => plugin.name === name && plugin.permanent === true)) {
        throw new PortalError('PRECONDITION_FAILED', `The plugin ${name} cannot be switched off.`, {
          reason: 'PERMANENT_PLUGIN'
        })
      }
      return written(context, context.stores.platform.setPlugin(name, enabled, actorOf(context)))
    },

    setEntitlement: (
      _parent: unknown,
      { name, present }: { name: string; present: boolean },
      context: OperatorRequestContext
    ) => {
      knownName('name', 'entitlement', name, entitlementNames(context))
      return written(context, context.stores.platform.setEntitlement(name, present, actorOf(context)))
    }
  },

  Platform: {
    plugins: (platform: PlatformAccess, _args: unknown, context: OperatorRequestContext) =>
      context.plugins.map(({ name, permanent }) => ({
        name,
        enabled: !platform.disabledPlugins.includes(name),
        permanent: permanent === true
      })),
    entitlements: (platform: PlatformAccess, _args: unknown, context: OperatorRequestContext) =>
      entitlementNames(context).map(name => ({ name, present: platform.entitlements.includes(name) }))
  }
}
