import { gunzipSync, gzipSync } from 'node:zlib'
import { stringify } from 'csv-stringify/sync'
import type { CompanyScope, PluginDatabase } from '../../core/plugin-api.ts'
import { forgetOldMonths } from './forget-months.ts'
import { monthName, monthStart } from './range.ts'
import { readRetention } from './retention.ts'

/**
 * Calls moved in one transaction: few, for a month of millions takes hours, and whoever else writes or asks waits for one.
 * Each part is a gzip member of its own, and their concatenation is one gzip file.
 */
const partCalls = 500

type Stored = Readonly<Record<string, string | number | null>>

const times = new Set(['started_at', 'answered_at', 'ended_at'])

const amounts = ['rate', 'connect_cost', 'charge'] as const

/** A stored leg as a line of an archive: column names and units of the table, times in ISO-8601. */
const line = (row: Stored): Stored =>
  Object.fromEntries(
    Object.entries(row)
      .filter(([name]) => name !== 'company_id' && name !== 'batch')
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
    await countArchived(trx, rows, month)
    return rows.length
  })

/** A batch is being undone: what it takes out must not move meanwhile. */
class BatchBusy extends Error {}

/** Tells the batches that these calls are beyond an undo. */
const countArchived = async (trx: PluginDatabase, rows: readonly Stored[], month: string): Promise<void> => {
  const counts = new Map<number, number>()
  for (const { batch } of rows)
    if (batch !== null && batch !== undefined) counts.set(Number(batch), (counts.get(Number(batch)) ?? 0) + 1)
  for (const [batch, calls] of [...counts].sort(([a], [b]) => a - b)) {
    const counted = await trx.run(
      `update {cdr_batch} set archived = archived + ?, archived_to = case when archived_to > ? then archived_to else ? end
       where number = ? and state <> 'UNDOING'`,
      [calls, month, month, batch]
    )
    if (counted === 0) throw new BatchBusy()
  }
}

/** Companies that ever had calls, one by one along the key: the sums of years are too many to be read for their names. */
async function* companiesWithSums(db: PluginDatabase): AsyncGenerator<string> {
  for (let after = ''; ; ) {
    const [next] = await db.all<{ company_id: string | null }>(
      'select min(company_id) as company_id from {cdr_hourly} where company_id > ?',
      [after]
    )
    if (next?.company_id == null) return
    yield next.company_id
    after = next.company_id
  }
}

/**
 * Moves calls before the live months of every company into archives; roll-ups stay. Killed at any point it leaves each
 * call in exactly one place, and the next run goes on. A shorter time comes into force when it was waited for.
 */
export const archiveCalls = async (db: PluginDatabase, at: number): Promise<void> => {
  const { liveMonthsNow, keptMonths, waitsUntil } = await readRetention(db, at)
  const before = monthStart(at, liveMonthsNow)
  for await (const company_id of companiesWithSums(db)) {
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
    try {
      while ((await archivePart(db, company_id, Number(window.live_from), at)) > 0);
    } catch (error) {
      // The next run finds them, or finds them undone.
      if (!(error instanceof BatchBusy)) throw error
    }
  }
  if (keptMonths !== null && waitsUntil === null) await forgetOldMonths(db, monthStart(at, keptMonths))
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
