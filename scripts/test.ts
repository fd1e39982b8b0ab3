import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import { plugins } from '../plugins/index.ts'
import { buildEntries } from '../test/support/entries.ts'
import { startPostgres } from '../test/support/postgres-cluster.ts'
import { doneMarkOf, markOf, type TestRun } from '../test/support/test-process.ts'
import { buildPages } from '../web/build.ts'

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

// To import the server takes longer than many a file's tests, so files share processes: a few at a time take one file
// after another until none is left. A new one every so often bounds what a process carries along, and takes over when
// one dies. There are more than their shares of files need, so that nobody is left alone with the last share: who finds
// no file ends at once. A few files have a process each, as with `node --test`.
const atATime = 4
const shares = 8

/** Writes an entry for each process; all do the same. */
const writeEntries = (folder: string, run: TestRun): readonly string[] => {
  const { href } = new URL('../test/support/test-process.ts', import.meta.url)
  const most = Math.ceil(run.files.length / shares)
  const processes = Math.min(run.files.length, Math.ceil(run.files.length / most) + atATime - 1)
  return Array.from({ length: processes }, (_, index) => {
    const entry = join(folder, `process-${index + 1}.mjs`)
    writeFileSync(
      entry,
      `import { runFiles } from ${JSON.stringify(href)}\nawait runFiles(${JSON.stringify(run)}, ${most})\n`
    )
    return entry
  })
}

/** Names the files that did not come to their end, which no test would tell. */
const complaints = (run: TestRun): readonly string[] =>
  run.files
    .filter(file => !existsSync(doneMarkOf(run, file)))
    .map(file => `${file}: ${existsSync(markOf(run, file)) ? 'its process ended in the middle of it' : 'was not run'}`)

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
  const folder = mkdtempSync(join(tmpdir(), 'portcullis-tests-'))
  const marks = join(folder, 'marks')
  mkdirSync(marks)
  // The longest first, as far as a file's size tells: what comes last should be short.
  const size = (file: string) => statSync(join(root, file)).size
  const run: TestRun = { root, marks, files: files.sort((a, b) => size(b) - size(a)) }
  // The runner's own tests run it inside a run.
  const given = process.env.PORTCULLIS_TEST_POSTGRES
  // Pages are built once, so that test files which look at them find them; a run inside a run finds them too.
  const [postgres, entries] =
    given === undefined
      ? await Promise.all([startPostgres(), buildEntries(), buildPages(plugins)])
      : [{ url: given }, process.env.PORTCULLIS_TEST_ENTRIES]
  console.log(`${files.length} test files, on SQLite and on PostgreSQL at ${new URL(postgres.url).host}`)
  const child = spawn(
    process.execPath,
    [
      // Tests make much that is short-lived: with more room for it, it is collected less often.
      '--max-semi-space-size=64',
      '--import',
      'tsx',
      '--test',
      `--test-concurrency=${atATime}`,
      '--test-reporter=spec',
      ...writeEntries(folder, run)
    ],
    {
      cwd: root,
      stdio: 'inherit',
      env: { ...process.env, PORTCULLIS_TEST_POSTGRES: postgres.url, PORTCULLIS_TEST_ENTRIES: entries }
    }
  )
  let stopped = false
  const stopOn = (signal: NodeJS.Signals) =>
    process.once(signal, () => {
      stopped = true
      child.kill(signal)
    })
  stopOn('SIGINT')
  stopOn('SIGTERM')
  const code = await new Promise<number>((resolve, reject) => {
    child.once('error', reject)
    child.once('exit', (exitCode, signal) => resolve(exitCode ?? (signal ? 130 : 1)))
  })
  // PostgreSQL stops when this process ends, and clears its folder: hundreds of databases, for which nobody need wait.
  const unfinished = stopped ? [] : complaints(run)
  for (const complaint of unfinished) console.error(complaint)
  rmSync(folder, { recursive: true, force: true })
  return code || Math.min(unfinished.length, 1)
}

process.exit(await main(process.argv.slice(2)))
