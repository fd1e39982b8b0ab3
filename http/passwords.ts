import { setTimeout as wait } from 'node:timers/promises'
import { hash, verify } from '@node-rs/argon2'
import { badInput } from '../core/errors.ts'
import { Gate } from './gate.ts'
import { piecesOf } from './guessable.ts'

// OWASP's first choice for argon2id: 19 MiB, two passes, one lane. The library's default algorithm is argon2id.
const cost = { memoryCost: 19_456, timeCost: 2, parallelism: 1 }

// The hash works on libuv's threads, which the database driver needs too: two at a time, the rest waits in line.
const gate = new Gate(2, 200)

const leastLength = 10
const mostLength = 256
/** Pieces of a password that guessers do not try first. */
const fewestPieces = 5

/** The argon2id hash of a password, in PHC notation. */
export const hashPassword = (password: string): Promise<string> => gate.run(() => hash(password, cost))

// Made once, from a password nobody has, so that "no such contact" costs what "wrong password" costs.
let nobody: Promise<string> | undefined

/** Milliseconds that the last comparison took. */
let lastComparison = 0

/** Takes as long as a comparison and costs nothing. */
export const seemToVerify = (): Promise<void> => wait(lastComparison)

/** Compares a password with a stored hash; without a hash it takes as long and says no. */
export const verifyPassword = async (stored: string | null, password: string): Promise<boolean> => {
  nobody ??= hashPassword(crypto.randomUUID())
  const against = stored ?? (await nobody)
  const equal = await gate.run(async () => {
    const started = performance.now()
    const answer = await verify(against, password.slice(0, mostLength)).catch(() => false)
    lastComparison = performance.now() - started
    return answer
  })
  return equal && stored !== null && password.length <= mostLength
}

/** Makes the hash that stands in for absent contacts, once a process, so that the first sign-in does not pay for it. */
export const warmPasswords = async (): Promise<void> => {
  if (nobody === undefined) await verifyPassword(null, '')
}

const faults = {
  SHORT: `use at least ${leastLength} characters`,
  LONG: `use at most ${mostLength} characters`,
  EMAIL: 'do not use the e-mail address',
  SIMPLE: 'use more than a few different characters',
  COMMON: 'this is among what is guessed first; use several words that do not belong together'
} as const

/** Why a password is not taken. */
export type PasswordFault = keyof typeof faults

/** What is wrong with a new password; null: nothing. */
export const faultOfPassword = (password: string, email: string): PasswordFault | null => {
  if ([...password].length < leastLength) return 'SHORT'
  if (password.length > mostLength) return 'LONG'
  if (password.toLowerCase() === email.toLowerCase()) return 'EMAIL'
  if (new Set(password).size < 4) return 'SIMPLE'
  return piecesOf(password, email) < fewestPieces ? 'COMMON' : null
}

/**
 * @param path the argument to name
 * @throws PortalError BAD_USER_INPUT
 */
export const checkNewPassword = (path: string, password: string, email: string): void => {
  const fault = faultOfPassword(password, email)
  if (fault !== null) throw badInput(path, faults[fault])
}
