import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { PortalError } from './errors.ts'
import { type GridColumn, type GridInput, gridPage, gridPlan } from './grid.ts'

const columns: readonly GridColumn[] = [
  { name: 'name', type: 'string', column: 'name' },
  { name: 'count', type: 'int', column: 'count', nullable: true },
  { name: 'charge', type: 'money', column: 'charge' },
  { name: 'rate', type: 'rate', column: 'rate' },
  { name: 'share', type: 'percent', column: 'share' },
  { name: 'at', type: 'datetime', column: 'at' },
  { name: 'kind', type: 'enum', column: 'kind', values: ['A', 'B'] },
  { name: 'flag', type: 'boolean', column: 'flag' },
  { name: 'secret', type: 'string', column: 'secret', sortable: false, filterable: false }
]

const plan = (input: GridInput) => gridPlan(input, columns, { name: 'test' })

const refused = (work: () => unknown): Record<string, string> => {
  try {
    work()
  } catch (error) {
    assert.ok(error instanceof PortalError, String(error))
    assert.equal(error.extensions.code, 'BAD_USER_INPUT')
    return error.extensions.fields as Record<string, string>
  }
  assert.fail('nothing was refused')
}

const rule = (column: string, op: string, value?: string | null, values?: readonly string[]) =>
  refused(() => plan({ filter: { rules: [{ column, op: op as 'eq', value, values }] } }))

describe('grid plan', () => {
  it('answers alike for a column that is hidden and one that is not there', () => {
    const visible = columns.filter(({ name }) => name !== 'charge')
    for (const column of ['charge', 'nonsense', '__proto__', '']) {
      const input: GridInput = { filter: { groups: [{ rules: [{ column, op: 'gt', value: '1' }] }] } }
      assert.deepEqual(
        refused(() => gridPlan(input, visible, { name: 'test' })),
        {
          'filter.groups[0].rules[0].column': 'is not a column of this list'
        }
      )
      assert.deepEqual(
        refused(() => gridPlan({ sort: [{ column }] }, visible, { name: 'test' })),
        {
          'sort[0].column': 'is not a column of this list'
        }
      )
    }
  })

  it('types every value by its column', () => {
    const bad: Record<string, readonly string[]> = {
      count: ['1.5', 'x', '', '1e3', '9999999999999999'],
      charge: ['1.0000001', 'x', '', '1e3'],
      rate: ['0.0000000001', '-'],
      share: ['1.234'],
      at: ['2026-03-01T00:00:00', '1'],
      kind: ['C', 'a'],
      flag: ['1', 'TRUE'],
      name: ['x'.repeat(257), '\0', '\ud800']
    }
    for (const [column, values] of Object.entries(bad)) {
      for (const value of values) assert.deepEqual(Object.keys(rule(column, 'eq', value)), ['filter.rules[0].value'])
    }
  })

  it('refuses operators that do not fit, and missing or superfluous values', () => {
    assert.deepEqual(Object.keys(rule('count', 'contains', '1')), ['filter.rules[0].op'])
    assert.deepEqual(Object.keys(rule('kind', 'gt', 'A')), ['filter.rules[0].op'])
    assert.deepEqual(Object.keys(rule('flag', 'in', null, ['true'])), ['filter.rules[0].op'])
    assert.deepEqual(Object.keys(rule('name', 'eq')), ['filter.rules[0].value'])
    assert.deepEqual(Object.keys(rule('name', 'in', 'x', ['x'])), ['filter.rules[0].value'])
    assert.deepEqual(Object.keys(rule('name', 'eq', 'x', ['x'])), ['filter.rules[0].values'])
    assert.deepEqual(Object.keys(rule('count', 'between', null, ['1'])), ['filter.rules[0].values'])
    assert.deepEqual(Object.keys(rule('count', 'in', null, ['1', 'x'])), ['filter.rules[0].values[1]'])
    assert.deepEqual(Object.keys(rule('count', 'isNull', 'perhaps')), ['filter.rules[0].value'])
    assert.deepEqual(Object.keys(rule('name', 'in', null, Array.from({ length: 101 }, String))), [
      'filter.rules[0].values'
    ])
    assert.deepEqual(Object.keys(rule('secret', 'eq', 'x')), ['filter.rules[0].column'])
  })

  it('takes trees of depth 3 and 20 rules, and no more', () => {
    const rules = (n: number) => Array.from({ length: n }, () => ({ column: 'name', op: 'eq', value: 'x' }) as const)
    plan({ filter: { rules: rules(7), groups: [{ rules: rules(7), groups: [{ rules: rules(6) }] }] } })
    refused(() => plan({ filter: { rules: rules(21) } }))
    refused(() => plan({ filter: { rules: rules(10), groups: [{ rules: rules(11) }] } }))
    refused(() => plan({ filter: { groups: [{ groups: [{ groups: [{}] }] }] } }))
    refused(() => plan({ filter: { groups: Array.from({ length: 21 }, () => ({})) } }))
  })

  it('sorts by three columns at most, each once', () => {
    plan({ sort: [{ column: 'name' }, { column: 'count', dir: 'DESC' }, { column: 'at' }] })
    refused(() => plan({ sort: ['name', 'count', 'at', 'kind'].map(column => ({ column })) }))
    assert.deepEqual(Object.keys(refused(() => plan({ sort: [{ column: 'name' }, { column: 'name' }] }))), [
      'sort[1].column'
    ])
    assert.deepEqual(Object.keys(refused(() => plan({ sort: [{ column: 'secret' }] }))), ['sort[0].column'])
  })

  it('shows 1 to 500 rows, 50 when not asked', () => {
    assert.equal(plan({}).first, 50)
    assert.equal(plan({ first: 500 }).first, 500)
    for (const first of [0, -1, 501, 1.5, Number.NaN]) refused(() => plan({ first }))
  })

  it('takes a cursor back only for the list and sort it came from', () => {
    const sorted = plan({ sort: [{ column: 'count', dir: 'DESC' }] })
    const rows = [{ grid_key_0: '7', grid_key_1: 'a' }]
    const after = gridPage(rows, sorted).pageInfo.endCursor
    assert.deepEqual(plan({ sort: [{ column: 'count', dir: 'DESC' }], after }).after, [7n, 'a'])
    refused(() => plan({ sort: [{ column: 'count', dir: 'ASC' }], after }))
    refused(() => plan({ sort: [{ column: 'name' }], after }))
    refused(() => plan({ after }))
    refused(() => gridPlan({ sort: [{ column: 'count', dir: 'DESC' }], after }, columns, { name: 'other' }))
  })

  it('refuses forged cursors', () => {
    const forge = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')
    const signature = 'test,name:ASC,id'
    for (const after of [
      '',
      'x',
      '****',
      forge(null),
      forge({}),
      forge([signature]),
      forge([signature, 'a']),
      forge([signature, 'a', 1]),
      forge([signature, null, 'a']),
      forge([signature, 'a\0', 'a']),
      forge([signature, ['a'], 'a']),
      forge([signature, 'a', 'a', 'a']),
      forge([signature, 'a'.repeat(10_000), 'a'])
    ]) {
      assert.deepEqual(Object.keys(refused(() => plan({ sort: [{ column: 'name' }], after }))), ['after'], after)
    }
    const numbers = (value: string) => forge(['test,count:ASC,id', value, 'a'])
    for (const value of ['1.5', 'x', '', '99999999999999999999', '9223372036854775808', '1e3']) {
      refused(() => plan({ sort: [{ column: 'count' }], after: numbers(value) }))
    }
  })
})
