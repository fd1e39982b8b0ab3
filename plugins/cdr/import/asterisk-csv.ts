import { badInput } from '../../../core/plugin-api.ts'
import { type Cause, causeByNumber, endOf } from './causes.ts'
import { type Cells, type CsvLayout, columnsOf, csvFormat } from './csv-format.ts'
import { parseTime } from './local-clock.ts'
import { normaliseNumber, numberOfClid } from './numbers.ts'
import { callTimes, type ParsedCall, parseWhole, type ReadOptions } from './parsed-call.ts'

/**
 * Dispositions and what they leave open. Asterisk does not write who hung up, nor why a call failed; NO ANSWER is a
 * caller who gave up as well as a time-out. Only BUSY has one meaning.
 */
const dispositions: ReadonlyMap<string, Cause> = new Map([
  ['ANSWERED', { q850: 16, sip: 200, reason: 'UNKNOWN' }],
  ['NO ANSWER', { q850: null, sip: null, reason: 'NO_ANSWER' }],
  ['BUSY', causeByNumber(17)],
  ['FAILED', { q850: null, sip: null, reason: 'FAILED' }],
  ['CONGESTION', { q850: null, sip: null, reason: 'CONGESTION' }],
  ['CANCEL', { q850: null, sip: 487, reason: 'CANCELLED' }]
])

// `1446345678.123`, perhaps behind the system's name: `pbx1-1446345678.123`.
const uniqueIdPattern = /^(?:(.+)-)?(\d{9,11})\.\d+$/

const asteriskCall = (cells: Cells, options: ReadOptions): ParsedCall => {
  const disposition = cells('disposition').toUpperCase().replace('_', ' ').replace('NOANSWER', 'NO ANSWER')
  const cause = dispositions.get(disposition)
  if (cause === undefined) throw badInput('disposition', `${disposition || 'an empty one'} is not known`)
  const answered = disposition === 'ANSWERED'
  const duration = parseWhole('duration', cells('duration'))
  const billsec = parseWhole('billsec', cells('billsec'))
  const uniqueId = cells('uniqueid')
  const named = uniqueIdPattern.exec(uniqueId)
  // The unique id begins with the second in which the channel was made: it tells which of two equal hours is meant.
  const made = named === null ? null : Number(named[2]) * 1000
  const { clock } = options
  const startedAt = parseTime('start', cells('start'), clock, made)
  const end = cells('end')
  const endedAt = end === '' ? null : parseTime('end', end, clock, startedAt + duration * 1000)
  const answer = cells('answer')
  const answeredAt =
    !answered || answer === ''
      ? null
      : parseTime('answer', answer, clock, (endedAt ?? startedAt + duration * 1000) - billsec * 1000)
  const sequence = cells('sequence')
  const cli = numberOfClid(cells('clid')) || cells('src')
  return {
    accountCode: cells('accountcode'),
    key: uniqueId !== '' && /^\d+$/.test(sequence) ? JSON.stringify([uniqueId, sequence]) : null,
    host: named?.[1] ?? null,
    callId: uniqueId,
    direction: options.direction,
    ...callTimes({ startedAt, answeredAt, endedAt, answered, duration, billsec }),
    cli: normaliseNumber('src', cli),
    destination: normaliseNumber('dst', cells('dst')),
    charge: null,
    ...endOf(cause, answered)
  }
}

const layout = (name: string, columns: string): CsvLayout => ({
  name,
  columns: columnsOf(columns),
  call: asteriskCall
})

const classic =
  'accountcode src dst dcontext clid channel dstchannel lastapp lastdata start answer end duration billsec disposition amaflags uniqueid userfield'
const stored =
  'start clid src dst dcontext channel dstchannel lastapp lastdata duration billsec disposition amaflags accountcode uniqueid userfield'

const cdrCsv = layout('cdr_csv (18 columns)', classic)
const cdrCsvNew = layout('cdr_csv (21 columns)', `${classic} peeraccount linkedid sequence`)
const cdrCustom = layout(
  'cdr_custom (19 columns)',
  'clid src dst dcontext channel dstchannel lastapp lastdata start answer end duration billsec disposition amaflags accountcode uniqueid userfield sequence'
)
// cdr_csv without unique id and user field, but with the newer columns, has 19 columns as well.
const cdrCsvShort = layout(
  'cdr_csv (19 columns, without uniqueid and userfield)',
  classic.replace(' uniqueid userfield', ' peeraccount linkedid sequence')
)
// What follows the user field differs between versions, except that newer ones end with linkedid, peeraccount, sequence.
const freePbx = (width: number, tail: boolean): CsvLayout => {
  const filler = Array.from({ length: width - 16 - (tail ? 3 : 0) }, (_, index) => `other${index + 1}`)
  const names = [stored, ...filler, ...(tail ? ['linkedid peeraccount sequence'] : [])].join(' ')
  return layout(`FreePBX database export (${width} columns${tail ? ', with sequence' : ''})`, names)
}
const freePbxWidths = [23, 24, 25, 26]
const freePbxLayouts = new Map(
  freePbxWidths.map(width => [width, [freePbx(width, false), freePbx(width, true)] as const])
)

const timeLike = /^\d{1,4}[-/]\d{1,2}[-/]\d{1,4}[ T]\d/

const rowLayout = (fields: readonly string[]): CsvLayout => {
  const width = fields.length
  if (width === 18) return cdrCsv
  if (width === 21) return cdrCsvNew
  if (width === 19) {
    // Told apart by where the start time stands.
    if (timeLike.test(fields[8]!)) return cdrCustom
    if (timeLike.test(fields[9]!)) return cdrCsvShort
    throw badInput('row', '19 columns, but no start time in the 9th or the 10th')
  }
  const stores = freePbxLayouts.get(width)
  if (stores !== undefined) {
    const tail = /^\d+$/.test(fields[width - 1]!.trim()) && uniqueIdPattern.test(fields[width - 3]!.trim())
    return stores[tail ? 1 : 0]
  }
  throw badInput('row', `${width} columns; known are 18, 19, 21 and ${freePbxWidths.join(', ')}`)
}

const headerLayout = (fields: readonly string[]): CsvLayout | null => {
  const names = fields.map(field => field.trim().toLowerCase().replace(/[ _]/g, ''))
  if (!names.includes('billsec') || !names.includes('disposition') || !names.includes('dst')) return null
  const columns = new Map(names.map((name, index) => [name === 'calldate' ? 'start' : name, index]))
  if (columns.size !== names.length) throw badInput('header', 'names a column twice')
  return { name: `a file with a header (${names.length} columns)`, columns, call: asteriskCall }
}

/** Asterisk's and FreePBX's call records as CSV. */
export const asteriskCsv = csvFormat({
  name: 'asterisk-csv',
  summary: "Asterisk's Master.csv by cdr_csv or cdr_custom, FreePBX exports",
  localTimes: true,
  widths: [18, 19, 21, ...freePbxWidths],
  headerLayout,
  rowLayout
})
