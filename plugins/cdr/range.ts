import { badInput, type PortalContext, PortalError } from '../../core/plugin-api.ts'

/** Milliseconds from the first up to, and without, the second. */
export interface Range {
  readonly from: number
  readonly to: number
}

export const day = 86_400_000

/** Months of calls that stay live when the installation has not said otherwise. */
export const defaultLiveMonths = 3

/** Start of the UTC month `months` before the one of `at`. */
export const monthStart = (at: number, months = 0): number => {
  const date = new Date(at)
  // Not Date.UTC, which takes the years 0 to 99 for 1900 to 1999.
  return new Date(0).setUTCFullYear(date.getUTCFullYear(), date.getUTCMonth() - months, 1)
}

/** `2026-03` */
export const monthName = (at: number): string => new Date(at).toISOString().slice(0, 7)

/**
 * Calls before this instant are not live.
 * @throws PortalError PRECONDITION_FAILED with the archived months when the range reaches before it
 */
export const assertLive = async ({ scope, at }: Pick<PortalContext, 'scope' | 'at'>, range: Range): Promise<void> => {
  // At least the month before this one is live everywhere: the usual question needs no look-up.
  if (range.from >= monthStart(at, 1)) return
  const window: { live_from: number | string } | undefined = await scope.from('cdr_window').first('live_from')
  const liveFrom = window ? Number(window.live_from) : monthStart(at, defaultLiveMonths)
  if (range.from >= liveFrom) return
  const months: { month: string }[] = await scope.from('cdr_archive').distinct('month').orderBy('month')
  throw new PortalError('PRECONDITION_FAILED', 'The range reaches into archived months; ask for later calls.', {
    reason: 'CALLS_ARCHIVED',
    facts: { liveFrom: new Date(liveFrom).toISOString(), archiveMonths: months.map(({ month }) => month) }
  })
}

/** @throws PortalError BAD_USER_INPUT for a range that is missing, inverted or longer than `most` milliseconds */
export const checkRange = (from: unknown, to: unknown, path: string, most: number, limit: string): Range => {
  if (typeof from !== 'number') throw badInput(`${path}.from`, 'is missing')
  if (typeof to !== 'number') throw badInput(`${path}.to`, 'is missing')
  if (to <= from) throw badInput(path, 'must end after it begins')
  if (to - from > most) throw badInput(path, `may span ${limit}`)
  return { from, to }
}
