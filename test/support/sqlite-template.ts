import { createHash } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { PluginDefinition } from '../../core/plugin-api.ts'
import type { Dialect } from '../../core/scope.ts'
import { openDatabase } from '../../db/connect.ts'
import { migrate, migrationSteps } from '../../db/migrate.ts'

/** The same for the same schema: what the migrations of core and of plugins are. */
export const schemaPrint = (dialect: Dialect, plugins: readonly PluginDefinition[]): string =>
  createHash('sha256')
    .update(JSON.stringify(migrationSteps(plugins).map(step => [step.owner, step.migration.statements(dialect)])))
    .digest('hex')
    .slice(0, 16)

// The templates serve every test file of the process.
let folder: string | undefined
const templatePath = (name: string): string => {
  if (folder === undefined) {
    const path = mkdtempSync(join(tmpdir(), 'portcullis-templates-'))
    process.once('exit', () => rmSync(path, { recursive: true, force: true }))
    folder = path
  }
  return join(folder, `${name}.sqlite`)
}
const templates = new Map<string, Promise<string>>()

/** Path of a migrated SQLite database without rows, to be copied: to migrate each anew takes longer than most tests. */
export const sqliteTemplate = (plugins: readonly PluginDefinition[]): Promise<string> => {
  const name = schemaPrint('sqlite', plugins)
  let template = templates.get(name)
  if (!template) {
    template = (async () => {
      const path = templatePath(name)
      const database = await openDatabase({ url: path })
      await migrate(database, plugins)
      await database.close()
      return path
    })()
    templates.set(name, template)
  }
  return template
}
