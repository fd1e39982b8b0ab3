import { ConfigurationError } from '../core/errors.ts'
import type { PluginDefinition } from '../core/plugin-api.ts'
import { type Database, type DatabaseSettings, openDatabase } from '../db/connect.ts'
import { migrate } from '../db/migrate.ts'
import { nearestName } from '../graphql/operator-nearest-name.ts'
import { backupCommand } from './backup-command.ts'
import { contractCommand } from './contract-command.ts'
import { exportCompaniesCommand } from './export-companies-command.ts'
import { importCommand } from './import-command.ts'
import { jobsCommand } from './jobs-command.ts'
import { onboardCommand } from './onboard-command.ts'
import { restoreCommand } from './restore-command.ts'
import type { Settings } from './settings.ts'
import { staffCommand } from './staff-command.ts'
import { verifyCommand } from './verify-command.ts'

/** What a command may use. */
export interface CommandContext {
  readonly settings: Settings
  readonly plugins: readonly PluginDefinition[]
  /** Opens the configured database and brings its schema up to date; it is closed when the command ends. */
  database(settings?: Omit<DatabaseSettings, 'url'>): Promise<Database>
  /** Opens a database as it is; closed when the command ends. @param url left out: the configured one */
  openAsItIs(url?: string, settings?: Omit<DatabaseSettings, 'url'>): Promise<Database>
}

/** One command of `npm run portal`. */
export interface PortalCommand {
  readonly name: string
  /** One line of `--help`. */
  readonly summary: string
  /** What `COMMAND --help` prints: how it is called, its options, an example. */
  readonly usage: string
  /**
   * Read `args` with `parseArgs` of node:util; its errors, ConfigurationError and PortalError are printed as one line.
   * @returns the exit code: 0 done, 1 done in part or something was found wrong, 2 nothing could be done
   */
  run(args: readonly string[], context: CommandContext, print: (line: string) => void): Promise<number>
}

/** Every command, in the order of `--help`. */
export const portalCommands: readonly PortalCommand[] = [
  importCommand,
  onboardCommand,
  exportCompaniesCommand,
  backupCommand,
  verifyCommand,
  restoreCommand,
  contractCommand,
  jobsCommand,
  staffCommand
]

const overview = (): string =>
  [
    'Usage: npm run portal -- COMMAND …',
    'Commands:',
    ...portalCommands.map(
      ({ name, summary }) => `  ${name.padEnd(Math.max(...portalCommands.map(c => c.name.length)))}  ${summary}`
    ),
    '`npm run portal -- COMMAND --help` tells how a command is called. Settings come from the environment, as for `npm start`.',
    'Exit codes: 0 done; 1 done in part, or something was found wrong; 2 nothing could be done.'
  ].join('\n')

const asksForHelp = (word: string): boolean => word === '--help' || word === '-h'

/**
 * Runs one command.
 * @param load reads settings and plugins; not called for `--help`
 * @returns the exit code
 */
export const runPortalCommand = async (
  words: readonly string[],
  load: () => Promise<Pick<CommandContext, 'settings' | 'plugins'>>,
  print: (line: string) => void
): Promise<number> => {
  const [name, ...args] = words
  if (name === undefined || name === 'help' || asksForHelp(name)) {
    print(overview())
    return name === undefined ? 2 : 0
  }
  const command = portalCommands.find(each => each.name === name)
  if (command === undefined) {
    const near = nearestName(
      name,
      portalCommands.map(each => each.name)
    )
    print(`There is no command "${name}".${near === undefined ? '' : ` Did you mean ${near}?`}\n${overview()}`)
    return 2
  }
  // Importers have help of their own.
  if (args.some(asksForHelp) && command !== importCommand) {
    print(command.usage)
    return 0
  }
  const { settings, plugins } = await load()
  const opened: Database[] = []
  const openAsItIs: CommandContext['openAsItIs'] = async (url = settings.databaseUrl, more) => {
    const database = await openDatabase({ ...more, url })
    opened.push(database)
    return database
  }
  try {
    return await command.run(
      args,
      {
        settings,
        plugins,
        openAsItIs,
        database: async more => {
          const database = await openAsItIs(settings.databaseUrl, more)
          await migrate(database, plugins)
          return database
        }
      },
      print
    )
  } catch (error) {
    // What node:util's parseArgs refuses is a mistake of whoever typed it.
    if (!/^ERR_PARSE_ARGS/.test((error as { code?: string }).code ?? '')) throw error
    throw new ConfigurationError(
      `${(error as Error).message} \`npm run portal -- ${command.name} --help\` tells how it is called.`
    )
  } finally {
    for (const database of opened) await database.close()
  }
}
