import type { Knex } from 'knex'
import { PortalError } from '../core/errors.ts'
import type { AuditEntry, AuditStore, CompanyOverride } from '../core/ports.ts'
import {
  lockBrand,
  lockCompany,
  type Touch,
  writeBrand,
  writeHome,
  writeOverrides,
  writeSwitch
} from './access-write.ts'
import type { Database } from './connect.ts'
import { pageOf, readPage } from './page.ts'
import { clockOf, rowOf, rowsOf } from './sql.ts'

type Row = AuditEntry & { readonly seq: number }
const columns = 'seq, id, at, actor, action, target, before, after, reason'

const entryFrom = ({ seq: _, ...entry }: Row): AuditEntry => ({ ...entry })

const revertable = new Set([
  'assignCompanyDomain',
  'setDomainFeatures',
  'setDomainColumns',
  'setCompanyOverrides',
  'bulkSetCompanyOverrides',
  'setPluginEnabled',
  'setEntitlement',
  'revertChange'
])

/** The touches of an entry, turned round. */
const wayBack = (entry: Row): readonly Touch[] => {
  const before = JSON.parse(entry.before ?? '{}') as Record<string, unknown>
  const after = JSON.parse(entry.after ?? '{}') as Record<string, unknown>
  return Object.keys(after).map(field => ({ field, before: after[field], after: before[field] ?? null }))
}

/** @throws PortalError CONFLICT when a later access write touched one of the fields; its target is locked already */
const refuseTouchedLater = async (trx: Knex, entry: Row, touches: readonly Touch[]): Promise<void> => {
  const later = await rowsOf<{ action: string; after: string | null }>(
    trx,
    'SELECT action, after FROM audit_entry WHERE target = ? AND seq > ?',
    [entry.target, entry.seq]
  )
  const touched = new Set(
    later.filter(row => revertable.has(row.action)).flatMap(row => Object.keys(JSON.parse(row.after ?? '{}')))
  )
  if (touches.some(touch => touched.has(touch.field)))
    throw new PortalError('CONFLICT', 'Something later changed the same; undo that first.')
}

/** The audit log on the database; see `AuditStore`. */
export const createAuditStore = (db: Database): AuditStore => ({
  get: async id => {
    const row = await rowOf<Row>(db.reader, `SELECT ${columns} FROM audit_entry WHERE id = ?`, [id])
    return row ? entryFrom(row) : null
  },

  list: async request => {
    const { first, position } = readPage(request)
    const conditions = ['seq < ?']
    const bindings: (string | number)[] = [position ?? Number.MAX_SAFE_INTEGER]
    for (const column of ['target', 'actor'] as const) {
      const value = request[column]
      if (!value) continue
      conditions.push(`${column} = ?`)
      bindings.push(value)
    }
    const rows = await rowsOf<Row>(
      db.reader,
      `SELECT ${columns} FROM audit_entry WHERE ${conditions.join(' AND ')} ORDER BY seq DESC LIMIT ?`,
      [...bindings, first + 1]
    )
    return pageOf(rows, first, rows.map(entryFrom))
  },

  revert: (auditId, actor) =>
    db.transaction(async trx => {
      const entry = await rowOf<Row>(trx, `SELECT ${columns} FROM audit_entry WHERE id = ?`, [auditId])
      if (!entry) throw new PortalError('NOT_FOUND', 'There is no such audit entry.')
      const touches = revertable.has(entry.action) ? wayBack(entry) : []
      const first = touches[0]
      if (!first) throw new PortalError('PRECONDITION_FAILED', 'Only a change of access can be undone.')
      const { target } = entry
      const [kind, name] = first.field.split(':') as [string, string]
      switch (kind) {
        case 'feature':
        case 'columns':
          await lockBrand(trx, target)
          await refuseTouchedLater(trx, entry, touches)
          return writeBrand(trx, target, touches, 'revertChange', actor)
        case 'domain': {
          const company = await lockCompany(trx, target)
          await refuseTouchedLater(trx, entry, touches)
          return writeHome(trx, company, first.after as string | null, 'revertChange', actor)
        }
        case 'override': {
          const company = await lockCompany(trx, target)
          await refuseTouchedLater(trx, entry, touches)
          const restored = touches.map(touch => ({ ...touch, after: touch.after as CompanyOverride | null }))
          const [written] = await writeOverrides(
            trx,
            [{ company, touches: restored }],
            'revertChange',
            actor,
            await clockOf(trx)
          )
          return written!
        }
        case 'plugin':
        case 'entitlement': {
          const written = await writeSwitch(trx, kind, name, first.after === true, 'revertChange', actor, () =>
            refuseTouchedLater(trx, entry, touches)
          )
          return written
        }
        default:
          throw new PortalError('PRECONDITION_FAILED', 'Only a change of access can be undone.')
      }
    })
})
