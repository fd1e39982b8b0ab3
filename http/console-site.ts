import type { FastifyPluginAsync } from 'fastify'
import { PortalError } from '../core/errors.ts'
import { operatorEndpoint } from '../graphql/operator-endpoint.ts'
import { isLocalhost } from './host.ts'
import type { Installation } from './installation.ts'
import { operatorFileRoutes } from './operator-files.ts'
import { operatorSessionRoutes } from './operator-session.ts'
import { checkNewPassword, hashPassword } from './passwords.ts'
import { pluginRoutes } from './plugin-routes.ts'
import type { RateLimits } from './rate-limits.ts'
import { hashToken, newToken } from './tokens.ts'
import { consoleVisit } from './visit.ts'

/** What the console host serves: the operators' GraphQL, their sign-in, and the operators' routes of plugins. */
export const consoleSite =
  (installation: Installation, limits: RateLimits, graphiql: boolean): FastifyPluginAsync =>
  async app => {
    app.addHook('onRoute', route => {
      route.config = { ...route.config, site: 'CONSOLE' }
    })
    const { settings, access, mirror, stores, people, plugins, database } = installation
    const newSecret = (): { secret: string; hash: string } => {
      const secret = newToken()
      return { secret, hash: hashToken(secret) }
    }
    await app.register(
      operatorEndpoint({
        services: {
          access,
          mirror,
          stores,
          people,
          plugins,
          databaseOf: plugin => installation.databaseOf(plugin),
          filesOf: operator => installation.files.of(operator),
          newSecret,
          newPasswordHash(path, password, email) {
            checkNewPassword(path, password, email)
            return hashPassword(password)
          },
          viewAsUrl(fqdn, ticket) {
            const address = app.server.address()
            const port = typeof address === 'object' && address !== null ? address.port : settings.port
            const origin = isLocalhost(fqdn) ? `http://${fqdn}:${port}` : `https://${fqdn}`
            return `${origin}/view-as?ticket=${encodeURIComponent(ticket)}`
          },
          reservedHosts: [settings.consoleHost, ...(settings.cnameTarget === null ? [] : [settings.cnameTarget])]
        },
        graphiql,
        mapError: error => database.mapError(error),
        async operatorOf(request, roots) {
          const { operator, ip } = consoleVisit(request)
          if (operator === null) {
            await limits.take('address', ip)
            throw new PortalError('UNAUTHENTICATED')
          }
          await limits.take('operator', operator.actor, roots)
          return operator
        }
      })
    )
    operatorSessionRoutes(app, installation, limits)
    operatorFileRoutes(app, installation, limits)
    pluginRoutes(app, installation, limits, 'CONSOLE')
  }
