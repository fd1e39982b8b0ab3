import type { FastifyPluginAsync } from 'fastify'
import { portalEndpoint } from '../graphql/portal-endpoint.ts'
import { buildPortalSchema } from '../graphql/portal-schema.ts'
import type { BuiltPages } from './built-pages.ts'
import { exportDownloadRoute } from './export-download.ts'
import { createExports } from './exports.ts'
import { createGridViews } from './grid-views.ts'
import type { Installation } from './installation.ts'
import type { Metrics } from './metrics.ts'
import { pageRoutes } from './page-routes.ts'
import { passwordLinkRoutes } from './password-links.ts'
import { pluginRoutes } from './plugin-routes.ts'
import { portalContext } from './portal-context.ts'
import { createPortalSession } from './portal-session.ts'
import type { RateLimits } from './rate-limits.ts'
import { viewAsRoute } from './view-as.ts'
import { portalVisit } from './visit.ts'

/** What a site is made of. */
export interface SiteParts {
  readonly installation: Installation
  readonly limits: RateLimits
  readonly graphiql: boolean
  readonly metrics: Metrics | null
  readonly pages: BuiltPages
}

/** What brand hosts serve: the portal's pages and GraphQL, downloads, view-as, and the routes of plugins. */
export const portalSite =
  ({ installation, limits, graphiql, metrics, pages }: SiteParts): FastifyPluginAsync =>
  async app => {
    app.addHook('onRoute', route => {
      route.config = { ...route.config, site: 'PORTAL' }
    })
    const session = createPortalSession(installation, pages)
    const exports = createExports(installation)
    const parts = [...installation.plugins, session.part, exports.part, createGridViews(installation)]
    const schema = buildPortalSchema(parts, installation.catalogue, {
      Query: { ...session.baseResolvers.Query, ...exports.baseResolvers.Query },
      Mutation: { ...session.baseResolvers.Mutation, ...exports.baseResolvers.Mutation }
    })
    await app.register(
      portalEndpoint({
        schema,
        graphiql,
        watch: metrics?.watch('portal'),
        mapError: error => installation.database.mapError(error),
        async contextOf(request, roots) {
          const { viewer, access, at, brand, ip } = portalVisit(request)
          const open = { domainId: brand.id, at, requestId: request.id, ip }
          if (viewer === null || access === null) {
            await limits.take('address', ip, roots)
            return { caller: { viewer: null, access: installation.access.anonymous(brand.id) }, context: open }
          }
          await limits.take('contact', viewer.contactId, roots)
          await limits.take('company', viewer.companyId, roots)
          return {
            caller: { viewer, access },
            context: { ...open, ...portalContext(installation, viewer, at, request.id) }
          }
        }
      })
    )
    await pageRoutes(app, 'portal', pages, installation)
    viewAsRoute(app, installation, limits)
    passwordLinkRoutes(app, installation, limits, 'PORTAL')
    exportDownloadRoute(app, installation, limits)
    pluginRoutes(app, installation, limits, 'PORTAL')
  }
