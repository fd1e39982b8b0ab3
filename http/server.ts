import cookie from '@fastify/cookie'
import fastify, { type FastifyBaseLogger, type FastifyInstance, LogController } from 'fastify'
import { PortalError } from '../core/errors.ts'
import type { PluginDefinition } from '../core/plugin-api.ts'
import type { Database } from '../db/connect.ts'
import { arrivalReader } from './arrival.ts'
import { BuiltPages } from './built-pages.ts'
import { consoleSite } from './console-site.ts'
import { sendError } from './error-answer.ts'
import { createInstallation, type Installation } from './installation.ts'
import { createLog } from './log.ts'
import type { Metrics } from './metrics.ts'
import { Visits } from './open-visit.ts'
import { sendSite } from './page-routes.ts'
import { warmPasswords } from './passwords.ts'
import { portalSite } from './portal-site.ts'
import { endQuietConnections } from './quiet-connections.ts'
import { RateLimits } from './rate-limits.ts'
import { setSecurityHeaders } from './security-headers.ts'
import type { Settings } from './settings.ts'

export interface ServerOptions {
  readonly settings: Settings
  /** Open and migrated. The server does not close it. */
  readonly database: Database
  readonly plugins: readonly PluginDefinition[]
  /** GraphiQL on both hosts; demo and development only. */
  readonly graphiql?: boolean
  /** Whether this process takes part in background work. Yes unless said otherwise. */
  readonly jobs?: boolean
  /** Fastify's logger, or false for silence. JSON lines on standard output unless said otherwise. */
  readonly logger?: FastifyBaseLogger | false
  /** Where requests are counted; nowhere unless given. */
  readonly metrics?: Metrics | null
  /** The pages to serve; those of `npm run build` unless given. */
  readonly pages?: BuiltPages
}

/** Milliseconds after which a request is told in the log. */
const slowAfter = 1_000

declare module 'fastify' {
  interface FastifyInstance {
    /** The parts the server was made of, for whoever works beside it. */
    installation: Installation
  }
}

const notFoundText = 'Not found\n'

/**
 * The whole server, not listening yet: brands on their hosts, the console on its own.
 * @throws ConfigurationError when plugins do not fit together
 */
export const createServer = async (options: ServerOptions): Promise<FastifyInstance> => {
  const { settings, database, plugins } = options
  const limits = new RateLimits(settings.rateLimit)
  const arrivalOf = arrivalReader(settings)

  const app = fastify({
    ...(options.logger === undefined
      ? { loggerInstance: createLog(settings) }
      : options.logger === false
        ? { logger: false as const }
        : { loggerInstance: options.logger }),
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: 1_048_576,
    // Hosts and addresses are read in arrival.ts, from the raw request.
    trustProxy: false,
    // Long enough for a large upload, short enough for a client that sends a byte a minute.
    requestTimeout: 300_000,
    keepAliveTimeout: 72_000,
    // What still comes over a connection that was kept is served, and the connection closed.
    return503OnClosing: false,
    // A request id that a client sends must not enter the log as ours.
    requestIdHeader: false,
    genReqId: () => crypto.randomUUID(),
    frameworkErrors: (error, request, reply) => {
      setSecurityHeaders(reply, false)
      void sendError(error, request, reply)
    }
  })
  endQuietConnections(app)
  const installation = createInstallation(settings, database, plugins, app.log)
  const visits = new Visits(installation)
  app.decorate('installation', installation)
  app.decorateRequest('arrival', null)
  app.decorateRequest('visit', null)
  await app.register(cookie)

  // Runs before any body is read: what has no host here, no session where one is needed, costs nothing more.
  app.addHook('onRequest', async (request, reply) => {
    const arrival = arrivalOf(request)
    setSecurityHeaders(reply, arrival?.secure === true)
    const visit =
      arrival === null
        ? null
        : arrival.site === 'CONSOLE'
          ? await visits.console(arrival, request, reply)
          : await visits.portal(arrival, request, reply)
    if (visit === null) return reply.code(404).type('text/plain; charset=utf-8').send(notFoundText)
    const site = request.routeOptions.config.site
    if (site !== undefined && site !== visit.site) throw new PortalError('NOT_FOUND')
    request.arrival = arrival
    request.visit = visit
  })
  const metrics = options.metrics ?? null
  app.addHook('onResponse', (request, reply, done) => {
    metrics?.answered(request, reply)
    if (reply.statusCode >= 500 || reply.elapsedTime >= slowAfter)
      request.log.warn(
        {
          method: request.method,
          route: request.routeOptions.url ?? 'none',
          host: request.arrival?.host,
          status: reply.statusCode,
          ms: Math.round(reply.elapsedTime)
        },
        reply.statusCode >= 500 ? 'a request failed' : 'a request was slow'
      )
    done()
  })
  app.setErrorHandler((error, request, reply) => sendError(database.mapError(error), request, reply))
  const pages = options.pages ?? new BuiltPages()
  app.setNotFoundHandler((request, reply) => {
    if (!sendSite(request, reply, pages)) return sendError(new PortalError('NOT_FOUND'), request, reply)
  })

  await app.register(portalSite({ installation, limits, graphiql: options.graphiql === true, metrics, pages }))
  await app.register(consoleSite({ installation, limits, graphiql: options.graphiql === true, metrics, pages }))

  await installation.mirror.start()
  await warmPasswords()
  app.addHook('onClose', () => visits.settle())
  if (options.jobs !== false) {
    app.addHook('onListen', () => installation.jobs.start())
    // No new work while the last requests are answered.
    app.addHook('preClose', () => installation.jobs.rest())
    app.addHook('onClose', () => installation.jobs.stop())
  }
  return app
}
