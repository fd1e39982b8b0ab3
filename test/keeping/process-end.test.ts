import assert from 'node:assert/strict'
import { request as httpRequest } from 'node:http'
import { after, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { ingestCalls } from '../../plugins/cdr/ingest.ts'
import { monthStart } from '../../plugins/cdr/range.ts'
import { plugins } from '../../plugins/index.ts'
import { cdrDatabase, makeCall } from '../support/cdr-context.ts'
import { openers } from '../support/databases.ts'
import { freePort } from '../support/free-port.ts'
import { isLong } from '../support/length.ts'
import { type Answer, consoleHost, sendRequest } from '../support/portal.ts'
import { type PortalProcess, processApiKey, startPortalProcess } from '../support/portal-process.ts'

const faulty = fileURLToPath(new URL('../fixtures/faulty-package/plugin.js', import.meta.url))

const start = async (environment: Readonly<Record<string, string>> = {}) => {
  const database = await openers.sqlite({ plugins })
  const monitorPort = await freePort()
  const portal = await startPortalProcess(database.url, [], {
    PORTAL_PLUGIN_PACKAGES: faulty,
    PORTAL_MONITOR: `${monitorPort}`,
    ...environment
  })
  after(() => portal.kill())
  const post = (path: string): Promise<Answer> =>
    sendRequest(portal.port, consoleHost, path, { method: 'POST', apiKey: processApiKey })
  return { database, portal, monitorPort, post }
}

const linesOf = (portal: PortalProcess): Record<string, unknown>[] =>
  portal
    .output()
    .split('\n')
    .filter(line => line.startsWith('{'))
    .map(line => JSON.parse(line))

test('what nobody caught is told with an incident and without numbers, and the process ends for its supervisor', async () => {
  for (const path of ['/faulty/reject', '/faulty/throw']) {
    const { portal, post } = await start()
    assert.equal((await post(path)).status, 200)
    assert.equal(await portal.ended, 70)
    const last = linesOf(portal).at(-1) as {
      level: number
      incidentId: string
      err: { message: string; stack: string }
    }
    assert.equal(last.level, 60)
    assert.match(last.incidentId, /^[\w-]{8}$/)
    assert.equal(last.err.message, 'forgotten: ***, ***')
    assert.match(last.err.stack, /faulty-package\/plugin\.js:\d+/)
    assert.doesNotMatch(portal.output(), /442079460958|forgotten@/)
  }
})

test('SIGTERM under load: not ready first, everything under way is answered, then the end with 0', async t => {
  const { database, portal, monitorPort, post } = await start({ PORTAL_DRAIN_SECONDS: '1' })
  assert.equal((await database.reader('process').select('pid')).length, 1)
  // A body that arrives slowly, begun before and ended after the signal.
  let finish = (): void => {}
  const slow = new Promise<number | undefined>((resolve, reject) => {
    const body = JSON.stringify({ query: '{ companies { totalCount } }' })
    const sent = httpRequest(
      {
        host: '127.0.0.1',
        port: portal.port,
        path: '/operator/graphql',
        method: 'POST',
        headers: {
          host: consoleHost,
          authorization: `Bearer ${processApiKey}`,
          'content-type': 'application/json',
          'content-length': Buffer.byteLength(body)
        }
      },
      response => {
        response.resume()
        response.on('end', () => resolve(response.statusCode))
      }
    )
    sent.on('error', reject)
    sent.write(body.slice(0, 10))
    finish = () => sent.end(body.slice(10))
  })
  let ready = true
  let answered = 0
  const failed: string[] = []
  t.after(() => {
    ready = false
  })
  const load = Array.from({ length: 4 }, async () => {
    while (ready) {
      const { status } = await portal.query(consoleHost, '{ companies { totalCount } }').catch(error => {
        failed.push(String(error))
        return { status: 200 }
      })
      if (status !== 200) failed.push(String(status))
      answered += 1
      await sleep(10)
    }
  })
  const waiting = post('/faulty/wait')
  await sleep(200)
  process.kill(portal.child.pid!, 'SIGTERM')
  let word = ''
  while (word !== 'stopping\n') {
    const answer = await sendRequest(monitorPort, 'monitor', '/readyz')
    word = answer.text
    assert.equal(answer.status, word === 'ready\n' ? 200 : 503)
  }
  // The balancer has seen it; connections are still taken for those that have not.
  const late = await portal.query(consoleHost, '{ companies { totalCount } }')
  assert.deepEqual([late.status, late.headers.connection], [200, 'close'])
  ready = false
  await Promise.all(load)
  finish()
  assert.equal(await slow, 200)
  assert.equal((await waiting).status, 200)
  assert.equal(await portal.ended, 0)
  assert.deepEqual(failed, [])
  assert.ok(answered > 0)
  assert.equal(linesOf(portal).at(-1)?.msg, 'the process has ended')
  assert.equal((await database.reader('process').select('pid')).length, 0)
  t.diagnostic(`${answered} requests answered, 0 failed`)
})

test('a second signal ends a process that drains, at once', async () => {
  const { portal, post } = await start({ PORTAL_DRAIN_SECONDS: '600' })
  const hung = post('/faulty/forever').catch(() => 'cut off')
  await sleep(100)
  process.kill(portal.child.pid!, 'SIGTERM')
  // What follows at once is the same end, told by npm and by the supervisor. Two of one kind could arrive as one.
  process.kill(portal.child.pid!, 'SIGINT')
  while (!portal.output().includes('the process ends')) await sleep(20)
  await sleep(1_200)
  assert.equal(portal.child.exitCode, null)
  process.kill(portal.child.pid!, 'SIGTERM')
  assert.equal(await portal.ended, 130)
  assert.equal(await hung, 'cut off')
})

// In a short run this would be 30 seconds of waiting.
if (isLong)
  test('a request that never ends is cut off after 30 seconds', async t => {
    const { portal, post } = await start()
    const hung = post('/faulty/forever').catch(() => 'cut off')
    await sleep(100)
    const began = performance.now()
    process.kill(portal.child.pid!, 'SIGTERM')
    assert.equal(await portal.ended, 0)
    assert.equal(await hung, 'cut off')
    assert.ok(linesOf(portal).some(({ msg }) => /cut off/.test(String(msg))))
    t.diagnostic(`ended after ${((performance.now() - began) / 1_000).toFixed(1)} s`)
  })

for (const [name, open] of Object.entries(openers))
  test(`${name}: SIGTERM during the daily archive of calls ends after the part at hand; the next start goes on`, async t => {
    const database = await open({ plugins })
    const db = cdrDatabase(database)
    const months = Array.from({ length: 40 }, (_, i) => monthStart(Date.now(), 10 + i))
    await ingestCalls(
      db,
      months.map(startedAt => makeCall({ startedAt, answeredAt: startedAt, endedAt: startedAt + 60_000 }))
    )
    // Each part is of one month here, and takes as long as one of many calls.
    const slow =
      name === 'sqlite'
        ? [
            `CREATE TRIGGER slow AFTER INSERT ON cdr_archive BEGIN
               SELECT COUNT(*) FROM (WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1500000) SELECT i FROM n);
             END`
          ]
        : [
            `CREATE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_sleep(0.4); RETURN NEW; END $$`,
            'CREATE TRIGGER slow BEFORE INSERT ON cdr_archive FOR EACH ROW EXECUTE FUNCTION slow()'
          ]
    for (const statement of slow) await database.writer.raw(statement)
    const parts = async () => Number((await database.reader('cdr_archive').count({ n: '*' }))[0]!.n)
    const portal = await startPortalProcess(database.url)
    after(() => portal.kill())
    while ((await parts()) < 2) await sleep(10)
    const began = performance.now()
    process.kill(portal.child.pid!, 'SIGTERM')
    assert.equal(await portal.ended, 0)
    t.diagnostic(`ended after ${((performance.now() - began) / 1_000).toFixed(1)} s`)
    const made = await parts()
    assert.ok(made < 40, 'it went on to the end')
    assert.doesNotMatch(portal.output(), /"level":50|cut off|job/)
    const job = await database.reader('job').where({ name: 'cdr/cdr-archive' }).first()
    assert.deepEqual([job.attempts, job.last_error, job.lease_token], [0, null, null])
    assert.ok(job.run_at <= Date.now())

    await database.writer.raw(name === 'sqlite' ? 'DROP TRIGGER slow' : 'DROP TRIGGER slow ON cdr_archive')
    const next = await startPortalProcess(database.url)
    after(() => next.kill())
    while ((await parts()) < 40) await sleep(10)
    assert.equal((await database.reader('cdr_call').select('id')).length, 0)
  })
