import assert from 'node:assert/strict'
import { it } from 'node:test'
import { createPluginDatabase } from '../../db/plugin-database.ts'
import { cdrDatabase, makeCall } from '../../test/support/cdr-context.ts'
import { forEachDatabase } from '../../test/support/databases.ts'
import { consoleHost, startPortal, testActor } from '../../test/support/portal.ts'
import { plugins } from '../index.ts'
import { archiveCalls } from './archive.ts'
import { ingestCalls } from './ingest.ts'
import { cdr } from './plugin.ts'
import { monthName, monthStart } from './range.ts'
import { setRetention } from './retention.ts'
import { previewRetention } from './retention-preview.ts'

const host = 'acme.localhost'

forEachDatabase('archived months', open => {
  it('are fetched by contacts in the columns they have now, and by operators', async t => {
    const portal = await startPortal(t, { plugins, open: () => open({ plugins }) })
    const ada = await portal.signedIn('Ada')
    const ben = await portal.signedIn('Ben')
    const carrier = await portal.signedIn('Carl', { userType: 'CARRIER' })
    const db = createPluginDatabase(portal.database, cdr)
    const now = Date.now()
    const old = monthStart(now, 5)
    const month = monthName(old)
    const startedAt = old + 3_600_000
    await ingestCalls(db, [
      makeCall({
        companyId: ada.company.id,
        startedAt,
        callId: 'of-ada',
        cli: '+1',
        destinationName: '=cmd()',
        charge: -12_345n,
        dtmf: '12#'
      }),
      makeCall({ companyId: ben.company.id, startedAt, callId: 'of-ben' }),
      makeCall({ companyId: carrier.company.id, leg: 'CARRIER', startedAt, callId: 'of-carl', charge: 7n })
    ])
    await archiveCalls(db, now)
    const list = async (session: string) =>
      (await portal.query(host, '{ cdrArchives { month url } }', { session })).json
    const url = `/cdr/archives/${month}`
    assert.deepEqual((await list(ada.session)).data.cdrArchives, [{ month, url }])
    const get = (session: string, path = url, where = host) => portal.request(where, path, { session })
    const { acme } = portal.world
    const show = (columns: readonly string[], userType: 'CUSTOMER' | 'CARRIER' = 'CUSTOMER') =>
      portal.installation.stores.brands.setColumns(acme.id, { report: 'CDR', userType, columns }, testActor)

    await show(['callId', 'startedAt', 'cli', 'destinationName', 'charge', 'dtmf', 'duration'])
    const answer = await get(ada.session)
    assert.equal(answer.status, 200)
    assert.match(String(answer.headers['content-disposition']), new RegExp(`calls-${month}\\.csv`))
    assert.equal(
      answer.text,
      `Call-ID,Start,Caller,Destination name,Charge,DTMF,Duration\r\nof-ada,${new Date(startedAt).toISOString()},'+1,'=cmd(),-0.012345,***,60\r\n`
    )
    await show(['duration', 'callId'])
    assert.equal((await get(ada.session)).text, 'Duration,Call-ID\r\n60,of-ada\r\n')
    assert.doesNotMatch((await get(ben.session)).text, /of-ada|of-carl/)
    await show(['callId', 'providerCharge'], 'CARRIER')
    assert.equal((await get(carrier.session)).text.split('\r\n')[1], 'of-carl,0.000007')

    for (const other of ['2019-01', 'nonsense', '2026-3', encodeURIComponent(`${month}\0`), `${month}%20`])
      assert.equal((await get(ada.session, `/cdr/archives/${other}`)).status, 404, other)
    assert.equal((await portal.request(host, url)).status, 401)
    // A look is no download; a part of it is not for the asking; another brand's host knows no such session.
    const look = await portal.request(host, url, { session: ada.session, method: 'HEAD' })
    assert.deepEqual([look.status, look.text], [404, ''])
    const part = await portal.request(host, url, { session: ben.session, headers: { range: 'bytes=0-3' } })
    assert.deepEqual([part.status, part.headers['cache-control']], [200, 'no-store'])
    const stray = await portal.session(ben.contact)
    assert.equal((await get(stray, url, portal.world.globex.fqdn)).status, 401)
    await portal.override(ada.company, 'cdr', 'HIDE')
    const hidden = await get(ada.session)
    assert.deepEqual(
      [hidden.status, hidden.json.errors?.[0]?.extensions.code ?? hidden.json.code],
      [403, 'FEATURE_DISABLED']
    )
    assert.equal((await list(ada.session)).data.cdrArchives, null)
    assert.equal((await get(ben.session)).status, 200)

    const ask = async (document: string) => (await portal.query(consoleHost, document, { apiKey: portal.apiKey })).json
    const archives = await ask(`{ callArchives(companyId: "${ada.company.id}") { month calls url } }`)
    const [one] = archives.data.callArchives
    assert.deepEqual([one.month, one.calls], [month, 1])
    const file = await portal.request(consoleHost, one.url, { apiKey: portal.apiKey })
    assert.match(file.text, /of-ada/)
    assert.match(file.text.split('\r\n')[0]!, /Call-ID.*Charge.*DTMF/)
    assert.doesNotMatch(file.text, /12#/)
    assert.equal((await portal.request(consoleHost, one.url)).status, 401)
    assert.equal((await portal.request(host, one.url, { session: ben.session })).status, 404)
    assert.equal(
      (await portal.request(consoleHost, `/cdr/archives/unknown/${month}`, { apiKey: portal.apiKey })).status,
      404
    )
    assert.equal((await ask('{ callArchives(companyId: "unknown") { month } }')).errors[0].extensions.code, 'NOT_FOUND')
    const log = await ask('{ auditLog(first: 100) { nodes { action target } } }')
    const downloads = log.data.auditLog.nodes.filter(
      ({ action }: { action: string }) => action === 'cdr.archive.download'
    )
    assert.equal(downloads.length, 7, 'one for each file that was handed out')
  })

  it('are made part by part: told to stop, the job stops after one, and the next run goes on', async () => {
    const database = await open({ plugins: [cdr] })
    const db = cdrDatabase(database)
    const now = Date.UTC(2026, 2, 15)
    // A part is of one company and one month.
    const places = ['a', 'b'].flatMap(name => [4, 5, 6, 7].map(back => ({ name, back })))
    await ingestCalls(
      db,
      places.map(({ name, back }) =>
        makeCall({ companyId: `company-${name}`, startedAt: monthStart(now, back), identity: `${name}${back}` })
      )
    )
    const figures = async () => {
      const [{ live, archived }] = (await db.all(
        'select (select count(*) from {cdr_call}) as live, (select count(*) from {cdr_archive}) as archived'
      )) as [{ live: number; archived: number }]
      return [Number(live), Number(archived)]
    }
    for (let part = 1; part <= 8; part += 1) {
      const [, before] = await figures()
      await archiveCalls(db, now, async () => (await figures())[1]! === before)
      assert.deepEqual(await figures(), [8 - part, part])
    }
    // So is what is not kept any more.
    await setRetention(db, { liveMonths: 3, keptMonths: 4 }, { actor: 'staff:1', ip: '::1' })
    await db.run("update {cdr_setting} set value = ? where name = 'waits_until'", [now])
    for (let gone = 1; gone <= 6; gone += 1) {
      const [, before] = await figures()
      await archiveCalls(db, now, async () => (await figures())[1]! === before)
      assert.deepEqual(await figures(), [0, 8 - gone])
    }
    await archiveCalls(db, now)
    assert.deepEqual(await figures(), [0, 2])
  })

  it('fall out of what is kept for good; their sums stay, and their calls are not loaded again', async () => {
    const database = await open({ plugins: [cdr] })
    const db = cdrDatabase(database)
    const now = Date.UTC(2026, 2, 15)
    const calls = [4, 5, 6, 7].map(back => makeCall({ startedAt: monthStart(now, back), identity: `m${back}` }))
    await ingestCalls(db, calls)
    await archiveCalls(db, now)
    const months = async () =>
      (await db.all<{ month: string }>('select month from {cdr_archive} order by month')).map(({ month }) => month)
    assert.deepEqual(await months(), ['2025-08', '2025-09', '2025-10', '2025-11'])
    const keep = (keptMonths: number | null) =>
      setRetention(db, { liveMonths: 3, keptMonths }, { actor: 'staff:1', ip: '::1' })
    const weekOver = () => db.run("update {cdr_setting} set value = ? where name = 'waits_until'", [now])
    // A wrong number that is set back within the week costs nothing.
    await keep(3)
    await archiveCalls(db, now)
    assert.equal((await months()).length, 4)
    await keep(null)
    await weekOver()
    await archiveCalls(db, now)
    assert.equal((await months()).length, 4)
    await keep(5)
    await archiveCalls(db, now)
    assert.equal((await months()).length, 4)
    // One that came late goes through an archive.
    await ingestCalls(db, [makeCall({ companyId: 'company-b', startedAt: monthStart(now, 8), identity: 'm8' })])
    await db.run("insert into {cdr_company_feed} (company_id, received_at, last_start) values ('company-b', 1, 1)")
    const none = { calls: 0, companies: 0, firstMonth: null, lastMonth: null, isWhole: true }
    const seen = await previewRetention(db, { liveMonths: 3, keptMonths: 5 }, now)
    assert.deepEqual(seen.archives, {
      calls: 1,
      companies: 1,
      firstMonth: '2025-07',
      lastMonth: '2025-07',
      isWhole: true
    })
    assert.deepEqual(seen.removes, {
      calls: 3,
      companies: 2,
      firstMonth: '2025-07',
      lastMonth: '2025-09',
      isWhole: true
    })
    assert.ok((await previewRetention(db, { liveMonths: 3, keptMonths: 4 }, now)).waitsUntil! > now)
    assert.deepEqual((await previewRetention(db, { liveMonths: 12, keptMonths: null }, now)).archives, none)
    await weekOver()
    await archiveCalls(db, now)
    assert.deepEqual(await months(), ['2025-10', '2025-11'])
    assert.equal((await db.all('select id from {cdr_archived_leg}')).length, 2)
    assert.equal((await db.all('select hour from {cdr_hourly}')).length, 5)
    await archiveCalls(db, now)
    assert.deepEqual(await months(), ['2025-10', '2025-11'])
    assert.deepEqual((await previewRetention(db, { liveMonths: 3, keptMonths: 5 }, now)).removes, none)
  })
})
