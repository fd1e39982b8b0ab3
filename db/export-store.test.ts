import assert from 'node:assert/strict'
import { before, it } from 'node:test'
import { forEachDatabase, type TestDatabase } from '../test/support/databases.ts'
import { rejectsWith } from '../test/support/rejects-with.ts'
import { createExportStore, type ExportStore } from './export-store.ts'

forEachDatabase('export store', open => {
  let db: TestDatabase
  let files: ExportStore
  before(async () => {
    db = await open()
    files = createExportStore(db)
    for (const id of ['mine', 'theirs'])
      await db.writer.raw(
        `INSERT INTO company (id, seq, name, name_lower, user_type, status, currency, created_at)
         VALUES (?, ?, 'x', 'x', 'CUSTOMER', 'ACTIVE', 'EUR', 0)`,
        [id, id.length]
      )
  })
  const request = (companyId = 'mine') =>
    files.create({ companyId, contactId: 'c', domainId: 'd', grid: 'CDR', request: { columns: ['start'] } })
  const read = async (id: string, companyId: string) => {
    const parts: Buffer[] = []
    for await (const part of files.chunks(id, companyId)) parts.push(part)
    return Buffer.concat(parts).toString('latin1')
  }
  const ready = async (liveMs = 60_000) => {
    const { id } = await request()
    await files.begin(id)
    await files.append(id, 0, Buffer.from('a\u00ff\u0000', 'latin1'))
    await files.append(id, 1, Buffer.from('b'))
    await files.finish(id, 2, liveMs)
    return id
  }

  it('goes from queued to ready and gives the bytes to its company only', async () => {
    const job = await request()
    assert.equal(job.state, 'QUEUED')
    assert.deepEqual(job.request, { columns: ['start'] })
    const id = await ready()
    const done = (await files.get(id, 'mine'))!
    assert.deepEqual([done.state, done.rows, done.bytes], ['READY', 2, 4])
    assert.equal(await read(id, 'mine'), 'a\u00ff\u0000b')
    assert.equal(await read(id, 'theirs'), '')
    assert.equal(await files.get(id, 'theirs'), null)
    assert.deepEqual(await files.list('theirs', 'd', 10), [])
    assert.deepEqual(
      (await files.list('mine', 'd', 1)).map(each => each.id),
      [id]
    )
    assert.deepEqual(await files.list('mine', 'other', 10), [])
    assert.equal(await read(job.id, 'mine'), '')
  })

  it('starts again after a crash without the pieces of the first run', async () => {
    const { id } = await request()
    await files.begin(id)
    await files.append(id, 0, Buffer.from('old'))
    await files.begin(id)
    await files.append(id, 0, Buffer.from('new'))
    await files.finish(id, 1, 60_000)
    assert.equal(await read(id, 'mine'), 'new')
    await rejectsWith('NOT_FOUND', files.begin(id))
    await rejectsWith('CONFLICT', files.finish(id, 1, 1))
  })

  it('fails with a reason and leaves no bytes', async () => {
    const { id } = await request()
    await files.begin(id)
    await files.append(id, 0, Buffer.from('x'))
    await files.fail(id, 'TOO_MANY_ROWS')
    assert.deepEqual([(await files.take(id))!.state, (await files.take(id))!.error], ['FAILED', 'TOO_MANY_ROWS'])
    assert.equal(await db.reader('export_chunk').where({ job_id: id }).first(), undefined)
  })

  it('expires, first in name, then in bytes', async () => {
    const id = await ready(-1)
    assert.equal((await files.get(id, 'mine'))!.state, 'EXPIRED')
    assert.equal(await read(id, 'mine'), '')
    assert.equal(await files.expire(async () => true), 1)
    assert.equal(await db.reader('export_chunk').where({ job_id: id }).first(), undefined)
    assert.equal(await files.expire(async () => true), 0)
    for (let file = 0; file < 3; file += 1) await ready(-1)
    let asked = 0
    assert.equal(await files.expire(async () => ++asked <= 2), 2)
    assert.equal(await files.expire(async () => true), 1)
  })
})
