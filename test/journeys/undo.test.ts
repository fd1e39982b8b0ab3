import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { join } from 'node:path'
import { it } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import type { PluginDatabase } from '../../core/plugin-api.ts'
import { createPluginDatabase } from '../../db/plugin-database.ts'
import { batchById, batchByNumber, beginBatch, endBatch } from '../../plugins/cdr/batch/batch-store.ts'
import { beginUndo, undoTask } from '../../plugins/cdr/batch/undo.ts'
import { callFormats } from '../../plugins/cdr/import/formats.ts'
import { importCalls } from '../../plugins/cdr/import/import-calls.ts'
import { cdr } from '../../plugins/cdr/plugin.ts'
import { openCallWorld } from '../support/call-world.ts'
import { forEachDatabase } from '../support/databases.ts'
import { entryArguments } from '../support/entries.ts'
import { length } from '../support/length.ts'

// The undo of a large import leaves calls and sums as they were, byte for byte, also when it is killed on its way.

const size = length(6_000, 1_000_000)
const root = join(import.meta.dirname, '../..')
const at = Date.UTC(2026, 2, 15)
const operator = { actor: 'staff:1', name: 'Olga', role: 'ADMIN', ip: '192.0.2.1' } as const
const codes = ['alpha', 'beta', '1000']

/** Records of a month, hours shared by all; every eighth of a large one corrects one of the small one. */
async function* records(count: number, prefix: string, corrects: boolean): AsyncGenerator<Uint8Array> {
  for (let from = 0; from < count; from += 1_000) {
    let text = ''
    for (let i = from; i < Math.min(count, from + 1_000); i += 1) {
      const correction = corrects && i % 8 === 0
      const startedAt = new Date(at - ((i * 7_919) % 2_592_000) * 1_000).toISOString()
      text += `${JSON.stringify({
        accountCode: codes[(i >> 3) % codes.length],
        uniqueId: correction ? `old-${i / 8}` : `${prefix}-${i}`,
        ...{ startedAt, duration: i % 90, destination: `3314268${i % 1000}`, destinationName: `Place ${i % 17}` },
        ...(correction ? { replace: true } : {})
      })}\n`
    }
    yield Buffer.from(text)
  }
}

/** A hash over every column of every row, in the order of the key, and how many rows there are. */
const fingerprint = async (db: PluginDatabase, table: string, key: readonly string[]): Promise<string> => {
  const [one] = await db.all(`select * from {${table}} limit 1`)
  const names = Object.keys(one ?? {}).sort()
  const hash = createHash('sha256')
  const order = key.join(', ')
  let rows = 0
  for (let after: readonly unknown[] | null = null; ; ) {
    const where = after === null ? '' : `where (${order}) > (${key.map(() => '?').join(', ')})`
    const page: readonly Record<string, unknown>[] = await db.all(
      `select ${names.map(name => `cast(${name} as text) as ${name}_text`).join(', ')}, ${order} from {${table}}
       ${where} order by ${order} limit 5000`,
      after ?? []
    )
    for (const row of page) hash.update(JSON.stringify(names.map(name => row[`${name}_text`])))
    rows += page.length
    if (page.length < 5_000) return `${rows} ${hash.digest('hex')}`
    after = key.map(name => page.at(-1)![name])
  }
}

const hourlyKey = ['company_id', 'hour', 'leg', 'direction', 'destination_code', 'destination_name', 'card']
const state = async (db: PluginDatabase): Promise<readonly string[]> => [
  await fingerprint(db, 'cdr_call', ['company_id', 'started_at', 'id']),
  await fingerprint(db, 'cdr_hourly', [...hourlyKey, 'tech_prefix', 'currency'])
]

/** What the list of calls and their sums say at this instant: half an undo is seen in both or in neither. */
const assertAgree = async (db: PluginDatabase): Promise<void> => {
  const [one] = await db.all<{ calls: number | string; summed: number | string }>(
    'select (select count(*) from {cdr_call}) as calls, (select sum(attempts) from {cdr_hourly}) as summed'
  )
  assert.equal(Number(one!.summed), Number(one!.calls))
}

forEachDatabase('the undo of a large import', open => {
  it(`${size} calls, corrections and shared hours among them, killed on the way`, async () => {
    const { database } = await openCallWorld(open)
    const db = createPluginDatabase(database, cdr)
    const load = async (count: number, prefix: string, corrects: boolean) => {
      const options = { source: null, zone: null, direction: 'TERMINATION', account: null, replace: false } as const
      const batch = await beginBatch(
        db,
        { source: 'call-json', format: 'call-json', origin: 'CLI', actor: 'cli', options },
        at
      )
      await importCalls(db, records(count, prefix, corrects), {
        format: callFormats.get('call-json')!,
        read: { clock: null, direction: 'TERMINATION', note: () => {} },
        batches: { numberOf: async () => batch!.number },
        ...{ source: null, account: null, onRejection: () => {} }
      })
      await endBatch(db, batch!.number, 'DONE', at)
      return (await batchByNumber(db, batch!.number))!
    }
    await load(size / 5, 'old', false)
    const before = await state(db)
    const batch = await load(size, 'new', true)
    assert.deepEqual([batch.loaded, batch.replaced], [size, size / 8])
    assert.notDeepEqual(await state(db), before)

    await beginUndo({ db, operator, at }, batch.id, null)
    const child = spawn(
      process.execPath,
      [...entryArguments('test/support/undo-child.ts'), database.url, `${batch.number}`],
      {
        cwd: root,
        stdio: 'inherit'
      }
    )
    const ended = once(child, 'exit')
    for (;;) {
      const { undone } = (await batchById(db, batch.id))!
      await assertAgree(db)
      if (undone > size / 10) break
      assert.equal(child.exitCode, null, 'the child ended before it was killed')
      await sleep(length(10, 500))
    }
    child.kill('SIGKILL')
    await ended
    const killed = (await batchById(db, batch.id))!
    assert.equal(killed.state, 'UNDOING')
    assert.ok(killed.undone < size, 'killed in the middle')
    await assertAgree(db)

    const services = { db, filesOf: () => assert.fail() }
    await undoTask.run(services, { batch: batch.number }, at, async () => true)
    const done = (await batchById(db, batch.id))!
    assert.deepEqual([done.state, done.undone], ['UNDONE', size])
    assert.deepEqual(await state(db), before)
  })
})
