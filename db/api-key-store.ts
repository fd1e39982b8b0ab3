import type { Knex } from 'knex'
import { PortalError } from '../core/errors.ts'
import type { ApiKey, StaffStore } from '../core/ports.ts'
import type { StaffRole } from '../core/viewer.ts'
import { checkVersion } from './access-write.ts'
import { doneBy, writeAudit } from './audit.ts'
import type { Database } from './connect.ts'
import { readName } from './input.ts'
import { lastAdmin, lockAdmins } from './last-admin.ts'
import { endViewAs } from './session-rows.ts'
import { clockOf, newId, rowOf, rowsOf, wordsOf } from './sql.ts'

/** A secret's last use is written at most this often, milliseconds. */
const useWrittenEveryMs = 60_000

const noting = new WeakMap<Database, Set<string>>()

/** Nobody waits for it: who may only read is served while nothing can be written, and the next use is noted then. */
const noteUse = (db: Database, use: { id: string; formerHash: string | null; at: number }): void => {
  const { id, formerHash, at } = use
  const what = formerHash ?? id
  const running = noting.get(db) ?? new Set()
  noting.set(db, running)
  if (running.has(what)) return
  running.add(what)
  db.transaction(async trx => {
    await trx.raw('UPDATE api_key SET last_used_at = ? WHERE id = ?', [at, id])
    if (formerHash !== null)
      await trx.raw('UPDATE api_key_former_secret SET last_used_at = ? WHERE key_hash = ?', [at, formerHash])
  })
    .catch(() => {})
    .finally(() => running.delete(what))
}

interface KeyRow {
  readonly id: string
  readonly name: string
  readonly role: StaffRole
  readonly created_at: number
  readonly last_used_at: number | null
  readonly revoked_at: number | null
  readonly expires_at: number | null
  readonly former_until: number | null
  readonly former_used_at: number | null
  readonly version: number
}
const readKeys = async (knex: Knex, id: string | null): Promise<readonly ApiKey[]> => {
  const rows = await rowsOf<KeyRow>(
    knex,
    `SELECT k.id, k.name, k.role, k.created_at, k.last_used_at, k.revoked_at, k.expires_at, k.version,
       (SELECT MAX(f.valid_until) FROM api_key_former_secret f
        WHERE f.key_id = k.id AND f.valid_until > ${wordsOf(knex).now} AND k.revoked_at IS NULL) AS former_until,
       (SELECT MAX(f.last_used_at) FROM api_key_former_secret f WHERE f.key_id = k.id) AS former_used_at
     FROM api_key k ${id === null ? '' : 'WHERE k.id = ?'} ORDER BY k.created_at, k.id`,
    id === null ? [] : [id]
  )
  return rows.map(row => ({
    id: row.id,
    name: row.name,
    role: row.role,
    createdAt: row.created_at,
    lastUsedAt: row.last_used_at,
    revokedAt: row.revoked_at,
    expiresAt: row.expires_at,
    formerUntil: row.former_until,
    formerUsedAt: row.former_used_at,
    version: row.version
  }))
}

const refuseKnown = async (trx: Knex, keyHash: string): Promise<void> => {
  const known = await rowOf(
    trx,
    `SELECT 1 AS one FROM api_key WHERE key_hash = ? UNION ALL SELECT 1 AS one FROM api_key_former_secret WHERE key_hash = ?`,
    [keyHash, keyHash]
  )
  if (known) throw new PortalError('CONFLICT', 'This secret is or was the one of an API key.')
}

type ApiKeyStore = Pick<StaffStore, 'createApiKey' | 'rotateApiKey' | 'apiKey' | 'listApiKeys' | 'revokeApiKey'>

/** API keys on the database; see `StaffStore`. */
export const createApiKeyStore = (db: Database): ApiKeyStore => ({
  createApiKey: async (input, actor) => {
    const name = readName('name', input.name)
    const expiresAt = input.expiresAt ?? null
    return db.transaction(async trx => {
      const id = newId()
      await refuseKnown(trx, input.keyHash)
      await trx.raw(
        'INSERT INTO api_key (id, name, key_hash, role, created_at, expires_at) VALUES (?, ?, ?, ?, ?, ?)',
        [...[id, name, input.keyHash, input.role], ...([await clockOf(trx), expiresAt] as number[])]
      )
      await writeAudit(trx, {
        ...doneBy(actor),
        action: 'createApiKey',
        target: id,
        after: { name, role: input.role, ...(expiresAt === null ? {} : { expiresAt }), secret: '***' }
      })
      return { id }
    })
  },

  rotateApiKey: (id, keyHash, overlapMs, actor, expectedVersion) =>
    db.transaction(async trx => {
      const row = await rowOf<{
        key_hash: string
        revoked_at: number | null
        expires_at: number | null
        version: number
      }>(trx, `SELECT key_hash, revoked_at, expires_at, version FROM api_key WHERE id = ?${wordsOf(trx).forUpdate}`, [
        id
      ])
      if (!row) throw new PortalError('NOT_FOUND', 'There is no such API key.')
      checkVersion(row, expectedVersion)
      const at = await clockOf(trx)
      if (row.revoked_at !== null || (row.expires_at !== null && row.expires_at <= at))
        throw new PortalError('PRECONDITION_FAILED', 'This key is revoked or has expired; make a new one.', {
          reason: 'KEY_ENDED'
        })
      await refuseKnown(trx, keyHash)
      // No secret outlives its key.
      const until = Math.min(at + overlapMs, row.expires_at ?? Number.POSITIVE_INFINITY)
      await trx.raw('UPDATE api_key_former_secret SET valid_until = ? WHERE key_id = ? AND valid_until > ?', [
        ...[until, id, until]
      ])
      await trx.raw('INSERT INTO api_key_former_secret (key_hash, key_id, valid_until) VALUES (?, ?, ?)', [
        ...[row.key_hash, id, until]
      ])
      await trx.raw('UPDATE api_key SET key_hash = ?, version = version + 1 WHERE id = ?', [keyHash, id])
      // Without an overlap whoever has an earlier secret is out at once, where it looks at portals too.
      if (overlapMs === 0) await endViewAs(trx, `key:${id}`)
      await writeAudit(trx, {
        ...doneBy(actor),
        action: 'rotateApiKey',
        target: id,
        before: { secret: '***' },
        after: { secret: '***', formerUntil: until }
      })
      return (await readKeys(trx, id))[0]!
    }),

  apiKey: async keyHash => {
    const row = await rowOf<{
      id: string
      name: string
      role: StaffRole
      former_until: number | null
      noted_at: number | null
      at: number
    }>(
      db.reader,
      `SELECT k.id, k.name, k.role, s.former_until, s.noted_at, t.at
       FROM (SELECT ${wordsOf(db.reader).now} AS at) t CROSS JOIN (
           SELECT id, CAST(NULL AS BIGINT) AS former_until, last_used_at AS noted_at FROM api_key WHERE key_hash = ?
           UNION ALL
           SELECT key_id, valid_until, last_used_at FROM api_key_former_secret WHERE key_hash = ?
         ) s JOIN api_key k ON k.id = s.id
       WHERE (s.former_until IS NULL OR s.former_until > t.at)
         AND k.revoked_at IS NULL AND (k.expires_at IS NULL OR k.expires_at > t.at)`,
      [keyHash, keyHash]
    )
    if (!row) return null
    const formerHash = row.former_until === null ? null : keyHash
    if (row.noted_at === null || row.at - row.noted_at > useWrittenEveryMs)
      noteUse(db, { id: row.id, formerHash, at: row.at })
    return { operator: { actor: `key:${row.id}`, name: row.name, role: row.role }, sessionId: null, at: row.at }
  },

  listApiKeys: () => readKeys(db.reader, null),

  revokeApiKey: (id, actor, expectedVersion) =>
    db.transaction(async trx => {
      const admins = await lockAdmins(trx)
      const live = await rowsOf<{ id: string }>(
        trx,
        `SELECT id FROM api_key WHERE role = 'ADMIN' AND revoked_at IS NULL
           AND (expires_at IS NULL OR expires_at > ${wordsOf(trx).now}) ORDER BY id${wordsOf(trx).forUpdate}`
      )
      const row = await rowOf<{ name: string; role: StaffRole; revoked_at: number | null; version: number }>(
        trx,
        `SELECT name, role, revoked_at, version FROM api_key WHERE id = ?${wordsOf(trx).forUpdate}`,
        [id]
      )
      if (!row) throw new PortalError('NOT_FOUND', 'There is no such API key.')
      checkVersion(row, expectedVersion)
      if (row.revoked_at !== null) return
      if (admins.length === 0 && live.length === 1 && live[0]!.id === id) throw lastAdmin()
      const revokedAt = await clockOf(trx)
      await trx.raw('UPDATE api_key SET revoked_at = ?, version = version + 1 WHERE id = ?', [revokedAt, id])
      // What was opened with the key ends with it.
      await endViewAs(trx, `key:${id}`)
      await writeAudit(trx, {
        ...doneBy(actor),
        action: 'revokeApiKey',
        target: id,
        before: { name: row.name, role: row.role, revokedAt: null },
        after: { revokedAt }
      })
    })
})
