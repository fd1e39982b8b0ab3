import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { callFileBytes, readRecords } from '../../../test/support/call-records.ts'
import { length } from '../../../test/support/length.ts'
import type { ParsedCall, ParsedRecord } from './parsed-call.ts'

const file = (format: string, name: string, size?: number) =>
  readRecords(format, callFileBytes(name), size === undefined ? {} : { size })

const callsOf = (records: readonly ParsedRecord[]): ParsedCall[] =>
  records.flatMap(record => ('call' in record ? [record.call] : []))
const faultsOf = (records: readonly ParsedRecord[]): string[] =>
  records.flatMap(record => ('reason' in record ? [`${record.line}: ${record.reason}`] : []))
const iso = (instant: number | null | undefined): string | null =>
  typeof instant === 'number' ? new Date(instant).toISOString() : null

const masterFile = await file('asterisk-csv', 'asterisk-cdr-csv-18.csv')

describe('Asterisk, cdr_csv with 18 columns', () => {
  const { records, notes } = masterFile
  const calls = callsOf(records)

  test('says which layout was taken', () => assert.deepEqual(notes, ['line 1: taken as cdr_csv (18 columns)']))

  test('an answered call has its talk, its times and its number as E.164 digits', () => {
    const [call] = calls
    assert.equal(call!.accountCode, 'alpha')
    assert.equal(iso(call!.startedAt), '2026-03-02T09:00:00.000Z')
    assert.equal(iso(call!.answeredAt), '2026-03-02T09:00:07.000Z')
    assert.equal(iso(call!.endedAt), '2026-03-02T09:01:10.000Z')
    assert.equal(call!.duration, 63)
    assert.equal(call!.ringDuration, 7)
    assert.equal(call!.destination, '442079460100')
    assert.equal(call!.callId, '1772442000.101')
    assert.equal(call!.charge, null)
    assert.equal(call!.sipCode, 200)
  })

  test('a number without a plus sign stays as dialled', () => {
    assert.equal(calls[1]!.destination, '02079460101')
    assert.equal(calls[8]!.destination, '600')
  })

  test('the caller is the number of the caller id; `"""" <>` and an empty src are nobody', () => {
    assert.equal(calls[0]!.cli, '02079460001')
    assert.equal(calls[2]!.cli, '')
    assert.equal(calls[3]!.cli, '')
  })

  test('an empty answer is an unanswered call', () => {
    assert.equal(calls[1]!.answeredAt, null)
    assert.equal(calls[1]!.duration, 0)
    assert.equal(calls[1]!.ringDuration, 31)
  })

  test('dispositions: only BUSY and ANSWERED have one SIP code', () => {
    const ends = calls.slice(0, 5).map(call => [call.releaseReason, call.sipCode, call.q850Cause])
    assert.deepEqual(ends, [
      ['UNKNOWN', 200, 16],
      ['NO_ANSWER', null, null],
      ['BUSY', 486, 17],
      ['FAILED', null, null],
      ['CONGESTION', null, null]
    ])
  })

  test('rows out of start order keep their own times', () =>
    assert.equal(iso(calls[4]!.startedAt), '2026-03-02T08:59:00.000Z'))

  test('talk of a call that was not answered is 0, whatever billsec says', () => {
    assert.equal(calls[5]!.releaseReason, 'NO_ANSWER')
    assert.equal(calls[5]!.duration, 0)
    assert.equal(calls[5]!.answeredAt, null)
  })

  test('an answered call may have no talk', () => {
    assert.equal(calls[6]!.duration, 0)
    assert.equal(iso(calls[6]!.answeredAt), '2026-03-02T09:11:05.000Z')
    assert.equal(calls[6]!.sipCode, 200)
  })

  test('talk one second longer than the call is rounding, more is refused', () => {
    assert.equal(calls[7]!.duration, 11)
    assert.equal(iso(calls[7]!.endedAt), '2026-03-02T09:12:11.000Z')
    assert.ok(faultsOf(records).includes('14: billsec: 900 seconds of talk in a call of 35 seconds'))
  })

  test('unique ids repeat, with a system name before them or not: none identifies a row', () => {
    assert.ok(calls.every(call => call.key === null))
    assert.equal(calls[8]!.callId, calls[9]!.callId)
    assert.equal(calls[8]!.host, 'pbx1')
    assert.equal(calls[0]!.host, null)
  })

  test('bytes that are not UTF-8 do not cost the row', () => {
    assert.equal(calls[12]!.cli, '02079460004')
    assert.equal(calls[12]!.duration, 30)
    assert.match('raw' in records[12]! ? records[12].raw : '', /Ren\uFFFD/)
  })

  test('a quote that stays open on the last row costs that row', () => {
    assert.deepEqual(faultsOf(records).at(-1), '16: a quote is not closed')
    assert.equal(records.length, 16)
  })

  test('the zone is needed', async () => {
    const { records: refused } = await readRecords('asterisk-csv', callFileBytes('asterisk-cdr-csv-18.csv'), {
      clock: null
    })
    assert.match(faultsOf(refused)[0]!, /--zone: these times are local/)
    assert.equal(callsOf(refused).length, 0)
  })
})

test('Asterisk, 21 columns: unique id and sequence identify the call', async () => {
  const { records, notes } = await file('asterisk-csv', 'asterisk-cdr-csv-21.csv')
  assert.deepEqual(notes, ['line 1: taken as cdr_csv (21 columns)'])
  assert.deepEqual(
    callsOf(records).map(call => call.key),
    ['["1772445600.201","17"]', '["1772445660.202","18"]', '["1772445660.202","19"]']
  )
})

test('Asterisk, cdr_custom: 19 columns in another order, told apart by content', async () => {
  const { records, notes } = await file('asterisk-csv', 'asterisk-cdr-custom-19.csv')
  assert.deepEqual(notes, ['line 1: taken as cdr_custom (19 columns)'])
  const [first, second] = callsOf(records)
  assert.deepEqual(
    [first!.accountCode, first!.destination, first!.duration, first!.key],
    ['alpha', '02079460300', 45, '["1772449200.301","41"]']
  )
  assert.deepEqual([second!.accountCode, second!.releaseReason], ['beta', 'NO_ANSWER'])
})

test('19 columns without a start time where one belongs are refused, not guessed', async () => {
  const { records } = await readRecords('asterisk-csv', `${Array(19).fill('"x"').join(',')}\n`)
  assert.deepEqual(faultsOf(records), ['1: row: 19 columns, but no start time in the 9th or the 10th'])
})

test('one file may go from 18 to 21 columns, as after an upgrade', async () => {
  const both = Buffer.concat([callFileBytes('asterisk-cdr-custom-19.csv'), callFileBytes('asterisk-cdr-csv-21.csv')])
  const { records, notes } = await readRecords('asterisk-csv', both)
  assert.equal(callsOf(records).length, 5)
  assert.deepEqual(notes, ['line 1: taken as cdr_custom (19 columns)', 'line 3: taken as cdr_csv (21 columns)'])
})

test('FreePBX database export: 25 columns, day first, no start, answer or end', async () => {
  const { records, notes } = await file('asterisk-csv', 'freepbx-database-25.csv')
  assert.deepEqual(notes, ['line 1: taken as FreePBX database export (25 columns)'])
  const calls = callsOf(records)
  assert.deepEqual(
    calls.map(call => iso(call.startedAt)),
    ['2026-03-02T12:00:00.000Z', '2026-03-02T09:05:07.000Z', '2026-03-31T11:00:00.000Z']
  )
  assert.equal(iso(calls[0]!.answeredAt), '2026-03-02T12:00:04.000Z')
  assert.equal(iso(calls[0]!.endedAt), '2026-03-02T12:00:44.000Z')
})

test('FreePBX report export: byte order mark, header, newest first', async () => {
  const { records, notes } = await file('asterisk-csv', 'freepbx-report.csv')
  assert.deepEqual(notes, ['line 2: taken as a file with a header (26 columns)'])
  const calls = callsOf(records)
  assert.deepEqual(
    calls.map(call => [iso(call.startedAt), call.accountCode, call.duration]),
    [
      ['2026-03-02T13:10:00.000Z', 'alpha', 55],
      ['2026-03-02T13:05:00.000Z', 'alpha', 0],
      ['2026-03-02T13:00:00.000Z', 'beta', 25]
    ]
  )
  assert.equal(calls[0]!.key, '["1772457000.503","903"]')
})

test('lines that end with CR alone, and times as DD/MM/YY HH:MM', async () => {
  const { records } = await file('asterisk-csv', 'asterisk-cr-only.csv')
  const calls = callsOf(records)
  assert.deepEqual(
    calls.map(call => [iso(call.startedAt), iso(call.endedAt), call.duration, call.ringDuration]),
    [
      ['2026-03-02T14:00:00.000Z', '2026-03-02T14:01:05.000Z', 60, 5],
      ['2026-03-02T14:05:00.000Z', '2026-03-02T14:05:08.000Z', 0, 8]
    ]
  )
})

describe('FreeSWITCH, mod_cdr_csv', () => {
  test('every field quoted; causes beyond the usual; NORMAL_CLEARING without talk', async () => {
    const { records } = await file('freeswitch-csv', 'freeswitch-example.csv')
    const calls = callsOf(records)
    assert.equal(calls.length, 13)
    assert.deepEqual(
      calls.slice(0, 7).map(call => [call.duration, call.releaseReason, call.sipCode, call.q850Cause]),
      [
        [60, 'UNKNOWN', 200, 16],
        [0, 'NO_ANSWER', 480, 19],
        [0, 'UNKNOWN', null, 16],
        [120, 'MI_TERMINATION', 200, null],
        [20, 'UNKNOWN', 200, null],
        [20, 'MI_TERMINATION', 200, null],
        [0, 'UNKNOWN', 480, 31]
      ]
    )
    assert.equal(calls[0]!.codec, 'PCMA')
    assert.equal(calls[2]!.answeredAt, null)
  })

  test("scanners' destinations stay as dialled, an empty account code stays empty", async () => {
    const { records } = await file('freeswitch-csv', 'freeswitch-example.csv')
    const calls = callsOf(records).slice(7)
    assert.deepEqual(
      calls.map(call => call.destination),
      ['9011972592577956', '0000000011972592577956000', '*', 'voicemail', '1234*256', 'sip:972592577956@192.0.2.7']
    )
    assert.equal(calls[0]!.accountCode, '')
  })

  test('after a spreadsheet: no quotes, no seconds, one uuid three times', async () => {
    const { records } = await file('freeswitch-csv', 'freeswitch-spreadsheet.csv')
    const calls = callsOf(records)
    assert.deepEqual(
      calls.map(call => [iso(call.startedAt), call.duration, call.ringDuration, call.releaseReason]),
      [
        ['2020-02-10T22:41:00.000Z', 65, 6, 'UNKNOWN'],
        ['2020-02-10T22:41:00.000Z', 0, 3, 'CANCELLED'],
        ['2020-02-10T22:41:00.000Z', 0, 3, 'CANCELLED']
      ]
    )
    assert.ok(calls.every(call => call.key === null && call.callId === calls[0]!.callId))
  })

  test('a row of another width is refused', async () => {
    const { records } = await readRecords('freeswitch-csv', '"a","b"\n')
    assert.deepEqual(faultsOf(records), ['1: row: 2 columns instead of 15'])
  })
})

describe('FreeSWITCH, mod_json_cdr', () => {
  test('one document: microseconds, quality, who hung up, what was dialled before a transfer', async () => {
    const { records } = await file('freeswitch-json', 'freeswitch-document.json')
    const [call] = callsOf(records)
    assert.equal(iso(call!.startedAt), '2026-03-02T16:46:40.250Z')
    assert.equal(iso(call!.answeredAt), '2026-03-02T16:46:45.250Z')
    assert.equal(call!.duration, 30)
    assert.equal(call!.destination, '442079460900')
    assert.equal(call!.releaseReason, 'DOWNSTREAM_BYE')
    assert.equal(call!.sourceIp, '192.0.2.10')
    assert.equal(call!.mosHundredths, 450)
    assert.equal(call!.pdd, 1000)
    assert.equal(call!.host, 'sw1.example')
    assert.equal(call!.callId, '8c2e0000-0000-4000-8000-000000000031@192.0.2.10')
    assert.equal(call!.direction, 'FROM_COMPANY')
  })

  test('an old document: callflow an object, no switchname, no direction, answer_epoch 0', async () => {
    const { records } = await file('freeswitch-json', 'freeswitch-document-old.json')
    const [call] = callsOf(records)
    assert.equal(call!.answeredAt, null)
    assert.equal(call!.host, null)
    assert.equal(call!.direction, 'TERMINATION')
    assert.equal(call!.destination, '02079460901')
    assert.deepEqual([call!.sipCode, call!.q850Cause, call!.releaseReason], [480, 19, 'NO_ANSWER'])
  })

  test('two legs of one call are two documents, one a line', async () => {
    const { records } = await file('freeswitch-json', 'freeswitch-two-legs.ndjson')
    const [a, b] = callsOf(records)
    assert.notEqual(a!.key, b!.key)
    assert.deepEqual([a!.direction, b!.direction], ['FROM_COMPANY', 'TO_COMPANY'])
    assert.equal(b!.releaseReason, 'UPSTREAM_BYE')
  })

  test('an array, an encoded form field and a plain one hold the same documents', async () => {
    const { records } = await file('freeswitch-json', 'freeswitch-array.json')
    const [a, , c] = callsOf(records)
    assert.deepEqual(callsOf((await file('freeswitch-json', 'freeswitch-form.txt')).records), [a])
    assert.deepEqual(callsOf((await file('freeswitch-json', 'freeswitch-document.json')).records), [a])
    assert.deepEqual(callsOf((await file('freeswitch-json', 'freeswitch-form-plain.txt')).records), [c])
  })

  test('a broken document costs only itself', async () => {
    const [first, second] = callFileBytes('freeswitch-two-legs.ndjson').toString().split('\n')
    const lines = [first!.slice(0, 500), second, '{"variables":{}}', 'nonsense', '[]', first].join('\n')
    const { records } = await readRecords('freeswitch-json', lines)
    assert.equal(callsOf(records).length, 2)
    assert.deepEqual(faultsOf(records), [
      '1: the document breaks off',
      '3: variables.uuid: is missing',
      '4: is not valid JSON'
    ])
  })
})

test('Kazoo: Gregorian seconds; a record without a duration is refused', async () => {
  const { records } = await file('kazoo-json', 'kazoo-with-durations.json')
  const [call] = callsOf(records)
  assert.equal(iso(call!.startedAt), '2026-03-02T19:00:00.000Z')
  assert.equal(call!.accountCode, '7f89565344e3e6302df60168420e9265')
  assert.deepEqual([call!.duration, call!.destination], [30, '442079461000'])
  const bare = await file('kazoo-json', 'kazoo-cdr-doc.json')
  assert.deepEqual(faultsOf(bare.records), ['1: duration_seconds: is empty'])
})

test('CDR-Stats: 25 columns under a header, and eight with `, ` between them and Unix times', async () => {
  const wide = callsOf((await file('cdr-stats-csv', 'cdrstats-CDRImport-2015-10-26.csv')).records)
  assert.equal(wide.length, 5)
  assert.deepEqual(
    [wide[0]!.destination, wide[0]!.duration, wide[0]!.accountCode, iso(wide[0]!.startedAt)],
    ['34798400122', 50, '1000', '2015-10-21T11:13:10.000Z']
  )
  const short = await file('cdr-stats-csv', 'cdrstats-import_cdr_100.txt')
  assert.equal(callsOf(short.records).length, 99)
  assert.deepEqual(faultsOf(short.records), ['37: billsec: -6 is not a whole number'])
  assert.equal(iso(callsOf(short.records)[0]!.startedAt), '2012-05-04T03:24:02.000Z')
  assert.equal(callsOf(short.records)[1]!.q850Cause, 17)
})

describe("the portal's own record", () => {
  test('money and times', async () => {
    const { records } = await file('call-json', 'calls.ndjson')
    const [call, other] = callsOf(records)
    assert.equal(iso(call!.startedAt), '2026-03-02T09:00:00.250Z')
    assert.equal(call!.charge, 6250n)
    assert.equal(call!.rate, 12_500_000n)
    assert.equal(call!.currency, 'EUR')
    assert.equal(iso(other!.startedAt), '2026-03-02T09:00:00.000Z')
    assert.equal(other!.charge, null)
  })

  test('is strict', async () => {
    const sound = {
      accountCode: 'alpha',
      uniqueId: 'x',
      startedAt: '2026-03-02T09:00:00Z',
      duration: 3,
      destination: '1'
    }
    const faults: readonly (readonly [object, RegExp])[] = [
      [{ price: 1 }, /price: is not a known field/],
      [{ startedAt: '2026-03-02T09:00:00' }, /startedAt: must say its offset/],
      [{ startedAt: '2026-02-30T09:00:00Z' }, /startedAt: .* is not a time/],
      [{ duration: -1 }, /duration/],
      [{ duration: 1.5 }, /duration/],
      [{ duration: undefined }, /duration: is empty/],
      [{ charge: 0.1, currency: 'EUR' }, /charge: must be a decimal text/],
      [{ charge: '0.1234567', currency: 'EUR' }, /at most 6 decimals/],
      [{ charge: '1' }, /currency: must be given/],
      [{ destination: '' }, /destination: is missing/],
      [{ sipCode: 99 }, /sipCode/],
      [{ releaseReason: 'BORED' }, /releaseReason: must be one of/],
      [{ direction: 'UP' }, /direction: must be one of/],
      [{ answeredAt: '2026-03-02T08:00:00Z' }, /answeredAt: is before the start/],
      [{ endedAt: '2026-03-02T08:00:00Z' }, /end: is before the start/],
      [{ endedAt: '2026-03-02T09:00:01Z', duration: 60 }, /60 seconds of talk/],
      [{ sourceIp: 'localhost' }, /sourceIp/]
    ]
    for (const [change, reason] of faults) {
      const { records } = await readRecords('call-json', JSON.stringify({ ...sound, ...change }))
      assert.match(faultsOf(records)[0] ?? 'no fault', reason)
    }
    assert.equal(callsOf((await readRecords('call-json', JSON.stringify(sound))).records).length, 1)
  })
})

describe('however a file is cut into pieces, the result is the same', () => {
  const files = [
    ['asterisk-csv', 'asterisk-cdr-csv-18.csv'],
    ['asterisk-csv', 'asterisk-cr-only.csv'],
    ['asterisk-csv', 'freepbx-database-25.csv'],
    ['asterisk-csv', 'freepbx-report.csv'],
    ['freeswitch-csv', 'freeswitch-spreadsheet.csv'],
    ['freeswitch-json', 'freeswitch-array.json'],
    ['freeswitch-json', 'freeswitch-two-legs.ndjson'],
    ['freeswitch-json', 'freeswitch-form.txt'],
    ['call-json', 'calls.ndjson']
  ] as const
  for (const [format, name] of files)
    test(name, async () => {
      const { records } = await file(format, name)
      for (const size of [1, 2, 3, 7, 64, 1000])
        assert.deepEqual((await file(format, name, size)).records, records, `pieces of ${size} bytes`)
    })
})

describe('what is printed is what is read', () => {
  const quoted = (text: string) => `"${text.replaceAll('"', '""')}"`
  const pad = (number: number) => String(number).padStart(2, '0')
  // Texts as switches write them, with everything that CSV has to protect.
  const anyText = fc.string({
    unit: fc.constantFrom('a', 'é', '"', ',', '\n', "'", ' ', '\\', '<', '>', '😀'),
    maxLength: 12
  })
  const row = fc.record({
    account: fc.stringMatching(/^[a-z0-9]{1,8}$/),
    caller: fc.stringMatching(/^[0-9]{2,12}$/),
    destination: fc.oneof(fc.stringMatching(/^[0-9*#]{1,25}$/), fc.constant('voicemail')),
    name: anyText,
    data: anyText,
    day: fc.integer({ min: 1, max: 28 }),
    minute: fc.integer({ min: 0, max: 59 }),
    ring: fc.integer({ min: 0, max: 50 }),
    talk: fc.integer({ min: 0, max: 5000 }),
    answered: fc.boolean(),
    id: fc.integer({ min: 0, max: 9999 })
  })
  const wall = (day: number, minute: number, plus: number) =>
    new Date(Date.UTC(2026, 0, day, 10, minute, plus)).toISOString().slice(0, 19).replace('T', ' ')

  test('asterisk-csv', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(row, { minLength: 1, maxLength: 20 }),
        fc.constantFrom('\n', '\r\n'),
        async (rows, end) => {
          const text = rows
            .map(({ account, caller, destination, name, data, day, minute, ring, talk, answered, id }) => {
              const total = ring + (answered ? talk : 0)
              return [
                ...[account, caller, destination, 'ctx', `"${name}" <${caller}>`, 'SIP/a', 'SIP/b', 'Dial', data].map(
                  quoted
                ),
                quoted(wall(day, minute, 0)),
                answered ? quoted(wall(day, minute, ring)) : '',
                quoted(wall(day, minute, total)),
                total,
                answered ? talk : 0,
                quoted(answered ? 'ANSWERED' : 'NO ANSWER'),
                quoted('DOCUMENTATION'),
                quoted(`1767261600.${id}`),
                quoted('')
              ].join(',')
            })
            .map(line => line + end)
            .join('')
          const { records } = await readRecords('asterisk-csv', text, { size: 100 })
          assert.deepEqual(faultsOf(records), [])
          assert.deepEqual(
            callsOf(records).map(call => [
              call.accountCode,
              call.cli,
              call.destination,
              iso(call.startedAt),
              call.duration
            ]),
            rows.map(one => [
              one.account,
              one.caller,
              one.destination,
              `2026-01-${pad(one.day)}T10:${pad(one.minute)}:00.000Z`,
              one.answered ? one.talk : 0
            ])
          )
        }
      ),
      { numRuns: length(70, 1_000) }
    )
  })

  test('freeswitch-csv', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(row, { minLength: 1, maxLength: 20 }), async rows => {
        const text = rows
          .map(({ account, caller, destination, name, day, minute, ring, talk, answered, id }) =>
            [
              name,
              caller,
              destination,
              'default',
              wall(day, minute, 0),
              answered ? wall(day, minute, ring) : '',
              wall(day, minute, ring + (answered ? talk : 0)),
              String(ring + (answered ? talk : 0)),
              String(answered ? talk : 0),
              answered ? 'NORMAL_CLEARING' : 'NO_ANSWER',
              `uuid-${id}`,
              '',
              account,
              'PCMA',
              ''
            ]
              .map(quoted)
              .join(',')
          )
          .join('\n')
        const { records } = await readRecords('freeswitch-csv', text, { size: 50 })
        assert.deepEqual(faultsOf(records), [])
        assert.deepEqual(
          callsOf(records).map(call => [call.accountCode, call.cli, call.destination, call.callId, call.duration]),
          rows.map(one => [one.account, one.caller, one.destination, `uuid-${one.id}`, one.answered ? one.talk : 0])
        )
      }),
      { numRuns: length(70, 1_000) }
    )
  })

  test('freeswitch-json, as an array, one a line, pretty or behind each other', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(row, { minLength: 1, maxLength: 8 }),
        fc.constantFrom('array', 'pretty array', 'lines', 'pretty'),
        async (rows, shape) => {
          const documents = rows.map(one => ({
            variables: {
              uuid: `u${one.id}`,
              accountcode: one.account,
              start_epoch: '1767261600',
              answer_epoch: one.answered ? String(1_767_261_600 + one.ring) : '0',
              duration: String(one.ring + (one.answered ? one.talk : 0)),
              billsec: String(one.answered ? one.talk : 0),
              note: `${one.name}{[${one.data}`
            },
            callflow: { caller_profile: { caller_id_number: one.caller, destination_number: one.destination } }
          }))
          const text =
            shape === 'array'
              ? JSON.stringify(documents)
              : shape === 'pretty array'
                ? JSON.stringify(documents, null, 2)
                : documents
                    .map(document => JSON.stringify(document, null, shape === 'pretty' ? 1 : 0))
                    .join(shape === 'pretty' ? '' : '\n')
          const { records } = await readRecords('freeswitch-json', text, { size: 70 })
          assert.deepEqual(faultsOf(records), [])
          assert.deepEqual(
            callsOf(records).map(call => [call.accountCode, call.cli, call.destination, call.callId, call.duration]),
            rows.map(one => [one.account, one.caller, one.destination, `u${one.id}`, one.answered ? one.talk : 0])
          )
        }
      ),
      { numRuns: length(70, 1_000) }
    )
  })
})

test('no bytes whatever make a reader throw', async () => {
  const crumbs = fc.constantFrom(
    '"',
    ',',
    '\n',
    '\r',
    '{',
    '}',
    '[',
    ']',
    'cdr=',
    '%7B',
    '\\',
    '2026-03-02 09:00:00',
    ':',
    'a',
    '\0'
  )
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom('asterisk-csv', 'freeswitch-csv', 'freeswitch-json', 'call-json', 'kazoo-json', 'cdr-stats-csv'),
      fc.oneof(
        fc.uint8Array({ maxLength: 300 }),
        fc.array(crumbs, { maxLength: 60 }).map(parts => Buffer.from(parts.join('')))
      ),
      fc.integer({ min: 1, max: 50 }),
      async (format, bytes, size) => {
        const whole = await readRecords(format, bytes)
        assert.deepEqual((await readRecords(format, bytes, { size })).records, whole.records)
      }
    ),
    { numRuns: length(300, 10_000) }
  )
})
