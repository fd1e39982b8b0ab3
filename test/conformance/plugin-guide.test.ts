import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { after, it } from 'node:test'

// The steps of docs/plugin-guide.md, carried out in a copy of the tree.

const repository = resolve(import.meta.dirname, '../..')
const copy = mkdtempSync(join(tmpdir(), 'portcullis-guide-'))
after(() => rmSync(copy, { recursive: true, force: true }))
for (const part of [
  'core',
  'db',
  'graphql',
  'http',
  'plugins',
  'scripts',
  'test',
  'web',
  'package.json',
  'tsconfig.json'
])
  cpSync(join(repository, part), join(copy, part), {
    recursive: true,
    filter: path => !/\/built(-\d+)?(\/|$)/.test(path)
  })
symlinkSync(join(repository, 'node_modules'), join(copy, 'node_modules'))

function run(...parts: string[]): { status: number | null; output: string } {
  // A test inside a test must not report to the outer runner.
  const { NODE_TEST_CONTEXT: _, ...env } = process.env
  const { status, stdout, stderr } = spawnSync(process.execPath, parts, { cwd: copy, env, encoding: 'utf8' })
  return { status, output: stdout + stderr }
}
const make = (name: string) => run('--import', 'tsx', join(copy, 'scripts/plugin-new.ts'), name)

it('makes a plugin that compiles, passes its test and is listed', () => {
  const made = make('phone-book')
  assert.equal(made.status, 0, made.output)
  assert.match(readFileSync(join(copy, 'plugins/index.ts'), 'utf8'), /phoneBook\n\]/)
  assert.match(readFileSync(join(copy, 'plugins/phone-book/README.md'), 'utf8'), /\| `phone-book\.edit` \|/)

  // Every title in every language.
  const definition = readFileSync(join(copy, 'plugins/phone-book/plugin.ts'), 'utf8')
  assert.equal(definition.match(/\btitles: \{ ar: /g)?.length, definition.match(/\bkey: '/g)?.length)
  assert.match(definition, /\bgroups: \{ ar: /)

  // Pages and server in one go: what the pages' settings allow beyond the server's, the plugin has no use for.
  const own = {
    extends: './web/tsconfig.json',
    compilerOptions: { tsBuildInfoFile: './own.tsbuildinfo' },
    include: ['plugins/phone-book', 'plugins/index.ts', 'node_modules/vite/client.d.ts']
  }
  writeFileSync(join(copy, 'tsconfig.own.json'), JSON.stringify(own))
  const types = run('node_modules/typescript/bin/tsc', '--noEmit', '-p', 'tsconfig.own.json')
  assert.equal(types.status, 0, types.output)

  const tests = run('--import', 'tsx', '--test', 'plugins/phone-book/phone-book.test.ts')
  assert.equal(tests.status, 0, tests.output)
  assert.match(tests.output, /# pass [1-9]/)

  const style = run(
    join(repository, 'node_modules/@biomejs/biome/bin/biome'),
    'lint',
    '--config-path',
    repository,
    '--vcs-enabled=false',
    'plugins/phone-book'
  )
  assert.equal(style.status, 0, style.output)
})

it('refuses names that are bad or taken, and writes nothing', () => {
  for (const name of ['did', 'core', 'PhoneBook', 'phone_book', '-x', '../x', 'delete', 'x/y', '']) {
    const before = readFileSync(join(copy, 'plugins/index.ts'), 'utf8')
    const made = make(name)
    assert.equal(made.status, 1, `${name}: ${made.output}`)
    assert.equal(readFileSync(join(copy, 'plugins/index.ts'), 'utf8'), before)
  }
  assert.ok(!existsSync(join(copy, 'plugins/PhoneBook')))
})

it('names every step’s command in the guide', () => {
  const guide = readFileSync(join(repository, 'docs/plugin-guide.md'), 'utf8')
  for (const command of [
    'npm run plugin:new phone-book',
    'node --import tsx --test plugins/phone-book/phone-book.test.ts',
    'npx tsc --noEmit -p .',
    'npx tsc --noEmit -p web',
    'npm run build',
    'npm run generate'
  ]) {
    assert.ok(guide.includes(command), command)
  }
})
