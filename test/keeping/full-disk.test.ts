import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { mkdtemp, rm, stat } from 'node:fs/promises'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { type Database, openDatabase } from '../../db/connect.ts'
import { migrate } from '../../db/migrate.ts'
import { rowsOf } from '../../db/sql.ts'
import { Health } from '../../http/health.ts'
import { hashPassword } from '../../http/passwords.ts'
import { createServer } from '../../http/server.ts'
import { readSettings } from '../../http/settings.ts'
import { toyPlugin, toyRuns } from '../http/toy-plugin.ts'
import { length } from '../support/length.ts'
import { logLines } from '../support/log-lines.ts'
import {
  type Answer,
  consoleHost,
  sendRequest,
  startPortal,
  type TestPortal,
  testActor,
  testPassword
} from '../support/portal.ts'
import { startPostgres } from '../support/postgres-cluster.ts'
import { smallDisk } from '../support/small-disk.ts'

/** A database whose disk a test can fill. */
interface Fillable {
  readonly url: string
  open(): Promise<Database>
  fill(database: Database): Promise<void>
  free(database: Database): Promise<void>
}

/** Does not shrink when it is compressed. */
const bulk = (): string => randomBytes(5_000).toString('base64')

const signInBody = (email: string) => ({
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify({ email, password: testPassword })
})

const requestsOf = (portal: TestPortal, session: string, companyId: string) => ({
  reads: {
    query: () => portal.query('acme.localhost', '{ me { email } toys { id } }', { session }),
    anonymous: () => portal.query('acme.localhost', '{ portal { brandName } }'),
    route: () => portal.request('acme.localhost', '/toy/notes', { session }),
    operator: () => portal.query(consoleHost, '{ companies { totalCount } }', { apiKey: portal.apiKey })
  } as Record<string, () => Promise<Answer>>,
  writes: {
    'sign-in': () =>
      portal.query(
        'acme.localhost',
        `mutation { login(email: "ada@example.net", password: "${testPassword}") { token } }`
      ),
    operator: () =>
      portal.query(
        consoleHost,
        `mutation { setCompanyOverrides(companyId: "${companyId}", overrides: [{ key: "toy.edit", override: SHOW, reason: "${bulk().slice(0, 400)}" }]) { id } }`,
        { apiKey: portal.apiKey }
      ),
    route: () => portal.request(consoleHost, '/operator/session', signInBody('olga@example.net'))
  } as Record<string, () => Promise<Answer>>
})

const assertRefused = (name: string, answer: Answer): void => {
  assert.equal(answer.status, 503, `${name}: ${answer.text}`)
  assert.equal(answer.json.errors[0].extensions.code, 'UNAVAILABLE', name)
  assert.ok(Number(answer.headers['retry-after']) >= 1, name)
  assert.doesNotMatch(answer.text, /disk|full|sqlite|53100|space/i, name)
}

const fillAndFree = async (t: TestContext, disk: Fillable, rounds: number, everyWrite: boolean): Promise<void> => {
  const { log, lines } = logLines(readSettings({}))
  const portal = await startPortal(t, { open: disk.open, plugins: [toyPlugin], jobs: true, logger: log })
  const { database } = portal
  const { session, company } = await portal.signedIn('Ada')
  const { people } = portal.installation
  await people.staff.create(
    { name: 'Olga', email: 'olga@example.net', passwordHash: await hashPassword(testPassword), role: 'ADMIN' },
    testActor
  )
  const health = new Health(portal.installation)
  const { reads, writes } = requestsOf(portal, session, company.id)
  const acknowledged: string[] = []
  const refused: string[] = []
  const write = async (id: string): Promise<Answer> => {
    const answer = await portal.query('acme.localhost', `mutation { addToy(id: "${id}", note: "${bulk()}") { id } }`, {
      session
    })
    ;(answer.json?.errors === undefined ? acknowledged : refused).push(id)
    return answer
  }
  for (let round = 0; round < rounds; round += 1) {
    assert.equal((await write(`before-${round}`)).status, 200)
    // Writers are at work while the disk fills.
    let full = false
    const writers = Array.from({ length: 3 }, async (_, writer) => {
      for (let each = 0; ; each += 1) {
        const answer = await write(`${round}-${writer}-${each}`)
        if (answer.status !== 200) {
          assertRefused('a writer', answer)
          if (full) return
        }
        await sleep(length(15, 5))
      }
    })
    await disk.fill(database)
    full = true
    await Promise.all(writers)
    for (const [name, send] of Object.entries(reads)) {
      const answer = await send()
      assert.ok(answer.status === 200 && answer.json?.errors === undefined, `${name}: ${answer.text}`)
    }
    assert.equal(await health.readiness(), 'ready')
    if (everyWrite) for (const [name, send] of Object.entries(writes)) assertRefused(name, await send())
    await disk.free(database)
    assert.equal((await write(`after-${round}`)).status, 200)
  }
  for (const [name, send] of Object.entries(writes)) {
    const answer = await send()
    assert.ok(answer.status < 300 && answer.json.errors === undefined, `${name}: ${answer.text}`)
  }
  // Nothing is half written, and background work goes on.
  const ids = async (sql: string): Promise<string[]> =>
    (await rowsOf<{ id: string }>(database.reader, sql)).map(({ id }) => id).sort()
  assert.deepEqual(await ids('SELECT id FROM toy_item'), [...acknowledged].sort())
  assert.deepEqual(
    await ids(`SELECT target AS id FROM audit_entry WHERE target LIKE 'toy:%'`),
    acknowledged.map(id => `toy:${id}`).sort()
  )
  if (database.dialect === 'sqlite')
    assert.deepEqual(await rowsOf(database.reader, 'PRAGMA integrity_check'), [{ integrity_check: 'ok' }])
  const runs = toyRuns.length
  while (toyRuns.length === runs) await sleep(20)
  assert.ok(refused.length >= rounds * 3)
  assert.ok(lines.some(line => line.includes('UNAVAILABLE')))
  t.diagnostic(`${rounds} times full: ${acknowledged.length} writes acknowledged, ${refused.length} refused, 0 by half`)
}

test('SQLite that may not grow: writes are refused with 503, reads go on, and it heals by itself', async t => {
  let page = 0
  const folder = await mkdtemp(join(tmpdir(), 'portcullis-full-'))
  t.after(() => rm(folder, { recursive: true, force: true }))
  const url = join(folder, 'portal.sqlite')
  await fillAndFree(
    t,
    {
      url,
      open: () => openDatabase({ url }),
      async fill({ writer }) {
        page = (await rowsOf<{ page_count: number }>(writer, 'PRAGMA page_count'))[0]!.page_count
        await writer.raw(`PRAGMA max_page_count = ${page}`)
      },
      async free({ writer }) {
        await writer.raw('PRAGMA max_page_count = 1000000')
      }
    },
    length(2, 50),
    false
  )
})

test('SQLite on a disk that is really full', async t => {
  const disk = await smallDisk(t, 24)
  if (disk === null) return
  const url = join(disk.folder, 'portal.sqlite')
  await fillAndFree(
    t,
    { url, open: () => openDatabase({ url }), fill: () => disk.fill(), free: () => disk.free() },
    length(2, 50),
    true
  )
})

test('a process that starts on a full disk serves reads, and background work begins when there is room', async t => {
  const disk = await smallDisk(t, 24)
  if (disk === null) return
  const url = join(disk.folder, 'portal.sqlite')
  const first = await startPortal(t, { open: () => openDatabase({ url }), plugins: [toyPlugin] })
  const { session } = await first.signedIn('Ada')
  await disk.fill()
  const database = await openDatabase({ url })
  t.after(() => database.close())
  assert.deepEqual(await migrate(database, [toyPlugin]), [])
  const server = await createServer({
    settings: first.installation.settings,
    database,
    plugins: [toyPlugin],
    logger: false
  })
  t.after(() => server.close())
  await server.listen({ host: '127.0.0.1', port: 0 })
  const { port } = server.server.address() as AddressInfo
  const ask = (query: string): Promise<Answer> =>
    sendRequest(port, 'acme.localhost', '/graphql', {
      method: 'POST',
      session,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query })
    })
  assert.deepEqual((await ask('{ toys { id } }')).json, { data: { toys: [] } })
  assertRefused('a write', await ask(`mutation { addToy(id: "t", note: "${bulk()}") { id } }`))
  await sleep(1_200)
  const runs = toyRuns.length
  await disk.free()
  while (toyRuns.length === runs) await sleep(20)
  assert.equal((await ask('mutation { addToy(id: "t", note: "n") { id } }')).status, 200)
})

test('PostgreSQL on a disk that is really full', async t => {
  const cluster = await startPostgres()
  t.after(() => cluster.stop())
  const { uid } = await stat(join(cluster.directory, 'data'))
  const disk = await smallDisk(t, 64, uid)
  if (disk === null) return
  const admin = new pg.Client({ connectionString: cluster.url })
  await admin.connect()
  await admin.query(`CREATE TABLESPACE small LOCATION '${disk.folder}'`)
  await admin.query('CREATE DATABASE small TABLESPACE small')
  await admin.end()
  const url = new URL(cluster.url)
  url.pathname = '/small'
  // Small changes go into pages that are there already, and are no lie: they are written.
  await fillAndFree(
    t,
    { url: url.href, open: () => openDatabase({ url: url.href }), fill: () => disk.fill(), free: () => disk.free() },
    length(2, 50),
    false
  )
})
