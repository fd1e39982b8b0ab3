import { hostname } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'
import type { FastifyInstance } from 'fastify'
import { enterProcess } from '../db/migrate.ts'
import { removeProcess, renewProcess } from '../db/process-store.ts'
import { newId } from '../db/sql.ts'
import { Health } from './health.ts'
import { Metrics } from './metrics.ts'
import { openMonitor } from './monitor.ts'
import { endOnFault, listen, onShutdown, type PortalProcess } from './process.ts'
import { createServer } from './server.ts'

const seenEvery = 10_000
/** Milliseconds that requests under way have to end, and then what is left to be put away. */
const drainFor = 30_000
const tidyFor = 5_000

/** Tells the other processes of this one, and that it still lives. Resolves to how to take it back. */
const announce = async (
  { database, plugins }: PortalProcess,
  server: FastifyInstance
): Promise<() => Promise<void>> => {
  const self = { id: newId(), host: hostname(), pid: process.pid }
  const enter = (): Promise<void> => enterProcess(database, plugins, self)
  let entered = true
  await enter().catch((error: unknown) => {
    // Reads can be served where nothing can be written.
    if ((error as { code?: unknown }).code !== 'UNAVAILABLE') throw error
    entered = false
    server.log.warn({ err: error }, 'this process could not be entered into the list')
  })
  const timer = setInterval(async () => {
    try {
      // A row that somebody took away is entered again, with the check that goes with it.
      if (!entered || !(await renewProcess(database, self.id))) await enter()
      entered = true
    } catch (error) {
      server.log.warn({ err: error }, 'this process could not be renewed in the list')
    }
  }, seenEvery)
  return async () => {
    clearInterval(timer)
    await removeProcess(database, self.id).catch(() => {})
  }
}

/** A server at work, and how to end it in order. */
export interface Serving {
  readonly server: FastifyInstance
  /** Not ready any more, no new connections, requests under way answered, then the rest; and in bounded time. */
  end(): Promise<void>
}

/**
 * Serves requests, and what machines ask about the process.
 * @param portal `logger: false` for silence
 * @param before runs on the server before it listens
 */
export const startServing = async (
  portal: PortalProcess & { readonly logger?: false },
  before: (server: FastifyInstance) => Promise<void>
): Promise<Serving> => {
  const { settings, database } = portal
  const metrics = settings.monitor === null ? null : new Metrics()
  const server = await createServer({ ...portal, metrics })
  const { log, installation } = server
  await before(server)
  const health = new Health(installation)
  const monitor = metrics && (await openMonitor(settings.monitor!, installation, health, metrics))
  const leave = await announce(portal, server)

  let ending = false
  server.server.prependListener('request', (_request, response) => {
    if (ending) response.setHeader('connection', 'close')
  })
  await listen(server, settings.port)
  const end = async (): Promise<void> => {
    log.info('the process ends')
    ending = true
    health.stop()
    await sleep(settings.drainSeconds * 1_000)
    const closed = server.close()
    const cut = setTimeout(() => {
      log.warn('requests or background work took too long and were cut off')
      server.server.closeAllConnections()
    }, drainFor)
    await Promise.race([closed, sleep(drainFor + tidyFor, undefined, { ref: false })])
    clearTimeout(cut)
    const tidy = leave().then(() => database.close())
    await Promise.race([tidy, sleep(tidyFor, undefined, { ref: false })])
    monitor?.close()
    log.info('the process has ended')
  }
  return { server, end }
}

/** Serves until SIGTERM or SIGINT. @param before runs on the server before it listens */
export const serve = async (
  portal: PortalProcess,
  before: (server: FastifyInstance) => Promise<void>
): Promise<FastifyInstance> => {
  const { server, end } = await startServing(portal, async server => {
    endOnFault(server.log)
    await before(server)
  })
  onShutdown(server.log, end)
  return server
}
