import type { Knex } from 'knex'
import { badInput } from '../core/errors.ts'
import type { Company, CompanyStore, CountedPage } from '../core/ports.ts'
import { type CompanyRow, companiesFrom } from './company-rows.ts'
import { containing, pageOf, readPage } from './page.ts'
import { dialectOf, rowOf, rowsOf, wordsOf } from './sql.ts'

type Request = Parameters<CompanyStore['list']>[0]
type Condition = readonly [sql: string, ...bindings: (string | number)[]]

/** Behind every text that begins with the same: no character is larger. */
const last = '\u{10ffff}'

/** Everything a search may mean; each line is answered by an index of its own, but for the part of a name. */
const searching = (knex: Knex, text: string, alsoIds: readonly string[]): Condition => {
  const ways: Condition[] = [
    [`name_lower LIKE ? ESCAPE '!'`, containing(text)!],
    ['id = ?', text],
    ['id IN (SELECT company_id FROM company_account_code WHERE code = ?)', text]
  ]
  if (text.includes('@')) {
    const email = dialectOf(knex) === 'postgresql' ? 'email_lower COLLATE "C"' : 'email_lower'
    const begins = text.toLowerCase()
    ways.push([`id IN (SELECT company_id FROM contact WHERE ${email} >= ? AND ${email} < ?)`, begins, begins + last])
  }
  if (alsoIds.length > 0) ways.push([`id IN (SELECT value FROM ${wordsOf(knex).each})`, JSON.stringify(alsoIds)])
  return [`(${ways.map(([sql]) => sql).join(' OR ')})`, ...ways.flatMap(([, ...bindings]) => bindings)]
}

const together = (
  conditions: readonly Condition[]
): { readonly where: string; readonly bindings: (string | number)[] } => ({
  where: conditions.map(([sql]) => sql).join(' AND ') || '1 = 1',
  bindings: conditions.flatMap(([, ...bindings]) => bindings)
})

/** A page of companies; by creation, or by name and then id. */
export const listCompanies = async (knex: Knex, request: Request): Promise<CountedPage<Company>> => {
  const { sort = 'createdAt' } = request
  const conditions: Condition[] = []
  const search = request.search?.trim()
  if (search) conditions.push(searching(knex, search, request.alsoIds ?? []))
  if (request.domainId) conditions.push(['domain_id = ?', request.domainId])
  if (request.userType) conditions.push(['user_type = ?', request.userType])
  if (request.status) conditions.push(['status = ?', request.status])

  const backwards = sort.startsWith('-')
  const [direction, beyond] = backwards ? ['DESC', '<'] : ['ASC', '>']
  const named = sort.endsWith('name')
  const order = named ? `name_lower ${direction}, id ${direction}` : `seq ${direction}`
  const { first } = readPage({ first: request.first })
  const after = named ? afterName(request, beyond) : afterNumber(request, beyond)

  const rows = together([...conditions, ...after])
  const all = together(conditions)
  const found = await rowsOf<CompanyRow>(knex, `SELECT * FROM company WHERE ${rows.where} ORDER BY ${order} LIMIT ?`, [
    ...rows.bindings,
    first + 1
  ])
  const count = await rowOf<{ n: number }>(knex, `SELECT COUNT(*) AS n FROM company WHERE ${all.where}`, all.bindings)
  const page = pageOf(found, first, await companiesFrom(knex, found.slice(0, first)))
  const end = found.slice(0, first).at(-1)
  return { ...page, endCursor: named && end ? nameCursor(end) : page.endCursor, totalCount: count!.n }
}

const afterNumber = (request: Request, beyond: string): readonly Condition[] => {
  const { position } = readPage(request)
  return position === null ? [] : [[`seq ${beyond} ?`, position]]
}

const nameCursor = (row: Pick<CompanyRow, 'id' | 'name_lower'>): string =>
  Buffer.from(`n${row.id} ${row.name_lower}`).toString('base64url')

const afterName = ({ after }: Request, beyond: string): readonly Condition[] => {
  if (after === null || after === undefined) return []
  const [, id, name] = /^n([A-Za-z0-9_-]{1,64}) ([^\0]+)$/s.exec(Buffer.from(after, 'base64url').toString()) ?? []
  if (id === undefined || name === undefined) throw badInput('after', 'is not a cursor of this list')
  return [[`(name_lower, id) ${beyond} (?, ?)`, name, id]]
}
