import type { TestContext } from 'node:test'
import type { PluginDefinition, PortalContext, Resolver, Resolvers, UserType } from '../../core/plugin-api.ts'
import type { Brand, Company, Contact } from '../../core/ports.ts'
import { createPluginDatabase } from '../../db/plugin-database.ts'
import { newId } from '../../db/sql.ts'
import { runExport } from '../../http/export-runner.ts'
import { hashToken, newToken } from '../../http/tokens.ts'
import { archiveCalls } from '../../plugins/cdr/archive.ts'
import type { Call } from '../../plugins/cdr/call.ts'
import { ingestCalls } from '../../plugins/cdr/ingest.ts'
import { plugins as shipped } from '../../plugins/index.ts'
import type { Open } from '../support/databases.ts'
import { startPortal, type TestPortal, testActor } from '../support/portal.ts'

/** One contact of one company, with everything that must never be seen by another one. */
export interface Party {
  readonly tag: string
  /** Seven digits that stand in each of its numbers and amounts. */
  readonly digits: string
  readonly brand: Brand
  readonly userType: UserType
  readonly company: Company
  readonly contact: Contact
  readonly session: string
  readonly sessionId: string
  /** Column → the text a filter on it would take, of one of its own rows. */
  readonly values: Record<string, string>
  /** Ids of its rows, jobs and sessions. */
  readonly ids: string[]
  readonly exports: { readonly grid: string; readonly id: string; readonly url: string }[]
}

export interface Visitor {
  readonly name: string
  readonly host: string
  readonly session?: string
  /** Whose data it may see; null: nobody's. */
  readonly party: Party | null
}

/** What a plugin's code is handed in place of what the server made; for proving that the probes can fail. */
export interface Sabotage {
  context: ((context: PortalContext) => PortalContext) | null
}

const wrapped = (resolvers: Resolvers, sabotage: Sabotage): Resolvers =>
  Object.fromEntries(
    Object.entries(resolvers).map(([type, fields]) => [
      type,
      type !== 'Query' && type !== 'Mutation'
        ? fields
        : Object.fromEntries(
            Object.entries(fields).map(([name, resolve]) => [
              name,
              ((parent, args, context: PortalContext, info) =>
                (resolve as Resolver)(parent, args, sabotage.context?.(context) ?? context, info)) as Resolver<never>
            ])
          )
    ])
  )

/** The shipped plugins, with a switch that breaks what they are handed. */
export const breakable = (
  sabotage: Sabotage,
  plugins: readonly PluginDefinition[] = shipped
): readonly PluginDefinition[] =>
  plugins.map(plugin => ({
    ...plugin,
    ...(plugin.resolvers === undefined ? {} : { resolvers: wrapped(plugin.resolvers, sabotage) }),
    ...(plugin.grids === undefined
      ? {}
      : {
          grids: plugin.grids.map(grid => ({
            ...grid,
            columns: (context: PortalContext) => grid.columns(sabotage.context?.(context) ?? context),
            pages: (context: PortalContext, filter: unknown, columns: readonly string[]) =>
              grid.pages(sabotage.context?.(context) ?? context, filter, columns)
          }))
        })
  }))

/** End of the seeded time: yesterday's last instant, so that all calls are live by the database's clock. */
export const until = Math.floor(Date.now() / 86_400_000) * 86_400_000
export const range = { from: new Date(until - 7 * 86_400_000).toISOString(), to: new Date(until).toISOString() }
const hour = 3_600_000
/** A month of which every company has calls in its archive. */
export const archivedMonth = new Date(Date.UTC(new Date(until).getUTCFullYear(), new Date(until).getUTCMonth() - 5, 1))
  .toISOString()
  .slice(0, 7)

/** Two brands; customers and carriers on both; every value of a company carries its tag or its digits. */
export class IsolationWorld {
  readonly portal: TestPortal
  readonly sabotage: Sabotage
  readonly parties: Party[] = []
  /** Second contact of the first company. */
  colleague!: Party
  visitors: Visitor[] = []
  requests = 0

  constructor(portal: TestPortal, sabotage: Sabotage) {
    this.portal = portal
    this.sabotage = sabotage
  }

  party(tag: string): Party {
    return this.parties.find(party => party.tag === tag)!
  }

  async #contact(tag: string, company: Company, brand: Brand) {
    const contact = await this.portal.contact(company, `zq-${tag}-mail@example.net`)
    const session = newToken()
    const sessionId = (await this.portal.installation.people.sessions.createContactSession({
      tokenHash: hashToken(session),
      contactId: contact.id,
      domainId: brand.id,
      ip: '127.0.0.1'
    }))!
    // The grid is what the probes ask for where they know nothing better.
    const view = { grid: 'nothing-like-it0', name: `zq-${tag}-view`, state: { text: `zq-${tag}-state` } }
    const { id: viewId } = await this.portal.installation.gridViews.save(contact.id, view)
    return { contact, session, sessionId, viewId }
  }

  async #company(tag: string, index: number, userType: UserType, brand: Brand): Promise<Party> {
    const company = await this.portal.company(`zq-${tag}-name`, { userType, domain: brand })
    const signedIn = await this.#contact(tag, company, brand)
    const digits = `98765${String(index).padStart(2, '0')}`
    const party: Party = { tag, digits, brand, userType, company, ...signedIn, values: {}, ids: [], exports: [] }
    party.ids.push(company.id, signedIn.contact.id, signedIn.sessionId, signedIn.viewId)
    this.parties.push(party)
    return party
  }

  /** The viewer's own side of one call. */
  leg(party: Party, callId: string, index: number): Call {
    const { tag, digits } = party
    // Apart so that no instant of one company's calls is one of another's: a probe tells them from each other by their text.
    const startedAt = until - (index + 1) * hour - Number(digits.slice(5)) * 7_777
    const carrier = party.userType === 'CARRIER'
    return {
      ...{ companyId: party.company.id, leg: party.userType, source: 'test', identity: `${callId}-${index}`, callId },
      ...{ direction: index % 2 === 0 ? 'TERMINATION' : 'ORIGINATION', startedAt, answeredAt: startedAt + 4_000 },
      ...{ endedAt: startedAt + 64_000, cli: `4411500${callId.length}${index}00`, destination: `4412600${index}00` },
      ...{ assertedId: `zq-${tag}-asserted`, techPrefix: `zq-${tag}-prefix`, lrn: `${digits}21` },
      ...{ destinationCode: `${digits}9`, destinationName: `zq-${tag}-region`, jurisdiction: 'LOCAL' },
      ...{ cardId: `zq-${tag}-cardid`, cardName: `zq-${tag}-card`, duration: 60, billedDuration: Number(digits) },
      ...{ ringDuration: 4, pdd: Number(digits), ...(carrier ? {} : { pddIn: Number(digits) }) },
      ...{
        rate: BigInt(`${digits}000000`),
        connectCost: BigInt(`${digits}000000`),
        charge: BigInt(`${digits}00000${index}`)
      },
      ...{ currency: 'EUR', sipCode: 200, sipReason: `zq-${tag}-reason`, q850Cause: 16, releaseReason: 'UPSTREAM_BYE' },
      ...(carrier
        ? { gatewayIp: `zq-${tag}-gateway` }
        : { sourceIp: `zq-${tag}-source`, authName: `zq-${tag}-auth`, dtmf: '12', recordingId: `zq-${tag}-rec` }),
      ...{
        dtmfCount: 2,
        codec: `zq-${tag}-codec`,
        rtpServer: `zq-${tag}-rtp`,
        mosHundredths: 411,
        jitterMs: Number(digits)
      },
      ...{ packetLossHundredths: 33, rttMs: Number(digits), stirShakenAttest: 'A' },
      ...(carrier ? {} : { dncStatus: `zq-${tag}-dnc` })
    } as Call
  }

  /** Every column that a user type can have, but those named: of all reports, or of these. */
  async showColumns(
    brand: Brand,
    hidden: readonly string[] = [],
    only?: readonly string[],
    userTypes: readonly UserType[] = ['CUSTOMER', 'CARRIER']
  ): Promise<void> {
    const { stores, catalogue } = this.portal.installation
    for (const { report, columns } of catalogue.columnSets.filter(set => only?.includes(set.report) ?? true))
      for (const userType of userTypes)
        await stores.brands.setColumns(
          brand.id,
          {
            ...{ report, userType },
            columns: columns
              .filter(({ name, audience }) => audience.includes(userType) && !hidden.includes(`${report}.${name}`))
              .map(({ name }) => name)
          },
          testActor
        )
  }

  async seed(): Promise<void> {
    const { acme, globex } = this.portal.world
    await this.portal.installation.stores.platform.setEntitlement('call-recording', true, testActor)
    await this.showColumns(acme)
    await this.showColumns(globex)
    const a1 = await this.#company('a1', 1, 'CUSTOMER', acme)
    await this.#company('a2', 2, 'CUSTOMER', acme)
    const ak = await this.#company('ak', 3, 'CARRIER', acme)
    await this.#company('al', 4, 'CARRIER', acme)
    await this.#company('g1', 5, 'CUSTOMER', globex)
    await this.#company('gk', 6, 'CARRIER', globex)
    this.colleague = { ...a1, tag: 'a1b', ...(await this.#contact('a1b', a1.company, acme)) }
    await this.#seedCalls()
    await this.#seedDids()
    const expired = await this.#contact('a1x', a1.company, acme)
    await this.portal.database.writer('contact_session').where({ id: expired.sessionId }).update({ expires_at: 1 })
    const staff = await this.portal.installation.people.staff.create(
      { name: 'Sam', email: 'sam@staff.example', passwordHash: 'none', role: 'ADMIN' },
      testActor
    )
    const viewAs = newToken()
    await this.portal.installation.people.sessions.createContactSession({
      tokenHash: hashToken(viewAs),
      contactId: a1.contact.id,
      domainId: acme.id,
      ip: '127.0.0.1',
      viewAs: { staffId: staff.id, staffName: 'Sam', writeThrough: false }
    })
    const visitor = (party: Party): Visitor => ({
      name: party.tag,
      host: party.brand.fqdn,
      session: party.session,
      party
    })
    this.visitors = [
      visitor(a1),
      visitor(ak),
      visitor(this.party('g1')),
      visitor(this.party('gk')),
      visitor(this.colleague),
      { name: 'view-as a1', host: acme.fqdn, session: viewAs, party: a1 },
      { name: 'anonymous', host: acme.fqdn, party: null },
      { name: 'expired session of a1', host: acme.fqdn, session: expired.session, party: null },
      { name: 'made-up token', host: acme.fqdn, session: newToken(), party: null },
      { name: 'session of a1 on the other brand', host: globex.fqdn, session: 'A1', party: null }
    ]
  }

  async #seedCalls(): Promise<void> {
    const calls: Call[] = []
    for (const [index, party] of this.parties.entries()) {
      for (let n = 0; n < 3 + index; n++) calls.push(this.leg(party, `zq-${party.tag}-call-${n}`, n))
      const first = this.leg(party, `zq-${party.tag}-call-0`, 0)
      const provider = party.userType === 'CARRIER'
      const own = {
        ...{
          techPrefix: first.techPrefix,
          destinationCode: first.destinationCode,
          destinationName: first.destinationName
        },
        ...{
          cardId: first.cardId,
          billedDuration: first.billedDuration,
          rate: `${party.digits.slice(0, 4)}.${party.digits.slice(4)}`
        },
        ...{ connectCost: `${party.digits}.000000`, charge: `${party.digits}.000000` }
      }
      for (const [name, value] of Object.entries(own))
        party.values[provider ? `provider${name[0]!.toUpperCase()}${name.slice(1)}` : name] = String(value)
      Object.assign(party.values, {
        ...{ callId: first.callId, assertedId: first.assertedId, lrn: first.lrn, sipReason: first.sipReason },
        ...{ pdd: party.digits, pddIn: party.digits, jitterMs: party.digits, rttMs: party.digits },
        ...{ startedAt: new Date(first.startedAt).toISOString(), endedAt: new Date(first.endedAt).toISOString() },
        ...{
          codec: first.codec,
          rtpServer: first.rtpServer,
          card: first.cardName,
          customerCharge: `${party.digits}.000000`
        },
        ...(provider
          ? { gatewayIp: first.gatewayIp }
          : {
              sourceIp: first.sourceIp,
              authName: first.authName,
              recordingId: first.recordingId,
              dncStatus: first.dncStatus
            })
      })
    }
    // Both legs of one call: what the customer pays is not the carrier's to see, nor the other way round.
    for (const [customer, carrier] of [
      ['a1', 'ak'],
      ['a2', 'ak'],
      ['g1', 'gk']
    ] as const)
      for (const party of [this.party(customer), this.party(carrier)])
        calls.push(this.leg(party, `shared-${customer}-${carrier}`, 20))
    for (const party of this.parties)
      calls.push({
        ...this.leg(party, `zq-${party.tag}-archived`, 30),
        startedAt: Date.parse(`${archivedMonth}-02T00:00:00Z`)
      })
    const db = createPluginDatabase(this.portal.database, shipped.find(({ name }) => name === 'cdr')!)
    await ingestCalls(db, calls)
    await archiveCalls(db, until)
  }

  async #seedDids(): Promise<void> {
    const write = this.portal.database.writer
    for (const [customer, carrier] of [
      ['a1', 'ak'],
      ['a2', 'ak'],
      ['a2', 'al'],
      ['g1', 'gk']
    ] as const) {
      const [owner, supplier] = [this.party(customer), this.party(carrier)]
      for (const n of [0, 1]) {
        const id = newId()
        // Customer and supplier both see the number; nobody else.
        const number = `4430${owner.digits.slice(5)}${supplier.digits.slice(5)}${n}0${n}7`
        await write('did').insert({
          ...{ id, number, country: 'GB', company_id: owner.company.id, carrier_id: supplier.company.id, enabled: 1 },
          ...{ retain_display_name: 0, channels: 2, channels_ceiling: 4, flow_speed: 1, flow_speed_ceiling: 5 },
          ...{ recording_mode: 'OFF', package_name: `zq-${customer}-package`, next_charge_at: until, currency: 'EUR' },
          ...{ price: Number(`${owner.digits}000000`), stir_shaken_min_attest: 'NONE', spam_scout: 0, version: 1 },
          ...{
            notes: `zq-${customer}-notes`,
            assigned_at: until,
            minimum_days_until: until,
            card_name: `zq-${customer}-card`
          }
        })
        await write('did_destination').insert({
          ...{
            did_id: id,
            company_id: owner.company.id,
            position: 0,
            type: 'URI',
            value: `zq-${customer}-user@pbx.example.com`
          },
          ...{ port: null, prefix: null }
        })
        const tag = `zq-${customer}-tag${n}`
        await write('did_tag').insert({ did_id: id, company_id: owner.company.id, tag, tag_lower: tag })
        owner.ids.push(id)
        this.dids.push({ id, number, owner, supplier })
        Object.assign(owner.values, {
          number,
          packageName: `zq-${customer}-package`,
          tags: tag,
          price: `${owner.digits}.000000`
        })
        Object.assign(owner.values, { cardName: `zq-${customer}-card`, email: `zq-${customer}-mail@example.net` })
        supplier.values.number = number
      }
    }
  }

  readonly dids: { readonly id: string; readonly number: string; readonly owner: Party; readonly supplier: Party }[] =
    []

  /** A ready file of each grid for each company. */
  async makeExports(): Promise<void> {
    for (const party of this.parties) {
      for (const [grid, filter] of [
        ['CDR', { range }],
        ['BREAKOUT', { range, groupBy: ['direction'] }],
        ['DID', null]
      ] as const) {
        const job = await this.export(party, grid, filter)
        party.exports.push(job)
        party.ids.push(job.id)
      }
    }
  }

  async export(
    { brand, session }: Party,
    grid: string,
    filter: unknown,
    columns: readonly string[] | null = null
  ): Promise<{ grid: string; id: string; url: string }> {
    const asked = await this.portal.query(
      brand.fqdn,
      'mutation ($grid: String!, $filter: JSON, $columns: [String!]) { requestExport(grid: $grid, filter: $filter, columns: $columns) { id } }',
      { session, variables: { grid, filter, columns } }
    )
    const id = asked.json?.data?.requestExport?.id
    if (id === undefined) throw new Error(`no export: ${asked.text}`)
    await runExport(this.portal.installation, id, async () => true)
    const ready = await this.portal.query(brand.fqdn, 'query ($id: ID!) { exportJob(id: $id) { url } }', {
      session,
      variables: { id }
    })
    return { grid, id, url: ready.json.data.exportJob.url }
  }

  /** A company may keep few files: one that was looked at makes room. */
  async dropExport(id: string): Promise<void> {
    await this.portal.database.writer('export_job').where({ id }).delete()
  }

  /** Finds in a text what is not this visitor's to see. */
  foreignTo(visitor: Visitor): (text: string, known: string) => string | undefined {
    const found = this.#foreign.get(visitor.name) ?? this.#patternFor(visitor)
    this.#foreign.set(visitor.name, found)
    return found
  }

  readonly #foreign = new Map<string, (text: string, known: string) => string | undefined>()

  #patternFor({ party, host }: Visitor): (text: string, known: string) => string | undefined {
    const others = [...this.parties, this.colleague].filter(each => each !== party)
    const companies = others.filter(each => each.company !== party?.company)
    const tags = companies.map(each => each.tag)
    const seesBrand = (each: Party): boolean => each.brand.fqdn === host
    const exact = [
      ...companies.flatMap(each => [
        ...each.ids,
        ...each.exports.map(({ url }) => url.split('/').at(-1)!),
        each.session
      ]),
      ...others.flatMap(each => [each.contact.id, each.contact.email, each.sessionId, each.session]),
      ...this.dids
        .filter(did => did.owner !== party && did.supplier !== party && did.owner.company !== party?.company)
        .map(did => did.number),
      ...this.dids.filter(did => did.owner.company !== party?.company).map(did => did.id),
      ...others.filter(each => !seesBrand(each)).flatMap(({ brand }) => [brand.id, brand.brandName])
    ].filter(
      text =>
        party === null ||
        ![party.contact.id, party.contact.email, party.sessionId, party.session, party.company.id].includes(text)
    )
    const escaped = [...new Set(exact)].map(text => text.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&'))
    const digits = companies.map(each => each.digits.slice(5))
    const pattern = new RegExp(
      [
        ...(tags.length > 0 ? [`zq-(?:${tags.join('|')})-`] : []),
        ...(digits.length > 0 ? [`98765(?:${digits.join('|')})`] : []),
        ...escaped
      ].join('|'),
      'g'
    )
    return (text, known) => {
      // What stands in the question itself is no news.
      for (const [found] of text.matchAll(pattern)) if (!known.includes(found)) return found
      return undefined
    }
  }

  /** Rows of every table of the plugins, of exports and of sessions, by table. */
  async rows(): Promise<Map<string, Record<string, unknown>[]>> {
    const tables = [...shipped.flatMap(plugin => Object.keys(plugin.tables ?? {})), 'export_job', 'contact', 'company']
    const found = new Map<string, Record<string, unknown>[]>()
    for (const table of tables) found.set(table, await this.portal.database.reader(table).select('*'))
    return found
  }
}

/** @param plugins in place of the shipped ones */
export const openIsolationWorld = async (
  t: TestContext,
  open: Open,
  plugins: readonly PluginDefinition[] = shipped
): Promise<IsolationWorld> => {
  const sabotage: Sabotage = { context: null }
  const used = breakable(sabotage, plugins)
  let world!: IsolationWorld
  await startPortal(t, {
    open: () => open({ plugins: used }),
    plugins: used,
    // A restriction that is on would take away what there is to probe.
    features: used.flatMap(plugin =>
      (plugin.features ?? []).filter(({ kind }) => kind !== 'RESTRICTION').map(({ key }) => key)
    ),
    seed: async started => {
      world = new IsolationWorld(started, sabotage)
      await world.seed()
    }
  })
  return world
}
