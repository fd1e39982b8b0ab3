import type { Knex } from 'knex'
import {
  type AccessPoint,
  type AccessRevisions,
  type AccessSource,
  type CompanyAccess,
  type DomainAccess,
  type OverrideAccess,
  type PlatformAccess,
  REGISTRY_SCOPE
} from '../core/ports.ts'
import type { Database } from './connect.ts'
import { groupBy, rowsOf, wordsOf } from './sql.ts'

/** Companies read at a time when everything is loaded. */
const loadChunk = 20_000
/** With more changed companies than this, loading everything is quicker. */
const mostChanges = 20_000

/** Reads the decision's data from the database. */
export const createAccessSource = (db: Database): AccessSource => ({
  load: () =>
    db.snapshot(
      async trx => {
        const revisions = await readRevisions(trx)
        return {
          revisions,
          platform: await readPlatform(trx),
          domains: await readDomains(trx),
          companies: await readAllCompanies(trx)
        }
      },
      { timeoutMs: 0 }
    ),
  changesSince: known => db.snapshot(trx => readChanges(trx, known), { timeoutMs: 60_000 }),
  clock: async () => {
    const rows = await rowsOf<{ at: number; scope: string; revision: number }>(
      db.reader,
      `SELECT t.at, c.scope, c.revision FROM access_counter c CROSS JOIN (SELECT ${wordsOf(db.reader).now} AS at) t`
    )
    return { at: rows[0]!.at, revisions: new Map(rows.map(row => [row.scope, row.revision])) }
  }
})

/**
 * Forgets changes that no living node can still need: those `keep` revisions behind.
 * A node further behind loads everything. @returns how many scopes were looked at
 */
export const pruneAccessChanges = (db: Database, keep = 100_000): Promise<number> =>
  db.transaction(async trx => {
    const scopes = await readRevisions(trx)
    for (const [scope, revision] of scopes)
      if (revision > keep)
        await trx.raw('DELETE FROM access_change WHERE scope = ? AND revision <= ?', [scope, revision - keep])
    return scopes.size
  })

const readRevisions = async (trx: Knex): Promise<AccessRevisions> =>
  new Map(
    (await rowsOf<{ scope: string; revision: number }>(trx, 'SELECT scope, revision FROM access_counter')).map(row => [
      row.scope,
      row.revision
    ])
  )

export const readPlatform = async (trx: Knex): Promise<PlatformAccess> => {
  const rows = await rowsOf<{ kind: string; name: string; present: number }>(
    trx,
    'SELECT kind, name, present FROM platform_switch ORDER BY kind, name'
  )
  return {
    disabledPlugins: rows.filter(row => row.kind === 'plugin' && row.present === 0).map(row => row.name),
    entitlements: rows.filter(row => row.kind === 'entitlement' && row.present === 1).map(row => row.name)
  }
}

/** What brands have set: brand id → features and columns. @param ids left out: all */
export const readBrandAccess = async (
  trx: Knex,
  ids?: readonly string[]
): Promise<(id: string) => Pick<DomainAccess, 'features' | 'columns'>> => {
  const only = ids ? `WHERE domain_id IN (SELECT value FROM ${wordsOf(trx).each})` : ''
  const bindings = ids ? [JSON.stringify(ids)] : []
  const features = groupBy(
    await rowsOf<{ domain_id: string; key: string; enabled: number }>(
      trx,
      `SELECT domain_id, key, enabled FROM domain_feature ${only} ORDER BY domain_id, key`,
      bindings
    ),
    row => row.domain_id
  )
  const columns = groupBy(
    await rowsOf<{ domain_id: string; report: string; user_type: 'CUSTOMER' | 'CARRIER'; columns: string }>(
      trx,
      `SELECT domain_id, report, user_type, columns FROM domain_column ${only} ORDER BY domain_id, report, user_type`,
      bindings
    ),
    row => row.domain_id
  )
  return id => ({
    features: (features.get(id) ?? []).map(row => ({ key: row.key, enabled: row.enabled === 1 })),
    columns: (columns.get(id) ?? []).map(row => ({
      report: row.report,
      userType: row.user_type,
      columns: JSON.parse(row.columns)
    }))
  })
}

const readDomains = async (trx: Knex, ids?: readonly string[]): Promise<DomainAccess[]> => {
  const only = ids ? `WHERE id IN (SELECT value FROM ${wordsOf(trx).each})` : ''
  const rows = await rowsOf<{ id: string; is_default: number }>(
    trx,
    `SELECT id, is_default FROM portal_domain ${only} ORDER BY seq`,
    ids ? [JSON.stringify(ids)] : []
  )
  const access = await readBrandAccess(trx, ids)
  return rows.map(row => ({ id: row.id, isDefault: row.is_default === 1, ...access(row.id) }))
}

interface CompanyRow {
  readonly id: string
  readonly seq: number
  readonly user_type: CompanyAccess['userType']
  readonly status: CompanyAccess['status']
  readonly domain_id: string | null
  readonly overrides: string | null
}

/** A company row carries its overrides as one JSON text: a tenth of the objects that a join would make. */
const companyColumns = (trx: Knex): string => {
  const rows =
    wordsOf(trx).each === 'json_each(?)'
      ? 'json_group_array(json_array(o.key, o.override, o.valid_from, o.valid_until))'
      : 'CAST(json_agg(json_build_array(o.key, o.override, o.valid_from, o.valid_until) ORDER BY o.key) AS TEXT)'
  return `c.id, c.seq, c.user_type, c.status, c.domain_id,
    (SELECT ${rows} FROM company_override o WHERE o.company_id = c.id) AS overrides`
}

const none: readonly OverrideAccess[] = Object.freeze([])

/** Turns rows into companies; equal texts share one object, for a million companies have few distinct ones. */
const companyReader = (): ((row: CompanyRow) => CompanyAccess) => {
  const lists = new Map<string, readonly OverrideAccess[]>()
  const texts = new Map<string, string>()
  const shared = <T extends string>(text: T): T => {
    const known = texts.get(text) as T | undefined
    if (known === undefined) texts.set(text, text)
    return known ?? text
  }
  const overrides = (text: string | null): readonly OverrideAccess[] => {
    if (text === null || text === '[]') return none
    let list = lists.get(text)
    if (!list) {
      const parsed = JSON.parse(text) as [string, 'SHOW' | 'HIDE', number | null, number | null][]
      list = parsed.map(([key, override, validFrom, validUntil]) => ({
        key: shared(key),
        override: shared(override),
        validFrom,
        validUntil
      }))
      if (lists.size > 200_000) lists.clear()
      lists.set(text, list)
    }
    return list
  }
  return row => ({
    id: row.id,
    userType: shared(row.user_type),
    status: shared(row.status),
    domainId: row.domain_id === null ? null : shared(row.domain_id),
    overrides: overrides(row.overrides)
  })
}

const readAllCompanies = async (trx: Knex): Promise<CompanyAccess[]> => {
  const read = companyReader()
  const companies: CompanyAccess[] = []
  for (let after = 0; ; ) {
    const rows = await rowsOf<CompanyRow>(
      trx,
      `SELECT ${companyColumns(trx)} FROM company c WHERE c.seq > ? ORDER BY c.seq LIMIT ${loadChunk}`,
      [after]
    )
    for (const row of rows) companies.push(read(row))
    if (rows.length < loadChunk) return companies
    after = rows.at(-1)!.seq
  }
}

const readChanges = async (trx: Knex, known: AccessRevisions): Promise<AccessPoint | null> => {
  const revisions = await readRevisions(trx)
  // A brand is gone: only everything anew says so.
  for (const scope of known.keys()) if (!revisions.has(scope)) return null
  const brandIds = new Set<string>()
  const companyIds = new Set<string>()
  for (const [scope, revision] of revisions) {
    const seen = known.get(scope) ?? 0
    if (seen === revision) continue
    // Ahead of the database: it was restored from a backup.
    if (seen > revision) return null
    const rows = await rowsOf<{ revision: number; company_id: string }>(
      trx,
      `SELECT revision, company_id FROM access_change WHERE scope = ? AND revision > ? ORDER BY revision LIMIT ${mostChanges + 1}`,
      [scope, seen]
    )
    if (rows[0]?.revision !== seen + 1 || rows.length > mostChanges) return null
    for (const row of rows)
      if (row.company_id !== '') companyIds.add(row.company_id)
      else if (scope !== REGISTRY_SCOPE) brandIds.add(scope)
  }
  if (companyIds.size > mostChanges) return null
  const rows = companyIds.size
    ? await rowsOf<CompanyRow>(
        trx,
        `SELECT ${companyColumns(trx)} FROM company c WHERE c.id IN (SELECT value FROM ${wordsOf(trx).each}) ORDER BY c.seq`,
        [JSON.stringify([...companyIds])]
      )
    : []
  return {
    revisions,
    platform: await readPlatform(trx),
    domains: brandIds.size ? await readDomains(trx, [...brandIds]) : [],
    companies: rows.map(companyReader())
  }
}
