import type { Knex } from 'knex'
import { writeAudit } from './audit.ts'
import type { Database } from './connect.ts'
import { clockOf, rowOf, wordsOf } from './sql.ts'

/** Failures count for this long, and a lock lasts as long. Milliseconds. */
const windowMs = 15 * 60_000
const failuresToLock = 10

/** Failed sign-ins of a subject within the last 15 minutes. */
export const countFailures = async (knex: Knex, kind: string, subject: string): Promise<number> => {
  const row = await rowOf<{ n: number }>(
    knex,
    `SELECT COUNT(*) AS n FROM sign_in_failure WHERE kind = ? AND subject = ? AND at > ${wordsOf(knex).now} - ${windowMs}`,
    [kind, subject]
  )
  return row!.n
}

/** Counts a failure in a transaction; see `recordFailure`. A lock leaves one audit entry, single failures none. */
export const addFailure = async (
  trx: Knex,
  kind: 'contact' | 'staff',
  subjectId: string | null,
  ip: string
): Promise<void> => {
  const at = await clockOf(trx)
  await trx.raw('INSERT INTO sign_in_failure (kind, subject, at) VALUES (?, ?, ?)', [`${kind}-ip`, ip, at])
  if (subjectId === null) return
  // The person's row is the lock: of two failures at once, the second counts the first.
  const person = await rowOf<{ locked_until: number | null; company_id: string | null }>(
    trx,
    `SELECT locked_until, ${kind === 'contact' ? 'company_id' : 'NULL AS company_id'} FROM ${kind} WHERE id = ?${wordsOf(trx).forUpdate}`,
    [subjectId]
  )
  if (!person) return
  await trx.raw('INSERT INTO sign_in_failure (kind, subject, at) VALUES (?, ?, ?)', [kind, subjectId, at])
  const failures = await countFailures(trx, kind, subjectId)
  if (failures < failuresToLock) return
  await trx.raw(`UPDATE ${kind} SET locked_until = ? WHERE id = ?`, [at + windowMs, subjectId])
  if (person.locked_until !== null && person.locked_until > at) return
  await writeAudit(trx, {
    actor: 'system',
    action: 'lockSignIn',
    target: subjectId,
    companyId: person.company_id,
    ip,
    before: { lockedUntil: null },
    after: { lockedUntil: at + windowMs, failures }
  })
}

/** Counts a failure of a person and of an address; locks the person for 15 minutes at the 10th within 15 minutes. */
export const recordFailure = (
  db: Database,
  kind: 'contact' | 'staff',
  subjectId: string | null,
  ip: string
): Promise<void> => db.transaction(trx => addFailure(trx, kind, subjectId, ip))

/** Forgets a person's failures and lifts the lock. */
export const clearFailures = async (trx: Knex, kind: 'contact' | 'staff', subjectId: string): Promise<void> => {
  await trx.raw(`UPDATE ${kind} SET locked_until = NULL WHERE id = ?`, [subjectId])
  await trx.raw('DELETE FROM sign_in_failure WHERE kind = ? AND subject = ?', [kind, subjectId])
}

/** Forgets failures that no longer count. Apart from the sign-ins, so that no two of those wait for each other over old rows. */
export const pruneFailures = async (trx: Knex): Promise<void> => {
  await trx.raw(`DELETE FROM sign_in_failure WHERE at <= ${wordsOf(trx).now} - ${windowMs}`)
}
