import assert from 'node:assert/strict'
import { test } from 'node:test'
import { PortalError } from '../../../core/plugin-api.ts'
import { callFileBytes, inPieces } from '../../../test/support/call-records.ts'
import { openCallWorld } from '../../../test/support/call-world.ts'
import { forEachDatabase } from '../../../test/support/databases.ts'
import { callFormats } from './formats.ts'
import { type ImportRequest, importCalls, type Rejection } from './import-calls.ts'
import { LocalClock } from './local-clock.ts'

forEachDatabase('importing calls', open => {
  const setUp = async () => {
    const world = await openCallWorld(open)
    const load = async (
      format: string,
      bytes: Uint8Array | string,
      change: Partial<ImportRequest> = {},
      size = 4096
    ) => {
      const rejections: Rejection[] = []
      const counts = await importCalls(
        world.db,
        inPieces(typeof bytes === 'string' ? Buffer.from(bytes) : bytes, size),
        {
          format: callFormats.get(format)!,
          read: { clock: new LocalClock('Europe/London'), direction: 'TERMINATION', note: () => {} },
          source: null,
          account: null,
          onRejection: rejection => rejections.push(rejection),
          ...change
        }
      )
      return { counts, rejections }
    }
    return { ...world, load }
  }
  const master = callFileBytes('asterisk-cdr-csv-18.csv')

  test('loads what is sound, tells the rest by line, and gives each call to its company', async () => {
    const { load, calls, summed } = await setUp()
    const { counts, rejections } = await load('asterisk-csv', master)
    assert.deepEqual(counts, { rows: 16, loaded: 13, replaced: 0, duplicates: 0, unrated: 13, rejected: 3 })
    assert.deepEqual(
      rejections.map(({ line, reason }) => `${line}: ${reason}`),
      [
        '14: billsec: 900 seconds of talk in a call of 35 seconds',
        '15: no company has the account code gamma',
        '16: a quote is not closed'
      ]
    )
    const rows = await calls()
    assert.equal(rows.length, 13)
    assert.equal(rows.filter(row => row.company_id === 'company-alpha-00').length, 7)
    assert.equal(rows.filter(row => row.charge === null).length, 13)
    assert.equal(await summed(), 13)
  })

  test('the same file twice loads nothing more, however it is cut', async () => {
    const { load, calls, summed } = await setUp()
    for (const name of ['asterisk-cdr-csv-18.csv', 'asterisk-cdr-csv-21.csv', 'freepbx-report.csv'])
      await load('asterisk-csv', callFileBytes(name))
    const before = await calls()
    for (const size of [1, 100, 100_000]) {
      const { counts } = await load('asterisk-csv', master, {}, size)
      assert.deepEqual([counts.loaded, counts.duplicates, counts.rejected], [0, 13, 3])
    }
    const { counts } = await load('asterisk-csv', callFileBytes('asterisk-cdr-csv-21.csv'))
    assert.deepEqual([counts.loaded, counts.duplicates], [0, 3])
    assert.deepEqual(await calls(), before)
    assert.equal(await summed(), before.length)
  })

  test('two equal rows are two calls, three rows of one uuid are three', async () => {
    const { load, calls } = await setUp()
    await load('freeswitch-csv', callFileBytes('freeswitch-spreadsheet.csv'))
    assert.equal((await calls()).length, 3)
    assert.equal(new Set((await calls()).map(row => row.call_id)).size, 1)
    await load('freeswitch-csv', callFileBytes('freeswitch-spreadsheet.csv'))
    assert.equal((await calls()).length, 3)
  })

  test('a file that grew loads only what was added, equal rows among it', async () => {
    const { load } = await setUp()
    const lines = callFileBytes('freeswitch-spreadsheet.csv').toString().split('\r\n').filter(Boolean)
    const [one, two] = lines as [string, string]
    assert.equal((await load('freeswitch-csv', [one, two].join('\n'))).counts.loaded, 2)
    const { counts } = await load('freeswitch-csv', [one, two, two, one.replace('65', '64')].join('\n'))
    assert.deepEqual([counts.loaded, counts.duplicates], [2, 2])
  })

  test('another source is another feed', async () => {
    const { load } = await setUp()
    const file = callFileBytes('asterisk-cdr-csv-21.csv')
    assert.equal((await load('asterisk-csv', file, { source: 'pbx1' })).counts.loaded, 3)
    assert.equal((await load('asterisk-csv', file, { source: 'pbx2' })).counts.loaded, 3)
    assert.equal((await load('asterisk-csv', file, { source: 'pbx1' })).counts.loaded, 0)
  })

  test("a switch's document is one call, however it came", async () => {
    const { load, calls } = await setUp()
    const counts = []
    for (const name of [
      'freeswitch-document.json',
      'freeswitch-form.txt',
      'freeswitch-two-legs.ndjson',
      'freeswitch-array.json'
    ])
      counts.push((await load('freeswitch-json', callFileBytes(name))).counts.loaded)
    assert.deepEqual(counts, [1, 0, 1, 1])
    const rows = await calls()
    assert.deepEqual(new Set(rows.map(row => row.source)), new Set(['freeswitch-json:sw1.example', 'freeswitch-json']))
    const ways = Object.fromEntries(rows.map(row => [row.call_id, row.direction]))
    assert.equal(ways['8c2e0000-0000-4000-8000-000000000031@192.0.2.10'], 'TERMINATION')
    assert.equal(ways['8c2e0000-0000-4000-8000-000000000032@192.0.2.10'], 'ORIGINATION')
  })

  test("a carrier's leg has the gateway, and the other direction", async () => {
    const { load, calls } = await setUp()
    const document = callFileBytes('freeswitch-document.json').toString().replace('"alpha"', '"trunk"')
    await load('freeswitch-json', document)
    const [row] = await calls()
    assert.deepEqual(
      [row!.leg, row!.direction, row!.gateway_ip, row!.source_ip, row!.currency],
      ['CARRIER', 'ORIGINATION', '192.0.2.10', null, 'USD']
    )
  })

  test('records without an account code go to --account, if one is given', async () => {
    const { load } = await setUp()
    const file = callFileBytes('cdrstats-import_cdr_100.txt')
    const nobody = await load('cdr-stats-csv', file)
    assert.deepEqual([nobody.counts.loaded, nobody.counts.rejected], [0, 100])
    assert.equal(nobody.rejections[0]!.reason, 'has no account code')
    const alpha = await load('cdr-stats-csv', file, { account: 'alpha' })
    assert.deepEqual([alpha.counts.loaded, alpha.counts.rejected], [99, 1])
  })

  test("money in another currency than the company's account is refused", async () => {
    const { load, calls } = await setUp()
    const record = callFileBytes('calls.ndjson').toString()
    const { rejections } = await load('call-json', record.replace('EUR', 'USD'))
    assert.deepEqual(
      rejections.map(({ reason }) => reason),
      ["is in USD, but the company's account is in EUR"]
    )
    assert.equal((await calls()).length, 1)
    assert.equal((await load('call-json', record)).counts.loaded, 1)
  })

  test('a call that cannot be stored is told, the others of its handful are loaded', async () => {
    const { load, calls } = await setUp()
    const rows = callFileBytes('asterisk-cdr-csv-21.csv').toString().trim().split('\n')
    const long = rows[1]!.replace('1772445660.202', 'u'.repeat(300))
    const { counts, rejections } = await load('asterisk-csv', [rows[0], long, rows[2]].join('\n'))
    assert.equal(counts.loaded, 2)
    assert.equal(rejections[0]!.line, 2)
    assert.match(rejections[0]!.reason, /not a text of at most/)
    assert.equal((await calls()).length, 2)
  })

  test('a dry run writes nothing', async () => {
    const { load, calls } = await setUp()
    const { counts } = await load('asterisk-csv', master, { dryRun: true })
    assert.deepEqual([counts.loaded, counts.rejected], [13, 3])
    assert.equal((await calls()).length, 0)
  })

  test('an input that breaks off keeps what was loaded, and a repeat loads the rest', async () => {
    const { db, load, calls } = await setUp()
    const line = (index: number) =>
      `"n","1","${index}","d","2026-03-02 10:00:00","","2026-03-02 10:00:01","1","0","NO_ANSWER","u${index}","","alpha","",""\n`
    const lines = Array.from({ length: 6000 }, (_, index) => line(index))
    async function* breaking() {
      yield Buffer.from(lines.join(''))
      throw new PortalError('UNAVAILABLE')
    }
    await assert.rejects(
      importCalls(db, breaking(), {
        format: callFormats.get('freeswitch-csv')!,
        read: { clock: new LocalClock('UTC'), direction: 'TERMINATION', note: () => {} },
        source: null,
        account: null,
        onRejection: () => {}
      }),
      { code: 'UNAVAILABLE' }
    )
    assert.equal((await calls()).length, 5000)
    const { counts } = await load('freeswitch-csv', lines.join(''), {
      read: { clock: new LocalClock('UTC'), direction: 'TERMINATION', note: () => {} }
    })
    assert.deepEqual([counts.loaded, counts.duplicates], [1000, 5000])
  })

  test('long records are loaded in smaller portions, so that they never fill the memory', async () => {
    const { db, calls } = await setUp()
    const record = (index: number) => ({
      ...{ accountCode: 'alpha', uniqueId: `long-${index}`, startedAt: '2026-03-02T10:00:00Z', duration: 1 },
      destination: '442079460000'
    })
    async function* breaking() {
      for (let index = 0; index < 20; index += 1)
        yield Buffer.from(
          `${JSON.stringify(record(index))}${' '.repeat(1_000_000)}\n`.replace('}', `${' '.repeat(1_000_000)}}`)
        )
      throw new PortalError('UNAVAILABLE')
    }
    const request = {
      format: callFormats.get('call-json')!,
      read: { clock: null, direction: 'TERMINATION', note: () => {} },
      ...{ source: null, account: null, onRejection: () => {} }
    } as const
    await assert.rejects(importCalls(db, breaking(), request), { code: 'UNAVAILABLE' })
    const loaded = (await calls()).length
    assert.ok(loaded > 10 && loaded < 20, `${loaded} were loaded before the input broke off`)
  })

  test('reads no further while what it told is being worked on', async () => {
    const { load } = await setUp()
    let busy = false
    let told = 0
    await load(
      'asterisk-csv',
      'x\n'.repeat(1000),
      {
        onRejection() {
          assert.equal(busy, false)
          told += 1
        },
        async onProgress() {
          busy = true
          await new Promise(resolve => setImmediate(resolve))
          busy = false
        }
      },
      200
    )
    assert.equal(told, 1000)
  })
})
