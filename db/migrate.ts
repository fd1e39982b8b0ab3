import type { Knex } from 'knex'
import { ConfigurationError } from '../core/errors.ts'
import type { Migration, PluginDefinition } from '../core/plugin-api.ts'
import { engineVersion, orderPlugins } from '../core/plugin-order.ts'
import type { Database } from './connect.ts'
import { coreSchema } from './migrations/001-core.ts'
import { fileSchema } from './migrations/006-files.ts'
import { rowOf, rowsOf, wordsOf } from './sql.ts'

/** Core's own migrations; they stand before every plugin's. */
const coreMigrations: readonly Migration[] = [coreSchema, fileSchema]

interface Step {
  readonly owner: string
  readonly migration: Migration
}

/** Every migration in the order it runs: core's, then the plugins' after those they depend on, each sorted by name. */
export const migrationSteps = (plugins: readonly PluginDefinition[]): readonly Step[] => [
  ...coreMigrations.map(migration => ({ owner: 'core', migration })),
  ...orderPlugins(plugins, engineVersion, () => true).flatMap(plugin =>
    [...(plugin.migrations ?? [])]
      .sort((a, b) => (a.name < b.name ? -1 : 1))
      .map(migration => ({ owner: `plugin:${plugin.name}`, migration }))
  )
]

// A number of our own for PostgreSQL's advisory locks.
const lockNumber = 7_203_117

/** One migration and its record in one transaction, alone among all processes: killed anywhere, it leaves old or new. */
const alone = <T>(db: Database, work: (trx: Knex.Transaction) => Promise<T>): Promise<T> =>
  db.transaction(async trx => {
    if (db.dialect === 'postgresql') {
      await trx.raw('SET LOCAL statement_timeout = 0')
      await trx.raw('SET LOCAL lock_timeout = 0')
      await trx.raw(`SELECT pg_advisory_xact_lock(${lockNumber})`)
    }
    return work(trx)
  })

/**
 * Brings the database to the schema of this code; safe when several processes start at once.
 * @returns what was applied, as `core/001-core`
 * @throws ConfigurationError naming a migration that the database has and this code does not know
 */
export const migrate = async (db: Database, plugins: readonly PluginDefinition[] = []): Promise<string[]> => {
  const steps = migrationSteps(plugins)
  const applied: string[] = []
  await alone(db, async trx => {
    await trx.raw(
      `CREATE TABLE IF NOT EXISTS migration (
        owner TEXT NOT NULL, name TEXT NOT NULL, applied_at BIGINT NOT NULL, PRIMARY KEY (owner, name))`
    )
    await refuseNewer(trx, steps, ['core', ...plugins.map(plugin => `plugin:${plugin.name}`)])
  })
  for (const { owner, migration } of steps) {
    const isNew = await alone(db, async trx => {
      if (await rowOf(trx, 'SELECT 1 AS one FROM migration WHERE owner = ? AND name = ?', [owner, migration.name]))
        return false
      for (const statement of migration.statements(db.dialect)) {
        // Question marks in DDL are text, not bindings.
        await trx.raw(statement.replaceAll('?', '\\?'))
      }
      await trx.raw(`INSERT INTO migration (owner, name, applied_at) VALUES (?, ?, ${wordsOf(trx).now})`, [
        owner,
        migration.name
      ])
      return true
    })
    if (isNew) applied.push(`${owner}/${migration.name}`)
  }
  return applied
}

const refuseNewer = async (trx: Knex, steps: readonly Step[], owners: readonly string[]): Promise<void> => {
  const known = new Set(steps.map(step => `${step.owner}/${step.migration.name}`))
  for (const { owner, name } of await rowsOf<{ owner: string; name: string }>(
    trx,
    'SELECT owner, name FROM migration ORDER BY owner, name'
  )) {
    // A plugin that was taken out of the list keeps its tables.
    if (owners.includes(owner) && !known.has(`${owner}/${name}`))
      throw new ConfigurationError(
        `The database has the migration ${owner}/${name}, which this version does not know; ` +
          'start the version that made it, or restore a backup from before it.'
      )
  }
}
