import {
  formatInstant,
  formatMoney,
  type PluginDatabase,
  parseInstant,
  parseMoney,
  type Row
} from '../../core/plugin-api.ts'
import type { Destination } from './destination.ts'

/** A number of the inventory with everything an operator may see. Times in milliseconds, the price in 10^-6 units. */
export interface NumberRecord {
  readonly id: string
  readonly number: string
  readonly country: string
  readonly companyId: string | null
  readonly carrierId: string | null
  readonly enabled: boolean
  readonly retainDisplayName: boolean
  readonly channels: number
  readonly channelsCeiling: number
  readonly flowSpeed: number
  readonly flowSpeedCeiling: number
  readonly recordingMode: string
  readonly packageName: string | null
  readonly nextChargeAt: number | null
  readonly price: bigint | null
  readonly currency: string | null
  readonly stirShakenMinAttest: string
  readonly spamScout: boolean
  readonly notes: string | null
  readonly assignedAt: number | null
  readonly minimumDaysUntil: number | null
  readonly cardName: string | null
  readonly providerCard: string | null
  readonly script: string | null
  readonly pAssertedId: string | null
  readonly codecs: readonly string[]
  readonly blockedSourceTypes: readonly string[]
  readonly mediaProxy: boolean
  readonly transcoding: boolean
  readonly ipqs: boolean
  readonly version: number
}

export type NumberField = keyof NumberRecord
type Kind = 'text' | 'int' | 'flag' | 'time' | 'money' | 'list'

/** How each part is stored. */
const columns: Readonly<Record<NumberField, readonly [column: string, kind: Kind]>> = {
  id: ['id', 'text'],
  number: ['number', 'text'],
  country: ['country', 'text'],
  companyId: ['company_id', 'text'],
  carrierId: ['carrier_id', 'text'],
  enabled: ['enabled', 'flag'],
  retainDisplayName: ['retain_display_name', 'flag'],
  channels: ['channels', 'int'],
  channelsCeiling: ['channels_ceiling', 'int'],
  flowSpeed: ['flow_speed', 'int'],
  flowSpeedCeiling: ['flow_speed_ceiling', 'int'],
  recordingMode: ['recording_mode', 'text'],
  packageName: ['package_name', 'text'],
  nextChargeAt: ['next_charge_at', 'time'],
  price: ['price', 'money'],
  currency: ['currency', 'text'],
  stirShakenMinAttest: ['stir_shaken_min_attest', 'text'],
  spamScout: ['spam_scout', 'flag'],
  notes: ['notes', 'text'],
  assignedAt: ['assigned_at', 'time'],
  minimumDaysUntil: ['minimum_days_until', 'time'],
  cardName: ['card_name', 'text'],
  providerCard: ['provider_card', 'text'],
  script: ['script', 'text'],
  pAssertedId: ['p_asserted_id', 'text'],
  codecs: ['codecs', 'list'],
  blockedSourceTypes: ['blocked_source_types', 'list'],
  mediaProxy: ['media_proxy', 'flag'],
  transcoding: ['transcoding', 'flag'],
  ipqs: ['ipqs', 'flag'],
  version: ['version', 'int']
}
const fields = Object.keys(columns) as readonly NumberField[]

const readers: Readonly<Record<Kind, (value: unknown) => unknown>> = {
  text: value => (value === null ? null : String(value)),
  int: Number,
  flag: value => Number(value) === 1,
  time: value => (value === null ? null : Number(value)),
  money: value => (value === null ? null : BigInt(String(value))),
  list: value => (value === null ? [] : String(value).split(' '))
}

const stored = (kind: Kind, value: unknown): unknown => {
  if (kind === 'flag') return value ? 1 : 0
  if (kind === 'list') return (value as readonly string[]).join(' ') || null
  return typeof value === 'bigint' ? value.toString() : value
}

// Plain loops: a file of numbers passes here a million times.
const layout = fields.map(field => ({ field, column: columns[field][0], read: readers[columns[field][1]] }))

export const recordOf = (row: Row): NumberRecord => {
  const record: Record<string, unknown> = {}
  for (const { field, column, read } of layout) record[field] = read(row[column])
  return record as unknown as NumberRecord
}

/** The row of these parts of a number. */
export const rowOf = (part: Partial<NumberRecord>): Row =>
  Object.fromEntries(
    (Object.keys(part) as NumberField[]).map(field => [columns[field][0], stored(columns[field][1], part[field])])
  )

/** What stands behind `select` to read whole numbers; money as text, because it may pass 2^53. */
export const recordColumns = fields
  .map(field => columns[field])
  .map(([column, kind]) => (kind === 'money' ? `cast(did.${column} as text) as ${column}` : `did.${column}`))
  .join(', ')

const shown = (field: NumberField, value: unknown): unknown => {
  const kind = columns[field][1]
  if (value === null) return null
  if (kind === 'money') return formatMoney(value as bigint)
  return kind === 'time' ? formatInstant(value as number) : value
}

/** The parts of a number as the API writes them, for the audit log. */
export const shownParts = (record: NumberRecord, only: (field: NumberField) => boolean): Row =>
  Object.fromEntries(fields.filter(only).map(field => [field, shown(field, record[field])]))

const readParts: Partial<Readonly<Record<Kind, (value: string) => unknown>>> = { money: parseMoney, time: parseInstant }

/** Parts of a number out of what `shownParts` made of them. */
export const partsOf = (shown: Row): Partial<NumberRecord> =>
  Object.fromEntries(
    fields.flatMap(field => {
      if (field === 'id' || field === 'version' || !(field in shown)) return []
      const value = shown[field]
      const read = readParts[columns[field][1]]
      return [[field, read === undefined || value === null ? value : read(String(value))]]
    })
  )

const same = (one: unknown, other: unknown): boolean =>
  Array.isArray(one) && Array.isArray(other)
    ? one.length === other.length && one.every((value, index) => value === other[index])
    : one === other

/** The fields in which two states of a number differ. */
export const changedFields = (before: NumberRecord, after: NumberRecord): ReadonlySet<NumberField> =>
  new Set(fields.filter(field => !same(before[field], after[field])))

/**
 * The list of texts that is bound to its `?`, as JSON; no database limits its length, as both limit bindings.
 */
export const listed = ({ dialect }: PluginDatabase): string =>
  dialect === 'sqlite' ? '(select value from json_each(?))' : '(select json_array_elements_text(cast(? as json)))'

/** Numbers by id or by number; those that are not there are absent. `lock`: nobody changes them until the transaction ends. */
export const readRecords = async (
  db: PluginDatabase,
  by: 'id' | 'number',
  values: readonly string[],
  lock: boolean
): Promise<readonly NumberRecord[]> => {
  // Always in the order of ids, in which a contact's bulk calls lock too, so that nobody waits in a circle.
  const locked = lock && db.dialect === 'postgresql' ? ' for update' : ''
  const rows = await db.all(
    `select ${recordColumns} from {did} where did.${by} in ${listed(db)} order by did.id${locked}`,
    [JSON.stringify(values)]
  )
  return rows.map(recordOf)
}

/** What a number's company has put on it. */
export interface Belongings {
  readonly destinations: readonly Destination[]
  readonly tags: readonly string[]
}

/** Destinations and tags by the number's id; absent where there are none. */
export const readBelongings = async (
  db: PluginDatabase,
  ids: readonly string[]
): Promise<ReadonlyMap<string, Belongings>> => {
  const found = new Map<string, { destinations: Destination[]; tags: string[] }>()
  const of = (id: unknown) => {
    const known = found.get(String(id)) ?? { destinations: [], tags: [] }
    found.set(String(id), known)
    return known
  }
  if (ids.length === 0) return found
  const among = `did_id in ${listed(db)}`
  const bound = [JSON.stringify(ids)]
  for (const row of await db.all<Destination & { did_id: string }>(
    `select did_id, type, value, port, prefix from {did_destination} where ${among} order by did_id, position`,
    bound
  )) {
    of(row.did_id).destinations.push({ type: row.type, value: row.value, port: row.port, prefix: row.prefix })
  }
  for (const row of await db.all<{ did_id: string; tag: string }>(
    `select did_id, tag from {did_tag} where ${among} order by did_id, tag_lower`,
    bound
  )) {
    of(row.did_id).tags.push(row.tag)
  }
  return found
}
