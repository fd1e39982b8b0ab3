import type { PluginMetrics } from '../../core/plugin-api.ts'
import { latestFeeds } from './batch/feeds.ts'
import { silentCompanies } from './batch/silence.ts'

/** Sources that have figures of their own on the metrics page. */
const mostSources = 100

/** What monitoring is told about calls that arrive. */
export const metrics: PluginMetrics = {
  list: [
    {
      name: 'feed_age_seconds',
      help: 'Time since a call of this source was last loaded.',
      type: 'gauge',
      labels: ['source']
    },
    {
      name: 'feed_silent',
      help: '1 while this source is silent for longer than it should.',
      type: 'gauge',
      labels: ['source']
    },
    {
      name: 'feed_calls_today',
      help: 'Calls of this source loaded since 00:00 UTC.',
      type: 'gauge',
      labels: ['source']
    },
    {
      name: 'companies_silent',
      help: 'Companies that are silent for longer than they should.',
      type: 'gauge',
      labels: []
    },
    {
      name: 'batches_running',
      help: 'Batches that take in calls or are being undone.',
      type: 'gauge',
      labels: ['state']
    }
  ],
  async read(db, at) {
    const feeds = await latestFeeds(db, at, mostSources)
    const states = await db.all<{ state: string; n: number | string }>(
      `select state, count(*) as n from {cdr_batch} where state in ('RUNNING', 'UNDOING') group by state`
    )
    return [
      ...feeds.flatMap(({ source, receivedAt, silentSince, callsToday }) => {
        const labels = { source }
        return [
          ...(receivedAt === null
            ? []
            : [{ name: 'feed_age_seconds', labels, value: Math.max(0, at - receivedAt) / 1000 }]),
          { name: 'feed_silent', labels, value: silentSince === null ? 0 : 1 },
          { name: 'feed_calls_today', labels, value: callsToday }
        ]
      }),
      { name: 'companies_silent', labels: {}, value: await silentCompanies(db) },
      ...['RUNNING', 'UNDOING'].map(state => ({
        name: 'batches_running',
        labels: { state },
        value: Number(states.find(row => row.state === state)?.n ?? 0)
      }))
    ]
  }
}
