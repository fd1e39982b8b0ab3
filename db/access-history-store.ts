import type { Knex } from 'knex'
import type { AccessHistoryChange, AccessHistoryEntry, AccessHistoryStore } from '../core/access-history.ts'
import { PortalError } from '../core/errors.ts'
import type { CompanyOverride } from '../core/ports.ts'
import type { Database } from './connect.ts'
import { pageOf, readPage } from './page.ts'
import { rowOf, rowsOf } from './sql.ts'
import { type AuditEntryRow, auditEntryFrom } from './way-back.ts'

/** A stretch of the audit log, `(after, until]` by number, during which one brand decided. */
interface Stretch {
  readonly brand: string
  readonly after: number
  readonly until: number
}

interface Move {
  readonly seq: number
  readonly from: string | null
  readonly to: string | null
}

const end = Number.MAX_SAFE_INTEGER

/** Who it was between its moves; `now` is who it is. */
const stretchesOf = (
  moves: readonly Move[],
  now: string | null,
  since: number
): readonly (Stretch | Omit<Stretch, 'brand'>)[] => {
  const edges = [...moves.map(move => move.seq), end]
  return edges.map((until, index) => {
    const brand = index < moves.length ? moves[index]!.from : (moves.at(-1)?.to ?? now)
    const after = Math.max(since, index === 0 ? 0 : edges[index - 1]!)
    return { ...(brand === null ? {} : { brand }), after, until }
  })
}

const readMoves = async (
  knex: Knex,
  field: 'domain' | 'default',
  where: string,
  bindings: readonly string[]
): Promise<Move[]> => {
  const rows = await rowsOf<{ seq: number; before: string | null; after: string | null }>(
    knex,
    `SELECT seq, before, after FROM audit_entry WHERE ${where} AND after LIKE ? ORDER BY seq`,
    [...bindings, `%"${field}":%`]
  )
  return rows.flatMap(row => {
    const before = parsed(row.before)
    const after = parsed(row.after)
    // A creation names the brand under another word; it is where the first stretch starts.
    return field in before && field in after
      ? [{ seq: row.seq, from: text(before[field]), to: text(after[field]) }]
      : []
  })
}

const text = (value: unknown): string | null => (typeof value === 'string' ? value : null)

const parsed = (json: string | null): Readonly<Record<string, unknown>> => {
  const value: unknown = json === null ? {} : JSON.parse(json)
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {}
}

/** Stretches of the brands that decided for a company: its home, or the default brand while it had none. */
const readStretches = async (knex: Knex, companyId: string, home: string | null, since: number): Promise<Stretch[]> => {
  const homes = stretchesOf(await readMoves(knex, 'domain', 'target = ?', [companyId]), home, since)
  if (homes.every((stretch): stretch is Stretch => 'brand' in stretch)) return [...homes]
  const defaultBrand = await rowOf<{ id: string }>(knex, 'SELECT id FROM portal_domain WHERE is_default = 1')
  const moves = await readMoves(knex, 'default', `action IN ('setDefaultPortalDomain', 'revertChange')`, [])
  const defaults = stretchesOf(moves, defaultBrand?.id ?? null, since)
  return homes.flatMap(stretch =>
    'brand' in stretch
      ? [stretch]
      : defaults.flatMap(each => {
          const after = Math.max(stretch.after, each.after)
          const until = Math.min(stretch.until, each.until)
          return 'brand' in each && after < until ? [{ brand: each.brand, after, until }] : []
        })
  )
}

/** Host names of all brands by id, of those that were deleted as well. */
const readHosts = async (knex: Knex): Promise<ReadonlyMap<string, string>> => {
  const deleted = await rowsOf<{ target: string; before: string | null }>(
    knex,
    `SELECT target, before FROM audit_entry WHERE action = 'deletePortalDomain'`
  )
  const brands = await rowsOf<{ id: string; fqdn: string }>(knex, 'SELECT id, fqdn FROM portal_domain')
  return new Map([
    ...deleted.map(({ target, before }) => [target, text(parsed(before).fqdn) ?? target] as const),
    ...brands.map(({ id, fqdn }) => [id, fqdn] as const)
  ])
}

const platformWrites = `(action IN ('setPluginEnabled', 'setEntitlement')
  OR (action = 'revertChange' AND company_id IS NULL AND domain_id IS NULL))`

/** History of access out of the audit log; see `AccessHistoryStore`. */
export const createAccessHistory = (db: Database): AccessHistoryStore => ({
  list: (companyId, request) => {
    const { first, position } = readPage(request)
    return db.snapshot(async trx => {
      const company = await rowOf<{ domain_id: string | null; user_type: string }>(
        trx,
        'SELECT domain_id, user_type FROM company WHERE id = ?',
        [companyId]
      )
      if (!company) throw new PortalError('NOT_FOUND', 'There is no such company.')
      const start = await rowOf<{ seq: number | null }>(
        trx,
        'SELECT MIN(seq) AS seq FROM audit_entry WHERE target = ?',
        [companyId]
      )
      const since = start?.seq ?? 0
      const stretches = await readStretches(trx, companyId, company.domain_id, since)
      const hosts = await readHosts(trx)
      const words = new Words(company.user_type, hosts)
      const batch = first + 1
      const found: (AccessHistoryEntry & { readonly seq: number })[] = []
      for (let before = position ?? end; found.length <= first; ) {
        const sources = [
          ['target = ?', [companyId], 0, end],
          ...stretches.map(({ brand, after, until }) => ['target = ?', [brand], after, until] as const),
          [platformWrites, [], since, end]
        ] as const
        const rows: AuditEntryRow[] = []
        for (const [where, bindings, after, until] of sources)
          if (after < before)
            rows.push(
              ...(await rowsOf<AuditEntryRow>(
                trx,
                `SELECT * FROM audit_entry WHERE ${where} AND seq > ? AND seq <= ? AND seq < ? ORDER BY seq DESC LIMIT ?`,
                [...bindings, after, until, before, batch]
              ))
            )
        const newest = rows.sort((one, other) => other.seq - one.seq).slice(0, batch)
        for (const row of newest) {
          const changes = words.changesOf(row)
          if (changes.length > 0)
            found.push({
              ...auditEntryFrom(row),
              seq: row.seq,
              about: aboutOf(row, companyId),
              host: row.target === companyId ? null : (hosts.get(row.target) ?? null),
              changes
            })
        }
        if (newest.length < batch) break
        before = newest.at(-1)!.seq
      }
      return pageOf(
        found,
        first,
        found.map(({ seq: _, ...entry }) => entry)
      )
    })
  }
})

const aboutOf = (row: AuditEntryRow, companyId: string): AccessHistoryEntry['about'] =>
  row.target === companyId ? 'COMPANY' : row.domain_id === null ? 'PLATFORM' : 'BRAND'

/** Fields of access writes; everything else in the log changed nobody's access. */
const accessField = /^(?:(?:override|template|feature|columns|plugin|entitlement):.+|domain|status|enabled|default)$/

/** Names under which a creation tells where the company starts. */
const ofCreation: Readonly<Record<string, string>> = { domainId: 'domain', status: 'status' }

class Words {
  readonly #userType: string
  readonly #hosts: ReadonlyMap<string, string>

  constructor(userType: string, hosts: ReadonlyMap<string, string>) {
    this.#userType = userType
    this.#hosts = hosts
  }

  /** What an entry changed of the company's access. */
  changesOf(row: AuditEntryRow): readonly AccessHistoryChange[] {
    const before = parsed(row.before)
    const after = parsed(row.after)
    const fields = [...new Set([...Object.keys(before), ...Object.keys(after)])]
    return fields.flatMap((name): AccessHistoryChange[] => {
      const field = row.action === 'createCompany' ? (ofCreation[name] ?? name) : name
      if (!accessField.test(field)) return []
      // Columns of the other kind of company are not this one's.
      if (field.startsWith('columns:') && !field.endsWith(`:${this.#userType}`)) return []
      const change = {
        field,
        before: this.#value(field, before[name]),
        after: this.#value(field, after[name]),
        reason: field.startsWith('override:') ? ((after[name] as CompanyOverride | null)?.reason ?? null) : null
      }
      return change.before === change.after && !field.startsWith('override:') ? [] : [change]
    })
  }

  #value(field: string, value: unknown): string | null {
    if (value === null || value === undefined) return null
    if (field.startsWith('override:')) return overrideText(value as CompanyOverride)
    if (Array.isArray(value)) return value.length === 0 ? 'default set' : value.join(', ')
    if (typeof value === 'boolean') return value ? 'on' : 'off'
    if (field === 'domain' || field === 'default') return this.#hosts.get(String(value)) ?? String(value)
    return String(value)
  }
}

const overrideText = ({ override, validFrom, validUntil }: CompanyOverride): string =>
  [
    override,
    ...(validFrom == null ? [] : [`from ${new Date(validFrom).toISOString()}`]),
    ...(validUntil == null ? [] : [`until ${new Date(validUntil).toISOString()}`])
  ].join(' ')
