import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { after, before, test } from 'node:test'
import { Catalogue } from '../core/catalogue.ts'
import { createAccessStores } from '../db/access-stores.ts'
import { openDatabase } from '../db/connect.ts'
import { migrate } from '../db/migrate.ts'
import { portalCommandLine } from '../http/portal-command-line.ts'
import { plugins } from '../plugins/index.ts'
import { testActor } from './support/portal.ts'

// `npm run import` as an operator runs it: a process of its own, and the exit code it ends with.

const root = resolve(import.meta.dirname, '..')
const fixture = (name: string): string => join(root, 'test/fixtures/cdr', name)
let folder: string
let url: string

interface Ended {
  readonly code: number | string
  readonly output: string
}

const npmRunImport = (
  args: readonly string[],
  environment: Readonly<Record<string, string>> = { PORTAL_DATABASE_URL: url }
): Promise<Ended> =>
  new Promise(done => {
    const clean = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('PORTAL_')))
    const options = { cwd: root, env: { ...clean, ...environment } }
    execFile('npm', ['run', '--silent', 'import', '--', ...args], options, (error, stdout, stderr) =>
      done({ code: error?.code ?? 0, output: stdout + stderr })
    )
  })

const importHere: typeof npmRunImport = async (args, environment = { PORTAL_DATABASE_URL: url }) => {
  const lines: string[] = []
  const tell = (line: string): void => void lines.push(line)
  const code = await portalCommandLine(['import', ...args], environment, { log: tell, error: tell })
  return { code, output: lines.join('\n') }
}

const callsLoaded = async (): Promise<number> => {
  const database = await openDatabase({ url })
  try {
    return (await database.reader('cdr_call').count({ n: '*' }))[0]!.n as number
  } finally {
    await database.close()
  }
}

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'portcullis-import-'))
  url = join(folder, 'portal.sqlite')
  const database = await openDatabase({ url })
  await migrate(database, plugins)
  const stores = createAccessStores(database, Catalogue.of(plugins))
  for (const code of ['alpha', 'beta']) {
    await stores.companies.create(
      { name: code, userType: 'CUSTOMER', currency: 'EUR', domainId: null, status: 'ACTIVE', accountCodes: [code] },
      testActor
    )
  }
  await database.close()
})
after(() => rm(folder, { recursive: true, force: true }))

const callJson = ['--format', 'call-json', '--map', 'accountcode']

test('exit code 0: every record is loaded, and the second time known', async () => {
  const first = await npmRunImport(['cdr', fixture('calls.ndjson'), ...callJson])
  assert.equal(first.code, 0, first.output)
  assert.match(first.output, /2 records: 2 loaded, 0 known already, 0 rejected/)
  const again = await npmRunImport(['cdr', fixture('calls.ndjson'), ...callJson, '--again'])
  assert.equal(again.code, 0, again.output)
  assert.match(again.output, /0 loaded, 2 known already/)
  assert.equal(await callsLoaded(), 2)
})

test('exit code 1: some records are rejected, with file, line and reason', async () => {
  const file = join(folder, 'partly.ndjson')
  const [one] = (await readFile(fixture('calls.ndjson'), 'utf8')).split('\n')
  await writeFile(file, `${one!.replace('"n-1"', '"n-9"')}\n{"price":1}\n`)
  const { code, output } = await npmRunImport(['cdr', file, ...callJson])
  assert.equal(code, 1, output)
  assert.match(output, /partly\.ndjson, line 2: price: is not a known field/)
  assert.equal(await callsLoaded(), 3)
})

test('exit code 2: nothing could be done, and one readable line says why', async () => {
  const before = await callsLoaded()
  const hopeless = join(folder, 'hopeless.ndjson')
  await writeFile(hopeless, '{"price":1}\n')
  const cases: readonly (readonly [readonly string[], RegExp, Readonly<Record<string, string>>?])[] = [
    [['cdr', hopeless, ...callJson], /1 record: 0 loaded/],
    [['cdr', join(folder, 'nowhere.csv'), ...callJson], /nowhere\.csv/],
    [['cdr', fixture('asterisk-cdr-csv-18.csv'), '--format', 'asterisk-csv', '--map', 'accountcode'], /--zone/],
    [['calls', fixture('calls.ndjson')], /no importer "calls"[\s\S]*cdr/],
    [[], /Usage/],
    [['cdr', fixture('calls.ndjson'), ...callJson], /PORTAL_NOTHING is not a setting/, { PORTAL_NOTHING: '1' }],
    [
      ['cdr', fixture('calls.ndjson'), ...callJson],
      /database does not answer .*PORTAL_DATABASE_URL/,
      { PORTAL_DATABASE_URL: 'postgres://nobody:secret@127.0.0.1:1/none' }
    ],
    [
      ['cdr', fixture('calls.ndjson'), ...callJson],
      /database does not answer .*PORTAL_DATABASE_URL/,
      { PORTAL_DATABASE_URL: join(folder, 'no/such/folder.sqlite') }
    ]
  ]
  for (const [args, expected, environment] of cases) {
    // Those of another environment in a process of their own, which must come to its end; the others here, which is quicker.
    const { code, output } = await (environment === undefined ? importHere : npmRunImport)(args, environment)
    assert.equal(code, 2, `${args.join(' ')}: ${output}`)
    assert.match(output, expected)
    assert.doesNotMatch(output, /secret|^ +at /m)
  }
  assert.equal(await callsLoaded(), before)
})

test('--help tells the importers, and each its options', async () => {
  const { code, output } = await npmRunImport(['--help'])
  assert.equal(code, 0, output)
  assert.match(output, /cdr {2}call records/)
  const own = await importHere(['cdr', '--help'])
  assert.equal(own.code, 0, own.output)
  assert.match(own.output, /--map accountcode/)
})
