import type { Knex } from 'knex'
import { newId, rowsOf, wordsOf } from './sql.ts'
import { lockWayIn } from './way-in.ts'

// How sessions begin and end, for whatever transaction they do so in.

/** Milliseconds that a session lives at most, and one of staff looking over a contact's shoulder. */
const absoluteMs = 12 * 60 * 60_000
const viewAsMs = 30 * 60_000
/** Sessions one person has at most. */
const mostSessions = 1_000

export interface NewContactSession {
  readonly tokenHash: string
  readonly contactId: string
  readonly domainId: string
  readonly ip: string
  readonly viewAs?: { readonly staffId: string; readonly staffName: string; readonly writeThrough: boolean }
  /** The password that was proved. */
  readonly passwordHash?: string
  /** Ends it earlier; milliseconds since 1970 UTC. */
  readonly expiresAt?: number | null
}

/** Ends the sessions used longest ago of a person who has too many. @param newId stays */
const endOldest = (trx: Knex, table: string, column: string, personId: string, newId: string) =>
  trx.raw(
    `DELETE FROM ${table} WHERE id IN (
       SELECT id FROM ${table} WHERE ${column} = ? AND id <> ?
       ORDER BY last_seen_at DESC, id LIMIT 1000000 OFFSET ${mostSessions - 1})`,
    [personId, newId]
  )

/** Opens a contact's session. Resolves to its id; to null when the contact may not be there, see `lockWayIn`. */
export const insertContactSession = async (trx: Knex, session: NewContactSession): Promise<string | null> => {
  const { viewAs, expiresAt = null } = session
  if (!(await lockWayIn(trx, session.contactId, session.domainId, session.passwordHash))) return null
  const id = newId()
  const ends = `t.at + ${viewAs ? viewAsMs : absoluteMs}`
  await trx.raw(
    `INSERT INTO contact_session (id, token_hash, contact_id, domain_id, ip, created_at, last_seen_at, expires_at,
       view_as_staff_id, view_as_staff_name, write_through)
     SELECT CAST(? AS TEXT), CAST(? AS TEXT), CAST(? AS TEXT), CAST(? AS TEXT), CAST(? AS TEXT), t.at, t.at,
       CASE WHEN t.ends < ${ends} THEN t.ends ELSE ${ends} END,
       CAST(? AS TEXT), CAST(? AS TEXT), CAST(? AS INTEGER)
     FROM (SELECT ${wordsOf(trx).now} AS at, CAST(? AS BIGINT) AS ends) t`,
    [
      ...[id, session.tokenHash, session.contactId, session.domainId, session.ip],
      ...([viewAs?.staffId ?? null, viewAs?.staffName ?? null, viewAs?.writeThrough ? 1 : 0, expiresAt] as string[])
    ]
  )
  await endOldest(trx, 'contact_session', 'contact_id', session.contactId, id)
  return id
}

/** Opens a session of a member of staff. Resolves to its id. */
export const insertStaffSession = async (
  trx: Knex,
  session: { readonly tokenHash: string; readonly staffId: string; readonly ip: string }
): Promise<string> => {
  const id = newId()
  await trx.raw(
    `INSERT INTO staff_session (id, token_hash, staff_id, ip, created_at, last_seen_at, expires_at)
     SELECT CAST(? AS TEXT), CAST(? AS TEXT), CAST(? AS TEXT), CAST(? AS TEXT), t.at, t.at, t.at + ${absoluteMs}
     FROM (SELECT ${wordsOf(trx).now} AS at) t`,
    [id, session.tokenHash, session.staffId, session.ip]
  )
  await endOldest(trx, 'staff_session', 'staff_id', session.staffId, id)
  return id
}

/**
 * Ends what an operator opened on brands: tickets first, for whoever is just handing one in holds it until its session is there.
 * @param actor as the audit log names the operator, such as `staff:ID` or `key:ID`
 */
export const endViewAs = async (trx: Knex, actor: string): Promise<number> => {
  await trx.raw('DELETE FROM view_as_ticket WHERE staff_id = ?', [actor])
  return (await rowsOf(trx, 'DELETE FROM contact_session WHERE view_as_staff_id = ? RETURNING id', [actor])).length
}

/** Ends a contact's sessions, and those of whoever looks over its shoulder. Resolves to how many there were. */
export const endSessionsOfContact = async (trx: Knex, contactId: string): Promise<number> => {
  await trx.raw('DELETE FROM view_as_ticket WHERE contact_id = ?', [contactId])
  return (await rowsOf(trx, 'DELETE FROM contact_session WHERE contact_id = ? RETURNING id', [contactId])).length
}

/** Ends all sessions of a member of staff but one, on brands too. Resolves to how many there were. */
export const endSessionsOfStaff = async (trx: Knex, staffId: string, exceptSessionId = ''): Promise<number> => {
  const ended = await rowsOf(trx, 'DELETE FROM staff_session WHERE staff_id = ? AND id <> ? RETURNING id', [
    ...[staffId, exceptSessionId]
  ])
  return ended.length + (await endViewAs(trx, `staff:${staffId}`))
}
