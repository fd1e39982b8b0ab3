import { useMemo } from 'react'
import { useLanguage } from './messages.ts'
import { createStore } from './store.ts'

/** How values are written for people: in the language of the page and in the viewer's time zone. */
export interface Formats {
  /** IANA name of the viewer's time zone. */
  readonly timeZone: string
  /** An instant in ISO 8601, to the second. */
  dateTime(instant: string): string
  /** The day of an instant. `utc`: as UTC counts days. */
  date(instant: string, options?: { readonly utc?: boolean }): string
  number(value: number | string): string
  /** A decimal text with a currency of ISO-4217; without one, the bare number. */
  money(amount: string, currency: string | null | undefined): string
  /** Seconds as hours, minutes and seconds: `1:02:03`. */
  duration(seconds: number): string
  percent(value: number | string): string
}

const preferred = createStore<string | undefined>(undefined)

/** Writes times in this zone from now on; null, or a zone that this browser does not know: in the one of the device. */
export const preferTimeZone = (timeZone: string | null): void => {
  let known = timeZone ?? undefined
  try {
    new Intl.DateTimeFormat('en', { timeZone: known })
  } catch {
    known = undefined
  }
  preferred.set(known)
}

const two = (value: number): string => String(value).padStart(2, '0')

export const useFormats = (): Formats => {
  const language = useLanguage()
  const zone = preferred.use()
  return useMemo(() => {
    // Digits as in telephone numbers, whatever the language.
    const locale = `${language}-u-nu-latn`
    const timeZone = zone ?? Intl.DateTimeFormat().resolvedOptions().timeZone
    const dateTime = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'medium', timeZone })
    const date = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeZone })
    const utcDate = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeZone: 'UTC' })
    const number = new Intl.NumberFormat(locale, { maximumFractionDigits: 9 })
    const percent = new Intl.NumberFormat(locale, { maximumFractionDigits: 2 })
    const decimals = (amount: string): number => Math.max(2, (amount.split('.')[1] ?? '').replace(/0+$/, '').length)
    // Digits are handed on as text: as a number an amount would lose its last ones.
    const exact = (format: Intl.NumberFormat, value: string): string => format.format(value as unknown as number)
    return {
      timeZone,
      dateTime: instant => dateTime.format(new Date(instant)),
      date: (instant, { utc = false } = {}) => (utc ? utcDate : date).format(new Date(instant)),
      number: value => exact(number, String(value)),
      money: (amount, currency) =>
        exact(
          new Intl.NumberFormat(locale, {
            minimumFractionDigits: 2,
            maximumFractionDigits: decimals(amount),
            ...(currency == null ? {} : { style: 'currency', currency })
          }),
          amount
        ),
      duration: seconds => {
        const whole = Math.round(seconds)
        const [hours, minutes] = [Math.floor(whole / 3_600), Math.floor((whole % 3_600) / 60)]
        return hours > 0 ? `${hours}:${two(minutes)}:${two(whole % 60)}` : `${minutes}:${two(whole % 60)}`
      },
      percent: value => `${exact(percent, String(value))} %`
    }
  }, [language, zone])
}
