import { PortalError } from '../core/errors.ts'
import type { StaffStore } from '../core/ports.ts'
import type { StaffRole } from '../core/viewer.ts'
import { writeAudit } from './audit.ts'
import type { Database } from './connect.ts'
import { countFailures, recordFailure } from './failures.ts'
import { readEmail, readName } from './input.ts'
import { clockOf, newId, rowOf, rowsOf, wordsOf } from './sql.ts'

/** A key's last use is written at most this often, milliseconds. */
const useWrittenEveryMs = 60_000

const noting = new WeakMap<Database, Set<string>>()

/** Nobody waits for it: who may only read is served while nothing can be written, and the next use is noted then. */
const noteUse = (db: Database, id: string, at: number): void => {
  const running = noting.get(db) ?? new Set()
  noting.set(db, running)
  if (running.has(id)) return
  running.add(id)
  db.transaction(trx => trx.raw('UPDATE api_key SET last_used_at = ? WHERE id = ?', [at, id]))
    .catch(() => {})
    .finally(() => running.delete(id))
}

/** Operators and API keys on the database; see `StaffStore`. */
export const createStaffStore = (db: Database): StaffStore => ({
  findForSignIn: async email => {
    const row = await rowOf<{
      id: string
      name: string
      role: StaffRole
      password_hash: string
      locked_until: number | null
      disabled: number
    }>(db.reader, 'SELECT id, name, role, password_hash, locked_until, disabled FROM staff WHERE email_lower = ?', [
      email.trim().toLowerCase()
    ])
    if (!row) return null
    return {
      staffId: row.id,
      name: row.name,
      role: row.role,
      passwordHash: row.password_hash,
      lockedUntil: row.locked_until,
      disabled: row.disabled === 1
    }
  },

  create: async (input, actor) => {
    const name = readName('name', input.name)
    const email = readEmail('email', input.email)
    return db.transaction(async trx => {
      if (await rowOf(trx, 'SELECT 1 AS one FROM staff WHERE email_lower = ?', [email.toLowerCase()]))
        throw new PortalError('CONFLICT', 'This address belongs to a member of staff already.')
      const id = newId()
      await trx.raw(
        `INSERT INTO staff (id, name, email, email_lower, password_hash, role, created_at) VALUES (?, ?, ?, ?, ?, ?, ?)`,
        [id, name, email, email.toLowerCase(), input.passwordHash, input.role, await clockOf(trx)]
      )
      await writeAudit(trx, {
        actor: actor.operator.actor,
        action: 'createStaff',
        target: id,
        ip: actor.operator.ip,
        after: { name, email, role: input.role },
        reason: actor.reason ?? null
      })
      return { id }
    })
  },

  count: async () => (await rowOf<{ n: number }>(db.reader, 'SELECT COUNT(*) AS n FROM staff'))!.n,
  recordFailure: (staffId, ip) => recordFailure(db, 'staff', staffId, ip),
  recordSignIn: staffId =>
    db.transaction(async trx => {
      await trx.raw(`UPDATE staff SET last_sign_in_at = ${wordsOf(trx).now}, locked_until = NULL WHERE id = ?`, [
        staffId
      ])
      await trx.raw(`DELETE FROM sign_in_failure WHERE kind = 'staff' AND subject = ?`, [staffId])
    }),
  failuresFrom: ip => countFailures(db.reader, 'staff-ip', ip),

  createApiKey: async (input, actor) => {
    const name = readName('name', input.name)
    return db.transaction(async trx => {
      const id = newId()
      await trx.raw('INSERT INTO api_key (id, name, key_hash, role, created_at) VALUES (?, ?, ?, ?, ?)', [
        ...[id, name, input.keyHash, input.role],
        await clockOf(trx)
      ])
      await writeAudit(trx, {
        actor: actor.operator.actor,
        action: 'createApiKey',
        target: id,
        ip: actor.operator.ip,
        after: { name, role: input.role },
        reason: actor.reason ?? null
      })
      return { id }
    })
  },

  apiKey: async keyHash => {
    const row = await rowOf<{ id: string; name: string; role: StaffRole; last_used_at: number | null; at: number }>(
      db.reader,
      `SELECT k.id, k.name, k.role, k.last_used_at, t.at FROM (SELECT ${wordsOf(db.reader).now} AS at) t CROSS JOIN api_key k
       WHERE k.key_hash = ? AND k.revoked_at IS NULL`,
      [keyHash]
    )
    if (!row) return null
    if (row.last_used_at === null || row.at - row.last_used_at > useWrittenEveryMs) noteUse(db, row.id, row.at)
    return { operator: { actor: `key:${row.id}`, name: row.name, role: row.role }, sessionId: null, at: row.at }
  },

  listApiKeys: async () => {
    const rows = await rowsOf<{
      id: string
      name: string
      role: StaffRole
      created_at: number
      last_used_at: number | null
      revoked_at: number | null
    }>(db.reader, 'SELECT id, name, role, created_at, last_used_at, revoked_at FROM api_key ORDER BY created_at, id')
    return rows.map(row => ({
      id: row.id,
      name: row.name,
      role: row.role,
      createdAt: row.created_at,
      lastUsedAt: row.last_used_at,
      revokedAt: row.revoked_at
    }))
  },

  revokeApiKey: (id, actor) =>
    db.transaction(async trx => {
      const row = await rowOf<{ name: string }>(
        trx,
        `UPDATE api_key SET revoked_at = COALESCE(revoked_at, ${wordsOf(trx).now}) WHERE id = ? RETURNING name`,
        [id]
      )
      if (!row) throw new PortalError('NOT_FOUND', 'There is no such API key.')
      // What was opened with the key ends with it.
      await trx.raw('DELETE FROM view_as_ticket WHERE staff_id = ?', [`key:${id}`])
      await trx.raw('DELETE FROM contact_session WHERE view_as_staff_id = ?', [`key:${id}`])
      await writeAudit(trx, {
        actor: actor.operator.actor,
        action: 'revokeApiKey',
        target: id,
        ip: actor.operator.ip,
        before: { name: row.name },
        reason: actor.reason ?? null
      })
    })
})
