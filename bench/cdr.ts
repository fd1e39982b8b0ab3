import { mkdtemp, rm } from 'node:fs/promises'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import type { PortalContext } from '../core/plugin-api.ts'
import { createCompanyScope } from '../db/company-scope.ts'
import { openDatabase } from '../db/connect.ts'
import { insertRows } from '../db/insert-rows.ts'
import { migrate } from '../db/migrate.ts'
import { createPluginDatabase } from '../db/plugin-database.ts'
import { createServer } from '../http/server.ts'
import { readSettings } from '../http/settings.ts'
import { hashToken, newToken } from '../http/tokens.ts'
import { readBreakoutQuery } from '../plugins/cdr/breakout-query.ts'
import { listBreakout, planBreakout, totalBreakout } from '../plugins/cdr/breakout-store.ts'
import type { Call } from '../plugins/cdr/call.ts'
import { readCdrFilter } from '../plugins/cdr/cdr-filter.ts'
import { findCall, listCalls } from '../plugins/cdr/cdr-store.ts'
import { ingestCalls } from '../plugins/cdr/ingest.ts'
import { cdr } from '../plugins/cdr/plugin.ts'
import { plugins } from '../plugins/index.ts'
import { sendRequest, testActor } from '../test/support/portal.ts'

// Calls of one company among many: node --import tsx bench/cdr.ts --calls 10000000 --database FILE
// A database that has calls already is measured as it is.

const { values } = parseArgs({
  options: {
    calls: { type: 'string', default: '200000' },
    companies: { type: 'string', default: '200' },
    days: { type: 'string', default: '60' },
    database: { type: 'string' },
    rounds: { type: 'string', default: '200' }
  }
})
const [calls, companies, days, rounds] = [values.calls, values.companies, values.days, values.rounds].map(Number) as [
  number,
  number,
  number,
  number
]
const day = 86_400_000
const until = Date.UTC(2026, 2, 1)
const folder = await mkdtemp(join(tmpdir(), 'portcullis-bench-'))
const database = await openDatabase({ url: values.database ?? join(folder, 'cdr.sqlite') })
await migrate(database, plugins)
const db = createPluginDatabase(database, cdr)

let state = 1
const random = (): number => {
  state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
  return state / 2 ** 32
}
const whole = (below: number): number => Math.floor(random() * below)
/** Company 0 has a tenth of all calls, the others share the rest. */
const companyId = (i: number): string => `bench-company-${String(i).padStart(3, '0')}`
const names = ['France', 'Germany', 'Spain', 'United Kingdom - London', 'USA', 'India', 'Poland', 'Italy']

const makeCall = (i: number): Call => {
  const startedAt = until - days * day + Math.floor((i / calls) * days * day)
  const duration = random() < 0.5 ? 0 : 1 + whole(600)
  const place = whole(names.length)
  return {
    companyId: companyId(random() < 0.1 ? 0 : 1 + whole(companies - 1)),
    leg: 'CUSTOMER',
    source: 'bench',
    identity: String(i),
    callId: `${(i * 2_654_435_761).toString(36)}-${i}@sbc.invalid`,
    direction: 'TERMINATION',
    startedAt,
    answeredAt: duration > 0 ? startedAt + 4_000 : null,
    endedAt: startedAt + 4_000 + duration * 1_000,
    cli: `4420${10_000_000 + whole(90_000_000)}`,
    destination: `${33 + place}${100_000_000 + whole(900_000_000)}`,
    destinationCode: String(33 + place),
    destinationName: names[place]!,
    cardId: 'card',
    cardName: 'Business',
    duration,
    billedDuration: Math.ceil(duration / 6) * 6,
    ringDuration: whole(20),
    pdd: 400 + whole(2_000),
    rate: 10_000_000n,
    connectCost: 0n,
    charge: BigInt(Math.ceil(duration / 6) * 1_000),
    currency: 'EUR',
    sipCode: duration > 0 ? 200 : 486,
    releaseReason: duration > 0 ? 'UPSTREAM_BYE' : 'BUSY',
    sourceIp: '192.0.2.1',
    codec: 'PCMA'
  }
}

const [{ loaded }] = (await db.all<{ loaded: number }>('select count(*) as loaded from {cdr_hourly}')) as [
  { loaded: number }
]
if (Number(loaded) === 0) {
  const start = performance.now()
  for (let i = 0; i < calls; i += 5_000) {
    await ingestCalls(
      db,
      Array.from({ length: Math.min(5_000, calls - i) }, (_, j) => makeCall(i + j))
    )
    if (i > 0 && i % 500_000 === 0)
      console.log(`${i} calls, ${Math.round((i / (performance.now() - start)) * 1_000)} a second`)
  }
  const seconds = (performance.now() - start) / 1_000
  console.log(`loaded ${calls} calls with roll-ups in ${seconds.toFixed(1)} s: ${Math.round(calls / seconds)} a second`)
}

// What autovacuum does within a minute.
if (database.dialect === 'postgresql') await database.writer.raw('analyze')

const viewer = {
  sessionId: '',
  contactId: '',
  contactName: '',
  email: '',
  companyId: companyId(0),
  companyName: 'Bench',
  companyStatus: 'ACTIVE',
  currency: 'EUR',
  userType: 'CUSTOMER',
  domainId: '',
  homeDomainId: null,
  ip: ''
} as const
const columns = (report: string): readonly string[] =>
  cdr
    .columnSets!.find(set => set.report === report)!
    .columns.filter(c => c.audience.includes('CUSTOMER'))
    .map(c => c.name)
const context = {
  viewer,
  at: until,
  access: { columns, has: () => true },
  scope: createCompanyScope(database, [cdr], viewer, { at: until })
} as unknown as PortalContext

const measure = async (name: string, times: number, work: (i: number) => Promise<unknown>): Promise<void> => {
  await work(0)
  const took: number[] = []
  for (let i = 0; i < times; i++) {
    const start = performance.now()
    await work(i)
    took.push(performance.now() - start)
  }
  took.sort((a, b) => a - b)
  const at = (share: number) => took[Math.min(took.length - 1, Math.floor(took.length * share))]!.toFixed(2).padStart(9)
  console.log(`${name.padEnd(58)} p50 ${at(0.5)}  p95 ${at(0.95)}  most ${at(1)} ms`)
}

const range = { from: until - 31 * day, to: until }
const wanted = new Set(
  'callId direction startedAt cli destination destinationName duration billedDuration rate charge sipCode releaseReason'.split(
    ' '
  )
)
const list = (filter: object, page: object) => listCalls(context, readCdrFilter({ range, ...filter }), page, wanted)
const rules = (column: string, op: string, value: string, count = 1) => ({
  match: 'ANY',
  rules: Array.from({ length: count }, (_, i) => ({ column, op, value: `${value}${i}` }))
})

await measure('31 days, default sort, first page of 50', rounds, () => list({}, {}))
const deep = await list({ range: { ...range, to: until - 15 * day } }, {})
const after = deep.pageInfo.endCursor
await measure('31 days, default sort, page behind a deep cursor', rounds, () => list({}, { after }))
await measure('one day in the middle, default sort', rounds, () =>
  list({ range: { from: until - 20 * day, to: until - 19 * day } }, {})
)
const first = deep.nodes[0]!
await measure('one call by its Call-ID', rounds, () => findCall(context, String(first.callId), wanted))
const few = Math.max(3, Math.round(rounds / 50))
await measure('number search that hits often', few, () => list({ number: '4420' }, {}))
await measure('number search that hits nothing', few, () => list({ number: '99999999999' }, {}))
await measure('sort by charge', few, () => list({}, { sort: [{ column: 'charge', dir: 'DESC' }] }))
const worstSort = ['destinationName', 'cli', 'callId'].map(column => ({ column, dir: 'ASC' }))
await measure('sort by three texts', few, () => list({}, { sort: worstSort }))
await measure('20 "contains" that hit nothing, three-text sort', few, () =>
  list({ where: rules('destinationName', 'contains', 'nowhere', 20) }, { sort: worstSort })
)
for (const [name, query] of [
  ['breakout: 31 days by day', { range, groupBy: ['period'] }],
  [
    'breakout: 31 days by hour and destination, by charge',
    {
      range,
      groupBy: ['period', 'destinationName'],
      period: 'HOUR',
      sort: [{ column: 'customerCharge', dir: 'DESC' }]
    }
  ],
  [
    'breakout: 60 days by month, destination, card, direction',
    {
      range: { from: until - 60 * day, to: until },
      groupBy: ['period', 'destinationName', 'card', 'direction'],
      period: 'MONTH'
    }
  ]
] as const) {
  await measure(name, few, async () => {
    const plan = planBreakout(context, readBreakoutQuery(query), {})
    await listBreakout(context, plan)
    await totalBreakout(context, plan)
  })
}
/* ---------- through the API: session, guards, scope and GraphQL included ---------- */

await database.transaction(async trx => {
  const exists = async (table: string): Promise<boolean> =>
    (await trx(table).where({ id: viewer.companyId })).length > 0
  if (await exists('company')) return
  const brand = { id: 'bench-brand', seq: 1, fqdn: 'bench.localhost', brand_name: 'Bench', brand_name_lower: 'bench' }
  await insertRows(trx, 'portal_domain', [{ ...brand, is_default: 1, currencies: '["EUR"]', created_at: 0 }])
  await insertRows(trx, 'domain_feature', [{ domain_id: brand.id, key: 'cdr', enabled: 1 }])
  await insertRows(trx, 'access_counter', [{ scope: brand.id, revision: 0 }], ['scope'])
  await insertRows(trx, 'company', [
    {
      ...{ id: viewer.companyId, seq: 1, name: 'Bench', name_lower: 'bench', user_type: 'CUSTOMER', status: 'ACTIVE' },
      ...{ currency: 'EUR', domain_id: brand.id, created_at: 0 }
    }
  ])
  // As the daily job writes it: everything is live, however old these calls are today.
  await insertRows(trx, 'cdr_window', [{ company_id: viewer.companyId, live_from: 0 }], ['company_id'])
})
const settings = { ...readSettings({}), port: 0, rateLimit: 0 }
const server = await createServer({ settings, database, plugins, jobs: false, logger: false })
const { people } = server.installation
const [kept] = (await people.contacts.list({ companyId: viewer.companyId, first: 1 })).nodes
const contact =
  kept ??
  (await people.contacts.create(
    { companyId: viewer.companyId, name: 'Bench', email: 'bench@example.net', passwordHash: null },
    testActor
  ))
const session = newToken()
await people.sessions.createContactSession({
  ...{ tokenHash: hashToken(session), contactId: contact.id, domainId: 'bench-brand', ip: '127.0.0.1' }
})
await server.listen({ host: '127.0.0.1', port: 0 })
const { port } = server.server.address() as AddressInfo
const query = `query ($filter: CdrFilter!, $sort: [SortInput!]) { cdrs(filter: $filter, sort: $sort, first: 20) {
  nodes { ${[...wanted].join(' ')} } pageInfo { endCursor hasNextPage } } }`
const ask = async (filter: object, sort: readonly object[] | null): Promise<void> => {
  const answer = await sendRequest(port, 'bench.localhost', '/graphql', {
    ...{ method: 'POST', session, headers: { 'content-type': 'application/json' } },
    body: JSON.stringify({ query, variables: { filter: { range: instants, ...filter }, sort } })
  })
  if (answer.json?.errors !== undefined || answer.json?.data?.cdrs == null) throw new Error(answer.text)
}
const instants = { from: new Date(range.from).toISOString(), to: new Date(range.to).toISOString() }
await measure('API: 31 days, default sort, 20 calls of 12 columns', rounds, () => ask({}, null))
await measure('API: sort by three texts', few, () => ask({}, worstSort))
await measure('API: the worst filter and sort allowed', few, () =>
  ask({ where: rules('destinationName', 'contains', 'nowhere', 20) }, worstSort)
)

await server.close()
await database.close()
await rm(folder, { recursive: true, force: true })
