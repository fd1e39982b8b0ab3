import { runPortalCommand } from './portal-command.ts'
import { loadPlugins, runProcess } from './process.ts'
import { readSettings } from './settings.ts'

// `npm run portal -- COMMAND …`: what an operator does on the machine itself.
runProcess(async () => {
  process.exitCode = await runPortalCommand(
    process.argv.slice(2),
    async () => {
      const settings = readSettings(process.env)
      return { settings, plugins: await loadPlugins(settings) }
    },
    line => console.log(line)
  )
}, 2)
