import { randomBytes } from 'node:crypto'
import { createInterface } from 'node:readline/promises'
import { ConfigurationError, PortalError } from '../core/errors.ts'
import type { Actor } from '../core/ports.ts'
import { emailInput } from '../graphql/operator-input.ts'
import type { Installation } from './installation.ts'
import { checkNewPassword, hashPassword } from './passwords.ts'
import { hashToken } from './tokens.ts'

const itself: Actor = {
  operator: { actor: 'system', name: 'Start of the portal', role: 'ADMIN', ip: '' },
  reason: 'first operator'
}

/** Enters the API key of the settings with the role ADMIN, unless it is there. */
const ensureKey = async ({ people }: Installation, key: string): Promise<string | null> => {
  const keyHash = hashToken(key)
  if ((await people.staff.apiKey(keyHash)) !== null) return null
  try {
    await people.staff.createApiKey({ name: 'PORTAL_OPERATOR_API_KEY', keyHash, role: 'ADMIN' }, itself)
    return 'The API key of PORTAL_OPERATOR_API_KEY may now administer this installation.'
  } catch (error) {
    // Another process was faster, or somebody revoked the key: either way it is not ours to force.
    if (error instanceof PortalError && error.code === 'CONFLICT') {
      return 'PORTAL_OPERATOR_API_KEY is known to this installation already; if it was revoked, it stays so.'
    }
    throw error
  }
}

const askForOperator = async ({ people }: Installation): Promise<string> => {
  const terminal = createInterface({ input: process.stdin, output: process.stdout })
  try {
    console.log('Nobody can administer this installation yet. The first operator:')
    const name = (await terminal.question('Name: ')).trim()
    const given = await terminal.question('E-mail: ')
    if (name === '' || given.trim() === '') {
      throw new ConfigurationError('A name and an e-mail address are needed; start again.')
    }
    const email = emailInput('E-mail', given)
    const password = randomBytes(12).toString('base64url')
    checkNewPassword('password', password, email)
    await people.staff.create({ name, email, passwordHash: await hashPassword(password), role: 'ADMIN' }, itself)
    return `Password of ${email}, not shown again: ${password}`
  } finally {
    terminal.close()
  }
}

/**
 * Makes sure that somebody can administer the installation: the key of the settings, else whoever exists, else a person
 * asked for at the terminal.
 * @returns a line for the terminal, or null when nothing was done
 * @throws ConfigurationError when nobody exists and nobody can be asked
 */
export const ensureFirstOperator = async (installation: Installation): Promise<string | null> => {
  const { settings, people } = installation
  if (settings.operatorApiKey !== null) return ensureKey(installation, settings.operatorApiKey)
  const exists = (await people.staff.count()) > 0 || (await people.staff.listApiKeys()).length > 0
  if (exists) return null
  if (process.stdin.isTTY !== true) {
    throw new ConfigurationError(
      'Nobody can administer this installation yet; set PORTAL_OPERATOR_API_KEY (`openssl rand -hex 32`) or start once at a terminal.'
    )
  }
  return askForOperator(installation)
}
