import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { codes, ran, startToy, without } from './toy.ts'

describe('limits', () => {
  const times = (count: number, text: (index: number) => string): string =>
    Array.from({ length: count }, (_, index) => text(index)).join(' ')

  test('what is too much is refused before anyone is asked who is there', async t => {
    let asked = 0
    const toy = await startToy(t, {
      contextOf: () => {
        asked++
        return { caller: without(), context: { domainId: 'brand', at: 0, requestId: 'r', ip: '::1' } }
      }
    })
    const bomb = times(30, index => `fragment F${index} on Query { ...F${index + 1} ...F${index + 1} }`)
    const cases: readonly [string, string][] = [
      ['tokens', `{ ${times(1_000, () => 'ping')} }`],
      ['characters', `{ ping } # ${'x'.repeat(100_000)}`],
      ['aliases', `{ ${times(21, index => `a${index}: ping`)} }`],
      [
        'aliases over fragments',
        `{ ${times(15, index => `a${index}: ping`)} ...F } fragment F on Query { ${times(15, index => `b${index}: ping`)} }`
      ],
      ['depth', `{ calls { nodes ${times(6, () => '{ detail { call')} { id } ${'} '.repeat(12)} } }`],
      ['roots', `{ ${times(21, () => 'ping')} }`],
      ['roots through fragments', `{ ...F ...F } fragment F on Query { ${times(11, () => 'ping')} }`],
      ['fields', `{ numbers { ${times(501, () => 'id')} } }`],
      ['fields through fragments', `{ ...F0 } ${bomb} fragment F30 on Query { numbers { id } }`],
      [
        'introspection',
        `{ __schema { types { fields { type { ${'ofType { '.repeat(20)} name ${'} '.repeat(20)} } } } } }`
      ],
      [
        'the schema twice',
        '{ a: __schema { types { name } } ...F } fragment F on Query { __schema { types { name } } }'
      ],
      [
        'one list of the schema under many names',
        `{ __schema { types { fields { ${times(9, index => `a${index}: type { fields { name } }`)} } } } }`
      ],
      [
        'the same in a fragment',
        '{ __schema { types { ...F } } } fragment F on __Type { fields { name } a: fields { name } }'
      ]
    ]
    for (const [what, text] of cases) {
      const answer = await toy.ask(text)
      assert.deepEqual([answer.status, ...codes(answer)], [400, 'QUERY_TOO_COMPLEX'], `${what}: ${answer.text}`)
      assert.equal('data' in answer.body, false)
    }
    const circle = await toy.ask('{ ...A } fragment A on Query { ...B } fragment B on Query { ...A }')
    assert.deepEqual([circle.status, ...codes(circle)], [400, 'QUERY_INVALID'])
    assert.equal(asked, 0)
    assert.deepEqual((await toy.ask(`{ ${times(20, index => `a${index}: ping`)} }`)).status, 200)
    assert.equal(asked, 1)
  })

  test('pages and cost, by literal, by variable and by default', async t => {
    const toy = await startToy(t, { limits: { cost: 1_000 } })
    const page = 'query ($n: Int) { calls(first: $n) { nodes { id number } } }'
    for (const [text, variables, ok] of [
      ['{ calls(first: 500) { totalCount } }', undefined, true],
      ['{ calls(first: 501) { totalCount } }', undefined, false],
      ['{ calls(first: 400) { nodes { id number } } }', undefined, false],
      ['{ calls(first: 300) { nodes { id number } } }', undefined, true],
      ['{ calls { nodes { id number } } }', undefined, true],
      [page, { n: 300 }, true],
      [page, { n: 400 }, false],
      [page, { n: 501 }, false],
      [page, {}, true],
      [page, { n: -1_000_000 }, true],
      ['query ($n: Int = 400) { calls(first: $n) { nodes { id number } } }', {}, false],
      [
        '{ a: calls(first: 200) { nodes { id } } b: calls(first: 200) { nodes { id } } c: calls(first: 200) { nodes { id } } }',
        {},
        false
      ],
      ['{ labelled(first: 501) { id } }', {}, false]
    ] as const) {
      const answer = await toy.ask(text, variables)
      assert.deepEqual(
        codes(answer),
        ok ? [] : ['QUERY_TOO_COMPLEX'],
        `${text} ${JSON.stringify(variables)} ${answer.text}`
      )
      if (!ok) assert.deepEqual(ran, [])
    }
  })

  test('what is hidden costs nothing and tells nothing of its page size', async t => {
    const toy = await startToy(t)
    toy.caller = without('calls')
    const answer = await toy.ask('{ calls(first: 100000) { nodes { id } } ping }')
    assert.deepEqual(codes(answer), ['FEATURE_DISABLED'])
  })

  test('sign-in stands once in a document, however it is written', async t => {
    const toy = await startToy(t)
    const login = 'login(email: "e", password: "p")'
    for (const text of [
      `mutation { a: ${login} b: ${login} }`,
      `mutation { a: ${login} ...F } fragment F on Mutation { b: ${login} }`,
      `mutation { ...F ...F } fragment F on Mutation { ${login} }`,
      `mutation { ... { ${login} } ... on Mutation { x: ${login} } }`
    ]) {
      const answer = await toy.ask(text)
      assert.deepEqual([answer.status, ...codes(answer)], [400, 'QUERY_TOO_COMPLEX'], text)
      assert.deepEqual(ran, [])
    }
    assert.deepEqual((await toy.ask(`mutation { ${login} }`)).body.data, { login: true })
  })

  test('variables nested without end, and lists of requests', async t => {
    const toy = await startToy(t)
    const deep = await toy.send({
      headers: { 'content-type': 'application/json' },
      body: `{"query": "query ($f: CallFilter) { calls(filter: $f) { totalCount } }", "variables": {"f": ${'{"and":['.repeat(50_000)}${']}'.repeat(50_000)}}}`
    })
    assert.deepEqual([deep.status, ...codes(deep)], [400, 'QUERY_TOO_COMPLEX'])
    const list = await toy.send({
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify([{ query: '{ ping }' }, { query: '{ ping }' }])
    })
    assert.deepEqual([list.status, ...codes(list)], [400, 'QUERY_INVALID'])
  })
})
