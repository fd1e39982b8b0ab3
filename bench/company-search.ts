import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { Catalogue } from '../core/catalogue.ts'
import { createCompanyStore } from '../db/company-store.ts'
import { openDatabase } from '../db/connect.ts'
import { insertRows } from '../db/insert-rows.ts'
import { migrate } from '../db/migrate.ts'

// Lists and searches of companies: node --import tsx bench/company-search.ts --companies 100000 --url postgres://…
// Without a URL on a SQLite file of its own; a URL is a database of one's own, which must be empty.

const { values } = parseArgs({
  options: {
    companies: { type: 'string', default: '100000' },
    url: { type: 'string' },
    rounds: { type: 'string', default: '30' }
  }
})
const [companies, rounds] = [Number(values.companies), Number(values.rounds)]
const folder = await mkdtemp(join(tmpdir(), 'portcullis-bench-'))
const database = await openDatabase({ url: values.url ?? join(folder, 'companies.sqlite') })
await migrate(database)

const words = [
  'Alder',
  'Birch',
  'Cedar',
  'Dogwood',
  'Elm',
  'Fir',
  'Ginkgo',
  'Hazel',
  'Telecom',
  'Voice',
  'Trading',
  'Bakery'
]
const statuses = ['ACTIVE', 'ACTIVE', 'ACTIVE', 'ACTIVE', 'PENALTY', 'INACTIVE']
const row = (n: number) => {
  const name = `${words[n % 8]} ${words[8 + (n % 4)]} ${(n * 7919) % companies}`
  return {
    id: `company-${n}`,
    seq: n + 1,
    name,
    name_lower: name.toLowerCase(),
    user_type: n % 10 === 0 ? 'CARRIER' : 'CUSTOMER',
    status: statuses[n % 6],
    currency: 'EUR',
    created_at: n
  }
}
for (let start = 0; start < companies; start += 5_000) {
  const numbers = Array.from({ length: Math.min(5_000, companies - start) }, (_, n) => start + n)
  const email = (n: number): string => `ada.${n}@customer-${n % 5_000}.example`
  await database.transaction(async trx => {
    await insertRows(trx, 'company', numbers.map(row))
    await insertRows(
      trx,
      'company_account_code',
      numbers.map(n => ({ code: `code-${n}`, company_id: `company-${n}` }))
    )
    await insertRows(
      trx,
      'contact_email',
      numbers.map(n => ({ email_lower: email(n) }))
    )
    await insertRows(
      trx,
      'contact',
      numbers.map(n => ({
        id: `contact-${n}`,
        company_id: `company-${n}`,
        name: 'Ada',
        email: email(n),
        email_lower: email(n),
        created_at: 0
      }))
    )
  })
}
await database.writer.raw('analyze')

const { list } = createCompanyStore(database, Catalogue.of([]))
const middle = Math.floor(companies / 2)
const questions: Readonly<Record<string, Omit<Parameters<typeof list>[0], 'first'>>> = {
  'all, by creation': {},
  'all, by name': { sort: 'name' },
  'a common word': { search: 'bakery' },
  'a common word, by name': { search: 'bakery', sort: 'name' },
  'a rare number': { search: ` ${middle}` },
  'a rare number, by name backwards': { search: ` ${middle}`, sort: '-name' },
  'nothing like it': { search: 'zzz' },
  'an id': { search: `company-${middle}` },
  'an account code': { search: `code-${middle}` },
  'an e-mail address': { search: `ada.${middle}@customer-${middle % 5_000}.example` },
  'the beginning of an e-mail address': { search: `ada.${middle}@` },
  'what plugins know': { search: '493012345', alsoIds: Array.from({ length: 100 }, (_, n) => `company-${n * 7}`) },
  'suspended carriers': { status: 'PENALTY', userType: 'CARRIER' },
  'suspended, by name': { status: 'PENALTY', sort: 'name' }
}
console.log(`${companies} companies on ${database.dialect}; page of 50 with totals, ms`)
for (const [name, question] of Object.entries(questions)) {
  const times: number[] = []
  let total = 0
  const before = process.cpuUsage()
  for (let round = 0; round < rounds; round++) {
    const start = performance.now()
    total = (await list({ first: 50, ...question })).totalCount
    times.push(performance.now() - start)
  }
  const { user, system } = process.cpuUsage(before)
  times.sort((one, other) => one - other)
  const at = (share: number): string => times[Math.floor(times.length * share)]!.toFixed(1)
  console.log(
    `${name.padEnd(36)} p50 ${at(0.5).padStart(7)}  p95 ${at(0.95).padStart(7)}  processor ${((user + system) / 1000 / rounds).toFixed(1).padStart(6)}  ${total} found`
  )
}
await database.close()
await rm(folder, { recursive: true, force: true })
