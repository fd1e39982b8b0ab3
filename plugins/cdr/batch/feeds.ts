import { badInput, type PluginDatabase } from '../../../core/plugin-api.ts'
import { day } from '../range.ts'
import { firstOf, type Paging, pageOf, positionOf } from './batch-store.ts'
import { isWaitedFor, type Silence, silentSince } from './silence.ts'

/**
 * Notes the last call of each feed and company. Received is now, though it be before what is stored: a clock that ran ahead and
 * was set back must not keep an alarm from beginning.
 */
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
     on conflict (source) do update set received_at = excluded.received_at, ${later('cdr_feed', 'last_start')},
     day_calls = excluded.day_calls + case when {cdr_feed}.day = excluded.day then {cdr_feed}.day_calls else 0 end,
     day = excluded.day`,
    [at, today, JSON.stringify([...sources].map(([source, { last, calls }]) => [source, last, calls]))]
  )
  await trx.run(
    `insert into {cdr_company_feed} (company_id, received_at, last_start)
     select ${read(0, 'text')}, cast(? as bigint), ${read(1, 'bigint')} from ${each} where true
     on conflict (company_id) do update set received_at = excluded.received_at, ${later('cdr_company_feed', 'last_start')}`,
    [at, JSON.stringify([...companies].map(([id, { last }]) => [id, last]))]
  )
}

/** A source of calls and whether it still speaks. */
export interface Feed extends Silence {
  readonly source: string
  readonly receivedAt: number | null
  readonly lastStart: number | null
  /** Loaded since the start of the UTC day. */
  readonly callsToday: number
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

const feedFrom = (row: FeedRow, at: number): Feed => ({
  source: row.source,
  receivedAt: maybe(row.received_at),
  lastStart: maybe(row.last_start),
  callsToday: Number(row.day) === at - (at % day) ? Number(row.day_calls) : 0,
  silenceMinutes: row.silence_minutes,
  silentSince: silentSince(row, at),
  version: row.version
})

/** One feed; null when it never brought a call. */
export const feedOf = async (db: PluginDatabase, at: number, source: string): Promise<Feed | null> => {
  const row: FeedRow | undefined = await db.from('cdr_feed').where({ source }).first('*')
  return row ? feedFrom(row, at) : null
}

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

/** A company's calls and whether they still come. */
export interface CompanyFeed extends Silence {
  readonly companyId: string
  /** Null: the company is gone. */
  readonly name: string | null
  readonly receivedAt: number
  readonly lastStart: number
}

interface CompanyFeedRow {
  readonly company_id: string
  readonly received_at: Int
  readonly last_start: Int
  readonly silence_minutes: number | null
  readonly version: number
}

/** Companies by when a call of theirs last came, the longest silence first. */
export const listCompanyFeeds = async (
  db: PluginDatabase,
  at: number,
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
  const companies = await db.companies(rows.map(row => row.company_id))
  return pageOf(
    rows,
    first,
    row => [Number(row.received_at), row.company_id],
    (row): CompanyFeed => ({
      companyId: row.company_id,
      name: companies.get(row.company_id)?.name ?? null,
      receivedAt: Number(row.received_at),
      lastStart: Number(row.last_start),
      silenceMinutes: row.silence_minutes,
      silentSince: isWaitedFor(companies.get(row.company_id)) ? silentSince(row, at) : null,
      version: row.version
    })
  )
}
