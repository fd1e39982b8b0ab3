import type { Knex } from 'knex'
import { PortalError } from '../core/errors.ts'
import type { Contact, ContactStore, SignInFacts } from '../core/ports.ts'
import { lockAddresses, refuseTakenAddresses } from './addresses.ts'
import { writeAudit } from './audit.ts'
import type { Database } from './connect.ts'
import { countFailures, recordFailure } from './failures.ts'
import { readEmail, readName } from './input.ts'
import { pageOf, readPage } from './page.ts'
import { clockOf, newId, rowOf, rowsOf, wordsOf } from './sql.ts'

interface ContactRow {
  readonly seq: number
  readonly id: string
  readonly company_id: string
  readonly name: string
  readonly email: string
  readonly disabled: number
  readonly version: number
}
// Contacts of one company are few: a page position is the number in the list.
const columns = 'id, company_id, name, email, disabled, version'

const contactFrom = (row: ContactRow): Contact => ({
  id: row.id,
  companyId: row.company_id,
  name: row.name,
  email: row.email,
  disabled: row.disabled === 1,
  version: row.version
})

const readContact = async (knex: Knex, id: string): Promise<Contact | null> => {
  const row = await rowOf<ContactRow>(knex, `SELECT ${columns} FROM contact WHERE id = ?`, [id])
  return row ? contactFrom(row) : null
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
      await trx.raw(
        `INSERT INTO contact (id, company_id, name, email, email_lower, password_hash, ip_allow_list, created_at)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
        [
          ...[id, input.companyId, name, email, lower],
          ...([input.passwordHash, JSON.stringify(input.ipAllowList ?? []), await clockOf(trx)] as string[])
        ]
      )
      await refuseTakenAddresses(trx, input.companyId, lower)
      await writeAudit(trx, {
        actor: actor.operator.actor,
        action: 'createContact',
        target: id,
        companyId: input.companyId,
        domainId: company.domain_id,
        ip: actor.operator.ip,
        after: { companyId: input.companyId, name, email },
        reason: actor.reason ?? null
      })
      return (await readContact(trx, id))!
    })
  },

  get: id => readContact(db.reader, id),

  list: async request => {
    const { first, position } = readPage(request)
    const rows = await rowsOf<ContactRow>(
      db.reader,
      `SELECT ${columns}, seq FROM (
         SELECT ${columns}, ROW_NUMBER() OVER (ORDER BY name, id) AS seq FROM contact WHERE company_id = ?
       ) numbered WHERE seq > ? ORDER BY seq LIMIT ?`,
      [request.companyId, position ?? 0, first + 1]
    )
    const count = await rowOf<{ n: number }>(db.reader, 'SELECT COUNT(*) AS n FROM contact WHERE company_id = ?', [
      request.companyId
    ])
    return { ...pageOf(rows, first, rows.map(contactFrom)), totalCount: count!.n }
  },

  setPassword: (contactId, passwordHash, exceptSessionId = '') =>
    db.transaction(async trx => {
      const done = await rowOf(
        trx,
        `UPDATE contact SET password_hash = ?, locked_until = NULL, version = version + 1 WHERE id = ? RETURNING id`,
        [passwordHash, contactId]
      )
      if (!done) throw new PortalError('NOT_FOUND', 'There is no such contact.')
      await trx.raw('DELETE FROM contact_session WHERE contact_id = ? AND id <> ?', [contactId, exceptSessionId])
    }),

  recordSignIn: contactId =>
    db.transaction(async trx => {
      await trx.raw(`UPDATE contact SET last_sign_in_at = ${wordsOf(trx).now}, locked_until = NULL WHERE id = ?`, [
        contactId
      ])
      await trx.raw(`DELETE FROM sign_in_failure WHERE kind = 'contact' AND subject = ?`, [contactId])
    }),

  recordFailure: (contactId, ip) => recordFailure(db, 'contact', contactId, ip),
  failuresFrom: ip => countFailures(db.reader, 'contact-ip', ip)
})
