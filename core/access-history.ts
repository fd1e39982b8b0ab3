import type { AccessRevisions, Actor, AuditEntry, AuditFilter, Page, PageRequest } from './ports.ts'

/** One thing that changed, in words for an operator. */
export interface AccessHistoryChange {
  /** `override:KEY`, `template:ID`, `domain`, `status`, `feature:KEY`, `columns:REPORT:USERTYPE`, `enabled`, `default`, `plugin:NAME`, `entitlement:NAME`. */
  readonly field: string
  /** Null: it was not set. */
  readonly before: string | null
  readonly after: string | null
  /** Of an override: why. */
  readonly reason: string | null
}

/** One write that could change what a company sees. */
export interface AccessHistoryEntry extends AuditEntry {
  readonly about: 'COMPANY' | 'BRAND' | 'PLATFORM'
  readonly changes: readonly AccessHistoryChange[]
}

export interface AccessHistoryStore {
  /**
   * Everything that changed one company's access, newest first: its own writes; those of its home brand while it was at home
   * there (of the default brand while it had none); those of the platform since it exists.
   * @throws PortalError NOT_FOUND
   */
  list(companyId: string, request: PageRequest): Promise<Page<AccessHistoryEntry>>
}

export interface OverrideCleanUpStore {
  /**
   * Removes overrides by company and key, one audit entry a company, if access still stands as it did when they were chosen.
   * @param decidedOn the counters of the data they were chosen from
   * @returns how many were removed; null, and nothing done, when something was written since
   */
  remove(keys: ReadonlyMap<string, readonly string[]>, decidedOn: AccessRevisions, actor: Actor): Promise<number | null>
}

export interface AuditExportLog {
  /** Leaves an audit entry of an export of the audit log. */
  record(fileId: string, filter: AuditFilter, rows: number, actor: Actor): Promise<void>
}
