import assert from 'node:assert/strict'
import { test } from 'node:test'
import { PortalError } from '../core/errors.ts'
import { hashRecoveryCode, newRecoveryCode, proofOf, secretBox } from './second-factor.ts'
import { base32, codeOf, otpauthUri, stepAt, stepOfCode } from './totp.ts'

const secret = Buffer.from('12345678901234567890')

test('codes are those of RFC 4226, appendix D', () => {
  const codes = '755224 287082 359152 969429 338314 254676 287922 162583 399871 520489'.split(' ')
  assert.deepEqual(
    codes.map((_, step) => codeOf(secret, step)),
    codes
  )
})

test('codes of instants are those of RFC 6238, appendix B', () => {
  const vectors: readonly (readonly [number, string])[] = [
    [59, '94287082'],
    [1_111_111_109, '07081804'],
    [1_111_111_111, '14050471'],
    [1_234_567_890, '89005924'],
    [2_000_000_000, '69279037'],
    [20_000_000_000, '65353130']
  ]
  for (const [seconds, code] of vectors) assert.equal(codeOf(secret, stepAt(seconds * 1000), 8), code)
})

test('base32 is that of RFC 4648, without padding', () => {
  const vectors = ['', 'MY', 'MZXQ', 'MZXW6', 'MZXW6YQ', 'MZXW6YTB', 'MZXW6YTBOI']
  vectors.forEach((text, length) => {
    assert.equal(base32(Buffer.from('foobar'.slice(0, length))), text)
  })
  assert.equal(
    otpauthUri('Portcullis', 'olga+x@example.net', secret),
    'otpauth://totp/Portcullis:olga%2Bx%40example.net?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Portcullis&algorithm=SHA1&digits=6&period=30'
  )
})

test('a code is good one step early and late, no more', () => {
  const at = 1_234_567_890_000
  const now = stepAt(at)
  for (const off of [-1, 0, 1]) assert.equal(stepOfCode(secret, codeOf(secret, now + off), at), now + off)
  for (const off of [-3, -2, 2, 3]) assert.equal(stepOfCode(secret, codeOf(secret, now + off), at), null)
  for (const code of ['', '0', '0000000', 'abcdef']) assert.equal(stepOfCode(secret, code, at), null)
})

test('a sealed secret opens with the same PORTAL_SECRET for the same person, and nothing else', () => {
  const box = secretBox('a'.repeat(32))
  const sealed = box.seal('olga', secret)
  assert.deepEqual(box.open('olga', sealed), secret)
  assert.notEqual(box.seal('olga', secret), sealed)
  assert.ok(!Buffer.from(sealed, 'base64url').includes(secret))
  assert.equal(box.open('otto', sealed), null)
  assert.equal(secretBox('b'.repeat(32)).open('olga', sealed), null)
  assert.equal(secretBox(null).open('olga', sealed), null)
  const bytes = Buffer.from(sealed, 'base64url')
  for (let at = 0; at < bytes.length; at += 1) {
    const bent = Buffer.from(bytes)
    bent[at]! ^= 1
    assert.equal(box.open('olga', bent.toString('base64url')), null, `byte ${at}`)
  }
  for (const text of ['', 'AAAA', '*']) assert.equal(box.open('olga', text), null)
  assert.throws(
    () => secretBox(null).seal('olga', secret),
    error => error instanceof PortalError && error.extensions.reason === 'SECRET_NOT_SET'
  )
})

test('recovery codes have 80 random bits and are read however they are typed', () => {
  const code = newRecoveryCode()
  assert.match(code, /^[A-Z2-7]{4}(-[A-Z2-7]{4}){3}$/)
  assert.notEqual(code, newRecoveryCode())
  const hash = hashRecoveryCode(code)
  for (const typed of [code.toLowerCase(), code.replaceAll('-', ''), ` ${code.replaceAll('-', ' ')} `])
    assert.deepEqual(proofOf(secretBox(null), 'olga', null, typed, 0), { recoveryHash: hash })
  // Six digits are an authenticator's code, never a recovery code.
  assert.equal(proofOf(secretBox(null), 'olga', null, '123 456', 0), null)
})
