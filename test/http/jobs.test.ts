import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createExportStore } from '../../db/export-store.ts'
import { createJobStore } from '../../db/job-store.ts'
import { type JobKind, JobRunner } from '../../http/job-runner.ts'
import { forEachDatabase } from '../support/databases.ts'

const quiet = { error: () => {}, warn: () => {} }

forEachDatabase('jobs', open => {
  test('one of many takes a job; a lease that ran out lets another one in', async () => {
    const database = await open()
    const store = createJobStore(database)
    await store.add('work', 'payload')
    const taken = (await Promise.all(Array.from({ length: 8 }, () => store.lease(['work'], 60_000)))).filter(
      job => job !== null
    )
    assert.equal(taken.length, 1)
    const [first] = taken
    assert.equal(first!.payload, 'payload')
    assert.equal(await store.lease(['work'], 60_000), null)
    assert.ok(await store.extend(first!.id, first!.leaseToken, 60_000))

    await database.writer('job').update({ lease_until: 1 })
    const second = await store.lease(['work', 'other'], 60_000)
    assert.equal(second?.id, first!.id)
    assert.equal(await store.extend(first!.id, first!.leaseToken, 60_000), false)
    await store.done(first!.id, first!.leaseToken)
    assert.equal((await database.reader('job').select('id')).length, 1, 'who lost the lease ends nothing')
    await store.done(second!.id, second!.leaseToken)
    assert.deepEqual(await database.reader('job').select('id'), [])
  })

  test('a job of an unknown kind is left to processes that know it', async () => {
    const store = createJobStore(await open())
    await store.add('newer', 'x')
    assert.equal(await store.lease(['work'], 60_000), null)
    assert.equal(await store.lease([], 60_000), null)
  })

  test('a recurring job exists once and comes back after its interval', async () => {
    const database = await open()
    const store = createJobStore(database)
    await store.schedule('tick', 60)
    await store.schedule('tick', 30)
    const job = await store.lease(['tick'], 60_000)
    assert.equal(job?.payload, null)
    await store.done(job!.id, job!.leaseToken)
    const [row] = await database.reader('job').select('*')
    assert.equal(row.every_seconds, 30)
    assert.ok(row.run_at >= job!.at + 30_000)
    assert.equal(await store.lease(['tick'], 60_000), null)
  })

  test('a job that fails is tried five times, each later than the last, and then given up', async () => {
    const database = await open()
    const store = createJobStore(database)
    let runs = 0
    let given: string | null = null
    const kind: JobKind = {
      name: 'work',
      run: async () => {
        runs += 1
        throw new Error('it does not work')
      },
      gaveUp: async payload => {
        given = payload
      }
    }
    const runner = new JobRunner(store, [kind], quiet)
    await runner.add('work', 'this one')
    const waits: number[] = []
    for (let turn = 0; turn < 7; turn += 1) {
      const before = Date.now()
      await runner.runDue()
      const [row] = await database.reader('job').select('*')
      if (turn < 5) waits.push(Math.round((row.run_at - before) / 1000))
      await database.writer('job').update({ run_at: 0 })
    }
    assert.equal(runs, 5)
    assert.equal(given, 'this one')
    assert.ok(
      waits.every((wait, index) => index === 0 || wait >= waits[index - 1]!),
      String(waits)
    )
    const [row] = await database.reader('job').select('*')
    assert.equal(row.last_error, 'it does not work')
  })

  test('two runners share the work and do each piece once', async () => {
    const store = createJobStore(await open())
    const done: string[] = []
    const kind: JobKind = {
      name: 'work',
      run: async payload => {
        await new Promise(resolve => setTimeout(resolve, 5))
        done.push(payload!)
      }
    }
    for (let index = 0; index < 20; index += 1) await store.add('work', String(index))
    const runners = [new JobRunner(store, [kind], quiet), new JobRunner(store, [kind], quiet)]
    await Promise.all(runners.map(runner => runner.start()))
    while (done.length < 20) await new Promise(resolve => setTimeout(resolve, 10))
    await Promise.all(runners.map(runner => runner.stop()))
    assert.equal(new Set(done).size, 20)
    assert.equal(done.length, 20)
  })

  test('an export’s file is kept in chunks, in order, until it expires', async () => {
    const database = await open()
    await database.writer('company').insert({
      ...{ id: 'c', seq: 1, name: 'C', name_lower: 'c', user_type: 'CUSTOMER', status: 'ACTIVE', currency: 'EUR' },
      created_at: 0
    })
    const store = createExportStore(database)
    const job = await store.create({ companyId: 'c', contactId: 'p', domainId: 'd', grid: 'G', request: '{}' })
    assert.equal(job.state, 'QUEUED')
    assert.equal(await store.countUnfinished('c'), 1)
    await store.start(job.id)
    await store.addChunk(job.id, 0, Buffer.from('left over from a killed process'))
    await store.start(job.id)
    await store.addChunk(job.id, 0, Buffer.from('ä'))
    await store.addChunk(job.id, 1, Buffer.from([0, 255, 10]))
    await store.finish(job.id, 2)
    const parts: Buffer[] = []
    for await (const part of store.chunks(job.id)) parts.push(part)
    assert.deepEqual(Buffer.concat(parts), Buffer.concat([Buffer.from('ä'), Buffer.from([0, 255, 10])]))
    const ready = await store.get(job.id)
    assert.equal(ready?.state, 'READY')
    assert.equal(ready?.rows, 2)
    assert.equal(await store.countUnfinished('c'), 0)
    await store.cleanUp()
    assert.equal((await store.get(job.id))?.state, 'READY')
    await database.writer('export_job').update({ expires_at: 1 })
    await store.cleanUp()
    assert.equal((await store.get(job.id))?.state, 'EXPIRED')
    assert.deepEqual(await database.reader('export_chunk').select('part'), [])
  })
})
