import { BlockList, isIPv4, isIPv6 } from 'node:net'
import { domainToASCII } from 'node:url'

export const destinationTypes = ['URI', 'EXTERNAL', 'INTERNAL', 'CIRCUIT_TEST', 'CONNEXML'] as const
export type DestinationType = (typeof destinationTypes)[number]

/** Where a call goes. Kept in the form it is compared in. */
export interface Destination {
  readonly type: DestinationType
  readonly value: string | null
  readonly port: number | null
  readonly prefix: string | null
}

export interface DestinationInput {
  readonly type: DestinationType
  readonly value?: string | null
  readonly port?: number | null
  readonly prefix?: string | null
}

/** Destinations in order, at most this many; the first one counts. */
export const maxDestinations = 5

/** Says what is wrong with one part of a destination. */
export class DestinationFault extends Error {
  readonly part: 'value' | 'port' | 'prefix'
  constructor(part: 'value' | 'port' | 'prefix', why: string) {
    super(why)
    this.part = part
  }
}

// Addresses of examples (192.0.2.0/24 and their like) pass: nobody is reached by them.
const notPublic = new BlockList()
for (const [address, bits] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['224.0.0.0', 3]
] as const) {
  notPublic.addSubnet(address, bits, 'ipv4')
}
const globalUnicast = new BlockList()
globalUnicast.addSubnet('2000::', 3, 'ipv6')
// Teredo and 6to4 carry an IPv4 address inside, which may be a private one.
const tunnels = new BlockList()
tunnels.addSubnet('2001::', 32, 'ipv6')
tunnels.addSubnet('2002::', 16, 'ipv6')

const localNames = /(^|\.)(localhost|local|internal|intranet|lan|home\.arpa|onion)$/
const label = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/

/** A host name in lower case and punycode, or a public address; undefined for anything else. */
export function publicHost(text: string): string | undefined {
  const bracketed = /^\[(.+)\]$/.exec(text)
  if (bracketed) {
    const address = bracketed[1] as string
    const open = isIPv6(address) && !address.includes('%')
    return open && globalUnicast.check(address, 'ipv6') && !tunnels.check(address, 'ipv6')
      ? `[${address.toLowerCase()}]`
      : undefined
  }
  if (isIPv4(text)) return notPublic.check(text, 'ipv4') ? undefined : text
  // domainToASCII reads what a URL's host may be, numbers in other bases included; only names may reach it.
  if (/[\s/\\%:@?#[\]<>^|]/.test(text)) return undefined
  const name = domainToASCII(text)
  const labels = name.split('.')
  if (name.length > 253 || labels.length < 2 || localNames.test(name)) return undefined
  const last = labels.at(-1) as string
  return labels.every(part => label.test(part)) && /^[a-z]/.test(last) ? name : undefined
}

/** Digits only, 5 to 15 of them; a leading + and spaces, dashes, dots and brackets are dropped. */
export function e164(text: string): string | undefined {
  const digits = text
    .trim()
    .replace(/^\+/, '')
    .replace(/[ ().-]/g, '')
  return /^[1-9]\d{4,14}$/.test(digits) ? digits : undefined
}

function required(value: string | null | undefined): string {
  const text = value?.trim() ?? ''
  if (text === '') throw new DestinationFault('value', 'is missing')
  return text
}

function uri(value: string | null | undefined, port: number | null): Destination {
  // No trimming here: a stray space or line end in a URI is refused, never repaired.
  const text = value ?? ''
  if (text === '') throw new DestinationFault('value', 'is missing')
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is refused
  if (/[\s;?&=,"'<>\\\u0000-\u001f\u007f]/.test(text)) {
    throw new DestinationFault('value', 'must hold no blanks, parameters or headers')
  }
  if (/^(sips?|tel|https?):/i.test(text))
    throw new DestinationFault('value', 'is written without a scheme such as sip:')
  const parts = text.split('@')
  const hostText = parts.pop() as string
  const user = parts.pop()
  if (parts.length > 0) throw new DestinationFault('value', 'must hold at most one @')
  if (user !== undefined && user.length > 64) throw new DestinationFault('value', 'has a user part above 64 characters')
  if (user !== undefined && !/^[A-Za-z0-9+._*~-]+$/.test(user)) {
    throw new DestinationFault('value', 'has a user part that is not letters, digits or + . _ * ~ -')
  }
  if (/:\d*$/.test(hostText) && !hostText.endsWith(']')) throw new DestinationFault('value', 'takes the port in `port`')
  const host = publicHost(hostText)
  if (host === undefined)
    throw new DestinationFault('value', 'has a host that is neither a full domain name nor a public address')
  return { type: 'URI', value: user === undefined ? host : `${user}@${host}`, port, prefix: null }
}

/**
 * Reads one destination and brings it into the form it is stored in.
 * @throws DestinationFault
 */
export function readDestination(input: DestinationInput): Destination {
  const port = input.port ?? null
  const prefix = input.prefix?.trim() || null
  if (port !== null && input.type !== 'URI') throw new DestinationFault('port', 'belongs to a URI only')
  if (port !== null && (port < 1 || port > 65535)) throw new DestinationFault('port', 'is not between 1 and 65535')
  if (prefix !== null && input.type !== 'EXTERNAL') throw new DestinationFault('prefix', 'belongs to EXTERNAL only')
  switch (input.type) {
    case 'URI':
      return uri(input.value, port)
    case 'EXTERNAL': {
      const number = e164(required(input.value))
      if (number === undefined)
        throw new DestinationFault('value', 'is not a number of 5 to 15 digits with its country code')
      if (prefix !== null && !/^[0-9*#]{1,16}$/.test(prefix))
        throw new DestinationFault('prefix', 'is not 1 to 16 digits, * or #')
      return { type: 'EXTERNAL', value: number, port: null, prefix }
    }
    case 'INTERNAL':
    case 'CONNEXML': {
      const extension = required(input.value).toLowerCase()
      if (!/^[a-z0-9_.-]{2,32}$/.test(extension)) {
        throw new DestinationFault('value', 'is not 2 to 32 letters, digits or _ . -')
      }
      return { type: input.type, value: extension, port: null, prefix: null }
    }
    case 'CIRCUIT_TEST':
      if (input.value != null && input.value !== '')
        throw new DestinationFault('value', 'has no place with CIRCUIT_TEST')
      return { type: 'CIRCUIT_TEST', value: null, port: null, prefix: null }
  }
}

export const sameDestination = (a: Destination, b: Destination): boolean =>
  a.type === b.type && a.value === b.value && a.port === b.port && a.prefix === b.prefix
