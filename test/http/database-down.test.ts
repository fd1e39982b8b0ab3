import assert from 'node:assert/strict'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { openDatabase } from '../../db/connect.ts'
import { openers } from '../support/databases.ts'
import { type Answer, consoleHost, startPortal } from '../support/portal.ts'
import { toyPlugin } from './toy-plugin.ts'

/** A wire to the database that can be cut and mended. */
const wireTo = async (
  host: string,
  port: number
): Promise<{ readonly port: number; cut(): void; mend(): void; close(): void }> => {
  const sockets = new Set<Socket>()
  let whole = true
  const server = createServer(near => {
    if (!whole) return near.destroy()
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
      whole = false
      for (const socket of sockets) socket.destroy()
    },
    mend() {
      whole = true
    },
    close() {
      server.close()
      for (const socket of sockets) socket.destroy()
    }
  }
}

test('while the database is away every request is refused at once, and served again when it is back', async t => {
  const direct = await openers.postgresql({ plugins: [toyPlugin] })
  const url = new URL(direct.url)
  const wire = await wireTo(url.hostname, Number(url.port || 5432))
  t.after(() => wire.close())
  url.hostname = '127.0.0.1'
  url.port = String(wire.port)
  const portal = await startPortal(t, { open: () => openDatabase({ url: url.href }), plugins: [toyPlugin] })
  const { session, company } = await portal.signedIn('Ada')
  const requests: Record<string, () => Promise<Answer>> = {
    query: () => portal.query('acme.localhost', '{ me { email } toys { id } }', { session }),
    anonymous: () => portal.query('acme.localhost', '{ portal { brandName } }'),
    route: () => portal.request('acme.localhost', '/toy/notes', { session }),
    operator: () => portal.query(consoleHost, '{ companies { totalCount } }', { apiKey: portal.apiKey }),
    'sign-in': () =>
      portal.query(
        'acme.localhost',
        'mutation { login(email: "ada@example.net", password: "correct horse battery") { token } }'
      )
  }
  for (const [name, send] of Object.entries(requests)) assert.equal((await send()).status, 200, name)

  for (let round = 0; round < 2; round += 1) {
    wire.cut()
    for (const [name, send] of Object.entries(requests)) {
      const answer = await send()
      assert.equal(answer.status, 503, `${name}: ${answer.text}`)
      assert.equal(answer.json.errors[0].extensions.code, 'UNAVAILABLE', name)
      assert.ok(Number(answer.headers['retry-after']) >= 1, name)
      assert.doesNotMatch(answer.text, /ECONN|terminat|postgres/i, name)
    }
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
