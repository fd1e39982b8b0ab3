import { createPluginDatabase } from '../../db/plugin-database.ts'
import { demoCards, demoDestinations, demoFailures } from '../../plugins/cdr/demo-world.ts'
import { ingestCalls } from '../../plugins/cdr/ingest.ts'
import { cdr } from '../../plugins/cdr/plugin.ts'
import { makeCall } from './cdr-context.ts'
import type { TestPortal } from './portal.ts'
import { randomFrom } from './random.ts'

const minute = 60_000

/**
 * Loads calls of all kinds for a customer, the same for the same arguments: one every `everyMs`, back from `until`.
 * Call-IDs are `call-0@switch` for the latest, and so on.
 */
export const giveCalls = async (
  portal: TestPortal,
  companyId: string,
  count: number,
  { until = Date.now() - minute, everyMs = 2 * minute }: { readonly until?: number; readonly everyMs?: number } = {}
): Promise<void> => {
  const random = randomFrom(7)
  const digits = (length: number): string => Array.from({ length }, () => random(10)).join('')
  const calls = Array.from({ length: count }, (_, index) => {
    const to = demoDestinations[random(demoDestinations.length)]!
    const card = demoCards[0]
    const startedAt = until - index * everyMs
    const outbound = random(5) > 0
    const isConnected = random(10) > 3
    const failure = demoFailures[random(demoFailures.length)]!
    const duration = isConnected ? 5 + random(900) : 0
    const ringDuration = 2 + random(20)
    const answeredAt = isConnected ? startedAt + ringDuration * 1_000 : null
    return makeCall({
      companyId,
      identity: `page-${startedAt}`,
      callId: `call-${index}@switch`,
      direction: outbound ? 'TERMINATION' : 'ORIGINATION',
      startedAt,
      answeredAt,
      endedAt: startedAt + (ringDuration + duration) * 1_000,
      cli: `4420${digits(8)}`,
      destination: `${to.code}${digits(to.digits)}`,
      destinationCode: to.code,
      destinationName: to.name,
      cardId: card.id,
      cardName: card.name,
      duration,
      billedDuration: duration,
      ringDuration,
      pdd: 200 + random(3_000),
      rate: to.rate,
      charge: (to.rate * BigInt(duration)) / 60_000n,
      sipCode: isConnected ? 200 : failure.sipCode,
      sipReason: isConnected ? 'OK' : failure.sipReason,
      q850Cause: isConnected ? 16 : failure.q850Cause,
      releaseReason: isConnected ? (random(2) > 0 ? 'DOWNSTREAM_BYE' : 'UPSTREAM_BYE') : failure.reason,
      sourceIp: '198.51.100.7',
      codec: 'G711A',
      mosHundredths: isConnected ? 380 + random(60) : null
    })
  })
  await ingestCalls(createPluginDatabase(portal.database, cdr), calls)
}
