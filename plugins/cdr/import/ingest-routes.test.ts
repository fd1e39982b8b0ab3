import assert from 'node:assert/strict'
import { test } from 'node:test'
import Fastify from 'fastify'
import { type OperatorFiles, PortalError } from '../../../core/plugin-api.ts'
import { hashToken, newToken } from '../../../http/tokens.ts'
import { callFileBytes } from '../../../test/support/call-records.ts'
import { callTablesPlugin, openCallWorld } from '../../../test/support/call-world.ts'
import { forEachDatabase } from '../../../test/support/databases.ts'
import { consoleHost, startPortal, testActor } from '../../../test/support/portal.ts'
import { ingestRoutes } from './ingest-routes.ts'

const ndjson = 'application/x-ndjson'
const form = 'application/x-www-form-urlencoded'
const json = 'application/json'

forEachDatabase('POST /ingest/cdr', open => {
  const setUp = async () => {
    const world = await openCallWorld(open)
    const [route] = ingestRoutes
    assert.ok(route?.host === 'CONSOLE')
    const app = Fastify({ logger: false })
    for (const type of route.rawBody ?? []) {
      app.removeContentTypeParser(type)
      app.addContentTypeParser(type, (_request, payload, done) => done(null, payload))
    }
    app.setErrorHandler((error, _request, reply) => {
      const { statusCode = 500 } = error as { statusCode?: number }
      reply.code(statusCode).send(error instanceof PortalError ? error.extensions : { crash: String(error) })
    })
    app.route({
      method: route.method,
      url: route.url,
      bodyLimit: route.bodyLimit!,
      handler: (request, reply) =>
        route.handle(
          {
            operator: { actor: 'key:1', name: 'sw1', role: 'INGEST', ip: '::1' },
            at: 0,
            requestId: '1',
            db: world.db,
            files: {} as OperatorFiles
          },
          request,
          reply
        )
    })
    const post = async (type: string, payload: string | Buffer, query = '') => {
      const answer = await app.inject({
        method: 'POST',
        url: `/ingest/cdr${query}`,
        headers: { 'content-type': type },
        payload
      })
      return { status: answer.statusCode, body: answer.json() }
    }
    return { ...world, post, route }
  }

  test('is for ingest keys and admins, on the console host', async () => {
    const { route } = await setUp()
    assert.deepEqual(route.roles, ['INGEST', 'ADMIN'])
  })

  test('NDJSON: loads once, however often it is sent', async () => {
    const { post, calls } = await setUp()
    const body = callFileBytes('calls.ndjson')
    const expected = { rows: 2, loaded: 2, replaced: 0, duplicates: 0, unrated: 1, rejectedRows: 0, rejected: [] }
    assert.deepEqual(await post(ndjson, body), { status: 200, body: expected })
    assert.deepEqual(await post(ndjson, body), {
      status: 200,
      body: { ...expected, loaded: 0, duplicates: 2, unrated: 0 }
    })
    const rated = (await calls()).find(row => row.call_id === 'n-1')
    assert.equal(Number(rated!.charge), 6250)
  })

  test('a partly bad batch: 200, the good ones loaded, the bad ones by line', async () => {
    const { post, calls } = await setUp()
    const [one, two] = callFileBytes('calls.ndjson').toString().trim().split('\n')
    const answer = await post(ndjson, [one, '{"price":1}', two!.replace('beta', 'gamma'), '{"broken":'].join('\n'))
    assert.equal(answer.status, 200)
    assert.deepEqual(answer.body, {
      rows: 4,
      loaded: 1,
      replaced: 0,
      duplicates: 0,
      unrated: 0,
      rejectedRows: 3,
      rejected: [
        { line: 2, reason: 'price: is not a known field' },
        { line: 3, reason: 'no company has the account code gamma' },
        { line: 4, reason: 'the document breaks off' }
      ]
    })
    assert.equal((await calls()).length, 1)
  })

  test("FreeSWITCH's form post, encoded or not, its JSON post and its documents by line are one call", async () => {
    const { post, calls } = await setUp()
    const document = callFileBytes('freeswitch-document.json')
    const line = JSON.stringify(JSON.parse(document.toString()))
    const loaded = []
    for (const [type, body, query] of [
      [form, callFileBytes('freeswitch-form.txt'), '?uuid=a_8c2e0000-0000-4000-8000-000000000031'],
      [form, `cdr=${line}`, ''],
      [json, document, ''],
      [ndjson, line, '?format=freeswitch-json']
    ] as const) {
      const answer = await post(type, body, query)
      assert.equal(answer.status, 200)
      assert.equal(answer.body.rows, 1)
      loaded.push(answer.body.loaded)
    }
    assert.deepEqual(loaded, [1, 0, 0, 0])
    assert.equal((await calls()).length, 1)
  })

  test('nothing fit to load: 400, never 500, nothing written', async () => {
    const { post, calls } = await setUp()
    const unknown = callFileBytes('freeswitch-form.txt').toString().replace('alpha', 'gamma')
    const bad: readonly (readonly [string, string | Buffer, string])[] = [
      [ndjson, '', ''],
      [ndjson, '\n\n', ''],
      [ndjson, 'nonsense', ''],
      [ndjson, '[]', ''],
      [ndjson, '{"a":', ''],
      [ndjson, Buffer.from([0xff, 0xfe, 0x00, 0x80]), ''],
      [ndjson, '['.repeat(100_000), ''],
      [ndjson, `{"a":${'['.repeat(100_000)}${']'.repeat(100_000)}}`, ''],
      [ndjson, '{"__proto__":{"accountCode":"alpha"}}', ''],
      [ndjson, callFileBytes('calls.ndjson'), '?format=xml'],
      [ndjson, callFileBytes('calls.ndjson'), '?format=call-json&format=call-json'],
      [form, 'cdr=%7B%ZZ', ''],
      [form, 'other=1', ''],
      [form, '', ''],
      [form, unknown, ''],
      [json, '{"variables":"x","callflow":7}', ''],
      [json, '{"variables":{"uuid":"u","start_epoch":"1772470000","duration":"1e9","billsec":"0"}}', ''],
      [json, 'null', '']
    ]
    for (const [type, body, query] of bad) {
      const answer = await post(type, body, query)
      assert.equal(answer.status, 400, `${type} ${String(body).slice(0, 60)} ${JSON.stringify(answer.body)}`)
    }
    assert.equal((await post(form, unknown)).body.rejected[0].reason, 'no company has the account code gamma')
    assert.equal((await calls()).length, 0)
  })

  test('a lone surrogate in a text costs its record only', async () => {
    const { post } = await setUp()
    const [one, two] = callFileBytes('calls.ndjson').toString().trim().split('\n')
    const answer = await post(ndjson, [one!.replace('UK London', 'UK \\ud800'), two].join('\n'))
    assert.equal(answer.status, 200)
    assert.deepEqual([answer.body.loaded, answer.body.rejected[0].line], [1, 1])
  })

  test('a body that is too large is refused whole', async () => {
    const { post, calls } = await setUp()
    const one = callFileBytes('calls.ndjson').toString().split('\n')[0]
    const answer = await post(ndjson, `${one}\n${' '.repeat(17 * 1024 * 1024)}`)
    assert.equal(answer.status, 413)
    assert.equal((await calls()).length, 0)
  })

  test('another content type is refused', async () => {
    const { post } = await setUp()
    assert.equal((await post('text/csv', 'a,b')).status, 415)
  })
})

test('through the whole server: which key and which host', async t => {
  const portal = await startPortal(t, { plugins: [{ ...callTablesPlugin, routes: ingestRoutes }] })
  await portal.company('Alpha', { accountCodes: ['alpha'] })
  await portal.company('Beta', { accountCodes: ['beta'] })
  const keyOf = async (role: 'INGEST' | 'SUPPORT' | 'AUDITOR') => {
    const key = newToken()
    await portal.installation.people.staff.createApiKey({ name: role, keyHash: hashToken(key), role }, testActor)
    return key
  }
  const post = (host: string, key: string | null, body: string | Buffer, type = ndjson) =>
    portal.request(host, '/ingest/cdr', {
      method: 'POST',
      headers: { 'content-type': type, ...(key === null ? {} : { authorization: `Bearer ${key}` }) },
      body
    })
  const body = callFileBytes('calls.ndjson')
  const ingestKey = await keyOf('INGEST')
  assert.equal((await post(consoleHost, null, body)).status, 401)
  assert.equal((await post(consoleHost, await keyOf('SUPPORT'), body)).status, 403)
  assert.equal((await post(consoleHost, await keyOf('AUDITOR'), body)).status, 403)
  assert.equal((await post('acme.localhost', ingestKey, body)).status, 404)
  const first = await post(consoleHost, ingestKey, body)
  assert.equal(first.status, 200)
  assert.equal(first.json.loaded, 2)
  const again = await post(consoleHost, portal.apiKey, body)
  assert.equal(again.json.duplicates, 2)
  assert.equal((await post(consoleHost, ingestKey, callFileBytes('freeswitch-form.txt'), form)).status, 200)
  assert.equal((await post(consoleHost, ingestKey, 'nonsense')).status, 400)

  // What mod_json_cdr's `cred` sends: HTTP Basic, the key as the password.
  const asSwitch = (key: string, type: string, payload: string | Buffer) =>
    portal.request(consoleHost, '/ingest/cdr?uuid=8c2e0000-0000-4000-8000-000000000031', {
      method: 'POST',
      headers: { 'content-type': type, authorization: `Basic ${Buffer.from(`switch:${key}`).toString('base64')}` },
      body: payload
    })
  assert.equal((await asSwitch(ingestKey, ndjson, body)).json.duplicates, 2)
  assert.equal((await asSwitch(ingestKey, form, callFileBytes('freeswitch-form.txt'))).json.duplicates, 1)
  assert.equal((await asSwitch(ingestKey, json, callFileBytes('freeswitch-document.json'))).json.duplicates, 1)
  assert.equal((await asSwitch(newToken(), form, callFileBytes('freeswitch-form.txt'))).status, 401)
  assert.equal((await asSwitch(await keyOf('SUPPORT'), ndjson, body)).status, 403)
})
