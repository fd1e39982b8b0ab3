import type { Actor, BulkResult, CountedPage, OverrideAccess, OverrideChange, PageRequest } from './ports.ts'

/** One line of an access template. */
export interface TemplateOverride extends OverrideAccess {
  readonly reason: string | null
}

/** A named set of overrides that can be applied to many companies. */
export interface AccessTemplate {
  readonly id: string
  readonly name: string
  readonly description: string | null
  readonly overrides: readonly TemplateOverride[]
  readonly version: number
  readonly createdAt: number
  readonly updatedAt: number
  /** How many companies it is applied to. */
  readonly companyCount: number
}

export interface AccessTemplateInput {
  readonly name: string
  readonly description: string | null
  readonly overrides: readonly TemplateOverride[]
}

/** An override that a template does not touch, because it is in other hands. */
export interface TemplateConflict {
  readonly key: string
  /** Null: set by itself. */
  readonly heldBy: { readonly id: string; readonly name: string } | null
  readonly override: OverrideAccess['override']
  /** False: it says what the template says. */
  readonly differs: boolean
}

export interface TemplateResult extends BulkResult {
  /** Whether anything was, or would be, written. */
  readonly changed: boolean
  readonly conflicts: readonly TemplateConflict[]
}

/** What applying would write. */
export interface TemplatePlan extends TemplateResult {
  readonly changes: readonly OverrideChange[]
}

export type DriftKind = 'MISSING' | 'MANUAL' | 'OTHER_TEMPLATE' | 'OUTDATED' | 'EXTRA'

/** A company that a template is applied to. */
export interface TemplateCompany {
  readonly companyId: string
  readonly name: string
  readonly domainId: string | null
  readonly appliedAt: number
  readonly appliedBy: string
  /** Where it differs from the template as it is now. */
  readonly drift: readonly { readonly key: string; readonly kind: DriftKind }[]
}

/** Which companies a call is about: some, or all that are at home on a brand. */
export type TemplateTarget = { readonly companyIds: readonly string[] } | { readonly domainId: string }

/** Most companies one call may reach. */
export const templateReach = 20_000

/**
 * Access templates. A template only writes overrides, and remembers which of them are in its hands: whoever else writes an
 * override takes it out of them. What is in other hands is never overwritten.
 */
export interface AccessTemplateStore {
  get(id: string): Promise<AccessTemplate | null>
  /** Oldest first. */
  list(request: PageRequest & { readonly search?: string | null }): Promise<CountedPage<AccessTemplate>>
  /** @throws PortalError CONFLICT when the name is taken */
  create(input: AccessTemplateInput, actor: Actor): Promise<AccessTemplate>
  /** Touches no company; those it is applied to differ until it is applied again. What is left out stays. @throws PortalError NOT_FOUND, CONFLICT */
  update(
    id: string,
    input: Partial<AccessTemplateInput>,
    actor: Actor,
    expectedVersion?: number | null
  ): Promise<AccessTemplate>
  /** @throws PortalError NOT_FOUND, CONFLICT, PRECONDITION_FAILED while it is applied */
  remove(id: string, actor: Actor, expectedVersion?: number | null): Promise<void>
  /** Companies it is applied to, oldest first. */
  companies(
    id: string,
    request: PageRequest & { readonly drifted?: boolean | null }
  ): Promise<CountedPage<TemplateCompany>>
  /** How many of them differ. */
  driftedCount(id: string): Promise<number>
  /** What `apply` would do now. @throws PortalError NOT_FOUND, BAD_USER_INPUT for too many companies */
  plan(id: string, target: TemplateTarget): Promise<readonly TemplatePlan[]>
  /**
   * One result a company, committed in chunks of 500.
   * @param expectedVersion of the template
   * @throws PortalError NOT_FOUND, CONFLICT on a stale version, BAD_USER_INPUT for too many companies
   */
  apply(
    id: string,
    target: TemplateTarget,
    actor: Actor,
    expectedVersion?: number | null
  ): Promise<readonly TemplateResult[]>
  /** As `apply`, for companies it is applied to already; null: all of them. */
  reapply(
    id: string,
    companyIds: readonly string[] | null,
    actor: Actor,
    expectedVersion?: number | null
  ): Promise<readonly TemplateResult[]>
  /** Removes what is in its hands; null: from all of them. Otherwise as `apply`. */
  lift(
    id: string,
    companyIds: readonly string[] | null,
    actor: Actor,
    expectedVersion?: number | null
  ): Promise<readonly TemplateResult[]>
}
