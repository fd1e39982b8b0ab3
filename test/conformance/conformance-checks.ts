import { type GraphQLField, type GraphQLObjectType, isEnumType, isNonNullType, Kind, parse } from 'graphql'
import { PortalError } from '../../core/errors.ts'
import type { UserType } from '../../core/feature.ts'
import {
  type Company,
  type ConformanceOptions,
  type ConformanceWorld,
  companies,
  type Hidden,
  type Reply
} from './conformance-world.ts'
import { documentOf, type Place, placesIn, sampleArguments, withValue } from './probe-arguments.ts'

/** One root field of the plugin under test and what guards it. */
interface Root {
  readonly operation: 'query' | 'mutation'
  /** `Query.dids` */
  readonly coordinate: string
  readonly field: GraphQLField<unknown, unknown>
  readonly document: string
  readonly features: readonly string[]
  readonly userTypes: readonly UserType[]
  readonly open: boolean
}

/** What the kit found wrong, a sentence each. */
export type Finding = string
type Check = (world: ConformanceWorld, options: ConformanceOptions) => Promise<readonly Finding[]>

/** Directives as written, by coordinate, of the plugin's own schema. */
function directivesOf(
  world: ConformanceWorld
): ReadonlyMap<string, readonly { name: string; args: Record<string, unknown> }[]> {
  const found = new Map<string, { name: string; args: Record<string, unknown> }[]>()
  for (const definition of parse(world.plugin.schema ?? '').definitions) {
    if (definition.kind !== Kind.OBJECT_TYPE_DEFINITION && definition.kind !== Kind.OBJECT_TYPE_EXTENSION) continue
    for (const field of definition.fields ?? []) {
      found.set(
        `${definition.name.value}.${field.name.value}`,
        (field.directives ?? []).map(directive => ({
          name: directive.name.value,
          args: Object.fromEntries(
            (directive.arguments ?? []).map(({ name, value }) => [
              name.value,
              value.kind === Kind.LIST
                ? value.values.map(each => ('value' in each ? each.value : null))
                : 'value' in value
                  ? value.value
                  : null
            ])
          )
        }))
      )
    }
  }
  return found
}

export function rootsOf(world: ConformanceWorld): readonly Root[] {
  const types = { Query: world.schema.schema.getQueryType(), Mutation: world.schema.schema.getMutationType() }
  return [...directivesOf(world)].flatMap(([coordinate, directives]) => {
    const [type = '', name = ''] = coordinate.split('.')
    const field = types[type as 'Query']?.getFields()[name]
    if (field === undefined) return []
    const operation = type === 'Query' ? ('query' as const) : ('mutation' as const)
    const features = directives.filter(each => each.name === 'feature').map(each => String(each.args.key))
    const named = directives.find(each => each.name === 'userTypes')?.args.types as readonly UserType[] | undefined
    const possible = (named ?? (['CUSTOMER', 'CARRIER'] as const)).filter(userType =>
      features.every(key => world.catalogue.feature(key)?.userTypes.includes(userType))
    )
    return [
      {
        operation,
        coordinate,
        field,
        document: documentOf(operation, field),
        features,
        userTypes: possible,
        open: directives.some(each => each.name === 'public')
      }
    ]
  })
}

const codesOf = (reply: Reply): readonly string[] =>
  ((reply.body?.errors ?? []) as { extensions?: { code?: string } }[]).map(error => error.extensions?.code ?? 'NONE')
const dataOf = (reply: Reply, root: Root): unknown => reply.body?.data?.[root.field.name]
const shortened = (reply: Reply): string => reply.text.slice(0, 300)

const viewersOf = (root: Root): readonly Company[] =>
  companies.filter(({ userType }) => root.userTypes.includes(userType))

const ask = (
  world: ConformanceWorld,
  options: ConformanceOptions,
  root: Root,
  company: Company | null,
  hidden: Hidden = {}
): Promise<Reply> =>
  world.ask(company, hidden, root.document, sampleArguments(root.coordinate, root.field, options.values ?? {}))

/** A root field answers its code, and nothing else, to whoever may not use it; the database is not asked. */
export const refusesHiddenRoots: Check = async (world, options) => {
  const findings: Finding[] = []
  for (const root of rootsOf(world)) {
    const expect = async (who: string, codes: readonly string[], reply: Reply): Promise<void> => {
      const got = codesOf(reply)
      if (dataOf(reply, root) != null) findings.push(`${root.coordinate} gave data to ${who}: ${shortened(reply)}`)
      if (got.length !== 1 || !codes.includes(got[0] as string)) {
        findings.push(`${root.coordinate} answered ${got.join() || 'no error'} to ${who}, not ${codes.join(' or ')}`)
      }
      if (reply.statements > 0) findings.push(`${root.coordinate} made ${reply.statements} SQL statements for ${who}`)
    }
    if (root.features.length === 0 && !root.open) {
      findings.push(`${root.coordinate} has no @feature; every signed-in contact may use it`)
    }
    if (!root.open) await expect('nobody', ['UNAUTHENTICATED'], await ask(world, options, root, null))
    for (const userType of ['CUSTOMER', 'CARRIER'] as const) {
      const company = companies.find(each => each.userType === userType) as Company
      if (!root.userTypes.includes(userType) && !root.open) {
        await expect(`a ${userType}`, ['FORBIDDEN', 'FEATURE_DISABLED'], await ask(world, options, root, company))
        continue
      }
      for (const key of root.features) {
        const reply = await ask(world, options, root, company, { keys: [key] })
        await expect(`a ${userType} without ${key}`, ['FEATURE_DISABLED'], reply)
      }
    }
  }
  return findings
}

/** With everything on, every root field works, and somebody sees rows of its own. */
export const answersWhenOn: Check = async (world, options) => {
  const findings: Finding[] = []
  let seen = false
  const roots = rootsOf(world)
  for (const root of roots) {
    for (const company of viewersOf(root)) {
      const reply = await ask(world, options, root, company)
      const wrong = codesOf(reply).filter(code =>
        ['FEATURE_DISABLED', 'UNAUTHENTICATED', 'QUERY_INVALID', 'QUERY_TOO_COMPLEX', 'INTERNAL', 'NONE'].includes(code)
      )
      if (wrong.length > 0) findings.push(`${root.coordinate} answered ${wrong.join()}: ${shortened(reply)}`)
      if (root.operation === 'query' && codesOf(reply).includes('BAD_USER_INPUT')) {
        findings.push(`${root.coordinate} refused the kit's arguments; give better \`values\`: ${shortened(reply)}`)
      }
      if (root.operation === 'query' && dataOf(reply, root) != null) {
        const own = new Set(textsOf((await world.rows(company)).own))
        seen ||= leavesOf(dataOf(reply, root)).some(leaf => own.has(leaf))
      }
    }
  }
  const hasRows = Object.values(world.plugin.tables ?? {}).some(scope => Object.keys(scope).length > 0)
  if (hasRows && roots.some(({ operation }) => operation === 'query') && !seen) {
    findings.push('nobody saw a row of its own; give the plugin demo rows, or the kit a `seed`')
  }
  return findings
}

/** Texts in rows that can be told apart: not short, not a word of the schema. */
const textsOf = (rows: readonly Record<string, unknown>[]): readonly string[] =>
  rows.flatMap(row =>
    Object.values(row).filter((value): value is string => typeof value === 'string' && value.length >= 6)
  )

function leavesOf(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value]
  if (typeof value === 'number') return [String(value)]
  if (typeof value !== 'object' || value === null) return []
  return Object.values(value).flatMap(leavesOf)
}

/** Same shape, other content, and in nobody's rows. */
function unlike(value: string, known: ReadonlySet<string>): string {
  let other = value
  do {
    other = other.replace(/[0-9a-zA-Z]/g, sign =>
      sign === '9' ? '1' : sign === 'z' ? 'a' : sign === 'Z' ? 'A' : String.fromCharCode(sign.charCodeAt(0) + 1)
    )
  } while (known.has(other))
  return other
}

/** An answer without the input it repeats, and without the list of what the document hid, which names columns of its own. */
const comparable = ({ status, body }: Reply, input: string): string =>
  JSON.stringify([status, body?.data, body?.errors]).replaceAll(JSON.stringify(input).slice(1, -1), '§')

/** Another company's ids, numbers and texts mean no more than ones that do not exist: same answer, no foreign text, no foreign row moved. */
export const keepsCompaniesApart: Check = async (world, options) => {
  const findings: Finding[] = []
  const values = options.values ?? {}
  const words = new Set(
    Object.values(world.schema.schema.getTypeMap()).flatMap(type =>
      isEnumType(type) ? type.getValues().map(({ name }) => name) : []
    )
  )
  for (const company of companies) {
    const roots = rootsOf(world).filter(root => viewersOf(root).includes(company))
    if (roots.length === 0) continue
    const before = await world.rows(company)
    const own = new Set(textsOf(before.own))
    const foreign = new Set([
      ...textsOf(before.foreign).filter(text => !own.has(text) && !words.has(text)),
      ...companies.filter(other => other !== company).map(({ id }) => id)
    ])
    // Words such as a rate card's name stand in many companies' rows; whoever has none of them learns nothing by them.
    const known = new Set([...own, ...foreign])
    const chosen = chooseProbes(before.foreign, foreign)
    const look = (root: Root, reply: Reply, input: string | null, where: string): void => {
      const leak = leavesOf(reply.body).find(leaf => leaf !== input && foreign.has(leaf))
      if (leak !== undefined)
        findings.push(`${root.coordinate} showed ${company.id} the foreign text "${leak}" (${where})`)
      if (codesOf(reply).some(code => code === 'INTERNAL' || code === 'NONE')) {
        findings.push(`${root.coordinate} failed (${where}): ${shortened(reply)}`)
      }
    }
    for (const root of roots) {
      if (root.operation === 'query') look(root, await ask(world, options, root, company), null, 'plain')
      for (const place of shallowest(placesIn(root.coordinate, root.field))) {
        if (isColumnPlace(place)) continue
        const isRule = place.coordinate.startsWith('GridRule.')
        // Filters reach every company by the same way; one of each user type tries all columns.
        if (isRule && company !== companies.find(({ userType }) => userType === company.userType)) continue
        const beside = isRule ? rulesFor(root) : [{}]
        const probes = isRule ? chosen.slice(0, 2) : chosen
        for (const around of beside) {
          for (const text of probes) {
            const other = unlike(text, known)
            const where = `${place.path.join('.')} = "${text}"${'column' in around ? ` on ${around.column}` : ''}`
            const given = (value: string): Promise<Reply> =>
              world.ask(
                company,
                {},
                root.document,
                withValue(root.coordinate, root.field, values, place, value, around)
              )
            const reply = await given(text)
            look(root, reply, text, where)
            const control = await given(other)
            if (comparable(reply, text) !== comparable(control, other)) {
              findings.push(
                `${root.coordinate} told ${company.id} a foreign value from one that does not exist (${where})`
              )
            }
            const single = place.isId && place.path.length === 1
            if (single && isNonNullType(argumentOf(root, place).type) && codesOf(reply)[0] !== 'NOT_FOUND') {
              findings.push(
                `${root.coordinate} answered ${codesOf(reply).join() || 'no error'} to a foreign id, not NOT_FOUND`
              )
            }
          }
        }
      }
    }
    const after = await world.rows(company)
    if (JSON.stringify(after.foreign) !== JSON.stringify(before.foreign)) {
      findings.push(`${company.id} changed rows of another company`)
    }
  }
  return unique(findings)
}

/** Of places that differ only in depth, the first. */
const shallowest = (places: readonly Place[]): readonly Place[] =>
  places.filter(place => places.find(({ coordinate }) => coordinate === place.coordinate) === place)

const argumentOf = (root: Root, place: Place) => root.field.args.find(({ name }) => name === place.path[0])!
const unique = (findings: readonly Finding[]): readonly Finding[] => [...new Set(findings)].slice(0, 25)

/** A few texts of every column of the foreign rows. */
function chooseProbes(rows: readonly Record<string, unknown>[], foreign: ReadonlySet<string>): readonly string[] {
  const byColumn = new Map<string, Set<string>>()
  for (const row of rows) {
    for (const [column, value] of Object.entries(row)) {
      if (typeof value !== 'string' || !foreign.has(value)) continue
      const some = byColumn.get(column) ?? new Set()
      if (some.size < 2) byColumn.set(column, some.add(value))
    }
  }
  return [...new Set([...byColumn.values()].flatMap(some => [...some]))]
}

/** Places that take the name of a column. */
const isColumnPlace = ({ name }: Place): boolean => ['column', 'columns', 'groupBy', 'metrics'].includes(name)

/** One nested group stands for the deeper ones, which go through the same code. */
const isTriedColumn = (place: Place): boolean =>
  isColumnPlace(place) && place.path.filter(step => step === 'groups').length <= 1

/** Names a client could try as columns of a root field's rows. */
function columnNames(root: Root): readonly string[] {
  const names = new Set<string>()
  const visit = (type: unknown, above: readonly string[]): void => {
    let named = type as { ofType?: unknown }
    while (named.ofType !== undefined) named = named.ofType as typeof named
    const object = named as unknown as GraphQLObjectType
    if (typeof object.getFields !== 'function' || above.includes(object.name)) return
    for (const field of Object.values(object.getFields())) {
      names.add(field.name)
      visit(field.type, [...above, object.name])
    }
  }
  visit(root.field.type, [])
  return [...names]
}

const rulesFor = (root: Root): readonly Record<string, unknown>[] =>
  columnNames(root).flatMap(column => ['eq', 'startsWith'].map(op => ({ column, op })))

/** A hidden field is null wherever it stands, and its name is as good as an unknown one in filters, sorts, groups and exports. */
export const hidesColumns: Check = async (world, options) => {
  const findings: Finding[] = []
  const values = options.values ?? {}
  const roots = rootsOf(world)
  for (const [coordinate, directives] of directivesOf(world)) {
    const [type = '', name = ''] = coordinate.split('.')
    if (type === 'Query' || type === 'Mutation') continue
    for (const directive of directives) {
      if (directive.name !== 'feature' && directive.name !== 'column') continue
      const column = `${directive.args.report}.${directive.args.name ?? name}`
      const hidden: Hidden = directive.name === 'feature' ? { keys: [String(directive.args.key)] } : { column }
      for (const userType of ['CUSTOMER', 'CARRIER'] as const) {
        const company = companies.find(each => each.userType === userType) as Company
        const access = world.accessOf(company, hidden)
        for (const root of roots) {
          if (!root.userTypes.includes(userType) || root.operation !== 'query') continue
          if (!root.features.every(key => access.has(key)) || !reaches(root.field.type, type, [])) continue
          const reply = await ask(world, options, root, company, hidden)
          if (valuesOf(reply.body?.data, name).some(value => value !== null)) {
            findings.push(`${root.coordinate} showed the hidden ${coordinate}`)
          }
          for (const place of placesIn(root.coordinate, root.field).filter(isTriedColumn)) {
            const around = { op: 'isNull' }
            const beside = place.coordinate === 'GridRule.column' ? around : {}
            const given = (text: string): Promise<Reply> =>
              world.ask(
                company,
                hidden,
                root.document,
                withValue(root.coordinate, root.field, values, place, text, beside)
              )
            const mentioned = await given(name)
            const unknown = await given('noSuchColumn0')
            const where = `${root.coordinate} at ${place.path.join('.')}`
            if (codesOf(mentioned).join() !== 'BAD_USER_INPUT') {
              findings.push(`${where} took the hidden ${coordinate}: ${shortened(mentioned)}`)
            } else if (comparable(mentioned, name) !== comparable(unknown, 'noSuchColumn0')) {
              findings.push(`${where} told the hidden ${coordinate} from an unknown column`)
            }
          }
        }
        findings.push(...(await hiddenInExports(world, options, company, hidden, name, column, directive.name)))
      }
    }
  }
  return unique(findings)
}

async function hiddenInExports(
  world: ConformanceWorld,
  options: ConformanceOptions,
  company: Company,
  hidden: Hidden,
  name: string,
  column: string,
  kind: string
): Promise<readonly Finding[]> {
  const findings: Finding[] = []
  for (const grid of world.plugin.grids ?? []) {
    // A column of one report says nothing about the grid of another.
    if (kind === 'column' && grid.report !== column.split('.')[0]) continue
    const open = world.contextOf(company, world.accessOf(company))
    const closed = world.contextOf(company, world.accessOf(company, hidden))
    if (!closed.access.has(grid.feature) || !grid.columns(open).some(each => each.name === name)) continue
    if (grid.columns(closed).some(each => each.name === name))
      findings.push(`export ${grid.name} offers the hidden ${name}`)
    const filter = options.values?.[`export ${grid.name}`]
    const refused = async (context: typeof open): Promise<boolean> => {
      try {
        for await (const page of grid.pages(context, filter, [name])) if (page.length > 0) break
        return false
      } catch (error) {
        if (error instanceof PortalError && error.code === 'BAD_USER_INPUT') return true
        throw error
      }
    }
    if (await refused(open)) {
      findings.push(
        `export ${grid.name} refuses ${name} although it is shown; give \`values\` for "export ${grid.name}"`
      )
    } else if (!(await refused(closed))) findings.push(`export ${grid.name} writes the hidden ${name}`)
  }
  return findings
}

/** Values under a field name, however deep. */
function valuesOf(data: unknown, name: string): readonly unknown[] {
  if (typeof data !== 'object' || data === null) return []
  if (Array.isArray(data)) return data.flatMap(each => valuesOf(each, name))
  return Object.entries(data).flatMap(([key, inner]) => (key === name ? [inner] : valuesOf(inner, name)))
}

/** Whether rows of this type can stand below a root field. */
function reaches(from: unknown, type: string, above: readonly string[]): boolean {
  let named = from as { ofType?: unknown }
  while (named.ofType !== undefined) named = named.ofType as typeof named
  const object = named as unknown as GraphQLObjectType
  if (object.name === type) return true
  if (typeof object.getFields !== 'function' || above.includes(object.name)) return false
  return Object.values(object.getFields()).some(field => reaches(field.type, type, [...above, object.name]))
}

/** Every check of the kit, by what it proves. */
export const checks: Readonly<Record<string, Check>> = {
  'every root field works when it is on': answersWhenOn,
  'a refused root field answers its code without SQL': refusesHiddenRoots,
  'a hidden column is absent everywhere': hidesColumns,
  'another company is as good as none': keepsCompaniesApart
}
