import { randomBytes } from 'node:crypto'
import {
  badInput,
  formatInstant,
  type OperatorContext,
  type OperatorFile,
  type PluginDatabase,
  PortalError,
  type Row
} from '../../core/plugin-api.ts'

export type JobKind = 'IMPORT' | 'DRY_RUN' | 'EXPORT'
export type JobState = 'QUEUED' | 'CHECKING' | 'RUNNING' | 'DONE' | 'REFUSED' | 'FAILED'

/** Lines of a file by what became of them. */
export interface JobCounts {
  readonly lines: number
  readonly created: number
  readonly assigned: number
  readonly changed: number
  readonly unchanged: number
  readonly refused: number
}

/** An import or an export of numbers, as the operators' schema writes it. */
export interface NumberJob extends JobCounts {
  readonly id: string
  readonly kind: JobKind
  readonly state: JobState
  readonly error: string | null
  readonly fileId: string | null
  readonly fileName: string | null
  readonly actor: string
  readonly role: string
  readonly ip: string | null
  readonly input: unknown
  readonly createdAt: string
  readonly finishedAt: string | null
  readonly resultFileId: string | null
}

export const jobTask = 'numbers'
/** Refused lines of a job that are kept beside its report. */
export const mostProblems = 100
const keptMs = 90 * 86_400_000

const jobOf = (row: Row): NumberJob => ({
  id: String(row.id),
  kind: row.kind as JobKind,
  state: row.state as JobState,
  error: row.error as string | null,
  fileId: row.file_id as string | null,
  fileName: row.file_name as string | null,
  actor: String(row.actor),
  role: String(row.role),
  ip: row.ip as string | null,
  input: JSON.parse(String(row.input)),
  createdAt: formatInstant(Number(row.created_at)),
  finishedAt: row.finished_at === null ? null : formatInstant(Number(row.finished_at)),
  lines: Number(row.lines),
  created: Number(row.created),
  assigned: Number(row.assigned),
  changed: Number(row.changed),
  unchanged: Number(row.unchanged),
  refused: Number(row.refused),
  resultFileId: row.result_file_id as string | null
})

/** @throws PortalError NOT_FOUND */
export const findJob = async (db: PluginDatabase, id: string): Promise<NumberJob> => {
  const [row] = /^[A-Za-z0-9_-]{1,64}$/.test(id) ? await db.all('select * from {did_job} where id = ?', [id]) : []
  if (row === undefined) throw new PortalError('NOT_FOUND', 'There is no such job.')
  return jobOf(row)
}

/** One page of the jobs, newest first. */
export const listJobs = async (
  db: PluginDatabase,
  page: { readonly first?: number | null; readonly after?: string | null }
) => {
  const first = page.first ?? 50
  if (first < 1 || first > 500) throw badInput('first', 'must be 1 to 500')
  let behind = ''
  const bindings: (string | number)[] = []
  if (page.after != null) {
    const parts = /^(\d{1,15}) ([A-Za-z0-9_-]{1,64})$/.exec(Buffer.from(page.after, 'base64url').toString('latin1'))
    if (parts === null) throw badInput('after', 'is not a cursor of this list')
    behind = 'where (created_at, id) < (cast(? as bigint), ?)'
    bindings.push(parts[1] as string, parts[2] as string)
  }
  const rows = await db.all(
    `select * from {did_job} ${behind} order by created_at desc, id desc limit ${first + 1}`,
    bindings
  )
  const last = rows.slice(0, first).at(-1)
  return {
    nodes: rows.slice(0, first).map(jobOf),
    pageInfo: {
      endCursor: last ? Buffer.from(`${last.created_at} ${last.id}`, 'latin1').toString('base64url') : null,
      hasNextPage: rows.length > first
    }
  }
}

/** The first lines that were refused. */
export const problemsOf = (db: PluginDatabase, jobId: string) =>
  db.all(
    `select line, number, outcome, code, message from {did_job_line}
     where job_id = ? order by line`,
    [jobId]
  )

/** Puts a job in line. */
export const startJob = (
  { db, operator }: Pick<OperatorContext, 'db' | 'operator'>,
  kind: JobKind,
  { file, input }: { readonly file?: OperatorFile; readonly input: unknown }
): Promise<NumberJob> =>
  db.transaction(async trx => {
    const id = randomBytes(12).toString('base64url')
    const now = await trx.now()
    await trx.run('delete from {did_job} where created_at < ?', [now - keptMs])
    await trx.insertMany('did_job', [
      {
        id,
        kind,
        state: 'QUEUED',
        actor: operator.actor,
        role: operator.role,
        ip: operator.ip,
        input: JSON.stringify(input),
        file_id: file?.id ?? null,
        file_name: file?.name ?? null,
        created_at: now
      }
    ])
    await trx.enqueue(jobTask, { jobId: id })
    if (kind === 'EXPORT') {
      await trx.audit({
        actor: operator.actor,
        action: 'exportNumbers',
        target: `did-job:${id}`,
        ip: operator.ip,
        after: input
      })
    }
    return findJob(trx, id)
  })

/** Moves a job on; only what is named changes. */
export const setJob = async (
  db: PluginDatabase,
  id: string,
  state: JobState,
  more: Partial<JobCounts> & { readonly error?: string; readonly result_file_id?: string } = {}
): Promise<void> => {
  const ended = state === 'DONE' || state === 'REFUSED' || state === 'FAILED'
  const row = { ...more, state, ...(ended ? { finished_at: await db.now() } : {}) }
  await db.run(
    `update {did_job} set ${Object.keys(row)
      .map(column => `${column} = ?`)
      .join(', ')} where id = ?`,
    [...Object.values(row), id]
  )
}
