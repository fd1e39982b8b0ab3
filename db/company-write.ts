import type { Knex } from 'knex'
import { PortalError } from '../core/errors.ts'
import type { CompanyStatus } from '../core/feature.ts'
import type { AccessAction, Actor, AuditEntry } from '../core/ports.ts'
import { auditWrites, bumpScopes, endVisits, type LockedCompany, scopeOf, type Touch } from './access-write.ts'
import { insertRows } from './insert-rows.ts'
import { clockOf, rowOf, rowsOf, wordsOf } from './sql.ts'

// What an operator changes of a company beside its home brand and its overrides; see access-write.ts for the order.

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
