import type { FastifyReply, FastifyRequest } from 'fastify'
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'
import type { PluginDefinition, PluginMetric } from '../core/plugin-api.ts'
import { type DatabaseMeasure, measureDatabase, poolUse } from '../db/measure.ts'
import type { EndpointWatch } from '../graphql/endpoint.ts'
import type { Installation } from './installation.ts'

/** Milliseconds for which figures of the database stand, and for which a plugin may think about its own. */
const standsFor = 5_000
const patience = 2_000
/** Lines that one metric of a plugin may have; what is more is a label with too many values. */
const mostSamples = 200

type Values = readonly { readonly labels?: Readonly<Record<string, string>>; readonly value: number }[]

/** Figures of this process and of the installation, as Prometheus reads them. No label names a customer, a brand or an id. */
export class Metrics {
  readonly #registry = new Registry()
  readonly #requests: Histogram<'route' | 'status'>
  readonly #errors: Counter<'endpoint' | 'code'>
  readonly #plans: [endpoint: string, counts: Parameters<EndpointWatch['planner']>[0]][] = []
  readonly #gauges = new Map<string, Gauge<string>>()
  #measured: Promise<DatabaseMeasure> | null = null
  #measuredAt = 0

  constructor() {
    const registers = [this.#registry]
    collectDefaultMetrics({ register: this.#registry })
    this.#requests = new Histogram({
      name: 'portal_http_request_seconds',
      help: 'Requests by the route that took them and the class of their status.',
      labelNames: ['route', 'status'],
      buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
      registers
    })
    this.#errors = new Counter({
      name: 'portal_graphql_errors_total',
      help: 'Errors that answers of GraphQL carried, by code.',
      labelNames: ['endpoint', 'code'],
      registers
    })
  }

  /** Counts a request that is answered. */
  answered(request: FastifyRequest, reply: FastifyReply): void {
    this.#requests.observe(
      { route: request.routeOptions.url ?? 'none', status: `${Math.trunc(reply.statusCode / 100)}xx` },
      reply.elapsedTime / 1_000
    )
  }

  /** What one GraphQL endpoint tells. @param endpoint `portal` or `operator` */
  watch(endpoint: string): EndpointWatch {
    return {
      failed: code => this.#errors.inc({ endpoint, code }),
      planner: counts => void this.#plans.push([endpoint, counts])
    }
  }

  /** The whole page. What cannot be read is left out; nothing makes it fail. */
  async page(installation: Installation): Promise<{ readonly type: string; readonly text: string }> {
    this.#process(installation)
    const measure = await this.#measure(installation)
    this.#set('portal_database_up', '1 when the database answered.', [{ value: measure === null ? 0 : 1 }])
    this.#database(measure)
    await this.#access(installation, measure)
    await Promise.all(installation.plugins.map(plugin => this.#plugin(installation, plugin, measure?.at ?? null)))
    return { type: this.#registry.contentType, text: await this.#registry.metrics() }
  }

  /** Sets all lines of a gauge; those of the last page are gone. */
  #set(
    name: string,
    help: string,
    values: Values,
    labelNames: readonly string[] = Object.keys(values[0]?.labels ?? {})
  ): void {
    let gauge = this.#gauges.get(name)
    if (gauge === undefined) {
      if (values.length === 0) return
      gauge = new Gauge({ name, help, labelNames: [...labelNames], registers: [this.#registry] })
      this.#gauges.set(name, gauge)
    }
    gauge.reset()
    // A gauge without labels begins with 0, which nobody has measured.
    if (values.length === 0) gauge.remove({})
    for (const { labels = {}, value } of values) gauge.set(labels, value)
  }

  #process({ database }: Installation): void {
    const pools = poolUse(database).flatMap(({ pool, ...states }) =>
      Object.entries(states).map(([state, value]) => ({ labels: { pool, state }, value }))
    )
    this.#set('portal_pool_connections', 'Connections of this process by state; waiting: requests without one.', pools)
    const counts = this.#plans.map(([endpoint, read]) => ({ labels: { endpoint }, ...read() }))
    this.#set(
      'portal_graphql_plans',
      'Prepared documents that are kept.',
      counts.map(({ labels, plans }) => ({ labels, value: plans }))
    )
    this.#set(
      'portal_graphql_plans_built',
      'Documents prepared since the start; what of the requests is more came from those kept.',
      counts.map(({ labels, built }) => ({ labels, value: built }))
    )
  }

  #measure({ database }: Installation): Promise<DatabaseMeasure | null> {
    if (this.#measured === null || performance.now() - this.#measuredAt > standsFor) {
      this.#measuredAt = performance.now()
      this.#measured = measureDatabase(database)
    }
    return this.#measured.catch(() => null)
  }

  #database(measure: DatabaseMeasure | null): void {
    const one = (name: string, help: string, value: number | null | undefined): void =>
      this.#set(name, help, value === null || value === undefined ? [] : [{ value }])
    const sessions = measure && [
      { labels: { kind: 'contact' }, value: measure.contactSessions },
      { labels: { kind: 'staff' }, value: measure.staffSessions }
    ]
    this.#set('portal_sessions', 'Sessions that have not expired.', sessions ?? [])
    one('portal_sign_in_failures', 'Failed sign-ins of the last 15 minutes.', measure?.signInFailures)
    one('portal_processes', 'Processes that serve this database.', measure?.processes)
    one(
      'portal_backup_age_seconds',
      'Time since the last backup was written; left out when there was none.',
      measure === null || measure.backupAt === null ? null : Math.max(0, measure.at - measure.backupAt) / 1_000
    )
    one('portal_database_connections', 'Connections to the database, of all processes.', measure?.connections)
    one('portal_disk_free_bytes', 'Room left where the database file lies.', measure?.freeBytes)
    this.#set(
      'portal_database_bytes',
      'Size of the database.',
      Object.entries(measure?.bytes ?? {}).map(([kind, value]) => ({ labels: { kind }, value }))
    )
    const jobs = measure?.jobs ?? []
    this.#set(
      'portal_jobs',
      'Background work by state; failed: given up.',
      jobs.flatMap(({ name, lateMs: _, ...states }) =>
        Object.entries(states).map(([state, value]) => ({ labels: { job: name, state }, value: Number(value) }))
      )
    )
    this.#set(
      'portal_job_late_seconds',
      'How late the job of this kind is that has waited longest.',
      jobs.map(({ name, lateMs }) => ({ labels: { job: name }, value: Number(lateMs) / 1_000 }))
    )
  }

  async #access({ stores, access }: Installation, measure: DatabaseMeasure | null): Promise<void> {
    const lag = async (): Promise<number | null> => {
      if (measure === null) return null
      const held = access.revisions
      const { revisions } = await stores.source.clock()
      return [...revisions].reduce((sum, [scope, revision]) => sum + Math.max(0, revision - (held.get(scope) ?? 0)), 0)
    }
    const behind = await lag().catch(() => null)
    this.#set(
      'portal_access_revisions_behind',
      'Access changes that this process has not read; the next request that needs them does.',
      behind === null ? [] : [{ value: behind }]
    )
  }

  async #plugin(installation: Installation, plugin: PluginDefinition, at: number | null): Promise<void> {
    const { metrics } = plugin
    if (metrics === undefined) return
    const nameOf = ({ name }: PluginMetric): string => `portal_${plugin.name.replaceAll('-', '_')}_${name}`
    let failed = at === null
    const found: Awaited<ReturnType<typeof metrics.read>>[number][] = []
    try {
      if (at !== null) found.push(...(await inTime(metrics.read(installation.databaseOf(plugin), at))))
    } catch {
      failed = true
    }
    for (const metric of metrics.list) {
      const own = found.filter(({ name }) => name === metric.name)
      const sound = own
        .filter(
          ({ value, labels = {} }) =>
            Number.isFinite(value) && Object.keys(labels).every(label => metric.labels?.includes(label))
        )
        .slice(0, mostSamples)
      if (sound.length < own.length) failed = true
      this.#show(nameOf(metric), metric, sound)
    }
    if (found.some(({ name }) => !metrics.list.some(metric => metric.name === name))) failed = true
    this.#failures.set({ plugin: plugin.name }, failed ? 1 : 0)
  }

  get #failures(): Gauge<string> {
    const name = 'portal_plugin_metrics_failed'
    const known = this.#gauges.get(name)
    if (known !== undefined) return known
    const made = new Gauge({
      name,
      help: '1 when figures of a plugin could not be read, or were not as it declared them.',
      labelNames: ['plugin'],
      registers: [this.#registry]
    })
    this.#gauges.set(name, made)
    return made
  }

  #show(name: string, { help, type, labels = [] }: PluginMetric, values: Values): void {
    if (type === 'gauge') {
      this.#set(name, help, values, labels)
      return
    }
    const known = this.#registry.getSingleMetric(name) as Counter<string> | undefined
    const counter = known ?? new Counter({ name, help, labelNames: [...labels], registers: [this.#registry] })
    // The plugin keeps the count; a registry only ever adds.
    counter.reset()
    for (const { labels: given = {}, value } of values) if (value >= 0) counter.inc(given, value)
  }
}

const inTime = async <T>(work: Promise<T>): Promise<T> => {
  let timer: NodeJS.Timeout | undefined
  const tooLong = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('too slow')), patience)
  })
  try {
    return await Promise.race([work, tooLong])
  } finally {
    clearTimeout(timer)
  }
}
