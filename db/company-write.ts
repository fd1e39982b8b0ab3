import type { Knex } from 'knex'
import { PortalError } from '../core/errors.ts'
import type { CompanyStatus } from '../core/feature.ts'
import type { AccessAction, Actor, AuditEntry } from '../core/ports.ts'
import { auditWrites, bumpScopes, checkVersion, scopeOf, type Touch } from './access-write.ts'
import { refuseTakenAddresses } from './addresses.ts'
import { refuseUnknownBrand } from './brand-write.ts'
import { insertRows } from './insert-rows.ts'
import { clockOf, rowOf, rowsOf, wordsOf } from './sql.ts'

// What is written of a company beside its overrides; see access-write.ts for the order.

export interface LockedCompany {
  readonly id: string
  readonly name: string
  readonly domain_id: string | null
  readonly status: CompanyStatus
  /** What a closed company was when it was closed. */
  readonly closed_from: CompanyStatus | null
  readonly version: number
}

/** Locks companies in the order of their ids; unknown ids are absent. */
export const lockCompanies = (trx: Knex, ids: readonly string[]): Promise<LockedCompany[]> =>
  rowsOf<LockedCompany>(
    trx,
    `SELECT id, name, domain_id, status, closed_from, version FROM company WHERE id IN (SELECT value FROM ${wordsOf(trx).each})
     ORDER BY id${wordsOf(trx).forUpdate}`,
    [JSON.stringify(ids)]
  )

/** @throws PortalError NOT_FOUND, CONFLICT on a stale version */
export const lockCompany = async (trx: Knex, id: string, expectedVersion?: number | null): Promise<LockedCompany> => {
  const [company] = await lockCompanies(trx, [id])
  if (!company) throw new PortalError('NOT_FOUND', 'There is no such company.')
  checkVersion(company, expectedVersion)
  return company
}

/** Ends the sessions of a company's contacts, and the view-as tickets and sign-in links that would lead to one. */
const endVisits = async (trx: Knex, companyId: string): Promise<void> => {
  for (const table of ['contact_session', 'view_as_ticket', 'password_link'])
    await trx.raw(`DELETE FROM ${table} WHERE contact_id IN (SELECT id FROM contact WHERE company_id = ?)`, [companyId])
}

/** Moves a locked company; ends its sessions when the brand is another one. @throws PortalError NOT_FOUND, CONFLICT for an e-mail address that is taken there */
export const writeHome = async (
  trx: Knex,
  company: LockedCompany,
  domainId: string | null,
  action: AccessAction,
  actor: Actor
): Promise<AuditEntry> => {
  if (domainId !== null) await refuseUnknownBrand(trx, domainId)
  await trx.raw('UPDATE company SET domain_id = ?, version = version + 1 WHERE id = ?', [domainId, company.id])
  if (domainId !== company.domain_id) {
    await refuseTakenAddresses(trx, company.id)
    await endVisits(trx, company.id)
  }
  const touches = [{ field: 'domain', before: company.domain_id, after: domainId }]
  const [entry] = await auditWrites(
    trx,
    [{ target: company.id, companyId: company.id, domainId, touches }],
    action,
    actor,
    await clockOf(trx)
  )
  const scopes = new Set([scopeOf(company.domain_id), scopeOf(domainId)])
  await bumpScopes(trx, new Map([...scopes].map(scope => [scope, [company.id]])))
  return entry!
}

/** Sets a locked company's status; what becomes INACTIVE loses its sessions and remembers what it was. */
export const writeStatus = async (
  trx: Knex,
  company: LockedCompany,
  status: CompanyStatus,
  action: AccessAction,
  actor: Actor
): Promise<AuditEntry> => {
  const closed = status === 'INACTIVE'
  await trx.raw('UPDATE company SET status = ?, closed_from = ?, version = version + 1 WHERE id = ?', [
    status,
    // knex's types leave null out.
    (closed ? company.status : null) as string,
    company.id
  ])
  if (closed) await endVisits(trx, company.id)
  const touches = [{ field: 'status', before: company.status, after: status }]
  const entry = await auditCompany(trx, company, touches, action, actor)
  await bumpScopes(trx, new Map([[scopeOf(company.domain_id), [company.id]]]))
  return entry
}

const auditCompany = async (
  trx: Knex,
  { id, domain_id }: LockedCompany,
  touches: readonly Touch[],
  action: AccessAction,
  actor: Actor
): Promise<AuditEntry> => {
  const write = { target: id, companyId: id, domainId: domain_id, touches }
  const [entry] = await auditWrites(trx, [write], action, actor, await clockOf(trx))
  return entry!
}

export const accountCodesOf = async (trx: Knex, companyId: string): Promise<readonly string[]> =>
  (await rowsOf<{ code: string }>(trx, 'SELECT code FROM company_account_code WHERE company_id = ?', [companyId]))
    .map(row => row.code)
    .sort()

/**
 * Gives a company codes that nobody has, not even somebody who takes them at the same time.
 * @throws PortalError CONFLICT naming a code that is taken
 */
export const addAccountCodes = async (trx: Knex, companyId: string, codes: readonly string[]): Promise<void> => {
  const rows = codes.toSorted().map(code => ({ code, company_id: companyId }))
  if ((await insertRows(trx, 'company_account_code', rows, ['code'])) === rows.length) return
  const taken = await rowOf<{ code: string }>(
    trx,
    `SELECT code FROM company_account_code
     WHERE company_id <> ? AND code IN (SELECT value FROM ${wordsOf(trx).each}) ORDER BY code LIMIT 1`,
    [companyId, JSON.stringify(codes)]
  )
  throw new PortalError('CONFLICT', taken ? `The account code ${taken.code} is taken.` : undefined)
}

/** Writes name and account codes of a locked company: touches `name` and `accountCodes`. @throws PortalError CONFLICT for a code that is taken */
export const writeProfile = async (
  trx: Knex,
  company: LockedCompany,
  touches: readonly Touch[],
  action: AccessAction,
  actor: Actor
): Promise<AuditEntry> => {
  for (const { field, before, after } of touches)
    if (field === 'name')
      await trx.raw('UPDATE company SET name = ?, name_lower = ? WHERE id = ?', [
        after as string,
        (after as string).toLowerCase(),
        company.id
      ])
    else {
      const [old, next] = [before as readonly string[], after as readonly string[]]
      await trx.raw(
        `DELETE FROM company_account_code WHERE company_id = ? AND code IN (SELECT value FROM ${wordsOf(trx).each})`,
        [company.id, JSON.stringify(old.filter(code => !next.includes(code)))]
      )
      await addAccountCodes(
        trx,
        company.id,
        next.filter(code => !old.includes(code))
      )
    }
  await trx.raw('UPDATE company SET version = version + 1 WHERE id = ?', [company.id])
  return auditCompany(trx, company, touches, action, actor)
}
