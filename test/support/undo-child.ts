import { openDatabase } from '../../db/connect.ts'
import { createPluginDatabase } from '../../db/plugin-database.ts'
import { undoTask } from '../../plugins/cdr/batch/undo.ts'
import { cdr } from '../../plugins/cdr/plugin.ts'

// node --import tsx test/support/undo-child.ts URL BATCH-NUMBER: takes a batch's calls out, until it is done or killed.

const [url, number] = process.argv.slice(2)
const database = await openDatabase({ url: url! })
const services = {
  db: createPluginDatabase(database, cdr),
  filesOf: () => {
    throw new Error('no files here')
  }
}
await undoTask.run(services, { batch: Number(number) }, Date.now(), async () => true)
await database.close()
