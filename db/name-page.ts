import type { Knex } from 'knex'
import { badInput } from '../core/errors.ts'
import type { CountedPage, PageRequest } from '../core/ports.ts'
import { dialectOf, rowOf, rowsOf, wordsOf } from './sql.ts'

/**
 * The folded name of a row; rows of the version before have none, their name counts. Byte order on both. The index of
 * contacts by name is of this very expression.
 */
const foldedName = (knex: Knex): string =>
  `COALESCE(people.name_lower, lower(people.name))${dialectOf(knex) === 'postgresql' ? ' COLLATE "C"' : ''}`

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
    readonly table: string
    readonly where: readonly (readonly [string, readonly (string | number)[]])[]
  },
  request: PageRequest,
  nodeOf: (row: Row) => Node
): Promise<CountedPage<Node>> => {
  const { first } = request
  if (!Number.isInteger(first) || first < 1 || first > 500) throw badInput('first', 'must be 1 to 500')
  const name = foldedName(knex)
  const matching = ['1 = 1', ...list.where.map(([sql]) => `(${sql})`)].join(' AND ')
  const bindings = list.where.flatMap(([, values]) => [...values])
  const cursor = request.after == null ? null : readCursor(request.after)
  // Ids first: an index has all that is compared, and only the rows of the page are read.
  const beyond = cursor ? ` AND ${name} >= ? AND (${name} > ? OR people.id > ?)` : ''
  const found = await rowsOf<{ readonly id: string; readonly sort_name: string }>(
    knex,
    `SELECT people.id, ${name} AS sort_name FROM ${list.table} people WHERE ${matching}${beyond}
     ORDER BY ${name}, people.id LIMIT ?`,
    [...bindings, ...(cursor ? [cursor.name, cursor.name, cursor.id] : []), first + 1]
  )
  const page = found.slice(0, first)
  const rows = await rowsOf<Row>(
    knex,
    `SELECT ${list.columns} FROM ${list.table} people WHERE people.id IN (SELECT value FROM ${wordsOf(knex).each})
     ORDER BY ${name}, people.id`,
    [JSON.stringify(page.map(({ id }) => id))]
  )
  const count = `SELECT COUNT(*) AS n FROM ${list.table} people WHERE ${matching}`
  const last = page.at(-1)
  return {
    nodes: rows.map(nodeOf),
    endCursor: last ? Buffer.from(`n${last.sort_name}\n${last.id}`).toString('base64url') : null,
    hasNextPage: found.length > first,
    totalCount:
      cursor === null && found.length <= first ? found.length : (await rowOf<{ n: number }>(knex, count, bindings))!.n
  }
}

/** Finds a text in the folded name or the folded address; null for no search. */
export const nameOrEmailContains = (
  knex: Knex,
  search: string | null | undefined
): readonly [string, readonly string[]] | null => {
  if (!search) return null
  const within = (text: string): string =>
    dialectOf(knex) === 'postgresql' ? `strpos(${text}, ?) > 0` : `instr(${text}, ?) > 0`
  const sought = search.toLowerCase()
  return [`${within(foldedName(knex))} OR ${within('people.email_lower')}`, [sought, sought]]
}
