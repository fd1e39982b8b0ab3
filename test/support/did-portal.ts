import type { TestContext } from 'node:test'
import type { PluginDatabase } from '../../core/plugin-api.ts'
import type { Company, Contact } from '../../core/ports.ts'
import { createPluginDatabase } from '../../db/plugin-database.ts'
import { provideDestinations } from '../../plugins/did/api.ts'
import { did } from '../../plugins/did/plugin.ts'
import { plugins } from '../../plugins/index.ts'
import { startPortal, type TestPortal } from './portal.ts'

/** A portal whose customer has 120 numbers, 60 of them a carrier's, and targets of every kind to choose from. */
export interface DidPortal {
  readonly portal: TestPortal
  readonly db: PluginDatabase
  readonly customer: Company
  readonly contact: Contact
  /** A second contact of the same company. */
  readonly other: Contact
  readonly carrier: Company
  readonly carrierContact: Contact
  /** What is stored of a number, however it came there. */
  stored(id: string): Promise<Readonly<Record<string, unknown>>>
}

/** +442079460001 and so on; the third has a lower ceiling than the others, the sixth no destination. */
export const numberOf = (place: number): string => `442079460${String(place).padStart(3, '0')}`
export const idOf = (place: number): string => `n${String(place).padStart(3, '0')}`

export const didPortal = async (t: Pick<TestContext, 'after'>, count = 120): Promise<DidPortal> => {
  const portal = await startPortal(t, { plugins })
  const customer = await portal.company('Cedar Clinic')
  const contact = await portal.contact(customer, 'ada@example.net')
  const other = await portal.contact(customer, 'bob@example.net')
  const carrier = await portal.company('Cable Carrier', { userType: 'CARRIER' })
  const carrierContact = await portal.contact(carrier, 'cleo@example.net')
  // Everything is on in tests; what takes away is off until a test wants it.
  await portal.override(customer, 'did.destination-lock', 'HIDE')
  const db = createPluginDatabase(portal.database, did)
  const places = Array.from({ length: count }, (_, index) => index + 1)
  await db.insertMany('did', [
    ...places.map(place => ({
      id: idOf(place),
      number: numberOf(place),
      country: place % 10 === 0 ? 'FR' : 'GB',
      company_id: customer.id,
      carrier_id: place % 2 === 0 ? carrier.id : null,
      enabled: place % 7 === 0 ? 0 : 1,
      retain_display_name: 0,
      channels: 2,
      channels_ceiling: place === 3 ? 4 : 10,
      flow_speed: 5,
      flow_speed_ceiling: 0,
      recording_mode: 'SAMPLE_5',
      package_name: 'Number basic',
      next_charge_at: Date.UTC(2026, 11, 1),
      price: 2_500_000,
      currency: 'EUR',
      stir_shaken_min_attest: 'NONE',
      spam_scout: 1,
      notes: place === 1 ? 'Reception; ported in.' : null,
      assigned_at: Date.UTC(2025, 4, 6),
      minimum_days_until: null,
      card_name: 'Inbound GB',
      version: 1
    })),
    {
      ...{ id: 'stock', number: '442079469999', country: 'GB', company_id: null, carrier_id: carrier.id, enabled: 1 },
      ...{ retain_display_name: 0, channels: 30, channels_ceiling: 30, flow_speed: 0, flow_speed_ceiling: 0 },
      ...{ recording_mode: 'OFF', package_name: null, next_charge_at: null, price: null, currency: null },
      ...{ stir_shaken_min_attest: 'NONE', spam_scout: 0, notes: null, assigned_at: null },
      ...{ minimum_days_until: null, card_name: null, version: 1 }
    }
  ])
  await db.insertMany(
    'did_destination',
    places.flatMap((place): Record<string, unknown>[] => {
      const own = { did_id: idOf(place), company_id: customer.id }
      const first = {
        ...own,
        position: 0,
        type: 'URI',
        value: `${100 + place}@pbx.example.com`,
        port: null,
        prefix: null
      }
      if (place === 1)
        return [first, { ...own, position: 1, type: 'INTERNAL', value: '1999', port: null, prefix: null }]
      if (place === 5) return [{ ...first, type: 'CIRCUIT_TEST', value: null }]
      return place === 6 ? [] : [first]
    })
  )
  await db.insertMany('did_tag', [
    { did_id: idOf(1), company_id: customer.id, tag: 'Zebra desk', tag_lower: 'zebra desk' },
    { did_id: idOf(2), company_id: customer.id, tag: 'fax', tag_lower: 'fax' }
  ])
  const own = (context: { scope: { companyId: string } }): boolean => context.scope.companyId === customer.id
  const takeBack = [
    provideDestinations({
      type: 'INTERNAL',
      options: async context => (own(context) ? [{ value: '1002', label: '1002 · Reception' }] : []),
      refuse: async (_, { value }) => (value === '1002' ? undefined : 'is no extension of yours')
    }),
    provideDestinations({
      type: 'EXTERNAL',
      options: async context => (own(context) ? [{ value: '99', label: 'Mobile route' }] : []),
      refuse: async (_, { prefix }) => (prefix === '99' ? undefined : 'needs the prefix of one of your routes')
    }),
    provideDestinations({
      type: 'CONNEXML',
      options: async context => (own(context) ? [{ value: 'menu', label: 'Main menu' }] : []),
      refuse: async (_, { value }) => (value === 'menu' ? undefined : 'is no app of yours')
    })
  ]
  t.after(() => {
    for (const take of takeBack) take()
  })
  return {
    portal,
    db,
    customer,
    contact,
    other,
    carrier,
    carrierContact,
    async stored(id) {
      const [row] = await db.from('did').where('did.id', id).select('*')
      const destinations = await db
        .from('did_destination')
        .where('did_id', id)
        .orderBy('position')
        .select('type', 'value', 'port', 'prefix')
      const tags = await db.from('did_tag').where('did_id', id).orderBy('tag_lower').select('tag')
      return { ...row, destinations, tags: tags.map(({ tag }: { tag: string }) => tag) }
    }
  }
}
