import { randomBytes } from 'node:crypto'
import { badInput, type CompanyFacts, type PluginDatabase, PortalError, type Row } from '../../core/plugin-api.ts'
import { e164 } from './destination.ts'
import {
  type Belongings,
  changedFields,
  changesOf,
  listed,
  type NumberField,
  type NumberRecord,
  readBelongings,
  readRecords,
  rowOf,
  shownParts
} from './number-record.ts'
import {
  assignedTo,
  checkCarrier,
  checkCustomer,
  type NumberSettings,
  newRecord,
  readSettings,
  released,
  withSettings
} from './number-rules.ts'

// Everything here runs inside the caller's transaction: what it is given must come from `PluginDatabase.transaction`.

/** Most numbers of one call. */
export const mostNumbers = 10_000

/** Who does it, and what it is called in the audit log. */
export interface InventoryActor {
  readonly actor: string
  readonly action: string
  readonly ip?: string | null
  readonly reason?: string | null
}

export interface InventoryOptions {
  /**
   * Left out: all numbers or none. EXISTING: a number that exists already is left out, the others are done.
   * REFUSED: whatever is refused is left out.
   */
  readonly skip?: 'EXISTING' | 'REFUSED'
  /** Says what would happen and writes nothing. */
  readonly dryRun?: boolean
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

/** What became of one number. */
export interface NumberResult {
  /** Digits only; as it was given where it is no number or not known. */
  readonly number: string
  readonly outcome: NumberOutcome
  /** The number as it stands; null when it was deleted or refused. */
  readonly record: NumberRecord | null
  /** Why not: CONFLICT, NOT_FOUND, BAD_USER_INPUT, PRECONDITION_FAILED; NOT_APPLIED where only another number was refused. */
  readonly refusal: PortalError | null
  readonly code: string | null
  /** NUMBER_EXISTS, NUMBER_ASSIGNED, COMPANY_CLOSED, WRONG_USER_TYPE, CURRENCY … */
  readonly reason: string | null
  readonly message: string | null
}

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

/* ---------- one plan a number, then the writes ---------- */

interface Plan {
  readonly before: NumberRecord | null
  /** Null: deleted. */
  readonly after: NumberRecord | null
  readonly outcome: NumberOutcome
}

const refused = (number: string, refusal: PortalError): NumberResult => ({
  number,
  outcome: 'REFUSED',
  record: null,
  refusal,
  code: refusal.code,
  reason: (refusal.extensions.reason as string | undefined) ?? null,
  message: refusal.message
})

const notApplied = (number: string): NumberResult => ({
  number,
  outcome: 'REFUSED',
  record: null,
  refusal: null,
  code: 'NOT_APPLIED',
  reason: null,
  message: 'Nothing was done, because another number was refused.'
})

const done = (plan: Plan): NumberResult => ({
  number: ((plan.after ?? plan.before) as NumberRecord).number,
  outcome: plan.outcome,
  record: plan.after,
  refusal: null,
  code: null,
  reason: null,
  message: null
})

const exists = (number: string, owner?: CompanyFacts): PortalError =>
  new PortalError('CONFLICT', `${number} exists already${owner ? `; ${owner.name} has it` : ''}.`, {
    reason: 'NUMBER_EXISTS'
  })

const assignedElsewhere = (number: string, owner: CompanyFacts | undefined): PortalError =>
  new PortalError('CONFLICT', `${number} is assigned to ${owner?.name ?? 'a company that is gone'}.`, {
    reason: 'NUMBER_ASSIGNED'
  })

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
  const gone = lost && { destinations: lost.destinations, tags: lost.tags }
  return {
    before: { ...shownParts(before, only), ...gone },
    after: { ...shownParts(after, only), ...(gone && { destinations: [], tags: [] }) }
  }
}

/** Writes new numbers; gives those that somebody else created meanwhile. */
const insert = async (db: PluginDatabase, records: readonly NumberRecord[]): Promise<ReadonlySet<string>> => {
  if (records.length === 0) return new Set()
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

const update = async (db: PluginDatabase, plans: readonly Plan[]): Promise<void> => {
  // A bulk call says the same of all numbers, so that few statements do.
  const groups = new Map<string, { readonly row: Row; readonly ids: string[] }>()
  for (const { before, after } of plans) {
    const { version: _version, ...row } = changesOf(before as NumberRecord, after as NumberRecord)
    const key = JSON.stringify(row)
    const group = groups.get(key) ?? { row, ids: [] }
    group.ids.push((before as NumberRecord).id)
    groups.set(key, group)
  }
  for (const { row, ids } of groups.values()) {
    const parts = Object.keys(row).map(column => `${column} = ?, `)
    await db.run(`update {did} set ${parts.join('')}version = version + 1 where id in ${listed(db)}`, [
      ...Object.values(row),
      JSON.stringify(ids)
    ])
  }
}

const write = async (db: PluginDatabase, plans: readonly Plan[], by: InventoryActor): Promise<ReadonlySet<string>> => {
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
  const deleted = written.flatMap(({ before, after }) => (after === null && before !== null ? [before.id] : []))
  if (deleted.length > 0) await db.run(`delete from {did} where id in ${listed(db)}`, [JSON.stringify(deleted)])
  await db.auditMany(
    written.map(plan => {
      const record = (plan.after ?? plan.before) as NumberRecord
      return {
        actor: by.actor,
        action: by.action,
        target: `did:${record.id}`,
        companyId: record.companyId ?? plan.before?.companyId ?? null,
        ip: by.ip ?? null,
        reason: by.reason ?? null,
        ...auditParts(plan, lost.get(record.id))
      }
    })
  )
  return overtaken
}

/** A plan whose two states are the same does nothing; one that does something goes up by a version. */
const settled = (plan: Plan): Plan => {
  if (plan.before === null || plan.after === null) return plan
  if (changedFields(plan.before, plan.after).size === 0) return { ...plan, outcome: 'UNCHANGED' }
  return { ...plan, after: { ...plan.after, version: plan.before.version + 1 } }
}

/** Makes a plan for each number, and carries all of them out unless one that may not be skipped is refused. */
const carryOut = async (
  db: PluginDatabase,
  names: readonly string[],
  planOf: (index: number) => Plan,
  by: InventoryActor,
  { skip, dryRun = false }: InventoryOptions
): Promise<readonly NumberResult[]> => {
  const plans = names.map((name, index): Plan | NumberResult => {
    try {
      return settled(planOf(index))
    } catch (error) {
      if (!(error instanceof PortalError) || error.code === 'UNAVAILABLE') throw error
      return refused(name, error)
    }
  })
  const isPlan = (entry: Plan | NumberResult): entry is Plan => 'after' in entry
  const stands = (entry: NumberResult): boolean =>
    skip === 'REFUSED' || (skip === 'EXISTING' && entry.reason === 'NUMBER_EXISTS')
  if (plans.some(entry => !isPlan(entry) && !stands(entry))) {
    return plans.map((entry, index) => (isPlan(entry) ? notApplied(names[index] as string) : entry))
  }
  const overtaken = dryRun ? new Set<string>() : await write(db, plans.filter(isPlan), by)
  if (overtaken.size > 0 && skip === undefined) {
    // Part of it is written by now; the transaction takes it back.
    throw exists([...overtaken].slice(0, 10).join(', '))
  }
  return plans.map((entry, index) => {
    if (!isPlan(entry)) return entry
    const number = names[index] as string
    return entry.before === null && overtaken.has(number) ? refused(number, exists(number)) : done(entry)
  })
}

/* ---------- what is looked up first ---------- */

const bounded = (count: number, path: string): void => {
  if (count > mostNumbers) throw badInput(path, `must name at most ${mostNumbers} numbers`)
}

const newId = (): string => randomBytes(12).toString('base64url')

/** What cannot be an id does not exist, and need not reach the database. */
const canBeId = (id: string): boolean => /^[A-Za-z0-9_-]{1,64}$/.test(id)

const presentIds = (ids: readonly (string | null | undefined)[]): readonly string[] => [
  ...new Set(ids.filter(id => id !== null && id !== undefined))
]

const factsOf = async (
  db: PluginDatabase,
  ids: readonly (string | null | undefined)[]
): Promise<ReadonlyMap<string, CompanyFacts>> => {
  const wanted = presentIds(ids).filter(canBeId)
  return wanted.length === 0 ? new Map() : db.companies(wanted)
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
  const owners = await factsOf(
    db,
    [...records.values()].map(({ companyId }) => companyId)
  )
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
    if (before !== null && onlyNew) throw exists(number, owner)
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
  const owners = await factsOf(
    db,
    [...records.values()].map(({ companyId }) => companyId)
  )
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
  checkCustomer(known(await factsOf(db, [companyId]), companyId))
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
  checkCustomer(known(await factsOf(db, [companyId]), companyId))
  return change(
    db,
    select,
    {
      companyIds: [fromCompanyId, companyId],
      settings,
      plan: (record, owner, { facts, settings, at }) => {
        checkFrom(record, owner, fromCompanyId, facts)
        if (record.companyId === companyId) throw assignedElsewhere(record.number, owner ?? undefined)
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
      plan: (record, owner, { facts }) => {
        checkFrom(record, owner, fromCompanyId, facts)
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
