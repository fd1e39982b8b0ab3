import assert from 'node:assert/strict'
import type { AddressInfo } from 'node:net'
import { type TestContext, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { definePlugin, type PluginMetrics } from '../../core/plugin-api.ts'
import { noteBackup } from '../../db/backup-done.ts'
import { openDatabase } from '../../db/connect.ts'
import { Health } from '../../http/health.ts'
import { Metrics } from '../../http/metrics.ts'
import { openMonitor } from '../../http/monitor.ts'
import { toyPlugin } from '../http/toy-plugin.ts'
import { forEachDatabase } from '../support/databases.ts'
import { type Answer, consoleHost, sendRequest, startPortal, type TestPortalOptions } from '../support/portal.ts'
import { startPostgres } from '../support/postgres-cluster.ts'

const start = async (t: TestContext, options: Omit<TestPortalOptions, 'plugins'> & Partial<TestPortalOptions> = {}) => {
  const metrics = new Metrics()
  const portal = await startPortal(t, { plugins: [toyPlugin], ...options, metrics })
  const health = new Health(portal.installation, 300)
  const monitor = await openMonitor({ host: '127.0.0.1', port: 0 }, portal.installation, health, metrics)
  t.after(() => void monitor.close())
  const { port } = monitor.address() as AddressInfo
  const ask = (path: string, method = 'GET'): Promise<Answer> => sendRequest(port, 'anything', path, { method })
  return { portal, health, ask, figures: async () => figuresOf((await ask('/metrics')).text) }
}

/** Line of the page → value. */
const figuresOf = (text: string): Map<string, number> =>
  new Map(
    text
      .split('\n')
      .filter(line => line !== '' && !line.startsWith('#'))
      .map(line => {
        const end = line.lastIndexOf(' ')
        return [line.slice(0, end), Number(line.slice(end + 1))]
      })
  )

const withMetrics = (name: string, metrics: PluginMetrics) =>
  definePlugin({ name, version: '1.0.0', engine: '^0.1.0', owner: 'tests', metrics })

forEachDatabase('what machines ask about a process', open => {
  test('it lives and is ready, on its own port and nowhere else', async t => {
    const { portal, ask } = await start(t, { open: () => open({ plugins: [toyPlugin] }) })
    assert.deepEqual([(await ask('/healthz')).status, (await ask('/healthz')).text], [200, 'alive\n'])
    assert.deepEqual([(await ask('/readyz')).status, (await ask('/readyz?x=1')).text], [200, 'ready\n'])
    assert.equal((await ask('/readyz', 'HEAD')).text, '')
    assert.equal((await ask('/readyz', 'POST')).status, 405)
    assert.equal((await ask('/graphql', 'POST')).status, 404)
    for (const host of ['acme.localhost', consoleHost, 'nobody.localhost'])
      for (const path of ['/healthz', '/readyz', '/metrics'])
        assert.equal((await portal.request(host, path)).status, 404, `${host}${path}`)
  })

  test('figures: requests, errors, sessions, jobs, pools, access, and nobody’s name among them', async t => {
    const { portal, ask, figures } = await start(t, { open: () => open({ plugins: [toyPlugin] }) })
    const { session, company } = await portal.signedIn('Ada Figures')
    for (let round = 0; round < 3; round += 1) await portal.query('acme.localhost', '{ toys { id } }', { session })
    await portal.query('acme.localhost', '{ brokenToy }', { session })
    await portal.query('acme.localhost', '{ nothing', { session })
    await portal.query(consoleHost, '{ companies { totalCount } }')
    await portal.request('acme.localhost', `/exports/${company.id}/x`)
    await portal.request('acme.localhost', `/some/${company.id}`)
    const page = await ask('/metrics')
    assert.doesNotMatch(page.text, /backup_age/)
    assert.match(String(page.headers['content-type']), /^text\/plain; version=0\.0\.4/)
    const now = figuresOf(page.text)
    assert.equal(now.get('portal_http_request_seconds_count{route="/graphql",status="2xx"}'), 4)
    assert.equal(now.get('portal_http_request_seconds_count{route="/graphql",status="4xx"}'), 1)
    assert.equal(now.get('portal_http_request_seconds_count{route="/operator/graphql",status="4xx"}'), 1)
    assert.equal(now.get('portal_http_request_seconds_count{route="/exports/:id/:signature",status="4xx"}'), 1)
    assert.equal(now.get('portal_http_request_seconds_count{route="none",status="4xx"}'), 1)
    assert.equal(now.get('portal_graphql_errors_total{endpoint="portal",code="INTERNAL"}'), 1)
    assert.equal(now.get('portal_graphql_errors_total{endpoint="portal",code="QUERY_INVALID"}'), 1)
    assert.equal(now.get('portal_graphql_errors_total{endpoint="operator",code="UNAUTHENTICATED"}'), 1)
    assert.equal(now.get('portal_sessions{kind="contact"}'), 1)
    assert.equal(now.get('portal_database_up'), 1)
    assert.ok(now.get('portal_database_bytes{kind="data"}')! > 0)
    assert.equal(now.get('portal_graphql_plans_built{endpoint="portal"}'), 2)
    assert.equal(now.get('portal_pool_connections{pool="reader",state="waiting"}'), 0)
    assert.equal(now.get('portal_access_revisions_behind'), 0)
    assert.ok(now.has('nodejs_eventloop_lag_p99_seconds'))
    assert.ok(now.has(`portal_${portal.database.dialect === 'sqlite' ? 'disk_free_bytes' : 'database_connections'}`))
    assert.doesNotMatch(page.text, new RegExp(`${company.id}|Ada|acme|globex`, 'i'))
    // Whatever routes are asked for, there are not more lines.
    const lines = now.size
    for (let index = 0; index < 20; index += 1) await portal.request('acme.localhost', `/view-as/${index}`)
    assert.equal((await figures()).size, lines)
  })

  test('jobs: due, failed and given up; the last backup', async t => {
    const { portal, figures } = await start(t, { open: () => open({ plugins: [toyPlugin] }) })
    const job = { every_seconds: null, payload: null, attempts: 0 }
    await portal.database.writer('job').insert([
      { ...job, id: 'a', name: 'export', run_at: 1_000 },
      { ...job, id: 'b', name: 'export', run_at: 8_000_000_000_000, last_error: 'x' },
      { ...job, id: 'c', name: 'export', run_at: 1_000, failed_at: 1, last_error: 'x' }
    ])
    await noteBackup(portal.database, 5)
    await portal.database.writer('backup_done').decrement('at', 60_000)
    const now = await figures()
    assert.ok(now.get('portal_backup_age_seconds')! >= 60)
    const state = (name: string): unknown => now.get(`portal_jobs{job="export",state="${name}"}`)
    assert.deepEqual([state('due'), state('running'), state('retrying'), state('failed')], [1, 0, 1, 1])
    assert.ok(now.get('portal_job_late_seconds{job="export"}')! > 1_000_000)
  })

  test('a plugin’s figures, and plugins whose figures fail, are too many or not as declared', async t => {
    const gauge = { name: 'level', help: 'A level.', type: 'gauge' } as const
    let level = 7
    const plugins = [
      toyPlugin,
      withMetrics('fine-one', {
        list: [
          { ...gauge, labels: ['source'] },
          { name: 'seen_total', help: 'Seen.', type: 'counter' }
        ],
        read: async (db, at) => [
          { name: 'level', value: level, labels: { source: db.dialect } },
          { name: 'seen_total', value: at > 1_600_000_000_000 ? 3 : 0 }
        ]
      }),
      withMetrics('throws', {
        list: [gauge],
        read: async () => {
          throw new Error('x')
        }
      }),
      withMetrics('hangs', { list: [gauge], read: () => new Promise(() => {}) }),
      withMetrics('many', {
        list: [{ ...gauge, labels: ['id'] }],
        read: async () =>
          Array.from({ length: 1_000 }, (_, index) => ({ name: 'level', value: 1, labels: { id: `${index}` } }))
      }),
      withMetrics('other', {
        list: [gauge],
        read: async () => [
          { name: 'level', value: 1, labels: { company: 'x' } },
          { name: 'more', value: 1 }
        ]
      })
    ]
    const { portal, figures } = await start(t, { open: () => open({ plugins: [toyPlugin] }), plugins })
    const { dialect } = portal.database
    for (level of [7, 5]) {
      const now = await figures()
      assert.equal(now.get(`portal_fine_one_level{source="${dialect}"}`), level)
      assert.equal(now.get('portal_fine_one_seen_total'), 3)
      assert.equal([...now.keys()].filter(name => name.startsWith('portal_many_level')).length, 200)
      assert.ok(!now.has('portal_other_level') && !now.has('portal_throws_level'))
      const failed = plugins.slice(1).map(({ name }) => now.get(`portal_plugin_metrics_failed{plugin="${name}"}`))
      assert.deepEqual(failed, [0, 1, 1, 1, 1])
    }
  })

  test('not ready: a schema that lacks a step, or that somebody contracted; and while it ends', async t => {
    const { portal, health, ask } = await start(t, { open: () => open({ plugins: [toyPlugin] }) })
    const becomes = async (text: string): Promise<void> => {
      while ((await ask('/readyz')).text !== `${text}\n`) await sleep(50)
      assert.equal((await ask('/readyz')).status, text === 'ready' ? 200 : 503)
    }
    const { writer, reader } = portal.database
    await becomes('ready')
    // Slow queries have taken every reader: it goes on serving, and is not taken for a database that is gone.
    const pool = reader.client as {
      readonly pool: { readonly max: number }
      acquireConnection(): Promise<unknown>
      releaseConnection(connection: unknown): Promise<void>
    }
    const taken = await Promise.all(Array.from({ length: pool.pool.max }, () => pool.acquireConnection()))
    while ((await ask('/readyz')).text !== 'busy\n') await sleep(50)
    assert.equal((await ask('/readyz')).status, 200)
    await Promise.all(taken.map(connection => pool.releaseConnection(connection)))
    await becomes('ready')
    await writer.raw("UPDATE migration SET name = '001-other' WHERE owner = 'plugin:toy'")
    await becomes('schema')
    await writer.raw("UPDATE migration SET name = '001-toy' WHERE owner = 'plugin:toy'")
    await becomes('ready')
    await writer.raw("INSERT INTO migration (owner, name, applied_at) VALUES ('plugin:toy', '002', 0)")
    await sleep(1_100)
    await becomes('ready')
    await writer.raw("UPDATE migration SET phase = 'contract' WHERE name = '002'")
    await becomes('schema')
    health.stop()
    await becomes('stopping')
    assert.equal((await ask('/healthz')).status, 200)
  })
})

test('a database that is gone: alive, not ready, figures without it; ready again by itself', async t => {
  const cluster = await startPostgres()
  t.after(() => cluster.stop())
  const { ask, figures } = await start(t, { open: () => openDatabase({ url: cluster.url }) })
  assert.equal((await ask('/readyz')).status, 200)
  // What was measured before is left out then, and must not take the page with it.
  assert.ok((await figures()).has('portal_sessions{kind="contact"}'))
  await cluster.down()
  while ((await ask('/readyz')).text !== 'database\n') await sleep(50)
  assert.equal((await ask('/healthz')).status, 200)
  let now = await figures()
  while (now.get('portal_database_up') === 1) {
    await sleep(200)
    now = await figures()
  }
  assert.ok(!now.has('portal_sessions{kind="contact"}') && !now.has('portal_access_revisions_behind'))
  assert.ok(now.has('nodejs_heap_size_used_bytes'))
  await cluster.up()
  while ((await ask('/readyz')).status !== 200) await sleep(50)
})
