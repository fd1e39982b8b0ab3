import type { Knex } from 'knex'
import { PortalError } from '../core/errors.ts'
import { type AccessAction, type Actor, type AuditEntry, UNASSIGNED_SCOPE } from '../core/ports.ts'
import { doneBy } from './audit.ts'
import { insertRows } from './insert-rows.ts'
import { newId, rowOf } from './sql.ts'

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
    ...doneBy(actor),
    action,
    target: write.target,
    before: side(write.touches, 'before'),
    after: side(write.touches, 'after'),
    companyId: write.companyId ?? null,
    domainId: write.domainId ?? null
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

/** @throws PortalError CONFLICT on a stale version */
export const checkVersion = (row: { readonly version: number }, expected: number | null | undefined): void => {
  if (expected !== null && expected !== undefined && expected !== row.version) throw new PortalError('CONFLICT')
}

/** The counter of a home brand, or of companies without one. */
export const scopeOf = (domainId: string | null): string => domainId ?? UNASSIGNED_SCOPE
