import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { OnboardingRun } from '../core/onboarding-runs.ts'
import { openDatabase } from '../db/connect.ts'
import { migrate } from '../db/migrate.ts'
import { createServer } from '../http/server.ts'
import { readSettings } from '../http/settings.ts'
import { plugins } from '../plugins/index.ts'
import { testActor } from '../test/support/portal.ts'

// Companies with 3 contacts and 5 overrides each, out of one file: dry run, real run, the same file again, export, and the export
// taken in again. `--companies N`, 5,000 unless said otherwise; PORTAL_DATABASE_URL for another database than a SQLite file.

const index = process.argv.indexOf('--companies')
const count = index < 0 ? 5_000 : Number(process.argv[index + 1])
const folder = await mkdtemp(join(tmpdir(), 'portcullis-bench-'))
const url = process.env.PORTAL_DATABASE_URL ?? join(folder, 'onboarding.sqlite')
const database = await openDatabase({ url })
await migrate(database, plugins)
const server = await createServer({
  settings: { ...readSettings({}), rateLimit: 0 },
  database,
  plugins,
  jobs: false,
  logger: false
})
const { stores, onboarding, files, jobs, catalogue } = server.installation
for (const fqdn of ['one.example', 'two.example'])
  await stores.brands.create({ fqdn, brandName: fqdn, currencies: ['EUR'], features: [] }, testActor)

const keys = catalogue.features.filter(({ userTypes }) => userTypes.includes('CUSTOMER')).map(({ key }) => key)
function* lines(): Generator<string> {
  yield 'record,company,name,userType,currency,brand,email,key,override,reason\r\n'
  for (let number = 1; number <= count; number += 1) {
    const brand = number % 2 === 0 ? 'one.example' : 'two.example'
    yield `COMPANY,C-${number},Company number ${number},CUSTOMER,EUR,${brand}\r\n`
    for (let contact = 1; contact <= 3; contact += 1)
      yield `CONTACT,C-${number},Contact ${contact},,,,contact${contact}@company-${number}.example\r\n`
    for (let at = 0; at < 5; at += 1)
      yield `OVERRIDE,C-${number},,,,,,${keys[(number + at * 7) % keys.length]},${at % 2 === 0 ? 'SHOW' : 'HIDE'},Contract ${number}\r\n`
  }
}
async function* content(): AsyncGenerator<string> {
  yield* lines()
}
const own = files.of(testActor.operator)
const file = await own.create({ name: 'companies.csv', contentType: 'text/csv' }, content())

let slowest = 0
const { transaction } = database
Object.assign(database, {
  transaction: async (work: Parameters<typeof transaction>[0]) => {
    const begun = performance.now()
    try {
      return await transaction(work)
    } finally {
      slowest = Math.max(slowest, performance.now() - begun)
    }
  }
})

const timed = async (name: string, start: () => Promise<OnboardingRun>): Promise<OnboardingRun> => {
  slowest = 0
  const begun = performance.now()
  const spent = process.cpuUsage()
  const { id } = await start()
  await jobs.runDue()
  const { user, system } = process.cpuUsage(spent)
  const cpu = ((user + system) / 1_000_000).toFixed(1)
  const mebibytes = (process.memoryUsage().rss / 1_048_576).toFixed(0)
  const seconds = ((performance.now() - begun) / 1000).toFixed(1)
  const run = (await onboarding.runs.get(id))!
  if (run.state !== 'DONE') throw new Error(`${name}: ${run.state} ${run.error}`)
  console.log(
    `${name.padEnd(22)} ${seconds.padStart(6)} s  CPU ${cpu.padStart(5)} s  ${mebibytes} MiB  lines ${run.lines}  created ${run.created}  unchanged ${run.unchanged}  errors ${run.faulty}  longest transaction ${slowest.toFixed(0)} ms`
  )
  return run
}

console.log(`${count} companies, 3 contacts and 5 overrides each, on ${database.dialect}`)
try {
  await timed('dry run', () => onboarding.runs.start(file, true, testActor))
  await timed('real run', () => onboarding.runs.start(file, false, testActor))
  await timed('the same file again', () => onboarding.runs.start(file, false, testActor))
  const made = await timed('export', () => onboarding.runs.startExport({}, testActor))
  const opened = await own.open(made.fileId!)
  await timed('the export taken in', () => onboarding.runs.start(opened, false, testActor))
} finally {
  await server.close()
  await database.close()
  await rm(folder, { recursive: true, force: true })
}
