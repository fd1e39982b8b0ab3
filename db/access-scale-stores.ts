import type { AccessScaleStores } from '../core/access-scale.ts'
import type { Catalogue } from '../core/catalogue.ts'
import { createAccessHistory } from './access-history-store.ts'
import { createAccessTemplateStore } from './access-template-store.ts'
import { createAuditExports } from './audit-exports.ts'
import type { Database } from './connect.ts'
import { createOverrideCleanUp } from './override-clean-up.ts'

/** Templates, history, clean-up and exports of the audit log on one database. */
export const createAccessScaleStores = (db: Database, catalogue: Catalogue): AccessScaleStores => ({
  templates: createAccessTemplateStore(db, catalogue),
  history: createAccessHistory(db),
  cleanUp: createOverrideCleanUp(db),
  auditExports: createAuditExports(db)
})
