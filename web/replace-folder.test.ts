import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'

const child = `
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { replaceFolder } from ${JSON.stringify(new URL('replace-folder.ts', import.meta.url).href)}
const [folder, name] = process.argv.slice(1)
for (let round = 0; round < 200; round++) {
  const next = folder + '-' + name
  mkdirSync(join(next, 'site'), { recursive: true })
  for (const file of ['a', 'b', 'site/c']) writeFileSync(join(next, file), name)
  replaceFolder(folder, next)
}
`

test('builds that end at the same time do not get in the way of each other, and one of them stays, whole', async t => {
  const home = mkdtempSync(join(tmpdir(), 'portcullis-replace-'))
  t.after(() => rmSync(home, { recursive: true, force: true }))
  const folder = join(home, 'built')
  const codes = ['one', 'other', 'third'].map(async name => {
    const args = ['--import', 'tsx', '--input-type=module', '-e', child, folder, name]
    const running = spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'inherit'] })
    return (await once(running, 'exit'))[0]
  })
  assert.deepEqual(await Promise.all(codes), [0, 0, 0])
  assert.deepEqual(readdirSync(home), ['built'])
  const texts = ['a', 'b', 'site/c'].map(file => readFileSync(join(folder, file), 'utf8'))
  assert.equal(new Set(texts).size, 1, texts.join())
})
