import assert from 'node:assert/strict'
import { it } from 'node:test'
import type { DemoWorld } from '../../core/plugin-api.ts'
import { cdrDatabase, noon } from '../../test/support/cdr-context.ts'
import { forEachDatabase } from '../../test/support/databases.ts'
import { demo } from './demo.ts'
import { cdr } from './plugin.ts'
import { day } from './range.ts'

const world = (): DemoWorld => {
  let seed = 1
  return {
    random: () => {
      seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0
      return seed / 2 ** 32
    },
    until: noon - (noon % day),
    companies: Array.from({ length: 8 }, (_, i) => ({
      id: `company-${i}`,
      name: `Company ${i}`,
      userType: i < 6 ? ('CUSTOMER' as const) : ('CARRIER' as const),
      currency: i % 2 === 0 ? 'EUR' : 'USD',
      accountCode: null
    }))
  }
}

forEachDatabase('demo calls', open => {
  it('are the same each time, rated, of both sides, within 90 days, and sum up', async () => {
    const load = async () => {
      const db = cdrDatabase(await open({ plugins: [cdr] }))
      await demo(db, world(), 3_000)
      const calls = await db.all<Record<string, unknown>>(
        'select id, company_id, leg, cast(started_at as text) as started_at, cast(charge as text) as charge from {cdr_call} order by id'
      )
      const [sums] = await db.all<Record<string, unknown>>(
        'select cast(sum(attempts) as text) as attempts, cast(sum(charge) as text) as charge, cast(sum(unrated) as text) as unrated from {cdr_hourly}'
      )
      return { calls, sums: sums! }
    }
    const { calls, sums } = await load()
    assert.deepEqual((await load()).calls, calls)
    assert.ok(Math.abs(calls.length - 3_000) < 200, String(calls.length))
    assert.equal(sums.attempts, String(calls.length))
    assert.equal(sums.unrated, '0')
    assert.equal(sums.charge, String(calls.reduce((total, { charge }) => total + BigInt(String(charge)), 0n)))
    for (const { started_at, leg, company_id } of calls) {
      const at = Number(started_at)
      assert.ok(at >= world().until - 90 * day && at < world().until)
      assert.equal(leg, Number(String(company_id).at(-1)) < 6 ? 'CUSTOMER' : 'CARRIER')
    }
    assert.ok(calls.some(({ leg }) => leg === 'CARRIER'))
  })
})
