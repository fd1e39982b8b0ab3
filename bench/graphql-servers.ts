import { mkdtempSync, rmSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { AccessSet } from '../core/access-set.ts'
import { Catalogue } from '../core/catalogue.ts'
import { definePlugin, type Resolvers } from '../core/plugin-api.ts'
import type { Actor } from '../core/ports.ts'
import type { Viewer } from '../core/viewer.ts'

// Every server answers the same question from the same rows for the same stub viewer: what differs is how it guards.
// The whole path is the portal's real server: host, session, clock and access revision come from SQLite with each request.
// A further server is one more entry of `servers`; it listens on a free port and answers POST /graphql.

export const columns = [
  'callId',
  'direction',
  'startedAt',
  'answeredAt',
  'cli',
  'destination',
  'country',
  'seconds',
  'billedSeconds',
  'rate',
  'charge',
  'currency'
]
const numeric = new Set(['seconds', 'billedSeconds'])

export const query = `query Calls($first: Int!) { calls(first: $first) { nodes { ${columns.join(' ')} } pageInfo { hasNextPage } } }`
export const variables = { first: 20 }

const rows = Array.from({ length: 20 }, (_, row) =>
  Object.fromEntries(
    columns.map((name, index) => [name, numeric.has(name) ? row * 7 + index : `${name}-${row}-${index}`])
  )
)
const page = (first: number): object => ({ nodes: rows.slice(0, first), pageInfo: { hasNextPage: true } })

const fields = (guard: (name: string) => string): string =>
  columns.map(name => `${name}: ${numeric.has(name) ? 'Int' : 'String'} ${guard(name)}`).join('\n')

const plainSdl = (guard: (name: string) => string = () => '', root = ''): string => `
  type Call { ${fields(guard)} }
  type CallPage { nodes: [Call!]! pageInfo: PageInfo! }
  type Query { calls(first: Int = 50): CallPage ${root} }
  type PageInfo { endCursor: String hasNextPage: Boolean! }
`

const viewer: Viewer = {
  sessionId: 's',
  contactId: 'c',
  contactName: 'Ada',
  email: 'ada@example.com',
  companyId: 'company',
  companyName: 'Company',
  companyStatus: 'ACTIVE',
  currency: 'EUR',
  userType: 'CUSTOMER',
  domainId: 'brand',
  homeDomainId: 'brand',
  ip: '::1'
}

/** Where a server is, and what a request needs beside its body. */
export interface Listening {
  readonly port: number
  readonly headers?: Readonly<Record<string, string>>
}

const actor: Actor = {
  operator: { actor: 'staff:bench', name: 'Bench', role: 'ADMIN', ip: '127.0.0.1' },
  reason: 'bench'
}

export interface BenchServer {
  /** What it says of itself in the table. */
  readonly title: string
  /** Part of the requests a slow server is asked, so that a round does not last. */
  readonly share?: number
  /** @param hidden columns the viewer may not see; resolves to the port, or more */
  start(hidden: readonly string[]): Promise<number | Listening>
}

/** Connections stay open while the others take their turns, which may last. */
const untilTheEnd = 0

const listening = async (app: {
  listen(options: { port: number; host: string }): Promise<string>
  server: { address(): unknown; keepAliveTimeout: number }
}): Promise<number> => {
  await app.listen({ port: 0, host: '127.0.0.1' })
  app.server.keepAliveTimeout = untilTheEnd
  return (app.server.address() as AddressInfo).port
}

// Peers live in a package of their own, so types come from there only when it is installed: names are loaded as data.
// biome-ignore lint/suspicious/noExplicitAny: peers have no types here
const peer = async (name: string): Promise<any> => import(name)

/** Our catalogue has as many features and columns beside the ones asked for as a real one. */
const parts = () => [
  ...Array.from({ length: 12 }, (_, index) => ({
    name: `other-${index}`,
    features: Array.from({ length: 4 }, (_, each) => ({
      key: `other-${index}.feature-${each}`,
      title: 'Other',
      group: 'Common/Other',
      kind: 'PAGE' as const,
      userTypes: ['CUSTOMER' as const]
    }))
  })),
  {
    name: 'calls',
    features: [
      { key: 'calls', title: 'Calls', group: 'Common/Calls', kind: 'PAGE' as const, userTypes: ['CUSTOMER' as const] }
    ],
    columnSets: [
      {
        report: 'CALLS',
        title: 'Calls',
        feature: 'calls',
        columns: columns.map(name => ({ name, title: name, type: 'string' as const, audience: ['CUSTOMER' as const] }))
      }
    ],
    schema: `
      type Call { ${fields(() => '@column(report: "CALLS")')} }
      type CallPage { nodes: [Call!]! pageInfo: PageInfo! }
      extend type Query { calls(first: Int = 50): CallPage @feature(key: "calls") }
    `,
    resolvers: {
      Query: { calls: async (_parent: unknown, { first }: { first: number }) => page(first) }
    } as unknown as Resolvers
  }
]

export const servers: Readonly<Record<string, BenchServer>> = {
  ours: {
    title: 'this portal, guards on',
    start: async hidden => {
      const { default: fastify } = await import('fastify')
      const { portalEndpoint } = await import('../graphql/portal-endpoint.ts')
      const { buildPortalSchema } = await import('../graphql/portal-schema.ts')
      const all = parts()
      const catalogue = Catalogue.of(all)
      const nothing = (): null => null
      const schema = buildPortalSchema(all, catalogue, {
        Query: { me: nothing, features: nothing, columns: nothing, exportJob: nothing },
        Mutation: { requestExport: nothing }
      })
      const words = new Uint32Array(catalogue.words).fill(0xffffffff)
      for (const name of hidden) {
        const bit = catalogue.bit(`CALLS.${name}`)!
        words[bit >> 5]! &= ~(1 << (bit & 31))
      }
      const access = new AccessSet(catalogue, words, {
        userType: 'CUSTOMER',
        domainId: 'brand',
        nextBoundary: null,
        orderedColumns: () => columns
      })
      const app = fastify()
      await app.register(
        portalEndpoint({
          schema,
          contextOf: () => ({
            caller: { viewer, access },
            context: { viewer, access, domainId: 'brand', at: 0, requestId: 'r', ip: '::1' }
          })
        })
      )
      return listening(app)
    }
  },
  whole: {
    title: 'this portal, whole path, SQLite',
    start: async hidden => {
      const { openDatabase } = await import('../db/connect.ts')
      const { migrate } = await import('../db/migrate.ts')
      const { createServer } = await import('../http/server.ts')
      const { readSettings } = await import('../http/settings.ts')
      const { hashToken, newToken } = await import('../http/tokens.ts')
      const folder = mkdtempSync(join(tmpdir(), 'portal-bench-'))
      process.on('exit', () => rmSync(folder, { recursive: true, force: true }))
      const database = await openDatabase({ url: join(folder, 'portal.sqlite') })
      const plugins = parts().map(part => definePlugin({ version: '0.1.0', engine: '^0.1.0', owner: 'bench', ...part }))
      await migrate(database, plugins)
      const settings = { ...readSettings({}), rateLimit: 0 }
      const app = await createServer({ settings, database, plugins, jobs: false, logger: false })
      const { stores, people, catalogue } = app.installation
      const features = catalogue.features.map(feature => feature.key)
      const brand = await stores.brands.create(
        { fqdn: 'acme.localhost', brandName: 'Acme', currencies: ['EUR'], features },
        actor
      )
      const shown = columns.filter(name => !hidden.includes(name))
      await stores.brands.setColumns(brand.id, { report: 'CALLS', userType: 'CUSTOMER', columns: shown }, actor)
      const company = await stores.companies.create(
        {
          name: 'Company',
          userType: 'CUSTOMER',
          currency: 'EUR',
          domainId: brand.id,
          status: 'ACTIVE',
          accountCodes: []
        },
        actor
      )
      const contact = await people.contacts.create(
        { companyId: company.id, name: 'Ada', email: 'ada@example.com', passwordHash: '-', ipAllowList: [] },
        actor
      )
      const token = newToken()
      await people.sessions.createContactSession({
        tokenHash: hashToken(token),
        contactId: contact.id,
        domainId: brand.id,
        ip: '127.0.0.1'
      })
      return { port: await listening(app), headers: { host: 'acme.localhost', authorization: `Bearer ${token}` } }
    }
  },
  bare: {
    title: 'mercurius with JIT, no guards',
    start: async () => {
      const { default: fastify } = await peer('fastify')
      const { default: mercurius } = await peer('mercurius')
      const app = fastify()
      await app.register(mercurius, {
        schema: plainSdl(),
        resolvers: { Query: { calls: async (_: unknown, { first }: { first: number }) => page(first) } },
        context: () => ({ viewer }),
        jit: 1
      })
      return listening(app)
    }
  },
  auth: {
    title: 'mercurius-auth with JIT',
    start: async hidden => {
      const { default: fastify } = await peer('fastify')
      const { default: mercurius } = await peer('mercurius')
      const { default: mercuriusAuth } = await peer('mercurius-auth')
      const denied = new Set(hidden)
      const app = fastify()
      await app.register(mercurius, {
        schema: `directive @auth(key: String!) on FIELD_DEFINITION\n${plainSdl(name => `@auth(key: "${name}")`, '@auth(key: "calls")')}`,
        resolvers: { Query: { calls: async (_: unknown, { first }: { first: number }) => page(first) } },
        context: () => ({ viewer }),
        jit: 1
      })
      await app.register(mercuriusAuth, {
        authContext: () => ({ denied }),
        // A promise, as its README writes every policy.
        applyPolicy: async (
          directive: { arguments: { value: { value: string } }[] },
          _parent: unknown,
          _args: unknown,
          context: { auth: { denied: Set<string> } }
        ) => !context.auth.denied.has(directive.arguments[0]!.value.value),
        authDirective: 'auth'
      })
      return listening(app)
    }
  },
  shield: {
    title: 'graphql-yoga with graphql-shield',
    share: 0.2,
    start: async hidden => {
      const { createServer } = await import('node:http')
      const { createYoga } = await peer('graphql-yoga')
      const { makeExecutableSchema } = await peer('@graphql-tools/schema')
      const { applyMiddleware } = await peer('graphql-middleware')
      const { shield, rule } = await peer('graphql-shield')
      const denied = new Set(hidden)
      const guard = (key: string): unknown => rule(`see ${key}`, { cache: 'contextual' })(() => !denied.has(key))
      const schema = applyMiddleware(
        makeExecutableSchema({
          typeDefs: plainSdl(),
          resolvers: { Query: { calls: async (_: unknown, { first }: { first: number }) => page(first) } }
        }),
        shield({
          Query: { calls: guard('calls') },
          Call: Object.fromEntries(columns.map(name => [name, guard(name)]))
        })
      )
      const server = createServer(createYoga({ schema, logging: false, context: () => ({ viewer }) }))
      server.keepAliveTimeout = untilTheEnd
      await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
      return (server.address() as AddressInfo).port
    }
  },
  route: {
    title: 'plain Fastify JSON route, same bytes',
    start: async hidden => {
      const { default: fastify } = await peer('fastify')
      const denied = new Set(hidden)
      const shown = rows.map(row =>
        Object.fromEntries(columns.map(name => [name, denied.has(name) ? null : row[name]]))
      )
      const app = fastify()
      app.post('/graphql', async (request: { body: { variables: { first: number } } }) => ({
        data: { calls: { nodes: shown.slice(0, request.body.variables.first), pageInfo: { hasNextPage: true } } }
      }))
      return listening(app)
    }
  }
}

// Started as a process of its own: node --import tsx bench/graphql-servers.ts NAME [HIDDEN …]
if (process.send !== undefined && process.argv[1]?.endsWith('graphql-servers.ts')) {
  const [name = '', ...hidden] = process.argv.slice(2)
  process.on('message', () => process.send!({ cpu: process.cpuUsage() }))
  process.on('disconnect', () => process.exit(0))
  const listening = await servers[name]!.start(hidden)
  process.send(typeof listening === 'number' ? { port: listening } : listening)
}
