import type { UserType } from '../core/feature.ts'
import type { DemoWorld } from '../core/plugin-api.ts'
import type { Actor, Brand, OverrideChange } from '../core/ports.ts'
import type { Installation } from './installation.ts'
import { hashPassword } from './passwords.ts'

/** Grows with every change of what the demo holds, so that an older demo is made anew. */
export const demoVersion = 1
/** Of every demo contact and member of staff. */
export const demoPassword = 'let-me-look-around'
export const demoStaffEmail = 'operator@demo.example'

const day = 86_400_000

const actor: Actor = {
  operator: { actor: 'system:demo', name: 'Demo data', role: 'ADMIN', ip: '' },
  reason: 'demo data'
}

/** Deterministic numbers in [0, 1): mulberry32. */
const randomFrom = (seed: number): (() => number) => {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

const common = [
  'balance',
  'cdr',
  'breakout',
  'latest-calls',
  'did',
  'rate-cards',
  'carrier-portal',
  'payments',
  'invoice',
  'status',
  'status.public',
  'alert'
]
// Two brands that sell differently: one shows nearly everything, the other calls and little else.
const brands = [
  {
    fqdn: 'acme.localhost',
    brandName: 'Acme Voice',
    currencies: ['EUR', 'USD', 'GBP'],
    features: [
      ...common,
      'did.edit',
      'did.tags',
      'cli',
      'dialog',
      'summary',
      'stats.customer-acd',
      'stats.customer-asr',
      'routes',
      'auth.ip',
      'auth.sip',
      'audio',
      'ivr',
      'queue',
      'group'
    ]
  },
  {
    fqdn: 'globex.localhost',
    brandName: 'Globex Telecom',
    currencies: ['USD'],
    features: [
      ...common.filter(key => key !== 'breakout' && key !== 'carrier-portal'),
      'did.edit',
      'did.destination-lock'
    ]
  }
]

const places = ['Alder', 'Birch', 'Cedar', 'Dogwood', 'Elm', 'Fir', 'Ginkgo', 'Hazel', 'Ivy', 'Juniper']
const trades = ['Bakery', 'Clinic', 'Logistics', 'Hotels']
const carrierNames = [
  'Blue Cable',
  'North Link',
  'Delta Transit',
  'Harbour Telecom',
  'Polar Voice',
  'Quartz Carrier',
  'Summit Wholesale',
  'Tidal Networks'
]
const firstNames = ['Ada', 'Ben', 'Carla', 'Dan', 'Eva', 'Finn', 'Grace', 'Hugo', 'Ines', 'Jon']

/** What a company's own overrides look like; most companies have none. */
const overridesOf = (index: number, userType: UserType, until: number): readonly OverrideChange[] => {
  if (userType === 'CARRIER') {
    return index % 8 === 7
      ? [{ key: 'carrier-portal', override: 'HIDE', reason: 'No portal in the contract' }]
      : index % 8 >= 5
        ? [{ key: 'carrier-portal', override: 'SHOW', reason: 'Portal agreed by contract' }]
        : []
  }
  switch (index % 8) {
    case 1:
      return [{ key: 'did.destination-lock', override: 'SHOW', reason: 'Destinations change by ticket only' }]
    case 3:
      return [
        { key: 'breakout', override: 'SHOW', reason: 'Asked for the traffic report' },
        { key: 'did.tags', override: 'HIDE', reason: null }
      ]
    case 5:
      return [
        {
          key: 'summary',
          override: 'SHOW',
          reason: 'Trial of 30 days',
          validFrom: until,
          validUntil: until + 30 * day
        }
      ]
    case 7:
      return [{ key: 'did', override: 'HIDE', reason: 'Buys no numbers' }]
    default:
      return []
  }
}

/** Two brands, 40 customers, 8 carriers, their people and overrides, and what every plugin adds; the same on every run. */
export const makeDemoData = async (installation: Installation, print: (line: string) => void): Promise<void> => {
  const { stores, people, plugins } = installation
  const random = randomFrom(20_260_301)
  const { at } = await stores.source.clock()
  const until = Math.floor(at / day) * day
  const passwordHash = await hashPassword(demoPassword)

  const made: Brand[] = []
  for (const brand of brands) made.push(await stores.brands.create(brand, actor))
  const [acme, globex] = made as [Brand, Brand]
  await stores.brands.setColumns(
    globex.id,
    {
      report: 'CDR',
      userType: 'CUSTOMER',
      columns: ['startedAt', 'cli', 'destination', 'destinationName', 'duration', 'charge', 'currency', 'sipCode']
    },
    actor
  )

  const companies: DemoWorld['companies'][number][] = []
  const add = async (index: number, userType: UserType): Promise<void> => {
    const carrier = userType === 'CARRIER'
    const name = carrier
      ? carrierNames[index]!
      : `${places[index % places.length]} ${trades[Math.floor(index / places.length)]}`
    // Two customers are at home nowhere: they may sign in on both brands.
    const home = carrier ? (index < 5 ? acme : globex) : index >= 38 ? null : index % 5 < 3 ? acme : globex
    const accountCode = carrier ? `carrier-${index + 1}` : `customer-${index + 1}`
    const company = await stores.companies.create(
      {
        name,
        userType,
        currency: home === acme && index % 4 === 0 ? 'EUR' : 'USD',
        domainId: home?.id ?? null,
        status: !carrier && index === 37 ? 'PENALTY' : 'ACTIVE',
        accountCodes: [accountCode]
      },
      actor
    )
    const changes = overridesOf(index, userType, until)
    if (changes.length > 0) await stores.companies.setOverrides(company.id, changes, actor)
    const email = `${firstNames[index % firstNames.length]!.toLowerCase()}@${name.toLowerCase().replaceAll(' ', '-')}.example`
    await people.contacts.create(
      { companyId: company.id, name: firstNames[index % firstNames.length]!, email, passwordHash },
      actor
    )
    companies.push({ id: company.id, name, userType, currency: company.currency, accountCode })
  }
  for (let index = 0; index < 40; index += 1) await add(index, 'CUSTOMER')
  for (let index = 0; index < carrierNames.length; index += 1) await add(index, 'CARRIER')
  await people.staff.create({ name: 'Olga Operator', email: demoStaffEmail, passwordHash, role: 'ADMIN' }, actor)

  for (const plugin of plugins) {
    if (plugin.demo === undefined) continue
    const started = performance.now()
    // Each plugin gets numbers of its own: a change in one does not move the others' rows.
    await plugin.demo(installation.databaseOf(plugin), {
      random: randomFrom(Math.floor(random() * 2 ** 31)),
      until,
      companies
    })
    print(`  ${plugin.name}: ${((performance.now() - started) / 1000).toFixed(1)} s`)
  }
}

/** Sign-ins worth trying, for the terminal. */
export const demoSignIns: readonly { readonly fqdn: string; readonly email: string; readonly what: string }[] = [
  { fqdn: 'acme.localhost', email: 'ada@alder-bakery.example', what: 'customer' },
  { fqdn: 'acme.localhost', email: 'ben@birch-bakery.example', what: 'customer with the destination lock' },
  { fqdn: 'acme.localhost', email: 'ada@blue-cable.example', what: 'carrier' },
  { fqdn: 'globex.localhost', email: 'dan@dogwood-bakery.example', what: 'customer with SHOW and HIDE' }
]
