import {
  badInput,
  type PluginDatabase,
  PortalError,
  parseInstant,
  parseMoney,
  shielded,
  unshielded
} from '../../core/plugin-api.ts'
import type { NumberSettings } from './number-rules.ts'
import type { NumberView } from './number-view.ts'

type Draft = { -readonly [Name in keyof NumberSettings]: NumberSettings[Name] }

/** A column of the file: how it is written, and what it says of a number. */
interface Column {
  readonly name: string
  write(view: NumberView): string
  /** Puts it into the settings of the line. Left out: who the number is and whose; see `readLine`. */
  read?(cell: string, into: Draft): void
}

const flag = (name: string, cell: string): boolean => {
  const word = cell.toLowerCase()
  if (word === 'true' || word === 'yes' || word === '1') return true
  if (word === 'false' || word === 'no' || word === '0') return false
  throw badInput(name, 'must be true or false')
}

const limit = (name: string, cell: string): number => {
  if (!/^\d{1,7}$/.test(cell)) throw badInput(name, 'must be a whole number')
  return Number(cell)
}

const instant = (name: string, cell: string): number => {
  const at = parseInstant(cell)
  if (at === undefined) throw badInput(name, 'must be a day or an instant in UTC, such as 2026-01-31')
  return at
}

const money = (name: string, cell: string): bigint => {
  const units = parseMoney(cell)
  if (units === undefined) throw badInput(name, 'must be a decimal number with a point and at most 6 decimals')
  return units
}

const words = (cell: string): readonly string[] => cell.split(/[\s,]+/).filter(word => word !== '')

const text = (name: 'packageName' | 'cardName' | 'notes' | 'providerCard' | 'script' | 'pAssertedId'): Column => ({
  name,
  write: view => shielded(view[name] ?? ''),
  read: (cell, into) => {
    into[name] = cell === '' ? null : unshielded(cell)
  }
})
const yesNo = (
  name: 'enabled' | 'retainDisplayName' | 'spamScout' | 'mediaProxy' | 'transcoding' | 'ipqs',
  blank = false
): Column => ({
  name,
  write: view => String(view[name]),
  read: (cell, into) => {
    into[name] = cell === '' ? blank : flag(name, cell)
  }
})
const ceiling = (name: string, field: 'channelsCeiling' | 'flowSpeedCeiling'): Column => ({
  name,
  write: view => String(view[field]),
  read: (cell, into) => {
    into[field] = cell === '' ? 0 : limit(name, cell)
  }
})
const time = (name: 'nextChargeAt' | 'minimumDaysUntil'): Column => ({
  name,
  write: view => view[name] ?? '',
  read: (cell, into) => {
    into[name] = cell === '' ? null : instant(name, cell)
  }
})
const list = (name: 'codecs' | 'blockedSourceTypes'): Column => ({
  name,
  write: view => shielded(view[name].join(' ')),
  read: (cell, into) => {
    into[name] = words(unshielded(cell))
  }
})

/** The columns of the file in the order they are exported. A column that a file leaves out stays as it is. */
export const numberColumns: readonly Column[] = [
  { name: 'number', write: view => view.number },
  {
    name: 'country',
    write: view => view.country,
    read: (cell, into) => {
      if (cell !== '') into.country = cell
    }
  },
  { name: 'company', write: view => view.companyId ?? '' },
  { name: 'companyName', write: view => shielded(view.companyName ?? '') },
  { name: 'carrier', write: view => view.carrierId ?? '' },
  { name: 'carrierName', write: view => shielded(view.carrierName ?? '') },
  yesNo('enabled', true),
  ceiling('channels', 'channelsCeiling'),
  ceiling('flowSpeed', 'flowSpeedCeiling'),
  {
    name: 'recordingMode',
    write: view => view.recordingMode,
    read: (cell, into) => {
      into.recordingMode = cell === '' ? 'OFF' : cell.toUpperCase()
    }
  },
  text('packageName'),
  time('nextChargeAt'),
  {
    name: 'price',
    write: view => view.price ?? '',
    read: (cell, into) => {
      into.price = cell === '' ? null : money('price', cell)
    }
  },
  {
    name: 'currency',
    write: view => (view.price === null ? '' : (view.currency ?? '')),
    read: (cell, into) => {
      into.currency = cell === '' ? null : cell
    }
  },
  text('cardName'),
  time('minimumDaysUntil'),
  {
    name: 'stirShakenMinAttest',
    write: view => view.stirShakenMinAttest,
    read: (cell, into) => {
      into.stirShakenMinAttest = cell === '' ? 'NONE' : cell.toUpperCase()
    }
  },
  yesNo('retainDisplayName'),
  yesNo('spamScout'),
  text('notes'),
  text('providerCard'),
  text('script'),
  text('pAssertedId'),
  list('codecs'),
  list('blockedSourceTypes'),
  yesNo('mediaProxy'),
  yesNo('transcoding'),
  yesNo('ipqs')
]
const byName = new Map(numberColumns.map(column => [column.name.toLowerCase(), column]))

/**
 * The columns of a file by its header row, in any order and case.
 * @throws PortalError BAD_USER_INPUT naming every column that is unknown, missing or there twice
 */
export const readHeader = (cells: readonly string[]): readonly Column[] => {
  const names = cells.map(cell => cell.trim())
  const unknown = names.filter(name => !byName.has(name.toLowerCase()))
  if (unknown.length > 0) {
    throw badInput(
      'header',
      `has columns that are not known: ${unknown.map(name => (name === '' ? '(blank)' : name.slice(0, 40))).join(', ')}; the columns are ${numberColumns.map(({ name }) => name).join(', ')}`
    )
  }
  const lower = names.map(name => name.toLowerCase())
  const twice = names.find((name, index) => lower.indexOf(name.toLowerCase()) !== index)
  if (twice !== undefined) throw badInput('header', `names the column ${twice} twice`)
  if (!lower.includes('number')) throw badInput('header', 'has no column called number')
  return lower.map(name => byName.get(name) as Column)
}

/** What a line says. Companies are an id or an account code here, as written. */
export interface NumberLine {
  readonly number: string
  /** Undefined: the file has no such column. Null: blank. */
  readonly company: string | null | undefined
  readonly companyName: string | null
  readonly carrier: string | null | undefined
  readonly carrierName: string | null
  readonly settings: NumberSettings
}

/** @throws PortalError BAD_USER_INPUT */
export const readLine = (columns: readonly Column[], given: readonly string[]): NumberLine => {
  if (given.length !== columns.length) {
    throw new PortalError('BAD_USER_INPUT', `The line has ${given.length} cells, and the header ${columns.length}.`)
  }
  const said: Record<string, string> = {}
  const settings: Draft = {}
  for (const [index, { name, read }] of columns.entries()) {
    const cell = (given[index] as string).trim()
    said[name] = cell
    read?.(cell, settings)
  }
  const name = (column: string): string | null => (said[column] ? unshielded(said[column]) : null)
  return {
    // A spreadsheet guards a number that is written with its +.
    number: unshielded(said.number as string),
    company: said.company === '' ? null : said.company,
    companyName: name('companyName'),
    carrier: said.carrier === '' ? null : said.carrier,
    carrierName: name('carrierName'),
    settings
  }
}

/** Finds companies by what a line calls them: an id, or an account code. */
export const companyFinder = async (db: PluginDatabase) => {
  const codes = await db.accountCodes()
  return (name: string): string => codes.get(name)?.companyId ?? name
}
