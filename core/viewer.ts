import type { CompanyStatus, UserType } from './feature.ts'

/** Staff looking at a contact's portal. Read-only unless an admin asked for write-through. */
export interface ViewAs {
  /** `staff:ID` or `key:ID`, as the audit log names it. */
  readonly staffId: string
  readonly staffName: string
  readonly writeThrough: boolean
}

/** Who is asking on a brand's host: one contact of one company, in the brand it signed in on. */
export interface Viewer {
  readonly sessionId: string
  readonly contactId: string
  readonly contactName: string
  readonly email: string
  readonly companyId: string
  readonly companyName: string
  readonly companyStatus: CompanyStatus
  /** ISO-4217. */
  readonly currency: string
  readonly userType: UserType
  /** The brand of the session, which decides access. */
  readonly domainId: string
  /** The company's home brand, if it has one. */
  readonly homeDomainId: string | null
  readonly ip: string
  readonly viewAs?: ViewAs
}

/** What a member of staff, or an API key, may do on the console host. */
export type StaffRole = 'ADMIN' | 'SUPPORT' | 'AUDITOR' | 'INGEST'

/** Who is asking on the console host. */
export interface Operator {
  /** `staff:ID` or `key:ID`; written to the audit log. */
  readonly actor: string
  readonly name: string
  readonly role: StaffRole
  readonly ip: string
  /** The session of a person; absent for API keys. */
  readonly sessionId?: string
}
