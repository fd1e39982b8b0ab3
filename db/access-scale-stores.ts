import type { AuditExportLog } from '../core/access-history.ts'
import type { AccessScaleStores } from '../core/access-scale.ts'
import type { Catalogue } from '../core/catalogue.ts'
import { createAccessHistory } from './access-history-store.ts'
import { createAccessTemplateStore } from './access-template-store.ts'
import { doneBy, writeAudit } from './audit.ts'
import type { Database } from './connect.ts'
import { createOverrideCleanUp } from './override-clean-up.ts'

const createAuditExportLog = (db: Database): AuditExportLog => ({
  record: (fileId, filter, rows, actor) =>
    db.transaction(async trx => {
      await writeAudit(trx, {
        ...doneBy(actor),
        action: 'exportAuditLog',
        target: fileId,
        after: { filter, rows }
      })
    })
})

/** Templates, history, clean-up and the log of exports on one database. */
export const createAccessScaleStores = (db: Database, catalogue: Catalogue): AccessScaleStores => ({
  templates: createAccessTemplateStore(db, catalogue),
  history: createAccessHistory(db),
  cleanUp: createOverrideCleanUp(db),
  auditExports: createAuditExportLog(db)
})
