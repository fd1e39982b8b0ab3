import { copyFile, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import type { PluginDefinition } from '../../core/plugin-api.ts'
import type { Dialect } from '../../core/scope.ts'
import { type Database, type DatabaseSettings, openDatabase } from '../../db/connect.ts'
import { migrate } from '../../db/migrate.ts'
import { newId } from '../../db/sql.ts'
import { type PostgresCluster, startPostgres } from './postgres-cluster.ts'
import { schemaPrint, sqliteTemplate } from './sqlite-template.ts'

/** How a test asks for a database: with the tables of these plugins; `empty` leaves even core's out. */
export interface OpenOptions {
  readonly plugins?: readonly PluginDefinition[]
  readonly empty?: boolean
  readonly settings?: Omit<DatabaseSettings, 'url'>
}
/** A fresh database. Closed and removed when the file's tests are over. `url` opens it again, in another process too. */
export type TestDatabase = Database & { readonly url: string }
export type Open = (options?: OpenOptions) => Promise<TestDatabase>

const cleanups: (() => Promise<unknown>)[] = []
/** Closes and removes what was opened. A process that runs several test files asks for it after each. */
export const closeDatabases = async (): Promise<void> => {
  for (const clean of cleanups.splice(0).reverse()) await clean()
}
after(closeDatabases)

const track = async (url: string, settings: OpenOptions['settings']): Promise<TestDatabase> => {
  const database = await openDatabase({ ...settings, url })
  let open = true
  const close = database.close
  const tracked: TestDatabase = Object.assign(database, {
    url,
    close: async () => {
      if (open) await close()
      open = false
    }
  })
  cleanups.push(tracked.close)
  return tracked
}

/* ---------- SQLite: a copy of a migrated file ---------- */

let folder: Promise<string> | undefined
const temporaryFolder = (): Promise<string> => {
  folder ??= mkdtemp(join(tmpdir(), 'portcullis-db-')).then(path => {
    cleanups.unshift(() => {
      folder = undefined
      return rm(path, { recursive: true, force: true })
    })
    return path
  })
  return folder
}

const openSqlite: Open = async ({ plugins = [], empty = false, settings } = {}) => {
  const path = join(await temporaryFolder(), `${newId()}.sqlite`)
  if (!empty) await copyFile(await sqliteTemplate(plugins), path)
  return track(path, settings)
}

/* ---------- PostgreSQL: a database from a template ---------- */

let cluster: Promise<PostgresCluster> | undefined
/** URL of the maintenance database of the test cluster: the runner's, else one of this process. */
export const postgresUrl = async (): Promise<string> => {
  const given = process.env.PORTCULLIS_TEST_POSTGRES
  if (given) return given
  cluster ??= startPostgres().then(started => {
    cleanups.unshift(started.stop)
    return started
  })
  return (await cluster).url
}

const asAdmin = async <T>(work: (client: pg.Client) => Promise<T>): Promise<T> => {
  const client = new pg.Client({ connectionString: await postgresUrl() })
  await client.connect()
  try {
    return await work(client)
  } finally {
    await client.end()
  }
}

const urlOf = async (name: string): Promise<string> => {
  const url = new URL(await postgresUrl())
  url.pathname = `/${name}`
  return url.href
}

/** 55006: somebody is still connected to the template; it passes. */
const createFrom = async (client: pg.Client, name: string, template: string): Promise<void> => {
  for (let attempt = 1; ; attempt++) {
    try {
      await client.query(`CREATE DATABASE "${name}" TEMPLATE "${template}"`)
      return
    } catch (error) {
      if ((error as { code?: string }).code !== '55006' || attempt === 200) throw error
      await sleep(20 + Math.random() * 30)
    }
  }
}

const postgresTemplates = new Map<string, Promise<string>>()
const postgresTemplate = (plugins: readonly PluginDefinition[]): Promise<string> => {
  const name = `template_${schemaPrint('postgresql', plugins)}`
  let template = postgresTemplates.get(name)
  if (!template) {
    template = asAdmin(async client => {
      // Other test files may want the same template at the same time.
      await client.query('SELECT pg_advisory_lock(hashtext($1))', [name])
      const { rowCount } = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [name])
      if (!rowCount) {
        const draft = `${name}_${Date.now().toString(36)}`
        await createFrom(client, draft, 'template0')
        const database = await openDatabase({ url: await urlOf(draft) })
        try {
          await migrate(database, plugins)
        } finally {
          await database.close()
        }
        for (let attempt = 1; ; attempt++) {
          try {
            await client.query(`ALTER DATABASE "${draft}" RENAME TO "${name}"`)
            break
          } catch (error) {
            if ((error as { code?: string }).code !== '55006' || attempt === 200) throw error
            await sleep(20)
          }
        }
      }
      return name
    })
    postgresTemplates.set(name, template)
  }
  return template
}

const openPostgresql: Open = async ({ plugins = [], empty = false, settings } = {}) => {
  const name = `test_${newId()
    .toLowerCase()
    .replace(/[^a-z0-9]/g, '_')}_${process.pid}`
  const template = empty ? 'template0' : await postgresTemplate(plugins)
  await asAdmin(client => createFrom(client, name, template))
  const database = await track(await urlOf(name), settings)
  cleanups.push(() => database.close())
  return database
}

/** Both databases by name, for tests that arrange themselves. */
export const openers: Readonly<Record<Dialect, Open>> = { sqlite: openSqlite, postgresql: openPostgresql }

/** Runs a suite of `node:test` on SQLite (a temporary file) and on PostgreSQL (a fresh database); never skips one. */
export const forEachDatabase = (name: string, suite: (open: Open, dialect: Dialect) => void): void => {
  for (const dialect of ['sqlite', 'postgresql'] as const)
    describe(`${name} · ${dialect}`, () => suite(openers[dialect], dialect))
}
