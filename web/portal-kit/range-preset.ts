import { TZDate } from '@date-fns/tz'
import { addDays, addMonths, startOfDay, startOfMonth } from 'date-fns'

/** Periods that are chosen by one click, in the order they are offered. */
export const rangePresets = ['lastHour', 'today', 'yesterday', 'last7Days', 'thisMonth', 'lastMonth'] as const
export type RangePreset = (typeof rangePresets)[number]

/** From the first instant up to, and without, the second; ISO 8601, UTC. */
export interface InstantRange {
  readonly from: string
  readonly to: string
}

export const isRangePreset = (text: string | null | undefined): text is RangePreset =>
  rangePresets.some(preset => preset === text)

const hour = 3_600_000
const iso = (date: Date): string => new Date(date.getTime()).toISOString()

/**
 * The period a preset means at an instant: days and months are those of a time zone, so one may have 23 or 25 hours.
 * @param timeZone IANA name
 */
export const rangeOfPreset = (preset: RangePreset, now: Date, timeZone: string): InstantRange => {
  const here = new TZDate(now.getTime(), timeZone)
  const today = startOfDay(here)
  const day = (offset: number): string => iso(startOfDay(addDays(today, offset)))
  const month = (offset: number): string => iso(startOfMonth(addMonths(startOfMonth(here), offset)))
  switch (preset) {
    case 'lastHour':
      return { from: iso(new Date(now.getTime() - hour)), to: iso(now) }
    case 'today':
      return { from: day(0), to: day(1) }
    case 'yesterday':
      return { from: day(-1), to: day(0) }
    case 'last7Days':
      return { from: day(-6), to: day(1) }
    case 'thisMonth':
      return { from: month(0), to: month(1) }
    case 'lastMonth':
      return { from: month(-1), to: month(0) }
  }
}
