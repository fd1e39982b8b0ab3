import { randomBytes } from 'node:crypto'
import type { FastifyBaseLogger } from 'fastify'
import { Abilities } from '../core/ability.ts'
import { Access } from '../core/access.ts'
import { AccessMirror } from '../core/access-mirror.ts'
import { Catalogue } from '../core/catalogue.ts'
import type { OnboardingRuns } from '../core/onboarding-runs.ts'
import type { PluginDefinition, PluginTask, PluginTaskServices } from '../core/plugin-api.ts'
import { checkPages } from '../core/plugin-page.ts'
import type { AccessStores, PeopleStores } from '../core/ports.ts'
import type { CompanyScope, PluginDatabase } from '../core/scope.ts'
import type { Viewer } from '../core/viewer.ts'
import { pruneAccessChanges } from '../db/access-source.ts'
import { createAccessStores } from '../db/access-stores.ts'
import { createCompanyScope, declaredTables } from '../db/company-scope.ts'
import type { Database } from '../db/connect.ts'
import { createExportStore, type ExportStore, exportJobName } from '../db/export-store.ts'
import { createFileStore, type FileStore } from '../db/file-store.ts'
import { createGridViewStore, type GridViewStore } from '../db/grid-view-store.ts'
import { createJobStore } from '../db/job-store.ts'
import { pruneOnboarding } from '../db/onboarding-clean-up.ts'
import { createOnboardingRuns, onboardingJobName } from '../db/onboarding-store.ts'
import { createOnboardingWork, type OnboardingWork } from '../db/onboarding-work.ts'
import { createPeopleStores } from '../db/people-stores.ts'
import { createPluginDatabase, taskJobName } from '../db/plugin-database.ts'
import { pruneSessions } from '../db/session-store.ts'
import { CompanyLanes } from './company-lanes.ts'
import { runExport } from './export-runner.ts'
import { type JobKind, JobRunner } from './job-runner.ts'
import { onboardingRecords } from './onboarding-facts.ts'
import { giveUpOnboarding, runOnboarding } from './onboarding-runner.ts'
import type { Settings } from './settings.ts'

/** One database and one list of plugins, with everything that is made of them once. */
export interface Installation {
  readonly settings: Settings
  readonly database: Database
  readonly plugins: readonly PluginDefinition[]
  readonly catalogue: Catalogue
  readonly access: Access
  readonly mirror: AccessMirror
  readonly stores: AccessStores
  readonly people: PeopleStores
  readonly abilities: Abilities
  readonly exports: ExportStore
  readonly gridViews: GridViewStore
  /** Files of operators. */
  readonly files: FileStore
  readonly onboarding: { readonly runs: OnboardingRuns; readonly work: OnboardingWork }
  readonly jobs: JobRunner
  /** Signs links; without a setting it is this process's own. */
  readonly secret: string
  openScope(viewer: Viewer, at: number): CompanyScope
  /** @param operation what audit entries written through it carry */
  databaseOf(plugin: PluginDefinition, operation?: string): PluginDatabase
}

/** Puts the parts together; reads nothing from the database yet. */
export const createInstallation = (
  settings: Settings,
  database: Database,
  plugins: readonly PluginDefinition[],
  log: Pick<FastifyBaseLogger, 'error' | 'warn'>
): Installation => {
  const catalogue = Catalogue.of(plugins)
  // Plugins whose lines clash are named at the start, not by the first file.
  onboardingRecords(catalogue, plugins)
  checkPages(plugins, catalogue)
  const access = new Access(catalogue)
  const stores = createAccessStores(database, catalogue)
  const tables = declaredTables(plugins)
  const lanes = new CompanyLanes(database, database.dialect === 'sqlite' ? 4 : 8)
  const databases = new Map<PluginDefinition, PluginDatabase>()
  const taskKind = (plugin: PluginDefinition, task: PluginTask): JobKind => {
    const services = (): PluginTaskServices => ({
      db: installation.databaseOf(plugin),
      filesOf: operator => installation.files.of(operator)
    })
    return {
      name: taskJobName(plugin, task.name),
      run: (payload, at, alive) => task.run(services(), payload, at, alive),
      gaveUp: async payload => task.gaveUp?.(services(), payload)
    }
  }
  const kinds: JobKind[] = [
    {
      name: exportJobName,
      run: (payload, _at, alive) => runExport(installation, String(payload), alive),
      gaveUp: payload => installation.exports.fail(String(payload), 'INTERNAL')
    },
    {
      name: onboardingJobName,
      run: (payload, _at, alive) => runOnboarding(installation, String(payload), alive),
      gaveUp: payload => giveUpOnboarding(installation, String(payload))
    },
    {
      name: 'export-clean-up',
      everySeconds: 60,
      run: async (_payload, _at, alive) => {
        await installation.exports.expire(alive)
      }
    },
    {
      name: 'operator-file-clean-up',
      everySeconds: 3_600,
      run: async (_payload, _at, alive) => {
        await installation.files.expire(alive)
      }
    },
    {
      name: 'onboarding-clean-up',
      everySeconds: 3_600,
      run: (_payload, _at, alive) => pruneOnboarding(database, alive)
    },
    { name: 'session-clean-up', everySeconds: 600, run: () => pruneSessions(database) },
    {
      name: 'access-change-clean-up',
      everySeconds: 3_600,
      run: async () => {
        await pruneAccessChanges(database)
      }
    },
    ...plugins.flatMap(plugin =>
      (plugin.jobs ?? []).map(
        (job): JobKind => ({
          name: `${plugin.name}/${job.name}`,
          everySeconds: job.everySeconds,
          run: (_payload, at, alive) => job.run(installation.databaseOf(plugin), at, log, alive)
        })
      )
    ),
    ...plugins.flatMap(plugin => (plugin.tasks ?? []).map(task => taskKind(plugin, task)))
  ]
  const installation: Installation = {
    settings,
    database,
    plugins,
    catalogue,
    access,
    mirror: new AccessMirror(access, stores.source),
    stores,
    people: createPeopleStores(database),
    abilities: new Abilities(
      catalogue,
      plugins.flatMap(plugin => plugin.guards ?? [])
    ),
    exports: createExportStore(database),
    gridViews: createGridViewStore(database),
    files: createFileStore(database),
    onboarding: { runs: createOnboardingRuns(database), work: createOnboardingWork(database, catalogue, plugins) },
    jobs: new JobRunner(createJobStore(database), kinds, log),
    secret: settings.secret ?? randomBytes(32).toString('base64url'),
    openScope: (viewer, at) => createCompanyScope(lanes.of(viewer.companyId), tables, viewer, { at }),
    databaseOf(plugin, operation) {
      if (operation !== undefined) return createPluginDatabase(database, plugin, undefined, operation)
      const own = databases.get(plugin) ?? createPluginDatabase(database, plugin)
      databases.set(plugin, own)
      return own
    }
  }
  return installation
}
