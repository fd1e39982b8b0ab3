import { BlockList, isIP } from 'node:net'

const parse = (cidr: string): { address: string; bits: number; family: 'ipv4' | 'ipv6' } | null => {
  const [address = '', bitsText, ...rest] = cidr.split('/')
  const version = isIP(address)
  if (version === 0 || rest.length > 0) return null
  const widest = version === 4 ? 32 : 128
  const bits = bitsText === undefined ? widest : /^\d{1,3}$/.test(bitsText) ? Number(bitsText) : -1
  return bits >= 0 && bits <= widest ? { address, bits, family: version === 4 ? 'ipv4' : 'ipv6' } : null
}

/** True for an address or a prefix, IPv4 or IPv6. */
export const isCidr = (text: string): boolean => parse(text) !== null

/** `::ffff:192.0.2.1`, as a dual-stack socket reports it, means 192.0.2.1; so does `::ffff:c000:201`, which a proxy may write. */
export const plainAddress = (address: string): string => {
  if (/^::ffff:\d+\.\d+\.\d+\.\d+$/i.test(address)) return address.slice(7)
  const [, high, low] = /^::ffff:([\da-f]{1,4}):([\da-f]{1,4})$/i.exec(address) ?? []
  if (high === undefined || low === undefined) return address
  const bytes = Buffer.from(high.padStart(4, '0') + low.padStart(4, '0'), 'hex')
  return bytes.join('.')
}

const groupsOf = (text: string): string[] => (text === '' ? [] : text.split(':'))

/**
 * What counts as one place when failures and requests are counted: an IPv4 address, or the /64 prefix that one IPv6 line
 * is given, all of whose addresses its owner may use.
 */
export const networkOf = (address: string): string => {
  const plain = plainAddress(address)
  if (isIP(plain) !== 6) return plain
  const [head = '', tail] = plain.replace(/%.*$/, '').split('::')
  const left = groupsOf(head)
  const right = groupsOf(tail ?? '')
  const dotted = (right.at(-1) ?? left.at(-1) ?? '').includes('.') ? 1 : 0
  const zeros = tail === undefined ? 0 : 8 - left.length - right.length - dotted
  const groups = [...left, ...Array<string>(zeros).fill('0'), ...right].slice(0, 4)
  return `${groups.map(group => Number.parseInt(group, 16).toString(16)).join(':')}::/64`
}

/** Tells whether an address is in one of the prefixes. Prefixes that are none are ignored: they admit nobody. */
export const addressList = (cidrs: readonly string[]): ((address: string) => boolean) => {
  const list = new BlockList()
  for (const cidr of cidrs) {
    const parsed = parse(cidr)
    if (parsed !== null) list.addSubnet(parsed.address, parsed.bits, parsed.family)
  }
  return address => {
    const plain = plainAddress(address)
    const version = isIP(plain)
    return version !== 0 && list.check(plain, version === 4 ? 'ipv4' : 'ipv6')
  }
}

/**
 * The address of the client. `X-Forwarded-For` is read from the right and only past proxies that are trusted.
 * @param peer address of the socket's other end
 */
export const clientAddress = (
  peer: string,
  forwardedFor: string | undefined,
  trusted: (address: string) => boolean
): string => {
  let address = plainAddress(peer)
  if (forwardedFor === undefined) return address
  for (const hop of forwardedFor.split(',').reverse()) {
    if (!trusted(address)) break
    const plain = plainAddress(hop.trim())
    if (isIP(plain) === 0) break
    address = plain
  }
  return address
}
