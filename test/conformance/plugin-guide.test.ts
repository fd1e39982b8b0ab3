import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { after, it } from 'node:test'

// The steps of docs/plugin-guide.md, carried out in a copy of the tree.

const repository = resolve(import.meta.dirname, '../..')
const copy = mkdtempSync(join(tmpdir(), 'portcullis-guide-'))
after(() => rmSync(copy, { recursive: true, force: true }))
cpSync(join(repository, 'plugins'), join(copy, 'plugins'), { recursive: true })
for (const folder of ['core', 'db', 'graphql', 'http', 'test', 'node_modules']) {
  if (existsSync(join(repository, folder))) symlinkSync(join(repository, folder), join(copy, folder))
}
mkdirSync(join(copy, 'scripts'))
cpSync(join(repository, 'package.json'), join(copy, 'package.json'))
writeFileSync(
  join(copy, 'tsconfig.json'),
  JSON.stringify({ extends: join(repository, 'tsconfig.json'), include: ['plugins/phone-book', 'plugins/index.ts'] })
)

function run(...parts: string[]): { status: number | null; output: string } {
  // A test inside a test must not report to the outer runner.
  const { NODE_TEST_CONTEXT: _, ...env } = process.env
  const { status, stdout, stderr } = spawnSync(process.execPath, parts, { cwd: copy, env, encoding: 'utf8' })
  return { status, output: stdout + stderr }
}
const make = (name: string) => run('--import', 'tsx', join(repository, 'scripts/plugin-new.ts'), name, '--into', copy)

it('makes a plugin that compiles, passes its test and is listed', () => {
  const made = make('phone-book')
  assert.equal(made.status, 0, made.output)
  assert.match(readFileSync(join(copy, 'plugins/index.ts'), 'utf8'), /phoneBook\n\]/)
  assert.match(readFileSync(join(copy, 'plugins/phone-book/README.md'), 'utf8'), /\| `phone-book\.edit` \|/)

  const types = run('node_modules/typescript/bin/tsc', '--noEmit', '-p', '.')
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
    'npm run generate'
  ]) {
    assert.ok(guide.includes(command), command)
  }
})
