import type { Knex } from 'knex'
import { checkOverrideChanges, overrideOf } from '../core/access-input.ts'
import type { Catalogue } from '../core/catalogue.ts'
import { statusAfter } from '../core/company-status.ts'
import { badInput, PortalError } from '../core/errors.ts'
import { companyStatuses, userTypes } from '../core/feature.ts'
import type { Actor, BulkResult, CompanyStore, OverrideChange } from '../core/ports.ts'
import { UNASSIGNED_SCOPE } from '../core/ports.ts'
import { bumpScopes, changing, type Touch } from './access-write.ts'
import { doneBy, writeAudit } from './audit.ts'
import { refuseUnknownBrand } from './brand-write.ts'
import { listCompanies } from './company-list.ts'
import { readCompanies, readCompany } from './company-rows.ts'
import {
  accountCodesOf,
  addAccountCodes,
  lockCompanies,
  lockCompany,
  writeHome,
  writeProfile,
  writeStatus
} from './company-write.ts'
import type { Database } from './connect.ts'
import { readCurrency, readName } from './input.ts'
import { overridesOf, writeOverrides } from './override-write.ts'
import { containing } from './page.ts'
import { clockOf, dialectOf, newId, rowOf, rowsOf, wordsOf } from './sql.ts'

/** Companies of one transaction in a bulk edit: while it runs, its brand's other writers wait. */
const bulkChunk = 500

/** Sets the same overrides on many locked companies. */
const applyChanges = async (
  trx: Knex,
  companies: Awaited<ReturnType<typeof lockCompanies>>,
  changes: readonly OverrideChange[],
  action: 'setCompanyOverrides' | 'bulkSetCompanyOverrides',
  actor: Actor
): Promise<void> => {
  if (companies.length === 0) return
  const at = await clockOf(trx)
  const before = await overridesOf(
    trx,
    companies.map(company => company.id),
    changes.map(change => change.key)
  )
  const writes = companies.map(company => ({
    company,
    touches: changing(
      changes.map(
        (change): Touch => ({
          field: `override:${change.key}`,
          before: before.get(company.id)?.get(change.key) ?? null,
          after: overrideOf(change, actor, at)
        })
      )
    )
  }))
  const changed = writes.filter(write => write.touches.length > 0)
  if (changed.length > 0) await writeOverrides(trx, changed, action, actor, at)
}

const readCodes = (given: readonly string[]): readonly string[] => {
  const codes = given.map((code, index) => readName(`accountCodes.${index}`, code, 80))
  if (new Set(codes).size !== codes.length) throw badInput('accountCodes', 'names a code twice')
  return codes
}

/** Companies on the database; see `CompanyStore`. */
export const createCompanyStore = (db: Database, catalogue: Catalogue): CompanyStore => ({
  get: id => readCompany(db.reader, id),

  some: ids => readCompanies(db.reader, ids),

  list: request => listCompanies(db.reader, request),

  names: async ids => {
    const rows = await rowsOf<{ id: string; name: string }>(
      db.reader,
      `SELECT id, name FROM company WHERE id IN (SELECT value FROM ${wordsOf(db.reader).each})`,
      [JSON.stringify(ids)]
    )
    return new Map(rows.map(row => [row.id, row.name]))
  },

  idsByName: async search => {
    const pattern = containing(search)
    const where = pattern ? `WHERE name_lower LIKE ? ESCAPE '!'` : ''
    // One row: to make an object of each of 100,000 took five times as long as to find them.
    const sql =
      dialectOf(db.reader) === 'sqlite'
        ? `SELECT string_agg(id, ' ') AS ids FROM (SELECT id FROM company ${where} ORDER BY name_lower, id) sorted`
        : `SELECT string_agg(id, ' ' ORDER BY name_lower, id) AS ids FROM company ${where}`
    const row = await rowOf<{ ids: string | null }>(db.reader, sql, pattern ? [pattern] : [])
    return row?.ids?.split(' ') ?? []
  },

  create: async (input, actor) => {
    const name = readName('name', input.name)
    const currency = readCurrency('currency', input.currency)
    const codes = readCodes(input.accountCodes)
    if (!userTypes.includes(input.userType)) throw badInput('userType', 'must be CUSTOMER or CARRIER')
    if (!companyStatuses.includes(input.status))
      throw badInput('status', `must be one of ${companyStatuses.join(', ')}`)
    return db.transaction(async trx => {
      if (input.domainId !== null) await refuseUnknownBrand(trx, input.domainId)
      const counter = await rowOf<{ value: number }>(
        trx,
        `UPDATE creation_counter SET value = value + 1 WHERE kind = 'company' RETURNING value`
      )
      const id = newId()
      await trx.raw(
        `INSERT INTO company (id, seq, name, name_lower, user_type, status, currency, domain_id, created_at)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
        [
          ...[id, counter!.value, name, name.toLowerCase(), input.userType, input.status, currency],
          ...([input.domainId, await clockOf(trx)] as string[])
        ]
      )
      await addAccountCodes(trx, id, codes)
      await writeAudit(trx, {
        ...doneBy(actor),
        action: 'createCompany',
        target: id,
        companyId: id,
        domainId: input.domainId,
        after: { ...input, name }
      })
      await bumpScopes(trx, new Map([[input.domainId ?? UNASSIGNED_SCOPE, [id]]]))
      return (await readCompany(trx, id))!
    })
  },

  assignDomain: (id, domainId, actor, expectedVersion) =>
    db.transaction(async trx => {
      const company = await lockCompany(trx, id, expectedVersion)
      if (domainId !== company.domain_id) await writeHome(trx, company, domainId, 'assignCompanyDomain', actor)
      return (await readCompany(trx, id))!
    }),

  update: async (id, input, actor, expectedVersion) => {
    const name = input.name === undefined ? undefined : readName('name', input.name)
    const codes = input.accountCodes && readCodes(input.accountCodes)
    return db.transaction(async trx => {
      const company = await lockCompany(trx, id, expectedVersion)
      const touches: Touch[] = []
      if (name !== undefined) touches.push({ field: 'name', before: company.name, after: name })
      if (codes) touches.push({ field: 'accountCodes', before: await accountCodesOf(trx, id), after: codes.toSorted() })
      const changes = changing(touches)
      if (changes.length > 0) await writeProfile(trx, company, changes, 'updateCompany', actor)
      return (await readCompany(trx, id))!
    })
  },

  changeStatus: (id, move, actor, expectedVersion) =>
    db.transaction(async trx => {
      const company = await lockCompany(trx, id, expectedVersion)
      const status = statusAfter(move, company.status, company.closed_from)
      await writeStatus(trx, company, status, `${move}Company`, actor)
      return (await readCompany(trx, id))!
    }),

  setOverrides: async (id, changes, actor, expectedVersion) => {
    checkOverrideChanges(catalogue, changes)
    return db.transaction(async trx => {
      const company = await lockCompany(trx, id, expectedVersion)
      await applyChanges(trx, [company], changes, 'setCompanyOverrides', actor)
      return (await readCompany(trx, id))!
    })
  },

  bulkSetOverrides: async (ids, changes, actor) => {
    // What is wrong with the changes is wrong for every company: refused whole.
    checkOverrideChanges(catalogue, changes)
    const distinct = [...new Set(ids)]
    const results = new Map<string, BulkResult>()
    for (let start = 0; start < distinct.length; start += bulkChunk) {
      const chunk = distinct.slice(start, start + bulkChunk)
      try {
        const companies = await db.transaction(async trx => {
          const locked = await lockCompanies(trx, chunk)
          await applyChanges(trx, locked, changes, 'bulkSetCompanyOverrides', actor)
          return locked
        })
        const known = new Set(companies.map(company => company.id))
        for (const companyId of chunk)
          results.set(
            companyId,
            known.has(companyId)
              ? { companyId, ok: true }
              : { companyId, ok: false, code: 'NOT_FOUND', message: 'There is no such company.' }
          )
      } catch (error) {
        // Chunks that were committed stay; the caller learns which companies are not done.
        if (!(error instanceof PortalError)) throw error
        for (const companyId of chunk)
          results.set(companyId, { companyId, ok: false, code: error.code, message: error.message })
      }
    }
    return ids.map(id => results.get(id)!)
  }
})
