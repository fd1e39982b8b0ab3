import type { Knex } from 'knex'
import { PortalError } from '../core/errors.ts'
import { rowOf, rowsOf, wordsOf } from './sql.ts'

// On any one brand an address resolves to exactly one contact. A company without a home brand counts on all brands.
// Each address has a row in contact_email whose lock makes the check safe: whoever comes second sees the first's contact.

/** Locks addresses (lower case) until the transaction ends, making them known. */
export const lockAddresses = async (trx: Knex, addresses: readonly string[]): Promise<void> => {
  if (addresses.length === 0) return
  // In one order, so that two who lock several never wait for each other.
  await trx.raw(
    `INSERT INTO contact_email (email_lower) SELECT value FROM ${wordsOf(trx).each} WHERE true
     ON CONFLICT (email_lower) DO UPDATE SET uses = contact_email.uses + 1`,
    [JSON.stringify([...new Set(addresses)].sort())]
  )
}

/** Call it after the change, in its transaction. @throws PortalError CONFLICT when a contact of the company shares its address with another on some brand */
export const refuseTakenAddresses = async (trx: Knex, companyId: string, onlyAddress?: string): Promise<void> => {
  const addresses = onlyAddress
    ? [onlyAddress]
    : (
        await rowsOf<{ email_lower: string }>(trx, 'SELECT email_lower FROM contact WHERE company_id = ?', [companyId])
      ).map(row => row.email_lower)
  if (addresses.length === 0) return
  await lockAddresses(trx, addresses)
  await refuseTwins(trx, [companyId], addresses)
}

/** @param addresses only these, lower case; all when left out. @throws PortalError CONFLICT */
const refuseTwins = async (
  trx: Knex,
  companyIds: readonly string[],
  addresses: readonly string[] | null = null
): Promise<void> => {
  const { each } = wordsOf(trx)
  const twin = await rowOf<{ email: string }>(
    trx,
    `SELECT mine.email FROM contact mine
       JOIN company home ON home.id = mine.company_id
       JOIN contact other ON other.email_lower = mine.email_lower AND other.id <> mine.id
       JOIN company away ON away.id = other.company_id
     WHERE mine.company_id IN (SELECT value FROM ${each})
       ${addresses === null ? '' : `AND mine.email_lower IN (SELECT value FROM ${each})`}
       AND (home.domain_id IS NULL OR away.domain_id IS NULL OR home.domain_id = away.domain_id)
     LIMIT 1`,
    [JSON.stringify(companyIds), ...(addresses === null ? [] : [JSON.stringify(addresses)])]
  )
  if (twin) throw new PortalError('CONFLICT', `The address ${twin.email} already belongs to another contact there.`)
}

/** The same for all contacts of many companies, after all of them changed. */
export const refuseTakenAddressesOn = async (trx: Knex, companyIds: readonly string[]): Promise<void> => {
  await trx.raw(
    `INSERT INTO contact_email (email_lower)
     SELECT DISTINCT email_lower FROM contact WHERE company_id IN (SELECT value FROM ${wordsOf(trx).each}) ORDER BY email_lower
     ON CONFLICT (email_lower) DO UPDATE SET uses = contact_email.uses + 1`,
    [JSON.stringify(companyIds)]
  )
  await refuseTwins(trx, companyIds)
}
