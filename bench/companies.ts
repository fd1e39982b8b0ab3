import { mkdtemp, rm } from 'node:fs/promises'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openDatabase } from '../db/connect.ts'
import { insertRows } from '../db/insert-rows.ts'
import { migrate } from '../db/migrate.ts'
import { createServer } from '../http/server.ts'
import { readSettings } from '../http/settings.ts'
import { hashToken } from '../http/tokens.ts'
import { plugins } from '../plugins/index.ts'
import { consoleHost, sendRequest, testActor } from '../test/support/portal.ts'
import { benchWorld } from './access-world.ts'

// Who sees a feature, and what a change would alter, over all companies through the operators' API: HTTP, exact counts,
// names from the database. `--companies N`, one million unless said otherwise.

const index = process.argv.indexOf('--companies')
const count = index < 0 ? 1_000_000 : Number(process.argv[index + 1])
const rounds = 31
const folder = await mkdtemp(join(tmpdir(), 'portcullis-bench-'))
const database = await openDatabase({ url: join(folder, 'companies.sqlite') })
await migrate(database, plugins)

const world = benchWorld(count)
const at = 0
await database.transaction(async trx => {
  await insertRows(
    trx,
    'portal_domain',
    world.domains.map(({ id, isDefault }, seq) => ({
      ...{ id, seq, fqdn: `brand-${seq}.example`, brand_name: `Brand ${seq}`, brand_name_lower: `brand ${seq}` },
      ...{ is_default: isDefault ? 1 : 0, currencies: '["EUR"]', created_at: at }
    }))
  )
  await insertRows(
    trx,
    'domain_feature',
    world.domains.flatMap(({ id, features }) =>
      features.map(({ key, enabled }) => ({ domain_id: id, key, enabled: enabled ? 1 : 0 }))
    )
  )
  await insertRows(
    trx,
    'access_counter',
    world.domains.map(({ id }) => ({ scope: id, revision: 0 })),
    ['scope']
  )
})
let seq = 0
const flush = async (companies: Record<string, unknown>[], overrides: Record<string, unknown>[]): Promise<void> => {
  await database.transaction(async trx => {
    await insertRows(trx, 'company', companies)
    await insertRows(trx, 'company_override', overrides)
  })
}
let companies: Record<string, unknown>[] = []
let overrides: Record<string, unknown>[] = []
for (const company of world.companies()) {
  seq++
  companies.push({
    ...{ id: company.id, seq, name: `Company ${seq}`, name_lower: `company ${seq}`, user_type: company.userType },
    ...{ status: company.status, currency: 'EUR', domain_id: company.domainId, created_at: at }
  })
  for (const { key, override } of company.overrides)
    overrides.push({ company_id: company.id, key, override, set_by: 'bench', set_at: at })
  if (companies.length < 20_000) continue
  await flush(companies, overrides)
  companies = []
  overrides = []
}
if (companies.length > 0) await flush(companies, overrides)

const loading = performance.now()
const settings = { ...readSettings({}), port: 0, rateLimit: 0 }
const server = await createServer({ settings, database, plugins, jobs: false, logger: false })
console.log(`${count} companies on SQLite, ready after ${((performance.now() - loading) / 1000).toFixed(1)} s`)
const key = 'bench-key-bench-key-bench-key'
await server.installation.people.staff.createApiKey(
  { name: 'bench', keyHash: hashToken(key), role: 'ADMIN' },
  testActor
)
await server.listen({ host: '127.0.0.1', port: 0 })
const { port } = server.server.address() as AddressInfo

const measure = async (what: string, query: string, variables: unknown): Promise<void> => {
  const took: number[] = []
  let text = ''
  for (let round = -3; round < rounds; round++) {
    const from = performance.now()
    const answer = await sendRequest(port, consoleHost, '/operator/graphql', {
      method: 'POST',
      apiKey: key,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query, variables })
    })
    if (round >= 0) took.push(performance.now() - from)
    if (answer.json?.errors !== undefined || answer.json?.data == null) throw new Error(answer.text)
    text = answer.text
  }
  took.sort((a, b) => a - b)
  const median = took[took.length >> 1]!
  const counted = /"(?:totalCount|companiesChanged)":(\d+)/.exec(text)?.[1]
  console.log(
    `  ${what.padEnd(46)} p50 ${median.toFixed(1).padStart(6)} ms, most ${took.at(-1)!.toFixed(1)} ms (at most 50: ${median <= 50 ? 'reached' : 'MISSED'}), ${counted} companies`
  )
}

const who = `query ($key: String!, $effective: Boolean) { companiesWithFeature(key: $key, effective: $effective) {
  totalCount pageInfo { hasNextPage endCursor } nodes { companyId name effective decidedBy } } }`
for (const each of ['cdr', 'did.edit', 'rtp-servers', 'stats.carrier-cps'])
  await measure(`companiesWithFeature ${each}`, who, { key: each })
await measure('companiesWithFeature cdr, those that do not', who, { key: 'cdr', effective: false })

const preview = `query ($change: AccessChangeInput!) { previewAccessChange(change: $change) { companiesChecked companiesChanged
  differences { pageInfo { hasNextPage endCursor } nodes { companyId name gains loses } } warnings } }`
const [brand] = world.domains
const enabled = new Map(brand!.features.map(feature => [feature.key, feature.enabled]))
for (const each of ['cdr', 'did', 'carrier-portal'])
  await measure(`previewAccessChange of a brand: ${each}`, preview, {
    change: { domainId: brand!.id, features: [{ key: each, enabled: !enabled.get(each) }] }
  })
await measure('previewAccessChange of 500 companies', preview, {
  change: { companyIds: world.ids.slice(0, 500), overrides: [{ key: 'cdr', override: 'HIDE' }] }
})

await server.close()
await database.close()
await rm(folder, { recursive: true, force: true })
