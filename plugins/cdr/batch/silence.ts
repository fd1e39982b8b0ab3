import { badInput, type CompanyFacts, type PluginDatabase, PortalError } from '../../../core/plugin-api.ts'
import { newBatchId } from './batch.ts'
import { firstOf, type Paging, pageOf, positionOf } from './batch-store.ts'

const minute = 60_000
/** Longest silence that can be waited for, minutes. */
const mostSilence = 44_640

/** Whose calls are waited for: a source's or a company's. */
export type FeedKind = 'SOURCE' | 'COMPANY'

const feeds = {
  SOURCE: { table: 'cdr_feed', key: 'source', action: 'setCallFeedSilence' },
  COMPANY: { table: 'cdr_company_feed', key: 'company_id', action: 'setCompanyCallSilence' }
} as const

/** Whether somebody still speaks. */
export interface Silence {
  /** Minutes without a call after which it counts as silent; null: never. */
  readonly silenceMinutes: number | null
  readonly silentSince: number | null
  readonly version: number
}

type Int = number | string
interface FeedRow {
  readonly subject: string
  readonly received_at: Int | null
  readonly silence_minutes: number | null
  readonly version: number
}

/** Since when there is silence; null while there is none. */
export const silentSince = (row: Pick<FeedRow, 'received_at' | 'silence_minutes'>, at: number): number | null => {
  if (row.silence_minutes === null || row.received_at === null) return null
  const since = Number(row.received_at) + row.silence_minutes * minute
  return since <= at ? since : null
}

/** Whether calls of a company are waited for: from a closed one none is. */
export const isWaitedFor = (company: Pick<CompanyFacts, 'status'> | undefined): boolean =>
  company?.status !== 'INACTIVE'

/**
 * After how many minutes without a call a source or a company is silent; null: never.
 * @throws PortalError NOT_FOUND, CONFLICT, BAD_USER_INPUT
 */
export const setSilence = async (
  db: PluginDatabase,
  kind: FeedKind,
  subject: string,
  minutes: number | null,
  by: { readonly actor: string; readonly ip: string; readonly expectedVersion?: number | null }
): Promise<void> => {
  const { table, key, action } = feeds[kind]
  if (minutes !== null && (!Number.isInteger(minutes) || minutes < 5 || minutes > mostSilence))
    throw badInput('minutes', `must be 5 to ${mostSilence}, or null for no alarm`)
  const unknown = () =>
    new PortalError(
      'NOT_FOUND',
      kind === 'SOURCE' ? 'There is no such feed.' : 'There is no such company, or it never had a call.'
    )
  if (subject.includes('\0')) throw unknown()
  await db.transaction(async trx => {
    const lock = trx.dialect === 'postgresql' ? ' for update' : ''
    const [row] = await trx.all<FeedRow>(`select silence_minutes, version from {${table}} where ${key} = ?${lock}`, [
      subject
    ])
    if (!row) throw unknown()
    if (by.expectedVersion != null && by.expectedVersion !== row.version) throw new PortalError('CONFLICT')
    if (row.silence_minutes === minutes) return
    await trx.run(`update {${table}} set silence_minutes = ?, version = version + 1 where ${key} = ?`, [
      minutes,
      subject
    ])
    await trx.audit({
      actor: by.actor,
      ip: by.ip,
      action,
      target: subject,
      ...(kind === 'COMPANY' ? { companyId: subject } : {}),
      before: { silenceMinutes: row.silence_minutes },
      after: { silenceMinutes: minutes }
    })
  })
}

/** A source or a company that became silent, or speaks again. */
export interface FeedChange {
  readonly kind: FeedKind
  readonly subject: string
  readonly silent: boolean
  readonly receivedAt: number | null
}

const watch = async (trx: PluginDatabase, kind: FeedKind, at: number): Promise<readonly FeedChange[]> => {
  const { table, key } = feeds[kind]
  const rows = await trx.all<FeedRow>(
    `select ${key} as subject, received_at, silence_minutes, version from {${table}} where silence_minutes is not null order by ${key}`
  )
  const companies = kind === 'COMPANY' ? await trx.companies(rows.map(row => row.subject)) : null
  const watched = rows.filter(row => companies === null || isWaitedFor(companies.get(row.subject)))
  const open = new Map(
    (
      await trx.all<{ id: string; subject: string }>(
        'select id, subject from {cdr_feed_alarm} where until_at is null and kind = ?',
        [kind]
      )
    ).map(({ id, subject }) => [subject, id])
  )
  const end = (id: string) => trx.run('update {cdr_feed_alarm} set until_at = ? where id = ?', [at, id])
  const changes: FeedChange[] = []
  for (const row of watched) {
    const { subject } = row
    const since = silentSince(row, at)
    const receivedAt = row.received_at === null ? null : Number(row.received_at)
    const id = open.get(subject)
    open.delete(subject)
    if (since !== null && id === undefined) {
      await trx.insertMany('cdr_feed_alarm', [{ id: newBatchId(), kind, subject, from_at: since }])
      changes.push({ kind, subject, silent: true, receivedAt })
    } else if (since === null && id !== undefined) {
      await end(id)
      changes.push({ kind, subject, silent: false, receivedAt })
    }
  }
  // Nobody asks about these any more.
  for (const id of open.values()) await end(id)
  return changes
}

/** Starts and ends alarms. Resolves to what changed. Run by one process at a time. */
export const watchFeeds = (db: PluginDatabase, at: number): Promise<readonly FeedChange[]> =>
  db.transaction(async trx => [...(await watch(trx, 'SOURCE', at)), ...(await watch(trx, 'COMPANY', at))])

/** Companies that are silent now. */
export const silentCompanies = async (db: PluginDatabase): Promise<number> => {
  const [row] = await db.all<{ n: Int }>(
    `select count(*) as n from {cdr_feed_alarm} where until_at is null and kind = 'COMPANY'`
  )
  return Number(row!.n)
}

interface AlarmRow {
  readonly id: string
  readonly kind: FeedKind
  readonly subject: string
  readonly from_at: Int
  readonly until_at: Int | null
}

/** Alarms of a source or a company, or of all, newest first. */
export const listAlarms = async (
  db: PluginDatabase,
  of: { readonly kind: FeedKind; readonly subject: string } | null,
  paging: Paging
) => {
  const first = firstOf(paging)
  const after = positionOf(paging, ['number', 'string'])
  const query = db
    .from('cdr_feed_alarm')
    .orderBy([
      { column: 'from_at', order: 'desc' },
      { column: 'id', order: 'desc' }
    ])
    .limit(first + 1)
    .select('*')
  if (of !== null) query.where('kind', of.kind).where('subject', of.subject)
  if (after !== null)
    query.where(place =>
      place
        .where('from_at', '<', after[0]!)
        .orWhere(same => same.where('from_at', after[0]!).where('id', '<', after[1]!))
    )
  const rows: AlarmRow[] = await query
  return pageOf(
    rows,
    first,
    row => [Number(row.from_at), row.id],
    row => ({
      source: row.kind === 'SOURCE' ? row.subject : null,
      companyId: row.kind === 'COMPANY' ? row.subject : null,
      from: Number(row.from_at),
      until: row.until_at === null ? null : Number(row.until_at)
    })
  )
}
