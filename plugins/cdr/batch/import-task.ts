import {
  type Alive,
  badInput,
  type OperatorContext,
  orStop,
  type PluginTask,
  type PluginTaskServices,
  PortalError,
  type StaffRole
} from '../../../core/plugin-api.ts'
import { type CallDirection, callDirections } from '../call.ts'
import { callFormats } from '../import/formats.ts'
import { importCalls } from '../import/import-calls.ts'
import { LocalClock } from '../import/local-clock.ts'
import type { Batch } from './batch.ts'
import { assertNothingUndoing, batchByNumber, beginBatch, endBatch, findDelivered } from './batch-store.ts'

const taskName = 'import-calls'

interface Payload {
  readonly batch: number
  readonly operator: { readonly actor: string; readonly role: StaffRole }
}

/** Arguments of `importCalls` as GraphQL hands them in. */
export interface ImportArguments {
  readonly fileId: string
  readonly format: string
  readonly zone?: string | null
  readonly source?: string | null
  readonly account?: string | null
  readonly direction?: CallDirection | null
  readonly replace?: boolean | null
  readonly dryRun?: boolean | null
  readonly again?: boolean | null
}

export const sourcePattern = /^[\w.:@-]{1,100}$/

/** The second delivery of a file, refused. */
export const deliveredBefore = (earlier: Batch): PortalError =>
  new PortalError(
    'CONFLICT',
    `This file was delivered before, as batch ${earlier.id} of ${earlier.source} on ${new Date(earlier.startedAt).toISOString()}. Nothing was loaded.`,
    { reason: 'DELIVERED_BEFORE', facts: { batch: earlier.id, at: new Date(earlier.startedAt).toISOString() } }
  )

/**
 * Puts the loading of an uploaded file in line.
 * @throws PortalError BAD_USER_INPUT; NOT_FOUND; CONFLICT for a file that was delivered before; PRECONDITION_FAILED while a batch of
 * the source is being undone
 */
export const beginImport = async (
  { db, operator, at, files }: Pick<OperatorContext, 'db' | 'operator' | 'at' | 'files'>,
  args: ImportArguments
): Promise<Batch> => {
  const format = callFormats.get(args.format)
  if (format === undefined) throw badInput('format', `must be one of ${[...callFormats.keys()].join(', ')}`)
  const zone = args.zone ?? null
  if (format.localTimes && zone === null)
    throw badInput('zone', `is required: the times of ${format.name} are local; name their zone, such as Europe/London`)
  if (zone !== null) new LocalClock(zone)
  const direction = args.direction ?? 'TERMINATION'
  if (!callDirections.includes(direction)) throw badInput('direction', `must be one of ${callDirections.join(', ')}`)
  const source = args.source ?? format.name
  if (!sourcePattern.test(source)) throw badInput('source', 'must be 1 to 100 letters, digits or . : @ _ -')
  const account = args.account ?? null
  if (account !== null && !(await db.accountCodes()).has(account))
    throw badInput('account', 'no company has this account code')
  const dryRun = args.dryRun === true
  // Its content is read by the task.
  const file = await files.open(args.fileId)
  const options = { source: args.source ?? null, zone, direction, account, replace: args.replace === true }
  return db.transaction(async trx => {
    if (!dryRun) {
      const earlier = args.again === true ? null : await findDelivered(trx, file.sha256)
      if (earlier !== null) throw deliveredBefore(earlier)
      await assertNothingUndoing(trx, source)
    }
    const batch = await beginBatch(
      trx,
      {
        ...{ source, format: format.name, origin: 'API', actor: operator.actor, options, dryRun },
        ...{ fileName: file.name, fileId: file.id, sha256: file.sha256 },
        // Twice at once, each would bring a part of the calls, and neither could be undone alone.
        openKey: dryRun ? null : JSON.stringify(['file', file.sha256])
      },
      at
    )
    if (batch === null)
      throw new PortalError('CONFLICT', 'This file is being loaded at this moment. Nothing was begun.', {
        reason: 'DELIVERY_RUNNING'
      })
    await trx.enqueue(taskName, {
      batch: batch.number,
      operator: { actor: operator.actor, role: operator.role }
    } satisfies Payload)
    await trx.audit({
      actor: operator.actor,
      ip: operator.ip,
      action: 'importCalls',
      target: batch.id,
      after: { file: file.name, sha256: file.sha256, format: format.name, ...options, source, dryRun }
    })
    return batch
  })
}

const run = async (
  { db, filesOf }: PluginTaskServices,
  { batch: number, operator }: Payload,
  alive: Alive
): Promise<void> => {
  const batch = await batchByNumber(db, number)
  if (batch?.state !== 'RUNNING') return
  const { source, zone, direction, account, replace } = batch.options
  try {
    const file = await filesOf(operator).open(batch.fileId!)
    const counts = await importCalls(db, file.content, {
      format: callFormats.get(batch.format)!,
      read: { clock: zone === null ? null : new LocalClock(zone), direction, note: () => {} },
      source,
      account,
      replace,
      dryRun: batch.dryRun,
      batches: { numberOf: async () => number, done: batch },
      onRejection: () => {},
      onProgress: () => orStop(alive)
    })
    // The right command for the same file must not be told that it was delivered.
    const nothing = counts.rows > 0 && counts.rejected === counts.rows
    const end = nothing
      ? ({ state: 'FAILED', error: 'No record was fit to load.' } as const)
      : { state: 'DONE' as const }
    await endBatch(db, number, end.state, await db.now(), end)
  } catch (error) {
    // A database that is away for a moment is no fault of the file: the task is run again and goes on.
    if (!(error instanceof PortalError) || error.code === 'UNAVAILABLE') throw error
    await endBatch(db, number, 'FAILED', await db.now(), { error: error.message })
  }
}

/** Loads uploaded files. */
export const importTask: PluginTask = {
  name: taskName,
  run: (services, payload, _at, alive) => run(services, payload as Payload, alive),
  gaveUp: async ({ db }, payload) => {
    await endBatch(db, (payload as Payload).batch, 'FAILED', await db.now(), {
      error: 'It was tried several times and could not be finished; see the log.'
    })
  }
}
