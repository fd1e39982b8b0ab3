import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto'
import { PortalError } from '../core/errors.ts'
import type { SecondFactorProof } from '../core/ports.ts'
import { hashToken } from './tokens.ts'
import { base32, stepOfCode } from './totp.ts'

const algorithm = 'aes-256-gcm'

/** Seals two-factor secrets with a key of their own, derived from PORTAL_SECRET; each belongs to one member of staff. */
export interface SecretBox {
  seal(staffId: string, secret: Buffer): string
  /** Null when it was sealed with another PORTAL_SECRET, or for somebody else. */
  open(staffId: string, sealed: string): Buffer | null
}

/** @param secret PORTAL_SECRET; null when it is not set: nothing can be sealed then, and nothing opened */
export const secretBox = (secret: string | null): SecretBox => {
  const key = secret === null ? null : Buffer.from(hkdfSync('sha256', secret, '', 'portcullis two-factor', 32))
  return {
    seal(staffId, plain) {
      if (key === null) {
        throw new PortalError(
          'PRECONDITION_FAILED',
          'PORTAL_SECRET is not set, and secrets are not stored in the clear; set it for every process (`openssl rand -hex 32`).',
          { reason: 'SECRET_NOT_SET' }
        )
      }
      const iv = randomBytes(12)
      const cipher = createCipheriv(algorithm, key, iv).setAAD(Buffer.from(staffId))
      const sealed = Buffer.concat([cipher.update(plain), cipher.final()])
      return Buffer.concat([iv, cipher.getAuthTag(), sealed]).toString('base64url')
    },
    open(staffId, text) {
      if (key === null) return null
      const bytes = Buffer.from(text, 'base64url')
      try {
        const decipher = createDecipheriv(algorithm, key, bytes.subarray(0, 12), { authTagLength: 16 })
          .setAAD(Buffer.from(staffId))
          .setAuthTag(bytes.subarray(12, 28))
        return Buffer.concat([decipher.update(bytes.subarray(28)), decipher.final()])
      } catch {
        return null
      }
    }
  }
}

/** A recovery code: 80 random bits, in groups that can be typed. */
export const newRecoveryCode = (): string => base32(randomBytes(10)).replace(/(.{4})(?=.)/g, '$1-')

/** What is stored of a recovery code; blanks, dashes and case do not count. It has too much chance in it for a slow hash to matter. */
export const hashRecoveryCode = (code: string): string => hashToken(code.replaceAll(/[\s-]/g, '').toUpperCase())

/** What a code shows: six digits are an authenticator's, all else may be a recovery code. Null for a wrong one. */
export const proofOf = (
  box: SecretBox,
  staffId: string,
  sealed: string | null,
  code: string,
  at: number
): SecondFactorProof | null => {
  const plain = code.replaceAll(/\s/g, '')
  if (!/^\d{6}$/.test(plain)) return { recoveryHash: hashRecoveryCode(plain) }
  const secret = sealed === null ? null : box.open(staffId, sealed)
  const step = secret === null ? null : stepOfCode(secret, plain, at)
  return step === null ? null : { step }
}
