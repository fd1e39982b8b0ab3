import type { DemoWorld, PluginDatabase } from '../../core/plugin-api.ts'
import type { Call } from './call.ts'
import { demoCards, demoDestinations, demoFailures, demoHours } from './demo-world.ts'
import { ingestBatch, ingestCalls } from './ingest.ts'
import { day } from './range.ts'
import { hour } from './roll-up.ts'

const days = 90
const allLegs = 201_000
/** Share of customers' calls that are inbound. */
const inbound = 0.15
/** Share of outbound calls whose carrier's leg is a demo carrier's too. */
const carried = 0.24

type Company = DemoWorld['companies'][number]

/** Picks by weight: sums once, then a binary search. */
const picker = <T>(items: readonly T[], weight: (item: T, i: number) => number, random: () => number): (() => T) => {
  const ends: number[] = []
  let total = 0
  items.forEach((item, i) => {
    total += weight(item, i)
    ends.push(total)
  })
  return () => {
    const at = random() * total
    let low = 0
    let high = ends.length - 1
    while (low < high) {
      const middle = (low + high) >> 1
      if (ends[middle]! > at) high = middle
      else low = middle + 1
    }
    return items[low]!
  }
}

/** Billed seconds by pulses, and the charge in 10^-6 units, half up. */
const bill = (duration: number, card: (typeof demoCards)[number], rate: bigint) => {
  if (duration === 0) return { billedDuration: 0, charge: 0n }
  const { first, next, connectCost } = card
  const billedDuration = duration <= first ? first : first + Math.ceil((duration - first) / next) * next
  return { billedDuration, charge: (rate * BigInt(billedDuration) + 30_000n) / 60_000n + connectCost }
}

/** 90 days of rated calls, the same for the same companies and seed; about `legs` rows. */
export const demo = async (
  db: PluginDatabase,
  { random, until, companies }: DemoWorld,
  legs: number = allLegs
): Promise<void> => {
  const customers = companies.filter(({ userType }) => userType === 'CUSTOMER')
  const carriers = companies.filter(({ userType }) => userType === 'CARRIER')
  if (customers.length === 0) return
  const whole = (below: number): number => Math.floor(random() * below)
  const number = (digits: number): string => String(whole(10 ** digits)).padStart(digits, '0')

  const pickCustomer = picker(customers, (_, i) => 1 / (i + 2), random)
  const pickCarrier = picker(carriers, (_, i) => 1 / (i + 2), random)
  const pickDestination = picker(demoDestinations, ({ weight }) => weight, random)
  const pickHour = picker(
    demoHours.map((_, h) => h),
    h => demoHours[h]!,
    random
  )
  const pickFailure = picker(demoFailures, ({ share }) => share, random)
  const cardOf = new Map(customers.map((company, i) => [company.id, demoCards[i % demoCards.length]!]))
  const homeOf = new Map(companies.map((company, i) => [company.id, demoDestinations[i % 10]!]))
  const numbersOf = new Map(
    customers.map(company => [
      company.id,
      Array.from({ length: 5 }, () => `${homeOf.get(company.id)!.code}${number(homeOf.get(company.id)!.digits)}`)
    ])
  )
  const ipOf = new Map(companies.map((company, i) => [company.id, `198.51.${100 + (i % 2)}.${10 + (i % 200)}`]))
  const recent = (at: number): boolean => until - at < 30 * day

  // Times first, oldest first: days come in as they would from a switch.
  const starts = Array.from({ length: Math.round(legs / (1 + (1 - inbound) * carried)) }, () => {
    const date = until - days * day + whole(days) * day
    const weekend = [0, 6].includes(new Date(date).getUTCDay())
    const at = weekend && random() < 0.6 ? date - 2 * day : date
    return Math.max(until - days * day, at) + pickHour() * hour + whole(hour)
  }).sort((a, b) => a - b)

  const call = (sequence: number, startedAt: number): readonly Call[] => {
    const customer: Company = pickCustomer()
    const card = cardOf.get(customer.id)!
    const isInbound = random() < inbound
    const destination = isInbound ? homeOf.get(customer.id)! : pickDestination()
    const own = numbersOf.get(customer.id)!
    const mine = own[whole(own.length)]!
    const other = `${destination.code}${number(destination.digits)}`
    const answered = random() < (isInbound ? 0.78 : destination.asr)
    const short = answered && random() < 0.04
    // Talk times are about exponential.
    const duration = !answered
      ? 0
      : short
        ? 1 + whole(6)
        : 7 + Math.min(7_000, Math.floor(-Math.log(1 - random()) * destination.talk))
    const ringDuration = answered ? 2 + whole(14) : whole(40)
    const pdd = 350 + whole(2_600)
    const failure = answered ? undefined : pickFailure()
    const answeredAt = answered ? startedAt + pdd + ringDuration * 1_000 : null
    const endedAt = (answeredAt ?? startedAt + pdd + ringDuration * 1_000) + duration * 1_000
    const rate = isInbound ? 1_500_000n : (destination.rate * card.percent) / 100n
    const digits = answered && random() < 0.06 ? number(1 + whole(8)) : null
    const media = answered && random() < 0.9
    const callId = `${sequence.toString(36).padStart(5, '0')}${number(9)}@sbc${1 + (sequence % 3)}.demo.invalid`
    const shared = {
      source: 'demo',
      callId,
      startedAt,
      answeredAt,
      endedAt,
      duration,
      ringDuration,
      sipCode: failure?.sipCode ?? 200,
      sipReason: failure?.sipReason ?? 'OK',
      q850Cause: failure ? failure.q850Cause : 16,
      releaseReason: failure?.reason ?? (random() < 0.55 ? 'DOWNSTREAM_BYE' : 'UPSTREAM_BYE'),
      codec: answered ? (random() < 0.7 ? 'PCMA' : 'G729') : null,
      rtpServer: media ? `rtp${1 + (sequence % 4)}.demo.invalid` : null,
      dtmfCount: digits?.length ?? 0,
      mosHundredths: media ? 340 + whole(105) : null,
      jitterMs: media ? whole(25) : null,
      packetLossHundredths: media ? whole(120) : null,
      rttMs: media ? 20 + whole(180) : null
    } as const
    // Spreads stand last: before forty names they cost V8 fifty times as much.
    const customerLeg: Call = {
      companyId: customer.id,
      leg: 'CUSTOMER',
      identity: callId,
      direction: isInbound ? 'ORIGINATION' : 'TERMINATION',
      cli: isInbound ? other : mine,
      destination: isInbound ? mine : other,
      techPrefix: isInbound || card.id !== 'card-wholesale' ? null : '7700',
      destinationCode: destination.code,
      destinationName: isInbound ? `${destination.name} (inbound)` : destination.name,
      jurisdiction: destination.code.startsWith('1') ? (random() < 0.7 ? 'INTER' : 'INTRA') : 'INTERNATIONAL',
      cardId: card.id,
      cardName: card.name,
      pdd,
      pddIn: Math.floor(pdd * 0.4),
      rate,
      connectCost: answered ? card.connectCost : 0n,
      currency: customer.currency,
      sourceIp: ipOf.get(customer.id)!,
      authName: `trunk-${ipOf.get(customer.id)!.split('.').at(-1)}`,
      dtmf: digits,
      recordingId: answered && recent(startedAt) && random() < 0.1 ? `rec-${callId.slice(0, 14)}` : null,
      stirShakenAttest: destination.code.startsWith('1') ? 'B' : null,
      dncStatus: 'NOT_FOUND',
      ...shared,
      ...bill(duration, card, rate)
    }
    if (isInbound || carriers.length === 0 || random() >= carried) return [customerLeg]
    const carrier: Company = pickCarrier()
    const cost = (destination.rate * 78n) / 100n
    const carrierLeg: Call = {
      companyId: carrier.id,
      leg: 'CARRIER',
      identity: callId,
      direction: 'TERMINATION',
      cli: mine,
      destination: other,
      techPrefix: '9001',
      destinationCode: destination.code,
      destinationName: destination.name,
      jurisdiction: null,
      cardId: 'provider-standard',
      cardName: 'Standard',
      pdd: Math.floor(pdd * 0.8),
      rate: cost,
      connectCost: 0n,
      currency: carrier.currency,
      gatewayIp: ipOf.get(carrier.id)!,
      ...shared,
      ...bill(duration, demoCards[0], cost)
    }
    return [customerLeg, carrierLeg]
  }

  let waiting: Call[] = []
  for (const [sequence, startedAt] of starts.entries()) {
    waiting.push(...call(sequence, startedAt))
    if (waiting.length >= ingestBatch - 1) {
      await ingestCalls(db, waiting)
      waiting = []
    }
  }
  await ingestCalls(db, waiting)
}
