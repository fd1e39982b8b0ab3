import assert from 'node:assert/strict'
import { test } from 'node:test'
import { plugins } from '../../plugins/index.ts'
import { forEachDatabase } from '../support/databases.ts'
import { startPortal, type TestPortal } from '../support/portal.ts'
import { ask, exported, onboard } from './onboard.ts'
import { code, company, contact, did, file, override } from './onboarding-lines.ts'

interface Seen {
  readonly id: string
  readonly name: string
  readonly version: number
  readonly accountCodes: readonly string[]
  readonly overrides: readonly { readonly key: string; readonly override: string }[]
}
const companies = async (portal: TestPortal): Promise<Seen[]> =>
  (await ask(portal, '{ companies(first: 500) { nodes { id name version accountCodes overrides { key override } } } }'))
    .companies.nodes
const audited = async (portal: TestPortal, action: string) =>
  (await ask(portal, '{ auditLog(first: 500) { nodes { id action target before after } } }')).auditLog.nodes.filter(
    (entry: { action: string }) => entry.action === action
  )

forEachDatabase('onboarding', open => {
  const start = (t: Parameters<typeof startPortal>[0]) =>
    startPortal(t, { open: () => open({ plugins }), plugins, jobs: true })

  test('takes companies in: a dry run says it, the run does it, the file again changes nothing', async t => {
    const portal = await start(t)
    const text = file(
      company('new-1', 'Alder Bakery'),
      code('new-1', 'ALD-1'),
      contact('new-1', 'Ada', 'ada@alder.example'),
      override('new-1', 'cdr', 'HIDE', 'Contract ended,,2030-01-01T00:00:00Z'),
      did('new-1', '+44 20 7946 0001'),
      company('new-2', 'Birch', '')
    )
    const dry = await onboard(portal, text, true)
    assert.deepEqual(
      dry.lines.map(line => line.outcome),
      ['CREATE', 'CREATE', 'CREATE', 'CREATE', 'CREATE', 'CREATE'],
      JSON.stringify(dry)
    )
    assert.deepEqual(await companies(portal), [])
    assert.deepEqual(await audited(portal, 'onboardCompany'), [])

    const real = await onboard(portal, text)
    assert.deepEqual(real.lines, dry.lines)
    assert.equal(real.run.created, 6)
    const [alder, birch] = await companies(portal)
    assert.deepEqual([alder?.name, alder?.accountCodes, birch?.name], ['Alder Bakery', ['ALD-1'], 'Birch'])
    assert.deepEqual(
      alder?.overrides.map(({ key, override }) => [key, override]),
      [['cdr', 'HIDE']]
    )
    const entries = await audited(portal, 'onboardCompany')
    assert.equal(entries.length, 2)
    assert.equal((await audited(portal, 'onboardNumber')).length, 1)

    const again = await onboard(portal, text)
    assert.equal(again.run.sameFileAs, real.run.id)
    assert.deepEqual(
      again.lines.map(line => line.outcome),
      Array(6).fill('UNCHANGED')
    )
    assert.deepEqual((await audited(portal, 'onboardCompany')).length, 2)
    assert.equal((await companies(portal))[0]?.version, alder?.version)

    const out = await exported(portal)
    const round = await onboard(portal, out)
    assert.deepEqual(
      round.lines.filter(line => line.outcome !== 'UNCHANGED'),
      []
    )
    assert.equal((await audited(portal, 'onboardCompany')).length, 2)
    assert.equal(await exported(portal), out)
  })
})
