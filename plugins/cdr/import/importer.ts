import { createHash, type Hash } from 'node:crypto'
import { once } from 'node:events'
import { createReadStream, createWriteStream } from 'node:fs'
import { access, constants } from 'node:fs/promises'
import { basename } from 'node:path'
import { finished, pipeline } from 'node:stream/promises'
import { parseArgs } from 'node:util'
import { stringify } from 'csv-stringify/sync'
import {
  badInput,
  ConfigurationError,
  type PluginDatabase,
  type PluginImporter,
  PortalError
} from '../../../core/plugin-api.ts'
import type { Batch } from '../batch/batch.ts'
import { assertNothingUndoing, beginBatch, endBatch, findDelivered } from '../batch/batch-store.ts'
import { deliveredBefore, sourcePattern } from '../batch/import-task.ts'
import { type CallDirection, callDirections } from '../call.ts'
import { callFormats } from './formats.ts'
import { type ImportCounts, importCalls, noCounts, type Rejection } from './import-calls.ts'
import { LocalClock } from './local-clock.ts'
import type { CallFormat } from './parsed-call.ts'

/** Rejections printed one by one; the rest is only counted, and written by `--rejects`. */
const printedRejections = 100
const progressEvery = 5000

const usage = (): readonly string[] => [
  'npm run import -- cdr FILE… --format FORMAT --map accountcode [options]',
  '',
  'FILE is a path, or - for standard input. Formats:',
  ...[...callFormats.values()].map(format => `  ${format.name.padEnd(16)} ${format.summary}`),
  'Options:',
  "  --map accountcode    a call belongs to the company with the record's account code",
  '  --account CODE       records without an account code belong to the company with this one',
  '  --zone ZONE          zone of local times, such as Europe/London; required for CSV of switches',
  '  --direction WAY      TERMINATION (default) or ORIGINATION, for records that do not say',
  '  --source NAME        name of the feed; calls count as known only within one feed',
  '  --rejects FILE       writes the records that were not loaded, with reasons, as CSV',
  '  --replace            every record is a correction: it takes the place of the call that is known',
  '  --again              loads a file that was delivered before',
  '  --dry-run            reads and checks, writes nothing'
]

interface Command {
  readonly files: readonly string[]
  readonly format: CallFormat
  readonly clock: LocalClock | null
  readonly direction: CallDirection
  readonly source: string | null
  readonly account: string | null
  readonly rejects: string | null
  readonly zone: string | null
  readonly replace: boolean
  readonly again: boolean
  readonly dryRun: boolean
}

/** @throws PortalError BAD_USER_INPUT saying what is wrong with the command; null when only help was asked for */
const readCommand = (args: readonly string[]): Command | null => {
  const parsed = (() => {
    try {
      return parseArgs({
        args: [...args],
        allowPositionals: true,
        options: {
          format: { type: 'string' },
          map: { type: 'string' },
          account: { type: 'string' },
          zone: { type: 'string' },
          direction: { type: 'string', default: 'TERMINATION' },
          source: { type: 'string' },
          rejects: { type: 'string' },
          replace: { type: 'boolean', default: false },
          again: { type: 'boolean', default: false },
          'dry-run': { type: 'boolean', default: false },
          help: { type: 'boolean', default: false }
        }
      })
    } catch (error) {
      throw badInput('command', (error as Error).message)
    }
  })()
  const { values, positionals: files } = parsed
  if (values.help) return null
  if (files.length === 0) throw badInput('FILE', 'name at least one file, or - for standard input')
  if (files.filter(file => file === '-').length > 1) throw badInput('FILE', 'standard input can be read once only')
  const formats = [...callFormats.keys()].join(', ')
  if (values.format === undefined) throw badInput('--format', `is required: ${formats}`)
  const format = callFormats.get(values.format)
  if (format === undefined) throw badInput('--format', `${values.format} is not one of ${formats}`)
  if (values.map === undefined && values.account === undefined)
    throw badInput('--map', 'say whose the calls are: --map accountcode, or --account CODE for one company')
  if (values.map !== undefined && values.map !== 'accountcode')
    throw badInput('--map', `${values.map} is not known; it can be accountcode`)
  if (format.localTimes && values.zone === undefined)
    throw badInput('--zone', `the times of ${format.name} are local; say of which zone, for instance Europe/London`)
  const direction = callDirections.find(way => way === values.direction)
  if (direction === undefined) throw badInput('--direction', `must be one of ${callDirections.join(', ')}`)
  if (values.source !== undefined && !sourcePattern.test(values.source))
    throw badInput('--source', 'must be 1 to 100 letters, digits or . : @ _ -')
  return {
    files,
    format,
    clock: values.zone === undefined ? null : new LocalClock(values.zone),
    direction,
    source: values.source ?? null,
    account: values.account ?? null,
    rejects: values.rejects ?? null,
    zone: values.zone ?? null,
    replace: values.replace,
    again: values.again,
    dryRun: values['dry-run']
  }
}

const counted = (count: number, one: string, many = `${one}s`): string =>
  `${count.toLocaleString('en')} ${count === 1 ? one : many}`

/** Reasons without what differs from row to row, so that they can be summed up. */
const kindOf = (rejection: Rejection): string =>
  rejection.accountCode === undefined
    ? rejection.reason
        .replace(/: .*?(?= is | did )/, ':')
        .replace(/\d[\d:/ -]*/g, '… ')
        .trim()
    : rejection.accountCode === ''
      ? 'has no account code'
      : 'no company has the account code'

/** Keeps the largest of many counts small: new names beyond the limit share one entry. */
const countUp = (counts: Map<string, number>, name: string, limit = 10_000) => {
  const key = counts.has(name) || counts.size < limit ? name : 'others'
  counts.set(key, (counts.get(key) ?? 0) + 1)
}

/**
 * Runs the command. 0: every record is loaded or was known. 1: some records were rejected. 2: nothing could be done:
 * the command or a file is wrong, the database does not answer, or no record was fit to load.
 */
export const runImport = async (
  args: readonly string[],
  db: PluginDatabase,
  print: (line: string) => void,
  actor: string,
  stdin: AsyncIterable<Uint8Array> = process.stdin
): Promise<number> => {
  let command: Command | null
  try {
    command = readCommand(args)
    for (const file of command?.files ?? []) {
      if (file === '-') continue
      await access(file, constants.R_OK).catch(() => {
        throw badInput(file, 'cannot be read')
      })
    }
  } catch (error) {
    if (!(error instanceof PortalError || error instanceof ConfigurationError)) throw error
    print(error.message)
    print('Try --help.')
    return 2
  }
  if (command === null) {
    for (const line of usage()) print(line)
    return 0
  }
  const total = noCounts()
  const reasons = new Map<string, number>()
  const codes = new Map<string, number>()
  const rejects = command.rejects === null ? null : createWriteStream(command.rejects)
  let rejectsFault: Error | null = null
  rejects?.on('error', error => {
    rejectsFault = error
  })
  rejects?.write(stringify([['file', 'line', 'reason', 'record']]))
  let printed = 0
  let failed = false
  let current: ImportCounts | null = null
  let told = Date.now()
  let batch: Batch | null = null
  const { format, source, account, zone, direction, replace, again, dryRun } = command
  try {
    for (const file of command.files) {
      const name = file === '-' ? 'standard input' : basename(file)
      current = null
      batch = null
      const feed = source ?? format.name
      const hash = createHash('sha256')
      if (!dryRun) {
        if (file !== '-') await pipeline(createReadStream(file), hash)
        const sha256 = file === '-' ? null : hash.digest('hex')
        const earlier = sha256 === null || again ? null : await findDelivered(db, sha256)
        if (earlier !== null) {
          print(`${name}: ${deliveredBefore(earlier).message} --again loads it all the same.`)
          continue
        }
        await assertNothingUndoing(db, feed)
        const options = { source, zone, direction, account, replace }
        const begun = {
          source: feed,
          format: format.name,
          origin: 'CLI',
          actor,
          options,
          fileName: name,
          sha256
        } as const
        batch = await db.transaction(async trx => {
          const begins = (await beginBatch(trx, begun, await trx.now()))!
          const after = { file: name, sha256, format: format.name, ...options, source: feed }
          await trx.audit({ actor, action: 'importCalls', target: begins.id, after })
          return begins
        })
      }
      const number = batch?.number
      const input = file === '-' ? hashed(stdin, hash) : createReadStream(file)
      const counts = await importCalls(db, input, {
        ...{ format, source, account, replace, dryRun },
        ...(number !== undefined && { batches: { numberOf: async () => number } }),
        read: { clock: command.clock, direction, note: note => print(`${name}, ${note}`) },
        onRejection(rejection) {
          countUp(reasons, kindOf(rejection), 100)
          if (rejection.accountCode !== undefined) countUp(codes, rejection.accountCode)
          if (printed < printedRejections) print(`${name}, line ${rejection.line}: ${rejection.reason}`)
          else if (printed === printedRejections)
            print(`Further rejections are only counted${rejects === null ? '; --rejects FILE writes them all' : ''}.`)
          printed += 1
          rejects?.write(stringify([[file, rejection.line, rejection.reason, rejection.raw]]))
        },
        async onProgress(now) {
          current = { ...now }
          // The records must not be read faster than what is wrong with them can be written.
          if (rejects?.writableNeedDrain) await once(rejects, 'drain').catch(() => {})
          if (Date.now() - told < progressEvery) return
          told = Date.now()
          print(
            `${name}: ${counted(now.rows, 'record')} read, ${now.loaded.toLocaleString('en')} loaded, ${now.rejected.toLocaleString('en')} rejected`
          )
        }
      })
      current = null
      add(total, counts)
      if (batch === null) continue
      const standardInput = file === '-' ? hash.digest('hex') : null
      // Nothing of it was a record of this format: the right command must not be told that it was delivered.
      const nothing = counts.rows > 0 && counts.rejected === counts.rows
      const error = 'No record was fit to load.'
      await endBatch(db, batch.number, nothing ? 'FAILED' : 'DONE', await db.now(), {
        ...(standardInput !== null && { sha256: standardInput }),
        ...(nothing && { error })
      })
      print(`${name}: batch ${batch.id}`)
    }
  } catch (error) {
    failed = true
    if (current !== null) add(total, current)
    const text = error instanceof PortalError ? error.message : `The import broke off: ${(error as Error).message}`
    print(text)
    print('What was loaded stays; give the same files again to load the rest.')
    // The database may be what failed; the batch then counts as broken off after a while.
    if (batch !== null) await endBatch(db, batch.number, 'FAILED', Date.now(), { error: text }).catch(() => {})
  }
  if (rejects !== null) {
    rejects.end()
    await finished(rejects).catch(() => {})
    if (rejectsFault !== null) {
      failed = true
      print(`${command.rejects} could not be written: ${(rejectsFault as Error).message}`)
    }
  }
  const loaded = command.dryRun ? 'could be loaded (dry run: nothing was written)' : 'loaded'
  print(
    `${counted(total.rows, 'record')}: ${total.loaded.toLocaleString('en')} ${loaded}${total.replaced > 0 ? ` (${total.replaced.toLocaleString('en')} of them in place of known ones)` : ''}, ${total.duplicates.toLocaleString('en')} known already, ${total.rejected.toLocaleString('en')} rejected; ${total.unrated.toLocaleString('en')} without a rate.`
  )
  const byCount = (counts: Map<string, number>) => [...counts].sort((a, b) => b[1] - a[1])
  for (const [reason, count] of byCount(reasons)) print(`  ${count.toLocaleString('en')} × ${reason}`)
  for (const [code, count] of byCount(codes).slice(0, 20))
    if (code !== '') print(`  account code ${code}: ${counted(count, 'record')}`)
  if (failed) return 2
  if (total.rejected === 0) return 0
  return total.rejected === total.rows ? 2 : 1
}

async function* hashed(input: AsyncIterable<Uint8Array>, hash: Hash): AsyncGenerator<Uint8Array> {
  for await (const bytes of input) {
    hash.update(bytes)
    yield bytes
  }
}

const add = (total: ImportCounts, counts: ImportCounts) => {
  total.rows += counts.rows
  total.loaded += counts.loaded
  total.replaced += counts.replaced
  total.duplicates += counts.duplicates
  total.unrated += counts.unrated
  total.rejected += counts.rejected
}

/** `npm run import -- cdr FILE…` */
export const cdrImporter: PluginImporter = {
  name: 'cdr',
  summary: 'call records of Asterisk, FreeSWITCH and others',
  run: (args, db, print, actor) => runImport(args, db, print, actor)
}
