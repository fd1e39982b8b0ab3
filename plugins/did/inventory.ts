import { randomBytes } from 'node:crypto'
import { badInput, type CompanyFacts, type PluginDatabase, PortalError } from '../../core/plugin-api.ts'
import { e164 } from './destination.ts'
import { carryOut, type InventoryOptions, type NumberResult, numberExists } from './number-plan.ts'
import { type Belongings, changedFields, type NumberRecord, partsOf, readRecords } from './number-record.ts'
import {
  assignedTo,
  checkCarrier,
  checkCustomer,
  checkTerm,
  type NumberSettings,
  newRecord,
  readSettings,
  released,
  withSettings
} from './number-rules.ts'
import type { InventoryActor, Plan } from './number-writes.ts'

// Everything here runs inside the caller's transaction: what it is given must come from `PluginDatabase.transaction`.
// Locks are taken in one order everywhere: companies that numbers are to go to, by id; then numbers, by id. Who has a number
// now is only read: its name and currency never decide on more than this number, which is held.

/** Most numbers of one call. */
export const mostNumbers = 10_000

/** Numbers by id or by number; `expectedVersion` only where there is one. */
export type NumberSelection = (
  | { readonly ids: readonly string[]; readonly numbers?: never }
  | { readonly numbers: readonly string[]; readonly ids?: never }
) & { readonly expectedVersion?: number | null }

/** A number to be created, or brought into this state. */
export interface NumberItem {
  readonly number: string
  /** Who gets it. Left out: it stays where it is, a new one in the inventory. Null: refused when a company has it. */
  readonly companyId?: string | null
  readonly settings?: NumberSettings
}

/* ---------- what is looked up first ---------- */

const assignedElsewhere = (number: string, owner: CompanyFacts | undefined): PortalError =>
  new PortalError('CONFLICT', `${number} is assigned to ${owner?.name ?? 'a company that is gone'}.`, {
    reason: 'NUMBER_ASSIGNED'
  })

const bounded = (count: number, path: string): void => {
  if (count > mostNumbers) throw badInput(path, `must name at most ${mostNumbers} numbers`)
}

const newId = (): string => randomBytes(12).toString('base64url')

/** What cannot be an id does not exist, and need not reach the database. */
const canBeId = (id: string): boolean => /^[A-Za-z0-9_-]{1,64}$/.test(id)

const presentIds = (ids: readonly (string | null | undefined)[]): readonly string[] => [
  ...new Set(ids.filter(id => id !== null && id !== undefined))
]

/** Companies that are named: held, and so before any number is. */
const factsOf = async (
  db: PluginDatabase,
  ids: readonly (string | null | undefined)[]
): Promise<ReadonlyMap<string, CompanyFacts>> => {
  const wanted = presentIds(ids).filter(canBeId)
  return wanted.length === 0 ? new Map() : db.companies(wanted)
}

const ownersOf = async (
  db: PluginDatabase,
  records: Iterable<NumberRecord>
): Promise<ReadonlyMap<string, CompanyFacts>> => {
  const ids = presentIds(Array.from(records, ({ companyId }) => companyId))
  return ids.length === 0 ? new Map() : db.companies(ids, false)
}

const known = (facts: ReadonlyMap<string, CompanyFacts>, id: string): CompanyFacts => {
  const company = facts.get(id)
  if (company === undefined) {
    throw new PortalError('NOT_FOUND', `There is no company ${id.slice(0, 40)}.`, { reason: 'COMPANY' })
  }
  return company
}

const checkSupplier = (
  facts: ReadonlyMap<string, CompanyFacts>,
  settings: NumberSettings,
  before: string | null
): void => {
  const { carrierId } = settings
  if (carrierId != null && carrierId !== before) checkCarrier(known(facts, carrierId))
}

/** Each settings object once: a bulk call has one for all its numbers. */
const settingsReader = () => {
  const read = new Map<NumberSettings, NumberSettings>()
  return (settings: NumberSettings): NumberSettings => {
    const cleaned = read.get(settings) ?? readSettings(settings, '')
    read.set(settings, cleaned)
    return cleaned
  }
}
const noSettings: NumberSettings = {}

/* ---------- by number: creating, and bringing into a state ---------- */

const put = async (
  db: PluginDatabase,
  items: readonly NumberItem[],
  by: InventoryActor,
  options: InventoryOptions,
  onlyNew: boolean
): Promise<readonly NumberResult[]> => {
  bounded(items.length, 'numbers')
  const numbers = items.map(({ number }) => e164(number))
  const facts = await factsOf(
    db,
    items.flatMap(({ companyId, settings }) => [companyId, settings?.carrierId])
  )
  const records = new Map(
    (await readRecords(db, 'number', presentIds(numbers), options.dryRun !== true)).map(record => [
      record.number,
      record
    ])
  )
  const owners = await ownersOf(db, records.values())
  const at = await db.now()
  const read = settingsReader()
  const seen = new Set<string>()

  const planOf = (index: number): Plan => {
    const item = items[index] as NumberItem
    const number = numbers[index]
    if (number === undefined) throw badInput('number', 'must be 5 to 15 digits, country code first')
    if (seen.has(number)) throw badInput('number', `${number} is named twice`)
    seen.add(number)
    const before = records.get(number) ?? null
    const owner = before?.companyId == null ? undefined : owners.get(before.companyId)
    if (before !== null && onlyNew) throw numberExists(number, owner)
    const settings = read(item.settings ?? noSettings)
    checkSupplier(facts, settings, before?.carrierId ?? null)
    const company = item.companyId == null ? null : known(facts, item.companyId)
    if (before === null) {
      if (settings.country === undefined) throw badInput('country', 'is needed for a new number')
      const fresh = newRecord(newId(), number, settings.country)
      if (company === null) return { before: null, after: withSettings(fresh, settings, null), outcome: 'CREATED' }
      checkCustomer(company)
      return { before: null, after: assignedTo(fresh, company, settings, at), outcome: 'CREATED' }
    }
    if (item.companyId === null && before.companyId !== null) throw assignedElsewhere(number, owner)
    if (company === null || before.companyId === company.id) {
      return { before, after: withSettings(before, settings, owner ?? null), outcome: 'CHANGED' }
    }
    if (before.companyId !== null) throw assignedElsewhere(number, owner)
    checkCustomer(company)
    return { before, after: assignedTo(before, company, settings, at), outcome: 'ASSIGNED' }
  }
  return carryOut(
    db,
    items.map((item, index) => numbers[index] ?? item.number.slice(0, 40)),
    planOf,
    by,
    options
  )
}

/** Creates numbers, for the inventory or right for a company. A number that exists is refused. */
export const createDids = (
  db: PluginDatabase,
  items: readonly NumberItem[],
  by: InventoryActor,
  options: InventoryOptions = {}
): Promise<readonly NumberResult[]> => put(db, items, by, options, true)

/**
 * Brings numbers into the state said: creates what is not there, assigns what nobody has, changes what its company has
 * already. A number of another company is refused, never taken away.
 */
export const putDids = (
  db: PluginDatabase,
  items: readonly NumberItem[],
  by: InventoryActor,
  options: InventoryOptions = {}
): Promise<readonly NumberResult[]> => put(db, items, by, options, false)

/* ---------- numbers that are there ---------- */

interface Change {
  /** Companies that the change names. */
  readonly companyIds?: readonly (string | null | undefined)[]
  readonly settings?: NumberSettings
  plan(
    record: NumberRecord,
    owner: CompanyFacts | null,
    given: {
      readonly facts: ReadonlyMap<string, CompanyFacts>
      readonly settings: NumberSettings
      readonly at: number
    }
  ): Omit<Plan, 'before'>
}

const change = async (
  db: PluginDatabase,
  select: NumberSelection,
  { companyIds = [], settings: given = noSettings, plan }: Change,
  by: InventoryActor,
  options: InventoryOptions
): Promise<readonly NumberResult[]> => {
  const field = select.ids ? 'id' : 'number'
  const values = select.ids ?? select.numbers.map(number => e164(number) ?? number.slice(0, 40))
  bounded(values.length, select.ids ? 'ids' : 'numbers')
  const settings = readSettings(given, 'settings')
  // What is wrong with the companies of the call is wrong whatever the number.
  const facts = await factsOf(db, [...companyIds, settings.carrierId])
  for (const id of presentIds(companyIds)) known(facts, id)
  checkSupplier(facts, settings, null)
  const records = new Map(
    (await readRecords(db, field, values.filter(canBeId), options.dryRun !== true)).map(record => [
      record[field],
      record
    ])
  )
  const owners = await ownersOf(db, records.values())
  const at = await db.now()
  const seen = new Set<string>()
  return carryOut(
    db,
    values.map(value => records.get(value)?.number ?? value),
    index => {
      const value = values[index] as string
      if (seen.has(value)) throw badInput(field, `${value.slice(0, 40)} is named twice`)
      seen.add(value)
      const before = records.get(value)
      if (before === undefined) {
        throw new PortalError('NOT_FOUND', `${value.slice(0, 40)} is not in the inventory.`, { reason: 'NUMBER' })
      }
      if (select.expectedVersion != null && select.expectedVersion !== before.version) throw new PortalError('CONFLICT')
      const owner = before.companyId === null ? null : (owners.get(before.companyId) ?? null)
      return { before, ...plan(before, owner, { facts, settings, at }) }
    },
    by,
    options
  )
}

/**
 * Gives numbers of the inventory to a customer. A number that a company has is refused.
 * @throws PortalError NOT_FOUND, BAD_USER_INPUT, PRECONDITION_FAILED for what is wrong with the company or the settings
 */
export const assignDids = async (
  db: PluginDatabase,
  select: NumberSelection,
  companyId: string,
  settings: NumberSettings,
  by: InventoryActor,
  options: InventoryOptions = {}
): Promise<readonly NumberResult[]> => {
  checkCustomer(known(await factsOf(db, [companyId, settings.carrierId]), companyId))
  return change(
    db,
    select,
    {
      companyIds: [companyId],
      settings,
      plan: (record, owner, given) => {
        if (record.companyId !== null) throw assignedElsewhere(record.number, owner ?? undefined)
        return {
          after: assignedTo(record, known(given.facts, companyId), given.settings, given.at),
          outcome: 'ASSIGNED'
        }
      }
    },
    by,
    options
  )
}

/** Refuses a number that nobody has, or somebody else than the one who is said to have it. */
const checkFrom = (
  record: NumberRecord,
  owner: CompanyFacts | null,
  from: string | null,
  facts: ReadonlyMap<string, CompanyFacts>
): void => {
  if (record.companyId === null) {
    throw new PortalError('CONFLICT', `${record.number} is not assigned to anybody.`, { reason: 'NUMBER_UNASSIGNED' })
  }
  if (from === null || record.companyId === from) return
  const name = owner?.name ?? 'another company'
  throw new PortalError('CONFLICT', `${record.number} is assigned to ${name}, not to ${known(facts, from).name}.`, {
    reason: 'NUMBER_ASSIGNED'
  })
}

/**
 * Moves numbers from one customer to another: a release and an assignment in one. Destinations and tags of the old company,
 * its price and what else was agreed with it do not go along.
 * @param fromCompanyId when given, numbers of anybody else are refused
 * @throws PortalError as `assignDids`
 */
export const moveDids = async (
  db: PluginDatabase,
  select: NumberSelection,
  fromCompanyId: string | null,
  companyId: string,
  settings: NumberSettings,
  by: InventoryActor,
  options: InventoryOptions = {}
): Promise<readonly NumberResult[]> => {
  if (fromCompanyId === companyId) throw badInput('companyId', 'is the company that has the numbers')
  checkCustomer(known(await factsOf(db, [fromCompanyId, companyId, settings.carrierId]), companyId))
  return change(
    db,
    select,
    {
      companyIds: [fromCompanyId, companyId],
      settings,
      plan: (record, owner, { facts, settings, at }) => {
        checkFrom(record, owner, fromCompanyId, facts)
        if (record.companyId === companyId) throw assignedElsewhere(record.number, owner ?? undefined)
        checkTerm(record, at)
        return { after: assignedTo(released(record), known(facts, companyId), settings, at), outcome: 'MOVED' }
      }
    },
    by,
    options
  )
}

/**
 * Takes numbers back into the inventory: destinations, tags and what was agreed with the company are gone.
 * @param fromCompanyId when given, numbers of anybody else are refused
 */
export const releaseDids = (
  db: PluginDatabase,
  select: NumberSelection,
  fromCompanyId: string | null,
  by: InventoryActor,
  options: InventoryOptions = {}
): Promise<readonly NumberResult[]> =>
  change(
    db,
    select,
    {
      companyIds: [fromCompanyId],
      plan: (record, owner, { facts, at }) => {
        checkFrom(record, owner, fromCompanyId, facts)
        checkTerm(record, at)
        return { after: released(record), outcome: 'RELEASED' }
      }
    },
    by,
    options
  )

/** Changes what operators say of numbers. A ceiling below the present limit takes the limit down with it. */
export const updateDids = (
  db: PluginDatabase,
  select: NumberSelection,
  settings: NumberSettings,
  by: InventoryActor,
  options: InventoryOptions = {}
): Promise<readonly NumberResult[]> =>
  change(
    db,
    select,
    {
      settings,
      plan: (record, owner, given) => ({ after: withSettings(record, given.settings, owner), outcome: 'CHANGED' })
    },
    by,
    options
  )

/** Calls that can be taken back; what was created is deleted, and the other way round. */
const reversible = new Set(
  ['assign', 'move', 'release', 'update'].flatMap(word => [`${word}Number`, `${word}Numbers`]).concat('revertNumbers')
)

/**
 * Takes back what one call changed: every number has again what it had before. A number whose same parts were changed since is
 * refused, and one that changed hands when anything of it was.
 * @throws PortalError NOT_FOUND for a call that changed no number; PRECONDITION_FAILED for one that cannot be taken back
 */
export const revertDids = async (
  db: PluginDatabase,
  operation: string,
  by: InventoryActor,
  options: InventoryOptions = {}
): Promise<readonly NumberResult[]> => {
  const entries = canBeId(operation) ? await db.audited(operation, 'did:') : []
  if (entries.length === 0) throw new PortalError('NOT_FOUND', 'There is no such operation of numbers.')
  const other = entries.find(({ action }) => !reversible.has(action))
  if (other !== undefined)
    throw new PortalError('PRECONDITION_FAILED', `What ${other.action} did cannot be taken back by this.`, {
      reason: 'NOT_REVERSIBLE'
    })
  bounded(entries.length, 'operation')
  const changes = entries.map(({ target, before, after }) => ({
    id: target.slice('did:'.length),
    before: partsOf(before ?? {}),
    after: partsOf(after ?? {}),
    ...({ destinations: [], tags: [], ...before } as Belongings)
  }))
  const facts = await factsOf(
    db,
    changes.flatMap(({ before }) => [before.companyId, before.carrierId])
  )
  const ids = changes.map(({ id }) => id)
  const records = new Map((await readRecords(db, 'id', ids, true)).map(record => [record.id, record]))
  // Once more, now that nobody changes them.
  const touched = (await db.audited(operation, 'did:')).map(({ touchedSince }) => touchedSince)

  const planOf = (index: number): Plan => {
    const { id, before, after, destinations, tags } = changes[index]!
    const record = records.get(id)
    if (record === undefined)
      throw new PortalError('NOT_FOUND', `${id} is not in the inventory any more.`, { reason: 'NUMBER' })
    const changesHands = before.companyId !== undefined
    const differs = [...changedFields(record, { ...record, ...after })]
    if (differs.length > 0 || (changesHands && touched[index]))
      throw new PortalError(
        'CONFLICT',
        `${record.number} was changed since${differs.map(name => `, ${name}`).join('')}.`,
        {
          reason: 'CHANGED_SINCE'
        }
      )
    checkSupplier(facts, before, record.carrierId)
    const next = { ...record, ...before }
    if (!changesHands) return { before: record, after: next, outcome: 'CHANGED' }
    if (next.companyId === null) return { before: record, after: next, outcome: 'RELEASED' }
    const company = known(facts, next.companyId)
    checkCustomer(company)
    return {
      before: record,
      after: assignedTo(next, company, noSettings, next.assignedAt ?? 0),
      outcome: record.companyId === null ? 'ASSIGNED' : 'MOVED',
      ...(destinations.length + tags.length > 0 && { gives: { destinations, tags } })
    }
  }
  return carryOut(
    db,
    ids.map(id => records.get(id)?.number ?? id),
    planOf,
    by,
    options
  )
}

/** Removes numbers from the inventory. A number that a company has is refused; it must be released first. */
export const deleteDids = (
  db: PluginDatabase,
  select: NumberSelection,
  by: InventoryActor,
  options: InventoryOptions = {}
): Promise<readonly NumberResult[]> =>
  change(
    db,
    select,
    {
      plan: (record, owner) => {
        if (record.companyId !== null) {
          throw new PortalError(
            'CONFLICT',
            `${record.number} is assigned to ${owner?.name ?? 'a company'}; release it first.`,
            { reason: 'NUMBER_ASSIGNED' }
          )
        }
        return { after: null, outcome: 'DELETED' }
      }
    },
    by,
    options
  )
