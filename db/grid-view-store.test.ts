import assert from 'node:assert/strict'
import { before, it } from 'node:test'
import { forEachDatabase, type TestDatabase } from '../test/support/databases.ts'
import { rejectsWith } from '../test/support/rejects-with.ts'
import { createGridViewStore, type GridViewStore } from './grid-view-store.ts'
import { rowsOf } from './sql.ts'

forEachDatabase('grid view store', open => {
  let db: TestDatabase
  let views: GridViewStore
  let n = 0

  before(async () => {
    db = await open()
    views = createGridViewStore(db)
    await db.writer.raw(
      `INSERT INTO company (id, seq, name, name_lower, user_type, status, currency, created_at)
       VALUES ('company', 1, 'x', 'x', 'CUSTOMER', 'ACTIVE', 'EUR', 0)`
    )
  })
  const contact = async (): Promise<string> => {
    const id = `contact-${++n}`
    await db.writer.raw('INSERT INTO contact_email (email_lower) VALUES (?)', [`${id}@example.test`])
    await db.writer.raw(
      `INSERT INTO contact (id, company_id, name, email, email_lower, password_hash, ip_allow_list, disabled, created_at)
       VALUES (?, 'company', 'x', ?, ?, 'h', '[]', 0, 0)`,
      [id, `${id}@example.test`, `${id}@example.test`]
    )
    return id
  }
  const names = async (id: string, grid = 'calls') => (await views.list(id, grid)).map(({ name }) => name)
  const save = (id: string, name: string, state: unknown = {}, grid = 'calls') => views.save(id, { grid, name, state })

  it('keeps views of one contact and one grid, what was used last first', async () => {
    const [mine, theirs] = [await contact(), await contact()]
    await save(mine, 'b', { columns: ['start', 'ü'], zero: '\u0000\ud800' })
    await save(mine, '', null)
    await save(mine, ' a ', [1])
    await save(mine, 'a', {}, 'numbers')
    const found = await views.list(mine, 'calls')
    assert.deepEqual(
      found.map(({ grid, name, state }) => ({ grid, name, state })),
      [
        { grid: 'calls', name: '', state: null },
        { grid: 'calls', name: 'a', state: [1] },
        { grid: 'calls', name: 'b', state: { columns: ['start', 'ü'], zero: '\u0000\ud800' } }
      ]
    )
    assert.deepEqual(await names(theirs), [])
    assert.deepEqual(await names(mine, 'no such'), [])
    assert.deepEqual(await names(mine, '\u0000'), [])
  })

  it('takes the place of the view with the same name, which keeps its id', async () => {
    const mine = await contact()
    const first = await save(mine, 'Café', 1)
    const second = await save(mine, 'Cafe\u0301', 2)
    assert.deepEqual([second.id, second.state], [first.id, 2])
    assert.deepEqual(await names(mine), ['Café'])
  })

  it('deletes only what is the contact’s own', async () => {
    const [mine, theirs] = [await contact(), await contact()]
    const { id } = await save(mine, 'a')
    await rejectsWith('NOT_FOUND', views.remove(theirs, id))
    await rejectsWith('NOT_FOUND', views.remove(mine, 'x\u0000'))
    assert.deepEqual(await names(mine), ['a'])
    await views.remove(mine, id)
    await rejectsWith('NOT_FOUND', views.remove(mine, id))
    assert.deepEqual(await names(mine), [])
  })

  it('refuses what is too long, too large or no name', async () => {
    const mine = await contact()
    const refused = async (work: Promise<unknown>, path: string) =>
      assert.deepEqual(Object.keys((await rejectsWith('BAD_USER_INPUT', work)).extensions.fields as object), [path])
    await refused(save(mine, 'x'.repeat(81)), 'name')
    await refused(save(mine, '   '), 'name')
    await refused(save(mine, 'a\nb'), 'name')
    await refused(save(mine, 'a', 'ü'.repeat(4_096)), 'state')
    await refused(save(mine, 'a', {}, 'x'.repeat(65)), 'grid')
    await refused(save(mine, 'a', {}, 'a b'), 'grid')
    await save(mine, 'x'.repeat(80), 'x'.repeat(8_190))
    await rejectsWith('NOT_FOUND', save('nobody', 'a'))
    assert.deepEqual(await names(mine), ['x'.repeat(80)])
  })

  it('holds 20 a grid and 500 in all, many at once too', async () => {
    const mine = await contact()
    const results = await Promise.allSettled(Array.from({ length: 24 }, (_, index) => save(mine, `view ${index}`)))
    assert.equal(results.filter(({ status }) => status === 'fulfilled').length, 20)
    await rejectsWith('CAPACITY_EXCEEDED', save(mine, 'one more'))
    await save(mine, '', 'last')
    const [, first] = await views.list(mine, 'calls')
    assert.deepEqual((await save(mine, first!.name, 'anew')).state, 'anew')
    const many = Array.from({ length: 479 }, (_, index) => `('${mine}-${index}', '${mine}', 'g${index}', '', '1', 0)`)
    await db.writer.raw(`INSERT INTO grid_view (id, contact_id, grid, name, state, saved_at) VALUES ${many.join(', ')}`)
    await rejectsWith('CAPACITY_EXCEEDED', save(mine, '', 1, 'one-more'))
  })

  it('goes with the contact', async () => {
    const mine = await contact()
    await save(mine, 'a')
    await db.writer.raw('DELETE FROM contact WHERE id = ?', [mine])
    assert.deepEqual(await rowsOf(db.reader, 'SELECT id FROM grid_view WHERE contact_id = ?', [mine]), [])
  })
})
