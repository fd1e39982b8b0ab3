import { isIPv6 } from 'node:net'
import { domainToASCII } from 'node:url'

/**
 * The host name a text such as `Brand.example:443` means: lower-cased, IDNA in punycode, without port, trailing dot and
 * brackets. Null when the text is no host.
 */
export const hostOfText = (text: string): string | null => {
  const trimmed = text.trim()
  const match = /^(\[[0-9a-fA-F:.]+\]|[^\s:/?#@\\[\]%,]+)(?::(\d{1,5}))?$/.exec(trimmed)
  if (match === null || (match[2] !== undefined && Number(match[2]) > 65_535)) return null
  const name = match[1]!
  if (name.startsWith('[')) {
    const address = name.slice(1, -1).toLowerCase()
    return isIPv6(address) ? address : null
  }
  const withoutDot = name.endsWith('.') ? name.slice(0, -1) : name
  const ascii = domainToASCII(withoutDot)
  if (ascii === '' || ascii.length > 253) return null
  return ascii.split('.').every(label => /^[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?$/.test(label)) ? ascii : null
}

/**
 * The host a request was made for, from the raw header lines (fastify's own `host` has been open to forwarded headers).
 * Null when there is no Host, more than one, or when an absolute request target names another one.
 * @param rawHeaders name, value, name, value … as Node received them
 */
export const hostOfRequest = (rawHeaders: readonly string[], target: string): string | null => {
  let text: string | undefined
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    if (rawHeaders[index]!.toLowerCase() !== 'host') continue
    if (text !== undefined) return null
    text = rawHeaders[index + 1]
  }
  const host = text === undefined ? null : hostOfText(text)
  if (host === null || target.startsWith('/') || target === '*') return host
  const absolute = /^https?:\/\/([^/?#]*)/i.exec(target)
  return absolute !== null && hostOfText(absolute[1]!) === host ? host : null
}

/** True for names that always mean this machine, where a browser accepts cookies without TLS as if they were secure. */
export const isLocalhost = (host: string): boolean => host === 'localhost' || host.endsWith('.localhost')
