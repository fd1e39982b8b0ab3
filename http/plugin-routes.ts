import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { ConfigurationError, PortalError } from '../core/errors.ts'
import type { PluginDefinition, PluginRoute } from '../core/plugin-api.ts'
import type { Installation } from './installation.ts'
import { portalContext } from './portal-context.ts'
import type { RateLimits } from './rate-limits.ts'
import { consoleVisit, portalVisit } from './visit.ts'

type Handler = (request: FastifyRequest, reply: FastifyReply) => Promise<unknown>

const handlerOf = (
  installation: Installation,
  limits: RateLimits,
  plugin: PluginDefinition,
  route: PluginRoute
): Handler => {
  if (route.host === 'CONSOLE') {
    return async (request, reply) => {
      const { operator, at } = consoleVisit(request)
      if (operator === null) throw new PortalError('UNAUTHENTICATED')
      if (!route.roles.includes(operator.role)) throw new PortalError('FORBIDDEN', undefined, { reason: 'ROLE' })
      return route.handle(
        {
          operator,
          at,
          requestId: request.id,
          db: installation.databaseOf(plugin),
          files: installation.files.of(operator)
        },
        request,
        reply
      )
    }
  }
  return async (request, reply) => {
    const { viewer, access, at } = portalVisit(request)
    if (viewer === null || access === null) throw new PortalError('UNAUTHENTICATED')
    await Promise.all([limits.take('contact', viewer.contactId), limits.take('company', viewer.companyId)])
    if (!route.features.every(key => access.has(key))) throw new PortalError('FEATURE_DISABLED')
    if (route.method !== 'GET' && viewer.viewAs !== undefined && !viewer.viewAs.writeThrough) {
      throw new PortalError('FORBIDDEN', undefined, { reason: 'VIEW_AS' })
    }
    if (route.method !== 'GET' && viewer.companyStatus !== 'ACTIVE') {
      const stillAllowed =
        viewer.companyStatus === 'PENALTY' &&
        route.features.every(key => installation.catalogue.feature(key)?.changeableInPenalty === true)
      if (!stillAllowed) throw new PortalError('FORBIDDEN', undefined, { reason: 'COMPANY_STATUS' })
    }
    return route.handle(portalContext(installation, viewer, at, request.id), request, reply)
  }
}

/** Mounts the routes that plugins bring for one kind of host, each behind its guards. */
export const pluginRoutes = (
  app: FastifyInstance,
  installation: Installation,
  limits: RateLimits,
  host: PluginRoute['host']
): void => {
  for (const plugin of installation.plugins) {
    for (const route of plugin.routes ?? []) {
      if (route.host !== host) continue
      for (const key of route.host === 'PORTAL' ? route.features : []) {
        if (installation.catalogue.feature(key) === undefined) {
          throw new ConfigurationError(
            `Plugin "${plugin.name}": route ${route.url} needs the feature "${key}", which nobody declares; declare it or correct the key.`
          )
        }
      }
      const handler = handlerOf(installation, limits, plugin, route)
      // Content types are a matter of one route: the encapsulated child keeps its parsers from all others.
      app.register(async child => {
        for (const type of route.rawBody ?? []) {
          child.removeContentTypeParser(type)
          child.addContentTypeParser(type, (_request, payload, done) => done(null, payload))
        }
        child.route({
          method: route.method,
          url: route.url,
          // A look without a download would leave the entry of one.
          exposeHeadRoute: false,
          config: { basic: route.host === 'CONSOLE' && route.basic === true },
          ...(route.bodyLimit === undefined ? {} : { bodyLimit: route.bodyLimit }),
          handler
        })
      })
    }
  }
}
