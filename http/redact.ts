/** Values that are kept as they are: made by us, and needed to find things. */
const kept = new Set([
  'level',
  'time',
  'pid',
  'hostname',
  'reqId',
  'requestId',
  'incidentId',
  'ms',
  'responseTime',
  'code',
  'type',
  'bytes'
])
const secretName = /pass|secret|token|authori[sz]ation|cookie|api.?key|ticket|signature|totp|recovery|^variables$/i

const mask = '***'

/** Longest text of one value; a stack of causes fits. */
const longest = 8_000

type Rule = readonly [pattern: RegExp, replacement: string | ((found: string) => string)]

const rules: readonly Rule[] = [
  [/\b(Bearer|Basic)\s+[^\s"',;]+/gi, `$1 ${mask}`],
  // User and password of a URL.
  [/\b([a-z][a-z0-9+.-]{0,30}:\/\/)[^\s/@"']+@/gi, `$1${mask}@`],
  // An object that was thrown, or printed into a text.
  [/(Unexpected error value: ).+/gs, `$1${mask}`],
  [
    /((?:passw(?:or)?d|secret|token|authorization|cookie|api[-_]?key)["']?\s*[:=]\s*)(?:"[^"\n]*"|'[^'\n]*'|[^\s,;}]+)/gi,
    `$1${mask}`
  ],
  // What stands behind the question mark of a URL, value by value.
  [/([?&][\w.[\]-]{1,64}=)[^&\s"'#]+/g, `$1${mask}`],
  // Values that drivers, parsers and GraphQL quote in their messages.
  [/(invalid input (?:syntax|value) for [^:\n]{1,80}: )".*"/g, `$1"${mask}"`],
  [/(Unexpected (?:token|non-whitespace|end)[^,\n]{0,80}, )".*" is not/gs, `$1"${mask}" is not`],
  [/((?:got invalid value|cannot represent [^:\n]{0,60}:|, found) ).+/g, `$1${mask}`],
  [/(Key \([^)\n]{1,200}\)=)\(.*\)/g, `$1(${mask})`],
  [/(Failing row contains ).*/g, `$1${mask}`],
  [/((?:\bvalue|out of range:) )".*"/g, `$1"${mask}"`],
  // An address of a person, also as it stands in a URL. Word by word: to look for what may stand before an @ takes long.
  [/[^\s"<>(){}[\],;:=/]+/g, word => (/.(?:@|%40)./i.test(word) ? mask : word)],
  // Tokens, keys, signatures and hashes; our ids have sixteen characters.
  [/[A-Za-z0-9_-]{32,}/g, mask],
  // Recovery codes of two-factor sign-in.
  [/\b(?:[A-Z0-9]{4}-){3}[A-Z0-9]{4}\b/gi, mask],
  // Telephone numbers: written together, with a plus, or in groups: such that begin with a zero or a bracket, such that have
  // nine digits at least and begin with no date, and with points between them where it can be no address.
  [/\+\d[\d ()./-]{5,}\d/g, mask],
  [/(?<![\w.:-])(?:0\d{1,4}|\(\d{2,5}\))(?:[ /-]\d{2,5}){2,}(?![\w:])/g, mask],
  [/(?<![\w.:-])(?!\d{4}-\d\d-\d\d\b)(?=\d(?:[ -]?\d){8})\d{1,5}(?:[ -]\d{2,5}){2,4}(?![\w:-])/g, mask],
  [/(?<![\w.:-])(?:0\d{2,4}(?:\.\d{2,5}){2,4}|(?:\d{1,3}\.)?\d{3}\.\d{3,4}\.\d{4})(?![\w:-])/g, mask],
  [/\+?\p{Nd}{7,}/gu, mask]
]

/** Every occurrence of known secrets, and what looks like a secret, an address of a person or a telephone number. */
export const redactText = (text: string, secrets: readonly string[] = []): string => {
  let clean = text.length > longest ? `${text.slice(0, longest)}…` : text
  for (const secret of secrets) clean = clean.replaceAll(secret, mask)
  // Both kinds of replacement are the same to it; its types want to know which.
  for (const [pattern, replacement] of rules) clean = clean.replace(pattern, replacement as string)
  return clean
}

const redactValue = (value: unknown, name: string, secrets: readonly string[]): unknown => {
  if (secretName.test(name) && value !== null && typeof value !== 'boolean') return mask
  if (typeof value === 'string') return kept.has(name) && value.length <= 64 ? value : redactText(value, secrets)
  if (typeof value === 'number') return kept.has(name) || Math.abs(value) < 1_000_000 ? value : mask
  if (Array.isArray(value)) return value.map(each => redactValue(each, name, secrets))
  if (typeof value === 'object' && value !== null) return redactObject(value, secrets)
  return value
}

const redactObject = (object: object, secrets: readonly string[]): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(object).map(([name, value]) => [redactText(name), redactValue(value, name, secrets)])
  )

/** One JSON line of the log without what must not stand in it. A line that is no JSON is redacted as a text. */
export const redactLine = (line: string, secrets: readonly string[] = []): string => {
  try {
    return `${JSON.stringify(redactObject(JSON.parse(line) as object, secrets))}\n`
  } catch {
    return `${redactText(line.trimEnd(), secrets)}\n`
  }
}
