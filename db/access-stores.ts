import type { Catalogue } from '../core/catalogue.ts'
import type { AccessStores } from '../core/ports.ts'
import { createAccessSource } from './access-source.ts'
import { createAuditStore } from './audit-store.ts'
import { createBrandStore } from './brand-store.ts'
import { createCompanyStore } from './company-store.ts'
import type { Database } from './connect.ts'
import { createPlatformStore } from './platform-store.ts'

/** All access stores on one database. */
export const createAccessStores = (db: Database, catalogue: Catalogue): AccessStores => ({
  source: createAccessSource(db),
  brands: createBrandStore(db, catalogue),
  companies: createCompanyStore(db, catalogue),
  audit: createAuditStore(db),
  platform: createPlatformStore(db)
})
