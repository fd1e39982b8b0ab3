import { randomBytes } from 'node:crypto'
import { ConfigurationError } from '../core/errors.ts'
import type { OperatorContext, PluginDefinition, Resolver, Resolvers } from '../core/plugin-api.ts'
import { operatorAccessResolvers } from './operator-access-resolvers.ts'
import { operatorAuditResolvers } from './operator-audit-resolvers.ts'
import { operatorBrandChangeResolvers } from './operator-brand-change-resolvers.ts'
import { operatorBrandResolvers } from './operator-brand-resolvers.ts'
import { operatorCompanyChangeResolvers } from './operator-company-change-resolvers.ts'
import { operatorCompanyResolvers } from './operator-company-resolvers.ts'
import type { OperatorRequestContext, OperatorServices } from './operator-context.ts'
import { operatorFileResolvers } from './operator-file-resolvers.ts'
import { operatorGridResolvers } from './operator-grid-resolvers.ts'
import { operatorHistoryResolvers } from './operator-history-resolvers.ts'
import { operatorHygieneResolvers } from './operator-hygiene-resolvers.ts'
import { operatorOnboardingResolvers } from './operator-onboarding-resolvers.ts'
import { operatorPageResolvers } from './operator-page-resolvers.ts'
import { operatorPeopleResolvers } from './operator-people-resolvers.ts'
import { operatorPlatformResolvers } from './operator-platform-resolvers.ts'
import { operatorPreviewResolvers } from './operator-preview-resolvers.ts'
import { operatorStaffResolvers } from './operator-staff-resolvers.ts'
import { operatorTemplateResolvers } from './operator-template-resolvers.ts'

const own: readonly Resolvers[] = [
  operatorOnboardingResolvers,
  operatorAccessResolvers,
  operatorPreviewResolvers,
  operatorGridResolvers,
  operatorBrandResolvers,
  operatorBrandChangeResolvers,
  operatorCompanyResolvers,
  operatorCompanyChangeResolvers,
  operatorAuditResolvers,
  operatorPlatformResolvers,
  operatorPeopleResolvers,
  operatorStaffResolvers,
  operatorFileResolvers,
  operatorPageResolvers,
  operatorTemplateResolvers,
  operatorHygieneResolvers,
  operatorHistoryResolvers
]

/** A plugin's resolver as the schema calls it: it is given its own tables and nothing of the access stores. */
const forPlugin =
  (plugin: PluginDefinition, resolver: Resolver<OperatorContext>): Resolver<OperatorRequestContext> =>
  (parent, args, context, info) =>
    resolver(
      parent,
      args,
      {
        operator: context.operator,
        at: context.clock.at,
        requestId: context.requestId,
        db: context.databaseOf(plugin, context.operation),
        files: context.files
      },
      info
    )

/** A mutation as the schema calls it: whatever it writes, however many things, is one operation, which the answer names. */
const asOperation =
  (resolver: Resolver<OperatorRequestContext>): Resolver<OperatorRequestContext> =>
  async (parent, args, context, info) => {
    const operation = randomBytes(12).toString('base64url')
    const result = await resolver(parent, args, { ...context, operation }, info)
    context.operations.set(String(info.path.key), operation)
    return result
  }

/**
 * All resolvers of the operators' schema.
 * @throws ConfigurationError when two sides resolve the same field
 */
export const operatorResolvers = (services: Pick<OperatorServices, 'plugins'>): Resolvers => {
  const all: Record<string, Record<string, Resolver<never>>> = {}
  const owners = new Map<string, string>()
  const add = (owner: string, type: string, field: string, resolver: Resolver<never>): void => {
    const name = `${type}.${field}`
    const other = owners.get(name)
    if (other !== undefined) {
      throw new ConfigurationError(`${owner} and ${other} both resolve ${name} of the operators' schema; remove one.`)
    }
    owners.set(name, owner)
    all[type] ??= {}
    all[type][field] =
      type === 'Mutation' ? asOperation(resolver as unknown as Resolver<OperatorRequestContext>) : resolver
  }
  const each = (resolvers: Resolvers, take: (type: string, field: string, resolver: Resolver<never>) => void): void => {
    for (const [type, fields] of Object.entries(resolvers)) {
      for (const [field, resolver] of Object.entries(fields)) take(type, field, resolver)
    }
  }
  for (const resolvers of own) {
    each(resolvers, (type, field, resolver) => add('The operator schema', type, field, resolver))
  }
  for (const plugin of services.plugins) {
    each(plugin.operatorResolvers ?? {}, (type, field, resolver) =>
      add(`Plugin ${plugin.name}`, type, field, forPlugin(plugin, resolver as Resolver<OperatorContext>))
    )
  }
  return all
}
