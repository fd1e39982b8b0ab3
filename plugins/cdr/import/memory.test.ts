import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { test } from 'node:test'
import { promisify } from 'node:util'
import { length } from '../../../test/support/length.ts'
import { EqualRows } from './equal-rows.ts'

const root = join(import.meta.dirname, '../../..')
/** What all rows together would exceed. */
const heapMb = length(64, 128)

test('a long file streams: the heap stays within a fixed limit, however many rows there are', async () => {
  const rows = length(60_000, 1_000_000)
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [`--max-old-space-size=${heapMb}`, '--import', 'tsx', 'test/support/import-probe.ts', String(rows)],
    { cwd: root }
  )
  const result = JSON.parse(stdout)
  const broken = rows / 1000
  assert.deepEqual(
    [result.rows, result.loaded, result.duplicates, result.rejected],
    [rows, rows - broken, 0, broken],
    stdout
  )
  // Young objects stand beside the old space that the limit is about.
  assert.ok(result.heapMb <= heapMb + 64, stdout)
})

test('equal rows are counted right through every growth of the table', () => {
  const equal = new EqualRows()
  const hashOf = (number: number) => {
    const hash = new Uint8Array(8)
    new DataView(hash.buffer).setUint32(0, Math.imul(number, 2_654_435_761) >>> 0)
    new DataView(hash.buffer).setUint32(4, number)
    return hash
  }
  for (let round = 0; round < 3; round += 1)
    for (let number = 0; number < 20_000; number += 1) assert.equal(equal.ordinal(hashOf(number)), round)
})
