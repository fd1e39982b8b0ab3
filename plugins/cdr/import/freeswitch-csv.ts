import { badInput } from '../../../core/plugin-api.ts'
import { causeByName, endOf } from './causes.ts'
import { type CsvLayout, columnsOf, csvFormat } from './csv-format.ts'
import { parseTime } from './local-clock.ts'
import { normaliseNumber } from './numbers.ts'
import { callTimes, parseWhole } from './parsed-call.ts'

// An unanswered call has an empty answer time, or the beginning of time after a trip through other programs.
const never = /^(?:$|0+$|19[67]\d[-/])/

const example: CsvLayout = {
  name: 'mod_cdr_csv, template "example" (15 columns)',
  columns: columnsOf(
    'caller_id_name caller_id_number destination_number context start answer end duration billsec hangup_cause uuid bleg_uuid accountcode read_codec write_codec'
  ),
  call(cells, options) {
    const duration = parseWhole('duration', cells('duration'))
    const billsec = parseWhole('billsec', cells('billsec'))
    const answer = cells('answer')
    const answered = !never.test(answer) || billsec > 0
    const { clock } = options
    const startedAt = parseTime('start', cells('start'), clock)
    const end = cells('end')
    const endedAt = end === '' ? null : parseTime('end', end, clock, startedAt + duration * 1000)
    const answeredAt = never.test(answer)
      ? null
      : parseTime('answer', answer, clock, (endedAt ?? startedAt + duration * 1000) - billsec * 1000)
    const codec = cells('read_codec')
    return {
      accountCode: cells('accountcode'),
      // One uuid may stand in several rows after a trip through a spreadsheet: the row itself identifies the call.
      key: null,
      host: null,
      callId: cells('uuid'),
      direction: options.direction,
      ...callTimes({ startedAt, answeredAt, endedAt, answered, duration, billsec }),
      cli: normaliseNumber('caller_id_number', cells('caller_id_number')),
      destination: normaliseNumber('destination_number', cells('destination_number')),
      charge: null,
      codec: codec === '' ? null : codec,
      ...endOf(causeByName(cells('hangup_cause')), answered)
    }
  }
}

/** FreeSWITCH's mod_cdr_csv with its template "example". */
export const freeSwitchCsv = csvFormat({
  name: 'freeswitch-csv',
  summary: 'FreeSWITCH\'s Master.csv by mod_cdr_csv, template "example"',
  localTimes: true,
  widths: [15],
  rowLayout(fields) {
    if (fields.length !== 15) throw badInput('row', `${fields.length} columns instead of 15`)
    return example
  }
})
