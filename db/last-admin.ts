import type { Knex } from 'knex'
import { PortalError } from '../core/errors.ts'
import { rowsOf, wordsOf } from './sql.ts'

/**
 * Locks, until the transaction ends, everybody who may administer, and gives their ids: people who are not disabled and
 * have a password. Whoever waited here reads what those before left.
 */
export const lockAdmins = async (trx: Knex): Promise<readonly string[]> => {
  const rows = await rowsOf<{ id: string; password_hash: string }>(
    trx,
    `SELECT id, password_hash FROM staff WHERE role = 'ADMIN' AND disabled = 0 ORDER BY id${wordsOf(trx).forUpdate}`
  )
  return rows.filter(row => row.password_hash !== '').map(row => row.id)
}

export const lastAdmin = (): PortalError =>
  new PortalError(
    'PRECONDITION_FAILED',
    'Nobody could administer this installation then; make another admin first, who has set a password.',
    { reason: 'LAST_ADMIN' }
  )
