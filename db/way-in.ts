import type { Knex } from 'knex'
import { PortalError } from '../core/errors.ts'
import { rowOf, wordsOf } from './sql.ts'

/**
 * Tells whether a contact may be on a brand as things stand, and keeps it so until the transaction ends. Whoever closes or
 * moves the company, or disables contact or brand, comes before it or after it, and then ends what this transaction made:
 * neither a session nor a ticket nor a link waits for a company to be reopened.
 * @param passwordHash what the contact's password must still be
 */
export const lockWayIn = async (
  trx: Knex,
  contactId: string,
  domainId: string,
  passwordHash?: string
): Promise<boolean> => {
  const { forShare } = wordsOf(trx)
  // Company, contact, brand: the order of everybody who takes more than one of them.
  const company = await rowOf<{ domain_id: string | null }>(
    trx,
    `SELECT domain_id FROM company
     WHERE id = (SELECT company_id FROM contact WHERE id = ?) AND status <> 'INACTIVE'${forShare}`,
    [contactId]
  )
  if (!company || (company.domain_id !== null && company.domain_id !== domainId)) return false
  const contact = await rowOf<{ password_hash: string | null }>(
    trx,
    `SELECT password_hash FROM contact WHERE id = ? AND disabled = 0${forShare}`,
    [contactId]
  )
  if (!contact || (passwordHash !== undefined && contact.password_hash !== passwordHash)) return false
  const brand = await rowOf(trx, `SELECT 1 AS one FROM portal_domain WHERE id = ? AND enabled = 1${forShare}`, [
    domainId
  ])
  return brand !== undefined
}

/** For an operator who asked for a ticket or a link. */
export const noWayIn = (): PortalError =>
  new PortalError('PRECONDITION_FAILED', 'Meanwhile the contact cannot sign in there any more.', {
    reason: 'NO_WAY_IN'
  })
