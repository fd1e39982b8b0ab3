import type { FastifyPluginAsync, FastifyRequest } from 'fastify'
import type { PortalContext, PublicContext } from '../core/plugin-api.ts'
import { type EndpointOptions, graphqlEndpoint } from './endpoint.ts'
import type { PortalCaller } from './portal-schema.ts'

/** A portal request: who asks, and the resolvers' context. Without a session only the public part is there. */
export interface PortalCall {
  readonly caller: PortalCaller
  /** A fresh object; with a session it is both a PortalContext and a PublicContext. */
  readonly context: PublicContext & Partial<PortalContext>
}

export interface PortalEndpointOptions extends Omit<EndpointOptions<PortalCaller>, 'contextOf' | 'path'> {
  /** `/graphql` unless said otherwise. */
  readonly path?: string
  contextOf(request: FastifyRequest, roots: number): Promise<PortalCall> | PortalCall
}

/** The portal's endpoint on brand hosts. */
export const portalEndpoint = (options: PortalEndpointOptions): FastifyPluginAsync =>
  graphqlEndpoint({ path: '/graphql', ...options })
