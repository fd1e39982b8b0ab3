import type { ReleaseReason } from './call.ts'

/** What demo calls go to. `asr` is the share that answers, `talk` the mean seconds of those, `weight` how often it is called. */
export interface DemoDestination {
  readonly code: string
  readonly name: string
  /** Digits after the code. */
  readonly digits: number
  /** Per minute in 10^-9 units, on the cheapest card. */
  readonly rate: bigint
  readonly asr: number
  readonly talk: number
  readonly weight: number
}

const destination = (
  code: string,
  name: string,
  digits: number,
  rate: number,
  asr: number,
  talk: number,
  weight: number
): DemoDestination => ({ code, name, digits, rate: BigInt(rate) * 1_000n, asr, talk, weight })

/** Rates in 10^-6 a minute here. Numbers are of plausible length, not anybody's. */
export const demoDestinations: readonly DemoDestination[] = [
  destination('4420', 'United Kingdom - London', 8, 4_200, 0.62, 190, 14),
  destination('44', 'United Kingdom', 10, 5_100, 0.58, 175, 12),
  destination('447', 'United Kingdom - Mobile', 9, 9_800, 0.51, 120, 15),
  destination('1', 'USA and Canada', 10, 6_300, 0.55, 160, 14),
  destination('1212', 'USA - New York', 7, 5_900, 0.57, 165, 5),
  destination('49', 'Germany', 10, 8_400, 0.6, 200, 6),
  destination('4917', 'Germany - Mobile', 9, 21_500, 0.48, 115, 5),
  destination('33', 'France', 9, 7_700, 0.59, 185, 5),
  destination('336', 'France - Mobile', 8, 24_000, 0.47, 110, 4),
  destination('34', 'Spain', 9, 8_100, 0.57, 170, 3),
  destination('39', 'Italy', 10, 9_300, 0.56, 165, 3),
  destination('31', 'Netherlands', 9, 9_900, 0.6, 180, 3),
  destination('48', 'Poland', 9, 13_200, 0.55, 150, 2),
  destination('91', 'India', 10, 18_700, 0.41, 240, 4),
  destination('92', 'Pakistan', 10, 46_500, 0.33, 260, 1),
  destination('880', 'Bangladesh', 10, 38_200, 0.35, 280, 1),
  destination('234', 'Nigeria', 10, 68_000, 0.29, 210, 1),
  destination('27', 'South Africa', 9, 41_000, 0.45, 160, 1),
  destination('61', 'Australia', 9, 12_400, 0.56, 170, 2),
  destination('971', 'United Arab Emirates', 8, 182_000, 0.38, 140, 1),
  destination('55', 'Brazil', 10, 22_600, 0.44, 150, 1),
  destination('52', 'Mexico', 10, 11_900, 0.46, 155, 1)
]

/** Cards by public name: factor on the rate in percent, seconds of the first and each further pulse, connect cost. */
export const demoCards = [
  { id: 'card-wholesale', name: 'Wholesale', percent: 100n, first: 1, next: 1, connectCost: 0n },
  { id: 'card-business', name: 'Business', percent: 140n, first: 6, next: 6, connectCost: 0n },
  { id: 'card-retail', name: 'Retail', percent: 220n, first: 60, next: 60, connectCost: 5_000n }
] as const

/** Ends of calls that were not answered: SIP code, Q.850 cause, reason, share. */
export const demoFailures: readonly {
  readonly sipCode: number
  readonly sipReason: string
  readonly q850Cause: number | null
  readonly reason: ReleaseReason
  readonly share: number
}[] = [
  { sipCode: 480, sipReason: 'Temporarily Unavailable', q850Cause: 19, reason: 'NO_ANSWER', share: 0.34 },
  { sipCode: 487, sipReason: 'Request Terminated', q850Cause: null, reason: 'CANCELLED', share: 0.24 },
  { sipCode: 486, sipReason: 'Busy Here', q850Cause: 17, reason: 'BUSY', share: 0.2 },
  { sipCode: 404, sipReason: 'Not Found', q850Cause: 1, reason: 'UNALLOCATED', share: 0.1 },
  { sipCode: 603, sipReason: 'Decline', q850Cause: 21, reason: 'REJECTED', share: 0.07 },
  { sipCode: 503, sipReason: 'Service Unavailable', q850Cause: 34, reason: 'CONGESTION', share: 0.05 }
]

/** Share of a day's calls in each UTC hour: office hours with a dip at noon. */
export const demoHours: readonly number[] = [
  4, 3, 2, 2, 3, 5, 12, 28, 52, 68, 72, 66, 54, 62, 70, 66, 54, 40, 30, 24, 18, 13, 9, 6
]
