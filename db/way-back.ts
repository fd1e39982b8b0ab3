import type { Knex } from 'knex'
import { PortalError } from '../core/errors.ts'
import type { AuditEntry } from '../core/ports.ts'
import { isAmong, undoable } from '../core/undo.ts'
import type { Touch } from './access-write.ts'
import { groupBy, rowsOf, wordsOf } from './sql.ts'

// What every undo goes by, of one entry and of a whole operation.

/** An entry as it is stored. */
export type AuditEntryRow = Omit<AuditEntry, 'companyId' | 'domainId'> & {
  readonly seq: number
  readonly company_id: string | null
  readonly former_company_id: string | null
  readonly domain_id: string | null
}

export const auditEntryFrom = ({
  seq: _,
  former_company_id: _former,
  company_id,
  domain_id,
  ...entry
}: AuditEntryRow): AuditEntry => ({
  ...entry,
  companyId: company_id,
  domainId: domain_id
})

/** The touches of an entry, turned round. */
export const wayBack = (entry: AuditEntryRow): readonly Touch[] => {
  const before = JSON.parse(entry.before ?? '{}') as Record<string, unknown>
  const after = JSON.parse(entry.after ?? '{}') as Record<string, unknown>
  return Object.keys(after).map(field => ({ field, before: after[field], after: before[field] ?? null }))
}

export const touchedLater = (): PortalError =>
  new PortalError('CONFLICT', 'Something later changed the same; undo that first.')

/** Fields of an entry's target that later access writes touched, read at once for many; their targets are locked already. */
export const fieldsTouchedLater = async (
  trx: Knex,
  entries: readonly Pick<AuditEntryRow, 'target' | 'seq'>[]
): Promise<(entry: Pick<AuditEntryRow, 'target' | 'seq'>) => ReadonlySet<string>> => {
  const rows = await rowsOf<{ target: string; seq: number; action: string; after: string | null }>(
    trx,
    `SELECT target, seq, action, after FROM audit_entry
     WHERE target IN (SELECT value FROM ${wordsOf(trx).each}) AND seq > ?`,
    [JSON.stringify(entries.map(({ target }) => target)), Math.min(...entries.map(({ seq }) => seq))]
  )
  const later = groupBy(
    rows.filter(row => isAmong(undoable, row.action)),
    row => row.target
  )
  return ({ target, seq }) =>
    new Set(
      (later.get(target) ?? []).filter(row => row.seq > seq).flatMap(row => Object.keys(JSON.parse(row.after ?? '{}')))
    )
}
