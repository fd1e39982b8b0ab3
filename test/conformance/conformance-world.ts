import fastify, { type FastifyInstance } from 'fastify'
import { Abilities } from '../../core/ability.ts'
import { Access } from '../../core/access.ts'
import type { AccessSet } from '../../core/access-set.ts'
import { Catalogue } from '../../core/catalogue.ts'
import type { UserType } from '../../core/feature.ts'
import { isRestriction } from '../../core/feature.ts'
import type { DemoWorld, PluginDatabase, PluginDefinition, PortalContext, Resolvers } from '../../core/plugin-api.ts'
import type { Viewer } from '../../core/viewer.ts'
import { createCompanyScope } from '../../db/company-scope.ts'
import type { Database } from '../../db/connect.ts'
import { createPluginDatabase } from '../../db/plugin-database.ts'
import { portalEndpoint } from '../../graphql/portal-endpoint.ts'
import { buildPortalSchema } from '../../graphql/portal-schema.ts'
import { plugins as shippedPlugins } from '../../plugins/index.ts'

/** What a plugin's own test may tell the kit. */
export interface ConformanceOptions {
  /** Rows for several companies; the plugin's demo rows unless given. */
  seed?(db: PluginDatabase, world: DemoWorld): Promise<void>
  /** Values the kit cannot guess, by coordinate: `CdrFilter.range`, `Query.cdr(callId:)`, `export CDR` for a grid's filter. */
  readonly values?: Readonly<Record<string, unknown>>
}

export interface Company {
  readonly id: string
  readonly userType: UserType
  readonly domainId: string
}

/** Two of each kind on one brand, one more on another. */
export const companies: readonly Company[] = [
  { id: 'customer-here-0a', userType: 'CUSTOMER', domainId: 'brand-here' },
  { id: 'customer-here-0b', userType: 'CUSTOMER', domainId: 'brand-here' },
  { id: 'customer-there-c', userType: 'CUSTOMER', domainId: 'brand-there' },
  { id: 'carrier-here-00d', userType: 'CARRIER', domainId: 'brand-here' },
  { id: 'carrier-there-0e', userType: 'CARRIER', domainId: 'brand-there' }
]

/** End of the seeded time, milliseconds. */
export const until = Date.UTC(2026, 0, 15)

/** What is switched off for one question; everything else is on, restrictions excepted. */
export interface Hidden {
  readonly keys?: readonly string[]
  /** Key of a column: `CDR.charge`. */
  readonly column?: string
}

export interface Reply {
  readonly status: number
  readonly text: string
  // biome-ignore lint/suspicious/noExplicitAny: answers of every shape
  readonly body: any
  /** Statements the question made. */
  readonly statements: number
}

/** One database with rows of several companies, and the portal's endpoint in front of it, without sign-in. */
export class ConformanceWorld {
  readonly plugin: PluginDefinition
  readonly plugins: readonly PluginDefinition[]
  readonly catalogue: Catalogue
  readonly schema: ReturnType<typeof buildPortalSchema>
  readonly #db: Database
  readonly #abilities: Abilities
  readonly #sets = new Map<string, AccessSet>()
  #app: FastifyInstance | undefined
  #asking: { readonly company: Company | null; readonly access: AccessSet } | undefined
  #statements = 0
  /** Questions asked so far. */
  asked = 0

  constructor(db: Database, plugin: PluginDefinition, schema?: ReturnType<typeof buildPortalSchema>) {
    this.plugin = plugin
    this.plugins = allWith(plugin)
    this.catalogue = Catalogue.of(this.plugins)
    this.schema = schema ?? buildPortalSchema(this.plugins, this.catalogue, baseResolvers)
    this.#db = db
    this.#abilities = new Abilities(
      this.catalogue,
      this.plugins.flatMap(each => each.guards ?? [])
    )
    const count = (): void => {
      this.#statements++
    }
    db.reader.on('query', count)
    if (db.writer !== db.reader) db.writer.on('query', count)
  }

  async seed(seed: ConformanceOptions['seed'] = this.plugin.demo): Promise<void> {
    for (const [index, { id, userType }] of companies.entries()) {
      await this.#db.writer('company').insert({
        ...{ id, seq: index + 1, name: id, name_lower: id, user_type: userType, status: 'ACTIVE' },
        ...{ currency: 'EUR', created_at: 0 }
      })
    }
    if (seed === undefined) return
    let state = 20_260_115
    const random = (): number => {
      state = (state * 48_271) % 2_147_483_647
      return state / 2_147_483_647
    }
    const known = companies.map(company => ({ ...company, name: company.id, currency: 'EUR', accountCode: null }))
    await seed(createPluginDatabase(this.#db, this.plugin), { random, until, companies: known })
  }

  /** Rows of the plugin's tables that are, and are not, this company's. */
  async rows(company: Company): Promise<{ own: Record<string, unknown>[]; foreign: Record<string, unknown>[] }> {
    const own: Record<string, unknown>[] = []
    const foreign: Record<string, unknown>[] = []
    for (const [table, scope] of Object.entries(this.plugin.tables ?? {})) {
      const column = scope[company.userType]
      for (const row of (await this.#db.reader(table).select('*')) as Record<string, unknown>[]) {
        ;(column !== undefined && row[column] === company.id ? own : foreign).push(row)
      }
    }
    return { own, foreign }
  }

  accessOf(company: Company | null, hidden: Hidden = {}): AccessSet {
    const name = JSON.stringify([company?.id, hidden])
    let set = this.#sets.get(name)
    if (set === undefined) {
      set = this.#decide(company, hidden)
      this.#sets.set(name, set)
    }
    return set
  }

  #decide(company: Company | null, hidden: Hidden): AccessSet {
    const access = new Access(this.catalogue)
    const [report = '', name = ''] = hidden.column?.split('.') ?? []
    const columns = this.catalogue.columnSets.flatMap(set =>
      (['CUSTOMER', 'CARRIER'] as const).map(userType => ({
        report: set.report,
        userType,
        columns: set.columns
          .filter(column => column.audience.includes(userType) && !(set.report === report && column.name === name))
          .map(column => column.name)
      }))
    )
    const features = this.catalogue.features.map(feature => ({
      key: feature.key,
      enabled: !isRestriction(feature) && !(hidden.keys ?? []).includes(feature.key)
    }))
    access.replace({
      revisions: new Map([
        ['brand-here', 1],
        ['brand-there', 1]
      ]),
      platform: {
        disabledPlugins: [],
        entitlements: this.catalogue.features.flatMap(({ entitlement }) =>
          entitlement === undefined ? [] : [entitlement]
        )
      },
      domains: ['brand-here', 'brand-there'].map((id, index) => ({ id, isDefault: index === 0, features, columns })),
      companies: companies.map(each => ({ ...each, status: 'ACTIVE', overrides: [] }))
    })
    return company === null ? access.anonymous('brand-here') : access.accessOf(company.id, until, company.domainId)
  }

  /** What resolvers and exports are given. */
  contextOf(company: Company, access: AccessSet): PortalContext {
    const viewer = viewerOf(company)
    return {
      viewer,
      access,
      scope: createCompanyScope(this.#db, this.plugins, viewer, { at: until }),
      at: until,
      requestId: 'request',
      authorize: (action, subject, row, field) => this.#abilities.authorize(access, viewer, action, subject, row, field)
    }
  }

  async ask(
    company: Company | null,
    hidden: Hidden,
    document: string,
    variables: Readonly<Record<string, unknown>> = {}
  ): Promise<Reply> {
    this.#app ??= await this.#start()
    this.#asking = { company, access: this.accessOf(company, hidden) }
    this.#statements = 0
    this.asked++
    const answer = await this.#app.inject({ method: 'POST', url: '/graphql', payload: { query: document, variables } })
    return { status: answer.statusCode, text: answer.body, body: answer.json(), statements: this.#statements }
  }

  async #start(): Promise<FastifyInstance> {
    const app = fastify()
    await app.register(
      portalEndpoint({
        schema: this.schema,
        mapError: error => this.#db.mapError(error),
        contextOf: () => {
          const { company, access } = this.#asking!
          const open = { domainId: company?.domainId ?? 'brand-here', at: until, requestId: 'request', ip: '192.0.2.1' }
          return company === null
            ? { caller: { viewer: null, access }, context: open }
            : {
                caller: { viewer: viewerOf(company), access },
                context: { ...open, ...this.contextOf(company, access) }
              }
        }
      })
    )
    return app
  }

  async close(): Promise<void> {
    await this.#app?.close()
  }
}

/** The shipped plugins with this one among them, in place of its namesake. */
function allWith(plugin: PluginDefinition): readonly PluginDefinition[] {
  const others = shippedPlugins.filter(other => other.name !== plugin.name)
  return [...others, plugin]
}

const viewerOf = ({ id, userType, domainId }: Company): Viewer => ({
  ...{ sessionId: 'session', contactId: `contact-of-${id}`, contactName: 'Ann', email: 'ann@example.net' },
  ...{ companyId: id, companyName: id, companyStatus: 'ACTIVE', currency: 'EUR', userType },
  ...{ domainId, homeDomainId: domainId, ip: '192.0.2.1' }
})

const nothing = (): null => null
const baseResolvers: Resolvers = {
  Query: { me: nothing, features: nothing, columns: nothing, exportJob: nothing },
  Mutation: { requestExport: nothing }
}
