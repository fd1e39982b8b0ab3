import type { ReactNode } from 'react'
import type { Formats } from '../../../web/kit/formats.ts'
import { words } from './calls-words.ts'

/** A column of calls as the server describes it to the viewer. */
export interface CallColumn {
  readonly name: string
  readonly title: string
  readonly type: string
  /** In English: `s`, `ms`, `%`. */
  readonly unit: string | null
}

/** Values of one call by column; only the columns that were asked for. */
export type CallValues = Readonly<Record<string, string | number | null | undefined>>

type Words = ReturnType<typeof words.use>

/** Types whose values are amounts in the currency of the call. */
export const amountTypes: readonly string[] = ['money', 'rate']

const numeric = new Set(['int', 'decimal', 'money', 'rate', 'percent'])
export const isNumeric = ({ type }: CallColumn): boolean => numeric.has(type)

/** A word of an enum in the language of the page; a word the page does not know yet stays as it is. */
export const enumLabel = (t: Words, value: string): string =>
  Object.hasOwn(words.texts.en, value) ? t(value as Parameters<Words>[0]) : value

/** A value of a call for people. */
export const callCell = (column: CallColumn, values: CallValues, formats: Formats, t: Words): ReactNode => {
  const value = values[column.name]
  if (value === null || value === undefined || value === '') return ''
  const text = String(value)
  switch (column.type) {
    case 'datetime':
      return <time dateTime={text}>{formats.dateTime(text)}</time>
    case 'enum':
      return enumLabel(t, text)
    case 'money':
      return <bdi>{formats.money(text, values.currency as string | null | undefined)}</bdi>
    case 'rate':
      return <bdi>{t('perMinute', { amount: formats.money(text, values.currency as string | null | undefined) })}</bdi>
    case 'percent':
      return <bdi>{formats.percent(text)}</bdi>
    case 'decimal':
      return <bdi>{formats.number(text)}</bdi>
    case 'int':
      if (column.unit === 's') return <bdi>{formats.duration(Number(value))}</bdi>
      return <bdi>{column.unit === 'ms' ? t('ms', { value: formats.number(text) }) : formats.number(text)}</bdi>
    default:
      return <bdi>{text}</bdi>
  }
}
