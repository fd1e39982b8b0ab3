import assert from 'node:assert/strict'
import { it } from 'node:test'
import { type PluginDatabase, PortalError } from '../../../core/plugin-api.ts'
import { createPluginDatabase } from '../../../db/plugin-database.ts'
import { readSettings } from '../../../http/settings.ts'
import { callFileBytes, inPieces } from '../../../test/support/call-records.ts'
import { openCallWorld } from '../../../test/support/call-world.ts'
import { forEachDatabase } from '../../../test/support/databases.ts'
import { logLines } from '../../../test/support/log-lines.ts'
import { archiveCalls } from '../archive.ts'
import type { Call } from '../call.ts'
import { callFormats } from '../import/formats.ts'
import { type ImportRequest, importCalls } from '../import/import-calls.ts'
import { LocalClock } from '../import/local-clock.ts'
import { archivedReason, ingestCalls } from '../ingest.ts'
import { metrics } from '../metrics.ts'
import { cdr } from '../plugin.ts'
import { day } from '../range.ts'
import { setKeptFrom } from '../retention.ts'
import { hour } from '../roll-up.ts'
import type { Batch } from './batch.ts'
import { batchById, batchByNumber, beginBatch, endBatch, listBatches } from './batch-store.ts'
import { collectingBatches } from './collecting-batches.ts'
import { listCompanyFeeds, listFeeds } from './feeds.ts'
import { BatchClosed } from './record-batch.ts'
import { allRejects, beginRerun, listRejects, rerunTask } from './rejects.ts'
import { listAlarms, setSilence, silentCompanies, watchFeeds } from './silence.ts'
import { beginUndo, undoTask } from './undo.ts'
import { keepBatches } from './upkeep.ts'

const noon = Date.UTC(2026, 2, 15, 12)
const operator = { actor: 'staff:1', name: 'Olga', role: 'ADMIN', ip: '192.0.2.1' } as const
const alive = async () => true
const settings = {
  source: null,
  zone: 'Europe/London',
  direction: 'TERMINATION',
  account: null,
  replace: false
} as const

const call = (change: Partial<Call> = {}): Call => ({
  ...{ companyId: 'company-alpha-00', leg: 'CUSTOMER', source: 'sw1', identity: '1', callId: 'id', currency: 'EUR' },
  ...{ direction: 'TERMINATION', startedAt: noon, endedAt: noon + 60_000, cli: '44', destination: '33', duration: 60 },
  ...{ billedDuration: 60, charge: 5n, releaseReason: 'UPSTREAM_BYE', destinationName: 'France' },
  ...change
})
const calls = (count: number, change: (i: number) => Partial<Call> = () => ({})): Call[] =>
  Array.from({ length: count }, (_, i) => call({ identity: `c${i}`, startedAt: noon + i * 60_000, ...change(i) }))

/** Every row of a table, every column, as text. */
const dump = async (db: PluginDatabase, table: string): Promise<readonly string[]> => {
  const [one] = await db.all(`select * from {${table}} limit 1`)
  if (one === undefined) return []
  const names = Object.keys(one).sort()
  const rows = await db.all(
    `select ${names.map(name => `cast(${name} as text) as ${name}`).join(', ')} from {${table}}`
  )
  return rows.map(row => JSON.stringify(names.map(name => row[name]))).sort()
}
const state = async (db: PluginDatabase) => [await dump(db, 'cdr_call'), await dump(db, 'cdr_hourly')]

const code = (expected: string, reason?: string) => (error: unknown) => {
  assert.ok(error instanceof PortalError, String(error))
  assert.equal(error.code, expected)
  if (reason !== undefined) assert.equal(error.extensions.reason, reason)
  return true
}

forEachDatabase('batches of calls', open => {
  const setUp = async () => {
    const world = await openCallWorld(open)
    const db = createPluginDatabase(world.database, cdr)
    const services = {
      db,
      filesOf: () => {
        throw new Error('no files here')
      }
    }
    const begin = async (more: Partial<Parameters<typeof beginBatch>[1]> = {}): Promise<Batch> =>
      (await beginBatch(
        db,
        { source: 'sw1', format: 'asterisk-csv', origin: 'CLI', actor: 'cli', options: settings, ...more },
        noon
      ))!
    const into = async (
      list: readonly Call[],
      more: Partial<Parameters<typeof beginBatch>[1]> = {}
    ): Promise<Batch> => {
      const batch = await begin(more)
      await ingestCalls(db, list, { batch: batch.number, duplicates: 0, rejects: [], at: noon })
      await endBatch(db, batch.number, 'DONE', noon)
      return (await batchByNumber(db, batch.number))!
    }
    const load = async (format: string, bytes: Uint8Array | string, change: Partial<ImportRequest> = {}) => {
      const batch = await begin({ source: format, format })
      const counts = await importCalls(db, inPieces(typeof bytes === 'string' ? Buffer.from(bytes) : bytes, 4096), {
        format: callFormats.get(format)!,
        read: { clock: new LocalClock('Europe/London'), direction: 'TERMINATION', note: () => {} },
        ...{ source: null, account: null, onRejection: () => {}, batches: { numberOf: async () => batch.number } },
        ...change
      })
      await endBatch(db, batch.number, 'DONE', noon)
      return { batch: (await batchByNumber(db, batch.number))!, counts }
    }
    const undo = async (batch: Batch) => {
      await beginUndo({ db, operator, at: noon }, batch.id, null)
      await undoTask.run(services, { batch: batch.number }, noon, alive)
      return (await batchById(db, batch.id))!
    }
    const audits = async (): Promise<readonly { action: string }[]> =>
      world.database.reader('audit_entry').orderBy('seq').select('action')
    return { ...world, db, services, begin, into, load, undo, audits }
  }

  it('counts what became of every record, and from when to when its calls are', async () => {
    const { load } = await setUp()
    const { batch } = await load('asterisk-csv', callFileBytes('asterisk-cdr-csv-18.csv'))
    const { rows, loaded, replaced, duplicates, unrated, rejected, rejectsKept } = batch
    assert.deepEqual(
      { rows, loaded, replaced, duplicates, unrated, rejected, rejectsKept },
      { rows: 16, loaded: 13, replaced: 0, duplicates: 0, unrated: 13, rejected: 3, rejectsKept: 3 }
    )
    assert.ok(batch.firstStart! < batch.lastStart!)
    const again = await load('asterisk-csv', callFileBytes('asterisk-cdr-csv-18.csv'))
    assert.deepEqual([again.batch.loaded, again.batch.duplicates, again.batch.firstStart], [0, 13, null])
  })

  it('takes out what it brought and puts back what it replaced, byte for byte', async () => {
    const { db, into, undo } = await setUp()
    await ingestCalls(db, calls(20))
    await into(calls(30, i => ({ charge: 2n ** 46n + BigInt(i) })))
    const before = await state(db)
    const bad = await into([
      // New ones in hours of others, corrections to another hour, another company and another sum, some of calls without a batch.
      ...calls(40, i => ({
        identity: `new${i}`,
        dtmf: '1',
        companyId: i % 3 === 0 ? 'company-beta-000' : 'company-alpha-00'
      })),
      ...calls(25, i => ({ replace: true, startedAt: noon + i * hour, charge: null, destinationName: 'Spain' })),
      ...calls(2, i => ({ identity: `c${28 + i}`, replace: true, companyId: 'company-beta-000', duration: 3 }))
    ])
    assert.deepEqual([bad.loaded, bad.replaced], [67, 27])
    assert.notDeepEqual(await state(db), before)
    const undone = await undo(bad)
    assert.deepEqual([undone.state, undone.undone], ['UNDONE', 67])
    assert.deepEqual(await state(db), before)
    assert.deepEqual(await dump(db, 'cdr_replaced'), [])
    assert.deepEqual((await dump(db, 'cdr_batch_company')).length, 1)
    // Undone is undone: nothing to do, and nothing said.
    const after = await undo(bad)
    assert.equal(after.state, 'UNDONE')
    assert.equal((await into(calls(40, i => ({ identity: `new${i}` })))).loaded, 40)
  })

  it('one that corrected its own calls leaves what was there before it', async () => {
    const { db, begin, into, undo } = await setUp()
    await into(calls(3))
    const before = await state(db)
    const batch = await begin()
    for (const charge of [1n, 2n, 3n])
      await ingestCalls(
        db,
        calls(6, () => ({ replace: true, charge })),
        { batch: batch.number, duplicates: 0, rejects: [] }
      )
    await undo(batch)
    assert.deepEqual(await state(db), before)
  })

  it('leaves one audit entry, and none when it is refused or nothing changes', async () => {
    const { db, into, undo, audits } = await setUp()
    const batch = await into(calls(1))
    await assert.rejects(beginUndo({ db, operator, at: noon }, 'unknown', null), code('NOT_FOUND'))
    await assert.rejects(beginUndo({ db, operator, at: noon }, 'a\0', null), code('NOT_FOUND'))
    const dry = await into([], { dryRun: true })
    await assert.rejects(undo(dry), code('PRECONDITION_FAILED', 'DRY_RUN'))
    await undo(batch)
    await undo(batch)
    assert.deepEqual(
      (await audits()).map(({ action }) => action),
      ['undoCallBatch']
    )
  })

  it('is refused, naming them, while later batches hold newer versions of its calls; in order all come out', async () => {
    const { db, into, undo } = await setUp()
    const before = await state(db)
    const first = await into(calls(4))
    const second = await into([call({ identity: 'c1', replace: true, charge: 7n })])
    const third = await into([
      call({ identity: 'c1', replace: true, charge: 8n }),
      call({ identity: 'c2', replace: true })
    ])
    await assert.rejects(undo(first), error => {
      assert.ok(error instanceof PortalError && error.code === 'CONFLICT')
      assert.deepEqual(error.extensions.batches, [third.id, second.id])
      return true
    })
    await assert.rejects(undo(second), code('CONFLICT', 'REPLACED_SINCE'))
    for (const batch of [third, second, first]) await undo(batch)
    assert.deepEqual(await state(db), before)
  })

  it('is refused by month once a call of it is archived, and archives wait for an undo', async () => {
    const { db, into, undo } = await setUp()
    const batch = await into(calls(3))
    const other = await into(calls(2, i => ({ identity: `o${i}`, companyId: 'company-beta-000' })))
    await beginUndo({ db, operator, at: noon }, other.id, null)
    await archiveCalls(db, noon + 200 * day)
    await assert.rejects(undo(batch), error => {
      assert.ok(error instanceof PortalError && error.code === 'PRECONDITION_FAILED')
      assert.deepEqual([error.extensions.archivedCalls, error.extensions.archivedTo], [3, '2026-03'])
      return true
    })
    assert.equal((await dump(db, 'cdr_call')).length, 2)
    await undo(other)
    assert.equal((await dump(db, 'cdr_call')).length, 0)
    assert.equal((await dump(db, 'cdr_hourly')).length, 1)
  })

  it('goes on where it was, however often it is stopped', async () => {
    const { db, services, into } = await setUp()
    const before = await state(db)
    const batch = await into(calls(5_000, i => ({ companyId: i % 2 ? 'company-alpha-00' : 'company-beta-000' })))
    await beginUndo({ db, operator, at: noon }, batch.id, null)
    for (let left = 1; ; left += 1) {
      let asked = 0
      await undoTask.run(services, { batch: batch.number }, noon, async () => ++asked <= left)
      if ((await batchById(db, batch.id))!.state === 'UNDONE') break
      assert.ok(left < 10)
    }
    assert.equal((await batchById(db, batch.id))!.undone, 5_000)
    assert.deepEqual(await state(db), before)
  })

  it('while it is being undone nothing of it counts as known, and nothing replaces it', async () => {
    const { db, into, begin, undo } = await setUp()
    const batch = await into(calls(3))
    await beginUndo({ db, operator, at: noon }, batch.id, null)
    const next = await begin()
    const entry = { batch: next.number, duplicates: 0, rejects: [] }
    await assert.rejects(ingestCalls(db, calls(3), entry), code('UNAVAILABLE'))
    await assert.rejects(
      ingestCalls(
        db,
        calls(3, () => ({ replace: true })),
        entry
      ),
      code('UNAVAILABLE')
    )
    await undo(batch)
    assert.equal((await ingestCalls(db, calls(3), entry)).loaded, 3)
  })

  it('one that still takes in calls stops doing so', async () => {
    const { db, begin, undo } = await setUp()
    const batch = await begin()
    const entry = { batch: batch.number, duplicates: 0, rejects: [] }
    await ingestCalls(db, calls(3), entry)
    await undo(batch)
    await assert.rejects(ingestCalls(db, calls(3), entry), BatchClosed)
    assert.equal((await dump(db, 'cdr_call')).length, 0)
  })

  it('two undos, loads and corrections at the same time leave the sums of the calls', async () => {
    const { db, into, begin, services } = await setUp()
    const batches = [await into(calls(60)), await into(calls(60, i => ({ identity: `x${i}` })))]
    const third = await begin()
    const entry = { batch: third.number, duplicates: 0, rejects: [] }
    const tolerant = (work: Promise<unknown>) =>
      work.catch(error => {
        const known = error instanceof PortalError && ['UNAVAILABLE', 'CONFLICT'].includes(error.code)
        if (!known) throw error
      })
    await Promise.all([
      ...batches.map(async batch => {
        await tolerant(beginUndo({ db, operator, at: noon }, batch.id, null))
        await tolerant(undoTask.run(services, { batch: batch.number }, noon, alive) as Promise<unknown>)
      }),
      tolerant(
        ingestCalls(
          db,
          calls(60, () => ({ replace: true, charge: 9n })),
          entry
        )
      ),
      tolerant(
        ingestCalls(
          db,
          calls(60, i => ({ identity: `y${i}` })),
          entry
        )
      )
    ])
    for (const batch of batches) await undoTask.run(services, { batch: batch.number }, noon, alive)
    const stored = await db.all<{ n: number; sum: number }>(
      'select count(*) as n, coalesce(cast(sum(charge) as bigint), 0) as sum from {cdr_call}'
    )
    const summed = await db.all<{ n: number; sum: number }>(
      'select coalesce(cast(sum(attempts) as bigint), 0) as n, coalesce(cast(sum(charge) as bigint), 0) as sum from {cdr_hourly}'
    )
    assert.deepEqual({ ...stored[0] }, { ...summed[0] })
    for (const batch of batches) {
      const now = (await batchById(db, batch.id))!
      const [left] = await db.all<{ n: number }>('select count(*) as n from {cdr_call} where batch = ?', [batch.number])
      if (now.state === 'UNDONE') assert.equal(Number(left!.n), 0)
    }
  })

  it('corrections of calls of its own batch come at the same time, and none waits for another in a circle', async () => {
    const { db, begin } = await setUp()
    const entry = { batch: (await begin()).number, duplicates: 0, rejects: [] }
    // Hours of their own: loads of one hour wait for each other at its sums.
    const apart = (i: number) => ({ startedAt: noon + i * hour })
    await ingestCalls(db, calls(40, apart), entry)
    for (let round = 0; round < 5; round += 1)
      await Promise.all(
        [0, 10, 20, 30].map(from =>
          ingestCalls(
            db,
            calls(40, i => ({ ...apart(i), replace: true, charge: BigInt(round) })).slice(from, from + 10),
            entry
          )
        )
      )
    assert.equal((await batchByNumber(db, entry.batch))!.replaced, 200)
  })

  it('collects what a switch sends by sender, feed and hour, and closes the hour', async () => {
    const { db } = await setUp()
    const send = (at: number, actor: string, bodies: readonly string[]) =>
      importCalls(db, inPieces(Buffer.from(bodies.join('\n'))), {
        format: callFormats.get('call-json')!,
        read: { clock: null, direction: 'TERMINATION', note: () => {} },
        ...{ source: null, account: null, onRejection: () => {} },
        batches: collectingBatches(db, { actor, format: 'call-json', at })
      })
    const record = (id: string, more: object = {}) =>
      JSON.stringify({
        ...{ accountCode: 'alpha', uniqueId: id, startedAt: '2026-03-15T11:00:00Z', duration: 5, destination: '33' },
        ...more
      })
    await send(noon, 'key:1', [record('1')])
    await send(noon + 60_000, 'key:1', [
      record('2'),
      record('3', { host: 'sw2' }),
      record('4', { accountCode: 'nobody' })
    ])
    await send(noon, 'key:2', [record('5')])
    await send(noon + hour, 'key:1', [record('6'), '{"broken'])
    const page = await listBatches(db, {}, {})
    assert.deepEqual(
      page.nodes.map(({ actor, source, loaded, rejected, state }) => [actor, source, loaded, rejected, state]),
      [
        ['key:1', 'call-json', 1, 1, 'RUNNING'],
        ['key:2', 'call-json', 1, 0, 'RUNNING'],
        ['key:1', 'call-json:sw2', 1, 0, 'RUNNING'],
        ['key:1', 'call-json', 2, 1, 'RUNNING']
      ]
    )
    assert.equal(page.totalCount, 4)
    await keepBatches(db, noon + hour)
    assert.deepEqual(
      (await listBatches(db, { state: 'RUNNING' }, {})).nodes.map(({ loaded }) => loaded),
      [1]
    )
    // Late for its hour: another batch is opened.
    await send(noon + 1, 'key:1', [record('7')])
    assert.equal((await listBatches(db, {}, {})).totalCount, 5)
    // A correction of a call that a later batch brought goes into a batch that is later still.
    await send(noon + 2, 'key:2', [record('8')])
    await send(noon + 2, 'key:1', [record('8', { replace: true, duration: 9 })])
    const [newest, , renewed] = (await listBatches(db, {}, {})).nodes
    assert.deepEqual([newest!.loaded, newest!.replaced, newest!.actor], [1, 1, 'key:1'])
    assert.equal(renewed!.state, 'DONE')
    assert.equal((await listBatches(db, {}, {})).totalCount, 7)
    const first = await listBatches(db, { actor: null } as object, { first: 2 })
    const second = await listBatches(db, {}, { first: 500, after: first.pageInfo.endCursor })
    assert.equal(new Set([...first.nodes, ...second.nodes].map(({ id }) => id)).size, 7)
    assert.equal(second.pageInfo.hasNextPage, false)
    await assert.rejects(listBatches(db, {}, { after: 'nonsense' }), code('BAD_USER_INPUT'))
    await assert.rejects(listBatches(db, {}, { first: 501 }), code('BAD_USER_INPUT'))
  })

  it('an import never replaces calls of a batch that began after it: it breaks off', async () => {
    const { begin, into, load } = await setUp()
    const early = await begin()
    await into([call({ source: 'call-json', identity: 'call:["1",""]' })])
    const line =
      '{"accountCode":"alpha","uniqueId":"1","startedAt":"2026-03-15T11:00:00Z","duration":5,"destination":"33"}'
    const batches = { numberOf: async () => early.number }
    await assert.rejects(load('call-json', line, { replace: true, batches }), code('CONFLICT'))
    assert.equal((await load('call-json', line, { replace: true })).counts.replaced, 1)
  })

  it('keeps rejected records, and loads those that fit once the cause is mended', async () => {
    const { db, database, services, load, calls: stored, undo } = await setUp()
    const lines = callFileBytes('asterisk-cdr-csv-18.csv').toString()
    const nobody = lines
      .split('\n')
      .filter(line => line.startsWith('"gamma"'))
      .slice(0, 1)
    // Two equal rows are two calls, also when they were rejected.
    const { batch } = await load(
      'asterisk-csv',
      `${lines.trimEnd()}\n`.replace(nobody[0]!, `${nobody[0]}\n${nobody[0]}`)
    )
    const rejects = await listRejects(db, batch.number, {})
    assert.equal(rejects.totalCount, 4)
    assert.deepEqual(
      rejects.nodes.map(({ line, accountCode }) => [line, accountCode]),
      [
        [14, null],
        [15, 'gamma'],
        [16, 'gamma'],
        [17, null]
      ]
    )
    await database.writer('company_account_code').insert({ code: 'gamma', company_id: 'company-beta-000' })
    const before = await state(db)
    const again = await beginRerun({ db, operator, at: noon }, batch.id)
    await assert.rejects(beginRerun({ db, operator, at: noon }, batch.id), code('PRECONDITION_FAILED', 'RERUN_RUNNING'))
    await rerunTask.run(services, { batch: again.number }, noon, alive)
    const done = (await batchById(db, again.id))!
    assert.deepEqual([done.state, done.rerunOf, done.rows, done.loaded, done.rejected], ['DONE', batch.number, 4, 2, 2])
    assert.equal((await stored()).length, 15)
    assert.equal((await listRejects(db, batch.number, {})).totalCount, 2)
    await rerunTask.run(services, { batch: again.number }, noon, alive)
    // The whole file once more: all of it is known now.
    assert.equal((await load('asterisk-csv', lines)).counts.loaded, 0)
    await undo(done)
    assert.deepEqual(await state(db), before)
    assert.equal((await listRejects(db, batch.number, {})).totalCount, 4)
    await assert.rejects(beginRerun({ db, operator, at: noon }, again.id), code('PRECONDITION_FAILED', 'RERUN'))
  })

  it('a rejected row of a file with a header is read under its header', async () => {
    const { db, database, services, load, calls: stored } = await setUp()
    await database.writer('company_account_code').where('code', 'alpha').delete()
    const file = callFileBytes('freepbx-report.csv')
    const { batch } = await load('asterisk-csv', file)
    assert.ok(batch.rejected > 0)
    await database.writer('company_account_code').insert({ code: 'alpha', company_id: 'company-alpha-00' })
    const again = await beginRerun({ db, operator, at: noon }, batch.id)
    await rerunTask.run(services, { batch: again.number }, noon, alive)
    const other = await setUp()
    await other.load('asterisk-csv', file)
    const plain = (rows: readonly Record<string, unknown>[]) =>
      rows.map(({ batch: _, ...row }) => JSON.stringify(row)).sort()
    assert.deepEqual(plain(await stored()), plain(await other.calls()))
  })

  it('keeps at most 10,000 records and 10 MiB of a batch, and counts all', async () => {
    const { db, load } = await setUp()
    const { batch } = await load('asterisk-csv', 'x\n'.repeat(10_002))
    assert.deepEqual([batch.rejected, batch.rejectsKept], [10_002, 10_000])
    const long = await load('asterisk-csv', `${'y'.repeat(900_000)}\n`.repeat(13))
    assert.deepEqual([long.batch.rejected, long.batch.rejectsKept], [13, 11])
    let read = 0
    for await (const some of allRejects(db, batch.number)) read += some.length
    assert.equal(read, 10_000)
  })

  it('an import that is stopped and goes on counts and loads as one that was not', async () => {
    const { db, begin, load, calls: stored } = await setUp()
    const row = (i: number) =>
      `"n","1","${i % 4000}","d","2026-03-02 10:00:00","","2026-03-02 10:00:01","1","0","NO_ANSWER","u${i % 4000}","","${i % 100 ? 'alpha' : 'nobody'}","",""\n`
    const bytes = Buffer.from(Array.from({ length: 6_000 }, (_, i) => row(i)).join(''))
    const batch = await begin()
    const request = {
      format: callFormats.get('freeswitch-csv')!,
      read: { clock: new LocalClock('UTC'), direction: 'TERMINATION', note: () => {} },
      ...{ source: null, account: null, onRejection: () => {} }
    } as const
    const run = async (stop: boolean) =>
      importCalls(db, inPieces(bytes, 50_000), {
        ...request,
        batches: { numberOf: async () => batch.number, done: (await batchByNumber(db, batch.number))! },
        onProgress: ({ rows }) => {
          if (stop && rows > 0) throw new Error('killed')
        }
      })
    await assert.rejects(run(true), /killed/)
    assert.equal((await batchByNumber(db, batch.number))!.rows, 5_000)
    const counts = await run(false)
    const pick = ({ rows, loaded, duplicates, rejected }: Batch | typeof counts) => ({
      rows,
      loaded,
      duplicates,
      rejected
    })
    assert.deepEqual(pick(counts), { rows: 6_000, loaded: 5_940, duplicates: 0, rejected: 60 })
    assert.deepEqual(pick((await batchByNumber(db, batch.number))!), pick(counts))
    assert.equal((await stored()).length, 5_940)
    assert.equal((await listRejects(db, batch.number, {})).totalCount, 60)
    assert.equal((await load('freeswitch-csv', bytes, { read: request.read })).counts.loaded, 0)
  })

  it('knows when each feed and company last had a call', async () => {
    const { db, begin, into } = await setUp()
    await into(calls(3))
    const late = await begin()
    await ingestCalls(
      db,
      [call({ identity: 'late', source: 'sw2', companyId: 'company-beta-000', startedAt: noon - day })],
      {
        ...{ batch: late.number, duplicates: 0, rejects: [] },
        at: noon + 90_000
      }
    )
    const feeds = await listFeeds(db, noon + 100_000, {})
    assert.deepEqual(
      feeds.nodes.map(({ source, receivedAt, lastStart, callsToday }) => [source, receivedAt, lastStart, callsToday]),
      [
        ['sw1', noon, noon + 120_000, 3],
        ['sw2', noon + 90_000, noon - day, 1]
      ]
    )
    assert.deepEqual(
      (await listFeeds(db, noon + day, {})).nodes.map(({ callsToday }) => callsToday),
      [0, 0]
    )
    await into(calls(5, i => ({ identity: `again${i}` })))
    assert.equal((await listFeeds(db, noon, {})).nodes[0]!.callsToday, 8)
    const one = await listCompanyFeeds(db, noon, { first: 1 })
    const two = await listCompanyFeeds(db, noon, { first: 1, after: one.pageInfo.endCursor })
    assert.deepEqual(
      [one.nodes[0]!.name, two.nodes[0]!.name, two.nodes[0]!.receivedAt, two.pageInfo.hasNextPage],
      ['alpha', 'beta', noon + 90_000, false]
    )
    // A clock that ran ahead and was set back.
    for (const [identity, at] of [
      ['ahead', noon + 365 * day],
      ['back', noon]
    ] as const)
      await ingestCalls(db, [call({ identity, source: 'sw2' })], {
        ...{ batch: late.number, duplicates: 0, rejects: [], at }
      })
    assert.equal((await listFeeds(db, noon, {})).nodes[1]!.receivedAt, noon)
    assert.equal((await listCompanyFeeds(db, noon, {})).nodes[0]!.receivedAt, noon)
  })

  it('a feed that is silent for too long starts an alarm, once, and a call ends it', async () => {
    const { db, into, audits } = await setUp()
    await into(calls(1))
    const by = { actor: 'staff:1', ip: '192.0.2.1' }
    const minutes = (n: number) => noon + n * 60_000
    assert.deepEqual(await watchFeeds(db, minutes(100_000)), [], 'no alarm unless asked for')
    await assert.rejects(setSilence(db, 'SOURCE', 'sw9', 60, by), code('NOT_FOUND'))
    for (const wrong of [4, 0, -1, 1.5, 44_641])
      await assert.rejects(setSilence(db, 'SOURCE', 'sw1', wrong, by), code('BAD_USER_INPUT'))
    await setSilence(db, 'SOURCE', 'sw1', 60, by)
    await assert.rejects(setSilence(db, 'SOURCE', 'sw1', 30, { ...by, expectedVersion: 1 }), code('CONFLICT'))
    await setSilence(db, 'SOURCE', 'sw1', 60, by)
    assert.deepEqual(
      (await audits()).map(({ action }) => action),
      ['setCallFeedSilence']
    )
    assert.deepEqual(await watchFeeds(db, minutes(59)), [])
    const change = { kind: 'SOURCE', subject: 'sw1', receivedAt: noon }
    assert.deepEqual(await watchFeeds(db, minutes(60)), [{ ...change, silent: true }])
    assert.deepEqual(await watchFeeds(db, minutes(61)), [])
    assert.equal((await listFeeds(db, minutes(61), {})).nodes[0]!.silentSince, minutes(60))
    const more = (await beginBatch(
      db,
      { source: 'sw1', format: 'f', origin: 'CLI', actor: 'cli', options: settings },
      minutes(70)
    ))!
    await ingestCalls(
      db,
      calls(1, () => ({ identity: 'z' })),
      {
        ...{ batch: more.number, duplicates: 0, rejects: [] },
        at: minutes(70)
      }
    )
    assert.deepEqual(await watchFeeds(db, minutes(71)), [{ ...change, receivedAt: minutes(70), silent: false }])
    assert.equal((await watchFeeds(db, minutes(200))).length, 1)
    const alarms = await listAlarms(db, { kind: 'SOURCE', subject: 'sw1' }, {})
    assert.deepEqual(
      alarms.nodes.map(({ from, until }) => [from, until]),
      [
        [minutes(130), null],
        [minutes(60), minutes(71)]
      ]
    )
    await setSilence(db, 'SOURCE', 'sw1', null, by)
    await watchFeeds(db, minutes(201))
    assert.equal((await listAlarms(db, null, {})).nodes[0]!.until, minutes(201))
  })

  it('a company that is silent for too long starts an alarm of its own, and none while it is closed', async () => {
    const { db, into, audits, database } = await setUp()
    await into(calls(1))
    const by = { actor: 'staff:1', ip: '192.0.2.1' }
    const minutes = (n: number) => noon + n * 60_000
    const [feed] = (await listCompanyFeeds(db, noon, {})).nodes
    const { companyId, version } = feed!
    await assert.rejects(setSilence(db, 'COMPANY', 'nobody', 60, by), code('NOT_FOUND'))
    await setSilence(db, 'COMPANY', companyId, 60, { ...by, expectedVersion: version })
    await assert.rejects(
      setSilence(db, 'COMPANY', companyId, 30, { ...by, expectedVersion: version }),
      code('CONFLICT')
    )
    assert.deepEqual(
      (await audits()).map(({ action }) => action),
      ['setCompanyCallSilence']
    )
    assert.deepEqual(await watchFeeds(db, minutes(59)), [])
    const change = { kind: 'COMPANY', subject: companyId, receivedAt: noon }
    assert.deepEqual(await watchFeeds(db, minutes(60)), [{ ...change, silent: true }])
    assert.equal(await silentCompanies(db), 1)
    assert.equal((await listCompanyFeeds(db, minutes(61), {})).nodes[0]!.silentSince, minutes(60))
    const of = { kind: 'COMPANY', subject: companyId } as const
    const [alarm] = (await listAlarms(db, of, {})).nodes
    assert.deepEqual(alarm, { source: null, companyId, from: minutes(60), until: null })
    await database.writer('company').where({ id: companyId }).update({ status: 'INACTIVE' })
    await watchFeeds(db, minutes(70))
    assert.equal((await listAlarms(db, of, {})).nodes[0]!.until, minutes(70))
    assert.deepEqual(await watchFeeds(db, minutes(99)), [])
    assert.equal((await listCompanyFeeds(db, minutes(99), {})).nodes[0]!.silentSince, null)
  })

  it('tells the log once when a feed falls silent, and once when it is heard of again', async () => {
    const { db, into } = await setUp()
    await into(calls(1, () => ({ source: 'asterisk-csv:sbc01.example' })))
    await setSilence(db, 'SOURCE', 'asterisk-csv:sbc01.example', 60, { actor: 'staff:1', ip: '' })
    const { log, lines } = logLines(readSettings({}))
    const job = cdr.jobs!.find(({ name }) => name === 'cdr-batches')!
    for (const minute of [59, 61, 62]) await job.run(db, noon + minute * 60_000, log, alive)
    const said = () =>
      lines
        .map(line => JSON.parse(line))
        .map(({ level, source, lastReceivedAt, msg }) => ({ level, source, lastReceivedAt, msg }))
    const silent = {
      ...{ level: 40, source: 'asterisk-csv:sbc01.example', lastReceivedAt: '2026-03-15T12:00:00.000Z' },
      msg: 'a source of calls is silent'
    }
    assert.deepEqual(said(), [silent])
    const { number } = await into([])
    await db.run(`update {cdr_batch} set state = 'RUNNING' where number = ?`, [number])
    await ingestCalls(
      db,
      calls(1, () => ({ source: 'asterisk-csv:sbc01.example', identity: 'next' })),
      {
        ...{ batch: number, duplicates: 0, rejects: [] },
        at: noon + 63 * 60_000
      }
    )
    for (const minute of [64, 65]) await job.run(db, noon + minute * 60_000, log, alive)
    assert.deepEqual(said().slice(1), [
      { ...silent, lastReceivedAt: '2026-03-15T13:03:00.000Z', msg: 'a source of calls is heard of again' }
    ])
  })

  it('records of other times are rejected, and monitoring hears of feeds and batches', async () => {
    const { db, load, services } = await setUp()
    const record = (uniqueId: string, startedAt: string, more: object = {}) =>
      JSON.stringify({ accountCode: 'alpha', uniqueId, startedAt, duration: 5, destination: '33', ...more })
    await setKeptFrom(db, Date.UTC(2026, 2, 1))
    await setKeptFrom(db, 0)
    const { batch } = await load(
      'call-json',
      [record('1', '2026-02-28T23:59:59Z'), record('2', '2026-03-01T00:00:00Z')].join('\n')
    )
    assert.deepEqual([batch.loaded, batch.rejected], [1, 1])
    const [reject] = (await listRejects(db, batch.number, {})).nodes
    assert.match(reject!.reason, /starts before 2026-03-01/)
    // So are calls that nobody can have made yet, and corrections of what is in an archive, which are not lost in silence.
    await archiveCalls(db, noon + 200 * day)
    const fixed = { duration: 6, replace: true }
    const second = await load(
      'call-json',
      [
        record('3', new Date(Date.now() + 2 * day).toISOString()),
        record('4', new Date(Date.now() + hour).toISOString()),
        record('2', '2026-03-01T00:00:00Z', fixed)
      ].join('\n')
    )
    assert.deepEqual([second.batch.loaded, second.batch.duplicates, second.batch.rejected], [1, 0, 2])
    const again = await beginRerun({ db, operator, at: noon }, second.batch.id)
    await rerunTask.run(services, { batch: again.number }, noon, alive)
    assert.deepEqual(
      (await listRejects(db, second.batch.number, {})).nodes.map(({ reason }) => reason),
      ['starts more than a day from now: is the clock of the switch right, and the zone?', archivedReason]
    )
    const { receivedAt } = (await listFeeds(db, noon, {})).nodes[0]!
    const figures = await metrics.read(db, receivedAt! + 5_000)
    const labels = { source: 'call-json' }
    assert.deepEqual(
      figures.filter(({ name }) => name.startsWith('feed_')),
      [
        { name: 'feed_age_seconds', labels, value: 5 },
        { name: 'feed_silent', labels, value: 0 },
        { name: 'feed_calls_today', labels, value: 2 }
      ]
    )
    const named = new Set(metrics.list.map(({ name }) => name))
    assert.ok(figures.every(({ name }) => named.has(name)))
  })

  it('a command that is gone breaks off; after 30 days only the batch is left', async () => {
    const { db, begin, into, undo, load } = await setUp()
    const gone = await begin()
    await into(calls(2))
    const corrected = await into([call({ identity: 'c0', replace: true })])
    await load('asterisk-csv', 'x\n')
    await keepBatches(db, noon + 14 * 60_000)
    assert.equal((await batchById(db, gone.id))!.state, 'RUNNING')
    await keepBatches(db, noon + 16 * 60_000)
    assert.equal((await batchById(db, gone.id))!.state, 'BROKEN_OFF')
    await keepBatches(db, noon + 29 * day)
    assert.equal((await dump(db, 'cdr_replaced')).length, 1)
    // Told to stop, it leaves the rest to the next run.
    await keepBatches(db, noon + 31 * day, async () => false)
    assert.equal((await dump(db, 'cdr_replaced')).length, 1)
    await keepBatches(db, noon + 31 * day)
    for (const table of ['cdr_replaced', 'cdr_reject', 'cdr_batch_company']) assert.deepEqual(await dump(db, table), [])
    await assert.rejects(undo(corrected), code('PRECONDITION_FAILED', undefined))
    assert.equal((await listBatches(db, {}, {})).totalCount, 4)
    await keepBatches(db, noon + 32 * day)
  })
})
