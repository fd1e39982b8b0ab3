import type { Knex } from 'knex'
import { PortalError } from '../core/errors.ts'
import type { UserType } from '../core/feature.ts'
import {
  type AccessAction,
  type Actor,
  type AuditEntry,
  type CompanyOverride,
  REGISTRY_SCOPE,
  UNASSIGNED_SCOPE
} from '../core/ports.ts'
import { refuseTakenAddresses } from './addresses.ts'
import { insertRows } from './insert-rows.ts'
import { clockOf, newId, rowOf, rowsOf, wordsOf } from './sql.ts'

// Every access write is one transaction in this order: lock what it changes, change it, audit, log the change for other
// nodes and bump the counters. The counters come last because each is one row that all writers of its brand wait for;
// they are taken in the order of their names, so that two writers never wait for each other.

/** One field of a target, as it was and as it became: `feature:KEY`, `columns:REPORT:USERTYPE`, `domain`, `override:KEY`, `plugin:NAME`, `entitlement:NAME`. */
export interface Touch {
  readonly field: string
  readonly before: unknown
  readonly after: unknown
}

/** What one write did to one target. */
export interface TargetWrite {
  readonly target: string
  readonly companyId?: string
  readonly domainId?: string | null
  readonly touches: readonly Touch[]
}

/** Appends one audit entry a target. */
export const auditWrites = async (
  trx: Knex,
  writes: readonly TargetWrite[],
  action: AccessAction,
  actor: Actor,
  at: number
): Promise<readonly AuditEntry[]> => {
  const side = (touches: readonly Touch[], which: 'before' | 'after') =>
    JSON.stringify(Object.fromEntries(touches.map(touch => [touch.field, touch[which] ?? null])))
  const entries = writes.map(write => ({
    id: newId(),
    at,
    actor: actor.operator.actor,
    action,
    target: write.target,
    before: side(write.touches, 'before'),
    after: side(write.touches, 'after'),
    reason: actor.reason ?? null
  }))
  await insertRows(
    trx,
    'audit_entry',
    entries.map((entry, index) => ({
      ...entry,
      company_id: writes[index]!.companyId ?? null,
      domain_id: writes[index]!.domainId ?? null,
      ip: actor.operator.ip
    }))
  )
  return entries
}

/** Tells other nodes what changed, and makes it count: the last statements of every access write. */
export const bumpScopes = async (trx: Knex, changed: ReadonlyMap<string, readonly string[]>): Promise<void> => {
  for (const scope of [...changed.keys()].sort()) {
    const row = await rowOf<{ revision: number }>(
      trx,
      'UPDATE access_counter SET revision = revision + 1 WHERE scope = ? RETURNING revision',
      [scope]
    )
    if (!row) throw new Error(`The access counter of ${scope} is missing`)
    const ids = changed.get(scope)!
    await insertRows(
      trx,
      'access_change',
      (ids.length ? ids : ['']).map(id => ({ scope, revision: row.revision, company_id: id }))
    )
  }
}

const checkVersion = (row: { readonly version: number }, expected: number | null | undefined): void => {
  if (expected !== null && expected !== undefined && expected !== row.version) throw new PortalError('CONFLICT')
}

/* ---------- brands ---------- */

/** @throws PortalError NOT_FOUND, CONFLICT on a stale version */
export const lockBrand = async (trx: Knex, id: string, expectedVersion?: number | null): Promise<void> => {
  const row = await rowOf<{ version: number }>(
    trx,
    `SELECT version FROM portal_domain WHERE id = ?${wordsOf(trx).forUpdate}`,
    [id]
  )
  if (!row) throw new PortalError('NOT_FOUND', 'There is no such portal domain.')
  checkVersion(row, expectedVersion)
}

/** Current value of a brand's field, null when it is not set. */
export const brandField = async (trx: Knex, id: string, field: string): Promise<unknown> => {
  const [kind, name, userType] = field.split(':') as [string, string, UserType]
  if (kind === 'feature') {
    const row = await rowOf<{ enabled: number }>(
      trx,
      'SELECT enabled FROM domain_feature WHERE domain_id = ? AND key = ?',
      [id, name]
    )
    return row ? row.enabled === 1 : null
  }
  const row = await rowOf<{ columns: string }>(
    trx,
    'SELECT columns FROM domain_column WHERE domain_id = ? AND report = ? AND user_type = ?',
    [id, name, userType]
  )
  return row ? JSON.parse(row.columns) : null
}

const putBrandField = async (trx: Knex, id: string, { field, after }: Touch): Promise<void> => {
  const [kind, name, userType] = field.split(':') as [string, string, UserType]
  if (kind === 'feature') {
    if (after === null || after === undefined)
      await trx.raw('DELETE FROM domain_feature WHERE domain_id = ? AND key = ?', [id, name])
    else
      await trx.raw(
        `INSERT INTO domain_feature (domain_id, key, enabled) VALUES (?, ?, ?)
         ON CONFLICT (domain_id, key) DO UPDATE SET enabled = excluded.enabled`,
        [id, name, after ? 1 : 0]
      )
  } else if (after === null || after === undefined)
    await trx.raw('DELETE FROM domain_column WHERE domain_id = ? AND report = ? AND user_type = ?', [
      id,
      name,
      userType
    ])
  else
    await trx.raw(
      `INSERT INTO domain_column (domain_id, report, user_type, columns) VALUES (?, ?, ?, ?)
       ON CONFLICT (domain_id, report, user_type) DO UPDATE SET columns = excluded.columns`,
      [id, name, userType, JSON.stringify(after)]
    )
}

/** Writes a locked brand's fields. */
export const writeBrand = async (
  trx: Knex,
  id: string,
  touches: readonly Touch[],
  action: AccessAction,
  actor: Actor
): Promise<AuditEntry> => {
  for (const touch of touches) await putBrandField(trx, id, touch)
  await trx.raw('UPDATE portal_domain SET version = version + 1 WHERE id = ?', [id])
  const [entry] = await auditWrites(trx, [{ target: id, domainId: id, touches }], action, actor, await clockOf(trx))
  await bumpScopes(trx, new Map([[id, []]]))
  return entry!
}

/* ---------- companies ---------- */

export interface LockedCompany {
  readonly id: string
  readonly domain_id: string | null
  readonly version: number
}

/** Locks companies in the order of their ids; unknown ids are absent. */
export const lockCompanies = (trx: Knex, ids: readonly string[]): Promise<LockedCompany[]> =>
  rowsOf<LockedCompany>(
    trx,
    `SELECT id, domain_id, version FROM company WHERE id IN (SELECT value FROM ${wordsOf(trx).each})
     ORDER BY id${wordsOf(trx).forUpdate}`,
    [JSON.stringify(ids)]
  )

/** @throws PortalError NOT_FOUND, CONFLICT on a stale version */
export const lockCompany = async (trx: Knex, id: string, expectedVersion?: number | null): Promise<LockedCompany> => {
  const [company] = await lockCompanies(trx, [id])
  if (!company) throw new PortalError('NOT_FOUND', 'There is no such company.')
  checkVersion(company, expectedVersion)
  return company
}

const scopeOf = (domainId: string | null): string => domainId ?? UNASSIGNED_SCOPE

/** Current overrides of some keys: company id → key → override. */
export const overridesOf = async (
  trx: Knex,
  companyIds: readonly string[],
  keys: readonly string[]
): Promise<Map<string, Map<string, CompanyOverride>>> => {
  const { each } = wordsOf(trx)
  const rows = await rowsOf<OverrideRow>(
    trx,
    `SELECT company_id, key, override, reason, valid_from, valid_until, set_by, set_at FROM company_override
     WHERE company_id IN (SELECT value FROM ${each}) AND key IN (SELECT value FROM ${each})`,
    [JSON.stringify(companyIds), JSON.stringify(keys)]
  )
  const found = new Map<string, Map<string, CompanyOverride>>()
  for (const row of rows) {
    const own = found.get(row.company_id) ?? new Map<string, CompanyOverride>()
    found.set(row.company_id, own.set(row.key, overrideFrom(row)))
  }
  return found
}

export interface OverrideRow {
  readonly company_id: string
  readonly key: string
  readonly override: 'SHOW' | 'HIDE'
  readonly reason: string | null
  readonly valid_from: number | null
  readonly valid_until: number | null
  readonly set_by: string
  readonly set_at: number
}
export const overrideFrom = (row: OverrideRow): CompanyOverride => ({
  key: row.key,
  override: row.override,
  validFrom: row.valid_from,
  validUntil: row.valid_until,
  reason: row.reason,
  setBy: row.set_by,
  setAt: row.set_at
})

/** Writes overrides (`override:KEY` → CompanyOverride or null) of many locked companies, a handful of statements in all. */
export const writeOverrides = async (
  trx: Knex,
  companies: readonly { readonly company: LockedCompany; readonly touches: readonly Touch[] }[],
  action: AccessAction,
  actor: Actor,
  at: number
): Promise<readonly AuditEntry[]> => {
  const { each } = wordsOf(trx)
  const ids = JSON.stringify(companies.map(({ company }) => company.id))
  const keyOf = (touch: Touch) => touch.field.slice('override:'.length)
  const keys = [...new Set(companies.flatMap(({ touches }) => touches.map(keyOf)))]
  await trx.raw(
    `DELETE FROM company_override WHERE company_id IN (SELECT value FROM ${each}) AND key IN (SELECT value FROM ${each})`,
    [ids, JSON.stringify(keys)]
  )
  await insertRows(
    trx,
    'company_override',
    companies.flatMap(({ company, touches }) =>
      touches.flatMap(touch => {
        const set = touch.after as CompanyOverride | null
        if (!set) return []
        return [
          {
            company_id: company.id,
            key: keyOf(touch),
            override: set.override,
            reason: set.reason,
            valid_from: set.validFrom ?? null,
            valid_until: set.validUntil ?? null,
            set_by: set.setBy,
            set_at: set.setAt
          }
        ]
      })
    )
  )
  await trx.raw(`UPDATE company SET version = version + 1 WHERE id IN (SELECT value FROM ${each})`, [ids])
  const entries = await auditWrites(
    trx,
    companies.map(({ company, touches }) => ({
      target: company.id,
      companyId: company.id,
      domainId: company.domain_id,
      touches
    })),
    action,
    actor,
    at
  )
  const changed = new Map<string, string[]>()
  for (const { company } of companies) {
    const scope = scopeOf(company.domain_id)
    changed.set(scope, [...(changed.get(scope) ?? []), company.id])
  }
  await bumpScopes(trx, changed)
  return entries
}

/** Moves a locked company; ends its sessions when the brand is another one. @throws PortalError NOT_FOUND, CONFLICT for an e-mail address that is taken there */
export const writeHome = async (
  trx: Knex,
  company: LockedCompany,
  domainId: string | null,
  action: AccessAction,
  actor: Actor
): Promise<AuditEntry> => {
  if (domainId !== null && !(await rowOf(trx, 'SELECT 1 AS one FROM portal_domain WHERE id = ?', [domainId])))
    throw new PortalError('NOT_FOUND', 'There is no such portal domain.')
  await trx.raw('UPDATE company SET domain_id = ?, version = version + 1 WHERE id = ?', [domainId, company.id])
  if (domainId !== company.domain_id) {
    await refuseTakenAddresses(trx, company.id)
    await trx.raw('DELETE FROM contact_session WHERE contact_id IN (SELECT id FROM contact WHERE company_id = ?)', [
      company.id
    ])
  }
  const touches = [{ field: 'domain', before: company.domain_id, after: domainId }]
  const [entry] = await auditWrites(
    trx,
    [{ target: company.id, companyId: company.id, domainId, touches }],
    action,
    actor,
    await clockOf(trx)
  )
  const scopes = new Set([scopeOf(company.domain_id), scopeOf(domainId)])
  await bumpScopes(trx, new Map([...scopes].map(scope => [scope, [company.id]])))
  return entry!
}

/* ---------- the installation ---------- */

/** Sets a switch of the platform and records what it was. */
export const writeSwitch = async (
  trx: Knex,
  kind: 'plugin' | 'entitlement',
  name: string,
  present: boolean,
  action: AccessAction,
  actor: Actor,
  whenLocked?: () => Promise<void>
): Promise<AuditEntry> => {
  // The row is the lock: it is made first, with what its absence means.
  const absent = kind === 'plugin' ? 1 : 0
  await trx.raw(
    'INSERT INTO platform_switch (kind, name, present) VALUES (?, ?, ?) ON CONFLICT (kind, name) DO NOTHING',
    [kind, name, absent]
  )
  const row = await rowOf<{ present: number }>(
    trx,
    `SELECT present FROM platform_switch WHERE kind = ? AND name = ?${wordsOf(trx).forUpdate}`,
    [kind, name]
  )
  await whenLocked?.()
  await trx.raw('UPDATE platform_switch SET present = ? WHERE kind = ? AND name = ?', [present ? 1 : 0, kind, name])
  const touches = [{ field: `${kind}:${name}`, before: row!.present === 1, after: present }]
  const [entry] = await auditWrites(trx, [{ target: name, touches }], action, actor, await clockOf(trx))
  await bumpScopes(trx, new Map([[REGISTRY_SCOPE, []]]))
  return entry!
}
