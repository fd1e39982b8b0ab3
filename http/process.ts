import { randomBytes } from 'node:crypto'
import type { FastifyBaseLogger, FastifyInstance } from 'fastify'
import { satisfies } from 'semver'
import { ConfigurationError, PortalError } from '../core/errors.ts'
import type { PluginDefinition } from '../core/plugin-api.ts'
import * as pluginApi from '../core/plugin-api.ts'
import { engineVersion, orderPlugins } from '../core/plugin-order.ts'
import { type Database, openDatabase } from '../db/connect.ts'
import { migrate } from '../db/migrate.ts'
import { plugins as shippedPlugins } from '../plugins/index.ts'
import { redactText } from './redact.ts'
import { readSettings, type Settings } from './settings.ts'

/** What every process of the portal starts from. */
export interface PortalProcess {
  readonly settings: Settings
  readonly plugins: readonly PluginDefinition[]
  readonly database: Database
}

const isPlugin = (value: unknown): value is PluginDefinition =>
  typeof value === 'object' && value !== null && 'name' in value && 'engine' in value && 'version' in value

/**
 * Plugins of other packages: each exports `plugin`, its definition or a function that makes it from the plugin API. A
 * package cannot import that by itself, as it does not know where the portal stands.
 * @throws ConfigurationError
 */
const foreignPlugins = (packages: readonly string[]): Promise<PluginDefinition[]> =>
  Promise.all(
    packages.map(async name => {
      const loaded: { readonly plugin?: unknown } = await import(name).catch((error: unknown) => {
        throw new ConfigurationError(
          `PORTAL_PLUGIN_PACKAGES names ${name}, which cannot be loaded (${(error as Error).message}); install it or take it out.`
        )
      })
      const plugin: unknown = typeof loaded.plugin === 'function' ? loaded.plugin(pluginApi) : loaded.plugin
      if (!isPlugin(plugin)) {
        throw new ConfigurationError(
          `The package ${name} exports no \`plugin\` made by definePlugin; correct it or take it out of PORTAL_PLUGIN_PACKAGES.`
        )
      }
      return pluginApi.definePlugin(plugin)
    })
  )

/** All plugins of an installation, in the order of their dependencies. @throws ConfigurationError */
export const loadPlugins = async (settings: Settings): Promise<readonly PluginDefinition[]> =>
  orderPlugins([...shippedPlugins, ...(await foreignPlugins(settings.pluginPackages))], engineVersion, satisfies)

/**
 * Reads settings, loads plugins, opens the database and brings its schema up to date.
 * @throws ConfigurationError, or PortalError UNAVAILABLE when the database cannot be reached
 */
export const openProcess = async (
  environment: Readonly<Record<string, string | undefined>>,
  overrides: Partial<Settings> = {}
): Promise<PortalProcess> => {
  const settings = { ...readSettings(environment), ...overrides }
  const plugins = await loadPlugins(settings)
  const database = await openDatabase({ url: settings.databaseUrl })
  try {
    await migrate(database, plugins)
  } catch (error) {
    await database.close()
    throw error
  }
  return { settings, plugins, database }
}

/**
 * Listens on every address of the machine, or on its own only.
 * @throws ConfigurationError when the port is taken
 */
export const listen = async (server: FastifyInstance, port: number, ownMachineOnly = false): Promise<void> => {
  const listenOn = async (host: string): Promise<void> => {
    try {
      await server.listen({ host, port })
    } catch (error) {
      const { code } = error as { code?: string }
      if (code !== 'EADDRINUSE' && code !== 'EACCES') throw error
      throw new ConfigurationError(
        `Port ${port} ${code === 'EACCES' ? 'may not be used by this user' : 'is taken by another process'}; set PORT to another one.`
      )
    }
  }
  if (ownMachineOnly) return listenOn('localhost')
  try {
    await listenOn('::')
  } catch (error) {
    // A machine without IPv6.
    if (!['EAFNOSUPPORT', 'EADDRNOTAVAIL'].includes((error as { code?: string }).code ?? '')) throw error
    await listenOn('0.0.0.0')
  }
}

const full: ReadonlySet<string> = new Set(['SQLITE_FULL', '53100'])
const held: ReadonlySet<string> = new Set(['SQLITE_BUSY', 'SQLITE_LOCKED', '55P03'])

/**
 * What the terminal is told of a process that failed: faults of the configuration and a database that is not there are one
 * readable line, all else has its stack.
 */
export const faultText = (error: unknown): string => {
  const { message, stack } = error as Error
  if (error instanceof ConfigurationError) return message
  if (error instanceof PortalError && error.code === 'UNAVAILABLE') {
    const { message: cause, code } = (error.cause ?? {}) as Partial<NodeJS.ErrnoException>
    const said = cause ? ` (${redactText(cause)})` : ''
    if (code !== undefined && full.has(code)) return `The disk of the database is full${said}; make room and repeat.`
    if (code !== undefined && held.has(code))
      return `Somebody else holds the database${said}: a backup, an import, a migration; repeat when that has ended.`
    return `The database does not answer${said}; check PORTAL_DATABASE_URL and whether it runs.`
  }
  if (error instanceof PortalError && error.code !== 'INTERNAL') return message
  return redactText(stack ?? message)
}

/** Runs an entry; a fault is told and ends it with 1. */
export const runProcess = (main: () => Promise<void>): void => {
  main().catch((error: unknown) => {
    console.error(faultText(error))
    process.exit(1)
  })
}

/** What nobody caught leaves nobody knows what behind: it is told, and the process ends for its supervisor to start anew. */
export const endOnFault = (log: FastifyBaseLogger): void => {
  process.on('uncaughtException', (error, origin) => {
    log.fatal({ err: error, origin, incidentId: randomBytes(6).toString('base64url') }, 'the process ends by a fault')
    process.exit(70)
  })
}

/** Milliseconds within which a signal that comes again is the same one: npm passes on what a supervisor tells everybody. */
const sameSignal = 1_000

/** Calls `stop` once, at the first SIGINT or SIGTERM; a second one ends the process at once. */
export const onShutdown = (log: FastifyBaseLogger, stop: () => Promise<void>): void => {
  let stoppingSince: number | undefined
  const shutdown = (): void => {
    if (stoppingSince !== undefined) {
      if (performance.now() - stoppingSince > sameSignal) process.exit(130)
      return
    }
    stoppingSince = performance.now()
    stop().then(
      () => process.exit(0),
      (error: unknown) => {
        log.fatal({ err: error }, 'the process did not end in order')
        process.exit(1)
      }
    )
  }
  process.on('SIGINT', shutdown)
  process.on('SIGTERM', shutdown)
}
