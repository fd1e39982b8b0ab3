import { stringify } from 'csv-stringify/sync'
import {
  type Alive,
  orStop,
  type PluginDatabase,
  type PluginTask,
  type PluginTaskServices,
  PortalError,
  type StaffRole,
  Stopped,
  shielded
} from '../../core/plugin-api.ts'
import { companyFinder, numberColumns } from './number-csv.ts'
import { importNumberLines, type NumberLineResult, readNumberLines } from './number-import.ts'
import { findJob, type JobCounts, jobTask, mostProblems, type NumberJob, setJob } from './number-jobs.ts'
import { listNumbers, type NumberFilter } from './number-list.ts'
import { viewsOf } from './number-view.ts'
import type { InventoryActor, NumberOutcome } from './number-writes.ts'

type Phase = 'CHECKING' | 'RUNNING'

const noCounts: JobCounts = { lines: 0, created: 0, assigned: 0, changed: 0, unchanged: 0, refused: 0 }

const csv = (rows: readonly (readonly (string | number)[])[]): string =>
  stringify(rows as (string | number)[][], { record_delimiter: '\r\n', quoted_match: /[\r\n]/ })

/** Keeps what became of lines: their part of the report, the first that were refused, and the counts. */
const record = async (db: PluginDatabase, jobId: string, results: readonly NumberLineResult[]): Promise<void> => {
  const rows = results.map(({ line, number, outcome, code, message }) => [
    ...[line, shielded(number), outcome, code ?? ''],
    shielded(message ?? '')
  ])
  await db.insertMany('did_job_part', [
    { job_id: jobId, line: (results.at(-1) as NumberLineResult).line, report: csv(rows) }
  ])
  const count = (outcome: NumberOutcome): number => results.filter(result => result.outcome === outcome).length
  const refused = results.filter(({ outcome }) => outcome === 'REFUSED')
  if (refused.length > 0) {
    const room = mostProblems - (await findJob(db, jobId)).refused
    await db.insertMany(
      'did_job_line',
      refused.slice(0, Math.max(0, room)).map(result => ({ job_id: jobId, ...result }))
    )
  }
  await db.run(
    `update {did_job} set lines = lines + ?, created = created + ?, assigned = assigned + ?, changed = changed + ?,
       unchanged = unchanged + ?, refused = refused + ? where id = ?`,
    [results.length, count('CREATED'), count('ASSIGNED'), count('CHANGED'), count('UNCHANGED'), refused.length, jobId]
  )
}

/**
 * The last line that has been dealt with in this phase. On PostgreSQL a run that lost its lease waits here.
 * @throws Stopped when another run has taken the job into another phase
 */
const lastLine = async (db: PluginDatabase, jobId: string, phase: Phase): Promise<number> => {
  const lock = db.dialect === 'postgresql' ? ' for update' : ''
  const [job] = await db.all<{ state: string }>(`select state from {did_job} where id = ?${lock}`, [jobId])
  if (job?.state !== phase) throw new Stopped()
  const [part] = await db.all<{ line: number | null }>(
    'select max(line) as line from {did_job_part} where job_id = ?',
    [jobId]
  )
  return part?.line ?? 0
}

const startOver = (db: PluginDatabase, jobId: string, phase: Phase): Promise<void> =>
  db.transaction(async trx => {
    for (const table of ['did_job_part', 'did_job_line'])
      await trx.run(`delete from {${table}} where job_id = ?`, [jobId])
    await setJob(trx, jobId, phase, noCounts)
  })

/** Every line once, from where an earlier run of the same job stopped. */
const allLines = async (
  { db, filesOf }: PluginTaskServices,
  job: NumberJob,
  phase: Phase,
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
  let last = await db.transaction(trx => lastLine(trx, job.id, phase))
  for await (const chunk of readNumberLines(content)) {
    const lines = chunk.filter(({ line }) => line > last)
    if (lines.length === 0) continue
    await orStop(alive)
    // A check holds nobody up: only what it found is written.
    const checked = phase === 'CHECKING' ? await importNumberLines(db, lines, find, by, true) : null
    last = await db.transaction(async trx => {
      const done = await lastLine(trx, job.id, phase)
      // Another run has started over.
      if (done < last) throw new Stopped()
      const rest = lines.filter(({ line }) => line > done)
      if (rest.length === 0) return done
      const results =
        checked?.filter(({ line }) => line > done) ?? (await importNumberLines(trx, rest, find, by, false))
      await record(trx, job.id, results)
      return (rest.at(-1) as (typeof rest)[number]).line
    })
  }
}

async function* reportOf(db: PluginDatabase, jobId: string, alive: Alive): AsyncGenerator<string> {
  yield csv([['line', 'number', 'outcome', 'code', 'message']])
  for (let after = 0; ; ) {
    await orStop(alive)
    const [part] = await db.all<{ line: number; report: string }>(
      'select line, report from {did_job_part} where job_id = ? and line > ? order by line limit 1',
      [jobId, after]
    )
    if (part === undefined) return
    yield part.report
    after = part.line
  }
}

async function* inventoryOf(
  db: PluginDatabase,
  job: NumberJob,
  filter: NumberFilter,
  alive: Alive
): AsyncGenerator<string> {
  yield csv([numberColumns.map(({ name }) => name)])
  let after: string | null = null
  let lines = 0
  do {
    const page = await listNumbers(db, filter, { first: 500, after })
    const views = await viewsOf(db, page.records)
    lines += views.length
    if (views.length > 0) yield csv(views.map(view => numberColumns.map(column => column.write(view))))
    await orStop(alive)
    if (lines % 10_000 === 0 || !page.pageInfo.hasNextPage) {
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

/** Makes a file of the report's parts. */
const report = async (
  services: PluginTaskServices,
  job: NumberJob,
  state: 'DONE' | 'REFUSED',
  alive: Alive
): Promise<void> => {
  const { db } = services
  const file = await fileOf(services, job, `numbers-report-${job.id}.csv`, reportOf(db, job.id, alive))
  await db.transaction(async trx => {
    await trx.run('delete from {did_job_part} where job_id = ?', [job.id])
    await setJob(trx, job.id, state, { result_file_id: file })
  })
}

const runImport = async (services: PluginTaskServices, job: NumberJob, alive: Alive): Promise<void> => {
  const { db } = services
  if (job.state !== 'RUNNING') {
    await startOver(db, job.id, 'CHECKING')
    await allLines(services, job, 'CHECKING', alive)
    const { refused, created, assigned, changed } = await findJob(db, job.id)
    if (job.kind === 'DRY_RUN') return report(services, job, 'DONE', alive)
    if (refused > 0 && !(job.input as { readonly skipRefused: boolean }).skipRefused) {
      return report(services, job, 'REFUSED', alive)
    }
    if (created + assigned + changed === 0) return report(services, job, 'DONE', alive)
    await startOver(db, job.id, 'RUNNING')
  }
  await allLines(services, job, 'RUNNING', alive)
  await report(services, job, 'DONE', alive)
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
      if (error instanceof Stopped) return
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
