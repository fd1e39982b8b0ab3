import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { it } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { parse } from 'csv-parse/sync'
import { rowsOf } from '../../db/sql.ts'
import { findJob, problemsOf } from '../../plugins/did/number-jobs.ts'
import { forEachDatabase, type TestDatabase } from '../support/databases.ts'
import { entryArguments } from '../support/entries.ts'
import { length } from '../support/length.ts'
import { numberWorld } from '../support/number-world.ts'
import { consoleHost } from '../support/portal.ts'

// An import of numbers that is killed over and over does what one that is left alone does: every line once, told once.

const size = length(3_000, 400_000)
const root = join(import.meta.dirname, '../..')
const first = 442_079_000_000

forEachDatabase('an import of numbers', open => {
  it(`${size} lines, killed while it checks and while it writes`, async t => {
    let database: TestDatabase | undefined
    const world = await numberWorld(t, async options => {
      database = await open(options)
      return database
    })
    const { ask, db, portal, birch } = world
    // Of every hundred lines one is another company's number, one is there already, and one is no number.
    const range =
      'mutation ($n: [String!]!, $to: ID) { createNumbers(numbers: $n, companyId: $to, settings: { country: "GB" }) { done } }'
    const every = (offset: number) =>
      Array.from({ length: size / 100 }, (_, index) => `${first + index * 100 + offset}`)
    await ask(range, { n: every(1), to: birch.id })
    await ask(range, { n: every(2) })
    await world.newAudit()
    const lines = Array.from({ length: size }, (_, index) =>
      index % 100 === 3 ? 'none,GB,alder-1,\n' : `${first + index},GB,alder-1,${index}\n`
    )
    const uploaded = await portal.request(consoleHost, '/operator/files?name=n.csv', {
      method: 'POST',
      apiKey: portal.apiKey,
      headers: { 'content-type': 'text/csv' },
      body: `number,country,company,notes\n${lines.join('')}`
    })
    const started = await ask('mutation ($f: ID!) { importNumbers(fileId: $f, skipRefused: true) { id } }', {
      f: uploaded.json.id
    })
    const jobId: string = started.data.importNumbers.id

    /** Runs it in a process of its own, and kills that once so much of a phase is done. */
    const killedAt = async (state: string, part: number): Promise<void> => {
      const args = [...entryArguments('test/support/import-numbers-child.ts'), database!.url, jobId]
      const child = spawn(process.execPath, args, { cwd: root, stdio: 'inherit' })
      const ended = once(child, 'exit')
      for (;;) {
        const job = await findJob(db, jobId)
        if (job.state === state && job.lines >= size * part) break
        assert.equal(child.exitCode, null, 'it ended before it was killed')
        await sleep(3)
      }
      child.kill('SIGKILL')
      await ended
    }
    await killedAt('CHECKING', 0.3)
    assert.deepEqual(await world.newAudit(), [], 'a check writes nothing')
    for (const part of length(0, 1) === 1 ? [0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9] : [0.1, 0.6])
      await killedAt('RUNNING', part)
    const killed = await findJob(db, jobId)
    assert.ok(killed.created > 0 && killed.lines < size, 'killed in the middle')
    await portal.installation.jobs.runDue()

    const job = await findJob(db, jobId)
    const share = size / 100
    assert.deepEqual(
      [job.state, job.lines, job.assigned, job.refused, job.created],
      ['DONE', size, share, share + size / 100, size - 2 * share - size / 100]
    )
    const audit = (await world.newAudit()).map(({ target }) => target)
    assert.equal(audit.length, job.created + job.assigned)
    assert.equal(new Set(audit).size, audit.length, 'one entry a number')
    const rows = await rowsOf<{ number: string; notes: string | null; version: number }>(
      portal.database.reader,
      'SELECT number, notes, version FROM did'
    )
    assert.equal(rows.length, size - size / 100)
    for (const { number, notes, version } of rows) {
      const index = Number(number) - first
      if (index % 100 === 1 && index < share * 100) assert.equal(notes, null)
      else assert.equal(notes, String(index))
      assert.equal(version, index % 100 === 2 && index < share * 100 ? 2 : 1)
    }
    assert.equal((await problemsOf(db, jobId)).length, Math.min(100, job.refused))
    const operator = { actor: job.actor, role: 'ADMIN' } as const
    const pieces: Buffer[] = []
    for await (const piece of (await portal.installation.files.of(operator).open(job.resultFileId!)).content)
      pieces.push(piece)
    const report = Buffer.concat(pieces).toString()
    const reported = (parse(report, { columns: true }) as { line: string }[]).map(({ line }) => Number(line))
    assert.deepEqual(
      reported,
      Array.from({ length: size }, (_, index) => index + 2)
    )
  })
})
