import assert from 'node:assert/strict'
import { test } from 'node:test'
import { BreakingChangeType, buildClientSchema, findBreakingChanges, getIntrospectionQuery } from 'graphql'
import { serverAudits } from 'graphql-http'
import { mergeOperatorSchema, operatorSchemaOf } from '../../graphql/operator-schema.ts'
import { worldPlugins } from './plugins.ts'
import { forEachWorld } from './world.ts'

forEachWorld('the operators endpoint', open => {
  test('passes all audits of graphql-http, compiled queries too', async t => {
    const world = await open()
    const audits = serverAudits({ url: await world.listen(t), fetchFn: fetch })
    assert.equal(audits.length, 61)
    for (let round = 0; round < 2; round++) {
      for (const audit of audits) {
        const result = await audit.fn()
        assert.equal(result.status, 'ok', `${audit.id} ${audit.name}: ${'reason' in result ? result.reason : ''}`)
      }
    }
  })

  test('shows the whole schema to every reader', async () => {
    const world = await open()
    const whole = operatorSchemaOf(mergeOperatorSchema(worldPlugins, ['CDR']))
    for (const role of ['ADMIN', 'SUPPORT', 'AUDITOR'] as const) {
      const introspected = buildClientSchema(await world.data(getIntrospectionQuery(), { role }))
      const missing = findBreakingChanges(whole, introspected)
      // Which directives guard the schema is nobody's business but ours.
      assert.deepEqual(
        missing.filter(change => change.type !== BreakingChangeType.DIRECTIVE_REMOVED),
        []
      )
    }
  })

  test('refuses with UNAVAILABLE when the database cannot say how new the access data is', async () => {
    const world = await open()
    await world.brand('one.example.net')
    const { source } = world.services.stores
    source.clock = async () => {
      throw new Error('connection lost')
    }
    const { status, data, errors } = await world.ask('{ featureRegistry { key } }')
    assert.equal(status, 503)
    assert.equal(data ?? null, null)
    assert.deepEqual(
      errors.map(({ message, extensions }) => [extensions.code, message.includes('connection')]),
      [['UNAVAILABLE', false]]
    )
  })
})
