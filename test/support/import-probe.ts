import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openDatabase } from '../../db/connect.ts'
import { migrate } from '../../db/migrate.ts'
import { createPluginDatabase } from '../../db/plugin-database.ts'
import { beginBatch } from '../../plugins/cdr/batch/batch-store.ts'
import { callFormats } from '../../plugins/cdr/import/formats.ts'
import { importCalls } from '../../plugins/cdr/import/import-calls.ts'
import { LocalClock } from '../../plugins/cdr/import/local-clock.ts'
import { callTablesPlugin } from './call-world.ts'

// node --import tsx test/support/import-probe.ts ROWS [dry]: imports that many rows into SQLite, or only reads them,
// and prints what it took.

const wanted = Number(process.argv[2])
const dryRun = process.argv[3] === 'dry'

const stamp = (at: number): string => new Date(at).toISOString().slice(0, 19).replace('T', ' ')

/** Rows of cdr_csv, 1,000 a piece; every fourth unique id stands twice, and one row in a thousand is broken. */
async function* rows(): AsyncGenerator<Uint8Array> {
  for (let from = 0; from < wanted; from += 1000) {
    let text = ''
    for (let index = from; index < Math.min(wanted, from + 1000); index += 1) {
      const start = Date.UTC(2026, 0, 1) + index * 2500
      const id = `${Math.floor(start / 1000)}.${index % 4 === 3 ? index - 1 : index}`
      const number = `44207946${String(index % 10_000).padStart(4, '0')}`
      const end = index % 1000 === 999 ? '"broken' : `"${id}",""`
      text += `"alpha","${number}","+4420794601${index % 100}","from-internal","""Ada"" <${number}>","SIP/alice-${index}","SIP/trunk-${index}","Dial","SIP/trunk/x,60,g","${stamp(start)}","${stamp(start + 5000)}","${stamp(start + 65_000)}",65,60,"ANSWERED","DOCUMENTATION",${end}\n`
    }
    yield Buffer.from(text)
  }
}

const main = async (): Promise<void> => {
  const folder = await mkdtemp(join(tmpdir(), 'import-probe-'))
  try {
    const database = await openDatabase({ url: join(folder, 'portal.sqlite') })
    await migrate(database, [callTablesPlugin])
    const company = { id: 'company-alpha-00', seq: 1, name: 'a', name_lower: 'a', user_type: 'CUSTOMER' }
    await database.writer('company').insert({ ...company, status: 'ACTIVE', currency: 'EUR', created_at: 0 })
    await database.writer('company_account_code').insert({ code: 'alpha', company_id: company.id })
    const db = createPluginDatabase(database, callTablesPlugin)
    const options = {
      source: null,
      zone: 'Europe/London',
      direction: 'TERMINATION',
      account: null,
      replace: false
    } as const
    const batch = await beginBatch(
      db,
      { source: 'asterisk-csv', format: 'asterisk-csv', origin: 'CLI', actor: 'cli', options, dryRun },
      Date.now()
    )
    let heap = 0
    let resident = 0
    const started = Date.now()
    const counts = await importCalls(db, rows(), {
      format: callFormats.get('asterisk-csv')!,
      read: { clock: new LocalClock('Europe/London'), direction: 'TERMINATION', note: () => {} },
      source: null,
      account: null,
      dryRun,
      ...(dryRun ? {} : { batches: { numberOf: async () => batch!.number } }),
      onRejection: () => {},
      onProgress: () => {
        const { heapUsed, rss } = process.memoryUsage()
        heap = Math.max(heap, heapUsed)
        resident = Math.max(resident, rss)
      }
    })
    const seconds = (Date.now() - started) / 1000
    const cpuSeconds = process.cpuUsage().user / 1e6
    await database.close()
    const mb = (bytes: number) => Math.round(bytes / 1024 / 1024)
    process.stdout.write(
      `${JSON.stringify({ ...counts, heapMb: mb(heap), residentMb: mb(resident), seconds, cpuSeconds })}\n`
    )
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

main().catch(error => {
  console.error(error)
  process.exitCode = 1
})
