import type { StaffRole } from '../../core/viewer.ts'
import { openDatabase } from '../../db/connect.ts'
import { createFileStore } from '../../db/file-store.ts'
import { createPluginDatabase } from '../../db/plugin-database.ts'
import { numberTask } from '../../plugins/did/number-task.ts'
import { did } from '../../plugins/did/plugin.ts'

// node --import tsx test/support/import-numbers-child.ts URL JOB: runs an import of numbers until it is done or killed.

const [url, jobId] = process.argv.slice(2)
const database = await openDatabase({ url: url! })
const files = createFileStore(database)
await numberTask.run(
  {
    db: createPluginDatabase(database, did),
    filesOf: (operator: { actor: string; role: StaffRole }) => files.of(operator)
  },
  { jobId },
  Date.now(),
  async () => true
)
await database.close()
