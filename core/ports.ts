import type { CompanyStatus, UserType } from './feature.ts'
import type { Operator, StaffRole, Viewer } from './viewer.ts'

// Times are milliseconds since 1970 UTC unless a name says otherwise. Ids are opaque strings.

/* ---------- what the decision reads ---------- */

export type OverrideValue = 'SHOW' | 'HIDE'

/** A company's override of one key, as the decision needs it; reasons and authors stay in the database. */
export interface OverrideAccess {
  readonly key: string
  readonly override: OverrideValue
  /** In force from this instant on, inclusive. */
  readonly validFrom?: number | null
  /** Not in force from this instant on. */
  readonly validUntil?: number | null
}

export interface CompanyAccess {
  readonly id: string
  readonly userType: UserType
  readonly status: CompanyStatus
  readonly domainId: string | null
  readonly overrides: readonly OverrideAccess[]
}

export interface DomainAccess {
  readonly id: string
  readonly isDefault: boolean
  /** Keys the brand has set; an absent key keeps the registry default. Keys no plugin knows any more are ignored. */
  readonly features: readonly { readonly key: string; readonly enabled: boolean }[]
  /** Ordered column lists; an absent or empty list is the report's default set. */
  readonly columns: readonly {
    readonly report: string
    readonly userType: UserType
    readonly columns: readonly string[]
  }[]
}

/** Switches of the installation as a whole. */
export interface PlatformAccess {
  readonly disabledPlugins: readonly string[]
  /** Paid add-ons that are present. */
  readonly entitlements: readonly string[]
}

/** Counters that order access writes: one a brand (its id), `registry` for the platform, `unassigned` for companies without a home brand. */
export type AccessRevisions = ReadonlyMap<string, number>
export const REGISTRY_SCOPE = 'registry'
export const UNASSIGNED_SCOPE = 'unassigned'

/** A consistent point of the access data, read in one snapshot. */
export interface AccessPoint {
  readonly revisions: AccessRevisions
  readonly platform: PlatformAccess
  readonly domains: readonly DomainAccess[]
  /** Ordered as created, so that pages over them are stable. */
  readonly companies: readonly CompanyAccess[]
}

/** Where the decision's data comes from. */
export interface AccessSource {
  load(): Promise<AccessPoint>
  /** What changed after `known`, read in one snapshot, with all counters; null when the log does not reach back that far. */
  changesSince(known: AccessRevisions): Promise<AccessPoint | null>
  /** The database's clock and every counter, in one statement, from the primary. */
  clock(): Promise<{ readonly at: number; readonly revisions: AccessRevisions }>
}

/* ---------- what operators read and write ---------- */

export interface Page<T> {
  readonly nodes: readonly T[]
  readonly endCursor: string | null
  readonly hasNextPage: boolean
}
export interface CountedPage<T> extends Page<T> {
  readonly totalCount: number
}
export interface PageRequest {
  /** 1 to 500. */
  readonly first: number
  readonly after?: string | null
}

export interface Brand {
  readonly id: string
  readonly fqdn: string
  readonly brandName: string
  readonly isDefault: boolean
  readonly enabled: boolean
  readonly currencies: readonly string[]
  /** Every key the brand has set. */
  readonly features: DomainAccess['features']
  readonly columns: DomainAccess['columns']
  readonly version: number
  readonly createdAt: number
}

export interface CompanyOverride extends OverrideAccess {
  readonly reason: string | null
  readonly setBy: string
  readonly setAt: number
}

export interface Company {
  readonly id: string
  readonly name: string
  readonly userType: UserType
  readonly domainId: string | null
  readonly status: CompanyStatus
  readonly currency: string
  readonly accountCodes: readonly string[]
  readonly overrides: readonly CompanyOverride[]
  readonly version: number
  readonly createdAt: number
}

/** Who does it and why; every write leaves one audit entry with it. */
export interface Actor {
  readonly operator: Operator
  readonly reason?: string | null
}

export interface BrandStore {
  get(by: { readonly id: string } | { readonly fqdn: string }): Promise<Brand | null>
  list(request: PageRequest & { readonly search?: string | null }): Promise<CountedPage<Brand>>
  /** @throws PortalError CONFLICT when the host name is taken. The first brand becomes the default one. */
  create(
    input: {
      readonly fqdn: string
      readonly brandName: string
      readonly currencies: readonly string[]
      readonly features: readonly string[]
    },
    actor: Actor
  ): Promise<Brand>
  /** Keys not named keep what they have. @throws PortalError NOT_FOUND, CONFLICT on a stale `expectedVersion`. */
  setFeatures(
    id: string,
    features: readonly { readonly key: string; readonly enabled: boolean }[],
    actor: Actor,
    expectedVersion?: number | null
  ): Promise<Brand>
  setColumns(
    id: string,
    list: { readonly report: string; readonly userType: UserType; readonly columns: readonly string[] },
    actor: Actor,
    expectedVersion?: number | null
  ): Promise<Brand>
}

/** `INHERIT` removes the override. */
export interface OverrideChange {
  readonly key: string
  readonly override: OverrideValue | 'INHERIT'
  readonly reason?: string | null
  readonly validFrom?: number | null
  readonly validUntil?: number | null
}

export interface BulkResult {
  readonly companyId: string
  readonly ok: boolean
  readonly code?: string
  readonly message?: string
}

export interface CompanyStore {
  get(id: string): Promise<Company | null>
  list(
    request: PageRequest & {
      readonly search?: string | null
      readonly domainId?: string | null
      readonly userType?: UserType | null
    }
  ): Promise<CountedPage<Company>>
  /** Names of many companies at once, in no order; unknown ids are absent. */
  names(ids: readonly string[]): Promise<ReadonlyMap<string, string>>
  /** Ids of every company whose name contains `search`, sorted by name; without `search`, all. For the grid. */
  idsByName(search: string | null): Promise<readonly string[]>
  create(
    input: {
      readonly name: string
      readonly userType: UserType
      readonly currency: string
      readonly domainId: string | null
      readonly status: CompanyStatus
      readonly accountCodes: readonly string[]
    },
    actor: Actor
  ): Promise<Company>
  /** Moves the company to another brand, or to none; its sessions end. @throws PortalError NOT_FOUND, CONFLICT on a stale `expectedVersion`. */
  assignDomain(id: string, domainId: string | null, actor: Actor, expectedVersion?: number | null): Promise<Company>
  setOverrides(
    id: string,
    changes: readonly OverrideChange[],
    actor: Actor,
    expectedVersion?: number | null
  ): Promise<Company>
  /** One result a company, committed in chunks of 500; one bad line hides no other. */
  bulkSetOverrides(
    ids: readonly string[],
    changes: readonly OverrideChange[],
    actor: Actor
  ): Promise<readonly BulkResult[]>
}

/** What an access write is called in the audit log: the name of the operators' mutation. */
export type AccessAction =
  | 'createPortalDomain'
  | 'createCompany'
  | 'assignCompanyDomain'
  | 'setDomainFeatures'
  | 'setDomainColumns'
  | 'setCompanyOverrides'
  | 'bulkSetCompanyOverrides'
  | 'setPluginEnabled'
  | 'setEntitlement'
  | 'revertChange'

export interface AuditEntry {
  readonly id: string
  readonly at: number
  readonly actor: string
  /** An `AccessAction`, or another verb for what is not an access write. */
  readonly action: string
  /** Id of what was changed; the name of a plugin or an add-on. */
  readonly target: string
  readonly before: string | null
  readonly after: string | null
  readonly reason: string | null
}

export interface AuditStore {
  get(id: string): Promise<AuditEntry | null>
  list(
    request: PageRequest & { readonly target?: string | null; readonly actor?: string | null }
  ): Promise<Page<AuditEntry>>
  /** Undoes one access write. @throws PortalError NOT_FOUND; CONFLICT when something later touched the same keys; PRECONDITION_FAILED when the entry is not an access write. */
  revert(auditId: string, actor: Actor): Promise<AuditEntry>
}

export interface PlatformStore {
  get(): Promise<PlatformAccess>
  setPlugin(name: string, enabled: boolean, actor: Actor): Promise<PlatformAccess>
  setEntitlement(name: string, present: boolean, actor: Actor): Promise<PlatformAccess>
}

/** The ports every access store, in memory or on a database, fulfils; one contract suite runs over all of them. */
export interface AccessStores {
  readonly source: AccessSource
  readonly brands: BrandStore
  readonly companies: CompanyStore
  readonly audit: AuditStore
  readonly platform: PlatformStore
}

/* ---------- people and sessions ---------- */

export interface SignInFacts {
  readonly contactId: string
  readonly companyId: string
  readonly passwordHash: string | null
  readonly disabled: boolean
  /** Empty: any address. CIDR notation. */
  readonly ipAllowList: readonly string[]
  readonly lockedUntil: number | null
  readonly companyStatus: CompanyStatus
  readonly userType: UserType
}

/** A session with everything a request needs, from one statement on the primary. */
export interface ContactSession {
  readonly viewer: Omit<Viewer, 'ip'>
  readonly at: number
  /** Counters of the brand, of the company's home scope and of the registry. */
  readonly revisions: AccessRevisions
}

export interface OperatorSession {
  readonly operator: Omit<Operator, 'ip'>
  readonly sessionId: string | null
  readonly at: number
}

export interface Contact {
  readonly id: string
  readonly companyId: string
  readonly name: string
  readonly email: string
  readonly disabled: boolean
  readonly version: number
}

export interface ContactStore {
  /** The contact this address means on this brand, whether or not it may sign in. */
  findForSignIn(email: string, domainId: string): Promise<SignInFacts | null>
  /** @throws PortalError CONFLICT when the address already resolves to a contact on one of the brands it would count on. */
  create(
    input: {
      readonly companyId: string
      readonly name: string
      readonly email: string
      readonly passwordHash: string | null
      readonly ipAllowList?: readonly string[]
    },
    actor: Actor
  ): Promise<Contact>
  get(id: string): Promise<Contact | null>
  /** Contacts of one company by name, then id; unknown company: none. */
  list(request: PageRequest & { readonly companyId: string }): Promise<CountedPage<Contact>>
  /** Stores the argon2id hash of a new password, lifts a lock and ends the contact's sessions but `exceptSessionId`. */
  setPassword(contactId: string, passwordHash: string, exceptSessionId?: string): Promise<void>
  recordSignIn(contactId: string): Promise<void>
  /** Counts a failure of a contact and of an address; locks the contact for 15 minutes at its 10th within 15 minutes. */
  recordFailure(contactId: string | null, ip: string): Promise<void>
  /** Failures of one address within the last 15 minutes. */
  failuresFrom(ip: string): Promise<number>
}

export interface SessionStore {
  /** @param tokenHash SHA-256 of the token, hex; the token itself is never stored. Idle 30 minutes, 12 hours at most. */
  createContactSession(input: {
    readonly tokenHash: string
    readonly contactId: string
    readonly domainId: string
    readonly ip: string
    readonly viewAs?: { readonly staffId: string; readonly staffName: string; readonly writeThrough: boolean }
  }): Promise<string>
  /** One statement: session, contact, company, brand, clock, counters. Null when there is no live session. */
  contactSession(tokenHash: string): Promise<ContactSession | null>
  /** Prolongs the idle time; called at most once a minute for a session. */
  touch(sessionId: string): Promise<void>
  listContactSessions(
    contactId: string
  ): Promise<readonly { id: string; createdAt: number; lastSeenAt: number; ip: string; current?: boolean }[]>
  end(sessionId: string): Promise<void>
  endAllOfContact(contactId: string, exceptSessionId?: string): Promise<void>
  createStaffSession(input: {
    readonly tokenHash: string
    readonly staffId: string
    readonly ip: string
  }): Promise<string>
  staffSession(tokenHash: string): Promise<OperatorSession | null>
  /** One-use ticket of 60 seconds that opens a view-as session on the brand's host; leaves an audit entry `viewAs` on the contact. */
  createViewAsTicket(
    input: {
      readonly tokenHash: string
      readonly contactId: string
      readonly domainId: string
      readonly staffId: string
      readonly staffName: string
      readonly writeThrough: boolean
    },
    actor: Actor
  ): Promise<void>
  /** Takes the ticket; null when used, expired, unknown or of another brand. */
  takeViewAsTicket(
    tokenHash: string,
    domainId: string
  ): Promise<{
    readonly contactId: string
    readonly staffId: string
    readonly staffName: string
    readonly writeThrough: boolean
  } | null>
}

export interface StaffStore {
  findForSignIn(email: string): Promise<{
    readonly staffId: string
    readonly name: string
    readonly role: StaffRole
    readonly passwordHash: string
    readonly lockedUntil: number | null
    readonly disabled: boolean
  } | null>
  create(
    input: { readonly name: string; readonly email: string; readonly passwordHash: string; readonly role: StaffRole },
    actor: Actor
  ): Promise<{ readonly id: string }>
  count(): Promise<number>
  recordFailure(staffId: string | null, ip: string): Promise<void>
  recordSignIn(staffId: string): Promise<void>
  failuresFrom(ip: string): Promise<number>
  /** @param keyHash SHA-256 of the key, hex. */
  createApiKey(
    input: { readonly name: string; readonly keyHash: string; readonly role: StaffRole },
    actor: Actor
  ): Promise<{ readonly id: string }>
  apiKey(keyHash: string): Promise<OperatorSession | null>
  listApiKeys(): Promise<
    readonly {
      readonly id: string
      readonly name: string
      readonly role: StaffRole
      readonly createdAt: number
      readonly lastUsedAt: number | null
      readonly revokedAt: number | null
    }[]
  >
  revokeApiKey(id: string, actor: Actor): Promise<void>
}

export interface PeopleStores {
  readonly contacts: ContactStore
  readonly sessions: SessionStore
  readonly staff: StaffStore
}
