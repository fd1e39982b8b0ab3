import { Access } from '../../core/access.ts'
import { Catalogue } from '../../core/catalogue.ts'
import type { UserType } from '../../core/feature.ts'
import type { PluginDatabase, PortalContext } from '../../core/plugin-api.ts'
import { createCompanyScope } from '../../db/company-scope.ts'
import type { Database } from '../../db/connect.ts'
import { createPluginDatabase } from '../../db/plugin-database.ts'
import type { Call } from '../../plugins/cdr/call.ts'
import { cdr } from '../../plugins/cdr/plugin.ts'
import { plugins } from '../../plugins/index.ts'

const catalogue = Catalogue.of(plugins)

export const columnsFor = (report: string, userType: UserType): string[] =>
  catalogue
    .columnSet(report)!
    .columns.filter(column => column.audience.includes(userType))
    .map(column => column.name)

export interface CdrViewer {
  readonly companyId?: string
  readonly userType?: UserType
  /** Columns the brand shows; all that the user type may have when left out. */
  readonly cdr?: readonly string[]
  readonly breakout?: readonly string[]
  /** Features beside `cdr` and `breakout`. */
  readonly on?: readonly string[]
  readonly at?: number
}

export const cdrDatabase = (db: Database): PluginDatabase => createPluginDatabase(db, cdr)

/** What a resolver of the calls plugin is given for such a viewer, without a server. */
export const cdrContext = (db: Database, viewer: CdrViewer = {}): PortalContext => {
  const { companyId = 'company-a', userType = 'CUSTOMER', on = [], at = noon } = viewer
  const access = new Access(catalogue)
  access.replace({
    revisions: new Map([['brand', 1]]),
    platform: {
      disabledPlugins: [],
      entitlements: catalogue.features.flatMap(feature => feature.entitlement ?? [])
    },
    domains: [
      {
        id: 'brand',
        isDefault: true,
        features: ['cdr', 'breakout', 'carrier-portal', ...on].map(key => ({ key, enabled: true })),
        columns: [
          { report: 'CDR', userType, columns: viewer.cdr ?? columnsFor('CDR', userType) },
          { report: 'BREAKOUT', userType, columns: viewer.breakout ?? columnsFor('BREAKOUT', userType) }
        ]
      }
    ],
    companies: [{ id: companyId, userType, status: 'ACTIVE', domainId: 'brand', overrides: [] }]
  })
  const person = {
    sessionId: 'session',
    contactId: 'contact',
    contactName: 'Ann',
    email: 'ann@example.net',
    companyId,
    companyName: `Name of ${companyId}`,
    companyStatus: 'ACTIVE',
    currency: 'EUR',
    userType,
    domainId: 'brand',
    homeDomainId: 'brand',
    ip: '192.0.2.1'
  } as const
  return {
    viewer: person,
    access: access.accessOf(companyId, at, 'brand'),
    scope: createCompanyScope(db, [cdr], person, { at }),
    at,
    requestId: 'request',
    authorize: () => undefined
  }
}

/** The tests' present. */
export const noon = Date.UTC(2026, 2, 15, 12)

let made = 0

/** A rated, answered call of company-a an hour before noon, changed as asked. */
export const makeCall = (change: Partial<Call> = {}): Call => ({
  companyId: 'company-a',
  leg: 'CUSTOMER',
  source: 'test',
  identity: `call-${++made}`,
  callId: `id-${made}@test`,
  direction: 'TERMINATION',
  startedAt: noon - 3_600_000,
  answeredAt: noon - 3_590_000,
  endedAt: noon - 3_530_000,
  cli: '442079460000',
  destination: '33142685300',
  destinationCode: '33',
  destinationName: 'France',
  cardName: 'Business',
  duration: 60,
  billedDuration: 60,
  charge: 10_000n,
  rate: 10_000_000n,
  currency: 'EUR',
  sipCode: 200,
  releaseReason: 'DOWNSTREAM_BYE',
  ...change
})
