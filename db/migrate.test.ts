import assert from 'node:assert/strict'
import { it } from 'node:test'
import { forEachDatabase } from '../test/support/databases.ts'
import { migrate } from './migrate.ts'
import { rowsOf } from './sql.ts'

forEachDatabase('migrate', open => {
  it('applies once', async () => {
    const db = await open({ empty: true })
    assert.deepEqual(await migrate(db), ['core/001-core'])
    assert.deepEqual(await migrate(db), [])
    assert.equal((await rowsOf(db.reader, 'SELECT * FROM access_counter')).length, 2)
  })
})
