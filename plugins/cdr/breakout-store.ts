import {
  applyGrid,
  applyGridFilter,
  badInput,
  formatRate,
  formatValue,
  type GridColumn,
  type GridFilterInput,
  type GridPlan,
  gridPage,
  gridPlan,
  type PageInfo,
  type PortalContext
} from '../../core/plugin-api.ts'
import { breakoutColumnMetas, breakoutGridColumns, periodColumn } from './breakout-columns.ts'
import type { BreakoutPeriod, BreakoutQuery } from './breakout-query.ts'
import { day, monthStart, type Range } from './range.ts'
import { sums } from './roll-up.ts'

export type BreakoutRow = Readonly<Record<string, string | number | boolean | null>>

export interface BreakoutPage {
  readonly rows: readonly BreakoutRow[]
  readonly pageInfo: PageInfo
}

type Context = Pick<PortalContext, 'access' | 'scope' | 'viewer'>
type Raw = Readonly<Record<string, string | number | null>>

/** The whole numbers that are summed as they are. */
const counts = sums.filter(name => name !== 'charge')

// The driver binds numbers as floats; whole numbers stand in the text. Nothing here comes from input but instants.
const bucket = (period: BreakoutPeriod, range: Range): string => {
  if (period === 'HOUR') return 'hour'
  if (period === 'DAY') return `hour - hour % ${day}`
  // 1970 began on a Thursday.
  if (period === 'WEEK') return `hour - (hour + ${3 * day}) % ${7 * day}`
  const starts: number[] = []
  for (let start = monthStart(range.from); start < range.to; start = monthStart(start, -1)) starts.push(start)
  // Both databases agree on numbers, not on calendars.
  const cases = starts.map((start, i) => `when hour < ${starts[i + 1] ?? start + 32 * day} then ${start}`)
  return `case ${cases.join(' ')} end`
}

/** Half up, whole numbers only; null when there is nothing to divide by. */
const ratio = (top: string, bottom: string, factor: number): string =>
  `case when ${bottom} = 0 then null else (${2 * factor} * ${top} + ${bottom}) / (2 * ${bottom}) end`

const charge = '(charge_high * 4294967296 + charge_low)'
// 10^-6 units a second → 10^-9 units a minute. Divided in two steps, so that only the remainder is multiplied. To sort and
// filter by: what would not fit 64 bits is null here, and exact in what is shown.
const averageRate = `case
  when rated_billed = 0 or rated_billed > 70000000000000 or charge_high not between -1073741824 and 1073741823 then null
  when ${charge} / rated_billed not between -150000000000000 and 150000000000000 then null else
  (${charge} / rated_billed) * 60000
  + (${charge} % rated_billed * 120000 + case when ${charge} < 0 then -rated_billed else rated_billed end) / (2 * rated_billed) end`

/** Ratios of the sums of a row, in the scale of their column. */
const ratios: Readonly<Record<string, string>> = {
  average_rate: averageRate,
  acd: ratio('duration', 'connected', 10),
  asr: ratio('connected', 'attempts', 10_000),
  ner: ratio('effective', 'attempts', 10_000),
  pdd: ratio('pdd_sum', 'pdd_count', 1),
  dtmf_pct: ratio('dtmf_calls', 'connected', 10_000),
  sdp: ratio('short_calls', 'connected', 10_000)
}

/** The sum of column `charge` in two halves, so that it may pass 64 bits. `high` and `low` are expressions of a row. */
const splitSum = (high: string, low: string): readonly [string, string] => [
  `cast(sum(${high}) as bigint) + (cast(sum(${low}) as bigint) >> 32)`,
  `cast(sum(${low}) as bigint) & 4294967295`
]

/** Roll-ups keep "none" as an empty text, so that it can be part of their key. */
const emptyForNull = (filter: GridFilterInput): GridFilterInput => ({
  ...filter,
  rules: (filter.rules ?? []).map(rule =>
    rule.op === 'isNull' &&
    /^(true|false)?$/.test(rule.value ?? '') &&
    breakoutColumnMetas.get(rule.column)?.type === 'string'
      ? { column: rule.column, op: rule.value === 'false' ? 'ne' : 'eq', value: '' }
      : rule
  ),
  groups: (filter.groups ?? []).map(emptyForNull)
})

/** A checked breakout, ready to run. */
export interface BreakoutPlan {
  readonly query: BreakoutQuery
  readonly groups: readonly GridColumn[]
  /** Metrics to show. */
  readonly metrics: readonly GridColumn[]
  readonly filter: GridPlan
  readonly having: GridPlan
  readonly page: GridPlan
}

/**
 * Checks the names in a breakout against the columns this viewer has.
 * @throws PortalError BAD_USER_INPUT
 */
export const planBreakout = (
  { access }: Pick<PortalContext, 'access'>,
  query: BreakoutQuery,
  paging: { readonly first?: number | null; readonly after?: string | null },
  maxFirst?: number
): BreakoutPlan => {
  const visible = access.columns('BREAKOUT').flatMap(name => breakoutGridColumns.get(name) ?? [])
  const isGroup = (name: string) => breakoutColumnMetas.get(name)?.groupable === true
  const groups = query.groupBy.map((name, i) => {
    const column = visible.find(column => column.name === name)
    if (!column) throw badInput(`groupBy[${i}]`, 'is not a column of this list')
    if (!isGroup(name)) throw badInput(`groupBy[${i}]`, 'cannot be grouped by')
    return column
  })
  const all = visible.filter(column => !isGroup(column.name))
  const metrics = query.metrics?.map((name, i) => {
    const column = all.find(column => column.name === name)
    // The company's own name is a constant, not a number; asking for it is no mistake.
    if (!column && name === 'company' && access.columns('BREAKOUT').includes('company')) return undefined
    if (!column) throw badInput(`metrics[${i}]`, 'is not a column of this list')
    return column
  })
  const sources = visible
    .filter(column => isGroup(column.name))
    .map(column => ({ ...column, filterable: column.column !== periodColumn }))
  const currency: GridColumn = { name: 'currency', type: 'string', column: 'currency' }
  const name = `BREAKOUT:${query.period}:${query.groupBy.join()}`
  return {
    query,
    groups,
    metrics: metrics ? metrics.filter(column => column !== undefined) : all,
    filter: gridPlan({ filter: query.filter && emptyForNull(query.filter) }, sources, { name, filterPath: 'filter' }),
    having: gridPlan({ filter: query.having }, all, { name, filterPath: 'having' }),
    // Not whatever else `paging` may hold: arguments of the query have a filter, which is not on these columns.
    page: gridPlan(
      { sort: query.sort, first: paging.first ?? null, after: paging.after ?? null },
      [...groups, ...all],
      {
        name,
        key: [...groups, currency],
        ...(maxFirst !== undefined && { maxFirst })
      }
    )
  }
}

/** Sums by group and currency, as a table `sums`. */
const grouped = ({ scope }: Context, { query, groups, filter }: BreakoutPlan) => {
  const { from, to } = query.range
  const inner = scope
    .from('cdr_hourly')
    .where('leg', scope.userType)
    .where('hour', '>=', from)
    .where('hour', '<', to)
    .groupBy('currency')
    .select('currency')
  applyGridFilter(inner, filter)
  for (const { column } of groups) {
    const expression = column === periodColumn ? bucket(query.period, query.range) : String(column)
    inner.select(scope.raw(`${expression} as ${column}`)).groupByRaw(expression)
  }
  const [high, low] = splitSum('charge >> 32', 'charge & 4294967295')
  inner.select(scope.raw(`${high} as charge_high, ${low} as charge_low`))
  for (const name of counts) inner.select(scope.raw(`cast(sum(${name}) as bigint) as ${name}`))
  return inner.as('sums')
}

/** Adds the ratios to sums, as a table `breakout`. */
const withRatios = ({ scope }: Context, inner: ReturnType<typeof grouped>) => {
  // The handle gives builders on the company's rows only; this one reads what was built from them.
  const query = scope.from('cdr_hourly').from(inner).select('sums.*')
  for (const [name, expression] of Object.entries(ratios)) query.select(scope.raw(`${expression} as ${name}`))
  return query.as('breakout')
}

/** The rows of a page. */
export const listBreakout = async (context: Context, plan: BreakoutPlan): Promise<BreakoutPage> => {
  const query = context.scope
    .from('cdr_hourly')
    .from(withRatios(context, grouped(context, plan)))
    .select('breakout.*')
  applyGridFilter(query, plan.having)
  const found: Raw[] = await applyGrid(query, plan.page, context.scope)
  const { nodes, pageInfo } = gridPage(found, plan.page)
  return { rows: nodes.map(row => show(context, [...plan.groups, ...plan.metrics], row)), pageInfo }
}

/** The sums over all rows that `having` lets through, and how many calls had no rate. */
export const totalBreakout = async (
  context: Context,
  plan: BreakoutPlan
): Promise<{ readonly totals: BreakoutRow; readonly unrated: number }> => {
  const { scope } = context
  const rows = scope.from('cdr_hourly').from(withRatios(context, grouped(context, plan)))
  applyGridFilter(rows, plan.having)
  const [high, low] = splitSum('charge_high', 'charge_low')
  rows.select(
    scope.raw(
      `coalesce(${high}, 0) as charge_high, coalesce(${low}, 0) as charge_low,
       case when min(currency) = max(currency) then min(currency) end as currency, count(distinct currency) as currencies`
    )
  )
  for (const name of counts) rows.select(scope.raw(`coalesce(cast(sum(${name}) as bigint), 0) as ${name}`))
  const [row]: Raw[] = await scope
    .from('cdr_hourly')
    .from(withRatios(context, rows.as('sums')))
    .select('breakout.*')
  const mixed = Number(row!.currencies) > 1
  const metrics = plan.metrics.filter(({ type }) => !mixed || (type !== 'money' && type !== 'rate'))
  return { totals: show(context, metrics, row!), unrated: Number(row!.unrated) }
}

/** Charge by billed minute of the rated calls, half away from zero; the same as `average_rate`, for sums of any size. */
const exactRate = (row: Raw): string | null => {
  const billed = BigInt(row.rated_billed!)
  if (billed === 0n) return null
  const charge = (BigInt(row.charge_high!) << 32n) + BigInt(row.charge_low!)
  const half = charge < 0n ? -billed : billed
  return formatRate((charge * 120_000n + half) / (2n * billed))
}

const show = ({ access, viewer }: Context, columns: readonly GridColumn[], row: Raw): BreakoutRow => {
  const shown: Record<string, string | number | boolean | null> = { currency: row.currency ?? null }
  for (const column of columns) {
    shown[column.name] =
      typeof column.column === 'string'
        ? formatValue(column, row[column.column] === '' ? null : row[column.column])
        : formatValue(column, (BigInt(row.charge_high!) << 32n) + BigInt(row.charge_low!))
  }
  if (columns.some(({ name }) => name === 'averageRate')) shown.averageRate = exactRate(row)
  if (access.has('BREAKOUT.company')) shown.company = viewer.companyName
  return shown
}
