import { type GraphQLSchema, Kind } from 'graphql'
import { ConfigurationError, PortalError } from '../core/errors.ts'
import type { Operator, StaffRole } from '../core/viewer.ts'
import type { ConditionReader } from './guards.ts'

/** Root field (`Query.company`) → roles that may use it. */
export type OperatorRoles = ReadonlyMap<string, ReadonlySet<StaffRole>>

const readers: readonly StaffRole[] = ['ADMIN', 'SUPPORT', 'AUDITOR']

/**
 * Who may use which root, read from `@roles`.
 * @throws ConfigurationError when a mutation names no roles, or a root is open to INGEST keys
 */
export const operatorRoles = (schema: GraphQLSchema): OperatorRoles => {
  const roles = new Map<string, ReadonlySet<StaffRole>>()
  for (const type of [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()]) {
    for (const field of Object.values(type?.getFields() ?? {})) {
      const name = `${type?.name}.${field.name}`
      const directive = field.astNode?.directives?.find(node => node.name.value === 'roles')
      const value = directive?.arguments?.find(node => node.name.value === 'allow')?.value
      // GraphQL lets a single value stand for a list of one.
      const values = value === undefined ? undefined : value.kind === Kind.LIST ? value.values : [value]
      const stated = values?.flatMap(item => (item.kind === Kind.ENUM ? [item.value as StaffRole] : []))
      if (stated === undefined && type !== schema.getQueryType()) {
        throw new ConfigurationError(
          `${name} states no roles; write @roles(allow: [ADMIN]) behind it. Nobody may use a mutation unless told so.`
        )
      }
      if (stated?.includes('INGEST')) {
        throw new ConfigurationError(
          `${name} is open to INGEST keys, which reach no GraphQL field; take it out of @roles.`
        )
      }
      roles.set(name, new Set(stated ?? readers))
    }
  }
  return roles
}

/** Who asks on the operators' endpoint. */
export interface OperatorCaller {
  readonly operator: Operator
}

/** Refuses those who reach no root at all, whatever the document says. @throws PortalError FORBIDDEN */
export const assertReachesOperatorApi = (operator: Pick<Operator, 'role'>): void => {
  if (!readers.includes(operator.role)) {
    throw new PortalError('FORBIDDEN', 'This key does not reach the operator API.', { reason: 'ROLE' })
  }
}

/** The roles as conditions of the endpoint's guard, which asks them once a document. Operators may read the whole schema. */
export const roleConditions =
  (roles: OperatorRoles): ConditionReader<OperatorCaller> =>
  element => {
    const allowed = roles.get(element.coordinate)
    if (allowed === undefined) return []
    const names = [...allowed]
    return [
      {
        key: `role:${names.join(',')}`,
        hides: false,
        holds: ({ operator }) => allowed.has(operator.role),
        refuse: ({ operator }) =>
          new PortalError('FORBIDDEN', `The role ${operator.role} may not use ${element.name}.`, { reason: 'ROLE' })
      }
    ]
  }
