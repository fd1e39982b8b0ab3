import { runPortalCommand } from './portal-command.ts'
import { faultText, loadPlugins } from './process.ts'
import { readSettings } from './settings.ts'

/**
 * Runs one command with the settings of an environment.
 * @param terminal `log` is told what the command prints, `error` why nothing could be done
 * @returns the exit code; 2 for a fault
 */
export const portalCommandLine = async (
  words: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
  terminal: Pick<Console, 'log' | 'error'>
): Promise<number> => {
  try {
    return await runPortalCommand(
      words,
      async () => {
        const settings = readSettings(environment)
        return { settings, plugins: await loadPlugins(settings) }
      },
      line => terminal.log(line)
    )
  } catch (error) {
    terminal.error(faultText(error))
    return 2
  }
}
