import { type GuardedSchema, guardSchema } from './guarded-schema.ts'
import type { OperatorServices } from './operator-context.ts'
import { operatorResolvers } from './operator-resolvers.ts'
import { type OperatorCaller, operatorRoles, roleConditions } from './operator-roles.ts'
import { mergeOperatorSchema, operatorSchemaOf } from './operator-schema.ts'

/**
 * The operators' schema with its resolvers and the roles of its roots.
 * @throws ConfigurationError when what plugins add does not fit, or a mutation states no roles
 */
export const guardedOperatorSchema = (
  services: Pick<OperatorServices, 'access' | 'plugins'>
): GuardedSchema<OperatorCaller> => {
  const reports = services.access.catalogue.columnSets.map(set => set.report)
  const document = mergeOperatorSchema(services.plugins, reports)
  const schema = operatorSchemaOf(document)
  return guardSchema<OperatorCaller>({
    document,
    schema,
    resolvers: operatorResolvers(services),
    conditionsOf: roleConditions(operatorRoles(schema))
  })
}
