import assert from 'node:assert/strict'
import { test } from 'node:test'
import { accessTo, companyOf, withCode } from '../test/support/access-fixture.ts'

const companies = ['a', 'b', 'c', 'd', 'e'].map((id, index) =>
  companyOf(id, {
    domainId: index === 4 ? 'blue' : 'red',
    overrides: index === 1 ? [{ key: 'did', override: 'HIDE' }] : []
  })
)
const access = accessTo({ companies })
const pageOf = (first: number, after?: string | null) => access.companiesWith({ key: 'did', at: 0, first, after })
const ids = ({ nodes }: { nodes: readonly { companyId: string }[] }) => nodes.map(node => node.companyId)

test('pages, with the exact count on each', () => {
  assert.deepEqual(ids(pageOf(2)), ['a', 'c'])
  assert.equal(pageOf(2).hasNextPage, true)
  assert.equal(pageOf(2).totalCount, 3)
  const next = pageOf(2, pageOf(2).endCursor)
  assert.deepEqual(ids(next), ['d'])
  assert.equal(next.hasNextPage, false)
  assert.equal(next.totalCount, 3)
  assert.deepEqual(pageOf(0), { nodes: [], endCursor: null, hasNextPage: true, totalCount: 3 })
})

test('who does not see it, and why', () => {
  const { nodes } = access.companiesWith({ key: 'did', effective: false, at: 0, first: 9 })
  assert.deepEqual(
    nodes.map(({ companyId, decidedBy, domainId }) => `${companyId} ${decidedBy} ${domainId}`),
    ['b company red', 'e registry blue']
  )
})

test('columns can be asked for, and one brand', () => {
  assert.deepEqual(ids(access.companiesWith({ key: 'CALLS.start', at: 0, first: 9 })), ['a', 'b', 'c', 'd'])
  assert.equal(access.companiesWith({ key: 'status', domainId: 'blue', at: 0, first: 9 }).totalCount, 1)
})

test('bad questions are refused', () => {
  const ask = (more: object) => () => access.companiesWith({ key: 'did', at: 0, first: 5, ...more })
  assert.throws(ask({ key: 'x' }), withCode('BAD_USER_INPUT'))
  assert.throws(ask({ first: 501 }), withCode('BAD_USER_INPUT'))
  assert.throws(ask({ first: -1 }), withCode('BAD_USER_INPUT'))
  assert.throws(ask({ after: 'x' }), withCode('BAD_USER_INPUT'))
  assert.throws(ask({ domainId: 'x' }), withCode('NOT_FOUND'))
  assert.throws(() => access.grid({ at: 0, offset: 0, first: 5, feature: 'x' }), withCode('BAD_USER_INPUT'))
})

test('the grid keeps the order of the candidates and skips those that are gone', () => {
  const { rows, totalCount } = access.grid({ at: 0, offset: 1, first: 2, companyIds: ['e', 'gone', 'c', 'a'] })
  assert.deepEqual(ids({ nodes: rows }), ['c', 'a'])
  assert.equal(totalCount, 3)
})
