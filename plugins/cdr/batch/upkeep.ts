import type { Alive, PluginDatabase } from '../../../core/plugin-api.ts'
import { hour } from '../roll-up.ts'
import { batchKeptMs } from './batch.ts'
import { type FeedChange, watchFeeds } from './silence.ts'

/** Milliseconds after which a command that says nothing counts as gone. */
const silentCommandMs = 15 * 60_000
/** Batches whose past is removed in one run, and rows of it in one transaction. */
const batchesAtOnce = 500
const rowsAtOnce = 5_000

/** Ends batches whose time is over, removes what only undo and re-run need, watches the feeds. Told to stop, the next run goes on. */
export const keepBatches = async (
  db: PluginDatabase,
  at: number,
  alive: Alive = async () => true
): Promise<readonly FeedChange[]> => {
  await db.run(
    `update {cdr_batch} set state = 'DONE', open_key = null, ended_at = touched_at
     where state = 'RUNNING' and origin = 'INGEST' and started_at < ?`,
    [at - (at % hour)]
  )
  await db.run(
    `update {cdr_batch} set state = 'BROKEN_OFF', ended_at = touched_at, error = ?
     where state = 'RUNNING' and origin = 'CLI' and touched_at < ?`,
    ['Nothing was heard of the command any more.', at - silentCommandMs]
  )
  const old = await db.all<{ number: number | string }>(
    `select number from {cdr_batch} where purged < 2 and ended_at < ? and state <> 'UNDOING' order by ended_at limit ${batchesAtOnce}`,
    [at - batchKeptMs]
  )
  for (const { number } of old) if (!(await forget(db, Number(number), alive))) return []
  return watchFeeds(db, at)
}

/** False: it was told to stop. */
const forget = async (db: PluginDatabase, number: number, alive: Alive): Promise<boolean> => {
  // First, so that no undo begins any more.
  if ((await db.run(`update {cdr_batch} set purged = 1 where number = ? and state <> 'UNDOING'`, [number])) === 0)
    return true
  for (const [table, key] of [
    ['cdr_batch_company', 'company_id'],
    ['cdr_replaced', 'id'],
    ['cdr_reject', 'position']
  ] as const) {
    for (;;) {
      if (!(await alive())) return false
      const rows = await db.all<Record<string, string | number>>(
        `select ${key} from {${table}} where batch = ? order by ${key} limit ${rowsAtOnce}`,
        [number]
      )
      if (rows.length === 0) break
      await db.run(`delete from {${table}} where batch = ? and ${key} <= ?`, [number, rows.at(-1)![key]])
    }
  }
  await db.run('update {cdr_batch} set purged = 2 where number = ?', [number])
  return true
}
