import assert from 'node:assert/strict'
import { test } from 'node:test'
import { csvHeader, csvRows } from '../../http/csv.ts'

const columns = [
  { name: 'note', title: 'Note', text: true },
  { name: 'number', title: 'Number, dialled', text: false },
  { name: 'charge', title: 'Charge', text: false }
]

test('a text that a spreadsheet would run is quoted with an apostrophe; numbers stay plain digits', () => {
  const risky = ['=1+1', '+44', '-cmd', '@SUM(A1)', '\tx', '\rx', 'a=b', '442079460000']
  const text = csvRows(
    columns,
    risky.map(note => ({ note, number: '442079460000', charge: '-1.500000' }))
  )
  const notes = text
    .split('\r\n')
    .slice(0, -1)
    .map(line => line.replace(',442079460000,-1.500000', ''))
  assert.deepEqual(notes, ["'=1+1", "'+44", "'-cmd", "'@SUM(A1)", "'\tx", '"\'\rx"', 'a=b', '442079460000'])
})

test('separators, quotes and line ends are quoted as RFC 4180 says; nothing is an empty cell', () => {
  assert.equal(csvHeader(columns), 'Note,"Number, dialled",Charge\r\n')
  assert.equal(csvRows(columns, [{ note: 'a "b", c\nd', number: null }]), '"a ""b"", c\nd",,\r\n')
})
