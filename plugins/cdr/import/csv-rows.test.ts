import assert from 'node:assert/strict'
import { test } from 'node:test'
import { inPieces } from '../../../test/support/call-records.ts'
import { readCsvRows } from './csv-rows.ts'
import { decodeText, longestRecord, readLines } from './read-text.ts'

const rowsOf = async (text: string, widths: readonly number[] = [3], size = 1000) => {
  const rows = []
  for await (const some of readCsvRows(readLines(decodeText(inPieces(Buffer.from(text), size))), new Set(widths)))
    rows.push(...some)
  return rows.map(row => ('reason' in row ? `${row.line}: ${row.reason}` : [row.line, ...row.fields]))
}

test('a quote that stays open costs its own row, wherever it stands', async () => {
  const good = Array.from({ length: 30 }, (_, index) => `"a${index}","b","c"`)
  for (const at of [0, 1, 15, 28, 29]) {
    const lines = good.with(at, '"x","y,z')
    const rows = await rowsOf(lines.join('\n'))
    assert.equal(rows.length, 30)
    assert.equal(rows[at], `${at + 1}: a quote is not closed`)
    assert.equal(rows.filter(row => typeof row !== 'string').length, 29)
  }
})

test('a field may go on over line ends', async () =>
  assert.deepEqual(await rowsOf('"a","one\ntwo\n\nthree",c\nd,e,f\n'), [
    [1, 'a', 'one\ntwo\n\nthree', 'c'],
    [5, 'd', 'e', 'f']
  ]))

test('rows that only together have their quotes closed are not glued to a row of another width', async () =>
  assert.deepEqual(await rowsOf('"a","b,c\nd,e,f\n"g","h,i\nj,k,l\n'), [
    '1: a quote is not closed',
    [2, 'd', 'e', 'f'],
    '3: a quote is not closed',
    [4, 'j', 'k', 'l']
  ]))

test('a row over two lines counts only when it has a width that the format knows', async () =>
  assert.deepEqual(await rowsOf('x,"y\nz",w,v,u\nd,e,f\n'), [
    '1: a quote is not closed',
    [2, 'z"', 'w', 'v', 'u'],
    [3, 'd', 'e', 'f']
  ]))

test('quotes that nobody doubled stay in their field', async () =>
  assert.deepEqual(await rowsOf('"Joe "X" Y",5" disk,c\n"""" <>,b,c\n'), [
    [1, '"Joe "X" Y"', '5" disk', 'c'],
    [2, '""" <>', 'b', 'c']
  ]))

test('blanks before a field, blank lines, CRLF, lone CR in an LF file', async () =>
  assert.deepEqual(await rowsOf('a, "b", c\r\n\r\n   \r\nd,e\rx,f\r\n'), [
    [1, 'a', 'b', 'c'],
    [4, 'd', 'e\rx', 'f']
  ]))

test('CR alone ends lines when the first line ends so', async () =>
  assert.deepEqual(await rowsOf('a,b,c\rd,e,f'), [
    [1, 'a', 'b', 'c'],
    [2, 'd', 'e', 'f']
  ]))

test('a line longer than any record is told and left out; the next one counts', async () => {
  const rows = await rowsOf(`a,b,c\n${'x'.repeat(longestRecord + 5000)}\nd,e,f\n`)
  assert.deepEqual(rows, [[1, 'a', 'b', 'c'], `2: longer than ${longestRecord} characters`, [3, 'd', 'e', 'f']])
})
