import type { FastifyPluginAsync, FastifyRequest } from 'fastify'
import type { Operator } from '../core/viewer.ts'
import { type EndpointOptions, graphqlEndpoint } from './endpoint.ts'
import { createOperatorContext, type OperatorServices } from './operator-context.ts'
import { guardedOperatorSchema } from './operator-guarded-schema.ts'
import { assertReachesOperatorApi, type OperatorCaller } from './operator-roles.ts'

export interface OperatorEndpointOptions
  extends Omit<EndpointOptions<OperatorCaller>, 'contextOf' | 'path' | 'schema'> {
  /** `/operator/graphql` unless said otherwise. */
  readonly path?: string
  readonly services: OperatorServices
  /** Who asks. @throws PortalError UNAUTHENTICATED, RATE_LIMITED … to refuse the request */
  operatorOf(request: FastifyRequest, roots: number): Promise<Operator> | Operator
}

/**
 * The operators' endpoint, to be registered on the console host.
 * @throws ConfigurationError when what plugins add to its schema does not fit
 */
export const operatorEndpoint = (options: OperatorEndpointOptions): FastifyPluginAsync => {
  const { path = '/operator/graphql', services, operatorOf, ...rest } = options
  return graphqlEndpoint<OperatorCaller>({
    ...rest,
    path,
    schema: guardedOperatorSchema(services),
    async contextOf(request, roots) {
      const operator = await operatorOf(request, roots)
      assertReachesOperatorApi(operator)
      const context = await createOperatorContext(services, { operator, requestId: request.id })
      const { operations } = context
      return {
        caller: { operator },
        context,
        extensions: () => (operations.size === 0 ? {} : { operations: Object.fromEntries(operations) })
      }
    }
  })
}
