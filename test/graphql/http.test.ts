import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fastify from 'fastify'
import { parse } from 'graphql'
import { serverAudits } from 'graphql-http'
import { PortalError } from '../../core/errors.ts'
import { graphqlEndpoint } from '../../graphql/endpoint.ts'
import { guardSchema } from '../../graphql/guarded-schema.ts'
import { codes, startToy, without } from './toy.ts'

describe('GraphQL over HTTP', () => {
  test('all audits of graphql-http pass, three times over, so that compiled queries are audited too', async t => {
    const { url } = await startToy(t)
    const audits = serverAudits({ url, fetchFn: fetch })
    assert.equal(audits.length, 61)
    for (let round = 0; round < 3; round++)
      for (const audit of audits) {
        const result = await audit.fn()
        assert.equal(result.status, 'ok', `${audit.id} ${audit.name}: ${'reason' in result ? result.reason : ''}`)
      }
  })

  const json = { 'content-type': 'application/json' }
  const modern = { ...json, accept: 'application/graphql-response+json' }

  test('what is malformed gets its code and status, never a 500 and never a stack', async t => {
    const toy = await startToy(t, { bodyLimit: 5_000 })
    const big = JSON.stringify({ query: `{ ping(word: "${'x'.repeat(6_000)}") }` })
    const cases: readonly [string, Parameters<typeof toy.send>[0], number, string][] = [
      ['malformed JSON', { headers: modern, body: '{"query": "{ ping }' }, 400, 'QUERY_INVALID'],
      ['no body', { headers: modern }, 400, 'QUERY_INVALID'],
      ['prototype', { headers: modern, body: '{"query": "{ ping }", "__proto__": {}}' }, 400, 'QUERY_INVALID'],
      ['oversized body', { headers: modern, body: big }, 413, 'PAYLOAD_TOO_LARGE'],
      ['no content type', { headers: {}, body: '{"query": "{ ping }"}' }, 415, 'QUERY_INVALID'],
      [
        'form',
        { headers: { 'content-type': 'application/x-www-form-urlencoded' }, body: 'query={ping}' },
        415,
        'QUERY_INVALID'
      ],
      ['text', { headers: { 'content-type': 'text/plain' }, body: '{"query": "{ ping }"}' }, 415, 'QUERY_INVALID'],
      [
        'multipart',
        { headers: { 'content-type': 'multipart/form-data; boundary=x' }, body: '--x--' },
        415,
        'QUERY_INVALID'
      ],
      [
        'latin',
        { headers: { 'content-type': 'application/json; charset=latin1' }, body: '{"query": "{ ping }"}' },
        415,
        'QUERY_INVALID'
      ],
      [
        'picture wanted',
        { headers: { ...json, accept: 'image/png' }, body: '{"query": "{ ping }"}' },
        406,
        'QUERY_INVALID'
      ],
      ['no query', { headers: modern, body: '{}' }, 400, 'QUERY_INVALID'],
      ['a text as body', { headers: modern, body: '"{ ping }"' }, 400, 'QUERY_INVALID'],
      ['null', { headers: modern, body: 'null' }, 400, 'QUERY_INVALID'],
      ['syntax', { headers: modern, body: '{"query": "{ ping "}' }, 400, 'QUERY_INVALID'],
      ['empty', { headers: modern, body: '{"query": ""}' }, 400, 'QUERY_INVALID'],
      ['no operation', { headers: modern, body: '{"query": "fragment F on Query { ping }"}' }, 400, 'QUERY_INVALID'],
      ['subscription', { headers: modern, body: '{"query": "subscription { ping }"}' }, 400, 'QUERY_INVALID'],
      ['schema language', { headers: modern, body: '{"query": "type Query { ping: String }"}' }, 400, 'QUERY_INVALID'],
      [
        'wrong variable',
        {
          headers: modern,
          body: '{"query": "query ($n: Int) { calls(first: $n) { totalCount } }", "variables": {"n": "x"}}'
        },
        400,
        'BAD_USER_INPUT'
      ],
      [
        'missing variable',
        { headers: modern, body: '{"query": "query ($n: ID!) { call(id: $n) { id } }"}' },
        400,
        'BAD_USER_INPUT'
      ],
      ['no query in the address', { method: 'GET' }, 400, 'QUERY_INVALID'],
      ['variables in the address', { method: 'GET', path: '/graphql?query={ping}&variables={' }, 400, 'QUERY_INVALID'],
      ['broken escapes in the address', { method: 'GET', path: '/graphql?query=%7Bping%7D%ZZ' }, 400, 'QUERY_INVALID'],
      ['mutation by GET', { method: 'GET', path: '/graphql?query=mutation{__typename}' }, 405, 'QUERY_INVALID'],
      ['PUT', { method: 'PUT', headers: modern, body: '{"query": "{ ping }"}' }, 405, 'QUERY_INVALID'],
      ['DELETE', { method: 'DELETE' }, 405, 'QUERY_INVALID']
    ]
    for (const [what, request, status, code] of cases) {
      const answer = await toy.send(request)
      assert.deepEqual([answer.status, ...codes(answer)], [status, code], `${what}: ${answer.text}`)
      assert.equal('data' in answer.body, false)
      assert.doesNotMatch(answer.text, /node_modules|\.ts|\.js| at /, what)
      assert.match(String(answer.headers['content-type']), /^application\/(graphql-response\+)?json; charset=utf-8$/)
    }
    assert.equal((await toy.send({ method: 'PUT' })).headers.allow, 'GET, POST')
    assert.equal((await toy.send({ method: 'GET', path: '/graphql?query=mutation{__typename}' })).headers.allow, 'POST')
    assert.deepEqual(toy.log, [])
  })

  test('an old client, which names application/json, reads document errors with 200', async t => {
    const toy = await startToy(t)
    for (const [accept, status, type] of [
      ['application/json', 200, 'application/json'],
      ['application/graphql-response+json, application/json;q=0.9', 400, 'application/graphql-response+json'],
      ['application/graphql-response+json;q=0.5, application/json', 200, 'application/json'],
      ['text/html, */*;q=0.1', 400, 'application/json'],
      ['*/*', 400, 'application/json'],
      ['application/*', 400, 'application/json']
    ] as const) {
      const answer = await toy.send({ headers: { ...json, accept }, body: '{"query": "{ bogus }"}' })
      assert.equal(answer.status, status, accept)
      assert.equal(answer.headers['content-type'], `${type}; charset=utf-8`)
    }
  })

  test('the newer draft of statuses by setting', async t => {
    const toy = await startToy(t, { draftStatuses: true })
    toy.caller = without('numbers')
    assert.equal((await toy.ask('{ ping }')).status, 200)
    assert.equal((await toy.ask('{ ping numbers { id } }')).status, 294)
    assert.equal((await toy.ask('{ bogus }')).status, 422)
    assert.equal((await toy.ask('query ($n: ID!) { call(id: $n) { id } }')).status, 422)
    assert.equal((await toy.ask('{')).status, 400)
  })

  test('unforeseen errors are masked, logged with their incident id, and leave the rest standing', async t => {
    const toy = await startToy(t)
    for (let round = 0; round < 3; round++) {
      toy.log.length = 0
      const answer = await toy.ask('{ fails ping }')
      assert.equal(answer.status, 200)
      assert.deepEqual(answer.body.data, { fails: null, ping: 'pong' })
      assert.deepEqual(
        answer.body.errors?.map(error => [error.message, error.path]),
        [['Something went wrong; quote the incident id to support.', ['fails']]]
      )
      assert.doesNotMatch(answer.text, /secretTable|properties/)
      const { code, incidentId } = answer.body.errors![0]!.extensions
      assert.equal(code, 'INTERNAL')
      assert.equal(toy.log.length, 1)
      assert.match(toy.log[0]!, /secretTable/)
      assert.ok(toy.log[0]!.includes(String(incidentId)))
    }
    const nulls = await toy.ask('{ failsHard { text } }')
    assert.deepEqual([nulls.status, ...codes(nulls)], [200, 'INTERNAL'])
    assert.doesNotMatch(nulls.text, /non-null/i)
  })

  test('a request that cannot be placed is refused with the error table', async t => {
    let thrown: unknown = new PortalError('RATE_LIMITED', undefined, { retryAfter: 7 })
    const toy = await startToy(t, {
      contextOf: () => {
        throw thrown
      },
      mapError: error => (error instanceof RangeError ? new PortalError('UNAVAILABLE') : error)
    })
    const limited = await toy.ask('{ ping }')
    assert.deepEqual([limited.status, ...codes(limited), limited.headers['retry-after']], [429, 'RATE_LIMITED', '7'])
    thrown = new RangeError('the pool is gone')
    const down = await toy.ask('{ ping }')
    assert.deepEqual([down.status, ...codes(down), down.headers['retry-after']], [503, 'UNAVAILABLE', '1'])
    thrown = new Error('the table is gone')
    const odd = await toy.ask('{ ping }')
    assert.deepEqual([odd.status, ...codes(odd)], [500, 'INTERNAL'])
    assert.doesNotMatch(odd.text, /table/)
  })

  test('two endpoints live in one server, each with its own schema and guards', async t => {
    const portal = await startToy(t)
    assert.ok(portal.app)
    const app = fastify()
    t.after(() => app.close())
    const document = parse('type Query { who: String! @once }  directive @once on FIELD_DEFINITION')
    for (const name of ['portal', 'operator'])
      await app.register(
        graphqlEndpoint({
          path: `/${name}/graphql`,
          graphiql: true,
          schema: guardSchema<null>({
            document,
            resolvers: { Query: { who: () => name } },
            conditionsOf: () => []
          }),
          contextOf: () => ({ caller: null, context: {} })
        })
      )
    for (let round = 0; round < 3; round++)
      for (const name of ['portal', 'operator']) {
        const query = encodeURIComponent('{ who }')
        const { body } = await app.inject({ url: `/${name}/graphql?query=${query}` })
        assert.deepEqual(JSON.parse(body), { data: { who: name } })
      }
  })

  test('GraphiQL is served where it is switched on, from this host alone, and nowhere else', async t => {
    const off = await startToy(t)
    assert.equal((await off.send({ method: 'GET', path: '/graphql/graphiql' })).status, 404)
    assert.equal((await off.send({ method: 'GET', headers: { accept: 'text/html' } })).status, 406)
    const on = await startToy(t, { graphiql: true })
    const sent = await on.send({ method: 'GET', headers: { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' } })
    assert.deepEqual([sent.status, sent.headers.location], [302, '/graphql/graphiql'])
    const page = await on.send({ method: 'GET', path: '/graphql/graphiql' })
    assert.equal(page.status, 200)
    assert.match(String(page.headers['content-security-policy']), /default-src 'none'; script-src 'self'/)
    assert.doesNotMatch(page.text, /https?:|\/\//)
    const assets = [...page.text.matchAll(/(?:src|href)="([^"]+)"/g)].map(match => match[1]!)
    assert.equal(assets.length, 5)
    for (const path of assets) {
      const asset = await on.send({ method: 'GET', path })
      assert.equal(asset.status, 200)
      assert.ok(asset.text.length > 300)
    }
  })

  test('there is no WebSocket', async t => {
    const toy = await startToy(t)
    const answer = await toy.send({
      method: 'GET',
      path: '/graphql',
      headers: {
        connection: 'Upgrade',
        upgrade: 'websocket',
        'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
        'sec-websocket-version': '13',
        'sec-websocket-protocol': 'graphql-transport-ws'
      }
    })
    assert.equal(answer.status, 400)
  })
})
