import { PortalError } from '../core/errors.ts'
import type { Actor, AuditEntry, AuditStore, BulkResult } from '../core/ports.ts'
import { checkTogether } from '../core/undo.ts'
import { lockCompanies } from './company-write.ts'
import type { Database } from './connect.ts'
import { writeOverrides } from './override-write.ts'
import { clockOf, rowsOf, wordsOf } from './sql.ts'
import { type AuditEntryRow, fieldsTouchedLater, touchedLater, wayBack } from './way-back.ts'

/** Most companies one call may reach. */
const reach = 20_000
/** Companies of one transaction: while it runs, other writers of their brand wait. */
const chunkSize = 500

/** See `AuditStore`. */
export const entriesOf: (db: Database, operation: string) => ReturnType<AuditStore['entriesOf']> = (db, operation) =>
  rowsOf<Pick<AuditEntry, 'id' | 'action' | 'target' | 'companyId'>>(
    db.reader,
    `SELECT id, action, target, company_id AS "companyId" FROM audit_entry WHERE operation = ? ORDER BY seq LIMIT ?`,
    [operation, reach + 1]
  )

/** Undoes overrides and templates' companies of many, in one transaction. */
const putBackOverrides = (db: Database, entries: readonly AuditEntryRow[], actor: Actor): Promise<BulkResult[]> =>
  db.transaction(async trx => {
    const companies = await lockCompanies(
      trx,
      entries.map(({ target }) => target)
    )
    const byId = new Map(companies.map(company => [company.id, company]))
    const touched = await fieldsTouchedLater(trx, entries)
    const results = new Map<string, BulkResult>()
    const back = entries.flatMap(entry => {
      const company = byId.get(entry.target)
      if (company === undefined) {
        results.set(entry.target, refusal(entry.target, new PortalError('NOT_FOUND', 'There is no such company.')))
        return []
      }
      const touches = wayBack(entry)
      const later = touched(entry)
      if (touches.some(({ field }) => later.has(field))) {
        results.set(entry.target, refusal(entry.target, touchedLater()))
        return []
      }
      results.set(entry.target, { companyId: entry.target, ok: true })
      return [{ company, touches }]
    })
    if (back.length > 0) await writeOverrides(trx, back, 'revertChange', actor, await clockOf(trx))
    return entries.map(({ target }) => results.get(target)!)
  })

/** Undoes all entries of an operation; see `AuditStore`. @param revert undoes one entry */
export const revertOperation = async (
  db: Database,
  operation: string,
  actor: Actor,
  revert: AuditStore['revert']
): Promise<readonly BulkResult[]> => {
  const entries = await entriesOf(db, operation)
  checkTogether(entries)
  if (entries.length > reach)
    throw new PortalError(
      'PRECONDITION_FAILED',
      `An operation of more than ${reach} companies cannot be undone at once.`
    )
  const results = new Map<string, BulkResult>()
  const attempt = async (ids: readonly string[], work: () => Promise<readonly BulkResult[]>): Promise<void> => {
    try {
      for (const result of await work()) results.set(result.companyId, result)
    } catch (error) {
      // What was committed stays; the caller learns which companies are not done.
      if (!(error instanceof PortalError)) throw error
      for (const companyId of ids) results.set(companyId, refusal(companyId, error))
    }
  }
  for (let start = 0; start < entries.length; start += chunkSize) {
    const rows = await rowsOf<AuditEntryRow>(
      db.reader,
      `SELECT * FROM audit_entry WHERE id IN (SELECT value FROM ${wordsOf(db.reader).each}) ORDER BY seq`,
      [JSON.stringify(entries.slice(start, start + chunkSize).map(({ id }) => id))]
    )
    const isOverrides = (row: AuditEntryRow): boolean =>
      Object.keys(JSON.parse(row.after ?? '{}')).every(field => /^(override|template):/.test(field))
    const together = rows.filter(isOverrides)
    if (together.length > 0)
      await attempt(
        together.map(({ target }) => target),
        () => putBackOverrides(db, together, actor)
      )
    // A move ends sessions and may meet a taken address, so each is a transaction of its own, as it was.
    for (const { id, target } of rows.filter(row => !isOverrides(row)))
      await attempt([target], async () => {
        await revert(id, actor)
        return [{ companyId: target, ok: true }]
      })
  }
  return entries.map(({ target }) => results.get(target)!)
}

const refusal = (companyId: string, { code, message }: PortalError): BulkResult => ({
  companyId,
  ok: false,
  code,
  message
})
