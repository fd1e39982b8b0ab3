import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { anonymous, codes, compiled, ran, startToy, viewer, without } from './toy.ts'

describe('cutting a document', () => {
  test('a hidden column is null, in its place, listed once, and its neighbours stay', async t => {
    const toy = await startToy(t)
    toy.caller = without('CALLS.cost')
    for (let round = 0; round < 3; round++) {
      const { status, body, text } = await toy.ask('{ calls { nodes { id cost number } } }')
      assert.equal(status, 200)
      assert.deepEqual(body.extensions, { access: { hidden: ['calls.nodes.cost'] } })
      assert.equal(body.errors, undefined)
      assert.match(text, /\{"id":"call-0","cost":null,"number":"31612340"\},\{"id":"call-1"/)
    }
    assert.equal(compiled.at(-1), true)
  })

  test('a column under another field name is hidden by its own name, and aliases are what is listed', async t => {
    const toy = await startToy(t)
    toy.caller = without('CALLS.margin')
    const { body } = await toy.ask('{ c: calls { nodes { p: price cost } } }')
    assert.deepEqual(body.extensions?.access?.hidden, ['c.nodes.p'])
    assert.deepEqual((body.data as { c: { nodes: unknown[] } }).c.nodes[1], { p: null, cost: '1.00' })
  })

  test('a hidden root is null with one error, and the others answer', async t => {
    const toy = await startToy(t)
    toy.caller = without('numbers')
    const { status, body } = await toy.ask('{ numbers { id digits } ping }')
    assert.equal(status, 200)
    assert.deepEqual(body.data, { numbers: null, ping: 'pong' })
    assert.deepEqual(body.errors, [
      { message: 'This feature is not available.', path: ['numbers'], extensions: { code: 'FEATURE_DISABLED' } }
    ])
    assert.equal(body.extensions, undefined)
    assert.deepEqual(ran, ['Query.ping'])
  })

  test('a hidden root below @skip is neither answered nor complained about', async t => {
    const toy = await startToy(t)
    toy.caller = without('numbers')
    const text = 'query ($no: Boolean!) { numbers @include(if: $no) { id } ping }'
    const skipped = await toy.ask(text, { no: false })
    assert.deepEqual(skipped.body, { data: { ping: 'pong' } })
    const included = await toy.ask(text, { no: true })
    assert.deepEqual(included.body.data, { numbers: null, ping: 'pong' })
    assert.deepEqual(codes(included), ['FEATURE_DISABLED'])
  })

  test('a hidden root that is skipped leaves its name to the field that stays', async t => {
    const toy = await startToy(t)
    toy.caller = without('numbers')
    const text = 'query ($skip: Boolean!) { ping: __typename ping: numbers @skip(if: $skip) { id } }'
    for (let round = 0; round < 3; round++) {
      assert.deepEqual((await toy.ask(text, { skip: true })).body, { data: { ping: 'Query' } })
      const asked = await toy.ask(text, { skip: false })
      assert.deepEqual(asked.body.data, { ping: null })
      assert.deepEqual(codes(asked), ['FEATURE_DISABLED'])
    }
  })

  test('nothing below a hidden field runs, and nothing of it is checked', async t => {
    const toy = await startToy(t)
    toy.caller = without('calls.detail')
    const { body } = await toy.ask('{ call(id: "1") { id detail(bogus: 1) { call { nonsense(x: $y) } ...Nowhere } } }')
    assert.deepEqual(body.data, { call: { id: 'call-4', detail: null } })
    assert.deepEqual(ran, ['Query.call'])
  })

  test("fragments and variables that only the cut made unused go, the client's own mistakes stay", async t => {
    const toy = await startToy(t)
    toy.caller = without('calls.detail')
    const good = await toy.ask(
      'query ($v: Boolean, $w: [String!]) { call(id: "1") { detail(verbose: $v, words: $w) { ...D } id } } fragment D on CallDetail { ...E } fragment E on CallDetail { text }',
      { v: true, w: ['a'] }
    )
    assert.deepEqual(good.body.data, { call: { detail: null, id: 'call-4' } })
    const unusedVariable = await toy.ask('query ($v: Boolean) { call(id: "1") { id } }')
    assert.deepEqual([unusedVariable.status, ...codes(unusedVariable)], [400, 'QUERY_INVALID'])
    const unusedFragment = await toy.ask('{ call(id: "1") { id } } fragment D on Call { id }')
    assert.deepEqual([unusedFragment.status, ...codes(unusedFragment)], [400, 'QUERY_INVALID'])
  })

  test('a fragment used by a hidden and by a visible field stays for the visible one', async t => {
    const toy = await startToy(t)
    toy.caller = without('calls.detail')
    const { body } = await toy.ask(
      '{ call(id: "1") { ...C detail { call { ...C } } } } fragment C on Call { id number }'
    )
    assert.deepEqual(body.data, { call: { id: 'call-4', number: '31612344', detail: null } })
  })

  test('a selection of hidden fields only is no empty selection', async t => {
    const toy = await startToy(t)
    toy.caller = without('CALLS.cost', 'CALLS.number')
    const { body } = await toy.ask('{ call(id: "1") { cost ...N } } fragment N on Call { number }')
    assert.deepEqual(body.data, { call: { cost: null, number: null } })
    assert.deepEqual(body.extensions?.access?.hidden, ['call.cost', 'call.number'])
  })

  test('a hidden and a visible field under one response name in exclusive fragments', async t => {
    const toy = await startToy(t)
    toy.caller = without('wallet')
    const text = '{ search { ... on PhoneNumber { x: monthly id } ... on Call { x: cost id } } }'
    for (let round = 0; round < 3; round++) {
      const { body } = await toy.ask(text)
      assert.equal(body.errors, undefined)
      assert.deepEqual(
        (body.data!.search as object[]).map(each => JSON.stringify(each)),
        ['{"x":null,"id":"number-1"}', '{}', '{"x":"1.00","id":"call-1"}', '{}', '{"x":null,"id":"number-2"}']
      )
      assert.deepEqual(body.extensions?.access?.hidden, ['search.x'])
    }
  })

  test('a hidden and a visible field under one response name of one object: null', async t => {
    const toy = await startToy(t)
    toy.caller = without('CALLS.cost')
    const { body } = await toy.ask('{ call(id: "1") { x: cost x: number id } }')
    assert.deepEqual(body.data, { call: { x: null, id: 'call-4' } })
  })

  test('two visible fields that conflict are refused', async t => {
    const toy = await startToy(t)
    toy.caller = without('CALLS.margin')
    const answer = await toy.ask('{ call(id: "1") { x: cost x: number price } }')
    assert.deepEqual([answer.status, ...codes(answer)], [400, 'QUERY_INVALID'])
  })

  test('of two operations the one that is named answers, compiled or not', async t => {
    const toy = await startToy(t)
    const query = 'query A { ping(word: "a") } query B { ping(word: "b") }'
    for (let round = 0; round < 4; round++)
      for (const [operationName, ping] of [
        ['A', 'a'],
        ['B', 'b']
      ] as const)
        assert.deepEqual((await toy.ask(query, null, { operationName })).body, { data: { ping } })
    for (const operationName of [undefined, null, 'C', '']) {
      const answer = await toy.ask(query, null, { operationName })
      assert.deepEqual([answer.status, ...codes(answer)], [400, 'QUERY_INVALID'])
    }
  })

  test('@skip on one of two equal fields or fragments takes nothing from the other and adds nothing to it', async t => {
    const toy = await startToy(t)
    for (let round = 0; round < 4; round++) {
      const fragments = await toy.ask(
        'query ($yes: Boolean!) { wallet { ...A ...B } } fragment A on Wallet { id ...B @skip(if: $yes) } fragment B on Wallet { credit }',
        { yes: true }
      )
      assert.deepEqual(fragments.body.data, { wallet: { id: 'wallet', credit: 5 } })
      const fields = await toy.ask(
        'query ($yes: Boolean!) { calls(first: 1) { pageInfo @skip(if: $yes) { x: endCursor } pageInfo { hasNextPage } } }',
        { yes: true }
      )
      assert.deepEqual(fields.body.data, { calls: { pageInfo: { hasNextPage: false } } })
    }
  })

  test('mutation first, fragment first and operationName do not walk around the guards', async t => {
    const toy = await startToy(t)
    toy.caller = without('numbers', 'numbers.edit')
    const query =
      'fragment F on Query { numbers { id } } mutation M { renameNumber(id: "1", label: "x") { id } } query Q { ...F ping }'
    const asked = await toy.ask(query, null, { operationName: 'Q' })
    assert.deepEqual(asked.body.data, { numbers: null, ping: 'pong' })
    assert.deepEqual(codes(asked), ['FEATURE_DISABLED'])
    const changed = await toy.ask(query, null, { operationName: 'M' })
    assert.deepEqual(changed.body.data, null)
    assert.deepEqual(codes(changed), ['FEATURE_DISABLED'])
    assert.deepEqual(ran, [])
  })

  test('a mutation with one hidden root is refused whole', async t => {
    const toy = await startToy(t)
    toy.caller = without('calls')
    const { status, body } = await toy.ask(
      'mutation { a: renameNumber(id: "1", label: "x") { id } b: deleteCall(id: "1") c: login(email: "e", password: "p") }'
    )
    assert.equal(status, 200)
    assert.equal(body.data, null)
    assert.deepEqual(
      body.errors?.map(error => [error.path, error.extensions.code]),
      [[['b'], 'FEATURE_DISABLED']]
    )
    assert.deepEqual(ran, [])
  })

  test('a query text that holds a syntax tree is refused, in the body and in the address', async t => {
    const toy = await startToy(t)
    const tree = JSON.stringify({
      kind: 'Document',
      definitions: [
        {
          kind: 'OperationDefinition',
          operation: 'query',
          selectionSet: {
            kind: 'SelectionSet',
            selections: [{ kind: 'Field', name: { kind: 'Name', value: 'numbers' } }]
          }
        }
      ]
    })
    for (const answer of [
      await toy.ask(tree),
      await toy.ask('', null, { query: JSON.parse(tree) }),
      await toy.send({ method: 'GET', path: `/graphql?query=${encodeURIComponent(tree)}` })
    ])
      assert.deepEqual([answer.status, ...codes(answer)], [400, 'QUERY_INVALID'])
    assert.deepEqual(ran, [])
  })

  test('the placeholder cannot be asked for', async t => {
    const toy = await startToy(t)
    toy.caller = without('numbers')
    for (const query of ['{ _null }', '{ call(id: "1") { _null } }', '{ x: _null numbers { id } }']) {
      const answer = await toy.ask(query)
      assert.deepEqual([answer.status, ...codes(answer)], [400, 'QUERY_INVALID'])
      assert.match(answer.body.errors![0]!.message, /^Cannot query field "_null" on type "\w+"\.$/)
    }
  })

  test('validation errors point into the text the client wrote, execution errors nowhere', async t => {
    const toy = await startToy(t)
    toy.caller = without('CALLS.cost')
    const wrong = await toy.ask('{\n  call(id: "1") {\n    cost\n    bogus\n  }\n}')
    assert.deepEqual(wrong.body.errors, [
      {
        message: 'Cannot query field "bogus" on type "Call".',
        locations: [{ line: 4, column: 5 }],
        extensions: { code: 'QUERY_INVALID' }
      }
    ])
    const failing = await toy.ask('{ fails }')
    assert.equal(failing.body.errors![0]!.locations, undefined)
  })
})

describe('members of interfaces and unions', () => {
  test('objects of a hidden type leave lists, stand-alone ones are null, and their fields do not run', async t => {
    const toy = await startToy(t)
    for (let round = 0; round < 3; round++) {
      toy.caller = without('trunks')
      const { body } = await toy.ask(
        '{ search { __typename } labelled { id label __typename } thing(id: "trunk") { __typename } other: thing { __typename } call(id: "1") { peer { id } } }'
      )
      assert.deepEqual(body.errors, undefined)
      assert.deepEqual(
        (body.data!.search as { __typename: string }[]).map(each => each.__typename),
        ['PhoneNumber', 'Call', 'PhoneNumber']
      )
      assert.equal((body.data!.labelled as unknown[]).length, 3)
      assert.equal(body.data?.thing, null)
      assert.deepEqual(body.data?.other, { __typename: 'PhoneNumber' })
      assert.deepEqual(body.data?.call, { peer: null })
      assert.ok(!ran.includes('Trunk.channels'))
      toy.caller = without()
      const whole = await toy.ask('{ search { __typename ... on Trunk { channels } } }')
      assert.equal((whole.body.data!.search as unknown[]).length, 5)
    }
  })

  test('a fragment on a hidden type is a fragment on an unknown type', async t => {
    const toy = await startToy(t)
    toy.caller = without('trunks')
    const [hidden, unknown] = [
      await toy.ask('{ search { ... on Trunk { channels } } }'),
      await toy.ask('{ search { ... on Trunx { channels } } }')
    ]
    assert.deepEqual(hidden.body.errors, JSON.parse(JSON.stringify(unknown.body.errors).replaceAll('Trunx', 'Trunk')))
    assert.deepEqual(codes(hidden), ['QUERY_INVALID'])
  })

  test('a field that yields a hidden type is hidden', async t => {
    const toy = await startToy(t)
    toy.caller = without('trunks')
    const { body } = await toy.ask('{ trunkOnly { id } }')
    assert.deepEqual(body.data, { trunkOnly: null })
    assert.equal(body.errors?.[0]?.extensions.code, 'FEATURE_DISABLED')
  })

  test('hidden enum values do not come out', async t => {
    const toy = await startToy(t)
    for (const [keys, kinds, detail] of [
      [[], ['PLAIN', 'SECRET', 'PLAIN'], 'SECRET'],
      [['calls.secret'], ['PLAIN', 'PLAIN'], null]
    ] as const) {
      toy.caller = without(...keys)
      const { body } = await toy.ask('{ call(id: "1") { kinds detail { kind } } }')
      assert.deepEqual(body.data, { call: { kinds, detail: { kind: detail } } })
    }
  })
})

describe('who may ask', () => {
  test('without a session only public roots answer', async t => {
    const toy = await startToy(t)
    toy.caller = anonymous
    const mixed = await toy.ask('{ ping me { contactName } numbers { id } board { text } }')
    assert.equal(mixed.status, 200)
    assert.deepEqual(mixed.body.data, { ping: 'pong', me: null, numbers: null, board: { text: 'all is well' } })
    assert.deepEqual(codes(mixed), ['UNAUTHENTICATED', 'UNAUTHENTICATED'])
    const all = await toy.ask('{ me { contactName } __typename }')
    assert.deepEqual([all.status, ...codes(all)], [401, 'UNAUTHENTICATED'])
    assert.equal('data' in all.body, false)
    const mutation = await toy.ask('mutation { deleteCall(id: "1") }')
    assert.deepEqual([mutation.status, ...codes(mutation)], [401, 'UNAUTHENTICATED'])
    assert.deepEqual((await toy.ask('{ __typename }')).body, { data: { __typename: 'Query' } })
  })

  test('a wrong user type is FORBIDDEN', async t => {
    const toy = await startToy(t)
    const { access } = without()
    toy.caller = { viewer: viewer({ userType: 'CARRIER' }), access }
    const answer = await toy.ask('{ wallet { id } }')
    assert.deepEqual(answer.body.errors?.[0]?.extensions, { code: 'FORBIDDEN', reason: 'USER_TYPE' })
  })

  test('mutations of a feature need a company in order', async t => {
    const toy = await startToy(t)
    const { access } = without()
    const text = {
      change: 'mutation { renameNumber(id: "1", label: "x") { id } }',
      delete: 'mutation { deleteCall(id: "1") }'
    }
    const status = { code: 'FORBIDDEN', reason: 'COMPANY_STATUS' }
    for (const [companyStatus, change, remove] of [
      ['ACTIVE', undefined, undefined],
      ['PENALTY', undefined, status],
      ['PENDING', status, status],
      ['PENDING_APPROVAL', status, status],
      ['INACTIVE', status, status]
    ] as const) {
      toy.caller = { viewer: viewer({ companyStatus }), access }
      assert.deepEqual((await toy.ask(text.change)).body.errors?.[0]?.extensions, change, companyStatus)
      assert.deepEqual((await toy.ask(text.delete)).body.errors?.[0]?.extensions, remove, companyStatus)
      assert.equal((await toy.ask('{ numbers { id } }')).body.errors, undefined)
    }
  })

  test('staff who look at a portal change nothing unless let write through', async t => {
    const toy = await startToy(t)
    const { access } = without()
    const staff = { staffId: 'staff', staffName: 'Sam' }
    toy.caller = { viewer: viewer({ viewAs: { ...staff, writeThrough: false } }), access }
    for (const text of ['mutation { deleteCall(id: "1") }', 'mutation { requestExport(grid: "CALLS") { id } }']) {
      const answer = await toy.ask(text)
      assert.deepEqual(answer.body.errors?.[0]?.extensions, { code: 'FORBIDDEN', reason: 'VIEW_AS' })
      assert.deepEqual(ran, [])
    }
    assert.deepEqual((await toy.ask('{ me { contactName viewAs { staffName } } }')).body.data, {
      me: { contactName: 'Ada', viewAs: { staffName: 'Sam' } }
    })
    toy.caller = { viewer: viewer({ viewAs: { ...staff, writeThrough: true } }), access }
    assert.deepEqual((await toy.ask('mutation { deleteCall(id: "1") }')).body.data, { deleteCall: '1' })
  })
})
