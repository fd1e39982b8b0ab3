import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Gate } from '../../http/gate.ts'
import { type Answer, consoleHost, startPortal } from '../support/portal.ts'
import { toyPlugin } from './toy-plugin.ts'

const code = (answer: Answer): string | undefined => answer.json?.errors?.[0]?.extensions?.code

test('a contact that asks for too much is told when to come back; others are not', async t => {
  const portal = await startPortal(t, { plugins: [toyPlugin], settings: { rateLimit: 1 } })
  const ada = await portal.signedIn('Ada')
  const ben = await portal.signedIn('Ben')
  const ask = (session: string): Promise<Answer> => portal.query('acme.localhost', '{ me { email } }', { session })
  for (let turn = 0; turn < 10; turn += 1) assert.equal((await ask(ada.session)).status, 200)
  const refused = await ask(ada.session)
  assert.equal(refused.status, 429)
  assert.equal(code(refused), 'RATE_LIMITED')
  const { retryAfter } = refused.json.errors[0].extensions
  assert.ok(retryAfter >= 1 && retryAfter <= 10)
  assert.equal(refused.headers['retry-after'], String(retryAfter))
  assert.equal((await ask(ben.session)).status, 200)
})

test('a limit counts fields, not requests', async t => {
  const portal = await startPortal(t, { plugins: [toyPlugin], settings: { rateLimit: 1 } })
  const { session } = await portal.signedIn('Ada')
  const six = `{ ${Array.from({ length: 6 }, (_, index) => `a${index}: me { email }`).join(' ')} }`
  const fragment =
    'query { ...f } fragment f on Query { a: me { email } b: me { email } c: toys { id } d: toys { id } e: toys { id } }'
  assert.equal((await portal.query('acme.localhost', six, { session })).status, 200)
  assert.equal(
    (await portal.query('acme.localhost', fragment, { session })).status,
    429,
    'six and five are more than ten'
  )
})

test('contacts of one company share its limit', async t => {
  const portal = await startPortal(t, { plugins: [toyPlugin], settings: { rateLimit: 1 } })
  const company = await portal.company('Alder')
  const sessions: string[] = []
  for (let index = 0; index < 4; index += 1) {
    sessions.push(await portal.session(await portal.contact(company, `c${index}@example.net`)))
  }
  const statuses: number[] = []
  for (const session of sessions) {
    for (let turn = 0; turn < 10; turn += 1) {
      statuses.push((await portal.query('acme.localhost', '{ me { email } }', { session })).status)
    }
  }
  assert.deepEqual(statuses, [...Array(30).fill(200), ...Array(10).fill(429)])
})

test('an address without a session has a limit too, on both kinds of host', async t => {
  const portal = await startPortal(t, { plugins: [toyPlugin], settings: { rateLimit: 1 } })
  for (let turn = 0; turn < 10; turn += 1) {
    assert.equal((await portal.query('acme.localhost', '{ portal { brandName } }')).status, 200)
  }
  assert.equal((await portal.query('acme.localhost', '{ portal { brandName } }')).status, 429)
  assert.equal((await portal.query(consoleHost, '{ __typename }')).status, 429)
})

test('a gate lets a few through at a time, keeps a line, and turns away beyond it', async () => {
  const gate = new Gate(2, 1)
  let running = 0
  let most = 0
  const release: (() => void)[] = []
  const work = () =>
    gate.run(async () => {
      running += 1
      most = Math.max(most, running)
      await new Promise<void>(resolve => release.push(resolve))
      running -= 1
    })
  const first = [work(), work(), work()]
  await assert.rejects(work(), { code: 'UNAVAILABLE' })
  while (release.length > 0 || running > 0) {
    release.shift()?.()
    await new Promise(resolve => setImmediate(resolve))
  }
  await Promise.all(first)
  assert.equal(most, 2)
  assert.ok(gate.idle)
  await assert.rejects(
    gate.run(async () => {
      throw new Error('work that fails')
    })
  )
  assert.ok(gate.idle, 'a failure gives its place back')
})
