import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { plugins } from '../../plugins/index.ts'
import { consoleHost, startPortal } from '../support/portal.ts'

// Browsers keep connections, and open some ahead that they never use. None of them may hold up a server that ends.

const body = JSON.stringify({ query: '{ companies { totalCount } }' })

/** How the connection ended once the server closes: by the server, or not at all, which the test does not wait for. */
const endOf = async (connection: Socket): Promise<string> => {
  const ended = once(connection, 'close').then(() => 'by the server')
  const end = await Promise.race([ended, sleep(10_000, 'not at all', { ref: false })])
  connection.destroy()
  return end
}

test('a server that closes ends a connection that was never used', async t => {
  const portal = await startPortal(t, { plugins })
  const connection = connect(portal.port, '127.0.0.1')
  const [seen] = await Promise.all([once(portal.server.server, 'connection'), once(connection, 'connect')])
  assert.equal((seen[0] as Socket).bytesRead, 0)
  const closed = portal.server.close()
  assert.equal(await endOf(connection), 'by the server')
  await closed
})

test('a server that closes answers what is under way, and ends its connection then', async t => {
  const portal = await startPortal(t, { plugins })
  const connection = connect(portal.port, '127.0.0.1')
  let answer = ''
  connection.on('data', part => (answer += part))
  connection.write(
    `POST /operator/graphql HTTP/1.1\r\nHost: ${consoleHost}\r\nAuthorization: Bearer ${portal.apiKey}\r\n` +
      `Content-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body.slice(0, 10)}`
  )
  await once(portal.server.server, 'request')
  const closed = portal.server.close()
  await sleep(50)
  assert.equal(answer, '')
  connection.write(body.slice(10))
  assert.equal(await endOf(connection), 'by the server')
  assert.match(answer, /^HTTP\/1\.1 200 .*\{"data":\{"companies":\{"totalCount":0\}\}\}$/s)
  await closed
})
