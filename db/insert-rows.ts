import type { Knex } from 'knex'
import { dialectOf, rowOf } from './sql.ts'

/** A value as it stands in the JSON text that carries many rows to the database. */
export const jsonValue = (value: unknown): string | number | null => {
  if (value === null || value === undefined) return null
  if (typeof value === 'boolean') return Number(value)
  if (typeof value === 'bigint') return value.toString()
  if (typeof value === 'number' || typeof value === 'string') return value
  throw new Error(`A row holds texts, numbers, flags and nulls, not ${Object.prototype.toString.call(value)}`)
}

/**
 * Inserts many rows by one statement; all rows have the columns of the first. Call it inside a transaction.
 * @param conflict columns of a unique key: rows that exist are left alone
 * @returns how many rows were new
 */
export const insertRows = async (
  trx: Knex,
  table: string,
  rows: readonly Readonly<Record<string, unknown>>[],
  conflict?: readonly string[]
): Promise<number> => {
  if (rows.length === 0) return 0
  const columns = Object.keys(rows[0]!)
  const names = columns.map(() => '??').join(', ')
  const leave = conflict ? ` ON CONFLICT (${conflict.map(() => '??').join(', ')}) DO NOTHING` : ''
  if (dialectOf(trx) === 'sqlite') {
    const values = JSON.stringify(rows.map(row => columns.map(column => jsonValue(row[column]))))
    const picks = columns.map((_, index) => `json_extract(value, '$[${index}]')`).join(', ')
    // MATERIALIZED makes SQLite write a row's text out once, not once a column: half the time of a load.
    await trx.raw(
      `WITH given AS MATERIALIZED (SELECT value FROM json_each(?))
       INSERT INTO ?? (${names}) SELECT ${picks} FROM given WHERE true${leave}`,
      [values, table, ...columns, ...(conflict ?? [])]
    )
    if (conflict === undefined) return rows.length
    return (await rowOf<{ count: number }>(trx, 'SELECT changes() AS count'))!.count
  }
  const values = JSON.stringify(
    rows.map(row => Object.fromEntries(columns.map(column => [column, jsonValue(row[column])])))
  )
  // The table's own row type gives each column its type.
  const answer = await trx.raw(
    `INSERT INTO ?? (${names}) SELECT ${names} FROM json_populate_recordset(CAST(NULL AS ??), CAST(? AS json))${leave}`,
    [table, ...columns, ...columns, table, values, ...(conflict ?? [])]
  )
  return answer.rowCount
}
