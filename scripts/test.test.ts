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

it('fails when a test fails', () => {
  const run = spawnSync(process.execPath, ['--import', 'tsx', runner, 'test/fixtures/fails-on-demand'], {
    encoding: 'utf8',
    // Set, they would make the inner run report to the outer one.
    env: { ...process.env, NODE_TEST_CONTEXT: undefined, PORTCULLIS_FAIL_ON_DEMAND: '1' }
  })
  assert.equal(run.status, 1)
  assert.match(run.stdout, /fail 1\b/)
})

for (const end of ['SIGKILL', 'SIGTERM', 'throw', 'exit'] as const)
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
