import assert from 'node:assert/strict'
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { it } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'

const runner = fileURLToPath(new URL('./test.ts', import.meta.url))
const clusterScript = fileURLToPath(new URL('../test/support/cluster-child.ts', import.meta.url))

const alive = (pid: number): boolean => {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

it('fails when no test file matches', () => {
  const run = spawnSync(process.execPath, ['--import', 'tsx', runner, 'no-such-part-of-a-path'], { encoding: 'utf8' })
  assert.equal(run.status, 1)
  assert.match(run.stderr, /No test file matches/)
})

const onDemand = 'test/fixtures/fails-on-demand.test.ts'
for (const [what, how, found] of [
  ['has a test that fails', 'fail', new RegExp(`fail 1\\b[^]*at ${onDemand}`)],
  ['cannot be imported', 'import', new RegExp(`fail 1\\b[^]*${onDemand} is imported`)],
  ['ends its process, whatever the exit code', 'exit', new RegExp(`${onDemand}: its process ended in the middle of it`)]
] as const)
  it(`fails and names a file that ${what}`, () => {
    const run = spawnSync(process.execPath, ['--import', 'tsx', runner, onDemand], {
      encoding: 'utf8',
      // Set, it would make the inner run report to the outer one.
      env: { ...process.env, NODE_TEST_CONTEXT: undefined, PORTCULLIS_FAIL_ON_DEMAND: how }
    })
    assert.equal(run.status, 1)
    assert.match(run.stdout + run.stderr, found)
  })

for (const end of ['SIGKILL', 'throw', 'exit'] as const)
  it(`leaves no PostgreSQL behind when its process ends by ${end}`, async () => {
    const child = spawn(process.execPath, ['--import', 'tsx', clusterScript, end], {
      stdio: ['ignore', 'pipe', 'ignore']
    })
    const ended = once(child, 'exit')
    const [line] = (await once(child.stdout, 'data')) as [Buffer]
    const { pid, directory } = JSON.parse(line.toString()) as { pid: number; directory: string }
    assert.ok(existsSync(directory))
    if (end.startsWith('SIG')) child.kill(end as NodeJS.Signals)
    await ended
    while (alive(pid) || existsSync(directory)) await sleep(50)
  })
