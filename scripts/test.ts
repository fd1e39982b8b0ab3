import { spawn } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { join, relative, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import { startPostgres } from '../test/support/postgres-cluster.ts'

// Node 20 finds no tests in folders when they are TypeScript, and says so with exit code 0: the files are listed here.
const root = fileURLToPath(new URL('..', import.meta.url))
const folders = ['core', 'plugins', 'graphql', 'db', 'http', 'web', 'test', 'scripts']

const testFilesIn = (folder: string): string[] => {
  let entries: string[]
  try {
    entries = readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw error
  }
  return entries
    .filter(name => name.endsWith('.test.ts') && !name.includes('node_modules'))
    .map(name => join(folder, name))
}

/** `npm test` runs every test file; `npm test -- db http/session` only those whose path has one of these parts. */
const main = async (parts: readonly string[]): Promise<number> => {
  const wanted = parts.map(part => relative(root, join(root, part)).split(sep).join('/'))
  const files = folders
    .flatMap(testFilesIn)
    .map(file => file.split(sep).join('/'))
    .filter(file => wanted.length === 0 || wanted.some(part => file.includes(part)))
    .sort()
  if (files.length === 0) {
    console.error(`No test file matches ${parts.join(' ') || folders.join(', ')}.`)
    return 1
  }
  const postgres = await startPostgres()
  console.log(`${files.length} test files, on SQLite and on PostgreSQL at ${new URL(postgres.url).host}`)
  const run = spawn(
    process.execPath,
    ['--import', 'tsx', '--test', '--test-concurrency=2', '--test-reporter=spec', ...files],
    { cwd: root, stdio: 'inherit', env: { ...process.env, PORTCULLIS_TEST_POSTGRES: postgres.url } }
  )
  const stopOn = (signal: NodeJS.Signals) => process.once(signal, () => run.kill(signal))
  stopOn('SIGINT')
  stopOn('SIGTERM')
  const code = await new Promise<number>((resolve, reject) => {
    run.once('error', reject)
    run.once('exit', (exitCode, signal) => resolve(exitCode ?? (signal ? 130 : 1)))
  })
  await postgres.stop()
  return code
}

process.exit(await main(process.argv.slice(2)))
