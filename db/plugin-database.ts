import type { Knex } from 'knex'
import type { PluginDefinition } from '../core/plugin-api.ts'
import type { AccountCode, CompanyFacts, PluginDatabase } from '../core/scope.ts'
import { writeAudit, writeAudits } from './audit.ts'
import type { Database } from './connect.ts'
import { guardedClient } from './guarded-client.ts'
import { insertRows } from './insert-rows.ts'
import { enqueueJob } from './job-store.ts'
import { clockOf, rowOf, rowsOf, wordsOf } from './sql.ts'
import { updateRows } from './update-rows.ts'

const rowsPerStatement = 5_000

type Binding = string | number | bigint | Buffer | null

/** What a plugin's task is called in the job table. */
export const taskJobName = (plugin: Pick<PluginDefinition, 'name'>, task: string): string => `${plugin.name}:${task}`

/**
 * A plugin's own tables without a viewer. Statements of `run` and `all` name tables as `{table}`:
 * `INSERT INTO {cdr_hour} … SELECT … FROM {cdr} …`; a bare name behind FROM, JOIN, INTO or UPDATE is refused.
 */
export const createPluginDatabase = (
  db: Database,
  plugin: Pick<PluginDefinition, 'name' | 'tables' | 'tasks'>,
  trx?: Knex.Transaction,
  operation?: string
): PluginDatabase => {
  const tables = new Set(Object.keys(plugin.tables ?? {}))
  const writer = trx ?? db.writer
  // A portal read's time-out is too short for background work; on SQLite reads must not wait for the one writer.
  const reader = trx ?? (db.dialect === 'sqlite' ? db.reader : db.writer)
  const guarded = guardedClient(
    writer,
    {
      table: name => tables.has(name),
      writes: true,
      hint: `the plugin "${plugin.name}" declares ${[...tables].join(', ') || 'no tables'}`
    },
    reader
  )
  const own = (table: string): string => {
    if (!tables.has(table)) throw new Error(`Plugin "${plugin.name}" does not declare the table ${table}`)
    return table
  }
  const inTransaction = <T>(work: (inner: Knex.Transaction) => Promise<T>): Promise<T> =>
    trx ? work(trx) : db.transaction(work)

  /** `{table}` → `"table"`, after refusing every other table. */
  const statement = (sql: string): string => {
    const bare = sql
      .replace(/'(?:[^']|'')*'/g, "''")
      .replace(/\bextract\s*\(\s*\w+\s+from\b/gi, 'extract(')
      .replace(/\bdistinct\s+from\b/gi, 'distinct')
      .replace(/\bdo\s+update\b/gi, 'do')
      .replace(/\bfor\s+(no\s+key\s+)?update\b/gi, 'for')
    const named = new Set(
      [...bare.matchAll(/\b(\w+)\s*(?:\([^()]*\))?\s+as\s*(?:(?:not\s+)?materialized\s*)?\(/gi)].map(m =>
        m[1]!.toLowerCase()
      )
    )
    for (const match of bare.matchAll(
      /\b(?:from|join|into|update|table)\s+(?:only\s+|lateral\s+)?([\w".]+)(\s*\()?/gi
    )) {
      const name = match[1]!.toLowerCase()
      const isSource = match[2] !== undefined && !/^(pg_|dblink|query_to|table_to)/.test(name)
      if (!named.has(name) && !isSource && name !== 'select')
        throw new Error(`Plugin "${plugin.name}": write tables as {table}; "${match[1]}" is not one of its own`)
    }
    return sql.replace(/\{(\w+)\}/g, (_whole, name: string) => `"${own(name)}"`)
  }

  return {
    dialect: db.dialect,
    from: (table, alias) => {
      own(table)
      return guarded.query().from(alias ? `${table} as ${alias}` : table)
    },
    raw: (expression, bindings) => guarded.expression(expression, bindings),
    insertMany: async (table, rows, conflict) => {
      own(table)
      if (rows.length === 0) return 0
      return inTransaction(async inner => {
        let added = 0
        for (let start = 0; start < rows.length; start += rowsPerStatement)
          added += await insertRows(inner, table, rows.slice(start, start + rowsPerStatement), conflict)
        return added
      })
    },
    updateMany: async (table, keys, rows) => {
      own(table)
      if (rows.length === 0) return
      await inTransaction(async inner => {
        for (let start = 0; start < rows.length; start += rowsPerStatement)
          await updateRows(inner, table, keys, rows.slice(start, start + rowsPerStatement))
      })
    },
    run: async (sql, bindings = []) => {
      const text = statement(sql)
      return inTransaction(async inner => {
        const answer = await inner.raw(text, bindings as Knex.RawBinding[])
        if (db.dialect === 'postgresql') return answer.rowCount ?? 0
        return (await rowOf<{ count: number }>(inner, 'SELECT changes() AS count'))!.count
      })
    },
    all: async <T = Record<string, unknown>>(sql: string, bindings: readonly unknown[] = []) =>
      rowsOf<T>(reader, statement(sql), bindings as readonly Binding[]),
    transaction: work =>
      trx
        ? work(createPluginDatabase(db, plugin, trx, operation))
        : db.transaction(inner => work(createPluginDatabase(db, plugin, inner, operation))),
    accountCodes: async () => {
      const rows = await rowsOf<{ code: string; id: string; user_type: AccountCode['userType']; currency: string }>(
        reader,
        `SELECT a.code, c.id, c.user_type, c.currency FROM company_account_code a JOIN company c ON c.id = a.company_id`
      )
      return new Map(
        rows.map(row => [row.code, { companyId: row.id, userType: row.user_type, currency: row.currency }])
      )
    },
    companies: async (ids, hold = true) => {
      const rows = await rowsOf<{
        id: string
        name: string
        user_type: CompanyFacts['userType']
        status: CompanyFacts['status']
        currency: string
        domain_id: string | null
      }>(
        reader,
        `SELECT id, name, user_type, status, currency, domain_id FROM company
         WHERE id IN (SELECT value FROM ${wordsOf(reader).each}) ORDER BY id${trx && hold ? wordsOf(reader).forShare : ''}`,
        [JSON.stringify(ids)]
      )
      return new Map(
        rows.map(row => [
          row.id,
          {
            id: row.id,
            name: row.name,
            userType: row.user_type,
            status: row.status,
            currency: row.currency,
            domainId: row.domain_id
          }
        ])
      )
    },
    enqueue: (task, payload) => {
      if (!plugin.tasks?.some(({ name }) => name === task))
        throw new Error(`Plugin "${plugin.name}" does not declare the task ${task}`)
      return inTransaction(inner => enqueueJob(inner, taskJobName(plugin, task), payload))
    },
    now: () => clockOf(reader),
    operation: operation ?? null,
    audited: async (of, prefix) => {
      const rows = await rowsOf<{
        action: string
        target: string
        before: string | null
        after: string | null
        later: number | boolean
      }>(
        reader,
        `SELECT action, target, before, after, EXISTS (
           SELECT 1 FROM audit_entry l WHERE l.target = e.target AND l.seq > e.seq) AS later
         FROM audit_entry e WHERE operation = ? AND substr(target, 1, ?) = ? ORDER BY seq LIMIT 10001`,
        [of, prefix.length, prefix]
      )
      const parsed = (text: string | null) => (text === null ? null : JSON.parse(text))
      return rows.map(({ action, target, before, after, later }) => ({
        ...{ action, target, before: parsed(before), after: parsed(after) },
        touchedSince: Boolean(later)
      }))
    },
    audit: async ({ actor, ...entry }) => {
      await writeAudit(writer, { actor, operation, ...entry })
    },
    auditMany: entries =>
      inTransaction(async inner => {
        for (let start = 0; start < entries.length; start += rowsPerStatement)
          await writeAudits(
            inner,
            entries.slice(start, start + rowsPerStatement).map(entry => ({ operation, ...entry }))
          )
      })
  }
}
