import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { describe, it } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { ConfigurationError, type PortalError } from '../core/errors.ts'
import type { PluginDefinition } from '../core/plugin-api.ts'
import { bulkyPlugin, bulkyTables } from '../test/support/bulky-plugin.ts'
import { forEachDatabase, type TestDatabase } from '../test/support/databases.ts'
import { entryArguments } from '../test/support/entries.ts'
import { length } from '../test/support/length.ts'
import { notesPlugin } from '../test/support/notes-plugin.ts'
import { openDatabase } from './connect.ts'
import { contract, enterProcess, migrate, migrationSteps, schemaState } from './migrate.ts'
import { removeProcess } from './process-store.ts'
import { rowsOf } from './sql.ts'

const core = migrationSteps([]).map(({ owner, migration }) => `${owner}/${migration.name}`)

const tablesOf = async (db: TestDatabase): Promise<string[]> =>
  (
    await rowsOf<{ name: string }>(
      db.writer,
      db.dialect === 'sqlite'
        ? "SELECT name FROM sqlite_master WHERE type = 'table'"
        : "SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public'"
    )
  ).map(row => row.name)

forEachDatabase('migrate', open => {
  it('applies core first, then plugins after those they depend on, each once', async () => {
    const db = await open({ empty: true })
    const dependent: PluginDefinition = {
      ...notesPlugin,
      name: 'dependent',
      dependsOn: ['notes'],
      tables: {},
      migrations: [
        { name: '002-b', statements: () => ['ALTER TABLE dependent_a ADD COLUMN more TEXT'] },
        { name: '001-a', statements: () => ['CREATE TABLE dependent_a (id TEXT REFERENCES note (id))'] }
      ]
    }
    assert.deepEqual(await migrate(db, [dependent, notesPlugin]), [
      ...core,
      'plugin:notes/001-notes',
      'plugin:dependent/001-a',
      'plugin:dependent/002-b'
    ])
    assert.deepEqual(await migrate(db, [dependent, notesPlugin]), [])
    // A plugin taken out of the list keeps its tables.
    assert.deepEqual(await migrate(db, [notesPlugin]), [])
    assert.ok((await tablesOf(db)).includes('dependent_a'))
  })

  it('lives with what a newer version added, and refuses what one took away, naming it', async () => {
    const db = await open({ plugins: [notesPlugin] })
    const older = { ...notesPlugin, migrations: [] }
    assert.deepEqual(await migrate(db, [older]), [])
    assert.deepEqual((await schemaState(db, [older])).unknown, ['plugin:notes/001-notes'])
    await db.writer.raw(
      "INSERT INTO migration (owner, name, phase, applied_at) VALUES ('core', '999-later', 'contract', 0)"
    )
    const refused = (error: unknown) => error instanceof ConfigurationError && error.message.includes('core/999-later')
    await assert.rejects(migrate(db, [notesPlugin]), refused)
    await assert.rejects(enterProcess(db, [notesPlugin], { id: 'p', host: 'h', pid: 1 }), refused)
    assert.deepEqual((await schemaState(db, [notesPlugin])).tooNew, ['core/999-later'])
  })

  it('takes away only when told, and not while a process lives that does not know it', async () => {
    const db = await open({ plugins: [notesPlugin] })
    const newer: PluginDefinition = {
      ...notesPlugin,
      migrations: [
        ...(notesPlugin.migrations ?? []),
        { name: '002-tags', statements: () => ['ALTER TABLE note ADD COLUMN tags TEXT'] },
        { name: '003-no-tag', phase: 'contract', statements: () => ['DROP TABLE note_tag'] }
      ]
    }
    await enterProcess(db, [notesPlugin], { id: 'old', host: 'east', pid: 7 })
    assert.deepEqual(await migrate(db, [newer]), ['plugin:notes/002-tags'])
    await enterProcess(db, [newer], { id: 'new', host: 'west', pid: 8 })
    assert.deepEqual((await schemaState(db, [newer])).toContract, ['plugin:notes/003-no-tag'])
    await assert.rejects(contract(db, [newer]), (error: unknown) => {
      const { code, message } = error as PortalError
      return code === 'PRECONDITION_FAILED' && /003-no-tag/.test(message) && /process 7 on east/.test(message)
    })
    assert.ok((await tablesOf(db)).includes('note_tag'))
    // The version before may start again meanwhile.
    assert.deepEqual(await migrate(db, [notesPlugin]), [])
    await removeProcess(db, 'old')
    assert.deepEqual(await contract(db, [newer]), ['plugin:notes/003-no-tag'])
    assert.deepEqual(await contract(db, [newer]), [])
    assert.ok(!(await tablesOf(db)).includes('note_tag'))
    await assert.rejects(migrate(db, [notesPlugin]), /plugin:notes\/003-no-tag/)
  })

  it('waits 45 seconds for a process that ended without a word', async () => {
    const db = await open({ plugins: [notesPlugin] })
    const newer: PluginDefinition = {
      ...notesPlugin,
      migrations: [
        ...(notesPlugin.migrations ?? []),
        { name: '002-no-tag', phase: 'contract', statements: () => ['DROP TABLE note_tag'] }
      ]
    }
    await enterProcess(db, [notesPlugin], { id: 'killed', host: 'east', pid: 7 })
    await assert.rejects(contract(db, [newer]), /process 7 on east/)
    await db.writer('process').decrement('seen_at', 46_000)
    assert.deepEqual(await contract(db, [newer]), ['plugin:notes/002-no-tag'])
  })

  it('brings a database from before there were phases along', async () => {
    const db = await open({ empty: true })
    await db.writer.raw(
      'CREATE TABLE migration (owner TEXT NOT NULL, name TEXT NOT NULL, applied_at BIGINT NOT NULL, PRIMARY KEY (owner, name))'
    )
    const [first, ...rest] = migrationSteps([])
    for (const statement of first!.migration.statements(db.dialect))
      await db.writer.raw(statement.replaceAll('?', '\\?'))
    await db.writer.raw("INSERT INTO migration (owner, name, applied_at) VALUES ('core', '001-core', 0)")
    assert.deepEqual(
      await migrate(db),
      rest.map(({ migration }) => `core/${migration.name}`)
    )
    assert.deepEqual((await schemaState(db, [])).missing, [])
  })

  it('undoes a migration that fails half-way', async () => {
    const db = await open()
    const broken: PluginDefinition = {
      ...notesPlugin,
      migrations: [{ name: '001', statements: () => ['CREATE TABLE half (id TEXT)', 'CREATE TABLE half (id TEXT)'] }]
    }
    await assert.rejects(migrate(db, [broken]))
    assert.ok(!(await tablesOf(db)).includes('half'))
  })

  it('lets several processes start at once', async () => {
    const db = await open({ empty: true })
    const others = await Promise.all([openDatabase({ url: db.url }), openDatabase({ url: db.url })])
    const applied = await Promise.all([db, ...others].map(each => migrate(each, [bulkyPlugin])))
    for (const other of others) await other.close()
    assert.deepEqual(applied.flat().sort(), [
      ...core,
      ...['001', '002', '003', '004'].map(name => `plugin:bulky/${name}`)
    ])
  })

  describe('killed in the middle', () => {
    const cycles = length(3, 30)
    it('leaves old or new, never between, and carries on', async () => {
      const db = await open({ empty: true })
      const start = async () => {
        const child = spawn(process.execPath, [...entryArguments('test/support/migrate-child.ts'), db.url], {
          cwd: fileURLToPath(new URL('..', import.meta.url)),
          stdio: ['ignore', 'pipe', 'inherit']
        })
        const ended = once(child, 'exit')
        await Promise.race([once(child.stdout, 'data'), ended])
        return { child, ended }
      }
      // One run to its end tells how long there is to kill in.
      const whole = await start()
      const begun = Date.now()
      await whole.ended
      const lasts = Date.now() - begun
      let partly = 0
      for (let cycle = 0; cycle < cycles; cycle++) {
        await wipeOut(db)
        const { child, ended } = await start()
        await sleep(Math.random() * lasts)
        child.kill('SIGKILL')
        await ended
        const tables = await tablesOf(db)
        const recorded = new Set(
          tables.includes('migration')
            ? (
                await rowsOf<{ name: string }>(db.writer, "SELECT name FROM migration WHERE owner = 'plugin:bulky'")
              ).map(row => row.name)
            : []
        )
        for (const name of ['001', '002', '003', '004']) {
          const made = tables.filter(table => table.startsWith(`bulky_${name}_`)).length
          assert.equal(made, recorded.has(name) ? bulkyTables : 0, `cycle ${cycle}, migration ${name}`)
        }
        if (recorded.size > 0 && recorded.size < 4) partly++
        await migrate(db, [bulkyPlugin])
        assert.equal((await tablesOf(db)).filter(table => table.startsWith('bulky_')).length, 4 * bulkyTables)
      }
      console.log(`# killed between the first and the last migration in ${partly} of ${cycles} cycles`)
    })
  })
})

/** Back to an empty database. */
const wipeOut = async (db: TestDatabase): Promise<void> => {
  if (db.dialect === 'postgresql') {
    await db.writer.raw('DROP SCHEMA public CASCADE')
    await db.writer.raw('CREATE SCHEMA public')
    return
  }
  await db.writer.raw('PRAGMA foreign_keys = OFF')
  for (const table of await tablesOf(db))
    if (!table.startsWith('sqlite_')) await db.writer.raw('DROP TABLE ??', [table])
  await db.writer.raw('PRAGMA foreign_keys = ON')
}
