import type { Knex } from 'knex'
import type { PasswordLink, PasswordLinkStore } from '../core/ports.ts'
import { writeAudit } from './audit.ts'
import type { Database } from './connect.ts'
import { clearFailures } from './failures.ts'
import { endSessionsOfStaff } from './session-rows.ts'
import { clockOf, rowOf, wordsOf } from './sql.ts'

/** How long a link may be used, milliseconds. */
const linkMs = 24 * 60 * 60_000

/** Makes a person's link, in the place of an earlier one. Resolves to when it ends. */
export const createPasswordLink = async (
  trx: Knex,
  link: {
    readonly tokenHash: string
    readonly contactId?: string
    readonly staffId?: string
    readonly domainId?: string
  }
): Promise<number> => {
  const at = await clockOf(trx)
  await endPasswordLinks(trx, link.contactId ?? link.staffId!)
  await trx.raw(
    `INSERT INTO password_link (token_hash, contact_id, staff_id, domain_id, created_at, expires_at)
     VALUES (?, ?, ?, ?, ?, ?)`,
    [
      link.tokenHash,
      ...([link.contactId ?? null, link.staffId ?? null, link.domainId ?? null] as string[]),
      ...[at, at + linkMs]
    ]
  )
  return at + linkMs
}

/** Ends the link of a contact or of a member of staff. */
export const endPasswordLinks = async (trx: Knex, personId: string): Promise<void> => {
  await trx.raw('DELETE FROM password_link WHERE contact_id = ? OR staff_id = ?', [personId, personId])
}

interface LinkRow {
  readonly contact_id: string | null
  readonly staff_id: string | null
  readonly company_id: string | null
  readonly home_id: string | null
  readonly name: string
  readonly email: string
  readonly expires_at: number
}

/** The link and its person, who may sign in on that host as things stand. */
const findLink = (knex: Knex, tokenHash: string, domainId: string | null): Promise<LinkRow | undefined> => {
  const { now } = wordsOf(knex)
  return domainId === null
    ? rowOf<LinkRow>(
        knex,
        `SELECT l.contact_id, l.staff_id, NULL AS company_id, NULL AS home_id, p.name, p.email, l.expires_at
         FROM password_link l JOIN staff p ON p.id = l.staff_id
         WHERE l.token_hash = ? AND l.expires_at > ${now} AND p.disabled = 0`,
        [tokenHash]
      )
    : rowOf<LinkRow>(
        knex,
        `SELECT l.contact_id, l.staff_id, c.id AS company_id, c.domain_id AS home_id, k.name, k.email, l.expires_at
         FROM password_link l JOIN contact k ON k.id = l.contact_id JOIN company c ON c.id = k.company_id
         WHERE l.token_hash = ? AND l.expires_at > ${now} AND l.domain_id = ? AND k.disabled = 0
           AND c.status <> 'INACTIVE' AND (c.domain_id IS NULL OR c.domain_id = l.domain_id)`,
        [tokenHash, domainId]
      )
}

/** Links that set a password, on the database; see `PasswordLinkStore`. */
export const createPasswordLinkStore = (db: Database): PasswordLinkStore => ({
  find: async (tokenHash, domainId): Promise<PasswordLink | null> => {
    const row = await findLink(db.reader, tokenHash, domainId)
    return row ? { name: row.name, email: row.email, expiresAt: row.expires_at } : null
  },

  use: (tokenHash, domainId, passwordHash, ip) =>
    db.transaction(async trx => {
      const row = await findLink(trx, tokenHash, domainId)
      if (!row) return false
      const kind = row.contact_id === null ? 'staff' : 'contact'
      const id = (row.contact_id ?? row.staff_id)!
      const old = await rowOf<{ password_hash: string | null; disabled: number }>(
        trx,
        `SELECT password_hash, disabled FROM ${kind} WHERE id = ?${wordsOf(trx).forUpdate}`,
        [id]
      )
      // The person's row is the lock: of two at once the second finds nothing left to take.
      const taken = await rowOf(trx, 'DELETE FROM password_link WHERE token_hash = ? RETURNING token_hash', [tokenHash])
      if (!taken || old?.disabled !== 0) return false
      await trx.raw(`UPDATE ${kind} SET password_hash = ?, version = version + 1 WHERE id = ?`, [passwordHash, id])
      await clearFailures(trx, kind, id)
      if (kind === 'staff') await endSessionsOfStaff(trx, id)
      else await trx.raw('DELETE FROM contact_session WHERE contact_id = ?', [id])
      await writeAudit(trx, {
        actor: `${kind}:${id}`,
        action: 'setPassword',
        target: id,
        companyId: row.company_id,
        domainId,
        ip,
        before: { password: old.password_hash ? '***' : null },
        after: { password: '***' }
      })
      return true
    })
})
