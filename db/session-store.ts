import type { Knex } from 'knex'
import { PortalError } from '../core/errors.ts'
import type { CompanyStatus, UserType } from '../core/feature.ts'
import { type Actor, type OpenSession, REGISTRY_SCOPE, type SessionStore, UNASSIGNED_SCOPE } from '../core/ports.ts'
import type { Dialect } from '../core/scope.ts'
import type { StaffRole } from '../core/viewer.ts'
import { doneBy, writeAudit } from './audit.ts'
import type { Database } from './connect.ts'
import { pruneFailures } from './failures.ts'
import { endSessionsOfContact, endSessionsOfStaff, insertContactSession, insertStaffSession } from './session-rows.ts'
import { rowOf, rowsOf, wordsOf } from './sql.ts'
import { lockWayIn, noWayIn } from './way-in.ts'

// Milliseconds.
const idleMs = 30 * 60_000
const ticketMs = 60_000

interface ContactSessionRow {
  readonly session_id: string
  readonly domain_id: string
  readonly view_as_staff_id: string | null
  readonly view_as_staff_name: string | null
  readonly write_through: number
  readonly contact_id: string
  readonly contact_name: string
  readonly email: string
  readonly company_id: string
  readonly company_name: string
  readonly status: CompanyStatus
  readonly currency: string
  readonly user_type: UserType
  readonly home_domain_id: string | null
  readonly at: number
  readonly brand_revision: number
  readonly home_revision: number
  readonly registry_revision: number
}

/** The one statement of every request: who it is, when it is, and how new the access data must be. */
const contactSessionSql = (now: string): string => `
  SELECT s.id AS session_id, s.domain_id, s.view_as_staff_id, s.view_as_staff_name, s.write_through,
    k.id AS contact_id, k.name AS contact_name, k.email,
    c.id AS company_id, c.name AS company_name, c.status, c.currency, c.user_type, c.domain_id AS home_domain_id,
    t.at, brand.revision AS brand_revision, home.revision AS home_revision, registry.revision AS registry_revision
  FROM (SELECT ${now} AS at) t
    CROSS JOIN contact_session s
    JOIN contact k ON k.id = s.contact_id
    JOIN company c ON c.id = k.company_id
    JOIN portal_domain d ON d.id = s.domain_id
    JOIN access_counter brand ON brand.scope = s.domain_id
    JOIN access_counter home ON home.scope = COALESCE(c.domain_id, '${UNASSIGNED_SCOPE}')
    JOIN access_counter registry ON registry.scope = '${REGISTRY_SCOPE}'
  WHERE s.token_hash = ? AND s.expires_at > t.at AND s.last_seen_at > t.at - ${idleMs}
    AND k.disabled = 0 AND c.status <> 'INACTIVE' AND d.enabled = 1
    AND (c.domain_id IS NULL OR c.domain_id = s.domain_id)`

interface OpenRow {
  readonly id: string
  readonly created_at: number
  readonly last_seen_at: number
  readonly ip: string
}
const openFrom = (row: OpenRow): OpenSession => ({
  id: row.id,
  ip: row.ip,
  createdAt: row.created_at,
  lastSeenAt: row.last_seen_at
})

/** Appends the entry of sessions that somebody ended; `before` is what there was. */
const auditEnd = async (
  trx: Knex,
  kind: 'contact' | 'staff',
  personId: string,
  action: string,
  actor: Actor,
  before: unknown,
  domainId: string | null = null
): Promise<void> => {
  const contact =
    kind === 'contact'
      ? await rowOf<{ company_id: string }>(trx, 'SELECT company_id FROM contact WHERE id = ?', [personId])
      : undefined
  await writeAudit(trx, {
    ...doneBy(actor),
    action,
    target: personId,
    companyId: contact?.company_id ?? null,
    domainId,
    before
  })
}

/** Sessions and view-as tickets on the database; see `SessionStore`. */
export const createSessionStore = (db: Database): SessionStore => {
  const { now } = wordsOf(db.reader)
  const sql = contactSessionSql(now)
  const readContactSession = readOnce(db.reader, db.dialect, sql)

  return {
    createContactSession: input => db.transaction(trx => insertContactSession(trx, input)),

    contactSession: async tokenHash => {
      const row = await readContactSession(tokenHash)
      if (!row) return null
      return {
        viewer: {
          sessionId: row.session_id,
          contactId: row.contact_id,
          contactName: row.contact_name,
          email: row.email,
          companyId: row.company_id,
          companyName: row.company_name,
          companyStatus: row.status,
          currency: row.currency,
          userType: row.user_type,
          domainId: row.domain_id,
          homeDomainId: row.home_domain_id,
          ...(row.view_as_staff_id === null
            ? {}
            : {
                viewAs: {
                  staffId: row.view_as_staff_id,
                  staffName: row.view_as_staff_name ?? '',
                  writeThrough: row.write_through === 1
                }
              })
        },
        at: row.at,
        revisions: new Map([
          [row.domain_id, row.brand_revision],
          [row.home_domain_id ?? UNASSIGNED_SCOPE, row.home_revision],
          [REGISTRY_SCOPE, row.registry_revision]
        ])
      }
    },

    touch: sessionId =>
      db.transaction(async trx => {
        for (const table of ['contact_session', 'staff_session'])
          await trx.raw(`UPDATE ${table} SET last_seen_at = ${now} WHERE id = ?`, [sessionId])
      }),

    listContactSessions: async contactId => {
      const rows = await rowsOf<{ id: string; created_at: number; last_seen_at: number; ip: string }>(
        db.reader,
        `SELECT id, created_at, last_seen_at, ip FROM contact_session
         WHERE contact_id = ? AND view_as_staff_id IS NULL AND expires_at > ${now} AND last_seen_at > ${now} - ${idleMs}
         ORDER BY last_seen_at DESC, id`,
        [contactId]
      )
      return rows.map(row => ({
        id: row.id,
        createdAt: row.created_at,
        lastSeenAt: row.last_seen_at,
        ip: row.ip
      }))
    },

    end: sessionId =>
      db.transaction(async trx => {
        for (const table of ['contact_session', 'staff_session'])
          await trx.raw(`DELETE FROM ${table} WHERE id = ?`, [sessionId])
      }),

    endOthers: (contactId, sessionId) =>
      db.transaction(async trx => {
        const ended = await rowsOf(
          trx,
          'DELETE FROM contact_session WHERE contact_id = ? AND id <> ? AND view_as_staff_id IS NULL RETURNING id',
          [contactId, sessionId]
        )
        return ended.length
      }),

    sessionsOfContact: async contactId => {
      const rows = await rowsOf<OpenRow & { domain_id: string; view_as_staff_name: string | null }>(
        db.reader,
        `SELECT id, created_at, last_seen_at, ip, domain_id, view_as_staff_name FROM contact_session
         WHERE contact_id = ? AND expires_at > ${now} AND last_seen_at > ${now} - ${idleMs}
         ORDER BY last_seen_at DESC, id`,
        [contactId]
      )
      return rows.map(row => ({ ...openFrom(row), domainId: row.domain_id, viewAs: row.view_as_staff_name }))
    },

    endContactSession: (id, actor) =>
      db.transaction(async trx => {
        const row = await rowOf<OpenRow & { contact_id: string; domain_id: string }>(
          trx,
          'DELETE FROM contact_session WHERE id = ? RETURNING id, contact_id, domain_id, ip, created_at, last_seen_at',
          [id]
        )
        if (!row) throw new PortalError('NOT_FOUND', 'There is no such session.')
        await auditEnd(trx, 'contact', row.contact_id, 'endContactSession', actor, openFrom(row), row.domain_id)
      }),

    endContactSessions: (contactId, actor) =>
      db.transaction(async trx => {
        if (!(await rowOf(trx, `SELECT id FROM contact WHERE id = ?${wordsOf(trx).forUpdate}`, [contactId])))
          throw new PortalError('NOT_FOUND', 'There is no such contact.')
        const sessions = await endSessionsOfContact(trx, contactId)
        if (sessions > 0) await auditEnd(trx, 'contact', contactId, 'endContactSessions', actor, { sessions })
        return sessions
      }),

    createStaffSession: input => db.transaction(trx => insertStaffSession(trx, input)),

    staffSession: async tokenHash => {
      const row = await rowOf<{ id: string; staff_id: string; name: string; role: StaffRole; at: number }>(
        db.reader,
        `SELECT s.id, s.staff_id, p.name, p.role, t.at
         FROM (SELECT ${now} AS at) t CROSS JOIN staff_session s JOIN staff p ON p.id = s.staff_id
         WHERE s.token_hash = ? AND s.expires_at > t.at AND s.last_seen_at > t.at - ${idleMs} AND p.disabled = 0`,
        [tokenHash]
      )
      if (!row) return null
      return {
        operator: { actor: `staff:${row.staff_id}`, name: row.name, role: row.role },
        sessionId: row.id,
        at: row.at
      }
    },

    sessionsOfStaff: async staffId => {
      const rows = await rowsOf<OpenRow>(
        db.reader,
        `SELECT id, created_at, last_seen_at, ip FROM staff_session
         WHERE staff_id = ? AND expires_at > ${now} AND last_seen_at > ${now} - ${idleMs}
         ORDER BY last_seen_at DESC, id`,
        [staffId]
      )
      return rows.map(openFrom)
    },

    endStaffSession: (id, actor, action = 'endStaffSession') =>
      db.transaction(async trx => {
        const row = await rowOf<OpenRow & { staff_id: string }>(
          trx,
          'DELETE FROM staff_session WHERE id = ? RETURNING id, staff_id, ip, created_at, last_seen_at',
          [id]
        )
        if (!row) throw new PortalError('NOT_FOUND', 'There is no such session.')
        await auditEnd(trx, 'staff', row.staff_id, action, actor, openFrom(row))
      }),

    endStaffSessions: (staffId, actor) =>
      db.transaction(async trx => {
        if (!(await rowOf(trx, `SELECT id FROM staff WHERE id = ?${wordsOf(trx).forUpdate}`, [staffId])))
          throw new PortalError('NOT_FOUND', 'There is no such member of staff.')
        const sessions = await endSessionsOfStaff(trx, staffId)
        if (sessions > 0) await auditEnd(trx, 'staff', staffId, 'endStaffSessions', actor, { sessions })
        return sessions
      }),

    createViewAsTicket: (input, actor) =>
      db.transaction(async trx => {
        if (!(await lockWayIn(trx, input.contactId, input.domainId))) throw noWayIn()
        await trx.raw(
          `INSERT INTO view_as_ticket (token_hash, contact_id, domain_id, staff_id, staff_name, write_through, expires_at)
           SELECT CAST(? AS TEXT), CAST(? AS TEXT), CAST(? AS TEXT), CAST(? AS TEXT), CAST(? AS TEXT), CAST(? AS INTEGER),
             t.at + ${ticketMs} FROM (SELECT ${now} AS at) t`,
          [
            ...[input.tokenHash, input.contactId, input.domainId, input.staffId, input.staffName],
            input.writeThrough ? 1 : 0
          ]
        )
        const contact = await rowOf<{ company_id: string }>(trx, 'SELECT company_id FROM contact WHERE id = ?', [
          input.contactId
        ])
        await writeAudit(trx, {
          ...doneBy(actor),
          action: 'viewAs',
          target: input.contactId,
          companyId: contact?.company_id ?? null,
          domainId: input.domainId,
          after: { domainId: input.domainId, writeThrough: input.writeThrough }
        })
      }),

    openViewAs: (ticketHash, { tokenHash, domainId, ip }) =>
      db.transaction(async trx => {
        const asked = await rowOf<{ contact_id: string }>(
          trx,
          'SELECT contact_id FROM view_as_ticket WHERE token_hash = ? AND domain_id = ?',
          [ticketHash, domainId]
        )
        // The contact before the ticket, as whoever ends both takes them.
        if (!asked || !(await lockWayIn(trx, asked.contact_id, domainId))) return false
        const ticket = await rowOf<{ contact_id: string; staff_id: string; staff_name: string; write_through: number }>(
          trx,
          `UPDATE view_as_ticket SET used_at = ${now} WHERE token_hash = ? AND used_at IS NULL AND expires_at > ${now}
           RETURNING contact_id, staff_id, staff_name, write_through`,
          [ticketHash]
        )
        if (!ticket) return false
        const writeThrough = ticket.write_through === 1
        const opener = await openerOf(trx, ticket.staff_id)
        // A ticket may be younger than the loss of the role that asked for it.
        if (!opener || !(opener.role === 'ADMIN' || (opener.role === 'SUPPORT' && !writeThrough))) return false
        const viewAs = { staffId: ticket.staff_id, staffName: ticket.staff_name, writeThrough }
        const contactId = ticket.contact_id
        const session = { tokenHash, contactId, domainId, ip, viewAs, expiresAt: opener.expires_at }
        return (await insertContactSession(trx, session)) !== null
      })
  }
}

/** The operator who asked for a ticket, as long as it may: a person who is not disabled, a key that is good. */
const openerOf = (trx: Knex, actor: string): Promise<{ role: StaffRole; expires_at: number | null } | undefined> => {
  const { now } = wordsOf(trx)
  return rowOf(
    trx,
    `SELECT role, CAST(NULL AS BIGINT) AS expires_at FROM staff WHERE 'staff:' || id = ? AND disabled = 0
     UNION ALL
     SELECT role, expires_at FROM api_key
     WHERE 'key:' || id = ? AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > ${now})`,
    [actor, actor]
  )
}

/** On PostgreSQL the statement is prepared once a connection, under a name. */
const readOnce = (reader: Knex, dialect: Dialect, sql: string) => {
  return async (tokenHash: string): Promise<ContactSessionRow | undefined> => {
    const query = reader.raw(sql, [tokenHash])
    if (dialect === 'sqlite') return (await query)[0]
    return (await query.options({ name: 'contact-session' })).rows[0]
  }
}

/** Removes sessions, tickets, links and counted failures that are over; a job calls it. */
export const pruneSessions = (db: Database): Promise<void> =>
  db.transaction(async trx => {
    const { now } = wordsOf(trx)
    for (const table of ['contact_session', 'staff_session'])
      await trx.raw(`DELETE FROM ${table} WHERE expires_at <= ${now} OR last_seen_at <= ${now} - ${idleMs}`)
    for (const table of ['view_as_ticket', 'password_link'])
      await trx.raw(`DELETE FROM ${table} WHERE expires_at <= ${now}`)
    await pruneFailures(trx)
  })
