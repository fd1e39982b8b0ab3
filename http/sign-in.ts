import type { Access } from '../core/access.ts'
import { PortalError } from '../core/errors.ts'
import type { UserType } from '../core/feature.ts'
import type { PeopleStores, SecondFactorProof, SignInFacts, StaffStore } from '../core/ports.ts'
import type { StaffRole } from '../core/viewer.ts'
import { foldedAddress } from '../graphql/operator-input.ts'
import { addressList, networkOf } from './address.ts'
import { seemToVerify, verifyPassword } from './passwords.ts'
import { proofOf, type SecretBox } from './second-factor.ts'
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

/** True while too many failures keep the person out. */
export const isLocked = (facts: { readonly lockedUntil: number | null }, at: number): boolean =>
  facts.lockedUntil !== null && facts.lockedUntil > at

const mayEnter = (facts: SignInFacts, access: Access, domainId: string, ip: string, at: number): boolean =>
  !facts.disabled &&
  facts.companyStatus !== 'INACTIVE' &&
  !isLocked(facts, at) &&
  (facts.ipAllowList.length === 0 || addressList(facts.ipAllowList)(ip)) &&
  gateIsOpen(access, { ...facts, domainId }, at)

/** How one kind of person is looked up, and where failures to be that person are counted. */
export interface Claim<Facts> {
  find(): Promise<Facts | null>
  /** Failures of the address within 15 minutes. */
  failures(): Promise<number>
  recordFailure(facts: Facts | null): Promise<void>
  /** Whether the person may come in, the password apart. */
  mayEnter(facts: Facts): boolean
}

/**
 * The facts of who gives the right password and may enter; null for everybody else, after the same time. What counts is
 * how things stand after the comparison: of guesses sent all at once, the first ten lock the others out. An address that
 * is shut costs no comparison, so that it cannot keep others from theirs.
 */
export const provePassword = async <Facts extends { readonly passwordHash: string | null }>(
  claim: Claim<Facts>,
  password: string
): Promise<(Facts & { readonly passwordHash: string }) | null> => {
  if ((await claim.failures()) >= failuresPerAddress) {
    await seemToVerify()
    return null
  }
  const compared = await claim.find()
  const right = await verifyPassword(compared?.passwordHash ?? null, password)
  const facts = await claim.find()
  const shut = (await claim.failures()) >= failuresPerAddress
  const passwordHash = facts?.passwordHash ?? null
  const same = passwordHash === (compared?.passwordHash ?? null)
  if (right && !shut && facts !== null && passwordHash !== null && same && claim.mayEnter(facts))
    return { ...facts, passwordHash }
  await claim.recordFailure(facts)
  return null
}

/** The claim to be the contact of an address on a brand. */
export const contactClaim = (
  { contacts }: PeopleStores,
  email: string,
  domainId: string,
  ip: string,
  mayEnter: Claim<SignInFacts>['mayEnter']
): Claim<SignInFacts> => {
  const from = networkOf(ip)
  return {
    // PostgreSQL refuses a text with a null character; nobody has such an address.
    find: async () => (email.includes('\0') ? null : contacts.findForSignIn(foldedAddress(email), domainId)),
    failures: () => contacts.failuresFrom(from),
    recordFailure: facts => contacts.recordFailure(facts?.contactId ?? null, from),
    mayEnter
  }
}

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
  const claim = contactClaim(people, email, domainId, ip, facts => mayEnter(facts, access, domainId, ip, at))
  const facts = await provePassword(claim, password)
  if (facts === null) throw refusedSignIn()
  const { contactId, passwordHash } = facts
  const token = newToken()
  // Between proof and session the company may have been closed, or the password changed.
  if (!(await people.contacts.signIn(contactId, { tokenHash: hashToken(token), passwordHash, domainId, ip })))
    throw refusedSignIn()
  return { token, contactId }
}

type StaffFacts = NonNullable<Awaited<ReturnType<StaffStore['findForSignIn']>>>

/** The claim to be the member of staff of an address. */
export const staffClaim = ({ staff }: PeopleStores, email: string, ip: string, at: number): Claim<StaffFacts> => {
  const from = networkOf(ip)
  return {
    find: async () => (email.includes('\0') ? null : staff.findForSignIn(foldedAddress(email))),
    failures: () => staff.failuresFrom(from),
    recordFailure: found => staff.recordFailure(found?.staffId ?? null, from),
    mayEnter: found => !found.disabled && !isLocked(found, at)
  }
}

/**
 * Signs a member of staff in on the console. Only who gave the right password is told that a code is asked for; a wrong
 * code is refused and counted as a wrong password is.
 * @throws PortalError UNAUTHENTICATED: reason TOTP_REQUIRED, else the same for every reason
 */
export const signInStaff = async (
  people: PeopleStores,
  box: SecretBox,
  attempt: { readonly email: string; readonly password: string; readonly code: string | null; readonly ip: string },
  at: number
): Promise<{ readonly token: string; readonly name: string; readonly role: StaffRole }> => {
  const { staff } = people
  const { email, password, code, ip } = attempt
  const facts = await provePassword(staffClaim(people, email, ip, at), password)
  if (facts === null) throw refusedSignIn()
  const { staffId, name, role } = facts
  let secondFactor: SecondFactorProof | undefined
  if (facts.twoFactor) {
    if (code === null) {
      throw new PortalError('UNAUTHENTICATED', 'Give the code of your authenticator as well, or a recovery code.', {
        reason: 'TOTP_REQUIRED'
      })
    }
    const sealed = await staff.twoFactor(staffId)
    const proof = proofOf(box, staffId, sealed?.secret ?? null, code, at)
    if (!(await staff.spendSecondFactor(staffId, proof, networkOf(ip))) || proof === null) throw refusedSignIn()
    secondFactor = proof
  }
  const token = newToken()
  const session = { tokenHash: hashToken(token), passwordHash: facts.passwordHash, ip }
  if (!(await staff.signIn(staffId, { ...session, ...(secondFactor === undefined ? {} : { secondFactor }) })))
    throw refusedSignIn()
  return { token, name, role }
}
