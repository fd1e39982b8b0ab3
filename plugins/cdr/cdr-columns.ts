import type { ColumnDefinition, ColumnSetDefinition, ColumnType, GridColumn, UserType } from '../../core/plugin-api.ts'
import { callDirections, jurisdictions, releaseReasons } from './call.ts'

/** How a CDR column reads the stored leg. A customer's and a carrier's column may share a place: rows are one leg each. */
interface Storage {
  readonly column: string
  readonly nullable?: boolean
  readonly values?: readonly string[]
}

type Entry = ColumnDefinition & { readonly storage: Storage }

const customer: readonly UserType[] = ['CUSTOMER']
const carrier: readonly UserType[] = ['CARRIER']
const both: readonly UserType[] = ['CUSTOMER', 'CARRIER']

interface Extra {
  readonly unit?: string
  readonly default?: true
  readonly nullable?: true
  readonly values?: readonly string[]
  readonly sortable?: false
  readonly filterable?: false
  readonly requiresFeature?: string
}

const entry = (
  name: string,
  title: string,
  type: ColumnType,
  audience: readonly UserType[],
  column: string,
  { nullable, values, ...extra }: Extra = {}
): Entry => ({
  name,
  title,
  type,
  audience,
  sortable: true,
  filterable: true,
  groupable: false,
  ...extra,
  storage: { column, ...(nullable && { nullable }), ...(values && { values }) }
})

const ownCurrency = 'in the currency of the row'

const entries: readonly Entry[] = [
  entry('callId', 'Call-ID', 'string', both, 'call_id', { default: true }),
  entry('direction', 'Direction', 'enum', both, 'direction', { default: true, values: callDirections }),
  entry('startedAt', 'Start', 'datetime', both, 'started_at', { default: true }),
  entry('answeredAt', 'Answer', 'datetime', both, 'answered_at', { nullable: true }),
  entry('endedAt', 'End', 'datetime', both, 'ended_at'),
  entry('cli', 'Caller', 'string', both, 'cli', { default: true }),
  entry('assertedId', 'Asserted identity', 'string', both, 'asserted_id', { nullable: true }),
  entry('destination', 'Destination', 'string', both, 'destination', { default: true }),
  entry('techPrefix', 'Tech prefix', 'string', customer, 'tech_prefix', { nullable: true }),
  entry('providerTechPrefix', 'Provider tech prefix', 'string', carrier, 'tech_prefix', { nullable: true }),
  entry('lrn', 'LRN', 'string', both, 'lrn', { nullable: true }),
  entry('destinationCode', 'Code', 'string', customer, 'destination_code', { default: true, nullable: true }),
  entry('destinationName', 'Destination name', 'string', customer, 'destination_name', {
    default: true,
    nullable: true
  }),
  entry('providerDestinationCode', 'Provider code', 'string', carrier, 'destination_code', {
    default: true,
    nullable: true
  }),
  entry('providerDestinationName', 'Provider destination name', 'string', carrier, 'destination_name', {
    default: true,
    nullable: true
  }),
  entry('jurisdiction', 'Jurisdiction', 'enum', both, 'jurisdiction', { nullable: true, values: jurisdictions }),
  entry('cardId', 'Rate card', 'id', customer, 'card_id', { nullable: true }),
  entry('providerCardId', 'Provider rate card', 'id', carrier, 'card_id', { nullable: true }),
  entry('duration', 'Duration', 'int', both, 'duration', { default: true, unit: 's' }),
  entry('billedDuration', 'Billed duration', 'int', customer, 'billed_duration', { default: true, unit: 's' }),
  entry('providerBilledDuration', 'Provider billed duration', 'int', carrier, 'billed_duration', {
    default: true,
    unit: 's'
  }),
  entry('ringDuration', 'Ringing', 'int', both, 'ring_duration', { nullable: true, unit: 's' }),
  entry('pddIn', 'Incoming PDD', 'int', customer, 'pdd_in', { nullable: true, unit: 'ms' }),
  entry('pdd', 'PDD', 'int', both, 'pdd', { nullable: true, unit: 'ms' }),
  entry('rate', 'Rate', 'rate', customer, 'rate', { default: true, nullable: true, unit: 'per minute' }),
  entry('connectCost', 'Connect cost', 'money', customer, 'connect_cost', { nullable: true, unit: ownCurrency }),
  entry('charge', 'Charge', 'money', customer, 'charge', { default: true, nullable: true, unit: ownCurrency }),
  entry('currency', 'Currency', 'string', both, 'currency', { default: true }),
  entry('providerRate', 'Provider rate', 'rate', carrier, 'rate', {
    default: true,
    nullable: true,
    unit: 'per minute'
  }),
  entry('providerConnectCost', 'Provider connect cost', 'money', carrier, 'connect_cost', {
    default: true,
    nullable: true,
    unit: ownCurrency
  }),
  entry('providerCharge', 'Provider charge', 'money', carrier, 'charge', {
    default: true,
    nullable: true,
    unit: ownCurrency
  }),
  entry('sipCode', 'SIP code', 'int', both, 'sip_code', { default: true, nullable: true }),
  entry('sipReason', 'SIP reason', 'string', both, 'sip_reason', { nullable: true }),
  entry('q850Cause', 'Q.850 cause', 'int', both, 'q850_cause', { nullable: true }),
  entry('releaseReason', 'Release reason', 'enum', both, 'release_reason', { default: true, values: releaseReasons }),
  entry('sourceIp', 'Source IP', 'string', customer, 'source_ip', { nullable: true }),
  entry('gatewayIp', 'Gateway IP', 'string', carrier, 'gateway_ip', { nullable: true }),
  entry('authName', 'Authentication', 'string', customer, 'auth_name', { nullable: true }),
  // Shown masked; a filter or a sort would read through the mask.
  entry('dtmf', 'DTMF', 'string', customer, 'dtmf', { nullable: true, sortable: false, filterable: false }),
  entry('dtmfCount', 'DTMF digits', 'int', both, 'dtmf_count', { nullable: true }),
  entry('codec', 'Codec', 'string', both, 'codec', { nullable: true }),
  entry('rtpServer', 'RTP server', 'string', both, 'rtp_server', { nullable: true, requiresFeature: 'rtp-servers' }),
  entry('mos', 'MOS', 'decimal', both, 'mos', { nullable: true }),
  entry('jitterMs', 'Jitter', 'int', both, 'jitter_ms', { nullable: true, unit: 'ms' }),
  entry('packetLossPct', 'Packet loss', 'percent', both, 'packet_loss', { nullable: true, unit: '%' }),
  entry('rttMs', 'Round trip', 'int', both, 'rtt_ms', { nullable: true, unit: 'ms' }),
  entry('recordingId', 'Recording', 'id', customer, 'recording_id', {
    default: true,
    nullable: true,
    requiresFeature: 'recording'
  }),
  entry('stirShakenAttest', 'STIR/SHAKEN attestation', 'enum', both, 'stir_shaken_attest', {
    nullable: true,
    values: ['A', 'B', 'C']
  }),
  entry('dncStatus', 'Do-not-call status', 'string', customer, 'dnc_status', { nullable: true })
]

/** The CDR report's columns. What only operators may see (switch, profit) is not in here. */
export const cdrColumnSet: ColumnSetDefinition = {
  report: 'CDR',
  title: 'Call Detail Records',
  feature: 'cdr',
  columns: entries.map(({ storage: _, ...column }) => column)
}

export const cdrColumnMetas: ReadonlyMap<string, ColumnDefinition> = new Map(
  cdrColumnSet.columns.map(column => [column.name, column])
)

/** Every CDR column as the grid reads it. */
export const cdrGridColumns: ReadonlyMap<string, GridColumn> = new Map(
  entries.map(({ name, type, sortable, filterable, storage }) => [
    name,
    {
      name,
      type,
      sortable: sortable !== false,
      filterable: filterable !== false,
      ...storage,
      column: `cdr_call.${storage.column}`
    }
  ])
)
