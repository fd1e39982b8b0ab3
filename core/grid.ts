// Types only: knex is never loaded by core.
import type { Knex } from 'knex'
import { formatDecimal, moneyScale, parseDecimal, parseInstant, rateScale } from './amount.ts'
import type { ColumnType } from './column-set.ts'
import { badInput } from './errors.ts'

/**
 * The kit of every list page: filter tree, sort, keyset paging. The plan is checked input; SQL is built from plans only.
 * Its input types (GridFilter, SortInput, PageInfo) stand in the portal's base schema.
 */

export const gridOperators = [
  'eq',
  'ne',
  'in',
  'lt',
  'lte',
  'gt',
  'gte',
  'between',
  'contains',
  'startsWith',
  'isNull'
] as const

export type GridOperator = (typeof gridOperators)[number]

/**
 * A column a list can filter and sort by. Text columns of the table must be `COLLATE "C"` on PostgreSQL, so that both
 * databases order and fold alike.
 */
export interface GridColumn {
  readonly name: string
  readonly type: ColumnType
  /**
   * SQL column. Two for sums that may pass 64 bits: value = first × 2^32 + second, 0 ≤ second < 2^32.
   * Never taken from input.
   */
  readonly column: string | readonly [string, string]
  /** A lower-cased copy of the column, for texts beyond ASCII. Without one, only A to Z are folded. */
  readonly folded?: string
  readonly nullable?: boolean
  readonly sortable?: boolean
  readonly filterable?: boolean
  /** The words of an enum. */
  readonly values?: readonly string[]
  /** Stored decimals of a `decimal`; 2 unless said otherwise. */
  readonly scale?: number
  /**
   * The condition of a rule where a row has several values, which no comparison of `column` can say. Values are checked
   * and come as they are stored; `isNull` brings 1 or 0.
   */
  condition?(op: GridOperator, values: readonly Value[]): Sql
}

export interface GridRuleInput {
  readonly column: string
  readonly op: GridOperator
  readonly value?: string | null
  readonly values?: readonly string[] | null
}

/** ALL (the default) or ANY of the rules and groups; an empty group holds. */
export interface GridFilterInput {
  readonly match?: 'ALL' | 'ANY' | null
  readonly rules?: readonly GridRuleInput[] | null
  readonly groups?: readonly GridFilterInput[] | null
}

export interface GridSortInput {
  readonly column: string
  readonly dir?: 'ASC' | 'DESC' | null
}

/** The arguments of a list, as GraphQL hands them in. */
export interface GridInput {
  readonly filter?: GridFilterInput | null
  readonly sort?: readonly GridSortInput[] | null
  readonly first?: number | null
  readonly after?: string | null
}

export interface GridOptions {
  /** Name of the list; a cursor of another list is refused. */
  readonly name: string
  /** Sort when the viewer gives none; may use a column the viewer does not have. */
  readonly defaultSort?: readonly { readonly column: GridColumn; readonly dir: 'ASC' | 'DESC' }[]
  /** Columns that together name a row, never null, `id` unless said otherwise; they break ties. */
  readonly key?: readonly GridColumn[]
  readonly defaultFirst?: number
  readonly maxFirst?: number
  /** Path of the filter in the arguments, for errors. */
  readonly filterPath?: string
  readonly sortPath?: string
}

type Binding = string | number
/** A piece of a statement: `??` for names, `?` for values and subqueries. */
interface Sql {
  readonly sql: string
  readonly bindings: readonly (Binding | Knex.QueryBuilder)[]
}
/** A stored scalar in a statement: bound as it is, or as text cast to a 64-bit integer where a number would be rounded. */
type Value = Binding | bigint

interface Rule {
  readonly column: GridColumn
  readonly op: GridOperator
  readonly values: readonly (readonly Value[])[]
}

interface Group {
  readonly any: boolean
  readonly rules: readonly Rule[]
  readonly groups: readonly Group[]
}

interface Key {
  readonly sql: string
  readonly type: ColumnType
  readonly desc: boolean
  readonly nullable: boolean
}

/** Checked arguments of a list. */
export interface GridPlan {
  readonly first: number
  readonly filter: Group | null
  readonly keys: readonly Key[]
  readonly after: readonly (Value | null)[] | null
  readonly signature: string
}

export interface PageInfo {
  readonly endCursor: string | null
  readonly hasNextPage: boolean
}

/** Makes expressions: a company scope or a plugin database. */
export interface RawMaker {
  raw(expression: string, bindings?: readonly unknown[]): Knex.Raw
}

const maxDepth = 3
const maxRules = 20
const maxValues = 100
const maxText = 256
const unknownColumn = 'is not a column of this list'
const idColumn: GridColumn = { name: 'id', type: 'id', column: 'id' }

const comparisons = ['eq', 'ne', 'in', 'lt', 'lte', 'gt', 'gte', 'between', 'isNull'] as const
const operatorsOf = (type: ColumnType): readonly GridOperator[] => {
  if (type === 'string') return gridOperators
  if (type === 'id' || type === 'enum') return ['eq', 'ne', 'in', 'isNull']
  if (type === 'boolean') return ['eq', 'ne', 'isNull']
  return comparisons
}

/** Decimals kept in the stored integer; undefined for types that are not decimals. */
export const scaleOf = (column: { readonly type: ColumnType; readonly scale?: number }): number | undefined => {
  if (column.type === 'money') return moneyScale
  if (column.type === 'rate') return rateScale
  if (column.type === 'percent') return 2
  if (column.type === 'decimal') return column.scale ?? 2
  return undefined
}

/** A stored value as the API writes it: decimals and instants as strings. */
export const formatValue = (
  column: { readonly type: ColumnType; readonly scale?: number },
  value: string | number | bigint | null | undefined
): string | number | boolean | null => {
  if (value === null || value === undefined) return null
  const scale = scaleOf(column)
  if (scale !== undefined) return formatDecimal(BigInt(value), scale)
  if (column.type === 'int') return Number(value)
  if (column.type === 'datetime') return new Date(Number(value)).toISOString()
  if (column.type === 'boolean') return Number(value) === 1
  return String(value)
}

const words: Partial<Record<ColumnType, string>> = {
  int: 'must be a whole number',
  money: 'must be a decimal number of at most 6 decimals',
  rate: 'must be a decimal number of at most 9 decimals',
  percent: 'must be a decimal number of at most 2 decimals',
  decimal: 'must be a decimal number',
  datetime: 'must be an ISO-8601 instant with its zone',
  boolean: 'must be true or false'
}

/** PostgreSQL has no text with a zero character in it, and a half surrogate is no text at all. */
const isStorable = (text: string): boolean => !/[\0\p{Surrogate}]/u.test(text)

const parseScalar = (column: GridColumn, text: string): Value | undefined => {
  const scale = scaleOf(column)
  // Each half of a sum in two columns stays within 2^53.
  if (scale !== undefined) return parseDecimal(text, scale, typeof column.column === 'string' ? 64 : 84)
  if (column.type === 'int') return /^-?\d{1,15}$/.test(text) ? Number(text) : undefined
  if (column.type === 'datetime') return parseInstant(text)
  if (column.type === 'boolean') return text === 'true' ? 1 : text === 'false' ? 0 : undefined
  if (column.type === 'enum') return column.values && !column.values.includes(text) ? undefined : text
  return text.length <= maxText && isStorable(text) ? text : undefined
}

/** One stored value for each SQL column. */
const spread = (column: GridColumn, value: Value): readonly Value[] =>
  typeof column.column === 'string' ? [value] : [Number(BigInt(value) >> 32n), Number(BigInt(value) & 0xffffffffn)]

const parseValue = (column: GridColumn, text: string, path: string): readonly Value[] => {
  const value = parseScalar(column, text)
  if (value === undefined) {
    throw badInput(path, words[column.type] ?? (column.type === 'enum' ? 'is not one of the words' : 'is too long'))
  }
  return spread(column, value)
}

const planRule = (rule: GridRuleInput, columns: ReadonlyMap<string, GridColumn>, path: string): Rule => {
  const column = columns.get(rule.column)
  if (!column) throw badInput(`${path}.column`, unknownColumn)
  if (column.filterable === false) throw badInput(`${path}.column`, 'cannot be filtered by')
  if (!operatorsOf(column.type).includes(rule.op)) throw badInput(`${path}.op`, `does not fit a ${column.type} column`)
  if (rule.op === 'in' || rule.op === 'between') {
    const values = rule.values ?? []
    if (rule.value !== undefined && rule.value !== null) throw badInput(`${path}.value`, `use values with ${rule.op}`)
    if (rule.op === 'between' && values.length !== 2) throw badInput(`${path}.values`, 'must be two values')
    if (values.length > maxValues) throw badInput(`${path}.values`, `must be at most ${maxValues}`)
    return { column, op: rule.op, values: values.map((text, i) => parseValue(column, text, `${path}.values[${i}]`)) }
  }
  if (rule.values !== undefined && rule.values !== null) throw badInput(`${path}.values`, `use value with ${rule.op}`)
  if (rule.op === 'isNull') {
    if (rule.value !== undefined && rule.value !== null && rule.value !== 'true' && rule.value !== 'false') {
      throw badInput(`${path}.value`, 'must be true or false')
    }
    return { column, op: 'isNull', values: [[rule.value === 'false' ? 0 : 1]] }
  }
  if (rule.value === undefined || rule.value === null) throw badInput(`${path}.value`, 'is missing')
  return { column, op: rule.op, values: [parseValue(column, rule.value, `${path}.value`)] }
}

const planFilter = (input: GridFilterInput, columns: ReadonlyMap<string, GridColumn>, path: string): Group => {
  let rules = 0
  const group = (node: GridFilterInput, at: string, depth: number): Group => {
    if (depth > maxDepth) throw badInput(at, `may be nested ${maxDepth} deep`)
    rules += node.rules?.length ?? 0
    if (rules > maxRules || (node.groups?.length ?? 0) > maxRules) throw badInput(path, `may hold ${maxRules} rules`)
    return {
      any: node.match === 'ANY',
      rules: (node.rules ?? []).map((rule, i) => planRule(rule, columns, `${at}.rules[${i}]`)),
      groups: (node.groups ?? []).map((inner, i) => group(inner, `${at}.groups[${i}]`, depth + 1))
    }
  }
  return group(input, path, 1)
}

const keysOf = (column: GridColumn, dir: 'ASC' | 'DESC'): readonly Key[] =>
  (typeof column.column === 'string' ? [column.column] : column.column).map(sql => ({
    sql,
    type: typeof column.column === 'string' ? column.type : 'int',
    desc: dir === 'DESC',
    nullable: column.nullable === true
  }))

const isText = (type: ColumnType): boolean => type === 'string' || type === 'id' || type === 'enum'

const encodeCursor = (signature: string, values: readonly (string | null)[]): string =>
  Buffer.from(JSON.stringify([signature, ...values])).toString('base64url')

const decodeCursor = (cursor: string, signature: string, keys: readonly Key[]): readonly (Value | null)[] => {
  const refuse = () => badInput('after', 'is not a cursor of this list and sort')
  let parts: unknown
  try {
    parts = cursor.length > 8192 ? null : JSON.parse(Buffer.from(cursor, 'base64url').toString())
  } catch {
    throw refuse()
  }
  if (!Array.isArray(parts) || parts.length !== keys.length + 1 || parts[0] !== signature) throw refuse()
  return keys.map((key, i) => {
    const value: unknown = parts[i + 1]
    if (value === null && key.nullable) return null
    if (typeof value !== 'string') throw refuse()
    if (isText(key.type)) {
      if (!isStorable(value)) throw refuse()
      return value
    }
    const units = /^-?\d{1,19}$/.test(value) ? BigInt(value) : undefined
    if (units === undefined || BigInt.asIntN(64, units) !== units) throw refuse()
    return units
  })
}

/**
 * Checks a list's arguments against the columns this viewer has. A column the viewer does not have and one that does not
 * exist are refused in the same words.
 * @throws PortalError BAD_USER_INPUT naming the argument path
 */
export const gridPlan = (input: GridInput, columns: readonly GridColumn[], options: GridOptions): GridPlan => {
  const byName = new Map(columns.map(column => [column.name, column]))
  const maxFirst = options.maxFirst ?? 500
  const first = input.first ?? options.defaultFirst ?? 50
  if (!Number.isInteger(first) || first < 1 || first > maxFirst) throw badInput('first', `must be 1 to ${maxFirst}`)
  const filter = input.filter ? planFilter(input.filter, byName, options.filterPath ?? 'filter') : null

  const sort = input.sort ?? []
  const sortPath = options.sortPath ?? 'sort'
  if (sort.length > 3) throw badInput(sortPath, 'may name three columns')
  const chosen = sort.map((item, i) => {
    const column = byName.get(item.column)
    if (!column) throw badInput(`${sortPath}[${i}].column`, unknownColumn)
    if (column.sortable === false) throw badInput(`${sortPath}[${i}].column`, 'cannot be sorted by')
    if (sort.findIndex(other => other.column === item.column) !== i) {
      throw badInput(`${sortPath}[${i}].column`, 'is named twice')
    }
    return { column, dir: item.dir ?? 'ASC' }
  })
  const order = chosen.length > 0 ? chosen : (options.defaultSort ?? [])
  const dir = order[0]?.dir ?? 'ASC'
  const ties = (options.key ?? [idColumn]).filter(tie => !order.some(({ column }) => column.column === tie.column))
  const keys = [
    ...order.flatMap(({ column, dir }) => keysOf(column, dir)),
    ...ties.flatMap(tie => keysOf(tie, dir)) // same direction, so that one index read serves a single sort column
  ]
  const signature = [
    options.name,
    ...order.map(({ column, dir }) => `${column.name}:${dir}`),
    ...ties.map(t => t.name)
  ].join()
  const after = input.after === undefined || input.after === null ? null : decodeCursor(input.after, signature, keys)
  return { first, filter, keys, after, signature }
}

const never: Sql = { sql: '1 = 0', bindings: [] }
const always: Sql = { sql: '1 = 1', bindings: [] }

const join = (parts: readonly Sql[], word: ' and ' | ' or '): Sql => ({
  sql: `(${parts.map(part => part.sql).join(word)})`,
  bindings: parts.flatMap(part => part.bindings)
})

const bind = (value: Value): Sql => {
  if (typeof value === 'string') return { sql: '?', bindings: [value] }
  const number = Number(value)
  // sqlite3 rounds numbers above 2^53 without a word; PostgreSQL reads a bare number in the width of its column.
  return Math.abs(number) < 2 ** 31
    ? { sql: '?', bindings: [number] }
    : { sql: 'cast(? as bigint)', bindings: [String(value)] }
}

/** One column or a row of columns against a value or a row of values. */
const compare = (names: readonly string[], operator: string, values: readonly Value[]): Sql => {
  const bound = values.map(bind)
  const one = names.length === 1
  return {
    sql: `${one ? '??' : `(${names.map(() => '??').join(', ')})`} ${operator} ${one ? bound[0]!.sql : `(${bound.map(b => b.sql).join(', ')})`}`,
    bindings: [...names, ...bound.flatMap(b => b.bindings)]
  }
}

const foldAscii = (text: string): string => text.replace(/[A-Z]/g, letter => letter.toLowerCase())
const escapeLike = (text: string): string => text.replace(/[!%_]/g, wild => `!${wild}`)

const sqlOperators = { eq: '=', lt: '<', lte: '<=', gt: '>', gte: '>=' } as const

const ruleSql = ({ column, op, values }: Rule): Sql => {
  if (column.condition) return column.condition(op, values.flat())
  const names = typeof column.column === 'string' ? [column.column] : column.column
  const isNull: Sql = { sql: '?? is null', bindings: [names[0]!] }
  const value = values[0] ?? []
  switch (op) {
    case 'isNull':
      return value[0] === 1 ? isNull : { sql: '?? is not null', bindings: [names[0]!] }
    case 'ne': // a value that is not there differs from every value
      return column.nullable ? join([compare(names, '<>', value), isNull], ' or ') : compare(names, '<>', value)
    case 'in':
      return values.length === 0
        ? never
        : join(
            values.map(one => compare(names, '=', one)),
            ' or '
          )
    case 'between':
      return join([compare(names, '>=', value), compare(names, '<=', values[1]!)], ' and ')
    case 'contains':
    case 'startsWith': {
      const text = String(value[0])
      const pattern = `${op === 'contains' ? '%' : ''}${escapeLike(column.folded ? text.toLowerCase() : foldAscii(text))}%`
      return {
        sql: `${column.folded ? '??' : 'lower(??)'} like ? escape '!'`,
        bindings: [column.folded ?? names[0]!, pattern]
      }
    }
    default:
      return compare(names, sqlOperators[op], value)
  }
}

const groupSql = (group: Group): Sql => {
  const parts = [...group.rules.map(ruleSql), ...group.groups.map(groupSql)]
  return parts.length === 0 ? always : join(parts, group.any ? ' or ' : ' and ')
}

/** Rows behind the cursor. Nulls come last in both directions. */
const afterSql = (keys: readonly Key[], values: readonly (Value | null)[]): Sql => {
  if (keys.every(key => !key.nullable && key.desc === keys[0]!.desc)) {
    return compare(
      keys.map(key => key.sql),
      keys[0]!.desc ? '<' : '>',
      values as readonly Value[]
    )
  }
  const branches: Sql[] = []
  const same: Sql[] = []
  keys.forEach((key, i) => {
    const value = values[i] ?? null
    const isNull: Sql = { sql: '?? is null', bindings: [key.sql] }
    if (value === null) {
      same.push(isNull)
      return
    }
    const behind = compare([key.sql], key.desc ? '<' : '>', [value])
    branches.push(join([...same, key.nullable ? join([behind, isNull], ' or ') : behind], ' and '))
    same.push(compare([key.sql], '=', [value]))
  })
  const rest = branches.length === 0 ? never : join(branches, ' or ')
  const lead = keys[0]!
  // Says nothing new; lets the index start at the cursor.
  return lead.nullable ? rest : join([compare([lead.sql], lead.desc ? '<=' : '>=', [values[0]!]), rest], ' and ')
}

/** Adds the filter of a plan: for counts and exports. */
export const applyGridFilter = <Q extends Knex.QueryBuilder>(query: Q, plan: GridPlan): Q => {
  if (plan.filter) {
    const { sql, bindings } = groupSql(plan.filter)
    query.whereRaw(sql, bindings)
  }
  return query
}

const keyAlias = (i: number): string => `grid_key_${i}`

/**
 * Adds filter, cursor, order, limit and the key columns to a query. The rows go to `gridPage`.
 * @param maker the scope or database the query came from
 */
export const applyGrid = <Q extends Knex.QueryBuilder>(query: Q, plan: GridPlan, maker: RawMaker): Q => {
  applyGridFilter(query, plan)
  if (plan.after) {
    const { sql, bindings } = afterSql(plan.keys, plan.after)
    query.whereRaw(sql, bindings)
  }
  plan.keys.forEach((key, i) => {
    query.select(
      isText(key.type)
        ? maker.raw('?? as ??', [key.sql, keyAlias(i)])
        : maker.raw('cast(?? as text) as ??', [key.sql, keyAlias(i)])
    )
    query.orderByRaw(`??${key.desc ? ' desc' : ''}${key.nullable ? ' nulls last' : ''}`, [key.sql])
  })
  return query.limit(plan.first + 1) as Q
}

/** Cuts the rows of an `applyGrid` query to the page and says how to go on. */
export const gridPage = <R extends object>(
  rows: readonly R[],
  plan: GridPlan
): { readonly nodes: readonly R[]; readonly pageInfo: PageInfo } => {
  const nodes = rows.slice(0, plan.first)
  const last = nodes.at(-1) as Record<string, unknown> | undefined
  const endCursor = last
    ? encodeCursor(
        plan.signature,
        plan.keys.map((_, i) => (last[keyAlias(i)] as string | null) ?? null)
      )
    : null
  return { nodes, pageInfo: { endCursor, hasNextPage: rows.length > plan.first } }
}
