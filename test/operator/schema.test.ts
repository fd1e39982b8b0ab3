import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { describe, test } from 'node:test'
import {
  buildSchema,
  DangerousChangeType,
  findBreakingChanges,
  findDangerousChanges,
  type GraphQLSchema
} from 'graphql'
import { Catalogue } from '../../core/catalogue.ts'
import { ConfigurationError } from '../../core/errors.ts'
import { operatorRoles } from '../../graphql/operator-roles.ts'
import { mergeOperatorSchema, type OperatorSchemaPlugin, operatorSchemaOf } from '../../graphql/operator-schema.ts'
import { plugins } from '../../plugins/index.ts'

const contract = buildSchema(readFileSync(new URL('../fixtures/operator-api.graphql', import.meta.url), 'utf8'))
const build = (plugins: readonly OperatorSchemaPlugin[] = [], reports: readonly string[] = []): GraphQLSchema =>
  operatorSchemaOf(mergeOperatorSchema(plugins, reports))

describe('the operators schema', () => {
  test('keeps every type, field, argument and value of the contract', () => {
    assert.deepEqual(findBreakingChanges(contract, build()), [])
  })

  test('keeps it with every shipped plugin, whose mutations all state their roles', () => {
    const reports = Catalogue.of(plugins).columnSets.map(set => set.report)
    const shipped = build(plugins, reports)
    assert.deepEqual(findBreakingChanges(contract, shipped), [])
    assert.ok(operatorRoles(shipped).size >= 30)
  })

  test('keeps every default value of the contract', () => {
    const changed = findDangerousChanges(contract, build()).filter(
      change => change.type === DangerousChangeType.ARG_DEFAULT_VALUE_CHANGE
    )
    assert.deepEqual(changed, [])
    for (const [name, type] of Object.entries(contract.getTypeMap())) {
      if (!('getFields' in type)) continue
      const ours = build().getType(name)
      assert.ok(ours !== undefined && 'getFields' in ours)
      for (const field of Object.values(type.getFields())) {
        const same: typeof field | undefined = ours.getFields()[field.name]
        assert.equal(String(same?.type), String(field.type), `${name}.${field.name}`)
        if ('defaultValue' in field) {
          assert.deepEqual(
            (same as typeof field | undefined)?.defaultValue,
            field.defaultValue,
            `${name}.${field.name}`
          )
        }
      }
    }
  })

  test('has the reports of plugins beside those of the contract', () => {
    const report = build([], ['CDR', 'SUMMARY']).getType('Report')
    assert.ok(report !== undefined && 'getValues' in report)
    assert.deepEqual(
      report.getValues().map(value => value.name),
      ['CDR', 'BREAKOUT', 'SUMMARY']
    )
  })

  test('takes in what plugins add', () => {
    const schema = build([
      {
        name: 'trunks',
        operatorSchema: `
          type Trunk { id: ID! }
          extend type Query { trunks: [Trunk!]! @roles(allow: [ADMIN]) }
          extend type Mutation { createTrunk(id: ID!): Trunk @roles(allow: [ADMIN]) }
          extend type Company { trunks: [Trunk!]! }
        `
      }
    ])
    assert.ok(schema.getQueryType()?.getFields().trunks)
    assert.ok(schema.getMutationType()?.getFields().createTrunk)
    assert.deepEqual([...(operatorRoles(schema).get('Query.trunks') ?? [])], ['ADMIN'])
  })

  const refusals: readonly (readonly [string, readonly OperatorSchemaPlugin[], RegExp])[] = [
    [
      'a name two plugins define',
      [
        { name: 'one', operatorSchema: 'type Trunk { id: ID }' },
        { name: 'two', operatorSchema: 'type Trunk { id: ID }' }
      ],
      /(?=.*"one")(?=.*"two").*Trunk/
    ],
    [
      'a field of the contract defined again',
      [{ name: 'one', operatorSchema: 'extend type Query { companies: [ID] }' }],
      /(?=.*"one")(?=.*operator-schema\.graphql).*Query\.companies/
    ],
    [
      'an extension of what is not there',
      [{ name: 'one', operatorSchema: 'extend type Nothing { id: ID }' }],
      /"one".*Nothing/
    ],
    ['SDL that does not parse', [{ name: 'one', operatorSchema: 'type {' }], /"one"/],
    ['a type nobody defines', [{ name: 'one', operatorSchema: 'extend type Query { x: Nowhere }' }], /Nowhere/]
  ]
  for (const [what, plugins, message] of refusals) {
    test(`refuses ${what}`, () => {
      assert.throws(
        () => build(plugins),
        error => error instanceof ConfigurationError && message.test(error.message)
      )
    })
  }
})

describe('the roles of the operators schema', () => {
  test('a query without @roles is open to those who read, and to nobody else', () => {
    assert.deepEqual([...(operatorRoles(build()).get('Query.companies') ?? [])], ['ADMIN', 'SUPPORT', 'AUDITOR'])
  })

  test('one role may stand without brackets', () => {
    const schema = build([{ name: 'one', operatorSchema: 'extend type Query { key: ID @roles(allow: ADMIN) }' }])
    assert.deepEqual([...(operatorRoles(schema).get('Query.key') ?? [])], ['ADMIN'])
  })

  test('a mutation without @roles refuses the start', () => {
    const schema = build([{ name: 'one', operatorSchema: 'extend type Mutation { wipe: Boolean }' }])
    assert.throws(() => operatorRoles(schema), /Mutation\.wipe states no roles/)
  })

  test('a root for INGEST keys refuses the start', () => {
    const schema = build([
      { name: 'one', operatorSchema: 'extend type Query { load: Boolean @roles(allow: [ADMIN, INGEST]) }' }
    ])
    assert.throws(() => operatorRoles(schema), /Query\.load is open to INGEST/)
  })

  test('auditors see to their own sign-in, export what they may read and change nothing else; support only what is named', () => {
    const own = ['changeMyPassword', 'confirmTwoFactor', 'disableTwoFactor', 'startTwoFactor'].map(
      each => `Mutation.${each}`
    )
    const roles = operatorRoles(build())
    const allowed = (role: 'SUPPORT' | 'AUDITOR') =>
      [...roles].filter(([name, set]) => name.startsWith('Mutation.') && set.has(role)).map(([name]) => name)
    assert.deepEqual(
      allowed('AUDITOR').sort(),
      [...own, 'Mutation.exportAccessHistory', 'Mutation.exportAuditLog', 'Mutation.exportOnboardingReport'].sort()
    )
    assert.deepEqual(
      allowed('SUPPORT')
        .filter(name => !own.includes(name))
        .sort(),
      [
        'Mutation.applyAccessTemplate',
        'Mutation.bulkSetCompanyOverrides',
        'Mutation.cleanUpOverrides',
        'Mutation.endContactSession',
        'Mutation.endContactSessions',
        'Mutation.exportAccessHistory',
        'Mutation.exportAuditLog',
        'Mutation.exportOnboardingReport',
        'Mutation.liftAccessTemplate',
        'Mutation.reapplyAccessTemplate',
        'Mutation.revertChange',
        'Mutation.revertOperation',
        'Mutation.setCompanyOverrides',
        'Mutation.unlockContact',
        'Mutation.viewAs'
      ]
    )
  })
})
