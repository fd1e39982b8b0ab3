import type { OverrideCleanUpStore } from '../core/access-history.ts'
import { UNASSIGNED_SCOPE } from '../core/ports.ts'
import type { Touch } from './access-write.ts'
import { lockCompanies } from './company-write.ts'
import type { Database } from './connect.ts'
import { lockBrandList } from './default-brand.ts'
import { keptBy, keptKeys } from './kept-overrides.ts'
import { overridesOf, writeOverrides } from './override-write.ts'
import { clockOf, rowOf, rowsOf, wordsOf } from './sql.ts'

/** Removal of idle overrides on the database; see `OverrideCleanUpStore`. */
export const createOverrideCleanUp = (db: Database): OverrideCleanUpStore => ({
  keptKeys: () => keptKeys(db.reader),
  keptBy: companyIds => keptBy(db.reader, companyIds),

  remove: (keys, decidedOn, actor, includeKept) =>
    db.transaction(async trx => {
      const { each, forUpdate } = wordsOf(trx)
      const ids = JSON.stringify([...keys.keys()])
      // For a company without a home every brand counts, so none may come or go. Locked before companies, as brands do.
      const everywhere =
        (await rowOf(
          trx,
          `SELECT 1 AS one FROM company WHERE domain_id IS NULL AND id IN (SELECT value FROM ${each}) LIMIT 1`,
          [ids]
        )) !== undefined
      if (everywhere) await lockBrandList(trx)
      const companies = await lockCompanies(trx, [...keys.keys()])
      if (!everywhere && companies.some(company => company.domain_id === null)) return null
      // Whoever writes a brand or an override bumps a counter last: while they are held, nothing changes.
      const counters = await rowsOf<{ scope: string; revision: number }>(
        trx,
        `SELECT scope, revision FROM access_counter
         ${everywhere ? '' : `WHERE scope IN (SELECT value FROM ${each})`} ORDER BY scope${forUpdate}`,
        everywhere ? [] : [JSON.stringify(companies.map(company => company.domain_id ?? UNASSIGNED_SCOPE))]
      )
      if (counters.some(({ scope, revision }) => decidedOn.get(scope) !== revision)) return null
      const current = await overridesOf(
        trx,
        companies.map(company => company.id),
        [...new Set([...keys.values()].flat())]
      )
      // Companies are locked, so no template comes to them or leaves them from here on.
      const kept = includeKept ? null : await keptBy(trx, [...keys.keys()])
      const writes = companies.map(company => ({
        company,
        touches: keys.get(company.id)!.flatMap((key): Touch[] => {
          if (kept?.get(company.id)?.has(key)) return []
          const before = current.get(company.id)?.get(key)
          return before === undefined ? [] : [{ field: `override:${key}`, before, after: null }]
        })
      }))
      const changed = writes.filter(({ touches }) => touches.length > 0)
      if (changed.length > 0) await writeOverrides(trx, changed, 'cleanUpOverrides', actor, await clockOf(trx))
      return { removed: changed.reduce((sum, { touches }) => sum + touches.length, 0), companies: changed.length }
    })
})
