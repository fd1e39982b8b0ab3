import type { inventoryWords } from './inventory-words.ts'
import type { NumberDetailsFragment } from './numbers.graphql.ts'

/** What an operator sets of a number, as its form holds it: empty texts mean nothing, times are local. */
export interface SettingsDraft {
  readonly country: string
  readonly carrierId: string | null
  readonly enabled: boolean
  readonly channelsCeiling: number | string
  readonly flowSpeedCeiling: number | string
  readonly recordingMode: string
  readonly packageName: string
  readonly nextChargeAt: string
  readonly price: string
  readonly currency: string
  readonly stirShakenMinAttest: string
  readonly retainDisplayName: boolean
  readonly spamScout: boolean
  readonly notes: string
  readonly minimumDaysUntil: string
  readonly cardName: string
  readonly providerCard: string
  readonly script: string
  readonly pAssertedId: string
  readonly codecs: readonly string[]
  readonly blockedSourceTypes: readonly string[]
  readonly mediaProxy: boolean
  readonly transcoding: boolean
  readonly ipqs: boolean
}

export const settingNames = [
  'country',
  'carrierId',
  'enabled',
  'channelsCeiling',
  'flowSpeedCeiling',
  'recordingMode',
  'packageName',
  'nextChargeAt',
  'price',
  'currency',
  'stirShakenMinAttest',
  'retainDisplayName',
  'spamScout',
  'notes',
  'minimumDaysUntil',
  'cardName',
  'providerCard',
  'script',
  'pAssertedId',
  'codecs',
  'blockedSourceTypes',
  'mediaProxy',
  'transcoding',
  'ipqs'
] as const satisfies readonly (keyof SettingsDraft)[]

/** What a setting is called. */
export const titleOf = (t: ReturnType<typeof inventoryWords.use>, name: keyof SettingsDraft): string =>
  t(name === 'carrierId' ? 'carrier' : name === 'minimumDaysUntil' ? 'minimum' : name)

/** Nothing is set. */
export const blankDraft: SettingsDraft = {
  country: '',
  carrierId: null,
  enabled: true,
  channelsCeiling: '',
  flowSpeedCeiling: '',
  recordingMode: 'OFF',
  packageName: '',
  nextChargeAt: '',
  price: '',
  currency: '',
  stirShakenMinAttest: 'NONE',
  retainDisplayName: false,
  spamScout: false,
  notes: '',
  minimumDaysUntil: '',
  cardName: '',
  providerCard: '',
  script: '',
  pAssertedId: '',
  codecs: [],
  blockedSourceTypes: [],
  mediaProxy: false,
  transcoding: false,
  ipqs: false
}

export const recordingModes = ['OFF', 'SAMPLE_1', 'SAMPLE_5', 'SAMPLE_25', 'SAMPLE_50', 'ALWAYS'] as const
export const attestations = ['NONE', 'A', 'A_B', 'A_B_C'] as const

const times = ['nextChargeAt', 'minimumDaysUntil']
const texts = ['packageName', 'price', 'currency', 'notes', 'cardName', 'providerCard', 'script', 'pAssertedId']

const two = (value: number): string => String(value).padStart(2, '0')

/** An instant as an input of date and time takes it, in the viewer's zone. */
const localText = (instant: string | null): string => {
  if (instant === null) return ''
  const at = new Date(instant)
  const day = `${String(at.getFullYear()).padStart(4, '0')}-${two(at.getMonth() + 1)}-${two(at.getDate())}`
  return `${day}T${two(at.getHours())}:${two(at.getMinutes())}`
}

export const draftOf = (number: NumberDetailsFragment): SettingsDraft => ({
  country: number.country,
  carrierId: number.carrierId,
  enabled: number.enabled,
  channelsCeiling: number.channelsCeiling,
  flowSpeedCeiling: number.flowSpeedCeiling,
  recordingMode: number.recordingMode,
  packageName: number.packageName ?? '',
  nextChargeAt: localText(number.nextChargeAt),
  price: number.price ?? '',
  currency: number.currency ?? '',
  stirShakenMinAttest: number.stirShakenMinAttest,
  retainDisplayName: number.retainDisplayName,
  spamScout: number.spamScout,
  notes: number.notes ?? '',
  minimumDaysUntil: localText(number.minimumDaysUntil),
  cardName: number.cardName ?? '',
  providerCard: number.providerCard ?? '',
  script: number.script ?? '',
  pAssertedId: number.pAssertedId ?? '',
  codecs: number.codecs,
  blockedSourceTypes: number.blockedSourceTypes,
  mediaProxy: number.mediaProxy,
  transcoding: number.transcoding,
  ipqs: number.ipqs
})

/** The settings to send; what is not in the draft stays. */
export const settingsOf = (draft: Partial<SettingsDraft>): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(draft).map(([name, value]) => {
      if (times.includes(name)) return [name, value === '' ? null : new Date(String(value)).toISOString()]
      if (texts.includes(name)) return [name, String(value).trim() === '' ? null : String(value).trim()]
      // A field of digits that is empty is no number; zero means none.
      if (name.endsWith('Ceiling')) return [name, value === '' ? 0 : Number(value)]
      return [name, value]
    })
  )
