import type { Catalogue } from '../core/catalogue.ts'
import { contactDetails } from '../core/contact-details.ts'
import { unshielded } from '../core/csv-cell.ts'
import { badInput, ConfigurationError, PortalError } from '../core/errors.ts'
import { companyStatuses, userTypes } from '../core/feature.ts'
import { clearableText, clearMark, faultyStep, type OnboardingStep } from '../core/onboarding.ts'
import type { CodeLine, CompanyLine, ContactLine, OverrideLine } from '../core/onboarding-plan.ts'
import type { PluginDefinition } from '../core/plugin-api.ts'
import {
  cidrInput,
  currencyInput,
  emailInput,
  featureInput,
  hostNameInput,
  instantInput,
  noteInput,
  textInput
} from '../graphql/operator-input.ts'
import { nearestName } from '../graphql/operator-nearest-name.ts'
import { readDetail } from '../graphql/operator-people-resolvers.ts'
import { csvHeader, csvRows } from './csv.ts'

/** Cells of a line by column; those that are empty are absent. */
type Cells = Readonly<Record<string, string>>

/** A kind of line. */
export interface OnboardingRecord {
  readonly record: string
  /** Columns besides `record` and `company`. */
  readonly columns: readonly string[]
  /** Cells of the example file. */
  readonly example?: Cells
  read(cells: Cells): { readonly subject: string; readonly facts: unknown }
}

const oneOf = <Word extends string>(column: string, cell: string, words: readonly Word[]): Word => {
  const found = words.find(word => word === cell.toUpperCase().replaceAll(' ', '_'))
  if (found === undefined) throw badInput(column, `must be one of ${words.join(', ')}`)
  return found
}

const flag = (column: string, cell: string): boolean => {
  const word = cell.toLowerCase()
  if (['yes', 'true', '1'].includes(word)) return true
  if (['no', 'false', '0'].includes(word)) return false
  throw badInput(column, 'must be yes or no')
}

const needed = (cells: Cells, column: string): string => {
  const cell = cells[column]
  if (cell === undefined) throw badInput(column, 'must not be empty')
  return cell
}

/** Sets a property only when there is a cell. */
const given = <T>(cell: string | undefined, name: string, read: (cell: string) => T): Readonly<Record<string, T>> =>
  cell === undefined ? {} : { [name]: read(cell) }

const companyRecord: OnboardingRecord = {
  record: 'COMPANY',
  columns: ['name', 'userType', 'status', 'currency', 'brand'],
  example: { name: 'Example Bakery', userType: 'CUSTOMER', currency: 'EUR', brand: clearMark },
  read(cells) {
    const facts: CompanyLine = {
      ...given(cells.name, 'name', cell => textInput('name', cell, 1, 120)),
      ...given(cells.userType, 'userType', cell => oneOf('userType', cell, userTypes)),
      ...given(cells.status, 'status', cell => oneOf('status', cell, companyStatuses)),
      ...given(cells.currency, 'currency', cell => currencyInput('currency', cell.toUpperCase())),
      ...given(cells.brand, 'brand', cell => (cell === clearMark ? null : hostNameInput('brand', cell)))
    }
    return { subject: '', facts }
  }
}

const codeRecord: OnboardingRecord = {
  record: 'CODE',
  columns: ['code'],
  example: { code: 'example-1' },
  read(cells) {
    const facts: CodeLine = { code: textInput('code', needed(cells, 'code'), 1, 80) }
    return { subject: facts.code, facts }
  }
}

const allowList = (cell: string): readonly string[] => {
  const list = cell === clearMark ? [] : cell.split(/[\s,]+/).filter(part => part !== '')
  if (list.length > 100) throw badInput('ipAllowList', 'at most 100 addresses')
  return list.map(cidr => cidrInput('ipAllowList', cidr))
}

const contactRecord: OnboardingRecord = {
  record: 'CONTACT',
  columns: ['email', 'name', ...contactDetails, 'ipAllowList', 'disabled'],
  example: { email: 'ada@bakery.example', name: 'Ada Example', phone: '0049 30 1234', department: 'Accounts' },
  read(cells) {
    const email = emailInput('email', needed(cells, 'email'))
    const facts: ContactLine = {
      email,
      ...given(cells.name, 'name', cell => textInput('name', cell, 1, 120)),
      ...Object.assign(
        {},
        ...contactDetails.map(detail =>
          given(cells[detail], detail, cell => readDetail[detail](detail, clearableText(cell)))
        )
      ),
      ...given(cells.ipAllowList, 'ipAllowList', allowList),
      ...given(cells.disabled, 'disabled', cell => flag('disabled', cell))
    }
    return { subject: email, facts }
  }
}

const exampleOverride = ({ features }: Catalogue): { readonly example?: Cells } => {
  const feature = features.find(({ userTypes }) => userTypes.includes('CUSTOMER'))
  if (feature === undefined) return {}
  const reason = 'Until the contract is signed'
  return { example: { key: feature.key, override: 'HIDE', reason, validUntil: '2030-01-01T00:00:00Z' } }
}

const overrideRecord = (catalogue: Catalogue): OnboardingRecord => ({
  record: 'OVERRIDE',
  columns: ['key', 'override', 'reason', 'validFrom', 'validUntil'],
  ...exampleOverride(catalogue),
  read(cells) {
    const facts: OverrideLine = {
      key: featureInput('key', needed(cells, 'key'), catalogue),
      override: oneOf('override', needed(cells, 'override'), ['SHOW', 'HIDE', 'INHERIT'] as const),
      reason: noteInput('reason', cells.reason),
      validFrom: instantInput('validFrom', cells.validFrom),
      validUntil: instantInput('validUntil', cells.validUntil)
    }
    if (facts.validFrom !== null && facts.validUntil !== null && facts.validUntil <= facts.validFrom)
      throw badInput('validUntil', 'must be later than validFrom')
    return { subject: facts.key, facts }
  }
})

/**
 * Every kind of line of this installation, in the order of an export.
 * @throws ConfigurationError when a plugin's cannot stand beside the others
 */
export const onboardingRecords = (
  catalogue: Catalogue,
  plugins: readonly PluginDefinition[]
): readonly OnboardingRecord[] => {
  const records: OnboardingRecord[] = [companyRecord, codeRecord, contactRecord, overrideRecord(catalogue)]
  for (const { name, onboarding } of plugins) {
    if (onboarding === undefined) continue
    const fault = !/^[A-Z][A-Z_]*$/.test(onboarding.record)
      ? 'is not in upper case'
      : records.some(({ record }) => record === onboarding.record)
        ? 'is taken'
        : onboarding.columns.some(
              column => !/^[a-z][A-Za-z0-9]*$/.test(column) || ['record', 'company'].includes(column)
            )
          ? 'has a column that is not in camelCase, or is called record or company'
          : null
    if (fault !== null)
      throw new ConfigurationError(
        `Plugin "${name}": its onboarding record "${onboarding.record}" ${fault}; choose another name.`
      )
    records.push(onboarding)
  }
  return records
}

/** Columns of a file with all kinds of lines, in the order of an export. */
export const onboardingColumns = (records: readonly OnboardingRecord[]): readonly string[] => [
  ...new Set(['record', 'company', ...records.flatMap(({ columns }) => columns)])
]

/** A file with one line of each kind that says how it looks, with the columns it needs: right as it stands, on any installation. */
export const onboardingExample = (records: readonly OnboardingRecord[]): string => {
  const lines = records.flatMap(({ record, example }) =>
    example === undefined ? [] : [{ record, company: 'EXAMPLE', ...example }]
  )
  const used = new Set(lines.flatMap(line => Object.keys(line)))
  const columns = onboardingColumns(records)
    .filter(name => used.has(name))
    .map(name => ({ name, title: name, text: false }))
  return csvHeader(columns) + csvRows(columns, lines)
}

/** A cell as it may be shown and kept: short, whole characters, no control signs. */
const shown = (text: string, most: number): string => [...text.replaceAll(/\p{Cc}/gu, ' ')].slice(0, most).join('')

const folded = (name: string): string => name.toLowerCase().replaceAll(/[\s_-]/g, '')

/**
 * The columns of a header row, in any order and case; `valid from` and `VALID_FROM` are `validFrom`. A blank one has no name.
 * @throws PortalError BAD_USER_INPUT naming every column that is unknown, missing or there twice
 */
export const readOnboardingHeader = (
  cells: readonly string[],
  columns: readonly string[]
): readonly (string | null)[] => {
  const known = new Map(columns.map(column => [folded(column), column]))
  const faults: string[] = []
  const header = cells.map(cell => {
    const name = cell.trim()
    if (name === '') return null
    const column = known.get(folded(name))
    if (column === undefined) {
      const near = nearestName(name, columns)
      faults.push(`there is no column "${shown(name, 40)}"${near === undefined ? '' : `; did you mean ${near}?`}`)
    }
    return column ?? null
  })
  for (const column of columns)
    if (header.filter(name => name === column).length > 1) faults.push(`the column ${column} is there twice`)
  for (const column of ['record', 'company'])
    if (!header.includes(column)) faults.push(`the column ${column} is missing`)
  if (faults.length > 0)
    throw badInput('header', `${faults.slice(0, 10).join('; ')}. The columns are ${columns.join(', ')}`)
  return header
}

/** What one row of the file says. */
export interface ReadLine {
  readonly record: string
  /** Empty when the line names no company. */
  readonly reference: string
  readonly subject: string
  readonly facts: unknown
  readonly fault: OnboardingStep | null
}

const firstField = (error: PortalError): string | null =>
  Object.keys((error.extensions.fields as Record<string, string> | undefined) ?? {})[0] ?? null

/** Reads one row: a fault is that row's alone. Undefined for a row without a single cell. */
export const readOnboardingLine = (
  records: readonly OnboardingRecord[],
  header: readonly (string | null)[],
  row: readonly string[]
): ReadLine | undefined => {
  const cells: Record<string, string> = {}
  let surplus: string | undefined
  row.forEach((raw, index) => {
    const cell = raw.trim()
    if (cell === '') return
    const column = header[index]
    if (column === undefined || column === null) surplus ??= cell
    else cells[column] = unshielded(cell)
  })
  if (Object.keys(cells).length === 0 && surplus === undefined) return undefined
  const name = (cells.record ?? '').toUpperCase()
  const reference = cells.company ?? ''
  const base = { record: shown(name, 40), reference: shown(reference, 120), subject: '', facts: null }
  try {
    const record = records.find(each => each.record === name)
    if (record === undefined) throw badInput('record', `must be one of ${records.map(each => each.record).join(', ')}`)
    textInput('company', reference, 1, 120)
    if (surplus !== undefined) throw badInput('record', `a cell stands under no column: ${shown(surplus, 40)}`)
    const { record: _record, company: _company, ...own } = cells
    const strange = Object.keys(own).find(column => !record.columns.includes(column))
    if (strange !== undefined)
      throw badInput(strange, `has no meaning on a ${name} line; its columns are ${record.columns.join(', ')}`)
    return { ...base, ...record.read(own), fault: null }
  } catch (error) {
    if (!(error instanceof PortalError)) throw error
    const field = firstField(error)
    const why = (error.extensions.fields as Record<string, string> | undefined)?.[field ?? '']
    return { ...base, fault: faultyStep(error.code, field, why ?? error.message) }
  }
}
