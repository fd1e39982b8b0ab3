import { Abilities } from '../../core/ability.ts'
import { Access } from '../../core/access.ts'
import { Catalogue } from '../../core/catalogue.ts'
import type { UserType } from '../../core/feature.ts'
import type { PluginDefinition, PortalContext } from '../../core/plugin-api.ts'
import type { Viewer } from '../../core/viewer.ts'
import { createCompanyScope } from '../../db/company-scope.ts'
import type { Database } from '../../db/connect.ts'

export interface PluginViewer {
  readonly companyId: string
  readonly userType?: UserType
  /** Keys that are on for the company; all others are off. */
  readonly on: readonly string[]
}

const viewerOf = ({ companyId, userType = 'CUSTOMER' }: PluginViewer): Viewer => ({
  sessionId: 'session',
  contactId: `contact-of-${companyId}`,
  contactName: 'Ann',
  email: 'ann@example.net',
  companyId,
  companyName: companyId,
  companyStatus: 'ACTIVE',
  currency: 'EUR',
  userType,
  domainId: 'brand',
  homeDomainId: 'brand',
  ip: '192.0.2.1'
})

/** What a resolver of these plugins would be given for this viewer, without a server. */
export function pluginContext(db: Database, plugins: readonly PluginDefinition[], input: PluginViewer): PortalContext {
  const catalogue = Catalogue.of(plugins)
  const viewer = viewerOf(input)
  const access = new Access(catalogue)
  access.replace({
    revisions: new Map([['brand', 1]]),
    platform: {
      disabledPlugins: [],
      entitlements: catalogue.features.flatMap(feature =>
        feature.entitlement === undefined ? [] : [feature.entitlement]
      )
    },
    domains: [{ id: 'brand', isDefault: true, features: input.on.map(key => ({ key, enabled: true })), columns: [] }],
    companies: [{ id: viewer.companyId, userType: viewer.userType, status: 'ACTIVE', domainId: 'brand', overrides: [] }]
  })
  const at = Date.UTC(2026, 0, 15)
  const set = access.accessOf(viewer.companyId, at, 'brand')
  const abilities = new Abilities(
    catalogue,
    plugins.flatMap(plugin => plugin.guards ?? [])
  )
  return {
    viewer,
    access: set,
    scope: createCompanyScope(db, plugins, viewer, { at }),
    at,
    requestId: 'request',
    authorize: (action, subject, row, field) => abilities.authorize(set, viewer, action, subject, row, field)
  }
}
