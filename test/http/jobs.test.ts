import assert from 'node:assert/strict'
import { test } from 'node:test'
import { orStop } from '../../core/alive.ts'
import { PortalError } from '../../core/errors.ts'
import type { Database } from '../../db/connect.ts'
import { failedJobs, forgetJob, runJobAgain } from '../../db/failed-jobs.ts'
import { createJobStore, type JobStore } from '../../db/job-store.ts'
import { type JobKind, JobRunner } from '../../http/job-runner.ts'
import { hashToken, newToken } from '../../http/tokens.ts'
import { forEachDatabase } from '../support/databases.ts'
import { startPortal, testActor } from '../support/portal.ts'
import { toyPlugin } from './toy-plugin.ts'

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
    await store.enqueue('work', 'this one')
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

  test('everything that is due runs, also more than has room at a time', async () => {
    const database = await open()
    const store = createJobStore(database)
    const done: unknown[] = []
    const kind: JobKind = {
      name: 'work',
      run: async payload => {
        done.push(payload)
      }
    }
    for (let number = 0; number < 7; number += 1) await store.enqueue('work', number)
    await new JobRunner(store, [kind], quiet).runDue()
    assert.deepEqual(done.toSorted(), [0, 1, 2, 3, 4, 5, 6])
  })

  test('a job that ended its process each time is not tried for ever', async () => {
    const database = await open()
    const store = createJobStore(database)
    const told: unknown[] = []
    let runs = 0
    const kind: JobKind = {
      name: 'work',
      run: async () => {
        runs += 1
      },
      gaveUp: async payload => void told.push(payload)
    }
    await store.enqueue('work', 'this one')
    for (let turn = 0; turn < 5; turn += 1) {
      // Taken by a process that is never heard of again.
      assert.ok(await store.acquire(['work'], 60_000))
      await database.writer('job').update({ lease_until: 1 })
    }
    await new JobRunner(store, [kind], quiet).runDue()
    assert.equal(runs, 0)
    assert.deepEqual(told, ['this one'])
    assert.equal(await store.acquire(['work'], 60_000), null)
  })

  test('a database that is full or away is no fault of the job: it waits, and is never given up for it', async () => {
    const database = await open()
    const store = createJobStore(database)
    let away = true
    let told = 0
    const kind: JobKind = {
      name: 'work',
      run: async () => {
        if (away) throw new PortalError('UNAVAILABLE', undefined, { cause: new Error('53100 of 442079460958') })
        throw new Error('it does not work')
      },
      gaveUp: async () => {
        told += 1
        if (told === 1) throw new Error('whoever asked cannot be told')
      }
    }
    const runner = new JobRunner(store, [kind], quiet)
    const id = await store.enqueue('work')
    const turn = async (): Promise<void> => {
      await runner.runDue()
      await database.writer('job').update({ run_at: 0, lease_until: null })
    }
    for (let count = 0; count < 12; count += 1) await turn()
    const [waits] = await failedJobs(database.reader)
    assert.deepEqual([waits?.attempts, waits?.failedAt, told], [0, null, 0])
    assert.match(waits!.error, /not available.*: 53100 of \*\*\*$/)
    assert.equal(await forgetJob(database, id, testActor), null)
    away = false
    for (let count = 0; count < 5; count += 1) await turn()
    // Whoever asked could not be told: then it is not over.
    assert.deepEqual([told, (await failedJobs(database.reader))[0]?.failedAt], [1, null])
    await turn()
    assert.equal(told, 2)
    assert.ok((await failedJobs(database.reader))[0]!.failedAt! > 0)

    assert.equal(await runJobAgain(database, 'nobody', testActor), null)
    assert.equal(await runJobAgain(database, id, testActor), 'work')
    const lease = (await store.acquire(['work'], 60_000))!
    assert.equal(lease.attempt, 1)
    assert.equal(await runJobAgain(database, id, testActor), null)
    await store.retry(lease, 'no', 1)
    assert.equal(await forgetJob(database, id, testActor), 'work')
    assert.deepEqual(await failedJobs(database.reader), [])
    const entries = await database.reader('audit_entry').where({ target: id }).orderBy('seq').select('action', 'actor')
    assert.deepEqual(entries, [
      { action: 'runJobAgain', actor: testActor.operator.actor },
      { action: 'forgetJob', actor: testActor.operator.actor }
    ])
  })

  /** A kind of work of many parts, as far as it is let. */
  const inParts = (name: string, done: () => void, more: Partial<JobKind> = {}): JobKind => ({
    name,
    run: async (_payload, _at, alive) => {
      for (let part = 0; part < 400; part += 1) {
        if (!(await alive())) return
        done()
        await new Promise(resolve => setTimeout(resolve, 2))
      }
    },
    ...more
  })
  const rowsOf = (database: Database) =>
    database.reader('job').orderBy('name').select('name', 'run_at', 'attempts', 'last_error', 'lease_token')

  test('what runs when the process ends stops after its part, is due at once as if it had not begun, and another goes on', async () => {
    const database = await open()
    const store = createJobStore(database)
    const parts = { daily: 0, once: 0 }
    const said: unknown[] = []
    const log = {
      error: (...line: unknown[]) => void said.push(line),
      warn: (...line: unknown[]) => void said.push(line)
    }
    const kinds = [
      inParts('daily', () => (parts.daily += 1), { everySeconds: 86_400 }),
      {
        ...inParts('once', () => (parts.once += 1)),
        gaveUp: async () => void said.push('gave up')
      }
    ]
    await store.enqueue('once', 'this one')
    // More ends of processes than a job has attempts.
    for (let turn = 0; turn < 7; turn += 1) {
      const before = { ...parts }
      const runner = new JobRunner(store, kinds, log)
      runner.start()
      while (parts.daily < before.daily + 3 || parts.once < before.once + 3)
        await new Promise(resolve => setTimeout(resolve, 2))
      await runner.stop()
      const rows = await rowsOf(database)
      assert.deepEqual(
        rows.map(({ run_at, ...row }) => ({ ...row, due: run_at <= Date.now() })),
        ['daily', 'once'].map(name => ({ name, attempts: 0, last_error: null, lease_token: null, due: true }))
      )
    }
    assert.deepEqual(said, [])
    // Told nothing, it runs to its end.
    const done = { ...parts }
    await new JobRunner(store, kinds, log).runDue()
    assert.deepEqual([parts.daily - done.daily, parts.once - done.once], [400, 400])
    const rows = await rowsOf(database)
    assert.deepEqual(
      rows.map(({ name }) => name),
      ['daily']
    )
    assert.ok(rows[0]!.run_at > Date.now() + 80_000_000)
  })

  test('a job that was told to stop may break off by an error; one that does not ask is waited for and done', async () => {
    const database = await open()
    const store = createJobStore(database)
    const said: unknown[] = []
    const log = {
      error: (...line: unknown[]) => void said.push(line),
      warn: (...line: unknown[]) => void said.push(line)
    }
    let begun = 0
    let rested = (): void => {}
    const rest = new Promise<void>(resolve => {
      rested = resolve
    })
    const kind = (name: string, asks: boolean): JobKind => ({
      name,
      run: async (_payload, _at, alive) => {
        begun += 1
        await rest
        if (asks) await orStop(alive)
      }
    })
    await store.enqueue('asks')
    await store.enqueue('deaf')
    const runner = new JobRunner(store, [kind('asks', true), kind('deaf', false)], log)
    runner.start()
    while (begun < 2) await new Promise(resolve => setTimeout(resolve, 2))
    const stopped = runner.stop()
    rested()
    await stopped
    assert.deepEqual(said, [])
    assert.deepEqual(
      (await rowsOf(database)).map(({ name, attempts, last_error }) => ({ name, attempts, last_error })),
      [{ name: 'asks', attempts: 0, last_error: null }]
    )
  })

  test('asking renews the lease once in a while; who lost it is told so, and leaves the job to whom it is now', async () => {
    const database = await open()
    const store = createJobStore(database)
    let renewals = 0
    const counting: JobStore = {
      ...store,
      renew: (...lease) => {
        renewals += 1
        return store.renew(...lease)
      }
    }
    const answers: boolean[] = []
    const kind: JobKind = {
      name: 'work',
      run: async (payload, _at, alive) => {
        for (let time = 0; time < 100; time += 1) answers.push(await alive())
        if (payload !== 'taken') return
        await database.writer('job').update({ lease_token: 'of another process' })
        answers.push(await alive())
      }
    }
    await store.enqueue('work')
    await new JobRunner(counting, [kind], quiet).runDue()
    assert.deepEqual([renewals, answers.filter(Boolean).length], [0, 100])
    await store.enqueue('work', 'taken')
    const said: unknown[] = []
    const log = { error: (...line: unknown[]) => void said.push(line), warn: () => {} }
    await new JobRunner(counting, [kind], log, 0).runDue()
    assert.deepEqual([renewals, answers.filter(Boolean).length, answers.at(-1)], [101, 200, false])
    assert.deepEqual(said, [])
    const [row] = await rowsOf(database)
    assert.deepEqual([row.lease_token, row.attempts], ['of another process', 1])
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

  test('what is over is cleared away: sessions, tickets, files, access changes that every process knows', async t => {
    const plugins = [toyPlugin]
    const kept: Record<string, string> = {}
    const portal = await startPortal(t, {
      open: () => open({ plugins }),
      plugins,
      jobs: true,
      seed: async portal => {
        const { people, exports } = portal.installation
        const { writer } = portal.database
        const { company, contact, session } = await portal.signedIn('Ada')
        const old = newToken()
        const domainId = portal.world.acme.id
        await people.sessions.createContactSession({
          tokenHash: hashToken(old),
          contactId: contact.id,
          domainId,
          ip: '::1'
        })
        await writer('contact_session')
          .where({ token_hash: hashToken(old) })
          .update({ expires_at: 1 })
        const ticket = {
          token_hash: 'old',
          contact_id: contact.id,
          domain_id: domainId,
          staff_id: 's',
          staff_name: 's'
        }
        await writer('view_as_ticket').insert({ ...ticket, write_through: 0, expires_at: 1 })
        for (const [name, life] of [
          ['over', -1],
          ['kept', 60_000]
        ] as const) {
          const { id } = await exports.create({
            companyId: company.id,
            contactId: contact.id,
            domainId,
            grid: 'TOY',
            request: null
          })
          await exports.begin(id)
          await exports.append(id, 0, Buffer.from('x'))
          await exports.finish(id, 1, life)
          kept[name] = id
        }
        const scope = portal.world.globex.id
        await writer('access_counter').where({ scope }).update({ revision: 200_000 })
        await writer('access_change').where({ scope }).delete()
        await writer('access_change').insert(
          [100_000, 100_001, 200_000].map(revision => ({ scope, revision, company_id: '' }))
        )
        kept.session = hashToken(session)
      }
    })
    const { reader } = portal.database
    const left = async () => ({
      sessions: await reader('contact_session').pluck('token_hash'),
      tickets: await reader('view_as_ticket').pluck('token_hash'),
      files: await reader('export_chunk').pluck('job_id'),
      changes: await reader('access_change')
        .where({ scope: portal.world.globex.id })
        .orderBy('revision')
        .pluck('revision')
    })
    const expected = { sessions: [kept.session], tickets: [], files: [kept.kept], changes: [100_001, 200_000] }
    while (JSON.stringify(await left()) !== JSON.stringify(expected)) {
      const runs = await reader('job')
        .whereIn('name', ['session-clean-up', 'export-clean-up', 'access-change-clean-up'])
        .where('run_at', '>', Date.now())
      // Every clean-up has run, and what is left is still not what is expected.
      if (runs.length === 3) assert.deepEqual(await left(), expected)
      await new Promise(resolve => setTimeout(resolve, 20))
    }
  })
})
