import assert from 'node:assert/strict'
import { it } from 'node:test'
import { PortalError } from '../../core/plugin-api.ts'
import type { Database } from '../../db/connect.ts'
import { type CdrViewer, cdrContext, cdrDatabase, columnsFor, makeCall, noon } from '../../test/support/cdr-context.ts'
import { forEachDatabase } from '../../test/support/databases.ts'
import { archiveCalls, readArchive } from './archive.ts'
import { breakoutColumnSet } from './breakout-columns.ts'
import { cdrColumnSet } from './cdr-columns.ts'
import { readCdrFilter } from './cdr-filter.ts'
import { findCall, listCalls } from './cdr-store.ts'
import { cdrExport } from './exports.ts'
import { ingestCalls } from './ingest.ts'
import { cdr } from './plugin.ts'
import { day, monthStart } from './range.ts'
import { setRetention } from './retention.ts'

const range = { from: noon - 2 * day, to: noon }

const list = (db: Database, viewer: CdrViewer, filter: object = {}, page: object = {}) =>
  listCalls(cdrContext(db, viewer), readCdrFilter({ range, ...filter }), page)

const refused =
  (code: string, path?: string) =>
  (error: unknown): true => {
    assert.ok(error instanceof PortalError, String(error))
    assert.equal(error.extensions.code, code)
    if (path !== undefined) assert.deepEqual(Object.keys(error.extensions.fields as object), [path])
    return true
  }

const everything = { on: ['recording', 'interconnect', 'rtp-servers'] }

it('no column of the operators is declared', () => {
  const names = [...cdrColumnSet.columns, ...breakoutColumnSet.columns].map(({ name }) => name)
  assert.ok(!names.some(name => /profit|switch/i.test(name)))
  assert.ok(!/profit/i.test(cdr.schema!))
  // A user type's columns never name the other side's.
  assert.ok(!columnsFor('CDR', 'CUSTOMER').some(name => /provider|gateway/i.test(name)))
  assert.ok(!columnsFor('CDR', 'CARRIER').some(name => /^(charge|rate|connectCost|sourceIp|dtmf|cardId)$/.test(name)))
  assert.equal(columnsFor('CDR', 'CUSTOMER').length, 40)
  assert.equal(columnsFor('CDR', 'CARRIER').length, 35)
})

forEachDatabase('cdrs', open => {
  const start = async (calls = [makeCall()]) => {
    const db = await open({ plugins: [cdr] })
    await ingestCalls(cdrDatabase(db), calls)
    return db
  }

  it('shows a company its own legs only, each side its own money', async () => {
    const db = await start([
      makeCall({ callId: 'shared', charge: 12_345n, dtmf: '4111 1111', techPrefix: '77' }),
      makeCall({ callId: 'shared', leg: 'CARRIER', companyId: 'company-k', charge: 9_999n, gatewayIp: '192.0.2.7' }),
      makeCall({ companyId: 'company-b' })
    ])
    const own = await list(db, everything)
    assert.equal(own.nodes.length, 1)
    assert.equal(own.nodes[0]!.charge, '0.012345')
    assert.equal(own.nodes[0]!.rate, '0.01')
    assert.equal(own.nodes[0]!.dtmf, '*********')
    assert.ok(!('providerCharge' in own.nodes[0]!))
    const carrier = await list(db, { ...everything, companyId: 'company-k', userType: 'CARRIER' })
    assert.equal(carrier.nodes.length, 1)
    assert.equal(carrier.nodes[0]!.providerCharge, '0.009999')
    assert.ok(!('charge' in carrier.nodes[0]!) && !('dtmf' in carrier.nodes[0]!))
    assert.doesNotMatch(JSON.stringify([own, carrier]), /profit/)
    // A customer that is asked as a carrier has no legs of that kind.
    assert.equal((await list(db, { ...everything, userType: 'CARRIER' })).nodes.length, 0)
  })

  it('leaves hidden columns out, and refuses them in filter, sort, short-cuts, look-up and export', async () => {
    const db = await start()
    const viewer = { cdr: ['callId', 'endedAt'] }
    const { nodes } = await list(db, viewer)
    assert.deepEqual(Object.keys(nodes[0]!), ['callId', 'endedAt'])
    const context = cdrContext(db, viewer)
    for (const column of [...columnsFor('CDR', 'CUSTOMER'), 'providerCharge', 'profit', 'switch', 'id', 'company_id']) {
      if (viewer.cdr.includes(column)) continue
      const rules = [{ column, op: 'eq', value: '1' }]
      await assert.rejects(
        list(db, viewer, { where: { rules } }),
        refused('BAD_USER_INPUT', 'filter.where.rules[0].column')
      )
      await assert.rejects(list(db, viewer, {}, { sort: [{ column }] }), refused('BAD_USER_INPUT', 'sort[0].column'))
      await assert.rejects(
        (async () => {
          for await (const _ of cdrExport.pages(context, { range }, ['callId', column]));
        })(),
        refused('BAD_USER_INPUT', 'columns[1]')
      )
    }
    await assert.rejects(list(db, viewer, { connectedOnly: true }), refused('BAD_USER_INPUT', 'filter.connectedOnly'))
    await assert.rejects(list(db, viewer, { number: '44' }), refused('BAD_USER_INPUT', 'filter.number'))
    await assert.rejects(list(db, viewer, { direction: 'TERMINATION' }), refused('BAD_USER_INPUT', 'filter.direction'))
    await assert.rejects(findCall(cdrContext(db, { cdr: ['endedAt'] }), 'x'), refused('BAD_USER_INPUT', 'callId'))
  })

  it('columns of other features come and go with them', async () => {
    const db = await start([makeCall({ rtpServer: 'rtp1', recordingId: 'rec1' })])
    const off = (await list(db, {})).nodes[0]!
    assert.ok(!('rtpServer' in off) && !('recordingId' in off))
    const on = (await list(db, everything)).nodes[0]!
    assert.equal(on.rtpServer, 'rtp1')
    assert.equal(on.recordingId, 'rec1')
  })

  it('masked digits cannot be searched for', async () => {
    const db = await start()
    const where = { rules: [{ column: 'dtmf', op: 'startsWith', value: '4' }] }
    await assert.rejects(list(db, {}, { where }), refused('BAD_USER_INPUT', 'filter.where.rules[0].column'))
    await assert.rejects(list(db, {}, {}, { sort: [{ column: 'dtmf' }] }), refused('BAD_USER_INPUT', 'sort[0].column'))
  })

  it('finds calls by number as people write it, by direction and by answer', async () => {
    const db = await start([
      makeCall({ callId: 'a', cli: '442079460000', destination: '33142685300' }),
      makeCall({ callId: 'b', cli: '33142685300', destination: '4479', duration: 0, direction: 'ORIGINATION' }),
      makeCall({ callId: 'c', cli: '1', destination: 'Alice_Desk' })
    ])
    const found = async (filter: object, viewer: CdrViewer = {}) =>
      (await list(db, viewer, filter)).nodes.map(({ callId }) => callId).sort()
    assert.deepEqual(await found({ number: '+33 (1) 42-68' }), ['a', 'b'])
    assert.deepEqual(await found({ number: '+33 (1) 42-68' }, { cdr: ['callId', 'cli'] }), ['b'])
    assert.deepEqual(await found({ number: 'alice_' }), ['c'])
    assert.deepEqual(await found({ number: 'alice%' }), [])
    assert.deepEqual(await found({ connectedOnly: true }), ['a', 'c'])
    assert.deepEqual(await found({ direction: 'ORIGINATION' }), ['b'])
    const either = {
      match: 'ANY',
      rules: [
        { column: 'callId', op: 'eq', value: 'a' },
        { column: 'cli', op: 'eq', value: '1' }
      ]
    }
    assert.deepEqual(await found({ where: either }), ['a', 'c'])
    // An "any" of the viewer's never opens the range or the short-cuts.
    assert.deepEqual(await found({ where: either, direction: 'ORIGINATION' }), [])
  })

  it('newest first, page by page; the range holds its start and not its end', async () => {
    const starts = [noon - 2 * day - 1, noon - 2 * day, noon - 5, noon - 5, noon - 1, noon]
    const db = await start(starts.map(startedAt => makeCall({ startedAt })))
    const seen: unknown[] = []
    for (let after: string | null = null; ; ) {
      const { nodes, pageInfo } = await list(db, {}, {}, { first: 1, after })
      seen.push(...nodes.map(node => Date.parse(String(node.startedAt))))
      if (!pageInfo.hasNextPage) break
      after = pageInfo.endCursor
    }
    assert.deepEqual(seen, [noon - 1, noon - 5, noon - 5, noon - 2 * day])
  })

  it('refuses a range that is missing, inverted or too long', async () => {
    const db = await start()
    const read = (value: object) => async () => list(db, {}, value)
    for (const [value, path] of [
      [{ range: undefined }, 'filter.range'],
      [{ range: {} }, 'filter.range.from'],
      [{ range: { from: noon } }, 'filter.range.to'],
      [{ range: { from: 'yesterday', to: noon } }, 'filter.range.from'],
      [{ range: { from: noon, to: noon } }, 'filter.range'],
      [{ range: { from: noon, to: noon - 1 } }, 'filter.range'],
      [{ range: { from: noon - 31 * day - day / 24 - 1, to: noon } }, 'filter.range'],
      [{ surprise: 1 }, 'filter']
    ] as const) {
      await assert.rejects(read(value), refused('BAD_USER_INPUT', path))
    }
    assert.equal((await list(db, {}, { range: { from: noon - 31 * day, to: noon } })).nodes.length, 1)
    const october = { from: Date.UTC(2026, 8, 30, 22), to: Date.UTC(2026, 9, 31, 23) }
    assert.equal((await list(db, {}, { range: october })).nodes.length, 0)
    const iso = { from: new Date(noon - day).toISOString(), to: new Date(noon).toISOString() }
    assert.equal((await list(db, {}, { range: iso })).nodes.length, 1)
  })

  it('finds a call by its Call-ID, its own company’s only', async () => {
    const db = await start([makeCall({ callId: 'mine' }), makeCall({ callId: 'theirs', companyId: 'company-b' })])
    const context = cdrContext(db)
    assert.equal((await findCall(context, 'mine'))?.callId, 'mine')
    assert.equal(await findCall(context, 'theirs'), undefined)
    assert.equal(await findCall(context, 'nobody’s'), undefined)
    assert.equal(await findCall(context, 'mine\0'), undefined)
  })

  it('amounts above 2^53 keep every digit, in rows, filters, sorts and cursors', async () => {
    const base = 10n ** 14n
    const rates = [2n ** 49n + 1n, 2n ** 49n + 2n, 2n ** 49n + 3n]
    const db = await start(rates.map((rate, i) => makeCall({ rate, charge: base - BigInt(i) })))
    const sort = [{ column: 'charge', dir: 'ASC' }]
    const one = await list(db, {}, {}, { sort, first: 1 })
    assert.equal(one.nodes[0]!.charge, '99999999.999998')
    const two = await list(db, {}, {}, { sort, first: 1, after: one.pageInfo.endCursor })
    assert.equal(two.nodes[0]!.charge, '99999999.999999')
    const where = { rules: [{ column: 'charge', op: 'eq', value: '100000000' }] }
    assert.deepEqual(
      (await list(db, {}, { where })).nodes.map(({ charge }) => charge),
      ['100000000.00']
    )
  })

  it('a number beyond its column compares like any other', async () => {
    const db = await start([makeCall({ mosHundredths: 420 })])
    for (const [column, value] of [
      ['duration', '3000000000'],
      ['sipCode', '999999999999999'],
      ['mos', '99999999.00']
    ] as const)
      for (const op of ['lt', 'gt'])
        assert.equal(
          (await list(db, {}, { where: { rules: [{ column, op, value }] } })).nodes.length,
          op === 'lt' ? 1 : 0
        )
  })

  it('exports every page of the filter, in the chosen columns', async () => {
    const db = await start(Array.from({ length: 2_003 }, (_, i) => makeCall({ startedAt: noon - 1 - (i % 7) })))
    const rows: Record<string, unknown>[] = []
    const filter = JSON.parse(JSON.stringify({ range: { from: new Date(noon - day), to: new Date(noon) } }))
    for await (const page of cdrExport.pages(cdrContext(db), filter, ['startedAt', 'callId', 'charge']))
      rows.push(...page)
    assert.equal(rows.length, 2_003)
    assert.equal(new Set(rows.map(({ callId }) => callId)).size, 2_003)
    assert.deepEqual(Object.keys(rows[0]!).sort(), ['callId', 'charge', 'startedAt'])
    assert.match(String(rows[0]!.startedAt), /^2026-03-15T11:59:59\.999Z$/)
    const offered = cdrExport.columns(cdrContext(db, { cdr: ['charge', 'cli'] }))
    assert.deepEqual(
      offered.map(({ name, text }) => [name, text]),
      [
        ['charge', false],
        ['cli', true]
      ]
    )
  })

  it('old months are archived: refused with their names, loaded once, their sums kept', async () => {
    const db = await open({ plugins: [cdr] })
    const plugin = cdrDatabase(db)
    const old = monthStart(noon, 4) + day
    const calls = [
      makeCall({ startedAt: old, callId: 'old', charge: 2n ** 46n, destinationName: 'Say "x", y' }),
      makeCall({ startedAt: monthStart(noon, 3) - 1, callId: 'last' }),
      makeCall({ startedAt: monthStart(noon, 3), callId: 'live' })
    ]
    await ingestCalls(plugin, calls)
    const ask = (from: number) => list(db, {}, { range: { from, to: from + day } })
    await assert.rejects(ask(old), refused('PRECONDITION_FAILED'))
    await archiveCalls(plugin, noon)
    await archiveCalls(plugin, noon)
    await assert.rejects(ask(old), error => {
      assert.ok(error instanceof PortalError)
      assert.deepEqual(error.extensions.archiveMonths, ['2025-11'])
      assert.equal(error.extensions.liveFrom, '2025-12-01T00:00:00.000Z')
      return true
    })
    // A range that begins in the archive is refused as a whole.
    await assert.rejects(ask(monthStart(noon, 3) - day), refused('PRECONDITION_FAILED'))
    assert.equal((await ask(monthStart(noon, 3))).nodes.length, 1)
    assert.deepEqual(
      (await plugin.all('select call_id from {cdr_call}')).map(row => row.call_id),
      ['live']
    )
    assert.equal((await plugin.all('select hour from {cdr_hourly}')).length, 3)

    const csv = (await readArchive(cdrContext(db).scope, '2025-11'))!
    const lines = csv.trim().split('\r\n')
    assert.equal(lines.length, 3)
    assert.match(lines[1]!, /2025-11-02T00:00:00\.000Z/)
    assert.match(lines[1]!, /,70368744177664,/)
    assert.match(lines[1]!, /,"Say ""x"", y",/)
    assert.equal(await readArchive(cdrContext(db, { companyId: 'company-b' }).scope, '2025-11'), undefined)

    const again = await ingestCalls(plugin, [...calls, { ...calls[0]!, replace: true }])
    assert.deepEqual(again, { loaded: 0, replaced: 0, duplicates: 4, unrated: 0 })
    assert.equal((await plugin.all('select hour from {cdr_hourly}')).length, 3)
  })

  it('a longer window lets calls live longer; it brings nothing back', async () => {
    const db = await open({ plugins: [cdr] })
    const plugin = cdrDatabase(db)
    const setLive = (liveMonths: number) =>
      setRetention(plugin, { liveMonths, keptMonths: null }, { actor: 'staff:1', ip: '::1' })
    await setLive(6)
    const old = monthStart(noon, 5)
    await ingestCalls(plugin, [makeCall({ startedAt: old }), makeCall({ startedAt: old - 1 })])
    await archiveCalls(plugin, noon)
    assert.equal((await list(db, {}, { range: { from: old - day, to: old + day } })).nodes.length, 2)
    // A week is waited, in which it can be set back.
    const { waitsUntil } = await setLive(3)
    await archiveCalls(plugin, noon)
    assert.equal((await plugin.all('select id from {cdr_call}')).length, 2)
    await plugin.run("update {cdr_setting} set value = ? where name = 'waits_until'", [noon])
    await archiveCalls(plugin, noon)
    assert.ok(waitsUntil !== null && Math.abs(waitsUntil - Date.now() - 7 * day) < day)
    assert.equal((await plugin.all('select id from {cdr_call}')).length, 0)
    await setLive(12)
    await archiveCalls(plugin, noon)
    await assert.rejects(list(db, {}, { range: { from: old, to: old + day } }), refused('PRECONDITION_FAILED'))
  })
})
