import type { Knex } from 'knex'
import type { PluginDefinition } from '../core/plugin-api.ts'
import type { CompanyScope, Row, ScopedTable, Where } from '../core/scope.ts'
import type { Viewer } from '../core/viewer.ts'
import { writeAudit } from './audit.ts'
import type { Database } from './connect.ts'
import { type GuardedClient, guardedClient } from './guarded-client.ts'
import { storable } from './sql.ts'

type Tables = ReadonlyMap<string, ScopedTable>

/** Every table that plugins declare, with its scope columns. @throws Error when two declare the same one */
export const declaredTables = (plugins: readonly Pick<PluginDefinition, 'name' | 'tables'>[]): Tables => {
  const tables = new Map<string, ScopedTable>()
  for (const plugin of plugins)
    for (const [table, scope] of Object.entries(plugin.tables ?? {})) {
      if (tables.has(table)) throw new Error(`Plugin "${plugin.name}" declares the table ${table} of another plugin`)
      tables.set(table, scope)
    }
  return tables
}

/** Rows that go into one INSERT; keeps the number of bound values far below the limits of both databases. */
const insertChunk = 200

/** Runs of rows with the same columns: a column that only other rows name must take its default, not null. */
const chunksOfOneShape = (rows: readonly Row[]): Row[][] => {
  const chunks: Row[][] = []
  let shape = ''
  for (const row of rows) {
    const own = Object.keys(row).sort().join()
    if (own !== shape || chunks.at(-1)!.length === insertChunk) chunks.push([])
    shape = own
    chunks.at(-1)!.push(row)
  }
  return chunks
}

/**
 * The viewer's own rows of the tables that `plugins` declare, and no others. Reads use the reader pool, writes the writer;
 * inside `transaction` everything uses the transaction.
 */
export const createCompanyScope = (
  db: Database,
  plugins: readonly Pick<PluginDefinition, 'name' | 'tables'>[] | Tables,
  viewer: Viewer,
  _options?: { readonly at: number }
): CompanyScope => new ViewerScope(db, plugins instanceof Map ? plugins : declaredTables(plugins as []), viewer)

class ViewerScope implements CompanyScope {
  readonly companyId: string
  readonly domainId: string
  readonly userType
  readonly dialect
  readonly #db: Database
  readonly #tables: Tables
  readonly #viewer: Viewer
  readonly #trx: Knex.Transaction | undefined
  #guards = new Map<Knex, GuardedClient>()

  constructor(db: Database, tables: Tables, viewer: Viewer, trx?: Knex.Transaction) {
    this.companyId = viewer.companyId
    this.domainId = viewer.domainId
    this.userType = viewer.userType
    this.dialect = db.dialect
    this.#db = db
    this.#tables = tables
    this.#viewer = viewer
    this.#trx = trx
  }

  get #reading(): GuardedClient {
    return this.#guarded(this.#trx ?? this.#db.reader)
  }
  get #writing(): GuardedClient {
    return this.#guarded(this.#trx ?? this.#db.writer)
  }
  #guarded(knex: Knex): GuardedClient {
    let client = this.#guards.get(knex)
    if (!client) {
      client = guardedClient(knex, {
        table: () => false,
        writes: false,
        hint: 'use scope.from(table) or scope.joinable(table)'
      })
      this.#guards.set(knex, client)
    }
    return client
  }

  /** The scope column for this viewer; undefined: no rows here. */
  #column(table: string): string | undefined {
    const scope = this.#tables.get(table)
    if (!scope)
      throw new Error(`No plugin declares the table ${table}; add it to \`tables\` of the plugin that owns it`)
    return scope[this.userType]
  }
  #columnToWrite(table: string): string {
    const column = this.#column(table)
    if (!column) throw new Error(`The table ${table} has no rows of a ${this.userType}; nothing can be written there`)
    return column
  }

  #derived(table: string, alias: string, inside: GuardedClient): Knex.Raw {
    const column = this.#column(table)
    return column
      ? inside.source('(SELECT * FROM ?? WHERE ?? = ?) AS ??', [table, column, this.companyId, alias])
      : inside.source('(SELECT * FROM ?? WHERE 1 = 0) AS ??', [table, alias])
  }

  from(table: string, alias = table): Knex.QueryBuilder {
    const inside = this.#reading
    return inside.query().from(this.#derived(table, alias, inside))
  }

  joinable(table: string, alias = table): Knex.Raw {
    return this.#derived(table, alias, this.#reading)
  }

  raw(expression: string, bindings: readonly unknown[] = []): Knex.Raw {
    return this.#reading.expression(expression, bindings)
  }

  async insert(table: string, rows: Row | readonly Row[]): Promise<void> {
    const column = this.#columnToWrite(table)
    const list = (Array.isArray(rows) ? rows : [rows]) as readonly Row[]
    if (list.length > insertChunk && !this.#trx) return this.transaction(async scope => scope.insert(table, list))
    const inside = this.#writing
    for (const chunk of chunksOfOneShape(list.map(row => ({ ...storable(row), [column]: this.companyId }))))
      await inside
        .writable(inside.query())
        .into(inside.source('??', [table]))
        .insert(chunk)
  }

  async update(table: string, where: Where, patch: Row): Promise<number> {
    const column = this.#columnToWrite(table)
    const changes = storable(patch)
    for (const name of Object.keys(changes)) {
      const bare = name.split('.').at(-1)!.trim().toLowerCase()
      if (bare === column.toLowerCase())
        throw new Error(`${table}.${column} says whose row it is and cannot be changed`)
    }
    return this.#matching(table, column, where).update(changes)
  }

  async delete(table: string, where: Where): Promise<number> {
    return this.#matching(table, this.#columnToWrite(table), where).delete()
  }

  /** The caller's conditions stand in a group of their own, so that an `or` in them stays inside the company. */
  #matching(table: string, column: string, where: Where): Knex.QueryBuilder {
    const inside = this.#writing
    return inside
      .writable(inside.query())
      .from(inside.source('??', [table]))
      .where(column, this.companyId)
      .andWhere(group => {
        where(group)
      })
  }

  async transaction<T>(work: (scope: CompanyScope) => Promise<T>): Promise<T> {
    if (this.#trx) return work(this)
    return this.#db.transaction(trx => work(new ViewerScope(this.#db, this.#tables, this.#viewer, trx)))
  }

  async lock(name: string): Promise<void> {
    if (!this.#trx) throw new Error('A lock lasts as long as its transaction; take it inside scope.transaction()')
    // A transaction on SQLite is alone already.
    if (this.dialect === 'postgresql')
      await this.#trx.raw('SELECT pg_advisory_xact_lock(hashtextextended(?, 0))', [`${this.companyId} ${name}`])
  }

  async audit(entry: {
    action: string
    target: string
    before?: unknown
    after?: unknown
    reason?: string
  }): Promise<void> {
    const { contactId, viewAs, companyId, domainId, ip } = this.#viewer
    await writeAudit(this.#trx ?? this.#db.writer, {
      ...entry,
      actor: viewAs ? `contact:${contactId} by ${viewAs.staffId}` : `contact:${contactId}`,
      companyId,
      domainId,
      ip
    })
  }
}
