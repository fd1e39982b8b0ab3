import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type CallsState, firstState, narrowState, readState, searchOfState, stateOfSearch } from './calls-state.ts'

const full: CallsState = {
  period: { from: '2026-03-01T00:00:00.000Z', to: '2026-03-02T00:00:00.000Z' },
  number: '+44 20 & more',
  connectedOnly: true,
  direction: 'ORIGINATION',
  where: {
    match: 'ANY',
    rules: [{ column: 'charge', op: 'between', values: ['1', '2'] }],
    groups: [{ match: 'ALL', rules: [{ column: 'cli', op: 'startsWith', value: '44' }] }]
  },
  columns: ['charge', 'cli'],
  sort: { column: 'charge', dir: 'ASC' }
}

test('an address and a saved view hold all of a state', () => {
  const whole = new URLSearchParams(searchOfState(full).toString())
  assert.deepEqual(stateOfSearch(whole), full)
  assert.deepEqual(readState(JSON.parse(JSON.stringify(full))), full)
  assert.deepEqual(stateOfSearch(searchOfState(firstState)), firstState)
  assert.equal(searchOfState(firstState).toString(), 'period=last7Days')
  assert.equal(stateOfSearch(new URLSearchParams()), null)
})

test('what somebody else wrote into an address or a view is left out', () => {
  for (const search of [
    'period=ever&where=%7Bnone&sort=charge&direction=UP&connected=1&columns=',
    'from=2026-03-02T00:00:00.000Z&to=2026-03-01T00:00:00.000Z&where=[]',
    'from=soon&to=later&where={"rules":[{"column":1}],"groups":"none"}'
  ]) {
    assert.deepEqual(stateOfSearch(new URLSearchParams(search)), firstState, search)
  }
  const deep = { rules: [], groups: [{ groups: [{ groups: [{ rules: [{ column: 'cli', op: 'eq', value: '1' }] }] }] }] }
  for (const value of [null, 'text', [], { where: deep, columns: [1], sort: { column: 'cli' }, number: 5 }])
    assert.deepEqual(readState(value), firstState)
})

test('nothing of a column that is gone is left', () => {
  const only = (...names: string[]) => narrowState(full, name => names.includes(name))
  assert.deepEqual(
    narrowState(full, () => true),
    full
  )
  assert.deepEqual(
    narrowState(full, () => false),
    { ...firstState, period: full.period }
  )
  assert.deepEqual(only('cli'), {
    ...firstState,
    period: full.period,
    number: full.number,
    where: { match: 'ANY', groups: full.where!.groups },
    columns: ['cli']
  })
  assert.deepEqual(only('charge', 'duration', 'direction'), {
    ...full,
    number: '',
    where: { match: 'ANY', rules: full.where!.rules },
    columns: ['charge']
  })
})
