import type { Knex } from 'knex'
import { checkOverrideChanges } from '../core/access-input.ts'
import type { Catalogue } from '../core/catalogue.ts'
import { badInput, PortalError } from '../core/errors.ts'
import { companyStatuses, userTypes } from '../core/feature.ts'
import type { Actor, BulkResult, Company, CompanyOverride, CompanyStore, OverrideChange } from '../core/ports.ts'
import { UNASSIGNED_SCOPE } from '../core/ports.ts'
import {
  bumpScopes,
  lockCompanies,
  lockCompany,
  type OverrideRow,
  overrideFrom,
  overridesOf,
  type Touch,
  writeHome,
  writeOverrides
} from './access-write.ts'
import { writeAudit } from './audit.ts'
import type { Database } from './connect.ts'
import { readCurrency, readName } from './input.ts'
import { insertRows } from './insert-rows.ts'
import { containing, pageOf, readPage } from './page.ts'
import { clockOf, groupBy, newId, rowOf, rowsOf, wordsOf } from './sql.ts'

/** Companies of one transaction in a bulk edit: while it runs, its brand's other writers wait. */
const bulkChunk = 500

interface CompanyRow {
  readonly id: string
  readonly seq: number
  readonly name: string
  readonly user_type: Company['userType']
  readonly status: Company['status']
  readonly currency: string
  readonly domain_id: string | null
  readonly version: number
  readonly created_at: number
}

const companiesFrom = async (knex: Knex, rows: readonly CompanyRow[]): Promise<Company[]> => {
  if (rows.length === 0) return []
  const ids = [JSON.stringify(rows.map(row => row.id))]
  const { each } = wordsOf(knex)
  const codes = groupBy(
    await rowsOf<{ company_id: string; code: string }>(
      knex,
      `SELECT company_id, code FROM company_account_code WHERE company_id IN (SELECT value FROM ${each}) ORDER BY code`,
      ids
    ),
    row => row.company_id
  )
  const overrides = groupBy(
    await rowsOf<OverrideRow>(
      knex,
      `SELECT * FROM company_override WHERE company_id IN (SELECT value FROM ${each}) ORDER BY company_id, key`,
      ids
    ),
    row => row.company_id
  )
  return rows.map(row => ({
    id: row.id,
    name: row.name,
    userType: row.user_type,
    domainId: row.domain_id,
    status: row.status,
    currency: row.currency,
    accountCodes: (codes.get(row.id) ?? []).map(code => code.code),
    overrides: (overrides.get(row.id) ?? []).map(overrideFrom),
    version: row.version,
    createdAt: row.created_at
  }))
}

const readCompany = async (knex: Knex, id: string): Promise<Company | null> =>
  (await companiesFrom(knex, await rowsOf<CompanyRow>(knex, 'SELECT * FROM company WHERE id = ?', [id])))[0] ?? null

const overrideOf = (change: OverrideChange, actor: Actor, at: number): CompanyOverride | null =>
  change.override === 'INHERIT'
    ? null
    : {
        key: change.key,
        override: change.override,
        validFrom: change.validFrom ?? null,
        validUntil: change.validUntil ?? null,
        reason: change.reason ?? actor.reason ?? null,
        setBy: actor.operator.actor,
        setAt: at
      }

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
    touches: changes.map(
      (change): Touch => ({
        field: `override:${change.key}`,
        before: before.get(company.id)?.get(change.key) ?? null,
        after: overrideOf(change, actor, at)
      })
    )
  }))
  await writeOverrides(trx, writes, action, actor, at)
}

/** Companies on the database; see `CompanyStore`. */
export const createCompanyStore = (db: Database, catalogue: Catalogue): CompanyStore => ({
  get: id => readCompany(db.reader, id),

  list: async request => {
    const { first, position } = readPage(request)
    const conditions: string[] = []
    const bindings: string[] = []
    const pattern = containing(request.search)
    if (pattern) {
      conditions.push(
        `(name_lower LIKE ? ESCAPE '!' OR id = ? OR id IN (SELECT company_id FROM company_account_code WHERE code = ?))`
      )
      bindings.push(pattern, request.search!.trim(), request.search!.trim())
    }
    if (request.domainId) {
      conditions.push('domain_id = ?')
      bindings.push(request.domainId)
    }
    if (request.userType) {
      conditions.push('user_type = ?')
      bindings.push(request.userType)
    }
    const where = conditions.join(' AND ') || '1 = 1'
    const rows = await rowsOf<CompanyRow>(
      db.reader,
      `SELECT * FROM company WHERE ${where} AND seq > ? ORDER BY seq LIMIT ?`,
      [...bindings, position ?? 0, first + 1]
    )
    const count = await rowOf<{ n: number }>(db.reader, `SELECT COUNT(*) AS n FROM company WHERE ${where}`, bindings)
    return { ...pageOf(rows, first, await companiesFrom(db.reader, rows)), totalCount: count!.n }
  },

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
    const rows = await rowsOf<{ id: string }>(
      db.reader,
      `SELECT id FROM company ${pattern ? `WHERE name_lower LIKE ? ESCAPE '!'` : ''} ORDER BY name_lower, id`,
      pattern ? [pattern] : []
    )
    return rows.map(row => row.id)
  },

  create: async (input, actor) => {
    const name = readName('name', input.name)
    const currency = readCurrency('currency', input.currency)
    const codes = input.accountCodes.map((code, index) => readName(`accountCodes.${index}`, code, 80))
    if (new Set(codes).size !== codes.length) throw badInput('accountCodes', 'names a code twice')
    if (!userTypes.includes(input.userType)) throw badInput('userType', 'must be CUSTOMER or CARRIER')
    if (!companyStatuses.includes(input.status))
      throw badInput('status', `must be one of ${companyStatuses.join(', ')}`)
    return db.transaction(async trx => {
      if (
        input.domainId !== null &&
        !(await rowOf(trx, 'SELECT 1 AS one FROM portal_domain WHERE id = ?', [input.domainId]))
      )
        throw new PortalError('NOT_FOUND', 'There is no such portal domain.')
      const counter = await rowOf<{ value: number }>(
        trx,
        `UPDATE creation_counter SET value = value + 1 WHERE kind = 'company' RETURNING value`
      )
      const taken = await rowOf<{ code: string }>(
        trx,
        `SELECT code FROM company_account_code WHERE code IN (SELECT value FROM ${wordsOf(trx).each}) LIMIT 1`,
        [JSON.stringify(codes)]
      )
      if (taken) throw new PortalError('CONFLICT', `The account code ${taken.code} is taken.`)
      const id = newId()
      await trx.raw(
        `INSERT INTO company (id, seq, name, name_lower, user_type, status, currency, domain_id, created_at)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
        [
          ...[id, counter!.value, name, name.toLowerCase(), input.userType, input.status, currency],
          ...([input.domainId, await clockOf(trx)] as string[])
        ]
      )
      await insertRows(
        trx,
        'company_account_code',
        codes.map(code => ({ code, company_id: id }))
      )
      await writeAudit(trx, {
        actor: actor.operator.actor,
        action: 'createCompany',
        target: id,
        companyId: id,
        domainId: input.domainId,
        ip: actor.operator.ip,
        after: { ...input, name },
        reason: actor.reason ?? null
      })
      await bumpScopes(trx, new Map([[input.domainId ?? UNASSIGNED_SCOPE, [id]]]))
      return (await readCompany(trx, id))!
    })
  },

  assignDomain: (id, domainId, actor, expectedVersion) =>
    db.transaction(async trx => {
      const company = await lockCompany(trx, id, expectedVersion)
      await writeHome(trx, company, domainId, 'assignCompanyDomain', actor)
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
