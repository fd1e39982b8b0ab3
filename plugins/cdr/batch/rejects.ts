import {
  type Alive,
  type OperatorContext,
  orStop,
  type PluginDatabase,
  type PluginTask,
  PortalError
} from '../../../core/plugin-api.ts'
import type { Call } from '../call.ts'
import { callFault } from '../check-call.ts'
import { identityOf, makeCall, mostAhead } from '../import/call-maker.ts'
import { EqualRows } from '../import/equal-rows.ts'
import { callFormats } from '../import/formats.ts'
import { LocalClock } from '../import/local-clock.ts'
import type { ParsedRecord } from '../import/parsed-call.ts'
import { archivedCorrections, archivedReason, ingestCalls } from '../ingest.ts'
import { keptFrom } from '../retention.ts'
import type { Batch } from './batch.ts'
import {
  assertNothingUndoing,
  batchByNumber,
  beginBatch,
  endBatch,
  firstOf,
  type Paging,
  pageOf,
  positionOf,
  requireBatch
} from './batch-store.ts'
import { BatchClosed, NewerBatch } from './record-batch.ts'

const taskName = 'rerun-rejects'
/** Kept records read again at once. */
const recordsAtOnce = 1_000

/** A rejected record as it is kept. */
export interface Reject {
  /** Counts from 1 within the batch. */
  readonly position: number
  readonly line: number
  readonly reason: string
  readonly accountCode: string | null
  readonly identity: string | null
  readonly header: string | null
  readonly raw: string
}

type Int = number | string
interface RejectRow {
  readonly position: Int
  readonly line: Int
  readonly reason: string
  readonly account_code: string | null
  readonly identity: string | null
  readonly header: string | null
  readonly raw: string
}

const rejectFrom = (row: RejectRow): Reject => ({
  position: Number(row.position),
  line: Number(row.line),
  reason: row.reason,
  accountCode: row.account_code,
  identity: row.identity,
  header: row.header,
  raw: row.raw
})

const waiting = (db: PluginDatabase, batch: number) =>
  db.from('cdr_reject').where('batch', batch).whereNull('settled_by')

/** How many of the batch's kept records are still not loaded. */
export const countRejects = async (db: PluginDatabase, batch: number): Promise<number> => {
  const [counted]: { n: Int }[] = await waiting(db, batch).count({ n: '*' })
  return Number(counted!.n)
}

/** The batch's records that are still not loaded, in their order. */
export const listRejects = async (db: PluginDatabase, batch: number, paging: Paging) => {
  const first = firstOf(paging)
  const after = positionOf(paging, ['number'])
  const query = waiting(db, batch)
    .orderBy('position')
    .limit(first + 1)
    .select('*')
  if (after !== null) query.where('position', '>', after[0]!)
  const rows: RejectRow[] = await query
  return {
    ...pageOf(rows, first, row => [Number(row.position)], rejectFrom),
    totalCount: await countRejects(db, batch)
  }
}

/** All of them, for a file. */
export async function* allRejects(db: PluginDatabase, batch: number): AsyncGenerator<readonly Reject[]> {
  for (let after = 0; ; ) {
    const rows: RejectRow[] = await waiting(db, batch)
      .where('position', '>', after)
      .orderBy('position')
      .limit(recordsAtOnce)
      .select('*')
    if (rows.length === 0) return
    yield rows.map(rejectFrom)
    after = Number(rows.at(-1)!.position)
  }
}

/**
 * Puts the batch's rejected records in line to be read again; what fits now becomes a batch of its own.
 * @throws PortalError NOT_FOUND; PRECONDITION_FAILED when there is none, or the batch is not the one to ask
 */
export const beginRerun = (
  { db, operator, at }: Pick<OperatorContext, 'db' | 'operator' | 'at'>,
  id: string
): Promise<Batch> =>
  db.transaction(async trx => {
    const parent = await requireBatch(trx, id, true)
    const refuse = (message: string, reason: string): PortalError =>
      new PortalError('PRECONDITION_FAILED', message, { reason })
    if (parent.rerunOf !== null)
      throw refuse('Records that are rejected again stay with the batch they came with; run that one again.', 'RERUN')
    if (parent.dryRun) throw refuse('A dry run loads nothing; import the file.', 'DRY_RUN')
    if (parent.state === 'UNDOING' || parent.state === 'UNDONE')
      throw refuse('The batch was undone; import the file again.', 'BATCH_UNDONE')
    const [running] = await trx.all<{ id: string }>(
      `select id from {cdr_batch} where rerun_of = ? and state = 'RUNNING' limit 1`,
      [parent.number]
    )
    if (running) throw refuse(`Batch ${running.id} is reading them already.`, 'RERUN_RUNNING')
    const records = await countRejects(trx, parent.number)
    if (records === 0) throw refuse('No rejected record of the batch is kept and waiting.', 'NOTHING_REJECTED')
    await assertNothingUndoing(trx, parent.source)
    const { source, format, options } = parent
    const batch = await beginBatch(
      trx,
      { source, format, options, origin: 'RERUN', actor: operator.actor, rerunOf: parent.number },
      at
    )
    await trx.enqueue(taskName, { batch: batch!.number })
    await trx.audit({
      actor: operator.actor,
      ip: operator.ip,
      action: 'rerunCallBatch',
      target: parent.id,
      after: { batch: batch!.id, records }
    })
    return batch!
  })

async function* bytesOf(text: string): AsyncGenerator<Uint8Array> {
  yield Buffer.from(text)
}

const rerun = async (db: PluginDatabase, number: number, alive: Alive): Promise<void> => {
  const batch = await batchByNumber(db, number)
  if (batch?.state !== 'RUNNING' || batch.rerunOf === null) return
  const format = callFormats.get(batch.format)!
  const { source, zone, direction, account, replace } = batch.options
  const read = { clock: zone === null ? null : new LocalClock(zone), direction, note: () => {} }
  const parent = (await batchByNumber(db, batch.rerunOf))!
  const options = {
    format,
    source,
    account,
    replace,
    accounts: await db.accountCodes(),
    keptFrom: await keptFrom(db),
    latest: (await db.now()) + mostAhead
  }
  const equal = new EqualRows()
  /** The one record of a kept text. */
  const recordOf = async ({ header, raw, line, reason }: Reject): Promise<ParsedRecord> => {
    for await (const records of format.read(bytesOf(header === null ? raw : `${header}\n${raw}`), read))
      for (const record of records) return record
    return { line, raw, reason }
  }
  for await (const rejects of allRejects(db, parent.number)) {
    await orStop(alive)
    const found: { readonly position: number; readonly call: Call }[] = []
    const reasons: { readonly position: number; readonly reason: string }[] = []
    for (const reject of rejects) {
      const record = await recordOf(reject)
      const call =
        'reason' in record
          ? { reason: record.reason }
          : makeCall(options, record.call, reject.identity ?? identityOf(record.call, reject.raw, equal))
      const reason = 'reason' in call ? call.reason : callFault(call)
      if (reason !== undefined) {
        if (reason !== reject.reason) reasons.push({ position: reject.position, reason })
      } else {
        found.push({ position: reject.position, call: call as Call })
      }
    }
    const late = await archivedCorrections(
      db,
      found.map(({ call }) => call)
    )
    for (const { position, call } of found) if (late.has(call)) reasons.push({ position, reason: archivedReason })
    const fit = found.filter(({ call }) => !late.has(call))
    const calls = fit.map(({ call }) => call)
    const settled = fit.map(({ position }) => position)
    await ingestCalls(db, calls, {
      batch: number,
      duplicates: 0,
      rejects: [],
      async alongside(trx) {
        if (settled.length > 0)
          await trx.run(
            `update {cdr_reject} set settled_by = ? where batch = ? and position in (${settled.map(() => '?').join(', ')})`,
            [number, parent.number, ...settled]
          )
        for (const { position, reason } of reasons)
          await trx.run('update {cdr_reject} set reason = ? where batch = ? and position = ?', [
            reason,
            parent.number,
            position
          ])
      }
    })
  }
  await db.transaction(async trx => {
    const left = await countRejects(trx, parent.number)
    await trx.run(
      `update {cdr_batch} set rejected = ?, row_count = loaded + duplicates + ? where number = ? and state = 'RUNNING'`,
      [left, left, number]
    )
    await endBatch(trx, number, 'DONE', await trx.now())
  })
}

/** Reads rejected records again. */
export const rerunTask: PluginTask = {
  name: taskName,
  async run({ db }, payload, _at, alive) {
    const { batch } = payload as { readonly batch: number }
    try {
      await rerun(db, batch, alive)
    } catch (error) {
      if (error instanceof BatchClosed) return
      if (error instanceof NewerBatch || (error instanceof PortalError && error.code !== 'UNAVAILABLE')) {
        const text =
          error instanceof NewerBatch ? 'A later batch has newer versions of some of these calls.' : error.message
        await endBatch(db, batch, 'FAILED', await db.now(), { error: text })
        return
      }
      throw error
    }
  },
  gaveUp: async ({ db }, payload) => {
    await endBatch(db, (payload as { readonly batch: number }).batch, 'FAILED', await db.now(), {
      error: 'It was tried several times and could not be finished; see the log.'
    })
  }
}
