import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto'

/** An opaque token of 256 random bits, 43 characters base64url. */
export const newToken = (): string => randomBytes(32).toString('base64url')

/** What is stored in place of a token: SHA-256 in hex. A token has too much chance in it for a slow hash to matter. */
export const hashToken = (token: string): string => createHash('sha256').update(token).digest('hex')

/** The signature of some parts, base64url. Parts are length-prefixed, so that no two lists sign alike. */
export const sign = (secret: string, parts: readonly string[]): string => {
  const hmac = createHmac('sha256', secret)
  for (const part of parts) hmac.update(`${Buffer.byteLength(part)}:`).update(part)
  return hmac.digest('base64url')
}

/** Compares without telling by its time how far two texts agree. */
export const sameText = (one: string, other: string): boolean => {
  const a = createHash('sha256').update(one).digest()
  const b = createHash('sha256').update(other).digest()
  return timingSafeEqual(a, b)
}
