import { createServer } from './server.ts'
import { ensureFirstOperator } from './first-operator.ts'
import { onShutdown, openProcess, runProcess } from './process.ts'

// `npm start`: the portal on the configured database. Never makes demo data.
runProcess(async () => {
  const { settings, plugins, database } = await openProcess(process.env)
  const server = await createServer({ settings, database, plugins })
  const added = await ensureFirstOperator(server.installation)
  if (added !== null) console.log(added)
  await server.listen({ host: '::', port: settings.port })
  onShutdown(async () => {
    await server.close()
    await database.close()
  })
  console.log(`Console: http://${settings.consoleHost}:${settings.port}, brands on their own hosts.`)
})
