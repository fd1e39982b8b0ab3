import type { Database } from '../../db/connect.ts'
import { insertRows } from '../../db/insert-rows.ts'
import { newId, rowOf } from '../../db/sql.ts'

/** Many companies at once, past the stores: their first access write makes them known. */
export const insertCompanies = (
  database: Database,
  count: number,
  domainId: string | null
): Promise<readonly string[]> =>
  database.transaction(async trx => {
    const counter = await rowOf<{ value: number }>(
      trx,
      `UPDATE creation_counter SET value = value + ${count} WHERE kind = 'company' RETURNING value`
    )
    const ids = Array.from({ length: count }, () => newId())
    await insertRows(
      trx,
      'company',
      ids.map((id, n) => ({
        id,
        seq: counter!.value - count + n + 1,
        name: `Company ${n}`,
        name_lower: `company ${n}`,
        user_type: 'CUSTOMER',
        status: 'ACTIVE',
        currency: 'EUR',
        domain_id: domainId,
        created_at: 0
      }))
    )
    return ids
  })
