import type { ColumnDefinition, ColumnSetDefinition, ColumnType, GridColumn, UserType } from '../../core/plugin-api.ts'
import { callDirections } from './call.ts'

const customer: readonly UserType[] = ['CUSTOMER']
const carrier: readonly UserType[] = ['CARRIER']
const both: readonly UserType[] = ['CUSTOMER', 'CARRIER']

interface Entry {
  readonly definition: ColumnDefinition
  /** As the query names it: a group column of `cdr_hourly`, or a sum or ratio. Undefined: written by the resolver. */
  readonly grid?: GridColumn
}

/** The group `period` as the query names it. */
export const periodColumn = 'period'

const dimension = (
  name: string,
  title: string,
  type: ColumnType,
  audience: readonly UserType[],
  column: string,
  values?: readonly string[]
): Entry => ({
  definition: {
    name,
    title,
    type,
    audience,
    default: true,
    sortable: true,
    filterable: column !== periodColumn,
    groupable: true
  },
  grid: { name, type, column, ...(values && { values }) }
})

const metric = (
  name: string,
  title: string,
  type: ColumnType,
  audience: readonly UserType[],
  column: GridColumn['column'],
  extra: { readonly unit?: string; readonly default?: true; readonly nullable?: true; readonly scale?: number } = {}
): Entry => {
  const { nullable, scale, ...meta } = extra
  return {
    definition: { name, title, type, audience, sortable: true, filterable: true, groupable: false, ...meta },
    grid: { name, type, column, ...(nullable && { nullable }), ...(scale !== undefined && { scale }) }
  }
}

const charge = ['charge_high', 'charge_low'] as const
const ownCurrency = 'in the currency of the row'

const entries: readonly Entry[] = [
  dimension('period', 'Period', 'datetime', both, periodColumn),
  {
    definition: {
      name: 'company',
      title: 'Company',
      type: 'string',
      audience: both,
      sortable: false,
      filterable: false,
      groupable: false
    }
  },
  dimension('destinationName', 'Destination', 'string', customer, 'destination_name'),
  dimension('destinationCode', 'Code', 'string', customer, 'destination_code'),
  dimension('providerDestinationName', 'Provider destination', 'string', carrier, 'destination_name'),
  dimension('providerDestinationCode', 'Provider code', 'string', carrier, 'destination_code'),
  dimension('card', 'Rate card', 'string', both, 'card'),
  dimension('direction', 'Direction', 'enum', both, 'direction', callDirections),
  dimension('techPrefix', 'Tech prefix', 'string', customer, 'tech_prefix'),
  metric('attempts', 'Attempts', 'int', both, 'attempts', { default: true }),
  metric('connected', 'Connected', 'int', both, 'connected', { default: true }),
  metric('duration', 'Duration', 'int', both, 'duration', { default: true, unit: 's' }),
  metric('customerDuration', 'Billed duration', 'int', customer, 'billed', { default: true, unit: 's' }),
  metric('providerDuration', 'Provider billed duration', 'int', carrier, 'billed', { default: true, unit: 's' }),
  metric('customerCharge', 'Charge', 'money', customer, charge, { default: true, unit: ownCurrency }),
  metric('providerCharge', 'Provider charge', 'money', carrier, charge, { default: true, unit: ownCurrency }),
  metric('averageRate', 'Average rate', 'rate', both, 'average_rate', { nullable: true, unit: 'per minute' }),
  metric('acd', 'ACD', 'decimal', both, 'acd', { default: true, nullable: true, unit: 's', scale: 1 }),
  metric('asr', 'ASR', 'percent', both, 'asr', { default: true, nullable: true, unit: '%' }),
  metric('ner', 'NER', 'percent', both, 'ner', { nullable: true, unit: '%' }),
  metric('pdd', 'PDD', 'int', both, 'pdd', { nullable: true, unit: 'ms' }),
  metric('dtmfCalls', 'Calls with DTMF', 'int', both, 'dtmf_calls'),
  metric('dtmfPct', 'Share with DTMF', 'percent', both, 'dtmf_pct', { nullable: true, unit: '%' }),
  metric('sdp', 'Short calls', 'percent', both, 'sdp', { nullable: true, unit: '%' })
]

/** The breakout report's columns; profit and the other leg's money are not in here. */
export const breakoutColumnSet: ColumnSetDefinition = {
  report: 'BREAKOUT',
  title: 'Breakout',
  feature: 'breakout',
  columns: entries.map(({ definition }) => definition)
}

export const breakoutColumnMetas: ReadonlyMap<string, ColumnDefinition> = new Map(
  breakoutColumnSet.columns.map(column => [column.name, column])
)

/** Every breakout column as the grid reads it. */
export const breakoutGridColumns: ReadonlyMap<string, GridColumn> = new Map(
  entries.flatMap(({ definition, grid }) => (grid ? [[definition.name, grid] as const] : []))
)
