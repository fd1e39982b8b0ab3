import { badInput, type CompanyFacts, formatInstant, isCurrency, PortalError } from '../../core/plugin-api.ts'
import { attestations, recordingModes } from './columns.ts'
import type { NumberRecord } from './number-record.ts'

/** What an operator may say of a number. What is left out stays as it is; null and empty lists clear. */
export interface NumberSettings {
  /** ISO 3166-1, two letters. */
  readonly country?: string
  /** The carrier that supplies it. */
  readonly carrierId?: string | null
  readonly enabled?: boolean
  readonly channelsCeiling?: number
  readonly flowSpeedCeiling?: number
  readonly recordingMode?: string
  readonly packageName?: string | null
  readonly nextChargeAt?: number | null
  /** 10^-6 units. */
  readonly price?: bigint | null
  /** Needed by a price only while no company has the number; then it is the company's. */
  readonly currency?: string | null
  readonly stirShakenMinAttest?: string
  readonly retainDisplayName?: boolean
  readonly spamScout?: boolean
  readonly notes?: string | null
  readonly minimumDaysUntil?: number | null
  readonly cardName?: string | null
  readonly providerCard?: string | null
  readonly script?: string | null
  readonly pAssertedId?: string | null
  readonly codecs?: readonly string[]
  readonly blockedSourceTypes?: readonly string[]
  readonly mediaProxy?: boolean
  readonly transcoding?: boolean
  readonly ipqs?: boolean
}

const highestLimit = 1_000_000
const highestPrice = 10n ** 15n

const texts = {
  packageName: 120,
  cardName: 120,
  providerCard: 120,
  script: 120,
  pAssertedId: 64,
  notes: 2_000
} as const
const words = { recordingMode: recordingModes, stirShakenMinAttest: attestations } as const
const lists = ['codecs', 'blockedSourceTypes'] as const
const limits = ['channelsCeiling', 'flowSpeedCeiling'] as const
const instants = ['nextChargeAt', 'minimumDaysUntil'] as const

const cleanText = (path: string, value: string, most: number, lines: boolean): string | null => {
  const text = value.normalize('NFC').trim()
  // biome-ignore lint/suspicious/noControlCharactersInRegex: those are what is refused
  const bad = lines ? /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/ : /[\u0000-\u001f\u007f]/
  if (bad.test(text) || /\p{Surrogate}/u.test(text)) throw badInput(path, 'must hold no control characters')
  if ([...text].length > most) throw badInput(path, `must have at most ${most} characters`)
  return text === '' ? null : text
}

const cleanList = (path: string, values: readonly string[]): readonly string[] => {
  if (values.length > 20) throw badInput(path, 'must name at most 20')
  values.forEach((value, index) => {
    if (!/^[A-Za-z0-9._/-]{1,32}$/.test(value)) {
      throw badInput(`${path}[${index}]`, 'must be 1 to 32 letters, digits or . _ / -')
    }
  })
  return [...new Set(values)]
}

/**
 * Settings in the form they are stored in, whatever number they are for.
 * @param path of the settings in the arguments; empty: the names alone
 * @throws PortalError BAD_USER_INPUT
 */
export const readSettings = (settings: NumberSettings, path: string): NumberSettings => {
  const at = (name: string): string => (path === '' ? name : `${path}.${name}`)
  const read: Record<string, unknown> = { ...settings }
  for (const name of Object.keys(settings)) if (read[name] === undefined) delete read[name]
  if (settings.country !== undefined) {
    const country = settings.country.trim().toUpperCase()
    if (!/^[A-Z]{2}$/.test(country)) throw badInput(at('country'), 'must be the two letters of ISO 3166-1, such as GB')
    read.country = country
  }
  for (const name of limits) {
    const value = settings[name]
    if (value !== undefined && !(Number.isInteger(value) && value >= 0 && value <= highestLimit)) {
      throw badInput(at(name), `must be 0 (none) to ${highestLimit}`)
    }
  }
  for (const name of ['recordingMode', 'stirShakenMinAttest'] as const) {
    const value = settings[name]
    const known: readonly string[] = words[name]
    if (value !== undefined && !known.includes(value)) throw badInput(at(name), `must be one of ${known.join(', ')}`)
  }
  for (const [name, most] of Object.entries(texts) as [keyof typeof texts, number][]) {
    const value = settings[name]
    if (typeof value === 'string') read[name] = cleanText(at(name), value, most, name === 'notes')
  }
  for (const name of lists) {
    const value = settings[name]
    if (value !== undefined) read[name] = cleanList(at(name), value)
  }
  for (const name of instants) {
    const value = settings[name]
    if (value != null && !(Number.isInteger(value) && value >= 0 && value < 253_402_300_800_000)) {
      throw badInput(at(name), 'must be an instant from 1970 to 9999')
    }
  }
  if (settings.price != null && (settings.price < 0n || settings.price > highestPrice)) {
    throw badInput(at('price'), 'must be 0 to 1000000000')
  }
  if (settings.currency != null) {
    const currency = settings.currency.trim().toUpperCase()
    if (!isCurrency(currency)) throw badInput(at('currency'), 'must be an ISO-4217 code in use, such as EUR')
    read.currency = currency
  }
  return read as NumberSettings
}

/** A number as it stands when nobody has said anything of it yet. */
export const newRecord = (id: string, number: string, country: string): NumberRecord => ({
  id,
  number,
  country,
  companyId: null,
  carrierId: null,
  enabled: true,
  retainDisplayName: false,
  channels: 0,
  channelsCeiling: 0,
  flowSpeed: 0,
  flowSpeedCeiling: 0,
  recordingMode: 'OFF',
  packageName: null,
  nextChargeAt: null,
  price: null,
  currency: null,
  stirShakenMinAttest: 'NONE',
  spamScout: false,
  notes: null,
  assignedAt: null,
  minimumDaysUntil: null,
  cardName: null,
  providerCard: null,
  script: null,
  pAssertedId: null,
  codecs: [],
  blockedSourceTypes: [],
  mediaProxy: false,
  transcoding: false,
  ipqs: false,
  version: 1
})

/** A limit under its new ceiling: what stood at the old ceiling goes with it, anything else goes down only. */
const underCeiling = (value: number, before: number, ceiling: number): number => {
  if (ceiling === before) return value
  if (value === before) return ceiling
  return ceiling > 0 && (value === 0 || value > ceiling) ? ceiling : value
}

const wrongCurrency = (currency: string | null, company: CompanyFacts): PortalError =>
  new PortalError(
    'PRECONDITION_FAILED',
    `Its price is in ${currency ?? 'no currency'}, and ${company.name} pays in ${company.currency}; give a price.`,
    { reason: 'CURRENCY' }
  )

/**
 * The price and its currency after these settings.
 * @throws PortalError BAD_USER_INPUT when they do not fit together
 */
const priced = (
  record: NumberRecord,
  settings: NumberSettings,
  company: CompanyFacts | null
): Pick<NumberRecord, 'price' | 'currency'> => {
  const price = settings.price === undefined ? record.price : settings.price
  // Null clears together with the price; alone it says nothing.
  const said = settings.currency ?? undefined
  if (price === null) {
    if (said !== undefined) throw badInput('currency', 'has no meaning without a price')
    return record.price === null ? { price, currency: record.currency } : { price, currency: null }
  }
  if (company !== null) {
    if (said !== undefined && said !== company.currency) {
      throw badInput('currency', `must be ${company.currency}, in which ${company.name} pays`)
    }
    if (settings.price === undefined && record.currency !== company.currency) {
      throw wrongCurrency(record.currency, company)
    }
    return { price, currency: company.currency }
  }
  if (said === undefined && (record.currency === null || (settings.currency === null && settings.price != null))) {
    throw badInput('currency', 'is needed with a price')
  }
  return { price, currency: said ?? record.currency }
}

/**
 * The number after an operator's settings.
 * @param company who has the number, null for nobody; needed only when price or currency are named
 * @throws PortalError BAD_USER_INPUT
 */
export const withSettings = (
  record: NumberRecord,
  settings: NumberSettings,
  company: CompanyFacts | null
): NumberRecord => {
  const { price: _price, currency: _currency, ...rest } = settings
  const channelsCeiling = settings.channelsCeiling ?? record.channelsCeiling
  const flowSpeedCeiling = settings.flowSpeedCeiling ?? record.flowSpeedCeiling
  return {
    ...record,
    ...rest,
    ...(settings.price === undefined && settings.currency === undefined ? {} : priced(record, settings, company)),
    channels: underCeiling(record.channels, record.channelsCeiling, channelsCeiling),
    flowSpeed: underCeiling(record.flowSpeed, record.flowSpeedCeiling, flowSpeedCeiling)
  }
}

/**
 * Says that numbers may go to this company.
 * @throws PortalError PRECONDITION_FAILED when it is closed; BAD_USER_INPUT when it is a carrier
 */
export const checkCustomer = (company: CompanyFacts): void => {
  if (company.userType !== 'CUSTOMER') {
    throw new PortalError('BAD_USER_INPUT', `${company.name} is a carrier: it supplies numbers, customers get them.`, {
      reason: 'WRONG_USER_TYPE',
      fields: { companyId: 'must be a customer' }
    })
  }
  if (company.status === 'INACTIVE') {
    throw new PortalError('PRECONDITION_FAILED', `${company.name} is closed.`, { reason: 'COMPANY_CLOSED' })
  }
}

/**
 * Says that this company may supply numbers.
 * @throws PortalError PRECONDITION_FAILED when it is closed; BAD_USER_INPUT when it is a customer
 */
export const checkCarrier = (company: CompanyFacts): void => {
  if (company.userType !== 'CARRIER') {
    throw new PortalError('BAD_USER_INPUT', `${company.name} is a customer: carriers supply numbers.`, {
      reason: 'WRONG_USER_TYPE',
      fields: { carrierId: 'must be a carrier' }
    })
  }
  if (company.status === 'INACTIVE') {
    throw new PortalError('PRECONDITION_FAILED', `${company.name} is closed.`, { reason: 'COMPANY_CLOSED' })
  }
}

/**
 * Says that the company that has this number may give it up now.
 * @throws PortalError PRECONDITION_FAILED before the end of the term that was agreed
 */
export const checkTerm = ({ number, minimumDaysUntil }: NumberRecord, at: number): void => {
  if (minimumDaysUntil === null || minimumDaysUntil <= at) return
  throw new PortalError(
    'PRECONDITION_FAILED',
    `${number} cannot be given up before ${formatInstant(minimumDaysUntil)}; change its minimumDaysUntil first.`,
    { reason: 'MINIMUM_TERM' }
  )
}

/**
 * The number in the hands of a company that did not have it.
 * @throws PortalError PRECONDITION_FAILED when its price is in another currency and the settings bring none
 */
export const assignedTo = (
  record: NumberRecord,
  company: CompanyFacts,
  settings: NumberSettings,
  at: number
): NumberRecord => {
  const taken = { ...record, companyId: company.id, assignedAt: at }
  const set = withSettings(taken, settings, company)
  if (set.price !== null && set.currency !== company.currency) throw wrongCurrency(set.currency, company)
  return set
}

/** The number back in the inventory: nothing stays that was agreed with its company or that its contacts had set. */
export const released = (record: NumberRecord): NumberRecord => ({
  ...record,
  companyId: null,
  assignedAt: null,
  enabled: true,
  retainDisplayName: false,
  channels: record.channelsCeiling,
  flowSpeed: record.flowSpeedCeiling,
  stirShakenMinAttest: 'NONE',
  recordingMode: 'OFF',
  packageName: null,
  nextChargeAt: null,
  price: null,
  currency: null,
  notes: null,
  minimumDaysUntil: null,
  cardName: null
})
