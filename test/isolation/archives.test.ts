import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openers } from '../support/databases.ts'
import { archivedMonth, openIsolationWorld } from './isolation-world.ts'

test('an archived month shows each visitor its own calls in its own columns, and nobody else anything', async t => {
  const world = await openIsolationWorld(t, openers.sqlite)
  const fetch = (host: string, session?: string) =>
    world.portal.request(host, `/cdr/archives/${archivedMonth}`, session === undefined ? {} : { session })
  for (const visitor of world.visitors) {
    // A session that turned up on another brand's host is gone: this one is a new one of a1's.
    const { contact, brand } = world.party('a1')
    const session = visitor.session === 'A1' ? await world.portal.session(contact, brand) : visitor.session
    const answer = await fetch(visitor.host, session)
    if (visitor.party === null) {
      assert.equal(answer.status, 401, `${visitor.name}: ${answer.text}`)
      continue
    }
    assert.equal(answer.status, 200, `${visitor.name}: ${answer.text}`)
    // A colleague's company is the same.
    assert.match(answer.text, new RegExp(`zq-${visitor.party.tag === 'a1b' ? 'a1' : visitor.party.tag}-archived`))
    assert.equal(
      world.foreignTo(visitor)(`${JSON.stringify(answer.headers)}\n${answer.text}`, ''),
      undefined,
      visitor.name
    )
  }
  const a1 = world.visitors[0]!
  await world.showColumns(world.portal.world.acme, ['CDR.charge', 'CDR.cli'], ['CDR'], ['CUSTOMER'])
  const header = (await fetch(a1.host, a1.session)).text.split('\r\n')[0]!.split(',')
  assert.ok(header.includes('Call-ID') && !header.includes('Charge') && !header.includes('Caller'), header.join())
})
