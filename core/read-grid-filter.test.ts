import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { PortalError } from './errors.ts'
import { readGridFilter, readGridSort } from './read-grid-filter.ts'

const refused = (work: () => unknown): void =>
  assert.throws(work, error => error instanceof PortalError && error.extensions.code === 'BAD_USER_INPUT')

describe('filters and sorts outside GraphQL', () => {
  it('reads filters and sorts that come as JSON', () => {
    const filter = { match: 'ANY', rules: [{ column: 'name', op: 'eq', value: 'x' }], groups: [{ rules: [] }] }
    assert.deepEqual(readGridFilter(filter, 'filter'), {
      match: 'ANY',
      rules: [{ column: 'name', op: 'eq', value: 'x' }],
      groups: [{ match: 'ALL', rules: [], groups: [] }]
    })
    let deep: object = {}
    for (let i = 0; i < 5_000; i++) deep = { groups: [deep] }
    for (const bad of [
      1,
      'x',
      [],
      deep,
      { extra: 1 },
      { match: 'SOME' },
      { rules: {} },
      { rules: [1] },
      { rules: [{ column: 1, op: 'eq' }] },
      { rules: [{ column: 'name', op: 'like', value: 'x' }] },
      { rules: [{ column: 'name', op: 'eq', value: 1 }] },
      { rules: [{ column: 'name', op: 'in', values: 'x' }] },
      { rules: [{ column: 'name', op: 'in', values: [1] }] },
      { groups: [null] }
    ]) {
      refused(() => readGridFilter(bad, 'filter'))
    }
    assert.deepEqual(readGridSort([{ column: 'name' }], 'sort'), [{ column: 'name', dir: 'ASC' }])
    for (const bad of [1, {}, [1], [{ column: 1 }], [{ column: 'name', dir: 'UP' }]]) {
      refused(() => readGridSort(bad, 'sort'))
    }
  })
})
