import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { buildSchema, type GraphQLSchema } from 'graphql'
import { mergeOperatorSchema, operatorSchemaOf } from '../../graphql/operator-schema.ts'
import { plugins } from '../../plugins/index.ts'
import { documentOf, sampleArguments } from '../conformance/probe-arguments.ts'
import { forEachDatabase } from '../support/databases.ts'
import { length } from '../support/length.ts'
import { type Answer, consoleHost, type RequestInput } from '../support/portal.ts'
import { type Random, randomFrom } from '../support/random.ts'
import { type IsolationWorld, openIsolationWorld } from './isolation-world.ts'
import { given } from './probes.ts'

/** On each database, shared by both endpoints. */
const documents = length(250, 10_000)

const portalSchema = buildSchema(readFileSync(new URL('../../graphql/portal-schema.graphql', import.meta.url), 'utf8'))

interface Target {
  readonly host: string
  readonly path: string
  readonly credential: RequestInput
  readonly valid: readonly { readonly query: string; readonly variables: Record<string, unknown> }[]
}

/** Ends the session, or costs a password hash each time. */
const apart = ['logout', 'login', 'changePassword', 'createContact', 'setContactPassword', 'createStaff']

const validOf = (schema: GraphQLSchema): Target['valid'] =>
  (['query', 'mutation'] as const).flatMap(operation => {
    const type = operation === 'query' ? schema.getQueryType()! : schema.getMutationType()!
    return Object.values(type.getFields())
      .filter(({ name }) => !apart.some(each => name.startsWith(each)) && !/password|staff|apikey/i.test(name))
      .map(field => ({
        query: documentOf(operation, field),
        variables: sampleArguments(`${type.name}.${field.name}`, field, given)
      }))
  })

const words = [
  '{',
  '}',
  '(',
  ')',
  '[',
  ']',
  '!',
  '$a',
  '@skip(if: true)',
  '...',
  '...F',
  'on Cdr',
  'fragment F on Query',
  'null',
  'true',
  '-0',
  '1e999',
  '99999999999999999999',
  '"""',
  '"\\u0000"',
  '"\\uD800"',
  '"__proto__"',
  'constructor',
  '__typename',
  '__schema',
  'mutation',
  'subscription',
  'query',
  '\u0000',
  '\uFEFF',
  '#',
  '&',
  '|',
  '{a:{b:[[[]]]}}',
  'me',
  'cdrs',
  'filter',
  'e\u0301'
] as const
const odd: readonly unknown[] = [
  null,
  true,
  -1,
  0,
  1.5,
  2 ** 31,
  2 ** 53,
  -1e308,
  '',
  '\u0000',
  'a\u0000b',
  '\uD800',
  '"',
  "'; --",
  '%',
  '_',
  '!',
  'x'.repeat(3_000),
  '9'.repeat(400),
  '1e5',
  'NaN',
  '-0',
  '2026-02-30T00:00:00Z',
  '0000-01-01T00:00:00Z',
  '+275760-09-13T00:00:00.000Z',
  '999999-01-01T00:00:00Z',
  [],
  [[]],
  [null],
  {},
  { a: 1 },
  { toString: 1 },
  { constructor: {} },
  { length: 3 }
]

const mutatedText = (text: string, random: Random): string => {
  let result = text
  for (let n = 0; n <= random(3); n++) {
    const at = random(result.length + 1)
    const kind = random(6)
    if (kind === 0) result = result.slice(0, at) + result.slice(at + 1 + random(8))
    else if (kind === 1) result = `${result.slice(0, at)} ${words[random(words.length)]} ${result.slice(at)}`
    else if (kind === 2)
      result = result.slice(0, at) + String.fromCharCode(random(random(2) === 0 ? 128 : 65_536)) + result.slice(at + 1)
    else if (kind === 3)
      result = result.slice(0, at) + result.slice(Math.max(0, at - 1 - random(30)), at) + result.slice(at)
    else if (kind === 4) result = result.slice(0, at)
    else result = result.replace(/\w+/g, word => (random(15) === 0 ? words[random(words.length)]! : word))
  }
  return result
}

/** Another value somewhere in the variables; names now and then. */
const mutatedValue = (value: unknown, random: Random): unknown => {
  if (random(4) === 0) return odd[random(odd.length)]
  if (Array.isArray(value))
    return random(3) === 0
      ? [...value, ...value, odd[random(odd.length)]]
      : value.map(each => mutatedValue(each, random))
  if (typeof value === 'object' && value !== null)
    return Object.fromEntries(
      Object.entries(value).flatMap(([name, each]) =>
        random(12) === 0
          ? []
          : [[random(15) === 0 ? String(words[random(words.length)]) : name, mutatedValue(each, random)]]
      )
    )
  return value
}

/** Optional arguments too: grid filters and their like are where odd values reach the database. */
const richer = {
  where: { rules: [{ column: 'callId', op: 'eq', value: 'x' }] },
  sort: [{ column: 'number', dir: 'ASC' }],
  first: 3,
  after: 'WyJhIl0',
  search: '44'
}

const bytesOf = (valid: Target['valid'][number], random: Random): Buffer => {
  const { query, variables } = valid
  const kind = random(4)
  const filled: Record<string, unknown> = { ...variables }
  for (const name of ['filter', 'sort', 'first', 'after'])
    if (query.includes(`$${name}:`) && random(2) === 0) {
      const old = filled[name]
      filled[name] =
        name === 'filter'
          ? {
              ...(typeof old === 'object' ? old : {}),
              ...(random(2) === 0 ? { where: richer.where } : { search: '44' })
            }
          : richer[name as 'sort']
    }
  const body = Buffer.from(
    JSON.stringify({
      query: kind === 0 || kind === 3 ? mutatedText(query, random) : query,
      variables: kind === 1 || kind === 3 ? mutatedValue(filled, random) : filled,
      ...(random(10) === 0 ? { operationName: odd[random(odd.length)] } : {}),
      ...(random(10) === 0 ? { extensions: odd[random(odd.length)] } : {})
    })
  )
  if (kind === 2) for (let n = 0; n <= random(4); n++) body[random(body.length)] = random(256)
  return body
}

const bad = (answer: Answer): string | null => {
  if (answer.status >= 500) return `status ${answer.status}`
  if (
    /\.ts:\d+|node_modules|node:internal|at \w+ \(|SQLITE_|syntax error at or near|select .* from |invalid byte sequence|prototype|undefined \(reading/i.test(
      answer.text
    )
  )
    return 'shows its insides'
  if (/"code":"(INTERNAL|UNAVAILABLE)"/.test(answer.text)) return 'was not foreseen'
  if (answer.json === undefined) return 'is no JSON'
  return null
}

forEachDatabase('documents and variables gone wrong', open => {
  test('make no 5xx, show no insides and leave the server alive', async t => {
    const world: IsolationWorld = await openIsolationWorld(t, open)
    const targets: readonly Target[] = [
      {
        host: 'acme.localhost',
        path: '/graphql',
        credential: { session: world.party('a1').session },
        valid: validOf(portalSchema)
      },
      {
        host: 'acme.localhost',
        path: '/graphql',
        credential: { session: world.party('ak').session },
        valid: validOf(portalSchema)
      },
      {
        host: consoleHost,
        path: '/operator/graphql',
        credential: { apiKey: world.portal.apiKey },
        valid: validOf(operatorSchemaOf(mergeOperatorSchema(plugins, ['CDR', 'BREAKOUT'])))
      }
    ]
    const random = randomFrom(4_711)
    const found: string[] = []
    const statuses = new Map<number, number>()
    for (let n = 0; n < documents; n++) {
      const target = targets[n % targets.length]!
      const valid = target.valid[random(target.valid.length)]!
      const body = bytesOf(valid, random)
      const byGet = random(12) === 0
      const text = body.toString()
      const answer = byGet
        ? await world.portal.request(
            target.host,
            `${target.path}?query=${encodeURIComponent(valid.query.slice(0, random(400)))}&variables=${encodeURIComponent(text).slice(0, 4_000)}`,
            { ...target.credential, headers: { accept: 'application/json' } }
          )
        : await world.portal.request(target.host, target.path, {
            method: 'POST',
            ...target.credential,
            body,
            headers: { 'content-type': 'application/json' }
          })
      statuses.set(answer.status, (statuses.get(answer.status) ?? 0) + 1)
      const fault = bad(answer)
      if (fault !== null) found.push(`${fault}: ${text.slice(0, 1_500)} → ${answer.text.slice(0, 300)}`)
    }
    assert.deepEqual(found.slice(0, 5), [], `${found.length} of ${documents}`)
    assert.ok(
      (statuses.get(200) ?? 0) > documents / 20 && (statuses.get(400) ?? 0) > documents / 20,
      JSON.stringify([...statuses])
    )
    const alive = await world.portal.query('acme.localhost', '{ portal { brandName } me { email } }', {
      session: world.party('g1').session
    })
    assert.equal(alive.json.data.portal.brandName, 'Acme Voice')
    t.diagnostic(`${documents} requests, by status ${JSON.stringify([...statuses])}`)
  })
})

test('an answer that shows its insides is told from a good one', () => {
  const answer = (status: number, text: string): Answer => ({ status, headers: {}, text, json: JSON.parse(text) })
  assert.equal(bad(answer(200, '{"data":null}')), null)
  assert.equal(bad(answer(500, '{}')), 'status 500')
  assert.equal(bad(answer(200, '{"errors":[{"message":"x at y (/a/b.ts:3:1)"}]}')), 'shows its insides')
  assert.equal(bad(answer(200, '{"errors":[{"extensions":{"code":"INTERNAL"}}]}')), 'was not foreseen')
})
