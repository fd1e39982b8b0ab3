import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { CompanyScope } from '../../core/scope.ts'
import type { Viewer } from '../../core/viewer.ts'
import { createCompanyScope } from '../../db/company-scope.ts'
import { CompanyLanes } from '../../http/company-lanes.ts'
import { forEachDatabase } from '../support/databases.ts'
import { giveToys, toyPlugin } from './toy-plugin.ts'

const viewer = (companyId: string): Viewer => ({ companyId, domainId: 'd', userType: 'CUSTOMER' }) as Viewer

/** Every toy beside every other beside every other: takes a while. */
const slow = (scope: CompanyScope): Promise<unknown> =>
  scope
    .from('toy_item', 'a')
    .crossJoin(scope.joinable('toy_item', 'b') as never)
    .crossJoin(scope.joinable('toy_item', 'c') as never)
    .whereRaw('a.note || b.note < c.amount')
    .count({ number: 'a.id' })
    .then(rows => rows)

forEachDatabase('company lanes', open => {
  test('one company’s slow queries leave readers for another', async () => {
    // However slow the machine is: no statement may run into its time-out here.
    const database = await open({ plugins: [toyPlugin], settings: { readTimeoutMs: 600_000 } })
    await giveToys(
      database,
      'slow',
      Array.from({ length: 150 }, (_, index) => `n${index}`)
    )
    await giveToys(database, 'quick', ['one'])
    const lanes = new CompanyLanes(database, 4)
    const scopeOf = (id: string): CompanyScope => createCompanyScope(lanes.of(id), [toyPlugin], viewer(id))

    let finished = 0
    const many = Array.from({ length: 6 }, () =>
      slow(scopeOf('slow')).then(() => {
        finished += 1
      })
    )
    await new Promise(resolve => setTimeout(resolve, 20))
    assert.deepEqual(await scopeOf('quick').from('toy_item').select('note'), [{ note: 'one' }])
    assert.ok(finished <= 2, `answered while the slow ones wait in their own lane, not after ${finished} of them`)
    await Promise.all(many)
    assert.equal(finished, 6)
  })

  test('a query that fails gives its place back', async () => {
    const database = await open({ plugins: [toyPlugin] })
    const lanes = new CompanyLanes(database, 2)
    const scope = createCompanyScope(lanes.of('c'), [toyPlugin], viewer('c'))
    for (let turn = 0; turn < 5; turn += 1) await assert.rejects(scope.from('toy_item').select('no_such_column'))
    assert.deepEqual(await scope.from('toy_item').select('note'), [])
    await scope.insert('toy_item', { id: '1', note: 'n', amount: '1' })
    assert.equal((await scope.from('toy_item').select('note')).length, 1)
  })
})
