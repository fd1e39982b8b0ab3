import { badInput } from '../../../core/plugin-api.ts'
import type { Call, CallDirection } from '../call.ts'
import type { LocalClock } from './local-clock.ts'

/** A call as a file tells it: everything but whose it is and what makes it one and the same. */
export interface ParsedCall extends Omit<Call, 'companyId' | 'leg' | 'currency' | 'source' | 'identity' | 'direction'> {
  /** A switch knows only whether the leg came from the company or went to it; the company's user type says the rest. */
  readonly direction: CallDirection | 'FROM_COMPANY' | 'TO_COMPANY'
  /** Empty when the switch wrote none. */
  readonly accountCode: string
  /** The money's currency, when the record brings money; must be the company's. */
  readonly currency?: string | null
  /** What identifies the call within its source; null when only the row itself can. */
  readonly key: string | null
  /** Name of the switch, if the record knows it. */
  readonly host: string | null
}

/** One record of an input: a call, or what is wrong with it. Lines count from 1. */
export type ParsedRecord = {
  readonly line: number
  readonly raw: string
  /** The header row above it, without which it cannot be read. */
  readonly header?: string
} & ({ readonly call: ParsedCall } | { readonly reason: string })

/** What a reader needs to know beside the bytes. */
export interface ReadOptions {
  /** Of local times; null when no zone was given. */
  readonly clock: LocalClock | null
  /** For records that do not say which way the call went. */
  readonly direction: CallDirection
  /** Tells the operator how the input was understood. */
  note(line: string): void
}

/** A way to write call records. */
export interface CallFormat {
  readonly name: string
  /** One line for `--help`. */
  readonly summary: string
  /** True when its times say no zone, so that one must be given. */
  readonly localTimes: boolean
  read(input: AsyncIterable<Uint8Array>, options: ReadOptions): AsyncIterable<readonly ParsedRecord[]>
}

/**
 * A whole, not negative number of at most nine digits.
 * @throws PortalError BAD_USER_INPUT naming the column
 */
export const parseWhole = (column: string, text: string): number => {
  if (!/^\d{1,9}$/.test(text)) throw badInput(column, text === '' ? 'is empty' : `${text} is not a whole number`)
  return Number(text)
}

/**
 * The instant of a number of seconds since 1970; null for 0 and for an empty text, which mean "never happened".
 * @throws PortalError BAD_USER_INPUT naming the column
 */
export const parseEpoch = (column: string, text: string): number | null => {
  if (text === '' || /^0+$/.test(text)) return null
  if (!/^\d{9,10}$/.test(text)) throw badInput(column, `${text} is not a Unix time`)
  return Number(text) * 1000
}

/** What a record says about its times, before it is made consistent. Seconds and milliseconds since 1970 UTC. */
export interface TimesAsWritten {
  readonly startedAt: number
  readonly answeredAt: number | null
  readonly endedAt: number | null
  readonly answered: boolean
  /** Whole call, seconds. */
  readonly duration: number
  /** Talk, seconds. */
  readonly billsec: number
}

/**
 * Times and talk of a call. Talk is `billsec` of an answered call and 0 of any other, whatever `billsec` says: what was
 * never answered is never charged. Switches round both numbers, so talk may exceed the call by one second; more is
 * believed only when answer and end say the same, else the record is refused rather than charged.
 * @throws PortalError BAD_USER_INPUT when the record contradicts itself
 */
export const callTimes = (
  written: TimesAsWritten
): Pick<Call, 'startedAt' | 'answeredAt' | 'endedAt' | 'duration' | 'billedDuration' | 'ringDuration'> => {
  const { startedAt, answered } = written
  if (written.endedAt !== null && written.endedAt < startedAt) throw badInput('end', 'is before the start')
  const talk = answered ? written.billsec : 0
  if (talk > written.duration + 1) {
    const spoken =
      written.answeredAt === null || written.endedAt === null ? null : (written.endedAt - written.answeredAt) / 1000
    if (spoken === null || Math.abs(spoken - talk) > 1)
      throw badInput('billsec', `${talk} seconds of talk in a call of ${written.duration} seconds`)
  }
  const atLeast = startedAt + Math.max(talk, written.duration) * 1000
  const answeredAt = answered ? Math.max(startedAt, written.answeredAt ?? atLeast - talk * 1000) : null
  const endedAt = Math.max(
    written.endedAt ?? 0,
    atLeast,
    startedAt + talk * 1000,
    (answeredAt ?? startedAt) + talk * 1000
  )
  return {
    startedAt,
    answeredAt,
    endedAt,
    duration: talk,
    billedDuration: talk,
    // From the numbers, for times may have lost their seconds in a spreadsheet.
    ringDuration: Math.max(0, written.duration - talk)
  }
}
