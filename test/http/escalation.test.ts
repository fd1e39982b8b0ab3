import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  type GraphQLField,
  type GraphQLInputType,
  getNamedType,
  isEnumType,
  isInputObjectType,
  isLeafType,
  isListType,
  isNonNullType
} from 'graphql'
import type { StaffRole } from '../../core/viewer.ts'
import { operatorRoles } from '../../graphql/operator-roles.ts'
import { mergeOperatorSchema, operatorSchemaOf } from '../../graphql/operator-schema.ts'
import { hashPassword } from '../../http/passwords.ts'
import { hashToken, newToken } from '../../http/tokens.ts'
import { plugins } from '../../plugins/index.ts'
import { forEachDatabase } from '../support/databases.ts'
import { length } from '../support/length.ts'
import { type Answer, consoleHost, startPortal, testActor, testPassword } from '../support/portal.ts'

/** Numbers in [0, 1) from a seed. */
const numbers = (seed: number) => () => {
  seed = (seed * 1_664_525 + 1_013_904_223) % 2 ** 32
  return seed / 2 ** 32
}

forEachDatabase('lower roles', open => {
  test('reach nothing above them, whatever they send over the whole operators’ schema', async t => {
    const portal = await startPortal(t, { open: () => open({ plugins }), plugins })
    const { people, catalogue } = portal.installation
    const schema = operatorSchemaOf(
      mergeOperatorSchema(
        plugins,
        catalogue.columnSets.map(set => set.report)
      )
    )
    const rolesOf = operatorRoles(schema)
    const { company, contact } = await portal.signedIn('Ada')
    const passwordHash = await hashPassword(testPassword)
    const admin = await people.staff.create(
      { name: 'A', email: 'a@example.net', passwordHash, role: 'ADMIN' },
      testActor
    )
    const seed = Number(process.env.PORTCULLIS_SEED ?? 1)
    const random = numbers(seed)
    const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)]!

    const roles: readonly StaffRole[] = ['SUPPORT', 'AUDITOR', 'INGEST']
    const callers: { role: StaffRole; using: { apiKey: string } | { cookie: string }; staffId?: string }[] = []
    for (const role of roles) {
      const apiKey = newToken()
      await people.staff.createApiKey({ name: role, keyHash: hashToken(apiKey), role }, testActor)
      callers.push({ role, using: { apiKey } })
      if (role === 'INGEST') continue
      const { id } = await people.staff.create(
        { name: role, email: `${role}@example.net`, passwordHash, role },
        testActor
      )
      const cookie = newToken()
      await people.sessions.createStaffSession({ tokenHash: hashToken(cookie), staffId: id, ip: '127.0.0.1' })
      callers.push({ role, using: { cookie }, staffId: id })
    }
    const keys = await people.staff.listApiKeys()
    const ids = [company.id, contact.id, admin.id, portal.world.acme.id, ...keys.map(key => key.id)]
    const ownIds = callers.flatMap(caller => caller.staffId ?? [])
    const words = [
      'ADMIN',
      'x@example.net',
      'EUR',
      '10.0.0.1',
      '2100-01-01T00:00:00Z',
      ...catalogue.features.slice(0, 3).map(each => each.key)
    ]

    const literal = (type: GraphQLInputType, deep = 0): string => {
      if (isNonNullType(type)) return literal(type.ofType, deep)
      if (isListType(type)) return `[${literal(type.ofType, deep)}]`
      if (isEnumType(type)) return pick(type.getValues()).name
      if (isInputObjectType(type)) {
        const fields = Object.values(type.getFields()).filter(
          field => isNonNullType(field.type) || (deep < 2 && random() < 0.6)
        )
        return `{ ${fields.map(field => `${field.name}: ${literal(field.type, deep + 1)}`).join(', ')} }`
      }
      if (type.name === 'Int' || type.name === 'Float') return String(Math.floor(random() * 5))
      if (type.name === 'Boolean') return pick(['true', 'false'])
      return JSON.stringify(pick(type.name === 'ID' ? [...ids, ...ownIds] : [...words, ...ids]))
    }
    const call = (field: GraphQLField<unknown, unknown>): string => {
      const given = field.args.filter(arg => isNonNullType(arg.type) || random() < 0.6)
      const args = given.map(arg => `${arg.name}: ${literal(arg.type)}`)
      const selection = isLeafType(getNamedType(field.type)) ? '' : ' { __typename }'
      return `${field.name}${args.length > 0 ? `(${args.join(', ')})` : ''}${selection}`
    }
    const wraps: readonly ((call: string, type: string) => string)[] = [
      inner => `{ ${inner} }`,
      inner => `{ other: ${inner} }`,
      inner => `{ ... { ${inner} } }`,
      inner => `{ __typename ... @include(if: true) { a: ${inner} b: ${inner} } }`,
      (inner, type) => `{ ...F } fragment F on ${type} { ...G } fragment G on ${type} { x: ${inner} }`,
      inner => `{ ${inner} @skip(if: false) }`
    ]
    const forbidden = (role: StaffRole) =>
      [...rolesOf].filter(([, allowed]) => !allowed.has(role)).map(([name]) => name)
    const fieldOf = (name: string): GraphQLField<unknown, unknown> => {
      const [type, field] = name.split('.') as [string, string]
      return (type === 'Query' ? schema.getQueryType() : schema.getMutationType())!.getFields()[field]!
    }
    const attempt = (name: string, using: (typeof callers)[number]['using']): Promise<Answer> => {
      const type = name.split('.')[0]!
      const document = `${type.toLowerCase()} ${pick(wraps)(call(fieldOf(name)), type)}`
      return portal.query(consoleHost, document, {
        ...using,
        headers: { host: `${consoleHost}:${portal.port}`, origin: `http://${consoleHost}:${portal.port}` }
      })
    }
    const tables = [
      'audit_entry',
      'staff',
      'contact',
      'company',
      'company_override',
      'domain_feature',
      'platform_switch',
      'password_link',
      'contact_session',
      'view_as_ticket',
      'job'
    ]
    const world = async (): Promise<string> => {
      const keysNow = await portal.database
        .reader('api_key')
        .select('id', 'role', 'revoked_at', 'key_hash')
        .orderBy('id')
      const rows = await Promise.all(tables.map(table => portal.database.reader(table).count({ n: '*' })))
      const versions = await portal.database.reader('staff').select('id', 'role', 'disabled', 'version').orderBy('id')
      return JSON.stringify([keysNow, rows, versions])
    }

    const before = await world()
    let forbiddenOnes = 0
    const attempts = length(40, 2_000)
    for (const { role, using } of callers) {
      const names = forbidden(role)
      assert.ok(names.length > 20, role)
      for (let turn = 0; turn < attempts; turn += 1) {
        const name = names[turn % names.length]!
        const { json, status, text } = await attempt(name, using)
        const told = json?.errors?.[0]?.extensions
        const refused =
          told?.code === 'FORBIDDEN' ||
          told?.code === 'QUERY_INVALID' ||
          told?.code === 'QUERY_TOO_COMPLEX' ||
          status === 403
        if (told?.code === 'FORBIDDEN') forbiddenOnes += 1
        assert.ok(refused, `seed ${seed}, ${role} ${name}: ${status} ${text}`)
        assert.equal(json?.data ?? null, null, `seed ${seed}, ${role} ${name}: ${text}`)
      }
    }
    assert.equal(await world(), before)
    // Most of them would have been valid.
    assert.ok(forbiddenOnes > 0.7 * attempts * callers.length, `${forbiddenOnes} of ${attempts * callers.length}`)

    // The same attempts of an admin do change something: the test can fail.
    let done = 0
    for (let turn = 0; turn < 40; turn += 1) {
      const { json } = await attempt('Mutation.createApiKey', { apiKey: portal.apiKey })
      if (json?.errors === undefined) done += 1
    }
    assert.ok(done > 10)
    assert.notEqual(await world(), before)
  })
})
