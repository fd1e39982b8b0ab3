import { mkdtemp, rm } from 'node:fs/promises'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openDatabase } from '../db/connect.ts'
import { migrate } from '../db/migrate.ts'
import { createPluginDatabase } from '../db/plugin-database.ts'
import { createServer } from '../http/server.ts'
import { readSettings } from '../http/settings.ts'
import { hashToken } from '../http/tokens.ts'
import { core } from '../plugins/core/plugin.ts'
import { rowOf } from '../plugins/did/number-record.ts'
import { newRecord } from '../plugins/did/number-rules.ts'
import { did } from '../plugins/did/plugin.ts'
import { consoleHost, sendRequest, testActor } from '../test/support/portal.ts'

// The inventory of numbers through the operators' API: lists, searches, ranges, files. `--numbers N`, 500,000 unless said
// otherwise; `--url postgres://…` for a database of one's own, which must be empty.

const option = (name: string): string | undefined => {
  const index = process.argv.indexOf(name)
  return index < 0 ? undefined : process.argv[index + 1]
}
const count = Number(option('--numbers') ?? 500_000)
const rounds = 21
const folder = await mkdtemp(join(tmpdir(), 'portcullis-bench-'))
const database = await openDatabase({ url: option('--url') ?? join(folder, 'numbers.sqlite') })
const plugins = [core, did]
await migrate(database, plugins)
const settings = { ...readSettings({}), port: 0, rateLimit: 0 }
const server = await createServer({ settings, database, plugins, jobs: false, logger: false })
const { stores, people, jobs } = server.installation
const key = 'bench-key-bench-key-bench-key'
await people.staff.createApiKey({ name: 'bench', keyHash: hashToken(key), role: 'ADMIN' }, testActor)
const companyOf = async (index: number, userType: 'CUSTOMER' | 'CARRIER'): Promise<string> => {
  const input = {
    name: `${userType} ${index}`,
    userType,
    currency: 'EUR',
    domainId: null,
    status: 'ACTIVE',
    accountCodes: []
  } as const
  return (await stores.companies.create(input, testActor)).id
}
const customers: string[] = []
for (let index = 0; index < 500; index++) customers.push(await companyOf(index, 'CUSTOMER'))
const carriers: string[] = []
for (let index = 0; index < 10; index++) carriers.push(await companyOf(index, 'CARRIER'))

const db = createPluginDatabase(database, did)
const countries = ['GB', 'GB', 'GB', 'US', 'FR', 'DE', 'AU']
const prefixes: Readonly<Record<string, number>> = {
  GB: 442000000000,
  US: 12120000000,
  FR: 33190000000,
  DE: 49300000000,
  AU: 61290000000
}
for (let start = 0; start < count; start += 20_000) {
  await db.insertMany(
    'did',
    Array.from({ length: Math.min(20_000, count - start) }, (_, offset) => {
      const index = start + offset
      const country = countries[index % countries.length] as string
      return rowOf({
        ...newRecord(`id-${index}`, String((prefixes[country] as number) + index * 7), country),
        companyId: index % 3 === 0 ? null : (customers[(index * 31) % customers.length] as string),
        carrierId: carriers[index % carriers.length] as string,
        enabled: index % 50 !== 0,
        notes: index % 10 === 0 ? 'Ported in; keep until the contract ends.' : null
      })
    })
  )
}
await server.listen({ host: '127.0.0.1', port: 0 })
const { port } = server.server.address() as AddressInfo
console.log(`${count} numbers on ${database.dialect}`)

// biome-ignore lint/suspicious/noExplicitAny: answers of many shapes
const ask = async (query: string, variables: object = {}): Promise<any> => {
  const { json } = await sendRequest(port, consoleHost, '/operator/graphql', {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    body: JSON.stringify({ query, variables })
  })
  if (json.errors) throw new Error(JSON.stringify(json.errors))
  return json.data
}
const measured = async (name: string, work: () => Promise<unknown>): Promise<void> => {
  await work()
  const times: number[] = []
  for (let round = 0; round < rounds; round++) {
    const start = performance.now()
    await work()
    times.push(performance.now() - start)
  }
  times.sort((a, b) => a - b)
  const at = (part: number): string => (times[Math.floor(times.length * part)] as number).toFixed(1)
  console.log(`${name.padEnd(58)} p50 ${at(0.5)} ms, worst ${at(0.999)} ms`)
}
const once = async <T>(name: string, work: () => Promise<T>): Promise<T> => {
  const start = performance.now()
  const result = await work()
  console.log(`${name.padEnd(58)} ${((performance.now() - start) / 1000).toFixed(2)} s`)
  return result
}

const page = (filter: object, total: boolean) => () =>
  ask(
    `query ($filter: NumberFilter) { numbers(filter: $filter) {
      nodes { id number companyName carrierName channels destinations { type } tags } pageInfo { endCursor } ${total ? 'totalCount' : ''} } }`,
    { filter }
  )
const customer = customers[7] as string
for (const [name, filter] of [
  ['all', {}],
  ['search 44 20 00', { search: '+44 20 00' }],
  ['search of one number', { search: '442000000000' }],
  ['country AU', { country: 'AU' }],
  ['in the inventory', { unassigned: true }],
  ['assigned', { unassigned: false }],
  ['in the inventory, country AU', { unassigned: true, country: 'AU' }],
  ['of one company', { companyId: customer }],
  ['of one carrier', { carrierId: carriers[3] }],
  ['of one carrier, in the inventory', { carrierId: carriers[3], unassigned: true }],
  ['switched off', { enabled: false }],
  ['switched on, country FR', { enabled: true, country: 'FR' }]
] as const) {
  await measured(`page of 50: ${name}`, page(filter, false))
  await measured(`page of 50 and total: ${name}`, page(filter, true))
}
await measured('companies by a number', () => ask('{ companies(search: "+44 2000 000021") { nodes { id } } }'))
await measured('companies by the beginning of numbers', () => ask('{ companies(search: "+44200") { nodes { id } } }'))

const range = { from: '861000000000', to: '861000009999' }
const batch = '{ done results { number outcome } }'
await once('range of 10,000 created', () =>
  ask(
    `mutation { createNumberRange(from: "861000000000", count: 10000, settings: { country: "CN", channelsCeiling: 4 }) ${batch} }`
  )
)
await once('range of 10,000 assigned', () =>
  ask(
    `mutation ($select: NumberSelection!, $to: ID!) { assignNumbers(select: $select, companyId: $to, settings: { price: "1" }) ${batch} }`,
    {
      select: range,
      to: customer
    }
  )
)
await once('range of 10,000 moved', () =>
  ask(
    `mutation ($select: NumberSelection!, $from: ID!, $to: ID!) { moveNumbers(select: $select, fromCompanyId: $from, companyId: $to) ${batch} }`,
    {
      select: range,
      from: customer,
      to: customers[8]
    }
  )
)
await once('range of 10,000 released', () =>
  ask(
    `mutation ($select: NumberSelection!, $from: ID!) { releaseNumbers(select: $select, fromCompanyId: $from) ${batch} }`,
    {
      select: range,
      from: customers[8]
    }
  )
)
const job = async (query: string, variables: object = {}) => {
  const { job } = await ask(query, variables)
  await jobs.runDue()
  const { numberJob } = await ask(`{ numberJob(id: "${job.id}") { state error lines unchanged result { id bytes } } }`)
  if (numberJob.state !== 'DONE') throw new Error(JSON.stringify(numberJob))
  return numberJob
}
const exported = await once('everything exported', () => job('mutation { job: exportNumbers { id } }'))
const imported = await once('the same file imported, checked first', () =>
  job('mutation ($fileId: ID!) { job: importNumbers(fileId: $fileId) { id } }', { fileId: exported.result.id })
)
console.log(`${imported.lines} lines, ${imported.unchanged} unchanged, ${exported.result.bytes} bytes`)
await server.close()
await database.close()
await rm(folder, { recursive: true, force: true })
