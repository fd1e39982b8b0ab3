import { request as httpRequest } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { TestContext } from 'node:test'
import fastify, { type FastifyInstance } from 'fastify'
import { AccessSet } from '../../core/access-set.ts'
import { Catalogue } from '../../core/catalogue.ts'
import type { ColumnDefinition, FeatureDefinition, Resolvers } from '../../core/plugin-api.ts'
import type { Viewer } from '../../core/viewer.ts'
import type { GuardedSchema } from '../../graphql/guarded-schema.ts'
import { type PortalEndpointOptions, portalEndpoint } from '../../graphql/portal-endpoint.ts'
import { buildPortalSchema, type PortalCaller, type PortalSchemaPart } from '../../graphql/portal-schema.ts'

export const feature = (key: string, rest: Partial<FeatureDefinition> = {}): FeatureDefinition => ({
  key,
  title: key,
  group: 'Common/Toy',
  kind: 'PAGE',
  userTypes: ['CUSTOMER', 'CARRIER'],
  ...rest
})

export const column = (name: string): ColumnDefinition => ({
  name,
  title: name,
  type: 'string',
  audience: ['CUSTOMER', 'CARRIER']
})

/** Resolvers that ran since the last request began, as coordinates. */
export const ran: string[] = []
/** True for each resolver call that came from compiled code. */
export const compiled: boolean[] = []

const note =
  <T>(coordinate: string, value: (args: Record<string, unknown>) => T) =>
  (_parent: unknown, args: Record<string, unknown>): T => {
    ran.push(coordinate)
    return value(args)
  }

const call = (id: number): Record<string, unknown> => ({
  __typename: 'Call',
  id: `call-${id}`,
  number: `3161234${id}`,
  cost: BigInt(id) * 1_000_000n,
  margin: BigInt(id) * 10_000n,
  startedAt: 1_772_323_200_000 + id,
  label: `Call ${id}`,
  kind: id % 2 === 0 ? 'PLAIN' : 'SECRET',
  kinds: ['PLAIN', 'SECRET', 'PLAIN']
})
const number = (id: number): Record<string, unknown> => ({
  __typename: 'PhoneNumber',
  id: `number-${id}`,
  label: `Number ${id}`,
  digits: `31${id}`,
  monthly: 2_500_000n
})
const trunk = (id: number): Record<string, unknown> => ({
  __typename: 'Trunk',
  id: `trunk-${id}`,
  label: `Trunk ${id}`,
  channels: 30 + id
})
const hits = (): Record<string, unknown>[] => [number(1), trunk(1), call(1), trunk(2), number(2)]

export const calls: PortalSchemaPart = {
  name: 'calls',
  features: [feature('calls'), feature('calls.detail'), feature('calls.secret')],
  columnSets: [
    { report: 'CALLS', title: 'Calls', feature: 'calls', columns: ['number', 'cost', 'margin'].map(column) }
  ],
  schema: /* GraphQL */ `
    enum CallKind { PLAIN SECRET @feature(key: "calls.secret") }
    input CallFilter {
      number: String
      kind: CallKind
      "Needs a feature."
      secret: SecretFilter
      detail: String @feature(key: "calls.detail")
      and: [CallFilterPart!]
    }
    input CallFilterPart {
      number: String
      kind: CallKind
      secret: SecretFilter
      and: [CallFilterLeaf!]
    }
    input CallFilterLeaf { number: String, detail: String @feature(key: "calls.detail") }
    input SecretFilter @feature(key: "calls.secret") { word: String! }
    type Call implements Labelled {
      id: ID!
      label: String
      number: String @column(report: "CALLS")
      cost: Money @column(report: "CALLS")
      price: Money @column(report: "CALLS", name: "margin")
      startedAt: DateTime!
      kind: CallKind
      kinds: [CallKind!]
      detail(verbose: Boolean = false, words: [String!]): CallDetail @feature(key: "calls.detail")
      peer: Labelled
    }
    type CallDetail { text: String, call: Call, kind: CallKind }
    type CallPage { nodes: [Call!]!, pageInfo: PageInfo!, totalCount: Int }
    extend type Query {
      calls(first: Int = 50, after: String, filter: CallFilter, secret: String @feature(key: "calls.secret"), kind: CallKind): CallPage @feature(key: "calls")
      call(id: ID!): Call @feature(key: "calls")
      secretCalls(filter: SecretFilter): [Call!] @feature(key: "calls.secret")
    }
    extend type Mutation { deleteCall(id: ID!): ID @feature(key: "calls") }
  `,
  resolvers: {
    Query: {
      calls: note('Query.calls', ({ first }) => {
        // graphql-js executes from execute.js; compiled queries do not.
        compiled.push(!(new Error().stack ?? '').includes('execution/execute'))
        const rows = Array.from({ length: Math.min(3, Number(first)) }, (_, index) => call(index))
        return { nodes: rows, pageInfo: { hasNextPage: false, endCursor: null }, totalCount: rows.length }
      }),
      call: note('Query.call', ({ id }) => (id === 'none' ? null : call(4))),
      secretCalls: note('Query.secretCalls', () => [call(7)])
    },
    Call: {
      detail: note('Call.detail', ({ verbose }) => ({ text: verbose ? 'long' : 'short', kind: 'SECRET' })),
      peer: note('Call.peer', () => trunk(9))
    },
    CallDetail: { call: note('CallDetail.call', () => call(5)) },
    Mutation: { deleteCall: note('Mutation.deleteCall', ({ id }) => id) }
  } as Resolvers
}

export const numbers: PortalSchemaPart = {
  name: 'numbers',
  features: [
    feature('numbers'),
    feature('numbers.edit', { changeableInPenalty: true, kind: 'ABILITY' }),
    feature('trunks'),
    feature('wallet', { userTypes: ['CUSTOMER'] }),
    feature('board.public', { kind: 'PUBLIC', userTypes: [] })
  ],
  schema: /* GraphQL */ `
    interface Labelled { id: ID!, label: String }
    type PhoneNumber implements Labelled { id: ID!, label: String, digits: String, monthly: Money @feature(key: "wallet") }
    type Trunk implements Labelled @feature(key: "trunks") { id: ID!, label: String, channels: Int }
    union Hit = PhoneNumber | Trunk | Call
    type Wallet { id: ID!, amount: Money, credit: Int }
    type Board { text: String }
    extend type Query {
      numbers: [PhoneNumber!] @feature(key: "numbers")
      search(text: String): [Hit!] @feature(key: "numbers")
      labelled(first: Int): [Labelled!] @session
      thing(id: ID): Hit @session
      wallet: Wallet @feature(key: "wallet") @userTypes(types: [CUSTOMER])
      board: Board @public @feature(key: "board.public")
      ping(word: String): String @public
      fails(how: String): String @public
      failsHard: [Board!] @public
      trunkOnly: Trunk @session
    }
    extend type Mutation {
      renameNumber(id: ID!, label: String!): PhoneNumber @feature(key: "numbers.edit")
      login(email: String!, password: String!): Boolean @public @once
    }
  `,
  resolvers: {
    Hit: { __resolveType: (value: { __typename: string }) => value.__typename },
    Labelled: { __resolveType: (value: { __typename: string }) => value.__typename },
    PhoneNumber: { monthly: note('PhoneNumber.monthly', () => 2_500_000n) },
    Trunk: { channels: note('Trunk.channels', () => 30) },
    Query: {
      numbers: note('Query.numbers', () => [number(1), number(2)]),
      search: note('Query.search', async () => hits()),
      labelled: note('Query.labelled', () => hits()),
      thing: note('Query.thing', ({ id }) => (id === 'trunk' ? trunk(1) : number(1))),
      wallet: note('Query.wallet', () => ({ id: 'wallet', amount: 1n, credit: 5 })),
      board: note('Query.board', () => ({ text: 'all is well' })),
      ping: note('Query.ping', ({ word }) => word ?? 'pong'),
      fails: note('Query.fails', () => {
        throw new TypeError("Cannot read properties of null (reading 'secretTable')")
      }),
      failsHard: note('Query.failsHard', () => [null]),
      trunkOnly: note('Query.trunkOnly', () => trunk(3))
    },
    Mutation: {
      renameNumber: note('Mutation.renameNumber', () => number(1)),
      login: note('Mutation.login', () => true)
    }
  } as Resolvers
}

const base: Resolvers = {
  Query: {
    me: ((_parent: unknown, _args: unknown, { viewer }: { viewer: Viewer }) => ({ ...viewer, features: [] })) as never,
    features: note('Query.features', () => []),
    columns: note('Query.columns', () => []),
    exportJob: note('Query.exportJob', () => null)
  },
  Mutation: { requestExport: note('Mutation.requestExport', () => null) }
}

export const parts: readonly PortalSchemaPart[] = [calls, numbers]
export const catalogue = Catalogue.of(parts)
export const allKeys: readonly string[] = [...catalogue.features, ...catalogue.columns].map(each => each.key)

export const build = (of: readonly PortalSchemaPart[] = parts): GuardedSchema<PortalCaller> =>
  buildPortalSchema(of, Catalogue.of(of), base)
export const schema = build()

export const accessTo = (keys: readonly string[]): AccessSet => {
  const words = new Uint32Array(catalogue.words)
  for (const key of keys) {
    const bit = catalogue.bit(key)
    if (bit === undefined) throw new Error(`no key ${key}`)
    words[bit >> 5]! |= 1 << (bit & 31)
  }
  return new AccessSet(catalogue, words, {
    userType: 'CUSTOMER',
    domainId: 'brand',
    nextBoundary: null,
    orderedColumns: () => []
  })
}

export const viewer = (rest: Partial<Viewer> = {}): Viewer => ({
  sessionId: 'session',
  contactId: 'contact',
  contactName: 'Ada',
  email: 'ada@example.com',
  companyId: 'company',
  companyName: 'Company',
  companyStatus: 'ACTIVE',
  currency: 'EUR',
  userType: 'CUSTOMER',
  domainId: 'brand',
  homeDomainId: 'brand',
  ip: '127.0.0.1',
  ...rest
})

/** A signed-in customer with all keys but these. */
export const without = (...hidden: readonly string[]): PortalCaller => ({
  viewer: viewer(),
  access: accessTo(allKeys.filter(key => !hidden.includes(key)))
})
export const anonymous: PortalCaller = { viewer: null, access: accessTo(['board.public']) }

export interface ToyAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly text: string
  readonly body: {
    data?: Record<string, unknown> | null
    errors?: { message: string; path?: unknown[]; locations?: unknown; extensions: Record<string, unknown> }[]
    extensions?: { access?: { hidden: string[] } }
  }
}

export interface Toy {
  readonly app: FastifyInstance
  readonly url: string
  /** Who asks next. */
  caller: PortalCaller
  /** Lines of the log. */
  readonly log: string[]
  ask(query: string, variables?: Record<string, unknown> | null, rest?: Record<string, unknown>): Promise<ToyAnswer>
  send(options: { method?: string; path?: string; headers?: Record<string, string>; body?: string }): Promise<ToyAnswer>
}

/** A whole server with the toy plugins, on a free port. */
export const startToy = async (t: TestContext, options: Partial<PortalEndpointOptions> = {}): Promise<Toy> => {
  const log: string[] = []
  const app = fastify({ logger: { level: 'error', stream: { write: (line: string) => void log.push(line) } } })
  const toy: { caller: PortalCaller } = { caller: without() }
  await app.register(
    portalEndpoint({
      schema,
      contextOf: () => {
        const { viewer: who, access } = toy.caller
        const open = { domainId: 'brand', at: 0, requestId: 'request', ip: '127.0.0.1' }
        return {
          caller: toy.caller,
          context:
            who === null ? open : { ...open, viewer: who, access, scope: {} as never, authorize: () => undefined }
        }
      },
      ...options
    })
  )
  await app.listen({ port: 0, host: '127.0.0.1' })
  t.after(() => app.close())
  const { port } = app.server.address() as AddressInfo
  const send: Toy['send'] = ({ method = 'POST', path = '/graphql', headers = {}, body }) =>
    new Promise((resolve, reject) => {
      const outgoing = httpRequest({ port, host: '127.0.0.1', method, path, headers }, response => {
        const chunks: Buffer[] = []
        response.on('data', (chunk: Buffer) => chunks.push(chunk))
        response.on('end', () => {
          const text = Buffer.concat(chunks).toString('utf8')
          let parsed: ToyAnswer['body'] = {}
          try {
            parsed = JSON.parse(text) as ToyAnswer['body']
          } catch {}
          resolve({ status: response.statusCode ?? 0, headers: response.headers, text, body: parsed })
        })
      })
      outgoing.on('error', reject)
      outgoing.end(body)
    })
  return Object.assign(toy, {
    app,
    url: `http://127.0.0.1:${port}/graphql`,
    log,
    send,
    ask: (query: string, variables?: Record<string, unknown> | null, rest: Record<string, unknown> = {}) => {
      ran.length = 0
      return send({
        headers: { 'content-type': 'application/json', accept: 'application/graphql-response+json' },
        body: JSON.stringify({ query, ...(variables === undefined ? {} : { variables }), ...rest })
      })
    }
  })
}

export const codes = (answer: ToyAnswer): unknown[] => (answer.body.errors ?? []).map(error => error.extensions.code)
