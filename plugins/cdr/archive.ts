import { gunzipSync } from 'node:zlib'
import type { Alive, CompanyScope, PluginDatabase } from '../../core/plugin-api.ts'
import { archivePart, BatchBusy } from './archive-part.ts'
import { forgetOldMonths } from './forget-months.ts'
import { monthStart } from './range.ts'
import { readRetention } from './retention.ts'

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
 * Moves calls before the live months of every company into archives; roll-ups stay. Killed or told to stop at any point it leaves
 * each call in exactly one place, and the next run goes on. A shorter time comes into force when it was waited for.
 * @param alive asked after each part
 */
export const archiveCalls = async (db: PluginDatabase, at: number, alive: Alive = async () => true): Promise<void> => {
  const { liveMonthsNow, keptMonths, waitsUntil } = await readRetention(db, at)
  const before = monthStart(at, liveMonthsNow)
  for await (const company_id of companiesWithSums(db)) {
    if (!(await alive())) return
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
      while ((await archivePart(db, company_id, Number(window.live_from), at)) > 0) if (!(await alive())) return
    } catch (error) {
      // The next run finds them, or finds them undone.
      if (!(error instanceof BatchBusy)) throw error
    }
  }
  if (keptMonths !== null && waitsUntil === null) await forgetOldMonths(db, monthStart(at, keptMonths), alive)
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
