// Run as a process of its own: restores a file, and says when it begins to write. Arguments: file, target.
import { restoreBackup } from '../../db/restore.ts'
import { plugins } from '../../plugins/index.ts'

const [file, url] = process.argv.slice(2) as [string, string]
process.stdout.write('ready\n')
await restoreBackup({ file, url, plugins, replace: true, without: [], actor: 'console:test' })
process.stdout.write('done\n')
