import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import type { PluginDefinition, PluginTask } from '../../core/plugin-api.ts'
import type { StaffRole } from '../../core/viewer.ts'
import { largestFile } from '../../db/file-store.ts'
import { readSettings } from '../../http/settings.ts'
import { hashToken, newToken } from '../../http/tokens.ts'
import { forEachDatabase } from '../support/databases.ts'
import { logLines } from '../support/log-lines.ts'
import { type Answer, consoleHost, startPortal, type TestPortal, testActor } from '../support/portal.ts'

const csv = { 'content-type': 'text/csv' }
const code = (answer: Answer): string | undefined => answer.json?.errors?.[0]?.extensions?.code

const keyOf = async (portal: TestPortal, role: StaffRole): Promise<string> => {
  const key = newToken()
  await portal.installation.people.staff.createApiKey({ name: role, keyHash: hashToken(key), role }, testActor)
  return key
}
const upload = (portal: TestPortal, apiKey: string | undefined, body: string | Buffer, query = '?name=list.csv') =>
  portal.request(consoleHost, `/operator/files${query}`, {
    method: 'POST',
    headers: csv,
    body,
    ...(apiKey === undefined ? {} : { apiKey })
  })

forEachDatabase('files of operators', open => {
  test('come back byte for byte to whom they belong, and to admins', async t => {
    const portal = await startPortal(t, { open, plugins: [] })
    const support = await keyOf(portal, 'SUPPORT')
    const other = await keyOf(portal, 'SUPPORT')
    const body = Buffer.from(Array.from({ length: 2_500_000 }, (_, index) => index % 251))
    const kept = await upload(portal, support, body)
    assert.equal(kept.status, 201, kept.text)
    assert.equal(kept.json.bytes, body.length)
    assert.equal(kept.json.sha256, createHash('sha256').update(body).digest('hex'))

    const get = (apiKey?: string) => portal.request(consoleHost, kept.json.url, apiKey === undefined ? {} : { apiKey })
    for (const key of [support, portal.apiKey]) {
      const fetched = await get(key)
      assert.equal(fetched.status, 200)
      assert.equal(fetched.headers['content-length'], String(body.length))
      assert.match(String(fetched.headers['content-disposition']), /attachment; filename="list.csv"/)
    }
    assert.equal((await get()).status, 401)
    assert.equal((await get(other)).status, 404)
    assert.equal((await portal.request('acme.localhost', kept.json.url, { apiKey: support })).status, 404)

    const known = await portal.query(consoleHost, `{ operatorFile(id: "${kept.json.id}") { name bytes sha256 url } }`, {
      apiKey: support
    })
    assert.deepEqual(known.json.data.operatorFile, {
      name: 'list.csv',
      bytes: body.length,
      sha256: kept.json.sha256,
      url: kept.json.url
    })
    const downloads = await portal.installation.stores.audit.list({ first: 10, target: kept.json.id })
    assert.deepEqual(
      downloads.nodes.map(entry => entry.action),
      ['downloadFile', 'downloadFile']
    )
    const parts: Buffer[] = []
    const file = await portal.installation.files.of({ actor: 'key:x', role: 'ADMIN' }).open(kept.json.id)
    for await (const part of file.content) parts.push(part)
    assert.ok(Buffer.concat(parts).equals(body))
  })

  test('are refused to who may not upload, without a name, and go when their time is over', async t => {
    const portal = await startPortal(t, { open, plugins: [] })
    assert.equal((await upload(portal, undefined, 'a')).status, 401)
    for (const role of ['AUDITOR', 'INGEST'] as const) {
      assert.equal(code(await upload(portal, await keyOf(portal, role), 'a')), 'FORBIDDEN')
    }
    assert.equal(code(await upload(portal, portal.apiKey, 'a', '')), 'BAD_USER_INPUT')
    assert.equal(code(await upload(portal, portal.apiKey, 'a', '?name=%00')), 'BAD_USER_INPUT')
    assert.equal(code(await upload(portal, portal.apiKey, 'a', '?name=a&name=b')), 'BAD_USER_INPUT')
    assert.equal((await upload(portal, portal.apiKey, 'a', `?name=${'n'.repeat(300)}`)).status, 400)

    const kept = await upload(portal, portal.apiKey, '')
    assert.equal(kept.json.bytes, 0)
    await portal.database.writer('operator_file').update({ expires_at: 1 })
    const gone = await portal.request(consoleHost, kept.json.url, { apiKey: portal.apiKey })
    assert.equal(gone.status, 404)
    assert.equal(await portal.installation.files.expire(async () => true), 1)
    assert.deepEqual(await portal.database.reader('operator_file_chunk').select('*'), [])
    for (const id of ['x', '%00', '..%2f..', 'a'.repeat(200)]) {
      const answer = await portal.request(consoleHost, `/operator/files/${id}`, { apiKey: portal.apiKey })
      assert.ok([400, 404, 414].includes(answer.status), `${id}: ${answer.status}`)
    }
  })

  /** The head of an upload and the beginning of its body, over a connection of its own. */
  const begin = (portal: TestPortal, length: number, body: string): Socket => {
    const connection = connect(portal.port, '127.0.0.1')
    connection.write(
      `POST /operator/files?name=a.csv HTTP/1.1\r\nHost: ${consoleHost}\r\nAuthorization: Bearer ${portal.apiKey}\r\n` +
        `Content-Type: text/csv\r\nContent-Length: ${length}\r\n\r\n${body}`
    )
    return connection
  }

  test('that announce to be too large are refused before they are sent', async t => {
    const portal = await startPortal(t, { open, plugins: [] })
    const connection = begin(portal, largestFile + 1, 'a')
    const [answer] = await once(connection, 'data')
    connection.destroy()
    assert.match(String(answer), /^HTTP\/1\.1 413 .*at most 256 MiB.*PAYLOAD_TOO_LARGE/s)
    assert.deepEqual(await portal.database.reader('operator_file').select('*'), [])
  })

  test('whose connection breaks off leave nothing, and no alarm about the database', async t => {
    const { log, lines } = logLines(readSettings({}))
    const portal = await startPortal(t, { open, plugins: [], logger: log })
    const chunks = () => portal.database.reader('operator_file_chunk').select('part')
    const connection = begin(portal, 5_000_000, 'a'.repeat(2_500_000))
    while ((await chunks()).length === 0) await sleep(10)
    connection.destroy()
    while ((await portal.database.reader('operator_file').select('id')).length > 0) await sleep(10)
    await portal.server.close()
    assert.deepEqual(
      lines.filter(line => /UNAVAILABLE|"status":5/.test(line)),
      []
    )
  })
})

forEachDatabase('tasks of plugins', open => {
  test('run once what was put in line with a transaction, with the files of who asked', async t => {
    const seen: unknown[] = []
    const task: PluginTask = {
      name: 'count',
      async run({ db, filesOf }, payload, at) {
        const { actor, fileId } = payload as { actor: string; fileId: string }
        const { bytes } = await filesOf({ actor, role: 'SUPPORT' }).open(fileId)
        const made = await filesOf({ actor, role: 'SUPPORT' }).create(
          { name: 'answer.txt', contentType: 'text/plain' },
          (async function* () {
            yield `${bytes}\n`
          })()
        )
        seen.push({ bytes, made: made.bytes, at: at > 0, now: (await db.now()) >= at })
      }
    }
    const counting: PluginDefinition = {
      name: 'counting',
      version: '0.1.0',
      engine: '^0.1.0',
      owner: 'tests',
      tasks: [task]
    }
    const portal = await startPortal(t, { open, plugins: [counting] })
    const { installation } = portal
    const db = installation.databaseOf(counting)
    const file = await installation.files.of({ actor: 'key:me', role: 'SUPPORT' }).create(
      { name: 'in.csv', contentType: 'text/csv' },
      (async function* () {
        yield 'four'
      })()
    )
    const payload = { actor: 'key:me', fileId: file.id }
    await assert.rejects(() =>
      db.transaction(async inner => {
        await inner.enqueue('count', payload)
        throw new Error('and back')
      })
    )
    await db.transaction(inner => inner.enqueue('count', payload))
    assert.throws(() => db.enqueue('other', payload), /does not declare the task other/)
    await installation.jobs.runDue()
    await installation.jobs.runDue()
    assert.deepEqual(seen, [{ bytes: 4, made: 2, at: true, now: true }])

    const company = await portal.company('Ada')
    const facts = await db.transaction(inner => inner.companies([company.id, 'none']))
    assert.deepEqual(
      [...facts.values()],
      [
        {
          id: company.id,
          name: 'Ada',
          userType: 'CUSTOMER',
          status: 'ACTIVE',
          currency: 'EUR',
          domainId: portal.world.acme.id
        }
      ]
    )
  })
})
