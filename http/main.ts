import { ensureFirstOperator } from './first-operator.ts'
import { listen, onShutdown, openProcess, runProcess } from './process.ts'
import { createServer } from './server.ts'

// `npm start`: the portal on the configured database. Never makes demo data.
runProcess(async () => {
  const { settings, plugins, database } = await openProcess(process.env)
  const server = await createServer({ settings, database, plugins })
  const added = await ensureFirstOperator(server.installation)
  if (added !== null) console.log(added)
  if (settings.secret === null) {
    console.log(
      'PORTAL_SECRET is not set: links to exports end with this process, and other processes do not know them.'
    )
  }
  await listen(server, settings.port)
  onShutdown(async () => {
    await server.close()
    await database.close()
  })
  console.log(`Console: http://${settings.consoleHost}:${settings.port}, brands on their own hosts.`)
})
