import { randomBytes } from 'node:crypto'
import { badInput, PortalError } from '../core/errors.ts'
import type { PeopleStores, StaffMember } from '../core/ports.ts'
import type { Operator } from '../core/viewer.ts'
import type { StaffAccount } from '../graphql/operator-context.ts'
import { networkOf } from './address.ts'
import { checkNewPassword, hashPassword } from './passwords.ts'
import { hashRecoveryCode, newRecoveryCode, proofOf, secretBox } from './second-factor.ts'
import { provePassword, staffClaim } from './sign-in.ts'
import { base32, otpauthUri, stepOfCode } from './totp.ts'

const issuer = 'Portcullis'
/** RFC 4226, 4: 160 bits. */
const secretBytes = 20
const recoveryCodes = 10

/** What members of staff do about their own sign-in. */
export const createStaffAccount = (people: PeopleStores, portalSecret: string | null): StaffAccount => {
  const { staff } = people
  const box = secretBox(portalSecret)

  /** @throws PortalError PRECONDITION_FAILED for an API key, which has no account */
  const memberOf = async (operator: Operator): Promise<StaffMember> => {
    const [, id] = /^staff:(.+)$/.exec(operator.actor) ?? []
    const member = id === undefined ? null : await staff.get(id)
    if (member === null) {
      throw new PortalError('PRECONDITION_FAILED', 'An API key has no account; sign in as a member of staff.', {
        reason: 'NOT_A_PERSON'
      })
    }
    return member
  }
  /** A session may have been left open: what changes how somebody signs in asks for the password again. */
  const prove = async (path: string, member: StaffMember, operator: Operator, password: string, at: number) => {
    const claim = staffClaim(people, member.email, operator.ip, at)
    const facts = await provePassword(claim, password)
    if (facts?.staffId !== member.id) throw badInput(path, 'is not right')
    return facts.passwordHash
  }

  return {
    async changePassword(actor, { oldPassword, newPassword }, at) {
      const { operator } = actor
      const member = await memberOf(operator)
      checkNewPassword('newPassword', newPassword, member.email)
      const formerHash = await prove('oldPassword', member, operator, oldPassword, at)
      const hash = await hashPassword(newPassword)
      const own = { formerHash, sessionId: operator.sessionId ?? '' }
      await staff.setPassword(member.id, hash, actor, 'changeMyPassword', own)
    },

    async startTwoFactor(actor, password, at) {
      const { operator } = actor
      const member = await memberOf(operator)
      const secret = randomBytes(secretBytes)
      const sealed = box.seal(member.id, secret)
      await prove('password', member, operator, password, at)
      await staff.startTwoFactor(member.id, sealed, actor)
      return { secret: base32(secret), uri: otpauthUri(issuer, member.email, secret) }
    },

    async confirmTwoFactor(actor, code, at) {
      const { operator } = actor
      const member = await memberOf(operator)
      const pending = await staff.twoFactor(member.id)
      if (pending === null || pending.confirmed) {
        throw new PortalError('PRECONDITION_FAILED', 'Nothing waits to be confirmed; call startTwoFactor first.', {
          reason: 'TWO_FACTOR_NOT_STARTED'
        })
      }
      const secret = box.open(member.id, pending.secret)
      const fits = secret === null ? null : stepOfCode(secret, code.replaceAll(/\s/g, ''), at)
      // Counted as at sign-in: whoever found a session open must not guess a way to the recovery codes.
      const step = member.lockedUntil === null ? fits : null
      if (step === null) {
        await staff.recordFailure(member.id, networkOf(operator.ip))
        throw badInput('code', 'is not the code of now; check the clock of the device')
      }
      const codes = Array.from({ length: recoveryCodes }, newRecoveryCode)
      const proof = { secret: pending.secret, step }
      if (!(await staff.confirmTwoFactor(member.id, proof, codes.map(hashRecoveryCode), actor)))
        throw new PortalError('CONFLICT')
      return codes
    },

    async disableTwoFactor(actor, code, at) {
      const { operator } = actor
      const member = await memberOf(operator)
      const stored = await staff.twoFactor(member.id)
      if (stored === null || !stored.confirmed) {
        throw new PortalError('PRECONDITION_FAILED', 'Two-factor sign-in is not on.', { reason: 'TWO_FACTOR_OFF' })
      }
      const proof = proofOf(box, member.id, stored.secret, code, at)
      if (!(await staff.spendSecondFactor(member.id, proof, networkOf(operator.ip))))
        throw badInput('code', 'is not right')
      await staff.endTwoFactor(member.id, actor, 'disableTwoFactor')
    }
  }
}
