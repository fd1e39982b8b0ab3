import { readFileSync } from 'node:fs'
import { definePlugin } from '../../core/plugin-api.ts'
import { archiveCalls } from './archive.ts'
import { archiveRoutes } from './archive-routes.ts'
import { importTask } from './batch/import-task.ts'
import { rerunTask } from './batch/rejects.ts'
import { undoTask } from './batch/undo.ts'
import { keepBatches } from './batch/upkeep.ts'
import { breakoutColumnSet } from './breakout-columns.ts'
import { cdrColumnSet } from './cdr-columns.ts'
import { demo } from './demo.ts'
import { breakoutExport, cdrExport } from './exports.ts'
import { cdrImporter } from './import/importer.ts'
import { ingestRoutes } from './import/ingest-routes.ts'
import { metrics } from './metrics.ts'
import { cdrTables } from './migrations/001-cdr.ts'
import { cdrBatches } from './migrations/002-batches.ts'
import { operatorResolvers } from './operator-resolvers.ts'
import { resolvers } from './resolvers.ts'
import { cdrTableScopes } from './tables.ts'

/** Call records: the list of calls, sums of calls, loading, archives. */
export const cdr = definePlugin({
  name: 'cdr',
  version: '0.1.0',
  engine: '^0.1.0',
  owner: 'calls',
  features: [
    {
      key: 'cdr',
      title: 'Call Detail Record (CDR)',
      titles: { ar: 'سجل تفاصيل المكالمات (CDR)' },
      group: 'Common/Calls',
      groups: { ar: 'عام/المكالمات' },
      kind: 'PAGE',
      userTypes: ['CUSTOMER', 'CARRIER'],
      order: 2
    },
    {
      key: 'breakout',
      title: 'Breakout',
      titles: { ar: 'التقرير التفصيلي' },
      group: 'Common/Calls',
      kind: 'PAGE',
      userTypes: ['CUSTOMER', 'CARRIER'],
      order: 3
    }
  ],
  consolePages: [
    {
      path: 'calls',
      place: 'COMPANY',
      title: { en: 'Calls', ar: 'المكالمات' },
      module: new URL('./console/company-calls.tsx', import.meta.url)
    },
    {
      path: 'calls',
      title: { en: 'Call batches', ar: 'دفعات المكالمات' },
      module: new URL('./console/call-batches.tsx', import.meta.url)
    }
  ],
  columnSets: [cdrColumnSet, breakoutColumnSet],
  schema: readFileSync(new URL('./schema.graphql', import.meta.url), 'utf8'),
  resolvers,
  operatorSchema: readFileSync(new URL('./operator.graphql', import.meta.url), 'utf8'),
  operatorResolvers,
  tables: cdrTableScopes,
  migrations: [cdrTables, cdrBatches],
  pages: [
    {
      path: 'calls',
      feature: 'cdr',
      title: { en: 'Calls', ar: 'المكالمات' },
      place: 'NAVIGATION',
      module: new URL('./pages/calls.tsx', import.meta.url)
    },
    {
      path: 'breakout',
      feature: 'breakout',
      title: { en: 'Breakout', ar: 'التقرير التفصيلي' },
      place: 'NAVIGATION',
      module: new URL('./pages/breakout.tsx', import.meta.url)
    }
  ],
  grids: [cdrExport, breakoutExport],
  routes: [...ingestRoutes, ...archiveRoutes],
  importers: [cdrImporter],
  jobs: [
    { name: 'cdr-archive', everySeconds: 86_400, run: (db, at, _log, alive) => archiveCalls(db, at, alive) },
    {
      name: 'cdr-batches',
      everySeconds: 60,
      async run(db, at, log, alive) {
        for (const { kind, subject, silent, receivedAt } of await keepBatches(db, at, alive)) {
          const company = kind === 'COMPANY'
          log.warn(
            {
              [company ? 'companyId' : 'source']: subject,
              lastReceivedAt: receivedAt === null ? null : new Date(receivedAt).toISOString()
            },
            `${company ? 'a company' : 'a source of calls'} is ${silent ? 'silent' : 'heard of again'}`
          )
        }
      }
    }
  ],
  tasks: [importTask, undoTask, rerunTask],
  metrics,
  demo: (db, world) => demo(db, world)
})
