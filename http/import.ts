import { createPluginDatabase } from '../db/plugin-database.ts'
import { openProcess, runProcess } from './process.ts'

// `npm run import -- NAME FILE …`: reads files into the configured database by an importer that a plugin brings.
runProcess(async () => {
  const [name, ...args] = process.argv.slice(2)
  const { plugins, database } = await openProcess(process.env)
  try {
    const importers = plugins.flatMap(plugin => (plugin.importers ?? []).map(importer => ({ plugin, importer })))
    const chosen = importers.find(({ importer }) => importer.name === name)
    if (chosen === undefined) {
      const known = importers.map(({ importer }) => `  ${importer.name}  ${importer.summary}`).join('\n')
      console.error(
        `${name === undefined || name === '--help' ? 'Usage: npm run import -- NAME FILE …' : `There is no importer "${name}".`}\nImporters:\n${known}`
      )
      process.exitCode = name === '--help' ? 0 : 2
      return
    }
    process.exitCode = await chosen.importer.run(args, createPluginDatabase(database, chosen.plugin), line =>
      console.log(line)
    )
  } finally {
    await database.close()
  }
})
