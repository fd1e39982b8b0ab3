import { createHmac } from 'node:crypto'
import { sameText } from './tokens.ts'

// Time-based one-time passwords as every authenticator app makes them: RFC 6238 over RFC 4226, SHA-1, 6 digits, 30 s.

const stepMs = 30_000
const digits = 6
const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'

/** RFC 4648 base32 without padding, as authenticator apps take secrets. */
export const base32 = (bytes: Buffer): string => {
  let bits = ''
  for (const byte of bytes) bits += byte.toString(2).padStart(8, '0')
  return (bits.match(/.{1,5}/g) ?? []).map(five => alphabet[Number.parseInt(five.padEnd(5, '0'), 2)]).join('')
}

/** The code of one step (RFC 4226, 5.3). */
export const codeOf = (secret: Buffer, step: number, length = digits): string => {
  const counter = Buffer.alloc(8)
  counter.writeBigUInt64BE(BigInt(step))
  const mac = createHmac('sha1', secret).update(counter).digest()
  const offset = mac.at(-1)! & 0xf
  return String((mac.readUInt32BE(offset) & 0x7fff_ffff) % 10 ** length).padStart(length, '0')
}

/** The step of an instant in milliseconds since 1970 UTC. */
export const stepAt = (at: number): number => Math.floor(at / stepMs)

/** The step whose code was given: the current one, the one before or the one after, for clocks that differ; null for none. */
export const stepOfCode = (secret: Buffer, code: string, at: number): number | null => {
  const now = stepAt(at)
  // All three are compared, whichever fits.
  const fits = [now, now - 1, now + 1].filter(step => sameText(codeOf(secret, step), code))
  return fits[0] ?? null
}

/** What a QR code holds for an authenticator app. */
export const otpauthUri = (issuer: string, account: string, secret: Buffer): string => {
  const label = `${encodeURIComponent(issuer)}:${encodeURIComponent(account)}`
  const parameters = `secret=${base32(secret)}&issuer=${encodeURIComponent(issuer)}&algorithm=SHA1&digits=${digits}&period=${stepMs / 1000}`
  return `otpauth://totp/${label}?${parameters}`
}
