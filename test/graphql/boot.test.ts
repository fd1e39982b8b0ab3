import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { ConfigurationError } from '../../core/errors.ts'
import type { Resolvers } from '../../core/plugin-api.ts'
import { type PortalSchemaPart, portalSdl } from '../../graphql/portal-schema.ts'
import { build, column, feature, parts } from './toy.ts'

/** A plugin with one feature and one report, whose schema is under test. */
const part = (schema: string, rest: Partial<PortalSchemaPart> = {}): PortalSchemaPart => ({
  name: 'toy',
  features: [feature('toy')],
  schema,
  resolvers: { Query: { toy: () => null } } as Resolvers,
  ...rest
})

const refused = (parts: readonly PortalSchemaPart[], ...words: readonly (string | RegExp)[]): void => {
  assert.throws(
    () => build(parts),
    (error: unknown) => {
      assert.ok(error instanceof ConfigurationError, String(error))
      for (const word of words)
        assert.ok(typeof word === 'string' ? error.message.includes(word) : word.test(error.message), error.message)
      return true
    }
  )
}

const root = 'extend type Query { toy: String @feature(key: "toy") }'
const report = (names: readonly string[]): Partial<PortalSchemaPart> => ({
  columnSets: [{ report: 'TOYS', title: 'Toys', feature: 'toy', columns: names.map(column) }]
})

describe('boot checks of the portal schema', () => {
  test('a sound plugin passes', () => {
    assert.doesNotThrow(() => build([part(root)]))
  })

  test('a root field without a guard', () => {
    refused([part('extend type Query { toy: String }')], 'Plugin toy', 'Query.toy', 'no guard', 'add @feature')
  })
  test('a root field that is both @session and @public', () => {
    refused([part('extend type Query { toy: String @session @public }')], 'Plugin toy', 'Query.toy', 'keep one')
  })
  test('a mutation of a feature that is open in view-as', () => {
    refused(
      [part(`${root} extend type Mutation { toy: Boolean @session(inViewAs: true) @feature(key: "toy") }`)],
      'Plugin toy',
      'Mutation.toy',
      'inViewAs',
      'keep one'
    )
  })
  test('@session below the root', () => {
    refused(
      [part('type T { a: String @session } extend type Query { toy: T @feature(key: "toy") }')],
      'Plugin toy',
      'T.a',
      '@session',
      'remove it'
    )
  })
  test('a guarded field that cannot be null', () => {
    refused(
      [part('extend type Query { toy: String! @feature(key: "toy") }')],
      'Plugin toy',
      'Query.toy',
      'remove the "!"'
    )
  })
  test('a column that cannot be null', () => {
    refused(
      [
        part(
          'type T { id: ID!, a: String! @column(report: "TOYS") } extend type Query { toy: T @feature(key: "toy") }',
          report(['a'])
        )
      ],
      'Plugin toy',
      'T.a',
      'remove the "!"'
    )
  })
  test('a field of a guarded type that cannot be null', () => {
    refused(
      [
        part(
          'type T @feature(key: "toy") { a: String } type U { t: T! ts: [T!]! } extend type Query { toy: U @feature(key: "toy") }'
        )
      ],
      'Plugin toy',
      'U.t',
      'remove the "!"'
    )
  })
  test('a field that can yield a guarded member but cannot be null', () => {
    const types = 'type A { a: String } type B @feature(key: "toy") { b: String } union C = A | B'
    refused(
      [part(`${types} type U { c: C! } extend type Query { toy: U @feature(key: "toy") }`)],
      'Plugin toy',
      'U.c',
      'remove the "!"'
    )
    build([part(`${types} type U { c: [C!]! } extend type Query { toy: U @feature(key: "toy") }`)])
  })
  test('a field that can yield a guarded enum value but cannot be null', () => {
    refused(
      [part('enum E { A B @feature(key: "toy") } type U { e: E! } extend type Query { toy: U @feature(key: "toy") }')],
      'Plugin toy',
      'U.e',
      'remove the "!"'
    )
  })
  test('a guarded argument or input field that is required', () => {
    refused(
      [part('extend type Query { toy(a: Int! @feature(key: "toy")): String @session }')],
      'Plugin toy',
      'Query.toy(a:)',
      'required'
    )
    refused(
      [part('input I { a: Int! @feature(key: "toy") } extend type Query { toy(i: I): String @session }')],
      'Plugin toy',
      'I.a',
      'required'
    )
  })
  test('a guarded field that can be read around through an interface', () => {
    refused(
      [
        part(
          'interface I { a: String } type T implements I { a: String @feature(key: "toy") } extend type Query { toy: I @session }'
        )
      ],
      'Plugin toy',
      'T.a',
      'I.a',
      'repeat the guard'
    )
  })
  test('an input type that holds itself', () => {
    refused(
      [part('input I { a: Int, and: [I!] } extend type Query { toy(i: I): String @session }')],
      'Plugin toy',
      'I.and',
      'hold itself'
    )
  })
  test('a non-null input field with a default', () => {
    refused(
      [part('input I { a: Int! = 1 } extend type Query { toy(i: I): String @session }')],
      'Plugin toy',
      'I.a',
      'make it nullable'
    )
  })
  test('an unknown feature key in a directive', () => {
    refused(
      [part('extend type Query { toy: String @feature(key: "tyo") }')],
      'Plugin toy',
      'Query.toy',
      '"tyo"',
      'correct the key'
    )
  })
  test('an unknown argument of a directive', () => {
    refused([part('extend type Query { toy: String @feature(kye: "toy") }')], 'kye')
  })
  test('an unknown column', () => {
    refused(
      [
        part(
          'type T { id: ID, b: String @column(report: "TOYS") } extend type Query { toy: T @session }',
          report(['a'])
        )
      ],
      'Plugin toy',
      'T.b',
      'TOYS.b',
      'declare the column'
    )
  })
  test('a column that is not in its row type', () => {
    refused(
      [
        part(
          'type T { id: ID, a: String @column(report: "TOYS") } extend type Query { toy: T @session }',
          report(['a', 'b'])
        )
      ],
      'Plugin toy',
      'TOYS.b',
      'not in its row type',
      'add a field'
    )
  })
  test("a column of another plugin's report", () => {
    refused(
      [
        part(
          'type T { id: ID, a: String @column(report: "TOYS") } extend type Query { toy: T @session }',
          report(['a'])
        ),
        {
          name: 'other',
          schema: 'type O { a: String @column(report: "TOYS") } extend type Query { other: O @session }',
          resolvers: { Query: { other: () => null } } as Resolvers
        }
      ],
      'Plugin other',
      'O.a',
      'plugin toy'
    )
  })
  test('a GraphQL name that two plugins define, both named', () => {
    const other = (schema: string): PortalSchemaPart => ({ name: 'other', schema })
    refused([part(root), other(root)], 'Plugin toy', 'Plugin other', 'Query.toy', 'rename')
    refused(
      [part(`type T { a: ID } ${root}`), other('type T { a: ID }')],
      'Plugin toy',
      'Plugin other',
      ' T:',
      'rename'
    )
    refused([part(`enum E { A } ${root}`), other('extend enum E { A }')], 'Plugin toy', 'Plugin other', 'E.A')
    refused([part(`directive @d on FIELD ${root}`), other('directive @d on FIELD')], '@d', 'Plugin other')
    refused([part('scalar Money')], 'Plugin toy', 'The base schema', 'Money')
    refused([part('type T { a: ID, a: ID }')], 'Plugin toy', 'T.a', 'twice')
  })
  test('a reserved name, a type nobody defines, another kind, what is no type, what does not parse', () => {
    refused([part('type T { _null: Boolean }')], 'Plugin toy', 'T._null', 'rename')
    refused([part('extend type Nobody { a: ID }')], 'Plugin toy', 'Nobody', 'define it')
    refused([part('extend enum Viewer { A }')], 'Plugin toy', 'Viewer', 'kind')
    refused([part('schema { query: Query }')], 'Plugin toy', 'types and extensions only')
    refused([part('type {')], 'Plugin toy', 'does not parse')
    refused([part('extend type Query { toy: Nothing @session }')], 'Nothing')
  })
  test('subscriptions', () => {
    refused([part(`type Subscription { a: ID } ${root}`)], 'Subscription', 'remove it')
  })
  test('a root field without a resolver, a resolver without a field, a resolver for what belongs to another', () => {
    refused([part(root, { resolvers: {} })], 'Plugin toy', 'Query.toy', 'no resolver')
    refused(
      [part(root, { resolvers: { Query: { toy: () => null, bogus: () => null } } as Resolvers })],
      'Plugin toy',
      'Query.bogus',
      'does not exist'
    )
    refused(
      [part(root, { resolvers: { Query: { toy: () => null, me: () => null } } as Resolvers })],
      'Plugin toy',
      'Query.me',
      'belongs to The base schema'
    )
  })
})

test('the committed form of the schema keeps directives and descriptions', () => {
  const sdl = portalSdl(parts)
  assert.match(sdl, /calls\([^)]*secret: String @feature\(key: "calls.secret"\)/)
  assert.match(sdl, /price: Money @column\(report: "CALLS", name: "margin"\)/)
  assert.match(sdl, /"Needs a feature."|"""Needs a feature."""/)
  assert.doesNotMatch(sdl, /^extend /m)
})
