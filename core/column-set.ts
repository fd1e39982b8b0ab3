import type { UserType } from './feature.ts'

/** How a column's values are written: money is a decimal string, `seconds` and `milliseconds` are whole numbers. */
export type ColumnType =
  | 'string'
  | 'id'
  | 'int'
  | 'decimal'
  | 'money'
  | 'rate'
  | 'percent'
  | 'datetime'
  | 'enum'
  | 'boolean'

/** One column of a report, as a plugin declares it. Columns that only operators may see are not declared at all. */
export interface ColumnDefinition {
  readonly name: string
  /** In English, which machines read: headers of files, schemas. */
  readonly title: string
  /** The title in other languages than English, by language: `ar`. */
  readonly titles?: Readonly<Record<string, string>>
  readonly type: ColumnType
  /** `s`, `ms`, `%`, or a currency note. */
  readonly unit?: string
  /** The unit in other languages than English, by language. */
  readonly units?: Readonly<Record<string, string>>
  /** User types that may be given the column. */
  readonly audience: readonly UserType[]
  /** Part of the set a brand shows when it has chosen nothing. */
  readonly default?: boolean
  readonly sortable?: boolean
  readonly filterable?: boolean
  readonly groupable?: boolean
  /** Feature that must be effective for the column to exist. */
  readonly requiresFeature?: string
}

/** The columns of one report. */
export interface ColumnSetDefinition {
  /** Name in the operators' API: `CDR`. */
  readonly report: string
  readonly title: string
  /** The feature that shows the report; hidden feature, no columns. */
  readonly feature: string
  readonly columns: readonly ColumnDefinition[]
}

/** A column in the catalogue. `key` is `CDR.charge`; a column is an entry of the access set like a feature. */
export interface Column extends ColumnDefinition {
  readonly report: string
  readonly key: string
  readonly bit: number
}

export interface ColumnSet extends ColumnSetDefinition {
  readonly plugin: string
  readonly columns: readonly Column[]
}
