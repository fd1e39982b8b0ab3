import {
  badInput,
  type CompanyFacts,
  clearableCell,
  clearableText,
  faultyStep,
  formatInstant,
  formatMoney,
  type OnboardingChange,
  type OnboardingFact,
  type OnboardingStep,
  type PluginDatabase,
  type PluginOnboarding,
  PortalError,
  shielded,
  unchangedStep,
  unshielded
} from '../../core/plugin-api.ts'
import { e164 } from './destination.ts'
import { putDids } from './inventory.ts'
import { numberColumns } from './number-csv.ts'
import { changedFields, listed, type NumberRecord, readRecords, recordColumns, recordOf } from './number-record.ts'
import {
  assignedTo,
  checkCustomer,
  type NumberSettings,
  newRecord,
  readSettings,
  withSettings
} from './number-rules.ts'
import { viewsOf } from './number-view.ts'

// Numbers in onboarding files: a line gives a number to a company, or says more of one it has. Where a number comes from (its
// carrier) is the inventory's own file's business.

const columns = numberColumns.filter(
  ({ name }) => !['number', 'company', 'companyName', 'carrier', 'carrierName'].includes(name)
)

/** Prices are of 10^-6 units, which JSON does not hold. */
type StoredSettings = Omit<NumberSettings, 'price'> & { readonly price?: string | null }
const toStored = ({ price, ...rest }: NumberSettings): StoredSettings => ({
  ...rest,
  ...(price === undefined ? {} : { price: price === null ? null : price.toString() })
})
const fromStored = ({ price, ...rest }: StoredSettings): NumberSettings => ({
  ...rest,
  ...(price === undefined ? {} : { price: price === null ? null : BigInt(price) })
})
const settingsOf = (fact: OnboardingFact): NumberSettings => fromStored(fact.facts as StoredSettings)

const said = (value: unknown): string | null => {
  if (value === null || value === undefined || value === '') return null
  if (Array.isArray(value)) return value.length === 0 ? null : value.join(' ')
  if (typeof value === 'boolean') return value ? 'yes' : 'no'
  return typeof value === 'bigint' ? formatMoney(value) : String(value)
}
const times: ReadonlySet<string> = new Set(['nextChargeAt', 'minimumDaysUntil'])

const changesBetween = (before: NumberRecord | null, after: NumberRecord): readonly OnboardingChange[] => {
  const fields = before === null ? (Object.keys(after) as (keyof NumberRecord)[]) : [...changedFields(before, after)]
  const text = (record: NumberRecord | null, field: keyof NumberRecord): string | null => {
    const value = record?.[field]
    return times.has(field) && typeof value === 'number' ? formatInstant(value) : said(value)
  }
  return fields
    .filter(field => !['id', 'version', 'companyId', 'assignedAt', 'carrierId'].includes(field))
    .map(field => ({ field, before: text(before, field), after: text(after, field) }))
    .filter(({ before: was, after: is }) => was !== is && !(before === null && (is === 'no' || is === '0')))
}

const plan = async (db: PluginDatabase, facts: readonly OnboardingFact[]): Promise<readonly OnboardingStep[]> => {
  const found = await readRecords(
    db,
    'number',
    facts.map(({ subject }) => subject),
    true
  )
  const records = new Map(found.map(record => [record.number, record]))
  const owners = await db.companies([...new Set(found.flatMap(({ companyId }) => companyId ?? []))], false)

  const stepOf = (fact: OnboardingFact): OnboardingStep => {
    // A company that is still to be created owns nothing yet.
    const company: CompanyFacts = { ...fact.company, id: fact.company.id ?? '' }
    const settings = readSettings(settingsOf(fact), '')
    const before = records.get(fact.subject) ?? null
    if (before !== null && before.companyId !== null && before.companyId !== company.id) {
      const owner = owners.get(before.companyId)
      throw new PortalError('CONFLICT', `${fact.subject} is assigned to ${owner?.name ?? 'a company that is gone'}`)
    }
    if (before !== null && before.companyId === company.id) {
      const after = withSettings(before, settings, company)
      return changedFields(before, after).size === 0
        ? unchangedStep
        : { outcome: 'UPDATE', changes: changesBetween(before, after), warnings: [], fault: null }
    }
    checkCustomer(company)
    if (before === null && settings.country === undefined) throw badInput('country', 'is needed for a new number')
    const after = assignedTo(before ?? newRecord('', fact.subject, settings.country!), company, settings, 0)
    const changes = [
      { field: 'company', before: null, after: fact.company.reference },
      ...changesBetween(before, after).filter(({ field }) => field !== 'number')
    ]
    return { outcome: before === null ? 'CREATE' : 'UPDATE', changes, warnings: [], fault: null }
  }
  return facts.map(fact => {
    try {
      return stepOf(fact)
    } catch (error) {
      if (!(error instanceof PortalError) || error.code === 'UNAVAILABLE') throw error
      const [field, why] = Object.entries((error.extensions.fields as Record<string, string>) ?? {})[0] ?? []
      const own = field !== undefined && columns.some(({ name }) => name === field)
      return faultyStep(error.code, own ? field : null, own ? (why as string) : error.message)
    }
  })
}

/** `DID` lines: one a number. */
export const onboarding: PluginOnboarding = {
  record: 'DID',
  columns: ['number', ...columns.map(({ name }) => name)],
  example: { number: '442079460099', country: 'GB' },

  read(cells) {
    const number = e164(cells.number ?? '')
    if (/^\d([.,]\d+)?E\+?\d+$/i.test(cells.number ?? ''))
      throw badInput('number', 'was shortened by a spreadsheet; format the column as text and write the digits again')
    if (number === undefined) throw badInput('number', 'must be 5 to 15 digits, country code first')
    const settings: NumberSettings = {}
    for (const { name, read } of columns) {
      const cell = cells[name]
      // The columns of the inventory's file take their own apostrophe away.
      if (cell !== undefined) read?.(shielded(clearableText(cell) ?? ''), settings)
    }
    return { subject: number, facts: toStored(readSettings(settings, '')) }
  },

  plan,

  async apply(db, facts, by) {
    // One call may name 10,000 numbers.
    for (let start = 0; start < facts.length; start += 5_000) {
      const results = await putDids(
        db,
        facts.slice(start, start + 5_000).map(fact => ({
          number: fact.subject,
          companyId: fact.company.id,
          settings: settingsOf(fact)
        })),
        { ...by, action: 'onboardNumber' }
      )
      const refusal = results.find(result => result.refusal !== null)?.refusal
      if (refusal) throw refusal
    }
  },

  async rows(db, companyIds) {
    const rows = await db.all(
      `select ${recordColumns} from {did} where did.company_id in ${listed(db)} order by did.number`,
      [JSON.stringify(companyIds)]
    )
    const views = await viewsOf(db, rows.map(recordOf))
    return views.map(view => ({
      companyId: view.companyId!,
      cells: {
        number: view.number,
        ...Object.fromEntries(columns.map(({ name, write }) => [name, clearableCell(unshielded(write(view)))]))
      }
    }))
  }
}
