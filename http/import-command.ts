import { createPluginDatabase } from '../db/plugin-database.ts'
import { atTheMachine } from './at-the-machine.ts'
import type { PortalCommand } from './portal-command.ts'

/** Reads files into the database by an importer that a plugin brings. */
export const importCommand: PortalCommand = {
  name: 'import',
  summary: 'reads call records from files: import cdr FILE …',
  usage:
    'Usage: npm run portal -- import NAME FILE …\n`npm run portal -- import NAME --help` tells the options of an importer.',
  run: async ([name, ...args], context, print) => {
    const importers = context.plugins.flatMap(plugin =>
      (plugin.importers ?? []).map(importer => ({ plugin, importer }))
    )
    const chosen = importers.find(({ importer }) => importer.name === name)
    if (chosen === undefined) {
      const asked = name === undefined || name === '--help'
      const known = importers.map(({ importer }) => `  ${importer.name}  ${importer.summary}`)
      print(
        [
          asked ? 'Usage: npm run import -- NAME FILE …' : `There is no importer "${name}".`,
          'Importers:',
          ...known
        ].join('\n')
      )
      return name === '--help' ? 0 : 2
    }
    const { actor } = atTheMachine('npm run import').operator
    return chosen.importer.run(args, createPluginDatabase(await context.database(), chosen.plugin), print, actor)
  }
}
