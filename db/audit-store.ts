import type { Knex } from 'knex'
import { PortalError } from '../core/errors.ts'
import type { CompanyStatus } from '../core/feature.ts'
import type { AuditFilter, AuditStore } from '../core/ports.ts'
import { isAmong, undoable } from '../core/undo.ts'
import type { Touch } from './access-write.ts'
import { lockBrand, writeBrand } from './brand-write.ts'
import { lockCompany, writeHome, writeProfile, writeStatus } from './company-write.ts'
import type { Database } from './connect.ts'
import { defaultBrandId, lockBrandList, writeDefault } from './default-brand.ts'
import { entriesOf, revertOperation } from './operation-undo.ts'
import { writeOverrides } from './override-write.ts'
import { pageOf, readPage } from './page.ts'
import { clockOf, rowOf, rowsOf, wordsOf } from './sql.ts'
import { writeSwitch } from './switch-write.ts'
import { type AuditEntryRow, auditEntryFrom, fieldsTouchedLater, touchedLater, wayBack } from './way-back.ts'

/** Entries of a filter older than `before`, as a statement and its bindings. */
const selectEntries = (
  columns: string,
  filter: AuditFilter,
  before = Number.MAX_SAFE_INTEGER
): { readonly sql: string; readonly bindings: (string | number)[] } => {
  const given: readonly (readonly [string, string | number | null | undefined])[] = [
    ['target = ?', filter.target],
    ['actor = ?', filter.actor],
    ['action = ?', filter.action],
    ['domain_id = ?', filter.domainId],
    ['operation = ?', filter.operation],
    ['at >= ?', filter.from],
    ['at < ?', filter.to]
  ]
  const used = given.filter((pair): pair is [string, string | number] => pair[1] !== null && pair[1] !== undefined)
  // A company's entries and those of what it lost are each in order, by indexes; both databases merge them.
  const owners = filter.companyId == null ? [null] : ['company_id', 'former_company_id']
  const selects = owners.map(owner => {
    const conditions = ['seq < ?', ...used.map(([condition]) => condition), ...(owner === null ? [] : [`${owner} = ?`])]
    return `SELECT ${columns} FROM audit_entry WHERE ${conditions.join(' AND ')}`
  })
  return {
    sql: selects.join(' UNION ALL '),
    bindings: owners.flatMap(owner => [
      before,
      ...used.map(([, value]) => value),
      ...(owner === null ? [] : [filter.companyId!])
    ])
  }
}

/** How many entries a filter finds; no more than `most` are looked at. */
export const countAuditEntries = async (knex: Knex, filter: AuditFilter, most: number): Promise<number> => {
  const { sql, bindings } = selectEntries('1 AS one', filter)
  const counted = `SELECT COUNT(*) AS n FROM (SELECT * FROM (${sql}) found LIMIT ?) counted`
  return (await rowOf<{ n: number }>(knex, counted, [...bindings, most]))!.n
}

/** @throws PortalError CONFLICT when a later access write touched one of the fields; its target is locked already */
const refuseTouchedLater = async (trx: Knex, entry: AuditEntryRow, touches: readonly Touch[]): Promise<void> => {
  const touched = await fieldsTouchedLater(trx, [entry])
  if (touches.some(({ field }) => touched(entry).has(field))) throw touchedLater()
}

/** What one line each of the ways back can carry; a file may have changed several kinds at once. */
const kindsTogether: readonly (readonly string[])[] = [['override'], ['name', 'accountCodes'], ['domain']]

/** @throws PortalError PRECONDITION_FAILED for what a file did beyond one kind of change */
const refuseMixed = (touches: readonly Touch[]): void => {
  const kinds = new Set(touches.map(({ field }) => field.split(':')[0]!))
  if (kindsTogether.some(group => [...kinds].every(kind => group.includes(kind)))) return
  throw new PortalError(
    'PRECONDITION_FAILED',
    kinds.has('userType')
      ? 'The file created this company; close it instead.'
      : `The file changed several things of this company (${[...kinds].join(', ')}); take them back one by one, or by another file.`
  )
}

/** Undoes one entry. */
const revertOn =
  (db: Database): AuditStore['revert'] =>
  (auditId, actor) =>
    db.transaction(async trx => {
      const entry = await rowOf<AuditEntryRow>(trx, `SELECT * FROM audit_entry WHERE id = ?`, [auditId])
      if (!entry) throw new PortalError('NOT_FOUND', 'There is no such audit entry.')
      const touches = isAmong(undoable, entry.action) ? wayBack(entry) : []
      const first = touches[0]
      if (!first) throw new PortalError('PRECONDITION_FAILED', 'Only a change of access can be undone.')
      const { target } = entry
      if (entry.action === 'onboardCompany') refuseMixed(touches)
      const [kind, name] = first.field.split(':') as [string, string]
      switch (kind) {
        case 'feature':
        case 'columns':
        case 'brandName':
        case 'currencies':
        case 'enabled':
          await lockBrand(trx, target)
          await refuseTouchedLater(trx, entry, touches)
          return writeBrand(trx, target, touches, 'revertChange', actor)
        case 'default': {
          await lockBrandList(trx)
          await refuseTouchedLater(trx, entry, touches)
          const current = await defaultBrandId(trx)
          // Later changes may have gone between other brands than this entry's.
          if (current !== first.before || typeof first.after !== 'string') throw touchedLater()
          const written = await writeDefault(trx, current, first.after, 'revertChange', actor)
          return written.find(each => each.target === target)!
        }
        case 'status': {
          const company = await lockCompany(trx, target)
          await refuseTouchedLater(trx, entry, touches)
          return writeStatus(trx, company, first.after as CompanyStatus, 'revertChange', actor)
        }
        case 'name':
        case 'accountCodes': {
          const company = await lockCompany(trx, target)
          await refuseTouchedLater(trx, entry, touches)
          return writeProfile(trx, company, touches, 'revertChange', actor)
        }
        case 'domain': {
          const company = await lockCompany(trx, target)
          await refuseTouchedLater(trx, entry, touches)
          return writeHome(trx, company, first.after as string | null, 'revertChange', actor)
        }
        case 'override':
        case 'template': {
          const company = await lockCompany(trx, target)
          await refuseTouchedLater(trx, entry, touches)
          const [written] = await writeOverrides(trx, [{ company, touches }], 'revertChange', actor, await clockOf(trx))
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

/** The audit log on the database; see `AuditStore`. */
export const createAuditStore = (db: Database): AuditStore => {
  const revert = revertOn(db)
  return {
    get: async id => {
      const row = await rowOf<AuditEntryRow>(db.reader, `SELECT * FROM audit_entry WHERE id = ?`, [id])
      return row ? auditEntryFrom(row) : null
    },

    list: async request => {
      const { first, position } = readPage(request)
      const { sql, bindings } = selectEntries('*', request, position ?? Number.MAX_SAFE_INTEGER)
      const rows = await rowsOf<AuditEntryRow>(db.reader, `${sql} ORDER BY seq DESC LIMIT ?`, [...bindings, first + 1])
      return pageOf(rows, first, rows.map(auditEntryFrom))
    },

    sizesOf: async operations => {
      const rows = await rowsOf<{ operation: string; n: number }>(
        db.reader,
        `SELECT operation, COUNT(*) AS n FROM audit_entry
       WHERE operation IN (SELECT value FROM ${wordsOf(db.reader).each}) GROUP BY operation`,
        [JSON.stringify(operations)]
      )
      return new Map(rows.map(({ operation, n }) => [operation, n]))
    },

    entriesOf: operation => entriesOf(db, operation),
    revert,
    revertOperation: (operation, actor) => revertOperation(db, operation, actor, revert)
  }
}
