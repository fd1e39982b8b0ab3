import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { after, before, test } from 'node:test'
import { ConfigurationError } from '../core/errors.ts'
import { openDatabase } from '../db/connect.ts'
import { migrate } from '../db/migrate.ts'
import { rowsOf } from '../db/sql.ts'
import { portalCommands, runPortalCommand } from '../http/portal-command.ts'
import { readSettings } from '../http/settings.ts'
import { plugins } from '../plugins/index.ts'

// `npm run portal -- COMMAND …`, run inside this process except where the process is the point.

let folder: string
let url: string
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'portcullis-command-'))
  url = join(folder, 'portal.sqlite')
  const database = await openDatabase({ url })
  await migrate(database, plugins)
  await database.close()
})
after(() => rm(folder, { recursive: true, force: true }))

const run = async (...words: readonly string[]): Promise<{ readonly code: number; readonly output: string }> => {
  const lines: string[] = []
  const settings = readSettings({ PORTAL_DATABASE_URL: url })
  const code = await runPortalCommand(
    words,
    async () => ({ settings, plugins }),
    line => lines.push(line)
  )
  return { code, output: lines.join('\n') }
}

test('without a command, and by --help, every command is listed', async () => {
  const bare = await run()
  assert.equal(bare.code, 2)
  const asked = await run('--help')
  assert.equal(asked.code, 0)
  for (const { name, summary } of portalCommands)
    assert.ok(asked.output.includes(`${name}  `) && asked.output.includes(summary), name)
})

test('each command tells how it is called, without a database', async () => {
  for (const { name } of portalCommands.filter(command => command.name !== 'import')) {
    const lines: string[] = []
    const code = await runPortalCommand(
      [name, '--help'],
      () => assert.fail('settings were read'),
      line => lines.push(line)
    )
    assert.equal(code, 0)
    assert.match(lines.join('\n'), new RegExp(`^Usage: npm run portal -- ${name}\\b`))
  }
  const imports = await run('import', '--help')
  assert.equal(imports.code, 0)
  assert.match(imports.output, /Importers:/)
})

test('an unknown command is named, with the nearest one', async () => {
  const { code, output } = await run('bakup', 'x')
  assert.equal(code, 2)
  assert.match(output, /There is no command "bakup"\. Did you mean backup\?/)
})

test('an unknown option is a mistake, told in one line', async () => {
  await assert.rejects(
    run('backup', 'x', '--compress'),
    (error: unknown) => error instanceof ConfigurationError && /--compress.*portal -- backup --help/.test(error.message)
  )
  for (const command of ['backup', 'verify', 'restore']) {
    const none = await run(command)
    assert.equal(none.code, 2)
    assert.match(none.output, /^Usage/)
  }
})

test('backup, verify, restore', async () => {
  const file = join(folder, 'one.backup')
  const made = await run('backup', file)
  assert.equal(made.code, 0, made.output)
  assert.match(made.output, /one\.backup: \d+ bytes in [\d.]+ s, sha256 [0-9a-f]{64}/)
  const database = await openDatabase({ url })
  assert.equal((await rowsOf(database.reader, 'SELECT id FROM backup_done')).length, 1)
  await database.close()

  const verified = await run('verify', file)
  assert.equal(verified.code, 0, verified.output)
  assert.match(verified.output, /whole; made by version [\d.]+ on sqlite, as of 20/)

  const target = join(folder, 'two.sqlite')
  const restored = await run('restore', file, '--into', target)
  assert.equal(restored.code, 0, restored.output)
  assert.match(restored.output, /rows as of 20.*\nEverybody has to sign in again/s)
  await assert.rejects(run('restore', file, '--into', 'mysql://h/d'), /--into must be postgres/)
  // Where nothing is said, into the configured database: which is not empty.
  await assert.rejects(run('restore', file), /not empty.*--replace/)
  const again = await run('restore', file, '--into', target, '--replace')
  assert.match(again.output, /The database before is kept as .*two\.sqlite\.before-restore-/)
})

test('jobs: what failed is listed with its error, run again, forgotten', async () => {
  assert.deepEqual(await run('jobs'), { code: 0, output: 'No job has failed.' })
  const database = await openDatabase({ url })
  const row = { payload: '"x-17"', run_at: 8_000_000_000_000, attempts: 5, last_error: 'no room\n at all' }
  await database.writer('job').insert([
    { ...row, id: 'gone', name: 'cdr/undo', failed_at: 1_700_000_000_000 },
    { ...row, id: 'soon', name: 'export', failed_at: null }
  ])
  const listed = await run('jobs')
  assert.equal(listed.code, 1)
  assert.match(
    listed.output,
    /^gone {2}cdr\/undo {2}given up at 2023-\S+ {2}attempts 5 {2}"x-17" {2}no room at all\nsoon {2}export {2}failed, runs again at 2223-/
  )
  await assert.rejects(run('jobs', 'forget', 'soon'), /No job was given up under the id soon/)
  await assert.rejects(run('jobs', 'retry', 'nobody'), /No job that does not run has the id nobody/)
  assert.equal((await run('jobs', 'retry', 'soon')).output, 'export is due now.')
  assert.equal((await run('jobs', 'forget', 'gone')).output, 'cdr/undo is forgotten.')
  assert.equal((await run('jobs', 'forget')).code, 2)
  assert.equal((await run('jobs', 'burn', 'soon')).code, 2)
  assert.equal((await run('jobs')).code, 0)
  await database.writer('job').delete()
  await database.close()
})

test('what is no backup, no database or no portal is refused by name', async () => {
  const text = join(folder, 'text')
  await writeFile(text, 'x'.repeat(1_000))
  await assert.rejects(run('verify', text), /no backup, or its end is missing/)
  await assert.rejects(run('verify', join(folder, 'none')), /there is no such file/)
  await assert.rejects(run('restore', text, '--into', text), /no backup/)
  await assert.rejects(run('restore', join(folder, 'one.backup'), '--into', text, '--replace'), /damaged.*Move it away/)
  const nowhere = join(folder, 'nowhere.sqlite')
  const settings = readSettings({ PORTAL_DATABASE_URL: nowhere })
  await assert.rejects(
    runPortalCommand(
      ['backup', join(folder, 'x')],
      async () => ({ settings, plugins }),
      () => {}
    ),
    /There is no database .*nowhere\.sqlite/
  )
  assert.ok(!existsSync(nowhere))
  await writeFile(nowhere, '')
  await assert.rejects(
    runPortalCommand(
      ['backup', join(folder, 'x')],
      async () => ({ settings, plugins }),
      () => {}
    ),
    /There is no portal in this database/
  )
  assert.ok(!existsSync(join(folder, 'x')))
})

test('as a process: one line and the exit code, never a password', async () => {
  const clean = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('PORTAL_')))
  const root = resolve(import.meta.dirname, '..')
  const { code, output } = await new Promise<{ code: unknown; output: string }>(done =>
    execFile(
      'npm',
      [
        'run',
        '--silent',
        'portal',
        '--',
        'restore',
        join(folder, 'one.backup'),
        '--into',
        'postgres://me:hush@127.0.0.1:1/none'
      ],
      { cwd: root, env: clean },
      (error, stdout, stderr) => done({ code: error?.code ?? 0, output: stdout + stderr })
    )
  )
  assert.equal(code, 2, output)
  assert.match(output, /The database does not answer/)
  assert.doesNotMatch(output, /hush|^ +at /m)
})
