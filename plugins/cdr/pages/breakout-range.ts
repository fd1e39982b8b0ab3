import type { ChosenPeriod } from '../../../web/portal-kit/kept-state.ts'
import { type InstantRange, rangeOfPreset } from '../../../web/portal-kit/range-preset.ts'

export const buckets = ['HOUR', 'DAY', 'WEEK', 'MONTH'] as const
export type Bucket = (typeof buckets)[number]
export const isBucket = (text: unknown): text is Bucket => buckets.some(bucket => bucket === text)

/** Days a report by hour may span. */
export const mostDays = 92
/** Months any report may span. */
export const mostMonths = 13

const hour = 3_600_000
const day = 24 * hour

const iso = (at: number): string => new Date(at).toISOString()

/** The chosen period at an instant, widened to full hours of UTC, as the sums are by these. */
export const rangeOf = (chosen: ChosenPeriod, now: Date, timeZone: string): InstantRange => {
  const { from, to } = 'preset' in chosen ? rangeOfPreset(chosen.preset, now, timeZone) : chosen
  return {
    from: iso(Math.floor(Date.parse(from) / hour) * hour),
    to: iso(Math.ceil(Date.parse(to) / hour) * hour)
  }
}

const startOfMonth = (at: number, months = 0): number => {
  const date = new Date(at)
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + months, 1)
}

/** Same day and time of a later month, or the end of a shorter one. */
const monthsLater = (at: number, months: number): number =>
  Math.min(startOfMonth(at, months) + (at - startOfMonth(at)), startOfMonth(at, months + 1))

/** Why the server would refuse the period; null when it would not. */
export const faultOfRange = (range: InstantRange, hourly: boolean): 'rangeHour' | 'rangeLong' | null => {
  const [from, to] = [Date.parse(range.from), Date.parse(range.to)]
  if (hourly && to - from > mostDays * day) return 'rangeHour'
  return to > monthsLater(from, mostMonths) ? 'rangeLong' : null
}

/** Start of the hour, day, week (Monday) or month of UTC. */
const startOf = (at: number, bucket: Bucket): number => {
  if (bucket === 'HOUR') return Math.floor(at / hour) * hour
  if (bucket === 'MONTH') return startOfMonth(at)
  const start = Math.floor(at / day) * day
  // 1970 began on a Thursday.
  return bucket === 'DAY' ? start : start - ((start / day + 3) % 7) * day
}

/** Starts of all buckets of a period, in milliseconds. */
export const bucketsOf = ({ from, to }: InstantRange, bucket: Bucket): readonly number[] => {
  const starts: number[] = []
  const end = Date.parse(to)
  const next = { HOUR: hour, DAY: day, WEEK: 7 * day }
  let at = startOf(Date.parse(from), bucket)
  while (at < end) {
    starts.push(at)
    at = bucket === 'MONTH' ? startOfMonth(at, 1) : at + next[bucket]
  }
  return starts
}

/** The bucket to draw by: this one, or the next longer one of which a period has at most `most`. */
export const drawnBucket = (range: InstantRange, bucket: Bucket, most: number): Bucket => {
  const hours = (Date.parse(range.to) - Date.parse(range.from)) / hour
  const length = { HOUR: 1, DAY: 24, WEEK: 168, MONTH: 672 }
  return buckets.slice(buckets.indexOf(bucket)).find(each => hours / length[each] <= most) ?? 'MONTH'
}
