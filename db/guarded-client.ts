import type { Knex } from 'knex'

/** What a guarded query may reach. */
export interface Guard {
  /** Whether a bare table name may stand in a query. */
  table(name: string): boolean
  /** Whether inserts, updates and deletes may be built by the caller. */
  readonly writes: boolean
  /** How to name a table instead, for the message. */
  readonly hint: string
}

/** A knex whose queries are checked when they are compiled, whatever way they were built. */
export interface GuardedClient {
  query(): Knex.QueryBuilder
  /** A piece of SQL of ours, allowed in the place of a table. */
  source(sql: string, bindings: readonly unknown[]): Knex.Raw
  /** An expression of the caller's. @throws Error when it names a table */
  expression(sql: string, bindings?: readonly unknown[]): Knex.Raw
  /** Marks a builder of ours as allowed to write. */
  writable(query: Knex.QueryBuilder): Knex.QueryBuilder
}

// The parts of knex that are read here; db/company-scope.test.ts fails when an upgrade moves them.
interface Builder {
  readonly _method?: string
  readonly _single: { readonly table?: unknown }
  readonly _statements: readonly Statement[]
}
interface Statement {
  readonly grouping?: string
  readonly joinType?: string
  readonly table?: unknown
  readonly alias?: unknown
  readonly value?: unknown
}
interface Client {
  queryBuilder(): Knex.QueryBuilder
  queryCompiler(builder: Builder, bindings?: unknown): unknown
  raw(...parts: unknown[]): Knex.Raw
  runner(builder: Builder): unknown
}

const reading = new Set(['select', 'first', 'pluck'])
// A table can enter an expression only behind one of these words.
const reachesTable =
  /\b(select|table|from|join|pg_\w+|dblink\w*|query_to_\w+|table_to_\w+|lo_\w+|currval|setval|nextval|load_extension|set_config|current_setting)\b/i
const notText = (sql: string): string => sql.replace(/'(?:[^']|'')*'/g, "''")

export const assertExpression = (sql: string): void => {
  const bare = notText(sql)
  // Two harmless forms that have FROM in them.
  const rest = bare
    .replace(/\bextract\s*\(\s*\w+\s+from\b/gi, 'extract(')
    .replace(/\bis\s+(not\s+)?distinct\s+from\b/gi, '=')
  if (reachesTable.test(rest) || /;|--|\/\*/.test(rest))
    throw new Error(`A raw expression may hold columns, functions and bindings only, not: ${sql.slice(0, 80)}`)
}

/**
 * Wraps the client behind `knex` so that queries reach only what `guard` allows.
 * @param reads where queries that only read are run instead
 */
export const guardedClient = (knex: Knex, guard: Guard, reads: Knex = knex): GuardedClient => {
  const base = knex.client as Client
  const sources = new WeakSet<object>()
  const writers = new WeakSet<object>()

  const refuse = (what: unknown): never => {
    throw new Error(
      `${typeof what === 'string' ? `"${what}"` : 'This'} is not a table this query may use; ${guard.hint}`
    )
  }
  const isBuilder = (value: unknown): boolean =>
    typeof value === 'function' || (typeof value === 'object' && value !== null && '_statements' in value)

  const checkTable = (table: unknown, aliases: ReadonlySet<string>): void => {
    if (table === undefined || table === null || isBuilder(table)) return
    if (typeof table === 'string') {
      const name = table.split(/\s+as\s+/i)[0]!.trim()
      if (!aliases.has(name) && !guard.table(name)) refuse(name)
      return
    }
    if (typeof table === 'object' && sources.has(table)) return
    if (typeof table === 'object' && !('sql' in table)) {
      // { alias: table }
      for (const inner of Object.values(table)) checkTable(inner, aliases)
      return
    }
    refuse(table)
  }

  const check = (builder: Builder): void => {
    const method = builder._method ?? 'select'
    if (!reading.has(method) && !guard.writes && !writers.has(builder))
      throw new Error(`A query may only read; use insert, update or delete of the handle instead of .${method}()`)
    const statements = builder._statements
    const aliases = new Set(
      statements.filter(statement => statement.grouping === 'with').map(statement => String(statement.alias))
    )
    checkTable(builder._single.table, aliases)
    for (const statement of statements) {
      if (statement.grouping === 'join') {
        if (statement.joinType === 'raw') refuse('joinRaw')
        checkTable(statement.table, aliases)
      }
    }
  }

  const client: Client = Object.create(base)
  client.queryCompiler = (builder, bindings) => {
    if (builder && '_statements' in builder) check(builder)
    return base.queryCompiler.call(client, builder, bindings)
  }
  client.raw = (...parts) => {
    if (typeof parts[0] === 'string') assertExpression(parts[0])
    return base.raw.apply(client, parts)
  }
  client.runner = builder =>
    (reading.has(builder._method ?? 'select') ? (reads.client as Client) : base).runner(builder)
  return {
    query: () => client.queryBuilder(),
    source: (sql, bindings) => {
      const raw = base.raw.call(client, sql, bindings)
      sources.add(raw)
      return raw
    },
    expression: (sql, bindings = []) => client.raw(sql, bindings),
    writable: query => {
      writers.add(query)
      return query
    }
  }
}
