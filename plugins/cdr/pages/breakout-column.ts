import type { BreakoutColumnsQuery } from './breakout.graphql.ts'

/** A column of the report as the server describes it to the viewer. */
export interface BreakoutColumn {
  readonly name: string
  readonly title: string
  readonly type: string
  /** In English: `s`, `ms`, `%`. */
  readonly unit: string | null
  /** In the language of the page. */
  readonly unitText: string | null
  readonly default: boolean
  readonly sortable: boolean
  readonly filterable: boolean
  readonly groupable: boolean
  /** The words of an enum. */
  readonly values: readonly string[] | undefined
}

/** Values of a row by column; only the columns that were asked for. */
export type BreakoutValues = Readonly<Record<string, string | number | null | undefined>>

/** What the viewer has of the report, sorted out. */
export interface BreakoutColumns {
  /** By name, in the brand's order. */
  readonly all: ReadonlyMap<string, BreakoutColumn>
  readonly groups: readonly BreakoutColumn[]
  readonly metrics: readonly BreakoutColumn[]
  /** The group that is a time. */
  readonly time: string | undefined
  /** Columns a destination is looked for in. */
  readonly destination: { readonly name: string | undefined; readonly code: string | undefined }
  readonly standardGroups: readonly string[]
  readonly standardMetrics: readonly string[]
}

const numeric = new Set(['int', 'decimal', 'money', 'rate', 'percent'])
export const isNumeric = ({ type }: BreakoutColumn): boolean => numeric.has(type)

/** Whether values of rows may be added up: counts, seconds and money, but no mean, share or rate. */
export const isSum = ({ type, unit }: BreakoutColumn): boolean => type === 'money' || (type === 'int' && unit !== 'ms')

export const isMoney = ({ type }: BreakoutColumn): boolean => type === 'money' || type === 'rate'

/** The columns of the server's answer. */
export const columnsOf = (answer: BreakoutColumnsQuery): BreakoutColumns => {
  const values = new Map(
    (answer.__type?.fields ?? []).map(({ name, type }) => [name, type.enumValues?.map(value => value.name)])
  )
  const columns = (answer.breakoutColumns ?? []).map(column => ({ ...column, values: values.get(column.name) }))
  const groups = columns.filter(({ groupable }) => groupable)
  const metrics = columns.filter(({ groupable }) => !groupable)
  const time = groups.find(({ type }) => type === 'datetime')?.name
  const named = (ending: RegExp): string | undefined =>
    groups.find(({ name, filterable }) => filterable && ending.test(name))?.name
  const standard = metrics.filter(column => column.default)
  return {
    all: new Map(columns.map(column => [column.name, column])),
    groups,
    metrics,
    time,
    destination: { name: named(/destinationName$/i), code: named(/destinationCode$/i) },
    standardGroups: groups.slice(0, 1).map(({ name }) => time ?? name),
    standardMetrics: (standard.length > 0 ? standard : metrics).map(({ name }) => name)
  }
}
