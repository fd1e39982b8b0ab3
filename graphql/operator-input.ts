import { isIP } from 'node:net'
import { domainToASCII } from 'node:url'
import type { Catalogue } from '../core/catalogue.ts'
import { isCurrency } from '../core/currency.ts'
import { badInput, PortalError } from '../core/errors.ts'
import type { UserType } from '../core/feature.ts'
import type { OverrideChange, PageRequest } from '../core/ports.ts'
import { nearestName } from './operator-nearest-name.ts'

// Every check answers BAD_USER_INPUT with the argument's path, before anything is written.

/** Most companies one bulk call may name. */
export const bulkLimit = 20_000

// Half a character is no text to a database.
// biome-ignore lint/suspicious/noControlCharactersInRegex: those are what is looked for
const control = /[\u0000-\u001f\u007f\p{Surrogate}]/u
// biome-ignore lint/suspicious/noControlCharactersInRegex: tab and line ends are fine in a note
const controlInNote = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f\p{Surrogate}]/u
const identifier = /^[A-Za-z0-9_-]{1,64}$/
const label = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/
const instant = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,3})\d*)?)?(?:Z|[+-]00:?00)$/

const notFound = (what: string): PortalError => new PortalError('NOT_FOUND', `There is no such ${what}.`)

/** An id that may be looked up. What cannot be an id does not exist. */
export const idInput = (id: string, what: string): string => {
  if (!identifier.test(id)) throw notFound(what)
  return id
}

/** What a look-up found. @throws PortalError NOT_FOUND for null */
export const found = <T>(value: T | null | undefined, what: string): T => {
  if (value === null || value === undefined) throw notFound(what)
  return value
}

/** A line of plain text without control characters, trimmed, of `min` to `max` characters. */
export const textInput = (path: string, value: string, min: number, max: number): string => {
  const text = value.trim()
  if (control.test(text)) throw badInput(path, 'control characters are not allowed')
  const length = [...text].length
  if (length < min) throw badInput(path, min === 1 ? 'must not be empty' : `at least ${min} characters`)
  if (length > max) throw badInput(path, `at most ${max} characters`)
  return text
}

/** A line of plain text of at most `max` characters; null when there is none. */
export const optionalText = (path: string, value: string | null | undefined, max: number): string | null =>
  value === null || value === undefined || value.trim() === '' ? null : textInput(path, value, 1, max)

/** A search text; null when there is none. */
export const searchInput = (path: string, value: string | null | undefined): string | null => {
  if (value === null || value === undefined || value.trim() === '') return null
  return textInput(path, value, 1, 200)
}

/** A note of up to `max` characters, line ends allowed; null when empty. */
export const noteInput = (path: string, value: string | null | undefined, max = 500): string | null => {
  if (value === null || value === undefined || value.trim() === '') return null
  if (controlInNote.test(value)) throw badInput(path, 'control characters are not allowed')
  if ([...value].length > max) throw badInput(path, `at most ${max} characters`)
  return value.trim()
}

const languageNames = new Intl.DisplayNames('en', { type: 'language', fallback: 'none' })

/** A language tag of BCP 47 in canonical form, of a language that exists; null when empty. */
export const localeInput = (path: string, value: string | null): string | null => {
  const text = optionalText(path, value, 35)
  if (text === null) return null
  try {
    const locale = new Intl.Locale(text)
    if (languageNames.of(locale.language) !== undefined) return locale.toString()
  } catch {}
  throw badInput(path, 'must be a BCP 47 language tag such as en, ar or pt-BR')
}

/** The IANA name of a time zone; null when empty. */
export const timeZoneInput = (path: string, value: string | null): string | null => {
  const text = optionalText(path, value, 64)
  if (text === null) return null
  try {
    // An offset is no zone: it knows no summer.
    const { timeZone } = new Intl.DateTimeFormat('en', {
      timeZone: /^[A-Za-z]/.test(text) ? text : '-'
    }).resolvedOptions()
    // Only the spelling is mended: the name it resolves to may be an older one of the same zone.
    return timeZone.toLowerCase() === text.toLowerCase() ? timeZone : text
  } catch {
    throw badInput(path, 'must be the IANA name of a time zone such as Europe/Berlin')
  }
}

/** `first` and `after` of a page. */
export const pageInput = (
  args: { readonly first?: number | null; readonly after?: string | null },
  fallback = 50
): PageRequest => {
  const first = args.first ?? fallback
  if (first < 1 || first > 500) throw badInput('first', 'must be 1 to 500')
  const after = args.after ?? null
  if (after !== null && !/^[A-Za-z0-9_=+/.:-]{1,1000}$/.test(after))
    throw badInput('after', 'is not a cursor of this list')
  return { first, after }
}

/** An instant in ISO-8601 UTC as milliseconds since 1970. */
export const instantInput = (path: string, value: string | null | undefined): number | null => {
  if (value === null || value === undefined) return null
  const parts = instant.exec(value)
  if (parts === null) throw badInput(path, 'must be an ISO-8601 instant in UTC, such as 2026-01-31T12:00:00Z')
  const [year, month, day, hour, minute, second] = parts.slice(1, 7).map(part => Number(part ?? 0)) as [
    number,
    number,
    number,
    number,
    number,
    number
  ]
  const at = Date.UTC(year, month - 1, day, hour, minute, second, Number((parts[7] ?? '').padEnd(3, '0')))
  const date = new Date(at)
  // Date.UTC carries 30 February over into March; such a day does not exist.
  const exists =
    date.getUTCMonth() === month - 1 && date.getUTCDate() === day && hour < 24 && minute < 60 && second < 60
  if (!exists || year < 1970) throw badInput(path, 'is not an instant that exists')
  return at
}

/** Milliseconds since 1970 as ISO-8601 UTC. */
export const instantText = (at: number): string => new Date(at).toISOString()

/** As `instantText`; null stays null. */
export const optionalInstant = (at: number | null | undefined): string | null =>
  at === null || at === undefined ? null : instantText(at)

const suggestion = (name: string, names: Iterable<string>): string => {
  const near = nearestName(name, names)
  return near === undefined ? '' : `; did you mean ${near}?`
}

/** One name out of a known list; otherwise says what comes near. */
export const knownName = (path: string, what: string, name: string, names: readonly string[]): string => {
  if (!names.includes(name)) throw badInput(path, `there is no ${what} of this name${suggestion(name, names)}`)
  return name
}

/** A feature key of the catalogue. Operators may see all names, so a near one is suggested. */
export const featureInput = (path: string, key: string, catalogue: Catalogue): string => {
  if (catalogue.feature(key) === undefined) {
    const near = suggestion(
      key,
      catalogue.features.map(feature => feature.key)
    )
    throw badInput(path, `there is no feature of this key${near}`)
  }
  return key
}

/** A key of the catalogue: a feature, or a column as REPORT.column. */
export const accessKeyInput = (path: string, key: string, catalogue: Catalogue): string => {
  if (catalogue.bit(key) === undefined) {
    const near = suggestion(
      key,
      [...catalogue.features, ...catalogue.columns].map(entry => entry.key)
    )
    throw badInput(path, `there is no feature of this key${near}`)
  }
  return key
}

/** Lines of a list by key: equal lines count once, different ones for one key are refused. */
const onceByKey = <T extends { readonly key: string }>(
  path: string,
  lines: readonly T[],
  fingerprint: (line: T) => string
): readonly T[] => {
  const byKey = new Map<string, T>()
  lines.forEach((line, index) => {
    const earlier = byKey.get(line.key)
    if (earlier !== undefined && fingerprint(earlier) !== fingerprint(line)) {
      throw badInput(`${path}.${index}.key`, `${line.key} is named twice with different values`)
    }
    byKey.set(line.key, line)
  })
  return [...byKey.values()]
}

export interface DomainFeatureInput {
  readonly key: string
  readonly enabled: boolean
}
export const domainFeaturesInput = (
  path: string,
  lines: readonly DomainFeatureInput[],
  catalogue: Catalogue
): readonly DomainFeatureInput[] => {
  lines.forEach((line, index) => {
    featureInput(`${path}.${index}.key`, line.key, catalogue)
  })
  return onceByKey(path, lines, line => String(line.enabled))
}

export interface CompanyOverrideInput {
  readonly key: string
  readonly override: 'SHOW' | 'HIDE' | 'INHERIT'
  readonly reason?: string | null
  readonly validFrom?: string | null
  readonly validUntil?: string | null
}
export const overridesInput = (
  path: string,
  lines: readonly CompanyOverrideInput[],
  catalogue: Catalogue
): readonly OverrideChange[] => {
  const changes = lines.map((line, index): OverrideChange => {
    const at = `${path}.${index}`
    const key = featureInput(`${at}.key`, line.key, catalogue)
    const validFrom = instantInput(`${at}.validFrom`, line.validFrom)
    const validUntil = instantInput(`${at}.validUntil`, line.validUntil)
    if (validFrom !== null && validUntil !== null && validUntil <= validFrom) {
      throw badInput(`${at}.validUntil`, 'must be later than validFrom')
    }
    return { key, override: line.override, reason: noteInput(`${at}.reason`, line.reason), validFrom, validUntil }
  })
  return onceByKey(path, changes, change => JSON.stringify(change))
}

export interface DomainColumnsInput {
  readonly report: string
  readonly userType: UserType
  readonly columns: readonly string[]
}
/** A brand's column list: columns of the report, meant for the user type, each once. */
export const domainColumnsInput = (
  path: string,
  list: DomainColumnsInput,
  catalogue: Catalogue
): DomainColumnsInput => {
  const prefix = path === '' ? '' : `${path}.`
  const set = catalogue.columnSet(list.report)
  if (set === undefined) throw badInput(`${prefix}report`, 'no plugin of this installation brings this report')
  const allowed = set.columns.filter(column => column.audience.includes(list.userType)).map(column => column.name)
  const seen = new Set<string>()
  list.columns.forEach((name, index) => {
    const at = `${prefix}columns.${index}`
    if (!allowed.includes(name)) {
      const why = set.columns.some(column => column.name === name)
        ? `this column is not for ${list.userType}`
        : `there is no column of this name${suggestion(name, allowed)}`
      throw badInput(at, why)
    }
    if (seen.has(name)) throw badInput(at, 'is named twice')
    seen.add(name)
  })
  return list
}

/** Company ids of a bulk call, each once, in the order given. An id that cannot exist stays, to be answered line by line. */
export const companyIdsInput = (path: string, ids: readonly string[], most = bulkLimit): readonly string[] => {
  if (ids.length > most) throw badInput(path, `at most ${most} companies in one call`)
  return [...new Set(ids)]
}

/** Whether a string has the shape of an id at all. */
export const canBeId = (id: string): boolean => identifier.test(id)

export const currencyInput = (path: string, code: string): string => {
  if (!isCurrency(code)) throw badInput(path, 'must be an ISO-4217 code in use, such as EUR')
  return code
}

/** A name as punycode, lower case; empty when it cannot be one. */
const asciiHost = (name: string): string => {
  // The function reads an address's host; what would end the host must not be cut off in silence.
  return /[\s/\\?#@:%[\]]/.test(name) ? '' : domainToASCII(name).toLowerCase()
}

/** A host name as RFC 1123 has it, lower case, IDNA as punycode; at least two labels, no address, no wildcard. */
export const hostNameInput = (path: string, value: string): string => {
  const text = textInput(path, value, 1, 253)
  const host = asciiHost(text)
  const labels = host.split('.')
  const last = labels.at(-1) ?? ''
  if (host === '' || host.length > 253 || labels.length < 2 || !labels.every(part => label.test(part))) {
    throw badInput(path, 'must be a host name of at least two labels, without port, path or wildcard')
  }
  if (isIP(host) !== 0 || /^\d+$/.test(last)) throw badInput(path, 'must be a name, not an address')
  return host
}

/** Codes the switch writes; each once. */
export const accountCodesInput = (path: string, codes: readonly string[]): readonly string[] => {
  if (codes.length > 100) throw badInput(path, 'at most 100 codes')
  const seen = new Set<string>()
  return codes.map((code, index) => {
    const text = textInput(`${path}.${index}`, code, 1, 80)
    if (seen.has(text)) throw badInput(`${path}.${index}`, 'is named twice')
    seen.add(text)
    return text
  })
}

/** An address as it is stored, for look-ups: its host in punycode, lower case. What is no address finds nobody. */
export const foldedAddress = (email: string): string => {
  const [local, host, ...rest] = email.trim().split('@')
  const ascii = host === undefined || rest.length > 0 ? '' : asciiHost(host)
  return (ascii === '' ? email.trim() : `${local}@${ascii}`).toLowerCase()
}

/** An address to sign in with; lower case. */
export const emailInput = (path: string, value: string): string => {
  const email = textInput(path, value, 3, 254).toLowerCase()
  if (!/^[^\s@<>"(),:;\\[\]]{1,64}@[^\s@]+$/.test(email)) throw badInput(path, 'is not an e-mail address')
  const [local, host] = email.split('@') as [string, string]
  const ascii = asciiHost(host)
  if (ascii === '' || !ascii.split('.').every(part => label.test(part)))
    throw badInput(path, 'is not an e-mail address')
  return `${local}@${ascii}`
}

/** An address or a CIDR prefix, IPv4 or IPv6. */
export const cidrInput = (path: string, value: string): string => {
  const [address = '', bits, ...rest] = value.trim().toLowerCase().split('/')
  const version = isIP(address)
  const most = version === 4 ? 32 : 128
  const valid = bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= most)
  if (version === 0 || address.includes('%') || !valid || rest.length > 0) {
    throw badInput(path, 'must be an address or a CIDR prefix')
  }
  return bits === undefined ? address : `${address}/${Number(bits)}`
}
