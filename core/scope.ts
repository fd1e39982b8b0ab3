// Types only: knex is never loaded by core. An ADR says why the door speaks knex's builder.
import type { Knex } from 'knex'
import type { CompanyStatus, UserType } from './feature.ts'

export type Dialect = 'sqlite' | 'postgresql'

/** The column that says whose row it is, by the viewer's user type; a missing user type has no rows there. */
export type ScopedTable = Readonly<Partial<Record<UserType, string>>>

export type Row = Record<string, unknown>
export type Where = (query: Knex.QueryBuilder) => void

/**
 * The only way a plugin reaches its tables on behalf of a viewer. Every statement carries the viewer's company;
 * there is no way to ask for another company's rows.
 */
export interface CompanyScope {
  readonly companyId: string
  readonly domainId: string
  readonly userType: UserType
  readonly dialect: Dialect
  /**
   * A query over the company's rows of `table`, as a derived table of the same name, so that no `orWhere` leaves the company.
   * @param alias another name, for joining a table to itself
   * @throws Error when the plugin did not declare the table
   */
  from(table: string, alias?: string): Knex.QueryBuilder
  /** The company's rows of `table` as something to join: `query.join(scope.joinable('tag'), …)`. */
  joinable(table: string, alias?: string): Knex.Raw
  /** `knex.raw` for an expression; bindings only, never a table. */
  raw(expression: string, bindings?: readonly unknown[]): Knex.Raw
  /** Inserts rows stamped with the company, whatever the rows say. */
  insert(table: string, rows: Row | readonly Row[]): Promise<void>
  /** Updates the company's matching rows; resolves to how many. The scope column cannot be changed. */
  update(table: string, where: Where, patch: Row): Promise<number>
  /** Deletes the company's matching rows; resolves to how many. */
  delete(table: string, where: Where): Promise<number>
  /** Runs `work` in one transaction (BEGIN IMMEDIATE on SQLite); use only the scope it is given inside. */
  transaction<T>(work: (scope: CompanyScope) => Promise<T>): Promise<T>
  /**
   * Waits for other transactions of this company that hold the lock of this name, and holds it until the own one ends: for a
   * limit over many rows, taken before they are counted. Only inside `transaction`.
   */
  lock(name: string): Promise<void>
  /** Appends to the audit log inside the current transaction; secrets must be masked by the caller. */
  audit(entry: { action: string; target: string; before?: unknown; after?: unknown; reason?: string }): Promise<void>
}

/** What a plugin may know of a company when no viewer asks. */
export interface CompanyFacts {
  readonly id: string
  readonly name: string
  readonly userType: UserType
  readonly status: CompanyStatus
  /** ISO-4217. */
  readonly currency: string
  readonly domainId: string | null
}

/** Whose call it is, by the code the switch writes. */
export interface AccountCode {
  readonly companyId: string
  readonly userType: UserType
  readonly currency: string
}

/**
 * A plugin's own tables without a viewer: for ingest, jobs, demo rows and operators' routes. Reaches declared tables only.
 * Amounts above 2^53 must be read with `CAST(… AS TEXT)`.
 */
export interface PluginDatabase {
  readonly dialect: Dialect
  from(table: string, alias?: string): Knex.QueryBuilder
  raw(expression: string, bindings?: readonly unknown[]): Knex.Raw
  /**
   * Many rows in one statement per 5,000 (`json_each`, `json_to_recordset`); all rows have the keys of the first.
   * @param conflict columns of a unique key: rows that exist are left alone. Resolves to how many rows were new.
   */
  insertMany(table: string, rows: readonly Record<string, unknown>[], conflict?: readonly string[]): Promise<number>
  /**
   * Updates many rows in one statement per 5,000; all rows have the columns of the first.
   * @param keys columns that find the row; the others are set
   */
  updateMany(table: string, keys: readonly string[], rows: readonly Record<string, unknown>[]): Promise<void>
  /** Any statement over declared tables written as `{table}` placeholders… see db/plugin-database.ts; for roll-ups (`INSERT … ON CONFLICT DO UPDATE`). */
  run(sql: string, bindings?: readonly unknown[]): Promise<number>
  all<T = Record<string, unknown>>(sql: string, bindings?: readonly unknown[]): Promise<readonly T[]>
  transaction<T>(work: (db: PluginDatabase) => Promise<T>): Promise<T>
  /** Account codes of all companies, as committed now. */
  accountCodes(): Promise<ReadonlyMap<string, AccountCode>>
  /**
   * Companies by id; unknown ids are absent. Inside `transaction` they stay as they are until it ends, unless `hold` is false.
   * Held companies come before rows of the plugin's own, so that nobody waits in a circle.
   */
  companies(ids: readonly string[], hold?: boolean): Promise<ReadonlyMap<string, CompanyFacts>>
  /** Puts a run of one of the plugin's own tasks in line, with the transaction it is called in. Resolves to the job's id. */
  enqueue(task: string, payload: unknown): Promise<string>
  /** The database's clock. */
  now(): Promise<number>
  /** Appends to the audit log, inside the current transaction; secrets must be masked by the caller. */
  audit(entry: {
    actor: string
    action: string
    target: string
    /** The company concerned, so that its history shows the entry. */
    companyId?: string | null
    /** The company that lost it to `companyId`: its history shows the entry as well. */
    formerCompanyId?: string | null
    ip?: string | null
    before?: unknown
    after?: unknown
    reason?: string | null
  }): Promise<void>
  /** As `audit` for each of the entries, in their order, by few statements: for work on many rows at once. */
  auditMany(entries: readonly Parameters<PluginDatabase['audit']>[0][]): Promise<void>
  /** The operator's call whose audit entries are written here; null: background work. */
  readonly operation: string | null
  /**
   * What an operator's call left in the audit log of things whose target begins with `prefix`, oldest first, for undoing it; at
   * most 10,001 entries.
   */
  audited(operation: string, prefix: string): Promise<readonly AuditedChange[]>
}

/** An audit entry of an operator's call. */
export interface AuditedChange {
  readonly action: string
  readonly target: string
  readonly before: Row | null
  readonly after: Row | null
  /** Whether a later entry tells of the same thing. */
  readonly touchedSince: boolean
}
