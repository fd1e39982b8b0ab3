import type { Knex } from 'knex'
import { PortalError } from '../core/errors.ts'
import type { Actor, StaffMember, StaffStore } from '../core/ports.ts'
import type { StaffRole } from '../core/viewer.ts'
import { checkVersion } from './access-write.ts'
import { createApiKeyStore } from './api-key-store.ts'
import { doneBy, writeAudit } from './audit.ts'
import type { Database } from './connect.ts'
import { clearFailures, countFailures, recordFailure } from './failures.ts'
import { readEmail, readName } from './input.ts'
import { lastAdmin, lockAdmins } from './last-admin.ts'
import { pageByName } from './name-page.ts'
import { createPasswordLink, endPasswordLinks } from './password-link-store.ts'
import { endSessionsOfStaff, endViewAs, insertStaffSession } from './session-rows.ts'
import { clockOf, newId, rowOf, wordsOf } from './sql.ts'
import { createTwoFactorStore } from './two-factor-store.ts'

interface StaffRow {
  readonly id: string
  readonly name: string
  readonly email: string
  readonly role: StaffRole
  readonly disabled: number
  readonly has_password: number
  readonly two_factor: number
  readonly codes: number
  readonly locked_until: number | null
  readonly last_sign_in_at: number | null
  readonly version: number
  readonly created_at: number
}
// An empty hash stands for no password: the version before knows no staff without one.
const columnsOf = (knex: Knex): string =>
  `people.id, people.name, people.email, people.role, people.disabled,
   CASE WHEN people.password_hash = '' THEN 0 ELSE 1 END AS has_password,
   (SELECT COUNT(*) FROM staff_two_factor f WHERE f.staff_id = people.id AND f.confirmed_at IS NOT NULL) AS two_factor,
   (SELECT COUNT(*) FROM staff_recovery_code r WHERE r.staff_id = people.id) AS codes,
   CASE WHEN people.locked_until > ${wordsOf(knex).now} THEN people.locked_until END AS locked_until,
   people.last_sign_in_at, people.version, people.created_at`

const memberFrom = (row: StaffRow): StaffMember => ({
  id: row.id,
  name: row.name,
  email: row.email,
  role: row.role,
  disabled: row.disabled === 1,
  hasPassword: row.has_password === 1,
  twoFactor: row.two_factor === 1,
  recoveryCodesLeft: row.codes,
  lockedUntil: row.locked_until,
  lastSignInAt: row.last_sign_in_at,
  version: row.version,
  createdAt: row.created_at
})

const readMember = async (knex: Knex, id: string): Promise<StaffMember | null> => {
  const row = await rowOf<StaffRow>(knex, `SELECT ${columnsOf(knex)} FROM staff people WHERE people.id = ?`, [id])
  return row ? memberFrom(row) : null
}

/** The member of staff, locked until the transaction ends. @throws PortalError NOT_FOUND, CONFLICT */
const lockMember = async (trx: Knex, id: string, expectedVersion?: number | null): Promise<StaffMember> => {
  if (!(await rowOf(trx, `SELECT id FROM staff WHERE id = ?${wordsOf(trx).forUpdate}`, [id])))
    throw new PortalError('NOT_FOUND', 'There is no such member of staff.')
  const member = (await readMember(trx, id))!
  checkVersion(member, expectedVersion)
  return member
}

const auditStaff = async (
  trx: Knex,
  id: string,
  action: string,
  actor: Actor,
  before: Readonly<Record<string, unknown>> | null,
  after: Readonly<Record<string, unknown>> | null
): Promise<void> => {
  await writeAudit(trx, {
    ...doneBy(actor),
    action,
    target: id,
    before,
    after
  })
}

interface Details {
  readonly name: string
  readonly email: string
  readonly role: StaffRole
}
const readDetails = ({ name, email, role }: Details): Details => ({
  name: readName('name', name),
  email: readEmail('email', email),
  role
})

/** @throws PortalError CONFLICT */
const insertMember = async (trx: Knex, { name, email, role }: Details, passwordHash: string): Promise<string> => {
  const id = newId()
  const made = await rowOf(
    trx,
    `INSERT INTO staff (id, name, name_lower, email, email_lower, password_hash, role, created_at)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (email_lower) DO NOTHING RETURNING id`,
    [id, name, name.toLowerCase(), email, email.toLowerCase(), passwordHash, role, await clockOf(trx)]
  )
  if (!made) throw new PortalError('CONFLICT', 'This address belongs to a member of staff already.')
  return id
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
      two_factor: number
    }>(
      db.reader,
      `SELECT p.id, p.name, p.role, p.password_hash, p.locked_until, p.disabled,
         (SELECT COUNT(*) FROM staff_two_factor f WHERE f.staff_id = p.id AND f.confirmed_at IS NOT NULL) AS two_factor
       FROM staff p WHERE p.email_lower = ?`,
      [email.trim().toLowerCase()]
    )
    if (!row) return null
    return {
      staffId: row.id,
      name: row.name,
      role: row.role,
      passwordHash: row.password_hash || null,
      lockedUntil: row.locked_until,
      disabled: row.disabled === 1,
      twoFactor: row.two_factor === 1
    }
  },

  get: id => readMember(db.reader, id),

  list: request =>
    pageByName<StaffRow, StaffMember>(
      db.reader,
      { columns: columnsOf(db.reader), table: 'staff', where: [] },
      request,
      memberFrom
    ),

  create: async (input, actor) => {
    const details = readDetails(input)
    return db.transaction(async trx => {
      const id = await insertMember(trx, details, input.passwordHash)
      await auditStaff(trx, id, 'createStaff', actor, null, { ...details, password: '***' })
      return { id }
    })
  },

  invite: async (input, link, actor) => {
    const details = readDetails(input)
    return db.transaction(async trx => {
      const id = await insertMember(trx, details, '')
      const linkExpiresAt = await createPasswordLink(trx, { ...link, staffId: id })
      await auditStaff(trx, id, 'createStaff', actor, null, { ...details, link: '***', expiresAt: linkExpiresAt })
      return { id, linkExpiresAt }
    })
  },

  update: async (id, change, actor, expectedVersion) => {
    const name = change.name === undefined ? undefined : readName('name', change.name)
    return db.transaction(async trx => {
      // Always in the same order, so that two admins at each other never wait in a ring.
      const admins = await lockAdmins(trx)
      const member = await lockMember(trx, id, expectedVersion)
      const wanted = {
        name: name ?? member.name,
        role: change.role ?? member.role,
        disabled: change.disabled ?? member.disabled
      }
      const fields = (['name', 'role', 'disabled'] as const).filter(field => wanted[field] !== member[field])
      if (fields.length === 0) return member
      const isOwn = actor.operator.actor === `staff:${id}`
      if (isOwn && (fields.includes('role') || fields.includes('disabled')))
        throw new PortalError(
          'PRECONDITION_FAILED',
          'Nobody changes the own role or disables oneself; ask another admin.',
          {
            reason: 'OWN_ACCOUNT'
          }
        )
      const isAdmin = wanted.role === 'ADMIN' && !wanted.disabled
      if (admins.includes(id) && !isAdmin && admins.length === 1) throw lastAdmin()
      await trx.raw(
        'UPDATE staff SET name = ?, name_lower = ?, role = ?, disabled = ?, version = version + 1 WHERE id = ?',
        [wanted.name, wanted.name.toLowerCase(), wanted.role, wanted.disabled ? 1 : 0, id]
      )
      if (wanted.disabled && !member.disabled) {
        await endPasswordLinks(trx, id)
        await endSessionsOfStaff(trx, id)
      }
      // What was opened with more rights than are left ends with them.
      else if (fields.includes('role')) await endViewAs(trx, `staff:${id}`)
      await auditStaff(
        trx,
        id,
        'updateStaff',
        actor,
        Object.fromEntries(fields.map(field => [field, member[field]])),
        Object.fromEntries(fields.map(field => [field, wanted[field]]))
      )
      return (await readMember(trx, id))!
    })
  },

  unlock: (id, actor) =>
    db.transaction(async trx => {
      const { lockedUntil, ...member } = await lockMember(trx, id)
      if (lockedUntil === null) return { ...member, lockedUntil }
      await clearFailures(trx, 'staff', id)
      await auditStaff(trx, id, 'unlockStaff', actor, { lockedUntil }, { lockedUntil: null })
      return (await readMember(trx, id))!
    }),

  resetPassword: (id, link, actor, expectedVersion) =>
    db.transaction(async trx => {
      const admins = await lockAdmins(trx)
      const member = await lockMember(trx, id, expectedVersion)
      if (actor.operator.actor === `staff:${id}`)
        throw new PortalError('PRECONDITION_FAILED', 'This is your own password; change it with changeMyPassword.', {
          reason: 'OWN_ACCOUNT'
        })
      // Who asks was an admin a moment ago: two who reset each other at once would leave nobody. A key stays and administers.
      if (actor.operator.actor.startsWith('staff:') && admins.length === 1 && admins[0] === id) throw lastAdmin()
      await trx.raw(`UPDATE staff SET password_hash = '', version = version + 1 WHERE id = ?`, [id])
      await endSessionsOfStaff(trx, id)
      const expiresAt = await createPasswordLink(trx, { ...link, staffId: id })
      const before = { password: member.hasPassword ? '***' : null }
      await auditStaff(trx, id, 'resetStaffPassword', actor, before, { password: null, link: '***', expiresAt })
      return expiresAt
    }),

  setPassword: (id, passwordHash, actor, action, own) =>
    db.transaction(async trx => {
      const member = await lockMember(trx, id)
      const stored = await rowOf<{ password_hash: string }>(trx, 'SELECT password_hash FROM staff WHERE id = ?', [id])
      if (own !== undefined && own.formerHash !== stored?.password_hash) throw new PortalError('CONFLICT')
      await trx.raw('UPDATE staff SET password_hash = ?, version = version + 1 WHERE id = ?', [passwordHash, id])
      await clearFailures(trx, 'staff', id)
      await endPasswordLinks(trx, id)
      await endSessionsOfStaff(trx, id, own?.sessionId)
      await auditStaff(trx, id, action, actor, { password: member.hasPassword ? '***' : null }, { password: '***' })
    }),

  count: async () => (await rowOf<{ n: number }>(db.reader, 'SELECT COUNT(*) AS n FROM staff'))!.n,
  recordFailure: (staffId, ip) => recordFailure(db, 'staff', staffId, ip),

  signIn: (staffId, { tokenHash, passwordHash, ip, secondFactor }) =>
    db.transaction(async trx => {
      const { now } = wordsOf(trx)
      const done = await rowOf(
        trx,
        `UPDATE staff SET last_sign_in_at = ${now}
         WHERE id = ? AND password_hash = ? AND disabled = 0 AND (locked_until IS NULL OR locked_until <= ${now})
         RETURNING id`,
        [staffId, passwordHash]
      )
      if (!done) return false
      await clearFailures(trx, 'staff', staffId)
      await insertStaffSession(trx, { tokenHash, staffId, ip })
      await writeAudit(trx, {
        actor: `staff:${staffId}`,
        action: 'signIn',
        target: staffId,
        ip,
        after:
          secondFactor === undefined
            ? null
            : 'step' in secondFactor
              ? { secondFactor: 'code' }
              : {
                  secondFactor: 'recovery code',
                  recoveryCodesLeft: (await readMember(trx, staffId))?.recoveryCodesLeft
                }
      })
      return true
    }),

  failuresFrom: ip => countFailures(db.reader, 'staff-ip', ip),
  ...createTwoFactorStore(db),
  ...createApiKeyStore(db)
})
