import { badInput, type CompanyScope, type PortalContext, PortalError, type Row } from '../../core/plugin-api.ts'
import { type ProvidedType, providersOf } from './api.ts'
import {
  type Destination,
  DestinationFault,
  type DestinationInput,
  maxDestinations,
  readDestination,
  sameDestination
} from './destination.ts'
import { type Did, findDids } from './did-list.ts'

/** What a contact may change. A field that is not there stays; null clears where there is something to clear. */
export interface DidPatch {
  readonly enabled?: boolean | null
  readonly destination?: readonly DestinationInput[] | null
  readonly retainDisplayName?: boolean | null
  readonly channels?: number | null
  readonly flowSpeed?: number | null
  readonly stirShakenMinAttest?: string | null
}

/** What became of one number of a bulk call. */
export interface DidUpdateResult {
  readonly id: string
  readonly ok: boolean
  readonly did: Did | null
  readonly code: string | null
  readonly message: string | null
}

export const maxBulk = 500

/** A row of the viewer's own company: the scope reaches no others. */
export const ownRow = (context: PortalContext): Row => ({ companyId: context.scope.companyId })

/** A patch whose own values are in order, whatever number it is for. */
interface ReadPatch {
  /** Name of the argument, for what is refused. */
  readonly path: string
  readonly columns: Row
  /** Undefined: not named. */
  readonly destinations: readonly Destination[] | undefined
  readonly patch: DidPatch
}

/**
 * Guards that speak about the call as a whole; they come before everything that reads rows or values. A field counts
 * when it is named at all, even with the stored value: the destination lock must not tell what is stored.
 */
function authorizePatch(context: PortalContext, patch: DidPatch): void {
  for (const field of Object.keys(patch)) context.authorize('update', 'Did', ownRow(context), field)
}

function readDestinations(inputs: readonly DestinationInput[], path: string): readonly Destination[] {
  if (inputs.length > maxDestinations) throw badInput(path, `must name at most ${maxDestinations}`)
  return inputs.map((input, index) => {
    try {
      return readDestination(input)
    } catch (error) {
      if (error instanceof DestinationFault) throw badInput(`${path}[${index}].${error.part}`, error.message)
      throw error
    }
  })
}

function readPatch(patch: DidPatch, path: string): ReadPatch {
  const columns: Record<string, unknown> = {}
  for (const [field, column] of [
    ['enabled', 'enabled'],
    ['retainDisplayName', 'retain_display_name']
  ] as const) {
    const value = patch[field]
    if (value === null) throw badInput(`${path}.${field}`, 'must be true or false')
    if (value !== undefined) columns[column] = value ? 1 : 0
  }
  for (const field of ['channels', 'flowSpeed'] as const) {
    const value = patch[field]
    if (typeof value === 'number' && value < 0) throw badInput(`${path}.${field}`, 'must not be negative')
  }
  if (patch.stirShakenMinAttest !== undefined) columns.stir_shaken_min_attest = patch.stirShakenMinAttest ?? 'NONE'
  const destinations =
    patch.destination === undefined ? undefined : readDestinations(patch.destination ?? [], `${path}.destination`)
  return { path, columns, destinations, patch }
}

/** Limits go downwards from the operator's ceiling only; 0 is no limit, and so the highest of all. */
function checkCeiling(value: number | null | undefined, ceiling: number, path: string): void {
  if (value === undefined || value === null || ceiling === 0) return
  if (value === 0 || value > ceiling) throw badInput(path, `must be 1 to ${ceiling}, the operator's limit`)
}

/** A target of another plugin may be chosen when that plugin says so; one that is stored already may stay. */
async function checkTarget(context: PortalContext, did: Did, wanted: Destination, path: string): Promise<void> {
  if (wanted.type === 'EXTERNAL' && wanted.value === did.number) {
    throw badInput(`${path}.value`, 'is the number itself; calls would go round in circles')
  }
  if (wanted.type === 'URI' || wanted.type === 'CIRCUIT_TEST') return
  if (did.destinations.some(stored => sameDestination(stored, wanted))) return
  const providers = providersOf(wanted.type as ProvidedType)
  if (providers.length === 0) throw badInput(`${path}.type`, 'has no targets to choose from here')
  const target = { value: wanted.value ?? '', prefix: wanted.prefix }
  const refusals: string[] = []
  for (const provider of providers) {
    const refusal = await provider.refuse(context, target)
    if (refusal === undefined) return
    refusals.push(refusal)
  }
  throw badInput(`${path}.value`, refusals[0] as string)
}

async function checkForDid(context: PortalContext, did: Did, read: ReadPatch): Promise<void> {
  checkCeiling(read.patch.channels, did.channelsCeiling, `${read.path}.channels`)
  checkCeiling(read.patch.flowSpeed, did.flowSpeedCeiling, `${read.path}.flowSpeed`)
  for (const [index, wanted] of (read.destinations ?? []).entries()) {
    await checkTarget(context, did, wanted, `${read.path}.destination[${index}]`)
  }
}

const changeable = [
  'enabled',
  'destinations',
  'retainDisplayName',
  'channels',
  'flowSpeed',
  'stirShakenMinAttest',
  'tags'
] as const

/** The named parts of a number before and after, only where they differ. */
function difference(before: Did, after: Did): { before: Row; after: Row } {
  const changed = changeable.filter(field => JSON.stringify(before[field]) !== JSON.stringify(after[field]))
  const pick = (did: Did): Row => Object.fromEntries(changed.map(field => [field, did[field]]))
  return { before: pick(before), after: pick(after) }
}

/** One audit entry a number that changed, inside the transaction that changed it; what stays as it was leaves none. */
export async function auditDids(
  scope: CompanyScope,
  action: string,
  before: readonly Did[],
  after: readonly Did[]
): Promise<void> {
  const byId = new Map(after.map(did => [did.id, did]))
  for (const did of before) {
    const changed = difference(did, byId.get(did.id) as Did)
    if (Object.keys(changed.after).length > 0) await scope.audit({ action, target: `did:${did.id}`, ...changed })
  }
}

/** Whether the patch says anything of this number that is not so already. */
function alters(did: Did, { patch, destinations }: ReadPatch): boolean {
  const said = {
    ...patch,
    ...(patch.channels === null && { channels: did.channelsCeiling }),
    ...(patch.flowSpeed === null && { flowSpeed: did.flowSpeedCeiling }),
    ...(patch.stirShakenMinAttest === null && { stirShakenMinAttest: 'NONE' })
  }
  const fields = ['enabled', 'retainDisplayName', 'channels', 'flowSpeed', 'stirShakenMinAttest'] as const
  if (fields.some(field => said[field] !== undefined && said[field] !== did[field])) return true
  return (
    destinations !== undefined &&
    (destinations.length !== did.destinations.length ||
      destinations.some((wanted, index) => !sameDestination(wanted, did.destinations[index] as Destination)))
  )
}

/** Writes to the numbers that the patch alters; the others keep their version. */
async function write(scope: CompanyScope, dids: readonly Did[], read: ReadPatch): Promise<void> {
  const ids = dids.filter(did => alters(did, read)).map(did => did.id)
  if (ids.length === 0) return
  const patch: Record<string, unknown> = { ...read.columns }
  for (const [field, column] of [
    ['channels', 'channels'],
    ['flowSpeed', 'flow_speed']
  ] as const) {
    const value = read.patch[field]
    if (value !== undefined) patch[column] = value ?? scope.raw('??', [`${column}_ceiling`])
  }
  await scope.update('did', query => query.whereIn('id', ids), { ...patch, version: scope.raw('?? + 1', ['version']) })
  if (read.destinations === undefined) return
  await scope.delete('did_destination', query => query.whereIn('did_id', ids))
  const rows = ids.flatMap(id =>
    (read.destinations ?? []).map((destination, position) => ({ did_id: id, position, ...destination }))
  )
  for (let start = 0; start < rows.length; start += 500) {
    await scope.insert('did_destination', rows.slice(start, start + 500))
  }
}

/**
 * Changes one number.
 * @throws PortalError FORBIDDEN DESTINATION_LOCKED; BAD_USER_INPUT; NOT_FOUND; CONFLICT when it is no longer at `version`
 */
export function updateDid(context: PortalContext, id: string, version: number, patch: DidPatch): Promise<Did> {
  authorizePatch(context, patch)
  const read = readPatch(patch, 'input')
  return context.scope.transaction(async scope => {
    const [did] = await findDids(context, [id], scope, true)
    if (!did) throw new PortalError('NOT_FOUND')
    if (did.version !== version) throw new PortalError('CONFLICT')
    await checkForDid({ ...context, scope }, did, read)
    await write(scope, [did], read)
    const [after] = (await findDids(context, [id], scope)) as [Did]
    await auditDids(scope, 'updateDid', [did], [after])
    return after
  })
}

/** Ids of a bulk call: 1 to 500, none twice. */
export function checkIds(ids: readonly string[]): void {
  if (ids.length < 1 || ids.length > maxBulk) throw badInput('ids', `must name 1 to ${maxBulk} numbers`)
  if (new Set(ids).size < ids.length) throw badInput('ids', 'names a number twice')
}

/**
 * Runs one change over many numbers: `check` says of each whether it can be done, and only when it can for all of them
 * is `change` called. One result an id, in the order of the ids.
 */
export function changeAll(
  context: PortalContext,
  ids: readonly string[],
  action: string,
  check: (context: PortalContext, did: Did) => Promise<void>,
  change: (scope: CompanyScope, dids: readonly Did[]) => Promise<void>
): Promise<readonly DidUpdateResult[]> {
  checkIds(ids)
  return context.scope.transaction(async scope => {
    const before = await findDids(context, ids, scope, true)
    const byId = new Map(before.map(did => [did.id, did]))
    const refused = new Map<string, PortalError>()
    for (const id of ids) {
      const did = byId.get(id)
      try {
        if (!did) throw new PortalError('NOT_FOUND')
        await check({ ...context, scope }, did)
      } catch (error) {
        if (!(error instanceof PortalError)) throw error
        refused.set(id, error)
      }
    }
    if (refused.size > 0) {
      return ids.map(id => {
        const error = refused.get(id)
        const code = error?.code ?? 'NOT_APPLIED'
        const message = error?.message ?? 'Nothing was changed, because another number was refused.'
        return { id, ok: false, did: null, code, message }
      })
    }
    await change(scope, before)
    const after = await findDids(context, ids, scope)
    await auditDids(scope, action, before, after)
    const afterById = new Map(after.map(did => [did.id, did]))
    return ids.map(id => ({ id, ok: true, did: afterById.get(id) as Did, code: null, message: null }))
  })
}

/**
 * The same change to many numbers, all or none.
 * @throws PortalError FORBIDDEN DESTINATION_LOCKED; BAD_USER_INPUT for what is wrong whatever the number
 */
export async function bulkUpdateDids(
  context: PortalContext,
  ids: readonly string[],
  patch: DidPatch
): Promise<readonly DidUpdateResult[]> {
  authorizePatch(context, patch)
  const read = readPatch(patch, 'patch')
  return changeAll(
    context,
    ids,
    'bulkUpdateDids',
    (inside, did) => checkForDid(inside, did, read),
    (scope, dids) => write(scope, dids, read)
  )
}
