import type { Knex } from 'knex'
import { jsonValue } from './insert-rows.ts'
import { dialectOf } from './sql.ts'

/**
 * Updates many rows by one statement; all rows have the columns of the first. Call it inside a transaction.
 * @param keys columns that find the row; the others are set
 */
export const updateRows = async (
  trx: Knex,
  table: string,
  keys: readonly string[],
  rows: readonly Readonly<Record<string, unknown>>[]
): Promise<void> => {
  if (rows.length === 0) return
  const columns = Object.keys(rows[0]!)
  const set = columns.filter(column => !keys.includes(column))
  const sets = set.map(() => '?? = given.??').join(', ')
  const where = keys.map(() => `??.?? = given.??`).join(' AND ')
  const setNames = set.flatMap(column => [column, column])
  const whereNames = keys.flatMap(key => [table, key, key])
  if (dialectOf(trx) === 'sqlite') {
    const values = JSON.stringify(rows.map(row => columns.map(column => jsonValue(row[column]))))
    const picks = columns.map((_, index) => `json_extract(value, '$[${index}]') AS ??`).join(', ')
    await trx.raw(
      `WITH lines AS MATERIALIZED (SELECT value FROM json_each(?))
       UPDATE ?? SET ${sets} FROM (SELECT ${picks} FROM lines) AS given WHERE ${where}`,
      [values, table, ...setNames, ...columns, ...whereNames]
    )
    return
  }
  const values = JSON.stringify(
    rows.map(row => Object.fromEntries(columns.map(column => [column, jsonValue(row[column])])))
  )
  await trx.raw(
    `UPDATE ?? SET ${sets} FROM json_populate_recordset(CAST(NULL AS ??), CAST(? AS json)) AS given WHERE ${where}`,
    [table, ...setNames, table, values, ...whereNames]
  )
}
