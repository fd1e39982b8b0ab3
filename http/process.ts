import type { FastifyInstance } from 'fastify'
import { satisfies } from 'semver'
import { ConfigurationError } from '../core/errors.ts'
import type { PluginDefinition } from '../core/plugin-api.ts'
import { engineVersion, orderPlugins } from '../core/plugin-order.ts'
import { type Database, openDatabase } from '../db/connect.ts'
import { migrate } from '../db/migrate.ts'
import { plugins as shippedPlugins } from '../plugins/index.ts'
import { readSettings, type Settings } from './settings.ts'

/** What every process of the portal starts from. */
export interface PortalProcess {
  readonly settings: Settings
  readonly plugins: readonly PluginDefinition[]
  readonly database: Database
}

const isPlugin = (value: unknown): value is PluginDefinition =>
  typeof value === 'object' && value !== null && 'name' in value && 'engine' in value && 'version' in value

/** Plugins of other packages: each exports its definition as `plugin`. @throws ConfigurationError */
const foreignPlugins = (packages: readonly string[]): Promise<PluginDefinition[]> =>
  Promise.all(
    packages.map(async name => {
      const loaded = await import(name).catch((error: unknown) => {
        throw new ConfigurationError(
          `PORTAL_PLUGIN_PACKAGES names ${name}, which cannot be loaded (${(error as Error).message}); install it or take it out.`
        )
      })
      const { plugin } = loaded as { plugin?: unknown }
      if (!isPlugin(plugin)) {
        throw new ConfigurationError(
          `The package ${name} exports no \`plugin\` made by definePlugin; correct it or take it out of PORTAL_PLUGIN_PACKAGES.`
        )
      }
      return plugin
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

/** Runs an entry: faults of the configuration are one readable text, everything else has its stack. Exit code 1. */
export const runProcess = (main: () => Promise<void>): void => {
  main().catch((error: unknown) => {
    const { message, stack } = error as Error
    console.error(error instanceof ConfigurationError ? message : (stack ?? message))
    process.exit(1)
  })
}

/** Calls `stop` once, at the first SIGINT or SIGTERM; a second one ends the process at once. */
export const onShutdown = (stop: () => Promise<void>): void => {
  let stopping = false
  const shutdown = (): void => {
    if (stopping) process.exit(130)
    stopping = true
    stop().then(
      () => process.exit(0),
      (error: unknown) => {
        console.error(error)
        process.exit(1)
      }
    )
  }
  process.on('SIGINT', shutdown)
  process.on('SIGTERM', shutdown)
}
