import type { ColumnDefinition, ColumnSetDefinition, ColumnType, GridColumn, UserType } from '../../core/plugin-api.ts'
import { callDirections } from './call.ts'
import type { Titles } from './cdr-columns.ts'
import { type Unit, unitOf } from './units.ts'

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
  { en: title, ar }: Titles,
  type: ColumnType,
  audience: readonly UserType[],
  column: string,
  values?: readonly string[]
): Entry => ({
  definition: {
    name,
    title,
    titles: { ar },
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
  { en: title, ar }: Titles,
  type: ColumnType,
  audience: readonly UserType[],
  column: GridColumn['column'],
  extra: { readonly unit?: Unit; readonly default?: true; readonly nullable?: true; readonly scale?: number } = {}
): Entry => {
  const { nullable, scale, unit, ...meta } = extra
  return {
    definition: {
      name,
      title,
      titles: { ar },
      type,
      audience,
      sortable: true,
      filterable: true,
      groupable: false,
      ...meta,
      ...unitOf(unit)
    },
    grid: { name, type, column, ...(nullable && { nullable }), ...(scale !== undefined && { scale }) }
  }
}

const charge = ['charge_high', 'charge_low'] as const
const ownCurrency = 'in the currency of the row'

const entries: readonly Entry[] = [
  dimension('period', { en: 'Period', ar: 'الفترة' }, 'datetime', both, periodColumn),
  {
    definition: {
      name: 'company',
      title: 'Company',
      titles: { ar: 'الشركة' },
      type: 'string',
      audience: both,
      sortable: false,
      filterable: false,
      groupable: false
    }
  },
  dimension('destinationName', { en: 'Destination', ar: 'الوجهة' }, 'string', customer, 'destination_name'),
  dimension('destinationCode', { en: 'Code', ar: 'الرمز' }, 'string', customer, 'destination_code'),
  dimension(
    'providerDestinationName',
    { en: 'Provider destination', ar: 'وجهة المزوّد' },
    'string',
    carrier,
    'destination_name'
  ),
  dimension(
    'providerDestinationCode',
    { en: 'Provider code', ar: 'رمز المزوّد' },
    'string',
    carrier,
    'destination_code'
  ),
  dimension('card', { en: 'Rate card', ar: 'بطاقة الأسعار' }, 'string', both, 'card'),
  dimension('direction', { en: 'Direction', ar: 'الاتجاه' }, 'enum', both, 'direction', callDirections),
  dimension('techPrefix', { en: 'Tech prefix', ar: 'البادئة التقنية' }, 'string', customer, 'tech_prefix'),
  metric('attempts', { en: 'Attempts', ar: 'المحاولات' }, 'int', both, 'attempts', { default: true }),
  metric('connected', { en: 'Connected', ar: 'المتصلة' }, 'int', both, 'connected', { default: true }),
  metric('duration', { en: 'Duration', ar: 'المدة' }, 'int', both, 'duration', { default: true, unit: 's' }),
  metric('customerDuration', { en: 'Billed duration', ar: 'المدة المفوترة' }, 'int', customer, 'billed', {
    default: true,
    unit: 's'
  }),
  metric(
    'providerDuration',
    { en: 'Provider billed duration', ar: 'المدة المفوترة للمزوّد' },
    'int',
    carrier,
    'billed',
    { default: true, unit: 's' }
  ),
  metric('customerCharge', { en: 'Charge', ar: 'التكلفة' }, 'money', customer, charge, {
    default: true,
    unit: ownCurrency
  }),
  metric('providerCharge', { en: 'Provider charge', ar: 'تكلفة المزوّد' }, 'money', carrier, charge, {
    default: true,
    unit: ownCurrency
  }),
  metric('averageRate', { en: 'Average rate', ar: 'متوسط السعر' }, 'rate', both, 'average_rate', {
    nullable: true,
    unit: 'per minute'
  }),
  metric('acd', { en: 'ACD', ar: 'متوسط مدة المكالمة (ACD)' }, 'decimal', both, 'acd', {
    default: true,
    nullable: true,
    unit: 's',
    scale: 1
  }),
  metric('asr', { en: 'ASR', ar: 'نسبة الرد (ASR)' }, 'percent', both, 'asr', {
    default: true,
    nullable: true,
    unit: '%'
  }),
  metric('ner', { en: 'NER', ar: 'كفاءة الشبكة (NER)' }, 'percent', both, 'ner', { nullable: true, unit: '%' }),
  metric('pdd', { en: 'PDD', ar: 'تأخير ما بعد الطلب (PDD)' }, 'int', both, 'pdd', { nullable: true, unit: 'ms' }),
  metric('dtmfCalls', { en: 'Calls with DTMF', ar: 'مكالمات فيها DTMF' }, 'int', both, 'dtmf_calls'),
  metric('dtmfPct', { en: 'Share with DTMF', ar: 'نسبة المكالمات مع DTMF' }, 'percent', both, 'dtmf_pct', {
    nullable: true,
    unit: '%'
  }),
  metric('sdp', { en: 'Short calls', ar: 'المكالمات القصيرة' }, 'percent', both, 'sdp', { nullable: true, unit: '%' })
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
