import { readFileSync } from 'node:fs'
import { definePlugin } from '../../core/plugin-api.ts'
import { archiveCalls } from './archive.ts'
import { breakoutColumnSet } from './breakout-columns.ts'
import { cdrColumnSet } from './cdr-columns.ts'
import { demo } from './demo.ts'
import { breakoutExport, cdrExport } from './exports.ts'
import { cdrImporter } from './import/importer.ts'
import { ingestRoutes } from './import/ingest-routes.ts'
import { liveMonthsRoutes } from './live-months-routes.ts'
import { cdrTables } from './migrations/001-cdr.ts'
import { resolvers } from './resolvers.ts'

const own = { CUSTOMER: 'company_id', CARRIER: 'company_id' } as const

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
      group: 'Common/Calls',
      kind: 'PAGE',
      userTypes: ['CUSTOMER', 'CARRIER'],
      order: 2
    },
    {
      key: 'breakout',
      title: 'Breakout',
      group: 'Common/Calls',
      kind: 'PAGE',
      userTypes: ['CUSTOMER', 'CARRIER'],
      order: 3
    }
  ],
  columnSets: [cdrColumnSet, breakoutColumnSet],
  schema: readFileSync(new URL('./schema.graphql', import.meta.url), 'utf8'),
  resolvers,
  tables: {
    cdr_call: own,
    cdr_hourly: own,
    cdr_archive: own,
    cdr_window: own,
    cdr_archived_leg: {},
    cdr_setting: {}
  },
  migrations: [cdrTables],
  grids: [cdrExport, breakoutExport],
  routes: [...ingestRoutes, ...liveMonthsRoutes],
  importers: [cdrImporter],
  jobs: [{ name: 'cdr-archive', everySeconds: 86_400, run: archiveCalls }],
  demo: (db, world) => demo(db, world)
})
