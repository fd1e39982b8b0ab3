import {
  applyGrid,
  applyGridFilter,
  badInput,
  type CompanyScope,
  formatValue,
  type GridColumn,
  type GridInput,
  type GridPlan,
  gridPage,
  gridPlan,
  type PageInfo,
  type PortalContext
} from '../../core/plugin-api.ts'
import { carrierDidColumns, didColumns, didKey, numberColumn } from './columns.ts'
import type { Destination } from './destination.ts'

/** A number as a customer's contact sees it; names and formats of the schema. */
export interface Did {
  readonly id: string
  readonly number: string
  readonly country: string
  readonly enabled: boolean
  readonly destination: Destination | null
  readonly destinations: readonly Destination[]
  readonly retainDisplayName: boolean
  readonly channels: number
  readonly channelsCeiling: number
  readonly flowSpeed: number
  readonly flowSpeedCeiling: number
  readonly recordingMode: string
  readonly packageName: string | null
  readonly nextChargeAt: string | null
  readonly price: string | null
  readonly currency: string | null
  /** Null when the viewer does not have tags. */
  readonly tags: readonly string[] | null
  readonly stirShakenMinAttest: string
  readonly spamScout: boolean
  readonly notes: string | null
  readonly assignedAt: string | null
  readonly minimumDaysUntil: string | null
  readonly cardName: string | null
  readonly version: number
}

export interface CarrierDid {
  readonly number: string
  readonly enabled: boolean
  readonly assigned: boolean
  readonly channels: number
}

export interface ListInput extends Omit<GridInput, 'filter'> {
  readonly filter?: { readonly search?: string | null; readonly where?: GridInput['filter'] } | null
}

export interface DidPage<Node> {
  readonly nodes: readonly Node[]
  readonly pageInfo: PageInfo
  totalCount(): Promise<number>
}

type Stored = Record<string, string | number | null>

const plain = [
  'id',
  'number',
  'country',
  'enabled',
  'retain_display_name',
  'channels',
  'channels_ceiling',
  'flow_speed',
  'flow_speed_ceiling',
  'recording_mode',
  'package_name',
  'next_charge_at',
  'currency',
  'stir_shaken_min_attest',
  'spam_scout',
  'notes',
  'assigned_at',
  'minimum_days_until',
  'card_name',
  'version'
].map(column => `did.${column}`)

const select = (scope: CompanyScope) =>
  scope
    .from('did')
    .select(plain)
    .select(scope.raw('cast(?? as text) as ??', ['did.price', 'price']))

const withFirstDestination = (scope: CompanyScope) => {
  const query = select(scope)
  // Joined for its type alone, which the grid filters and sorts by.
  query.leftJoin(scope.joinable('did_destination', 'first'), join => {
    join.on('first.did_id', 'did.id').andOnVal('first.position', 0)
  })
  return query
}

const text = (value: string | number | null | undefined): string | null =>
  value === null || value === undefined ? null : String(value)
const instant = (value: string | number | null | undefined): string | null =>
  text(formatValue({ type: 'datetime' }, value) as string | null)

function didOf(row: Stored, destinations: readonly Destination[], tags: readonly string[] | null): Did {
  return {
    id: String(row.id),
    number: String(row.number),
    country: String(row.country),
    enabled: Number(row.enabled) === 1,
    destination: destinations[0] ?? null,
    destinations,
    retainDisplayName: Number(row.retain_display_name) === 1,
    channels: Number(row.channels),
    channelsCeiling: Number(row.channels_ceiling),
    flowSpeed: Number(row.flow_speed),
    flowSpeedCeiling: Number(row.flow_speed_ceiling),
    recordingMode: String(row.recording_mode),
    packageName: text(row.package_name),
    nextChargeAt: instant(row.next_charge_at),
    price: text(formatValue({ type: 'money' }, row.price) as string | null),
    currency: text(row.currency),
    tags,
    stirShakenMinAttest: String(row.stir_shaken_min_attest),
    spamScout: Number(row.spam_scout) === 1,
    notes: text(row.notes),
    assignedAt: instant(row.assigned_at),
    minimumDaysUntil: instant(row.minimum_days_until),
    cardName: text(row.card_name),
    version: Number(row.version)
  }
}

function grouped<Value>(rows: readonly Stored[], read: (row: Stored) => Value): ReadonlyMap<string, Value[]> {
  const groups = new Map<string, Value[]>()
  for (const row of rows) {
    const id = String(row.did_id)
    const group = groups.get(id) ?? []
    group.push(read(row))
    groups.set(id, group)
  }
  return groups
}

/** Completes rows of `did` with their destinations and, for viewers who have them, their tags. */
async function complete(context: PortalContext, scope: CompanyScope, rows: readonly Stored[]): Promise<Did[]> {
  if (rows.length === 0) return []
  const ids = rows.map(row => String(row.id))
  const destinations = grouped(
    await scope
      .from('did_destination')
      .whereIn('did_id', ids)
      .orderBy('position')
      .select('did_id', 'type', 'value', 'port', 'prefix'),
    row => ({ type: row.type, value: row.value, port: row.port, prefix: row.prefix }) as Destination
  )
  const tags = context.access.has('did.tags')
    ? grouped(await scope.from('did_tag').whereIn('did_id', ids).orderBy('tag_lower').select('did_id', 'tag'), row =>
        String(row.tag)
      )
    : null
  return rows.map(row =>
    didOf(row, destinations.get(String(row.id)) ?? [], tags === null ? null : (tags.get(String(row.id)) ?? []))
  )
}

const planOf = (input: ListInput, columns: readonly GridColumn[], name: string, key: readonly GridColumn[]): GridPlan =>
  gridPlan({ ...input, filter: input.filter?.where }, columns, {
    name,
    key,
    defaultSort: [{ column: numberColumn, dir: 'ASC' }],
    filterPath: 'filter.where'
  })

/** Narrows to numbers that hold these digits, however they were written. */
function searched<Query extends ReturnType<CompanyScope['from']>>(query: Query, input: ListInput): Query {
  const digits = (input.filter?.search ?? '').replace(/[ ()./+-]/g, '')
  if (!/^\d{0,15}$/.test(digits)) throw badInput('filter.search', 'must be part of a number')
  if (digits !== '') query.where('did.number', 'like', `%${digits}%`)
  return query
}

const counted = (query: ReturnType<CompanyScope['from']>) => async (): Promise<number> =>
  Number(((await query.clearSelect().count({ count: '*' }).first()) as { count: number | string }).count)

/** One page of the customer's numbers. */
export async function listDids(context: PortalContext, input: ListInput): Promise<DidPage<Did>> {
  const { scope } = context
  const plan = planOf(input, didColumns(context), 'DID', didKey)
  const { nodes, pageInfo } = gridPage<Stored>(
    await applyGrid(searched(withFirstDestination(scope), input), plan, scope),
    plan
  )
  return {
    nodes: await complete(context, scope, nodes),
    pageInfo,
    totalCount: counted(applyGridFilter(searched(withFirstDestination(scope), input), plan))
  }
}

/** The customer's numbers with these ids, in the order of their ids; unknown and foreign ids are absent. */
export async function findDids(
  context: PortalContext,
  ids: readonly string[],
  scope: CompanyScope = context.scope,
  lock = false
): Promise<readonly Did[]> {
  const query = select(scope).whereIn('did.id', ids).orderBy('did.id')
  return complete(context, scope, await (lock ? query.forUpdate() : query))
}

/** Every tag of the company once, by the spelling first in order. */
export async function listTags(scope: CompanyScope): Promise<readonly string[]> {
  const rows = (await scope.from('did_tag').groupBy('tag_lower').orderBy('tag_lower').min({ tag: 'tag' })) as Stored[]
  return rows.map(row => String(row.tag))
}

const carrierSelect = (scope: CompanyScope) =>
  scope
    .from('did')
    .select('did.number', 'did.enabled', 'did.channels')
    .select(scope.raw('case when ?? is null then 0 else 1 end as ??', ['did.company_id', 'assigned']))

const carrierDidOf = (row: Stored): CarrierDid => ({
  number: String(row.number),
  enabled: Number(row.enabled) === 1,
  assigned: Number(row.assigned) === 1,
  channels: Number(row.channels)
})

/** One page of the numbers a carrier supplies. */
export async function listCarrierDids(context: PortalContext, input: ListInput): Promise<DidPage<CarrierDid>> {
  const { scope } = context
  // A cursor can be read: the row's id is the customer's, so the number names it.
  const plan = planOf(input, carrierDidColumns, 'CARRIER_DID', [numberColumn])
  const { nodes, pageInfo } = gridPage<Stored>(
    await applyGrid(searched(carrierSelect(scope), input), plan, scope),
    plan
  )
  return {
    nodes: nodes.map(carrierDidOf),
    pageInfo,
    totalCount: counted(applyGridFilter(searched(carrierSelect(scope), input), plan))
  }
}

/** A number the carrier supplies; undefined when there is none. */
export async function findCarrierDid(scope: CompanyScope, number: string): Promise<CarrierDid | undefined> {
  const [row] = (await carrierSelect(scope).where('did.number', number.replace(/^\+/, ''))) as Stored[]
  return row && carrierDidOf(row)
}
