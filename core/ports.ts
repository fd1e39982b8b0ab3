import type { CompanyMove } from './company-status.ts'
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
  /** The access template in whose hands it is; absent when it was set by itself. */
  readonly templateId?: string
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
  /** The call it is done by: all audit entries of one operation can be undone together. */
  readonly operation?: string | null
}

export interface BrandStore {
  get(by: { readonly id: string } | { readonly fqdn: string }): Promise<Brand | null>
  list(
    request: PageRequest & { readonly search?: string | null; readonly enabled?: boolean | null }
  ): Promise<CountedPage<Brand>>
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
  /** What is left out stays. @throws PortalError NOT_FOUND, CONFLICT on a stale `expectedVersion`. */
  update(
    id: string,
    input: { readonly brandName?: string; readonly currencies?: readonly string[] },
    actor: Actor,
    expectedVersion?: number | null
  ): Promise<Brand>
  /** Disabled, the host answers as an unknown one; sessions, tickets and sign-in links there end. @throws PortalError PRECONDITION_FAILED for the default brand. */
  setEnabled(id: string, enabled: boolean, actor: Actor, expectedVersion?: number | null): Promise<Brand>
  /** Leaves an entry on the brand it was as well. @throws PortalError PRECONDITION_FAILED for a disabled brand. */
  setDefault(id: string, actor: Actor, expectedVersion?: number | null): Promise<Brand>
  /**
   * For good. Its companies move to `reassignTo`, all of them or, when one cannot, none.
   * @returns how many moved
   * @throws PortalError PRECONDITION_FAILED for the default brand, and with companies and nowhere to move them
   */
  remove(id: string, reassignTo: string | null, actor: Actor, expectedVersion?: number | null): Promise<number>
}

export type CompanySort = 'createdAt' | '-createdAt' | 'name' | '-name'

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
  /** By id, in no order; ids of nobody are absent. */
  some(ids: readonly string[]): Promise<readonly Company[]>
  list(
    request: PageRequest & {
      /** Part of the name; or all of an id, of an account code, of a contact's e-mail address (or that as far as its @) or telephone number. */
      readonly search?: string | null
      /** Ids that `search` means besides, as plugins know. */
      readonly alsoIds?: readonly string[]
      readonly domainId?: string | null
      readonly userType?: UserType | null
      readonly status?: CompanyStatus | null
      /** By creation, oldest first, unless said otherwise. */
      readonly sort?: CompanySort
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
  /** What is left out stays. @throws PortalError NOT_FOUND; CONFLICT on a stale `expectedVersion` and for a code another company has. */
  update(
    id: string,
    input: { readonly name?: string; readonly accountCodes?: readonly string[] },
    actor: Actor,
    expectedVersion?: number | null
  ): Promise<Company>
  /** Closing ends its sessions, view-as tickets and sign-in links; everything else stays. @throws PortalError NOT_FOUND, CONFLICT, PRECONDITION_FAILED when its status refuses the move. */
  changeStatus(id: string, move: CompanyMove, actor: Actor, expectedVersion?: number | null): Promise<Company>
  /** Moves the company to another brand, or to none; its sessions, tickets and sign-in links end. @throws PortalError NOT_FOUND, CONFLICT on a stale `expectedVersion`. */
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
  | 'updatePortalDomain'
  | 'disablePortalDomain'
  | 'enablePortalDomain'
  | 'setDefaultPortalDomain'
  | 'deletePortalDomain'
  | 'createCompany'
  | 'updateCompany'
  | 'suspendCompany'
  | 'closeCompany'
  | 'reopenCompany'
  | 'approveCompany'
  | 'assignCompanyDomain'
  | 'onboardCompany'
  | 'setDomainFeatures'
  | 'setDomainColumns'
  | 'setCompanyOverrides'
  | 'bulkSetCompanyOverrides'
  | 'applyAccessTemplate'
  | 'reapplyAccessTemplate'
  | 'liftAccessTemplate'
  | 'cleanUpOverrides'
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
  readonly companyId: string | null
  readonly domainId: string | null
  /** Where it was done from; null for background work. */
  readonly ip: string | null
  /** The call of an operator that left it, with all its other entries; null: of a time before operations, or nobody's call. */
  readonly operation: string | null
}

/** What is left out or null does not narrow. */
export interface AuditFilter {
  readonly target?: string | null
  readonly actor?: string | null
  readonly action?: string | null
  /** The company, or the brand, that an entry is about. */
  readonly companyId?: string | null
  readonly domainId?: string | null
  readonly operation?: string | null
  /** Entries of `[from, to)`, milliseconds since 1970 UTC. */
  readonly from?: number | null
  readonly to?: number | null
}

export interface AuditStore {
  get(id: string): Promise<AuditEntry | null>
  list(request: PageRequest & AuditFilter): Promise<Page<AuditEntry>>
  /** Undoes one access write. @throws PortalError NOT_FOUND; CONFLICT when something later touched the same keys; PRECONDITION_FAILED when the entry is not an access write. */
  revert(auditId: string, actor: Actor): Promise<AuditEntry>
  /** How many entries each of these operations left; one that left none is absent. */
  sizesOf(operations: readonly string[]): Promise<ReadonlyMap<string, number>>
  /** What an operation left, oldest first; at most 20,001 entries. */
  entriesOf(operation: string): Promise<readonly Pick<AuditEntry, 'id' | 'action' | 'target' | 'companyId'>[]>
  /**
   * Undoes every entry of an operation by the rules of `revert`: one result a company, committed in chunks of 500; one that
   * cannot be undone hides no other.
   * @throws PortalError NOT_FOUND; PRECONDITION_FAILED when it left something else than changes of companies, or more than 20,000 of them
   */
  revertOperation(operation: string, actor: Actor): Promise<readonly BulkResult[]>
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

/** What operators write about a contact; null: nothing. */
export interface ContactDetails {
  readonly phone: string | null
  readonly mobile: string | null
  readonly department: string | null
  /** What the contact is to its company, such as `billing`; says nothing about what it may do. */
  readonly contactType: string | null
  /** The contact reads them in its profile. */
  readonly publicNotes: string | null
  /** For operators only: no answer of a portal holds them. */
  readonly privateNotes: string | null
  /** BCP 47, in canonical form. */
  readonly locale: string | null
  /** IANA name. */
  readonly timeZone: string | null
}

export interface Contact extends ContactDetails {
  readonly id: string
  readonly companyId: string
  readonly name: string
  readonly email: string
  /** Empty: any address. CIDR notation. */
  readonly ipAllowList: readonly string[]
  readonly disabled: boolean
  /** Without one nobody can sign in as this contact. */
  readonly hasPassword: boolean
  /** Too many failures keep the contact out until then; null when it is not locked now. */
  readonly lockedUntil: number | null
  readonly lastSignInAt: number | null
  readonly version: number
  readonly createdAt: number
}

/** Fields that are absent keep what they have; null empties. */
export interface ContactChange extends Partial<ContactDetails> {
  readonly name?: string
  readonly email?: string
  readonly ipAllowList?: readonly string[]
}

/** A one-use link with which a person sets a password; lives 24 hours, and takes the place of the person's earlier one. */
export interface NewPasswordLink {
  /** SHA-256 of the token, hex. */
  readonly tokenHash: string
}

export interface ContactStore {
  /** The contact this address means on this brand, whether or not it may sign in. */
  findForSignIn(email: string, domainId: string): Promise<SignInFacts | null>
  /** @throws PortalError CONFLICT when the address already resolves to a contact on one of the brands it would count on. */
  create(
    input: Partial<ContactDetails> & {
      readonly companyId: string
      readonly name: string
      readonly email: string
      readonly passwordHash: string | null
      readonly ipAllowList?: readonly string[]
    },
    actor: Actor
  ): Promise<Contact>
  get(id: string): Promise<Contact | null>
  /** Contacts by name, then id; of one company, or of all. `search`: part of the name or of the e-mail address. */
  list(
    request: PageRequest & { readonly companyId?: string | null; readonly search?: string | null }
  ): Promise<CountedPage<Contact>>
  /**
   * Sessions stay; a new e-mail address ends the link that was sent to the old one.
   * @throws PortalError NOT_FOUND, CONFLICT on a stale `expectedVersion` or a taken address
   */
  update(id: string, change: ContactChange, actor: Actor, expectedVersion?: number | null): Promise<Contact>
  /** Disabling ends sessions, links and tickets at once. @throws PortalError NOT_FOUND, CONFLICT */
  setDisabled(id: string, disabled: boolean, actor: Actor, expectedVersion?: number | null): Promise<Contact>
  /** Lets a contact try again that too many failures keep out. @throws PortalError NOT_FOUND */
  unlock(id: string, actor: Actor): Promise<Contact>
  /** The password stays until the link is used. Resolves to when the link ends. @throws PortalError NOT_FOUND, CONFLICT */
  createSignInLink(
    id: string,
    link: NewPasswordLink & { readonly domainId: string },
    actor: Actor,
    expectedVersion?: number | null
  ): Promise<number>
  /** The password and all sessions end; the link is the way back. @throws PortalError NOT_FOUND, CONFLICT */
  resetPassword(
    id: string,
    link: NewPasswordLink & { readonly domainId: string },
    actor: Actor,
    expectedVersion?: number | null
  ): Promise<number>
  /**
   * Stores the argon2id hash of the password a contact chose, lifts a lock, ends links and all sessions but its own.
   * @param own `formerHash`: the stored hash that the old password was compared with
   * @throws PortalError NOT_FOUND, CONFLICT when another one is stored by now
   */
  changePassword(
    contactId: string,
    passwordHash: string,
    own: { readonly formerHash: string; readonly sessionId: string; readonly domainId: string; readonly ip: string }
  ): Promise<void>
  /**
   * Opens a session, forgets failures and leaves an audit entry `signIn`. False, and nothing done, when the password is no
   * longer the one that was compared, or the contact is disabled or locked by now.
   */
  signIn(contactId: string, session: NewSession & { readonly domainId: string }): Promise<boolean>
  /** Counts a failure of a contact and of an address; locks the contact for 15 minutes at its 10th within 15 minutes. */
  recordFailure(contactId: string | null, ip: string): Promise<void>
  /** Failures of one address within the last 15 minutes. */
  failuresFrom(ip: string): Promise<number>
}

/** The person a link is for. */
export interface PasswordLink {
  readonly name: string
  readonly email: string
  readonly expiresAt: number
}

/** Links that set a password. `domainId`: the brand whose host is asked; null: the console. */
export interface PasswordLinkStore {
  /** Changes nothing; null when used, expired, unknown, of another host, or when its person may not sign in there. */
  find(tokenHash: string, domainId: string | null): Promise<PasswordLink | null>
  /** Takes the link: the password is set, a lock lifted, sessions end. False when `find` would give null. */
  use(tokenHash: string, domainId: string | null, passwordHash: string, ip: string): Promise<boolean>
}

/** One place where somebody is signed in. */
export interface OpenSession {
  readonly id: string
  readonly ip: string
  readonly createdAt: number
  readonly lastSeenAt: number
}

/** What a right password opens. */
export interface NewSession {
  /** SHA-256 of the token, hex. */
  readonly tokenHash: string
  /** The stored hash that the password was compared with. */
  readonly passwordHash: string
  readonly ip: string
}

export interface SessionStore {
  /**
   * Idle 30 minutes, 12 hours at most. Null when the contact may not be there: company closed or elsewhere at home, contact
   * or brand disabled, or the password another one.
   * @param tokenHash SHA-256 of the token, hex; the token itself is never stored.
   */
  createContactSession(input: {
    readonly tokenHash: string
    readonly contactId: string
    readonly domainId: string
    readonly ip: string
    /** The password that was proved. */
    readonly passwordHash?: string
    readonly viewAs?: { readonly staffId: string; readonly staffName: string; readonly writeThrough: boolean }
  }): Promise<string | null>
  /** One statement: session, contact, company, brand, clock, counters. Null when there is no live session. */
  contactSession(tokenHash: string): Promise<ContactSession | null>
  /** Prolongs the idle time; called at most once a minute for a session. */
  touch(sessionId: string): Promise<void>
  listContactSessions(
    contactId: string
  ): Promise<readonly { id: string; createdAt: number; lastSeenAt: number; ip: string; current?: boolean }[]>
  end(sessionId: string): Promise<void>
  /** Ends a contact's own sessions but one; staff who look over its shoulder stay. Resolves to how many there were. */
  endOthers(contactId: string, sessionId: string): Promise<number>
  /** For operators: every live session, with the name of whoever looks over the contact's shoulder. Last used first. */
  sessionsOfContact(
    contactId: string
  ): Promise<readonly (OpenSession & { readonly domainId: string; readonly viewAs: string | null })[]>
  /** @throws PortalError NOT_FOUND */
  endContactSession(id: string, actor: Actor): Promise<void>
  /** Resolves to how many there were. @throws PortalError NOT_FOUND for an unknown contact */
  endContactSessions(contactId: string, actor: Actor): Promise<number>
  createStaffSession(input: {
    readonly tokenHash: string
    readonly staffId: string
    readonly ip: string
  }): Promise<string>
  staffSession(tokenHash: string): Promise<OperatorSession | null>
  /** Last used first. */
  sessionsOfStaff(staffId: string): Promise<readonly OpenSession[]>
  /** @throws PortalError NOT_FOUND */
  endStaffSession(id: string, actor: Actor, action?: 'endStaffSession' | 'signOut'): Promise<void>
  /** Resolves to how many there were. @throws PortalError NOT_FOUND for an unknown member of staff */
  endStaffSessions(staffId: string, actor: Actor): Promise<number>
  /** One-use ticket of 60 seconds that opens a view-as session on the brand's host; leaves an audit entry `viewAs` on the contact. @throws PortalError PRECONDITION_FAILED when the contact may not be there */
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
  /**
   * Takes the ticket and opens its session, of 30 minutes, and no longer than the key lives that asked for it. False when
   * the ticket is used, expired, unknown or of another brand, or whoever asked for it may no longer do so.
   */
  openViewAs(
    ticketHash: string,
    session: { readonly tokenHash: string; readonly domainId: string; readonly ip: string }
  ): Promise<boolean>
}

export interface StaffMember {
  readonly id: string
  readonly name: string
  readonly email: string
  readonly role: StaffRole
  readonly disabled: boolean
  readonly hasPassword: boolean
  /** A code of an authenticator is asked for at sign-in. */
  readonly twoFactor: boolean
  readonly recoveryCodesLeft: number
  readonly lockedUntil: number | null
  readonly lastSignInAt: number | null
  readonly version: number
  readonly createdAt: number
}

/** What shows that somebody has the second factor: a time step whose code was given, or a recovery code's hash. */
export type SecondFactorProof = { readonly step: number } | { readonly recoveryHash: string }

export interface ApiKey {
  readonly id: string
  readonly name: string
  readonly role: StaffRole
  readonly createdAt: number
  /** Written at most once a minute. */
  readonly lastUsedAt: number | null
  readonly revokedAt: number | null
  /** Not good from this instant on. */
  readonly expiresAt: number | null
  /** An earlier secret is good until then; null when none is. */
  readonly formerUntil: number | null
  /** The last use of an earlier secret. */
  readonly formerUsedAt: number | null
  readonly version: number
}

/**
 * Staff and API keys. At least one person who has a password and is not disabled stays ADMIN: keys do not count, a key
 * is no person. While there is no such person, the last ADMIN key stays.
 */
export interface StaffStore {
  findForSignIn(email: string): Promise<{
    readonly staffId: string
    readonly name: string
    readonly role: StaffRole
    readonly passwordHash: string | null
    readonly lockedUntil: number | null
    readonly disabled: boolean
    readonly twoFactor: boolean
  } | null>
  get(id: string): Promise<StaffMember | null>
  /** By name, then id. */
  list(request: PageRequest): Promise<CountedPage<StaffMember>>
  /** @throws PortalError CONFLICT when the address is taken */
  create(
    input: {
      readonly name: string
      readonly email: string
      readonly passwordHash: string
      readonly role: StaffRole
    },
    actor: Actor
  ): Promise<{ readonly id: string }>
  /** As `create`, without a password: the link sets one. */
  invite(
    input: { readonly name: string; readonly email: string; readonly role: StaffRole },
    link: NewPasswordLink,
    actor: Actor
  ): Promise<{ readonly id: string; readonly linkExpiresAt: number }>
  /**
   * Disabling ends sessions, links, tickets and view-as sessions at once.
   * @throws PortalError NOT_FOUND, CONFLICT on a stale `expectedVersion`, PRECONDITION_FAILED with reason LAST_ADMIN or
   * OWN_ACCOUNT: nobody changes the own role or disables oneself
   */
  update(
    id: string,
    change: { readonly name?: string; readonly role?: StaffRole; readonly disabled?: boolean },
    actor: Actor,
    expectedVersion?: number | null
  ): Promise<StaffMember>
  unlock(id: string, actor: Actor): Promise<StaffMember>
  /**
   * The password and all sessions end; the link is the way back. Resolves to when it ends.
   * @throws PortalError NOT_FOUND, CONFLICT, PRECONDITION_FAILED with reason OWN_ACCOUNT or LAST_ADMIN
   */
  resetPassword(id: string, link: NewPasswordLink, actor: Actor, expectedVersion?: number | null): Promise<number>
  /**
   * Stores a hash, lifts a lock, ends links, view-as and all sessions but `own.sessionId`.
   * @param own for who gave the old password: the hash it was compared with
   * @throws PortalError NOT_FOUND, CONFLICT when another hash is stored by now
   */
  setPassword(
    id: string,
    passwordHash: string,
    actor: Actor,
    action: 'changeMyPassword' | 'resetStaffPassword',
    own?: { readonly formerHash: string; readonly sessionId: string }
  ): Promise<void>
  count(): Promise<number>
  recordFailure(staffId: string | null, ip: string): Promise<void>
  /** As `ContactStore.signIn`; `secondFactor`: what was spent of it. */
  signIn(staffId: string, session: NewSession & { readonly secondFactor?: SecondFactorProof }): Promise<boolean>
  failuresFrom(ip: string): Promise<number>

  /** The secret as it was stored. */
  twoFactor(id: string): Promise<{ readonly secret: string; readonly confirmed: boolean } | null>
  /** Keeps a secret that counts from `confirmTwoFactor` on. @throws PortalError PRECONDITION_FAILED with reason TWO_FACTOR_ON */
  startTwoFactor(id: string, secret: string, actor: Actor): Promise<void>
  /** False when `secret` is no longer the one waiting. */
  confirmTwoFactor(
    id: string,
    proof: { readonly secret: string; readonly step: number },
    recoveryHashes: readonly string[],
    actor: Actor
  ): Promise<boolean>
  /**
   * Takes a proof, once; without a good one counts a failure. Alone for the person: of guesses sent all at once, the
   * tenth locks the others out. False: not taken.
   */
  spendSecondFactor(id: string, proof: SecondFactorProof | null, ip: string): Promise<boolean>
  /**
   * Ends two-factor sign-in, or its setting up.
   * @throws PortalError NOT_FOUND, CONFLICT; PRECONDITION_FAILED with reason OWN_ACCOUNT for a reset of one's own
   */
  endTwoFactor(
    id: string,
    actor: Actor,
    action: 'disableTwoFactor' | 'resetStaffTwoFactor',
    expectedVersion?: number | null
  ): Promise<void>

  /** @param keyHash SHA-256 of the key, hex. @throws PortalError CONFLICT for a secret that is or was a key's */
  createApiKey(
    input: {
      readonly name: string
      readonly keyHash: string
      readonly role: StaffRole
      readonly expiresAt?: number | null
    },
    actor: Actor
  ): Promise<{ readonly id: string }>
  /**
   * A new secret; the one before is good for `overlapMs` longer, earlier ones no longer than that.
   * @throws PortalError NOT_FOUND, CONFLICT, PRECONDITION_FAILED
   */
  rotateApiKey(
    id: string,
    keyHash: string,
    overlapMs: number,
    actor: Actor,
    expectedVersion?: number | null
  ): Promise<ApiKey>
  apiKey(keyHash: string): Promise<OperatorSession | null>
  listApiKeys(): Promise<readonly ApiKey[]>
  /** @throws PortalError NOT_FOUND, CONFLICT, PRECONDITION_FAILED with reason LAST_ADMIN */
  revokeApiKey(id: string, actor: Actor, expectedVersion?: number | null): Promise<void>
}

export interface PeopleStores {
  readonly contacts: ContactStore
  readonly sessions: SessionStore
  readonly staff: StaffStore
  readonly links: PasswordLinkStore
}
