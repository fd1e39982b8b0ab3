import { TZDate } from '@date-fns/tz'

/** An instant as a field of type `datetime-local` has it: the clock of a time zone, to the minute. Empty when it is none. */
export const toLocalField = (instant: string, timeZone: string): string => {
  const at = Date.parse(instant)
  if (Number.isNaN(at)) return ''
  const clock = new TZDate(at, timeZone)
  const [year, ...rest] = [
    clock.getFullYear(),
    clock.getMonth() + 1,
    clock.getDate(),
    clock.getHours(),
    clock.getMinutes()
  ].map(part => String(part).padStart(2, '0'))
  return `${year!.padStart(4, '0')}-${rest[0]}-${rest[1]}T${rest[2]}:${rest[3]}`
}

/** Milliseconds by which clocks are put back somewhere. */
const repeats = [3_600_000, 1_800_000]

/**
 * The instant of what a field of type `datetime-local` says; null when it says none. A time the clocks leap over is the
 * one as much later; of a time they show twice it is the first.
 */
export const fromLocalField = (text: string, timeZone: string): string | null => {
  const [, year, month, day, hours, minutes, seconds = '0'] =
    /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d)(?::(\d\d))?/.exec(text) ?? []
  if (year === undefined) return null
  const date = new TZDate(+year, +month! - 1, +day!, +hours!, +minutes!, +seconds, 0, timeZone)
  const at = date.getTime()
  if (Number.isNaN(at)) return null
  const iso = (time: number): string => new Date(time).toISOString()
  const shown = toLocalField(iso(at), timeZone)
  const first = repeats.map(back => at - back).find(time => toLocalField(iso(time), timeZone) === shown)
  return iso(first ?? at)
}
