import type { FastifyPluginAsync } from 'fastify'

/** A GraphiQL page of the server's own. */
export const graphiqlRoutes: FastifyPluginAsync<{ readonly path: string }> = async () => {}
