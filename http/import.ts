import { createPluginDatabase } from '../db/plugin-database.ts'
import { loadPlugins, openProcess, runProcess } from './process.ts'
import { readSettings } from './settings.ts'

// `npm run import -- NAME FILE …`: reads files into the configured database by an importer that a plugin brings. Exit code 2: nothing
// could be done.
runProcess(async () => {
  const [name, ...args] = process.argv.slice(2)
  const plugins = await loadPlugins(readSettings(process.env))
  const importers = plugins.flatMap(plugin => (plugin.importers ?? []).map(importer => ({ plugin, importer })))
  const chosen = importers.find(({ importer }) => importer.name === name)
  if (chosen === undefined) {
    const asked = name === undefined || name === '--help'
    const known = importers.map(({ importer }) => `  ${importer.name}  ${importer.summary}`)
    console.error(
      [asked ? 'Usage: npm run import -- NAME FILE …' : `There is no importer "${name}".`, 'Importers:', ...known].join(
        '\n'
      )
    )
    process.exitCode = name === '--help' ? 0 : 2
    return
  }
  const { database } = await openProcess(process.env)
  try {
    process.exitCode = await chosen.importer.run(args, createPluginDatabase(database, chosen.plugin), line =>
      console.log(line)
    )
  } finally {
    await database.close()
  }
}, 2)
