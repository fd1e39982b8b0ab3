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
  /** Host name of the brand it is about, also of one that was deleted since; null: it is about no brand. */
  readonly host: string | null
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

/** What a page calls an access template by. */
export interface TemplateName {
  readonly id: string
  readonly name: string
}

/**
 * An access template keeps the overrides of its keys at each company it is applied to, whoever set them: without them the
 * company would differ from it, and a reapply would write them again.
 */
export interface OverrideCleanUpStore {
  /** All keys of templates that are applied to a company. */
  keptKeys(): Promise<ReadonlySet<string>>
  /** Company id → key → the templates that keep it, oldest first. Companies without any template are absent. */
  keptBy(companyIds: readonly string[]): Promise<ReadonlyMap<string, ReadonlyMap<string, readonly TemplateName[]>>>
  /**
   * Removes overrides by company and key, one audit entry a company, if access still stands as it did when they were chosen.
   * @param decidedOn the counters of the data they were chosen from
   * @param includeKept false: what a template keeps by now stays
   * @returns what was removed; null, and nothing done, when something was written since
   */
  remove(
    keys: ReadonlyMap<string, readonly string[]>,
    decidedOn: AccessRevisions,
    actor: Actor,
    includeKept: boolean
  ): Promise<{ readonly removed: number; readonly companies: number } | null>
}

/** What files made of the audit log need beside its entries. */
export interface AuditExports {
  /** How many entries a filter finds, at most `most`: whether there are too many is known before they are read. */
  countUpTo(most: number, filter: AuditFilter): Promise<number>
  /** Names of those who act, by the audit log's word for them; who is unknown is absent. */
  actorNames(actors: readonly string[]): Promise<ReadonlyMap<string, string>>
  /** Leaves an audit entry of an export. */
  record(
    made: {
      readonly action: 'exportAuditLog' | 'exportAccessHistory'
      readonly fileId: string
      readonly companyId?: string
      /** What was asked for, and how many rows there were. */
      readonly facts: Readonly<Record<string, unknown>>
    },
    actor: Actor
  ): Promise<void>
}
