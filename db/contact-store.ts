import type { Knex } from 'knex'
import { contactDetails, detailsOf } from '../core/contact-details.ts'
import { PortalError } from '../core/errors.ts'
import type { Actor, Contact, ContactDetails, ContactStore, SignInFacts } from '../core/ports.ts'
import { checkVersion } from './access-write.ts'
import { lockAddresses, refuseTakenAddresses } from './addresses.ts'
import { doneBy, writeAudit } from './audit.ts'
import type { Database } from './connect.ts'
import { clearFailures, countFailures, recordFailure } from './failures.ts'
import { readEmail, readName } from './input.ts'
import { nameOrEmailContains, pageByName } from './name-page.ts'
import { createPasswordLink, endPasswordLinks } from './password-link-store.ts'
import { endSessionsOfContact, insertContactSession } from './session-rows.ts'
import { clockOf, newId, rowOf, wordsOf } from './sql.ts'
import { lockWayIn, noWayIn } from './way-in.ts'

/** The column of each detail. */
export const detailColumns = {
  phone: 'phone',
  mobile: 'mobile',
  department: 'department',
  contactType: 'contact_type',
  publicNotes: 'public_notes',
  privateNotes: 'private_notes',
  locale: 'locale',
  timeZone: 'time_zone'
} as const satisfies Record<keyof ContactDetails, string>
const columns = Object.values(detailColumns)
/** The columns of the details, for a SELECT. */
export const contactColumns = columns.join(', ')
export type ContactDetailRow = Readonly<Record<(typeof columns)[number], string | null>>

interface ContactRow extends ContactDetailRow {
  readonly id: string
  readonly company_id: string
  readonly name: string
  readonly email: string
  readonly ip_allow_list: string
  readonly disabled: number
  readonly has_password: number
  readonly locked_until: number | null
  readonly last_sign_in_at: number | null
  readonly version: number
  readonly created_at: number
}
const columnsOf = (knex: Knex): string =>
  `people.id, people.company_id, people.name, people.email, ${columns.map(column => `people.${column}`).join(', ')},
   people.ip_allow_list, people.disabled, CASE WHEN people.password_hash IS NULL THEN 0 ELSE 1 END AS has_password,
   CASE WHEN people.locked_until > ${wordsOf(knex).now} THEN people.locked_until END AS locked_until,
   people.last_sign_in_at, people.version, people.created_at`

const contactFrom = (row: ContactRow): Contact => ({
  id: row.id,
  companyId: row.company_id,
  name: row.name,
  email: row.email,
  ...detailsOf(detail => row[detailColumns[detail]]),
  ipAllowList: JSON.parse(row.ip_allow_list),
  disabled: row.disabled === 1,
  hasPassword: row.has_password === 1,
  lockedUntil: row.locked_until,
  lastSignInAt: row.last_sign_in_at,
  version: row.version,
  createdAt: row.created_at
})

const readContact = async (knex: Knex, id: string): Promise<Contact | null> => {
  const row = await rowOf<ContactRow>(knex, `SELECT ${columnsOf(knex)} FROM contact people WHERE people.id = ?`, [id])
  return row ? contactFrom(row) : null
}

type Subject = Contact & { readonly domainId: string | null }

/** The contact, locked until the transaction ends, with its company's home brand. @throws PortalError NOT_FOUND, CONFLICT */
const lockContact = async (trx: Knex, id: string, expectedVersion?: number | null): Promise<Subject> => {
  // The company first, as everything that moves it does.
  const home = await rowOf<{ domain_id: string | null }>(
    trx,
    `SELECT c.domain_id FROM company c WHERE c.id = (SELECT company_id FROM contact WHERE id = ?)${wordsOf(trx).forShare}`,
    [id]
  )
  if (!home) throw new PortalError('NOT_FOUND', 'There is no such contact.')
  await rowOf(trx, `SELECT id FROM contact WHERE id = ?${wordsOf(trx).forUpdate}`, [id])
  const contact = (await readContact(trx, id))!
  checkVersion(contact, expectedVersion)
  return { ...contact, domainId: home.domain_id }
}

/** Appends the entry of one change to one contact. */
const auditContact = async (
  trx: Knex,
  contact: Subject,
  action: string,
  actor: Actor,
  before: Readonly<Record<string, unknown>> | null,
  after: Readonly<Record<string, unknown>> | null
): Promise<void> => {
  await writeAudit(trx, {
    ...doneBy(actor),
    action,
    target: contact.id,
    companyId: contact.companyId,
    domainId: contact.domainId,
    before,
    after
  })
}

/** Contacts on the database; see `ContactStore`. */
export const createContactStore = (db: Database): ContactStore => ({
  findForSignIn: async (email, domainId) => {
    const row = await rowOf<{
      id: string
      company_id: string
      password_hash: string | null
      disabled: number
      ip_allow_list: string
      locked_until: number | null
      status: SignInFacts['companyStatus']
      user_type: SignInFacts['userType']
    }>(
      db.reader,
      `SELECT k.id, k.company_id, k.password_hash, k.disabled, k.ip_allow_list, k.locked_until, c.status, c.user_type
       FROM contact k JOIN company c ON c.id = k.company_id
       WHERE k.email_lower = ? AND (c.domain_id = ? OR c.domain_id IS NULL)`,
      [email.trim().toLowerCase(), domainId]
    )
    if (!row) return null
    return {
      contactId: row.id,
      companyId: row.company_id,
      passwordHash: row.password_hash,
      disabled: row.disabled === 1,
      ipAllowList: JSON.parse(row.ip_allow_list),
      lockedUntil: row.locked_until,
      companyStatus: row.status,
      userType: row.user_type
    }
  },

  create: async (input, actor) => {
    const name = readName('name', input.name)
    const email = readEmail('email', input.email)
    return db.transaction(async trx => {
      const company = await rowOf<{ domain_id: string | null }>(
        trx,
        `SELECT domain_id FROM company WHERE id = ?${wordsOf(trx).forUpdate}`,
        [input.companyId]
      )
      if (!company) throw new PortalError('NOT_FOUND', 'There is no such company.')
      const lower = email.toLowerCase()
      await lockAddresses(trx, [lower])
      const id = newId()
      const written = detailsOf(detail => input[detail] ?? null)
      await trx.raw(
        `INSERT INTO contact (id, company_id, name, name_lower, email, email_lower, password_hash, ip_allow_list,
           created_at, ${contactColumns})
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?${', ?'.repeat(columns.length)})`,
        [
          ...[id, input.companyId, name, name.toLowerCase(), email, lower],
          ...([input.passwordHash, JSON.stringify(input.ipAllowList ?? []), await clockOf(trx)] as string[]),
          ...(contactDetails.map(detail => written[detail]) as string[])
        ]
      )
      await refuseTakenAddresses(trx, input.companyId, lower)
      await writeAudit(trx, {
        ...doneBy(actor),
        action: 'createContact',
        target: id,
        companyId: input.companyId,
        domainId: company.domain_id,
        after: {
          ...{ companyId: input.companyId, name, email },
          ...Object.fromEntries(Object.entries(written).filter(([, value]) => value)),
          ...(input.ipAllowList?.length ? { ipAllowList: input.ipAllowList } : {}),
          ...(input.passwordHash === null ? {} : { password: '***' })
        }
      })
      return (await readContact(trx, id))!
    })
  },

  get: id => readContact(db.reader, id),

  list: request => {
    const found = nameOrEmailContains(db.reader, request.search)
    return pageByName<ContactRow, Contact>(
      db.reader,
      {
        columns: columnsOf(db.reader),
        table: 'contact',
        where: [
          ...(request.companyId == null ? [] : [['people.company_id = ?', [request.companyId]] as const]),
          ...(found === null ? [] : [found])
        ]
      },
      request,
      contactFrom
    )
  },

  update: async (id, change, actor, expectedVersion) => {
    const name = change.name === undefined ? undefined : readName('name', change.name)
    const email = change.email === undefined ? undefined : readEmail('email', change.email)
    return db.transaction(async trx => {
      const contact = await lockContact(trx, id, expectedVersion)
      const wanted = {
        name: name ?? contact.name,
        email: email ?? contact.email,
        ...detailsOf(detail => (change[detail] === undefined ? contact[detail] : change[detail])),
        ipAllowList: change.ipAllowList ?? contact.ipAllowList
      }
      const fields = (['name', 'email', ...contactDetails, 'ipAllowList'] as const).filter(
        field => JSON.stringify(wanted[field]) !== JSON.stringify(contact[field])
      )
      if (fields.length === 0) return readContact(trx, id) as Promise<Contact>
      const lower = wanted.email.toLowerCase()
      if (fields.includes('email')) await lockAddresses(trx, [lower, contact.email.toLowerCase()])
      await trx.raw(
        `UPDATE contact SET name = ?, name_lower = ?, email = ?, email_lower = ?, ip_allow_list = ?,
           ${columns.map(column => `${column} = ?`).join(', ')}, version = version + 1 WHERE id = ?`,
        [
          ...[wanted.name, wanted.name.toLowerCase(), wanted.email, lower, JSON.stringify(wanted.ipAllowList)],
          ...([...contactDetails.map(detail => wanted[detail]), id] as string[])
        ]
      )
      if (fields.includes('email')) {
        await refuseTakenAddresses(trx, contact.companyId, lower)
        await endPasswordLinks(trx, id)
      }
      await auditContact(
        trx,
        contact,
        'updateContact',
        actor,
        Object.fromEntries(fields.map(field => [field, contact[field]])),
        Object.fromEntries(fields.map(field => [field, wanted[field]]))
      )
      return (await readContact(trx, id))!
    })
  },

  setDisabled: (id, disabled, actor, expectedVersion) =>
    db.transaction(async trx => {
      const contact = await lockContact(trx, id, expectedVersion)
      if (contact.disabled === disabled) return (await readContact(trx, id))!
      await trx.raw('UPDATE contact SET disabled = ?, version = version + 1 WHERE id = ?', [disabled ? 1 : 0, id])
      if (disabled) {
        await endSessionsOfContact(trx, id)
        await endPasswordLinks(trx, id)
      }
      const action = disabled ? 'disableContact' : 'enableContact'
      await auditContact(trx, contact, action, actor, { disabled: !disabled }, { disabled })
      return (await readContact(trx, id))!
    }),

  unlock: (id, actor) =>
    db.transaction(async trx => {
      const contact = await lockContact(trx, id)
      const { lockedUntil } = contact
      if (lockedUntil === null) return (await readContact(trx, id))!
      await clearFailures(trx, 'contact', id)
      await auditContact(trx, contact, 'unlockContact', actor, { lockedUntil }, { lockedUntil: null })
      return (await readContact(trx, id))!
    }),

  createSignInLink: (id, { tokenHash, domainId }, actor, expectedVersion) =>
    db.transaction(async trx => {
      const contact = await lockContact(trx, id, expectedVersion)
      if (!(await lockWayIn(trx, id, domainId))) throw noWayIn()
      const expiresAt = await createPasswordLink(trx, { tokenHash, contactId: id, domainId })
      await auditContact(trx, contact, 'createSignInLink', actor, null, { domainId, expiresAt, link: '***' })
      return expiresAt
    }),

  resetPassword: (id, { tokenHash, domainId }, actor, expectedVersion) =>
    db.transaction(async trx => {
      const contact = await lockContact(trx, id, expectedVersion)
      if (!(await lockWayIn(trx, id, domainId))) throw noWayIn()
      await trx.raw('UPDATE contact SET password_hash = NULL, version = version + 1 WHERE id = ?', [id])
      const sessionsEnded = await endSessionsOfContact(trx, id)
      const expiresAt = await createPasswordLink(trx, { tokenHash, contactId: id, domainId })
      await auditContact(
        trx,
        contact,
        'resetContactPassword',
        actor,
        { password: contact.hasPassword ? '***' : null },
        { password: null, domainId, expiresAt, link: '***', sessionsEnded }
      )
      return expiresAt
    }),

  changePassword: (contactId, passwordHash, { formerHash, sessionId, domainId, ip }) =>
    db.transaction(async trx => {
      const old = await rowOf<{ password_hash: string | null; company_id: string }>(
        trx,
        `SELECT password_hash, company_id FROM contact WHERE id = ?${wordsOf(trx).forUpdate}`,
        [contactId]
      )
      if (!old) throw new PortalError('NOT_FOUND', 'There is no such contact.')
      if (old.password_hash !== formerHash) throw new PortalError('CONFLICT')
      await trx.raw('UPDATE contact SET password_hash = ?, version = version + 1 WHERE id = ?', [
        ...[passwordHash, contactId]
      ])
      await clearFailures(trx, 'contact', contactId)
      await trx.raw('DELETE FROM contact_session WHERE contact_id = ? AND id <> ?', [contactId, sessionId])
      await endPasswordLinks(trx, contactId)
      await writeAudit(trx, {
        ...{ actor: `contact:${contactId}`, action: 'changePassword', target: contactId },
        ...{ companyId: old.company_id, domainId, ip, before: { password: '***' }, after: { password: '***' } }
      })
    }),

  signIn: (contactId, { tokenHash, passwordHash, ip, domainId }) =>
    db.transaction(async trx => {
      const { now, forShare, forUpdate } = wordsOf(trx)
      // The company first, as everything that moves it does.
      await rowOf(
        trx,
        `SELECT 1 AS one FROM company WHERE id = (SELECT company_id FROM contact WHERE id = ?)${forShare}`,
        [contactId]
      )
      const contact = await rowOf<{ company_id: string }>(
        trx,
        `SELECT company_id FROM contact WHERE id = ? AND (locked_until IS NULL OR locked_until <= ${now})${forUpdate}`,
        [contactId]
      )
      if (!contact) return false
      const session = await insertContactSession(trx, { tokenHash, contactId, domainId, ip, passwordHash })
      if (session === null) return false
      await trx.raw(`UPDATE contact SET last_sign_in_at = ${now} WHERE id = ?`, [contactId])
      await clearFailures(trx, 'contact', contactId)
      await writeAudit(trx, {
        actor: `contact:${contactId}`,
        action: 'signIn',
        target: contactId,
        companyId: contact.company_id,
        domainId,
        ip
      })
      return true
    }),

  recordFailure: (contactId, ip) => recordFailure(db, 'contact', contactId, ip),
  failuresFrom: ip => countFailures(db.reader, 'contact-ip', ip)
})
