import type { ColumnDefinition, ColumnSetDefinition, ColumnType, GridColumn, UserType } from '../../core/plugin-api.ts'
import { callDirections, jurisdictions, releaseReasons } from './call.ts'
import { type Unit, unitOf } from './units.ts'

/** How a CDR column reads the stored leg. A customer's and a carrier's column may share a place: rows are one leg each. */
interface Storage {
  readonly column: string
  readonly nullable?: boolean
  readonly values?: readonly string[]
}

type Entry = ColumnDefinition & { readonly storage: Storage }

/** A column's title in each language of the pages. */
export interface Titles {
  readonly en: string
  readonly ar: string
}

const customer: readonly UserType[] = ['CUSTOMER']
const carrier: readonly UserType[] = ['CARRIER']
const both: readonly UserType[] = ['CUSTOMER', 'CARRIER']

interface Extra {
  readonly unit?: Unit
  readonly default?: true
  readonly nullable?: true
  readonly values?: readonly string[]
  readonly sortable?: false
  readonly filterable?: false
  readonly requiresFeature?: string
}

const entry = (
  name: string,
  { en: title, ar }: Titles,
  type: ColumnType,
  audience: readonly UserType[],
  column: string,
  { nullable, values, unit, ...extra }: Extra = {}
): Entry => ({
  name,
  title,
  titles: { ar },
  type,
  audience,
  sortable: true,
  filterable: true,
  groupable: false,
  ...extra,
  ...unitOf(unit),
  storage: { column, ...(nullable && { nullable }), ...(values && { values }) }
})

const ownCurrency = 'in the currency of the row'

const entries: readonly Entry[] = [
  entry('callId', { en: 'Call-ID', ar: 'معرّف المكالمة' }, 'string', both, 'call_id', { default: true }),
  entry('direction', { en: 'Direction', ar: 'الاتجاه' }, 'enum', both, 'direction', {
    default: true,
    values: callDirections
  }),
  entry('startedAt', { en: 'Start', ar: 'البداية' }, 'datetime', both, 'started_at', { default: true }),
  entry('answeredAt', { en: 'Answer', ar: 'الرد' }, 'datetime', both, 'answered_at', { nullable: true }),
  entry('endedAt', { en: 'End', ar: 'النهاية' }, 'datetime', both, 'ended_at'),
  entry('cli', { en: 'Caller', ar: 'المتصل' }, 'string', both, 'cli', { default: true }),
  entry('assertedId', { en: 'Asserted identity', ar: 'الهوية المؤكَّدة' }, 'string', both, 'asserted_id', {
    nullable: true
  }),
  entry('destination', { en: 'Destination', ar: 'الوجهة' }, 'string', both, 'destination', { default: true }),
  entry('techPrefix', { en: 'Tech prefix', ar: 'البادئة التقنية' }, 'string', customer, 'tech_prefix', {
    nullable: true
  }),
  entry(
    'providerTechPrefix',
    { en: 'Provider tech prefix', ar: 'البادئة التقنية للمزوّد' },
    'string',
    carrier,
    'tech_prefix',
    { nullable: true }
  ),
  entry('lrn', { en: 'LRN', ar: 'رقم التوجيه (LRN)' }, 'string', both, 'lrn', { nullable: true }),
  entry('destinationCode', { en: 'Code', ar: 'الرمز' }, 'string', customer, 'destination_code', {
    default: true,
    nullable: true
  }),
  entry('destinationName', { en: 'Destination name', ar: 'اسم الوجهة' }, 'string', customer, 'destination_name', {
    default: true,
    nullable: true
  }),
  entry('providerDestinationCode', { en: 'Provider code', ar: 'رمز المزوّد' }, 'string', carrier, 'destination_code', {
    default: true,
    nullable: true
  }),
  entry(
    'providerDestinationName',
    { en: 'Provider destination name', ar: 'اسم وجهة المزوّد' },
    'string',
    carrier,
    'destination_name',
    {
      default: true,
      nullable: true
    }
  ),
  entry('jurisdiction', { en: 'Jurisdiction', ar: 'النطاق الجغرافي' }, 'enum', both, 'jurisdiction', {
    nullable: true,
    values: jurisdictions
  }),
  entry('cardId', { en: 'Rate card', ar: 'بطاقة الأسعار' }, 'id', customer, 'card_id', { nullable: true }),
  entry('providerCardId', { en: 'Provider rate card', ar: 'بطاقة أسعار المزوّد' }, 'id', carrier, 'card_id', {
    nullable: true
  }),
  entry('duration', { en: 'Duration', ar: 'المدة' }, 'int', both, 'duration', { default: true, unit: 's' }),
  entry('billedDuration', { en: 'Billed duration', ar: 'المدة المفوترة' }, 'int', customer, 'billed_duration', {
    default: true,
    unit: 's'
  }),
  entry(
    'providerBilledDuration',
    { en: 'Provider billed duration', ar: 'المدة المفوترة للمزوّد' },
    'int',
    carrier,
    'billed_duration',
    {
      default: true,
      unit: 's'
    }
  ),
  entry('ringDuration', { en: 'Ringing', ar: 'مدة الرنين' }, 'int', both, 'ring_duration', {
    nullable: true,
    unit: 's'
  }),
  entry('pddIn', { en: 'Incoming PDD', ar: 'تأخير ما بعد الطلب، الوارد (PDD)' }, 'int', customer, 'pdd_in', {
    nullable: true,
    unit: 'ms'
  }),
  entry('pdd', { en: 'PDD', ar: 'تأخير ما بعد الطلب (PDD)' }, 'int', both, 'pdd', { nullable: true, unit: 'ms' }),
  entry('rate', { en: 'Rate', ar: 'السعر' }, 'rate', customer, 'rate', {
    default: true,
    nullable: true,
    unit: 'per minute'
  }),
  entry('connectCost', { en: 'Connect cost', ar: 'رسم الاتصال' }, 'money', customer, 'connect_cost', {
    nullable: true,
    unit: ownCurrency
  }),
  entry('charge', { en: 'Charge', ar: 'التكلفة' }, 'money', customer, 'charge', {
    default: true,
    nullable: true,
    unit: ownCurrency
  }),
  entry('currency', { en: 'Currency', ar: 'العملة' }, 'string', both, 'currency', { default: true }),
  entry('providerRate', { en: 'Provider rate', ar: 'سعر المزوّد' }, 'rate', carrier, 'rate', {
    default: true,
    nullable: true,
    unit: 'per minute'
  }),
  entry(
    'providerConnectCost',
    { en: 'Provider connect cost', ar: 'رسم الاتصال لدى المزوّد' },
    'money',
    carrier,
    'connect_cost',
    {
      default: true,
      nullable: true,
      unit: ownCurrency
    }
  ),
  entry('providerCharge', { en: 'Provider charge', ar: 'تكلفة المزوّد' }, 'money', carrier, 'charge', {
    default: true,
    nullable: true,
    unit: ownCurrency
  }),
  entry('sipCode', { en: 'SIP code', ar: 'رمز SIP' }, 'int', both, 'sip_code', { default: true, nullable: true }),
  entry('sipReason', { en: 'SIP reason', ar: 'سبب SIP' }, 'string', both, 'sip_reason', { nullable: true }),
  entry('q850Cause', { en: 'Q.850 cause', ar: 'سبب Q.850' }, 'int', both, 'q850_cause', { nullable: true }),
  entry('releaseReason', { en: 'Release reason', ar: 'سبب الإنهاء' }, 'enum', both, 'release_reason', {
    default: true,
    values: releaseReasons
  }),
  entry('sourceIp', { en: 'Source IP', ar: 'عنوان IP للمصدر' }, 'string', customer, 'source_ip', { nullable: true }),
  entry('gatewayIp', { en: 'Gateway IP', ar: 'عنوان IP للبوابة' }, 'string', carrier, 'gateway_ip', { nullable: true }),
  entry('authName', { en: 'Authentication', ar: 'المصادقة' }, 'string', customer, 'auth_name', { nullable: true }),
  // Shown masked; a filter or a sort would read through the mask.
  entry('dtmf', { en: 'DTMF', ar: 'نغمات DTMF' }, 'string', customer, 'dtmf', {
    nullable: true,
    sortable: false,
    filterable: false
  }),
  entry('dtmfCount', { en: 'DTMF digits', ar: 'عدد نغمات DTMF' }, 'int', both, 'dtmf_count', { nullable: true }),
  entry('codec', { en: 'Codec', ar: 'الترميز' }, 'string', both, 'codec', { nullable: true }),
  entry('rtpServer', { en: 'RTP server', ar: 'خادم RTP' }, 'string', both, 'rtp_server', {
    nullable: true,
    requiresFeature: 'rtp-servers'
  }),
  entry('mos', { en: 'MOS', ar: 'جودة الصوت (MOS)' }, 'decimal', both, 'mos', { nullable: true }),
  entry('jitterMs', { en: 'Jitter', ar: 'التذبذب' }, 'int', both, 'jitter_ms', { nullable: true, unit: 'ms' }),
  entry('packetLossPct', { en: 'Packet loss', ar: 'فقد الحزم' }, 'percent', both, 'packet_loss', {
    nullable: true,
    unit: '%'
  }),
  entry('rttMs', { en: 'Round trip', ar: 'زمن الذهاب والإياب' }, 'int', both, 'rtt_ms', { nullable: true, unit: 'ms' }),
  entry('recordingId', { en: 'Recording', ar: 'التسجيل' }, 'id', customer, 'recording_id', {
    default: true,
    nullable: true,
    requiresFeature: 'recording'
  }),
  entry(
    'stirShakenAttest',
    { en: 'STIR/SHAKEN attestation', ar: 'تصديق STIR/SHAKEN' },
    'enum',
    both,
    'stir_shaken_attest',
    {
      nullable: true,
      values: ['A', 'B', 'C']
    }
  ),
  entry('dncStatus', { en: 'Do-not-call status', ar: 'حالة قائمة عدم الاتصال' }, 'string', customer, 'dnc_status', {
    nullable: true
  })
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
