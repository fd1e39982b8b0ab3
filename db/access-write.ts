import type { Knex } from 'knex'
import { PortalError } from '../core/errors.ts'
import type { CompanyStatus, UserType } from '../core/feature.ts'
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
import { clockOf, groupBy, newId, rowOf, rowsOf, wordsOf } from './sql.ts'

// Every access write is one transaction in this order: lock what it changes, change it, audit, log the change for other
// nodes and bump the counters. The counters come last because each is one row that all writers of its brand wait for;
// they are taken in the order of their names, so that two writers never wait for each other.

/**
 * One field of a target, as it was and as it became. Of a brand: `feature:KEY`, `columns:REPORT:USERTYPE`, `brandName`,
 * `currencies`, `enabled`, `default` (ids of brands). Of a company: `override:KEY`, `domain`, `status`, `name`,
 * `accountCodes`. Of the installation: `plugin:NAME`, `entitlement:NAME`.
 */
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
    reason: actor.reason ?? null,
    companyId: write.companyId ?? null,
    domainId: write.domainId ?? null,
    ip: actor.operator.ip
  }))
  await insertRows(
    trx,
    'audit_entry',
    entries.map(({ companyId, domainId, ...entry }) => ({ ...entry, company_id: companyId, domain_id: domainId }))
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

/** Touches that change something; who set an override, and when, is no difference. */
export const changing = (touches: readonly Touch[]): readonly Touch[] => {
  const plain = (value: unknown): string =>
    JSON.stringify(value ?? undefined, (name, inner) =>
      name === 'setBy' || name === 'setAt' || inner === null ? undefined : inner
    ) ?? ''
  return touches.filter(touch => plain(touch.before) !== plain(touch.after))
}

const checkVersion = (row: { readonly version: number }, expected: number | null | undefined): void => {
  if (expected !== null && expected !== undefined && expected !== row.version) throw new PortalError('CONFLICT')
}

/* ---------- brands ---------- */

export interface LockedBrand {
  readonly version: number
  readonly fqdn: string
  readonly brand_name: string
  readonly currencies: string
  readonly enabled: number
  readonly is_default: number
}

/** @throws PortalError NOT_FOUND, CONFLICT on a stale version */
export const lockBrand = async (trx: Knex, id: string, expectedVersion?: number | null): Promise<LockedBrand> => {
  const row = await rowOf<LockedBrand>(
    trx,
    `SELECT version, fqdn, brand_name, currencies, enabled, is_default FROM portal_domain
     WHERE id = ?${wordsOf(trx).forUpdate}`,
    [id]
  )
  if (!row) throw new PortalError('NOT_FOUND', 'There is no such portal domain.')
  checkVersion(row, expectedVersion)
  return row
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

/** @throws PortalError PRECONDITION_FAILED for the default brand */
const putEnabled = async (trx: Knex, id: string, enabled: boolean): Promise<void> => {
  const done = await rowOf(
    trx,
    'UPDATE portal_domain SET enabled = ? WHERE id = ? AND (? = 1 OR is_default = 0) RETURNING id',
    [enabled ? 1 : 0, id, enabled ? 1 : 0]
  )
  if (!done)
    throw new PortalError(
      'PRECONDITION_FAILED',
      'The default brand cannot be disabled; make another one the default first.',
      { reason: 'DEFAULT_BRAND' }
    )
  if (!enabled)
    for (const table of ['contact_session', 'view_as_ticket'])
      await trx.raw(`DELETE FROM ${table} WHERE domain_id = ?`, [id])
}

const putBrandField = async (trx: Knex, id: string, { field, after }: Touch): Promise<void> => {
  if (field === 'brandName')
    return trx.raw('UPDATE portal_domain SET brand_name = ?, brand_name_lower = ? WHERE id = ?', [
      after as string,
      (after as string).toLowerCase(),
      id
    ])
  if (field === 'currencies')
    return trx.raw('UPDATE portal_domain SET currencies = ? WHERE id = ?', [JSON.stringify(after), id])
  if (field === 'enabled') return putEnabled(trx, id, after === true)
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
  readonly name: string
  readonly domain_id: string | null
  readonly status: CompanyStatus
  /** What a closed company was when it was closed. */
  readonly closed_from: CompanyStatus | null
  readonly version: number
}

/** Locks companies in the order of their ids; unknown ids are absent. */
export const lockCompanies = (trx: Knex, ids: readonly string[]): Promise<LockedCompany[]> =>
  rowsOf<LockedCompany>(
    trx,
    `SELECT id, name, domain_id, status, closed_from, version FROM company WHERE id IN (SELECT value FROM ${wordsOf(trx).each})
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

export const scopeOf = (domainId: string | null): string => domainId ?? UNASSIGNED_SCOPE

/** Current overrides of some keys: company id → key → override. */
export const overridesOf = async (
  trx: Knex,
  companyIds: readonly string[],
  keys: readonly string[]
): Promise<Map<string, Map<string, CompanyOverride>>> => {
  const { each } = wordsOf(trx)
  const rows = await rowsOf<OverrideRow>(
    trx,
    `SELECT * FROM company_override
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
  readonly template_id: string | null
}
export const overrideFrom = (row: OverrideRow): CompanyOverride => ({
  key: row.key,
  override: row.override,
  validFrom: row.valid_from,
  validUntil: row.valid_until,
  reason: row.reason,
  setBy: row.set_by,
  setAt: row.set_at,
  ...(row.template_id === null ? {} : { templateId: row.template_id })
})

/** Which companies an access template is applied to (`template:ID` → its name, or null). @throws PortalError CONFLICT when it is gone */
const writeTemplateLinks = async (
  trx: Knex,
  links: readonly { readonly companyId: string; readonly touch: Touch }[],
  actor: Actor,
  at: number
): Promise<void> => {
  const idOf = ({ touch }: (typeof links)[number]): string => touch.field.slice('template:'.length)
  for (const [templateId, own] of groupBy(links, idOf)) {
    const companies = (applied: boolean): string[] =>
      own.filter(({ touch }) => (touch.after !== null) === applied).map(({ companyId }) => companyId)
    const template = `SELECT 1 AS one FROM access_template WHERE id = ?${wordsOf(trx).forShare}`
    if (companies(true).length > 0 && !(await rowOf(trx, template, [templateId])))
      throw new PortalError('CONFLICT', 'The access template of this change is gone.')
    await trx.raw(
      `DELETE FROM access_template_company
       WHERE template_id = ? AND company_id IN (SELECT value FROM ${wordsOf(trx).each})`,
      [templateId, JSON.stringify(own.map(({ companyId }) => companyId))]
    )
    // What a template leaves behind is in nobody's hands.
    if (companies(false).length > 0)
      await trx.raw(
        `UPDATE company_override SET template_id = NULL
         WHERE company_id IN (SELECT value FROM ${wordsOf(trx).each}) AND template_id = ?`,
        [JSON.stringify(companies(false)), templateId]
      )
    await insertRows(
      trx,
      'access_template_company',
      companies(true).map(id => ({
        template_id: templateId,
        company_id: id,
        applied_at: at,
        applied_by: actor.operator.actor
      }))
    )
  }
}

/** Tells whether a template is applied to a company; an override stays in no other template's hands. */
const appliedTemplates = async (
  trx: Knex,
  rows: readonly { readonly company_id: string; readonly template_id: string | null }[]
): Promise<(companyId: string, templateId: string) => boolean> => {
  const companies = [...new Set(rows.filter(row => row.template_id !== null).map(row => row.company_id))]
  if (companies.length === 0) return () => false
  const found = await rowsOf<{ company_id: string; template_id: string }>(
    trx,
    `SELECT company_id, template_id FROM access_template_company
     WHERE company_id IN (SELECT value FROM ${wordsOf(trx).each})`,
    [JSON.stringify(companies)]
  )
  const applied = new Set(found.map(row => `${row.template_id} ${row.company_id}`))
  return (companyId, templateId) => applied.has(`${templateId} ${companyId}`)
}

/** Removes overrides by company and key: of each company those of its own keys, and no other's. */
export const removeOverrides = (
  trx: Knex,
  companies: readonly { readonly id: string; readonly keys: readonly string[] }[]
): Promise<unknown> => {
  const { each } = wordsOf(trx)
  // Neither ids nor keys hold blanks. The first condition is for the index, the second for the pairs.
  return trx.raw(
    `DELETE FROM company_override WHERE company_id IN (SELECT value FROM ${each})
     AND company_id || ' ' || key IN (SELECT value FROM ${each})`,
    [
      JSON.stringify(companies.map(({ id }) => id)),
      JSON.stringify(companies.flatMap(({ id, keys }) => keys.map(key => `${id} ${key}`)))
    ]
  )
}

/**
 * Writes overrides (`override:KEY` → CompanyOverride or null) and templates' companies (`template:ID` → its name or null)
 * of many locked companies, a handful of statements in all.
 */
export const writeOverrides = async (
  trx: Knex,
  companies: readonly { readonly company: LockedCompany; readonly touches: readonly Touch[] }[],
  action: AccessAction,
  actor: Actor,
  at: number
): Promise<readonly AuditEntry[]> => {
  const { each } = wordsOf(trx)
  const ids = JSON.stringify(companies.map(({ company }) => company.id))
  const isOverride = (touch: Touch): boolean => touch.field.startsWith('override:')
  const keyOf = (touch: Touch): string => touch.field.slice('override:'.length)
  await removeOverrides(
    trx,
    companies.map(({ company, touches }) => ({ id: company.id, keys: touches.filter(isOverride).map(keyOf) }))
  )
  await writeTemplateLinks(
    trx,
    companies.flatMap(({ company, touches }) =>
      touches.filter(touch => !isOverride(touch)).map(touch => ({ companyId: company.id, touch }))
    ),
    actor,
    at
  )
  const rows = companies.flatMap(({ company, touches }) =>
    touches.filter(isOverride).flatMap(touch => {
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
          set_at: set.setAt,
          template_id: set.templateId ?? null
        }
      ]
    })
  )
  const applied = await appliedTemplates(trx, rows)
  await insertRows(
    trx,
    'company_override',
    rows.map(row =>
      row.template_id !== null && !applied(row.company_id, row.template_id) ? { ...row, template_id: null } : row
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

/** Ends the sessions of a company's contacts, and view-as tickets that would open one. */
export const endVisits = async (trx: Knex, companyId: string): Promise<void> => {
  for (const table of ['contact_session', 'view_as_ticket'])
    await trx.raw(`DELETE FROM ${table} WHERE contact_id IN (SELECT id FROM contact WHERE company_id = ?)`, [companyId])
}

/** @throws PortalError NOT_FOUND; otherwise the brand stays until the transaction ends */
export const refuseUnknownBrand = async (trx: Knex, id: string): Promise<void> => {
  if (!(await rowOf(trx, `SELECT 1 AS one FROM portal_domain WHERE id = ?${wordsOf(trx).forShare}`, [id])))
    throw new PortalError('NOT_FOUND', 'There is no such portal domain.')
}

/** Moves a locked company; ends its sessions when the brand is another one. @throws PortalError NOT_FOUND, CONFLICT for an e-mail address that is taken there */
export const writeHome = async (
  trx: Knex,
  company: LockedCompany,
  domainId: string | null,
  action: AccessAction,
  actor: Actor
): Promise<AuditEntry> => {
  if (domainId !== null) await refuseUnknownBrand(trx, domainId)
  await trx.raw('UPDATE company SET domain_id = ?, version = version + 1 WHERE id = ?', [domainId, company.id])
  if (domainId !== company.domain_id) {
    await refuseTakenAddresses(trx, company.id)
    await endVisits(trx, company.id)
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
