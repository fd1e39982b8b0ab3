import { Access } from '../../core/access.ts'
import { Catalogue, type CatalogueSource } from '../../core/catalogue.ts'
import type { FeatureDefinition } from '../../core/feature.ts'
import type { AccessPoint, CompanyAccess, DomainAccess } from '../../core/ports.ts'

const feature = (key: string, more: Partial<FeatureDefinition> = {}): FeatureDefinition => ({
  key,
  title: key,
  group: 'Test',
  kind: 'PAGE',
  userTypes: ['CUSTOMER', 'CARRIER'],
  ...more
})

/** A small catalogue with every kind of key. */
export const smallPlugins: readonly CatalogueSource[] = [
  { name: 'base', features: [feature('gate', { kind: 'GATE', userTypes: ['CARRIER'] })] },
  {
    name: 'numbers',
    features: [
      feature('did'),
      feature('did.edit', { kind: 'ABILITY', userTypes: ['CUSTOMER'], parents: ['did'], parentMode: 'HARD' }),
      feature('did.lock', { kind: 'RESTRICTION', userTypes: ['CUSTOMER'], parents: ['did.edit'], parentMode: 'MOOT' }),
      feature('servers', { kind: 'WIDGET', parents: ['did', 'calls'], parentMode: 'ANY' })
    ]
  },
  {
    name: 'calls',
    features: [
      feature('calls'),
      feature('status', { whilePending: true }),
      feature('status.public', { kind: 'PUBLIC', userTypes: [], parents: ['status'], parentMode: 'HARD' }),
      feature('recording', { entitlement: 'recorder', default: true })
    ],
    columnSets: [
      {
        report: 'CALLS',
        title: 'Calls',
        feature: 'calls',
        columns: [
          { name: 'start', title: 'Start', type: 'datetime', audience: ['CUSTOMER', 'CARRIER'], default: true },
          { name: 'charge', title: 'Charge', type: 'money', audience: ['CUSTOMER'], default: true },
          { name: 'cost', title: 'Cost', type: 'money', audience: ['CARRIER'] },
          {
            name: 'server',
            title: 'Server',
            type: 'string',
            audience: ['CUSTOMER', 'CARRIER'],
            requiresFeature: 'servers'
          }
        ]
      }
    ]
  }
]

export const domainOf = (id: string, on: readonly string[], more: Partial<DomainAccess> = {}): DomainAccess => ({
  id,
  isDefault: false,
  columns: [],
  features: on.map(key => ({ key, enabled: true })),
  ...more
})

export const companyOf = (id: string, more: Partial<CompanyAccess> = {}): CompanyAccess => ({
  id,
  userType: 'CUSTOMER',
  status: 'ACTIVE',
  domainId: 'red',
  overrides: [],
  ...more
})

export const pointOf = (more: Partial<AccessPoint> = {}): AccessPoint => ({
  revisions: new Map([
    ['registry', 1],
    ['red', 1]
  ]),
  platform: { disabledPlugins: [], entitlements: [] },
  domains: [domainOf('red', ['gate', 'did', 'calls', 'status'], { isDefault: true }), domainOf('blue', ['status'])],
  companies: [companyOf('ann')],
  ...more
})

export const accessTo = (more: Partial<AccessPoint> = {}, plugins = smallPlugins): Access => {
  const access = new Access(Catalogue.of(plugins))
  access.replace(pointOf(more))
  return access
}

/** For `assert.throws` and `assert.rejects`. */
export const withCode =
  (code: string, reason?: string) =>
  (error: unknown): boolean => {
    const { code: actual, extensions } = error as { code?: string; extensions?: { reason?: string } }
    return actual === code && (reason === undefined || extensions?.reason === reason)
  }
