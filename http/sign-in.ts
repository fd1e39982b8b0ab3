import type { Access } from '../core/access.ts'
import { PortalError } from '../core/errors.ts'
import type { UserType } from '../core/feature.ts'
import type { PeopleStores, SignInFacts } from '../core/ports.ts'
import type { StaffRole } from '../core/viewer.ts'
import { addressList } from './address.ts'
import { verifyPassword } from './passwords.ts'
import { hashToken, newToken } from './tokens.ts'

/** Failures of one address within 15 minutes after which it is refused whatever it sends. */
const failuresPerAddress = 50

/** What every refused sign-in is told: nothing in it says which of the conditions failed. */
export const refusedSignIn = (): PortalError =>
  new PortalError(
    'UNAUTHENTICATED',
    'The e-mail address or the password is not right, or signing in is not possible.',
    {
      reason: 'BAD_CREDENTIALS'
    }
  )

/** True when every GATE of the company's user type is effective for it on that brand. */
export const gateIsOpen = (
  access: Access,
  company: { readonly companyId: string; readonly userType: UserType; readonly domainId: string },
  at: number
): boolean =>
  access.catalogue.features.every(
    feature =>
      feature.kind !== 'GATE' ||
      !feature.userTypes.includes(company.userType) ||
      access.can(company.companyId, feature.key, at, company.domainId)
  )

const mayEnter = (facts: SignInFacts, access: Access, domainId: string, ip: string, at: number): boolean =>
  !facts.disabled &&
  facts.companyStatus !== 'INACTIVE' &&
  (facts.lockedUntil === null || facts.lockedUntil <= at) &&
  (facts.ipAllowList.length === 0 || addressList(facts.ipAllowList)(ip)) &&
  gateIsOpen(access, { ...facts, domainId }, at)

/**
 * Signs a contact in on a brand. The password is compared in every case, so that all refusals take alike long.
 * @param at the database's clock; access must be up to date for it
 * @throws PortalError UNAUTHENTICATED, the same for every reason
 */
export const signInContact = async (
  people: PeopleStores,
  access: Access,
  attempt: { readonly email: string; readonly password: string; readonly domainId: string; readonly ip: string },
  at: number
): Promise<{ readonly token: string; readonly contactId: string }> => {
  const { email, password, domainId, ip } = attempt
  const failures = await people.contacts.failuresFrom(ip)
  // PostgreSQL refuses a text with a null character; nobody has such an address.
  const facts = email.includes('\0') ? null : await people.contacts.findForSignIn(email, domainId)
  const rightPassword = await verifyPassword(facts?.passwordHash ?? null, password)
  if (
    facts === null ||
    !rightPassword ||
    failures >= failuresPerAddress ||
    !mayEnter(facts, access, domainId, ip, at)
  ) {
    await people.contacts.recordFailure(facts?.contactId ?? null, ip)
    throw refusedSignIn()
  }
  const token = newToken()
  await people.contacts.recordSignIn(facts.contactId)
  await people.sessions.createContactSession({ tokenHash: hashToken(token), contactId: facts.contactId, domainId, ip })
  return { token, contactId: facts.contactId }
}

/**
 * Signs a member of staff in on the console.
 * @throws PortalError UNAUTHENTICATED, the same for every reason
 */
export const signInStaff = async (
  people: PeopleStores,
  attempt: { readonly email: string; readonly password: string; readonly ip: string },
  at: number
): Promise<{ readonly token: string; readonly name: string; readonly role: StaffRole }> => {
  const { email, password, ip } = attempt
  const failures = await people.staff.failuresFrom(ip)
  const facts = email.includes('\0') ? null : await people.staff.findForSignIn(email)
  const rightPassword = await verifyPassword(facts?.passwordHash ?? null, password)
  const locked = facts?.lockedUntil != null && facts.lockedUntil > at
  if (facts === null || !rightPassword || failures >= failuresPerAddress || locked || facts.disabled) {
    await people.staff.recordFailure(facts?.staffId ?? null, ip)
    throw refusedSignIn()
  }
  const token = newToken()
  await people.staff.recordSignIn(facts.staffId)
  await people.sessions.createStaffSession({ tokenHash: hashToken(token), staffId: facts.staffId, ip })
  return { token, name: facts.name, role: facts.role }
}
