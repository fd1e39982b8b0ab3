import assert from 'node:assert/strict'
import { it } from 'node:test'
import { forEachDatabase } from '../test/support/databases.ts'
import { openDatabase } from './connect.ts'
import { createJobStore } from './job-store.ts'

const minute = 60_000

forEachDatabase('job store', open => {
  it('gives each job to one process', async () => {
    const db = await open()
    const other = await openDatabase({ url: db.url })
    const stores = [createJobStore(db), createJobStore(other)]
    for (let index = 0; index < 12; index++) await stores[0]!.enqueue('mail', { index })
    const leases = await Promise.all(
      Array.from({ length: 20 }, (_, index) => stores[index % 2]!.acquire(['mail'], minute))
    )
    await other.close()
    const given = leases.filter(lease => lease !== null)
    const payloads = given.map(lease => (lease.payload as { index: number }).index).sort((a, b) => a - b)
    assert.equal(new Set(payloads).size, payloads.length)
    // A process that met another's lock may have gone without; what is left is given next.
    const rest = []
    for (
      let lease = await stores[0]!.acquire(['mail'], minute);
      lease;
      lease = await stores[0]!.acquire(['mail'], minute)
    )
      rest.push((lease.payload as { index: number }).index)
    assert.deepEqual(
      [...payloads, ...rest].sort((a, b) => a - b),
      Array.from({ length: 12 }, (_, index) => index)
    )
  })

  it('renews and ends a lease for its holder only', async () => {
    const jobs = createJobStore(await open())
    await jobs.enqueue('mail')
    const lease = (await jobs.acquire(['mail'], minute))!
    assert.equal(await jobs.renew(lease, minute), true)
    assert.equal(await jobs.renew({ ...lease, token: 'stolen' }, minute), false)
    assert.equal(await jobs.finish({ ...lease, token: 'stolen' }), false)
    assert.equal(await jobs.finish(lease), true)
    assert.equal(await jobs.finish(lease), false)
    assert.equal(await jobs.acquire(['mail'], minute), null)
  })

  it('gives a lease that ran out again, and the old holder loses it', async () => {
    const db = await open()
    const jobs = createJobStore(db)
    await jobs.enqueue('mail', null)
    const lease = (await jobs.acquire(['mail'], minute))!
    await db.writer.raw('UPDATE job SET lease_until = 1 WHERE id = ?', [lease.id])
    const next = (await jobs.acquire(['mail'], minute))!
    assert.equal(next.attempt, 2)
    assert.equal(await jobs.renew(lease, minute), false)
    assert.equal(await jobs.finish(lease), false)
    assert.equal(await jobs.finish(next), true)
  })

  it('runs a recurring job again after its interval', async () => {
    const db = await open()
    const jobs = createJobStore(db)
    await Promise.all([jobs.ensureRecurring('clean', 60), jobs.ensureRecurring('clean', 60)])
    assert.equal(await jobs.acquire(['other'], minute), null)
    const lease = (await jobs.acquire(['clean'], minute))!
    assert.equal(lease.payload, null)
    assert.equal(await jobs.acquire(['clean'], minute), null)
    await jobs.finish(lease)
    assert.equal(await jobs.acquire(['clean'], minute), null)
    await db.writer.raw('UPDATE job SET run_at = run_at - 60001')
    assert.equal((await jobs.acquire(['clean'], minute))!.attempt, 1)
  })

  it('runs a recurring job whose time was written by a clock that was wrong, from the next start on', async () => {
    const db = await open()
    const jobs = createJobStore(db)
    await jobs.ensureRecurring('clean', 60)
    await db.writer.raw('UPDATE job SET run_at = run_at + 3000000')
    await jobs.ensureRecurring('clean', 60)
    assert.equal(await jobs.acquire(['clean'], minute), null)
    await db.writer.raw('UPDATE job SET run_at = run_at + 3000000')
    await jobs.ensureRecurring('clean', 60)
    assert.ok(await jobs.acquire(['clean'], minute))
  })

  it('retries later and later, and gives up', async () => {
    const db = await open()
    const jobs = createJobStore(db)
    const id = await jobs.enqueue('mail')
    for (let attempt = 1; attempt <= 3; attempt++) {
      const lease = (await jobs.acquire(['mail'], minute))!
      assert.equal(lease.attempt, attempt)
      assert.equal(await jobs.retry(lease, 'no', 3), true)
      assert.equal(await jobs.acquire(['mail'], minute), null)
      const row = await db.reader('job').where({ id }).first()
      assert.ok(row.run_at - lease.at >= 1000 * 2 ** (attempt - 1))
      await db.writer('job').where({ id }).update({ run_at: 0 })
    }
    assert.equal(await jobs.acquire(['mail'], minute), null)
    assert.ok((await db.reader('job').where({ id }).first()).failed_at)
  })
})
