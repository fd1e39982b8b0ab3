import type { Knex } from 'knex'
import { PortalError } from '../core/errors.ts'
import type { AccessAction, Actor, AuditEntry } from '../core/ports.ts'
import { auditWrites, bumpScopes } from './access-write.ts'
import { lockBrand } from './brand-write.ts'
import { clockOf, rowOf } from './sql.ts'

/** Lets no other transaction add or remove a brand, or change which one is the default, until this one ends. */
export const lockBrandList = (trx: Knex): Promise<unknown> =>
  trx.raw(`UPDATE creation_counter SET value = value WHERE kind = 'portal_domain'`)

/** Call it with the list locked. */
export const defaultBrandId = async (trx: Knex): Promise<string | null> =>
  (await rowOf<{ id: string }>(trx, 'SELECT id FROM portal_domain WHERE is_default = 1'))?.id ?? null

/**
 * Makes a brand the default one. Both brands change, so both get an entry: `default`, from one id to the other.
 * @param before the default brand now, read with the list locked
 * @throws PortalError NOT_FOUND, CONFLICT on a stale version, PRECONDITION_FAILED for a disabled brand
 */
export const writeDefault = async (
  trx: Knex,
  before: string | null,
  id: string,
  action: AccessAction,
  actor: Actor,
  expectedVersion?: number | null
): Promise<readonly AuditEntry[]> => {
  const ids = before === null ? [id] : [before, id]
  for (const each of ids.toSorted()) {
    const brand = await lockBrand(trx, each, each === id ? expectedVersion : null)
    if (each === id && brand.enabled === 0)
      throw new PortalError('PRECONDITION_FAILED', 'A disabled brand cannot be the default one; enable it first.', {
        reason: 'BRAND_DISABLED'
      })
  }
  for (const each of ids)
    await trx.raw('UPDATE portal_domain SET is_default = ?, version = version + 1 WHERE id = ?', [
      each === id ? 1 : 0,
      each
    ])
  const touches = [{ field: 'default', before, after: id }]
  const writes = ids.map(target => ({ target, domainId: target, touches }))
  const entries = await auditWrites(trx, writes, action, actor, await clockOf(trx))
  await bumpScopes(trx, new Map(ids.map(scope => [scope, []])))
  return entries
}
