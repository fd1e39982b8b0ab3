import type { Knex } from 'knex'
import { badInput } from '../core/errors.ts'
import type { CountedPage, PageRequest } from '../core/ports.ts'
import { dialectOf, rowOf, rowsOf } from './sql.ts'

/** The folded name of a table's row; rows of the version before have none, their name counts. Byte order on both. */
const foldedName = (knex: Knex, table: string): string =>
  `COALESCE(${table}.name_lower, lower(${table}.name))${dialectOf(knex) === 'postgresql' ? ' COLLATE "C"' : ''}`

const readCursor = (after: string): { name: string; id: string } => {
  const [, name, id] = /^n(.*)\n([\w-]{1,64})$/s.exec(Buffer.from(after, 'base64url').toString()) ?? []
  if (name === undefined || id === undefined || name.includes('\0'))
    throw badInput('after', 'is not a cursor of this list')
  return { name, id }
}

/**
 * A page of people by folded name, then id: a keyset, so that whoever is added or renamed meanwhile moves nobody else.
 * @param where conditions with their bindings, joined by AND; `people` is the table
 */
export const pageByName = async <Row extends { readonly id: string }, Node>(
  knex: Knex,
  list: {
    readonly columns: string
    readonly from: string
    readonly where: readonly (readonly [string, readonly (string | number)[]])[]
  },
  request: PageRequest,
  nodeOf: (row: Row) => Node
): Promise<CountedPage<Node>> => {
  const { first } = request
  if (!Number.isInteger(first) || first < 1 || first > 500) throw badInput('first', 'must be 1 to 500')
  const name = foldedName(knex, 'people')
  const matching = list.where.map(([sql]) => `(${sql})`)
  const bindings = list.where.flatMap(([, values]) => [...values])
  const all = ['1 = 1', ...matching].join(' AND ')
  const cursor = request.after == null ? null : readCursor(request.after)
  const rows = await rowsOf<Row & { readonly sort_name: string }>(
    knex,
    `SELECT ${list.columns}, ${name} AS sort_name FROM ${list.from}
     WHERE ${all}${cursor ? ` AND (${name} > ? OR (${name} = ? AND people.id > ?))` : ''}
     ORDER BY ${name}, people.id LIMIT ?`,
    [...bindings, ...(cursor ? [cursor.name, cursor.name, cursor.id] : []), first + 1]
  )
  const count = await rowOf<{ n: number }>(knex, `SELECT COUNT(*) AS n FROM ${list.from} WHERE ${all}`, bindings)
  const page = rows.slice(0, first)
  const last = page.at(-1)
  return {
    nodes: page.map(nodeOf),
    endCursor: last ? Buffer.from(`n${last.sort_name}\n${last.id}`).toString('base64url') : null,
    hasNextPage: rows.length > first,
    totalCount: count!.n
  }
}

/** Finds the pattern in the folded name or the folded address. */
export const nameOrEmailContains = (knex: Knex, pattern: string): [string, readonly string[]] => [
  `${foldedName(knex, 'people')} LIKE ? ESCAPE '!' OR people.email_lower LIKE ? ESCAPE '!'`,
  [pattern, pattern]
]
