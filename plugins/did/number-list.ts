import { badInput, type PluginDatabase } from '../../core/plugin-api.ts'
import { type NumberRecord, recordColumns, recordOf } from './number-record.ts'

/** Which numbers of the inventory; all conditions hold. */
export interface NumberFilter {
  /** Beginning of the number, however it is written. */
  readonly search?: string | null
  readonly country?: string | null
  readonly companyId?: string | null
  readonly carrierId?: string | null
  readonly unassigned?: boolean | null
  readonly enabled?: boolean | null
}

export interface NumberPage {
  readonly records: readonly NumberRecord[]
  readonly pageInfo: { readonly endCursor: string | null; readonly hasNextPage: boolean }
  totalCount(): Promise<number>
}

/** The first text behind all that begin with these digits. */
export const beyond = (digits: string): string => `${digits}:`

interface Condition {
  readonly sql: string
  readonly bindings: readonly (string | number)[]
}

/** @throws PortalError BAD_USER_INPUT for a search that is no part of a number */
export const conditionOf = (filter: NumberFilter): Condition => {
  const parts: string[] = []
  const bindings: (string | number)[] = []
  const add = (sql: string, ...values: (string | number)[]): void => {
    parts.push(sql)
    bindings.push(...values)
  }
  const digits = (filter.search ?? '')
    .trim()
    .replace(/^\+/, '')
    .replace(/[ ().-]/g, '')
  if (!/^\d{0,15}$/.test(digits)) throw badInput('filter.search', 'must be the beginning of a number')
  if (digits !== '') add('did.number >= ? and did.number < ?', digits, beyond(digits))
  if (filter.country != null) {
    if (!/^[A-Za-z]{2}$/.test(filter.country)) throw badInput('filter.country', 'must be two letters, such as GB')
    add('did.country = ?', filter.country.toUpperCase())
  }
  for (const [id, column] of [
    [filter.companyId, 'company_id'],
    [filter.carrierId, 'carrier_id']
  ] as const) {
    // What cannot be an id finds nothing.
    if (id != null) add(`did.${column} = ?`, /^[A-Za-z0-9_-]{1,64}$/.test(id) ? id : '')
  }
  if (filter.unassigned != null) add(`did.company_id is ${filter.unassigned ? '' : 'not '}null`)
  // Written out, for the index of those that are off.
  if (filter.enabled != null) add(`did.enabled = ${filter.enabled ? 1 : 0}`)
  return { sql: parts.length === 0 ? '1 = 1' : parts.join(' and '), bindings }
}

const cursorOf = (number: string): string => Buffer.from(`n${number}`, 'latin1').toString('base64url')
const numberOf = (cursor: string): string => {
  const text = Buffer.from(cursor, 'base64url').toString('latin1')
  if (!/^n\d{1,15}$/.test(text)) throw badInput('after', 'is not a cursor of this list')
  return text.slice(1)
}

/** One page of the inventory, by number. */
export const listNumbers = async (
  db: PluginDatabase,
  filter: NumberFilter,
  page: { readonly first?: number | null; readonly after?: string | null }
): Promise<NumberPage> => {
  const first = page.first ?? 50
  if (first < 1 || first > 500) throw badInput('first', 'must be 1 to 500')
  const { sql, bindings } = conditionOf(filter)
  const behind = page.after == null ? '' : ' and did.number > ?'
  const rows = await db.all(
    `select ${recordColumns} from {did} where ${sql}${behind} order by did.number limit ${first + 1}`,
    [...bindings, ...(page.after == null ? [] : [numberOf(page.after)])]
  )
  const records = rows.slice(0, first).map(recordOf)
  const last = records.at(-1)
  return {
    records,
    pageInfo: { endCursor: last ? cursorOf(last.number) : null, hasNextPage: rows.length > first },
    totalCount: async () =>
      Number(
        (await db.all<{ count: number | string }>(`select count(*) as count from {did} where ${sql}`, bindings))[0]
          ?.count
      )
  }
}
