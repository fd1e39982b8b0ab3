import { stringify } from 'csv-stringify/sync'
import {
  badInput,
  type CompanyFacts,
  type PluginDatabase,
  type PluginTask,
  type PluginTaskServices,
  PortalError,
  type StaffRole
} from '../../core/plugin-api.ts'
import { csvLines } from './csv-lines.ts'
import { e164 } from './destination.ts'
import { type InventoryActor, type NumberItem, type NumberOutcome, putDids } from './inventory.ts'
import { companyFinder, type NumberLine, numberColumns, readHeader, readLine, shielded } from './number-csv.ts'
import { findJob, type JobCounts, jobTask, type NumberJob, setJob } from './number-jobs.ts'
import { listNumbers, type NumberFilter } from './number-list.ts'
import { viewsOf } from './number-view.ts'

/** Lines of one transaction: short, so that other writers are not held up. */
const chunkSize = 1_000
const mostLines = 1_000_000

type Alive = () => Promise<boolean>

/** What became of one line, as it is stored. */
interface LineResult {
  readonly line: number
  readonly number: string
  readonly outcome: NumberOutcome
  readonly code: string | null
  readonly message: string | null
}

/** A line read, or why not. */
interface Read {
  readonly line: number
  readonly number: string
  readonly said: NumberLine | PortalError
}

/** Stops a run whose lease is another's by now. */
class Overtaken extends Error {}

/** Lines of a file, some at a time, each number once. */
async function* chunksOf(content: AsyncIterable<Buffer>): AsyncGenerator<readonly Read[]> {
  let columns: ReturnType<typeof readHeader> | undefined
  // A million numbers as numbers, not texts: 15 digits are exact.
  const seen = new Set<number>()
  let chunk: Read[] = []
  let count = 0
  for await (const { line, cells } of csvLines(content)) {
    if (columns === undefined) {
      columns = readHeader(cells)
      continue
    }
    if (++count > mostLines) throw badInput('file', `has more than ${mostLines} lines; divide it`)
    try {
      const said = readLine(columns, cells)
      const number = e164(said.number)
      if (number !== undefined && seen.has(Number(number))) throw badInput('number', 'stands twice in the file')
      if (number !== undefined) seen.add(Number(number))
      chunk.push({ line, number: number ?? said.number.slice(0, 40), said })
    } catch (error) {
      if (!(error instanceof PortalError)) throw error
      const number = cells[columns.findIndex(({ name }) => name === 'number')] ?? ''
      chunk.push({ line, number: e164(number) ?? number.trim().slice(0, 40), said: error })
    }
    if (chunk.length < chunkSize) continue
    yield chunk
    chunk = []
  }
  if (columns === undefined) throw badInput('file', 'is empty; its first line names the columns')
  if (chunk.length > 0) yield chunk
}

/** A name that stands beside a company is there to be read; it must be the right one. */
const checkName = (
  id: string | null | undefined,
  facts: ReadonlyMap<string, CompanyFacts>,
  said: string | null,
  column: 'company' | 'carrier'
): void => {
  if (said === null) return
  const short = said.slice(0, 120)
  if (!id) throw badInput(`${column}Name`, `names ${short}; write its id or an account code into the column ${column}`)
  const company = facts.get(id)
  if (company === undefined || company.name === said) return
  throw badInput(`${column}Name`, `says ${short}, and the ${column} is called ${company.name}`)
}

/** Does, or in a dry run only plans, what lines say. One result a line. */
const importLines = async (
  db: PluginDatabase,
  chunk: readonly Read[],
  find: (name: string) => string,
  by: InventoryActor,
  dryRun: boolean
): Promise<readonly LineResult[]> => {
  const named = chunk.flatMap(({ said }) =>
    said instanceof PortalError ? [] : [said.company, said.carrier].flatMap(name => (name ? [find(name)] : []))
  )
  const facts = await db.companies([...new Set(named)])
  const results: (LineResult | undefined)[] = []
  const items: { readonly index: number; readonly item: NumberItem }[] = []
  const refuse = (index: number, { line, number }: Read, { code, message }: PortalError): void => {
    results[index] = { line, number, outcome: 'REFUSED', code, message }
  }
  for (const [index, read] of chunk.entries()) {
    if (read.said instanceof PortalError) {
      refuse(index, read, read.said)
      continue
    }
    const { company, companyName, carrier, carrierName, settings, number } = read.said
    const companyId = company ? find(company) : company
    const carrierId = carrier ? find(carrier) : carrier
    try {
      checkName(companyId, facts, companyName, 'company')
      checkName(carrierId, facts, carrierName, 'carrier')
    } catch (error) {
      if (!(error instanceof PortalError)) throw error
      refuse(index, read, error)
      continue
    }
    const item = {
      number,
      ...(companyId === undefined ? {} : { companyId }),
      settings: carrierId === undefined ? settings : { ...settings, carrierId }
    }
    items.push({ index, item })
  }
  const done = await putDids(
    db,
    items.map(({ item }) => item),
    by,
    { skip: 'REFUSED', dryRun }
  )
  done.forEach(({ outcome, code, message }, at) => {
    const { index } = items[at] as (typeof items)[number]
    const { line, number } = chunk[index] as Read
    results[index] = { line, number, outcome, code, message }
  })
  return results as LineResult[]
}

const noCounts: JobCounts = { lines: 0, created: 0, assigned: 0, changed: 0, unchanged: 0, refused: 0 }

/** Keeps what became of lines, and counts it. */
const record = async (db: PluginDatabase, jobId: string, results: readonly LineResult[]): Promise<void> => {
  await db.insertMany(
    'did_job_line',
    results.map(result => ({ job_id: jobId, ...result }))
  )
  const count = (outcome: NumberOutcome): number => results.filter(result => result.outcome === outcome).length
  await db.run(
    `update {did_job} set lines = lines + ?, created = created + ?, assigned = assigned + ?, changed = changed + ?,
       unchanged = unchanged + ?, refused = refused + ? where id = ?`,
    [results.length, count('CREATED'), count('ASSIGNED'), count('CHANGED'), count('UNCHANGED'), count('REFUSED'), jobId]
  )
}

/** The last line that has been dealt with. On PostgreSQL a run that lost its lease waits here, and finds it done. */
const lastLine = async (db: PluginDatabase, jobId: string): Promise<number> => {
  const lock = db.dialect === 'postgresql' ? ' for update' : ''
  await db.all(`select id from {did_job} where id = ?${lock}`, [jobId])
  const [row] = await db.all<{ line: number | null }>('select max(line) as line from {did_job_line} where job_id = ?', [
    jobId
  ])
  return row?.line ?? 0
}

const startOver = (db: PluginDatabase, jobId: string, state: 'CHECKING' | 'RUNNING'): Promise<void> =>
  db.transaction(async trx => {
    await trx.run('delete from {did_job_line} where job_id = ?', [jobId])
    await setJob(trx, jobId, state, noCounts)
  })

const stillOurs = async (alive: Alive): Promise<void> => {
  if (!(await alive())) throw new Overtaken()
}

/** Every line once, from where an earlier run of the same job stopped. */
const allLines = async (
  { db, filesOf }: PluginTaskServices,
  job: NumberJob,
  dryRun: boolean,
  alive: Alive
): Promise<void> => {
  const { content } = await filesOf({ actor: job.actor, role: job.role as StaffRole }).open(job.fileId ?? '')
  const by: InventoryActor = {
    actor: job.actor,
    ip: job.ip,
    action: 'importNumbers',
    reason: `${job.fileName}, job ${job.id}`
  }
  const find = await companyFinder(db)
  for await (const chunk of chunksOf(content)) {
    await stillOurs(alive)
    await db.transaction(async trx => {
      const last = await lastLine(trx, job.id)
      const rest = chunk.filter(({ line }) => line > last)
      if (rest.length > 0) await record(trx, job.id, await importLines(trx, rest, find, by, dryRun))
    })
  }
}

async function* reportOf(db: PluginDatabase, jobId: string): AsyncGenerator<string> {
  yield stringify([['line', 'number', 'outcome', 'code', 'message']], { record_delimiter: '\r\n' })
  for (let after = 0; ; ) {
    const rows = await db.all<LineResult>(
      `select line, number, outcome, code, message from {did_job_line} where job_id = ? and line > ?
       order by line limit 1000`,
      [jobId, after]
    )
    if (rows.length === 0) return
    yield stringify(
      rows.map(row => [row.line, shielded(row.number), row.outcome, row.code ?? '', shielded(row.message)]),
      { record_delimiter: '\r\n', quoted_match: /[\r\n]/ }
    )
    after = (rows.at(-1) as LineResult).line
  }
}

async function* inventoryOf(
  db: PluginDatabase,
  job: NumberJob,
  filter: NumberFilter,
  alive: Alive
): AsyncGenerator<string> {
  yield stringify([numberColumns.map(({ name }) => name)], { record_delimiter: '\r\n' })
  let after: string | null = null
  let lines = 0
  do {
    const page = await listNumbers(db, filter, { first: 500, after })
    const views = await viewsOf(db, page.records)
    lines += views.length
    if (views.length > 0) {
      yield stringify(
        views.map(view => numberColumns.map(column => column.write(view))),
        { record_delimiter: '\r\n', quoted_match: /[\r\n]/ }
      )
    }
    if (lines % 10_000 === 0 || !page.pageInfo.hasNextPage) {
      await stillOurs(alive)
      await setJob(db, job.id, 'RUNNING', { lines })
    }
    after = page.pageInfo.hasNextPage ? page.pageInfo.endCursor : null
  } while (after !== null)
}

const fileOf = async (
  { filesOf }: PluginTaskServices,
  job: NumberJob,
  name: string,
  content: AsyncIterable<string>
): Promise<string> => {
  const files = filesOf({ actor: job.actor, role: job.role as StaffRole })
  return (await files.create({ name, contentType: 'text/csv; charset=utf-8' }, content)).id
}

/** Writes the report, and keeps of the lines only the first that were refused. */
const report = async (services: PluginTaskServices, job: NumberJob, state: 'DONE' | 'REFUSED'): Promise<void> => {
  const { db } = services
  const file = await fileOf(services, job, `numbers-report-${job.id}.csv`, reportOf(db, job.id))
  await db.transaction(async trx => {
    const refused = `from {did_job_line} where job_id = ? and outcome = 'REFUSED'`
    const [beyond] = await trx.all<{ line: number }>(`select line ${refused} order by line limit 1 offset 100`, [
      job.id
    ])
    await trx.run(`delete from {did_job_line} where job_id = ? and (outcome <> 'REFUSED' or line >= ?)`, [
      job.id,
      beyond?.line ?? 2_147_483_647
    ])
    await setJob(trx, job.id, state, { result_file_id: file })
  })
}

const runImport = async (services: PluginTaskServices, job: NumberJob, alive: Alive): Promise<void> => {
  const { db } = services
  if (job.state !== 'RUNNING') {
    await startOver(db, job.id, 'CHECKING')
    await allLines(services, job, true, alive)
    const { refused, created, assigned, changed } = await findJob(db, job.id)
    if (job.kind === 'DRY_RUN') return report(services, job, 'DONE')
    if (refused > 0 && !(job.input as { readonly skipRefused: boolean }).skipRefused) {
      return report(services, job, 'REFUSED')
    }
    if (created + assigned + changed === 0) return report(services, job, 'DONE')
    await startOver(db, job.id, 'RUNNING')
  }
  await allLines(services, job, false, alive)
  await report(services, job, 'DONE')
}

const runExport = async (services: PluginTaskServices, job: NumberJob, alive: Alive): Promise<void> => {
  const { filter } = job.input as { readonly filter: NumberFilter }
  await setJob(services.db, job.id, 'RUNNING', { lines: 0 })
  const content = inventoryOf(services.db, job, filter, alive)
  const file = await fileOf(services, job, `numbers-${job.createdAt.slice(0, 10)}.csv`, content)
  await setJob(services.db, job.id, 'DONE', { result_file_id: file })
}

const ended: readonly string[] = ['DONE', 'REFUSED', 'FAILED']
/** What another attempt would not change. */
const lasting: readonly string[] = ['BAD_USER_INPUT', 'NOT_FOUND', 'PAYLOAD_TOO_LARGE', 'CAPACITY_EXCEEDED']

/** Imports and exports of numbers. A run that was killed goes on behind the last line it had finished. */
export const numberTask: PluginTask = {
  name: jobTask,
  async run(services, payload, _at, alive) {
    const job = await findJob(services.db, (payload as { readonly jobId: string }).jobId)
    if (ended.includes(job.state)) return
    try {
      await (job.kind === 'EXPORT' ? runExport : runImport)(services, job, alive)
    } catch (error) {
      if (error instanceof Overtaken) return
      if (!(error instanceof PortalError) || !lasting.includes(error.code)) throw error
      await setJob(services.db, job.id, 'FAILED', { error: error.message })
    }
  },
  async gaveUp({ db }, payload) {
    await setJob(db, (payload as { readonly jobId: string }).jobId, 'FAILED', {
      error: 'It failed several times and was given up; what its counts say is done. See the log, then start it again.'
    })
  }
}
