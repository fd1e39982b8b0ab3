import assert from 'node:assert/strict'
import { test } from 'node:test'
import { forEachWorld } from './world.ts'

forEachWorld('operators switch the platform', open => {
  test('me tells who asks', async () => {
    const world = await open()
    const { me } = await world.data('{ me { actor name role } }', { role: 'AUDITOR', actor: 'key:k1' })
    assert.deepEqual(me, { actor: 'key:k1', name: 'The AUDITOR', role: 'AUDITOR' })
  })

  test('a plugin that is switched off takes its features along, and comes back', async () => {
    const world = await open()
    await world.brand('one.example.net', ['calls', 'page'])
    const company = await world.company('Acme')
    const visible = async (): Promise<readonly string[]> =>
      (
        await world.data(
          'query ($id: ID!) { companiesWithFeature(key: "calls") { totalCount } effectiveAccess(companyId: $id) { features { key effective decidedBy } } }',
          {
            variables: { id: company }
          }
        )
      ).effectiveAccess.features
        .filter((state: { effective: boolean }) => state.effective)
        .map((state: { key: string }) => state.key)
    assert.ok((await visible()).includes('calls'))
    const set =
      'mutation ($on: Boolean!) { setPluginEnabled(name: "calls", enabled: $on) { plugins { name enabled permanent } entitlements { name present } } }'
    const { setPluginEnabled } = await world.data(set, { variables: { on: false } })
    assert.deepEqual(setPluginEnabled, {
      plugins: [
        { name: 'base', enabled: true, permanent: true },
        { name: 'calls', enabled: false, permanent: false }
      ],
      entitlements: [{ name: 'studio', present: false }]
    })
    assert.ok(!(await visible()).includes('calls'))
    await world.data(set, { variables: { on: true } })
    assert.ok((await visible()).includes('calls'))
  })

  test('an entitlement opens what asks for it', async () => {
    const world = await open()
    await world.brand('one.example.net', ['recorder'])
    await world.company('Acme')
    const count = async (): Promise<number> =>
      (await world.data('{ companiesWithFeature(key: "recorder") { totalCount } }')).companiesWithFeature.totalCount
    assert.equal(await count(), 0)
    const { setEntitlement } = await world.data(
      'mutation { setEntitlement(name: "studio", present: true) { entitlements { name present } } }'
    )
    assert.deepEqual(setEntitlement.entitlements, [{ name: 'studio', present: true }])
    assert.equal(await count(), 1)
    const { platform } = await world.data('{ platform { entitlements { present } } }', { role: 'AUDITOR' })
    assert.deepEqual(platform.entitlements, [{ present: true }])
    const { auditLog } = await world.data('{ auditLog(target: "studio") { nodes { action } } }')
    assert.deepEqual(auditLog.nodes, [{ action: 'setEntitlement' }])
  })

  test('unknown names are refused with a near one; a permanent plugin stays', async () => {
    const world = await open()
    const unknown = await world.ask('mutation { setPluginEnabled(name: "call", enabled: false) { plugins { name } } }')
    assert.match(unknown.errors[0]?.extensions.fields.name, /did you mean calls\?/)
    assert.deepEqual(
      await world.codes('mutation { setEntitlement(name: "other", present: true) { plugins { name } } }'),
      ['BAD_USER_INPUT']
    )
    const permanent = await world.ask(
      'mutation { setPluginEnabled(name: "base", enabled: false) { plugins { name } } }'
    )
    assert.deepEqual(
      permanent.errors.map(error => [error.extensions.code, error.extensions.reason]),
      [['PRECONDITION_FAILED', 'PERMANENT_PLUGIN']]
    )
  })

  test('a plugin adds fields, under roles, with its own tables and nothing else', async () => {
    const world = await open()
    const { tapes } = await world.data('{ tapes { name at who } }', { role: 'SUPPORT' })
    assert.equal(tapes[0].name, 'object')
    assert.ok(Number(tapes[0].at) > 0)
    assert.equal(tapes[0].who, 'staff:support')
    assert.deepEqual(await world.codes('{ tapes { name } }', { role: 'AUDITOR' }), ['FORBIDDEN'])
    assert.deepEqual(await world.data('mutation { wipeTapes }'), { wipeTapes: true })
    assert.deepEqual(await world.codes('mutation { wipeTapes }', { role: 'SUPPORT' }), ['FORBIDDEN'])
  })
})
