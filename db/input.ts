import { isIP } from 'node:net'
import { badInput } from '../core/errors.ts'

/** A name people read: trimmed, 1 to `most` characters, none of them a control sign. @throws PortalError BAD_USER_INPUT */
export const readName = (path: string, value: string, most = 200): string => {
  const name = value.trim()
  if (name === '') throw badInput(path, 'must not be empty')
  if (name.length > most) throw badInput(path, `must have at most ${most} characters`)
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control signs are what is looked for
  if (/[\u0000-\u001f\u007f]/.test(name)) throw badInput(path, 'must not hold control characters')
  return name
}

/** A host name of two labels or more, lower-cased; no address. @throws PortalError BAD_USER_INPUT */
export const readFqdn = (path: string, value: string): string => {
  const fqdn = value.trim().toLowerCase()
  const labels = fqdn.split('.')
  const valid = labels.every(label => /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/.test(label))
  if (fqdn.length > 253 || labels.length < 2 || !valid || isIP(fqdn) || /^\d+$/.test(labels.at(-1)!))
    throw badInput(path, 'must be a host name such as portal.example.com')
  return fqdn
}

/** @throws PortalError BAD_USER_INPUT */
export const readCurrency = (path: string, value: string): string => {
  if (!/^[A-Z]{3}$/.test(value)) throw badInput(path, 'must be an ISO 4217 code such as EUR')
  return value
}

/** An e-mail address as it was written, without blanks around it. @throws PortalError BAD_USER_INPUT */
export const readEmail = (path: string, value: string): string => {
  const email = value.trim()
  if (email.length > 254 || !/^[^\s@\p{Cc}]+@[^\s@\p{Cc}]+$/u.test(email))
    throw badInput(path, 'must be an e-mail address')
  return email
}
