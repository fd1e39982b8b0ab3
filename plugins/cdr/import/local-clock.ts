import { IANAZone } from 'luxon'
import { badInput } from '../../../core/plugin-api.ts'

const quarter = 15 * 60_000
const farOff = 15 * 3_600_000

/**
 * Instants of a wall clock that does not say its zone.
 * In the hour that a zone repeats, the reading nearest to what is known about the call counts, else the earlier one.
 * A time in the hour that a zone leaves out is refused: no clock in that zone has ever shown it.
 */
export class LocalClock {
  readonly zone: string
  readonly #zone: IANAZone
  /** Quarter of an hour on the wall → the offsets that were in force then, minutes; one, two or none. */
  readonly #offsets = new Map<number, readonly number[]>()

  /** @throws PortalError BAD_USER_INPUT when there is no such zone */
  constructor(zone: string) {
    if (!/^(?:UTC|[A-Za-z_]+\/[A-Za-z0-9_+\-/]+)$/.test(zone) || !IANAZone.isValidZone(zone))
      throw badInput('--zone', `there is no time zone ${zone}; write it like Europe/London or UTC`)
    this.zone = zone
    this.#zone = IANAZone.create(zone)
  }

  /**
   * @param wall what the wall clock showed, as if it were UTC, in milliseconds
   * @param near an instant the result should be close to, for the hour that happens twice
   */
  instant(wall: number, near?: number | null): number {
    const offsets = this.#offsetsAt(wall)
    if (offsets.length === 0) {
      const text = new Date(wall).toISOString().slice(0, 19).replace('T', ' ')
      throw badInput('time', `${text} did not exist in ${this.zone}; is the zone right?`)
    }
    let best = wall - offsets[0]! * 60_000
    for (const offset of offsets) {
      const candidate = wall - offset * 60_000
      const better =
        near === undefined || near === null ? candidate < best : Math.abs(candidate - near) < Math.abs(best - near)
      if (better) best = candidate
    }
    return best
  }

  #offsetsAt(wall: number): readonly number[] {
    const block = Math.floor(wall / quarter)
    const known = this.#offsets.get(block)
    if (known !== undefined) return known
    // Zones change at full quarters of an hour, so the quarter's beginning speaks for all of it.
    const start = block * quarter
    const around = new Set([this.#zone.offset(start - farOff), this.#zone.offset(start + farOff)])
    const found = [...around].filter(offset => this.#zone.offset(start - offset * 60_000) === offset)
    if (this.#offsets.size >= 50_000) this.#offsets.clear()
    this.#offsets.set(block, found)
    return found
  }
}

const yearFirst = /^(\d{4})([-/])(\d{1,2})\2(\d{1,2})[ T](\d{1,2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?(Z|[+-]\d{2}:?\d{2})?$/
const dayFirst = /^(\d{1,2})\/(\d{1,2})\/(\d{4}|\d{2}) (\d{1,2}):(\d{2})(?::(\d{2}))?$/

/**
 * The instant a text means: `2026-03-01 14:05:09`, `2026/3/1 14:05`, `1/3/2026 14:05:09` and `01/03/26 14:05` (day first).
 * A text with an offset of its own needs no clock.
 * @throws PortalError BAD_USER_INPUT naming the column
 */
export const parseTime = (column: string, text: string, clock: LocalClock | null, near?: number | null): number => {
  const first = yearFirst.exec(text)
  const other = first === null ? dayFirst.exec(text) : null
  const parts =
    first !== null
      ? [first[1], first[3], first[4], first[5], first[6], first[7]]
      : other !== null
        ? [other[3]!.length === 2 ? `20${other[3]}` : other[3], other[2], other[1], other[4], other[5], other[6]]
        : null
  if (parts === null) throw badInput(column, text === '' ? 'is empty' : `${text} is not a time`)
  const [year, month, day, hour, minute, second] = parts.map(part => Number(part ?? 0)) as [
    number,
    number,
    number,
    number,
    number,
    number
  ]
  const wall = Date.UTC(year, month - 1, day, hour, minute, second)
  const real = new Date(wall)
  if (real.getUTCMonth() !== month - 1 || real.getUTCDate() !== day || hour > 23 || minute > 59 || second > 59)
    throw badInput(column, `${text} is not a time`)
  if (year < 1990 || year > 2100) throw badInput(column, `${text} is not the time of a call`)
  const offset = first?.[8]
  if (offset !== undefined) {
    if (offset === 'Z') return wall
    const sign = offset.startsWith('-') ? 1 : -1
    return wall + sign * (Number(offset.slice(1, 3)) * 60 + Number(offset.slice(-2))) * 60_000
  }
  if (clock === null) throw badInput('--zone', 'these times are local; say of which zone, for instance Europe/London')
  return clock.instant(wall, near)
}
