import assert from 'node:assert/strict'
import { before, it } from 'node:test'
import type { PluginDatabase } from '../core/scope.ts'
import { forEachDatabase, type TestDatabase } from '../test/support/databases.ts'
import { notesPlugin } from '../test/support/notes-plugin.ts'
import { createPluginDatabase } from './plugin-database.ts'

forEachDatabase('plugin database', open => {
  let db: TestDatabase
  let notes: PluginDatabase

  before(async () => {
    db = await open({ plugins: [notesPlugin] })
    notes = createPluginDatabase(db, notesPlugin)
  })

  it('inserts many rows and leaves existing ones alone', async () => {
    const rows = Array.from({ length: 12_000 }, (_, index) => ({
      id: `n${index}`,
      company_id: `c${index % 7}`,
      body: `it's "${index}" ü\n`,
      amount: index === 0 ? 9_007_199_254_740_993_123n : index === 1 ? null : index,
      pinned: index % 2 === 0
    }))
    assert.equal(await notes.insertMany('note', rows.slice(0, 10_000), ['id']), 10_000)
    assert.equal(await notes.insertMany('note', rows, ['id']), 2_000)
    await assert.rejects(() => notes.insertMany('note', rows.slice(0, 1)), { code: 'CONFLICT' })
    const [first] = await notes.all("SELECT CAST(amount AS TEXT) AS amount, body, pinned FROM {note} WHERE id = 'n0'")
    assert.deepEqual(first, { amount: '9007199254740993123', body: `it's "0" ü\n`, pinned: 1 })
    assert.equal((await notes.from('note').where('id', 'n1').first()).amount, null)
    assert.equal(await notes.insertMany('note', []), 0)
  })

  it('rolls up with run, and counts the rows', async () => {
    const rollUp = `INSERT INTO {note_count} (company_id, notes)
      SELECT company_id, COUNT(*) FROM {note} WHERE company_id <> ? GROUP BY company_id
      ON CONFLICT (company_id) DO UPDATE SET notes = excluded.notes`
    assert.equal(await notes.run(rollUp, ['c6']), 6)
    assert.equal(await notes.run('UPDATE {note_count} SET notes = 0 WHERE company_id = ?', ['c0']), 1)
    assert.equal(await notes.run('DELETE FROM {note_count} WHERE notes = 0'), 1)
    const named = await notes.all<{ n: number }>(
      'WITH big AS (SELECT company_id FROM {note_count} WHERE notes > 0) SELECT COUNT(*) AS n FROM big'
    )
    assert.equal(named[0]!.n, 5)
  })

  const refused: Record<string, () => unknown> = {
    'from() of another table': () => notes.from('company'),
    'a join with another table': () => notes.from('note').join('company', 'company.id', 'note.company_id'),
    'a sub-query over another table': () =>
      notes.from('note').whereIn('id', query => query.from('contact').select('id')),
    'insertMany into another table': () => notes.insertMany('company', [{ id: 'x' }]),
    'a placeholder of another table': () => notes.run('DELETE FROM {company}'),
    'a bare table': () => notes.run('DELETE FROM company'),
    'a bare table of its own': () => notes.all('SELECT * FROM note'),
    'a bare table in a join': () => notes.all('SELECT 1 FROM {note} JOIN company ON true'),
    'a quoted table': () => notes.all('SELECT 1 FROM "company"'),
    'raw with a table': () => notes.raw('(SELECT 1 FROM company)')
  }
  for (const [name, reach] of Object.entries(refused))
    it(`refuses ${name}`, async () => {
      await assert.rejects(async () => await reach())
    })

  it('undoes a transaction that throws', async () => {
    await assert.rejects(
      notes.transaction(async inner => {
        await inner.insertMany('note', [{ id: 'gone', company_id: 'c', body: 'x' }])
        await inner.from('note').insert({ id: 'gone2', company_id: 'c', body: 'x' })
        assert.equal((await inner.from('note').whereIn('id', ['gone', 'gone2'])).length, 2)
        throw new Error('no')
      }),
      /no/
    )
    assert.equal((await notes.from('note').whereIn('id', ['gone', 'gone2'])).length, 0)
  })

  it('writes through the builder and tells the time', async () => {
    await notes.from('note').insert({ id: 'w', company_id: 'c', body: 'x' })
    assert.equal(await notes.from('note').where('id', 'w').delete(), 1)
    assert.ok(Math.abs((await notes.now()) - Date.now()) < 60_000)
  })
})
