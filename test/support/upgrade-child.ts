// Run as a process of its own: a portal with one version of the plugin of `upgrade-plugin.ts`.
import { openDatabase } from '../../db/connect.ts'
import { migrate } from '../../db/migrate.ts'
import { ensureFirstOperator } from '../../http/first-operator.ts'
import { runProcess } from '../../http/process.ts'
import { serve } from '../../http/serve.ts'
import { readSettings } from '../../http/settings.ts'
import { upgradePlugin } from './upgrade-plugin.ts'

runProcess(async () => {
  const { TEST_PLUGIN_VERSION, ...environment } = process.env
  const settings = readSettings(environment)
  const plugins = [upgradePlugin(TEST_PLUGIN_VERSION === '2' ? 2 : 1)]
  const database = await openDatabase({ url: settings.databaseUrl })
  await migrate(database, plugins)
  await serve({ settings, plugins, database }, async ({ installation }) => {
    await ensureFirstOperator(installation)
  })
})
