import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  type GraphQLArgument,
  type GraphQLField,
  type GraphQLInputType,
  getNamedType,
  isEnumType,
  isInputObjectType,
  isLeafType,
  isListType,
  isNonNullType,
  isRequiredArgument,
  isRequiredInputField
} from 'graphql'
import type { StaffRole } from '../../core/viewer.ts'
import { mergeOperatorSchema, operatorSchemaOf } from '../../graphql/operator-schema.ts'
import { worldPlugins } from './plugins.ts'
import { forEachWorld } from './world.ts'

const schema = operatorSchemaOf(mergeOperatorSchema(worldPlugins, ['CDR']))
const everyRole: readonly StaffRole[] = ['ADMIN', 'SUPPORT', 'AUDITOR', 'INGEST']

/** Roots that are not open to those who read, with who may use them. Written by hand, so that a slip in the SDL shows. */
const stated: Readonly<Record<string, readonly StaffRole[]>> = {
  tapes: ['ADMIN', 'SUPPORT'],
  createPortalDomain: ['ADMIN'],
  createCompany: ['ADMIN'],
  updateCompany: ['ADMIN'],
  suspendCompany: ['ADMIN'],
  closeCompany: ['ADMIN'],
  reopenCompany: ['ADMIN'],
  approveCompany: ['ADMIN'],
  updatePortalDomain: ['ADMIN'],
  disablePortalDomain: ['ADMIN'],
  enablePortalDomain: ['ADMIN'],
  setDefaultPortalDomain: ['ADMIN'],
  deletePortalDomain: ['ADMIN'],
  assignCompanyDomain: ['ADMIN'],
  bulkAssignDomain: ['ADMIN'],
  setDomainFeatures: ['ADMIN'],
  setDomainColumns: ['ADMIN'],
  setCompanyOverrides: ['ADMIN', 'SUPPORT'],
  bulkSetCompanyOverrides: ['ADMIN', 'SUPPORT'],
  createAccessTemplate: ['ADMIN'],
  updateAccessTemplate: ['ADMIN'],
  deleteAccessTemplate: ['ADMIN'],
  applyAccessTemplate: ['ADMIN', 'SUPPORT'],
  reapplyAccessTemplate: ['ADMIN', 'SUPPORT'],
  liftAccessTemplate: ['ADMIN', 'SUPPORT'],
  cleanUpOverrides: ['ADMIN', 'SUPPORT'],
  exportAuditLog: ['ADMIN', 'SUPPORT', 'AUDITOR'],
  exportAccessHistory: ['ADMIN', 'SUPPORT', 'AUDITOR'],
  startOnboarding: ['ADMIN'],
  exportOnboarding: ['ADMIN'],
  exportOnboardingReport: ['ADMIN', 'SUPPORT', 'AUDITOR'],
  revertChange: ['ADMIN', 'SUPPORT'],
  revertOperation: ['ADMIN', 'SUPPORT'],
  setPluginEnabled: ['ADMIN'],
  setEntitlement: ['ADMIN'],
  createContact: ['ADMIN'],
  updateContact: ['ADMIN'],
  disableContact: ['ADMIN'],
  enableContact: ['ADMIN'],
  createSignInLink: ['ADMIN'],
  resetContactPassword: ['ADMIN'],
  unlockContact: ['ADMIN', 'SUPPORT'],
  endContactSession: ['ADMIN', 'SUPPORT'],
  endContactSessions: ['ADMIN', 'SUPPORT'],
  createStaff: ['ADMIN'],
  updateStaff: ['ADMIN'],
  resetStaffPassword: ['ADMIN'],
  resetStaffTwoFactor: ['ADMIN'],
  unlockStaff: ['ADMIN'],
  endStaffSession: ['ADMIN'],
  endStaffSessions: ['ADMIN'],
  changeMyPassword: ['ADMIN', 'SUPPORT', 'AUDITOR'],
  startTwoFactor: ['ADMIN', 'SUPPORT', 'AUDITOR'],
  confirmTwoFactor: ['ADMIN', 'SUPPORT', 'AUDITOR'],
  disableTwoFactor: ['ADMIN', 'SUPPORT', 'AUDITOR'],
  createApiKey: ['ADMIN'],
  rotateApiKey: ['ADMIN'],
  revokeApiKey: ['ADMIN'],
  viewAs: ['ADMIN', 'SUPPORT'],
  wipeTapes: ['ADMIN']
}
const readers: readonly StaffRole[] = ['ADMIN', 'SUPPORT', 'AUDITOR']

/** Some value of a type, in SDL. */
const literal = (type: GraphQLInputType): string => {
  if (isNonNullType(type)) return literal(type.ofType)
  if (isListType(type)) return `[${literal(type.ofType)}]`
  if (isEnumType(type)) return type.getValues()[0]?.name ?? 'null'
  if (isInputObjectType(type)) {
    const fields = Object.values(type.getFields()).filter(isRequiredInputField)
    return `{ ${fields.map(field => `${field.name}: ${literal(field.type)}`).join(', ')} }`
  }
  return type.name === 'Int' ? '1' : type.name === 'Boolean' ? 'false' : '"x"'
}
const call = (field: GraphQLField<unknown, unknown>): string => {
  const needed = field.args
    .filter(isRequiredArgument)
    .map((arg: GraphQLArgument) => `${arg.name}: ${literal(arg.type)}`)
  const selection = isLeafType(getNamedType(field.type)) ? '' : ' { __typename }'
  return `${field.name}${needed.length > 0 ? `(${needed.join(', ')})` : ''}${selection}`
}

const roots = [
  ...Object.values(schema.getQueryType()?.getFields() ?? {}).map(field => ['query', field] as const),
  ...Object.values(schema.getMutationType()?.getFields() ?? {}).map(field => ['mutation', field] as const)
]

forEachWorld('roles of operators', open => {
  test('every root × every role: allowed exactly as listed', async () => {
    const world = await open()
    assert.ok(roots.length >= 32)
    for (const [operation, field] of roots) {
      for (const role of everyRole) {
        const { status, data, errors } = await world.ask(`${operation} { ${call(field)} }`, { role })
        const refused = errors.some(({ extensions }) => extensions.code === 'FORBIDDEN' && extensions.reason === 'ROLE')
        const allowed = (stated[field.name] ?? (operation === 'query' ? readers : [])).includes(role)
        assert.equal(refused, !allowed, `${role} ${field.name}: ${JSON.stringify(errors)}`)
        assert.ok(
          !errors.some(({ extensions }) => extensions.code === 'INTERNAL'),
          `${field.name}: ${JSON.stringify(errors)}`
        )
        if (refused) assert.equal(data?.[field.name] ?? null, null)
        if (role === 'INGEST') assert.equal(status, 403)
      }
    }
    assert.deepEqual(
      Object.keys(stated).filter(name => !roots.some(([, field]) => field.name === name)),
      []
    )
  })

  test('a mutation document with one forbidden root is refused whole, wherever it hides', async () => {
    const world = await open()
    const domain = await world.brand('one.example.net')
    const company = await world.company('Acme')
    const allowed = 'setCompanyOverrides(companyId: $c, overrides: [{ key: "page", override: SHOW }]) { id }'
    const forbidden = 'setDomainFeatures(domainId: $d, features: [{ key: "page", enabled: true }]) { id }'
    const documents = [
      `mutation ($c: ID!, $d: ID!) { ${allowed} ${forbidden} }`,
      `mutation ($c: ID!, $d: ID!) { ${allowed} alias: ${forbidden} }`,
      `mutation ($c: ID!, $d: ID!) { ${allowed} ... { ${forbidden} } }`,
      `mutation ($c: ID!, $d: ID!) { ${allowed} ...F } fragment F on Mutation { ${forbidden} }`
    ]
    for (const document of documents) {
      const { errors } = await world.ask(document, { role: 'SUPPORT', variables: { c: company, d: domain } })
      assert.ok(
        errors.some(({ extensions }) => extensions.code === 'FORBIDDEN'),
        document
      )
      const { company: untouched } = await world.data('query ($c: ID!) { company(id: $c) { version } }', {
        variables: { c: company }
      })
      assert.equal(untouched.version, 1, document)
    }
  })

  test('an INGEST key reaches nothing, not even the names', async () => {
    const world = await open()
    for (const document of ['{ __typename }', '{ __schema { types { name } } }', 'mutation { __typename }']) {
      const { status, data, errors } = await world.ask(document, { role: 'INGEST' })
      assert.equal(status, 403)
      assert.equal(data ?? null, null)
      assert.deepEqual(
        errors.map(({ extensions }) => extensions.code),
        ['FORBIDDEN']
      )
    }
  })
})
