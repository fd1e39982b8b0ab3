import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { Catalogue } from '../../core/catalogue.ts'
import { createAccessStores } from '../../db/access-stores.ts'
import { type Database, openDatabase } from '../../db/connect.ts'
import { plugins } from '../../plugins/index.ts'
import { openers } from '../support/databases.ts'
import { length } from '../support/length.ts'
import { testActor } from '../support/portal.ts'
import { type PortalProcess, startPortalProcess } from '../support/portal-process.ts'

// A request that starts after an access change was acknowledged never sees the old access, on any process.
// Nothing but the database tells the processes of each other: there are no notices to switch off.

const pairsWanted = length(400, 20_000)
const workers = 8
const key = 'cdr'

interface Place {
  readonly domainId: string
  readonly host: string
  readonly companyId: string
  readonly email: string
  /** A new one after each end of all sessions. */
  session: string
}

const password = 'correct horse battery'

/** A brand with one company and a signed-in contact. */
const settle = async (portal: PortalProcess, name: string): Promise<Place> => {
  const host = `${name}.localhost`
  const { createPortalDomain: brand } = await portal.operator(
    'mutation ($fqdn: String!) { createPortalDomain(input: { fqdn: $fqdn, brandName: "B", features: [] }) { id } }',
    { fqdn: host }
  )
  const { createCompany: company } = await portal.operator(
    'mutation ($domainId: ID!) { createCompany(input: { name: "C", userType: CUSTOMER, currency: "EUR", domainId: $domainId }) { id } }',
    { domainId: brand.id }
  )
  const email = `${name}@example.net`
  await portal.operator('mutation ($input: CreateContactInput!) { createContact(input: $input) { id } }', {
    input: { companyId: company.id, name, email, password }
  })
  const place = { domainId: brand.id, host, companyId: company.id, email, session: '' }
  place.session = await signIn(portal, place)
  return place
}

const signIn = async (portal: PortalProcess, { host, email }: Pick<Place, 'host' | 'email'>): Promise<string> => {
  const answer = await portal.query(
    host,
    'mutation ($email: String!, $password: String!) { login(email: $email, password: $password) { token } }',
    { variables: { email, password } }
  )
  assert.ok(answer.json?.data?.login?.token, answer.text)
  return answer.json.data.login.token
}

/** What the portal itself says on one process. */
const seen = async (portal: PortalProcess, place: Place): Promise<boolean> => {
  const answer = await portal.query(place.host, '{ me { features { key } } }', { session: place.session })
  assert.ok(answer.json?.data?.me, answer.text)
  return answer.json.data.me.features.some((feature: { key: string }) => feature.key === key)
}

/** What operators are told on one process. */
const told = async (portal: PortalProcess, place: Place): Promise<boolean> => {
  const { explainAccess } = await portal.operator(
    'query ($id: ID!, $key: String!) { explainAccess(companyId: $id, key: $key) { effective } }',
    {
      id: place.companyId,
      key
    }
  )
  return explainAccess.effective
}

const override = (
  portal: PortalProcess,
  companyId: string,
  value: string,
  validUntil: string | null = null
): Promise<unknown> =>
  portal.operator(
    'mutation ($id: ID!, $overrides: [CompanyOverrideInput!]!) { setCompanyOverrides(companyId: $id, overrides: $overrides) { version } }',
    { id: companyId, overrides: [{ key, override: value, validUntil }] }
  )

const brandDefault = (portal: PortalProcess, domainId: string, enabled: boolean): Promise<unknown> =>
  portal.operator(
    'mutation ($id: ID!, $features: [DomainFeatureInput!]!) { setDomainFeatures(domainId: $id, features: $features) { version } }',
    { id: domainId, features: [{ key, enabled }] }
  )

/** Runs a mutation of the operators on a company or a brand as it is now. */
const changing =
  (kind: 'company' | 'portalDomain', mutation: string) =>
  async (portal: PortalProcess, id: string): Promise<void> => {
    const answer = await portal.operator(`query ($id: ID!) { row: ${kind}(id: $id) { version } }`, { id })
    await portal.operator(`mutation ($id: ID!, $v: Int!) { ${mutation} { version } }`, { id, v: answer.row.version })
  }
const makeDefault = changing('portalDomain', 'setDefaultPortalDomain(id: $id, expectedVersion: $v)')
const onCompany = (mutation: string) => (portal: PortalProcess, place: Place) =>
  changing('company', mutation)(portal, place.companyId)
const onBrand = (mutation: string) => (portal: PortalProcess, place: Place) =>
  changing('portalDomain', mutation)(portal, place.domainId)
const closeCompany = onCompany('closeCompany(id: $id, expectedVersion: $v, reason: "test")')
const reopenCompany = onCompany('reopenCompany(id: $id, expectedVersion: $v)')
const disableBrand = onBrand('disablePortalDomain(id: $id, expectedVersion: $v)')
const enableBrand = onBrand('enablePortalDomain(id: $id, expectedVersion: $v)')

test('a change that was acknowledged is seen by the next request on every process', async () => {
  const database = await openers.postgresql({ plugins })
  const portals = await Promise.all([startPortalProcess(database.url), startPortalProcess(database.url)])
  after(() => Promise.all(portals.map(portal => portal.kill())))
  const any = (number: number): PortalProcess => portals[number % 2] as PortalProcess
  const places = await Promise.all(
    Array.from({ length: workers }, (_, number) => settle(any(number), `brand-${number}`))
  )

  let pairs = 0
  let boundaries = 0
  const stale: string[] = []
  const check = async (round: number, place: Place, expected: boolean, what: string): Promise<void> => {
    const reader = any(round + (round >> 2))
    const actual = await (round % 3 === 0 ? told : seen)(reader, place)
    pairs++
    if (actual !== expected) stale.push(`${what}: expected ${expected}, got ${actual}`)
  }

  // Its transactions stay open for a while after their counters were bumped, and commit late.
  const slow: Database = await openDatabase({ url: database.url })
  const stores = createAccessStores(
    {
      ...slow,
      transaction: work =>
        slow.transaction(async trx => {
          const result = await work(trx)
          await sleep(100)
          return result
        })
    },
    Catalogue.of(plugins)
  )
  // A company without a home asks what the default brand shows; its place is on neither of the two.
  const defaults = async (): Promise<void> => {
    const [on, off] = [await settle(any(0), 'default-on'), await settle(any(1), 'default-off')]
    await brandDefault(any(0), on.domainId, true)
    const { createCompany: homeless } = await any(0).operator(
      'mutation { createCompany(input: { name: "H", userType: CUSTOMER, currency: "EUR" }) { id } }'
    )
    for (let round = 0; running; round++) {
      const place = round % 2 === 0 ? on : off
      await makeDefault(any(round), place.domainId)
      for (const portal of portals) {
        defaultChanges++
        pairs++
        if ((await told(portal, { ...place, companyId: homeless.id })) !== (place === on))
          stale.push(`default ${round}`)
      }
      await sleep(20)
    }
  }
  let defaultChanges = 0
  let ends = 0
  let slowWrites = 0
  let running = true
  const slowWriter = async (): Promise<void> => {
    const place = await settle(any(0), 'slow')
    for (let round = 0; running; round++) {
      const show = round % 2 === 0
      await stores.companies.setOverrides(place.companyId, [{ key, override: show ? 'SHOW' : 'HIDE' }], testActor)
      slowWrites++
      await Promise.all(
        portals.map(async portal => {
          pairs++
          if ((await seen(portal, place)) !== show) stale.push(`slow write ${round}`)
        })
      )
    }
  }

  const work = async (place: Place, worker: number): Promise<void> => {
    let brandValue = false
    let own: 'SHOW' | 'HIDE' | 'INHERIT' = 'INHERIT'
    const expected = (): boolean => (own === 'INHERIT' ? brandValue : own === 'SHOW')
    for (let round = worker; pairs < pairsWanted; round++) {
      const writer = any(round)
      if (round % 16 === 5) {
        // Shown until a boundary that passes while requests run: what lies wholly on one side of it must say so.
        const until = Date.now() + 120
        brandValue = false
        await brandDefault(writer, place.domainId, brandValue)
        await override(writer, place.companyId, 'SHOW', new Date(until).toISOString())
        for (let probe = 0; probe < 8; probe++) {
          const before = Date.now()
          const actual = await seen(any(probe), place)
          const end = Date.now()
          // The database's clock and this one are the same machine's; a few milliseconds of rounding are left out.
          if (end < until - 5 && !actual) stale.push('hidden before its boundary')
          if (before > until + 5) {
            boundaries++
            pairs++
            if (actual) stale.push('shown after its boundary')
          }
          await sleep(20)
        }
        own = 'INHERIT'
        await override(writer, place.companyId, own)
      } else if (round % 16 === 9) {
        // Closed and opened again, or the brand taken away and brought back: sessions end, the answer comes back.
        const closes = round % 32 === 9
        await (closes ? closeCompany : disableBrand)(writer, place)
        ends++
        for (const portal of portals) {
          pairs++
          const answer = await portal.query(place.host, '{ me { features { key } } }', { session: place.session })
          const ended = closes ? answer.json?.errors?.[0]?.extensions.code === 'UNAUTHENTICATED' : answer.status === 404
          if (!ended) stale.push(`${closes ? 'closed' : 'disabled'}: ${answer.status} ${answer.text}`)
          if (closes && (await told(portal, place))) stale.push('effective in a closed company')
        }
        await (closes ? reopenCompany : enableBrand)(any(round + 1), place)
        place.session = await signIn(writer, place)
      } else if (round % 3 === 0) {
        brandValue = !brandValue
        await brandDefault(writer, place.domainId, brandValue)
      } else {
        own = (['SHOW', 'HIDE', 'INHERIT'] as const)[(round % 7) % 3] as typeof own
        await override(writer, place.companyId, own)
      }
      await check(round, place, expected(), `round ${round} of worker ${worker}`)
    }
  }

  const beside = [slowWriter(), defaults()]
  await Promise.all(places.map(work))
  running = false
  await Promise.all(beside)
  await slow.close()
  console.log(
    `# ${pairs} change-then-check pairs on 2 processes, ${slowWrites} slow writes, ${boundaries} passed boundaries, ` +
      `${ends} companies closed or brands disabled, ${defaultChanges} looks after a new default brand, ${stale.length} stale`
  )
  assert.deepEqual(stale.slice(0, 10), [])
  assert.ok(pairs >= pairsWanted && slowWrites > 1 && boundaries > 0 && ends > 0 && defaultChanges > 0)
})
