import type { Knex } from 'knex'
import type { Actor } from '../core/ports.ts'
import { insertRows } from './insert-rows.ts'
import { clockOf, newId, rowOf, wordsOf } from './sql.ts'

/** One line of the audit log as it is stored. */
export interface AuditRow {
  readonly actor: string
  readonly action: string
  /** Id of what was changed. */
  readonly target: string
  readonly companyId?: string | null
  /** The company that lost it to `companyId`: its history shows the entry as well. */
  readonly formerCompanyId?: string | null
  readonly domainId?: string | null
  readonly ip?: string | null
  /** Written as JSON; undefined and null leave the field empty. */
  readonly before?: unknown
  readonly after?: unknown
  readonly reason?: string | null
  /** See `Actor`. */
  readonly operation?: string | null
}

/** What an entry says of who did it, why, and by which call. */
export const doneBy = (actor: Actor) => ({
  actor: actor.operator.actor,
  ip: actor.operator.ip,
  reason: actor.reason ?? null,
  operation: actor.operation ?? null
})

const json = (value: unknown): string | null =>
  value === undefined || value === null
    ? null
    : JSON.stringify(value, (_key, inner) => (typeof inner === 'bigint' ? inner.toString() : inner))

/** Appends to the audit log, in the transaction of what it describes. Gives its id, number and time. */
export const writeAudit = async (trx: Knex, row: AuditRow): Promise<{ id: string; seq: number; at: number }> => {
  const id = newId()
  const written = await rowOf<{ seq: number; at: number }>(
    trx,
    `INSERT INTO audit_entry (id, at, actor, action, target, company_id, former_company_id, domain_id, ip, before, after, reason, operation)
     VALUES (?, ${wordsOf(trx).now}, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING seq, at`,
    [
      ...[id, row.actor, row.action, row.target, row.companyId ?? null, row.formerCompanyId ?? null],
      ...[row.domainId ?? null, row.ip ?? null, json(row.before), json(row.after), row.reason ?? null],
      row.operation ?? null
    ]
  )
  return { id, ...written! }
}

/** Appends many entries by one statement, in their order, in the transaction of what they describe. */
export const writeAudits = async (trx: Knex, rows: readonly AuditRow[]): Promise<void> => {
  const at = await clockOf(trx)
  await insertRows(
    trx,
    'audit_entry',
    rows.map(row => ({
      id: newId(),
      at,
      actor: row.actor,
      action: row.action,
      target: row.target,
      company_id: row.companyId ?? null,
      former_company_id: row.formerCompanyId ?? null,
      domain_id: row.domainId ?? null,
      ip: row.ip ?? null,
      before: json(row.before),
      after: json(row.after),
      reason: row.reason ?? null,
      operation: row.operation ?? null
    }))
  )
}
