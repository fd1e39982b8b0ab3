import { badInput, type PluginDatabase, PortalError } from '../../../core/plugin-api.ts'
import { day } from '../range.ts'
import { newBatchId } from './batch.ts'
import { firstOf, type Paging, pageOf, positionOf } from './batch-store.ts'

const minute = 60_000
/** Longest silence that can be waited for, minutes. */
const mostSilence = 44_640

/** Notes the last call of each feed and company. */
export const recordFeeds = async (
  trx: PluginDatabase,
  sources: ReadonlyMap<string, { readonly last: number; readonly calls: number }>,
  companies: ReadonlyMap<string, { readonly last: number }>,
  at: number
): Promise<void> => {
  const today = at - (at % day)
  const sqlite = trx.dialect === 'sqlite'
  const each = sqlite ? 'json_each(?)' : 'json_array_elements(cast(? as json)) as each(value)'
  const read = (i: number, type: string) =>
    sqlite ? `json_extract(value, '$[${i}]')` : `cast(value ->> ${i} as ${type})`
  const later = (table: string, name: string) =>
    `${name} = case when {${table}}.${name} > excluded.${name} then {${table}}.${name} else excluded.${name} end`
  await trx.run(
    `insert into {cdr_feed} (source, received_at, last_start, day, day_calls)
     select ${read(0, 'text')}, cast(? as bigint), ${read(1, 'bigint')}, cast(? as bigint), ${read(2, 'bigint')} from ${each} where true
     on conflict (source) do update set ${later('cdr_feed', 'received_at')}, ${later('cdr_feed', 'last_start')},
     day_calls = excluded.day_calls + case when {cdr_feed}.day = excluded.day then {cdr_feed}.day_calls else 0 end,
     day = excluded.day`,
    [at, today, JSON.stringify([...sources].map(([source, { last, calls }]) => [source, last, calls]))]
  )
  await trx.run(
    `insert into {cdr_company_feed} (company_id, received_at, last_start)
     select ${read(0, 'text')}, cast(? as bigint), ${read(1, 'bigint')} from ${each} where true
     on conflict (company_id) do update set ${later('cdr_company_feed', 'received_at')}, ${later('cdr_company_feed', 'last_start')}`,
    [at, JSON.stringify([...companies].map(([id, { last }]) => [id, last]))]
  )
}

/** A source of calls and whether it still speaks. */
export interface Feed {
  readonly source: string
  readonly receivedAt: number | null
  readonly lastStart: number | null
  /** Loaded since the start of the UTC day. */
  readonly callsToday: number
  /** Minutes without a call after which it counts as silent; null: never. */
  readonly silenceMinutes: number | null
  readonly silentSince: number | null
  readonly version: number
}

type Int = number | string
interface FeedRow {
  readonly source: string
  readonly received_at: Int | null
  readonly last_start: Int | null
  readonly day: Int
  readonly day_calls: Int
  readonly silence_minutes: number | null
  readonly version: number
}

const maybe = (value: Int | null): number | null => (value === null ? null : Number(value))

/** When a feed became silent; null while it is not. */
const silentSince = (row: FeedRow, at: number): number | null => {
  if (row.silence_minutes === null || row.received_at === null) return null
  const since = Number(row.received_at) + row.silence_minutes * minute
  return since <= at ? since : null
}

const feedFrom = (row: FeedRow, at: number): Feed => ({
  source: row.source,
  receivedAt: maybe(row.received_at),
  lastStart: maybe(row.last_start),
  callsToday: Number(row.day) === at - (at % day) ? Number(row.day_calls) : 0,
  silenceMinutes: row.silence_minutes,
  silentSince: silentSince(row, at),
  version: row.version
})

/** Every feed that ever brought a call, by name. */
export const listFeeds = async (db: PluginDatabase, at: number, paging: Paging) => {
  const first = firstOf(paging)
  const after = positionOf(paging, ['string'])
  const query = db
    .from('cdr_feed')
    .orderBy('source')
    .limit(first + 1)
    .select('*')
  if (after !== null) query.where('source', '>', after[0]!)
  const rows: FeedRow[] = await query
  const [counted]: { n: Int }[] = await db.from('cdr_feed').count({ n: '*' })
  return {
    ...pageOf(
      rows,
      first,
      row => [row.source],
      row => feedFrom(row, at)
    ),
    totalCount: Number(counted!.n)
  }
}

/** The feeds heard of last, at most `most`; for the metrics page. */
export const latestFeeds = async (db: PluginDatabase, at: number, most: number): Promise<readonly Feed[]> => {
  const rows: FeedRow[] = await db
    .from('cdr_feed')
    .orderBy('received_at', 'desc')
    .orderBy('source')
    .limit(most)
    .select('*')
  return rows.map(row => feedFrom(row, at))
}

/**
 * After how many minutes without a call a feed is silent; null: never.
 * @throws PortalError NOT_FOUND, CONFLICT, BAD_USER_INPUT
 */
export const setSilence = async (
  db: PluginDatabase,
  source: string,
  minutes: number | null,
  by: { readonly actor: string; readonly ip: string; readonly expectedVersion?: number | null; readonly at: number }
): Promise<Feed> => {
  if (minutes !== null && (!Number.isInteger(minutes) || minutes < 5 || minutes > mostSilence))
    throw badInput('minutes', `must be 5 to ${mostSilence}, or null for no alarm`)
  if (source.includes('\0')) throw new PortalError('NOT_FOUND', 'There is no such feed.')
  return db.transaction(async trx => {
    const lock = trx.dialect === 'postgresql' ? ' for update' : ''
    const [row] = await trx.all<FeedRow>(`select * from {cdr_feed} where source = ?${lock}`, [source])
    if (!row) throw new PortalError('NOT_FOUND', 'There is no such feed.')
    if (by.expectedVersion != null && by.expectedVersion !== row.version) throw new PortalError('CONFLICT')
    if (row.silence_minutes === minutes) return feedFrom(row, by.at)
    await trx.run('update {cdr_feed} set silence_minutes = ?, version = version + 1 where source = ?', [
      minutes,
      source
    ])
    await trx.audit({
      actor: by.actor,
      ip: by.ip,
      action: 'setCallFeedSilence',
      target: source,
      before: { silenceMinutes: row.silence_minutes },
      after: { silenceMinutes: minutes }
    })
    return feedFrom({ ...row, silence_minutes: minutes, version: row.version + 1 }, by.at)
  })
}

/** A feed that became silent, or speaks again. */
export interface FeedChange {
  readonly source: string
  readonly silent: boolean
  readonly receivedAt: number | null
}

/** Starts and ends alarms. Resolves to what changed. Run by one process at a time. */
export const watchFeeds = (db: PluginDatabase, at: number): Promise<readonly FeedChange[]> =>
  db.transaction(async trx => {
    const feeds = await trx.all<FeedRow>('select * from {cdr_feed} where silence_minutes is not null order by source')
    const open = new Map(
      (
        await trx.all<{ id: string; source: string }>('select id, source from {cdr_feed_alarm} where until_at is null')
      ).map(({ id, source }) => [source, id])
    )
    const changes: FeedChange[] = []
    for (const row of feeds) {
      const since = silentSince(row, at)
      const receivedAt = maybe(row.received_at)
      const id = open.get(row.source)
      open.delete(row.source)
      if (since !== null && id === undefined) {
        await trx.insertMany('cdr_feed_alarm', [{ id: newBatchId(), source: row.source, from_at: since }])
        changes.push({ source: row.source, silent: true, receivedAt })
      } else if (since === null && id !== undefined) {
        await trx.run('update {cdr_feed_alarm} set until_at = ? where id = ?', [at, id])
        changes.push({ source: row.source, silent: false, receivedAt })
      }
    }
    // Nobody asks about these any more.
    for (const id of open.values()) await trx.run('update {cdr_feed_alarm} set until_at = ? where id = ?', [at, id])
    return changes
  })

interface AlarmRow {
  readonly id: string
  readonly source: string
  readonly from_at: Int
  readonly until_at: Int | null
}

/** Alarms of one feed, or of all, newest first. */
export const listAlarms = async (db: PluginDatabase, source: string | null, paging: Paging) => {
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
  if (source !== null) query.where('source', source)
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
    row => ({ source: row.source, from: Number(row.from_at), until: maybe(row.until_at) })
  )
}

interface CompanyFeedRow {
  readonly company_id: string
  readonly received_at: Int
  readonly last_start: Int
}

/** Companies by when a call of theirs last came, the longest silence first. */
export const listCompanyFeeds = async (
  db: PluginDatabase,
  paging: Paging & { readonly companyIds?: readonly string[] | null }
) => {
  const first = firstOf(paging)
  const after = positionOf(paging, ['number', 'string'])
  const { companyIds } = paging
  if (companyIds && companyIds.length > 500) throw badInput('companyIds', 'at most 500 companies')
  const query = db
    .from('cdr_company_feed')
    .orderBy(['received_at', 'company_id'])
    .limit(first + 1)
    .select('*')
  if (companyIds)
    query.whereIn(
      'company_id',
      companyIds.filter(id => !id.includes('\0'))
    )
  if (after !== null)
    query.where(place =>
      place
        .where('received_at', '>', after[0]!)
        .orWhere(same => same.where('received_at', after[0]!).where('company_id', '>', after[1]!))
    )
  const rows: CompanyFeedRow[] = await query
  const names = await db.companies(rows.map(row => row.company_id))
  return pageOf(
    rows,
    first,
    row => [Number(row.received_at), row.company_id],
    row => ({
      companyId: row.company_id,
      name: names.get(row.company_id)?.name ?? null,
      receivedAt: Number(row.received_at),
      lastStart: Number(row.last_start)
    })
  )
}
