import { readFileSync } from 'node:fs'
import { definePlugin } from '../../core/plugin-api.ts'
import { companySearch } from './company-search.ts'
import { demo } from './demo.ts'
import { didExport } from './export.ts'
import { guards } from './guards.ts'
import { didTables } from './migrations/001-did.ts'
import { didInventory } from './migrations/002-inventory.ts'
import { numberTask } from './number-task.ts'
import { onboarding } from './onboarding.ts'
import { operatorResolvers } from './operator-resolvers.ts'
import { resolvers } from './resolvers.ts'

/** A company's telephone numbers: list, settings, destinations, tags. */
export const did = definePlugin({
  name: 'did',
  version: '0.1.0',
  engine: '^0.1.0',
  owner: 'numbers',
  features: [
    {
      key: 'did',
      title: 'DID',
      titles: { ar: 'أرقام DID' },
      group: 'Common/Numbers',
      groups: { ar: 'عام/الأرقام' },
      kind: 'PAGE',
      userTypes: ['CUSTOMER', 'CARRIER'],
      order: 16
    },
    {
      key: 'did.edit',
      title: 'DID (Editable)',
      titles: { ar: 'أرقام DID (قابلة للتعديل)' },
      group: 'Common/Numbers',
      kind: 'ABILITY',
      userTypes: ['CUSTOMER'],
      order: 17,
      parents: ['did'],
      parentMode: 'HARD'
    },
    {
      key: 'did.destination-lock',
      title: 'DID Destination Lock',
      titles: { ar: 'قفل وجهات أرقام DID' },
      group: 'Common/Numbers',
      kind: 'RESTRICTION',
      userTypes: ['CUSTOMER'],
      order: 18,
      parents: ['did.edit'],
      parentMode: 'MOOT'
    },
    {
      key: 'did.tags',
      title: 'DID Tags',
      titles: { ar: 'وسوم أرقام DID' },
      group: 'Common/Numbers',
      kind: 'ABILITY',
      userTypes: ['CUSTOMER'],
      order: 19,
      parents: ['did'],
      parentMode: 'HARD'
    }
  ],
  schema: readFileSync(new URL('./schema.graphql', import.meta.url), 'utf8'),
  resolvers,
  operatorSchema: readFileSync(new URL('./operator-schema.graphql', import.meta.url), 'utf8'),
  operatorResolvers,
  guards,
  tables: {
    did: { CUSTOMER: 'company_id', CARRIER: 'carrier_id' },
    did_destination: { CUSTOMER: 'company_id' },
    did_tag: { CUSTOMER: 'company_id' },
    did_job: {},
    did_job_line: {},
    did_job_part: {}
  },
  migrations: [didTables, didInventory],
  tasks: [numberTask],
  companySearch,
  onboarding,
  grids: [didExport],
  pages: [
    {
      path: 'numbers',
      feature: 'did',
      userTypes: ['CUSTOMER'],
      title: { en: 'Numbers', ar: 'الأرقام' },
      place: 'NAVIGATION',
      module: new URL('./pages/numbers.tsx', import.meta.url)
    },
    {
      path: 'supplied-numbers',
      feature: 'did',
      userTypes: ['CARRIER'],
      title: { en: 'Supplied numbers', ar: 'الأرقام المورَّدة' },
      place: 'NAVIGATION',
      module: new URL('./pages/carrier-numbers.tsx', import.meta.url)
    }
  ],
  consolePages: [
    {
      path: 'numbers',
      place: 'COMPANY',
      title: { en: 'Numbers', ar: 'الأرقام' },
      module: new URL('./console/company-numbers.tsx', import.meta.url)
    },
    {
      path: 'numbers',
      title: { en: 'Numbers', ar: 'الأرقام' },
      module: new URL('./console/numbers.tsx', import.meta.url)
    }
  ],
  demo
})
