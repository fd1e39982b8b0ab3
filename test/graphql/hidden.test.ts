import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { getIntrospectionQuery } from 'graphql'
import { anonymous, catalogue, codes, ran, startToy, type Toy, type ToyAnswer, without } from './toy.ts'

/** Types of the schema the caller is shown, with their fields. */
const shown = async (toy: Toy): Promise<Map<string, string[]>> => {
  const { body, status } = await toy.ask(
    '{ __schema { types { name fields { name args { name } } inputFields { name } enumValues { name } possibleTypes { name } } directives { name } } }'
  )
  assert.equal(status, 200)
  type Named = { name: string; args?: Named[] }
  const { types, directives } = (body.data as { __schema: { types: Record<string, unknown>[]; directives: Named[] } })
    .__schema
  const names = new Map<string, string[]>()
  for (const type of types)
    names.set(
      String(type.name),
      ['fields', 'inputFields', 'enumValues', 'possibleTypes'].flatMap(list =>
        ((type[list] as Named[] | null) ?? []).flatMap(each => [
          each.name,
          ...(each.args ?? []).map(arg => `${each.name}(${arg.name})`)
        ])
      )
    )
  names.set(
    'directives',
    directives.map(each => each.name)
  )
  return names
}

describe('introspection', () => {
  test('shows a viewer with everything everything but the guards and the placeholder', async t => {
    const toy = await startToy(t)
    const types = await shown(toy)
    assert.ok(types.get('Call')?.includes('cost'))
    assert.ok(types.get('Query')?.includes('calls(secret)'))
    assert.ok(types.has('SecretFilter') && types.has('Trunk'))
    assert.doesNotMatch(JSON.stringify([...types]), /_null|_Null/)
    assert.deepEqual(types.get('directives')?.sort(), ['deprecated', 'include', 'oneOf', 'skip', 'specifiedBy'])
  })

  test('shows nothing hidden: fields, columns, arguments, input fields, values, types, members', async t => {
    const toy = await startToy(t)
    toy.caller = without('CALLS.cost', 'calls.secret', 'trunks')
    const types = await shown(toy)
    assert.deepEqual(types.get('Call')?.includes('cost'), false)
    assert.deepEqual(types.get('Call')?.includes('number'), true)
    assert.deepEqual(types.get('CallKind'), ['PLAIN'])
    assert.deepEqual(types.get('CallFilter'), ['number', 'kind', 'detail', 'and'])
    assert.ok(!types.get('Query')?.some(name => name.includes('secret') || name === 'trunkOnly'))
    assert.ok(!types.has('SecretFilter') && !types.has('Trunk'))
    assert.deepEqual(types.get('Hit'), ['PhoneNumber', 'Call'])
    assert.ok(!types.get('Labelled')?.includes('Trunk'))
    for (const name of ['Trunk', 'SecretFilter', 'Nonsense'])
      assert.deepEqual((await toy.ask(`{ __type(name: "${name}") { name } }`)).body, { data: { __type: null } })
  })

  test('does not show types that only hidden things lead to', async t => {
    const toy = await startToy(t)
    toy.caller = without('wallet')
    assert.ok(!(await shown(toy)).has('Wallet'))
    toy.caller = anonymous
    const types = await shown(toy)
    assert.deepEqual(types.get('Query'), ['board', 'ping', 'ping(word)', 'fails', 'fails(how)', 'failsHard'])
    assert.deepEqual(types.get('Mutation'), ['login', 'login(email)', 'login(password)'])
    for (const name of ['Call', 'Viewer', 'PhoneNumber', 'Labelled', 'Money', 'CallFilter'])
      assert.ok(!types.has(name), name)
  })

  test('joins the data of the same document, in the order asked, with fragments, variables and skips', async t => {
    const toy = await startToy(t)
    toy.caller = without('trunks', 'numbers')
    for (let round = 0; round < 3; round++) {
      const { body, text } = await toy.ask(
        'query ($n: String!, $no: Boolean!) { a: ping t: __type(name: $n) { ...T } numbers { id } s: __schema @include(if: $no) { queryType { name } } ...R b: ping } fragment T on __Type { name possibleTypes { name } } fragment R on Query { __typename u: __type(name: "Trunk") { name } }',
        { n: 'Hit', no: false }
      )
      assert.match(
        text,
        /^\{"data":\{"a":"pong","t":\{"name":"Hit","possibleTypes":\[\{"name":"PhoneNumber"\},\{"name":"Call"\}\]\},"numbers":null,"__typename":"Query","u":null,"b":"pong"\}/
      )
      assert.deepEqual(
        body.errors?.map(error => error.path),
        [['numbers']]
      )
    }
  })

  test('the query that tools send passes, the circular one does not', async t => {
    const toy = await startToy(t)
    const tools = await toy.ask(getIntrospectionQuery())
    assert.equal(tools.body.errors, undefined)
    const circular = await toy.ask(
      '{ __schema { types { fields { type { fields { type { fields { type { fields { type { name } } } } } } } } } } }'
    )
    assert.deepEqual([circular.status, ...codes(circular)], [400, 'QUERY_INVALID'])
  })
})

describe('hidden and unknown are answered alike', () => {
  const same = (hidden: ToyAnswer, unknown: ToyAnswer, name: string, bogus: string): void => {
    const [left, right] = [hidden.text, unknown.text.replaceAll(bogus, name)]
    assert.equal(left, right)
    assert.equal(hidden.status, unknown.status)
    assert.ok((hidden.body.errors ?? []).length > 0, left)
  }
  const cases: readonly [
    what: string,
    name: string,
    bogus: string,
    text: string,
    variables?: Record<string, unknown>
  ][] = [
    ['argument', 'secret', 'secrex', '{ calls(NAME: "x") { totalCount } }'],
    ['argument of the wrong type', 'secret', 'secrex', '{ calls(NAME: 12) { totalCount } }'],
    ['input field', 'detail', 'detaix', '{ calls(filter: { NAME: "x" }) { totalCount } }'],
    [
      'input field deep inside',
      'detail',
      'detaix',
      '{ calls(filter: { and: [{ and: [{ NAME: 1 }] }] }) { totalCount } }'
    ],
    ['input field of a hidden type', 'secret', 'secrex', '{ calls(filter: { NAME: { word: "x" } }) { totalCount } }'],
    ['enum value', 'SECRET', 'SECREX', '{ calls(kind: NAME) { totalCount } }'],
    ['enum value in an input', 'SECRET', 'SECREX', '{ calls(filter: { kind: NAME }) { totalCount } }'],
    ['type of a fragment', 'Trunk', 'Trunx', '{ search { ... on NAME { id } } }'],
    ['type of a named fragment', 'Trunk', 'Trunx', '{ search { ...F } } fragment F on NAME { id channels }'],
    ['type of a variable', 'SecretFilter', 'SecretFiltex', 'query ($x: NAME) { ping }', { x: { word: 'x' } }],
    [
      'type of a used variable',
      'SecretFilter',
      'SecretFiltex',
      'query ($x: NAME) { calls(filter: { secret: $x }) { totalCount } }'
    ],
    ['type that only hidden things lead to', 'Wallet', 'Wallex', '{ ping ... on NAME { id } }'],
    [
      'enum value in a variable',
      'SECRET',
      'SECREX',
      'query ($k: CallKind) { calls(kind: $k) { totalCount } }',
      { k: 'NAME' }
    ],
    [
      'input field in a variable',
      'detail',
      'detaix',
      'query ($f: CallFilter) { calls(filter: $f) { totalCount } }',
      { f: { NAME: 'x' } }
    ],
    [
      'input field deep in a variable',
      'secret',
      'secrex',
      'query ($f: CallFilter) { calls(filter: $f) { totalCount } }',
      { f: { and: [{ NAME: { word: 'x' } }] } }
    ],
    [
      'enum value deep in a variable',
      'SECRET',
      'SECREX',
      'query ($f: CallFilter) { calls(filter: $f) { totalCount } }',
      { f: { and: [{ kind: 'NAME' }] } }
    ]
  ]
  for (const [what, name, bogus, text, variables] of cases)
    test(what, async t => {
      const toy = await startToy(t)
      toy.caller = without('calls.secret', 'calls.detail', 'trunks', 'wallet')
      const fill = (value: string): [string, Record<string, unknown> | undefined] => [
        text.replace('NAME', value),
        variables && JSON.parse(JSON.stringify(variables).replaceAll('NAME', value))
      ]
      const hidden = await toy.ask(...fill(name))
      assert.deepEqual(ran, [])
      same(hidden, await toy.ask(...fill(bogus)), name, bogus)
      toy.caller = without('CALLS.margin')
      if (
        !what.includes('wrong') &&
        !what.includes('only hidden') &&
        what !== 'type of a variable' &&
        !text.includes('... on NAME') &&
        !text.includes('NAME: 1 ') &&
        !text.includes('secret: $x')
      )
        assert.equal((await toy.ask(...fill(name))).body.errors, undefined, 'who may, can')
    })

  test('harvesting suggestions yields no name at all', async t => {
    const toy = await startToy(t)
    const keys = catalogue.features.map(each => each.key)
    for (const caller of [without(), without(...keys), anonymous]) {
      toy.caller = caller
      for (const [text, variables] of [
        ['{ callz { totalCount } }'],
        ['{ call(id: "1") { numbe costt } }'],
        ['{ calls(secrt: "x") { totalCount } }'],
        ['{ calls(kind: SECRE) { totalCount } }'],
        ['{ calls(filter: { detai: "x" }) { totalCount } }'],
        ['{ search { ... on Trun { id } channels label } }'],
        ['query ($f: CallFilte) { calls(filter: $f) { totalCount } }'],
        [
          'query ($f: CallFilter) { calls(filter: $f) { totalCount } }',
          { f: { detai: 'x', secre: {}, kind: 'SECRE' } }
        ],
        ['query ($k: CallKind) { calls(kind: $k) { totalCount } }', { k: 'SECRE' }],
        ['mutation { logi(email: "a") renameNumbe }'],
        ['{ ping @skp(if: true) }'],
        ['{ ping ...Fragmen } fragment Fragment on Query { ping }']
      ] as const) {
        const { text: answer } = await toy.ask(text, variables as Record<string, unknown> | undefined)
        assert.doesNotMatch(answer, /did you mean|inline fragment/i, text)
      }
    }
  })
})
