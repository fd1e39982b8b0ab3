import { createHash, randomBytes } from 'node:crypto'
import { describe, type TestContext } from 'node:test'
import fastify from 'fastify'
import { Access } from '../../core/access.ts'
import { AccessMirror } from '../../core/access-mirror.ts'
import type { AccessScaleStores } from '../../core/access-scale.ts'
import { Catalogue } from '../../core/catalogue.ts'
import { badInput, PortalError } from '../../core/errors.ts'
import { createMemoryStores } from '../../core/memory-store.ts'
import type { OnboardingRuns } from '../../core/onboarding-runs.ts'
import type { OperatorFiles } from '../../core/operator-file.ts'
import type { PluginDefinition } from '../../core/plugin-api.ts'
import type { AccessStores, PeopleStores } from '../../core/ports.ts'
import type { PluginDatabase } from '../../core/scope.ts'
import type { StaffRole } from '../../core/viewer.ts'
import { createAccessScaleStores } from '../../db/access-scale-stores.ts'
import { createAccessStores } from '../../db/access-stores.ts'
import type { Database } from '../../db/connect.ts'
import { createPeopleStores } from '../../db/people-stores.ts'
import type { OperatorServices } from '../../graphql/operator-context.ts'
import { operatorEndpoint } from '../../graphql/operator-endpoint.ts'
import { createStaffAccount } from '../../http/staff-account.ts'
import { forEachDatabase } from '../support/databases.ts'
import { insertCompanies } from '../support/insert-companies.ts'
import { createMemoryPeople } from './memory-people.ts'
import { worldPlugins } from './plugins.ts'

// biome-ignore lint/suspicious/noExplicitAny: tests look into answers of many shapes
type Data = any

export interface AskOptions {
  readonly variables?: Readonly<Record<string, unknown>>
  /** ADMIN unless said otherwise. */
  readonly role?: StaffRole
  readonly actor?: string
}
export interface Answer {
  readonly status: number
  readonly data: Data
  readonly errors: readonly {
    readonly message: string
    readonly extensions: Readonly<Record<string, Data>>
    readonly path?: readonly (string | number)[]
  }[]
  /** What stands beside data and errors. */
  readonly extensions?: Readonly<Record<string, Data>>
}

/** The operators' endpoint over one set of stores. */
export interface World {
  readonly services: OperatorServices
  readonly catalogue: Catalogue
  /** False: memory stores, with fake people. */
  readonly onDatabase: boolean
  ask(document: string, options?: AskOptions): Promise<Answer>
  /** The data of an answer without errors; fails on errors. */
  data(document: string, options?: AskOptions): Promise<Data>
  /** The codes of an answer's errors. */
  codes(document: string, options?: AskOptions): Promise<readonly string[]>
  /** Serves the endpoint on a free port; resolves to its URL. The test closes it. */
  listen(t: TestContext): Promise<string>
  /** A brand with these keys on; resolves to its id. */
  brand(fqdn: string, features?: readonly string[]): Promise<string>
  /** A company; resolves to its id. */
  company(name: string, input?: Readonly<Record<string, unknown>>): Promise<string>
  /** Many at once, which become known with their first access write. */
  companies(count: number, domainId: string | null): Promise<readonly string[]>
}

/** What a store keeps of a secret. */
export const hashOf = (secret: string): string => createHash('sha256').update(secret).digest('hex')

/** What this world does without: whatever is asked of it is not available. */
const absent = <T>(): T =>
  new Proxy(
    () => {
      throw new PortalError('UNAVAILABLE')
    },
    { get: (_target, name) => (name === 'then' ? undefined : absent()) }
  ) as T

const createWorld = async (
  stores: (catalogue: Catalogue) => AccessStores,
  people: PeopleStores | null,
  plugins: readonly PluginDefinition[],
  database: Database | null = null
): Promise<World> => {
  const catalogue = Catalogue.of(plugins)
  const access = new Access(catalogue)
  const accessStores = stores(catalogue)
  const services: OperatorServices = {
    access,
    mirror: new AccessMirror(access, accessStores.source),
    stores: accessStores,
    people: people ?? createMemoryPeople(),
    plugins,
    databaseOf: () => ({}) as PluginDatabase,
    onboarding: absent<OnboardingRuns>(),
    onboardingExample: '',
    scale: database === null ? absent<AccessScaleStores>() : createAccessScaleStores(database, catalogue),
    csv: { header: () => '', rows: () => '' },
    filesOf: () => absent<OperatorFiles>(),
    newSecret: () => {
      const secret = randomBytes(32).toString('base64url')
      return { secret, hash: hashOf(secret) }
    },
    newPasswordHash: async (path, password) => {
      if (password.length < 10) throw badInput(path, 'at least 10 characters')
      return `hash of ${password.length} characters`
    },
    account: createStaffAccount(people ?? createMemoryPeople(), null),
    passwordUrl: (fqdn, token) => `https://${fqdn ?? 'console.example.net'}/set-password?token=${token}`,
    viewAsUrl: (fqdn, ticket) => `https://${fqdn}/view-as?ticket=${ticket}`,
    pageFiles: { of: () => null },
    reservedHosts: ['console.example.net']
  }
  const app = fastify()
  await app.register(
    operatorEndpoint({
      services,
      operatorOf: request => {
        const role = (request.headers['x-role'] ?? 'ADMIN') as StaffRole
        const actor = String(request.headers['x-actor'] ?? `staff:${role.toLowerCase()}`)
        return { actor, name: `The ${role}`, role, ip: '127.0.0.1' }
      }
    })
  )
  await app.ready()

  const world: World = {
    services,
    catalogue,
    onDatabase: people !== null,
    async ask(document, { variables = {}, role = 'ADMIN', actor } = {}) {
      const response = await app.inject({
        method: 'POST',
        url: '/operator/graphql',
        headers: { 'x-role': role, ...(actor === undefined ? {} : { 'x-actor': actor }) },
        payload: { query: document, variables }
      })
      const { errors = [], ...body } = response.json() as Answer
      return { ...body, status: response.statusCode, errors }
    },
    async data(document, options) {
      const { data, errors } = await world.ask(document, options)
      if (errors.length > 0) throw new Error(`${document}\n${JSON.stringify(errors, null, 2)}`)
      return data
    },
    async codes(document, options) {
      const { errors } = await world.ask(document, options)
      return errors.map(error => String(error.extensions?.code))
    },
    async listen(t) {
      t.after(() => app.close())
      return `${await app.listen({ port: 0, host: '127.0.0.1' })}/operator/graphql`
    },
    async brand(fqdn, features = []) {
      const { createPortalDomain } = await world.data(
        'mutation ($input: CreatePortalDomainInput!) { createPortalDomain(input: $input) { id } }',
        { variables: { input: { fqdn, brandName: fqdn, currencies: ['EUR'], features } } }
      )
      return createPortalDomain.id
    },
    async company(name, input = {}) {
      const { createCompany } = await world.data(
        'mutation ($input: CreateCompanyInput!) { createCompany(input: $input) { id } }',
        { variables: { input: { name, userType: 'CUSTOMER', currency: 'EUR', ...input } } }
      )
      return createCompany.id
    },
    async companies(count, domainId) {
      if (database !== null) return insertCompanies(database, count, domainId)
      const ids: string[] = []
      for (let n = 0; n < count; n++) ids.push(await world.company(`Company ${n}`, { domainId }))
      return ids
    }
  }
  return world
}

/** Runs a suite over memory stores, SQLite and PostgreSQL. `open` makes a fresh, empty world. */
export const forEachWorld = (
  name: string,
  suite: (open: (plugins?: readonly PluginDefinition[]) => Promise<World>) => void
): void => {
  describe(`${name} · memory`, () =>
    suite((plugins = worldPlugins) => createWorld(catalogue => createMemoryStores({ catalogue }), null, plugins)))
  forEachDatabase(name, open =>
    suite(async (plugins = worldPlugins) => {
      const database = await open()
      return createWorld(
        catalogue => createAccessStores(database, catalogue),
        createPeopleStores(database),
        plugins,
        database
      )
    })
  )
}
