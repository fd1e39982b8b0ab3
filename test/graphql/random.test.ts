import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import {
  buildASTSchema,
  defaultFieldResolver,
  execute,
  type GraphQLSchema,
  isAbstractType,
  isObjectType,
  parse,
  validate
} from 'graphql'
import { PortalError } from '../../core/errors.ts'
import type { Resolver, Resolvers } from '../../core/plugin-api.ts'
import type { PortalCaller } from '../../graphql/portal-schema.ts'
import { applyScalars, scalarCodecs } from '../../graphql/scalars.ts'
import { length } from '../support/length.ts'
import { randomDocument } from './random-document.ts'
import { allKeys, anonymous, calls, numbers, schema, startToy, viewer, without } from './toy.ts'

/** Runs of each property. */
const numRuns = length(500, 10_000)

/** What a per-field guard would answer: every field asks for itself, nothing is cut, nothing compiled. */
const naive = (): { readonly naiveSchema: GraphQLSchema; readonly hidden: Set<string> } => {
  const naiveSchema = buildASTSchema(schema.document)
  const hidden = new Set<string>()
  applyScalars(naiveSchema, scalarCodecs)
  const resolvers: Resolvers[] = [calls.resolvers!, numbers.resolvers!]
  const resolverOf = (type: string, field: string): Resolver | undefined =>
    resolvers.map(each => each[type]?.[field]).find(each => each !== undefined) as Resolver | undefined
  const me = (_parent: unknown, _args: unknown, { caller }: { caller: PortalCaller }): unknown => ({
    ...caller.viewer,
    features: []
  })
  for (const type of Object.values(naiveSchema.getTypeMap())) {
    if (isAbstractType(type)) type.resolveType = value => (value as { __typename: string }).__typename
    if (!isObjectType(type) || type.name.startsWith('__')) continue
    for (const field of Object.values(type.getFields())) {
      const lists = ['features', 'columns']
      const base = { me, ...Object.fromEntries(lists.map(name => [name, () => []])) }[field.name]
      const resolve = (resolverOf(type.name, field.name) ??
        (type.name === 'Query' ? base : undefined) ??
        defaultFieldResolver) as NonNullable<typeof field.resolve>
      field.resolve = async (parent, args, context: { caller: PortalCaller }, info) => {
        const { caller } = context
        const names: (string | number)[] = []
        for (let at: typeof info.path | undefined = info.path; at; at = at.prev)
          if (typeof at.key === 'string') names.unshift(at.key)
        const failing = schema.conditionsOf(`${type.name}.${field.name}`).find(condition => !condition.holds(caller))
        if (failing !== undefined) {
          if (names.length === 1) throw failing.refuse(caller)
          hidden.add(names.join('.'))
          return null
        }
        const value = await resolve(parent, args, context, info)
        const secret = (each: unknown): boolean =>
          (each === 'SECRET' && field.name.startsWith('kind') && !caller.access.has('calls.secret')) ||
          ((each as { __typename?: string } | null)?.__typename === 'Trunk' && !caller.access.has('trunks'))
        if (Array.isArray(value)) return value.filter(each => !secret(each))
        return secret(value) ? null : value
      }
    }
  }
  return { naiveSchema, hidden }
}

const callers = fc
  .record({
    hidden: fc.subarray([...allKeys]),
    who: fc.constantFrom('customer', 'customer', 'customer', 'carrier', 'nobody')
  })
  .map(({ hidden, who }): PortalCaller => {
    if (who === 'nobody') return anonymous
    const { access } = without(...hidden)
    return { viewer: viewer({ userType: who === 'carrier' ? 'CARRIER' : 'CUSTOMER' }), access }
  })

/** Names that only stand in a text when something other than a field may be hidden. */
const restricted = /secret|SECRET|Trunk|detail:|"detail"|kind:/

describe('random documents', () => {
  test('the answer equals that of naive guards in every field, compiled or not', async t => {
    const toy = await startToy(t)
    const { naiveSchema, hidden } = naive()
    let compared = 0
    await fc.assert(
      fc.asyncProperty(randomDocument(schema.schema), callers, async ({ query, variables }, caller) => {
        const document = parse(query)
        if (validate(naiveSchema, document).length > 0) return
        if (query.startsWith('mutation') || query.includes('\nmutation')) return
        hidden.clear()
        const expected = await execute({
          schema: naiveSchema,
          document,
          variableValues: variables,
          contextValue: { caller }
        })
        toy.caller = caller
        for (let round = 0; round < 3; round++) {
          const response = await toy.app.inject({ method: 'POST', url: '/graphql', payload: { query, variables } })
          const body = response.json() as {
            data?: unknown
            errors?: { path?: unknown; extensions: { code: string } }[]
            extensions?: { access?: { hidden: string[] } }
          }
          const expectedErrors = (expected.errors ?? []).map(error => [
            error.path,
            error.originalError instanceof PortalError ? error.originalError.code : 'INTERNAL'
          ])
          if (!('data' in body)) {
            // A stranger's document of which nothing would run is refused as such, even where @skip would leave nothing.
            const nobody = caller.viewer === null
            const told = body.errors!.map(error => error.extensions.code)
            if (told[0] === 'QUERY_TOO_COMPLEX') return
            assert.ok(
              (nobody && told.includes('UNAUTHENTICATED')) ||
                ((told.includes('QUERY_INVALID') || told.includes('BAD_USER_INPUT')) &&
                  restricted.test(query + JSON.stringify(variables))),
              `${response.body}\n${query}`
            )
            return
          }
          compared++
          assert.equal(JSON.stringify(body.data), JSON.stringify(expected.data), query)
          const order = (list: unknown[]): string[] => list.map(each => JSON.stringify(each)).sort()
          assert.deepEqual(
            order((body.errors ?? []).map(error => [error.path, error.extensions.code])),
            order(expectedErrors),
            query
          )
          const listed = new Set(body.extensions?.access?.hidden)
          for (const path of hidden) assert.ok(listed.has(path), `${path} in ${[...listed]}\n${query}`)
        }
      }),
      { numRuns, endOnFailure: true, includeErrorInReport: true }
    )
    assert.ok(compared > numRuns / 8, `only ${compared} answers were compared`)
    assert.deepEqual(
      toy.log.filter(line => line.includes('prepared document')),
      []
    )
  })

  test('near-valid documents: never a 5xx, never a stack, a known code, nothing unforeseen', async t => {
    const toy = await startToy(t)
    const codes = [
      'QUERY_INVALID',
      'QUERY_TOO_COMPLEX',
      'BAD_USER_INPUT',
      'FEATURE_DISABLED',
      'UNAUTHENTICATED',
      'FORBIDDEN'
    ]
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(randomDocument(schema.schema, 3), randomDocument(schema.schema, 15)),
        fc.option(fc.tuple(fc.nat(), fc.string({ maxLength: 3 })), { freq: 3 }),
        callers,
        async ({ query, variables }, damage, caller) => {
          const at = damage === null ? 0 : damage[0] % (query.length + 1)
          const text = damage === null ? query : query.slice(0, at) + damage[1] + query.slice(at + damage[1].length)
          toy.caller = caller
          for (let round = 0; round < 2; round++) {
            const response = await toy.app.inject({
              method: 'POST',
              url: '/graphql',
              payload: { query: text, variables }
            })
            assert.ok(response.statusCode < 500, `${response.body}\n${text}`)
            assert.doesNotMatch(response.body, /node_modules|\.ts:|\.js:|Did you mean/)
            const { errors = [] } = response.json() as { errors?: { path?: string[]; extensions: { code: string } }[] }
            for (const error of errors) {
              // Only the toy's own faulty resolvers and an argument of the wrong shape inside a scalar may be unforeseen.
              const known = codes.includes(error.extensions.code)
              assert.ok(known || error.extensions.code === 'INTERNAL', JSON.stringify(error))
            }
          }
        }
      ),
      { numRuns, endOnFailure: true, includeErrorInReport: true }
    )
    const unforeseen = toy.log.filter(line => !/secretTable|non-nullable field/.test(line))
    assert.deepEqual(unforeseen, [])
  })

  test('hidden and unknown arguments, input fields, values and types are answered alike', async t => {
    const toy = await startToy(t)
    const names = ['secret', 'detail', 'SECRET', 'Trunk', 'SecretFilter'] as const
    const swap = (text: string, name: string): string =>
      text.replaceAll(new RegExp(`\\b${name}\\b`, 'g'), `Z${name.slice(1)}`)
    const caller = without('calls.secret', 'calls.detail', 'trunks')
    const hiddenField = /\bdetail\b(?!:)/
    await fc.assert(
      fc.asyncProperty(randomDocument(schema.schema), async ({ query, variables }) => {
        const before = query + JSON.stringify(variables)
        // `detail` as a field is hidden in another way: null, and listed.
        const used = names.filter(name => new RegExp(`\\b${name}\\b`).test(before))
        if (used.length === 0 || hiddenField.test(query)) return
        toy.caller = caller
        const ask = async (text: string, values: unknown): Promise<string> => {
          const { statusCode, body } = await toy.app.inject({
            method: 'POST',
            url: '/graphql',
            payload: { query: text, variables: values as Record<string, unknown> }
          })
          return `${statusCode} ${body.replace(/,"incidentId":"[^"]*"/g, '')}`
        }
        const all = (text: string): string => used.reduce(swap, text)
        const hidden = await ask(query, variables)
        const unknown = await ask(all(query), JSON.parse(all(JSON.stringify(variables))))
        // Compiled queries may order keys differently, so what is compared is not the text.
        const [left, right] = [all(hidden), unknown].map(each => [each.slice(0, 3), JSON.parse(each.slice(4))] as const)
        assert.deepEqual(left, right, query)
      }),
      { numRuns: Math.ceil(numRuns / 2), endOnFailure: true, includeErrorInReport: true }
    )
  })
})
