import assert from 'node:assert/strict'
import { copyFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { parse } from 'csv-parse/sync'
import { callFile, callFileBytes, inPieces } from '../../../test/support/call-records.ts'
import { type CallWorld, openCallWorld } from '../../../test/support/call-world.ts'
import { openers } from '../../../test/support/databases.ts'
import { callJsonFields } from './call-json.ts'
import { callFormats } from './formats.ts'
import { runImport } from './importer.ts'

const common = ['--format', 'asterisk-csv', '--map', 'accountcode', '--zone', 'Europe/London']
const master = callFile('asterisk-cdr-csv-18.csv')

const run = async (world: CallWorld, args: readonly string[], stdin?: AsyncIterable<Uint8Array>) => {
  const lines: string[] = []
  const code = await runImport(args, world.db, line => lines.push(line), 'console:olga', stdin)
  return { code, lines, text: lines.join('\n') }
}

describe('the command', () => {
  let world: CallWorld
  let folder: string
  before(async () => {
    world = await openCallWorld(openers.sqlite)
    folder = await mkdtemp(join(tmpdir(), 'import-test-'))
  })
  after(() => rm(folder, { recursive: true, force: true }))

  test('a command that makes no sense loads nothing and says why: exit code 2', async () => {
    const wrong: readonly (readonly [readonly string[], RegExp])[] = [
      [[], /FILE: name at least one file/],
      [[master], /--format: is required: asterisk-csv, /],
      [[master, '--format', 'xml'], /--format: xml is not one of/],
      [[master, '--format', 'asterisk-csv', '--zone', 'UTC'], /--map: say whose the calls are/],
      [[master, ...common.slice(0, 2), '--zone', 'UTC', '--map', 'phase-of-moon'], /--map: phase-of-moon is not known/],
      [[master, ...common.slice(0, 4)], /--zone: the times of asterisk-csv are local/],
      [[master, ...common.slice(0, 4), '--zone', 'Europe/Atlantis'], /no time zone Europe\/Atlantis/],
      [[master, ...common, '--direction', 'UP'], /--direction: must be one of/],
      [[master, ...common, '--source', 'a b'], /--source/],
      [[master, ...common, '--fast'], /Unknown option '--fast'/],
      [[master, join(folder, 'nowhere.csv'), ...common], /nowhere.csv: cannot be read/],
      [['-', '-', ...common], /standard input can be read once only/]
    ]
    for (const [args, reason] of wrong) {
      const { code, text } = await run(world, args)
      assert.equal(code, 2, args.join(' '))
      assert.match(text, reason)
    }
    assert.equal((await world.calls()).length, 0)
  })

  test('--help names every format and every option', async () => {
    const { code, text } = await run(world, ['--help'])
    assert.equal(code, 0)
    for (const name of callFormats.keys()) assert.ok(text.includes(name), name)
    for (const option of ['map', 'account', 'zone', 'direction', 'source', 'rejects', 'dry-run'])
      assert.ok(text.includes(`--${option}`), option)
  })

  test('some rejected: exit code 1, each with file, line and reason, summed up, and written', async () => {
    const rejects = join(folder, 'rejected.csv')
    const { code, lines, text } = await run(world, [master, ...common, '--rejects', rejects])
    assert.equal(code, 1)
    assert.ok(lines.includes('asterisk-cdr-csv-18.csv, line 1: taken as cdr_csv (18 columns)'))
    assert.ok(lines.includes('asterisk-cdr-csv-18.csv, line 15: no company has the account code gamma'))
    assert.match(text, /16 records: 13 loaded, 0 known already, 3 rejected; 13 without a rate\./)
    assert.match(text, / {2}1 × no company has the account code$/m)
    assert.match(text, / {2}account code gamma: 1 record$/m)
    const rows: string[][] = parse(await readFile(rejects, 'utf8'))
    assert.deepEqual(
      rows.map(row => row.slice(0, 3)),
      [
        ['file', 'line', 'reason'],
        [master, '14', 'billsec: 900 seconds of talk in a call of 35 seconds'],
        [master, '15', 'no company has the account code gamma'],
        [master, '16', 'a quote is not closed']
      ]
    )
    assert.ok(rows[2]![3]!.startsWith('"gamma","02079460005"'))
  })

  test('all known or loaded: exit code 0; nothing fit to load: 2', async () => {
    const file = callFile('asterisk-cdr-csv-21.csv')
    assert.equal((await run(world, [file, ...common])).code, 0)
    const again = await run(world, [file, file, ...common, '--again'])
    assert.equal(again.code, 0)
    assert.match(again.text, /6 records: 0 loaded, 6 known already, 0 rejected/)
    const wrongFormat = await run(world, [file, '--format', 'freeswitch-json', '--map', 'accountcode', '--again'])
    assert.equal(wrongFormat.code, 2)
  })

  test('a file that was delivered before loads nothing under whatever source, and says when; --again loads it', async () => {
    const file = callFile('freeswitch-two-legs.ndjson')
    const args = [file, '--format', 'freeswitch-json', '--map', 'accountcode']
    const first = await run(world, args)
    const id = /batch ([\w-]{16})/.exec(first.text)![1]!
    const again = await run(world, args)
    assert.equal(again.code, 0)
    assert.match(
      again.text,
      new RegExp(`delivered before, as batch ${id} of freeswitch-json on 20\\d\\d-.*Nothing was loaded`)
    )
    assert.match(again.text, /0 records: 0 loaded/)
    assert.match((await run(world, [...args, '--again'])).text, /2 known already/)
    // Another source would make each call a second one.
    assert.match((await run(world, [...args, '--source', 'fs2'])).text, /delivered before/)
    assert.match((await run(world, [...args, '--source', 'fs2', '--again'])).text, /2 loaded/)
    const [entry, ...others] = await world.database.reader('audit_entry').where('target', id)
    assert.deepEqual([entry.action, entry.actor, others], ['importCalls', 'console:olga', []])
    assert.equal(JSON.parse(entry.after).file, 'freeswitch-two-legs.ndjson')
    const entries = async () => (await world.database.reader('audit_entry').select('seq')).length
    const before = await entries()
    assert.match((await run(world, [...args, '--dry-run'])).text, /2 could be loaded/)
    assert.match((await run(world, args)).text, /delivered before/)
    assert.equal(await entries(), before, 'what loads nothing leaves no entry')
  })

  test('--replace puts corrections in the place of known calls, and counts them', async () => {
    const file = callFile('freeswitch-two-legs.ndjson')
    const args = [file, '--format', 'freeswitch-json', '--map', 'accountcode', '--again', '--replace']
    assert.match((await run(world, args)).text, /2 records: 2 loaded \(2 of them in place of known ones\), 0 known/)
  })

  test('a file of which nothing was fit to load does not count as delivered', async () => {
    const file = join(folder, 'nobody.ndjson')
    const text = callFileBytes('calls.ndjson').toString()
    await writeFile(file, text.replaceAll('alpha', 'nobody').replaceAll('beta', 'nobody'))
    const args = [file, '--format', 'call-json', '--map', 'accountcode', '--source', 'late']
    assert.equal((await run(world, args)).code, 2)
    await world.database.writer('company_account_code').insert({ code: 'nobody', company_id: 'company-beta-000' })
    const { code, text: told } = await run(world, args)
    assert.equal(code, 0, told)
    assert.match(told, /2 loaded/)
  })

  test('standard input', async () => {
    const { code, text } = await run(
      world,
      ['-', ...common, '--source', 'pipe'],
      inPieces(callFileBytes('asterisk-cdr-csv-21.csv'), 10)
    )
    assert.equal(code, 0)
    assert.match(text, /standard input, line 1: taken as cdr_csv \(21 columns\)/)
  })

  test('a dry run says so', async () => {
    const count = (await world.calls()).length
    const { text } = await run(world, [master, ...common, '--source', 'other', '--dry-run'])
    assert.match(text, /13 could be loaded \(dry run: nothing was written\)/)
    assert.equal((await world.calls()).length, count)
  })

  test('a rejects file that cannot be written is told', async () => {
    const { code, text } = await run(world, [master, ...common, '--rejects', join(folder, 'no/such/folder.csv')])
    assert.equal(code, 2)
    assert.match(text, /folder.csv could not be written/)
  })

  test('many rejections are not all printed', async () => {
    const file = join(folder, 'many.csv')
    await writeFile(file, 'x\n'.repeat(5000))
    const { code, lines } = await run(world, [file, ...common])
    assert.equal(code, 2)
    assert.ok(lines.length < 120)
    assert.ok(lines.some(line => line.includes('--rejects FILE writes them all')))
  })

  test('a database that fails is told, with what to do', async () => {
    const other = await openCallWorld(openers.sqlite)
    await other.database.close()
    const { code, text } = await run(other, [master, ...common])
    assert.equal(code, 2)
    assert.match(text, /give the same files again/)
  })
})

const page = await readFile(join(import.meta.dirname, '../../../docs/importing-calls.md'), 'utf8')

describe('docs/importing-calls.md', () => {
  const commands = [...page.matchAll(/```sh\n(.*?)\n```/gs)].map(match => match[1]!)

  test('has commands', () => assert.ok(commands.length >= 4))

  for (const command of commands)
    test(command, async () => {
      const world = await openCallWorld(openers.sqlite)
      const folder = await mkdtemp(join(tmpdir(), 'import-docs-'))
      try {
        await copyFile(callFile('asterisk-cdr-csv-18.csv'), join(folder, 'Master.csv'))
        await copyFile(callFile('freeswitch-two-legs.ndjson'), join(folder, 'legs.ndjson'))
        await copyFile(callFile('freeswitch-document-old.json'), join(folder, 'more.json'))
        const [piped, line] = command.startsWith('cat ') ? command.split(' | ') : [null, command]
        const args = line!.replace('npm run import -- cdr ', '').split(' ')
        assert.notEqual(args[0], 'npm')
        const placed = args.flatMap(arg => {
          // What a shell would make of a pattern.
          if (arg.includes('*')) return ['legs.ndjson', 'more.json'].map(name => join(folder, name))
          return /\.(csv|json|ndjson)$/.test(arg) ? join(folder, arg) : arg
        })
        const stdin = piped ? inPieces(await readFile(join(folder, piped.replace('cat ', '')))) : undefined
        const { code, text } = await run(world, placed, stdin)
        const expected = line!.includes('freeswitch-json') ? [0, / 3 loaded/] : [1, / 13 (loaded|could be loaded)/]
        assert.equal(code, expected[0], text)
        assert.match(text, expected[1] as RegExp)
      } finally {
        await rm(folder, { recursive: true, force: true })
      }
    })

  test('names every format and every field of the neutral record', () => {
    for (const name of [...callFormats.keys(), ...callJsonFields]) assert.ok(page.includes(`\`${name}\``), name)
  })

  test('its example record is sound', async () => {
    const world = await openCallWorld(openers.sqlite)
    const example = /```json\n(\{"accountCode".*)\n```/.exec(page)![1]!
    const { code } = await run(
      world,
      ['-', '--format', 'call-json', '--map', 'accountcode'],
      inPieces(Buffer.from(example))
    )
    assert.equal(code, 0)
    assert.equal((await world.calls()).length, 1)
  })
})
