import { isIP } from 'node:net'
import { ConfigurationError } from '../core/errors.ts'
import { isCidr } from './address.ts'
import { hostOfText } from './host.ts'

/** Everything the environment decides, checked. No other file reads the environment. */
export interface Settings {
  readonly port: number
  /** `postgres://…`, or the path of a SQLite file. */
  readonly databaseUrl: string
  /** Host that serves the operators' console; lower-cased, without port. */
  readonly consoleHost: string
  /** Host that brand hosts must be a CNAME of. */
  readonly cnameTarget: string | null
  /**
   * Key for signed links and for what is stored encrypted, at least 32 characters; null: one is made at start, links end with
   * the process, and two-factor sign-in cannot begin.
   */
  readonly secret: string | null
  /** The first operator's API key, entered into the database at start when it is not there yet. */
  readonly operatorApiKey: string | null
  /** Proxies whose forwarded headers count, CIDR notation. */
  readonly trustedProxies: readonly string[]
  /** Packages of plugins that do not ship with the portal, in this order. */
  readonly pluginPackages: readonly string[]
  /** GraphQL fields (or other requests) that one contact, or one address without a session, may ask for a second; 0: no limit. */
  readonly rateLimit: number
  /** Where `/healthz`, `/readyz` and `/metrics` are served, apart from everything else; null: nowhere. */
  readonly monitor: { readonly host: string; readonly port: number } | null
  /** Seconds between the end's announcement by `/readyz` and the last connection taken: as long as a balancer takes to notice. */
  readonly drainSeconds: number
}

const portalNames = {
  PORTAL_DATABASE_URL: true,
  PORTAL_CONSOLE_HOST: true,
  PORTAL_CNAME_TARGET: true,
  PORTAL_SECRET: true,
  PORTAL_OPERATOR_API_KEY: true,
  PORTAL_TRUSTED_PROXIES: true,
  PORTAL_PLUGIN_PACKAGES: true,
  PORTAL_RATE_LIMIT: true,
  PORTAL_MONITOR: true,
  PORTAL_DRAIN_SECONDS: true
} as const
type PortalName = keyof typeof portalNames

const list = (text: string | undefined): readonly string[] =>
  (text ?? '')
    .split(',')
    .map(item => item.trim())
    .filter(item => item !== '')

/** `9400`, `10.0.0.5:9400`, `[::]:9400`; undefined for anything else. */
const addressAndPort = (text: string): { host: string; port: number } | undefined => {
  const [, address, digits] = /^(?:(\[[0-9a-f:.]+\]|[0-9.]+):)?(\d{1,5})$/i.exec(text) ?? []
  const host = address === undefined ? '127.0.0.1' : address.replace(/^\[|\]$/g, '')
  const port = Number(digits ?? Number.NaN)
  return isIP(host) !== 0 && port <= 65_535 ? { host, port } : undefined
}

/**
 * Reads the settings from environment variables. An empty variable counts as absent.
 * @throws ConfigurationError that names every fault at once, each with what to do
 */
export const readSettings = (environment: Readonly<Record<string, string | undefined>>): Settings => {
  const faults: string[] = []
  const read = (name: PortalName | 'PORT'): string | undefined => environment[name]?.trim() || undefined

  for (const name of Object.keys(environment)) {
    if (name.startsWith('PORTAL_') && !(name in portalNames)) {
      faults.push(`${name} is not a setting; the settings are PORT, ${Object.keys(portalNames).join(', ')}.`)
    }
  }

  const portText = read('PORT') ?? '4000'
  const port = /^\d{1,5}$/.test(portText) ? Number(portText) : Number.NaN
  if (!(port <= 65_535))
    faults.push(`PORT is "${portText}"; give a port between 0 and 65535, or leave it out for 4000.`)

  const databaseUrl = read('PORTAL_DATABASE_URL') ?? './portal.sqlite'
  if (/^[a-z][a-z0-9+]*:\/\//i.test(databaseUrl) && !/^postgres(ql)?:\/\//.test(databaseUrl)) {
    faults.push('PORTAL_DATABASE_URL must be postgres://USER:PASSWORD@HOST:PORT/DATABASE or the path of a SQLite file.')
  }

  const host = (name: PortalName, fallback: string | null): string | null => {
    const text = read(name)
    if (text === undefined) return fallback
    const parsed = hostOfText(text)
    if (parsed === null || isIP(parsed) !== 0 || parsed !== text.toLowerCase()) {
      faults.push(`${name} is "${text}"; give a host name only, such as console.example.net, without scheme and port.`)
      return fallback
    }
    return parsed
  }
  const consoleHost = host('PORTAL_CONSOLE_HOST', 'console.localhost')!
  const cnameTarget = host('PORTAL_CNAME_TARGET', null)

  const longEnough = (name: PortalName, least: number, remedy: string): string | null => {
    const text = read(name) ?? null
    if (text !== null && text.length < least) {
      faults.push(`${name} has ${text.length} characters; give at least ${least}, for instance from \`${remedy}\`.`)
    }
    return text
  }
  const secret = longEnough('PORTAL_SECRET', 32, 'openssl rand -hex 32')
  const operatorApiKey = longEnough('PORTAL_OPERATOR_API_KEY', 16, 'openssl rand -hex 32')

  const trustedProxies = list(read('PORTAL_TRUSTED_PROXIES'))
  for (const cidr of trustedProxies) {
    if (!isCidr(cidr)) {
      faults.push(`PORTAL_TRUSTED_PROXIES holds "${cidr}"; give addresses or prefixes such as 10.0.0.0/8, fd00::/8.`)
    }
  }

  const rateText = read('PORTAL_RATE_LIMIT') ?? '200'
  if (!/^\d{1,6}$/.test(rateText)) {
    faults.push(`PORTAL_RATE_LIMIT is "${rateText}"; give a whole number of fields a second, or 0 for no limit.`)
  }

  const monitorText = read('PORTAL_MONITOR')
  const monitor = monitorText === undefined ? null : addressAndPort(monitorText)
  if (monitor === undefined) {
    faults.push(
      `PORTAL_MONITOR is "${monitorText}"; give a port, which serves this machine only, or ADDRESS:PORT such as 10.0.0.5:9400.`
    )
  }
  const drainText = read('PORTAL_DRAIN_SECONDS') ?? '0'
  if (!/^\d{1,3}$/.test(drainText)) {
    faults.push(`PORTAL_DRAIN_SECONDS is "${drainText}"; give whole seconds, or 0 to end at once.`)
  }

  if (faults.length > 0) throw new ConfigurationError(`The settings cannot be used:\n- ${faults.join('\n- ')}`)
  return {
    port,
    databaseUrl,
    consoleHost,
    cnameTarget,
    secret,
    operatorApiKey,
    trustedProxies,
    pluginPackages: list(read('PORTAL_PLUGIN_PACKAGES')),
    rateLimit: Number(rateText),
    monitor: monitor ?? null,
    drainSeconds: Number(drainText)
  }
}
