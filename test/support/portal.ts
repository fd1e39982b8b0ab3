import { copyFile, mkdtemp, rm } from 'node:fs/promises'
import { request as httpRequest, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { FastifyBaseLogger, FastifyInstance } from 'fastify'
import type { CompanyStatus, UserType } from '../../core/feature.ts'
import type { PluginDefinition } from '../../core/plugin-api.ts'
import type { Actor, Brand, Company, Contact, OverrideValue } from '../../core/ports.ts'
import type { StaffRole } from '../../core/viewer.ts'
import { type Database, openDatabase } from '../../db/connect.ts'
import { migrate } from '../../db/migrate.ts'
import type { BuiltPages } from '../../http/built-pages.ts'
import type { Installation } from '../../http/installation.ts'
import type { Metrics } from '../../http/metrics.ts'
import { hashPassword } from '../../http/passwords.ts'
import { createServer } from '../../http/server.ts'
import { readSettings, type Settings } from '../../http/settings.ts'
import { hashToken, newToken } from '../../http/tokens.ts'
import { sqliteTemplate } from './sqlite-template.ts'

export const testPassword = 'correct horse battery'
const testPasswordHash = hashPassword(testPassword)

export const consoleHost = 'console.localhost'
export const testActor: Actor = {
  operator: { actor: 'staff:test', name: 'Test', role: 'ADMIN', ip: '127.0.0.1' },
  reason: 'test'
}

export interface Answer {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly text: string
  /** The parsed body; undefined when it is no JSON. */
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of many shapes
  readonly json: any
}

export interface RequestInput {
  readonly method?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string | Buffer
  /** A contact's session token, sent as a bearer. */
  readonly session?: string
  /** An operator's API key, sent as a bearer. */
  readonly apiKey?: string
  /** A session token, sent as the cookie of plain http on `*.localhost`. */
  readonly cookie?: string
}

/** One HTTP request with a Host header of one's own; Node's fetch would not send it. */
export const sendRequest = (port: number, host: string, path: string, input: RequestInput = {}): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const bearer = input.session ?? input.apiKey
    const sent = httpRequest(
      {
        host: '127.0.0.1',
        port,
        path,
        method: input.method ?? 'GET',
        headers: {
          host,
          ...(bearer === undefined ? {} : { authorization: `Bearer ${bearer}` }),
          ...(input.cookie === undefined ? {} : { cookie: `portal=${input.cookie}` }),
          ...(input.body === undefined ? {} : { 'content-length': String(Buffer.byteLength(input.body)) }),
          ...input.headers
        }
      },
      response => {
        const parts: Buffer[] = []
        response.on('data', part => parts.push(part))
        response.on('error', reject)
        response.on('end', () => {
          const text = Buffer.concat(parts).toString()
          let json: unknown
          try {
            json = JSON.parse(text)
          } catch {
            json = undefined
          }
          resolve({ status: response.statusCode ?? 0, headers: response.headers, text, json })
        })
      }
    )
    sent.on('error', reject)
    // Whoever waits for ever tells nobody what for.
    sent.setTimeout(600_000, () => sent.destroy(new Error(`No answer from ${host}${path} on port ${port}.`)))
    sent.end(input.body)
  })

/** The two brands every test portal starts with. */
export interface TestWorld {
  readonly acme: Brand
  readonly globex: Brand
}

export interface TestPortalOptions {
  /** From `forEachDatabase`; a SQLite file of its own when left out. */
  readonly open?: () => Promise<Database>
  readonly plugins: readonly PluginDefinition[]
  /** Further rows, before the server listens. */
  readonly seed?: (portal: TestPortal) => Promise<void>
  readonly settings?: Partial<Settings>
  /** Whether background work runs; not unless asked for. */
  readonly jobs?: boolean
  readonly graphiql?: boolean
  /** Keys that are on at both brands; all of the catalogue unless said otherwise. */
  readonly features?: readonly string[]
  /** Silence unless given. */
  readonly logger?: FastifyBaseLogger
  readonly metrics?: Metrics
  /** Those of `npm run build` unless given. */
  readonly pages?: BuiltPages
}

/** A whole server on a free port with two brands and an operator's key. */
export class TestPortal {
  readonly server: FastifyInstance
  readonly database: Database
  readonly world: TestWorld
  /** An API key with the role ADMIN. */
  readonly apiKey: string
  port = 0

  constructor(server: FastifyInstance, database: Database, world: TestWorld, apiKey: string) {
    this.server = server
    this.database = database
    this.world = world
    this.apiKey = apiKey
  }

  get installation(): Installation {
    return this.server.installation
  }

  request(host: string, path: string, input: RequestInput = {}): Promise<Answer> {
    return sendRequest(this.port, host, path, input)
  }

  /** A GraphQL request: to the operators' schema on the console host, to the portal's elsewhere. */
  query(
    host: string,
    document: string,
    input: RequestInput & { readonly variables?: Readonly<Record<string, unknown>> } = {}
  ): Promise<Answer> {
    const { variables, ...rest } = input
    return this.request(host, host === consoleHost ? '/operator/graphql' : '/graphql', {
      method: 'POST',
      ...rest,
      headers: { 'content-type': 'application/json', ...rest.headers },
      body: JSON.stringify({ query: document, ...(variables === undefined ? {} : { variables }) })
    })
  }

  /** @param domain null: a company without a home brand; left out: acme */
  company(
    name: string,
    input: {
      readonly userType?: UserType
      readonly domain?: Brand | null
      readonly status?: CompanyStatus
      readonly currency?: string
      readonly accountCodes?: readonly string[]
    } = {}
  ): Promise<Company> {
    const domain = input.domain === undefined ? this.world.acme : input.domain
    return this.installation.stores.companies.create(
      {
        name,
        userType: input.userType ?? 'CUSTOMER',
        currency: input.currency ?? 'EUR',
        domainId: domain?.id ?? null,
        status: input.status ?? 'ACTIVE',
        accountCodes: input.accountCodes ?? []
      },
      testActor
    )
  }

  /** A contact whose password is `testPassword`. */
  async contact(company: Company, email: string, ipAllowList: readonly string[] = []): Promise<Contact> {
    return this.installation.people.contacts.create(
      { companyId: company.id, name: email, email, passwordHash: await testPasswordHash, ipAllowList },
      testActor
    )
  }

  /** A session's token, without signing in. */
  async session(contact: Contact, brand: Brand = this.world.acme): Promise<string> {
    const token = newToken()
    await this.installation.people.sessions.createContactSession({
      tokenHash: hashToken(token),
      contactId: contact.id,
      domainId: brand.id,
      ip: '127.0.0.1'
    })
    return token
  }

  /** A new member of staff, and the token of its session on the console: the cookie `portal` there. */
  async staffSession(role: Exclude<StaffRole, 'INGEST'>, name = role.toLowerCase()): Promise<string> {
    const { staff, sessions } = this.installation.people
    const token = newToken()
    const { id } = await staff.create(
      { name, email: `${name.toLowerCase()}@staff.example.net`, role, passwordHash: await testPasswordHash },
      testActor
    )
    await sessions.createStaffSession({ tokenHash: hashToken(token), staffId: id, ip: '127.0.0.1' })
    return token
  }

  /** Company, contact and session in one call. */
  async signedIn(
    name: string,
    input: Parameters<TestPortal['company']>[1] = {}
  ): Promise<{ readonly company: Company; readonly contact: Contact; readonly session: string }> {
    const company = await this.company(name, input)
    const contact = await this.contact(company, `${name.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-')}@example.net`)
    return { company, contact, session: await this.session(contact, input.domain ?? this.world.acme) }
  }

  async override(company: Company, key: string, override: OverrideValue | 'INHERIT'): Promise<void> {
    await this.installation.stores.companies.setOverrides(company.id, [{ key, override }], testActor)
  }
}

/** What a portal ends with: a test, as a rule. */
interface Ending {
  after(clean: () => unknown): void
}

const ownDatabase = async (t: Ending, plugins: readonly PluginDefinition[]): Promise<Database> => {
  const folder = await mkdtemp(join(tmpdir(), 'portal-test-'))
  const url = join(folder, 'portal.sqlite')
  await copyFile(await sqliteTemplate(plugins), url)
  const database = await openDatabase({ url })
  t.after(() => rm(folder, { recursive: true, force: true }))
  return database
}

/** Starts a server for one test and stops it after the test. */
export const startPortal = async (t: Ending, options: TestPortalOptions): Promise<TestPortal> => {
  const database = await (options.open ?? (() => ownDatabase(t, options.plugins)))()
  let stop = async (): Promise<void> => {}
  t.after(async () => {
    await stop()
    await database.close()
  })
  await migrate(database, options.plugins)
  const settings: Settings = { ...readSettings({}), port: 0, rateLimit: 0, ...options.settings }
  const server = await createServer({
    settings,
    database,
    plugins: options.plugins,
    jobs: options.jobs ?? false,
    logger: options.logger ?? false,
    metrics: options.metrics ?? null,
    ...(options.graphiql === undefined ? {} : { graphiql: options.graphiql }),
    ...(options.pages === undefined ? {} : { pages: options.pages })
  })
  stop = () => server.close()
  const { stores, people, catalogue } = server.installation
  const features = options.features ?? catalogue.features.map(feature => feature.key)
  const brand = (fqdn: string, brandName: string): Promise<Brand> =>
    stores.brands.create({ fqdn, brandName, currencies: ['EUR', 'USD'], features }, testActor)
  const world = {
    acme: await brand('acme.localhost', 'Acme Voice'),
    globex: await brand('globex.localhost', 'Globex Telecom')
  }
  const apiKey = newToken()
  await people.staff.createApiKey({ name: 'test', keyHash: hashToken(apiKey), role: 'ADMIN' }, testActor)
  const portal = new TestPortal(server, database, world, apiKey)
  await options.seed?.(portal)
  await server.listen({ host: '127.0.0.1', port: 0 })
  portal.port = (server.server.address() as AddressInfo).port
  return portal
}
