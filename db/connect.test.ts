import assert from 'node:assert/strict'
import { writeFile } from 'node:fs/promises'
import { after, it } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Knex } from 'knex'
import { forEachDatabase, openers } from '../test/support/databases.ts'
import { type PostgresCluster, startPostgres } from '../test/support/postgres-cluster.ts'
import { rejectsWith } from '../test/support/rejects-with.ts'
import { openDatabase } from './connect.ts'
import { clockOf, rowOf, rowsOf } from './sql.ts'

const endless = {
  sqlite: 'WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT COUNT(*) AS c FROM n',
  postgresql: 'SELECT COUNT(*) AS c FROM generate_series(1, 100000) a CROSS JOIN generate_series(1, 100000) b'
}

forEachDatabase('connect', (open, dialect) => {
  it('stops a read that takes too long, and the connection stays usable', async () => {
    const db = await open({ settings: { readTimeoutMs: 150 } })
    // More than there are readers, so that some wait for a connection and some for a thread.
    const reads = Array.from({ length: 6 }, () => rejectsWith('QUERY_TOO_COMPLEX', rowsOf(db.reader, endless[dialect])))
    for (const refusal of await Promise.all(reads)) assert.doesNotMatch(refusal.message, /select/i)
    const answers = await Promise.all(Array.from({ length: 8 }, () => rowOf(db.reader, 'SELECT 1 AS one')))
    assert.ok(answers.every(row => row?.one === 1))
  })

  it('stops a read inside a snapshot too', async () => {
    const db = await open({ settings: { readTimeoutMs: 150 } })
    await rejectsWith(
      'QUERY_TOO_COMPLEX',
      db.snapshot(trx => rowsOf(trx, endless[dialect]))
    )
    assert.equal((await rowOf(db.reader, 'SELECT 1 AS one'))?.one, 1)
  })

  it('does not write through the reader', async () => {
    const db = await open()
    await assert.rejects(db.reader.raw("INSERT INTO creation_counter (kind, value) VALUES ('x', 1)"))
    assert.equal(await rowOf(db.writer, "SELECT 1 AS one FROM creation_counter WHERE kind = 'x'"), undefined)
  })

  it('lets parallel transactions read and then write without a refusal', async () => {
    const db = await open()
    const other = await openDatabase({ url: db.url })
    const add = (through: typeof other) =>
      through.transaction(async trx => {
        const lock = dialect === 'postgresql' ? ' FOR UPDATE' : ''
        const row = await rowOf<{ value: number }>(
          trx,
          `SELECT value FROM creation_counter WHERE kind = 'company'${lock}`
        )
        await trx.raw("UPDATE creation_counter SET value = ? WHERE kind = 'company'", [row!.value + 1])
      })
    await Promise.all(Array.from({ length: 60 }, (_, index) => add(index % 2 ? db : other)))
    await other.close()
    assert.equal(
      (await rowOf<{ value: number }>(db.reader, "SELECT value FROM creation_counter WHERE kind = 'company'"))!.value,
      60
    )
  })

  it('reads over one snapshot', async () => {
    const db = await open()
    await db.snapshot(async trx => {
      const read = () => rowOf<{ n: number }>(trx, 'SELECT COUNT(*) AS n FROM creation_counter')
      const before = await read()
      await db.writer.raw("INSERT INTO creation_counter (kind, value) VALUES ('new', 1)")
      assert.deepEqual(await read(), before)
    })
  })

  it('says CONFLICT for a duplicate, without the statement in the text', async () => {
    const db = await open()
    const refusal = await rejectsWith(
      'CONFLICT',
      db.writer.raw("INSERT INTO creation_counter (kind, value) VALUES ('company', 1)")
    )
    assert.doesNotMatch(refusal.message, /insert/i)
  })

  it('reads whole numbers exactly, as text beyond 2^53', async () => {
    const db = await open()
    await db.writer.raw("INSERT INTO creation_counter (kind, value) VALUES ('big', ?)", ['9007199254740993'])
    const row = await rowOf<{ value: number; text: string }>(
      db.reader,
      "SELECT 7 AS value, CAST(value AS TEXT) AS text FROM creation_counter WHERE kind = 'big'"
    )
    assert.deepEqual(row, { value: 7, text: '9007199254740993' })
  })

  it('tells the time in milliseconds', async () => {
    const db = await open()
    const at = await clockOf(db.reader)
    assert.ok(Number.isSafeInteger(at) && Math.abs(at - Date.now()) < 60_000)
  })
})

it('runs SQLite with WAL and full syncs', async () => {
  const db = await openers.sqlite()
  const pragma = async (name: string) => Object.values((await rowsOf(db.writer, `PRAGMA ${name}`))[0]!)[0]
  assert.equal(await pragma('journal_mode'), 'wal')
  assert.equal(await pragma('synchronous'), 2)
  assert.equal(await pragma('foreign_keys'), 1)
})

it('goes on after a SQLite transaction whose end failed, or that SQLite gave up by itself', async () => {
  const db = await openers.sqlite()
  const note = (id: string, company: string) => (trx: Knex) =>
    trx.raw('INSERT INTO company_override (company_id, key, override, set_by, set_at) VALUES (?, ?, ?, ?, 0)', [
      company,
      id,
      'HIDE',
      'test'
    ])
  // Refused at the commit.
  await assert.rejects(
    db.transaction(async trx => {
      await trx.raw('PRAGMA defer_foreign_keys = ON')
      await note('a', 'nobody')(trx)
    }),
    { code: 'CONFLICT' }
  )
  const [{ page_count }] = await db.writer.raw('PRAGMA page_count')
  await db.writer.raw(`PRAGMA max_page_count = ${page_count}`)
  await rejectsWith(
    'UNAVAILABLE',
    db.transaction(trx => trx.raw(`INSERT INTO creation_counter (kind, value) VALUES ('${'x'.repeat(9_000)}', 1)`))
  )
  await db.writer.raw('PRAGMA max_page_count = 1000000')
  await db.transaction(trx => trx.raw("INSERT INTO creation_counter (kind, value) VALUES ('later', 1)"))
  assert.equal((await rowsOf(db.reader, "SELECT 1 FROM creation_counter WHERE kind = 'later'")).length, 1)
  assert.deepEqual(await rowsOf(db.reader, 'SELECT 1 FROM company_override'), [])
})

it('keeps a SQLite transaction whole that follows one which waited in vain for another process', async () => {
  const db = await openers.sqlite({ settings: { waitMs: 1_000 } })
  const other = await openDatabase({ url: db.url })
  let letGo = (): void => {}
  const held = new Promise<void>(done => (letGo = done))
  let holds = (): void => {}
  const holding = new Promise<void>(done => (holds = done))
  const holder = other.transaction(async () => {
    holds()
    await held
  })
  await holding
  let begun = 0
  const write = (kind: string) =>
    db.transaction(async trx => {
      begun += 1
      for (const half of ['first', 'second'])
        await trx.raw('INSERT INTO creation_counter (kind, value) VALUES (?, 1)', [`${kind} ${half}`])
    })
  const refused = rejectsWith('UNAVAILABLE', write('refused'))
  await sleep(500)
  const kept = write('kept')
  await refused
  // The one behind it waits for the other process now; what the refused one still did would hit it.
  await sleep(100)
  letGo()
  await holder
  await kept
  assert.equal(begun, 1)
  await other.close()
  assert.deepEqual(
    await rowsOf(
      db.reader,
      "SELECT kind FROM creation_counter WHERE kind LIKE '% first' OR kind LIKE '% second' ORDER BY kind"
    ),
    [{ kind: 'kept first' }, { kind: 'kept second' }]
  )
})

it('refuses SQLite where it cannot have them', async () => {
  await assert.rejects(openDatabase({ url: ':memory:/nowhere/x.sqlite' }))
  const { url } = await openers.sqlite({ empty: true })
  const path = `${url}.text`
  await writeFile(path, 'this is no database, and long enough to be taken for one'.repeat(100))
  await rejectsWith('UNAVAILABLE', openDatabase({ url: path }))
})

let cluster: PostgresCluster | undefined
after(() => cluster?.stop())

it('says UNAVAILABLE while PostgreSQL is down or lets nobody in, and works again without a restart', async () => {
  cluster = await startPostgres()
  await rejectsWith('UNAVAILABLE', openDatabase({ url: cluster.url.replace(':postgres@', ':wrong@') }))
  const db = await openDatabase({ url: cluster.url })
  try {
    assert.equal((await rowOf(db.reader, 'SELECT 1 AS one'))?.one, 1)
    await cluster.down()
    for (let attempt = 0; attempt < 4; attempt++) {
      await rejectsWith('UNAVAILABLE', rowsOf(db.reader, 'SELECT 1 AS one'))
      await rejectsWith(
        'UNAVAILABLE',
        db.transaction(trx => rowsOf(trx, 'SELECT 1 AS one'))
      )
    }
    await cluster.up()
    const read = () => rowOf<{ one: number }>(db.reader, 'SELECT 1 AS one').catch(() => undefined)
    while ((await read())?.one !== 1) await sleep(20)
    assert.equal((await db.transaction(trx => rowOf(trx, 'SELECT 1 AS one')))?.one, 1)
  } finally {
    await db.close()
  }
})
