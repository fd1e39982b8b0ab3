import { gunzipSync, gzipSync } from 'node:zlib'
import { stringify } from 'csv-stringify/sync'
import { badInput, type CompanyScope, type PluginDatabase } from '../../core/plugin-api.ts'
import { defaultLiveMonths, monthName, monthStart } from './range.ts'

/** Calls moved in one transaction; each is a gzip member of its own, and their concatenation is one gzip file. */
const partCalls = 2_000

const liveMonthsSetting = 'live_months'

/** How many whole months of calls stay live besides the current one. */
export const liveMonths = async (db: PluginDatabase): Promise<number> => {
  const row: { value: number | string } | undefined = await db
    .from('cdr_setting')
    .where('name', liveMonthsSetting)
    .first('value')
  return row ? Number(row.value) : defaultLiveMonths
}

/** Takes effect with the next run of the archive job. @throws PortalError BAD_USER_INPUT */
export const setLiveMonths = async (db: PluginDatabase, months: unknown): Promise<void> => {
  if (!Number.isInteger(months) || (months as number) < defaultLiveMonths || (months as number) > 120) {
    throw badInput('months', `must be ${defaultLiveMonths} to 120`)
  }
  await db.run(
    'insert into {cdr_setting} (name, value) values (?, ?) on conflict (name) do update set value = excluded.value',
    [liveMonthsSetting, months]
  )
}

type Stored = Readonly<Record<string, string | number | null>>

const times = new Set(['started_at', 'answered_at', 'ended_at'])

const amounts = ['rate', 'connect_cost', 'charge'] as const

/** A stored leg as a line of an archive: column names and units of the table, times in ISO-8601. */
const line = (row: Stored): Stored =>
  Object.fromEntries(
    Object.entries(row)
      .filter(([name]) => name !== 'company_id')
      .map(([name, value]) => [name, times.has(name) && value !== null ? new Date(Number(value)).toISOString() : value])
  )

/** Moves the company's oldest calls before `before` into its archive, at most one part; resolves to how many. */
const archivePart = (db: PluginDatabase, companyId: string, before: number, at: number): Promise<number> =>
  db.transaction(async trx => {
    const oldest: { started_at: number | string } | undefined = await trx
      .from('cdr_call')
      .where('company_id', companyId)
      .where('started_at', '<', before)
      .orderBy('started_at')
      .first('started_at')
    if (!oldest) return 0
    const from = monthStart(Number(oldest.started_at))
    const month = monthName(from)
    const rows: Stored[] = await trx
      .from('cdr_call')
      .where('company_id', companyId)
      .where('started_at', '>=', from)
      .where('started_at', '<', monthStart(from, -1))
      .orderBy([{ column: 'started_at' }, { column: 'id' }])
      .limit(partCalls)
      // A correction that comes now waits, and then finds the call archived.
      .forUpdate()
      .select('*')
      .select(amounts.map(name => trx.raw('cast(?? as text) as ??', [name, name])))
    // All corrected this moment; the next run finds them again.
    if (rows.length === 0) return 0
    const last: { part: number | null } = await trx
      .from('cdr_archive')
      .where({ company_id: companyId, month })
      .max('part as part')
      .first()
    const part = (last.part ?? 0) + 1
    const csv = stringify(rows.map(line), { header: part === 1, record_delimiter: '\r\n' })
    await trx.insertMany('cdr_archive', [
      {
        company_id: companyId,
        month,
        part,
        calls: rows.length,
        created_at: at,
        content: gzipSync(csv).toString('base64')
      }
    ])
    const ids = rows.map(row => String(row.id))
    await trx.insertMany(
      'cdr_archived_leg',
      ids.map(id => ({ id })),
      ['id']
    )
    await trx.from('cdr_call').whereIn('id', ids).delete()
    return rows.length
  })

/**
 * Moves calls before the live months of every company into archives; roll-ups stay. Killed at any point it leaves each
 * call in exactly one place, and the next run goes on.
 */
export const archiveCalls = async (db: PluginDatabase, at: number): Promise<void> => {
  const before = monthStart(at, await liveMonths(db))
  const companies = await db.all<{ company_id: string }>('select distinct company_id from {cdr_hourly}')
  for (const { company_id } of companies) {
    // Refused before they move: no page ever sees a month by halves. What is archived does not become live again.
    await db.run(
      `insert into {cdr_window} (company_id, live_from) values (?, ?) on conflict (company_id) do update
       set live_from = excluded.live_from where excluded.live_from > {cdr_window}.live_from`,
      [company_id, before]
    )
    const window: { live_from: number | string } = await db
      .from('cdr_window')
      .where('company_id', company_id)
      .first('live_from')
    while ((await archivePart(db, company_id, Number(window.live_from), at)) > 0);
  }
}

/** The company's archive of a month (`2026-03`) as CSV; undefined when there is none. For jobs and tests. */
export const readArchive = async (scope: Pick<CompanyScope, 'from'>, month: string): Promise<string | undefined> => {
  const parts: { content: string }[] = await scope
    .from('cdr_archive')
    .where('month', month)
    .orderBy('part')
    .select('content')
  if (parts.length === 0) return undefined
  return gunzipSync(Buffer.concat(parts.map(({ content }) => Buffer.from(content, 'base64')))).toString()
}
