import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createJobStore } from '../../db/job-store.ts'
import { type JobKind, JobRunner } from '../../http/job-runner.ts'
import { forEachDatabase } from '../support/databases.ts'

const quiet = { error: () => {}, warn: () => {} }

forEachDatabase('jobs', open => {
  test('a job that fails is tried five times, each later than the last, and then given up', async () => {
    const database = await open()
    const store = createJobStore(database)
    let runs = 0
    let given: unknown = null
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
        done.push(String(payload))
      }
    }
    for (let index = 0; index < 20; index += 1) await store.enqueue('work', String(index))
    const runners = [new JobRunner(store, [kind], quiet), new JobRunner(store, [kind], quiet)]
    await Promise.all(runners.map(runner => runner.start()))
    while (done.length < 20) await new Promise(resolve => setTimeout(resolve, 10))
    await Promise.all(runners.map(runner => runner.stop()))
    assert.equal(new Set(done).size, 20)
    assert.equal(done.length, 20)
  })
})
