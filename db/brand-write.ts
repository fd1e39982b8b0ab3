import type { Knex } from 'knex'
import { PortalError } from '../core/errors.ts'
import type { UserType } from '../core/feature.ts'
import type { AccessAction, Actor, AuditEntry } from '../core/ports.ts'
import { auditWrites, bumpScopes, checkVersion, type Touch } from './access-write.ts'
import { clockOf, rowOf, wordsOf } from './sql.ts'

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
    for (const table of ['contact_session', 'view_as_ticket', 'password_link'])
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

/** @throws PortalError NOT_FOUND; otherwise the brand stays until the transaction ends */
export const refuseUnknownBrand = async (trx: Knex, id: string): Promise<void> => {
  if (!(await rowOf(trx, `SELECT 1 AS one FROM portal_domain WHERE id = ?${wordsOf(trx).forShare}`, [id])))
    throw new PortalError('NOT_FOUND', 'There is no such portal domain.')
}
