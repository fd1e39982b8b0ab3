import { loadPlugins } from '../http/process.ts'
import { readSettings } from '../http/settings.ts'
import { buildPages } from '../web/build.ts'

// `npm run build`: the pages of the portal and the console, with those of all plugins, into web/built.
const plugins = await loadPlugins(readSettings(process.env))
const started = performance.now()
const built = await buildPages(plugins)
const seconds = ((performance.now() - started) / 1_000).toFixed(1)
console.log(built ? `Pages built in ${seconds} s.` : 'Pages are built already.')
