import type { Knex } from 'knex'
import { checkRemoval } from '../core/brand-removal.ts'
import { type Actor, REGISTRY_SCOPE } from '../core/ports.ts'
import { readBrandAccess } from './access-source.ts'
import { auditWrites, bumpScopes, scopeOf } from './access-write.ts'
import { refuseTakenAddressesOn } from './addresses.ts'
import { doneBy, writeAudit } from './audit.ts'
import { lockBrand, refuseUnknownBrand } from './brand-write.ts'
import { lockBrandList } from './default-brand.ts'
import { clockOf, rowOf, rowsOf, wordsOf } from './sql.ts'

/** Ids of the companies at home on a brand, locked. */
const companyIds = async (trx: Knex, brandId: string): Promise<string[]> =>
  (
    await rowsOf<{ id: string }>(
      trx,
      `SELECT id FROM company WHERE domain_id = ? ORDER BY id${wordsOf(trx).forUpdate}`,
      [brandId]
    )
  ).map(({ id }) => id)

/**
 * Deletes a brand after its companies moved; see `BrandStore.remove`. Its counter goes with it: a process that knows the
 * counter and misses it loads everything anew.
 */
export const removeBrand = async (
  trx: Knex,
  id: string,
  reassignTo: string | null,
  actor: Actor,
  expectedVersion?: number | null
): Promise<number> => {
  // Companies first, as every move of one does; whoever comes in between is found below.
  await companyIds(trx, id)
  await lockBrandList(trx)
  const brand = await lockBrand(trx, id, expectedVersion)
  const count = await rowOf<{ n: number }>(trx, 'SELECT COUNT(*) AS n FROM company WHERE domain_id = ?', [id])
  checkRemoval({ id, isDefault: brand.is_default === 1 }, count!.n, reassignTo)
  if (reassignTo !== null) await refuseUnknownBrand(trx, reassignTo)
  const moved = reassignTo === null ? [] : await companyIds(trx, id)
  if (reassignTo !== null && moved.length > 0) await moveAll(trx, id, reassignTo, moved, actor)
  const access = (await readBrandAccess(trx, [id]))(id)
  await writeAudit(trx, {
    ...doneBy(actor),
    action: 'deletePortalDomain',
    target: id,
    domainId: id,
    before: {
      fqdn: brand.fqdn,
      brandName: brand.brand_name,
      currencies: JSON.parse(brand.currencies),
      enabled: brand.enabled === 1,
      ...access
    },
    after: { reassignTo, companies: moved.length }
  })
  // Features, columns, sessions, tickets and links of the brand go with it.
  for (const [table, column] of [
    ['portal_domain', 'id'],
    ['access_change', 'scope'],
    ['access_counter', 'scope']
  ] as const)
    await trx.raw(`DELETE FROM ${table} WHERE ${column} = ?`, [id])
  await bumpScopes(
    trx,
    new Map([[REGISTRY_SCOPE, []], ...(moved.length > 0 ? [[scopeOf(reassignTo), moved] as const] : [])])
  )
  return moved.length
}

/** Moves locked companies, all in a handful of statements. @throws PortalError CONFLICT naming an e-mail address that is taken there */
const moveAll = async (trx: Knex, from: string, to: string, ids: readonly string[], actor: Actor): Promise<void> => {
  await trx.raw('UPDATE company SET domain_id = ?, version = version + 1 WHERE domain_id = ?', [to, from])
  await refuseTakenAddressesOn(trx, ids)
  const touches = [{ field: 'domain', before: from, after: to }]
  const writes = ids.map(id => ({ target: id, companyId: id, domainId: to, touches }))
  await auditWrites(trx, writes, 'assignCompanyDomain', actor, await clockOf(trx))
}
