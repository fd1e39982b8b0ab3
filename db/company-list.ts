import { domainToASCII } from 'node:url'
import type { Knex } from 'knex'
import { badInput } from '../core/errors.ts'
import type { Company, CompanyStore, CountedPage } from '../core/ports.ts'
import { type CompanyRow, companiesFrom } from './company-rows.ts'
import { readPage } from './page.ts'
import { dialectOf, rowOf, rowsOf, wordsOf } from './sql.ts'

type Request = Parameters<CompanyStore['list']>[0]
type Condition = readonly [sql: string, ...bindings: (string | number)[]]

/** Behind every text that begins with the same: no character is larger. */
const last = '\u{10ffff}'

/**
 * Everything a search may mean. All but a part of the name is looked up first, by an index where there is one, so that the
 * one look at every name compares texts and nothing else.
 */
const searching = async (knex: Knex, text: string, alsoIds: readonly string[]): Promise<Condition> => {
  const postgresql = dialectOf(knex) === 'postgresql'
  const ways = ['SELECT id FROM company WHERE id = ?', 'SELECT company_id FROM company_account_code WHERE code = ?']
  const bindings = [text, text]
  if (text.includes('@')) {
    const address = asStored(text.toLowerCase())
    const email = postgresql ? 'email_lower COLLATE "C"' : 'email_lower'
    ways.push(`SELECT company_id FROM contact WHERE ${email} >= ? AND ${email} < ?`)
    bindings.push(address, address + last)
  }
  const known = (await rowsOf<{ id: string }>(knex, ways.join(' UNION '), bindings)).map(({ id }) => id)
  const phone = phoneOf(text)
  const callers = phone === null ? [] : await companiesByPhone(knex, phone)
  const name = postgresql ? 'strpos(name_lower, ?) > 0' : 'instr(name_lower, ?) > 0'
  const ids = [...new Set([...known, ...callers, ...alsoIds])]
  if (ids.length === 0) return [name, text.toLowerCase()]
  return [`(${name} OR id IN (SELECT value FROM ${wordsOf(knex).each}))`, text.toLowerCase(), JSON.stringify(ids)]
}

/** An address whose host is written in letters of another alphabet, as it is kept. */
const asStored = (email: string): string => {
  const at = email.lastIndexOf('@') + 1
  const host = email.slice(at)
  return /[\u0080-\uffff]/.test(host) ? email.slice(0, at) + (domainToASCII(host) || host) : email
}

/** What two ways of writing a telephone number share: its digits without the zeros in front; null for what is none. */
const phoneOf = (text: string): string | null => {
  if (!/^(?:tel:)?[+\d][\d\s/().-]*$/i.test(text)) return null
  const digits = text.replace('(0)', '').replace(/\D/g, '').replace(/^0+/, '')
  return digits.length < 7 ? null : digits
}

/**
 * Companies with a contact who is called at this number, written with or without its country's code. What people wrote is
 * kept as they wrote it, so all are looked at; the last two digits leave one in a hundred to be compared.
 */
const companiesByPhone = async (knex: Knex, phone: string): Promise<readonly string[]> => {
  const rows = await rowsOf<{ company_id: string; phone: string | null; mobile: string | null }>(
    knex,
    'SELECT company_id, phone, mobile FROM contact WHERE phone LIKE ? OR mobile LIKE ?',
    [`%${phone.slice(-2)}`, `%${phone.slice(-2)}`]
  )
  const isSame = (written: string | null): boolean => {
    const own = phoneOf(written ?? '')
    return own !== null && (own.endsWith(phone) || phone.endsWith(own))
  }
  return rows.filter(row => isSame(row.phone) || isSame(row.mobile)).map(row => row.company_id)
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
  if (search) conditions.push(await searching(knex, search, request.alsoIds ?? []))
  if (request.domainId) conditions.push(['domain_id = ?', request.domainId])
  if (request.userType) conditions.push(['user_type = ?', request.userType])
  if (request.status) conditions.push(['status = ?', request.status])

  const backwards = sort.startsWith('-')
  const [direction, beyond] = backwards ? ['DESC', '<'] : ['ASC', '>']
  const named = sort.endsWith('name')
  const order = named ? `name_lower ${direction}, id ${direction}` : `seq ${direction}`
  const { first } = readPage({ first: request.first })
  const after = named ? afterName(request, beyond) : afterNumber(request, beyond)

  const page = together([...conditions, ...after])
  // Ids first: an index has all that is compared, and only the rows of the page are read.
  const found = await rowsOf<{ id: string }>(
    knex,
    `SELECT id FROM company WHERE ${page.where} ORDER BY ${order} LIMIT ?`,
    [...page.bindings, first + 1]
  )
  const rows = await rowsOf<CompanyRow>(
    knex,
    `SELECT * FROM company WHERE id IN (SELECT value FROM ${wordsOf(knex).each}) ORDER BY ${order}`,
    [JSON.stringify(found.slice(0, first).map(({ id }) => id))]
  )
  const end = rows.at(-1)
  return {
    nodes: await companiesFrom(knex, rows),
    endCursor: end ? (named ? nameCursor(end) : numberCursor(end)) : null,
    hasNextPage: found.length > first,
    totalCount:
      after.length === 0 && found.length <= first ? found.length : await countCompanies(knex, together(conditions))
  }
}

const countCompanies = async (knex: Knex, { where, bindings }: ReturnType<typeof together>): Promise<number> =>
  (await rowOf<{ n: number }>(knex, `SELECT COUNT(*) AS n FROM company WHERE ${where}`, bindings))!.n

const afterNumber = (request: Request, beyond: string): readonly Condition[] => {
  const { position } = readPage(request)
  return position === null ? [] : [[`seq ${beyond} ?`, position]]
}

const numberCursor = ({ seq }: Pick<CompanyRow, 'seq'>): string => Buffer.from(`p${seq}`).toString('base64url')

const nameCursor = (row: Pick<CompanyRow, 'id' | 'name_lower'>): string =>
  Buffer.from(`n${row.id} ${row.name_lower}`).toString('base64url')

const afterName = ({ after }: Request, beyond: string): readonly Condition[] => {
  if (after === null || after === undefined) return []
  const [, id, name] = /^n([A-Za-z0-9_-]{1,64}) ([^\0]+)$/s.exec(Buffer.from(after, 'base64url').toString()) ?? []
  if (id === undefined || name === undefined) throw badInput('after', 'is not a cursor of this list')
  return [[`(name_lower, id) ${beyond} (?, ?)`, name, id]]
}
