import { BuiltPages } from './built-pages.ts'
import { ensureFirstOperator } from './first-operator.ts'
import { openProcess, runProcess } from './process.ts'
import { serve } from './serve.ts'

// `npm start`: the portal on the configured database. Never makes demo data.
runProcess(async () => {
  const portal = await openProcess(process.env)
  const { settings } = portal
  const server = await serve(portal, async ({ installation, log }) => {
    const added = await ensureFirstOperator(installation)
    if (added !== null) console.log(added)
    if (settings.secret === null)
      log.warn(
        'PORTAL_SECRET is not set: links to exports end with this process, other processes do not know them, and staff cannot begin two-factor sign-in.'
      )
    if (new BuiltPages().folderOf('portal') === null)
      log.warn('The pages are not built: run `npm run build`. Until then there is GraphQL, and no page.')
    if (settings.monitor === null)
      log.warn('PORTAL_MONITOR is not set: nobody can ask this process for its health and its figures.')
  })
  server.log.info(`Console: http://${settings.consoleHost}:${settings.port}, brands on their own hosts.`)
})
