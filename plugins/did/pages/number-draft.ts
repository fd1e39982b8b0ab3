import type { Refusal } from '../../../web/kit/client.ts'
import type { Fault } from '../../../web/kit/refusal-text.tsx'
import type { Attestation, CompanyNumber, DestinationType, DidDestination } from './number.ts'
import type { DidDestinationInput, DidPatch } from './numbers.graphql.ts'

/** A destination as it is typed. */
export interface DestinationDraft {
  /** Tells it from the others wherever it is moved. */
  readonly key: number
  readonly type: DestinationType
  /** By type, so that going back to a type brings back what was typed. */
  readonly values: Readonly<Partial<Record<DestinationType, string>>>
  readonly port: string
  readonly prefix: string
}

/** What somebody has changed of a number, as typed; what is not there stays as it is. */
export interface NumberDraft {
  readonly enabled?: boolean
  readonly retainDisplayName?: boolean
  readonly channels?: string
  readonly flowSpeed?: string
  readonly stirShakenMinAttest?: Attestation
  readonly destination?: readonly DestinationDraft[]
}

/** A writable patch of the fields that a form sends. */
export type NumberPatch = { -readonly [Field in keyof DidPatch]: DidPatch[Field] }

/** Field (`channels`, `destination/KEY/value`) → what is wrong with it. */
export type Faults = Readonly<Record<string, Fault>>

let lastKey = 0

export const newDestination = (): DestinationDraft => {
  lastKey += 1
  return { key: lastKey, type: 'URI', values: {}, port: '', prefix: '' }
}

export const draftOf = (destinations: readonly DidDestination[] | null): readonly DestinationDraft[] =>
  (destinations ?? []).map(({ type, value, port, prefix }) => ({
    ...newDestination(),
    type: type ?? 'URI',
    values: type === null || value === null ? {} : { [type]: value },
    port: port === null ? '' : String(port),
    prefix: prefix ?? ''
  }))

/** As it would be stored, but for what the server makes of the value. */
const storedOf = ({ type, values, port, prefix }: DestinationDraft): DidDestination => ({
  type,
  value: type === 'CIRCUIT_TEST' ? null : (values[type] ?? ''),
  port: type === 'URI' && port.trim() !== '' ? Number(port) : null,
  prefix: type === 'EXTERNAL' && prefix.trim() !== '' ? prefix.trim() : null
})

/** Only what belongs to the type is sent; the rest stays typed for whoever goes back to it. */
const inputOf = (typed: DestinationDraft): DidDestinationInput => {
  const { type, value, port, prefix } = storedOf(typed)
  return {
    type: type ?? typed.type,
    ...(value === null ? {} : { value }),
    ...(port === null ? {} : { port }),
    ...(prefix === null ? {} : { prefix })
  }
}

/** The number as it would be with the draft. */
export const withDraft = (did: CompanyNumber, draft: NumberDraft): CompanyNumber => {
  const { channels, flowSpeed, destination, ...plain } = draft
  const limit = (text: string, ceiling: number | null): number | null => (text.trim() === '' ? ceiling : Number(text))
  return {
    ...did,
    ...plain,
    ...(channels === undefined ? {} : { channels: limit(channels, did.channelsCeiling) }),
    ...(flowSpeed === undefined ? {} : { flowSpeed: limit(flowSpeed, did.flowSpeedCeiling) }),
    ...(destination === undefined ? {} : { destinations: destination.map(storedOf) })
  }
}

const sameTarget = (input: DidDestinationInput, stored: DidDestination): boolean =>
  input.type === stored.type &&
  (input.value ?? null) === stored.value &&
  (input.port ?? null) === stored.port &&
  (input.prefix ?? null) === stored.prefix

/** Name of a part of a destination among the faults. */
export const faultOf = (key: number, part: string): string => `destination/${key}/${part}`

const isWhole = (text: string): boolean => /^\s*\d{1,9}\s*$/.test(text)

/**
 * What is to be sent.
 * @param base the number as it was read; left out for many numbers at once, to whom everything in the draft is sent
 * @param wholeNumber what to say of a limit that is no number
 */
export const patchOf = (
  draft: NumberDraft,
  wholeNumber: string,
  base?: CompanyNumber
): { readonly patch: NumberPatch; readonly faults: Faults } => {
  const patch: NumberPatch = {}
  const faults: Record<string, string> = {}
  for (const field of ['enabled', 'retainDisplayName'] as const) {
    const value = draft[field]
    if (value !== undefined && value !== base?.[field]) patch[field] = value
  }
  if (draft.stirShakenMinAttest !== undefined && draft.stirShakenMinAttest !== base?.stirShakenMinAttest)
    patch.stirShakenMinAttest = draft.stirShakenMinAttest
  for (const field of ['channels', 'flowSpeed'] as const) {
    const text = draft[field]
    if (text === undefined) continue
    if (text.trim() === '') {
      if (base === undefined || base[field] !== base[`${field}Ceiling`]) patch[field] = null
    } else if (!isWhole(text)) faults[field] = wholeNumber
    else if (Number(text) !== base?.[field]) patch[field] = Number(text)
  }
  const typed = draft.destination
  if (typed !== undefined) {
    for (const { key, type, port } of typed)
      if (type === 'URI' && port.trim() !== '' && !isWhole(port)) faults[faultOf(key, 'port')] = wholeNumber
    const inputs = typed.map(inputOf)
    const stored = base?.destinations ?? []
    const same =
      base !== undefined &&
      inputs.length === stored.length &&
      inputs.every((input, index) => sameTarget(input, stored[index]!))
    if (!same) patch.destination = inputs
  }
  return { patch, faults }
}

/** What the server says of fields; a destination is named by its key, as it may be moved before it is mended. */
export const faultsOf = (refusals: readonly Refusal[], { destination = [] }: NumberDraft): Faults =>
  Object.fromEntries(
    refusals.flatMap(({ fields }) =>
      Object.entries(fields).map(([path, why]) => {
        const field = path.replace(/^(input|patch)\./, '')
        const [, index, part] = /^destination\[(\d+)\]\.(\w+)$/.exec(field) ?? []
        const typed = index === undefined ? undefined : destination[Number(index)]
        return [typed === undefined || part === undefined ? field : faultOf(typed.key, part), why] as const
      })
    )
  )

/** Without what was said of these fields, for they have been typed anew; `destination/KEY/` is all of one destination. */
export const withoutFaults = (faults: Faults, fields: readonly string[]): Faults =>
  Object.fromEntries(
    Object.entries(faults).filter(
      ([path]) => !fields.some(field => path === field || (field.endsWith('/') && path.startsWith(field)))
    )
  )
