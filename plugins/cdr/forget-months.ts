import { gunzipSync } from 'node:zlib'
import { parse } from 'csv-parse/sync'
import type { Alive, PluginDatabase } from '../../core/plugin-api.ts'
import { listed } from './ingest.ts'
import { monthName } from './range.ts'
import { setKeptFrom } from './retention.ts'

/**
 * Removes archives of months before the one that begins at `from`; their sums stay. From then on no call that starts before
 * it is loaded, so that what is gone is not counted again. Killed or told to stop at any point, the next run goes on.
 */
export const forgetOldMonths = async (db: PluginDatabase, from: number, alive: Alive): Promise<void> => {
  const parts = () =>
    db
      .from('cdr_archive')
      .where('month', '<', monthName(from))
      // The first part last: it names the columns of the others.
      .orderBy([{ column: 'company_id' }, { column: 'month' }, { column: 'part', order: 'desc' }])
      .limit(1)
  const [oldest]: unknown[] = await parts().select('month')
  if (oldest === undefined) return
  await setKeptFrom(db, from)
  while (await alive()) {
    const [part]: { company_id: string; month: string; part: number; content: string }[] = await parts().select('*')
    if (part === undefined) return
    const { company_id, month } = part
    const [first]: { content: string }[] =
      part.part === 1 ? [part] : await db.from('cdr_archive').where({ company_id, month, part: 1 }).select('content')
    const place = first === undefined ? 1 : rowsOf(first.content)[0]!.indexOf('id')
    const ids = rowsOf(part.content)
      .slice(part.part === 1 ? 1 : 0)
      .map(row => row[place]!)
    await db.transaction(async trx => {
      await trx.run(`delete from {cdr_archived_leg} where id in ${listed(trx)}`, [JSON.stringify(ids)])
      await trx.from('cdr_archive').where({ company_id, month, part: part.part }).delete()
    })
  }
}

const rowsOf = (content: string): readonly (readonly string[])[] =>
  parse(gunzipSync(Buffer.from(content, 'base64')).toString(), { record_delimiter: '\r\n' })
