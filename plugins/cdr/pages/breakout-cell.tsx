import type { ReactNode } from 'react'
import { type Formats, useFormats } from '../../../web/kit/formats.ts'
import { useLanguage } from '../../../web/kit/messages.ts'
import type { BreakoutColumn, BreakoutValues } from './breakout-column.ts'
import type { Bucket } from './breakout-range.ts'
import { words } from './breakout-words.ts'

/** How values of the report are written for people. */
export interface BreakoutTexts {
  /** The start of a bucket, as UTC has it. */
  period(instant: string, bucket: Bucket): string
  /** An instant to the minute, as UTC has it. */
  instant(instant: string): string
  /** The heading of a column, with its unit where no cell has it. */
  heading(column: BreakoutColumn): string
  /** A value as text; empty for none. */
  value(column: BreakoutColumn, values: BreakoutValues, bucket: Bucket): string
}

type Words = ReturnType<typeof words.use>

/** A word of an enum; one the page does not know yet stays as it is. */
export const enumText = (t: Words, text: string): string =>
  text === 'TERMINATION' || text === 'ORIGINATION' ? t(text) : text

const valueText = (column: BreakoutColumn, values: BreakoutValues, formats: Formats, t: Words): string => {
  const value = values[column.name]
  if (value === null || value === undefined || value === '') return ''
  const text = String(value)
  switch (column.type) {
    case 'enum':
      return enumText(t, text)
    case 'money':
    case 'rate':
      return formats.money(text, values.currency as string | null | undefined)
    case 'percent':
      return formats.percent(text)
    case 'int':
    case 'decimal':
      if (column.unit === 's' && column.type === 'int') return formats.duration(Number(value))
      if (column.unit === 's') return t('seconds', { value: formats.number(text) })
      return column.unit === 'ms' ? t('milliseconds', { value: formats.number(text) }) : formats.number(text)
    default:
      return text
  }
}

export const useBreakoutTexts = (): BreakoutTexts => {
  const t = words.use()
  const formats = useFormats()
  const locale = `${useLanguage()}-u-nu-latn`
  const utc = (options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat =>
    new Intl.DateTimeFormat(locale, { ...options, timeZone: 'UTC' })
  const minute = utc({ dateStyle: 'medium', timeStyle: 'short' })
  const month = utc({ year: 'numeric', month: 'long' })
  const period = (instant: string, bucket: Bucket): string => {
    if (bucket === 'HOUR') return minute.format(new Date(instant))
    return bucket === 'MONTH' ? month.format(new Date(instant)) : formats.date(instant, { utc: true })
  }
  return {
    period,
    instant: instant => minute.format(new Date(instant)),
    heading: column => (column.type === 'rate' ? t('perMinute', { title: column.title }) : column.title),
    value: (column, values, bucket) => {
      const value = values[column.name]
      if (column.type === 'datetime') return value == null ? '' : period(String(value), bucket)
      return valueText(column, values, formats, t)
    }
  }
}

/** A value in a cell; a group without a value says so. */
export const BreakoutCell = ({
  column,
  text,
  isTotal
}: {
  readonly column: BreakoutColumn
  readonly text: string
  readonly isTotal: boolean
}): ReactNode => {
  const t = words.use()
  if (text === '') return column.groupable && !isTotal ? <span data-part="no-value">{t('noValue')}</span> : ''
  return <bdi>{text}</bdi>
}
