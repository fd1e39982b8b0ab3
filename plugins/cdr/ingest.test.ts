import assert from 'node:assert/strict'
import { it } from 'node:test'
import { gunzipSync } from 'node:zlib'
import fc from 'fast-check'
import { type PluginDatabase, PortalError } from '../../core/plugin-api.ts'
import { cdrDatabase, makeCall, noon } from '../../test/support/cdr-context.ts'
import { forEachDatabase } from '../../test/support/databases.ts'
import { archiveCalls } from './archive.ts'
import type { Call } from './call.ts'
import { callRow } from './call-row.ts'
import { ingestCalls } from './ingest.ts'
import { cdr } from './plugin.ts'
import { day } from './range.ts'
import { RollUp, sums } from './roll-up.ts'

type Hour = Readonly<Record<string, unknown>>

const keys = [
  'company_id',
  'hour',
  'leg',
  'direction',
  'destination_code',
  'destination_name',
  'card',
  'tech_prefix',
  'currency'
]

const hours = async (db: PluginDatabase): Promise<readonly Hour[]> => {
  const rows = await db.all<Hour>(
    `select ${[...keys, ...sums].map(name => `cast(${name} as text) as ${name}`).join(', ')} from {cdr_hourly} order by ${keys.join(', ')}`
  )
  return rows.map(row => ({ ...row }))
}

/** The roll-ups as they would be if all calls now stored were loaded at once. */
const recount = async (db: PluginDatabase): Promise<readonly Hour[]> => {
  const rows = await db.from('cdr_call').select('*').select(db.raw('cast(charge as text) as charge'))
  const rollUp = new RollUp()
  for (const row of rows) rollUp.add(row)
  let written: unknown[][] = []
  await rollUp.write({
    dialect: 'sqlite',
    run: async (_sql: string, [json]: readonly unknown[]) => {
      written = JSON.parse(String(json))
      return 0
    }
  } as unknown as PluginDatabase)
  const hours = written.map(values =>
    Object.fromEntries([...keys, ...sums].map((name, i) => [name, String(values[i])]))
  )
  const name = (hour: Hour) =>
    keys.map(key => (key === 'hour' ? String(hour[key]).padStart(15, '0') : hour[key])).join('\u0001')
  return hours.sort((a, b) => (name(a) < name(b) ? -1 : 1))
}

const count = async (db: PluginDatabase): Promise<number> =>
  Number((await db.all<{ n: number }>('select count(*) as n from {cdr_call}'))[0]!.n)

forEachDatabase('ingest', open => {
  const start = async () => cdrDatabase(await open({ plugins: [cdr] }))

  it('loads a call once, however often it comes', async () => {
    const db = await start()
    const calls = [makeCall(), makeCall(), makeCall({ charge: null, rate: null })]
    assert.deepEqual(await ingestCalls(db, calls), { loaded: 3, replaced: 0, duplicates: 0, unrated: 1 })
    const before = await hours(db)
    assert.deepEqual(await ingestCalls(db, calls), { loaded: 0, replaced: 0, duplicates: 3, unrated: 0 })
    assert.deepEqual(await ingestCalls(db, [...calls, ...calls, makeCall()]), {
      loaded: 1,
      replaced: 0,
      duplicates: 6,
      unrated: 0
    })
    assert.equal(await count(db), 4)
    assert.deepEqual(await hours(db), await recount(db))
    assert.notDeepEqual(await hours(db), before)
  })

  it('knows a call by source, leg and identity, whatever start or company a later load gives it', async () => {
    const db = await start()
    const call = makeCall()
    await ingestCalls(db, [call])
    const again = [
      { ...call, startedAt: call.startedAt - 3_600_000 },
      { ...call, companyId: 'company-b' },
      { ...call, duration: 1 }
    ]
    assert.deepEqual(await ingestCalls(db, again), { loaded: 0, replaced: 0, duplicates: 3, unrated: 0 })
    const others: readonly Call[] = [
      { ...call, source: 'other' },
      { ...call, identity: 'other' },
      { ...call, leg: 'CARRIER', companyId: 'company-k' }
    ]
    assert.deepEqual(await ingestCalls(db, others), { loaded: 3, replaced: 0, duplicates: 0, unrated: 0 })
  })

  it('a correction takes the place of the call and of its share in the sums', async () => {
    const db = await start()
    const call = makeCall()
    await ingestCalls(db, [call, makeCall()])
    const corrected: Call = {
      ...call,
      replace: true,
      startedAt: call.startedAt - 7_200_000,
      destinationName: 'Elsewhere',
      charge: 5n,
      duration: 3
    }
    assert.deepEqual(await ingestCalls(db, [corrected]), { loaded: 1, replaced: 1, duplicates: 0, unrated: 0 })
    assert.equal(await count(db), 2)
    assert.deepEqual(await hours(db), await recount(db))
    assert.equal((await hours(db)).length, 2)
    await ingestCalls(db, [{ ...corrected, companyId: 'company-b' }])
    assert.deepEqual(
      (await hours(db)).map(hour => hour.company_id),
      ['company-a', 'company-b'],
      'no empty hour stays behind'
    )
  })

  it('after any sequence of loads and corrections the sums are those of the calls', async () => {
    const db = await start()
    const call = fc.record({
      identity: fc.constantFrom('1', '2', '3', '4', '5', '6'),
      replace: fc.boolean(),
      companyId: fc.constantFrom('company-a', 'company-b'),
      startedAt: fc.constantFrom(noon, noon - 1, noon - 3_600_000),
      destinationName: fc.constantFrom('France', 'Spain', null),
      charge: fc.constantFrom(null, 0n, 7n, -3n, 2n ** 46n),
      duration: fc.constantFrom(0, 3, 6, 7, 60),
      pdd: fc.constantFrom(null, 0, 900),
      dtmfCount: fc.constantFrom(null, 0, 2),
      releaseReason: fc.constantFrom('BUSY' as const, 'FAILED' as const)
    })
    await fc.assert(
      fc.asyncProperty(fc.array(call, { maxLength: 8 }), async changes => {
        await ingestCalls(
          db,
          changes.map(change => makeCall({ ...change, source: 'sequence' }))
        )
        assert.deepEqual(await hours(db), await recount(db))
      }),
      { numRuns: 25 }
    )
  })

  it('two loads of the same calls at the same time load each once', async () => {
    const db = await start()
    const calls = Array.from({ length: 300 }, () => makeCall())
    const results = await Promise.all([calls, [...calls].reverse(), calls].map(list => ingestCalls(db, list)))
    assert.equal(
      results.reduce((sum, { loaded }) => sum + loaded, 0),
      300
    )
    assert.deepEqual(await hours(db), await recount(db))
  })

  it('two corrections of the same calls at the same time, and their archiving, leave sums that are those of the calls', async () => {
    const db = await start()
    const calls = Array.from({ length: 60 }, () => makeCall())
    await ingestCalls(db, calls)
    for (let round = 0; round < 6; round += 1) {
      const corrected = (charge: bigint) => calls.map(call => ({ ...call, replace: true, charge, duration: round + 1 }))
      await Promise.all(
        [corrected(11n), corrected(12n).reverse(), corrected(13n), calls].map(list => ingestCalls(db, list))
      )
      assert.equal(await count(db), 60)
      assert.deepEqual(await hours(db), await recount(db))
    }
    const late = calls.map(call => ({ ...call, replace: true, charge: 5n }))
    await Promise.all([archiveCalls(db, noon + 200 * day), ingestCalls(db, late)])
    await archiveCalls(db, noon + 200 * day)
    const archived = await db.all<{ content: string }>('select content from {cdr_archive} order by part')
    const lines = gunzipSync(Buffer.concat(archived.map(({ content }) => Buffer.from(content, 'base64'))))
      .toString()
      .trim()
      .split('\r\n')
    const place = lines[0]!.split(',').indexOf('charge')
    const sum = (await hours(db)).reduce((total, { charge }) => total + Number(charge), 0)
    assert.equal(
      lines.slice(1).reduce((total, line) => total + Number(line.split(',')[place]), 0),
      sum,
      'what is archived is what was counted'
    )
  })

  it('an answered call of 0 seconds was carried by the network', async () => {
    const db = await start()
    await ingestCalls(db, [
      makeCall({ duration: 0, billedDuration: 0, answeredAt: noon, releaseReason: 'UPSTREAM_BYE' }),
      makeCall({ duration: 0, billedDuration: 0, answeredAt: null, releaseReason: 'CONGESTION' })
    ])
    const [hour] = await hours(db)
    assert.deepEqual([hour!.attempts, hour!.connected, hour!.effective], ['2', '0', '1'])
  })

  it('refuses a bad call by its place and loads nothing of that load', async () => {
    const db = await start()
    const bad: readonly Partial<Record<keyof Call, unknown>>[] = [
      { companyId: '' },
      { callId: 'x'.repeat(257) },
      { cli: 'a\0' },
      { destination: '\ud800' },
      { destination: 7 },
      { leg: 'OPERATOR' },
      { direction: 'SIDEWAYS' },
      { startedAt: Number.NaN },
      { startedAt: 1.5 },
      { endedAt: null },
      { duration: -1 },
      { duration: null },
      { charge: 1.5 },
      { charge: 10n ** 15n },
      { rate: 2n ** 63n },
      { currency: 'eur' },
      { sipCode: 700 },
      { q850Cause: 128 },
      { releaseReason: 'BORED' },
      { gatewayIp: '192.0.2.1' },
      { leg: 'CARRIER', dtmf: '123' }
    ]
    for (const change of bad) {
      await assert.rejects(
        ingestCalls(db, [makeCall(), makeCall(change as Partial<Call>)]),
        error => error instanceof PortalError && 'calls[1]' in (error.extensions.fields as object),
        JSON.stringify(change, (_, value) => (typeof value === 'bigint' ? String(value) : value))
      )
    }
    assert.equal(await count(db), 0)
  })

  it('keeps every field', async () => {
    const db = await start()
    const full = makeCall({
      assertedId: '+33',
      techPrefix: '77',
      lrn: '1212',
      jurisdiction: 'EEA',
      cardId: 'card',
      ringDuration: 4,
      pdd: 5,
      pddIn: 6,
      connectCost: 7n,
      rate: 10n ** 15n,
      charge: 10n ** 14n,
      sipReason: 'OK',
      q850Cause: 16,
      sourceIp: '192.0.2.9',
      authName: 'trunk',
      dtmf: '12#',
      dtmfCount: 3,
      codec: 'PCMA',
      rtpServer: 'rtp1',
      mosHundredths: 410,
      jitterMs: 1,
      packetLossHundredths: 2,
      rttMs: 3,
      recordingId: 'rec',
      stirShakenAttest: 'A',
      dncStatus: 'NOT_FOUND'
    })
    await ingestCalls(db, [full])
    const [row] = await db
      .from('cdr_call')
      .select('*')
      .select(['charge', 'rate', 'connect_cost'].map(name => db.raw('cast(?? as text) as ??', [name, name])))
    const text = (values: object) =>
      Object.fromEntries(Object.entries(values).map(([key, value]) => [key, value === null ? null : String(value)]))
    assert.deepEqual(text(row), text({ ...callRow(full), gateway_ip: null }))
  })
})
