import { randomBytes } from 'node:crypto'
import type { Knex } from 'knex'
import type { Dialect } from '../core/scope.ts'

/** An opaque id: 16 characters, 96 random bits. */
export const newId = (): string => randomBytes(12).toString('base64url')

/** The dialect behind any knex object of ours, a transaction's too. */
export const dialectOf = (knex: Knex): Dialect => (knex.client.dialect === 'sqlite3' ? 'sqlite' : 'postgresql')

type Binding = string | number | bigint | Buffer | null

/** Runs one statement and gives its rows; the same on both drivers. */
export const rowsOf = async <T = Record<string, unknown>>(
  knex: Knex,
  sql: string,
  bindings: readonly Binding[] = []
): Promise<T[]> => {
  const answer = await knex.raw(sql, bindings as Knex.RawBinding[])
  return (dialectOf(knex) === 'sqlite' ? answer : answer.rows) as T[]
}

/** The first row of `rowsOf`, if there is one. */
export const rowOf = async <T = Record<string, unknown>>(
  knex: Knex,
  sql: string,
  bindings: readonly Binding[] = []
): Promise<T | undefined> => (await rowsOf<T>(knex, sql, bindings))[0]

/** A statement whose question marks are text, not bindings. knex looks for them on PostgreSQL even where nothing is bound. */
export const verbatim = (knex: Knex, sql: string): string =>
  dialectOf(knex) === 'postgresql' ? sql.replaceAll('?', '\\?') : sql

/** Pieces of SQL that the two databases spell differently. */
export interface Words {
  /** The database's clock in milliseconds since 1970 UTC. */
  readonly now: string
  /** A row source with one column `value`, a text, for each element of the JSON array that is bound to its `?`. */
  readonly each: string
  /** Ends a SELECT that locks its rows until the transaction ends; SQLite's transactions hold the whole lock already. */
  readonly forUpdate: string
  /** As `forUpdate`, but others may lock the rows so as well. */
  readonly forShare: string
}
const words: Record<Dialect, Words> = {
  sqlite: {
    now: `CAST(ROUND(unixepoch('subsec') * 1000) AS INTEGER)`,
    each: 'json_each(?)',
    forUpdate: '',
    forShare: ''
  },
  postgresql: {
    now: 'CAST(FLOOR(EXTRACT(EPOCH FROM clock_timestamp()) * 1000) AS BIGINT)',
    each: 'json_array_elements_text(CAST(? AS json))',
    forUpdate: ' FOR UPDATE',
    forShare: ' FOR SHARE'
  }
}
export const wordsOf = (knex: Knex): Words => words[dialectOf(knex)]

/** The database's clock. */
export const clockOf = async (knex: Knex): Promise<number> =>
  (await rowOf<{ at: number }>(knex, `SELECT ${wordsOf(knex).now} AS at`))!.at

/** A row as both drivers take it: flags as 0 and 1, absent values as null. */
export const storable = (row: Readonly<Record<string, unknown>>): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(row).map(([name, value]) => [
      name,
      value === undefined ? null : typeof value === 'boolean' ? Number(value) : value
    ])
  )

/** Rows by a key, in their order. */
export const groupBy = <Row, Key>(rows: readonly Row[], keyOf: (row: Row) => Key): ReadonlyMap<Key, readonly Row[]> => {
  const groups = new Map<Key, Row[]>()
  for (const row of rows) {
    const group = groups.get(keyOf(row))
    if (group) group.push(row)
    else groups.set(keyOf(row), [row])
  }
  return groups
}
