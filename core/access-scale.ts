import type { AccessHistoryStore, AuditExports, OverrideCleanUpStore } from './access-history.ts'
import type { AccessTemplateStore } from './access-template.ts'

/** What operators do with the access of many companies, and what they want to know about it afterwards. */
export interface AccessScaleStores {
  readonly templates: AccessTemplateStore
  readonly history: AccessHistoryStore
  readonly cleanUp: OverrideCleanUpStore
  readonly auditExports: AuditExports
}
