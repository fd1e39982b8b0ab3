import { setTimeout as sleep } from 'node:timers/promises'
import type { Knex } from 'knex'
import { ConfigurationError, PortalError } from '../core/errors.ts'
import type { Migration, PluginDefinition } from '../core/plugin-api.ts'
import { engineVersion, orderPlugins } from '../core/plugin-order.ts'
import type { Database } from './connect.ts'
import { coreSchema } from './migrations/001-core.ts'
import { companySchema } from './migrations/002-companies.ts'
import { onboardingSchema } from './migrations/003-onboarding.ts'
import { peopleSchema } from './migrations/004-people.ts'
import { accessTemplateSchema } from './migrations/005-access-templates.ts'
import { fileSchema } from './migrations/006-files.ts'
import { keeping } from './migrations/007-keeping.ts'
import { formerCompany } from './migrations/008-former-company.ts'
import { gridViews } from './migrations/009-grid-views.ts'
import { operations } from './migrations/010-operations.ts'
import { contactFields } from './migrations/011-contact-fields.ts'
import { keyVersion } from './migrations/012-key-version.ts'
import { aliveForMs, insertProcess, livingProcesses } from './process-store.ts'
import { rowOf, rowsOf, verbatim, wordsOf } from './sql.ts'

/** Core's own migrations; they stand before every plugin's. */
const coreMigrations: readonly Migration[] = [
  coreSchema,
  companySchema,
  onboardingSchema,
  peopleSchema,
  accessTemplateSchema,
  fileSchema,
  keeping,
  formerCompany,
  gridViews,
  operations,
  contactFields,
  keyVersion
]

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

/** A number of our own for PostgreSQL's advisory locks: whoever changes the schema holds it. */
export const lockNumber = 7_203_117

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

/** Milliseconds a migration waits for a lock before it lets the requests behind it pass and tries again. PostgreSQL only. */
const lockWaitMs = 2_000
const lockTries = 60

const isLockTimeout = (error: unknown): boolean =>
  error instanceof PortalError && (error.cause as { code?: unknown } | undefined)?.code === '55P03'

/** `core/001-core` */
const fullName = (step: { readonly owner: string; readonly name: string }): string => `${step.owner}/${step.name}`
const nameOf = ({ owner, migration }: Step): string => fullName({ owner, name: migration.name })

interface Applied {
  readonly owner: string
  readonly name: string
  readonly phase: string
}
const appliedIn = (knex: Knex): Promise<Applied[]> =>
  rowsOf<Applied>(knex, 'SELECT owner, name, phase FROM migration ORDER BY owner, name')

/** Makes the table that says which migrations were applied. */
export const ensureTable = async (db: Database, trx: Knex): Promise<void> => {
  await trx.raw(
    `CREATE TABLE IF NOT EXISTS migration (
      owner TEXT NOT NULL, name TEXT NOT NULL, applied_at BIGINT NOT NULL, PRIMARY KEY (owner, name))`
  )
  // The first databases had no phases; all they knew was to expand.
  const phase = `ADD COLUMN phase TEXT NOT NULL DEFAULT 'expand'`
  const columns = db.dialect === 'sqlite' ? await rowsOf<{ name: string }>(trx, 'PRAGMA table_info(migration)') : []
  if (db.dialect === 'postgresql')
    await trx.raw(`ALTER TABLE migration ${phase.replace('COLUMN', 'COLUMN IF NOT EXISTS')}`)
  else if (!columns.some(({ name }) => name === 'phase')) await trx.raw(`ALTER TABLE migration ${phase}`)
}

/** Applies one step unless it is there; false when it was. @param before refuses by throwing, in the step's transaction */
const apply = async (
  db: Database,
  { owner, migration }: Step,
  before?: (trx: Knex) => Promise<void>
): Promise<boolean> => {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await alone(db, async trx => {
        if (await rowOf(trx, 'SELECT 1 AS one FROM migration WHERE owner = ? AND name = ?', [owner, migration.name]))
          return false
        await before?.(trx)
        // A lock on a table that is read makes every later request wait behind it.
        if (db.dialect === 'postgresql') await trx.raw(`SET LOCAL lock_timeout = ${lockWaitMs}`)
        for (const statement of migration.statements(db.dialect)) await trx.raw(verbatim(trx, statement))
        await trx.raw(`INSERT INTO migration (owner, name, phase, applied_at) VALUES (?, ?, ?, ${wordsOf(trx).now})`, [
          owner,
          migration.name,
          migration.phase ?? 'expand'
        ])
        return true
      })
    } catch (error) {
      if (!isLockTimeout(error) || attempt === lockTries) throw error
      await sleep(lockWaitMs / 4)
    }
  }
}

const ownersOf = (plugins: readonly PluginDefinition[]): readonly string[] => [
  'core',
  ...plugins.map(plugin => `plugin:${plugin.name}`)
]

/**
 * Brings the database to the schema of this code; safe when several processes start at once, and while processes of the
 * version before serve: what takes something away waits for `contract`, except in a database that is new.
 * @returns what was applied, as `core/001-core`
 * @throws ConfigurationError naming a migration that took away what this code may need
 */
export const migrate = async (db: Database, plugins: readonly PluginDefinition[] = []): Promise<string[]> => {
  const steps = migrationSteps(plugins)
  const applied: string[] = []
  const isNew = await alone(db, async trx => {
    await ensureTable(db, trx)
    await refuseContracted(trx, steps, ownersOf(plugins))
    return (await rowOf(trx, 'SELECT 1 AS one FROM migration LIMIT 1')) === undefined
  })
  for (const step of steps)
    if ((isNew || step.migration.phase !== 'contract') && (await apply(db, step))) applied.push(nameOf(step))
  return applied
}

const refuseContracted = async (
  knex: Knex,
  steps: readonly Pick<Step, 'owner' | 'migration'>[],
  owners: readonly string[]
): Promise<void> => {
  const known = new Set(steps.map(nameOf))
  // What was only added does not hurt a version that does not know it. A plugin taken out of the list keeps its tables.
  const unknown = (await appliedIn(knex)).find(
    row => row.phase === 'contract' && owners.includes(row.owner) && !known.has(fullName(row))
  )
  if (unknown !== undefined)
    throw new ConfigurationError(
      `The database has the migration ${fullName(unknown)}, which this version does not know and which took away what it may need; ` +
        'start the version that made it, or restore a backup from before it.'
    )
}

/** How the database stands to the schema of this code. */
export interface SchemaState {
  /** Steps of this code that the database does not have and that should have run at start. */
  readonly missing: readonly string[]
  /** Steps that take something away and wait for `contract`. */
  readonly toContract: readonly string[]
  /** Steps that the database has and this code does not know. */
  readonly unknown: readonly string[]
  /** Those of them that took something away: this code must not run here. */
  readonly tooNew: readonly string[]
}

/** Compares; changes nothing. */
export const schemaState = async (
  db: Database,
  plugins: readonly PluginDefinition[],
  knex: Knex = db.reader
): Promise<SchemaState> => {
  const steps = migrationSteps(plugins)
  const owners = ownersOf(plugins)
  const rows = await appliedIn(knex)
  const has = new Set(rows.map(fullName))
  const known = new Set(steps.map(nameOf))
  const waiting = steps.filter(step => !has.has(nameOf(step)))
  const unknown = rows.filter(row => owners.includes(row.owner) && !known.has(fullName(row)))
  return {
    missing: waiting.filter(step => step.migration.phase !== 'contract').map(nameOf),
    toContract: waiting.filter(step => step.migration.phase === 'contract').map(nameOf),
    unknown: unknown.map(fullName),
    tooNew: unknown.filter(row => row.phase === 'contract').map(fullName)
  }
}

/** Steps of this code that take something away: what a living process must know before one of them may run. */
const contractSteps = (plugins: readonly PluginDefinition[]): readonly Step[] =>
  migrationSteps(plugins).filter(step => step.migration.phase === 'contract')

/**
 * Runs the steps that take something away.
 * @returns what was applied
 * @throws PortalError PRECONDITION_FAILED while a process lives that does not know one of them, naming it
 */
export const contract = async (db: Database, plugins: readonly PluginDefinition[]): Promise<string[]> => {
  const applied: string[] = []
  for (const step of contractSteps(plugins)) {
    const refuseWhileNeeded = async (trx: Knex): Promise<void> => {
      const old = (await livingProcesses(trx)).find(each => !each.migrations.includes(nameOf(step)))
      if (old === undefined) return
      throw new PortalError(
        'PRECONDITION_FAILED',
        `${nameOf(step)} takes away what the process ${old.pid} on ${old.host} (version ${old.version}) still needs; ` +
          `stop it first. If it is dead already, repeat in ${aliveForMs / 1000} seconds.`
      )
    }
    if (await apply(db, step, refuseWhileNeeded)) applied.push(nameOf(step))
  }
  return applied
}

/**
 * Enters this process into the list of those that live.
 * @throws ConfigurationError when the schema was contracted since this process looked
 */
export const enterProcess = (
  db: Database,
  plugins: readonly PluginDefinition[],
  self: { readonly id: string; readonly host: string; readonly pid: number }
): Promise<void> =>
  alone(db, async trx => {
    await refuseContracted(trx, migrationSteps(plugins), ownersOf(plugins))
    await insertProcess(trx, { ...self, version: engineVersion, migrations: contractSteps(plugins).map(nameOf) })
  })
