import type { PluginDatabase, Row } from '../../core/plugin-api.ts'
import {
  type Belongings,
  changedFields,
  listed,
  type NumberField,
  type NumberRecord,
  readBelongings,
  readRecords,
  rowOf,
  shownParts
} from './number-record.ts'

/** Who does it, and what it is called in the audit log. */
export interface InventoryActor {
  readonly actor: string
  readonly action: string
  readonly ip?: string | null
  readonly reason?: string | null
}

export type NumberOutcome =
  | 'CREATED'
  | 'ASSIGNED'
  | 'MOVED'
  | 'RELEASED'
  | 'CHANGED'
  | 'DELETED'
  | 'UNCHANGED'
  | 'REFUSED'

/** One number as it is and as it shall be. */
export interface Plan {
  /** Null: it is created. */
  readonly before: NumberRecord | null
  /** Null: it is deleted. */
  readonly after: NumberRecord | null
  readonly outcome: NumberOutcome
  /** What its company gets back with it; on a number that comes to it only. */
  readonly gives?: Belongings
}

/** What says something: an entry about a new or deleted number need not list what is off, none or nought. */
const says = (record: NumberRecord) => (field: NumberField) => {
  const value = record[field]
  if (field === 'id' || field === 'version') return false
  return Array.isArray(value) ? value.length > 0 : value !== null && value !== false && value !== 0
}

const auditParts = (plan: Plan, lost: Belongings | undefined): { before?: Row; after?: Row } => {
  const { before, after } = plan
  if (before === null) return { after: shownParts(after as NumberRecord, says(after as NumberRecord)) }
  if (after === null) return { before: shownParts(before, says(before)) }
  const changed = changedFields(before, after)
  const only = (field: NumberField): boolean => field !== 'version' && changed.has(field)
  const { gives } = plan
  const none = (lost || gives) && { destinations: [], tags: [] }
  return {
    before: { ...shownParts(before, only), ...none, ...lost },
    after: { ...shownParts(after, only), ...none, ...gives }
  }
}

/** Writes new numbers; gives those that somebody else created meanwhile. */
const insert = async (db: PluginDatabase, given: readonly NumberRecord[]): Promise<ReadonlySet<string>> => {
  if (given.length === 0) return new Set()
  // In one order, so that two who create the same numbers do not wait for each other in a circle.
  const records = given.toSorted((one, other) => (one.number < other.number ? -1 : 1))
  const added = await db.insertMany('did', records.map(rowOf), ['number'])
  if (added === records.length) return new Set()
  const own = new Set(records.map(({ id }) => id))
  const there = await readRecords(
    db,
    'number',
    records.map(({ number }) => number),
    false
  )
  return new Set(there.filter(({ id }) => !own.has(id)).map(({ number }) => number))
}

/** One statement for all numbers of which the same fields change, whatever they change to. */
const update = async (db: PluginDatabase, plans: readonly Plan[]): Promise<void> => {
  const groups = new Map<string, Row[]>()
  for (const { before, after } of plans) {
    const changed = changedFields(before as NumberRecord, after as NumberRecord)
    const row = rowOf({
      id: (after as NumberRecord).id,
      ...Object.fromEntries([...changed].map(field => [field, (after as NumberRecord)[field]]))
    })
    const key = [...changed].join()
    const group = groups.get(key)
    if (group) group.push(row)
    else groups.set(key, [row])
  }
  for (const rows of groups.values()) await db.updateMany('did', ['id'], rows)
}

/** Writes destinations and tags that come back with their numbers. */
const giveBack = async (db: PluginDatabase, plans: readonly Plan[]): Promise<void> => {
  const given = plans.flatMap(({ after, gives }) =>
    after?.companyId && gives ? [{ of: { did_id: after.id, company_id: after.companyId }, ...gives }] : []
  )
  const destinations = given.flatMap(({ of, destinations }) =>
    destinations.map(({ type, value, port, prefix }, position) => ({ ...of, position, type, value, port, prefix }))
  )
  const tags = given.flatMap(({ of, tags }) => tags.map(tag => ({ ...of, tag, tag_lower: tag.toLowerCase() })))
  if (destinations.length > 0) await db.insertMany('did_destination', destinations)
  if (tags.length > 0) await db.insertMany('did_tag', tags)
}

/**
 * Carries plans out, with one audit entry each; those that change nothing are left alone.
 * @returns numbers that were to be created and that somebody else created meanwhile
 */
export const writePlans = async (
  db: PluginDatabase,
  plans: readonly Plan[],
  by: InventoryActor
): Promise<ReadonlySet<string>> => {
  const changing = plans.filter(({ outcome }) => outcome !== 'UNCHANGED')
  if (changing.length === 0) return new Set()
  const overtaken = await insert(
    db,
    changing.flatMap(({ before, after }) => (before === null && after !== null ? [after] : []))
  )
  const written = changing.filter(({ before, after }) => before !== null || !overtaken.has(after?.number ?? ''))
  const leaving = written.flatMap(({ before, after }) =>
    before !== null && before.companyId !== null && before.companyId !== after?.companyId ? [before.id] : []
  )
  const lost = await readBelongings(db, leaving)
  if (leaving.length > 0) {
    for (const table of ['did_destination', 'did_tag'])
      await db.run(`delete from {${table}} where did_id in ${listed(db)}`, [JSON.stringify(leaving)])
  }
  await update(
    db,
    written.filter(({ before, after }) => before !== null && after !== null)
  )
  await giveBack(db, written)
  const deleted = written.flatMap(({ before, after }) => (after === null && before !== null ? [before.id] : []))
  if (deleted.length > 0) await db.run(`delete from {did} where id in ${listed(db)}`, [JSON.stringify(deleted)])
  await db.auditMany(
    written.map(plan => {
      const record = (plan.after ?? plan.before) as NumberRecord
      const had = plan.before?.companyId ?? null
      return {
        actor: by.actor,
        action: by.action,
        target: `did:${record.id}`,
        companyId: record.companyId ?? had,
        formerCompanyId: plan.outcome === 'MOVED' ? had : null,
        ip: by.ip ?? null,
        reason: by.reason ?? null,
        ...auditParts(plan, lost.get(record.id))
      }
    })
  )
  return overtaken
}
