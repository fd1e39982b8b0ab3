import { badInput } from '../../../core/plugin-api.ts'
import { causeByName, causeByNumber, endOf } from './causes.ts'
import { type Cells, type CsvLayout, columnsOf, csvFormat } from './csv-format.ts'
import { parseTime } from './local-clock.ts'
import { normaliseNumber } from './numbers.ts'
import { callTimes, type ParsedCall, parseEpoch, parseWhole, type ReadOptions } from './parsed-call.ts'

const genericCall = (cells: Cells, options: ReadOptions): ParsedCall => {
  const { clock } = options
  const startedAt =
    parseEpoch('start', cells('start_epoch')) ?? parseTime('starting_date', cells('starting_date'), clock)
  const duration = parseWhole('duration', cells('duration'))
  const billsec = parseWhole('billsec', cells('billsec'))
  const number = cells('hangup_cause_id')
  const cause =
    number === '' ? causeByName(cells('hangup_cause')) : causeByNumber(parseWhole('hangup_cause_id', number))
  // Neither layout has an answer time: talk is the only sign of an answer.
  const answered = billsec > 0
  return {
    accountCode: cells('accountcode'),
    key: null,
    host: cells('switch') || null,
    callId: cells('callid'),
    direction: options.direction,
    ...callTimes({ startedAt, answeredAt: null, endedAt: null, answered, duration, billsec }),
    cli: normaliseNumber('caller_id_number', cells('caller_id_number')),
    destination: normaliseNumber('destination_number', cells('destination_number')),
    charge: null,
    ...endOf(cause, answered)
  }
}

const short: CsvLayout = {
  name: 'the short generic layout (8 columns, Unix times)',
  columns: columnsOf(
    'caller_id_number caller_id_name destination_number duration billsec hangup_cause_id callid start_epoch'
  ),
  call: genericCall
}

/** The generic imports of CDR-Stats: 25 columns under a header, or eight without. */
export const cdrStatsCsv = csvFormat({
  name: 'cdr-stats-csv',
  summary: 'the generic imports of CDR-Stats: 25 columns with a header, or 8 with Unix times',
  localTimes: false,
  widths: [8, 25],
  headerLayout(fields) {
    const names = fields.map(field => field.trim().toLowerCase())
    if (!names.includes('starting_date') || !names.includes('billsec')) return null
    const columns = new Map(names.map((name, index) => [name, index]))
    if (columns.size !== names.length) throw badInput('header', 'names a column twice')
    return { name: `the generic layout with a header (${names.length} columns)`, columns, call: genericCall }
  },
  rowLayout(fields) {
    if (fields.length !== 8) throw badInput('row', `${fields.length} columns instead of 8, and no header before it`)
    return short
  }
})
