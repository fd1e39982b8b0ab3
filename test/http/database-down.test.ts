import assert from 'node:assert/strict'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { type TestContext, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { openDatabase } from '../../db/connect.ts'
import { hashPassword } from '../../http/passwords.ts'
import { openers } from '../support/databases.ts'
import { type Answer, consoleHost, startPortal, type TestPortal, testActor, testPassword } from '../support/portal.ts'
import { startPostgres } from '../support/postgres-cluster.ts'
import { toyPlugin } from './toy-plugin.ts'

/** A wire to the database that can be cut and mended. */
const wireTo = async (
  host: string,
  port: number
): Promise<{ readonly port: number; cut(): void; swallow(): void; mend(): void; close(): void }> => {
  const sockets = new Set<Socket>()
  let state: 'whole' | 'cut' | 'swallows' = 'whole'
  const server = createServer(near => {
    if (state === 'cut') return near.destroy()
    if (state === 'swallows') {
      sockets.add(near)
      near.on('error', () => {})
      near.resume()
      return undefined
    }
    const far = connect(port, host)
    for (const socket of [near, far]) {
      sockets.add(socket)
      socket.on('error', () => {})
      socket.on('close', () => {
        sockets.delete(socket)
        near.destroy()
        far.destroy()
      })
    }
    near.pipe(far).pipe(near)
    return undefined
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  return {
    port: (server.address() as AddressInfo).port,
    cut() {
      state = 'cut'
      for (const socket of sockets) socket.destroy()
    },
    /** Nothing comes through any more, and nobody is told. */
    swallow() {
      state = 'swallows'
      for (const socket of sockets) {
        socket.unpipe()
        socket.resume()
      }
    },
    mend() {
      // What was swallowed is lost.
      if (state === 'swallows') for (const socket of sockets) socket.destroy()
      state = 'whole'
    },
    close() {
      server.close()
      for (const socket of sockets) socket.destroy()
    }
  }
}

/** A portal on a database behind a wire, and one request of each kind. */
const startBehindWire = async (t: TestContext) => {
  const direct = await openers.postgresql({ plugins: [toyPlugin] })
  const url = new URL(direct.url)
  const wire = await wireTo(url.hostname, Number(url.port || 5432))
  t.after(() => wire.close())
  url.hostname = '127.0.0.1'
  url.port = String(wire.port)
  const portal = await startPortal(t, { open: () => openDatabase({ url: url.href }), plugins: [toyPlugin] })
  const { session, company } = await portal.signedIn('Ada')
  return { direct, wire, portal, session, company, requests: requestsOf(portal, session) }
}

const requestsOf = (portal: TestPortal, session: string): Readonly<Record<string, () => Promise<Answer>>> => ({
  query: () => portal.query('acme.localhost', '{ me { email } toys { id } }', { session }),
  anonymous: () => portal.query('acme.localhost', '{ portal { brandName } }'),
  route: () => portal.request('acme.localhost', '/toy/notes', { session }),
  operator: () => portal.query(consoleHost, '{ companies { totalCount } }', { apiKey: portal.apiKey }),
  'sign-in': () =>
    portal.query(
      'acme.localhost',
      'mutation { login(email: "ada@example.net", password: "correct horse battery") { token } }'
    )
})

const assertRefused = (name: string, answer: Answer): void => {
  assert.equal(answer.status, 503, `${name}: ${answer.text}`)
  assert.equal(answer.json.errors[0].extensions.code, 'UNAVAILABLE', name)
  assert.ok(Number(answer.headers['retry-after']) >= 1, name)
  assert.doesNotMatch(answer.text, /ECONN|terminat|postgres|sqlite/i, name)
}

/** Reads are served, so GraphQL is executed: its status is 200 then, and the code says it. A route says 503. */
const assertWriteRefused = (name: string, answer: Answer): void => {
  if (name === 'route') assertRefused(name, answer)
  assert.equal(answer.json.errors[0].extensions.code, 'UNAVAILABLE', answer.text)
  assert.ok(answer.json.errors[0].extensions.retryAfter >= 1, answer.text)
  assert.doesNotMatch(answer.text, /BUSY|locked|FULL|sqlite/i, name)
}

test('while the database is away every request is refused at once, and served again when it is back', async t => {
  const { direct, wire, portal, company, requests } = await startBehindWire(t)
  for (const [name, send] of Object.entries(requests)) assert.equal((await send()).status, 200, name)

  for (let round = 0; round < 2; round += 1) {
    wire.cut()
    for (const [name, send] of Object.entries(requests)) assertRefused(name, await send())
    // A write that another process made meanwhile is seen by the first request that is answered again.
    await direct.transaction(async trx => {
      const hidden = { company_id: company.id, key: 'toy', override: 'HIDE', set_by: 'test', set_at: 0 }
      if (round === 0) await trx('company_override').insert(hidden)
      else await trx('company_override').delete()
      const [counter] = await trx('access_counter')
        .where({ scope: portal.world.acme.id })
        .increment('revision', 1)
        .returning('revision')
      await trx('access_change').insert({
        scope: portal.world.acme.id,
        revision: counter.revision,
        company_id: company.id
      })
    })
    wire.mend()
    let back = await requests.query!()
    while (back.status === 503) {
      await sleep(20)
      back = await requests.query!()
    }
    assert.equal(back.json.errors?.[0]?.extensions?.code, round === 0 ? 'FEATURE_DISABLED' : undefined, back.text)
    for (const [name, send] of Object.entries(requests)) {
      const answer = await send()
      assert.notEqual(answer.status, 503, `${name}: ${answer.text}`)
    }
  }
})

test('a wire that swallows everything: nobody waits for long, later ones not at all, and it heals by itself', async t => {
  const { wire, portal, requests, session } = await startBehindWire(t)
  const all = Object.entries(requests)
  for (const [name, send] of all) assert.equal((await send()).status, 200, name)
  for (let round = 0; round < 2; round += 1) {
    wire.swallow()
    const started = performance.now()
    // More at a time than there are connections, so that some wait for one.
    const answers = await Promise.all(
      Array.from({ length: 6 }, () => all.map(async ([name, send]) => [name, await send()] as const)).flat()
    )
    const waited = performance.now() - started
    for (const [name, answer] of answers) assertRefused(name, answer)
    t.diagnostic(`swallowed, round ${round}: ${answers.length} requests refused after ${waited.toFixed(0)} ms`)

    const times: number[] = []
    for (let repeat = 0; repeat < 20; repeat += 1) {
      for (const [name, send] of all) {
        const began = performance.now()
        assertRefused(name, await send())
        times.push(performance.now() - began)
      }
    }
    times.sort((one, other) => one - other)
    t.diagnostic(`known to be down: p50 ${times[50]!.toFixed(1)} ms, longest ${times.at(-1)!.toFixed(1)} ms`)
    // A request that waited for the wire would wait for more than a second.
    assert.ok(times[50]! < waited / 4, `${times[50]} of ${waited}`)

    wire.mend()
    while ((await requests.query!()).status !== 200) await sleep(20)
    for (const [name, send] of all) assert.equal((await send()).status, 200, name)
  }
  assert.equal(
    (await portal.query('acme.localhost', '{ me { email } }', { session })).json.data.me.email,
    'ada@example.net'
  )
})

test('a server that is stopped in the middle of work is refused at once, and served when it starts', async t => {
  const cluster = await startPostgres()
  t.after(() => cluster.stop())
  const portal = await startPortal(t, { open: () => openDatabase({ url: cluster.url }), plugins: [toyPlugin] })
  const { session } = await portal.signedIn('Ada')
  const all = Object.entries(requestsOf(portal, session))
  for (const [name, send] of all) assert.equal((await send()).status, 200, name)
  await cluster.down()
  const started = performance.now()
  for (const [name, send] of all) assertRefused(name, await send())
  t.diagnostic(`stopped: ${all.length} requests refused after ${(performance.now() - started).toFixed(0)} ms`)
  await cluster.up()
  while ((await all[0]![1]()).status !== 200) await sleep(20)
  for (const [name, send] of all) assert.equal((await send()).status, 200, name)
})

test('SQLite while another process holds the write lock: writes are refused, reads go on', async t => {
  const direct = await openers.sqlite({ plugins: [toyPlugin] })
  const portal = await startPortal(t, {
    open: () => openDatabase({ url: direct.url, waitMs: 100 }),
    plugins: [toyPlugin]
  })
  const { session, contact } = await portal.signedIn('Ada')
  const { people } = portal.installation
  await people.staff.create(
    { name: 'Olga', email: 'olga@example.net', passwordHash: await hashPassword(testPassword), role: 'ADMIN' },
    testActor
  )
  const writes: Record<string, () => Promise<Answer>> = {
    'sign-in': requestsOf(portal, session)['sign-in']!,
    change: () => portal.query('acme.localhost', 'mutation { addToy(id: "t", note: "n") { id } }', { session }),
    operator: () =>
      portal.query(consoleHost, `mutation { viewAs(contactId: "${contact.id}") { url } }`, { apiKey: portal.apiKey }),
    route: () =>
      portal.request(consoleHost, '/operator/session', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ email: 'olga@example.net', password: testPassword })
      })
  }
  const reads = { ...requestsOf(portal, session) }
  delete (reads as Record<string, unknown>)['sign-in']
  await direct.transaction(async trx => {
    await trx('toy_item').insert({ id: 'other', company_id: 'other', note: '', amount: '0' })
    for (const [name, send] of Object.entries(writes)) assertWriteRefused(name, await send())
    for (const [name, send] of Object.entries(reads)) assert.equal((await send()).status, 200, name)
  })
  for (const [name, send] of Object.entries(writes)) {
    const answer = await send()
    assert.ok(answer.status < 300 && answer.json.errors === undefined, `${name}: ${answer.text}`)
  }
  assert.equal((await portal.database.reader('toy_item').where({ id: 't' })).length, 1)
})

test('SQLite on a full disk: writes are refused whole, reads go on', async t => {
  const portal = await startPortal(t, { plugins: [toyPlugin] })
  const { session } = await portal.signedIn('Ada')
  const write = (id: string) =>
    portal.query('acme.localhost', `mutation { addToy(id: "${id}", note: "${'n'.repeat(9_000)}") { id } }`, { session })
  assert.equal((await write('before')).status, 200)
  const { writer, reader } = portal.database
  const [{ page_count }] = await writer.raw('PRAGMA page_count')
  await writer.raw(`PRAGMA max_page_count = ${page_count}`)
  assertWriteRefused('write', await write('full'))
  const read = await portal.query('acme.localhost', '{ toys { id } }', { session })
  assert.deepEqual(read.json.data.toys, [{ id: 'before' }])
  assert.deepEqual(await reader('audit_entry').where({ target: 'toy:full' }), [])
  await writer.raw('PRAGMA max_page_count = 1000000')
  assert.equal((await write('after')).status, 200)
})
