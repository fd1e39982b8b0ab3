import type { FastifyPluginAsync } from 'fastify'
import { PortalError } from '../core/errors.ts'
import { createAccessScaleStores } from '../db/access-scale-stores.ts'
import { operatorEndpoint } from '../graphql/operator-endpoint.ts'
import { csvHeader, csvRows } from './csv.ts'
import { isLocalhost } from './host.ts'
import { onboardingExample, onboardingRecords } from './onboarding-facts.ts'
import { wakingRuns } from './onboarding-runner.ts'
import { operatorFileRoutes } from './operator-files.ts'
import { operatorSessionRoutes } from './operator-session.ts'
import { pageRoutes } from './page-routes.ts'
import { passwordLinkRoutes, passwordPath } from './password-links.ts'
import { checkNewPassword, hashPassword } from './passwords.ts'
import { pluginRoutes } from './plugin-routes.ts'
import type { SiteParts } from './portal-site.ts'
import { createStaffAccount } from './staff-account.ts'
import { hashToken, newToken } from './tokens.ts'
import { consoleVisit } from './visit.ts'

/** What the console host serves: the console's pages, the operators' GraphQL, their sign-in, and the operators' routes of plugins. */
export const consoleSite =
  ({ installation, limits, graphiql, metrics, pages }: SiteParts): FastifyPluginAsync =>
  async app => {
    app.addHook('onRoute', route => {
      route.config = { ...route.config, site: 'CONSOLE' }
    })
    const { settings, access, mirror, stores, people, plugins, database } = installation
    const newSecret = (): { secret: string; hash: string } => {
      const secret = newToken()
      return { secret, hash: hashToken(secret) }
    }
    const originOf = (host: string): string => {
      const address = app.server.address()
      const port = typeof address === 'object' && address !== null ? address.port : settings.port
      return isLocalhost(host) ? `http://${host}:${port}` : `https://${host}`
    }
    await app.register(
      operatorEndpoint({
        services: {
          access,
          mirror,
          stores,
          people,
          plugins,
          onboarding: wakingRuns(installation),
          scale: createAccessScaleStores(database, access.catalogue),
          onboardingExample: onboardingExample(onboardingRecords(access.catalogue, plugins)),
          csv: { header: csvHeader, rows: csvRows },
          databaseOf: (plugin, operation) => installation.databaseOf(plugin, operation),
          pageFiles: pages,
          filesOf: operator => installation.files.of(operator),
          newSecret,
          newPasswordHash(path, password, email) {
            checkNewPassword(path, password, email)
            return hashPassword(password)
          },
          account: createStaffAccount(people, settings.secret),
          passwordUrl: (fqdn, token) =>
            fqdn === null
              ? `${originOf(settings.consoleHost)}${passwordPath.CONSOLE}?token=${token}`
              : `${originOf(fqdn)}${passwordPath.PORTAL}?token=${token}`,
          viewAsUrl: (fqdn, ticket) => `${originOf(fqdn)}/view-as?ticket=${encodeURIComponent(ticket)}`,
          reservedHosts: [settings.consoleHost, ...(settings.cnameTarget === null ? [] : [settings.cnameTarget])]
        },
        graphiql,
        watch: metrics?.watch('operator'),
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
    await pageRoutes(app, 'console', pages, installation)
    operatorSessionRoutes(app, installation, limits)
    passwordLinkRoutes(app, installation, limits, 'CONSOLE')
    operatorFileRoutes(app, installation, limits)
    pluginRoutes(app, installation, limits, 'CONSOLE')
  }
