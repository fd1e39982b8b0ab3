import { readFileSync } from 'node:fs'
import {
  buildSchema,
  type GraphQLField,
  type GraphQLInputType,
  getNamedType,
  getNullableType,
  isEnumType,
  isInputObjectType,
  isListType,
  isObjectType
} from 'graphql'
import {
  documentOf,
  type Place,
  placesIn,
  sampleArguments,
  selectionOf,
  withValue
} from '../conformance/probe-arguments.ts'
import type { Answer } from '../support/portal.ts'
import { type IsolationWorld, type Party, range, type Visitor } from './isolation-world.ts'

export const schema = buildSchema(readFileSync(new URL('../../graphql/portal-schema.graphql', import.meta.url), 'utf8'))

export interface Root {
  readonly operation: 'query' | 'mutation'
  readonly coordinate: string
  readonly field: GraphQLField<unknown, unknown>
}

export const roots: readonly Root[] = [
  ...Object.values(schema.getQueryType()!.getFields()).map(field => ({
    operation: 'query' as const,
    coordinate: `Query.${field.name}`,
    field
  })),
  ...Object.values(schema.getMutationType()!.getFields()).map(field => ({
    operation: 'mutation' as const,
    coordinate: `Mutation.${field.name}`,
    field
  }))
]

/** What no generator can guess. */
export const given: Readonly<Record<string, unknown>> = {
  'Query.breakout(groupBy:)': ['direction'],
  'Query.columns(report:)': 'CDR',
  'Mutation.requestExport(grid:)': 'DID',
  'Mutation.updateDid(version:)': 99,
  'CdrFilter.range': range,
  'Query.breakout(range:)': range
}

export const modes = ['variables', 'literals', 'aliases', 'fragment', 'get'] as const
export type Mode = (typeof modes)[number]

/** A value as it stands in a document. */
export const literal = (value: unknown, type: GraphQLInputType | null): string => {
  if (value === null || value === undefined) return 'null'
  const open = type === null ? null : getNullableType(type)
  if (Array.isArray(value))
    return `[${value.map(each => literal(each, open !== null && isListType(open) ? open.ofType : null)).join(', ')}]`
  if (typeof value === 'object') {
    const fields =
      open !== null && isInputObjectType(getNamedType(open))
        ? (getNamedType(open) as { getFields?: () => Record<string, { type: GraphQLInputType }> }).getFields!()
        : {}
    const inner = Object.entries(value).map(([name, each]) => `${name}: ${literal(each, fields[name]?.type ?? null)}`)
    return `{ ${inner.join(', ')} }`
  }
  return open !== null && isEnumType(getNamedType(open)) ? String(value) : JSON.stringify(value)
}

const call = ({ field }: Root, args: Readonly<Record<string, unknown>>, alias = ''): string => {
  const passed = Object.entries(args).map(
    ([name, value]) => `${name}: ${literal(value, field.args.find(each => each.name === name)!.type)}`
  )
  return `${alias}${field.name}${passed.length === 0 ? '' : `(${passed.join(', ')})`} ${selectionOf(field.type)}`
}

export interface Question {
  readonly method: 'GET' | 'POST'
  readonly document: string
  readonly variables?: Readonly<Record<string, unknown>>
}

/** One root field with these arguments, written in one of the ways a client can write it. */
export const question = (root: Root, args: Readonly<Record<string, unknown>>, mode: Mode): Question => {
  const { operation, field } = root
  const type = operation === 'query' ? 'Query' : 'Mutation'
  if (mode === 'literals') return { method: 'POST', document: `${operation} { ${call(root, args)} }` }
  if (mode === 'aliases')
    return {
      method: 'POST',
      document: `${operation} { ${call(root, sampleArguments(root.coordinate, field, given), 'own: ')} ${call(root, args, 'other: ')} }`
    }
  if (mode === 'fragment')
    return {
      method: 'POST',
      document: `${operation} Asked { ...Outer @include(if: true) } fragment Outer on ${type} { ...Inner } fragment Inner on ${type} { ${call(root, args)} }`
    }
  return {
    method: mode === 'get' && operation === 'query' ? 'GET' : 'POST',
    document: documentOf(operation, field),
    variables: args
  }
}

export const send = (world: IsolationWorld, visitor: Visitor, asked: Question): Promise<Answer> => {
  world.requests++
  const { host, session } = visitor
  const bearer = session === undefined ? {} : { session }
  const { document, variables } = asked
  if (asked.method === 'POST')
    return world.portal.query(host, document, { ...bearer, ...(variables === undefined ? {} : { variables }) })
  const search = new URLSearchParams({ query: document, variables: JSON.stringify(variables ?? {}) })
  return world.portal.request(host, `/graphql?${search}`, { ...bearer, headers: { accept: 'application/json' } })
}

/** Errors of fields that ran side by side come in the order in which they failed. */
const inOrder = ({ json, text }: Answer): string => {
  if (!Array.isArray(json?.errors)) return text
  const errors = [...json.errors].sort((a, b) => (JSON.stringify(a.path) < JSON.stringify(b.path) ? -1 : 1))
  return JSON.stringify({ ...json, errors })
}

/** Status, headers and body, without what differs between any two requests, and without the value that was asked for. */
export const comparable = (answer: Answer, echoed?: string): string => {
  const { date: _, 'content-length': __, ...headers } = answer.headers
  const text = inOrder(answer).replaceAll(/"(generatedAt|lastSeenAt)":"[^"]*"/g, '')
  const body = echoed === undefined ? text : text.replaceAll(JSON.stringify(echoed).slice(1, -1), '§')
  return `${answer.status} ${body}\n${JSON.stringify(headers)}`
}

/** Same length and shape, other content: a guessed id, number or text. */
export const unlike = (value: string): string => {
  // An instant stays one.
  if (/^\d{4}-\d\d-\d\dT.*Z$/.test(value)) return value.replace(/\d{3}Z$/, '777Z')
  return value.replace(/[0-9a-zA-Z]/g, sign =>
    sign === '9' ? '1' : sign === 'z' ? 'a' : sign === 'Z' ? 'A' : String.fromCharCode(sign.charCodeAt(0) + 1)
  )
}

export interface Probe {
  readonly root: Root
  readonly args: Readonly<Record<string, unknown>>
  /** The same with a value nobody has; absent where no value is foreign. */
  readonly control?: Readonly<Record<string, unknown>>
  readonly value?: string
  readonly where: string
  /** Foreign and unknown values must be answered alike; not so where order counts. */
  readonly alike: boolean
}

/** Names of the columns in a root field's rows. */
export const columnNames = (type: unknown, above: readonly string[] = []): readonly string[] => {
  const named = getNamedType(type as GraphQLInputType) as unknown
  if (!isObjectType(named) || above.includes(named.name)) return []
  return Object.values(named.getFields()).flatMap(field => [
    field.name,
    ...columnNames(field.type, [...above, named.name])
  ])
}

const isColumnPlace = ({ name }: Place): boolean => ['column', 'columns', 'groupBy', 'metrics', 'report'].includes(name)
const operators = ['eq', 'ne', 'in', 'lt', 'lte', 'gt', 'gte', 'between', 'contains', 'startsWith', 'isNull'] as const

/** Costly by design, the end of the session that asks, or full after twenty; they have tests of their own. */
const apart = ['login', 'logout', 'changePassword', 'saveGridView']

/** Every probe there is for what this party has and another one must not learn. */
export const probesAbout = (foreign: Party): readonly Probe[] => {
  const probes: Probe[] = []
  const texts = [...new Set([...foreign.ids, ...Object.values(foreign.values)])]
  for (const root of roots) {
    const { coordinate, field } = root
    if (apart.includes(field.name)) continue
    const add = (
      place: Place,
      value: string,
      beside: Readonly<Record<string, unknown>>,
      where: string,
      alike: boolean,
      wrap = (text: string): unknown => text
    ): void => {
      const put = (text: string) => withValue(coordinate, field, given, place, wrap(text), beside)
      probes.push({
        root,
        args: put(value),
        control: put(unlike(value)),
        value,
        where: `${coordinate} ${place.path.join('.')} ${where}`,
        alike
      })
    }
    for (const place of placesIn(coordinate, field)) {
      if (isColumnPlace(place)) continue
      const isRule = place.coordinate === 'GridRule.value' || place.coordinate === 'GridRule.values'
      if (isRule) {
        for (const column of new Set(columnNames(field.type))) {
          const value = foreign.values[column]
          if (value === undefined) continue
          for (const op of operators) {
            const many = op === 'in' || op === 'between'
            if (many !== (place.coordinate === 'GridRule.values')) continue
            const alike = ['eq', 'ne', 'in', 'contains', 'startsWith'].includes(op)
            // `values` is a list already; its place stands for one element.
            add(
              place,
              op === 'isNull' ? 'true' : value,
              { column, op, ...(op === 'between' ? { values: [value, value] } : {}) },
              `${column} ${op}`,
              alike
            )
          }
        }
        continue
      }
      for (const value of place.isId ? foreign.ids : texts) add(place, value, {}, '', true)
    }
    if (field.name.startsWith('bulk')) {
      const own = sampleArguments(coordinate, field, given)
      for (const id of foreign.ids) {
        const mixed = (text: string) => ({ ...own, ids: ['AAAAAAAAAAAAAAAA', text] })
        probes.push({
          root,
          args: mixed(id),
          control: mixed(unlike(id)),
          value: id,
          where: `${coordinate} mixed ids`,
          alike: true
        })
      }
    }
    if (field.name === 'requestExport')
      for (const grid of ['CDR', 'BREAKOUT', 'DID'])
        for (const [column, value] of Object.entries(foreign.values)) {
          const filter = (text: string) => {
            const where = { rules: [{ column, op: 'eq', value: text }] }
            if (grid === 'CDR') return { range, where }
            return grid === 'DID' ? { where } : { range, groupBy: ['direction'], filter: where, having: where }
          }
          const wanted = (text: string) => ({ grid, filter: filter(text), format: 'CSV' })
          probes.push({
            root,
            args: wanted(value),
            control: wanted(unlike(value)),
            value,
            where: `export ${grid} ${column}`,
            alike: true
          })
        }
  }
  return probes
}

/** Questions that name nothing foreign at all: whole lists, sorted by each column, a row at a time. */
export const plainProbes = (): readonly Probe[] => {
  const probes: Probe[] = []
  for (const root of roots) {
    const { coordinate, field } = root
    if (root.operation === 'mutation') continue
    const own = sampleArguments(coordinate, field, given)
    const add = (args: Readonly<Record<string, unknown>>, where: string): void => {
      probes.push({ root, args: { ...own, ...args }, where: `${coordinate} ${where}`, alike: true })
    }
    add({}, 'plain')
    const has = (name: string): boolean => field.args.some(argument => argument.name === name)
    if (!has('sort')) continue
    for (const column of new Set(columnNames(field.type)))
      for (const dir of ['ASC', 'DESC']) add({ sort: [{ column, dir }], first: 2 }, `sort ${column} ${dir}`)
    for (const column of has('groupBy') ? new Set(columnNames(field.type)) : [])
      add({ groupBy: [column], sort: [{ column, dir: 'ASC' }] }, `group by ${column}`)
  }
  return probes
}
