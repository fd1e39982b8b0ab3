import {
  type Alive,
  type OperatorContext,
  type PluginDatabase,
  type PluginTask,
  PortalError
} from '../../../core/plugin-api.ts'
import type { CallRow } from '../call-row.ts'
import { listed, wholeLeg } from '../ingest.ts'
import { monthName } from '../range.ts'
import { RollUp } from '../roll-up.ts'
import type { Batch } from './batch.ts'
import { batchByNumber, batchIds, requireBatch } from './batch-store.ts'

/** Rows of the clustered key looked at in one statement, and calls taken out in one transaction. */
const pageRows = 10_000
const callsAtOnce = 2_000

const taskName = 'undo-batch'

const refuse = (message: string, reason: string, facts: Record<string, unknown>): PortalError =>
  new PortalError('PRECONDITION_FAILED', message, { reason, facts })

/**
 * Begins to take a batch's calls out and to put back what they replaced; a task does the work. A batch that still takes in
 * calls stops doing so. One that is being undone or was undone stays as it is.
 * @throws PortalError NOT_FOUND; PRECONDITION_FAILED when there is nothing to undo, its calls went into archives or what an undo
 * needs is gone; CONFLICT naming batches that replaced its calls
 */
export const beginUndo = (
  { db, operator, at }: Pick<OperatorContext, 'db' | 'operator' | 'at'>,
  id: string,
  reason: string | null
): Promise<Batch> =>
  db.transaction(async trx => {
    const batch = await requireBatch(trx, id, true)
    if (batch.state === 'UNDONE') return batch
    if (batch.state === 'UNDOING') {
      if (batch.error === null) return batch
      await trx.run('update {cdr_batch} set error = null where number = ?', [batch.number])
      await trx.enqueue(taskName, { batch: batch.number })
      return { ...batch, error: null }
    }
    if (batch.dryRun) throw refuse('A dry run loaded nothing; there is nothing to undo.', 'DRY_RUN', {})
    if (batch.purged)
      throw refuse('The batch ended more than 30 days ago; what an undo needs is gone.', 'BATCH_TOO_OLD', {})
    if (batch.archived > 0) {
      const from = monthName(batch.firstStart!)
      throw refuse(
        `${batch.archived} of its calls went into archives (months ${from} to ${batch.archivedTo}); an archive is not changed.`,
        'CALLS_ARCHIVED',
        { archivedCalls: batch.archived, archivedFrom: from, archivedTo: batch.archivedTo }
      )
    }
    const later = await trx.all<{ batch: number | string }>(
      'select distinct batch from {cdr_replaced} where from_batch = ? order by batch desc limit 20',
      [batch.number]
    )
    if (later.length > 0) {
      const known = await batchIds(
        trx,
        later.map(row => Number(row.batch))
      )
      const ids = later.flatMap(row => known.get(Number(row.batch)) ?? [])
      throw new PortalError(
        'CONFLICT',
        `Later batches replaced some of its calls; undo these first: ${ids.join(', ')}.`,
        {
          reason: 'REPLACED_SINCE',
          facts: { batches: ids }
        }
      )
    }
    await trx.run(
      `update {cdr_batch} set state = 'UNDOING', open_key = null, ended_at = coalesce(ended_at, ?) where number = ?`,
      [at, batch.number]
    )
    await trx.audit({
      actor: operator.actor,
      ip: operator.ip,
      action: 'undoCallBatch',
      target: batch.id,
      before: { state: batch.state, loaded: batch.loaded },
      after: { state: 'UNDOING' },
      reason
    })
    await trx.enqueue(taskName, { batch: batch.number })
    return (await batchByNumber(trx, batch.number))!
  })

/** Takes some of the batch's calls out and puts back what they replaced; sums go with them. */
const takeOut = (db: PluginDatabase, batch: number, ids: readonly string[]): Promise<void> =>
  db.transaction(async trx => {
    const json = JSON.stringify([...ids].sort())
    const removed = await trx.all<CallRow>(
      `delete from {cdr_call} where id in ${listed(trx)} and batch = ? returning ${wholeLeg}`,
      [json, batch]
    )
    const rollUp = new RollUp()
    for (const row of removed) rollUp.add(row, -1)
    const replaced = await trx.all<{ content: string }>(
      `delete from {cdr_replaced} where batch = ? and id in ${listed(trx)} returning content`,
      [batch, json]
    )
    const restored = replaced.map(({ content }) => JSON.parse(content) as CallRow)
    // The first row names the columns; one kept by an earlier version may lack some.
    restored.sort((a, b) => Object.keys(b).length - Object.keys(a).length)
    for (const row of restored) rollUp.add(row)
    await trx.insertMany('cdr_call', restored)
    await rollUp.write(trx)
    await trx.run('update {cdr_batch} set undone = undone + ? where number = ?', [removed.length, batch])
  })

/** Takes out every call of the batch. Killed at any point it goes on where it was. */
const undoBatch = async (db: PluginDatabase, number: number, alive: Alive): Promise<void> => {
  const batch = await batchByNumber(db, number)
  if (batch?.state !== 'UNDOING') return
  for (;;) {
    const [span] = await db.all<{ company_id: string; first_start: number | string; last_start: number | string }>(
      'select * from {cdr_batch_company} where batch = ? order by company_id limit 1',
      [number]
    )
    if (!span) break
    let [start, id]: readonly [number | string, string] = [span.first_start, '']
    for (;;) {
      if (!(await alive())) return
      const rows = await db.all<{ started_at: number | string; id: string; batch: number | null }>(
        `select started_at, id, batch from {cdr_call}
         where company_id = ? and (started_at, id) > (?, ?) and started_at <= ? order by started_at, id limit ${pageRows}`,
        [span.company_id, start, id, span.last_start]
      )
      const own = rows.filter(row => row.batch === number).map(row => row.id)
      for (let from = 0; from < own.length; from += callsAtOnce) {
        if (from > 0 && !(await alive())) return
        await takeOut(db, number, own.slice(from, from + callsAtOnce))
      }
      const last = rows.at(-1)
      if (last === undefined || rows.length < pageRows) break
      start = last.started_at
      id = last.id
    }
    await db.run('delete from {cdr_batch_company} where batch = ? and company_id = ?', [number, span.company_id])
  }
  await db.transaction(async trx => {
    // What it had loaded of rejected records waits again.
    if (batch.rerunOf !== null)
      await trx.run('update {cdr_reject} set settled_by = null where batch = ? and settled_by = ?', [
        batch.rerunOf,
        number
      ])
    await trx.run(`update {cdr_batch} set state = 'UNDONE' where number = ? and state = 'UNDOING'`, [number])
  })
}

/** Undoes batches. */
export const undoTask: PluginTask = {
  name: taskName,
  run: ({ db }, payload, _at, alive) => undoBatch(db, (payload as { readonly batch: number }).batch, alive),
  // It stays UNDOING: half a batch must not look whole. Asked for again, it goes on.
  gaveUp: async ({ db }, payload) => {
    await db.run('update {cdr_batch} set error = ? where number = ?', [
      'The undo stopped; see the log, then undo the batch again.',
      (payload as { readonly batch: number }).batch
    ])
  }
}
