import { ingestCalls } from '../../plugins/cdr/ingest.ts'
import { cdr } from '../../plugins/cdr/plugin.ts'
import { conformance } from './conformance.ts'
import { until } from './conformance-world.ts'

const range = { from: new Date(until - 7 * 86_400_000).toISOString(), to: new Date(until).toISOString() }

conformance(cdr, {
  values: {
    'Query.breakout(groupBy:)': ['direction'],
    'export CDR': { range },
    'export BREAKOUT': { range, groupBy: ['direction'] }
  },
  async seed(db, { companies }) {
    await ingestCalls(
      db,
      companies.flatMap(({ id, userType }, company) =>
        [1, 2, 3].map(index => ({
          ...{ companyId: id, leg: userType, source: 'test', identity: `call-${company}-${index}` },
          ...{ callId: `call-id-${company}-${index}@switch.example`, direction: 'TERMINATION' as const },
          ...{ startedAt: until - index * 3_600_000, answeredAt: until - index * 3_600_000 + 4_000 },
          ...{
            endedAt: until - index * 3_600_000 + 64_000,
            cli: `4420794${company}000${index}`,
            destination: `4479460${company}00${index}`
          },
          ...{
            destinationCode: `4479${company}`,
            destinationName: `Region ${company} mobile`,
            sipCode: 200,
            duration: 60,
            ringDuration: 4,
            billedDuration: 60,
            charge: 1_500_000n + BigInt(company)
          },
          ...{
            currency: 'EUR',
            releaseReason: 'UPSTREAM_BYE' as const,
            ...(userType === 'CUSTOMER' ? { authName: `trunk-of-${company}` } : {})
          }
        }))
      )
    )
  }
})
