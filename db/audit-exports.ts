import type { AuditExports } from '../core/access-history.ts'
import { doneBy, writeAudit } from './audit.ts'
import { countAuditEntries } from './audit-store.ts'
import type { Database } from './connect.ts'
import { rowsOf, wordsOf } from './sql.ts'

const tables = { staff: 'staff', key: 'api_key', contact: 'contact' } as const

/** Who stands in an actor: `staff:ID`, `key:ID`, `contact:ID`, or `contact:ID by ID` of staff who looked at a portal. */
const partsOf = (actor: string): readonly { readonly kind: string; readonly id: string }[] =>
  actor.split(' by ').map(part => {
    const [, kind = 'staff', id = ''] = /^(?:(\w+):)?(.+)$/.exec(part) ?? []
    return { kind, id }
  })

/** Files made of the audit log; see `AuditExports`. */
export const createAuditExports = (db: Database): AuditExports => ({
  countUpTo: (most, filter) => countAuditEntries(db.reader, filter, most),

  actorNames: async actors => {
    const parts = actors.flatMap(partsOf)
    const names = new Map<string, string>()
    for (const [kind, table] of Object.entries(tables)) {
      const ids = parts.filter(part => part.kind === kind).map(({ id }) => id)
      if (ids.length === 0) continue
      const rows = await rowsOf<{ id: string; name: string }>(
        db.reader,
        `SELECT id, name FROM ${table} WHERE id IN (SELECT value FROM ${wordsOf(db.reader).each})`,
        [JSON.stringify(ids)]
      )
      for (const { id, name } of rows) names.set(`${kind}:${id}`, name)
    }
    return new Map(
      actors.flatMap(actor => {
        const known = partsOf(actor).map(({ kind, id }) => names.get(`${kind}:${id}`))
        return known.includes(undefined) ? [] : [[actor, known.join(' by ')] as const]
      })
    )
  },

  record: ({ action, fileId, companyId, facts }, actor) =>
    db.transaction(async trx => {
      await writeAudit(trx, {
        ...doneBy(actor),
        action,
        target: fileId,
        companyId: companyId ?? null,
        after: facts
      })
    })
})
